"""Contradictions: planted ones come first, doubles tell nothing of each other, and agreement is reckoned by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from surveys.contradiction import LEAST_N, agreement, contradictions, words_of

GOOD = ("服务态度很好，问题当天解决", "客服耐心，非常满意", "处理很快，谢谢", "very helpful and quick")
BAD = ("一直没有人回电，很失望", "信号太差，投诉三次没解决", "乱扣费，态度恶劣", "nobody called me back, not good")
PLACES = ("东城", "西城", "朝阳", "海淀", "丰台", "通州", "昌平", "大兴", "顺义", "房山")


def answers(n=120, seed=0):
    """Texts with words of praise at 8 to 10 and of blame at 0 to 3, in turn, each with a place that says nothing."""
    rng = np.random.default_rng(seed)
    texts = [
        f"{(GOOD if at % 2 else BAD)[int(rng.integers(4))]}，{PLACES[int(rng.integers(10))]}{at}" for at in range(n)
    ]
    scores = [float(rng.integers(8, 11) if at % 2 else rng.integers(0, 4)) for at in range(n)]
    return texts, scores


def test_planted_contradictions_are_listed_first():
    texts, scores = answers()
    scores[10], scores[31] = 10.0, 0.0
    found = contradictions(texts, scores, 0, 10)
    assert {one.index for one in found[:2]} == {10, 31}
    assert all(0 <= one.low <= one.expected <= one.high <= 10 for one in found)
    assert all(not one.low <= one.score <= one.high for one in found)


def test_no_more_than_one_in_twenty_lies_outside_where_scores_are_chance():
    rng = np.random.default_rng(3)
    texts, _ = answers(200)
    found = contradictions(texts, rng.integers(0, 11, 200).astype(float).tolist(), 0, 10)
    assert len(found) <= 0.05 * 200  # the 191st of 200 errors is the edge: 9 at most lie beyond


def test_words_agree_with_scores_by_fishers_interval():
    texts, scores = answers()
    one = agreement(texts, scores)
    half = 1.959964 * math.sqrt((1 + one.rho**2 / 2) / (120 - 3))
    assert one.n == 120
    assert one.rho > 0.6  # praise from blame alone: within each the scores are chance
    assert math.atanh(one.high) - math.atanh(one.rho) == pytest.approx(half, abs=1e-5)


def test_words_that_tell_nothing_do_not_agree():
    rng = np.random.default_rng(4)
    texts = [f"{PLACES[int(rng.integers(10))]}{PLACES[int(rng.integers(10))]}{at}" for at in range(150)]
    one = agreement(texts, rng.integers(0, 11, 150).astype(float).tolist())
    assert one.low < 0 < one.high


def test_doubles_of_a_text_tell_nothing_of_each_other():
    """Each text stands twice with the same score, otherwise scores are chance: leaked, the doubles would agree."""
    rng = np.random.default_rng(5)
    names = ["".join(rng.choice(list("abcdefghijklmnop"), 6)) for _ in range(80)]
    scores = rng.integers(0, 11, 80).astype(float).tolist()
    one = agreement([*names, *(f"{name.upper()}!" for name in names)], scores * 2)
    assert one.rho < 0.35


def test_missing_scores_and_empty_texts_are_left_out_and_indexes_stay():
    texts, scores = answers()
    scores[10] = 10.0
    whole = contradictions(texts, scores, 0, 10)
    padded = contradictions(["", "。。", *texts, "很好"], [3.0, 3.0, *scores, None], 0, 10)
    assert [one.index - 2 for one in padded] == [one.index for one in whole]
    assert agreement(["", *texts], [1.0, *scores]).n == 120


def test_too_few_texts_and_scores_that_are_all_alike_are_refused():
    texts, scores = answers(LEAST_N - 1)
    with pytest.raises(Invalid, match="49 texts are scored; what words tell of scores needs at least 50"):
        agreement(texts, scores)
    with pytest.raises(Invalid, match="All 60 texts have the same score"):
        contradictions(answers(60)[0], [5.0] * 60, 0, 10)


def test_meanings_are_used_where_they_are_given():
    rng = np.random.default_rng(6)
    texts = [f"{PLACES[int(rng.integers(10))]}{at}" for at in range(150)]
    scores = rng.integers(0, 11, 150).astype(float)
    meanings = np.column_stack([scores / 10, 1 - scores / 10])
    assert agreement(texts, scores.tolist(), meanings).rho > 0.8 > agreement(texts, scores.tolist()).rho


def test_words_after_a_negation_are_marked_until_the_clause_ends():
    assert words_of("not good, fine") == [
        "not", "good", "fine", "< not", "not good", "good fine", "fine >", "NOT good",
    ]  # fmt: skip
    assert words_of("") == ["< >"]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([2, 5, 11]))
def test_any_scale_gives_intervals_within_it(seed, steps):
    rng = np.random.default_rng(seed)
    texts, _ = answers(60, seed)
    scores = rng.integers(0, steps, 60).astype(float)
    scores[0], scores[1] = 0, steps - 1
    for one in contradictions(texts, scores.tolist(), 0, steps - 1):
        assert 0 <= one.low <= one.high <= steps - 1
