"""The metrics of satisfaction surveys: each with its formula, n and interval, weighted or not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from qa_app.core.errors import Invalid
from surveys.measures import LEAST_N, N_, Change
from surveys.weighting import effective_n

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ALPHA = 0.05
Z = float(stats.norm.ppf(1 - ALPHA / 2))
PROMOTERS_FROM, DETRACTORS_TO = 9, 6
NPS_ADDED = 3.0
"""Answers added before the interval of an NPS: a quarter promoters, a half passives, a quarter detractors."""
LEAST_ITEMS = 3
"""Fewer equal answers than this happen by themselves and make no straight-liner."""


class Kind(StrEnum):
    """How a metric is counted: as a share (0..1), as the mean of a scale, or as net points (-100..100)."""

    SHARE = "share"
    MEAN = "mean"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, declared once: its name, its formula in words, and whether more of it is better."""

    slug: str
    name: str
    formula: str
    more_is_better: bool
    kind: Kind = Kind.SHARE


METRICS = (
    Metric("csat", N_("Satisfied"),
           N_("the two best points of a 1-5 scale, or the three best of a 1-10 scale / all answers"), True),
    Metric("bottom_box", N_("Dissatisfied"),
           N_("the two worst points of a 1-5 scale, or the four worst of a 1-10 scale / all answers"), False),
    Metric("nps", N_("Net promoter score"),
           N_("share of promoters (9-10) less share of detractors (0-6), in points"), True, Kind.POINTS),
    Metric("ces", N_("Ease"),
           N_("mean answer on how easy it was to be helped, from 1 (hard) to 5 or 7 (easy)"), True, Kind.MEAN),
    Metric("solved", N_("Solved"), N_("customers who say that it is solved / all answers"), True),
    Metric("recovered", N_("Recovered"),
           N_("satisfied at the second callback / dissatisfied cases with a second callback"), True),
    Metric("response", N_("Response rate"), N_("answered surveys / surveys sent to customers"), True),
)  # fmt: skip
BETTER_BELOW = frozenset(metric.slug for metric in METRICS if not metric.more_is_better)


@dataclass(frozen=True, slots=True)
class Value:
    """A metric's value with its 95 % interval; None where nobody answered.

    `variance` is that of the value (its squared standard error) and `effective_n` Kish's, below n where answers are
    weighted; with the interval they are enough to compare two of them.
    """

    slug: str
    value: float | None
    low: float
    high: float
    n: int
    kind: Kind
    variance: float
    effective_n: float

    @property
    def is_small(self) -> bool:
        """Too few answers, or too unequally weighted ones, for a ranking or a comparison."""
        return self.effective_n < LEAST_N


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha with its 95 % interval and the n of respondents who answered every item; None without any."""

    value: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class InterviewerEffect:
    """An interviewer's mean score beside that of all others; `difference` has a 95 % interval, `p` is corrected.

    `p` is None where the interviewer or the others have fewer than LEAST_N answers: too few to say anything.
    """

    interviewer: str
    n: int
    mean: float
    rest_mean: float
    difference: float
    low: float
    high: float
    p: float | None

    @property
    def stands_out(self) -> bool:
        return self.p is not None and self.p <= ALPHA


def top_box(low: int, high: int) -> int:
    """The lowest point of a scale from `low` to `high` that counts as satisfied.

    The best one of 2-3 points, two of 4-7, three of 8 and more: 4-5 of 1-5, 6-7 of 1-7, 8-10 of 1-10 and of 0-10.
    """
    points = _points(low, high)
    return high + 1 - (1 if points < 4 else 2 if points < 8 else 3)  # noqa: PLR2004 - the rule above


def bottom_box(low: int, high: int) -> int:
    """The highest point of a scale from `low` to `high` that counts as dissatisfied: its lowest two fifths.

    1-2 of 1-5, 1-2 of 1-7, 1-4 of 1-10, rounded down, at least one. The rule is ours: it carries the usual two worst
    of five over to longer scales.
    """
    return low - 1 + max(1, 2 * _points(low, high) // 5)


def _points(low: int, high: int) -> int:
    if high <= low:
        raise Invalid("A scale from {low} to {high} has no two points; give the worst point first.", low=low, high=high)
    return high - low + 1


def share(slug: str, hits: int, n: int) -> Value:
    """A share (0..1) with its Wilson 95 % interval."""
    return _share(slug, hits / n if n else 0.0, n, float(n))


def weighted_share(slug: str, hits: Iterable[bool], weights: Iterable[float]) -> Value:
    """A weighted share (0..1) of one boolean and one weight a respondent, with the Wilson interval of Kish's n."""
    hit, weight = _answers(hits, weights)
    return _share(slug, _part(hit, weight), len(hit), effective_n(weight))


