"""The frame of an audit: all cases, evaluations or callbacks of its filter, and what the data say of those drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from qa_app.callback_recordings import calls_by_number, nearest
from qa_app.core import people
from qa_app.core.access import Action, Actor
from scorecards import audit_queries, audits
from scorecards.audit_queries import Audit
from scorecards.auditing import AuditKind, Piece, Proposal, Result
from scorecards.audits import NewAudit
from surveys import audit_facts
from surveys.differences import BESIDE
from surveys.office import Office
from surveys.process_checks import Said
from transcription import finding

Span = tuple[datetime, datetime]


def draw(session: Session, actor: Actor, now: datetime, office: Office, audit_id: int) -> int:
    """Draw an audit's sample out of what its filter gives now; returns how many pieces were drawn."""
    audit_queries.row_of(session, actor, Action.AUDIT, audit_id)
    audit = audit_queries.audit(session, actor, audit_id)

    def propose(drawn: Sequence[Piece]) -> Mapping[int, Mapping[str, Proposal]]:
        return proposals(session, audit.kind, [one.id for one in drawn], now)

    return audits.draw(session, actor, now, office.vault, audit_id, frame(session, audit, office), propose)


def size(session: Session, actor: Actor, new: NewAudit, office: Office) -> int:
    """How many pieces a filter gives now, so that the sample's size can be shown before it is planned."""
    audits.require_unit(actor, new.unit_id)
    return len(frame(session, new, office))


def frame(session: Session, wanted: Audit | NewAudit, office: Office) -> list[Piece]:
    """Every piece that a filter gives, days reckoned in the centre's time zone."""
    units = people.subtree(session, wanted.unit_id)
    since = datetime.combine(wanted.first, time(), office.zone)
    span = since, datetime.combine(wanted.last + timedelta(days=1), time(), office.zone)
    if wanted.kind is AuditKind.PROCESS:
        return _cases(session, units, span, wanted.class_code, office)
    return _evaluations(session, units, span, office) if wanted.kind is AuditKind.INSPECTORS else (
        _callbacks(session, units, span, office)
    )  # fmt: skip


def _cases(session: Session, units: frozenset[int], span: Span, class_code: str, office: Office) -> list[Piece]:
    return [
        Piece(one.id, one.number, one.unit_id, one.received_at.astimezone(office.zone).date(), case_id=one.id,
              tags=one.tags)
        for one in audit_facts.cases(session, units, *span, class_code)
    ]  # fmt: skip


def _evaluations(session: Session, units: frozenset[int], span: Span, office: Office) -> list[Piece]:
    scored = audit_queries.scored_between(session, *span)
    calls = finding.units_of_calls(session, {one.call_pk for one in scored}, units)
    return [
        Piece(one.id, calls[one.call_pk][0], calls[one.call_pk][1], one.at.astimezone(office.zone).date(),
              one.author_id, one.call_pk)
        for one in scored if one.call_pk in calls
    ]  # fmt: skip


def _callbacks(session: Session, units: frozenset[int], span: Span, office: Office) -> list[Piece]:
    """The callbacks whose recording is known, or is found by the customer's number and the time."""
    facts = audit_facts.callbacks(session, office.vault, units, *span)
    numbers = calls_by_number(session, span[0] - BESIDE, span[1] + BESIDE)
    found = []
    for one in facts:
        call_pk = one.call_pk or nearest(numbers.get(one.phone, ()), one.at)
        if call_pk is not None:
            day = one.at.astimezone(office.zone).date()
            found.append(Piece(one.id, one.label, one.unit_id, day, one.by_id, call_pk, one.case_id, one.tags))
    return found


def proposals(
    session: Session, kind: AuditKind, pieces: Sequence[int], now: datetime
) -> dict[int, dict[str, Proposal]]:  # fmt: skip
    """What the data say of those drawn; an evaluation has none before it was re-scored blind."""
    if kind is AuditKind.INSPECTORS:
        return {}
    if kind is AuditKind.PROCESS:
        return _proposed(audit_facts.case_proposals(session, pieces, now))
    return _proposed(audit_facts.callback_proposals(session, pieces))


def _proposed(found: Mapping[int, Mapping[str, tuple[bool, Said]]]) -> dict[int, dict[str, Proposal]]:
    return {
        piece: {item: Proposal(Result.MET if met else Result.NOT_MET, said) for item, (met, said) in items.items()}
        for piece, items in found.items()
    }
