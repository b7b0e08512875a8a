"""Surveys from outside: the mapping, its YAML, the guess, and each row read or refused."""

import os
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from qa_app.core.errors import Invalid
from surveys.case_file import table
from surveys.outside import (
    Column,
    OutsideAnswer,
    OutsideMapping,
    Refused,
    Role,
    mapping_from_yaml,
    mapping_to_yaml,
    read_answers,
    suggested_mapping,
)

DATA = Path(os.environ.get("HUITING_DATA", Path(__file__).parents[4] / "shared" / "data"))
ZONE = ZoneInfo("Asia/Shanghai")
TEXT = """
missing: [-1, -99]
columns:
  编号: {as: id}
  时间: {as: at}
  满意度: {as: score, low: 1, high: 10, name: overall}
  是否解决: {as: yes_no, means_yes: [1], means_no: [2]}
  原因: {as: choice}
  意见: {as: words}
  地市: {as: dimension, name: region}
  品牌: {as: ignore}
"""
HEADER = ["编号", "时间", "满意度", "是否解决", "原因", "意见", "地市", "品牌"]
GOOD = ["7", "2026-11-05 14:30", "8", "2", "信号差", "电梯里没信号", "杭州", "苹果"]


def read(*rows, text=TEXT, header=HEADER):
    numbered = enumerate(map(list, rows), 2)
    return list(read_answers(numbered, mapping_from_yaml(text), header, ZONE))


def changed(heading, value):
    return [value if name == heading else cell for name, cell in zip(HEADER, GOOD, strict=True)]


def test_a_row_is_read_by_the_mapping():
    assert read(GOOD) == [
        OutsideAnswer(
            2, "7", datetime(2026, 11, 5, 14, 30, tzinfo=ZONE), {"overall": 8.0}, {"是否解决": False},
            {"原因": "信号差"}, {"意见": "电梯里没信号"}, {"region": "杭州"},
        )
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["", " ", "-1", "-99"])
def test_a_missing_answer_has_no_entry(code):
    (answer,) = read(changed("满意度", code))
    assert answer.scores == {}
    assert answer.yes_no == {"是否解决": False}


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        ("满意度", "11", "满意度 is “11”, no number from 1 to 10"),
        ("满意度", "很好", "满意度 is “很好”"),
        ("满意度", "nan", "满意度 is “nan”"),
        ("满意度", "1_0", "满意度 is “1_0”"),
        ("是否解决", "3", "是否解决 is “3”, neither yes nor no"),
        ("时间", "去年", "时间 is “去年”. Say in the mapping how moments are written"),
        ("时间", "-1", "时间 is empty"),
        ("编号", "", "编号 is empty"),
        ("意见", "长" * 20_001, "意见 has 20001 signs"),
    ],
)
def test_a_bad_cell_refuses_its_row_alone_and_says_why(heading, value, told):
    refused, answer = read(changed(heading, value), changed("编号", "8"))
    assert isinstance(refused, Refused)
    assert refused.line == 2
    assert told in str(refused.reason)
    assert (answer.line, answer.id) == (3, "8")


def test_a_respondent_is_read_once():
    _, refused = read(GOOD, GOOD)
    assert str(refused.reason) == "“7” was read in line 2 before."


def test_a_row_that_was_refused_does_not_keep_its_respondent_away():
    refused, answer = read(changed("满意度", "11"), GOOD)
    assert isinstance(refused, Refused)
    assert answer.id == "7"


def test_a_row_without_any_answer_is_refused():
    (refused,) = read(["7", "2026-11-05", "-1", "-1", "", "", "杭州", "苹果"])
    assert str(refused.reason) == "The row holds no answer."


def test_a_row_with_cells_beyond_the_headings_is_refused_and_a_short_one_is_read():
    long, short = read([*GOOD, "9"], ["8", "2026-11-05", "8"])
    assert str(long.reason) == "The row has 9 cells under 8 headings."
    assert short.scores == {"overall": 8.0}


def test_a_heading_that_is_not_there_is_named_before_any_row_is_read():
    with pytest.raises(Invalid, match="no column “满意度”; the headings are 编号, 时间"):
        read_answers([], mapping_from_yaml(TEXT), ["编号", "时间", "是否解决", "原因", "意见", "地市"], ZONE)


