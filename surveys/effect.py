"""Did complaints of a cause fall after something was done: before and after, beside all other complaints."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

LEAST_WEEKS = 4
MOST_WEEKS = 26
"""Weeks looked at on each side: what lies further off tells little of the action."""


class Verdict(StrEnum):
    """What can be said of the cause."""

    FELL = "fell"
    ROSE = "rose"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Effect:
    """By what factor the cause's complaints changed beyond the change of all others, with its 95 % interval.

    `ratio` is None while there are too few weeks or complaints to reckon with.
    """

    verdict: Verdict
    ratio: float | None
    low: float
    high: float
    weeks_before: int
    weeks_after: int
    cause_before: int
    cause_after: int


def effect(weeks: pd.DataFrame, since: date) -> Effect:
    """The effect of something done at `since` on weekly counts (columns week, cause, others).

    Difference in differences on the log scale: a Poisson regression count ~ after + cause + after:cause whose standard
    errors are scaled by Pearson's dispersion (quasi-Poisson); the factor is exp(after:cause).
    """
    start = pd.Timestamp(since)
    near = weeks[(weeks["week"] - start).abs() <= pd.Timedelta(weeks=MOST_WEEKS)]
    after = (near["week"] >= start).to_numpy()
    before_n, after_n = int((~after).sum()), int(after.sum())
    cause = near["cause"].to_numpy(float)
    counts = int(cause[~after].sum()), int(cause[after].sum())
    if min(before_n, after_n) < LEAST_WEEKS or counts[0] == 0 or near["others"].sum() == 0:
        return Effect(Verdict.CANNOT_TELL, None, 0.0, np.inf, before_n, after_n, *counts)
    ratio, low, high = _fitted(cause, near["others"].to_numpy(float), after)
    verdict = Verdict.FELL if high < 1 else Verdict.ROSE if low > 1 else Verdict.CANNOT_TELL
    return Effect(verdict, ratio, low, high, before_n, after_n, *counts)


def _fitted(cause: np.ndarray, others: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """The factor and its interval; where no complaint of the cause is left, half a one is put in for the estimate."""
    if cause[after].sum() == 0:
        cause = cause.copy()
        cause[np.flatnonzero(after)[0]] = 0.5
    n = len(cause)
    is_cause, is_after = np.repeat([1.0, 0.0], n), np.tile(after.astype(float), 2)
    design = np.column_stack([np.ones(2 * n), is_after, is_cause, is_after * is_cause])
    model = sm.GLM(np.concatenate([cause, others]), design, family=sm.families.Poisson())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # counts that never vary are no fault
        fitted = model.fit(scale="X2")
    scale = max(1.0, fitted.scale)  # chance alone already spreads counts as Poisson does
    spread = float(np.sqrt(fitted.normalized_cov_params[3, 3] * scale))
    centre = float(fitted.params[3])
    return float(np.exp(centre)), float(np.exp(centre - 1.96 * spread)), float(np.exp(centre + 1.96 * spread))