def nps(scores: Iterable[float | None]) -> Value:
    """The net promoter score of answers 0-10, in points: 100 x (share of 9-10 less share of 0-6).

    The 95 % interval is the adjusted Wald one with three answers added, 3/4 promoters, 3/2 passives and 3/4 detractors
    (Rocks, Interval Estimation for the Net Promoter Score, The American Statistician 70, 2016). Missing answers are
    left out.
    """
    return weighted_nps(*_answers(scores))


def weighted_nps(scores: Iterable[float | None], weights: Iterable[float]) -> Value:
    """The net promoter score of weighted answers 0-10, in points, with the interval of `nps` for Kish's n."""
    score, weight = _answers(scores, weights)
    if len(score) and not (score.min() >= 0 and score.max() <= 10):  # noqa: PLR2004 - the scale
        raise Invalid("Recommending is scored from 0 to 10; there are answers from {low} to {high}.",
                      low=score.min(), high=score.max())  # fmt: skip
    n = effective_n(weight)
    if n == 0:
        return Value("nps", None, -100.0, 100.0, 0, Kind.POINTS, np.inf, 0.0)
    promoters, detractors = _part(score >= PROMOTERS_FROM, weight), _part(score <= DETRACTORS_TO, weight)
    value, more = promoters - detractors, n + NPS_ADDED
    centre = value * n / more
    variance = ((promoters + detractors) * n / more + NPS_ADDED / 2 / more - centre**2) / more
    low, high = max(-1.0, centre - Z * variance**0.5), min(1.0, centre + Z * variance**0.5)
    return Value("nps", 100 * value, 100 * min(low, value), 100 * max(high, value), len(score), Kind.POINTS,
                 100**2 * variance, n)  # fmt: skip


def mean(slug: str, scores: Iterable[float | None]) -> Value:
    """The mean answer in points of its scale with its 95 % t interval (infinite below two answers).

    Missing answers are left out.
    """
    return weighted_mean(slug, *_answers(scores))


def weighted_mean(slug: str, scores: Iterable[float | None], weights: Iterable[float]) -> Value:
    """The weighted mean answer in points of its scale, with the t interval of Kish's n."""
    score, weight = _answers(scores, weights)
    n = effective_n(weight)
    if n <= 1:
        value = float(score[0]) if len(score) else None
        return Value(slug, value, -np.inf, np.inf, len(score), Kind.MEAN, np.inf, n)
    found = DescrStatsW(score, weight * (n / weight.sum()))
    low, high = found.tconfint_mean(ALPHA)
    return Value(slug, float(found.mean), float(low), float(high), len(score), Kind.MEAN, float(found.std_mean**2), n)


def change(now: Value, before: Value) -> Change | None:
    """How a metric moved between two samples of different customers; None where either has too few answers to say.

    Means by Welch's interval of their difference; shares by Newcombe's hybrid one, and net promoter scores by the same
    construction from their own intervals (Zou and Donner, Statistics in Medicine 27, 2008). The movement is real where
    the interval leaves out no change.
    """
    if now.kind != before.kind:
        raise Invalid("{now} and {before} are counted in different ways and cannot be compared.", now=now.slug,
                      before=before.slug)  # fmt: skip
    if now.is_small or before.is_small or now.value is None or before.value is None:
        return None
    low, high = _difference(now, before)
    return Change(now.value - before.value, low, high, is_real=not low <= 0 <= high)


def alpha(items: pd.DataFrame) -> Reliability:
    """Cronbach's alpha of one column an item: k/(k-1) x (1 - sum of the items' variances / variance of their sum).

    The 95 % interval is Feldt's. Respondents who left out an item are left out.
    """
    whole = items.dropna().astype(float)
    n, k = whole.shape
    total = float(whole.sum(axis=1).var()) if n > 1 and k > 1 else 0.0
    if not total:
        return Reliability(None, -np.inf, 1.0, n)
    value = k / (k - 1) * (1 - float(whole.var().sum()) / total)
    return Reliability(value, *_feldt(value, n, k), n)


def straight_liners(items: pd.DataFrame) -> pd.Series[bool]:
    """Respondents (the table's index) who gave one and the same answer to all of at least three items answered."""
    return (items.max(axis=1) == items.min(axis=1)) & (items.count(axis=1) >= LEAST_ITEMS)


def interviewer_effects(table: pd.DataFrame, interviewer: str, score: str) -> list[InterviewerEffect]:
    """Every interviewer's mean score against all others' (Mann-Whitney, Holm over interviewers; Welch's interval).

    `table` has one row an answer, with the columns named. The one who differs most is set aside before the others are
    looked at again, so that one interviewer does not make good ones of the rest; of two nobody can say which it is.
    The likeliest to differ come first, those too small to say last. Where nothing differs, the chance that anybody
    stands out is at most 5 %.
    """
    left = pd.DataFrame({"name": table[interviewer], "score": table[score]}).dropna()
    left = left.assign(name=left["name"].astype(str), score=left["score"].astype(float))
    found: list[InterviewerEffect] = []
    while len(set(left["name"])) > 1:
        effects = _against_others(left)
        if not effects[0].stands_out or len(effects) == 2:  # noqa: PLR2004 - either may be the one who differs
            return found + effects
        found.append(effects[0])
        left = left[left["name"] != effects[0].interviewer]
    return found


