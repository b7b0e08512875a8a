"""Audits in the database: planned under a sealed seed, drawn, checked item by item, reported, closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, covers, reach
from qa_app.core.contacts import Vault
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from scorecards import audit_queries, auditing, sampling
from scorecards.agreement import Agreement, verdict_agreement
from scorecards.audit_tables import (
    AuditCheckRow,
    AuditDrawRow,
    AuditPieceRow,
    AuditRow,
    AuditStepRow,
)
from scorecards.auditing import Aim, AuditKind, AuditStep, Piece, Proposal, Result, checklist_from_yaml
from scorecards.finding_rules import FindingState
from scorecards.model import Verdict
from scorecards.tables import AnswerRow

LONGEST = 2000
Propose = Callable[[Sequence[Piece]], Mapping[int, Mapping[str, Proposal]]]
_K = AuditStep


@dataclass(frozen=True, slots=True)
class NewAudit:
    """An audit as it is planned: of what, why, and the filter that fixes its frame (days both ends included)."""

    kind: AuditKind
    purpose: str
    unit_id: int
    first: date
    last: date
    aim: Aim
    class_code: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a person confirms of one item."""

    result: Result
    words: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """How far an inspector agrees with the blind re-scores, in one criterion or (empty) in all of them."""

    inspector_id: int
    criterion: str
    found: Agreement


def plan(session: Session, actor: Actor, now: datetime, vault: Vault, new: NewAudit) -> int:
    """Plan an audit: the filter and the aim are fixed, and the hash of a new seed is journalled."""
    require_unit(actor, new.unit_id)
    if not new.purpose.strip():
        raise Invalid("Say what the audit is for.")
    if new.last < new.first:
        raise Invalid("The period ends on {last}, before it starts on {first}.", first=new.first, last=new.last)
    auditing.size(new.aim, max(1, new.aim.wanted or 1))  # refuses rates and chances that are no shares
    text = auditing.shipped_text(new.kind)
    seed = sampling.new_seed()
    row = AuditRow(
        kind=new.kind, purpose=new.purpose.strip()[:LONGEST], unit_id=new.unit_id, first=new.first, last=new.last,
        class_code=new.class_code.strip()[:80] if new.kind is AuditKind.PROCESS else "", rate=new.aim.rate,
        chance=new.aim.chance, wanted=new.aim.wanted, checklist=text, commitment=sampling.commitment(seed),
        seed_sealed=vault.seal(seed), at=now, by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, actor, now, row.id, _K.PLANNED, row.purpose)
    journal.record(session, actor, "audit.planned", f"audit:{row.id}", now, kind=new.kind.value, unit=new.unit_id,
                   first=new.first.isoformat(), last=new.last.isoformat(), commitment=row.commitment)  # fmt: skip
    return row.id


def require_unit(actor: Actor, unit_id: int) -> None:
    """Raise Forbidden unless the actor audits this unit."""
    if not covers(reach(actor, Action.AUDIT), unit_id, frozenset()):
        raise Forbidden("This unit is not one of yours.")


def draw(
    session: Session, actor: Actor, now: datetime, vault: Vault, audit_id: int, frame: Sequence[Piece],
    propose: Propose,
) -> int:  # fmt: skip
    """Draw the sample out of the frame that the filter gives, and make the seed known; returns how many were drawn.

    `propose` is asked once, for those drawn, what the data say of them.
    """
    row = audit_queries.row_of(session, actor, Action.AUDIT, audit_id, lock=True)
    auditing.require_next(_steps(session, audit_id), _K.DRAWN)
    seed, audit = vault.unseal(row.seed_sealed), audit_queries.read(session, row)
    n = auditing.size(audit.aim, len(frame))
    lots = auditing.candidates(row.kind, frame)
    hashed, known = sampling.frame_hash(lots), {one.id: one for one in frame}
    session.add(AuditDrawRow(
        audit_id=audit_id, at=now, by_id=actor.user_id, seed=seed, frame_sha256=hashed,
        frame=[audit_queries.written(one) for one in lots], n=n,
    ))  # fmt: skip
    picks = auditing.draw(seed, audit_id, lots, n)
    proposed = propose([known[pick.call] for pick in picks])
    for pick in picks:
        session.add(_piece_row(audit_id, pick.rank, known[pick.call], proposed.get(pick.call, {})))
    session.flush()
    _append(session, actor, now, audit_id, _K.DRAWN)
    journal.record(session, actor, "audit.drawn", f"audit:{audit_id}", now, frame=hashed, pieces=len(frame), n=n,
                   seed=seed)  # fmt: skip
    return n


