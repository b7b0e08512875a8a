"""The measure check: a measured fact of the call held against a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.checks import parameters as read
from scorecards.checks.call import abstained
from scorecards.model import Finding, Span, Verdict, Wording
from transcription.model import Side, side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scorecards.checks.call import Call
    from transcription.model import CallMetrics

KEYS = ("measure", "at_most", "at_least", "partly_at_most", "partly_at_least", "not_applicable_if_none")
CONFIDENCE = 0.95  # measured, but speech and silence are told apart by a model
Stretches = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value and the seconds that show it; no seconds = the whole call."""

    value: float
    spans: Stretches = ()


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """Met within `at_most` (or from `at_least` up), partly met within the looser limit, not met beyond."""

    measure: str
    at_most: float | None
    at_least: float | None
    partly: float | None
    not_applicable_if_none: bool


def parse(given: Mapping[str, object], place: str) -> MeasureRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    limits = {key: read.number(given, key, place, None, 0, 100_000) for key in KEYS[1:5]}
    at_most, at_least = limits["at_most"], limits["at_least"]
    if (at_most is None) == (at_least is None):
        raise Invalid("{place} needs one limit. Give at_most or at_least.", place=place)
    partly, wrong = ("partly_at_most", "partly_at_least") if at_least is None else ("partly_at_least", "partly_at_most")
    if wrong in given:
        raise Invalid("{place}.{key} belongs to the other limit. Give {partly}.", place=place, key=wrong, partly=partly)
    return MeasureRule(
        read.text(given, "measure", place, "", tuple(MEASURES)),
        at_most,
        at_least,
        limits[partly],
        read.flag(given, "not_applicable_if_none", place, default=False),
    )


def answer(rule: MeasureRule, call: Call, language: str) -> Finding:  # noqa: ARG001 - every kind of check is called alike
    """The finding of one measure check on one call."""
    metrics = call.transcript.metrics
    measured = MEASURES[rule.measure](metrics) if metrics is not None else None
    if measured is None:
        return abstained("没有该项测量数据，请人工评定", f"{rule.measure} was not measured")
    if rule.not_applicable_if_none and not measured.value:
        reason = Wording(f"{rule.measure} 为 0，本项不适用", f"{rule.measure} is 0, so this does not apply")
        return Finding(Verdict.NOT_APPLICABLE, CONFIDENCE, reason)
    limit = rule.at_least if rule.at_most is None else rule.at_most
    assert limit is not None  # noqa: S101 - parse asks for one of them
    verdict = _verdict(rule, measured.value)
    word = {Verdict.MET: "符合", Verdict.PARTLY_MET: "略超", Verdict.NOT_MET: "不符合"}[verdict]
    sign = "≥" if rule.at_most is None else "≤"
    reason = Wording(
        f"{rule.measure} = {measured.value:.4g}，要求 {sign} {limit:g}：{word}",
        f"{rule.measure} = {measured.value:.4g}, asked {sign} {limit:g}: {verdict.value.replace('_', ' ')}",
    )
    spans = measured.spans or ((0.0, _duration(call)),)
    evidence = tuple(Span(start, end, rule.measure, measured.value, limit) for start, end in spans)
    return Finding(verdict, CONFIDENCE, reason, evidence)


def _verdict(rule: MeasureRule, value: float) -> Verdict:
    if _within(value, rule.at_most, rule.at_least):
        return Verdict.MET
    if rule.partly is not None:
        loose = (rule.partly, None) if rule.at_least is None else (None, rule.partly)
        if _within(value, *loose):
            return Verdict.PARTLY_MET
    return Verdict.NOT_MET


def _within(value: float, at_most: float | None, at_least: float | None) -> bool:
    return (at_most is None or value <= at_most) and (at_least is None or value >= at_least)


def _duration(call: Call) -> float:
    ends = (u.end_s or 0.0 for u in call.transcript.utterances)
    return max(call.transcript.duration_s or 0.0, *ends, 0.0)


def _longest(stretches: Stretches) -> Measured:
    if not stretches:
        return Measured(0.0)
    longest = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return Measured(longest[1] - longest[0], (longest,))


def _total(stretches: Stretches) -> Measured:
    return Measured(sum(end - start for start, end in stretches), stretches)


def _interruptions(metrics: CallMetrics, side: Side, count: int) -> Measured:
    begun = tuple((o.start_s, o.end_s) for o in metrics.overlaps if side_of(o.begun_by) is side)
    return Measured(count, begun if count else ())


def _pace(metrics: CallMetrics, side: Side) -> Measured | None:
    paces = [pace for speaker, pace in metrics.pace_per_min.items() if side_of(speaker) is side]
    return Measured(max(paces)) if paces else None


def _known(value: float | None) -> Measured | None:
    return None if value is None else Measured(value)


MEASURES: dict[str, Callable[[CallMetrics], Measured | None]] = {
    "longest_silence_s": lambda metrics: _longest(metrics.silences),
    "longest_hold_s": lambda metrics: _longest(metrics.holds),
    "total_hold_s": lambda metrics: _total(metrics.holds),
    "holds": lambda metrics: Measured(len(metrics.holds), metrics.holds),
    "interruptions_by_agent": lambda metrics: _interruptions(metrics, Side.AGENT, metrics.interruptions_by_agent),
    "interruptions_by_customer": lambda metrics: _interruptions(
        metrics, Side.CUSTOMER, metrics.interruptions_by_customer
    ),
    "agent_pace_per_min": lambda metrics: _pace(metrics, Side.AGENT),
    "customer_pace_per_min": lambda metrics: _pace(metrics, Side.CUSTOMER),
    "latency_median_s": lambda metrics: _known(metrics.latency_median_s),
    "latency_p95_s": lambda metrics: _known(metrics.latency_p95_s),
}
