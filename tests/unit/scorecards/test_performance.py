"""Performance sheets reckoned by hand; what holds for every sheet by hypothesis; how often the interval is right."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.agreement import Estimate
from scorecards.performance import (
    Formula,
    MeasureRule,
    Part,
    SheetGrade,
    Tally,
    grade_of,
    make_sheet,
    pooled,
    score,
    shared,
    weighted,
)
from scorecards.regime import shipped_regime

RULES = shipped_regime().performance
loads_a_library = settings(deadline=None)
MEAN = MeasureRule("evaluations", 100, Formula.MEAN, 8)
SHARE = MeasureRule("csat", 100, Formula.SHARE, 30)
AT_MOST = MeasureRule("aht_s", 100, Formula.AT_MOST, 30, 360)
AT_LEAST = MeasureRule("volume", 100, Formula.AT_LEAST, 1, 1000)
DEDUCTIONS = MeasureRule("deductions", 100, Formula.DEDUCTIONS, 1)
MONTH = {
    "evaluations": Tally.of([80, 90, 100, 90, 80, 90, 100, 90], ("evaluation:1", "evaluation:2")),
    "csat": Tally.of_share(36, 40, ("survey:2026-10",)),
    "aht_s": Tally.of([300, 420] * 40),
    "volume": Tally.of_share(800, 800),
    "fcr": Tally.of_share(150, 200),
    "on_the_spot": Tally.of_share(50, 100),
    "deductions": Tally.of([0.0] * 38 + [2, 5]),
    "visits": Tally.of([70, 80, 90]),
}


def ends(found):
    return found.value, found.low, found.high


def test_a_mean_has_students_interval_cut_to_the_scale():
    # mean 90, s = sqrt((100 + 0 + 100 + 0) / 3) = 8.165, t(3) = 3.182: 90 -+ 3.182 x 8.165 / 2
    assert ends(score(MEAN, Tally.of([80, 90, 100, 90]))) == pytest.approx((90, 77.008, 100), abs=1e-3)


def test_a_share_has_wilsons_interval():
    # (0.9 + 1.96^2/40 -+ 1.96 sqrt(0.9 x 0.1/20 + 1.96^2/(4 x 20^2))) / (1 + 1.96^2/20)
    assert ends(score(SHARE, Tally.of_share(18, 20))) == pytest.approx((90, 69.896, 97.213), abs=1e-2)


def test_values_that_are_all_alike_or_one_alone_have_wilsons_interval_too():
    assert ends(score(MEAN, Tally.of([100] * 8))) == pytest.approx((100, 67.56, 100), abs=1e-2)  # 8 / (8 + 1.96^2)
    assert score(MEAN, Tally.of([90])).low < 50
    assert ends(score(MEAN, Tally.of([33.3] * 7)))[0] == pytest.approx(33.3)
    assert score(MEAN, Tally.of([33.3] * 7)).high > 60


def test_handling_time_is_held_against_its_target():
    # mean 400 s: 100 x 360 / 400; s = 60, t(10) = 2.228: 400 -+ 2.228 x 60 / sqrt(11) is 359.7 to 440.3 s
    found = score(AT_MOST, Tally.of([340, 460] * 5 + [400]))
    assert ends(found) == pytest.approx((90, 81.761, 100), abs=1e-2)
    assert ends(score(AT_MOST, Tally.of([100, 200, 150]))) == (100, 100, 100)


def test_volume_and_deductions_are_counts_a_month_without_an_interval():
    assert ends(score(AT_LEAST, Tally.of_share(800, 800))) == (80, 80, 80)
    assert ends(score(AT_LEAST, replace(Tally.of_share(2700, 2700), months=3))) == (90, 90, 90)
    assert ends(score(AT_LEAST, Tally.of_share(1500, 1500))) == (100, 100, 100)
    assert ends(score(DEDUCTIONS, Tally.of([0, 0, 5, 2.5]))) == (92.5, 92.5, 92.5)
    assert score(DEDUCTIONS, Tally.of([80, 40])).value == 0


def test_independent_parts_add_their_distances_as_squares():
    # (40 x 90 + 25 x 80) / 65; below hypot(40 x 10, 25 x 10) / 65, above hypot(40 x 5, 25 x 5) / 65
    found = weighted([(40, Estimate(90, 80, 95)), (25, Estimate(80, 70, 85))])
    assert ends(found) == pytest.approx((86.154, 86.154 - 7.257, 86.154 + 3.628), abs=1e-3)
    assert weighted([]) is None
    assert ends(weighted([(1, Estimate(70))])) == (70, 0, 100)


def test_a_whole_sheet():
    sheet = make_sheet(7, "2026-10", MONTH, RULES)
    scores = {one.part: round(one.score.value, 6) for one in sheet.parts}
    # efficiency: 0.3 x 100 (360 s) + 0.2 x 80 + 0.3 x 75 + 0.2 x 50
    assert scores == {
        Part.QUALITY: 90,
        Part.SATISFACTION: 90,
        Part.EFFICIENCY: 78.5,
        Part.COMPLIANCE: 93,
        Part.MYSTERY: 80,
    }
    assert sheet.total.value == pytest.approx(0.4 * 90 + 0.25 * 90 + 0.2 * 78.5 + 0.1 * 93 + 0.05 * 80)  # 87.5
    assert (sheet.grade, sheet.grade_is_sure) == (SheetGrade.GOOD, False)
    assert (sheet.left_out, sheet.is_small) == ((), False)
    assert [one.counted for one in sheet.parts] == pytest.approx([40, 25, 20, 10, 5])


def test_each_cell_tells_its_value_in_its_own_unit_and_where_it_comes_from():
    cells = {cell.measure: cell for cell in make_sheet(7, "2026-10", MONTH, RULES).cells}
    assert (cells["aht_s"].value, cells["aht_s"].target, cells["aht_s"].n) == (360, 360, 80)
    assert (cells["csat"].value, cells["csat"].sources) == (0.9, ("survey:2026-10",))
    assert cells["evaluations"].sources == ("evaluation:1", "evaluation:2")
    assert (cells["volume"].value, cells["deductions"].value) == (800, 7)


def test_a_part_without_data_is_left_out_and_the_others_share_its_weight():
    given_tallies = {name: tally for name, tally in MONTH.items() if name != "visits"} | {"csat": Tally.of([])}
    sheet = make_sheet(7, "2026-10", given_tallies, RULES)
    assert sheet.left_out == (Part.SATISFACTION, Part.MYSTERY)
    assert [one.counted for one in sheet.parts] == pytest.approx([400 / 7, 0, 200 / 7, 100 / 7, 0])  # of 40 + 20 + 10
    assert sheet.total.value == pytest.approx((40 * 90 + 20 * 78.5 + 10 * 93) / 70)
    assert [one.weight for one in sheet.parts] == [40, 25, 20, 10, 5]


def test_a_measure_without_data_leaves_its_weight_to_the_others_of_its_part():
    sheet = make_sheet(7, "2026-10", {"volume": MONTH["volume"], "fcr": MONTH["fcr"]}, RULES)
    cells = {cell.measure: cell for cell in sheet.cells}
    assert (cells["volume"].weight, cells["fcr"].weight, cells["aht_s"].weight) == pytest.approx((40, 60, 0))
    assert sheet.total.value == pytest.approx(0.4 * 80 + 0.6 * 75)
    assert cells["aht_s"].score is None
    assert not cells["aht_s"].is_small


def test_too_few_values_mark_their_part_and_the_sheet():
    sheet = make_sheet(7, "2026-10", MONTH | {"evaluations": Tally.of([80, 90])}, RULES)
    assert [one.part for one in sheet.parts if one.is_small] == [Part.QUALITY]
    assert sheet.is_small


def test_a_sheet_without_any_data_has_no_total_and_no_grade():
    sheet = make_sheet(7, "2026-10", {}, RULES)
    assert (sheet.total, sheet.grade, sheet.grade_is_sure, sheet.is_small) == (None, None, False, False)
    assert sheet.left_out == tuple(Part)


def test_a_quarter_comes_from_all_its_values_and_not_from_three_means():
    months = [{"evaluations": Tally.of([100], ("a",))}, {"evaluations": Tally.of([60] * 9, ("b",))},
              {"volume": Tally.of_share(900, 900)}]  # fmt: skip
    quarter = pooled(months)
    assert quarter["evaluations"] == Tally(10, 640, 42_400, months=2, sources=("a", "b"))
    sheet = make_sheet(7, "2026-Q4", quarter, RULES)
    assert sheet.parts[0].score.value == 64  # the mean of the two means would be 80
    assert {cell.measure: cell.value for cell in sheet.cells}["volume"] == 900  # of the one month worked


@pytest.mark.parametrize(
    ("total", "grade"),
    [(90, "excellent"), (89.996, "excellent"), (89.99, "good"), (80, "good"), (60, "qualified"), (59.99, "unqualified"),
     (0, "unqualified")],
)  # fmt: skip
def test_grades_by_the_total_as_it_is_shown(total, grade):
    assert grade_of(total, RULES.grades) == grade


def test_a_grade_is_sure_where_the_whole_interval_has_it():
    assert make_sheet(7, "2026-10", {"volume": Tally.of_share(850, 850)}, RULES).grade_is_sure
    assert not make_sheet(7, "2026-10", {"csat": Tally.of_share(34, 40)}, RULES).grade_is_sure


@pytest.mark.parametrize(
    ("code", "tally", "said"),
    [
        ("csat", Tally(10, 12, 20), "csat: 10 values with the sum 12 do not fit the formula share."),
        ("evaluations", Tally.of([120, 130]), "evaluations: 2 values with the sum 250.0 do not fit the formula mean."),
        ("aht_s", Tally.of([-5]), "do not fit the formula at_most"),
        ("volume", Tally.of([-5]), "do not fit the formula at_least"),
        ("deductions", Tally.of([-5]), "do not fit the formula deductions"),
        ("mood", Tally.of([1]), "There is no measure “mood” of performance. Known are: aht_s, csat, deductions,"),
    ],
)
def test_values_that_no_formula_takes_are_refused(code, tally, said):
    with pytest.raises(Invalid) as refused:
        make_sheet(7, "2026-10", {code: tally}, RULES)
    assert said in str(refused.value)


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (2, 10, 49), (0, 1, 0), (2, math.nan, 1), (1, 1, 1, 0)])
def test_sums_that_no_values_have_are_refused(numbers):
    with pytest.raises(Invalid, match="do not have the sum"):
        Tally(*numbers)


percent = st.floats(0, 100)
lists_of_scores = st.lists(percent, min_size=1, max_size=12)
months_of = st.fixed_dictionaries({}, optional={
    "evaluations": lists_of_scores.map(Tally.of),
    "csat": st.lists(st.booleans(), min_size=1, max_size=40).map(Tally.of),
    "aht_s": st.lists(st.floats(1, 4000), min_size=1, max_size=12).map(Tally.of),
    "volume": st.integers(1, 3000).map(lambda n: Tally.of_share(n, n)),
    "fcr": st.lists(st.booleans(), min_size=1, max_size=40).map(Tally.of),
    "on_the_spot": st.lists(st.booleans(), min_size=1, max_size=40).map(Tally.of),
    "deductions": st.lists(st.floats(0, 40), min_size=1, max_size=12).map(Tally.of),
    "visits": lists_of_scores.map(Tally.of),
})  # fmt: skip


@loads_a_library
@given(months_of)
def test_weights_that_count_sum_to_a_hundred_and_every_figure_lies_in_its_interval(tallies):
    sheet = make_sheet(7, "2026-10", tallies, RULES)
    assert math.isclose(math.fsum(one.counted for one in sheet.parts), 100 if tallies else 0, abs_tol=1e-9)
    for part in sheet.parts:
        filled = [cell for cell in part.cells if cell.score]
        assert math.isclose(math.fsum(cell.weight for cell in filled), 100 if filled else 0, abs_tol=1e-9)
    found = [sheet.total, *(one.score for one in sheet.parts), *(cell.score for cell in sheet.cells)]
    for one in found:
        assert one is None or -1e-9 <= one.low <= one.value + 1e-9 <= one.high + 2e-9 <= 100 + 1e-8


@given(st.lists(st.floats(0, 100), max_size=8))
def test_shared_weights_sum_to_a_hundred_in_the_same_proportion(weights):
    found = shared(weights)
    whole = math.fsum(weights)
    assert math.isclose(math.fsum(found), 100 if whole else 0, rel_tol=1e-9)
    assert all(
        math.isclose(one * whole, 100 * weight, rel_tol=1e-9, abs_tol=1e-300)
        for one, weight in zip(found, weights, strict=True)
    )


@loads_a_library
@given(st.lists(lists_of_scores, min_size=1, max_size=3))
def test_a_quarter_is_what_all_its_values_at_once_would_be(months):
    quarter = pooled({"evaluations": Tally.of(values)} for values in months)["evaluations"]
    at_once = Tally.of([value for values in months for value in values])
    assert (quarter.n, quarter.months) == (at_once.n, len(months))
    assert (quarter.total, quarter.squares) == pytest.approx((at_once.total, at_once.squares))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_of_the_total_holds_the_truth_about_ninety_five_times_in_a_hundred(seed):
    random, times, held = Random(seed), 600, 0  # noqa: S311 - a simulation
    truth = (40 * 82 + 25 * 85) / 65
    for _ in range(times):
        scores = [random.gauss(82, 6) for _ in range(10)]
        hits = sum(random.random() < 0.85 for _ in range(60))
        total = make_sheet(7, "", {"evaluations": Tally.of(scores), "csat": Tally.of_share(hits, 60)}, RULES).total
        held += total.low <= truth <= total.high
    assert 0.93 <= held / times <= 0.98  # 95 % -+ 2.2 standard errors of 0.9 %, and square-and-add is a little wide
