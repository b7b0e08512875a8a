"""The order check: a script's steps, each said in its wording, one after the other.

steps: a list of {name, any_of, speaker, optional}; `name` is shown in the reason (default: the first phrase). A step
said several times counts wherever it fits the order best. All required steps said in order: met; all said, but some
early or late: partly met; one missing: not met. The reason names the steps. unless: a find inside one of these is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorecards.checks import parameters as read
from scorecards.checks.call import (
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
    lies_in,
    parse_search,
    surely,
    why_not_heard,
)
from scorecards.model import Finding, Verdict, Window, Wording
from transcription.model import Side
from transcription.sound import PreparedPhrase, prepare_phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KEYS = ("window", "steps", "unless", *SEARCH_KEYS)
STEP_KEYS = ("name", "any_of", "speaker", "optional")
FEWEST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the script; an optional one may be left out, but not said out of its place."""

    name: str
    speaker: Side | None
    phrases: tuple[PreparedPhrase, ...]
    is_optional: bool


@dataclass(frozen=True, slots=True)
class OrderRule:
    """The steps in the order that the script asks for."""

    steps: tuple[Step, ...]
    window: Window
    unless: tuple[PreparedPhrase, ...]
    how: Search


def parse(given: Mapping[str, object], place: str) -> OrderRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    steps = read.items(given, "steps", place, FEWEST_STEPS)
    return OrderRule(
        tuple(_parse_step({"step": step}, f"{place}.steps[{at}]") for at, step in enumerate(steps)),
        read.window(given, "window", place),
        tuple(map(prepare_phrase, read.phrases(given, "unless", place))),
        parse_search(given, place),
    )


def _parse_step(given: Mapping[str, object], place: str) -> Step:
    step = read.mapping(given, "step", place)
    read.refuse_unknown(step, STEP_KEYS, place)
    said = read.phrases({"any_of": step.get("any_of")}, "any_of", place)
    name = step.get("name", said[0])
    return Step(
        str(name),
        read.speaker(step, "speaker", place, Side.AGENT),
        tuple(map(prepare_phrase, said)),
        read.flag(step, "optional", place, default=False),
    )


def answer(rule: OrderRule, call: Call, language: str) -> Finding:
    """The finding of one order check on one call."""
    for side in {step.speaker for step in rule.steps if not step.is_optional}:
        if unanswerable := why_unanswerable(call, side, language):
            return unanswerable
    where = stretch(call, rule.window)
    said = [_said(rule, step, call, where) for step in rule.steps]
    sure = [sorted(surely(found, rule.how), key=_place) for found in said]
    missing = [step for step, found in zip(rule.steps, sure, strict=True) if not found and not step.is_optional]
    for step, found, kept in zip(rule.steps, said, sure, strict=True):
        if step in missing and found and not kept:
            return abstained(
                f"步骤“{step.name}”疑似{describe(found[0]).zh}，识别把握不足，请听录音",
                f"the step “{step.name}” is perhaps {describe(found[0]).en}, recognised unsurely; listen to it",
                found,
            )
    if missing:
        return why_not_heard(missing[0].speaker, rule.how, call, where) or _lacking(rule, call, where, sure, missing)
    return _in_order(rule, sure)


def longest_order(places: Sequence[Sequence[tuple[int, int]]]) -> dict[int, int]:
    """Which steps stand in order, as many as can: step -> which of its places (sorted), places rising strictly."""
    best: dict[tuple[int, int], tuple[int, tuple[int, int] | None]] = {}
    for step, own in enumerate(places):
        for at, place in enumerate(own):
            before = [key for key in best if key[0] < step and places[key[0]][key[1]] < place]
            last = max(before, key=lambda key: (best[key][0], -key[0]), default=None)
            best[step, at] = (best[last][0] + 1 if last else 1), last
    chain: dict[int, int] = {}
    at_end = max(best, key=lambda key: (best[key][0], (-key[0], -key[1])), default=None)
    while at_end is not None:
        chain[at_end[0]] = at_end[1]
        at_end = best[at_end][1]
    return chain


def _said(rule: OrderRule, step: Step, call: Call, where: Stretch) -> list[Found]:
    found = search(call, where, step.speaker, step.phrases, rule.how)
    covers = search(call, where, step.speaker, rule.unless, Search(by_sound=False, min_similarity=1.0))
    return [one for one in found if not any(lies_in(one, cover) for cover in covers)]


def _place(one: Found) -> tuple[int, int]:
    return one.utterance.index, one.match.start


def _in_order(rule: OrderRule, said: list[list[Found]]) -> Finding:
    chain = longest_order([[_place(one) for one in found] for found in said])
    used = [found[chain.get(step, 0)] for step, found in enumerate(said) if found]
    quotes = tuple(to_quote(one) for one in sorted(used, key=_place))
    confidence = min(one.confidence for one in used)
    misplaced = [step for step, found in enumerate(said) if found and step not in chain]
    if not misplaced:
        names = [step.name for step, found in zip(rule.steps, said, strict=True) if found]
        reason = Wording("各步骤依次完成：" + " → ".join(names), "the steps came in order: " + " → ".join(names))
        return Finding(Verdict.MET, confidence, reason, quotes)
    told = [_where_instead(rule, said, chain, step) for step in misplaced]
    reason = Wording("；".join(one.zh for one in told), "; ".join(one.en for one in told))
    return Finding(Verdict.PARTLY_MET, confidence, reason, quotes)


def _where_instead(rule: OrderRule, said: list[list[Found]], chain: dict[int, int], step: int) -> Wording:
    """Between which steps one should stand, and that it came later than the next or earlier than the one before."""
    name, place = rule.steps[step].name, _place(said[step][0])
    after = next((one for one in sorted(chain) if one > step and _place(said[one][chain[one]]) <= place), None)
    if after is not None:
        other = rule.steps[after].name
        return Wording(f"步骤“{name}”晚于“{other}”", f"the step “{name}” is late: it came after “{other}”")
    before = max((one for one in chain if one < step), default=step)
    other = rule.steps[before].name
    return Wording(f"步骤“{name}”早于“{other}”", f"the step “{name}” is early: it came before “{other}”")


def _lacking(rule: OrderRule, call: Call, where: Stretch, said: list[list[Found]], missing: Iterable[Step]) -> Finding:
    lacking = list(missing)
    first = lacking[0]
    gap = absence(call, where, first.speaker, first.phrases, rule.how)
    names, what = "、".join(f"“{step.name}”" for step in lacking), describe_absence(gap)
    english = ", ".join(f"“{step.name}”" for step in lacking)
    reason = Wording(f"缺少步骤{names}：{what.zh}", f"the steps {english} are missing in {what.en}")
    quotes = tuple(to_quote(found[0]) for found in said if found)
    confidence = absence_confidence(gap, mean_confidence(call, where, first.speaker))
    return Finding(Verdict.NOT_MET, confidence, reason, (*quotes, gap))
