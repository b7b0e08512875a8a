from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.speech import FRAME_S, Region, SpeechRule, speech_probabilities, speech_regions, without_leaks

PLAIN = SpeechRule(margin_s=0.0)


def frames(*runs):
    return np.concatenate([np.full(n, p, dtype=np.float32) for n, p in runs])


def test_a_run_of_likely_frames_is_a_region():
    # 10 quiet frames of 32 ms, 20 likely ones: 0.32 s to 0.96 s
    assert speech_regions(frames((10, 0.0), (20, 0.9), (30, 0.0)), PLAIN) == [
        Region(pytest.approx(0.32), pytest.approx(0.96), (pytest.approx(0.32), pytest.approx(0.96)))
    ]


def test_a_pause_of_half_a_second_cuts_and_a_shorter_one_does_not():
    # 16 frames are 0.512 s, 15 are 0.48 s
    assert len(speech_regions(frames((20, 0.9), (16, 0.0), (20, 0.9)), PLAIN)) == 2
    assert len(speech_regions(frames((20, 0.9), (15, 0.0), (20, 0.9)), PLAIN)) == 1


def test_what_has_begun_goes_on_until_it_falls_below_the_lower_limit():
    assert speech_regions(frames((10, 0.6), (30, 0.4), (30, 0.1)), PLAIN)[0].end_s == pytest.approx(40 * FRAME_S)
    assert speech_regions(frames((40, 0.4)), PLAIN) == []


def test_a_click_is_no_speech():
    assert speech_regions(frames((50, 0.0), (5, 0.9), (50, 0.0)), PLAIN) == []  # 0.16 s


def test_a_long_region_is_cut_where_speech_is_least_likely():
    probabilities = frames((200, 0.9), (1, 0.4), (199, 0.9))  # 12.8 s, the dip at 6.4 s
    found = speech_regions(probabilities, SpeechRule(margin_s=0.0, longest_s=10.0))
    assert [region.end_s for region in found] == pytest.approx([6.4, 12.8])


@given(st.lists(st.floats(0, 1, width=32), max_size=400), st.floats(1, 20), st.floats(0, 0.5))
def test_regions_are_in_order_apart_inside_the_call_and_not_too_long(probabilities, longest_s, margin_s):
    rule = SpeechRule(longest_s=longest_s, margin_s=margin_s)
    found = speech_regions(np.array(probabilities, dtype=np.float32), rule)
    for region in found:
        assert 0 <= region.start_s < region.end_s <= len(probabilities) * FRAME_S + 1e-9
        assert region.length_s <= longest_s + 2 * margin_s + 1e-9
    for one, other in pairwise(found):
        assert one.end_s <= other.start_s + 1e-9


def test_noise_tones_and_nothing_are_no_speech():
    rng = np.random.default_rng(5)
    times = np.arange(16_000 * 8) / 16_000
    chord = (
        sum(np.sin(2 * np.pi * hz * times) for hz in (262, 330, 392, 523)) * (1 + np.sin(2 * np.pi * 2 * times)) / 12
    )
    for channel in (np.zeros(16_000 * 4), rng.normal(0, 0.01, 16_000 * 8), chord):
        assert speech_regions(speech_probabilities(channel.astype(np.float32))) == []
    assert len(speech_probabilities(np.empty(0, dtype=np.float32))) == 0


def test_blocks_do_not_change_the_probabilities(monkeypatch):
    channel = np.random.default_rng(1).normal(0, 0.1, 16_000 * 3).astype(np.float32)
    whole = speech_probabilities(channel)
    monkeypatch.setattr("transcription.speech.BLOCK_FRAMES", 7)
    assert speech_probabilities(channel) == pytest.approx(whole, abs=1e-4)


def test_a_region_that_only_leaks_over_is_dropped_on_that_side():
    loud = np.concatenate([np.random.default_rng(i).normal(0, 0.02 + 0.1 * (i % 3), 1600) for i in range(30)])
    loud = loud.astype(np.float32)
    region = [Region(0.0, 3.0)]
    assert without_leaks([loud, loud * 0.05], [region, region]) == [region, []]


def test_both_talking_at_once_is_kept_on_both_sides():
    rng = np.random.default_rng(3)
    one, other = (np.repeat(rng.uniform(0, 0.3, 100), 480) * rng.normal(0, 1, 48_000) for _ in range(2))
    region = [Region(0.0, 3.0)]
    assert without_leaks([one.astype(np.float32), other.astype(np.float32)], [region, region]) == [region, region]


def test_one_channel_has_nobody_to_leak_from():
    assert without_leaks([np.zeros(16_000, dtype=np.float32)], [[Region(0.0, 1.0)]]) == [[Region(0.0, 1.0)]]
