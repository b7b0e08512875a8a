"""Trends: limits by hand, planted changes found, and no more alarms than chance where nothing was planted."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qa_app.core.errors import Invalid
from surveys.trend import (
    Kind,
    Signal,
    Size,
    by_period,
    change_points,
    chosen_kind,
    control_chart,
    in_period,
    slope,
    weekday_season,
)

SEEDS = 300
MOST_ALARMS = 0.07


def shares(hits, n):
    """Daily rows from Monday 2026-01-05 on."""
    days = pd.date_range("2026-01-05", periods=len(hits))
    return pd.DataFrame({"period": days, "hits": hits, "n": n})


def means(values, **more):
    return pd.DataFrame({"period": range(len(values)), "value": values, **more})


def test_periods_are_counted_with_the_empty_ones_between():
    table = pd.DataFrame({
        "when": pd.to_datetime(["2026-01-05T23:59", "2026-01-11T00:00", "2026-01-19T08:00", "2026-01-20T08:00", None]),
        "late": [True, False, True, None, True],
    })  # fmt: skip
    weeks = by_period(table, "when", "late", Size.WEEK)
    assert weeks["period"].dt.date.tolist() == [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)]
    assert weeks["hits"].tolist() == [1, 0, 1]
    assert weeks["n"].tolist() == [2, 0, 1]
    assert by_period(table, "when", "late", Size.YEAR)[["hits", "n"]].to_numpy().tolist() == [[2, 3]]


@pytest.mark.parametrize("size", Size)
def test_no_case_is_lost_by_any_size_of_period(size):
    times = pd.Series(pd.date_range("2025-03-01", periods=500, freq="17h", tz="Asia/Shanghai"))
    table = pd.DataFrame({"when": times, "hit": times.dt.hour < 9})
    found = by_period(table, "when", "hit", size)
    assert (found["n"].sum(), found["hits"].sum()) == (500, table["hit"].sum())
    assert by_period(table[:0], "when", "hit", size).empty


def test_the_chart_fits_the_columns():
    assert chosen_kind(shares([1], [2])) is Kind.P
    assert chosen_kind(pd.DataFrame({"count": [1], "exposure": [2.0]})) is Kind.U
    assert chosen_kind(means([1.0], n=[40])) is Kind.XMR
    with pytest.raises(Invalid, match="needs the columns hits and n"):
        chosen_kind(pd.DataFrame({"n": [1]}))


def test_a_p_chart_by_hand():
    first, second, third = control_chart(shares([20, 24, 16], [100, 100, 100]))
    # centre 60/300 = .2; sigma sqrt(.2 x .8/100) = .04; z 0, 1, -1: mean distance 1.5/1.128 = 1.330 widens it
    widened = 3 * 0.04 * 1.5 / 1.128
    assert (first.value, first.centre) == (0.2, pytest.approx(0.2))
    assert (second.low, second.high) == (pytest.approx(0.2 - widened), pytest.approx(0.2 + widened))
    assert (third.signal, third.is_small) == (None, False)


def test_a_u_chart_by_hand_is_never_narrower_than_poisson():
    points = control_chart(pd.DataFrame({"period": [1, 2, 3], "count": [50, 50, 50], "exposure": [10.0, 10.0, 10.0]}))
    # centre 5 a unit, sigma sqrt(5/10) = .7071, equal points do not narrow it: 5 +- 2.1213
    assert points[0].low == pytest.approx(5 - 3 * math.sqrt(0.5))
    assert points[0].high == pytest.approx(5 + 3 * math.sqrt(0.5))
    assert not points[0].is_small  # 5 x 10 = 50 expected


def test_an_xmr_chart_by_hand():
    points = control_chart(means([7.0, 8.0, 7.0, 8.0]))
    # mean 7.5, mean moving range 1, limits 7.5 +- 3/1.128 = 2.66
    assert (points[0].low, points[0].high) == (pytest.approx(7.5 - 2.6596, abs=1e-4), pytest.approx(10.1596, abs=1e-4))
    (alone,) = control_chart(means([7.0]))
    assert (alone.low, alone.high, alone.signal) == (None, None, None)
    assert control_chart(means([])) == []


def test_a_point_beyond_the_limits_signals_unless_it_is_small():
    hits, n = [200] * 20 + [400], [1000] * 21
    assert [at for at, one in enumerate(control_chart(shares(hits, n))) if one.signal is Signal.BEYOND] == [20]
    few = control_chart(shares([200] * 20 + [20], [1000] * 20 + [29]))[-1]
    assert (few.signal, few.is_small, few.value > few.high) == (None, True, True)


def test_the_eighth_point_on_one_side_signals_and_a_point_on_the_centre_breaks_the_run():
    points = control_chart(means([-1.0, -0.2] * 4 + [1.0, 0.2] * 4))
    assert [at for at, one in enumerate(points) if one.signal is Signal.RUN] == [7, 15]
    broken = control_chart(means([1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, *[-1.0] * 4, 0.0, *[-1.0] * 4]))
    assert all(one.signal is not Signal.RUN for one in broken)


def test_rows_without_cases_are_left_out_and_order_does_not_matter():
    table = shares([5, 0, 7, 9], [50, 0, 50, 50])
    assert control_chart(table) == control_chart(table.sample(frac=1, random_state=3))
    assert len(control_chart(table)) == 3


def test_large_numbers_raise_no_false_alarms():
    """Days differ by more than chance (a beta-binomial): without Laney's correction nearly half would be beyond."""
    rng = np.random.default_rng(0)
    n = np.full(200, 50_000)
    points = control_chart(shares(rng.binomial(n, rng.beta(200, 800, 200)), n))
    assert sum(one.signal is Signal.BEYOND for one in points) <= 3
    naive = 3 * math.sqrt(0.2 * 0.8 / 50_000)
    assert sum(abs(one.value - one.centre) > naive for one in points) > 100


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=30))
def test_a_p_charts_limits_enclose_its_centre_within_0_and_1(pairs):
    for one in control_chart(shares([min(pair) for pair in pairs], [pair[1] for pair in pairs])):
        assert 0 <= one.low <= one.centre + 1e-9
        assert one.centre - 1e-9 <= one.high <= 1


