"""The regime as it ships, value by value, and every slip of the pen refused by a sentence that names it."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import reduce

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.card_file import shipped_cards
from scorecards.disputes import DisputeRules, RunsFrom
from scorecards.performance import Part
from scorecards.regime import Blind, Each, Quota, RiskRule, regime_from_yaml, shipped_regime, shipped_text
from scorecards.sampling import Pool

REGIME = shipped_regime()


def changed(path, value):
    """The text that ships with one value changed; None takes it out."""
    document = yaml.safe_load(shipped_text())
    *above, last = path.split(".")
    place = reduce(lambda inner, key: inner[key], above, document)
    if value is None:
        del place[last]
    else:
        place[last] = value
    return yaml.safe_dump(document, allow_unicode=True)


def test_the_regime_that_ships_is_the_handbooks():
    assert (REGIME.strata["ordinary"], REGIME.strata["new_hire"]) == (Quota(8, Each.MONTH), Quota(5, Each.WEEK))
    assert REGIME.new_hire_days == 90
    assert REGIME.always == {"dissatisfied", "second_dispatch", "escalated"}
    assert (REGIME.recheck_share, REGIME.recheck_range) == (0.05, (0.05, 0.10))
    assert set(REGIME.risk) == {"escalation_threat", "refund", "long_silence", "low_satisfaction", "repeat_caller"}
    assert REGIME.risk["long_silence"] == RiskRule(in_all=60, per_agent=2, silence_s=60)
    assert set(REGIME.unfit) == {"dialect", "line", "cut"}
    assert REGIME.blind[Pool.RECHECK] == Blind(machine=True, inspectors=True)
    assert set(REGIME.blind) == set(Pool)
    assert (REGIME.claims.most, REGIME.claims.back_after) == (10, timedelta(hours=24))
    assert REGIME.disputes == DisputeRules(RunsFrom.TOLD, 3, 3, 3, 5)
    assert (REGIME.closing_day, REGIME.version) == (5, 1)


def test_weights_of_performance_are_forty_twenty_five_twenty_and_fifteen_shared():
    weights = {rule.part: rule.weight for rule in REGIME.performance.parts}
    assert weights == {
        Part.QUALITY: 40,
        Part.SATISFACTION: 25,
        Part.EFFICIENCY: 20,
        Part.COMPLIANCE: 10,
        Part.MYSTERY: 5,
    }
    assert weights[Part.COMPLIANCE] + weights[Part.MYSTERY] == 15


def test_every_group_names_its_source_in_both_languages():
    assert set(REGIME.source) == set(yaml.safe_load(shipped_text()))
    assert all(said.zh and said.en for said in REGIME.source.values())


def test_the_regime_is_not_taken_for_a_scorecard():
    assert "regime" not in shipped_cards()


@pytest.mark.parametrize(
    ("first", "last", "ordinary", "new_hire"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), 8, 23),  # 5 x 31/7 = 22.14
        (date(2026, 2, 1), date(2026, 2, 28), 8, 20),  # 5 x 28/7
        (date(2026, 11, 2), date(2026, 11, 8), 2, 5),  # 8 x 7/30 = 1.87
        (date(2026, 10, 16), date(2026, 11, 15), 9, 23),  # 8 x (16/31 + 15/30) = 8.13
        (date(2026, 7, 1), date(2026, 9, 30), 24, 66),  # 5 x 92/7 = 65.71
    ],
)
def test_calls_due_in_a_span_are_its_part_of_weeks_and_months_rounded_up(first, last, ordinary, new_hire):
    assert REGIME.calls_in(first, last) == {"ordinary": ordinary, "new_hire": new_hire}


def test_a_new_hire_is_one_for_ninety_days():
    started = date(2026, 9, 1)
    assert REGIME.stratum(started, date(2026, 11, 29)) == "new_hire"  # the 90th day: 30 + 31 + 29
    assert REGIME.stratum(started, date(2026, 11, 30)) == "ordinary"


@given(st.integers(0, 60), st.sampled_from(Each), st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 60),
       st.integers(1, 60))  # fmt: skip
def test_a_span_in_two_parts_is_due_as_much_as_whole_but_for_one_call_of_rounding(calls, each, first, before, after):
    quota = Quota(calls, each)
    cut, last = first + timedelta(before), first + timedelta(before + after)
    parts = quota.calls_in(first, cut) + quota.calls_in(cut + timedelta(1), last)
    assert 0 <= parts - quota.calls_in(first, last) <= 1
    assert quota.calls_in(first, last) >= math.floor(calls * (before + after) / 31)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("sampling.strata.ordinary.calls", -1, "regime: sampling.strata.ordinary.calls: -1: -1 is less than"),
        ("sampling.strata.new_hire.each", "day", "sampling.strata.new_hire.each: \"day\": 'day' is not one of"),
        ("sampling.least_call_s", -5, "sampling.least_call_s: -5"),
        ("sampling.always", ["dissatisfied", "rude"], 'sampling.always[1]: "rude"'),
        ("sampling.leest_call_s", 30, "'leest_call_s' was unexpected"),
        ("surprise", 1, "'surprise' was unexpected"),
        ("risk.rules.mood", {"per_agent": 1, "in_all": 2}, "'mood' was unexpected"),
        ("risk.rules.refund.silence_s", 20, "'silence_s' was unexpected"),
        ("risk.rules.long_silence.silence_s", 0, "silence_s: 0: 0 is less than or equal to the minimum of 0"),
        ("unfit.reasons", {}, "unfit.reasons: {}"),
        ("unfit.reasons.Bad-Line", {"zh": "线路", "en": "line"}, "'Bad-Line' does not match"),
        ("blind.pools.random", None, "'random' is a required property"),
        ("blind.pools.random.machine", "yes", 'blind.pools.random.machine: "yes"'),
        ("claims.most", 0, "claims.most: 0"),
        ("claims.back_after_hours", -2, "claims.back_after_hours: -2"),
        ("disputes.from", "birth", 'disputes.from: "birth"'),
        ("disputes.file_days", 0, "disputes.file_days: 0"),
        ("disputes.file_days", 2.5, "disputes.file_days: 2.5"),
        ("disputes.source", None, "'source' is a required property"),
        ("months.closing_day", 31, "months.closing_day: 31"),
        ("recheck.share", 0.2, "regime: recheck.share is 0.2. It lies from 0.05 to 0.1."),
        ("recheck.share", math.nan, "recheck.share is nan, which is no number"),
        ("performance.parts.quality.weight", 45, "the weights of performance.parts sum to 105, not to 100. Mend them."),
        ("performance.parts.mood", {"weight": 1, "measures": {}}, "'mood' was unexpected"),
        ("performance.parts.efficiency.measures.fcr.weight", 20,
         "the weights of performance.parts.efficiency.measures sum to 90, not to 100"),
        ("performance.parts.efficiency.measures.aht_s.target", None, "“aht_s” has the formula at_most. Give a target"),
        ("performance.parts.quality.measures.evaluations.target", 90, "“evaluations” has the formula mean. Give a"),
        ("performance.parts.quality.measures.evaluations.points", 5, "“evaluations” has the formula mean. Give points"),
        ("performance.parts.compliance.measures.deductions.points", None, "“deductions” has the formula deductions"),
        ("performance.parts.mystery.measures", {"csat": {"weight": 100, "formula": "mean", "least_n": 3}},
         "the measure “csat” stands twice"),
        ("performance.grades.good", 95, "performance.grades do not fall from excellent over good to qualified"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(path, value, said):
    with pytest.raises(Invalid) as refused:
        regime_from_yaml(changed(path, value))
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "sampling: 3", "a: [", "months: {}\nmonths: {}"])
def test_what_is_no_regime_at_all_is_refused(text):
    with pytest.raises(Invalid, match="mine"):
        regime_from_yaml(text, "mine")


def test_an_operator_may_share_the_weights_otherwise():
    document = yaml.safe_load(shipped_text())
    del document["performance"]["parts"]["mystery"]
    document["performance"]["parts"]["compliance"]["weight"] = 15
    document["risk"]["rules"] = {}
    read = regime_from_yaml(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    assert [rule.weight for rule in read.performance.parts] == [40, 25, 20, 15]
    assert read.risk == {}
