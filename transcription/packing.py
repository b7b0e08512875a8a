"""Speech regions packed into windows for the recogniser, and times inside a window mapped back to the recording.

A window holds regions of one channel only, so that nothing can be attributed to the wrong side, and is cut only where
somebody paused. It is as long as its speech: the encoder's cost grows faster than the length of what it hears, so many
windows of 15 s cost less than half as many padded to Whisper's 30 s.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from transcription.acoustics import RATE_HZ, Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.speech import Region


SAME_CLOCK_S = 1e-6
SLACK_S = 0.2


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the recording and where it begins inside its window; `voice` is it without margins; seconds."""

    start_s: float
    end_s: float
    at_s: float
    voice: tuple[float, float] | None = None

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def until_s(self) -> float:
        return self.at_s + self.length_s


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of one channel in order of time, with short silence between them."""

    channel: int
    pieces: tuple[Piece, ...]

    @property
    def length_s(self) -> float:
        return self.pieces[-1].until_s

    @property
    def start_s(self) -> float:
        return self.pieces[0].start_s

    def true_span(self, number: int, start_s: float, end_s: float) -> tuple[float, float]:
        """Start and end in the recording of what piece `number` carries there, kept by its voice and 0.2 s around."""
        piece = self.pieces[number]
        voice_start, voice_end = piece.voice or (piece.start_s, piece.end_s)
        earliest, latest = max(piece.start_s, voice_start - SLACK_S), min(piece.end_s, voice_end + SLACK_S)
        start, end = (min(latest, max(earliest, piece.start_s + at_s - piece.at_s)) for at_s in (start_s, end_s))
        return start, max(start, end)

    def piece_at(self, at_s: float) -> int:
        """The number of the piece heard at `at_s`, or the nearer one in the silence between two."""
        number = max(0, bisect_right([piece.at_s for piece in self.pieces], at_s) - 1)
        if number + 1 < len(self.pieces):
            here, following = self.pieces[number], self.pieces[number + 1]
            if at_s - here.until_s > following.at_s - at_s:
                return number + 1
        return number


def pack(
    channel: int, regions: Sequence[Region], longest_s: float = 20.0, gap_s: float = 0.3, kept_s: float = 2.0
) -> list[Window]:
    """Windows of at most `longest_s`, regions in order; longer regions are refused.

    A pause of up to `kept_s` stays as it was recorded, a longer one becomes `gap_s` of silence.
    """
    windows: list[Window] = []
    pieces: list[Piece] = []
    for region in regions:
        if region.length_s > longest_s + 1e-6:
            raise ValueError(f"a region of {region.length_s:.2f} s does not fit a window of {longest_s} s")
        at = _next_place(pieces, region, gap_s, kept_s)
        if pieces and at + region.length_s > longest_s:
            windows.append(Window(channel, tuple(pieces)))
            pieces, at = [], 0.0
        pieces.append(Piece(region.start_s, region.end_s, at, region.voice))
    return [*windows, Window(channel, tuple(pieces))] if pieces else windows


def _next_place(pieces: list[Piece], region: Region, gap_s: float, kept_s: float) -> float:
    """Where the region would begin: behind the last piece and its pause, or a gap no longer than the pause."""
    if not pieces:
        return 0.0
    pause_s = max(0.0, region.start_s - pieces[-1].end_s)
    return pieces[-1].until_s + (pause_s if pause_s <= kept_s else min(gap_s, pause_s))


def piece_alone(window: Window, number: int) -> Window:
    """A window of one piece of another."""
    piece = window.pieces[number]
    return Window(window.channel, (replace(piece, at_s=0.0),))


def window_samples(window: Window, channel: Samples) -> Samples:
    """The 16 kHz samples of a window: pauses as recorded, zeros where a long one was cut out."""
    samples = np.zeros(round(window.length_s * RATE_HZ), dtype=np.float32)
    for start_s, end_s, at_s in _runs(window):
        start, at = round(start_s * RATE_HZ), round(at_s * RATE_HZ)
        heard = channel[start : start + round((end_s - start_s) * RATE_HZ)][: len(samples) - at]
        samples[at : at + len(heard)] = heard
    return samples


def _runs(window: Window) -> list[tuple[float, float, float]]:
    """Start, end and place of each stretch in which the window keeps the recording's own clock."""
    runs: list[tuple[float, float, float]] = []
    for piece in window.pieces:
        if runs and abs((piece.start_s - runs[-1][0]) - (piece.at_s - runs[-1][2])) < SAME_CLOCK_S:
            runs[-1] = (runs[-1][0], piece.end_s, runs[-1][2])
        else:
            runs.append((piece.start_s, piece.end_s, piece.at_s))
    return runs
