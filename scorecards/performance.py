"""The performance sheet (绩效) of an agent: measures -> scores of parts -> one total with its interval -> a grade.

A sheet is made from tallies: how many values there were, their sum and the sum of their squares. The tallies of months
add up, so that a quarter comes from all its values and not from the mean of three means. Only evaluations drawn at
random may be tallied as quality; what a risk rule brought in would punish whoever has the harder calls.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.agreement import ALPHA, Estimate
from scorecards.sample_size import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

WHOLE = 100.0
DECIMALS = 2
ROUNDING = 1e-9


class Part(StrEnum):
    """The parts of a sheet."""

    QUALITY = "quality"
    SATISFACTION = "satisfaction"
    EFFICIENCY = "efficiency"
    COMPLIANCE = "compliance"
    MYSTERY = "mystery"


class Formula(StrEnum):
    """How a measure becomes a score of 0..100.

    mean: the mean of values of 0..100. share: hits / n x 100. at_most: 100 x target / mean, 100 where the mean is no
    more than the target. at_least: 100 x total a month / target, at most 100. deductions: 100 - points a month, not
    below 0. The last two are counts of what happened and have no sampling error.
    """

    MEAN = "mean"
    SHARE = "share"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    DEDUCTIONS = "deductions"


class SheetGrade(StrEnum):
    """优, 良, 合格, 不合格."""

    EXCELLENT = "excellent"
    GOOD = "good"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"


TARGETED = frozenset({Formula.AT_MOST, Formula.AT_LEAST})
_MONTHLY = frozenset({Formula.AT_LEAST, Formula.DEDUCTIONS})


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """One measure of a part: its weight in it (percent), formula, the n below which it is small, and its target.

    `points` are what one confirmed fatal error costs, for deductions only.
    """

    code: str
    weight: float
    formula: Formula
    least_n: int
    target: float | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class PartRule:
    """A part's weight in the total (percent) and its measures, whose weights sum to 100."""

    part: Part
    weight: float
    measures: tuple[MeasureRule, ...]


