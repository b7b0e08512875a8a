from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.acoustics import is_leak, levels_db, waveform


@given(st.integers(0, 40_000), st.integers(1, 100))
def test_a_waveform_has_one_peak_for_each_step_begun(samples, points_per_s):
    channel = np.linspace(-1, 1, samples, dtype=np.float32)
    step = 16_000 // points_per_s
    peaks = waveform(channel, points_per_s)
    assert len(peaks) == -(-samples // step)
    assert all(0 <= peak <= 1 for peak in peaks)


def test_the_waveform_shows_the_peak_of_each_twentieth_of_a_second():
    channel = np.zeros(1600, dtype=np.float32)
    channel[900] = -0.5  # 900 / 800 lies in the second step
    assert waveform(channel) == [0.0, 0.5]


def test_full_scale_is_0_db_and_nothing_is_minus_100():
    channel = np.concatenate([np.ones(512), np.zeros(512), np.full(512, 0.1)]).astype(np.float32)
    assert levels_db(channel) == pytest.approx([0, -100, -20], abs=1e-4)


def moving(seed, frames=100):
    return np.random.default_rng(seed).normal(-30, 8, frames)


def test_a_quiet_delayed_copy_is_a_leak():
    loud = moving(1)
    assert is_leak(np.roll(loud, 3) - 20, loud)


def test_a_copy_nearly_as_loud_is_no_leak():
    loud = moving(1)
    assert not is_leak(loud - 6, loud)


def test_quiet_speech_of_its_own_is_no_leak():
    assert not is_leak(moving(2) - 20, moving(1))
