"""What a check may ask beyond the transcript: handed in with the call, so that checks themselves open nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from scorecards.model import Wording


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked: its instructions, the transcript as data, the JSON Schema of its answer."""

    system: str
    user: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, and which model the endpoint says it was."""

    text: str
    model: str = ""
    system_fingerprint: str = ""


class Unanswered(Exception):
    """No reply is to be had, and why, in words for the scorecard's reader."""

    def __init__(self, reason: Wording) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Judge(Protocol):
    """A language model at the endpoint that the administrator set."""

    def ask(self, prompt: Prompt) -> Reply:
        """The model's reply; raises Unanswered, and nothing else, where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What this installation offers; None = not set up, and the checks that need it abstain.

    `verdicts` keeps what was asked before in this process, by what was asked.
    """

    judge: Judge | None = None
    verdicts: dict[tuple[str, str], object] = field(default_factory=dict, compare=False)
