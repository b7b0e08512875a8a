"""Complaint cases as other systems export them (CSV or XLSX): which column is what, and each row read or refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from zipfile import BadZipFile

from qa_app.core.contacts import phone_number
from qa_app.core.errors import Invalid, Sentence, Terms
from surveys.model import CaseKind, Channel, NewCase, Urgency

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from surveys.taxonomy import ComplaintClass

T = TypeVar("T")
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number", "case number", "case_id", "ticket", "工单号", "工单编号", "投诉单号", "单号", "流水号"),
    "received_at": (
        "received_at",
        "received",
        "date received",
        "受理时间",
        "投诉时间",
        "登记时间",
        "创建时间",
        "来电时间",
    ),
    "closed_at": ("closed_at", "closed", "结案时间", "办结时间", "关闭时间", "归档时间"),
    "words": ("words", "complaint", "description", "投诉内容", "投诉描述", "问题描述", "客户陈述", "工单内容", "内容"),
    "customer_name": ("customer_name", "customer", "name", "客户姓名", "客户名称", "姓名", "联系人"),
    "customer_phone": (
        "customer_phone",
        "phone",
        "telephone",
        "mobile",
        "联系电话",
        "投诉号码",
        "客户号码",
        "手机号",
        "号码",
    ),
    "channel": ("channel", "received via", "受理渠道", "投诉渠道", "渠道", "来源"),
    "kind": ("kind", "type", "工单类型", "类型"),
    "class_code": ("class", "class_code", "category", "投诉分类", "投诉类别", "问题分类", "业务分类", "分类"),
    "urgency": ("urgency", "priority", "紧急程度", "优先级"),
    "demand": ("demand", "remedy sought", "客户诉求", "诉求", "要求"),
    "product": ("product", "产品", "业务", "套餐"),
    "place": ("place", "city", "地点", "地址", "区域", "地市"),
    "campaign": ("campaign", "营销活动", "活动"),
    "sender": ("sender", "转办人", "转办单位", "来函单位"),
    "tier": ("tier", "star", "客户级别", "客户等级", "星级"),
}
"""The fields of a case and the headings under which exports carry them."""

NEEDED = ("received_at", "words", "customer_phone")
CHANNELS = {
    Channel.HOTLINE: ("hotline", "phone", "internet hotline", "客服热线", "热线", "电话", "10000", "10086", "10010"),
    Channel.ONLINE: ("online", "internet", "web", "app", "在线客服", "网站", "网厅", "掌厅", "微信", "公众号"),
    Channel.EMAIL: ("email", "e-mail", "mail", "邮件", "邮箱"),
    Channel.SOCIAL: ("social", "weibo", "社交媒体", "微博", "抖音"),
    Channel.SHOP: ("shop", "store", "营业厅", "门店", "厅店"),
    Channel.LETTER: ("letter", "信函", "来信"),
    Channel.REGULATOR: ("regulator", "监管转办", "工信部", "通管局", "申诉", "12300", "12315"),
    Channel.INTERNAL: ("internal", "内部转办", "内部"),
}
KINDS = {
    CaseKind.COMPLAINT: ("complaint", "投诉"),
    CaseKind.SUGGESTION: ("suggestion", "建议"),
    CaseKind.APPEAL: ("appeal", "客户申诉", "申诉"),
}
URGENCIES = {
    Urgency.ORDINARY: ("ordinary", "normal", "普通", "一般", "低", "中"),
    Urgency.URGENT: ("urgent", "high", "紧急", "加急", "高"),
    Urgency.GREEN: ("green", "绿色通道", "vip"),
}
MOMENTS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d",
    "%Y%m%d%H%M%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日",
)  # fmt: skip
LONGEST = {"number": 40, "words": 20_000, "product": 120, "place": 120, "campaign": 120, "sender": 200, "tier": 40}


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be registered; `closed_at` where the other system has closed it."""

    line: int
    new: NewCase
    number: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be registered, and why."""

    line: int
    reason: Sentence


def table(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The headings of a CSV (UTF-8 or GB18030) or XLSX file, and its rows with their line numbers."""
    rows = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = next(rows, None)
    if header is None:
        raise Invalid("{file} is empty. Give a table with a heading line.", file=path.name)
    return [cell.strip() for cell in header[1]], (row for row in rows if any(cell.strip() for cell in row[1]))


