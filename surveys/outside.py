"""Surveys from outside: a saved mapping says which column is what, and each row is read or refused with its reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid, Sentence
from surveys.case_file import MOMENTS, Refused
from surveys.model import RESPONSE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
LONGEST = 20_000  # signs in one cell
YES = ("yes", "y", "true", "1", "是", "有", "对", "已解决")
NO = ("no", "n", "false", "0", "否", "没有", "无", "未解决")
USUAL_MISSING = ("-1", "-8", "-9", "-98", "-99", "-999")
MOST_OPTIONS, WORDY = 30, 12  # more values are no dimension; longer cells are the customer's words
DAY_FIRST = ("%d/%m/%Y %H:%M", "%d/%m/%Y")
IDS = re.compile(r"(?i)^(?:.*[ _]?id|.*编号|序号|respondent.*|response.?number)$")
NO_SCORES = re.compile(
    r"(?i)age$|age.?group|educat|occupat|income|provider|type|年龄|学历|职业|收入|性别|gender|星级|品牌|投诉$|次数"
)
WHETHER = re.compile(r"(?i)是否|有没有|whether|^(?:did|was|were|is|has|have)\b")
TOLD = re.compile(r"(?i)描述|说明|原因|建议|comment|verbatim|reason|^text$")
RECOMMENDS = re.compile(r"(?i)nps|recommend|推荐")


class Role(StrEnum):
    """What a column is: the respondent, the moment, an answer of one of four kinds, a dimension, or nothing of ours."""

    ID = "id"
    AT = "at"
    SCORE = "score"
    YES_NO = "yes_no"
    CHOICE = "choice"
    WORDS = "words"
    DIMENSION = "dimension"
    IGNORE = "ignore"


ANSWERS = (Role.SCORE, Role.YES_NO, Role.CHOICE, Role.WORDS)


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading; `name` is what it is called here; bounds are inclusive; codes are compared caseless."""

    heading: str
    role: Role
    name: str
    low: float = 1
    high: float = 10
    means_yes: tuple[str, ...] = YES
    means_no: tuple[str, ...] = NO


@dataclass(frozen=True, slots=True)
class OutsideMapping:
    """The columns of a survey, the codes of a missing answer, and how moments are written (strptime; "" = ISO)."""

    columns: tuple[Column, ...]
    missing: tuple[str, ...] = ()
    moment: str = ""

    def __post_init__(self) -> None:
        _refuse_contradictions(self)


@dataclass(frozen=True, slots=True)
class OutsideAnswer:
    """One respondent's row by the names of its columns; what is missing has no entry."""

    line: int
    id: str = ""
    at: datetime | None = None
    scores: dict[str, float] = field(default_factory=dict)
    yes_no: dict[str, bool] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=dict)


