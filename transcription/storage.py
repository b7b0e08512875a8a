"""Where recordings lie on disk: by the hash of their bytes, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from qa_app.core.errors import Conflict

_BLOCK = 1 << 20
_SUFFIX = re.compile(r"^\.[a-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with `recordings/` (originals, never touched again), `playback/` (copies for browsers) and `clips/`."""

    folder: Path

    def original(self, relative: str) -> Path:
        return self.folder / "recordings" / relative

    def playback(self, relative: str) -> Path:
        return self.folder / "playback" / relative

    def clip(self, relative: str) -> Path:
        return self.folder / "clips" / relative

    def place(self, sha256: str, file_name: str) -> str:
        """Where an original of this hash lies below recordings/; of its name only a plain suffix is kept."""
        suffix = PurePath(file_name).suffix.lower()
        return f"{sha256[:2]}/{sha256}{suffix if _SUFFIX.match(suffix) else ''}"

    def keep(self, file: Path, sha256: str) -> str:
        """Copy a file of that hash in, whole or not at all; returns its place, Conflict if its bytes are others now."""
        place = self.original(self.place(sha256, file.name))
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as out:
                if _copy(file, out) != sha256:
                    raise Conflict("{file} changed while it was read; import it again.", file=file.name)
            Path(name).replace(place)
        finally:
            Path(name).unlink(missing_ok=True)
        return self.place(sha256, file.name)


def _copy(file: Path, out: BinaryIO) -> str:
    """Write a file's bytes to disk and return their sha256."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            out.write(block)
    out.flush()
    os.fsync(out.fileno())
    return digest.hexdigest()
