"""The metrics of satisfaction surveys with the arithmetic beside them, and how often their intervals hold the truth."""

import gc
from math import inf

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qa_app.core.errors import Invalid
from surveys.satisfaction import (
    LEAST_N,
    METRICS,
    Kind,
    _feldt,
    alpha,
    bottom_box,
    change,
    interviewer_effects,
    mean,
    nps,
    ranked,
    share,
    straight_liners,
    top_box,
    weighted_mean,
    weighted_nps,
    weighted_share,
)

SCORES = st.lists(st.integers(0, 10), min_size=2, max_size=80)
POPULATIONS = [(0.5, 0.3, 0.2), (0.2, 0.2, 0.6), (0.85, 0.1, 0.05), (0.1, 0.8, 0.1)]
"""Shares of promoters, passives and detractors."""


def answers(promoters, passives, detractors):
    return [10] * promoters + [7] * passives + [0] * detractors


def calls(rng, means, n=40, spread=1.5):
    return pd.DataFrame(
        [(name, score) for name, at in means.items() for score in np.clip(np.rint(rng.normal(at, spread, n)), 1, 10)],
        columns=["interviewer", "score"],
    )


@pytest.fixture
def quick_collection():
    """statsmodels collects garbage in every correction: what is there already need not be walked each time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize(
    ("low", "high", "satisfied", "dissatisfied"),
    [(1, 5, 4, 2), (1, 10, 8, 4), (0, 10, 8, 3), (1, 7, 6, 2), (1, 4, 3, 1), (1, 3, 3, 1), (0, 1, 1, 0)],
)
def test_the_boxes_of_each_scale(low, high, satisfied, dissatisfied):
    assert (top_box(low, high), bottom_box(low, high)) == (satisfied, dissatisfied)


@given(st.integers(-5, 5), st.integers(1, 20))
def test_no_point_is_in_both_boxes(low, points):
    assert low <= bottom_box(low, low + points) < top_box(low, low + points) <= low + points


def test_a_scale_needs_two_points():
    with pytest.raises(Invalid, match=r"A scale from 5 to 1 has no two points; give the worst point first."):
        top_box(5, 1)


def test_every_metric_is_declared_once():
    assert [metric.slug for metric in METRICS] == [
        "csat",
        "bottom_box",
        "nps",
        "ces",
        "solved",
        "recovered",
        "response",
    ]
    assert [metric.slug for metric in METRICS if not metric.more_is_better] == ["bottom_box"]


def test_a_share_has_wilsons_interval():
    one = share("csat", 76, 80)
    # Wilson: (0.95 + 1.96^2/160 -+ 1.96 sqrt(0.95 x 0.05/80 + 1.96^2/(4 x 80^2))) / (1 + 1.96^2/80)
    assert (one.value, round(one.low, 4), round(one.high, 4)) == (0.95, 0.8784, 0.9804)


def test_a_net_promoter_score_by_hand():
    one = nps(answers(50, 30, 20))
    # 50 - 20 = 30 points; adjusted: n' = 103, p' = 50.75/103, d' = 20.75/103, p' - d' = 30/103 = 0.291262
    # variance = (71.5/103 - 0.291262^2) / 103 = (0.694175 - 0.084834) / 103 = 0.0059159, its root 0.076915
    # 29.1262 -+ 1.95996 x 7.6915 = 14.0511 and 44.2013
    assert (one.value, one.n) == (pytest.approx(30), 100)
    assert (round(one.low, 3), round(one.high, 3)) == (14.051, 44.201)


def test_the_edges_of_the_groups_are_6_and_9_and_missing_scores_are_left_out():
    assert nps([9, 8, 7, 6, None, float("nan")]).value == 0
    assert (nps([9, 10, None]).value, nps([0, 6]).value, nps(pd.Series([9, None], dtype="Int64")).n) == (100, -100, 1)
    with pytest.raises(Invalid, match=r"scored from 0 to 10; there are answers from 1.0 to 11.0"):
        nps([1, 11])


def test_a_mean_has_the_t_interval():
    one = mean("ces", [1, 2, 3, None])
    # sd 1, standard error 1/sqrt 3 = 0.57735, t(0.975, 2) = 4.30265: 2 -+ 2.48414
    assert (one.value, one.n, round(one.low, 4), round(one.high, 4)) == (2, 3, -0.4841, 4.4841)
    assert (mean("ces", [4, 4]).low, mean("ces", [4, 4]).high) == (4, 4)


def test_nothing_answered_says_nothing():
    none = [share("csat", 0, 0), nps([]), mean("ces", [None]), weighted_share("csat", [], []), weighted_nps([5], [0])]
    assert [(one.value, one.low, one.high, one.n, one.is_small) for one in none] == [
        (None, 0, 1, 0, True), (None, -100, 100, 0, True), (None, -inf, inf, 0, True), (None, 0, 1, 0, True),
        (None, -100, 100, 0, True),
    ]  # fmt: skip
    assert (mean("ces", [4]).value, mean("ces", [4]).low, mean("ces", [4]).high) == (4, -inf, inf)


def test_small_is_below_thirty_answers_or_what_their_weights_leave_of_them():
    assert (share("csat", 5, 29).is_small, share("csat", 5, 30).is_small) == (True, False)
    uneven = weighted_share("csat", [True] * 40, [9] * 10 + [1] * 30)
    # (90 + 30)^2 / (10 x 81 + 30 x 1) = 14400 / 840 = 17.142857
    assert (uneven.n, uneven.effective_n, uneven.is_small) == (40, pytest.approx(14400 / 840), True)
    assert not weighted_share("csat", [True] * 30, [0.1] * 30).is_small


def test_weighted_values_by_hand():
    weights = [3, 1, 1, 1]
    # n_eff = 36 / 12 = 3
    assert weighted_share("csat", [True, False, False, True], weights).value == pytest.approx(4 / 6)
    assert weighted_nps([10, 0, 7, 0], weights).value == pytest.approx(100 * (3 - 2) / 6)
    one = weighted_mean("ces", [5, 2, 3, 4], weights)
    # mean (15 + 2 + 3 + 4)/6 = 4; variance (3 x 1 + 4 + 1 + 0)/6 = 8/6, over n_eff - 1 = 2: 0.6667, root 0.8165
    assert (one.value, one.variance, one.effective_n) == (pytest.approx(4), pytest.approx(2 / 3), 3)
    assert one.high == pytest.approx(4 + stats.t.ppf(0.975, 2) * (2 / 3) ** 0.5)


@pytest.mark.parametrize("weights", [[1], [1, -1], [1, float("nan")]])
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(Invalid, match=r"Give one weight of 0 or more for each of the 2 answers."):
        weighted_mean("ces", [1, 2], weights)


@given(SCORES, st.floats(0.01, 100))
def test_equal_weights_change_nothing(scores, weight):
    weights = [weight] * len(scores)
    pairs = [
        (nps(scores), weighted_nps(scores, weights)),
        (mean("ces", scores), weighted_mean("ces", scores, weights)),
        (share("csat", sum(s > 7 for s in scores), len(scores)),
         weighted_share("csat", [s > 7 for s in scores], weights)),
    ]  # fmt: skip
    for plain, weighted in pairs:
        assert (weighted.value, weighted.low, weighted.high) == pytest.approx((plain.value, plain.low, plain.high))
        assert weighted.effective_n == plain.n


@given(st.lists(st.tuples(st.integers(0, 10), st.floats(0.1, 10)), min_size=2, max_size=60))
def test_an_interval_holds_its_value_and_stays_in_its_range(weighted):
    scores, weights = zip(*weighted, strict=True)
    points = weighted_nps(scores, weights)
    part = weighted_share("csat", [score > 7 for score in scores], weights)
    middle = weighted_mean("ces", scores, weights)
    assert -100 <= points.low <= points.value <= points.high <= 100
    assert 0 <= part.low <= part.value <= part.high <= 1
    assert middle.low <= middle.value <= middle.high
    assert 0 < middle.effective_n <= len(scores) + 1e-9


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 50))
def test_a_net_promoter_score_turned_round_is_its_negative(promoters, passives, detractors):
    one, turned = nps(answers(promoters, passives, detractors)), nps(answers(detractors, passives, promoters))
    assert (one.value, one.low, one.high) == pytest.approx((-turned.value, -turned.high, -turned.low))


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 100, 1000])
@pytest.mark.parametrize("shares", POPULATIONS)
def test_about_95_of_100_intervals_hold_the_true_net_promoter_score(shares, n):
    truth = 100 * (shares[0] - shares[2])
    found = [nps(answers(*counts)) for counts in np.random.default_rng(n).multinomial(n, shares, 1500)]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.93 <= held <= 0.98


def test_a_movement_is_real_only_where_its_interval_leaves_out_none():
    assert change(share("csat", 90, 100), share("csat", 88, 100)).is_real is False
    assert change(share("csat", 9000, 10_000), share("csat", 8800, 10_000)).is_real is True
    assert change(share("csat", 20, 29), share("csat", 88, 100)) is None
    assert change(mean("ces", [4] * 30), mean("ces", [3] * 30)).is_real is True


def test_a_movement_of_shares_has_newcombes_interval():
    moved = change(share("csat", 56, 70), share("csat", 48, 80))
    # Newcombe 1998, table II, contrast (a), method 10: 56/70 against 48/80 is 0.2000 (0.0524 to 0.3339)
    assert (round(moved.value, 4), round(moved.low, 4), round(moved.high, 4)) == (0.2, 0.0524, 0.3339)


def test_a_movement_of_means_has_welchs_interval():
    rng = np.random.default_rng(1)
    now, before = rng.integers(1, 6, 50), rng.integers(1, 5, 40)
    moved = change(mean("ces", now), mean("ces", before))
    theirs = stats.ttest_ind(now, before, equal_var=False).confidence_interval()
    assert (moved.low, moved.high) == pytest.approx((theirs.low, theirs.high))


def test_a_movement_of_net_promoter_scores_is_built_of_their_intervals():
    moved = change(nps(answers(50, 30, 20)), nps(answers(40, 30, 30)))
    # now 30 (14.0511 to 44.2013, above); before 10 -+: 10/103 = 0.0970874, (0.694175 - 0.009426)/103 = 0.00664805,
    # its root 0.0815356: 9.7087 -+ 15.9807 = -6.2720 and 25.6895
    # 20 - sqrt(15.9489^2 + 15.6895^2) = 20 - 22.3725 and 20 + sqrt(14.2013^2 + 16.2720^2) = 20 + 21.5976
    assert (round(moved.low, 2), round(moved.high, 2), moved.is_real) == (-2.37, 41.6, False)


def test_different_kinds_are_not_compared():
    with pytest.raises(Invalid, match="ces and csat are counted in different ways"):
        change(mean("ces", [1] * 30), share("csat", 1, 30))


@pytest.mark.slow
def test_where_nothing_moved_about_5_in_100_movements_look_real():
    drawn = np.random.default_rng(5).choice([10, 8, 7, 3, 0], (2000, 2, 80), p=[0.3, 0.2, 0.2, 0.2, 0.1])
    false = dict.fromkeys(Kind, 0)
    for now, before in drawn:
        false[Kind.POINTS] += change(nps(now), nps(before)).is_real
        false[Kind.MEAN] += change(mean("ces", now), mean("ces", before)).is_real
        false[Kind.SHARE] += change(share("csat", (now > 7).sum(), 80), share("csat", (before > 7).sum(), 80)).is_real
    assert all(0.035 <= count / 2000 <= 0.06 for count in false.values()), false


def test_an_alpha_by_hand():
    found = alpha(pd.DataFrame({"a": [1, 2, 3, 9], "b": [1, 3, 2, None]}))
    # the last row is left out; variances 1 and 1, of the sums 2, 5, 5 it is 3: 2/1 x (1 - 2/3) = 2/3
    # F(0.975; 2, 2) = 39 and F(0.025; 2, 2) = 1/39: 1 - 39/3 = -12 and 1 - 1/117
    assert (found.value, found.low, found.high, found.n) == (
        pytest.approx(2 / 3), pytest.approx(-12), pytest.approx(1 - 1 / 117), 3,
    )  # fmt: skip


def test_feldts_interval_agrees_with_the_published_example():
    # R package statpsych, ci.cronbach(.05, .85, 7, 89): 0.7971 to 0.8931 (by its own approximation)
    assert _feldt(0.85, 89, 7) == pytest.approx((0.7971, 0.8931), abs=2e-4)


@pytest.mark.parametrize("items", [{"a": [1, 2]}, {"a": [2, 2], "b": [3, 3]}, {"a": [1], "b": [2]}, {}])
def test_an_alpha_needs_two_items_and_answers_that_differ(items):
    assert (alpha(pd.DataFrame(items)).value, alpha(pd.DataFrame(items)).high) == (None, 1)


@pytest.mark.slow
def test_about_95_of_100_intervals_hold_the_true_alpha():
    rng = np.random.default_rng(3)
    truth = 4 * 0.5 / (1 + 3 * 0.5)  # parallel items correlated by a half: k r / (1 + (k - 1) r) = 0.8
    found = [alpha(pd.DataFrame(rng.normal(size=(60, 1)) + rng.normal(size=(60, 4)))) for _ in range(1000)]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.935 <= held <= 0.965


@given(st.lists(st.lists(st.integers(1, 10), min_size=3, max_size=3), min_size=3, max_size=30), st.floats(0.5, 5))
def test_another_unit_leaves_alpha_as_it_is(rows, unit):
    items = pd.DataFrame(rows)
    plain, scaled = alpha(items), alpha(items * unit + 1)
    if plain.value is not None:
        assert plain.low <= plain.value <= plain.high <= 1
        if items.sum(axis=1).var() > 1e-6:
            assert scaled.value == pytest.approx(plain.value, abs=1e-6)


def test_a_straight_liner_gave_one_answer_to_three_items_or_more():
    items = pd.DataFrame(
        [[5, 5, 5, 5], [5, 5, 5, None], [5, 5, None, None], [5, 5, 5, 4], [None] * 4], index=list("abcde"), dtype=float
    )
    assert straight_liners(items).to_dict() == {"a": True, "b": True, "c": False, "d": False, "e": False}


def test_an_interviewer_by_hand():
    table = pd.DataFrame({"who": ["a"] * 40 + ["b"] * 60, "score": [6, 8] * 20 + [7, 9] * 30})
    one = next(one for one in interviewer_effects(table, "who", "score") if one.interviewer == "a")
    assert (one.n, one.mean, one.rest_mean, one.difference) == (40, 7, 8, -1)
    theirs = stats.ttest_ind([6, 8] * 20, [7, 9] * 30, equal_var=False).confidence_interval()
    assert (one.low, one.high) == pytest.approx((theirs.low, theirs.high))
    # two interviewers are two tests in the family, though both have the same p: Holm doubles it
    assert one.p == pytest.approx(2 * stats.mannwhitneyu([6, 8] * 20, [7, 9] * 30, method="asymptotic").pvalue)


def test_the_planted_interviewer_stands_out_and_makes_no_good_ones_of_the_rest():
    table = calls(np.random.default_rng(7), {"a": 7, "b": 7, "c": 4.5, "d": 7})
    found = interviewer_effects(table, "interviewer", "score")
    assert [one.interviewer for one in found if one.stands_out] == ["c"]
    assert found[0].interviewer == "c"
    assert found[0].high < 0


def test_of_two_who_differ_nobody_can_say_which():
    found = interviewer_effects(calls(np.random.default_rng(2), {"a": 8, "b": 5}), "interviewer", "score")
    assert [one.stands_out for one in found] == [True, True]


def test_too_few_answers_are_listed_last_and_say_nothing():
    rng = np.random.default_rng(4)
    few = calls(rng, {"few": 1}, LEAST_N - 1)
    found = interviewer_effects(pd.concat([calls(rng, {"a": 8, "b": 8}), few]), "interviewer", "score")
    assert (found[-1].interviewer, found[-1].p, found[-1].stands_out) == ("few", None, False)


def test_one_interviewer_or_none_or_equal_answers_say_nothing():
    alone = calls(np.random.default_rng(1), {"a": 7})
    same = pd.DataFrame({"interviewer": ["a", "b"] * 40, "score": [5] * 80})
    assert interviewer_effects(alone, "interviewer", "score") == []
    assert interviewer_effects(alone.iloc[:0], "interviewer", "score") == []
    assert [one.p for one in interviewer_effects(same, "interviewer", "score")] == [1, 1]


@pytest.mark.slow
def test_where_no_interviewer_differs_at_most_5_in_100_families_raise_an_alarm(quick_collection):
    tables = [calls(np.random.default_rng(seed), dict.fromkeys("abcdefgh", 8)) for seed in range(300)]
    found = [interviewer_effects(table, "interviewer", "score") for table in tables]
    alarms = [any(one.stands_out for one in effects) for effects in found]
    assert np.mean(alarms) <= 0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5


def test_nobody_is_ranked_below_thirty_answers():
    values = {"a": share("csat", 50, 100), "b": share("csat", 60, 100), "c": share("csat", 29, 29),
              "d": share("csat", 0, 0), "e": share("csat", 50, 100)}  # fmt: skip
    order, small = ranked(values)
    assert ([name for name, _ in order], [name for name, _ in small]) == (["b", "a", "e"], ["c", "d"])


def test_less_dissatisfaction_ranks_higher():
    order, _ = ranked({"a": share("bottom_box", 50, 100), "b": share("bottom_box", 20, 100)})
    assert [name for name, _ in order] == ["b", "a"]


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_everybody_is_either_ranked_or_too_small(counts):
    order, small = ranked({name: share("csat", min(pair), max(pair)) for name, pair in counts.items()})
    assert sorted(name for name, _ in order + small) == sorted(counts)
    assert [one.value for _, one in order] == sorted((one.value for _, one in order), reverse=True)
    assert all(one.n < LEAST_N for _, one in small)
