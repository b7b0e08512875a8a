"""What is wrong or doubtful about a scorecard before it is published: its weights, wording, conditions and checks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scorecards.checks.registry import answer_call
from scorecards.conditions import VERDICT_NAMES
from scorecards.history import never_said, window_cover
from scorecards.model import Method, Verdict, Wording
from transcription.model import Kind
from transcription.sound import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scorecards.checks.call import Call
    from scorecards.model import CheckSpec, Criterion, Scorecard

FULL_WEIGHT = 100.0
DOMINANT_SHARE = 0.5  # more than all the others together: they hardly move the score
FEWEST_CALLS = 30  # never in 30 calls: at most 3 / 30 = 10 % of calls, with 95 % confidence (rule of three)
COVERED_SHARE = 0.9  # of the calls are no longer than the window: it cuts nothing off
MOST_SHOWN = 8
ASKED, FORBIDDEN = ("any_of", "all_of", "partly_of", "answers"), "none_of"
PHRASE_KEYS = (
    *(*ASKED, FORBIDDEN, "unless", "triggers", "several_of", "not_applicable_if", "not_applicable_unless"),
    *("accepts", "grudging", "refuses", "farewells", "assents", "harsh", "calm"),
)

_NOT_IN_WORDS = re.compile(
    r"语气|语调|语速|音量|声音|微笑|面带|表情|坐姿|着装|打字|键盘|\b(tone|smil\w+|typing|keyboard|posture|voice|gesture\w*)\b",
    re.IGNORECASE,
)
_NOT_IN_CALL = re.compile(
    r"系统|工单记录|录入|知识库|属实|准确|正确"
    r"|\b(system|crm|ticket|database|knowledge base|accurate\w*|correct|correctly|truth\w*)\b",
    re.IGNORECASE,
)


class Level(StrEnum):
    """How much a finding weighs: an error blocks publishing, a warning should be looked at, a hint is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding: the rule that found it, the place in the card, what is so, and what to do."""

    level: Level
    rule: str
    place: str
    says: Wording
    mend: Wording


def lint(card: Scorecard, history: Sequence[Call] = (), newest_version: int | None = None) -> list[LintFinding]:
    """Every finding on a card, the gravest first; `history` are stored calls of its language and kind.

    `newest_version` is the highest version of that name that is published or archived.
    """
    found = [
        *_version(card, newest_version),
        *_weights(card),
        *_translations(card),
        *_tags(card),
        *(finding for _, criterion in card.criteria for finding in _of_criterion(card, criterion)),
        *(finding for signal in card.signals for finding in _of_phrases(signal.check, f"signals.{signal.id}.check")),
        *_on_history(card, history),
    ]
    order = list(Level)
    return sorted(found, key=lambda one: order.index(one.level))


def blocks(findings: Iterable[LintFinding]) -> list[LintFinding]:
    """Those that forbid publishing."""
    return [finding for finding in findings if finding.level is Level.ERROR]


def phrase_lists(check: CheckSpec) -> Iterator[tuple[str, list[str]]]:
    """Each list of phrases of a check with its key; groups one by one (all_of[0])."""
    for key in PHRASE_KEYS:
        value = check.parameters.get(key)
        if not isinstance(value, list):
            continue
        if all(isinstance(one, str) for one in value):
            yield key, value
        else:
            yield from ((f"{key}[{at}]", group) for at, group in enumerate(value) if isinstance(group, list))


def _version(card: Scorecard, newest: int | None) -> Iterator[LintFinding]:
    if newest is not None and card.version <= newest:
        yield LintFinding(
            Level.ERROR, "version", "version",
            Wording(f"版本 {card.version} 已被占用（最新为 {newest}）",
                    f"Version {card.version} is taken (newest: {newest})"),
            Wording(f"改为版本 {newest + 1}", f"Make it version {newest + 1}"),
        )  # fmt: skip


def _weights(card: Scorecard) -> Iterator[LintFinding]:
    weights = {criterion.id: criterion.points for _, criterion in card.criteria if criterion.points > 0}
    total = sum(weights.values())
    if not total:
        yield LintFinding(
            Level.WARNING, "no_weight", "sections",
            Wording("没有任何计分项，无法得出分数", "No criterion carries weight, so there is no score"),
            Wording("若需要分数，至少给一个评分项权重", "Give at least one criterion a weight if a score is wanted"),
        )  # fmt: skip
        return
    if card.method is Method.DEDUCTION:
        return
    if abs(total - FULL_WEIGHT) > 1e-6:  # noqa: PLR2004 - what floats may be off when summed
        yield LintFinding(
            Level.WARNING, "weights_sum", "sections",
            Wording(f"权重合计 {total:g}，不是 100", f"The weights add up to {total:g}, not 100"),
            Wording("用“权重归一为 100”按比例调整", "Bring them to 100 in proportion (“Make weights add up to 100”)"),
        )  # fmt: skip
    for name, weight in weights.items():
        if weight / total > DOMINANT_SHARE and len(weights) > 1:
            yield LintFinding(
                Level.WARNING, "weight_dominates", name,
                Wording(f"占全部权重的 {weight / total:.0%}", f"It carries {weight / total:.0%} of all weight"),
                Wording("减小权重，或把它拆成几项", "Lower it, or split it into several criteria"),
            )  # fmt: skip


def _translations(card: Scorecard) -> Iterator[LintFinding]:
    titles = {"title": card.title}
    titles |= {f"{section.id}.title": section.title for section in card.sections}
    for _, criterion in card.criteria:
        titles[f"{criterion.id}.title"] = criterion.title
        if criterion.guidance != Wording():
            titles[f"{criterion.id}.guidance"] = criterion.guidance
        titles |= {f"{criterion.id}.root_causes.{cause.id}": cause.title for cause in criterion.root_causes}
    titles |= {f"signals.{signal.id}.title": signal.title for signal in card.signals}
    for place, wording in titles.items():
        if missing := _missing_language(wording):
            yield LintFinding(
                Level.WARNING, "missing_translation", place,
                Wording(f"缺少{missing.zh}", f"The {missing.en} text is missing"),
                Wording(f"补上{missing.zh}译文", f"Write it in {missing.en} too"),
            )  # fmt: skip


def _missing_language(wording: Wording) -> Wording | None:
    """The language in which a text is not written; one text for both counts as the language it is in."""
    chinese = any("㐀" <= sign <= "鿿" for sign in wording.zh)
    if not wording.zh.strip() or (wording.zh == wording.en and not chinese):
        return Wording("中文", "Chinese")
    return Wording("英文", "English") if not wording.en.strip() or wording.zh == wording.en else None


def _tags(card: Scorecard) -> Iterator[LintFinding]:
    tagged = [criterion for _, criterion in card.criteria if criterion.tags]
    for _, criterion in card.criteria:
        if tagged and criterion.fatal and not criterion.tags:
            yield LintFinding(
                Level.HINT, "fatal_without_tag", criterion.id,
                Wording("致命项没有标签，不计入三类准确率",
                    "A fatal error without a tag counts in none of the accuracies"),
                Wording("标上业务、客户或合规", "Tag it business, customer or compliance"),
            )  # fmt: skip


def _of_criterion(card: Scorecard, criterion: Criterion) -> Iterator[LintFinding]:
    unprovable = list(_unprovable(card, criterion))
    yield from unprovable
    if criterion.check is None:
        if criterion.fatal is None and not unprovable:
            yield LintFinding(
                Level.HINT, "people_only", criterion.id,
                Wording("没有质检规则，仅由人工评定", "It has no check: only people answer it"),
                Wording("如此有意则无需改动", "Leave it so if that is meant"),
            )  # fmt: skip
        return
    yield from _of_phrases(criterion.check, f"{criterion.id}.check")
    parent = _named(card, criterion.applies_if.criterion) if criterion.applies_if else None
    if parent is not None and parent.check is None:
        yield LintFinding(
            Level.WARNING, "condition_for_people", f"{criterion.id}.applies_if",
            Wording(f"取决于仅由人工评定的“{parent.id}”，机器永远无法回答",
                    f"It hangs on “{parent.id}”, which only people answer: the machine always leaves it open"),
            Wording("给该项质检规则，或去掉本项的规则", "Give that one a check, or take this one's away"),
        )  # fmt: skip


def _named(card: Scorecard, name: str) -> Criterion | None:
    return next((criterion for _, criterion in card.criteria if criterion.id == name), None)


def _unprovable(card: Scorecard, criterion: Criterion) -> Iterator[LintFinding]:
    """What is asked for by title or guidance and cannot be shown by the words of a transcript."""
    asked = f"{criterion.title.zh} {criterion.guidance.zh} {criterion.title.en} {criterion.guidance.en}"
    words = [match.group() for match in _NOT_IN_WORDS.finditer(asked)]
    if card.kind is not Kind.CASE_RECORD:  # a case's record is the system's own text
        words += [match.group() for match in _NOT_IN_CALL.finditer(asked)]
    if not words or criterion.fatal:
        return
    named = "、".join(dict.fromkeys(words))
    level = Level.HINT if criterion.check is None else Level.WARNING
    mend = (
        Wording("保持仅人工评定", "Keep it for people only")
        if criterion.check is None
        else Wording(
            "去掉质检规则，仅由人工评定，或改写要求", "Take the check away and leave it to people, or ask for words"
        )
    )
    yield LintFinding(
        level, "unprovable", criterion.id,
        Wording(f"转写稿无法证明：{named}", f"A transcript cannot prove this: {named}"), mend,
    )  # fmt: skip


def _of_phrases(check: CheckSpec, place: str) -> Iterator[LintFinding]:
    lists = dict(phrase_lists(check))
    for key, phrases in lists.items():
        counted = Counter(_level(phrase) for phrase in phrases)
        twice = list(dict.fromkeys(phrase for phrase in phrases if counted[_level(phrase)] > 1))
        if twice:
            yield LintFinding(
                Level.WARNING, "duplicate_phrase", f"{place}.{key}",
                Wording(f"用语重复：{_few(twice)}", f"Phrases stand twice: {_few(twice)}"),
                Wording("各留一条", "Keep one of each"),
            )  # fmt: skip
    forbidden = {_level(phrase) for phrase in lists.get(FORBIDDEN, ())}
    for key, phrases in lists.items():
        both = [phrase for phrase in phrases if key.partition("[")[0] in ASKED and _level(phrase) in forbidden]
        if both:
            yield LintFinding(
                Level.ERROR, "contradicting_phrase", f"{place}.{key}",
                Wording(f"既要求又禁止：{_few(both)}", f"Asked for and forbidden (none_of) at once: {_few(both)}"),
                Wording("从其中一处去掉", "Take them out of one of the two lists"),
            )  # fmt: skip


def _level(phrase: str) -> str:
    """A phrase as the search sees it; its slots keep it apart from the same words without them."""
    return prepare(phrase).signs + "".join(re.findall(r"…+|\{n\}|^=", phrase))


def _few(phrases: Sequence[str]) -> str:
    more = f" … (+{len(phrases) - MOST_SHOWN})" if len(phrases) > MOST_SHOWN else ""
    return "、".join(phrases[:MOST_SHOWN]) + more


def _on_history(card: Scorecard, history: Sequence[Call]) -> Iterator[LintFinding]:
    if len(history) < FEWEST_CALLS:
        return
    for _, criterion in card.criteria:
        if criterion.check is not None:
            yield from _window(criterion.check, f"{criterion.id}.check", history)
            yield from _verdicts(criterion, criterion.check, card.language, history)
            yield from _unsaid(criterion.check, f"{criterion.id}.check", history)
    for signal in card.signals:
        yield from _window(signal.check, f"signals.{signal.id}.check", history)


def _window(check: CheckSpec, place: str, history: Sequence[Call]) -> Iterator[LintFinding]:
    window = check.parameters.get("window")
    covered = window_cover(window, history) if isinstance(window, dict) else None
    if covered is not None and covered >= COVERED_SHARE * len(history):
        n = len(history)
        yield LintFinding(
            Level.WARNING, "window_too_long", f"{place}.window",
            Wording(f"{n} 通中有 {covered} 通整通都在窗口内，窗口不起作用",
                    f"It covers all of {covered} of {n} calls, so it cuts nothing off"),
            Wording("缩短窗口，或去掉它", "Shorten the window, or leave it out"),
        )  # fmt: skip


def _verdicts(criterion: Criterion, check: CheckSpec, language: str, history: Sequence[Call]) -> Iterator[LintFinding]:
    """A criterion answered alike on every call tells nobody apart; one that always abstains is not answered at all."""
    counts = Counter(answer_call(check, call, language).verdict for call in history)
    open_, n = counts.pop(Verdict.ABSTAINED, 0), len(history)
    if open_ == n:
        yield LintFinding(
            Level.WARNING, "always_open", criterion.id,
            Wording(f"{n} 通全部待人工判定", f"It abstained on all {n} calls"),
            Wording("检查规则所看的说话人与语言", "Look at whose words and which language it asks for"),
        )  # fmt: skip
    elif len(counts) == 1 and n - open_ >= FEWEST_CALLS:
        verdict = VERDICT_NAMES[next(iter(counts))]
        yield LintFinding(
            Level.WARNING, _always(counts), criterion.id,
            Wording(f"{n - open_} 通全部为“{verdict.zh}”", f"All {n - open_} calls are “{verdict.en}”"),
            Wording("听几通录音，核对用语是否过窄或过宽", "Listen to a few: the wording may be too narrow or too wide"),
        )  # fmt: skip


def _always(counts: Mapping[Verdict, int]) -> str:
    return "always_hits" if Verdict.MET in counts else "never_hits"


def _unsaid(check: CheckSpec, place: str, history: Sequence[Call]) -> Iterator[LintFinding]:
    """Forbidden and excepted phrases may well never be said; the others then do nothing."""
    lists = [(key, phrases) for key, phrases in phrase_lists(check) if key not in (FORBIDDEN, "unless")]
    silent = never_said([phrase for _, phrases in lists for phrase in phrases], history)
    for key, phrases in lists:
        never = [phrase for phrase in phrases if phrase in silent]
        if never:
            yield LintFinding(
                Level.HINT, "phrase_never_said", f"{place}.{key}",
                Wording(f"{len(phrases)} 条中有 {len(never)} 条在 {len(history)} 通中从未出现：{_few(never)}",
                        f"{len(never)} of {len(phrases)} were never said in {len(history)} calls: {_few(never)}"),
                Wording("可改写或删去", "Reword or drop them"),
            )  # fmt: skip
