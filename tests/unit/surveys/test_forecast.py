"""Whole weeks, and weeks to come whose interval holds what came."""

import numpy as np
import pandas as pd
import pytest

from qa_app.core.errors import Invalid
from surveys.forecast import LEAST_WEEKS, ahead, weekly


def test_weeks_are_whole_ones_from_monday_and_an_empty_one_counts_as_none():
    days = pd.Series(
        pd.to_datetime(["2026-11-01", "2026-11-03", "2026-11-03", "2026-11-08", "2026-11-16", "2026-11-22"])
    )
    found = weekly(days)
    assert [(f"{week:%m-%d}", count) for week, count in found.items()] == [("11-02", 3), ("11-09", 0), ("11-16", 2)]
    assert weekly(days.iloc[:0]).empty


def series(rng, weeks, level=300, slope=0.0):
    index = pd.date_range("2024-01-01", periods=weeks, freq="7D")
    return pd.Series(rng.poisson(level + slope * np.arange(weeks)).astype(float), index=index)


def test_too_few_weeks_are_refused_with_how_many_there_are():
    with pytest.raises(Invalid, match="25 whole weeks; a forecast needs at least 26"):
        ahead(series(np.random.default_rng(1), LEAST_WEEKS - 1))


def test_a_forecast_starts_the_week_after_and_widens():
    found = ahead(series(np.random.default_rng(1), 104), 8)
    assert [f"{one.week:%Y-%m-%d}" for one in found[:2]] == ["2025-12-29", "2026-01-05"]
    assert all(one.low_95 <= one.low_80 <= one.expected <= one.high_80 <= one.high_95 for one in found)
    assert found[-1].high_95 - found[-1].low_95 >= found[0].high_95 - found[0].low_95


def test_nothing_below_zero_is_foretold():
    assert all(one.low_95 >= 0 for one in ahead(series(np.random.default_rng(2), 60, level=1)))


@pytest.mark.slow
def test_the_95_percent_interval_holds_what_came_in_nearly_that_many_weeks():
    held = []
    for seed in range(40):
        whole = series(np.random.default_rng(seed), 112, slope=0.3)
        for one, came in zip(ahead(whole.iloc[:104], 8), whole.iloc[104:], strict=True):
            held.append(one.low_95 <= came <= one.high_95)
    assert 0.88 <= np.mean(held) <= 0.995