def test_moments_are_read_in_the_declared_form():
    text = "moment: '%d/%m/%Y %H:%M'\ncolumns: {when: {as: at}, score: {as: score, low: 0, high: 10}}"
    read_row, refused = read(["05/11/2026 14:30", "0"], ["2026-11-05", "0"], text=text, header=["when", "score"])
    assert read_row.at == datetime(2026, 11, 5, 14, 30, tzinfo=ZONE)
    assert read_row.scores == {"score": 0.0}
    assert "when is “2026-11-05”" in str(refused.reason)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "mapping is no YAML text"),
        ("columns: [a]", "give columns, each heading with what it is"),
        ("", "give columns"),
        ("colums: {}\ncolumns: {a: {as: words}}", "there is no “colums” here. Known are: columns, missing, moment"),
        ("columns: {a: {as: stars}}", "a: as is “stars”. Choose one of: id, at, score"),
        ("columns: {a: words}", "a: as is “words”"),
        ("columns: {a: {as: [score]}}", "a: as is"),
        ("columns: {a: {as: score, low: 1}}", "a: give low and high of the scale as numbers"),
        ("columns: {a: {as: score, low: 1, high: true}}", "a: give low and high"),
        ("columns: {a: {as: score, low: 5, high: 5}}", "a: low 5 is not below high 5"),
        ("columns: {a: {as: words, low: 1}}", "a: there is no “low” here. Known are: as, name"),
        ("columns: {a: {as: yes_no, means_yes: [yes]}}", "words such as yes and no stand in quotation marks"),
        ("columns: {a: {as: yes_no, means_yes: ['1'], means_no: ['1']}}", "a: “1” means yes and no"),
        ("missing: -1\ncolumns: {a: {as: words}}", "missing is a list of codes"),
        ("missing: [0]\ncolumns: {a: {as: score, low: 0, high: 10}}", "a: 0 is a code of missing answers and lies on"),
        ("moment: 5\ncolumns: {a: {as: words}}", "moment is “5”"),
        ("columns: {a: {as: id}, b: {as: id}, c: {as: words}}", "2 columns are id; only one can be"),
        ("columns: {a: {as: id}, b: {as: dimension}}", "No column is an answer"),
        ("columns: {a: {as: words, name: x}, b: {as: words, name: x}}", "2 columns of one kind are called “x”"),
    ],
)
def test_a_mapping_that_does_not_fit_is_named(text, told):
    with pytest.raises(Invalid) as refused:
        mapping_from_yaml(text)
    assert told in str(refused.value)


def test_a_mapping_is_written_and_read_again():
    mapping = mapping_from_yaml(TEXT)
    assert mapping_from_yaml(mapping_to_yaml(mapping)) == mapping
    assert mapping.columns[2] == Column("满意度", Role.SCORE, "overall", 1, 10)


@given(
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True),
    st.sampled_from([Role.SCORE, Role.YES_NO, Role.CHOICE, Role.WORDS]),
    st.lists(st.integers(-999, -1).map(str), max_size=3),
)
@example(["\x85", "是否"], Role.WORDS, [])
def test_any_heading_survives_the_yaml(headings, role, missing):
    mapping = OutsideMapping(tuple(Column(one, role, one) for one in headings), tuple(missing))
    assert mapping_from_yaml(mapping_to_yaml(mapping)) == mapping


def roles(mapping):
    return {one.heading: one.role for one in mapping.columns}


def test_a_mapping_is_guessed_from_headings_and_rows():
    header = [
        "response id",
        "date",
        "overall",
        "would recommend",
        "solved",
        "age",
        "team",
        "comment",
        "bill",
        "tick",
        "",
    ]
    sample = [
        [str(at), f"2026-11-{at:02}", str(at % 5 + 1), str(at), "yes" if at % 2 else "no", str(20 + at), "ab"[at % 2],
         "it took three weeks to mend", f"{at}.5", "3" if at % 3 else "-1", ""]
        for at in range(1, 11)
    ]  # fmt: skip
    guess = suggested_mapping(header, sample)
    assert list(roles(guess).values()) == [
        Role.ID, Role.AT, Role.SCORE, Role.SCORE, Role.YES_NO, Role.DIMENSION, Role.DIMENSION, Role.WORDS, Role.IGNORE,
        Role.CHOICE,
    ]  # fmt: skip
    assert [(one.low, one.high) for one in guess.columns if one.role is Role.SCORE] == [(1, 5), (0, 10)]
    assert guess.missing == ("-1",)


