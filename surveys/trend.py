"""How shares, rates and means move over time: control charts, real changes, weekdays and slopes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from qa_app.core.errors import Invalid

ALPHA = 0.05
LEAST_N = 30  # points with fewer cases are shown and never signal by themselves
RUN, SIGMAS, SPREAD_OF_RANGE = 8, 3.0, 1.128  # d2 of two normal values: their mean distance in standard deviations
LEAST_PERIODS = 3  # on each side of a change: one odd period is no change
PERMUTATIONS = 1999
TINY = 1e-9  # differences of rounding

Floats = NDArray[np.float64]


class Kind(StrEnum):
    """The control chart: shares (hits, n), counts by exposure (count, exposure) or means (value)."""

    P = "p"
    U = "u"
    XMR = "xmr"


class Signal(StrEnum):
    """Which rule a point breaks."""

    BEYOND = "beyond_limits"
    RUN = "eight_on_one_side"


class Size(StrEnum):
    """How long a period is; its value is pandas' name of it."""

    DAY = "D"
    WEEK = "W-SUN"
    MONTH = "M"
    QUARTER = "Q"
    YEAR = "Y"


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a control chart; limits are None where one mean alone gives none.

    `is_small` below LEAST_N cases (p), complaints expected (u) or answers behind the mean (XmR, where n is given).
    """

    period: object
    value: float
    centre: float
    low: float | None
    high: float | None
    signal: Signal | None
    is_small: bool


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """From `date` on the level is `after` instead of `before`; `p` is corrected for all places looked at."""

    date: object
    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Slope:
    """By how much a share moves each period on average, with its 95 % interval."""

    per_period: float
    low: float
    high: float
    p: float

    @property
    def is_real(self) -> bool:
        return self.p <= ALPHA


def by_period(table: pd.DataFrame, when: str, hit: str, size: Size) -> pd.DataFrame:
    """Columns period (its first day), hits, n, one row a period, empty ones between with n 0; weeks begin on Monday.

    Rows without a time or an answer are left out. Times are counted by the clock they carry: convert to local first.
    """
    kept = table[table[when].notna() & table[hit].notna()]
    periods = pd.to_datetime(kept[when]).dt.tz_localize(None).dt.to_period(size.value)
    every = pd.period_range(periods.min(), periods.max(), freq=size.value) if len(kept) else pd.PeriodIndex([], size)
    counts = kept[hit].astype(int).groupby(periods).agg(hits="sum", n="size").reindex(every, fill_value=0)
    return counts.set_axis(every.to_timestamp(how="start")).rename_axis("period").reset_index()


def in_period(table: pd.DataFrame, when: str, start: object, size: Size) -> pd.DataFrame:
    """The rows of `table` whose time lies in the period that begins on `start`, as `by_period` counts them."""
    periods = pd.to_datetime(table[when]).dt.tz_localize(None).dt.to_period(size.value)
    return table[periods == pd.Timestamp(str(start)).to_period(size.value)]


def chosen_kind(table: pd.DataFrame) -> Kind:
    """The chart that fits the columns; Invalid where none does."""
    for kind, needed in {Kind.P: {"hits", "n"}, Kind.U: {"count", "exposure"}, Kind.XMR: {"value"}}.items():
        if needed <= set(table.columns):
            return kind
    raise Invalid("A control chart needs the columns hits and n, count and exposure, or value.")


def control_chart(table: pd.DataFrame, period: str = "period", kind: Kind | None = None) -> list[Point]:
    """A Shewhart chart with limits at 3 standard deviations, one point a row in the order of `period`.

    p and u charts widen their limits by the spread of the points' z values where it exceeds chance (Laney 2002,
    "Improved control charts for attributes", Quality Engineering 14: p', u'); XmR: mean +- 2.66 mean moving ranges
    (Wheeler). A point signals beyond the limits, or from the eighth on in a row on one side of the centre (Western
    Electric 1956). Rows without cases or exposure are left out; those that are small never signal beyond the limits.
    """
    chosen = kind or chosen_kind(table)
    ordered = table.sort_values(period)
    line = _means(ordered) if chosen is Kind.XMR else _attributes(ordered, chosen)
    value, centre, far = line["value"].to_numpy(), line["centre"].to_numpy(), SIGMAS * line["sigma"].to_numpy()
    low, high = np.maximum(centre - far, line["floor"].to_numpy()), np.minimum(centre + far, line["ceiling"].to_numpy())
    beyond = ((value < low - TINY) | (value > high + TINY)) & ~line["is_small"].to_numpy()
    runs = _lengths_of_runs(np.sign(np.where(np.abs(value - centre) > TINY, value - centre, 0)))
    return [
        Point(
            when, float(value[at]), float(centre[at]),
            None if np.isnan(far[at]) else float(low[at]), None if np.isnan(far[at]) else float(high[at]),
            Signal.BEYOND if beyond[at] else Signal.RUN if runs[at] >= RUN else None, bool(line["is_small"].iloc[at]),
        )
        for at, when in enumerate(ordered[period].loc[line.index])
    ]  # fmt: skip


def _means(ordered: pd.DataFrame) -> pd.DataFrame:
    """Columns value, centre, sigma, is_small, floor, ceiling of an XmR chart; sigma is not a number for one value."""
    kept = ordered[ordered["value"].notna()]
    value = kept["value"].astype(float)
    return pd.DataFrame({
        "value": value, "centre": value.mean(), "sigma": _spread_of_neighbours(value.to_numpy(float)),
        "is_small": kept["n"] < LEAST_N if "n" in kept else False, "floor": -np.inf, "ceiling": np.inf,
    })  # fmt: skip


def _attributes(ordered: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """The same of shares or rates: binomial or Poisson, widened by Laney's sigma of z where it exceeds 1."""
    is_share = kind is Kind.P
    over, under = ("hits", "n") if is_share else ("count", "exposure")
    kept = ordered[ordered[under] > 0]
    value, size = kept[over] / kept[under], kept[under].to_numpy(float)
    centre = kept[over].sum() / max(size.sum(), TINY)
    sigma = np.sqrt(centre * (1 - centre if is_share else 1) / size)
    z = np.divide(value.to_numpy(float) - centre, sigma, out=np.zeros(len(kept)), where=sigma > 0)
    return pd.DataFrame({
        "value": value, "centre": centre, "sigma": sigma * np.fmax(1.0, _spread_of_neighbours(z)),
        "is_small": size * (1 if is_share else centre) < LEAST_N, "floor": 0.0, "ceiling": 1.0 if is_share else np.inf,
    })  # fmt: skip