def mapping_from_yaml(text: str, where: str = "mapping") -> OutsideMapping:
    """The mapping of a YAML text; Invalid names what does not fit."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Invalid("{where} is no YAML text: {error}.", where=where, error=error) from error
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
        raise Invalid("{where}: give columns, each heading with what it is (as: score).", where=where)
    _refuse_unknown(document, ("columns", "missing", "moment"), where)
    columns = tuple(_column(str(heading), given, where) for heading, given in document["columns"].items())
    moment = document.get("moment", "")
    if not isinstance(moment, str):
        raise Invalid("{where}: moment is “{value}”. Write it like %d/%m/%Y %H:%M.", where=where, value=moment)
    return OutsideMapping(columns, _codes(document.get("missing", []), f"{where}: missing"), moment)


def mapping_to_yaml(mapping: OutsideMapping) -> str:
    """The YAML text from which `mapping_from_yaml` reads the same mapping again."""
    columns = {one.heading: _written(one) for one in mapping.columns}
    document = {"missing": list(mapping.missing), "moment": mapping.moment, "columns": columns}
    is_plain = all("\x85" not in one.heading + one.name for one in mapping.columns)  # PyYAML reads it back as a space
    return yaml.safe_dump(document, allow_unicode=is_plain, sort_keys=False, width=120)


def _written(one: Column) -> dict[str, Any]:
    written: dict[str, Any] = {"as": one.role.value}
    if one.name != one.heading:
        written["name"] = one.name
    if one.role is Role.SCORE:
        written |= {"low": one.low, "high": one.high}
    if one.role is Role.YES_NO:
        written |= {"means_yes": list(one.means_yes), "means_no": list(one.means_no)}
    return written


def _column(heading: str, given: object, where: str) -> Column:
    place = f"{where}: {heading}"
    if not isinstance(given, dict) or given.get("as") not in list(Role):
        wrong = given.get("as") if isinstance(given, dict) else given
        raise Invalid("{place}: as is “{value}”. Choose one of: {known}.", place=place, value=wrong,
                      known=", ".join(Role))  # fmt: skip
    role = Role(given["as"])
    more = {Role.SCORE: ("low", "high"), Role.YES_NO: ("means_yes", "means_no")}.get(role, ())
    _refuse_unknown(given, ("as", "name", *more), place)
    name = str(given.get("name") or heading)
    if role is Role.SCORE:
        return Column(heading, role, name, _bound(given.get("low"), place), _bound(given.get("high"), place))
    if role is Role.YES_NO:
        yes, no = (
            _codes(given.get(key, list(usual)), f"{place}: {key}") for key, usual in zip(more, (YES, NO), strict=True)
        )
        return Column(heading, role, name, means_yes=yes, means_no=no)
    return Column(heading, role, name)


def _bound(given: object, place: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Invalid("{place}: give low and high of the scale as numbers.", place=place)
    return given


def _codes(given: object, place: str) -> tuple[str, ...]:
    if not isinstance(given, list) or any(
        isinstance(code, bool) or not isinstance(code, str | int | float) for code in given
    ):
        raise Invalid("{place} is a list of codes; words such as yes and no stand in quotation marks.", place=place)
    return tuple(str(code).strip() for code in given)


def _refuse_unknown(given: dict[Any, Any], known: Sequence[str], place: str) -> None:
    for key in given:
        if key not in known:
            raise Invalid("{place}: there is no “{key}” here. Known are: {known}.", place=place, key=key,
                          known=", ".join(known))  # fmt: skip


def _refuse_contradictions(mapping: OutsideMapping) -> None:
    counts = Counter(one.role for one in mapping.columns)
    for role in (Role.ID, Role.AT):
        if counts[role] > 1:
            raise Invalid("{number} columns are {role}; only one can be.", number=counts[role], role=role.value)
    if not any(counts[role] for role in ANSWERS):
        raise Invalid("No column is an answer. Map at least one as: {known}.", known=", ".join(ANSWERS))
    kept = Counter((one.role, one.name) for one in mapping.columns if one.role is not Role.IGNORE)
    for (_, name), number in kept.items():
        if number > 1:
            raise Invalid(
                "{number} columns of one kind are called “{name}”. Name them apart.", number=number, name=name
            )
    _refuse_misfits(mapping)


def _refuse_misfits(mapping: OutsideMapping) -> None:
    for one in mapping.columns:
        if one.role not in (Role.ID, Role.AT, Role.IGNORE) and one.name in RESPONSE_COLUMNS:
            raise Invalid("{heading}: “{name}” is the name of something kept with every answer. Give it another name.",
                          heading=one.heading, name=one.name)  # fmt: skip
        if one.role is Role.SCORE and not one.low < one.high:
            raise Invalid(
                "{heading}: low {low} is not below high {high}.", heading=one.heading, low=one.low, high=one.high
            )
        inside = [code for code in mapping.missing if NUMBER.fullmatch(code) and one.low <= float(code) <= one.high]
        if one.role is Role.SCORE and inside:
            raise Invalid("{heading}: {code} is a code of missing answers and lies on the scale {low}-{high}.",
                          heading=one.heading, code=inside[0], low=one.low, high=one.high)  # fmt: skip
        if one.role is Role.YES_NO and (
            both := {*map(str.casefold, one.means_yes)} & {*map(str.casefold, one.means_no)}
        ):
            raise Invalid("{heading}: “{code}” means yes and no.", heading=one.heading, code=min(both))


def read_answers(
    rows: Iterable[tuple[int, list[str]]], mapping: OutsideMapping, header: Sequence[str], zone: ZoneInfo
) -> Iterator[OutsideAnswer | Refused]:
    """Each row (line number, cells) as an answer, or refused with its reason; a bad row never stops the others.

    A row without any answer, and one whose respondent was read before, are refused. Moments without a zone are in
    `zone`. Raises Invalid, before any row is read, where a mapped heading is not in the header.
    """
    places = {heading: place for place, heading in reversed(list(enumerate(header)))}
    used = [one for one in mapping.columns if one.role is not Role.IGNORE]
    absent = [one.heading for one in used if one.heading not in places]
    if absent:
        raise Invalid("There is no column “{absent}”; the headings are {header}.", absent="”, “".join(absent),
                      header=", ".join(header))  # fmt: skip
    return _read(rows, mapping, [(places[one.heading], one) for one in used], (len(header), zone))


def _read(
    rows: Iterable[tuple[int, list[str]]], mapping: OutsideMapping, used: list[tuple[int, Column]],
    width_and_zone: tuple[int, ZoneInfo],
) -> Iterator[OutsideAnswer | Refused]:  # fmt: skip
    seen: dict[str, int] = {}
    width, zone = width_and_zone
    for line, cells in rows:
        try:
            answer = _answer(line, cells, mapping, used, zone)
        except Invalid as error:
            yield Refused(line, error)
            continue
        if any(cell.strip() for cell in cells[width:]):
            yield Refused(line, Sentence("The row has {cells} cells under {headings} headings.", cells=len(cells),
                                         headings=width))  # fmt: skip
        elif answer.id and seen.setdefault(answer.id, line) != line:
            yield Refused(line, Sentence("“{id}” was read in line {line} before.", id=answer.id, line=seen[answer.id]))
        else:
            yield answer


def _answer(
    line: int, cells: list[str], mapping: OutsideMapping, used: list[tuple[int, Column]], zone: ZoneInfo
) -> OutsideAnswer:
    kept: dict[Role, dict[str, Any]] = {role: {} for role in Role}
    for place, one in used:
        cell = cells[place].replace("\0", "").strip() if place < len(cells) else ""
        if cell and cell not in mapping.missing:
            kept[one.role][one.name] = _value(cell, one, mapping.moment, zone)
        elif one.role in (Role.ID, Role.AT):
            raise Invalid("{heading} is empty.", heading=one.heading)
    if not any(kept[role] for role in ANSWERS):
        raise Invalid("The row holds no answer.")
    return OutsideAnswer(
        line, next(iter(kept[Role.ID].values()), ""), next(iter(kept[Role.AT].values()), None), kept[Role.SCORE],
        kept[Role.YES_NO], kept[Role.CHOICE], kept[Role.WORDS], kept[Role.DIMENSION],
    )  # fmt: skip


def _value(cell: str, one: Column, moment: str, zone: ZoneInfo) -> object:
    if len(cell) > LONGEST:
        raise Invalid("{heading} has {length} signs; at most {most} are kept.", heading=one.heading, length=len(cell),
                      most=LONGEST)  # fmt: skip
    if one.role is Role.SCORE:
        if not NUMBER.fullmatch(cell) or not one.low <= float(cell) <= one.high:
            raise Invalid("{heading} is “{value}”, no number from {low} to {high}.", heading=one.heading,
                          value=cell[:40], low=one.low, high=one.high)  # fmt: skip
        return float(cell)
    if one.role is Role.YES_NO:
        for codes, meant in ((one.means_yes, True), (one.means_no, False)):
            if cell.casefold() in map(str.casefold, codes):
                return meant
        raise Invalid("{heading} is “{value}”, neither yes nor no.", heading=one.heading, value=cell[:40])
    if one.role is Role.AT:
        if (found := _moment(cell, (moment,) if moment else MOMENTS)) is None:
            raise Invalid("{heading} is “{value}”. Say in the mapping how moments are written.", heading=one.heading,
                          value=cell[:40])  # fmt: skip
        return found.replace(tzinfo=zone) if found.tzinfo is None else found
    return cell


def _moment(text: str, forms: Sequence[str]) -> datetime | None:
    if forms is MOMENTS and not text.isdecimal():  # fromisoformat takes 20181104 and any id of eight digits
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives the survey's time zone
        except ValueError:
            continue
    return None


def suggested_mapping(header: Sequence[str], sample: Sequence[Sequence[str]]) -> OutsideMapping:
    """A first guess for people to correct, from the headings and some rows: 1-10 are scores, long cells are words.

    Raises Invalid where no column looks like an answer.
    """
    cells = {heading: [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
             for place, heading in reversed(list(enumerate(header))) if heading}  # fmt: skip
    counts = Counter(code for values in cells.values() for code in set(values))
    missing = tuple(code for code in USUAL_MISSING if counts[code])
    columns: list[Column] = []
    moment = ""
    for heading in dict.fromkeys(one for one in header if one):
        values = [value for value in cells[heading] if value not in missing]
        one = _guess(heading, values, {column.role for column in columns})
        if one.name in RESPONSE_COLUMNS:
            one = replace(one, name=f"{one.name}_given")
        moment = _form(values) if one.role is Role.AT else moment
        columns.append(one)
    return OutsideMapping(tuple(columns), missing, moment)


def _guess(heading: str, values: list[str], taken: set[Role]) -> Column:
    kinds = set(map(str.casefold, values))
    role = Role.IGNORE
    if not values:
        return Column(heading, role, heading)
    if IDS.match(heading) and len(kinds) == len(values) and Role.ID not in taken:
        return Column(heading, Role.ID, heading)
    if all(NUMBER.fullmatch(value) for value in values):
        return _guess_of_numbers(heading, {float(value) for value in values})
    if Role.AT not in taken and all(_moment(value, MOMENTS) or _moment(value, DAY_FIRST) for value in values):
        role = Role.AT
    elif kinds <= {*YES, *NO}:
        role = Role.YES_NO
    elif TOLD.search(heading) or sum(map(len, values)) > WORDY * len(values) or len(kinds) > MOST_OPTIONS:
        role = Role.WORDS
    else:
        role = Role.DIMENSION
    return Column(heading, role, heading)


def _guess_of_numbers(heading: str, kinds: set[float]) -> Column:
    """Ticks and codes are choices; a scale is known by its highest value in the sample; amounts are ignored."""
    if WHETHER.search(heading) and kinds <= {1, 2}:
        return Column(heading, Role.YES_NO, heading, means_yes=("1",), means_no=("2",))
    if any(not kind.is_integer() or kind < 0 for kind in kinds) or max(kinds) > 99:  # noqa: PLR2004 - codes are short
        return Column(heading, Role.IGNORE, heading)
    if NO_SCORES.search(heading):
        return Column(heading, Role.DIMENSION if len(kinds) <= MOST_OPTIONS else Role.IGNORE, heading)
    if kinds == {0, 1}:
        return Column(heading, Role.YES_NO, heading)
    if len(kinds) > 2 and max(kinds) <= 10:  # noqa: PLR2004 - a scale has three steps or more, and eleven at most
        low = 0 if 0 in kinds or (RECOMMENDS.search(heading) and max(kinds) > 7) else 1  # noqa: PLR2004
        return Column(heading, Role.SCORE, heading, low, next(top for top in (5, 7, 10) if max(kinds) <= top))
    return Column(heading, Role.CHOICE if len(kinds) <= 2 else Role.IGNORE, heading)  # noqa: PLR2004


def _form(values: list[str]) -> str:
    """How moments are written where our own forms do not read them all; "" where they do."""
    if all(_moment(value, MOMENTS) for value in values):
        return ""
    return next(form for form in DAY_FIRST if _moment(values[0], (form,)))