def _piece_row(audit_id: int, rank: int, one: Piece, proposed: Mapping[str, Proposal]) -> AuditPieceRow:
    proposals = {item: {"result": said.result.value, "said": dict(said.said)} for item, said in proposed.items()}
    return AuditPieceRow(
        audit_id=audit_id, piece=one.id, rank=rank, label=one.label[:120], unit_id=one.unit_id, day=one.day,
        person_id=one.person_id, call_pk=one.call_pk, case_id=one.case_id, tags=sorted(one.tags), proposals=proposals,
    )  # fmt: skip


def check(
    session: Session, actor: Actor, now: datetime, piece_id: int, given: Mapping[str, Given]
) -> None:  # fmt: skip
    """Confirm how a piece stands in some items; nobody checks the own work, nor an evaluation not re-scored blind."""
    reach(actor, Action.AUDIT)
    piece = session.get(AuditPieceRow, piece_id)
    if piece is None:
        raise NotFound("There is no piece {piece} that you may see.", piece=piece_id)
    row = audit_queries.row_of(session, actor, Action.AUDIT, piece.audit_id, lock=True)
    steps = _steps(session, row.id)
    if steps[-1] not in (_K.DRAWN, _K.CHECKING):
        raise Conflict("The audit {audit} was reported; its checks stay as they are.",
                       audit=audit_queries.number_of(row))  # fmt: skip
    if piece.person_id is not None and piece.person_id == actor.user_id:
        raise Forbidden("Nobody checks the own work.")
    if row.kind is AuditKind.INSPECTORS and piece.evaluation_id is None:
        raise Conflict("Score this call blind first; the inspector's answers are shown afterwards.")
    checklist = checklist_from_yaml(row.checklist)
    asked = {one.code for one in checklist.asked_of(piece.tags)}
    if steps[-1] is _K.DRAWN and given:
        _append(session, actor, now, row.id, _K.CHECKING)
    for item, said in given.items():
        if item not in asked:
            raise Invalid("The checklist has no item “{item}”.", item=item)
        auditing.refuse_bare(said.result, said.words, said.evidence)
        session.add(AuditCheckRow(
            piece_id=piece_id, item=item, result=said.result, words=said.words.strip()[:LONGEST],
            evidence=said.evidence.strip()[:LONGEST], at=now, by_id=actor.user_id,
        ))  # fmt: skip
    session.flush()
    counts = {one.value: sum(said.result is one for said in given.values()) for one in Result}
    journal.record(session, actor, "audit.checked", f"audit:{row.id}", now, piece=piece.label, **counts)


def claim(session: Session, actor: Actor, now: datetime, audit_id: int) -> int | None:
    """The next call of an audit of inspectors to be scored blind: the one in hand, else a free one; its call.

    Whoever scored a call does not re-score it; None where nothing is left for the actor.
    """
    row = audit_queries.row_of(session, actor, Action.AUDIT, audit_id, lock=True)
    if row.kind is not AuditKind.INSPECTORS:
        raise Invalid("Only an audit of inspectors is scored blind.")
    if _steps(session, audit_id)[-1] not in (_K.DRAWN, _K.CHECKING):
        return None
    query = select(AuditPieceRow).where(AuditPieceRow.audit_id == audit_id, AuditPieceRow.evaluation_id.is_(None))
    rows = session.scalars(query.order_by(AuditPieceRow.rank)).all()
    mine = next((one for one in rows if one.checker_id == actor.user_id), None)
    free = next((one for one in rows if one.checker_id is None and one.person_id != actor.user_id), None)
    chosen = mine or free
    if chosen is None:
        return None
    if mine is None:
        chosen.checker_id = actor.user_id
        session.flush()
        journal.record(session, actor, "audit.claimed", f"audit:{audit_id}", now, call=chosen.call_pk)
    return chosen.call_pk


