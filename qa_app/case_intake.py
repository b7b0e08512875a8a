"""Complaint cases of another system, taken in from its export some thousand rows at a time, for page and command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, require
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.runtime import Runtime
from surveys import attachments, importing, rules, service
from surveys.case_file import Refused, Row, mapping, read_rows, table
from surveys.model import NewCase
from surveys.office import Office
from surveys.service import Registered

SHOWN = 5
"""Rows of a preview."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Which column was taken for which field, which are not used, and the first rows as they would be registered."""

    header: tuple[str, ...]
    columns: dict[str, int]
    rows: tuple[Row | Refused, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        return tuple(name for place, name in enumerate(self.header) if place not in self.columns.values())


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an export."""

    registered: int
    refused: tuple[Refused, ...]


def register(
    session: Session, actor: Actor, now: datetime, office: Office, new: NewCase, files: Mapping[str, bytes]
) -> Registered:
    """Register a complaint with its files in one transaction: neither is kept without the other."""
    made = service.register(session, actor, now, office, new)
    for name, body in files.items():
        attachments.attach(session, actor, now, office, made.case_id, name, body)
    return made


def preview(live: Runtime, actor: Actor, file: Path, given: dict[str, str]) -> Preview:
    """Read the beginning of an export and register nothing."""
    require(actor, Action.IMPORT_CASES)
    header, rows = table(file)
    columns = mapping(header, given)
    with reading(live.engine) as session:
        classes = rules.taxonomy(session, utc_now())
    read = read_rows(rows, columns, classes, Office.of(live.settings).zone, _plain(""))
    return Preview(tuple(header), columns, tuple(islice(read, SHOWN)))


def take_in(
    live: Runtime, actor: Actor, file: Path, given: dict[str, str], place: tuple[int, str],
    on_step: Callable[[int], None],
) -> Taken:  # fmt: skip
    """Register every row that can be in a unit under a time profile (`place`); the others come back with reasons."""
    require(actor, Action.IMPORT_CASES)
    unit_id, profile = place
    header, rows = table(file)
    office, registered, refused = Office.of(live.settings), 0, list[Refused]()
    with reading(live.engine) as session:
        classes = rules.taxonomy(session, utc_now())
        rules.profile(session, profile, utc_now())
    read = read_rows(rows, mapping(header, given), classes, office.zone, _plain(profile))
    for good, bad in importing.in_batches(read):
        with transaction(live.engine) as session:
            batch = importing.take_in(session, actor, utc_now(), office, unit_id, good)
        registered += batch.registered
        refused += [*bad, *batch.refused]
        on_step(len(good) + len(bad))
    with transaction(live.engine) as session:
        _journal(session, actor, registered, len(refused))
    return Taken(registered, tuple(sorted(refused, key=lambda row: row.line)))


def _journal(session: Session, actor: Actor, registered: int, refused: int) -> None:
    importing.journal_import(session, actor, utc_now(), registered, refused)


def _plain(profile: str) -> NewCase:
    return NewCase(words="", customer_name="", customer_phone="", profile=profile)
