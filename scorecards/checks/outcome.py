"""The outcome check: how one side leaves the call, decided by what it last said to the other's offers.

accepts: wordings that take the outcome; grudging: that take it unwillingly; refuses: that turn it down; farewells: a
peaceable end, an acceptance unless a refusal comes after it. A line made of nothing but `assents` (好, 行, 嗯) accepts
where the other side's line before it held one of `asked_by` (可以吗, 您看). unless: a find inside one of these is none.
denials, grants: wordings of the other side that turn the request down or say that it is done. A denial with no grant
after it is not met, however politely it is taken; a grant that is not objected to is partly met where nothing else was
said. silent: the verdict where neither side said any of it, not met (as is) or abstained.
Accepted last: met, or partly met where it was grudging or a refusal stands within `near_turns` before it; refused last,
or neither: not met.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
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
    heard_surely,
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
from transcription.sound import Match, PreparedPhrase, prepare_phrase, signs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

NEAR_TURNS = 6
LONGEST_ASSENT = 30  # characters; a longer line says something
SILENT = (Verdict.NOT_MET.value, Verdict.ABSTAINED.value)
TOLD = ("grants", "denials")
WORDS = ("accepts", "grudging", "refuses", "farewells", "asked_by", "unless", *TOLD)
KEYS = ("speaker", "window", *WORDS, "assents", "near_turns", "silent", *SEARCH_KEYS)


class Stand(StrEnum):
    """What a line says to the outcome."""

    ACCEPTS = "accepts"
    GRUDGING = "grudging"
    REFUSES = "refuses"
    FAREWELL = "farewells"


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """The wordings of each stand; `assents` matches a line of nothing but assent, None = no such line counts."""

    speaker: Side
    window: Window
    words: dict[str, tuple[PreparedPhrase, ...]]
    assents: re.Pattern[str] | None
    near_turns: int
    silent: Verdict
    how: Search

    @property
    def other(self) -> Side:
        """Who told the outcome to the one who takes it."""
        return Side.AGENT if self.speaker is Side.CUSTOMER else Side.CUSTOMER


def parse(given: Mapping[str, object], place: str) -> OutcomeRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    if "accepts" not in given:
        raise Invalid("{place} has no {key}. Give a list of phrases.", place=place, key="accepts")
    assents = [re.escape(signs_of(word)) for word in read.phrases(given, "assents", place)]
    return OutcomeRule(
        speaker=read.speaker(given, "speaker", place, Side.CUSTOMER) or Side.CUSTOMER,
        window=read.window(given, "window", place),
        words={key: tuple(map(prepare_phrase, read.phrases(given, key, place))) for key in WORDS},
        assents=re.compile(f"(?:{'|'.join(sorted(assents, key=len, reverse=True))})+") if assents else None,
        near_turns=read.whole(given, "near_turns", place, NEAR_TURNS, 0, 1000),
        silent=Verdict(read.text(given, "silent", place, Verdict.NOT_MET.value, SILENT)),
        how=parse_search(given, place),
    )


def answer(rule: OutcomeRule, call: Call, language: str) -> Finding:
    """The finding of one outcome check on one call."""
    if unanswerable := why_unanswerable(call, rule.speaker, language):
        return unanswerable
    where = stretch(call, rule.window)
    stands = [*_by_wording(rule, call, where), *_by_assent(rule, call, where)]
    sure = [one for one in stands if one[1].heard is None or one[1].heard >= rule.how.min_confidence]
    if stands and not sure:
        words = describe(stands[0][1])
        return abstained(
            f"疑似{words.zh}，识别把握不足，请听录音",
            f"perhaps {words.en}, recognised unsurely; listen to it",
            [one for _, one in stands],
        )
    in_order = sorted(sure, key=lambda one: (one[1].utterance.index, one[1].match.start))
    told, grant = _told(rule, call, where)
    if told is not None and told is not grant:
        return _denied(rule, told, in_order)
    if in_order:
        return _decide(rule, call, in_order)
    granted = _granted(rule, grant) if grant is not None else None
    return granted or why_not_heard(rule.speaker, rule.how, call, where) or _silent(rule, call, where)


def _told(rule: OutcomeRule, call: Call, where: Stretch) -> tuple[Found | None, Found | None]:
    """The other side's last surely heard grant or denial (a denial where both are in one line), and its last grant."""
    if not any(rule.words[kind] for kind in TOLD):
        return None, None
    covers = search(call, where, rule.other, rule.words["unless"], Search(by_sound=False, min_similarity=1.0))
    last: dict[str, Found] = {}
    for kind in TOLD:
        found = surely(search(call, where, rule.other, rule.words[kind], rule.how), rule.how)
        kept = [one for one in found if not any(lies_in(one, cover) for cover in covers)]
        if kept:
            last[kind] = max(kept, key=lambda one: (one.utterance.index, one.match.start))
    grant, denial = last.get("grants"), last.get("denials")
    if grant is None or denial is None:
        return denial or grant, grant
    return (grant if grant.utterance.index > denial.utterance.index else denial), grant


