"""Did the cause's complaints fall: a planted fall is found, no fall is seldom cried, and too little says so."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveys.effect import LEAST_WEEKS, Verdict, effect

SINCE = date(2026, 6, 1)


def weeks(rng, before=20, after=16, cause=(30, 30), others=(300, 300)):
    starts = [SINCE + timedelta(weeks=at) for at in range(-before, after)]
    is_after = np.arange(before + after) >= before
    return pd.DataFrame(
        {
            "week": pd.to_datetime(starts),
            "cause": rng.poisson(np.where(is_after, cause[1], cause[0])),
            "others": rng.poisson(np.where(is_after, others[1], others[0])),
        }
    )


def test_the_factor_by_hand():
    table = weeks(np.random.default_rng(1)).assign(cause=[30] * 20 + [15] * 16, others=[300] * 20 + [330] * 16)
    found = effect(table, SINCE)
    assert found.ratio == pytest.approx((15 / 30) / (330 / 300))  # the cause halved while all others rose by a tenth
    # Poisson spread on the log scale: sqrt(1/600 + 1/240 + 1/6000 + 1/5280) = 0.0787; the counts have no other
    assert np.log(found.high / found.ratio) == pytest.approx(1.96 * 0.0787, rel=0.01)
    assert (found.verdict, found.cause_before, found.cause_after) == (Verdict.FELL, 600, 240)


@pytest.mark.parametrize("side", [{"before": LEAST_WEEKS - 1}, {"after": LEAST_WEEKS - 1}])
def test_too_few_weeks_say_so(side):
    found = effect(weeks(np.random.default_rng(1), **side), SINCE)
    assert (found.verdict, found.ratio) == (Verdict.CANNOT_TELL, None)


def test_a_cause_that_vanished_fell_and_one_that_never_was_cannot_be_told():
    rng = np.random.default_rng(1)
    assert effect(weeks(rng, cause=(30, 0)), SINCE).verdict is Verdict.FELL
    assert effect(weeks(rng, cause=(0, 0)), SINCE).verdict is Verdict.CANNOT_TELL
    assert effect(weeks(rng).iloc[:0], SINCE).verdict is Verdict.CANNOT_TELL


def test_all_complaints_falling_is_no_effect():
    found = effect(weeks(np.random.default_rng(3), cause=(40, 20), others=(400, 200)), SINCE)
    assert found.verdict is Verdict.CANNOT_TELL


@pytest.mark.slow
def test_where_nothing_was_done_a_fall_is_cried_in_no_more_than_its_share():
    """One side of a 95 % interval: 2.5 % of 300, no more than chance beyond."""
    verdicts = [effect(weeks(np.random.default_rng(seed)), SINCE).verdict for seed in range(300)]
    most = stats.binom.ppf(0.999, 300, 0.025)
    assert verdicts.count(Verdict.FELL) <= most
    assert verdicts.count(Verdict.ROSE) <= most


@pytest.mark.slow
def test_a_planted_fall_by_half_is_found():
    verdicts = [effect(weeks(np.random.default_rng(seed), cause=(30, 15)), SINCE).verdict for seed in range(50)]
    assert verdicts.count(Verdict.FELL) == 50
