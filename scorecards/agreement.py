"""How far two judges agree: every figure with its n and its 95 % interval, and never one figure alone.

A judge's abstention (None) lowers the coverage and is left out of the rest. What cannot be told (nothing judged, one
class only) is None, not 0 or 1; so is an interval that the calls at hand cannot give.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Z = 1.959963984540054  # the 97.5 % point of the normal distribution
ALPHA = 0.05
RESAMPLES = 1000
MOST_AT_ONCE = 500_000  # numbers in memory
SEED = 20_261_122
FEWEST_PAIRED = 2  # one call agreed on says nothing beyond chance
FEWEST_RANKED = 3  # any two points lie on a line
ZERO_VARIANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval; without an interval where the calls at hand cannot give one."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """As tables show it: 0.62 (0.51 to 0.73)."""
        if self.low is None or self.high is None:
            return f"{self.value:.2f} (no interval)"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two judges beside each other; `n` calls judged by the first, `answered` of them by the second too.

    `prevalence` is the share of each class among the n. Verdicts have raw, kappa and ac1 (and auc where a probability
    is known); numbers have spearman and mae (and auc of lying below a limit).
    """

    n: int
    answered: int
    coverage: Estimate | None
    prevalence: dict[str, Estimate] = field(default_factory=dict)
    raw: Estimate | None = None
    kappa: Estimate | None = None
    ac1: Estimate | None = None
    auc: Estimate | None = None
    spearman: Estimate | None = None
    mae: Estimate | None = None


def verdict_agreement(
    people: Sequence[str],
    machine: Sequence[str | None],
    *,
    categories: Sequence[str] = (),
    positive: str | None = None,
    scores: Sequence[float | None] | None = None,
    seed: int = SEED,
) -> Agreement:
    """Agreement on classes; `categories` names those that could have been given (default: those that were).

    `scores` are the machine's probabilities of the class `positive`, for every call; they give the auc.
    """
    pairs = [(one, other) for one, other in zip(people, machine, strict=True) if other is not None]
    table = contingency(pairs, categories)
    counts = Counter(people)
    auc = None
    if positive is not None and scores is not None:
        ranked = [(one == positive, score) for one, score in zip(people, scores, strict=True) if score is not None]
        auc = area_under_curve([is_one for is_one, _ in ranked], [score for _, score in ranked], seed=seed)
    return Agreement(
        n=len(people),
        answered=len(pairs),
        coverage=proportion(len(pairs), len(people)),
        prevalence={one: share for one in sorted(counts) if (share := proportion(counts[one], len(people)))},
        raw=proportion(sum(one == other for one, other in pairs), len(pairs)),
        kappa=cohens_kappa(table),
        ac1=gwets_ac1(table),
        auc=auc,
    )


def number_agreement(
    people: Sequence[float],
    machine: Sequence[float | None],
    *,
    below: float | None = None,
    seed: int = SEED,
) -> Agreement:
    """Agreement on numbers: Spearman's rho, mean absolute error, and the auc of people's number lying below a limit."""
    pairs = [(one, other) for one, other in zip(people, machine, strict=True) if other is not None]
    theirs = np.array([one for one, _ in pairs], dtype=float)
    ours = np.array([other for _, other in pairs], dtype=float)
    low = sum(one < below for one in people) if below is not None else 0
    share = proportion(low, len(people))
    return Agreement(
        n=len(people),
        answered=len(pairs),
        coverage=proportion(len(pairs), len(people)),
        prevalence={f"below {below:g}": share} if below is not None and share is not None else {},
        auc=None if below is None else area_under_curve((theirs < below).tolist(), (-ours).tolist(), seed=seed),
        spearman=spearman(theirs, ours, seed=seed),
        mae=mean_absolute_error(theirs, ours, seed=seed),
    )


def agreement_to_dict(found: Agreement) -> dict[str, object]:
    """As JSON: each figure as value, low and high, null where it cannot be told; figures of the other kind too."""
    figures = ("raw", "kappa", "ac1", "auc", "spearman", "mae")
    return {
        "n": found.n,
        "answered": found.answered,
        "coverage": _to_dict(found.coverage),
        "prevalence": {name: _to_dict(share) for name, share in found.prevalence.items()},
        **{name: _to_dict(getattr(found, name)) for name in figures},
    }


def _to_dict(estimate: Estimate | None) -> dict[str, float | None] | None:
    return None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def proportion(count: float, n: int) -> Estimate | None:
    """The share count / n with Wilson's interval (Wilson 1927); None of nothing."""
    if n == 0:
        return None
    share, spread = count / n, Z * Z / n
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def contingency(pairs: Sequence[tuple[str, str]], categories: Sequence[str] = ()) -> Numbers:
    """(q, q) counts: rows the first judge's class, columns the second's."""
    named = sorted({*categories, *(one for pair in pairs for one in pair)})
    place = {name: at for at, name in enumerate(named)}
    table = np.zeros((len(named), len(named)))
    for one, other in pairs:
        table[place[one], place[other]] += 1
    return table


def cohens_kappa(table: Numbers) -> Estimate | None:
    """(po - pe) / (1 - pe), pe = sum of the products of both judges' shares (Cohen 1960).

    Interval: asymptotic variance of Fleiss, Cohen and Everitt 1969, in which a call in cell (k, l) weighs
    [k = l] - (1 - kappa)(column share of k + row share of l).
    """
    if table.sum() < FEWEST_PAIRED:
        return None
    share = table / table.sum()
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    return _beyond_chance(table, float(rows @ columns), columns[:, None] + rows[None, :])


