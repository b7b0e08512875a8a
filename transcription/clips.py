"""A clip of a call: which seconds, which of them are bleeped, its sound and its words without what is bleeped.

All times are seconds from the start of the recording, as in the transcript.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_app.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.model import Utterance

Samples = NDArray[np.float32]

SHORTEST_S, LONGEST_S = 1.0, 180.0
MOST_BLEEPS = 50
TONE_HZ, TONE_LEVEL = 1000.0, 0.1
HIDDEN = "■■"
_STRETCH = re.compile(r"^(\d{1,6}(?:\.\d{1,3})?)\s*[-–—~]\s*(\d{1,6}(?:\.\d{1,3})?)$")
_BETWEEN = re.compile(r"[,，;；、\n]+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one second of a call to another."""

    start_s: float
    end_s: float

    def meets(self, start_s: float, end_s: float) -> bool:
        """Whether any time lies in both."""
        return self.start_s < end_s and start_s < self.end_s


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """The stretch of a call that a clip plays, and the stretches in it that are replaced by a tone."""

    start_s: float
    end_s: float
    bleeps: tuple[Stretch, ...] = ()


def stretches_from_text(text: str) -> tuple[Stretch, ...]:
    """Stretches as people write them: "12.5-13.2, 20-21"; Invalid names the one that cannot be read."""
    found = []
    for piece in filter(None, (one.strip() for one in _BETWEEN.split(text))):
        match = _STRETCH.match(piece)
        if match is None:
            raise Invalid("“{text}” is no stretch of seconds: write, for example, 12.5-13.2, 20-21.", text=piece)
        found.append(Stretch(float(match[1]), float(match[2])))
    return tuple(found)


def check_span(span: ClipSpan, duration_s: float | None) -> None:
    """Raise Invalid unless the span lies in the recording, lasts 1 to 180 s, and holds all its bleeps."""
    numbers = (span.start_s, span.end_s, *(second for one in span.bleeps for second in (one.start_s, one.end_s)))
    if not all(map(math.isfinite, numbers)):
        raise Invalid("A clip runs from one second of the call to another; these are no seconds.")
    if span.start_s < 0 or (duration_s is not None and span.end_s > duration_s):
        raise Invalid("The recording runs from 0 to {end_s:.1f} s; choose seconds within it.", end_s=duration_s or 0.0)
    if not SHORTEST_S <= span.end_s - span.start_s <= LONGEST_S:
        raise Invalid("A clip lasts {least:g} to {most:g} s; this one would last {found:.1f} s.", least=SHORTEST_S,
                      most=LONGEST_S, found=span.end_s - span.start_s)  # fmt: skip
    if len(span.bleeps) > MOST_BLEEPS:
        raise Invalid("A clip has at most {most} stretches to bleep; choose a shorter clip.", most=MOST_BLEEPS)
    for one in span.bleeps:
        if not span.start_s <= one.start_s < one.end_s <= span.end_s:
            raise Invalid("The bleep {start_s:g}-{end_s:g} does not lie in the clip.", start_s=one.start_s,
                          end_s=one.end_s)  # fmt: skip


def bleeped(samples: Samples, rate_hz: int, stretches: Iterable[Stretch], starts_at_s: float = 0.0) -> Samples:
    """One channel with a tone of 1000 Hz in place of each stretch; every other sample is as it was.

    `samples` (n,) begin at `starts_at_s` of the call. A stretch is rounded outwards to whole samples.
    """
    found = samples.copy()
    for one in stretches:
        first = max(0, math.floor((one.start_s - starts_at_s) * rate_hz))
        last = min(len(found), max(first, math.ceil((one.end_s - starts_at_s) * rate_hz)))
        seconds = np.arange(last - first) / rate_hz
        found[first:last] = TONE_LEVEL * np.sin(2 * np.pi * TONE_HZ * seconds)
    return found


def words_between(utterances: Sequence[Utterance], span: ClipSpan) -> list[tuple[str, str]]:
    """Who says what within the span (speaker, text), with HIDDEN in place of every word that meets a bleep.

    An utterance whose words carry no times stands whole, or is hidden whole where a bleep meets it.
    """
    inside = Stretch(span.start_s, span.end_s)
    lines = []
    for one in utterances:
        if one.start_s is None or one.end_s is None or not inside.meets(one.start_s, one.end_s):
            continue
        if text := _words_of(one, inside, span.bleeps):
            lines.append((one.speaker, text))
    return lines


def _words_of(one: Utterance, inside: Stretch, bleeps: Sequence[Stretch]) -> str:
    places = _places(one)
    if places is None:
        met = any(bleep.meets(one.start_s or 0.0, one.end_s or 0.0) for bleep in bleeps)
        return HIDDEN if met else one.text.strip()
    pieces: list[str] = []
    for place, word in enumerate(one.words):
        if not inside.meets(word.start_s, word.end_s):
            continue
        if any(bleep.meets(word.start_s, word.end_s) for bleep in bleeps):
            if not pieces or pieces[-1] != HIDDEN:
                pieces.append(HIDDEN)
        else:
            pieces.append(one.text[places[place] : places[place + 1]])
    return "".join(pieces).strip()


def _places(one: Utterance) -> list[int] | None:
    """Where each word begins in the text and, last, where the text ends; None where words and text differ."""
    at, found = 0, []
    for word in one.words:
        said = word.text.strip()
        place = one.text.find(said, at)
        if place < 0 or not said:
            return None
        found.append(place)
        at = place + len(said)
    return [*found, len(one.text)] if found else None