def test_a_planted_change_is_found_with_its_difference():
    rng = np.random.default_rng(1)
    n = np.full(60, 200)
    (one,) = change_points(shares(rng.binomial(n, np.repeat([0.10, 0.18], [35, 25])), n))
    assert abs((one.date - pd.Timestamp("2026-01-05")).days - 35) <= 1
    assert one.low < 0.08 < one.high
    assert one.difference == pytest.approx(one.after - one.before)
    assert one.p == pytest.approx(1 / 2000)  # none of 1,999 orders, and the order itself


def test_two_planted_changes_are_found_in_their_order():
    rng = np.random.default_rng(2)
    values = rng.normal(np.repeat([8.0, 7.0, 8.5], 20), 0.5)
    first, second = change_points(means(values))
    assert (first.date, second.date) == (20, 40)
    assert first.difference < 0 < second.difference


def test_a_difference_of_means_by_hand():
    (one,) = change_points(means([1.0, 2, 1, 2, 1, 2, 5, 6, 5, 6, 5, 6]))
    # 1.5 to 5.5; squares 12 x .25 over 10 degrees = .3; error sqrt(.3 x 2/6) = .3162; t(.975, 10) = 2.228
    assert (one.date, one.before, one.after) == (6, 1.5, 5.5)
    assert (one.low, one.high) == (pytest.approx(4 - 0.7046, abs=1e-3), pytest.approx(4 + 0.7046, abs=1e-3))


def test_one_odd_period_is_no_change_and_short_series_have_none():
    assert change_points(means([8.0, 8.1, 7.9, 8.0, 8.1, 2.0, 8.0, 7.9, 8.1, 8.0, 8.1, 7.9])) == []
    assert change_points(shares([1, 9, 1], [10, 10, 10])) == []
    assert change_points(shares([], [])) == []
    with pytest.raises(Invalid, match=r"shares \(hits, n\) or means"):
        change_points(pd.DataFrame({"period": [1], "count": [1], "exposure": [1]}))


def test_the_same_table_gives_the_same_changes():
    rng = np.random.default_rng(4)
    table = means(rng.normal(np.repeat([0.0, 0.8], 20), 1.0))
    assert change_points(table) == change_points(table.sample(frac=1, random_state=1))


def quiet_series(seed):
    """Shares, shares that vary by more than chance, and means with nothing planted, in turn."""
    rng = np.random.default_rng(seed)
    length = int(rng.integers(8, 80))
    n = rng.integers(20, 400, length)
    if seed % 3 == 2:
        return means(rng.normal(8, 1, length))
    return shares(rng.binomial(n, 0.1 if seed % 3 == 0 else rng.beta(10, 90, length)), n)


