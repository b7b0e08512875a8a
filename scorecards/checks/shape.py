"""The shape of a call: whether one side's words grow calmer or harsher from its first third to its last.

harsh / calm: wordings of discontent and of acceptance. Of each third of the side's own lines (by seconds where they
have times, else counted) the tension is (harsh lines - calm lines) / lines. The call is worsening where the tension of
the last third exceeds the first's by `least_change` or more and `at_least` of its lines are harsh; improving where it
falls by as much; else flat. The check is met where the call is worsening. Only words are looked at, not feelings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.checks import parameters as read
from scorecards.checks.call import (
    MOST_QUOTES,
    SIDE_NAMES,
    Call,
    Search,
    Stretch,
    search,
    stretch,
    to_quote,
    why_unanswerable,
)
from scorecards.checks.phrases import SEARCH_KEYS, parse_search, surely, why_not_heard
from scorecards.checks.strongest import strongest
from scorecards.model import Absence, Finding, Verdict, Window, Wording
from transcription.model import Side
from transcription.sound import PreparedPhrase, prepare_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorecards.checks.call import Found

KEYS = ("speaker", "harsh", "calm", "least_change", "at_least", *SEARCH_KEYS)
LEAST_CHANGE = 0.25
FEWEST_LINES = 6  # two a third; fewer have no shape
THIRDS = 3
CONFIDENCE = 0.7


class Shape(StrEnum):
    """Where a call goes."""

    IMPROVING = "improving"
    FLAT = "flat"
    WORSENING = "worsening"


SHAPE_NAMES = {
    Shape.IMPROVING: Wording("走势趋缓", "improving"),
    Shape.FLAT: Wording("走势平稳", "flat"),
    Shape.WORSENING: Wording("走势恶化", "worsening"),
}


@dataclass(frozen=True, slots=True)
class Third:
    """Lines of one third of the call, and how many of them are harsh and calm."""

    lines: int
    harsh: int
    calm: int

    @property
    def tension(self) -> float:
        """(harsh - calm) / lines, from -1 to 1."""
        return (self.harsh - self.calm) / self.lines if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """The wordings of both kinds, and what counts as a change."""

    speaker: Side
    harsh: tuple[PreparedPhrase, ...]
    calm: tuple[PreparedPhrase, ...]
    least_change: float
    at_least: int
    how: Search


def parse(given: Mapping[str, object], place: str) -> ShapeRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    if "harsh" not in given:
        raise Invalid("{place} has no {key}. Give a list of phrases.", place=place, key="harsh")
    return ShapeRule(
        speaker=read.speaker(given, "speaker", place, Side.CUSTOMER) or Side.CUSTOMER,
        harsh=tuple(map(prepare_phrase, read.phrases(given, "harsh", place))),
        calm=tuple(map(prepare_phrase, read.phrases(given, "calm", place))),
        least_change=read.share(given, "least_change", place, LEAST_CHANGE),
        at_least=read.whole(given, "at_least", place, 2, 1, 100),
        how=parse_search(given, place),
    )


def answer(rule: ShapeRule, call: Call, language: str) -> Finding:
    """The finding of one shape check on one call: met where it is worsening."""
    if unanswerable := why_unanswerable(call, rule.speaker, language):
        return unanswerable
    where = stretch(call, Window())
    if blind := why_not_heard(rule.speaker, rule.how, call, where):
        return blind
    harsh = surely(search(call, where, rule.speaker, rule.harsh, rule.how), rule.how)
    calm = surely(search(call, where, rule.speaker, rule.calm, rule.how), rule.how)
    own = [at for at, side in enumerate(call.speakers) if side is rule.speaker]
    thirds = _thirds(call, own, harsh, calm)
    shape = call_shape(thirds, rule.least_change, rule.at_least)
    told = _told(rule, shape, thirds)
    if shape is not Shape.WORSENING:
        return Finding(Verdict.NOT_MET, CONFIDENCE, told, (_searched(where),))
    late = [one for one in harsh if one.utterance.index in _last_third(call, own)]
    return Finding(Verdict.MET, CONFIDENCE, told, tuple(map(to_quote, strongest(late, MOST_QUOTES))))


def call_shape(thirds: Sequence[Third], least_change: float = LEAST_CHANGE, at_least: int = 2) -> Shape:
    """Worsening, improving or flat, from the tension of the first and the last third; too few lines are flat."""
    if sum(third.lines for third in thirds) < FEWEST_LINES:
        return Shape.FLAT
    first, last = thirds[0], thirds[-1]
    change = last.tension - first.tension
    if change >= least_change and last.harsh >= at_least:
        return Shape.WORSENING
    return Shape.IMPROVING if change <= -least_change else Shape.FLAT


def third_of(position: float) -> int:
    """0, 1 or 2 for a position from 0 to 1."""
    return min(THIRDS - 1, int(position * THIRDS))


def _places(call: Call, own: Sequence[int]) -> list[int]:
    """The third of each of a side's lines: by its middle second between first and last, else by its number."""
    if not call.is_timed or len(own) < FEWEST_LINES:
        return [third_of(at / max(1, len(own))) for at in range(len(own))]
    middles = [
        ((call.transcript.utterances[at].start_s or 0.0) + (call.transcript.utterances[at].end_s or 0.0)) / 2
        for at in own
    ]
    length = (middles[-1] - middles[0]) or 1.0
    return [third_of((middle - middles[0]) / length) for middle in middles]


def _thirds(call: Call, own: Sequence[int], harsh: Sequence[Found], calm: Sequence[Found]) -> list[Third]:
    places = dict(zip(own, _places(call, own), strict=True))
    angry = {one.utterance.index for one in harsh}
    at_ease = {one.utterance.index for one in calm} - angry
    return [
        Third(
            sum(place == third for place in places.values()),
            sum(places[at] == third for at in angry),
            sum(places[at] == third for at in at_ease),
        )
        for third in range(THIRDS)
    ]


def _last_third(call: Call, own: Sequence[int]) -> set[int]:
    return {at for at, place in zip(own, _places(call, own), strict=True) if place == THIRDS - 1}


def _told(rule: ShapeRule, shape: Shape, thirds: Sequence[Third]) -> Wording:
    counts = ", ".join(f"{third.harsh}-{third.calm}/{third.lines}" for third in thirds)
    who, name = SIDE_NAMES[rule.speaker], SHAPE_NAMES[shape]
    return Wording(
        f"{who.zh}话语{name.zh}（前、中、后三段的不满句-认可句/总句数：{counts}）",
        f"{name.en}, from the {who.en}'s words (harsh-calm/lines of the first, middle and last third: {counts})",
    )


def _searched(where: Stretch) -> Absence:
    return Absence(where.start, where.end, where.unit)
