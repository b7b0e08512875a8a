"""Topics: planted ones come apart, words are whole, doubles and empty answers count as they should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.topics import LEAST_TEXTS, QUOTES, strings_of, topics

SUBJECTS = (("电梯", "信号"), ("套餐", "扣费"), ("宽带", "师傅"))
TAILS = ("太差了", "令人失望", "请尽快处理", "不应该", "真糟糕", "还行", "三次", "没人管", "马马虎虎", "年底")
PLACES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def planted():
    """60 different answers, twenty on each of three subjects, in turn; places and opinions are the same of each."""
    return [f"{PLACES[at]}{one}，{other}{TAILS[at % 10]}" for at in range(20) for one, other in SUBJECTS]


def test_planted_subjects_come_apart_with_their_words_and_quotes():
    texts = planted()
    found = topics(texts, "zh", 3)
    assert {frozenset(one.words[:2]) for one in found} == {frozenset(subject) for subject in SUBJECTS}
    for one in found:
        assert all(one.words[0] in texts[at] for at in one.members)
        assert all(texts[at] == quote for at, quote in one.quotes)
        assert (one.count, one.share) == (20, pytest.approx(1 / 3))


def test_a_string_that_is_always_part_of_a_longer_one_names_nothing():
    texts = [f"地下室{place}打不通" for place in PLACES] + [f"{place}营业厅排队久" for place in PLACES]
    found = topics(texts, "zh", 4)
    assert {frozenset(one.words) for one in found} == {frozenset({"地下室", "打不通"}), frozenset({"营业厅排队久"})}
    assert [one.count for one in found] == [20, 20]


def test_answers_on_nothing_in_common_are_other_and_come_last():
    texts = [*planted(), "谢谢", "好", "随便", "xyz"]
    other = topics(texts, "zh", 3)[-1]
    assert (other.is_other, other.count, other.members) == (True, 4, (60, 61, 62, 63))
    assert other.share == 4 / 64


def test_empty_answers_do_not_count_and_indexes_stay():
    texts = planted()
    spaced = topics(["", "  ", *texts], "zh", 3)
    assert [one.count for one in spaced] == [one.count for one in topics(texts, "zh", 3)]
    assert [tuple(at - 2 for at in one.members) for one in spaced] == [one.members for one in topics(texts, "zh", 3)]
    assert topics([], "zh") == topics(["", "\n"], "zh") == []


def test_answers_that_are_alike_count_each_and_are_quoted_once():
    texts = [*planted(), *["甲电梯，信号太差了"] * 30]
    (signal,) = [one for one in topics(texts, "zh", 3) if "信号" in one.words]
    assert signal.count == 50
    assert len({text for _, text in signal.quotes}) == len(signal.quotes) == QUOTES


def test_one_answer_given_by_all_is_other():
    (other,) = topics(["很好"] * 40, "zh")
    assert (other.is_other, other.count, other.quotes) == (True, 40, ((0, "很好"),))


def test_english_answers_are_named_by_words_without_stop_words():
    streets = ("mill", "hill", "park", "king", "lake", "wood", "bell", "rose", "york", "dale")
    texts = [f"The broadband was down in {street} street" for street in streets]
    texts += [f"I have been charged twice on my bill by {street}" for street in streets]
    found = topics(texts, "en", 2)
    words = [set(one.words) for one in found if not one.is_other]
    assert sorted(one.count for one in found) == [10, 10]
    assert any("broadband" in word for one in words for word in one)
    assert not {"the", "have", "my"} & set().union(*words)


def test_mixed_answers_fall_into_topics_of_their_language():
    texts = [*planted(), *(f"the parcel arrived late {place}{at}" for at, place in enumerate(PLACES))]
    (parcel,) = [one for one in topics(texts, "mixed", 4) if one.words and one.words[0].isascii()]
    assert parcel.count == len(PLACES)


def test_strings_by_hand():
    assert strings_of("我的网速慢", "zh") == ["网速", "速慢", "网速慢"]  # none begins with 我 or 的
    assert strings_of("the bill wasn't clear enough", "en") == ["bill", "clear"]  # apart by stop words: no pair
    assert strings_of("5g网速 very slow speed") == ["网速", "5g", "slow", "speed", "slow speed"]


def test_the_same_seed_gives_the_same_topics_in_any_order_of_answers():
    texts = planted()
    order = np.random.default_rng(0).permutation(len(texts))
    first, again = topics(texts, "zh", 3, 5), topics([texts[at] for at in order], "zh", 3, 5)
    assert topics(texts, "zh", 3, 5) == first
    assert [(one.words, one.count) for one in first] == [(one.words, one.count) for one in again]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*planted(), "", "好", "slow speed", "slow bill"]), max_size=80), st.integers(1, 6))
def test_every_answer_that_says_something_is_in_one_topic(texts, count):
    found = topics(texts, "mixed", count)
    members = sorted(at for one in found for at in one.members)
    assert members == [at for at, text in enumerate(texts) if text]
    assert sum(one.share for one in found) == pytest.approx(1 if members else 0)
    assert all(one.count == len(one.members) for one in found)
    assert all(one.count >= LEAST_TEXTS for one in found if not one.is_other)
    assert len(found) <= count + 1
