"""What every sender does: deliver one message, say where it can be asked for, or say whether trying again helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qa_app.core.errors import HuitingError, Invalid


class Kind(StrEnum):
    """By which medium a message goes."""

    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """A message on its way; `once` is the same for every try, so that a medium which can will deliver it once."""

    once: str
    kind: Kind
    to: str
    subject: str
    body: str

    def __repr__(self) -> str:
        return f"Outgoing({self.once!r}, {self.kind.value})"  # contact data and words never reach a log


@dataclass(frozen=True, slots=True)
class Sent:
    """That a message was taken over, and the name by which the other side knows it."""

    reference: str


class Rejected(HuitingError):
    """The other side will never take this message; trying again is of no use."""


class Unreachable(HuitingError):
    """The other side did not answer or is busy; the message is tried again later."""


class Sender(Protocol):
    """A medium. `send` raises Rejected for good or Unreachable for now."""

    def send(self, message: Outgoing) -> Sent: ...


def refuse_injection(message: Outgoing) -> None:
    """Raise Invalid where an address or a subject would break out of its line."""
    for text in (message.to, message.subject, message.once):
        if any(sign in text for sign in "\r\n\0"):
            raise Invalid("The message {once} has a line break in its address or subject. Mend the wording.",
                          once=message.once.split()[0] if message.once.split() else "")  # fmt: skip
    if not message.to.strip():
        raise Rejected("The message {once} has nobody to go to.", once=message.once)
