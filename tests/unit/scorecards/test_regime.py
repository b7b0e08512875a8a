"""The quality regime that ships, and what is refused in one that is written anew."""

from datetime import date

import pytest

from qa_app.core.errors import Invalid
from scorecards.regime import regime_from_yaml, shipped_regime, shipped_text
from scorecards.sampling import Pool, RiskQuota


def test_the_regime_that_ships_is_the_one_of_the_handbook():
    found = shipped_regime()
    assert found.calls_in(date(2026, 11, 1), date(2026, 11, 30)) == {"ordinary": 8, "new_hire": 22}  # 5 x 30 / 7
    assert found.always == ("dissatisfied", "second_dispatch", "escalated")
    assert (found.dispute_days.file, found.dispute_days.answer, found.dispute_days.second) == (3, 3, 5)
    assert (found.recheck_share, found.month_closes, found.blind) == (0.05, 5, {Pool.RECHECK})
    assert found.risk["refund"] == RiskQuota(60, 2)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("calls: 8, per: month", "calls: 8, per: day", "week or month"),
        ("calls: 8", "calls: -1", "too small"),
        ("recheck_share: 0.05", "recheck_share: 5", "at most 1"),
        ("escalated]", "whatever]", "whatever"),
        ("repeat_caller:", "nobody:", "nobody"),
        ("blind: [recheck]", "blind: [everything]", "no regime"),
        ("month_closes: 5", "closes: 5", "closes"),
        ("file: 3", "file: 0", "too small"),
        ("    new_hire: {calls: 5, per: week}\n", "", "new_hire"),
    ],
)
def test_a_regime_that_cannot_be_run_is_refused_with_what_is_wrong(old, new, told):
    assert old in shipped_text()
    with pytest.raises(Invalid, match=told):
        regime_from_yaml(shipped_text().replace(old, new, 1))