def mapping(header: list[str], given: Mapping[str, str]) -> dict[str, int]:
    """Which column carries which field: as given (heading -> field), else by the headings people use.

    Raises Invalid where a needed field has no column, or a given heading or field does not exist.
    """
    places = {name.casefold(): place for place, name in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for name, wanted in given.items():
        if name.casefold() not in places or wanted not in COLUMNS:
            wrong, known = (name, header) if name.casefold() not in places else (wanted, list(COLUMNS))
            raise Invalid("There is no column “{name}”. Known are: {known}.", name=wrong, known=", ".join(known))
        found[wanted] = places[name.casefold()]
    for wanted, names in COLUMNS.items():
        column = next((places[name.casefold()] for name in names if name.casefold() in places), None)
        if wanted not in found and column is not None and column not in found.values():
            found[wanted] = column
    missing = [wanted for wanted in NEEDED if wanted not in found]
    if missing:
        raise Invalid(
            "No column was recognised as {missing}; the headings are {header}. Say which column it is.",
            missing=Terms(*missing), header=", ".join(header),
        )  # fmt: skip
    return found


def read_rows(
    rows: Iterator[tuple[int, list[str]]], columns: Mapping[str, int], classes: tuple[ComplaintClass, ...],
    zone: ZoneInfo, plain: NewCase,
) -> Iterator[Row | Refused]:  # fmt: skip
    """Each row as a case to register, or refused with its reason; a bad row never stops the others."""
    codes = _class_names(classes)
    for line, cells in rows:
        try:
            yield _row(line, cells, columns, codes, zone, plain)
        except Invalid as error:
            yield Refused(line, error)


def _row(
    line: int, cells: list[str], columns: Mapping[str, int], codes: Mapping[str, str], zone: ZoneInfo, plain: NewCase
) -> Row:  # fmt: skip
    def cell(name: str) -> str:
        place = columns.get(name)
        return cells[place].replace("\0", "").strip() if place is not None and place < len(cells) else ""

    for name in NEEDED:
        if not cell(name):
            raise Invalid("{field} is empty.", field=Terms(name))
    for name, most in LONGEST.items():
        if len(cell(name)) > most:
            raise Invalid("{field} has {length} signs; at most {most} are kept.", field=Terms(name),
                          length=len(cell(name)), most=most)  # fmt: skip
    received = _moment("received_at", cell("received_at"), zone)
    closed = _moment("closed_at", cell("closed_at"), zone) if cell("closed_at") else None
    if closed is not None and closed < received:
        raise Invalid("closed_at {closed} lies before received_at {received}.", closed=cell("closed_at"),
                      received=cell("received_at"))  # fmt: skip
    new = replace(
        plain,
        words=cell("words"),
        customer_name=cell("customer_name"),
        customer_phone=phone_number(cell("customer_phone")),
        channel=_named("channel", cell("channel"), CHANNELS, plain.channel),
        kind=_named("kind", cell("kind"), KINDS, plain.kind),
        urgency=_named("urgency", cell("urgency"), URGENCIES, plain.urgency),
        class_code=_class(cell("class_code"), codes),
        demand=cell("demand"),
        product=cell("product"),
        place=cell("place"),
        campaign=cell("campaign"),
        sender=cell("sender"),
        tier=cell("tier"),
        received_at=received,
    )
    return Row(line, new, cell("number"), closed)


def _moment(name: str, text: str, zone: ZoneInfo) -> datetime:
    found = _parsed(text)
    if found is None:
        raise Invalid("{field} is “{value}”. Write it like 2026-11-05 14:30.", field=Terms(name), value=text[:40])
    return found.replace(tzinfo=zone) if found.tzinfo is None else found


@lru_cache(maxsize=50_000)
def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in MOMENTS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives the centre's time zone
        except ValueError:
            continue
    return None


def _named(field: str, text: str, names: Mapping[T, tuple[str, ...]], unsaid: T) -> T:
    if not text:
        return unsaid
    said = text.casefold()
    for value, known in names.items():
        if said in known:
            return value
    raise Invalid("{field} is “{value}”. Choose one of: {known}.", field=Terms(field), value=text[:40],
                  known=", ".join(known[0] for known in names.values()))  # fmt: skip


def _class_names(classes: tuple[ComplaintClass, ...]) -> dict[str, str]:
    """Codes and titles of the second level in both languages, and both levels joined, lead to the code."""
    found: dict[str, str] = {}
    for one in classes:
        found[one.code] = one.code
        for language in ("zh", "en"):
            found.setdefault(one.title[language].casefold(), one.code)
            found[f"{one.parent_title[language]}/{one.title[language]}".casefold()] = one.code
    return found


def _class(text: str, codes: Mapping[str, str]) -> str:
    if not text:
        return ""
    said = text.casefold().replace(" / ", "/").replace("-", "/").replace("＞", "/").replace(">", "/")
    if said in codes:
        return codes[said]
    near = get_close_matches(said, codes, n=3, cutoff=0.5)
    raise Invalid("There is no class “{code}”. The nearest are: {near}.", code=text[:80], near=", ".join(near) or "-")


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    body = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Invalid("{file} is neither UTF-8 nor GB18030 text. Save it as CSV UTF-8 or XLSX.", file=path.name)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Invalid("{file}, line {line}, cannot be read: {error}. Look for a quotation mark without its partner.",
                      file=path.name, line=reader.line_num, error=error) from error  # fmt: skip


def _workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise Invalid("{file} is no workbook that can be read. Save it as XLSX or CSV.", file=path.name) from error
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, ["" if cell is None else _as_text(cell) for cell in cells]
    finally:
        book.close()


def _as_text(cell: object) -> str:
    """A cell as people see it: a number without .0, a moment in ISO form."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
