"""Did a coaching help: beyond what agents change by themselves, and beyond what a bad spell mends of itself.

Agents are coached because their calls came out badly; partly that was bad luck, which does not come twice. Before and
after alone, and before and after beside the others, would praise a coaching that did nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from qa_app.core.errors import Invalid
from scorecards.agreement import ALPHA, Estimate
from scorecards.coaching import WINDOW_DAYS, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

POWER = 0.8
LEAST_CALLS = 10
"""Calls in either window below which an agent is left out."""
LEAST_COMPARABLE = 5
"""Uncoached agents below which nobody can say how agents change by themselves."""
CARRY, CARRY_SD = 0.85, 0.2
"""How much of an agent's distance from the others lasts from one window to the next, as far as known beforehand."""
TAIL_DF = 2.0
"""Degrees of freedom of the skills' t distribution: its long tails let a truly weak agent be as weak as it looks."""
LOGITS = np.linspace(-6, 6, 241)  # skills that are weighed, as log odds
SPREADS = np.linspace(0.02, 1.5, 16)  # scales of the skills' distribution, as log odds
LEAST_DISPERSION = 0.05
MOST_TIMES = 1000.0  # so many times the calls are as good as any number


class Help(StrEnum):
    """What can be said of a coaching."""

    HELPED = "helped"
    NO_EFFECT_SEEN = "no_effect_seen"
    GOT_WORSE = "got_worse"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Side:
    """How many agents were compared, and their calls in the windows before and after."""

    agents: int
    calls_before: int
    calls_after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a coaching brought in points of share (0.1 = 10 percentage points), with its 95 % interval.

    The coached agents' `rise` = `effect` + `by_themselves` (the rise of the uncoached) + `regression_to_mean` (what
    agents picked in a bad spell rise by beyond that when nobody does anything). `smallest_seen` would be found with
    80 % power by calls like these. So many `more_calls` of the coached at least, in both windows as now, with as many
    times more of the uncoached, would show the smallest effect worth seeing; None = no number would: agents change by
    more of themselves, or too few uncoached have enough calls. `left_out` are agents with too few calls.
    """

    verdict: Help
    effect: Estimate | None
    coached: Side
    comparable: Side
    left_out: tuple[int, ...]
    more_calls: int | None
    rise: float | None = None
    by_themselves: float | None = None
    regression_to_mean: float | None = None
    smallest_seen: float | None = None


@dataclass(frozen=True, slots=True)
class _Window:
    """An agent's calls of a window: their weighted mean, its variance per call, and Kish's effective n."""

    n: int
    mean: float
    variance: float
    effective_n: float


_Windows = tuple[_Window, _Window]  # before, after


def did_it_help(
    coached: Iterable[Point],
    coached_on: Mapping[int, date],
    comparable: Iterable[Point],
    *,
    window_days: int = WINDOW_DAYS,
    worth: float = 0.1,
) -> Effect:
    """The effect of coaching on one criterion, from calls of `window_days` before and after each one's coaching day.

    Calls of the day itself are left out; with several coaching days an uncoached agent's windows are the mean of those
    around each. Every agent counts once (two steps, Donald and Lang 2007): after less CARRY x the empirical-Bayes
    estimate of the skill before (`skills`; regression to the mean: Barnett, van der Pols and Dobson 2005) is compared
    between coached and uncoached by generalised least squares. The variance is that of the calls, of the skill, of
    CARRY (mixed estimation, Theil and Goldberger 1961) and of agents' own change, which is what the agents' scatter
    shows beyond (Paule and Mandel 1982); t with agents - 2 degrees of freedom. What is assumed is that agents were
    picked for their answers before; one picked for a lasting weakness is done an injustice rather than flattered.

    NO_EFFECT_SEEN: the interval holds no effect of `worth`, or calls like these would have shown it with 80 % power;
    GOT_WORSE: the interval lies below 0, and would do so without any allowance for regression to the mean.
    Raises Invalid for two criteria, a coached agent without a day, one on both sides, or nobody coached.
    """
    theirs, others = _by_agent(coached), _by_agent(comparable)
    _check(theirs, coached_on, others)
    treated = {agent: _around(theirs.get(agent, []), [day], window_days) for agent, day in coached_on.items()}
    kept = [windows for windows in treated.values() if _suffice(windows)]
    days = sorted(day for agent, day in coached_on.items() if not kept or _suffice(treated[agent]))
    untreated = {agent: _around(points, days, window_days) for agent, points in others.items()}
    rest = [windows for windows in untreated.values() if _suffice(windows)]
    left_out = tuple(sorted(agent for agent, windows in (treated | untreated).items() if not _suffice(windows)))
    if not kept or len(rest) < LEAST_COMPARABLE:
        lacking = sum(max(0, LEAST_CALLS - one.n) for windows in treated.values() for one in windows)
        more = lacking if len(rest) >= LEAST_COMPARABLE else None
        return Effect(Help.CANNOT_TELL, None, _side(kept), _side(rest), left_out, more)
    return _effect(kept, rest, left_out, worth)


def skills(means: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """Posterior mean and variance, both (agents,), of each agent's skill (0..1), from means (0..1) of n answers.

    Binomial likelihood; log odds of the skills follow a t distribution (Lange, Little and Taylor 1989) whose centre and
    scale are unknown, uniform beforehand (Gelman 2006), and summed over a grid. Where agents differ no more than chance
    all lie near the common mean; one far off stays there (as in Efron and Morris 1972).
    """
    from scipy import special

    skill, prior = special.expit(LOGITS), _skill_priors()
    seen, n = np.clip(means, 1e-9, 1 - 1e-9)[:, None], n[:, None]
    likelihood = np.exp(-n * (special.rel_entr(seen, skill) + special.rel_entr(1 - seen, 1 - skill)))
    evidence = np.maximum(likelihood @ prior.T, 1e-300)
    weight = special.softmax(np.log(evidence).sum(axis=0))
    posterior = likelihood * ((weight / evidence) @ prior)
    posterior /= posterior.sum(axis=1, keepdims=True)
    centre = posterior @ skill
    return centre, np.maximum(posterior @ skill**2 - centre**2, 0.0)


@cache
def _skill_priors() -> Numbers:
    """(centres x spreads, skills) chances of every skill."""
    from scipy import stats

    chances = stats.t.pdf(LOGITS, TAIL_DF, LOGITS[::4, None, None], SPREADS[None, :, None]).reshape(-1, len(LOGITS))
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), dtype=np.float64)


def _by_agent(points: Iterable[Point]) -> dict[int, list[Point]]:
    found: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        found[point.agent].append(point)
    return dict(found)


def _check(coached: Mapping[int, Sequence[Point]], days: Mapping[int, date], others: Mapping[int, list[Point]]) -> None:
    if not days:
        raise Invalid("Nobody was coached; name at least one agent with the day of the coaching.")
    criteria = sorted({one.criterion for points in (*coached.values(), *others.values()) for one in points})
    if len(criteria) > 1:
        raise Invalid("{n} criteria were mixed ({names}); ask for one at a time.", n=len(criteria),
                      names=", ".join(criteria))  # fmt: skip
    if undated := sorted(set(coached) - set(days)):
        raise Invalid("Agent {agent} has no coaching day; name one.", agent=undated[0])
    if both := sorted(set(days) & set(others)):
        raise Invalid("Agent {agent} was coached and cannot be an uncoached one too.", agent=both[0])


def _around(points: Sequence[Point], days: Sequence[date], window_days: int) -> _Windows:
    """The windows around the days, each day of the same weight."""
    values = np.array([point.value for point in points])
    on, at = np.array([point.day.toordinal() for point in points]), np.array([day.toordinal() for day in days])
    gaps = on[None, :] - at[:, None]
    before, after = (gaps < 0) & (gaps >= -window_days), (gaps > 0) & (gaps <= window_days)
    return _window(values, before), _window(values, after)


def _window(values: Numbers, inside: NDArray[np.bool_]) -> _Window:
    """Of (days, calls) flags; `n` is the least of any day."""
    counts = inside.sum(axis=1)
    if not (least := int(counts.min())):
        return _Window(0, 0.0, 0.0, 0.0)
    weights = (inside / counts[:, None]).mean(axis=0)
    mean = float(weights @ values)
    return _Window(least, mean, float(weights @ (values - mean) ** 2), float(1 / (weights @ weights)))


def _suffice(windows: _Windows) -> bool:
    return min(one.n for one in windows) >= LEAST_CALLS


def _side(windows: Sequence[_Windows]) -> Side:
    return Side(len(windows), sum(before.n for before, _ in windows), sum(after.n for _, after in windows))


def _effect(coached: list[_Windows], rest: list[_Windows], left_out: tuple[int, ...], worth: float) -> Effect:
    from scipy import stats

    model = _Model.of(coached, rest)
    freedom = len(coached) + len(rest) - 2
    own = model.own_change(freedom)
    value, error = model.fitted(own)[:2]
    half = float(stats.t.ppf(1 - ALPHA / 2, freedom))
    to_be_seen = half + float(stats.t.ppf(POWER, freedom))
    rise, by_themselves = (float(np.mean([a.mean - b.mean for b, a in side])) for side in (coached, rest))
    smallest = to_be_seen * error
    calls = sum(one.n for windows in coached for one in windows)
    return Effect(
        verdict=_verdict(value, half * error, worth, rise - by_themselves, is_powered=smallest <= worth),
        effect=Estimate(value, max(-1.0, value - half * error), min(1.0, value + half * error)),
        coached=_side(coached),
        comparable=_side(rest),
        left_out=left_out,
        more_calls=model.more_calls(own, worth / to_be_seen, calls),
        rise=rise,
        by_themselves=by_themselves,
        regression_to_mean=rise - by_themselves - value,
        smallest_seen=smallest,
    )


def _verdict(value: float, half: float, worth: float, plain: float, *, is_powered: bool) -> Help:
    """`plain` is the difference in differences without any allowance."""
    if value - half > 0:
        return Help.HELPED
    if value + half < 0 and plain + half < 0:
        return Help.GOT_WORSE
    return Help.NO_EFFECT_SEEN if value + half < worth or is_powered else Help.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class _Model:
    """Agents' change beyond their shrunken skill: y = common change + effect x coached + CARRY's error + noise."""

    change: Numbers
    design: Numbers  # (agents, 2): one, is coached
    known: Numbers  # variance by calls and by the skill's own uncertainty
    apart: Numbers  # skill before, less the uncoached agents' mean

    @classmethod
    def of(cls, coached: list[_Windows], rest: list[_Windows]) -> _Model:
        both = [*coached, *rest]
        before, after = (np.array([(w[at].mean, w[at].effective_n) for w in both]).T for at in (0, 1))
        dispersion = _dispersion([one for windows in both for one in windows])
        skill, uncertainty = skills(before[0], before[1] / dispersion)
        is_coached = np.arange(len(both)) < len(coached)
        change = after[0] - CARRY * skill
        means = np.array([change[is_coached].mean(), change[~is_coached].mean()])[1 - is_coached] + CARRY * skill
        # one call more of each kind, so that a mean of 0 or 1 is not taken for certain (Agresti and Caffo 2000)
        smoothed = (after[1] * np.clip(means, 0, 1) + 1) / (after[1] + 2)
        known = dispersion * smoothed * (1 - smoothed) / after[1] + uncertainty
        design = np.column_stack([np.ones(len(both)), is_coached])
        return cls(change, design, known, skill - skill[~is_coached].mean())

    def fitted(self, own: float, times: float = 1.0) -> tuple[float, float, float]:
        """The effect, its standard error and the weighted sum of squares, with agents' `own` variance."""
        variance = np.diag(self.known / times + own) + CARRY_SD**2 * np.outer(self.apart, self.apart)
        weighted = np.linalg.solve(variance, self.design)
        covariance = np.linalg.inv(self.design.T @ weighted)
        found = covariance @ weighted.T @ self.change
        left = self.change - self.design @ found
        return float(found[1]), math.sqrt(covariance[1, 1]), float(left @ np.linalg.solve(variance, left))

    def own_change(self, freedom: int) -> float:
        """The variance of agents' own change at which the squares add up to what chance allows (0 at least)."""
        from scipy import optimize

        if self.fitted(0.0)[2] <= freedom:
            return 0.0
        return float(optimize.brentq(lambda own: self.fitted(own)[2] - freedom, 0.0, 1.0, xtol=1e-6))

    def more_calls(self, own: float, error: float, calls: int) -> int | None:
        """Calls beyond those at hand that bring the standard error down; None if no number does."""
        from scipy import optimize

        if self.fitted(own)[1] <= error:
            return 0
        if self.fitted(own, MOST_TIMES)[1] > error:
            return None
        times = float(optimize.brentq(lambda times: self.fitted(own, times)[1] - error, 1.0, MOST_TIMES, xtol=1e-3))
        return math.ceil((times - 1) * calls)


def _dispersion(windows: Iterable[_Window]) -> float:
    """Variance within agents / that of 0 and 1 alone with the same means (Wedderburn 1974); 1 without partly met."""
    pairs = [(one.effective_n * one.variance, one.effective_n * one.mean * (1 - one.mean)) for one in windows]
    within, most = map(sum, zip(*pairs, strict=True))
    return min(1.0, max(LEAST_DISPERSION, within / most)) if most > 0 else 1.0
