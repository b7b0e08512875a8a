"""Where many recordings are transcribed: jobs in, events out; one contract for worker processes and clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from transcription.pipeline import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transcription.model import Transcript, Utterance


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to transcribe; `key` is the caller's own name for it and must be unique in a run."""

    key: str
    path: str
    wish: Wish = field(default_factory=Wish)


@dataclass(frozen=True, slots=True)
class Advanced:
    """A recording is this far (0..1); fresh utterances are final in words and times, not in index."""

    key: str
    share: float
    fresh: tuple[Utterance, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """A whole transcript."""

    key: str
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Failed:
    """A recording that could not be transcribed: a stable code and a sentence that may be shown.

    Codes are those of Refused, `missing`, `invalid`, `crashed` (the process died twice on it) and `bug`.
    """

    key: str
    code: str
    reason: str


Event = Advanced | Finished | Failed


class Farm(Protocol):
    """Transcribes recordings side by side; each job ends in exactly one Finished or Failed."""

    def run(self, jobs: Iterable[Job | None]) -> Iterator[Event]:
        """Events as they happen; a failed job never stops the others.

        Jobs are read lazily, so that the most urgent ones can be claimed late; None means "none just now".
        """
        ...

    def close(self) -> None:
        """Let go of every process; nothing of the farm is left running."""
        ...