def report(session: Session, actor: Actor, now: datetime, audit_id: int, conclusion: str) -> None:
    """Say what the audit comes to; every item of every piece must have been confirmed by a person."""
    row = audit_queries.row_of(session, actor, Action.AUDIT, audit_id, lock=True)
    auditing.require_next(_steps(session, audit_id), _K.REPORTED)
    tags, checks = audit_queries.tags_and_checks(audit_queries.pieces(session, actor, audit_id))
    left = auditing.unchecked(checklist_from_yaml(row.checklist), tags, checks)
    if left:
        raise Conflict("{count} answers are still open; the audit is reported when everything was checked.",
                       count=len(left))  # fmt: skip
    if not conclusion.strip():
        raise Invalid("Say in words what the audit comes to.")
    _append(session, actor, now, audit_id, _K.REPORTED, conclusion.strip()[:LONGEST])
    journal.record(session, actor, "audit.reported", f"audit:{audit_id}", now)


def close(session: Session, actor: Actor, now: datetime, audit_id: int, words: str = "") -> None:
    """Close a reported audit, once every finding that it opened or saw again is closed."""
    audit_queries.row_of(session, actor, Action.AUDIT, audit_id, lock=True)
    auditing.require_next(_steps(session, audit_id), _K.CLOSED)
    found = audit_queries.findings(session, actor, audit_id)
    left = [one.number for one in found if one.state is not FindingState.CLOSED]
    if left:
        raise Conflict("These findings are not closed yet: {numbers}.", numbers=", ".join(left))
    _append(session, actor, now, audit_id, _K.CLOSED, words.strip()[:LONGEST])
    journal.record(session, actor, "audit.closed", f"audit:{audit_id}", now)


def agreements(session: Session, actor: Actor, audit_id: int) -> list[Alike]:
    """Each inspector's verdicts held against the blind re-scores: in all criteria together, then one by one."""
    found = [one for one in audit_queries.pieces(session, actor, audit_id) if one.evaluation_id is not None]
    pairs: dict[tuple[int, str], list[tuple[str, str | None]]] = {}
    for one in found:
        theirs = _verdicts(session, one.piece)
        for criterion, ours in _verdicts(session, one.evaluation_id or 0).items():
            said = theirs.get(criterion)
            for name in ("", criterion):
                pairs.setdefault((one.person_id or 0, name), []).append((ours, said))
    categories = [one.value for one in Verdict if one is not Verdict.ABSTAINED]
    return [
        Alike(person, name, verdict_agreement([ours for ours, _ in said], [theirs for _, theirs in said],
                                              categories=categories))
        for (person, name), said in sorted(pairs.items())
    ]  # fmt: skip


def _verdicts(session: Session, evaluation_id: int) -> dict[str, str]:
    query = select(AnswerRow.criterion, AnswerRow.verdict).where(AnswerRow.evaluation_id == evaluation_id)
    return {criterion: verdict.value for criterion, verdict in session.execute(query)}


def _steps(session: Session, audit_id: int) -> list[AuditStep]:
    return list(
        session.scalars(select(AuditStepRow.kind).where(AuditStepRow.audit_id == audit_id).order_by(AuditStepRow.id))
    )


def _append(session: Session, actor: Actor, now: datetime, audit_id: int, kind: AuditStep, words: str = "") -> None:
    session.add(AuditStepRow(audit_id=audit_id, kind=kind, at=now, by_id=actor.user_id, words=words))
    session.flush()