def _spread_of_neighbours(values: NDArray[np.floating]) -> float:
    """The standard deviation from the mean distance of neighbours (moving range / d2); not a number for one value."""
    return float(np.abs(np.diff(values)).mean() / SPREAD_OF_RANGE) if len(values) > 1 else np.nan


def _lengths_of_runs(side: Floats) -> list[int]:
    """How many points in a row, up to each, lie on its side; 0 on the centre itself."""
    stretch = np.cumsum(np.diff(side, prepend=np.nan) != 0)
    return pd.Series(side).groupby(stretch).cumcount().add(1).where(side != 0, 0).tolist()


def change_points(table: pd.DataFrame, period: str = "period", seed: int = 0) -> list[ChangePoint]:
    """Where shares (hits, n) or means (value, and n as weight if given) really changed, in the order of time.

    Binary segmentation (Scott and Knott 1974): the split of the greatest likelihood ratio is kept when at most 5 % of
    random orders of the same periods split so well anywhere; each half of a kept split is searched at half the level,
    so that the chance of any false change is at most 5 %. Assumes that quiet periods could stand in any order: take
    out weekdays or seasons first (whole weeks or years). The 95 % interval of the difference (Newcombe's with the
    counts divided by Pearson's dispersion; of means Student's) does not know that the place was searched for.
    """
    if (kind := chosen_kind(table)) is Kind.U:
        raise Invalid("Changes are looked for in shares (hits, n) or means (value).")
    n = table["n"].astype(float) if "n" in table else pd.Series(1.0, table.index)
    amount = table["hits"].astype(float) if kind is Kind.P else table["value"] * n
    ordered = pd.DataFrame({"period": table[period], "amount": amount, "n": n}).sort_values("period")
    kept = ordered[(ordered["n"] > 0) & ordered["amount"].notna()]
    amounts, sizes, periods = kept["amount"].to_numpy(float), kept["n"].to_numpy(float), kept["period"].tolist()
    splits = sorted(_splits(amounts, sizes, kind is Kind.P, np.random.default_rng(seed)))
    edges = [0, *(at for at, _ in splits), len(sizes)]
    return [
        ChangePoint(periods[at], *_difference(amounts[start:end], sizes[start:end], at - start, kind is Kind.P), p)
        for (at, p), start, end in zip(splits, edges, edges[2:], strict=False)
    ]


def _splits(
    amounts: Floats, sizes: Floats, is_share: bool, rng: np.random.Generator, start: int = 0, share: float = 1.0
) -> list[tuple[int, float]]:
    """The kept splits of a stretch as (first period after it, corrected p); `share` is the part of ALPHA left to it."""
    if len(sizes) < 2 * LEAST_PERIODS:
        return []
    gains = _gains(amounts[None], sizes[None], is_share)[0]
    orders = rng.permuted(np.tile(np.arange(len(sizes)), (PERMUTATIONS, 1)), axis=1)
    by_chance = _gains(amounts[orders], sizes[orders], is_share).max(axis=1)
    p = (1 + int((by_chance >= gains.max() - TINY).sum())) / (1 + PERMUTATIONS) / share
    if p > ALPHA:
        return []
    at = LEAST_PERIODS + int(gains.argmax())
    return [
        (start + at, p),
        *_splits(amounts[:at], sizes[:at], is_share, rng, start, share / 2),
        *_splits(amounts[at:], sizes[at:], is_share, rng, start + at, share / 2),
    ]


