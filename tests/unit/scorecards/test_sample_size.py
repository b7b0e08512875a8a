"""Known values by the arithmetic in the comment, or from the tables named; properties for every formula."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.agreement import proportion
from scorecards.sample_size import chance_to_see_one, faults_above, for_width, power, to_see_one, wilson

loads_a_library = settings(deadline=None)
rates = st.floats(0.005, 0.995)
populations = st.integers(1, 400)
sampled = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("rate", "n"),
    [
        (0.05, 59),  # log .05 / log .95 = 58.40
        (0.03, 99),  # log .05 / log .97 = 98.35
        (0.01, 299),  # log .05 / log .99 = 298.07
        (0.001, 2995),  # log .05 / log .999 = 2994.2; the rule of three says 3 / .001
    ],
)
def test_calls_that_show_a_fault_of_a_rate_with_95_percent_chance(rate, n):
    assert to_see_one(rate) == n


@pytest.mark.parametrize(
    ("rate", "population", "n"),
    [
        (0.05, 100, 45),  # 5 faults: 1 - C(95,44)/C(100,44) = .9493, of 45 .9538; 45 in Cannon and Roe's table too
        (0.01, 100, 95),  # 1 fault: n / 100 is .95
        (0.01, 1000, 258),  # 10 faults: .9495 of 257, .9502 of 258
        (0.05, 50, 31),  # 2.5 faults are 3: .9418 of 30, .9506 of 31
        (0.05, 10, 10),  # 1 fault: 9 give .90
        (0.05, 1_000_000, 59),  # as good as without end
    ],
)
def test_a_small_population_needs_fewer_calls(rate, population, n):
    assert to_see_one(rate, population=population) == n


def test_an_exact_power_of_the_rate_needs_no_call_more():
    assert to_see_one(0.5, 0.75) == 2  # 1 - .5^2
    assert to_see_one(0.1, 0.19) == 2  # 1 - .9^2
    assert to_see_one(0.07, 0.5, 100) == 10  # 7 faults and not 8: C(93,10)/C(100,10) = .468, of 9 .509


@loads_a_library
@given(rates, st.floats(0.05, 0.99), populations)
def test_the_size_is_the_smallest_by_exact_arithmetic(rate, chance, population):
    n = to_see_one(rate, chance, population)
    faults = next(count for count in range(population + 1) if count >= rate * population - 1e-9)

    def missed(size):
        return Fraction(math.comb(population - faults, size), math.comb(population, size))

    assert 1 - missed(n) >= Fraction(chance) - Fraction(1, 10**8)
    assert n == 1 or 1 - missed(n - 1) < Fraction(chance)
    assert chance_to_see_one(n, rate, population) == pytest.approx(float(1 - missed(n)))


@loads_a_library
@given(rates, st.floats(0.05, 0.99))
def test_without_end_one_call_less_is_not_enough(rate, chance):
    n = to_see_one(rate, chance)
    assert chance_to_see_one(n, rate) >= chance - 1e-6
    assert n == 1 or chance_to_see_one(n - 1, rate) < chance


@given(sampled)
def test_a_whole_count_has_the_interval_that_agreement_gives_it(drawn):
    count, n = drawn
    known = proportion(count, n)
    assert wilson(count / n, n) == pytest.approx((known.low, known.high))


@given(sampled, st.integers(1, 1000))
def test_a_finite_population_narrows_the_interval_and_all_of_it_leaves_none(drawn, more):
    count, n = drawn
    (low, high), (wide_low, wide_high) = wilson(count / n, n, n + more), wilson(count / n, n)
    assert high - low <= wide_high - wide_low + 1e-12
    assert wilson(count / n, n, n) == (count / n, count / n)


def test_half_of_100_calls_count_as_99():
    assert wilson(0.5, 50, 100) == wilson(0.5, 99)  # 50 x 99 / 50


def test_calls_for_an_interval_of_a_width():
    # rate 1/2: half width z / (2 sqrt(n + z^2)), so n = z^2 / (4 w^2) - z^2 = 384.15 - 3.84 = 380.3
    assert for_width(0.05) == 381
    # of 1,000: m = n 999 / (1000 - n) takes its place, 380.3 = 999 n / (1000 - n), n = 380300 / 1379.3 = 275.7
    assert for_width(0.05, population=1000) == 276
    assert for_width(0.05, population=10) == 10
    # rate .1, w = .1: half of 37 .0987 (z^2/n = .1038: sqrt(.09 x .1038 + .00269) / 1.1038), of 36 .1000 and a little
    assert for_width(0.1, 0.1) == 37


@given(st.floats(0.01, 0.45), rates, st.none() | st.integers(1, 5000))
def test_the_width_is_met_and_by_one_call_less_is_not(within, rate, population):
    n = for_width(within, rate, population)
    widths = [high - low for low, high in (wilson(rate, size, population) for size in (n, n - 1) if size)]
    assert widths[0] / 2 <= within + 1e-8
    assert len(widths) == 1 or widths[1] / 2 > within
    assert for_width(within, 0.5, population) >= n


def test_faults_that_show_a_rate_above_5_percent_in_20_calls_and_the_power_at_20_percent():
    # P(3 or more of 20 | .05) = .0755, P(4 or more) = .0159: four; P(4 or more of 20 | .2) = .5886
    assert faults_above(20, 0.05) == 4
    assert power(20, 0.2, 0.05) == pytest.approx(0.5886, abs=1e-4)


def test_too_few_calls_show_nothing():
    assert faults_above(5, 0.5) == 5  # .5^5 = .031
    assert faults_above(4, 0.5) == 5  # .5^4 = .0625: not even four of four
    assert power(4, 0.9, 0.5) == 0


@loads_a_library
@given(st.integers(1, 200), st.floats(0.005, 0.6))
def test_the_fewest_faults_are_those_of_scipys_exact_test(n, tolerated):
    from scipy.stats import binomtest

    fewest = faults_above(n, tolerated)
    assert binomtest(fewest - 1, n, tolerated, "greater").pvalue > 0.05
    assert fewest > n or binomtest(fewest, n, tolerated, "greater").pvalue <= 0.05


@loads_a_library
@given(st.integers(1, 200), st.floats(0.01, 0.4), st.floats(0.01, 0.2), st.floats(0.01, 0.2))
def test_power_rises_with_the_rate(n, tolerated, step, further):
    nearer, farther = power(n, tolerated + step, tolerated), power(n, tolerated + step + further, tolerated)
    assert 0 <= nearer <= farther <= 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: to_see_one(0), "A rate, chance or width lies between 0 and 1, not at 0."),
        (lambda: to_see_one(0.05, 1), "A rate, chance or width lies between 0 and 1, not at 1."),
        (lambda: for_width(math.nan), "A rate, chance or width lies between 0 and 1, not at nan."),
        (lambda: to_see_one(0.05, population=0), "Of 0 calls 1 cannot be drawn."),
        (lambda: chance_to_see_one(11, 0.05, 10), "Of 10 calls 11 cannot be drawn."),
        (lambda: faults_above(0, 0.05), "A sample has at least one call, not 0."),
        (lambda: power(20, 0.05, 0.05), "The rate to be seen (0.05) must lie above the tolerated one (0.05)."),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(asked, sentence):
    with pytest.raises(Invalid) as refused:
        asked()
    assert str(refused.value) == sentence
