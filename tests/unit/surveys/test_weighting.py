"""Raking with the arithmetic beside it, and what holds for any respondents and margins."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from surveys.weighting import effective_n, rake

WIDE = (0.0, 1e9)
RESPONDENTS = st.lists(st.tuples(st.sampled_from("mf"), st.sampled_from("yo"), st.sampled_from("nsw")), min_size=1,
                       max_size=60)  # fmt: skip
SHARES = st.lists(st.floats(0.05, 1), min_size=7, max_size=7)


def respondents(**cells):
    """Cells like my=30 (sex m, age y) as rows."""
    rows = [(name[0], name[1]) for name, n in cells.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["sex", "age"])


def weight_of(table, raked, cell):
    here = ((table["sex"] == cell[0]) & (table["age"] == cell[1])).to_numpy()
    assert np.ptp(raked.weights[here]) == 0
    return raked.weights[here][0]


def drawn(rows, shares):
    """A table and margins for all its categories, with one that nobody may have answered for."""
    margins = {"sex": dict(zip("mf", shares[:2], strict=True)), "age": dict(zip("yo", shares[2:4], strict=True)),
               "place": dict(zip("nsw", shares[4:], strict=True))}  # fmt: skip
    return pd.DataFrame(rows, columns=list(margins)), margins


def test_independent_margins_by_hand():
    table = respondents(my=30, mo=30, fy=20, fo=20)
    found = rake(table, {"sex": {"m": 0.5, "f": 0.5}, "age": {"y": 0.4, "o": 0.6}})
    # men 0.5/0.6, women 0.5/0.4; young 0.4/0.5, old 0.6/0.5; the two are independent, so the weights multiply
    assert {cell: weight_of(table, found, cell) for cell in ("my", "mo", "fy", "fo")} == pytest.approx(
        {"my": 2 / 3, "mo": 1, "fy": 1, "fo": 1.5}
    )
    # design effect = mean of the squares: 0.3 x 4/9 + 0.3 + 0.2 + 0.2 x 2.25 = 1.08333; 100 / 1.08333 = 92.3077
    assert (found.design_effect, found.effective_n) == (pytest.approx(13 / 12), pytest.approx(1200 / 13))
    assert (found.converged, found.trimmed, found.left_out) == (True, 0, ())


def test_dependent_margins_keep_the_odds_ratio():
    table = respondents(my=40, mo=10, fy=10, fo=40)
    found = rake(table, {"sex": {"m": 0.6, "f": 0.4}, "age": {"y": 0.6, "o": 0.4}})
    # the odds ratio 16 stays: p (p - 0.2) = 16 (0.6 - p)^2, so p = (19 - sqrt 15.4)/30 = 0.502524 of men and young
    assert weight_of(table, found, "my") == pytest.approx(0.502524 / 0.4, abs=1e-4)
    assert weight_of(table, found, "mo") == pytest.approx((0.6 - 0.502524) / 0.1, abs=1e-4)


def test_counts_serve_as_margins_and_numbers_as_categories():
    table = pd.DataFrame({"star": [1, 1, 1, 5]})
    assert rake(table, {"star": {"1": 300, "5": 300}}).weights == pytest.approx([2 / 3] * 3 + [2])


def test_categories_without_respondents_are_left_out_and_named():
    table = respondents(my=10, fy=30)
    found = rake(table, {"sex": {"m": 0.4, "f": 0.4, "x": 0.2}, "age": {"y": 0.5, "o": 0.5, "baby": 0}})
    # of the men and women half each: 0.5/0.25 and 0.5/0.75
    assert (weight_of(table, found, "my"), weight_of(table, found, "fy")) == pytest.approx((2, 2 / 3))
    assert found.left_out == (("sex", "x"), ("age", "o"))


def test_weights_are_trimmed_and_keep_their_mean():
    table = respondents(my=1, fy=99)
    found = rake(table, {"sex": {"m": 0.5, "f": 0.5}})
    # the man would weigh 0.5/0.01 = 50; at 5 he leaves 95/99 for each woman
    assert (weight_of(table, found, "my"), weight_of(table, found, "fy")) == pytest.approx((5, 95 / 99))
    assert (found.converged, found.trimmed) == (False, 1)


def test_margins_that_contradict_each_other_do_not_converge():
    table = respondents(my=50, fo=50)
    found = rake(table, {"sex": {"m": 0.7, "f": 0.3}, "age": {"y": 0.3, "o": 0.7}})
    assert not found.converged
    assert found.weights.mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("margins", "sentence"),
    [
        ({"place": {"n": 1}}, "There is no column place to weight by; there are sex, age."),
        ({"sex": {"m": -0.1, "f": 1.1}}, "The margin of m in sex is -0.1; a margin is 0 or more."),
        ({"sex": {"m": float("nan"), "f": 1}}, "The margin of m in sex is nan"),
        ({"sex": {"m": 1}}, "There are respondents with sex f but no margin for it"),
        ({"sex": {"m": 1, "f": 0}}, "There are respondents with sex f but no margin for it"),
        ({}, "There is nothing to weight"),
    ],
)
def test_margins_that_do_not_fit_are_refused(margins, sentence):
    with pytest.raises(Invalid, match=sentence):
        rake(respondents(my=2, fo=2), margins)


def test_empty_tables_empty_answers_and_impossible_limits_are_refused():
    table = respondents(my=2, fo=2)
    with pytest.raises(Invalid, match="There is nothing to weight"):
        rake(table.iloc[:0], {"sex": {"m": 1}})
    with pytest.raises(Invalid, match="1 respondents have no sex; fill it in or leave them out"):
        rake(table.assign(sex=["m", None, "f", "f"]), {"sex": {"m": 1, "f": 1}})
    with pytest.raises(Invalid, match="limits lie on both sides of 1; 2 and 5 do not"):
        rake(table, {"sex": {"m": 1, "f": 1}}, (2, 5))


def test_kishs_effective_n_by_hand():
    assert effective_n(np.array([3.0, 1, 1, 1])) == 3  # 36 / 12
    assert (effective_n(np.ones(7)), effective_n(np.array([]))) == (7, 0)


@given(RESPONDENTS, SHARES)
def test_margins_are_met_where_raking_converged(rows, shares):
    table, margins = drawn(rows, shares)
    found = rake(table, margins, WIDE)
    assert found.weights.mean() == pytest.approx(1)
    if found.converged:
        for column, margin in margins.items():
            there = {name: share for name, share in margin.items() if (column, name) not in found.left_out}
            weighted = pd.Series(found.weights).groupby(table[column].to_numpy()).sum() / len(table)
            for name, share in there.items():
                assert weighted[name] == pytest.approx(share / sum(there.values()), abs=2e-6)


@given(RESPONDENTS, SHARES)
def test_weights_have_the_mean_1_stay_in_their_limits_and_cost_something(rows, shares):
    table, margins = drawn(rows, shares)
    found = rake(table, margins)
    assert found.weights.mean() == pytest.approx(1)
    assert 0.2 - 1e-9 <= found.weights.min() <= found.weights.max() <= 5 + 1e-9
    assert found.design_effect >= 1
    assert found.effective_n * found.design_effect == pytest.approx(len(table))
    assert found.design_effect == pytest.approx(1 + np.var(found.weights))


@given(RESPONDENTS)
def test_respondents_who_are_as_the_margins_say_all_weigh_1(rows):
    table, _ = drawn(rows, [1] * 7)
    found = rake(table, {column: table[column].value_counts().to_dict() for column in table})
    assert found.converged
    assert found.weights == pytest.approx(np.ones(len(table)))
