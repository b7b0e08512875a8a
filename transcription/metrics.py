"""What is measured about a call: talk time, silences, holds, overlaps, interruptions, pace, response latency. Pure.

Spans are (start, end) in seconds. A silence is a gap of at least 3 s in which nobody speaks, the beginning and the end
of the call included; a hold is one of these silences that the agent announced or that lasts longer than 30 s.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from transcription.model import CallMetrics, Overlap, Side, Utterance, side_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Span = tuple[float, float]

SILENCE_S = 3.0
LONG_HOLD_S = 30.0
ANNOUNCED_WITHIN_S = 10.0
INTERRUPTION_S = 1.0
HOLD_WORDS = re.compile(
    r"稍等|稍候|稍后|等一下|等一会|等我|别挂|不要挂|保持通话|帮您(查|核实|看)一下|为您(查|核实)|请您等"
    r"|hold (on|the line|please)|please hold|on hold|one moment|a moment|just a (second|minute|sec)|bear with me"
    r"|stay on the line|don't hang up|let me (check|look)|give me a (second|minute|moment)",
    re.IGNORECASE,
)
SPOKEN_SIGN = re.compile(r"[\u4e00-\u9fff]|[A-Za-z0-9]+(?:['’][A-Za-z]+)?")


def call_metrics(talk: Mapping[str, Sequence[Span]], utterances: Sequence[Utterance], duration_s: float) -> CallMetrics:
    """All figures of one call from who spoke when and what was said; times rounded to 10 ms."""
    spans = {speaker: union(found) for speaker, found in talk.items()}
    quiet = silences([span for found in spans.values() for span in found], duration_s)
    held = holds(quiet, utterances)
    both = overlaps(spans)
    latencies = response_latencies(spans, held)
    return CallMetrics(
        holds=_rounded(held),
        silences=_rounded(quiet),
        overlaps=tuple(Overlap(round(o.start_s, 2), round(o.end_s, 2), o.begun_by) for o in both),
        talk_s={speaker: round(length(found), 2) for speaker, found in spans.items()},
        interruptions_by_agent=interruptions(both, Side.AGENT),
        interruptions_by_customer=interruptions(both, Side.CUSTOMER),
        pace_per_min={speaker: pace_per_min(speaker, found, utterances) for speaker, found in spans.items()},
        latency_median_s=round(median(latencies), 2) if latencies else None,
        latency_p95_s=round(percentile(latencies, 95), 2) if latencies else None,
    )


def talk_of(utterances: Iterable[Utterance]) -> dict[str, list[Span]]:
    """Who spoke when, by the times of the utterances; those without times are left out."""
    talk: dict[str, list[Span]] = {}
    for utterance in utterances:
        if utterance.start_s is not None and utterance.end_s is not None:
            talk.setdefault(utterance.speaker, []).append((utterance.start_s, utterance.end_s))
    return talk


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans in order that neither overlap nor touch, covering the same seconds."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def length(spans: Iterable[Span]) -> float:
    """Seconds covered by spans that do not overlap."""
    return sum(end - start for start, end in spans)


def silences(spans: Iterable[Span], duration_s: float, least_s: float = SILENCE_S) -> list[Span]:
    """Gaps of at least `least_s` in the union of all spans between 0 and the end of the call."""
    edges = [(0.0, 0.0), *union(spans), (duration_s, duration_s)]
    gaps = [(a[1], b[0]) for a, b in pairwise(edges)]
    return [gap for gap in gaps if gap[1] - gap[0] >= least_s]


def holds(quiet: Iterable[Span], utterances: Sequence[Utterance]) -> list[Span]:
    """Silences longer than 30 s, or beginning within 10 s after the agent asked the customer to wait."""
    asked = [u.end_s for u in utterances if u.side is Side.AGENT and u.end_s is not None and HOLD_WORDS.search(u.text)]
    return [
        (start, end)
        for start, end in quiet
        if end - start > LONG_HOLD_S or any(-1.0 <= start - end_s <= ANNOUNCED_WITHIN_S for end_s in asked)
    ]


def overlaps(talk: Mapping[str, Sequence[Span]]) -> list[Overlap]:
    """Stretches in which speakers of different sides talk at once, begun by the one who came in second, in order.

    Two who begin at the same moment: the customer counts as first.
    """
    ranked = sorted(talk.items(), key=lambda item: (side_of(item[0]) is not Side.CUSTOMER, item[0]))
    found = [
        overlap
        for number, (first, firsts) in enumerate(ranked)
        for second, seconds in ranked[number + 1 :]
        if side_of(first) is not side_of(second)
        for overlap in _shared(second, seconds, first, firsts)
    ]
    return sorted(found, key=lambda o: (o.start_s, o.end_s))


def _shared(second: str, seconds: Sequence[Span], first: str, firsts: Sequence[Span]) -> list[Overlap]:
    """Overlaps of two speakers; `second` is named where both begin at the same moment."""
    shared = []
    for one in seconds:
        for other in firsts:
            start, end = max(one[0], other[0]), min(one[1], other[1])
            if end > start:
                shared.append(Overlap(start, end, second if one[0] >= other[0] else first))
    return shared


def interruptions(both: Iterable[Overlap], side: Side) -> int:
    """Overlaps longer than 1 s begun by this side."""
    return sum(o.end_s - o.start_s > INTERRUPTION_S and side_of(o.begun_by) is side for o in both)


def pace_per_min(speaker: str, spans: Sequence[Span], utterances: Iterable[Utterance]) -> float:
    """Chinese signs and words of other scripts in a minute of the speaker's own talk time; 0 without any."""
    minutes = length(spans) / 60
    spoken = sum(len(SPOKEN_SIGN.findall(u.text)) for u in utterances if u.speaker == speaker)
    return round(spoken / minutes, 1) if minutes > 0 else 0.0


def response_latencies(talk: Mapping[str, Sequence[Span]], held: Sequence[Span] = ()) -> list[float]:
    """Seconds from the customer's last word to the agent's first, at each change of speaker without overlap.

    A wait that falls into a hold is no slow answer and is left out.
    """
    order = sorted((start, end, side_of(speaker)) for speaker, spans in talk.items() for start, end in spans)
    changes = [
        (stopped, started)
        for (_, stopped, before), (started, _, now) in pairwise(order)
        if before is Side.CUSTOMER and now is Side.AGENT and started >= stopped
    ]
    return [
        started - stopped
        for stopped, started in changes
        if not any(start < started and end > stopped for start, end in held)
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile by linear interpolation between the two nearest ranks (n - 1 intervals)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _rounded(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple((round(start, 2), round(end, 2)) for start, end in spans)
