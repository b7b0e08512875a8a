"""What a check may ask beyond the transcript: handed in with the call, so that checks themselves open nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from scorecards.model import Wording
    from transcription.text_model import TextModel


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked: its instructions, the transcript as data, the JSON Schema of its answer.

    `mark` is the random word before the transcript that an answer gives back, as a sign that all of it arrived.
    """

    system: str
    user: str
    schema: dict[str, Any]
    mark: str = ""


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


class Stopped(Exception):
    """The process was told to end: the scoring is given up, and taken up again by whoever comes next."""


class Judge(Protocol):
    """A language model at the endpoint that the administrator set."""

    @property
    def most_characters(self) -> int:
        """How much of a transcript fits into one question."""
        ...

    def ask(self, prompt: Prompt) -> Reply:
        """The model's reply; raises Unanswered where there is none, Stopped when the process ends."""
        ...


class Criteria(Protocol):
    """The learned models of this installation."""

    def find(self, name: str) -> TextModel:
        """The model of that name; raises Unanswered where there is none that can be used."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What this installation offers; None = not set up, and the checks that need it abstain.

    `replies` keeps what was answered before in this process, by the hashes of question and transcript.
    """

    judge: Judge | None = None
    criteria: Criteria | None = None
    replies: dict[tuple[str, str], tuple[Prompt, Reply]] = field(default_factory=dict, compare=False)
