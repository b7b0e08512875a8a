"""What can be measured on samples without knowing a word: levels, the waveform for the screen, leaking channels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME = 512
FLOOR_DB = -100.0

Samples = NDArray[np.float32]
Levels = NDArray[np.float64]


def waveform(channel: Samples, points_per_s: int = 20) -> list[float]:
    """The peak (0..1, three digits) of each 1/points_per_s of a second, for drawing."""
    step = RATE_HZ // points_per_s
    whole = len(channel) // step * step
    peaks = np.abs(channel[:whole].reshape(-1, step)).max(axis=1) if whole else np.empty(0, dtype=np.float32)
    if whole < len(channel):
        peaks = np.append(peaks, np.abs(channel[whole:]).max())
    return [round(min(1.0, float(peak)), 3) for peak in peaks]


def levels_db(channel: Samples) -> Levels:
    """Level of each 32 ms frame in dB of full scale: 10 log10(mean square), not below -100."""
    whole = len(channel) // FRAME * FRAME
    power = np.mean(np.square(channel[:whole].reshape(-1, FRAME), dtype=np.float64), axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))), dtype=np.float64)


def loudness_db(levels: Levels) -> float:
    """The level that the loudest tenth of the frames reaches; -100 for nothing."""
    return float(np.percentile(levels, 90)) if len(levels) else FLOOR_DB


def is_leak(quiet: Levels, loud: Levels, *, least_drop_db: float = 12.0, likeness: float = 0.8, lag: int = 12) -> bool:
    """Whether `quiet` is the other side leaking over: at least 12 dB below it, and rising and falling with it.

    Both are frame levels of the same stretch; likeness is the correlation of the levels at the best delay of up to
    `lag` frames (32 ms each), as an echo comes late.
    """
    frames = min(len(quiet), len(loud))
    if frames < lag or loudness_db(loud[:frames]) - loudness_db(quiet[:frames]) < least_drop_db:
        return False
    return max(_correlation(quiet[delay:frames], loud[: frames - delay]) for delay in range(lag)) >= likeness


def _correlation(one: Levels, other: Levels) -> float:
    """Pearson's r; 0 where a side does not vary or fewer than 4 frames are compared."""
    if len(one) < 4 or np.ptp(one) == 0 or np.ptp(other) == 0:  # noqa: PLR2004
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
