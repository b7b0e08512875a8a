"""The phrases check: one side says, in a window, one phrase of each group, and none of the forbidden ones.

speaker, window: whose words count and where. any_of / all_of: one phrase of the group / of every group is met, of some
groups partly met. several_of {phrases, at_least}: weaker phrases, met where that many different ones are said.
partly_of: alone partly met. none_of: what counts against it. unless: a find inside one of these is none. Where nothing
was found, not_applicable_if / not_applicable_unless {speaker, any_of, window}: where that was / was not said.
quotes: how many lines are quoted for each group (1 to 3), those that hold most of the rule; prefer: first or last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.checks import clauses
from scorecards.checks import parameters as read
from scorecards.checks.call import (
    MIN_CONFIDENCE,
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
from scorecards.checks.strongest import FIRST, LAST, strongest
from scorecards.model import Absence, Finding, Verdict, Window, Wording
from transcription.model import Side
from transcription.sound import BY_SIGN, MIN_SIMILARITY, SHORTEST_FUZZY, PreparedPhrase, prepare, prepare_phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEARCH_KEYS = ("by_sound", "min_similarity", "min_confidence")
KEYS = (
    *("speaker", "window", "all_of", "any_of", "several_of", "none_of", "partly_of", "unless"),
    *("not_applicable_if", "not_applicable_unless", "quotes", "prefer", *SEARCH_KEYS),
)
SEVERAL = 2


@dataclass(frozen=True, slots=True)
class PhrasesRule:
    """Every group must be said (some: partly met), or `at_least` of `several`; a hit on `unless` is none."""

    speaker: Side | None
    window: Window
    groups: tuple[tuple[PreparedPhrase, ...], ...]
    none_of: tuple[PreparedPhrase, ...]
    partly_of: tuple[PreparedPhrase, ...]
    unless: tuple[PreparedPhrase, ...]
    how: Search
    several: tuple[PreparedPhrase, ...] = ()
    at_least: int = 2
    not_applicable_if: clauses.Clause | None = None
    not_applicable_unless: clauses.Clause | None = None
    quotes: int = 1
    prefer: str = FIRST


def parse(given: Mapping[str, object], place: str) -> PhrasesRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    any_of, all_of = read.phrases(given, "any_of", place), read.groups(given, "all_of", place)
    if any_of and all_of:
        raise Invalid("{place} has any_of and all_of. Put any_of's phrases into a group of all_of.", place=place)
    none_of = read.phrases(given, "none_of", place)
    several, at_least = _parse_several(given, place)
    if not (any_of or all_of or none_of or several):
        raise Invalid("{place} looks for nothing. Give any_of, all_of or none_of.", place=place)
    return PhrasesRule(
        speaker=read.speaker(given, "speaker", place, Side.AGENT),
        window=read.window(given, "window", place),
        groups=tuple(_prepared(group) for group in (all_of or ((any_of,) if any_of else ()))),
        none_of=_prepared(map(_by_sign_if_short, none_of)),
        partly_of=_prepared(read.phrases(given, "partly_of", place)),
        unless=_prepared(read.phrases(given, "unless", place)),
        how=parse_search(given, place),
        several=_prepared(several),
        at_least=at_least,
        not_applicable_if=clauses.parse(given, "not_applicable_if", place),
        not_applicable_unless=clauses.parse(given, "not_applicable_unless", place),
        quotes=read.whole(given, "quotes", place, 1, 1, MOST_QUOTES),
        prefer=read.text(given, "prefer", place, FIRST, (FIRST, LAST)),
    )


def _parse_several(given: Mapping[str, object], place: str) -> tuple[tuple[str, ...], int]:
    if "several_of" not in given:
        return (), SEVERAL
    inside, at = read.mapping(given, "several_of", place), f"{place}.several_of"
    read.refuse_unknown(inside, ("phrases", "at_least"), at)
    found = read.phrases({"phrases": inside.get("phrases")}, "phrases", at)
    return found, read.whole(inside, "at_least", at, SEVERAL, 1, 20)


def parse_search(given: Mapping[str, object], place: str) -> Search:
    """How phrases are looked for, as a scorecard file says it."""
    return Search(
        read.flag(given, "by_sound", place, default=True),
        read.share(given, "min_similarity", place, MIN_SIMILARITY),
        read.share(given, "min_confidence", place, MIN_CONFIDENCE),
    )


def answer(rule: PhrasesRule, call: Call, language: str) -> Finding:
    """The finding of one phrases check on one call."""
    if unanswerable := why_unanswerable(call, rule.speaker, language):
        return unanswerable
    where = stretch(call, rule.window)
    groups = [_said(rule, call, where, group) for group in rule.groups]
    if not all(groups) or not groups:
        groups = _with_several(rule, groups, _said(rule, call, where, rule.several))
    weak = [] if any(groups) else _said(rule, call, where, rule.partly_of)
    offending = _said(rule, call, where, rule.none_of)
    doubtful = [found for found in (*groups, weak, offending) if found and not surely(found, rule.how)]
    if doubtful:
        return _listen(doubtful[0])
    said = [_strongest(rule, group) for group in groups if group]
    if offending:
        return _with_offence(rule, _once(said), surely(offending, rule.how))
    if groups and len(said) == len(groups):
        return _said_finding(Verdict.MET, rule, _once(said))
    blind = why_not_heard(rule.speaker, rule.how, call, where)
    return blind or _wanting(rule, call, where, groups, _once(said) or _strongest(rule, weak))


def _with_several(rule: PhrasesRule, groups: list[list[Found]], found: list[Found]) -> list[list[Found]]:
    """Weaker phrases stand for the group that is wanting where enough different ones are said."""
    if not rule.several or len({one.phrase for one in surely(found, rule.how)}) < rule.at_least:
        return groups
    return [group or found for group in groups] or [found]


def _strongest(rule: PhrasesRule, found: list[Found]) -> list[Found]:
    return strongest(surely(found, rule.how), rule.quotes, rule.prefer)


def _once(said: list[list[Found]]) -> list[Found]:
    """Every quote of the groups once, group by group."""
    return list(dict.fromkeys(one for group in said for one in group))


def surely(found: Iterable[Found], how: Search) -> list[Found]:
    """Those heard surely enough to count, the likest first and then the earliest."""
    sure = [one for one in found if one.heard is None or one.heard >= how.min_confidence]
    return sorted(sure, key=lambda one: -one.match.similarity)


def why_not_heard(side: Side | None, how: Search, call: Call, where: Stretch) -> Finding | None:
    """An abstention where missing words may only have been missed: badly heard, or speakers not told apart."""
    heard = mean_confidence(call, where, side)
    if heard is not None and heard < how.min_confidence:
        return abstained(
            f"语音识别把握不足（{heard:.0%}），请听录音",
            f"the speech was recognised too unsurely ({heard:.0%}); listen to it",
        )
    if side is not None and Side.UNKNOWN in call.speakers[where.first : where.last]:
        return abstained("部分语句未区分说话人，请听录音", "some speech there has no known speaker; listen to it")
    return None


def describe(found: Found) -> Wording:
    """Which words, for which wording of the rule, how near and by what: one line in both languages."""
    by = {"sign": ("按字", "by word"), "sound": ("按音", "by sound")}[found.match.how]
    likeness = f"{found.match.similarity:.0%}"
    return Wording(
        f"“{found.quote}”（规则用语“{found.phrase}”，{by[0]}，相似度{likeness}）",
        f"“{found.quote}” (for “{found.phrase}”, {by[1]}, {likeness} alike)",
    )


def describe_absence(gap: Absence) -> Wording:
    """Which window was searched and what came nearest."""
    zh = f"{gap.start:.0f}–{gap.end:.0f} 秒" if gap.unit == "s" else f"第 {gap.start + 1:.0f}–{gap.end:.0f} 个话轮"
    en = f"{gap.start:.0f}-{gap.end:.0f} s" if gap.unit == "s" else f"turns {gap.start + 1:.0f}-{gap.end:.0f}"
    if gap.nearest is None:
        return Wording(zh, en)
    near = gap.nearest
    return Wording(
        f"{zh}，最接近的是“{near.text}”（规则用语“{near.phrase}”，相似度{near.similarity:.0%}）",
        f"{en}; nearest is “{near.text}” (for “{near.phrase}”, {near.similarity:.0%} alike)",
    )


def absence_confidence(gap: Absence, heard: float | None) -> float:
    """How surely the words were heard x (1 - half the likeness of the nearest miss)."""
    return (1.0 if heard is None else heard) * (1 - (gap.nearest.similarity if gap.nearest else 0.0) / 2)


def _prepared(phrases: Iterable[str]) -> tuple[PreparedPhrase, ...]:
    return tuple(map(prepare_phrase, phrases))


def _by_sign_if_short(phrase: str) -> str:
    """A short forbidden phrase counts only by sign: nobody is accused for two syllables that sound like it."""
    is_short = len(prepare(phrase).signs) < SHORTEST_FUZZY
    return BY_SIGN + phrase if is_short and not phrase.startswith(BY_SIGN) else phrase


def _said(rule: PhrasesRule, call: Call, where: Stretch, phrases: tuple[PreparedPhrase, ...]) -> list[Found]:
    if not phrases:
        return []
    found = search(call, where, rule.speaker, phrases, rule.how)
    if not found or not rule.unless:
        return found
    covers = search(call, where, rule.speaker, rule.unless, Search(by_sound=False, min_similarity=1.0))
    return [one for one in found if not any(lies_in(one, cover) for cover in covers)]


def lies_in(one: Found, cover: Found) -> bool:
    """Whether two finds share a sign."""
    same = one.utterance.index == cover.utterance.index
    return same and cover.match.start < one.match.end and one.match.start < cover.match.end


def _listen(found: list[Found]) -> Finding:
    words = describe(found[0])
    heard = found[0].heard or 0.0
    return abstained(
        f"疑似{words.zh}，但识别把握仅{heard:.0%}，请听录音",
        f"perhaps {words.en}, but recognised with only {heard:.0%}; listen to it",
        found,
        found[0].confidence,
    )


def _said_finding(verdict: Verdict, rule: PhrasesRule, found: list[Found]) -> Finding:
    who = SIDE_NAMES[rule.speaker]
    words = [describe(one) for one in found[:MOST_QUOTES]]
    lack = Wording("；用语不完整", "; not all that is asked for") if verdict is Verdict.PARTLY_MET else Wording()
    reason = Wording(
        f"{who.zh}说：{'；'.join(word.zh for word in words)}{lack.zh}",
        f"{who.en} said {'; '.join(word.en for word in words)}{lack.en}",
    )
    confidence = sum(one.confidence for one in found) / len(found)
    return Finding(verdict, confidence, reason, tuple(to_quote(one) for one in found))


def _with_offence(rule: PhrasesRule, found: list[Found], offending: list[Found]) -> Finding:
    """Forbidden words beside the asked ones: partly met; alone: not met, once for each occurrence."""
    who, words = SIDE_NAMES[rule.speaker], describe(offending[0])
    reason = Wording(f"{who.zh}说了相反的话：{words.zh}", f"{who.en} said what counts against it: {words.en}")
    in_order = sorted(offending, key=lambda one: (one.utterance.index, one.match.start))
    quotes = tuple(to_quote(one) for one in (*found, *in_order))
    verdict = Verdict.PARTLY_MET if found else Verdict.NOT_MET
    return Finding(verdict, offending[0].confidence, reason, quotes, len(offending))


def _not_applicable(rule: PhrasesRule, call: Call) -> Finding | None:
    """Why the criterion does not apply to this call, where one of its conditions says so."""
    if rule.not_applicable_if is not None and (found := clauses.said(rule.not_applicable_if, call, rule.how)):
        words = describe(found[-1])
        reason = Wording(f"已说{words.zh}，本项不适用", f"{words.en} was said, so this does not apply")
        return Finding(Verdict.NOT_APPLICABLE, found[-1].confidence, reason)
    asked = rule.not_applicable_unless
    if asked is None or clauses.said(asked, call, rule.how):
        return None
    who, where = SIDE_NAMES[asked.speaker], stretch(call, asked.window)
    what = describe_absence(Absence(where.start, where.end, where.unit))
    reason = Wording(
        f"{who.zh}未说前提用语（{len(asked.phrases)} 条，如“{asked.phrases[0].text}”；{what.zh}），本项不适用",
        f"{who.en} said none of the {len(asked.phrases)} wordings (such as “{asked.phrases[0].text}”) that this "
        f"depends on in {what.en}, so this does not apply",
    )
    return Finding(Verdict.NOT_APPLICABLE, 0.8, reason)


def _wanting(rule: PhrasesRule, call: Call, where: Stretch, groups: list[list[Found]], partly: list[Found]) -> Finding:
    if partly:
        return _said_finding(Verdict.PARTLY_MET, rule, partly)
    if (outside := _not_applicable(rule, call)) is not None:
        return outside
    missing = [phrase for group, hits in zip(rule.groups, groups, strict=False) if not hits for phrase in group]
    missing += rule.several
    gap = absence(call, where, rule.speaker, missing or rule.none_of, rule.how)
    confidence = absence_confidence(gap, mean_confidence(call, where, rule.speaker))
    who, what = SIDE_NAMES[rule.speaker], describe_absence(gap)
    if missing:
        reason = Wording(
            f"{who.zh}未说规则用语（{len(missing)} 条）：{what.zh}",
            f"{who.en} said none of the {len(missing)} wordings of the rule in {what.en}",
        )
        return Finding(Verdict.NOT_MET, confidence, reason, (gap,))
    reason = Wording(
        f"{who.zh}未说禁语（{len(rule.none_of)} 条）：{what.zh}",
        f"{who.en} said none of the {len(rule.none_of)} forbidden wordings in {what.en}",
    )
    return Finding(Verdict.MET, confidence, reason, (gap,))