def _denied(rule: OutcomeRule, denial: Found, stands: list[tuple[Stand, Found]]) -> Finding:
    """Turned down, with what the one who asked said to it."""
    words, who = describe(denial), SIDE_NAMES[rule.other]
    reason = Wording(f"{who.zh}最后未能办成：{words.zh}", f"the {who.en} last turned it down: {words.en}")
    after = [one for _, one in stands if one.utterance.index > denial.utterance.index][-1:]
    return Finding(Verdict.NOT_MET, denial.confidence, reason, tuple(map(to_quote, [denial, *after])))


def _granted(rule: OutcomeRule, grant: Found) -> Finding:
    words, who = describe(grant), SIDE_NAMES[rule.speaker]
    reason = Wording(
        f"已经办成，{who.zh}未表示异议：{words.zh}", f"it was done, and the {who.en} did not object: {words.en}"
    )
    return Finding(Verdict.PARTLY_MET, grant.confidence, reason, (to_quote(grant),))


def _by_wording(rule: OutcomeRule, call: Call, where: Stretch) -> list[tuple[Stand, Found]]:
    found = [(stand, one) for stand in Stand for one in search(call, where, rule.speaker, rule.words[stand], rule.how)]
    if not found:
        return []
    covers = search(call, where, rule.speaker, rule.words["unless"], Search(by_sound=False, min_similarity=1.0))
    kept = [(stand, one) for stand, one in found if not any(lies_in(one, cover) for cover in covers)]
    against = [one for stand, one in kept if stand in (Stand.REFUSES, Stand.GRUDGING)]
    return [  # 不可以 holds 可以
        (stand, one)
        for stand, one in kept
        if stand in (Stand.REFUSES, Stand.GRUDGING) or not any(lies_in(one, other) for other in against)
    ]


def _by_assent(rule: OutcomeRule, call: Call, where: Stretch) -> list[tuple[Stand, Found]]:
    """Lines of nothing but assent right after the other side asked for it."""
    if rule.assents is None:
        return []
    asked = {one.utterance.index for one in search(call, where, rule.other, rule.words["asked_by"], rule.how)}
    found, before = [], -1
    for index in range(where.first, where.last) if asked else ():
        utterance, text = call.transcript.utterances[index], call.transcript.utterances[index].text
        if call.speakers[index] is rule.other:
            before = index if text.strip() else before
        elif call.speakers[index] is not rule.speaker or before not in asked or len(text) > LONGEST_ASSENT:
            continue
        elif rule.assents.fullmatch(signs_of(text)):
            heard = heard_surely(utterance, 0, len(text))
            found.append((Stand.ACCEPTS, Found(utterance, Match(0, len(text), 1.0, "sign"), text, heard)))
    return found


def _decide(rule: OutcomeRule, call: Call, stands: list[tuple[Stand, Found]]) -> Finding:
    """The last stand decides; a farewell only says that nothing was refused after it."""
    last_stand, last = stands[-1]
    who = SIDE_NAMES[rule.speaker]
    if last_stand is Stand.REFUSES:
        words = describe(last)
        reason = Wording(f"{who.zh}最后拒绝：{words.zh}", f"the {who.en} last refused: {words.en}")
        quotes = [one for stand, one in stands if stand is Stand.REFUSES][-MOST_QUOTES:]
        return Finding(Verdict.NOT_MET, last.confidence, reason, tuple(map(to_quote, quotes)))
    turn = call.turns[last.utterance.index]
    refused = [
        one
        for stand, one in stands
        if stand is Stand.REFUSES and turn - call.turns[one.utterance.index] <= rule.near_turns
    ]
    taken = [one for stand, one in stands if stand in (Stand.ACCEPTS, Stand.GRUDGING)]
    quotes = _lines(taken or [last])[-2:]
    unwilling = refused or any(stand is Stand.GRUDGING and one is quotes[-1] for stand, one in stands)
    words = describe(quotes[-1])
    but = Wording("，但较勉强", ", but grudgingly") if unwilling else Wording()
    reason = Wording(f"{who.zh}最后接受：{words.zh}{but.zh}", f"the {who.en} last accepted: {words.en}{but.en}")
    verdict = Verdict.PARTLY_MET if unwilling else Verdict.MET
    return Finding(verdict, quotes[-1].confidence, reason, tuple(map(to_quote, quotes)))


def _lines(found: list[Found]) -> list[Found]:
    """The longest find of each line, in order."""
    lines: dict[int, Found] = {}
    for one in found:
        best = lines.get(one.utterance.index)
        if best is None or one.match.end - one.match.start > best.match.end - best.match.start:
            lines[one.utterance.index] = one
    return list(lines.values())


def _silent(rule: OutcomeRule, call: Call, where: Stretch) -> Finding:
    gap = absence(call, where, rule.speaker, rule.words["accepts"], rule.how)
    who, what = SIDE_NAMES[rule.speaker], describe_absence(gap)
    reason = Wording(
        f"{who.zh}没有表示接受（{len(rule.words['accepts'])} 条用语）：{what.zh}",
        f"the {who.en} said none of the {len(rule.words['accepts'])} wordings of acceptance in {what.en}",
    )
    confidence = absence_confidence(gap, mean_confidence(call, where, rule.speaker))
    return Finding(rule.silent, confidence, reason, (gap,))
