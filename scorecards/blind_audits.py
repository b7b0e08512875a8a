"""The blind re-score of an audit of inspectors: what is hidden from whom, and what the second score proposes."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, allowed, reach
from scorecards import queries
from scorecards.audit_tables import AuditPieceRow, AuditRow
from scorecards.auditing import AuditKind
from scorecards.model import Verdict
from scorecards.tables import AnswerRow, EvaluationRow

TOLERANCE_PCT = 5
"""Points by which two scores of a call may lie apart (DOMAIN, the Chinese QA regime: tolerance of calibration)."""
_P = AuditPieceRow


def is_hidden(session: Session, actor: Actor, call_pk: int) -> bool:
    """Whether a call waits for a blind re-score by the actor, or by nobody yet and the actor might be the one."""
    return _open(session, actor, call_pk) is not None


def to_score(session: Session, actor: Actor, call_pk: int) -> bool:
    """Whether the actor has this call in hand for an audit."""
    found = _open(session, actor, call_pk)
    return found is not None and found.checker_id == actor.user_id


def settle(session: Session, actor: Actor, call_pk: int, evaluation_id: int) -> None:
    """The re-score is there: the piece may be checked, and what the two scores say is proposed."""
    piece = _open(session, actor, call_pk)
    if piece is None:
        return
    piece.evaluation_id = evaluation_id
    piece.proposals = piece.proposals | _proposals(session, piece.piece, evaluation_id)
    session.flush()


def _open(session: Session, actor: Actor, call_pk: int) -> AuditPieceRow | None:
    if actor.system or not allowed(actor, Action.AUDIT):
        return None
    found = reach(actor, Action.AUDIT)
    query = (
        select(_P)
        .join(AuditRow, AuditRow.id == _P.audit_id)
        .where(
            AuditRow.kind == AuditKind.INSPECTORS, _P.call_pk == call_pk, _P.evaluation_id.is_(None),
            AuditRow.unit_id.in_(found.units), _P.person_id != actor.user_id,
            or_(_P.checker_id.is_(None), _P.checker_id == actor.user_id),
        )
        .order_by(_P.checker_id.is_(None), _P.id)
    )  # fmt: skip
    return session.scalars(query.limit(1)).first()


def _proposals(session: Session, theirs_id: int, ours_id: int) -> dict[str, object]:
    theirs, ours = session.get_one(EvaluationRow, theirs_id), session.get_one(EvaluationRow, ours_id)
    made: dict[str, object] = {}
    if theirs.score_pct is not None and ours.score_pct is not None:
        apart = abs(theirs.score_pct - ours.score_pct)
        made["score_within"] = {"result": "met" if apart <= TOLERANCE_PCT else "not_met",
                                "said": {"theirs": round(theirs.score_pct), "ours": round(ours.score_pct)}}  # fmt: skip
    one, other = _fatal(session, theirs), _fatal(session, ours)
    made["fatal_same"] = {"result": "met" if one == other else "not_met",
                          "said": {"theirs": len(one), "ours": len(other)}}  # fmt: skip
    return made


def _fatal(session: Session, row: EvaluationRow) -> frozenset[str]:
    fatal = {one.id for _, one in queries.card(session, row.scorecard_id).criteria if one.fatal}
    query = select(AnswerRow.criterion).where(
        AnswerRow.evaluation_id == row.id, AnswerRow.verdict == Verdict.NOT_MET, AnswerRow.criterion.in_(fatal)
    )
    return frozenset(session.scalars(query))
