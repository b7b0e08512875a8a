from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.model import Word
from transcription.turns import Stretch, utterances


def stretch(speaker, start_s, end_s, *texts, probability=0.9, language="zh"):
    step = (end_s - start_s) / max(1, len(texts))
    words = tuple(Word(start_s + i * step, start_s + (i + 1) * step, text, probability) for i, text in enumerate(texts))
    return Stretch(speaker, start_s, end_s, words, language)


def test_both_sides_are_interleaved_by_time_and_numbered():
    found = utterances(
        [stretch("agent", 0, 1, "您好"), stretch("agent", 5, 6, "好的"), stretch("customer", 2, 3, "我要投诉")]
    )
    assert [(u.index, u.speaker, u.text) for u in found] == [
        (0, "agent", "您好"),
        (1, "customer", "我要投诉"),
        (2, "agent", "好的"),
    ]


def test_regions_that_touch_are_one_utterance_unless_a_sentence_ended():
    assert len(utterances([stretch("agent", 0, 10, "这个"), stretch("agent", 10, 12, "套餐")])) == 1
    assert len(utterances([stretch("agent", 0, 10, "这个。"), stretch("agent", 10, 12, "套餐")])) == 2


def test_a_pause_cuts():
    assert len(utterances([stretch("agent", 0, 10, "这个"), stretch("agent", 10.2, 12, "套餐")])) == 2


def test_confidence_is_the_mean_probability_of_the_words():
    words = (Word(0, 1, "好", 0.5), Word(1, 2, "的", 1.0))  # (0.5 + 1.0) / 2
    assert utterances([Stretch("agent", 0, 2, words)])[0].confidence == pytest.approx(0.75)


def test_a_stretch_without_words_is_no_utterance():
    assert utterances([stretch("agent", 0, 1)]) == ()


def test_english_words_keep_their_blanks_inside_and_lose_them_outside():
    found = utterances([stretch("agent", 0, 1, " Hello,", " Jack.", language="en")])[0]
    assert found.text == "Hello, Jack."
    assert [word.text for word in found.words] == ["Hello,", "Jack."]


@given(
    st.lists(
        st.tuples(st.sampled_from(["agent", "customer"]), st.floats(0, 500), st.floats(0.1, 20), st.integers(0, 5)),
        max_size=20,
    )
)
def test_no_word_is_lost_and_times_never_run_backwards(raw):
    stretches = [stretch(speaker, at, at + length, *["字"] * n) for speaker, at, length, n in raw]
    found = utterances(stretches)
    assert sum(len(u.words) for u in found) == sum(len(s.words) for s in stretches)
    assert [u.index for u in found] == list(range(len(found)))
    assert [u.start_s for u in found] == sorted(u.start_s for u in found)
    assert all(u.start_s <= u.end_s and 0 <= u.confidence <= 1 for u in found)
