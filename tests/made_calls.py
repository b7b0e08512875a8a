"""Small real recordings and calls for tests: made on the spot, never stored."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from qa_app.core.access import SYSTEM
from transcription.files import read_transcript
from transcription.manifest import CallFacts
from transcription.service import import_file, keep_transcript
from transcription.tables import CallRow, RecordingRow

GOLDEN = Path(__file__).parent / "golden"
RATE_HZ = 8000


def write_wav(path, *, seconds=4.0, channels=2, level=0.3, seed=0):
    """Noise at a telephone's rate; another seed gives other bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).uniform(-level, level, (int(seconds * RATE_HZ), channels))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((noise * 32767).astype("<i2").tobytes())
    return path


def heard(name="good_en"):
    """A transcript of the golden files."""
    return read_transcript((GOLDEN / "scores" / f"{name}.transcript.json").read_text(encoding="utf-8"), name)


def imported_call(session, now, plan, file, actor=SYSTEM, **facts):
    """One recording taken in; returns the ids of its call and of the recording."""
    facts.setdefault("call_id", file.stem)
    import_file(session, actor, now, file, CallFacts(**facts), plan)
    call = session.query(CallRow).filter_by(call_id=facts["call_id"]).one()
    recording = session.query(RecordingRow).filter_by(call_pk=call.id).order_by(RecordingRow.id.desc()).first()
    return call.id, recording.id


def transcribed_call(session, now, plan, file, transcript=None, **facts):
    """A call with its transcript; returns the ids of the call, the recording and the transcript."""
    call_pk, recording_id = imported_call(session, now, plan, file, **facts)
    return call_pk, recording_id, keep_transcript(session, now, recording_id, transcript or heard())
