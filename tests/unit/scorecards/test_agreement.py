"""Known values come from published worked examples, each named beside its table."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import agreement
from scorecards.agreement import (
    Estimate,
    area_under_curve,
    cohens_kappa,
    gwets_ac1,
    mean_absolute_error,
    number_agreement,
    proportion,
    spearman,
    verdict_agreement,
)

CLASSES = ("met", "not_met", "partly_met")
# irrCAC's data set cont3x3abstractors (Gwet 2014): two abstractors, 100 charts
ABSTRACTORS = np.array([[13.0, 0, 0], [0, 20, 7], [0, 4, 56]])
verdicts = st.sampled_from(CLASSES)
paired = st.lists(st.tuples(verdicts, verdicts), min_size=2, max_size=40)
tables = st.lists(st.integers(0, 30), min_size=9, max_size=9).map(lambda cells: np.array(cells, float).reshape(3, 3))
a_thousand_draws = settings(deadline=None, max_examples=25)  # each figure's interval takes a thousand
loads_a_library = settings(deadline=None)
measured = st.floats(-5, 5).map(lambda value: round(value, 3))


def test_cohens_own_example_of_1960():
    # Cohen 1960, table 1: 200 patients; po = .44 + .20 + .06 = .70, pe = .50 x .60 + .30 x .30 + .20 x .10 = .41
    table = np.array([[88.0, 10, 2], [14, 40, 6], [18, 10, 12]])
    kappa = cohens_kappa(table)
    assert kappa.value == pytest.approx((0.70 - 0.41) / (1 - 0.41))  # .492 in the paper
    # statsmodels' asymptotic standard error (Fleiss, Cohen and Everitt 1969) is .0510
    assert kappa.low == pytest.approx(0.3916, abs=1e-4)
    assert kappa.high == pytest.approx(0.5915, abs=1e-4)


def test_kappa_and_ac1_of_the_abstractors_as_gwets_own_package_has_them():
    kappa, ac1 = cohens_kappa(ABSTRACTORS), gwets_ac1(ABSTRACTORS)
    assert kappa.value == pytest.approx(0.7964094, abs=1e-7)  # irrCAC kappa2.table
    assert ac1.value == pytest.approx(0.8493305, abs=1e-7)  # irrCAC gwet.ac1.table, standard error .04321747
    assert (ac1.high - ac1.value) / agreement.Z == pytest.approx(0.04321747, abs=1e-7)


def test_kappa_falls_with_a_lopsided_prevalence_where_ac1_does_not():
    # Feinstein and Cicchetti 1990: 118 + 2 of 125 agreed on: kappa (.96 - .9459) / (1 - .9459), high agreement
    table = np.array([[118.0, 5], [0, 2]])
    assert cohens_kappa(table).value < 0.5
    assert gwets_ac1(table).value > 0.95


def test_wilsons_interval_of_nine_in_ten():
    # z = 1.96: centre (.9 + .19207) / 1.38415 = .78899, half width .19314: .59585 to .98212
    nine = proportion(9, 10)
    assert nine.value == pytest.approx(0.9)
    assert nine.low == pytest.approx(0.59585, abs=1e-5)
    assert nine.high == pytest.approx(0.98212, abs=1e-5)


def test_area_under_the_curve_counts_ties_half():
    # pairs (positive, negative): .9>.1, .9>.5, .5>.1, .5=.5 -> (1 + 1 + 1 + .5) / 4
    assert area_under_curve([True, True, False, False], [0.9, 0.5, 0.1, 0.5]).value == pytest.approx(0.875)


def test_spearman_of_one_exchange_in_four():
    # ranks 1 2 3 4 against 1 2 4 3: 1 - 6 x (0 + 0 + 1 + 1) / (4 x 15) = .8
    assert spearman([1, 2, 3, 4], [10, 20, 40, 30]).value == pytest.approx(0.8)


def test_mean_absolute_error_is_in_the_numbers_own_unit():
    assert mean_absolute_error([1, 2, 4], [2, 2, 2]).value == pytest.approx(1.0)  # (1 + 0 + 2) / 3


def test_abstentions_lower_the_coverage_and_are_left_out_of_the_rest():
    found = verdict_agreement(["met", "met", "not_met", "met"], ["met", None, "not_met", "not_met"])
    assert (found.n, found.answered) == (4, 3)
    assert found.coverage.value == pytest.approx(0.75)
    assert found.raw.value == pytest.approx(2 / 3)
    assert found.prevalence["met"].value == pytest.approx(0.75)  # of all that people judged


def test_everything_stands_on_the_agreement_together():
    people = ["met"] * 6 + ["not_met"] * 4
    found = verdict_agreement(people, people, positive="met", scores=[0.9, 0.8, 0.7, 0.6, 0.9, 0.4] + [0.5, 0.2] * 2)
    assert None not in (found.coverage, found.raw, found.kappa, found.ac1, found.auc)
    numbers = number_agreement([1.0, -1.0, 0.0, 2.0], [0.8, -0.9, 0.3, 1.0], below=-0.5)
    assert None not in (numbers.coverage, numbers.spearman, numbers.mae, numbers.auc)
    assert numbers.prevalence["below -0.5"].value == pytest.approx(0.25)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_a_single_call_give_no_chance_corrected_figure(count):
    found = verdict_agreement(["met"] * count, ["met"] * count)
    assert (found.kappa, found.ac1) == (None, None)
    assert (found.raw is None) is (count == 0)
    numbers = number_agreement([1.0] * count, [1.0] * count, below=0.0)
    assert (numbers.spearman, numbers.auc) == (None, None)


def test_one_class_only_is_no_agreement_beyond_chance():
    found = verdict_agreement(["met"] * 9, ["met"] * 9, positive="met", scores=[0.9] * 9)
    assert (found.kappa, found.ac1, found.auc) == (None, None, None)
    assert found.raw.value == 1.0


def test_a_class_that_could_have_been_given_counts_for_ac1():
    found = verdict_agreement(["met"] * 9, ["met"] * 9, categories=CLASSES)
    assert found.ac1.value == pytest.approx(1.0)  # pe = 0: nobody ever gave another class
    assert found.kappa is None


def test_numbers_that_never_change_have_no_rank_correlation():
    found = number_agreement([1.0, 2.0, 3.0], [2.0, 2.0, 2.0])
    assert found.spearman is None
    assert found.mae.value == pytest.approx(2 / 3)


def test_full_agreement_of_few_calls_is_not_shown_as_certain():
    found = verdict_agreement(["met", "not_met"] * 3, ["met", "not_met"] * 3)
    assert found.kappa.value == found.ac1.value == pytest.approx(1.0)
    # Wilson of 6 in 6 starts at .6097, pe = .5: (.6097 - .5) / .5
    assert found.kappa.low == pytest.approx(0.219, abs=1e-3)
    assert spearman([1, 2, 3, 4], [1, 2, 3, 4]) == Estimate(1.0)


def test_the_same_seed_gives_the_same_interval():
    people, ours = [0.1, 0.5, -0.3, 0.9, 0.2, -0.8], [0.0, 0.4, -0.1, 0.5, 0.3, 0.1]
    assert number_agreement(people, ours, below=0) == number_agreement(people, ours, below=0)
    assert mean_absolute_error(people, ours, seed=1) != mean_absolute_error(people, ours, seed=2)


def test_a_shorter_list_of_answers_is_refused():
    with pytest.raises(ValueError, match="zip"):
        verdict_agreement(["met", "met"], ["met"])


def test_an_estimate_reads_as_a_figure_with_its_interval():
    assert str(Estimate(0.625, 0.5, 0.75)) == "0.62 (0.50 to 0.75)"
    assert str(Estimate(1.0)) == "1.00 (no interval)"


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_within_its_interval_within_0_and_1(drawn):
    count, n = drawn
    share = proportion(count, n)
    assert -1e-12 <= share.low <= share.value + 1e-12
    assert share.value - 1e-12 <= share.high <= 1 + 1e-12


@given(paired)
def test_kappa_and_ac1_are_at_most_1_lie_in_their_interval_and_change_with_no_order(pairs):
    people, machine = zip(*pairs, strict=True)
    found = verdict_agreement(people, machine)
    turned = verdict_agreement(machine, people)
    for one, other in ((found.kappa, turned.kappa), (found.ac1, turned.ac1)):
        assert (one is None) == (other is None)
        if one is not None:
            assert -1 <= one.low <= one.value + 1e-9
            assert one.value - 1e-9 <= one.high <= 1
            assert other.value == pytest.approx(one.value)


@given(tables)
def test_kappa_is_the_share_of_the_possible_agreement_beyond_chance(table):
    n = table.sum()
    found = cohens_kappa(table)
    if found is not None:
        expected = (table.sum(axis=0) * table.sum(axis=1)).sum() / n**2
        assert found.value * (1 - expected) + expected == pytest.approx(np.trace(table) / n)


@loads_a_library
@given(tables)
def test_kappas_variance_is_the_one_of_statsmodels(table):
    from statsmodels.stats.inter_rater import cohens_kappa as reference

    table = table + 1  # statsmodels divides by 0 where a class is missing
    found, theirs = cohens_kappa(table), reference(table)
    assert found.value == pytest.approx(theirs.kappa)
    assert found.low == pytest.approx(max(-1, theirs.kappa_low), abs=1e-6)
    assert found.high == pytest.approx(min(1, theirs.kappa_upp), abs=1e-6)


@loads_a_library
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_shares_interval_is_the_one_of_statsmodels(drawn):
    from statsmodels.stats.proportion import proportion_confint

    found, theirs = proportion(*drawn), proportion_confint(*drawn, method="wilson")
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)


@given(tables, st.integers(2, 5))
def test_more_calls_of_the_same_kind_narrow_the_interval(table, times):
    one, more = gwets_ac1(table), gwets_ac1(table * times)
    if one is not None and one.low > -1 and one.high < 1 and table.sum() != np.trace(table) > 0:
        assert more.value == pytest.approx(one.value)
        # the variance falls with n: the width by the root of it
        assert more.high - more.low == pytest.approx((one.high - one.low) / math.sqrt(times))


@a_thousand_draws
@given(st.lists(st.tuples(st.booleans(), measured), min_size=2, max_size=20))
def test_turning_the_scores_round_turns_the_area_round(calls):
    truth, scores = [one for one, _ in calls], [score for _, score in calls]
    found, turned = area_under_curve(truth, scores), area_under_curve(truth, [-score for score in scores])
    assert (found is None) == (len(set(truth)) == 1)
    if found is not None:
        assert found.value + turned.value == pytest.approx(1.0)


@a_thousand_draws
@given(st.lists(st.tuples(measured, measured), min_size=3, max_size=20))
def test_ranks_do_not_change_with_a_growing_function(pairs):
    one, other = zip(*pairs, strict=True)
    found, bent = spearman(one, other), spearman([value**3 for value in one], other)
    assert (found is None) == (bent is None)
    if found is not None:
        assert bent.value == pytest.approx(found.value)
        assert -1 <= found.value <= 1
