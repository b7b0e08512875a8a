from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.engines.contract import Heard
from transcription.model import Word
from transcription.packing import Piece, Window, pack, window_samples
from transcription.pipeline import shares, stretches_of
from transcription.speech import Region


@st.composite
def regions(draw, longest_s=20.0):
    found, at = [], 0.0
    for pause, length in draw(st.lists(st.tuples(st.floats(0, 9), st.floats(0.1, longest_s)), max_size=25)):
        found.append(Region(at + pause, at + pause + length))
        at += pause + length
    return found


@given(regions(), st.floats(0, 1))
def test_every_region_stands_once_and_in_order_in_windows_that_are_not_too_long(found, gap_s):
    windows = pack(1, found, 20.0, gap_s)
    assert [(p.start_s, p.end_s) for w in windows for p in w.pieces] == [(r.start_s, r.end_s) for r in found]
    assert all(window.length_s <= 20.0 + 1e-6 and window.channel == 1 for window in windows)
    for window in windows:
        for one, other in pairwise(window.pieces):
            assert -1e-9 <= other.at_s - one.until_s <= max(gap_s, 2.0) + 1e-9


@given(regions(), st.data())
def test_a_time_inside_a_piece_maps_back_to_its_true_second(found, data):
    for window in pack(0, found):
        number = data.draw(st.integers(0, len(window.pieces) - 1))
        piece = window.pieces[number]
        share = data.draw(st.floats(0.01, 0.99))
        at_s = piece.at_s + share * piece.length_s
        assert window.piece_at(at_s) == number
        assert window.true_span(number, at_s, at_s)[0] == pytest.approx(piece.start_s + share * piece.length_s)


@given(regions(), st.floats(-5, 40), st.floats(0, 9))
def test_whatever_the_recogniser_says_lies_inside_a_region(found, start_s, length_s):
    for window in pack(0, found):
        number = window.piece_at(start_s)
        start, end = window.true_span(number, start_s, start_s + length_s)
        assert window.pieces[number].start_s <= start <= end <= window.pieces[number].end_s


def test_a_region_longer_than_a_window_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match=r"21\.00 s"):
        pack(0, [Region(0, 21)], 20.0)


def test_a_window_is_filled_before_the_next_is_begun():
    # 8 + 0.3 (of 3) + 8 + 1 + 2 = 19.3 fits into 20 s, one more second does not
    windows = pack(0, [Region(0, 8), Region(11, 19), Region(20, 22), Region(30, 31)])
    assert [len(window.pieces) for window in windows] == [3, 1]
    assert windows[0].length_s == pytest.approx(19.3)


def test_samples_stand_where_the_pieces_say_with_silence_between():
    channel = np.arange(16_000 * 4, dtype=np.float32)
    window = pack(0, [Region(1, 2), Region(3, 4)], 20.0, 0.5, kept_s=0.9)[0]
    samples = window_samples(window, channel)
    assert len(samples) == 2.5 * 16_000
    assert (samples[0], samples[16_000], samples[24_000]) == (16_000, 0, 48_000)


def test_a_short_pause_stays_as_it_was_recorded():
    channel = np.arange(16_000 * 4, dtype=np.float32)
    samples = window_samples(pack(0, [Region(1, 2), Region(3, 4)])[0], channel)
    assert (samples == channel[16_000:]).all()


def test_words_are_kept_by_the_voice_and_not_by_the_margin_around_it():
    window = Window(0, (Piece(10, 14, 0, voice=(11, 13)),))
    assert window.true_span(0, 0.0, 4.0) == (pytest.approx(10.8), pytest.approx(13.2))


WINDOW = Window(0, (Piece(10, 12, 0), Piece(20, 22, 2.3)))


def spoken(*words):
    return tuple(Word(start, end, text, 0.9) for start, end, text in words)


def test_a_word_that_an_aligner_stretched_over_the_pause_belongs_to_what_follows():
    words = spoken((0.2, 1.7, "场"), (1.7, 2.56, "但"), (2.56, 2.8, "也"))
    assert shares(WINDOW, words) == [0, 1, 1]


def test_a_change_of_pieces_moves_to_the_sentence_break_close_by():
    words = spoken((0.2, 1.2, "好"), (1.2, 1.7, "的。"), (1.7, 2.1, "我"), (2.5, 2.7, "们"))
    assert shares(WINDOW, words) == [0, 0, 1, 1]


@given(st.lists(st.tuples(st.floats(0, 4.3), st.floats(0, 1), st.sampled_from(["好", "好。", "a,"])), max_size=12))
def test_words_never_go_back_to_an_earlier_piece(raw):
    words = spoken(*sorted((start, start + length, text) for start, length, text in raw))
    numbers = shares(WINDOW, words)
    assert numbers == sorted(numbers)
    stretches = stretches_of(WINDOW, Heard(words), "agent", "zh")
    assert sum(len(stretch.words) for stretch in stretches) == len(words)