@pytest.mark.slow
def test_where_nothing_was_planted_at_most_7_percent_of_series_change(record_property):
    alarms = sum(bool(change_points(quiet_series(seed))) for seed in range(SEEDS))
    record_property("false changes", alarms)
    assert alarms <= MOST_ALARMS * SEEDS


@pytest.mark.slow
def test_a_single_real_change_brings_hardly_any_other_with_it():
    rng = np.random.default_rng(5)
    found = [change_points(means(rng.normal(np.repeat([0.0, 3.0], 25), 1.0))) for _ in range(100)]
    assert all(found)
    assert sum(len(one) > 1 for one in found) <= MOST_ALARMS * 100


def test_weekdays_by_hand():
    days, p = weekday_season(shares([10, 20], [100, 100]))
    # chi-square of [[10, 90], [20, 80]]: 200 (10 x 80 - 20 x 90)^2/(100 x 100 x 30 x 170) = 3.9216
    assert p == pytest.approx(stats.chi2.sf(3.9216, 1), abs=1e-5)
    assert days[["weekday", "hits", "n", "share"]].to_numpy().tolist() == [[0, 10, 100, 0.1], [1, 20, 100, 0.2]]
    # Wilson of 10 in 100: (.1 + .0192 -+ 1.96 sqrt(.0009 + .000096))/(1 + .0384)
    assert (round(days["low"][0], 3), round(days["high"][0], 3)) == (0.055, 0.174)


def test_weekdays_that_cannot_be_tested_have_no_p():
    assert weekday_season(shares([5], [10]))[1] is None
    assert weekday_season(shares([0, 0, 0], [10, 10, 10]))[1] is None
    days, p = weekday_season(shares([], []))
    assert (days.empty, p) == (True, None)


@pytest.mark.slow
def test_days_that_vary_by_themselves_make_no_weekday_season():
    rng = np.random.default_rng(6)
    n = np.full(140, 400)
    alarms = sum(weekday_season(shares(rng.binomial(n, rng.beta(10, 90, 140)), n))[1] <= 0.05 for _ in range(200))
    assert alarms <= stats.binom.ppf(0.999, 200, 0.05)
    busy = np.where(np.arange(140) % 7 == 0, 0.2, 0.1)
    assert weekday_season(shares(rng.binomial(n, busy), n))[1] < 0.001


def test_a_planted_slope_is_within_its_interval():
    rng = np.random.default_rng(7)
    n = np.full(24, 500)
    found = slope(shares(rng.binomial(n, 0.10 + 0.005 * np.arange(24)), n))
    assert found.low < 0.005 < found.high
    assert found.is_real


def test_a_slope_of_three_periods_by_hand():
    found = slope(shares([20, 50, 80], [100, 100, 100]))
    # logits -1.3863, 0, 1.3863 lie on a line of 1.3863; mean p(1 - p) = (.16 + .25 + .16)/3 = .19
    assert found.per_period == pytest.approx(1.386294 * 0.19, abs=1e-5)


def test_no_slope_without_three_periods_or_both_answers():
    assert slope(shares([1, 2], [10, 10])) is None
    assert slope(shares([0, 0, 0], [10, 10, 10])) is None
    assert slope(shares([10, 10, 10, 10], [10, 10, 10, 10])) is None


@pytest.mark.slow
def test_slopes_of_nothing_are_real_in_one_of_twenty():
    rng = np.random.default_rng(8)
    n = np.full(20, 300)
    alarms = sum(slope(shares(rng.binomial(n, rng.beta(30, 70, 20)), n)).is_real for _ in range(300))
    assert alarms <= stats.binom.ppf(0.999, 300, 0.05)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=3, max_size=20))
def test_a_slope_turns_its_sign_with_time(pairs):
    hits, n = [min(pair) for pair in pairs], [pair[1] for pair in pairs]
    found, back = slope(shares(hits, n)), slope(shares(hits[::-1], n[::-1]))
    assert (found is None) == (back is None)
    if found is not None and abs(found.per_period) < 0.3:
        assert found.per_period == pytest.approx(-back.per_period, abs=1e-6)


def test_the_rows_of_a_period_are_those_that_were_counted_in_it():
    days = pd.date_range("2026-01-05", periods=60, freq="D")
    table = pd.DataFrame({"day": days, "good": [n % 3 == 0 for n in range(60)]})
    for size in (Size.WEEK, Size.MONTH, Size.QUARTER):
        for row in by_period(table, "day", "good", size).itertuples():
            assert len(in_period(table, "day", row.period, size)) == row.n
