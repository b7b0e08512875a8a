"""The managers' measures with the arithmetic beside them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from surveys.measures import MEASURES, PER, change, measured, meets, rate, share, shipped_targets, targets_from_yaml
from surveys.satisfaction import METRICS

BY_SLUG = {measure.slug: measure for measure in MEASURES}


def facts(n=100, **flags):
    names = ("is_due", "on_time", "dispatched", "sent_back", "escalated", "repeated", "solved_on_the_spot",
             "regulator")  # fmt: skip
    return pd.DataFrame({name: [at < flags.get(name, 0) for at in range(n)] for name in names})


def test_every_measure_by_hand():
    found = measured(facts(is_due=80, on_time=76, dispatched=50, sent_back=5, escalated=3, repeated=10,
                           solved_on_the_spot=40, regulator=2), 30.4375, 1_000_000)  # fmt: skip
    assert {slug: one.value for slug, one in found.items()} == pytest.approx(
        {
            "on_time": 76 / 80, "first_dispatch_right": 45 / 50, "escalated": 0.03, "repeated": 0.10,
            "solved_on_the_spot": 0.40,
            "per_ten_thousand": 100 / 1_000_000 * 10_000,  # one month of 365.25 / 12 days
            "appeals_per_million": 2 * 91.3125 / 30.4375,  # a quarter is three such months
        }
    )  # fmt: skip
    assert found["first_dispatch_right"].n == 50


def test_intervals_are_wilsons_and_the_exact_poisson_ones():
    one = share("on_time", 76, 80)
    # Wilson: (0.95 + 1.96^2/160 -+ 1.96 sqrt(0.95 x 0.05/80 + 1.96^2/(4 x 80^2))) / (1 + 1.96^2/80)
    assert (round(one.low, 4), round(one.high, 4)) == (0.8784, 0.9804)
    appeals = rate("appeals_per_million", 5, 365.25 / 4, 1_000_000)
    # exact: chi2(0.025, 10)/2 = 1.6235, chi2(0.975, 12)/2 = 11.6683
    assert (round(appeals.low, 4), round(appeals.high, 4)) == (1.6235, 11.6683)
    assert rate("appeals_per_million", 0, 90, 1_000_000).low == 0


def test_nothing_counted_says_nothing():
    assert (share("on_time", 0, 0).value, share("on_time", 0, 0).is_small) == (None, True)


def test_a_movement_is_real_only_where_its_interval_leaves_out_none():
    small = change(share("on_time", 90, 100), share("on_time", 88, 100), (90, 90))
    large = change(share("on_time", 9000, 10_000), share("on_time", 8800, 10_000), (90, 90))
    assert (round(small.value, 2), small.is_real) == (0.02, False)
    assert (round(large.value, 2), large.is_real) == (0.02, True)
    assert change(share("on_time", 20, 29), share("on_time", 90, 100), (90, 90)) is None
    more = change(rate("per_ten_thousand", 600, 90, 10**6), rate("per_ten_thousand", 500, 90, 10**6), (90, 90))
    assert (more.value, more.is_real) == (pytest.approx(1.2), True)


def test_a_target_is_met_or_missed_only_for_certain():
    on_time, escalated = BY_SLUG["on_time"], BY_SLUG["escalated"]
    assert meets(on_time, share("on_time", 990, 1000), 0.95) is True
    assert meets(on_time, share("on_time", 900, 1000), 0.95) is False
    assert meets(on_time, share("on_time", 94, 100), 0.95) is None
    assert meets(escalated, share("escalated", 100, 1000), 0.02) is False
    assert meets(on_time, share("on_time", 94, 100), None) is None


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_value(hits, n):
    one = share("on_time", min(hits, n), n)
    assert 0 <= one.low <= one.value <= one.high <= 1


def test_every_measure_has_a_target_that_ships_and_bad_targets_are_refused():
    assert set(shipped_targets().of) == set(BY_SLUG) | {metric.slug for metric in METRICS} - {"response"}
    assert set(BY_SLUG) >= set(PER)
    for text in ("customers: 0\ntargets: {}", "targets: {on_time: 1}", "customers: 5\ntargets: {on_time: -1}", "x: ["):
        with pytest.raises(Invalid):
            targets_from_yaml(text)
