"""One call made ready for its checks: who said what in which turn, searched by side and by window."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from scorecards.checks.outside import Outside
from scorecards.model import Absence, Finding, NearestMiss, Quote, Verdict, Window, Wording
from transcription.model import Side, Transcript, Utterance, side_of
from transcription.sound import Heard, Match, PreparedPhrase, hear, nearest, occurrences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from transcription.model import Word

MIN_CONFIDENCE = 0.45
SECONDS_A_TURN = 5.0
MOST_QUOTES = 3

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Utterances first..last-1, and the same stretch in seconds or turns."""

    first: int
    last: int
    start: float
    end: float
    unit: str


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in one utterance of the transcript, and how surely the recogniser heard it (None = unknown)."""

    utterance: Utterance
    match: Match
    phrase: str
    heard: float | None

    @property
    def quote(self) -> str:
        return self.utterance.text[self.match.start : self.match.end]

    @property
    def confidence(self) -> float:
        """Likeness of the words x how surely they were heard."""
        return self.match.similarity * (1.0 if self.heard is None else self.heard)


@dataclass(frozen=True, slots=True)
class Search:
    """How phrases are looked for."""

    by_sound: bool = True
    min_similarity: float = 0.8
    min_confidence: float = MIN_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Call:
    """A transcript with the turn of each utterance; what is searched is prepared once for each side."""

    transcript: Transcript
    turns: tuple[int, ...]
    speakers: tuple[Side, ...]
    is_timed: bool
    is_han: bool
    is_latin: bool
    sides: dict[Side | None, tuple[tuple[int, ...], Heard]] = field(default_factory=dict)
    outside: Outside = field(default_factory=Outside)
    is_rated: bool = True
    heard_sides: tuple[Side, ...] = ()
    end_s: float = 0.0
    stretches: dict[Window, Stretch] = field(default_factory=dict)
    unanswerable: dict[tuple[Side | None, str], Finding | None] = field(default_factory=dict)

    def side(self, side: Side | None) -> tuple[tuple[int, ...], Heard]:
        """The places of one side's utterances in the transcript, and their words."""
        if side not in self.sides:
            own = tuple(at for at, spoken in enumerate(self.speakers) if side is None or spoken is side)
            self.sides[side] = own, hear(self.transcript.utterances[index].text for index in own)
        return self.sides[side]


def prepare_call(transcript: Transcript, outside: Outside | None = None) -> Call:
    """A call ready for its checks; a turn is consecutive utterances of one speaker."""
    turns: list[int] = []
    speaker = ""
    for utterance in transcript.utterances:
        turns.append((turns[-1] if turns else -1) + (utterance.speaker != speaker))
        speaker = utterance.speaker
    is_timed = all(u.start_s is not None and u.end_s is not None for u in transcript.utterances)
    said = "".join(u.text for u in transcript.utterances)
    is_han, is_latin = _HAN.search(said) is not None, _LATIN.search(said) is not None
    speakers, timed = speakers_of(transcript), is_timed and bool(turns)
    is_rated = any(u.confidence is not None for u in transcript.utterances)
    return Call(
        *(transcript, tuple(turns), speakers, timed, is_han, is_latin),
        outside=outside or Outside(),
        is_rated=is_rated,
        heard_sides=tuple(side for side in Side if side in speakers),
        end_s=max((u.end_s or 0.0 for u in transcript.utterances), default=0.0) if is_timed else 0.0,
    )


def speakers_of(transcript: Transcript) -> tuple[Side, ...]:
    """The side of each utterance."""
    sides = {speaker: side_of(speaker) for speaker in {u.speaker for u in transcript.utterances}}
    return tuple(sides[u.speaker] for u in transcript.utterances)


def stretch(call: Call, window: Window) -> Stretch:
    """The utterances in a window; it is counted from the first word after the announcements, or back from the last."""
    if window not in call.stretches:
        call.stretches[window] = _stretch(call, window)
    return call.stretches[window]


def _stretch(call: Call, window: Window) -> Stretch:
    origin = next((at for at, side in enumerate(call.speakers) if side is not Side.IVR), 0)
    if call.is_timed and (window.first_s is not None or window.last_s is not None):
        return _in_seconds(call, window, origin)
    first_turns = window.first_turns or _as_turns(window.first_s)
    last_turns = window.last_turns or _as_turns(window.last_s)
    first, last = origin, len(call.turns)
    if first_turns is not None and call.turns:
        last = bisect_left(call.turns, call.turns[origin] + first_turns)
    if last_turns is not None and call.turns:
        first = max(origin, bisect_left(call.turns, call.turns[-1] + 1 - last_turns))
    if call.is_timed and first_turns is None and last_turns is None:
        return Stretch(first, last, _start(call, first), call.end_s, "s")
    turns = call.turns[first:last]
    return Stretch(first, last, turns[0] if turns else 0, turns[-1] + 1 if turns else 0, "turns")


def _in_seconds(call: Call, window: Window, origin: int) -> Stretch:
    start, end = _start(call, origin), call.end_s
    if window.first_s is not None:
        end = min(end, start + window.first_s)
    if window.last_s is not None:
        start = max(start, end - window.last_s)
    inside = [
        u.index
        for u in call.transcript.utterances[origin:]
        if u.start_s is not None and u.end_s is not None and u.start_s < end and u.end_s > start
    ]
    first, last = (inside[0], inside[-1] + 1) if inside else (origin, origin)
    return Stretch(first, last, start, end, "s")


def _as_turns(seconds: float | None) -> int | None:
    return None if seconds is None else max(1, math.ceil(seconds / SECONDS_A_TURN))


