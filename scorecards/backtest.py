"""A draft tried on stored calls: what it would change against the version in force, for whom, and how surely.

Both cards are asked today, of the same transcripts, by machine alone: what differs is the draft's doing.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scorecards.agreement import Estimate, proportion
from scorecards.model import Quote, Span, Tag, Verdict
from scorecards.score_file import score_transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scorecards.checks.outside import Outside
    from scorecards.model import Answer, Evaluation, Scorecard
    from transcription.model import Transcript

Z = 1.959964  # 95 %
MOST_EXAMPLES = 3
BAND_PCT = 10
SAME_PCT = 0.005  # scores that differ by less are the same


@dataclass(frozen=True, slots=True)
class PastCall:
    """A stored call: who was on it, in which team, and what was said. `may_open` = the reader may see the call."""

    call_pk: int
    call_id: str
    agents: tuple[str, ...]
    team: str
    transcript: Transcript
    may_open: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """One answer that would change, and the second of the call that shows why; words only where they may be seen."""

    call_pk: int
    call_id: str
    before: Verdict | None
    after: Verdict | None
    second: float | None
    words: str
    reason: str
    may_open: bool


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """How a criterion's verdicts change; None as a verdict = the criterion is not on that card."""

    criterion: str
    n: int
    flips: int
    moves: tuple[tuple[Verdict | None, Verdict | None, int], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What changes for one agent or team: calls, calls whose score changes, means before and after, passes."""

    name: str
    n: int
    changed: int
    mean_before: float | None
    mean_after: float | None
    passed_before: int
    passed_after: int


@dataclass(frozen=True, slots=True)
class TagAccuracy:
    """The share of evaluations without an error that harms one of the three; those still open stand apart."""

    tag: str
    accuracy: Estimate | None
    n: int
    open_calls: int


@dataclass(frozen=True, slots=True)
class Side:
    """One card's results: mean score, the pass rate among decided calls, calls left open, and scores in bands of 10."""

    scored: int
    mean_pct: float | None
    pass_rate: Estimate | None
    decided: int
    open_calls: int
    bands: tuple[int, ...]
    accuracies: tuple[TagAccuracy, ...] = ()


@dataclass(frozen=True, slots=True)
class Backtest:
    """The whole comparison. `pass_change` is the paired difference of pass rates over calls decided by both cards."""

    calls: int
    changed: int
    before: Side | None
    after: Side
    pass_change: Estimate | None
    paired: int
    gained: int
    lost: int
    criteria: tuple[CriterionChange, ...]
    agents: tuple[GroupChange, ...]
    teams: tuple[GroupChange, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    past: PastCall
    before: Evaluation | None
    after: Evaluation


@dataclass(slots=True)
class _Tally:
    moves: Counter[tuple[Verdict | None, Verdict | None]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)


def backtest(
    draft: Scorecard,
    published: Scorecard | None,
    calls: Iterable[PastCall],
    progress: Callable[[int], None] = lambda _done: None,
    outside: Outside | None = None,
) -> Backtest:
    """What a draft would change on stored calls against the published version (None = there is none yet).

    Learned criteria answer as they do when calls are scored; a language model is never asked for a trial.
    """
    local = replace(outside, judge=None) if outside else None
    pairs: list[_Pair] = []
    for past in calls:
        before = score_transcript(published, past.transcript, local) if published else None
        pairs.append(_Pair(past, before, score_transcript(draft, past.transcript, local)))
        progress(len(pairs))
    decided = [(pair.before.passed, pair.after.passed) for pair in pairs if pair.before]
    gained, lost = decided.count((False, True)), decided.count((True, False))
    paired = sum(None not in both for both in decided)
    return Backtest(
        calls=len(pairs),
        changed=sum(_changed(pair) for pair in pairs),
        before=_side([pair.before for pair in pairs if pair.before]) if published else None,
        after=_side([pair.after for pair in pairs]),
        pass_change=paired_change(gained, lost, paired),
        paired=paired,
        gained=gained,
        lost=lost,
        criteria=tuple(_criteria(draft, published, pairs)) if published else (),
        agents=_groups(pairs, lambda past: past.agents),
        teams=_groups(pairs, lambda past: (past.team,)),
    )


def paired_change(gained: int, lost: int, n: int) -> Estimate | None:
    """The difference of two pass rates over the same n calls, with Bonett and Price's adjusted interval (2012).

    (gained - lost) / n; limits p12 - p21 ± z sqrt((p12 + p21 - (p12 - p21)²) / (n + 2)), p = (count + 1) / (n + 2).
    """
    if not n:
        return None
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = Z * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return Estimate((gained - lost) / n, max(-1.0, up - down - half), min(1.0, up - down + half))


def _changed(pair: _Pair) -> bool:
    """Whether the score or the result differs."""
    if pair.before is None:
        return False
    before, after = pair.before.score_pct, pair.after.score_pct
    if pair.before.passed is not pair.after.passed or (before is None) is not (after is None):
        return True
    return before is not None and after is not None and abs(before - after) >= SAME_PCT


def _side(evaluations: Sequence[Evaluation]) -> Side:
    scores = [one.score_pct for one in evaluations if one.score_pct is not None]
    decided = [one.passed for one in evaluations if one.passed is not None]
    bands = Counter(min(int(score // BAND_PCT), 100 // BAND_PCT - 1) for score in scores)
    return Side(
        scored=len(scores),
        mean_pct=_mean(scores),
        pass_rate=proportion(sum(decided), len(decided)),
        decided=len(decided),
        open_calls=len(evaluations) - len(decided),
        bands=tuple(bands[band] for band in range(100 // BAND_PCT)),
        accuracies=tag_accuracies(evaluations),
    )


def tag_accuracies(evaluations: Sequence[Evaluation]) -> tuple[TagAccuracy, ...]:
    """Each tag's accuracy: error-free evaluations / evaluations decided for that tag, with Wilson's interval."""
    found = []
    for tag in Tag:
        told = [one.error_free[tag.value] for one in evaluations if tag.value in one.error_free]
        decided = [free for free in told if free is not None]
        if told:
            accuracy = proportion(sum(decided), len(decided))
            found.append(TagAccuracy(tag.value, accuracy, len(decided), len(told) - len(decided)))
    return tuple(found)


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _criteria(draft: Scorecard, published: Scorecard, pairs: Sequence[_Pair]) -> Iterable[CriterionChange]:
    """The machine's criteria of either card, in the draft's order, those gone last."""
    own = [criterion.id for _, criterion in draft.criteria if criterion.check]
    gone = [criterion.id for _, criterion in published.criteria if criterion.check and criterion.id not in own]
    tallies = {name: _Tally() for name in (*own, *gone)}
    for pair in pairs:
        _count(pair, tallies)
    for name, tally in tallies.items():
        moves = tuple((before, after, count) for (before, after), count in tally.moves.most_common())
        flips = sum(count for before, after, count in moves if before is not after)
        yield CriterionChange(name, sum(tally.moves.values()), flips, moves, tuple(tally.examples))


def _count(pair: _Pair, tallies: Mapping[str, _Tally]) -> None:
    before = {answer.criterion: answer for answer in (pair.before.answers if pair.before else ())}
    after = {answer.criterion: answer for answer in pair.after.answers}
    for name, tally in tallies.items():
        old, new = before.get(name), after.get(name)
        move = (old.verdict if old else None, new.verdict if new else None)
        tally.moves[move] += 1
        if move[0] is not move[1] and len(tally.examples) < MOST_EXAMPLES:
            tally.examples.append(_example(pair.past, old, new))


def _example(past: PastCall, old: Answer | None, new: Answer | None) -> Example:
    """The new answer's evidence shows it; where it has none to play, the old one's."""
    shown = next((_shown(answer) for answer in (new, old) if answer and _shown(answer)[1]), (None, ""))
    second, words = shown
    reason = new.reason if new else ""
    return Example(
        past.call_pk, past.call_id, old.verdict if old else None, new.verdict if new else None, second,
        words if past.may_open else "", reason if past.may_open else "", past.may_open,
    )  # fmt: skip


def _shown(answer: Answer) -> tuple[float | None, str]:
    for item in answer.evidence:
        if isinstance(item, Quote):
            return item.start_s, item.quote
        if isinstance(item, Span):
            return item.start_s, f"{item.measure} {item.value:g}"
    return None, ""


def _groups(pairs: Sequence[_Pair], names: Callable[[PastCall], tuple[str, ...]]) -> tuple[GroupChange, ...]:
    """What changes for each agent or team, those with the most changed calls first."""
    by_name: dict[str, list[_Pair]] = {}
    for pair in pairs:
        for name in names(pair.past):
            by_name.setdefault(name, []).append(pair)
    groups = [_group(name, own) for name, own in by_name.items()]
    return tuple(sorted(groups, key=lambda group: (-group.changed, group.name)))


def _group(name: str, pairs: Sequence[_Pair]) -> GroupChange:
    before = [pair.before for pair in pairs if pair.before]
    after = [pair.after for pair in pairs]
    return GroupChange(
        name=name,
        n=len(pairs),
        changed=sum(_changed(pair) for pair in pairs),
        mean_before=_mean([one.score_pct for one in before if one.score_pct is not None]),
        mean_after=_mean([one.score_pct for one in after if one.score_pct is not None]),
        passed_before=sum(one.passed is True for one in before),
        passed_after=sum(one.passed is True for one in after),
    )
