"""What changes a machine's evaluations: a transcript is scored on the newest card of its language, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, queue
from qa_app.core.access import Action, Actor, reach
from scorecards import queries
from scorecards.evaluations import Desk, keep
from scorecards.model import Author
from scorecards.score_file import score_transcript
from scorecards.tables import EvaluationRow
from transcription.queries import transcript as read_transcript
from transcription.queries import transcripts_within

SCORE = "score"


def score_call(session: Session, now: datetime, transcript_id: int) -> int | None:
    """Score a transcript by machine on the newest card of its language; None where there is none. Safe to run twice."""
    call_pk, transcript = read_transcript(session, transcript_id)
    chosen = queries.card_for(session, transcript.language)
    if chosen is None:
        return None
    card_id, card = chosen
    known = session.scalars(
        select(EvaluationRow.id).where(
            EvaluationRow.transcript_id == transcript_id,
            EvaluationRow.scorecard_id == card_id,
            EvaluationRow.author == Author.MACHINE,
        )
    ).first()
    if known is not None:
        return known
    desk = Desk(call_pk, transcript_id, card_id)
    return keep(session, now, desk, score_transcript(card, transcript), author=Author.MACHINE)


def rescore(session: Session, actor: Actor, now: datetime, transcript_ids: list[int]) -> int:
    """Make scoring due for those of these transcripts that lie in reach; returns how many. Earlier scores stay."""
    due = transcripts_within(session, reach(actor, Action.RESCORE), transcript_ids)
    for transcript_id in due:
        queue.put(
            session, now, SCORE, f"transcript:{transcript_id}", priority=queue.ARCHIVE, transcript_id=transcript_id
        )
    journal.record(session, actor, "evaluations.rescore", "evaluations", now, transcripts=len(due))
    return len(due)