def test_a_day_first_date_is_guessed_with_its_form():
    guess = suggested_mapping(["when", "text"], [["25/03/2018 10:00", "slow"], ["01/02/2018 10:00", "good"]])
    assert guess.moment == "%d/%m/%Y %H:%M"


def test_nothing_to_guess_from_is_said():
    with pytest.raises(Invalid, match="No column is an answer"):
        suggested_mapping(["a"], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_either_encoding(tmp_path, encoding):
    path = tmp_path / "survey.csv"
    path.write_text(",".join(HEADER) + "\n" + ",".join(GOOD) + "\n", encoding=encoding)
    header, rows = table(path)
    (answer,) = read_answers(rows, mapping_from_yaml(TEXT), header, ZONE)
    assert answer.words == {"意见": "电梯里没信号"}


def test_a_workbook_is_read(tmp_path):
    book = Workbook()
    book.active.append(HEADER)
    book.active.append([7, datetime(2026, 11, 5, 14, 30), 8, 2, "信号差", "慢", "杭州", None])  # noqa: DTZ001
    book.save(tmp_path / "survey.xlsx")
    header, rows = table(tmp_path / "survey.xlsx")
    (answer,) = read_answers(rows, mapping_from_yaml(TEXT), header, ZONE)
    assert (answer.id, answer.at, answer.scores) == ("7", datetime(2026, 11, 5, 14, 30, tzinfo=ZONE), {"overall": 8.0})


def public(name):
    """Header, rows and the guess of a public survey; it stays where it is."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not there; set HUITING_DATA")
    header, rows = table(path)
    kept = list(rows)
    return header, kept, suggested_mapping(header, [cells for _, cells in islice(kept, 200)])


def test_the_beijing_survey_is_read():
    header, rows, guess = public("beijing_mobile_survey/dev/voice.csv")
    scores = [one for one in guess.columns if one.role is Role.SCORE]
    assert [one.heading for one in scores] == [
        "语音通话整体满意度",
        "网络覆盖与信号强度",
        "语音通话清晰度",
        "语音通话稳定性",
    ]
    assert {(one.low, one.high) for one in scores} == {(1, 10)}
    found = list(read_answers(rows, guess, header, ZONE))
    assert not [one for one in found if isinstance(one, Refused)]
    assert len(found) == 3814
    assert Counter(one.scores["语音通话整体满意度"] for one in found)[10.0] == 2222
    assert Counter(one.yes_no["是否遇到过网络问题"] for one in found) == {True: 2003, False: 1811}
    assert sum("居民小区" in one.choices for one in found) == 1285  # the others are -1
    assert sum("用户描述" in one.words for one in found) == 193


def test_the_english_verbatims_are_read():
    header, rows, guess = public("telecom_nps_verbatims_en/dev/nps_verbatims.csv")
    assert roles(guess) == {
        "id": Role.ID, "CUSTOMER_RESPONSE_DATE": Role.AT, "SURVEY_SUB_TYPE": Role.DIMENSION,
        "NPS_RATING": Role.DIMENSION, "NPS_SCORE": Role.SCORE, "text": Role.WORDS, "Qtr": Role.DIMENSION,
    }  # fmt: skip
    found = list(read_answers(rows, guess, header, ZONE))
    assert not [one for one in found if isinstance(one, Refused)]
    assert found[0].at == datetime(2018, 4, 11, 20, 9, tzinfo=ZONE)
    counts = Counter(one.scores.get("NPS_SCORE") for one in found)
    assert (counts[0.0], counts[10.0]) == (527, 387)


def test_the_missing_code_of_the_ecsi_survey_is_no_answer():
    header, rows, guess = public("ecsi_mobile_survey_en/corp_rep_data.csv")
    assert guess.missing == ("-99",)
    found = list(read_answers(rows, guess, header, ZONE))
    assert len(found) == 344
    assert not [one for one in found if isinstance(one, Refused)]
    assert sum("education" not in one.dimensions for one in found) == 9
    assert {score for one in found for score in one.scores.values()} == set(map(float, range(1, 8)))
