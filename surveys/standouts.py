"""What stands out among complaints, and no more than chance allows: groups, days, periods.

Every finder is one family of exact tests, corrected by Holm (or Bonferroni where most tests cannot be significant), so
that where nothing differs the chance of any false alarm is at most `alpha`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

ALPHA = 0.05
LEAST_N = 30
"""Groups with fewer cases are listed and never ranked."""


@dataclass(frozen=True, slots=True)
class Standout:
    """A group's share of hits with its Wilson 95 % interval beside that of all others; `p` is corrected.

    `p` is None for a group of fewer than LEAST_N cases: too few to say anything.
    """

    group: str
    hits: int
    n: int
    share: float
    low: float
    high: float
    rest_share: float
    p: float | None

    @property
    def stands_out(self) -> bool:
        return self.p is not None and self.p <= ALPHA


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A value and a class that come together more often than apart they would."""

    value: str
    class_code: str
    hits: int
    n: int
    expected: float
    p: float


@dataclass(frozen=True, slots=True)
class Burst:
    """A day on which a place had more complaints of a class than its own days and that day's volume explain."""

    day: date
    place: str
    class_code: str
    count: int
    expected: float
    p: float


@dataclass(frozen=True, slots=True)
class ChangedPeriod:
    """A period whose share differs from that of all others; `p` is corrected."""

    period: str
    hits: int
    n: int
    share: float
    rest_share: float
    p: float


def standouts(table: pd.DataFrame, group: str, hit: str) -> list[Standout]:
    """Every group against all others: the chance of so many hits or more (hypergeometric, as Fisher's exact test).

    `hit` is a boolean column. The likeliest to differ come first; groups too small to say anything come last.
    """
    if table.empty:
        return []
    counts = table.groupby(group, sort=True)[hit].agg(["sum", "size"])
    hits, n = counts["sum"].to_numpy(int), counts["size"].to_numpy(int)
    total, all_hits = int(n.sum()), int(hits.sum())
    large = n >= LEAST_N
    p: list[float | None] = [None] * len(n)
    if large.any():
        raw = stats.hypergeom.sf(hits[large] - 1, total, all_hits, n[large])
        for place, value in zip(np.flatnonzero(large), multipletests(raw, ALPHA, "holm")[1], strict=True):
            p[place] = float(value)
    low, high = proportion_confint(hits, n, ALPHA, "wilson")
    found = [
        Standout(
            str(name), int(hits[at]), int(n[at]), float(hits[at] / n[at]), float(low[at]), float(high[at]),
            float((all_hits - hits[at]) / max(1, total - n[at])), p[at],
        )
        for at, name in enumerate(counts.index)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.p is None, one.p if one.p is not None else 1.0, -one.share))


def hot_spots(table: pd.DataFrame, by: str, classes: str = "class_code") -> list[HotSpot]:
    """Pairs of a value (place, product, campaign) and a class that come together too often, the strongest first.

    One family over every pair; empty values are left out.
    """
    kept = table[(table[by] != "") & (table[classes] != "")]
    if kept.empty:
        return []
    pairs = pd.crosstab(kept[by], kept[classes])
    counts = pairs.to_numpy(int)
    rows, columns, total = counts.sum(1, keepdims=True), counts.sum(0, keepdims=True), counts.sum()
    raw = stats.hypergeom.sf(counts - 1, total, columns, rows)
    p = multipletests(raw.ravel(), ALPHA, "holm")[1].reshape(raw.shape)
    found = [
        HotSpot(
            str(pairs.index[row]), str(pairs.columns[column]), int(counts[row, column]), int(rows[row, 0]),
            float(rows[row, 0] * columns[0, column] / total), float(p[row, column]),
        )
        for row, column in zip(*np.nonzero(p <= ALPHA), strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.p, -one.hits / one.expected))


def bursts(table: pd.DataFrame, alpha: float = ALPHA) -> list[Burst]:
    """Days on which a place has too many complaints of a class.

    Given how many a place and class had in all, those of one day are binomial with the day's share of all complaints
    as chance (the exact comparison of Poisson counts). Bonferroni over every place, class and day.
    """
    kept = table[(table["place"] != "") & (table["class_code"] != "")]
    if kept.empty:
        return []
    by_day = kept.groupby("day").size()
    cells = kept.groupby(["place", "class_code"]).size()
    seen = kept.groupby(["place", "class_code", "day"]).size().rename("count").reset_index()
    in_all = cells.loc[pd.MultiIndex.from_frame(seen[["place", "class_code"]])].to_numpy()
    share = by_day.loc[seen["day"]].to_numpy() / len(kept)
    family = len(cells) * len(by_day)
    p = np.minimum(1.0, stats.binom.sf(seen["count"].to_numpy() - 1, in_all, share) * family)
    found = seen.assign(p=p, expected=in_all * share)[p <= alpha].sort_values("p")
    columns = ("day", "place", "class_code", "count", "expected", "p")
    return [
        Burst(pd.Timestamp(day).date(), str(place), str(code), int(count), float(expected), float(chance))
        for day, place, code, count, expected, chance in zip(*(found[name] for name in columns), strict=True)
    ]


def changed_periods(table: pd.DataFrame, period: str, hit: str) -> list[ChangedPeriod]:
    """Periods whose share of hits differs from that of all others either way (Fisher's exact test, Holm).

    The strongest is set aside before the others are looked at again, so that one bad period does not make good ones of
    the rest.
    """
    counts = table.groupby(period, sort=True)[hit].agg(["sum", "size"])
    left = counts[counts["size"] >= LEAST_N]
    found: list[ChangedPeriod] = []
    while (one := _most_changed(left)) is not None:
        found.append(one)
        left = left.drop(index=one.period)
    return found


def _most_changed(counts: pd.DataFrame) -> ChangedPeriod | None:
    """The period that differs most from the others, if any does."""
    hits, n = counts["sum"].to_numpy(int), counts["size"].to_numpy(int)
    total, all_hits = int(n.sum()), int(hits.sum())
    if len(counts) < 2:  # noqa: PLR2004 - there are no others
        return None
    rest_hits, rest_n = all_hits - hits, total - n
    raw = [
        stats.fisher_exact([[hits[at], n[at] - hits[at]], [rest_hits[at], rest_n[at] - rest_hits[at]]])[1]
        for at in range(len(n))
    ]
    p = multipletests(raw, ALPHA, "holm")[1]
    at = int(np.argmin(p))
    if p[at] > ALPHA:
        return None
    name, share, rest = str(counts.index[at]), float(hits[at] / n[at]), float(rest_hits[at] / rest_n[at])
    return ChangedPeriod(name, int(hits[at]), int(n[at]), share, rest, float(p[at]))