def _start(call: Call, index: int) -> float:
    utterances = call.transcript.utterances
    return (utterances[index].start_s or 0.0) if index < len(utterances) else 0.0


def search(
    call: Call, where: Stretch, side: Side | None, phrases: Sequence[PreparedPhrase], how: Search
) -> list[Found]:
    """What one side says of the phrases, in order, overlapping finds once; near wordings only where no exact one is."""
    own, heard = call.side(side)
    first, last = bisect_left(own, where.first), bisect_left(own, where.last)
    if first >= last:
        return []
    hits = occurrences(phrases, heard, first, last, by_sound=how.by_sound, min_similarity=how.min_similarity)
    if not hits:
        return []
    kept: dict[int, list[Found]] = {}
    for hit in sorted(hits, key=lambda h: (h.position, -h.match.similarity, h.match.start - h.match.end)):
        beside = kept.setdefault(hit.position, [])
        if all(hit.match.start >= one.match.end or one.match.start >= hit.match.end for one in beside):
            utterance = call.transcript.utterances[own[hit.position]]
            heard_at = heard_surely(utterance, hit.match.start, hit.match.end)
            beside.append(Found(utterance, hit.match, hit.phrase, heard_at))
    found = chain.from_iterable(kept.values())
    return sorted(found, key=lambda one: (one.utterance.index, one.match.start))


def absence(call: Call, where: Stretch, side: Side | None, phrases: Iterable[PreparedPhrase], how: Search) -> Absence:
    """The window that was searched, with the nearest wording in it."""
    own, heard = call.side(side)
    first, last = bisect_left(own, where.first), bisect_left(own, where.last)
    hit = nearest(phrases, heard, first, last, by_sound=how.by_sound) if first < last else None
    if hit is None:
        return Absence(where.start, where.end, where.unit)
    index = own[hit.position]
    text = call.transcript.utterances[index].text[hit.match.start : hit.match.end]
    return Absence(where.start, where.end, where.unit, NearestMiss(index, text, hit.phrase, hit.match.similarity))


def to_quote(found: Found) -> Quote:
    """The words found as evidence, with their own seconds where the words have times, else the utterance's."""
    start_s, end_s = found.utterance.start_s, found.utterance.end_s
    words = _words_between(found.utterance, found.match.start, found.match.end)
    if words and start_s is not None and end_s is not None:
        word_start, word_end = words[0].start_s, words[-1].end_s
        if start_s <= word_start <= word_end <= end_s:
            start_s, end_s = word_start, word_end
    return Quote(found.utterance.index, found.quote, start_s, end_s)


def heard_surely(utterance: Utterance, start: int, end: int) -> float | None:
    """How surely the recogniser heard text[start:end]: the words' mean probability, else the utterance's confidence."""
    words = _words_between(utterance, start, end)
    if words:
        return sum(word.probability for word in words) / len(words)
    return utterance.confidence


def _words_between(utterance: Utterance, start: int, end: int) -> list[Word]:
    at = 0
    inside: list[Word] = []
    for word in utterance.words:
        spoken = word.text.strip()
        place = utterance.text.find(spoken, at)
        if place < 0:
            return []
        at = place + len(spoken)
        if place < end and at > start:
            inside.append(word)
    return inside


def mean_confidence(call: Call, where: Stretch, side: Side | None) -> float | None:
    """The recogniser's confidence in one side's words of a stretch, weighted by their length; None = unknown."""
    if not call.is_rated:
        return None
    spoken = [
        (u.confidence, len(u.text))
        for u, spoken in zip(
            call.transcript.utterances[where.first : where.last], call.speakers[where.first :], strict=False
        )
        if (side is None or spoken is side) and u.confidence is not None and u.text
    ]
    weight = sum(length for _, length in spoken)
    return sum(confidence * length for confidence, length in spoken) / weight if weight else None


def abstained(zh: str, en: str, found: Iterable[Found] = (), confidence: float = 0.0) -> Finding:
    """Left to a person, with the places to listen to."""
    evidence = tuple(to_quote(one) for one in list(found)[:MOST_QUOTES])
    return Finding(Verdict.ABSTAINED, confidence, Wording(zh, en), evidence)


def why_unanswerable(call: Call, side: Side | None, language: str) -> Finding | None:
    """An abstention where the whole call cannot be judged: empty, in another language, or the side not known."""
    key = side, language
    if key not in call.unanswerable:
        call.unanswerable[key] = _why_unanswerable(call, side, language)
    return call.unanswerable[key]


def _why_unanswerable(call: Call, side: Side | None, language: str) -> Finding | None:
    if not any(u.text.strip() for u in call.transcript.utterances):
        return abstained("转写稿为空，请人工评定", "the transcript is empty")
    if side is not None and not any(_words_of(call, side)):
        who = SIDE_NAMES[side]
        if any(_words_of(call, Side.UNKNOWN)):
            return abstained(
                f"录音未区分说话人，无法确认{who.zh}说了什么",
                f"speakers are not told apart, so the {who.en}'s words are unknown",
            )
        return abstained(f"没有听到{who.zh}说话", f"nothing was heard of the {who.en}")
    if (call.is_han or call.is_latin) and not (call.is_latin if language.startswith("en") else call.is_han):
        return abstained("通话语言与评分表不同", "the call is not in the scorecard's language")
    return None


def _words_of(call: Call, side: Side) -> Iterator[str]:
    own, _ = call.side(side)
    return (text for text in (call.transcript.utterances[at].text.strip() for at in own) if text)


SIDE_NAMES = {
    Side.AGENT: Wording("客服", "agent"),
    Side.CUSTOMER: Wording("客户", "customer"),
    None: Wording("通话中有人", "somebody"),
}
