"""What the worker does for a recording: the playback copy, and keeping what the farm has heard."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from qa_app.core import queue
from qa_app.core.db import reading, transaction
from qa_app.core.queue import Backoff, Job
from transcription import queries, service
from transcription.acoustics import waveform
from transcription.audio import Limits, decode
from transcription.model import Transcript
from transcription.playback import MIME, make_playback
from transcription.storage import Store

WAVE_POINTS_PER_S = 10
MOST_WAVE_POINTS = 4000

ANY_LENGTH = Limits(shortest_s=0.0, longest_s=math.inf)

Next = Callable[[Session, datetime, int], None]


def make_copy(engine: Engine, store: Store, recording_id: int) -> None:
    """Make the playback copy and the waveforms of a recording; made again, the same files come out."""
    with reading(engine) as session:
        relative, _, _, _ = queries.original_place(session, recording_id)
    original = store.original(relative)
    name = f"{relative.partition('.')[0]}.webm"
    copy = make_playback(original, store.playback(name))
    heard = decode(original, ANY_LENGTH)
    points = max(1, min(WAVE_POINTS_PER_S, int(MOST_WAVE_POINTS / max(1.0, heard.duration_s))))
    waves = [[round(float(level), 3) for level in waveform(channel, points)] for channel in heard.channels]
    with transaction(engine) as session:
        service.keep_playback(session, recording_id, name, MIME, copy, waves)


def keep(engine: Engine, now: datetime, job: Job, transcript: Transcript, following: Next) -> None:
    """Keep a transcript and close its job in one transaction; Conflict if the claim was lost meanwhile."""
    with transaction(engine) as session:
        queue.finish(session, job)
        transcript_id = service.keep_transcript(session, now, int(job.payload["recording_id"]), transcript)
        following(session, now, transcript_id)


def give_up_or_retry(engine: Engine, now: datetime, job: Job, code: str, reason: str, backoff: Backoff) -> bool:
    """Note a failed try; after the last one the recording is quarantined with the reason (True)."""
    with transaction(engine) as session:
        over = queue.fail(session, now, job, reason, backoff)
        if over:
            service.quarantine(session, now, int(job.payload["recording_id"]), code, reason)
    return over