def gwets_ac1(table: Numbers) -> Estimate | None:
    """(po - pe) / (1 - pe), pe = sum of pi (1 - pi) / (q - 1), pi the mean share of a class (Gwet 2008).

    Interval: Gwet's variance for two judges, in which a call in cell (k, l) weighs
    [k = l] - (1 - AC1)(1 - pi_k - pi_l) / (q - 1).
    """
    q = len(table)
    if table.sum() < FEWEST_PAIRED or q < 2:  # noqa: PLR2004 - one class only: nothing could have been disagreed on
        return None
    share = table / table.sum()
    pi = (share.sum(axis=0) + share.sum(axis=1)) / 2
    return _beyond_chance(table, float(pi @ (1 - pi)) / (q - 1), (1 - pi[:, None] - pi[None, :]) / (q - 1))


def _beyond_chance(table: Numbers, expected: float, slope: Numbers) -> Estimate | None:
    """(po - pe) / (1 - pe) with its normal interval; `slope` is how pe changes with each cell's share.

    Where all calls weigh alike (all agreed on) the variance of 0 says nothing: Wilson's interval of po takes its place.
    """
    if 1 - expected < ZERO_VARIANCE:
        return None
    n, agreed = int(table.sum()), int(np.trace(table))
    value = (agreed / n - expected) / (1 - expected)
    weight = np.eye(len(table)) - (1 - value) * slope
    mean = float((table * weight).sum()) / n
    variance = float((table * (weight - mean) ** 2).sum()) / n**2 / (1 - expected) ** 2
    low, high = value - Z * math.sqrt(variance), value + Z * math.sqrt(variance)
    raw = proportion(agreed, n)
    if variance < ZERO_VARIANCE and raw is not None and raw.low is not None and raw.high is not None:
        low, high = (raw.low - expected) / (1 - expected), (raw.high - expected) / (1 - expected)
    return Estimate(value, max(low, -1.0), min(high, 1.0))


def area_under_curve(positive: Sequence[bool], scores: Sequence[float], *, seed: int = SEED) -> Estimate | None:
    """How often a positive call has the higher score than a negative one, ties half (Mann and Whitney 1947)."""
    truth, ranked = np.array(positive, dtype=bool), np.array(scores, dtype=float)
    return _with_interval(lambda rows: _auc(truth[rows], ranked[rows]), len(truth), seed)


def spearman(one: Sequence[float] | Numbers, other: Sequence[float] | Numbers, *, seed: int = SEED) -> Estimate | None:
    """Correlation of the ranks, ties at their mean rank; None below 3 calls or where one side never changes."""
    first, second = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if len(first) < FEWEST_RANKED:
        return None
    return _with_interval(lambda rows: _rank_correlation(first[rows], second[rows]), len(first), seed)


def mean_absolute_error(
    one: Sequence[float] | Numbers, other: Sequence[float] | Numbers, *, seed: int = SEED
) -> Estimate | None:
    """Mean distance, in the numbers' own unit; None of nothing."""
    gaps = np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float))
    return _with_interval(lambda rows: gaps[rows].mean(axis=1), len(gaps), seed)


def _auc(positive: NDArray[np.bool_], scores: Numbers) -> Numbers:
    """(draws,) areas of (draws, n) calls, NaN where one class is missing."""
    from scipy.stats import rankdata

    ones = positive.sum(axis=1).astype(float)
    pairs = ones * (positive.shape[1] - ones)
    above = (rankdata(scores, axis=1) * positive).sum(axis=1) - ones * (ones + 1) / 2
    return np.where(pairs > 0, above / np.maximum(pairs, 1), np.nan)


def _rank_correlation(one: Numbers, other: Numbers) -> Numbers:
    """(draws,) correlations of (draws, n) calls, NaN where one side never changes."""
    from scipy.stats import rankdata

    middle = (one.shape[1] + 1) / 2
    first, second = rankdata(one, axis=1) - middle, rankdata(other, axis=1) - middle
    spread = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    found = np.clip((first * second).sum(axis=1) / np.where(spread > 0, spread, 1), -1, 1)
    return np.where(spread > 0, found, np.nan)


def _with_interval(figure: Callable[[NDArray[np.intp]], Numbers], n: int, seed: int) -> Estimate | None:
    """A figure of the calls with the percentile bootstrap over them (Efron 1979): 1,000 draws, the same for a seed.

    Draws that give no figure are left out; where all draws are alike the interval would be a feigned certainty.
    """
    if not n:
        return None
    value = float(figure(np.arange(n)[None])[0])
    if math.isnan(value):
        return None
    random = np.random.default_rng(seed)
    at_once = max(1, MOST_AT_ONCE // n)
    sizes = [min(at_once, RESAMPLES - start) for start in range(0, RESAMPLES, at_once)]
    drawn = np.concatenate([figure(random.integers(0, n, (size, n))) for size in sizes])
    found = drawn[~np.isnan(drawn)]
    if len(found) < RESAMPLES / 2 or found.max() - found.min() < ZERO_VARIANCE:
        return Estimate(value)
    low, high = np.quantile(found, [ALPHA / 2, 1 - ALPHA / 2])
    return Estimate(value, float(min(low, value)), float(max(high, value)))
