"""An engine that needs no model, for the farm's own rules: it says one word a window and misbehaves on demand.

The file name of the recording cannot reach an engine, so what to do is told by the loudness of the first window:
0.5 = recognise, 0.7 = raise, 0.9 = kill the process, 0.3 = take very long.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from transcription import pipeline
from transcription.acoustics import FRAME
from transcription.engines.contract import Heard
from transcription.model import EngineInfo, Word


class ScriptedEngine:
    longest_window_s = 20.0

    def info(self, language):
        return EngineInfo("scripted", "none", "0" * 64, f"test-{language}@1")

    def detect_language(self, windows):
        return "zh"

    def recognise(self, windows, language):
        for window in windows:
            self._obey(float(abs(window).max()))
        return [Heard((Word(0.0, len(window) / 16_000, "好", 0.9),)) for window in windows]

    def _obey(self, loudness):
        if loudness > 0.85:
            os.kill(os.getpid(), signal.SIGKILL)
        elif loudness > 0.65:
            raise ZeroDivisionError("made up")
        elif loudness < 0.35:
            Path(f"busy-{os.getpid()}").touch()
            time.sleep(300)


def loud_frames(channel):
    """Stands in for the speech detector in the worker process: loud is speech, so that tones will do."""
    frames = channel[: len(channel) // FRAME * FRAME].reshape(-1, FRAME)
    return (np.abs(frames).max(axis=1) > 0.05).astype(np.float32)


def make(spec):
    pipeline.speech_probabilities = loud_frames
    return ScriptedEngine()


def deaf(spec):
    """An engine that cannot be loaded."""
    raise OSError("no such model")
