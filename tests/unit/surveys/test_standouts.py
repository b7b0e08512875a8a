"""What stands out: by hand, what was planted is found, and nothing more than chance where nothing was planted."""

import gc
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from qa_app.demo.simulation import (
    MISLED_CLASS,
    OUTAGE_CLASS,
    RUDE_CLASS,
    BadQuarter,
    LateUnit,
    MisleadingCampaign,
    Outage,
    Plan,
    RudeShop,
    planted,
    simulate,
)
from surveys.standouts import ALPHA, LEAST_N, bursts, changed_periods, hot_spots, standouts

FIRST = date(2023, 11, 1)
SEEDS, BATCHES, CASES = 1000, 4, 4000
CERTAIN = 0.999


def table(**groups):
    """Groups of (hits, n) as rows."""
    return pd.DataFrame(
        [(name, at < hits) for name, (hits, n) in groups.items() for at in range(n)], columns=["group", "hit"]
    )


def test_a_group_by_hand():
    found = {one.group: one for one in standouts(table(a=(30, 40), b=(40, 100), c=(2, 10)), "group", "hit")}
    one = found["a"]
    # P(X >= 30), X hypergeometric: 150 in all, 72 hits, 40 drawn
    raw = stats.hypergeom.sf(29, 150, 72, 40)
    assert one.p == pytest.approx(min(1, 2 * raw))  # Holm over two groups that are large enough
    assert (one.hits, one.n, one.share, one.rest_share) == (30, 40, 0.75, 42 / 110)
    # Wilson by hand: centre (p + z^2/2n)/(1 + z^2/n), z = 1.96
    assert (round(one.low, 3), round(one.high, 3)) == (0.598, 0.858)
    assert (found["c"].p, found["c"].stands_out, one.stands_out) == (None, False, True)


def test_too_few_are_listed_last_and_never_stand_out():
    found = standouts(table(small=(LEAST_N - 1, LEAST_N - 1), large=(10, 100)), "group", "hit")
    assert [(one.group, one.stands_out) for one in found] == [("large", False), ("small", False)]


def test_nothing_gives_nothing():
    empty = pd.DataFrame({"group": [], "hit": [], "place": [], "class_code": [], "day": []})
    assert standouts(empty, "group", "hit") == []
    assert bursts(empty) == []
    assert hot_spots(empty, "place") == []
    assert changed_periods(empty, "group", "hit") == []


def test_a_burst_is_a_day_beyond_its_own_place_and_that_days_volume():
    days = pd.date_range("2026-01-01", periods=40)
    rows = [
        (day, place, "network/outage") for day in days for place in ("东城", *"甲乙丙丁戊己庚辛壬") for _ in range(3)
    ]
    rows += [(days[20], "东城", "network/outage")] * 25
    (one,) = bursts(pd.DataFrame(rows, columns=["day", "place", "class_code"]))
    # 28 of the place's 145 on a day with 55 of all 1,225: expected 145 x 55/1225
    assert (one.day, one.place, one.count) == (date(2026, 1, 21), "东城", 28)
    assert one.expected == pytest.approx(145 * 55 / 1225)
    busy = pd.DataFrame(rows + [(days[20], place, "fees/refund") for place in ("东城", "甲") for _ in range(400)],
                        columns=["day", "place", "class_code"])  # fmt: skip
    assert all(found.class_code != "network/outage" for found in bursts(busy))


def findings(cases):
    """What each finder says of a simulation, under its name."""
    quarters = cases["day"].dt.year.astype(str) + "Q" + cases["day"].dt.quarter.astype(str)
    looked = cases.assign(quarter=quarters, rude=cases["class_code"] == RUDE_CLASS,
                          misled=cases["class_code"] == MISLED_CLASS)  # fmt: skip
    dispatched = looked[~looked["solved_on_the_spot"]]
    in_campaign = looked[looked["campaign"] != ""]
    return {
        "quarter": [one.period for one in changed_periods(looked, "quarter", "on_time")],
        "burst": [(one.place, one.day, one.class_code) for one in bursts(looked)],
        "shop": [one.group for one in standouts(looked, "place", "rude") if one.stands_out],
        "unit": [one.group for one in standouts(dispatched, "unit", "returned_late") if one.stands_out],
        "campaign": [one.group for one in standouts(in_campaign, "campaign", "misled") if one.stands_out],
        "hot place": [(one.value, one.class_code) for one in hot_spots(looked, "place")],
        "hot product": [(one.value, one.class_code) for one in hot_spots(looked, "product")],
        "hot campaign": [(one.value, one.class_code) for one in hot_spots(looked, "campaign")],
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_every_planted_truth_is_found_and_comes_first(seed):
    truths = {type(truth): truth for truth in planted(FIRST)}
    found = findings(simulate(np.random.default_rng(seed), Plan(FIRST, truths=tuple(truths.values()))))
    outage, shop, campaign = truths[Outage], truths[RudeShop].place, truths[MisleadingCampaign].campaign
    assert found["quarter"][0] == truths[BadQuarter].quarter
    assert found["burst"] == [(outage.place, outage.day, OUTAGE_CLASS)]
    assert found["shop"][0] == found["hot place"][0][0] == shop
    assert found["unit"][0] == truths[LateUnit].unit
    assert found["campaign"][0] == found["hot campaign"][0][0] == campaign
    assert found["hot campaign"][0][1] == MISLED_CLASS


@pytest.fixture
def quick_collection():
    """statsmodels collects garbage in every correction: what is there already need not be walked each time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_where_nothing_was_planted_false_alarms_stay_at_their_nominal_rate(batch, quick_collection, record_property):
    """1,000 seeds in four parts; each finder may cry wolf in 5 % of them, beyond chance in none."""
    seeds = range(batch * SEEDS // BATCHES, (batch + 1) * SEEDS // BATCHES)
    alarms = dict.fromkeys(findings(simulate(np.random.default_rng(0), Plan(FIRST, cases=CASES))), 0)
    for seed in seeds:
        for name, found in findings(simulate(np.random.default_rng(seed), Plan(FIRST, cases=CASES))).items():
            alarms[name] += bool(found)
    most = stats.binom.ppf(CERTAIN, len(seeds), ALPHA)
    record_property("false alarms", str(alarms))
    assert {name: number for name, number in alarms.items() if number > most} == {}
