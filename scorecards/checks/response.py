"""The response check: what one side says must be answered by the other, in fitting words, within k turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.checks import parameters as read
from scorecards.checks.call import (
    MOST_QUOTES,
    SIDE_NAMES,
    Call,
    Found,
    Search,
    Stretch,
    absence,
    abstained,
    mean_confidence,
    search,
    stretch,
    to_quote,
    why_unanswerable,
)
from scorecards.checks.phrases import (
    SEARCH_KEYS,
    absence_confidence,
    describe,
    describe_absence,
    parse_search,
    surely,
    why_not_heard,
)
from scorecards.model import Finding, Span, Verdict, Window, Wording
from transcription.model import Side
from transcription.sound import PreparedPhrase, prepare_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

WITHIN_TURNS = 3
KEYS = (
    *("trigger_by", "triggers", "window", "answer_by", "answers", "partly_of", "within_turns", "unanswered"),
    *("hold_limit_s", *SEARCH_KEYS),
)


@dataclass(frozen=True, slots=True)
class ResponseRule:
    """One answered trigger is enough; `unanswered` is the verdict when none is.

    Without any trigger it does not apply, unless a hold lasted longer than `hold_limit_s`: then it is not met.
    """

    trigger_by: Side | None
    triggers: tuple[PreparedPhrase, ...]
    window: Window
    answer_by: Side | None
    answers: tuple[PreparedPhrase, ...]
    partly_of: tuple[PreparedPhrase, ...]
    within_turns: int
    unanswered: Verdict
    hold_limit_s: float | None
    how: Search


def parse(given: Mapping[str, object], place: str) -> ResponseRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    for key in ("triggers", "answers"):
        if key not in given:
            raise Invalid("{place} has no {key}. Give a list of phrases.", place=place, key=key)
    verdicts = (Verdict.NOT_MET.value, Verdict.PARTLY_MET.value)
    within = read.number(given, "within_turns", place, WITHIN_TURNS, 1, 1000)
    return ResponseRule(
        trigger_by=read.speaker(given, "trigger_by", place, Side.CUSTOMER),
        triggers=tuple(map(prepare_phrase, read.phrases(given, "triggers", place))),
        window=read.window(given, "window", place),
        answer_by=read.speaker(given, "answer_by", place, Side.AGENT),
        answers=tuple(map(prepare_phrase, read.phrases(given, "answers", place))),
        partly_of=tuple(map(prepare_phrase, read.phrases(given, "partly_of", place))),
        within_turns=int(within or WITHIN_TURNS),
        unanswered=Verdict(read.text(given, "unanswered", place, Verdict.NOT_MET.value, verdicts)),
        hold_limit_s=read.number(given, "hold_limit_s", place, None, 0, 36_000),
        how=parse_search(given, place),
    )


def answer(rule: ResponseRule, call: Call, language: str) -> Finding:
    """The finding of one response check on one call."""
    for side in (rule.trigger_by, rule.answer_by):
        if unanswerable := why_unanswerable(call, side, language):
            return unanswerable
    where = stretch(call, rule.window)
    heard = search(call, where, rule.trigger_by, rule.triggers, rule.how)
    triggers = sorted(surely(heard, rule.how), key=lambda one: (one.utterance.index, one.match.start))
    if not triggers:
        return _untriggered(rule, call, where, heard)
    for verdict, phrases in ((Verdict.MET, rule.answers), (Verdict.PARTLY_MET, rule.partly_of)):
        pairs, doubtful = _answered(rule, call, triggers, phrases)
        if pairs:
            return _answered_finding(verdict, *pairs[0])
        if doubtful:
            return abstained(
                f"疑似应答{describe(doubtful[0]).zh}，识别把握不足，请听录音",
                f"perhaps answered by {describe(doubtful[0]).en}, recognised unsurely; listen to it",
                (triggers[0], doubtful[0]),
            )
    return _unanswered(rule, call, triggers)


def _untriggered(rule: ResponseRule, call: Call, where: Stretch, doubtful: list[Found]) -> Finding:
    if doubtful:
        words = describe(doubtful[0])
        return abstained(
            f"疑似触发语{words.zh}，识别把握不足", f"perhaps a trigger, {words.en}, recognised unsurely", doubtful
        )
    metrics = call.transcript.metrics
    if rule.hold_limit_s is not None and metrics is not None:
        start, end = max(metrics.holds, key=lambda hold: hold[1] - hold[0], default=(0.0, 0.0))
        if end - start > rule.hold_limit_s:
            reason = Wording(
                f"让客户等待 {end - start:.0f} 秒而未事先说明",
                f"the customer was made to wait {end - start:.0f} s unannounced",
            )
            span = Span(start, end, "hold_s", end - start, rule.hold_limit_s)
            return Finding(Verdict.NOT_MET, 0.8, reason, (span,))
    if blind := why_not_heard(rule.trigger_by, rule.how, call, where):
        return blind
    who = SIDE_NAMES[rule.trigger_by]
    confidence = mean_confidence(call, where, rule.trigger_by)
    reason = Wording(
        f"{who.zh}未说触发语（{len(rule.triggers)} 条），本项不适用",
        f"{who.en} said none of the {len(rule.triggers)} triggers, so this does not apply",
    )
    return Finding(Verdict.NOT_APPLICABLE, 1.0 if confidence is None else confidence, reason)


def _answered(
    rule: ResponseRule, call: Call, triggers: list[Found], phrases: tuple[PreparedPhrase, ...]
) -> tuple[list[tuple[Found, Found]], list[Found]]:
    """Triggers with the first answer to each, and answers that were heard too unsurely."""
    if not phrases:
        return [], []
    said = search(call, stretch(call, Window()), rule.answer_by, phrases, rule.how)
    sure = {id(one) for one in surely(said, rule.how)}
    fitting = [(t, one) for t in triggers for one in said if _answers(rule, call, t, one)]
    pairs = [pair for pair in fitting if id(pair[1]) in sure]
    return pairs, [one for _, one in fitting if id(one) not in sure]


def _answers(rule: ResponseRule, call: Call, trigger: Found, one: Found) -> bool:
    at, to = trigger.utterance.index, one.utterance.index
    is_after = to > at or (to == at and one.match.start >= trigger.match.end)
    return is_after and call.turns[to] - call.turns[at] <= rule.within_turns


def _answered_finding(verdict: Verdict, trigger: Found, one: Found) -> Finding:
    asked, said = describe(trigger), describe(one)
    reason = Wording(f"{asked.zh}之后应答：{said.zh}", f"{asked.en} was answered by {said.en}")
    return Finding(verdict, trigger.confidence * one.confidence, reason, (to_quote(trigger), to_quote(one)))


def _unanswered(rule: ResponseRule, call: Call, triggers: list[Found]) -> Finding:
    first = triggers[0]
    turn = call.turns[first.utterance.index]
    end = min(turn + rule.within_turns + 1, call.turns[-1] + 1)
    last = next((at for at, number in enumerate(call.turns) if number >= end), len(call.turns))
    where = Stretch(first.utterance.index, last, turn, end, "turns")
    if blind := why_not_heard(rule.answer_by, rule.how, call, where):
        return replace(blind, evidence=tuple(to_quote(one) for one in triggers[:MOST_QUOTES]))
    gap = absence(call, where, rule.answer_by, rule.answers, rule.how)
    asked, what = describe(first), describe_absence(gap)
    reason = Wording(f"{asked.zh}之后未按规则应答：{what.zh}", f"{asked.en} was not answered as asked in {what.en}")
    confidence = first.confidence * absence_confidence(gap, mean_confidence(call, where, rule.answer_by))
    return Finding(rule.unanswered, confidence, reason, (to_quote(first), gap))
