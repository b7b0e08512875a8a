"""How many complaints to expect in the coming weeks, with how far it may be off."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from qa_app.core.errors import Invalid

LEAST_WEEKS = 26
LONGEST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Ahead:
    """One coming week (its Monday): the expected count and its 80 % and 95 % intervals."""

    week: pd.Timestamp
    expected: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


def weekly(days: pd.Series) -> pd.Series:
    """Complaints by whole week (Monday to Sunday) from their days of receipt, without a broken first or last."""
    if days.empty:
        return pd.Series(dtype=float)
    counts = days.dt.to_period("W-SUN").dt.start_time.value_counts().sort_index()
    counts = counts.reindex(pd.date_range(counts.index[0], counts.index[-1], freq="7D"), fill_value=0).astype(float)
    first, last = days.min().normalize(), days.max().normalize()
    whole = (counts.index >= first) & (counts.index + pd.Timedelta(days=6) <= last)
    kept: pd.Series = counts[whole]
    return kept


def ahead(counts: pd.Series, weeks: int = 8) -> list[Ahead]:
    """The coming weeks by exponential smoothing with a damped trend (ETS(A,Ad,N), statsmodels), never below zero.

    Intervals are the model's own prediction intervals. Invalid below half a year of weeks.
    """
    if len(counts) < LEAST_WEEKS:
        raise Invalid("There are {weeks} whole weeks; a forecast needs at least {least}.", weeks=len(counts),
                      least=LEAST_WEEKS)  # fmt: skip
    series = pd.Series(counts.to_numpy(float), index=pd.DatetimeIndex(counts.index, freq="7D"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the optimiser's own remarks on flat series
        fitted = ETSModel(series, error="add", trend="add", damped_trend=True).fit(disp=False)
        told = fitted.get_prediction(start=len(series), end=len(series) + min(weeks, LONGEST_WEEKS) - 1)
        wide, narrow = told.summary_frame(alpha=0.05), told.summary_frame(alpha=0.20)
    return [
        Ahead(
            pd.Timestamp(week), *(float(np.maximum(0, value)) for value in (
                wide["mean"].iloc[at], narrow["pi_lower"].iloc[at], narrow["pi_upper"].iloc[at],
                wide["pi_lower"].iloc[at], wide["pi_upper"].iloc[at],
            ))
        )
        for at, week in enumerate(wide.index)
    ]  # fmt: skip