@dataclass(frozen=True, slots=True)
class PerformanceRules:
    """The parts, whose weights sum to 100, and from which total on each grade is given."""

    parts: tuple[PartRule, ...]
    grades: Mapping[SheetGrade, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """n values of so many months: their sum, the sum of their squares, and the ids of what they were taken from.

    For a share the values are 0 and 1; for deductions the points that each of n calls or checks cost. No values (n = 0)
    are no data, whatever the formula.
    """

    n: int
    total: float
    squares: float
    months: int = 1
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse sums that no n values have: n x squares is at least total x total (Cauchy and Schwarz)."""
        least = self.total * self.total
        if self.n < 0 or self.months < 1 or not self.n * self.squares >= least - ROUNDING * max(1.0, least):
            raise Invalid("{n} values of {months} months do not have the sum {total} and the sum of squares {squares}.",
                          n=self.n, months=self.months, total=self.total, squares=self.squares)  # fmt: skip

    @classmethod
    def of(cls, values: Sequence[float], sources: Iterable[str] = ()) -> Tally:
        """The tally of one month's values."""
        squares = math.fsum(value * value for value in values)
        return cls(len(values), math.fsum(values), squares, sources=tuple(sources))

    @classmethod
    def of_share(cls, hits: int, n: int, sources: Iterable[str] = ()) -> Tally:
        """The tally of one month's hits among n; for a count of calls all n are hits."""
        return cls(n, hits, hits, sources=tuple(sources))

    def __add__(self, other: Tally) -> Tally:
        sources = tuple(dict.fromkeys((*self.sources, *other.sources)))
        return Tally(self.n + other.n, self.total + other.total, self.squares + other.squares,
                     self.months + other.months, sources)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure on a sheet: its value in its own unit (mean, share 0..1, or amount a month), score and sources.

    `weight` is its weight in the part as it counted (percent): 0 and no score where there are no data.
    """

    measure: str
    formula: Formula
    n: int
    value: float | None
    target: float | None
    score: Estimate | None
    weight: float
    is_small: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartScore:
    """A part's score (0..100), its weight by the rules and as it counted (percent, 0 = left out), and its cells."""

    part: Part
    weight: float
    counted: float
    score: Estimate | None
    is_small: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of an agent for a month or quarter; total (0..100) and grade are None where there are no data at all.

    A sheet that `is_small` (one of its counted measures has too few values) is shown and enters no ranking;
    `grade_is_sure` says that the whole interval of the total has the same grade.
    """

    agent: int
    period: str
    parts: tuple[PartScore, ...]
    total: Estimate | None
    grade: SheetGrade | None
    grade_is_sure: bool

    @property
    def left_out(self) -> tuple[Part, ...]:
        """The parts without data, whose weight the others share in proportion."""
        return tuple(one.part for one in self.parts if one.score is None)

    @property
    def is_small(self) -> bool:
        return any(one.is_small for one in self.parts)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every measure, in the order of the rules."""
        return tuple(cell for one in self.parts for cell in one.cells)


def adjusted(tally: Tally, change: float) -> Tally:
    """A tally of values of 0..100 after its sum has changed, as if one value at its mean had: the mean stays in 0..100.

    Overturns of a month that is closed come into the next one like this, since the number of its values is its own.
    """
    if not tally.n:
        return tally
    total = min(max(tally.total + change, 0.0), WHOLE * tally.n)
    moved = total - tally.total
    squares = tally.squares + 2 * moved * tally.total / tally.n + moved * moved
    return Tally(tally.n, total, squares, tally.months, tally.sources)


def pooled(months: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """The tallies (by measure) of several months as one; a month without a measure does not count for it."""
    found: dict[str, list[Tally]] = defaultdict(list)
    for month in months:
        for code, tally in month.items():
            found[code].append(tally)
    return {code: sum(tallies[1:], start=tallies[0]) for code, tallies in found.items()}


def make_sheet(agent: int, period: str, tallies: Mapping[str, Tally], rules: PerformanceRules) -> Sheet:
    """The sheet of an agent from tallies by measure, those of a quarter `pooled` before.

    A measure or part without data is left out and its weight shared by the others in proportion. Raises Invalid for a
    measure that the rules do not know and for values that its formula cannot take.
    """
    known = {one.code for part in rules.parts for one in part.measures}
    if unknown := tallies.keys() - known:
        raise Invalid("There is no measure “{name}” of performance. Known are: {known}.", name=min(unknown),
                      known=", ".join(sorted(known)))  # fmt: skip
    cells = [_cells(rule.measures, tallies) for rule in rules.parts]
    scores = [weighted([(cell.weight, cell.score) for cell in of_part if cell.score]) for of_part in cells]
    counted = shared([rule.weight if score else 0.0 for rule, score in zip(rules.parts, scores, strict=True)])
    parts = tuple(
        PartScore(rule.part, rule.weight, weight, score, any(cell.is_small for cell in of_part), of_part)
        for rule, weight, score, of_part in zip(rules.parts, counted, scores, cells, strict=True)
    )
    total = weighted([(one.counted, one.score) for one in parts if one.score])
    grades = {grade_of(end, rules.grades) for end in (total.low, total.value, total.high)} if total else set()
    grade = grade_of(total.value, rules.grades) if total else None
    return Sheet(agent, period, parts, total, grade, len(grades) == 1)


def grade_of(total: float | None, grades: Mapping[SheetGrade, float]) -> SheetGrade:
    """The best grade whose least total is reached by the total as it is shown (two decimals)."""
    reached = [
        (least, grade) for grade, least in grades.items() if total is not None and round(total, DECIMALS) >= least
    ]
    return max(reached)[1] if reached else SheetGrade.UNQUALIFIED


def shared(weights: Sequence[float]) -> list[float]:
    """The weights brought to a sum of 100, 0 staying 0; all 0 where none counts."""
    total = math.fsum(weights)
    return [WHOLE * weight / total if total else 0.0 for weight in weights]


def weighted(scores: Sequence[tuple[float, Estimate]]) -> Estimate | None:
    """The weighted mean of independent scores with its 95 % interval; None of nothing.

    Distances from the values to their lower ends are added as squares, and so are those to their upper ends, each
    times its weight (square-and-add: Zou and Donner, Statistics in Medicine 27, 2008). A score without an interval may
    lie anywhere from 0 to 100.
    """
    total = math.fsum(weight for weight, _ in scores)
    if not total:
        return None
    value = math.fsum(weight * one.value for weight, one in scores) / total
    below = math.hypot(*(weight * (one.value - _low(one)) for weight, one in scores)) / total
    above = math.hypot(*(weight * (_high(one) - one.value) for weight, one in scores)) / total
    return Estimate(value, max(0.0, value - below), min(WHOLE, value + above))


def score(rule: MeasureRule, tally: Tally) -> Estimate:
    """A measure's score (0..100) with its 95 % interval, by its formula; Invalid for values that it cannot take.

    Means have Student's interval. Where all values are alike (or there is one) their spread says nothing: Wilson's
    interval of the score as a share takes its place, as for shares.
    """
    mean = tally.total / tally.n
    if rule.formula is Formula.SHARE:
        _refuse(rule, tally, fits=0 <= tally.total <= tally.n)
        return _as_share(WHOLE * mean, tally.n)
    if rule.formula is Formula.DEDUCTIONS:
        _refuse(rule, tally, fits=tally.total >= 0)
        return _exact(max(0.0, WHOLE - tally.total / tally.months))
    target = rule.target or WHOLE
    if rule.formula is Formula.AT_LEAST:
        _refuse(rule, tally, fits=tally.total >= 0)
        return _exact(min(WHOLE, WHOLE * tally.total / tally.months / target))
    if rule.formula is Formula.AT_MOST:
        _refuse(rule, tally, fits=tally.total >= 0)
        return _of_mean(tally, lambda one: WHOLE * target / max(one, target))
    _refuse(rule, tally, fits=0 <= mean <= WHOLE)
    return _of_mean(tally, lambda one: min(WHOLE, max(0.0, one)))


def _cells(rules: Sequence[MeasureRule], tallies: Mapping[str, Tally]) -> tuple[Cell, ...]:
    found = [(rule, tally if (tally := tallies.get(rule.code)) and tally.n else None) for rule in rules]
    weights = shared([rule.weight if tally else 0.0 for rule, tally in found])
    return tuple(_cell(rule, tally, weight) for (rule, tally), weight in zip(found, weights, strict=True))


def _cell(rule: MeasureRule, tally: Tally | None, weight: float) -> Cell:
    if tally is None:
        return Cell(rule.code, rule.formula, 0, None, rule.target, None, 0.0, is_small=False, sources=())
    value = tally.total / (tally.months if rule.formula in _MONTHLY else tally.n)
    return Cell(rule.code, rule.formula, tally.n, value, rule.target, score(rule, tally), weight,
                tally.n < rule.least_n, tally.sources)  # fmt: skip


def _of_mean(tally: Tally, to_score: Callable[[float], float]) -> Estimate:
    mean = tally.total / tally.n
    value = to_score(mean)
    spread = tally.squares - tally.total * mean
    if tally.n == 1 or spread <= ROUNDING * max(1.0, tally.squares):
        return _as_share(value, tally.n)
    from scipy import stats

    half = float(stats.t.ppf(1 - ALPHA / 2, tally.n - 1)) * math.sqrt(spread / (tally.n - 1) / tally.n)
    ends = sorted((to_score(mean - half), to_score(mean + half)))
    return Estimate(value, *ends)


def _as_share(value: float, n: int) -> Estimate:
    low, high = wilson(value / WHOLE, n)
    return Estimate(value, min(value, WHOLE * low), max(value, WHOLE * high))


def _exact(value: float) -> Estimate:
    return Estimate(value, value, value)


def _refuse(rule: MeasureRule, tally: Tally, *, fits: bool) -> None:
    if not fits:
        raise Invalid("{measure}: {n} values with the sum {total} do not fit the formula {formula}.", measure=rule.code,
                      n=tally.n, total=tally.total, formula=rule.formula)  # fmt: skip


def _low(one: Estimate) -> float:
    return 0.0 if one.low is None else one.low


def _high(one: Estimate) -> float:
    return WHOLE if one.high is None else one.high
