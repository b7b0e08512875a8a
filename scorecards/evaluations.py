"""How an evaluation is kept, whoever made it: appended with its answers, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scorecards.files import evidence_to_dict, signals_to_list
from scorecards.model import Author, Evaluation
from scorecards.tables import AnswerRow, EvaluationRow


@dataclass(frozen=True, slots=True)
class Desk:
    """What is being scored: the call, the transcript revision that was read, and the card it is held against."""

    call_pk: int
    transcript_id: int
    scorecard_id: int


def keep(
    session: Session,
    now: datetime,
    desk: Desk,
    evaluation: Evaluation,
    *,
    author: Author,
    **more: Any,  # noqa: ANN401 - columns
) -> int:
    """Append an evaluation with its answers; returns its number."""
    row = EvaluationRow(
        call_pk=desk.call_pk, transcript_id=desk.transcript_id, scorecard_id=desk.scorecard_id, author=author,
        created_at=now, score_pct=evaluation.score_pct, passed=evaluation.passed,
        signals=signals_to_list(evaluation.signals),
        **more,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for answer in evaluation.answers:
        session.add(
            AnswerRow(
                evaluation_id=row.id, section=answer.section, criterion=answer.criterion, verdict=answer.verdict,
                points=answer.points, possible=answer.possible, confidence=answer.confidence, reason=answer.reason,
                check=answer.check, comment=answer.comment, occurrences=answer.occurrences,
                evidence=[evidence_to_dict(item) for item in answer.evidence],
                provenance=answer.provenance or None, root_cause=answer.root_cause,
            )
        )  # fmt: skip
    session.flush()
    return row.id
