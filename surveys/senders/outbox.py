"""The default sender: one file a message in the outbox folder, for whatever picks them up from there."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from surveys.senders.contract import Outgoing, Sent, Unreachable, refuse_injection


@dataclass(frozen=True, slots=True)
class Outbox:
    """A folder that only its owner reads; the same message twice is the same file."""

    folder: Path

    def send(self, message: Outgoing) -> Sent:
        """Write the message whole or not at all."""
        refuse_injection(message)
        name = hashlib.sha256(message.once.encode()).hexdigest()[:32] + ".json"
        try:
            self._write(self.folder / name, message)
        except OSError as error:
            raise Unreachable("The outbox folder cannot be written ({error}).", error=error.strerror) from error
        return Sent(name)

    def _write(self, place: Path, message: Outgoing) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        body = {"once": message.once, "kind": message.kind.value, "to": message.to, "subject": message.subject,
                "body": message.body}  # fmt: skip
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".writing-")  # readable by its owner only
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(body, out, ensure_ascii=False, indent=1)
            Path(name).replace(place)
        finally:
            Path(name).unlink(missing_ok=True)
