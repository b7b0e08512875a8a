"""Clips: what is bleeped is gone from sound and words, and nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from transcription.clips import (
    HIDDEN,
    TONE_LEVEL,
    ClipSpan,
    Stretch,
    bleeped,
    check_span,
    stretches_from_text,
    words_between,
)
from transcription.model import Utterance, Word

RATE = 8000


def noise(seconds, seed=0):
    return np.random.default_rng(seed).uniform(-0.9, 0.9, int(seconds * RATE)).astype(np.float32)


def said(text, *words, start_s=0.0, end_s=9.0):
    return Utterance(0, "agent", text, start_s, end_s, words=tuple(Word(*one, 0.9) for one in words))


def test_a_stretch_becomes_a_tone_of_a_thousand_hertz_and_the_rest_is_the_same():
    samples = noise(4)
    found = bleeped(samples, RATE, [Stretch(11.0, 12.0)], starts_at_s=10.0)
    assert np.array_equal(found[:RATE], samples[:RATE])
    assert np.array_equal(found[2 * RATE :], samples[2 * RATE :])
    tone = found[RATE : 2 * RATE]
    assert int(np.argmax(np.abs(np.fft.rfft(tone)))) == 1000  # one second: a bin is one hertz
    assert abs(float(np.abs(tone).max()) - TONE_LEVEL) < 1e-3


@given(
    st.lists(st.tuples(st.floats(-2, 6), st.floats(0, 3)).map(lambda one: Stretch(one[0], one[0] + one[1])), max_size=5)
)
def test_no_sample_inside_is_left_and_every_sample_outside_is_as_it_was(stretches):
    samples, tone = noise(4), bleeped(np.zeros(4 * RATE, np.float32), RATE, stretches)
    found = bleeped(samples, RATE, stretches)
    at = np.arange(len(samples))
    inside = np.zeros(len(samples), bool)
    near = np.zeros(len(samples), bool)
    for one in stretches:
        inside |= (at >= one.start_s * RATE) & (at < one.end_s * RATE)
        near |= (at > one.start_s * RATE - 1) & (at < one.end_s * RATE + 1)
    assert np.array_equal(found[inside], tone[inside])
    assert np.array_equal(found[~near], samples[~near])
    assert len(found) == len(samples)
    assert np.array_equal(samples, noise(4)), "the original is not touched"


def test_words_under_a_bleep_are_hidden_with_their_signs_kept_around_them():
    one = said("您好，张伟先生，请讲。", (0, 1, "您好"), (1, 2, "张伟"), (2, 3, "先生"), (3, 4, "请讲"))
    assert words_between([one], ClipSpan(0, 9, (Stretch(1.2, 1.4),))) == [("agent", "您好，■■先生，请讲。")]
    assert words_between([one], ClipSpan(0, 9, (Stretch(1.2, 2.5),))) == [("agent", "您好，■■请讲。")]


def test_only_words_within_the_seconds_are_taken():
    one = said("one two three", (0, 1, " one"), (1, 2, " two"), (2, 3, " three"))
    assert words_between([one], ClipSpan(1.0, 2.0)) == [("agent", "two")]
    assert words_between([one], ClipSpan(5.0, 8.0)) == []
    assert words_between([said("one", start_s=None, end_s=None)], ClipSpan(0, 9)) == []


def test_a_line_without_times_for_its_words_is_hidden_whole_where_a_bleep_meets_it():
    bleep = (Stretch(3, 4),)
    assert words_between([said("张伟先生您好")], ClipSpan(0, 9, bleep)) == [("agent", HIDDEN)]
    assert words_between([said("您好", end_s=2.0)], ClipSpan(0, 9, bleep)) == [("agent", "您好")]
    mended = said("李伟先生", (0, 1, "张伟"), (1, 2, "先生"))
    assert words_between([mended], ClipSpan(0, 9, (Stretch(0, 0.5),))) == [("agent", HIDDEN)]


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.sampled_from(["", " "]))
def test_no_hidden_word_is_ever_left(hidden, between):
    words = [(place, place + 1, f"w{place:02d}") for place in range(len(hidden))]
    bleeps = tuple(Stretch(place + 0.2, place + 0.8) for place, hides in enumerate(hidden) if hides)
    one = said(between.join(word for _, _, word in words), *words, end_s=len(words))
    (found,) = words_between([one], ClipSpan(0, len(words), bleeps)) or [("", "")]
    for (_, _, word), hides in zip(words, hidden, strict=True):
        assert (word in found[1]) is not hides


@pytest.mark.parametrize(
    ("span", "fault"),
    [
        (ClipSpan(-1, 5), "runs from 0 to 60.0 s"),
        (ClipSpan(50, 61), "runs from 0 to 60.0 s"),
        (ClipSpan(5, 5.5), "lasts 1 to 180 s"),
        (ClipSpan(9, 5), "lasts 1 to 180 s"),
        (ClipSpan(float("nan"), 5), "no seconds"),
        (ClipSpan(5, 9, (Stretch(4, 6),)), "bleep 4-6"),
        (ClipSpan(5, 9, (Stretch(7, 6),)), "bleep 7-6"),
        (ClipSpan(5, 9, (Stretch(6, float("inf")),)), "no seconds"),
        (ClipSpan(5, 9, (Stretch(6, 7),) * 51), "at most 50"),
    ],
)
def test_a_clip_outside_of_the_recording_or_its_limits_is_refused(span, fault):
    with pytest.raises(Invalid, match=fault):
        check_span(span, 60.0)


def test_a_clip_of_three_minutes_is_the_longest():
    check_span(ClipSpan(0, 180, (Stretch(0, 180),)), None)
    with pytest.raises(Invalid, match="180"):
        check_span(ClipSpan(0, 180.1), None)


def test_stretches_are_read_as_people_write_them():
    assert stretches_from_text("12.5-13.2， 20–21;") == (Stretch(12.5, 13.2), Stretch(20, 21))
    assert stretches_from_text("  ") == ()
    with pytest.raises(Invalid, match="“12 to 13”"):
        stretches_from_text("1-2, 12 to 13")
