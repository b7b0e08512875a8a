"""Where recordings lie on disk: by the hash of their bytes, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20
_SUFFIX = re.compile(r"^\.[a-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with `recordings/` (originals, never touched again) and `playback/` (copies for browsers)."""

    folder: Path

    def original(self, relative: str) -> Path:
        return self.folder / "recordings" / relative

    def playback(self, relative: str) -> Path:
        return self.folder / "playback" / relative

    def keep(self, file: Path) -> tuple[str, str, int]:
        """Copy a file in; returns its sha256, its place below recordings/ and its size in bytes."""
        folder = self.folder / "recordings"
        folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=folder, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as out, file.open("rb") as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            sha256 = digest.hexdigest()
            suffix = file.suffix.lower() if _SUFFIX.match(file.suffix.lower()) else ""
            relative = f"{sha256[:2]}/{sha256}{suffix}"
            place = self.original(relative)
            place.parent.mkdir(exist_ok=True)
            Path(name).replace(place)
        finally:
            Path(name).unlink(missing_ok=True)
        return sha256, relative, size
