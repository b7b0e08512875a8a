"""Files that shoppers hand in with a visit, given out to the shopper and to the monitoring group alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal, kept_files
from qa_app.core.access import Action, Actor, allowed
from qa_app.core.contacts import Vault
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.kept_files import Attachment
from scorecards.shopping_reads import desk_row, own_row
from scorecards.shopping_scenarios import scenario_of
from scorecards.shopping_tables import VisitFileRow, VisitRow
from scorecards.shopping_visits import require_writable

MOST_A_VISIT = 50


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it is handed in: for an item, or ("") for the whole visit."""

    item: str
    name: str
    body: bytes


def attach(
    session: Session, actor: Actor, now: datetime, folder: Path, vault: Vault, visit_id: int, new: NewFile
) -> int:  # fmt: skip
    """Keep a file with an own visit that is still open; the same bytes twice for an item are one file."""
    visit = own_row(session, actor, visit_id)
    require_writable(session, visit_id)
    if new.item and new.item not in {one.id for one in scenario_of(session, visit.scenario_id).items}:
        raise Invalid("“{item}” is no item of this scenario.", item=new.item)
    file = kept_files.checked(new.name, new.body)
    of_visit = select(VisitFileRow).where(VisitFileRow.visit_id == visit_id)
    same = of_visit.where(VisitFileRow.sha256 == file.sha256, VisitFileRow.item == new.item)
    if (known := session.scalars(same).first()) is not None:
        return known.id
    if (session.scalar(select(func.count()).select_from(of_visit.subquery())) or 0) >= MOST_A_VISIT:
        raise Invalid("This visit has {most} files already; put the rest into one ZIP file.", most=MOST_A_VISIT)
    row = VisitFileRow(
        visit_id=visit_id, item=new.item, name=file.name, mime=file.mime, size_bytes=len(new.body),
        sha256=file.sha256, place=file.place, by_id=actor.user_id, at=now,
    )  # fmt: skip
    kept_files.keep(folder, vault, file, new.body)
    session.add(row)
    session.flush()
    journal.record(session, actor, "attachment.add", f"visit:{visit_id}", now, name=file.name, sha256=file.sha256)
    return row.id


def files(session: Session, actor: Actor, visit_id: int) -> dict[str, list[Attachment]]:
    """The files of a visit by item, for its shopper and the monitoring group."""
    _reachable(session, actor, visit_id)
    found: dict[str, list[Attachment]] = {}
    query = select(VisitFileRow).where(VisitFileRow.visit_id == visit_id).order_by(VisitFileRow.id)
    for row in session.scalars(query):
        found.setdefault(row.item, []).append(_read(row))
    return found


def fetch(
    session: Session, actor: Actor, now: datetime, folder: Path, vault: Vault, file_id: int
) -> tuple[Attachment, bytes]:  # fmt: skip
    """A file with its bytes; that it was fetched is journalled."""
    row = session.get(VisitFileRow, file_id)
    if row is None:
        raise NotFound("There is no attachment {attachment} that you may see.", attachment=file_id)
    _reachable(session, actor, row.visit_id)
    body = kept_files.body_of(folder, vault, row.place, file_id)
    journal.record(session, actor, "attachment.fetch", f"visit:{row.visit_id}", now, name=row.name)
    return _read(row), body


def _reachable(session: Session, actor: Actor, visit_id: int) -> VisitRow:
    """Whoever may manage sees the units' visits, whoever shops the own ones; who does both, either."""
    if allowed(actor, Action.MANAGE_SHOPPING):
        try:
            return desk_row(session, actor, visit_id)
        except NotFound:
            if not allowed(actor, Action.SHOP):
                raise
    return own_row(session, actor, visit_id)


def _read(row: VisitFileRow) -> Attachment:
    return Attachment(row.id, row.name, row.mime, row.size_bytes, row.by_id, row.at)