def _gains(amounts: Floats, sizes: Floats, is_share: bool) -> Floats:
    """(orders, splits) how much likelier two levels make each order: binomial, or the squares between of means."""
    before, n_before = (np.cumsum(one, axis=1)[:, LEAST_PERIODS - 1 : -LEAST_PERIODS] for one in (amounts, sizes))
    total, n = (one.sum(axis=1, keepdims=True) for one in (amounts, sizes))
    after, n_after = total - before, n - n_before
    if is_share:
        return _likelihood(before, n_before) + _likelihood(after, n_after) - _likelihood(total, n)
    return np.asarray(before**2 / n_before + after**2 / n_after - total**2 / n)


def _likelihood(hits: Floats, n: Floats) -> Floats:
    """The binomial log-likelihood at its best share, without its constant."""
    return np.asarray(special.xlogy(hits, hits / n) + special.xlogy(n - hits, 1 - hits / n))


def _difference(amounts: Floats, sizes: Floats, at: int, is_share: bool) -> tuple[float, float, float, float, float]:
    """The levels before and after, their difference and its 95 % interval."""
    sums = np.array([[one[:at].sum(), one[at:].sum()] for one in (amounts, sizes)])
    before, after = (sums[0] / sums[1]).tolist()
    level, freedom = np.repeat([before, after], [at, len(sizes) - at]), len(sizes) - 2
    if is_share:
        (x1, x2), (n1, n2) = sums / _dispersion(amounts, sizes, level, freedom)
        low, high = confint_proportions_2indep(x2, n2, x1, n1, method="newcomb", compare="diff", alpha=ALPHA)
        return before, after, after - before, float(low), float(high)
    spread = (sizes * (amounts / sizes - level) ** 2).sum() / freedom
    half = float(stats.t.ppf(1 - ALPHA / 2, freedom) * np.sqrt(spread * (1 / sums[1]).sum()))
    return before, after, after - before, after - before - half, after - before + half


def _dispersion(hits: Floats, n: Floats, share: Floats, freedom: int) -> float:
    """Pearson's chi-square about the expected shares over its degrees of freedom, at least 1 (chance alone)."""
    expected = n * share * (1 - share)
    squares = np.divide((hits - n * share) ** 2, expected, out=np.zeros(len(n)), where=expected > 0)
    return max(1.0, float(squares.sum()) / freedom)


def weekday_season(table: pd.DataFrame, period: str = "period") -> tuple[pd.DataFrame, float | None]:
    """Columns weekday (0 = Monday), hits, n, share, low, high (Wilson 95 %) of daily rows (period, hits, n), and one p.

    The p is that of a chi-square test whether weekdays differ at all.
    The statistic is divided by Pearson's dispersion of days within their weekday where that exceeds 1. p is None where
    fewer than two weekdays have cases, or all answers are alike.
    """
    kept = table[table["n"] > 0]
    weekday = pd.to_datetime(kept[period]).dt.day_of_week
    sums = kept[["hits", "n"]].groupby(weekday).sum()
    hits, n = sums.to_numpy(int).T
    low, high = proportion_confint(hits, n, ALPHA, "wilson") if len(n) else ((), ())
    days = sums.assign(share=hits / n, low=low, high=high).rename_axis("weekday").reset_index()
    if len(n) <= 1 or hits.sum() in (0, n.sum()):
        return days, None
    statistic = stats.chi2_contingency([hits, n - hits], correction=False).statistic
    level = (hits / n)[np.searchsorted(sums.index, weekday)]
    part, whole = kept["hits"].to_numpy(float), kept["n"].to_numpy(float)
    dispersion = _dispersion(part, whole, level, max(1, len(kept) - len(n)))
    return days, float(stats.chi2.sf(statistic / dispersion, len(n) - 1))


def slope(table: pd.DataFrame, period: str = "period") -> Slope | None:
    """The trend of shares (hits, n), one row a period without gaps; None below three periods or where no share varies.

    Quasi-binomial logistic regression on the period's number (McCullagh and Nelder 1989), errors scaled by Pearson's
    dispersion above 1, Student's t with periods - 2 degrees; the slope of the share is averaged over all cases.
    """
    ordered = table.sort_values(period)
    n = ordered["n"].to_numpy(float)
    number = np.flatnonzero(n > 0).astype(float)
    hits, n = ordered["hits"].to_numpy(float)[n > 0], n[n > 0]
    if len(n) < LEAST_PERIODS or hits.sum() in (0, n.sum()):
        return None
    design = np.column_stack([np.ones(len(n)), number - number.mean()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # a share that follows the line exactly is no fault
        fitted = sm.GLM(np.column_stack([hits, n - hits]), design, family=sm.families.Binomial()).fit()
    spread = float(fitted.bse[1] * np.sqrt(_dispersion(hits, n, fitted.fittedvalues, len(n) - 2)))
    centre, far = float(fitted.params[1]), float(stats.t.ppf(1 - ALPHA / 2, len(n) - 2)) * spread
    steep = float(np.average(fitted.fittedvalues * (1 - fitted.fittedvalues), weights=n))
    p = 2 * stats.t.sf(abs(centre) / spread, len(n) - 2)
    return Slope(centre * steep, (centre - far) * steep, (centre + far) * steep, float(p))
