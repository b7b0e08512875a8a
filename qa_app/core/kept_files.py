"""Files that people hand in: of known kinds and sizes, encrypted in the data folder by the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from qa_app.core.contacts import Vault
from qa_app.core.errors import Invalid, NotFound

LARGEST_BYTES = 20 << 20
KINDS = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".txt": "text/plain",
    ".csv": "text/csv", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".mp3": "audio/mpeg",
    ".wav": "audio/wav", ".m4a": "audio/mp4", ".mp4": "video/mp4", ".zip": "application/zip", ".eml": "message/rfc822",
}  # fmt: skip
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\<>:\"|?*]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: the name as it is shown, its kind, the hash of its bytes, where they lie."""

    name: str
    mime: str
    sha256: str
    place: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A kept file; its bytes are fetched one by one."""

    id: int
    name: str
    mime: str
    size_bytes: int
    by: int | None
    at: datetime


def checked(name: str, body: bytes) -> Checked:
    """The file under a safe name; Invalid for kinds and sizes that are not kept."""
    shown = _UNSAFE.sub("_", PurePath(name).name).strip()[-150:]
    suffix = PurePath(shown).suffix.lower()
    if suffix not in KINDS:
        raise Invalid("{name} is of a kind that is not kept. Known are: {known}.", name=shown, known=", ".join(KINDS))
    if not body or len(body) > LARGEST_BYTES:
        raise Invalid("{name} has {size} bytes; between 1 and {most} are kept.", name=shown, size=len(body),
                      most=LARGEST_BYTES)  # fmt: skip
    sha256 = hashlib.sha256(body).hexdigest()
    return Checked(shown, KINDS[suffix], sha256, f"{sha256[:2]}/{sha256}")


def keep(data: Path, vault: Vault, file: Checked, body: bytes) -> None:
    """Write a file encrypted, whole or not at all."""
    place = _folder(data) / file.place
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(vault.seal_bytes(body))
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)


def body_of(data: Path, vault: Vault, kept_at: str, attachment_id: int) -> bytes:
    """The bytes of a kept file; NotFound where they are missing on disk."""
    place = _folder(data) / kept_at
    if not place.is_file():
        raise NotFound("The file of attachment {attachment} is missing on disk; tell your administrator.",
                       attachment=attachment_id)  # fmt: skip
    return vault.unseal_bytes(place.read_bytes())


def _folder(data: Path) -> Path:
    return data / "attachments"