def ranked(values: Mapping[str, Value]) -> tuple[list[tuple[str, Value]], list[tuple[str, Value]]]:
    """Names with their values, the best first, and apart by name those with too few answers to be ranked.

    Less is better for the metrics that say so, more for every other slug.
    """
    large = [(name, one) for name, one in values.items() if not one.is_small]
    small = sorted((name, one) for name, one in values.items() if one.is_small)
    return sorted(large, key=_place), small


def _place(named: tuple[str, Value]) -> tuple[float, str]:
    name, one = named
    value = one.value or 0.0
    return value if one.slug in BETTER_BELOW else -value, name


def _answers(scores: Iterable[float | None], weights: Iterable[float] | None = None) -> tuple[Floats, Floats]:
    """Answers that were given and count for something, with their weights (1 where none are given)."""
    score = pd.Series(scores, dtype=float).to_numpy()
    weight = np.ones(len(score)) if weights is None else pd.Series(weights, dtype=float).to_numpy()
    if len(score) != len(weight) or not (weight >= 0).all():
        raise Invalid("Give one weight of 0 or more for each of the {n} answers.", n=len(score))
    kept = ~np.isnan(score) & (weight > 0)
    return score[kept], weight[kept]


def _part(hits: npt.NDArray[np.bool_] | Floats, weights: Floats) -> float:
    """The weighted share of hits."""
    return min(1.0, float(np.average(hits, weights=weights))) if len(hits) else 0.0


def _share(slug: str, value: float, n: int, effective: float) -> Value:
    """A share with its Wilson 95 % interval for an effective n."""
    if n == 0:
        return Value(slug, None, 0.0, 1.0, 0, Kind.SHARE, np.inf, 0.0)
    low, high = proportion_confint(value * effective, effective, ALPHA, "wilson")
    return Value(slug, value, min(float(low), value), max(float(high), value), n, Kind.SHARE,
                 value * (1 - value) / effective, effective)  # fmt: skip


def _difference(one: Value, other: Value) -> tuple[float, float]:
    """The 95 % interval of one value less the other: Welch's for means, else built of the two values' own intervals."""
    mine, theirs = one.value or 0.0, other.value or 0.0
    gap = mine - theirs
    if one.kind is not Kind.MEAN:
        return gap - math.hypot(mine - one.low, other.high - theirs), gap + math.hypot(
            one.high - mine, theirs - other.low
        )
    variance = one.variance + other.variance
    if variance == 0 or math.isinf(variance):
        return gap - variance, gap + variance
    freedom = variance**2 / sum(v.variance**2 / (v.effective_n - 1) for v in (one, other))
    half = float(stats.t.ppf(1 - ALPHA / 2, freedom)) * variance**0.5
    return gap - half, gap + half


def _feldt(value: float, n: int, k: int) -> tuple[float, float]:
    """The 95 % interval of an alpha of k items and n respondents (Feldt, Woodruff and Salih 1987, formulas 6 and 7)."""
    cuts = stats.f.ppf([1 - ALPHA / 2, ALPHA / 2], n - 1, (n - 1) * (k - 1))
    return 1 - (1 - value) * float(cuts[0]), 1 - (1 - value) * float(cuts[1])


def _against_others(answers: pd.DataFrame) -> list[InterviewerEffect]:
    """Each name's scores against all others', with p corrected by Holm, the likeliest to differ first."""
    names, scores = answers["name"].to_numpy(), answers["score"].to_numpy()
    pairs = {name: (scores[names == name], scores[names != name]) for name in sorted(set(names))}
    raw = {name: _mann_whitney(*pair) for name, pair in pairs.items() if min(map(len, pair)) >= LEAST_N}
    corrected = multipletests(list(raw.values()), ALPHA, "holm")[1].tolist() if raw else []
    p = dict(zip(raw, corrected, strict=True))
    found = [_effect(name, *pair, p.get(name)) for name, pair in pairs.items()]
    return sorted(found, key=lambda one: (one.p is None, raw.get(one.interviewer, 1.0), -abs(one.difference)))


def _mann_whitney(own: Floats, others: Floats) -> float:
    """The two-sided p of the Mann-Whitney test, corrected for ties; 1 where all answers are the same."""
    if np.ptp(np.concatenate([own, others])) == 0:
        return 1.0
    return float(stats.mannwhitneyu(own, others, method="asymptotic").pvalue)


def _effect(name: str, own: Floats, others: Floats, p: float | None) -> InterviewerEffect:
    mine, theirs = mean(name, own), mean(name, others)
    low, high = _difference(mine, theirs)
    own_mean, rest_mean = float(own.mean()), float(others.mean())
    return InterviewerEffect(name, len(own), own_mean, rest_mean, own_mean - rest_mean, low, high, p)
