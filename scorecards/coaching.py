"""Where to coach: which agent, in which criterion, with enough calls to mean it.

Only answers of randomly drawn calls that people confirmed may be given to these functions. A partly met answer counts
as its share of a met one. Of all answers between 0 and 1 with the same mean those of 0 and 1 alone spread the most, so
that intervals and tests of shares hold for partly met answers too and are at most too careful.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.agreement import ALPHA, Estimate, proportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WINDOW_DAYS = 60
MINIMUM_N = 20
WORTH = 0.05


class Standing(StrEnum):
    """How an agent stands in a criterion; the first two are reasons to coach, in this order."""

    BELOW_TEAM = "below_team"
    FALLING = "falling"
    NOT_DIFFERENT = "not_different"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Point:
    """One call's answer to a criterion: met 1, partly met its share, not met 0."""

    agent: int
    criterion: str
    day: date
    value: float

    def __post_init__(self) -> None:
        """Refuse a value outside 0..1."""
        if not 0 <= self.value <= 1:
            raise Invalid("An answer of {value} lies outside 0 (not met) to 1 (met).", value=self.value)


@dataclass(frozen=True, slots=True)
class Sample:
    """So many answers with the sum of their values."""

    n: int = 0
    total: float = 0.0

    @property
    def mean(self) -> Estimate | None:
        """The mean (0..1) with Wilson's 95 % interval; None of nothing."""
        return proportion(self.total, self.n)

    def __add__(self, other: Sample) -> Sample:
        return Sample(self.n + other.n, self.total + other.total)

    def __sub__(self, other: Sample) -> Sample:
        return Sample(self.n - other.n, self.total - other.total)


@dataclass(frozen=True, slots=True)
class Need:
    """An agent in a criterion beside all other agents, and beside the agent's own past.

    `to_team` and `to_past` (-1..1) are the own mean less the other; each 95 % interval stands for itself, not for the
    whole list. `more_calls` are lacking to the minimum in the present window.
    """

    agent: int
    criterion: str
    standing: Standing
    now: Sample
    team: Sample
    past: Sample
    to_team: Estimate | None
    to_past: Estimate | None
    more_calls: int

    @property
    def is_suggested(self) -> bool:
        return self.standing in {Standing.BELOW_TEAM, Standing.FALLING}

    @property
    def gain(self) -> float:
        """By how much the mean (0..1) would rise to the others' or to the own past one; 0 where it is no lower."""
        gaps = [self.to_past] if self.standing is Standing.FALLING else [self.to_team]
        return max([0.0, *(-gap.value for gap in gaps if gap is not None)])


@dataclass(frozen=True, slots=True)
class _Pair:
    agent: int
    criterion: str
    now: Sample
    team: Sample
    past: Sample


def where_to_coach(
    points: Iterable[Point],
    today: date,
    *,
    window_days: int = WINDOW_DAYS,
    minimum_n: int = MINIMUM_N,
    worth: float = WORTH,
) -> list[Need]:
    """Every agent and criterion of the last two windows of days: what to coach first, the most to gain on top.

    The window that ends today is compared with the others' answers in it (the agent's own left out) and with the
    agent's own window before. One-sided p of Fisher's exact test (1935), sums of partly met answers rounded to the
    careful side; the two comparisons of all agents and criteria are one family, corrected by Benjamini and Hochberg
    (1995) at 5 %: where nobody differs the chance of any suggestion is at most 5 %, else 5 % of the suggestions are
    expected to be mistaken. A gap below `worth` (of 1) is not suggested, and nothing where a side has fewer answers
    than `minimum_n`. Where a whole team falls its agents are shown as falling: look at the team's figure first.
    """
    pairs = _pairs(points, today, window_days)
    chances = _corrected([(pair.now, other) for pair in pairs for other in (pair.team, pair.past)], minimum_n)
    needs = [
        _need(pair, (below, fallen), minimum_n, worth)
        for pair, below, fallen in zip(pairs, chances[::2], chances[1::2], strict=True)
    ]
    return sorted(needs, key=_rank)


def difference(one: Sample, other: Sample) -> Estimate | None:
    """The mean of one less the other's with Newcombe's hybrid 95 % interval (1998, method 10); None of nothing."""
    mine, theirs = one.mean, other.mean
    if mine is None or theirs is None:
        return None
    gap = mine.value - theirs.value
    (low, high), (their_low, their_high) = _bounds(mine), _bounds(theirs)
    return Estimate(
        gap,
        gap - math.hypot(mine.value - low, their_high - theirs.value),
        gap + math.hypot(high - mine.value, theirs.value - their_low),
    )


def _bounds(share: Estimate) -> tuple[float, float]:
    return (0.0 if share.low is None else share.low), (1.0 if share.high is None else share.high)


def _pairs(points: Iterable[Point], today: date, window_days: int) -> list[_Pair]:
    """Both windows of each agent and criterion, and all others' present one."""
    windows: dict[tuple[int, str], list[Sample]] = defaultdict(lambda: [Sample(), Sample()])
    teams: dict[str, Sample] = defaultdict(Sample)
    for point in points:
        age = (today - point.day) // timedelta(days=1) // window_days
        if age in {0, 1}:
            one = Sample(1, point.value)
            windows[point.agent, point.criterion][age] += one
            if age == 0:
                teams[point.criterion] += one
    return [
        _Pair(agent, criterion, now, teams[criterion] - now, past)
        for (agent, criterion), (now, past) in sorted(windows.items())
    ]


def _corrected(comparisons: Sequence[tuple[Sample, Sample]], minimum_n: int) -> list[float | None]:
    """The p of each first sample lying no lower than its second but by chance, as one family; None of too few."""
    import numpy as np
    from scipy import stats

    told = [at for at, sides in enumerate(comparisons) if min(side.n for side in sides) >= minimum_n]
    found: list[float | None] = [None] * len(comparisons)
    if told:
        own, both = [comparisons[at][0] for at in told], [comparisons[at][0] + comparisons[at][1] for at in told]
        hits = np.ceil([round(one.total, 6) for one in own])
        all_hits = np.maximum(hits, np.floor([round(one.total, 6) for one in both]))
        raw = stats.hypergeom.cdf(hits, [one.n for one in both], all_hits, [one.n for one in own])
        for at, p in zip(told, stats.false_discovery_control(np.minimum(raw, 1.0), method="bh"), strict=True):
            found[at] = float(p)
    return found


def _need(pair: _Pair, chances: tuple[float | None, float | None], minimum_n: int, worth: float) -> Need:
    gaps = difference(pair.now, pair.team), difference(pair.now, pair.past)
    is_low = [
        gap is not None and p is not None and p <= ALPHA and gap.value <= -worth
        for gap, p in zip(gaps, chances, strict=True)
    ]
    standing = (
        Standing.BELOW_TEAM if is_low[0]
        else Standing.FALLING if is_low[1]
        else Standing.CANNOT_TELL if chances == (None, None)
        else Standing.NOT_DIFFERENT
    )  # fmt: skip
    lacking = max(0, minimum_n - pair.now.n)
    return Need(pair.agent, pair.criterion, standing, pair.now, pair.team, pair.past, *gaps, lacking)


def _rank(need: Need) -> tuple[bool, bool, float, int, str]:
    """What is suggested first, what cannot be told last, in between by what there is to gain."""
    return (
        not need.is_suggested, need.standing is Standing.CANNOT_TELL, -need.gain, need.agent, need.criterion,
    )  # fmt: skip
