"""The scoring of one transcript as a job: read, close, let the checks work however long, then write once.

No transaction is open while a check works, since a judge may take minutes: a database would hold its locks for so long.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from qa_app.core import queue
from qa_app.core.db import reading, transaction
from qa_app.core.queue import Job
from scorecards import machine
from scorecards.checks.outside import Outside
from scorecards.score_file import score_transcript

SCORE = machine.SCORE


def score(engine: Engine, clock: Callable[[], datetime], job: Job, outside: Outside) -> None:
    """Score the transcript and finish the job in one transaction; Conflict, and nothing kept, if the lease was lost."""
    with reading(engine) as session:
        work = machine.due(session, int(job.payload["transcript_id"]))
    evaluation = score_transcript(work.card, work.transcript, outside) if work is not None else None
    with transaction(engine) as session:
        queue.finish(session, job)
        if work is not None and evaluation is not None:
            machine.keep_score(session, clock(), work, evaluation)
