"""The blind re-score of an audit of inspectors: what is hidden from whom, and what the second score proposes.

From the draw on, nobody who audits sees an evaluation of a drawn call before it was re-scored: neither the one who has
it in hand nor anybody who might still take it. Reads of evaluations ask here.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, allowed, reach
from scorecards.audit_tables import AuditPieceRow, AuditRow
from scorecards.auditing import AuditKind
from scorecards.model import Verdict
from scorecards.tables import AnswerRow, EvaluationRow

TOLERANCE_PCT = 5
"""Points by which two scores of a call may lie apart (DOMAIN, the Chinese QA regime: tolerance of calibration)."""
_P = AuditPieceRow


def hidden_calls(session: Session, actor: Actor, call_pks: Collection[int]) -> frozenset[int]:
    """Those of some calls that wait for a blind re-score which the actor has in hand or might still take."""
    if not _audits(actor):
        return frozenset()
    return frozenset(one.call_pk or 0 for one in session.scalars(_open(actor).where(_P.call_pk.in_(call_pks))))


def to_score(session: Session, actor: Actor, call_pk: int) -> bool:
    """Whether the actor has this call in hand for an audit."""
    return _in_hand(session, actor, call_pk) is not None


def settle(session: Session, actor: Actor, call_pk: int, evaluation_id: int, fatal: Collection[str]) -> None:
    """The re-score is there: the piece may be checked, and what the two scores say is proposed.

    `fatal` are the criteria that are fatal errors on the card of the re-score.
    """
    piece = _in_hand(session, actor, call_pk)
    if piece is None:
        return
    piece.evaluation_id = evaluation_id
    piece.proposals = piece.proposals | _proposals(session, piece.piece, evaluation_id, fatal)
    session.flush()


def _audits(actor: Actor) -> bool:
    return not actor.system and allowed(actor, Action.AUDIT)


def _open(actor: Actor) -> Select[AuditPieceRow]:
    return (
        select(_P)
        .join(AuditRow, AuditRow.id == _P.audit_id)
        .where(
            AuditRow.kind == AuditKind.INSPECTORS, _P.evaluation_id.is_(None), _P.person_id != actor.user_id,
            AuditRow.unit_id.in_(reach(actor, Action.AUDIT).units),
            or_(_P.checker_id.is_(None), _P.checker_id == actor.user_id),
        )
        .order_by(_P.id)
    )  # fmt: skip


def _in_hand(session: Session, actor: Actor, call_pk: int) -> AuditPieceRow | None:
    if not _audits(actor):
        return None
    query = _open(actor).where(_P.call_pk == call_pk, _P.checker_id == actor.user_id)
    return session.scalars(query.limit(1)).first()


def _proposals(session: Session, theirs_id: int, ours_id: int, fatal: Collection[str]) -> dict[str, object]:
    theirs, ours = session.get_one(EvaluationRow, theirs_id), session.get_one(EvaluationRow, ours_id)
    made: dict[str, object] = {}
    if theirs.score_pct is not None and ours.score_pct is not None:
        apart = abs(theirs.score_pct - ours.score_pct)
        made["score_within"] = {"result": "met" if apart <= TOLERANCE_PCT else "not_met",
                                "said": {"theirs": round(theirs.score_pct), "ours": round(ours.score_pct)}}  # fmt: skip
    one, other = _found_fatal(session, theirs_id, fatal), _found_fatal(session, ours_id, fatal)
    made["fatal_same"] = {"result": "met" if one == other else "not_met",
                          "said": {"theirs": len(one), "ours": len(other)}}  # fmt: skip
    return made


def _found_fatal(session: Session, evaluation_id: int, fatal: Collection[str]) -> frozenset[str]:
    query = select(AnswerRow.criterion).where(
        AnswerRow.evaluation_id == evaluation_id, AnswerRow.verdict == Verdict.NOT_MET, AnswerRow.criterion.in_(fatal)
    )
    return frozenset(session.scalars(query))
