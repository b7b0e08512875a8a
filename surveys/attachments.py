"""Files kept with a case: encrypted on disk by the hash of their bytes, given out only to who may see the case."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor
from qa_app.core.errors import Invalid, NotFound
from surveys import queries
from surveys.office import Office
from surveys.tables import AttachmentRow

LARGEST_BYTES = 20 << 20
MOST_A_CASE = 50
KINDS = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".txt": "text/plain",
    ".csv": "text/csv", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".mp3": "audio/mpeg",
    ".wav": "audio/wav", ".m4a": "audio/mp4", ".mp4": "video/mp4", ".zip": "application/zip", ".eml": "message/rfc822",
}  # fmt: skip
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\<>:\"|?*]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case; its bytes are fetched one by one."""

    id: int
    name: str
    mime: str
    size_bytes: int
    by: int | None
    at: datetime


def attach(
    session: Session, actor: Actor, now: datetime, office: Office, case_id: int, name: str, body: bytes
) -> int:  # fmt: skip
    """Keep a file with a case that the actor may see; the same bytes twice are one attachment."""
    queries.case_in_reach(session, actor, Action.SEE_CASES, case_id)
    shown = _UNSAFE.sub("_", PurePath(name).name).strip()[-150:]
    suffix = PurePath(shown).suffix.lower()
    if suffix not in KINDS:
        raise Invalid("{name} is of a kind that is not kept. Known are: {known}.", name=shown, known=", ".join(KINDS))
    if not body or len(body) > LARGEST_BYTES:
        raise Invalid("{name} has {size} bytes; between 1 and {most} are kept.", name=shown, size=len(body),
                      most=LARGEST_BYTES)  # fmt: skip
    sha256 = hashlib.sha256(body).hexdigest()
    of_case = select(AttachmentRow).where(AttachmentRow.case_id == case_id)
    known = session.scalars(of_case.where(AttachmentRow.sha256 == sha256)).first()
    if known is not None:
        return known.id
    if (session.scalar(select(func.count()).select_from(of_case.subquery())) or 0) >= MOST_A_CASE:
        raise Invalid("This case has {most} attachments already; put the rest into one ZIP file.", most=MOST_A_CASE)
    row = AttachmentRow(
        case_id=case_id, name=shown, mime=KINDS[suffix], size_bytes=len(body), sha256=sha256,
        place=f"{sha256[:2]}/{sha256}", by_id=actor.user_id, at=now,
    )  # fmt: skip
    _keep(_folder(office.folder) / row.place, office.vault.seal_bytes(body))
    session.add(row)
    session.flush()
    journal.record(session, actor, "attachment.add", f"case:{case_id}", now, name=shown, sha256=sha256)
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
    place = _folder(office.folder) / row.place
    if not place.is_file():
        raise NotFound("The file of attachment {attachment} is missing on disk; tell your administrator.",
                       attachment=attachment_id)  # fmt: skip
    body = office.vault.unseal_bytes(place.read_bytes())
    journal.record(session, actor, "attachment.fetch", f"case:{row.case_id}", now, name=row.name)
    return Attachment(row.id, row.name, row.mime, row.size_bytes, row.by_id, row.at), body


def _folder(data: Path) -> Path:
    return data / "attachments"


def _keep(place: Path, sealed: bytes) -> None:
    """Write a file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)
