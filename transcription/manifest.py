"""The CSV that comes with recordings: which file is which call, by whom, when, from where.

Columns: file, call_id, agent, customer_ref, started_at, direction, queue, case_id, channels, rating, hangup_by,
transfer_from. Only `file` must be filled. Several agents of a transferred call stand in order, parted by ";".
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TypeVar
from zoneinfo import ZoneInfo

from qa_app.core.errors import Invalid
from transcription.model import SPEAKER

T = TypeVar("T")
COLUMNS = (
    "file", "call_id", "agent", "customer_ref", "started_at", "direction", "queue", "case_id", "channels", "rating",
    "hangup_by", "transfer_from",
)  # fmt: skip
MIXED = "mixed"
HIGHEST_RATING = 10
LONGEST = {
    "call_id": 120, "agent": 80, "customer_ref": 120, "queue": 80, "case_id": 80, "channels": 80, "transfer_from": 120,
}  # fmt: skip
_DIRECTIONS = {"": "", "inbound": "inbound", "outbound": "outbound", "呼入": "inbound", "呼出": "outbound"}
_ENDS = {"": "", "agent": "agent", "customer": "customer", "客服": "agent", "客户": "customer", "system": "system"}


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What a manifest row says about one recording; empty where it says nothing."""

    call_id: str
    agents: tuple[str, ...] = ()
    customer_ref: str = ""
    started_at: datetime | None = None
    direction: str = ""
    queue: str = ""
    case_ref: str = ""
    channel_map: str | None = None
    rating: int | None = None
    hangup_by: str = ""
    transfer_from: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The rows that can be used, by file name, and the others each with its reason."""

    rows: dict[str, CallFacts] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()


def channel_map(text: str) -> str:
    """A channel map such as "agent,customer" or "mixed", checked; channels are told apart by position."""
    names = [name.strip() for name in text.replace("|", ",").split(",")]
    if names == [MIXED]:
        return MIXED
    if not all(SPEAKER.match(name) for name in names) or len(set(names)) != len(names):
        raise Invalid(
            "Channels {value!r} is not a channel map; write agent,customer or customer,agent or mixed.", value=text
        )
    return ",".join(names)


def call_id_from(file_name: str) -> str:
    """The call id of a recording that nothing is said of: its name without suffix; a long one ends in its hash."""
    stem = PurePath(file_name).stem
    if len(stem) <= LONGEST["call_id"]:
        return stem
    told_apart_by = hashlib.sha256(stem.encode()).hexdigest()[:16]
    return f"{stem[: LONGEST['call_id'] - 17]}-{told_apart_by}"


def read_manifest(path: Path, zone: ZoneInfo) -> Manifest:
    """Read a manifest (UTF-8 or GB18030); a bad row is named with its line and never stops the others."""
    reader = csv.DictReader(io.StringIO(_text(path)))
    header = [(name or "").strip() for name in reader.fieldnames or []]
    unknown = sorted(set(header) - set(COLUMNS))
    if "file" not in header or unknown:
        raise Invalid(
            "The manifest {file} needs a column named file and knows only {columns}; it has {found}.",
            file=path.name, columns=", ".join(COLUMNS), found=", ".join(unknown) or ", ".join(header) or "-",
        )  # fmt: skip
    reader.fieldnames = header
    rows: dict[str, CallFacts] = {}
    problems: list[tuple[str, str]] = []
    for number, row in enumerate(_rows(reader, path.name), 2):
        name = PurePath((row.get("file") or "").strip().replace("\\", "/")).name
        try:
            _refuse_name(name, rows)
            rows[name] = facts_of(name, row, zone)
        except Invalid as error:
            problems.append((name or path.name, f"{path.name} line {number}: {error}"))
    return Manifest(rows, tuple(problems))


def _rows(reader: csv.DictReader[str], name: str) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as trouble:
        raise Invalid(
            "The manifest {file} line {line} cannot be read ({why}); look for a quotation mark without its partner.",
            file=name, line=reader.line_num, why=trouble,
        ) from trouble  # fmt: skip


def _refuse_name(name: str, rows: dict[str, CallFacts]) -> None:
    if not name or name in rows:
        raise Invalid("the file name is empty or stands twice")


def facts_of(name: str, row: Mapping[str, str], zone: ZoneInfo) -> CallFacts:
    """What the cells of a manifest row say; Invalid names the cell that cannot be read."""

    def cell(column: str) -> str:
        return (row.get(column) or "").strip()

    agents = tuple(dict.fromkeys(part.strip() for part in cell("agent").split(";") if part.strip()))
    _refuse_long([("agent", agent) for agent in agents])
    _refuse_long([(column, cell(column)) for column in LONGEST if column != "agent"])
    return CallFacts(
        call_id=cell("call_id") or call_id_from(name),
        agents=agents,
        customer_ref=cell("customer_ref"),
        started_at=_read("started_at", cell, lambda text: _moment(text, zone)),
        direction=_read("direction", cell, lambda text: _DIRECTIONS[text.lower()]) or "",
        queue=cell("queue"),
        case_ref=cell("case_id"),
        channel_map=channel_map(cell("channels")) if cell("channels") else None,
        rating=_read("rating", cell, _rating),
        hangup_by=_read("hangup_by", cell, lambda text: _ENDS[text.lower()]) or "",
        transfer_from=cell("transfer_from"),
    )


def _refuse_long(cells: list[tuple[str, str]]) -> None:
    """Refuse what the database would refuse, or cut, later."""
    for column, text in cells:
        if len(text) > LONGEST[column]:
            raise Invalid(
                "{column} has {length} characters; at most {most} are taken",
                column=column, length=len(text), most=LONGEST[column],
            )  # fmt: skip


def _read(column: str, cell: Callable[[str], str], convert: Callable[[str], T]) -> T | None:
    text = cell(column)
    if not text:
        return None
    try:
        return convert(text)
    except (ValueError, KeyError, OverflowError):
        raise Invalid("{column} cannot be {value!r}", column=column, value=text) from None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text.replace("/", "-"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _rating(text: str) -> int:
    value = int(text)
    if not 0 <= value <= HIGHEST_RATING:
        raise ValueError(text)
    return value


def _text(path: Path) -> str:
    body = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("The manifest {file} is neither UTF-8 nor GB18030 text; save it as CSV UTF-8.", file=path.name)
