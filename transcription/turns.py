"""Words of both channels become utterances: cut at real pauses, interleaved by time, numbered in order. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from transcription.model import Utterance, Word
from transcription.text import spoken_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOUCHING_S = 0.05
LEAD_IN_S = 0.3
TRAIL_S = 0.5
SENTENCE_ENDS = tuple("。\uff1f\uff01?!.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The words of one speech region; both ends lie in a pause of the speaker, or where a long region had to be cut."""

    speaker: str
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    language: str | None = None
    voice: tuple[float, float] | None = None

    @property
    def spoken(self) -> tuple[float, float]:
        """Start and end of the voice itself."""
        return self.voice or (self.start_s, self.end_s)


def utterances(stretches: Iterable[Stretch]) -> tuple[Utterance, ...]:
    """Utterances in order of time (then speaker), index = order; stretches without words vanish."""
    spoken = [stretch for joined in _by_speaker(stretches) for stretch in joined]
    ordered = sorted((s for s in spoken if s.words), key=lambda s: (_start_s(s), s.end_s, s.speaker))
    return tuple(_utterance(index, stretch) for index, stretch in enumerate(ordered))


def _by_speaker(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    """Each speaker's stretches, those that touch joined again: a cut inside a sentence is no pause."""
    speakers: dict[str, list[Stretch]] = {}
    for stretch in sorted(stretches, key=lambda s: (s.start_s, s.end_s)):
        own = speakers.setdefault(stretch.speaker, [])
        if own and _continues(own[-1], stretch):
            own[-1] = _joined(own[-1], stretch)
        else:
            own.append(stretch)
    return list(speakers.values())


def _continues(one: Stretch, following: Stretch) -> bool:
    """They touch, are in one language, and the first does not end a sentence."""
    touching = following.spoken[0] - one.spoken[1] <= TOUCHING_S
    ended = bool(one.words) and one.words[-1].text.rstrip().endswith(SENTENCE_ENDS)
    return touching and one.language == following.language and not ended


def _joined(one: Stretch, following: Stretch) -> Stretch:
    end_s = max(one.end_s, following.end_s)
    voice = (one.spoken[0], max(one.spoken[1], following.spoken[1]))
    return Stretch(one.speaker, one.start_s, end_s, one.words + following.words, one.language, voice)


def _start_s(stretch: Stretch) -> float:
    """Where the voice begins, at most 0.3 s before the first word."""
    return min(stretch.words[0].start_s, max(stretch.spoken[0], stretch.words[0].start_s - LEAD_IN_S))


def _end_s(stretch: Stretch) -> float:
    """Where the voice ends, at most 0.5 s after the last word."""
    return max(stretch.words[-1].end_s, min(stretch.spoken[1], stretch.words[-1].end_s + TRAIL_S))


def _utterance(index: int, stretch: Stretch) -> Utterance:
    return Utterance(
        index=index,
        speaker=stretch.speaker,
        text=spoken_text(stretch.words),
        start_s=round(_start_s(stretch), 2),
        end_s=round(_end_s(stretch), 2),
        confidence=round(mean_probability(stretch.words), 4),
        words=tuple(_rounded(stretch.words)),
        language=stretch.language,
    )


def mean_probability(words: Sequence[Word]) -> float:
    """Sum of the words' probabilities over their number; 0 for none."""
    return sum(word.probability for word in words) / len(words) if words else 0.0


def _rounded(words: Sequence[Word]) -> list[Word]:
    """Times to 10 ms and never backwards, text without outer blanks."""
    rounded: list[Word] = []
    for word in words:
        earliest = rounded[-1].start_s if rounded else 0.0
        start = max(earliest, round(word.start_s, 2))
        end = max(start, round(word.end_s, 2))
        rounded.append(Word(start, end, word.text.strip(), round(word.probability, 4)))
    return rounded


def pauses(found: Sequence[Utterance]) -> list[float]:
    """Seconds between each utterance and the next one of the call; negative where they overlap."""
    return [(b.start_s or 0.0) - (a.end_s or 0.0) for a, b in pairwise(found)]
