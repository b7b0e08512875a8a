"""What every recogniser can do; the pipeline and the tests know nothing else about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.acoustics import Samples
    from transcription.model import EngineInfo, Word

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recognised in one window: words with seconds from the window's start, empty for no speech."""

    words: tuple[Word, ...] = ()
    retried: bool = False


class Engine(Protocol):
    """A loaded recogniser: deterministic, so the same samples give the same words."""

    @property
    def longest_window_s(self) -> float:
        """The longest stretch it takes at once, in seconds."""
        ...

    def info(self, language: str) -> EngineInfo:
        """Name, model, model hash and vocabulary that stand on a transcript in this language."""
        ...

    def detect_language(self, windows: Sequence[Samples]) -> str:
        """The language (one of LANGUAGES) spoken in most of these windows of one speaker."""
        ...

    def recognise(self, windows: Sequence[Samples], language: str) -> list[Heard]:
        """One result for each window of 16 kHz samples, in the same order."""
        ...
