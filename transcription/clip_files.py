"""The sound of a clip on disk: cut out of the original, bleeped, encoded like a playback copy, and deleted for good."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa_app.core.errors import Invalid, NotFound
from transcription.audio import RATE_HZ, Samples, read_span
from transcription.clips import ClipSpan, bleeped
from transcription.playback import PlaybackCopy, make_playback
from transcription.storage import Store

_FULL_SCALE = 32767


@dataclass(frozen=True, slots=True)
class CutClip:
    """A clip that was cut and waits in a folder of its own to be kept."""

    span: ClipSpan
    file: Path
    copy: PlaybackCopy


@contextmanager
def cut(store: Store, original: str, span: ClipSpan) -> Iterator[CutClip]:
    """Cut a span out of an original and bleep it, on every channel; what is not kept is gone afterwards."""
    if not store.original(original).is_file():
        raise NotFound("The recording of this call is missing on disk; tell your administrator.")
    channels = [
        bleeped(channel, RATE_HZ, span.bleeps, span.start_s)
        for channel in read_span(store.original(original), span.start_s, span.end_s)
    ]
    if not channels or not len(channels[0]):
        raise Invalid("The recording holds no sound in these seconds; choose others.")
    store.clip("").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.clip(""), prefix=".incoming-") as name:
        whole, target = Path(name) / "clip.wav", Path(name) / "clip.webm"
        _write_wav(whole, channels)
        yield CutClip(span, target, make_playback(whole, target))


def place_of(entry_id: int) -> str:
    """Where the clip of an entry lies in the store."""
    return f"{entry_id}.webm"


def keep(store: Store, made: CutClip, place: str) -> None:
    """Move a clip to its place in the store."""
    made.file.replace(store.clip(place))


def forget(store: Store, place: str) -> None:
    """Delete the sound of a clip for good."""
    store.clip(place).unlink(missing_ok=True)


def _write_wav(path: Path, channels: Sequence[Samples]) -> None:
    """Channels as 16-bit samples side by side."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        together = np.clip(np.stack(channels, axis=1), -1.0, 1.0) * _FULL_SCALE
        out.writeframes(together.astype("<i2").tobytes())
