"""What changes a machine's evaluations: a transcript is scored on the newest card of its language, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, queue
from qa_app.core.access import Action, Actor, reach
from scorecards import queries
from scorecards.evaluations import Desk, keep
from scorecards.model import Author, Evaluation, Scorecard
from scorecards.score_file import score_transcript
from scorecards.tables import EvaluationRow
from transcription.model import Transcript
from transcription.queries import transcript as read_transcript
from transcription.queries import transcripts_within

SCORE = "score"


@dataclass(frozen=True, slots=True)
class Work:
    """What a machine has to score, read out of the database: nothing of it is held while the checks work."""

    desk: Desk
    card: Scorecard
    transcript: Transcript


def due(session: Session, transcript_id: int) -> Work | None:
    """A transcript with the newest card of its language and kind; None where there is no card or the score is there."""
    call_pk, transcript = read_transcript(session, transcript_id)
    chosen = queries.card_for(session, transcript.language, transcript.kind)
    if chosen is None:
        return None
    desk = Desk(call_pk, transcript_id, chosen[0])
    return None if known(session, desk) is not None else Work(desk, chosen[1], transcript)


def known(session: Session, desk: Desk) -> int | None:
    """The machine's evaluation of that transcript on that card, if there is one."""
    return session.scalars(
        select(EvaluationRow.id).where(
            EvaluationRow.transcript_id == desk.transcript_id,
            EvaluationRow.scorecard_id == desk.scorecard_id,
            EvaluationRow.author == Author.MACHINE,
        )
    ).first()


def keep_score(session: Session, now: datetime, work: Work, evaluation: Evaluation) -> int:
    """Keep what the checks found, once; a card published while they worked makes the transcript due again."""
    made = known(session, work.desk) or keep(session, now, work.desk, evaluation, author=Author.MACHINE)
    if due(session, work.desk.transcript_id) is not None:
        _put(session, now, work.desk.transcript_id, queue.NORMAL)
    return made


def score_call(session: Session, now: datetime, transcript_id: int) -> int | None:
    """Score a transcript inside one transaction, asking nothing outside; returns its evaluation, None without a card.

    For filling a database; the worker scores through `scorecards.jobs`. Safe to run twice.
    """
    work = due(session, transcript_id)
    if work is not None:
        return keep_score(session, now, work, score_transcript(work.card, work.transcript))
    call_pk, transcript = read_transcript(session, transcript_id)
    chosen = queries.card_for(session, transcript.language, transcript.kind)
    return None if chosen is None else known(session, Desk(call_pk, transcript_id, chosen[0]))


def rescore(session: Session, actor: Actor, now: datetime, transcript_ids: list[int]) -> int:
    """Make scoring due for those of these transcripts that lie in reach; returns how many. Earlier scores stay."""
    within = transcripts_within(session, reach(actor, Action.RESCORE), transcript_ids)
    for transcript_id in within:
        _put(session, now, transcript_id, queue.ARCHIVE)
    journal.record(session, actor, "evaluations.rescore", "evaluations", now, transcripts=len(within))
    return len(within)


def make_due(session: Session, now: datetime, transcript_id: int) -> None:
    """Have the worker score a transcript that came in as it is, such as a text chat."""
    _put(session, now, transcript_id, queue.NORMAL)


def _put(session: Session, now: datetime, transcript_id: int, priority: int) -> None:
    queue.put(session, now, SCORE, f"transcript:{transcript_id}", priority=priority, transcript_id=transcript_id)
