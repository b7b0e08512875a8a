"""Files kept with a case, given out only to who may see the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal, kept_files
from qa_app.core.access import Action, Actor
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.kept_files import Attachment
from surveys import queries
from surveys.office import Office
from surveys.tables import AttachmentRow

MOST_A_CASE = 50


def attach(
    session: Session, actor: Actor, now: datetime, office: Office, case_id: int, name: str, body: bytes
) -> int:  # fmt: skip
    """Keep a file with a case that the actor may see; the same bytes twice are one attachment."""
    queries.case_in_reach(session, actor, Action.SEE_CASES, case_id)
    file = kept_files.checked(name, body)
    of_case = select(AttachmentRow).where(AttachmentRow.case_id == case_id)
    known = session.scalars(of_case.where(AttachmentRow.sha256 == file.sha256)).first()
    if known is not None:
        return known.id
    if (session.scalar(select(func.count()).select_from(of_case.subquery())) or 0) >= MOST_A_CASE:
        raise Invalid("This case has {most} attachments already; put the rest into one ZIP file.", most=MOST_A_CASE)
    row = AttachmentRow(
        case_id=case_id, name=file.name, mime=file.mime, size_bytes=len(body), sha256=file.sha256,
        place=file.place, by_id=actor.user_id, at=now,
    )  # fmt: skip
    kept_files.keep(office.folder, office.vault, file, body)
    session.add(row)
    session.flush()
    journal.record(session, actor, "attachment.add", f"case:{case_id}", now, name=file.name, sha256=file.sha256)
    return row.id


def attachments(session: Session, actor: Actor, case_id: int) -> list[Attachment]:
    """The files of a case, the oldest first."""
    queries.case_in_reach(session, actor, Action.SEE_CASES, case_id)
    query = select(AttachmentRow).where(AttachmentRow.case_id == case_id).order_by(AttachmentRow.id)
    return [Attachment(row.id, row.name, row.mime, row.size_bytes, row.by_id, row.at) for row in session.scalars(query)]


def fetch(
    session: Session, actor: Actor, now: datetime, office: Office, attachment_id: int
) -> tuple[Attachment, bytes]:  # fmt: skip
    """A file with its bytes, if the actor may see its case; that they were fetched is journalled."""
    row = session.get(AttachmentRow, attachment_id)
    if row is None:
        raise NotFound("There is no attachment {attachment} that you may see.", attachment=attachment_id)
    queries.case_in_reach(session, actor, Action.SEE_CASES, row.case_id)
    body = kept_files.body_of(office.folder, office.vault, row.place, attachment_id)
    journal.record(session, actor, "attachment.fetch", f"case:{row.case_id}", now, name=row.name)
    return Attachment(row.id, row.name, row.mime, row.size_bytes, row.by_id, row.at), body
