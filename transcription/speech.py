"""Where somebody speaks: speech regions of one channel by Silero VAD, and what leaks over from the other side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa_app.core.errors import NotFound
from transcription.acoustics import FRAME, RATE_HZ, Samples, is_leak, levels_db

if TYPE_CHECKING:
    from collections.abc import Sequence

FRAME_S = FRAME / RATE_HZ
CONTEXT = 64
BLOCK_FRAMES = 2000
COVERED_SHARE = 0.7

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch in seconds in which one channel carries speech; `voice` is it without the margin around."""

    start_s: float
    end_s: float
    voice: tuple[float, float] | None = None

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class SpeechRule:
    """When probabilities become regions: from `on` until below `off` for `pause_s`; under `shortest_s` is no speech.

    Regions are widened by `margin_s`, up to half of a pause; beyond `longest_s` cut where speech is least likely.
    """

    on: float = 0.5
    off: float = 0.35
    shortest_s: float = 0.2
    pause_s: float = 0.5
    margin_s: float = 0.4
    longest_s: float = 14.0


def speech_probabilities(channel: Samples) -> Probabilities:
    """Probability of speech for each 32 ms of a 16 kHz channel, read in blocks so that memory stays small."""
    session = _silero()
    state = np.zeros((1, 1, 128), dtype=np.float32)
    cell = state.copy()
    before = np.zeros(CONTEXT, dtype=np.float32)
    found = []
    for start in range(0, len(channel), BLOCK_FRAMES * FRAME):
        block = channel[start : start + BLOCK_FRAMES * FRAME]
        block = np.pad(block, (0, -len(block) % FRAME)).astype(np.float32, copy=False)
        frames, before = _with_context(block, before)
        probability, state, cell = session.run(None, {"input": frames, "h": state, "c": cell})
        found.append(np.asarray(probability, dtype=np.float32).reshape(-1))
    return np.concatenate(found) if found else np.empty(0, dtype=np.float32)


def _with_context(block: Samples, before: Samples) -> tuple[Samples, Samples]:
    """Each frame of 512 samples behind the 64 samples before it, as the model wants them."""
    frames = block.reshape(-1, FRAME)
    tails = np.vstack([before[np.newaxis], frames[:-1, -CONTEXT:]])
    return np.concatenate([tails, frames], axis=1), frames[-1, -CONTEXT:].copy()


@lru_cache(maxsize=1)
def _silero() -> Any:  # noqa: ANN401 - onnxruntime is untyped
    """The Silero v6 session, one thread: one process works on each core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    package = find_spec("faster_whisper")  # only its file is read
    if package is None or package.origin is None:
        raise NotFound("The package faster-whisper, which carries the speech detector, is not installed.")
    model = Path(package.origin).parent / "assets" / "silero_vad_v6.onnx"
    return onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"], sess_options=options)


def speech_regions(probabilities: Probabilities, rule: SpeechRule = SpeechRule()) -> list[Region]:
    """Regions in order of time that do not touch in more than a point, none longer than the rule allows."""
    spans = [(start, end) for start, end in _spans(probabilities, rule) if (end - start) * FRAME_S >= rule.shortest_s]
    short = [cut for span in spans for cut in _cut(probabilities, *span, limit=int(rule.longest_s / FRAME_S))]
    return _widened(short, len(probabilities), rule)


def _spans(probabilities: Probabilities, rule: SpeechRule) -> list[tuple[int, int]]:
    """Hysteresis over frames: [start, end) pairs; a pause shorter than the rule's does not end a span."""
    spans: list[tuple[int, int]] = []
    start, last = -1, -1
    pause = max(1, round(rule.pause_s / FRAME_S))
    for frame, probability in enumerate(probabilities.tolist()):
        if start < 0:
            if probability >= rule.on:
                start, last = frame, frame
        elif probability >= rule.off:
            last = frame
        elif frame - last >= pause:
            spans.append((start, last + 1))
            start = -1
    if start >= 0:
        spans.append((start, last + 1))
    return spans


def _cut(probabilities: Probabilities, start: int, end: int, limit: int) -> list[tuple[int, int]]:
    """Pieces of at most `limit` frames, cut at the frame least like speech in the second half of each."""
    pieces = []
    while end - start > limit:
        half = start + limit // 2
        at = half + int(np.argmin(probabilities[half : start + limit]))
        pieces.append((start, max(at, start + 1)))
        start = max(at, start + 1)
    return [*pieces, (start, end)]


def _widened(spans: list[tuple[int, int]], frames: int, rule: SpeechRule) -> list[Region]:
    """Spans in seconds with the margin, at most to the middle of the pause between two."""
    edges = [0.0, *(((one[1] + other[0]) / 2) * FRAME_S for one, other in pairwise(spans)), frames * FRAME_S]
    return [
        Region(
            max(edges[i], start * FRAME_S - rule.margin_s),
            min(edges[i + 1], end * FRAME_S + rule.margin_s),
            (start * FRAME_S, end * FRAME_S),
        )
        for i, (start, end) in enumerate(spans)
    ]


def without_leaks(channels: Sequence[Samples], regions: Sequence[list[Region]]) -> list[list[Region]]:
    """Regions of each channel without those in which the other side merely leaks over (two channels only)."""
    if len(channels) != 2:  # noqa: PLR2004 - a pair
        return [list(found) for found in regions]
    levels = [levels_db(channel) for channel in channels]
    return [
        [region for region in regions[own] if not _leaks(region, regions[1 - own], levels[own], levels[1 - own])]
        for own in (0, 1)
    ]


def _leaks(region: Region, others: list[Region], own: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Mostly covered by the other side's speech, far quieter, and moving with it."""
    shared = sum(max(0.0, min(region.end_s, o.end_s) - max(region.start_s, o.start_s)) for o in others)
    if shared < COVERED_SHARE * region.length_s:
        return False
    frames = slice(int(region.start_s / FRAME_S), int(region.end_s / FRAME_S))
    return is_leak(own[frames], other[frames])
