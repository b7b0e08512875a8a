"""Exports of complaint cases: columns recognised, rows read, each bad one named with its reason."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from qa_app.core.errors import Invalid
from surveys.case_file import COLUMNS, Refused, Row, mapping, read_rows, table
from surveys.model import CaseKind, Channel, NewCase, Urgency
from surveys.taxonomy import shipped_taxonomy

ZONE = ZoneInfo("Asia/Shanghai")
PLAIN = NewCase(words="", customer_name="", customer_phone="")
HEADER = ["工单号", "受理时间", "联系电话", "投诉内容", "投诉分类", "受理渠道", "紧急程度", "结案时间", "工单类型"]
GOOD = [
    "T-1",
    "2026-11-05 14:30",
    "13800138000",
    "多扣费",
    "资费/费用/退费",
    "营业厅",
    "紧急",
    "2026/11/09 08:00",
    "投诉",
]


def read(*rows, header=HEADER):
    numbered = iter([(line, list(row)) for line, row in enumerate(rows, 2)])
    return list(read_rows(numbered, mapping(header, {}), shipped_taxonomy(), ZONE, PLAIN))


def test_a_row_is_read_by_its_headings():
    (row,) = read(GOOD)
    assert row == Row(
        2,
        NewCase(
            words="多扣费", customer_name="", customer_phone="+8613800138000", channel=Channel.SHOP,
            kind=CaseKind.COMPLAINT, urgency=Urgency.URGENT, class_code="fees/refund",
            received_at=datetime(2026, 11, 5, 14, 30, tzinfo=ZONE),
        ),
        "T-1",
        datetime(2026, 11, 9, 8, tzinfo=ZONE),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("受理时间", "昨天", "received_at is “昨天”"),
        ("受理时间", "2026-13-01", "received_at is “2026-13-01”"),
        ("联系电话", "12", "no telephone number"),
        ("投诉内容", " ", "words is empty"),
        ("投诉内容", "长" * 20_001, "words has 20001 signs"),
        ("投诉分类", "退会", "nearest are: .*退费"),
        ("受理渠道", "飞鸽", "channel is “飞鸽”"),
        ("结案时间", "2026-11-01", "lies before received_at"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line_and_the_others_go_on(column, value, told):
    bad = [value if name == column else cell for name, cell in zip(HEADER, GOOD, strict=True)]
    first, refused, last = read(GOOD, bad, GOOD)
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert isinstance(refused, Refused)
    assert refused.line == 3
    assert re.search(told, str(refused.reason))


def test_columns_may_be_told_and_a_wrong_name_lists_the_known():
    told = ["a", "b", "c"]
    assert mapping(told, {"a": "words", "B": "received_at", "c": "customer_phone"}) == {
        "words": 0, "received_at": 1, "customer_phone": 2,
    }  # fmt: skip
    with pytest.raises(Invalid, match=r"no column “d”\. Known are: a, b, c"):
        mapping(told, {"d": "words"})
    with pytest.raises(Invalid, match="no column “colour”"):
        mapping(told, {"a": "colour"})
    with pytest.raises(Invalid, match="recognised as received_at, words, customer_phone"):
        mapping(told, {})


def test_no_heading_stands_for_two_fields():
    names = [name.casefold() for heads in COLUMNS.values() for name in heads]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_of_spreadsheets(tmp_path, encoding):
    path = tmp_path / "cases.csv"
    path.write_bytes(f"{','.join(HEADER)}\r\n\r\n{','.join(GOOD)}\r\n".encode(encoding))
    header, rows = table(path)
    assert header == HEADER
    assert list(rows) == [(3, GOOD)]


def test_a_workbook_gives_moments_and_numbers_as_people_see_them(tmp_path):
    book = Workbook()
    book.active.append(["受理时间", "联系电话", "投诉内容"])
    book.active.append([datetime(2026, 11, 5, 14, 30), 13800138000, "多扣费"])  # noqa: DTZ001 - as a workbook has it
    book.save(tmp_path / "cases.xlsx")
    header, rows = table(tmp_path / "cases.xlsx")
    (row,) = read_rows(rows, mapping(header, {}), shipped_taxonomy(), ZONE, PLAIN)
    assert (row.new.customer_phone, row.new.received_at) == (
        "+8613800138000",
        datetime(2026, 11, 5, 14, 30, tzinfo=ZONE),
    )


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [("a.csv", b"", "empty"), ("a.csv", b"\xff\xfe\x00\x81", "neither UTF-8"), ("a.xlsx", b"no zip", "no workbook")],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, name, body, told):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(Invalid, match=told):
        list(table(tmp_path / name)[1])


@given(st.lists(st.text(max_size=12), min_size=len(HEADER), max_size=len(HEADER)))
def test_whatever_stands_in_a_row_it_is_read_or_refused(cells):
    (found,) = read(cells)
    assert isinstance(found, Row | Refused)
