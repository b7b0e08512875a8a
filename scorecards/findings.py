"""Findings in the database: opened from a check, seen again, with cause, action, proof, verified close, accountability.

The corrective action itself belongs to complaint handling; `qa_app.audit_actions` keeps both in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, covers, reach
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import UnitRow
from scorecards import audit_queries, finding_rules
from scorecards.audit_queries import Finding
from scorecards.audit_tables import AuditPieceRow, AuditRow, FindingRow, FindingStepRow
from scorecards.auditing import AuditStep, Result, Severity
from scorecards.finding_rules import FindingStep, Taken

LONGEST = 2000
_K = FindingStep
FOLLOWS = {
    _K.PROOF_GIVEN: Action.ANSWER_CORRECTIVE_ACTION, _K.PROOF_REFUSED: Action.VERIFY_CORRECTIVE_ACTION,
    _K.CLOSED: Action.VERIFY_CORRECTIVE_ACTION, _K.ACTION_REOPENED: Action.OPEN_CORRECTIVE_ACTION,
}  # fmt: skip
"""What the corrective action's steps need is what the finding's need."""


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A finding from an item that a piece did not meet: which unit answers for it, how grave, what was seen."""

    piece_id: int
    item: str
    unit_id: int
    severity: Severity
    words: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The finding that stands now, and whether it is new, still open from before, or was reopened."""

    finding_id: int
    step: FindingStep
    action_id: int | None


def open_finding(session: Session, actor: Actor, now: datetime, new: NewFinding) -> Opened:
    """Open a finding, or bring back the earlier one of the same item in the same unit: a closed one is reopened."""
    if not covers(reach(actor, Action.AUDIT), new.unit_id, frozenset()):
        raise Forbidden("This unit is not one of yours.")
    if not new.words.strip():
        raise Invalid("Say in words what was found, done or seen.")
    piece, audit = _not_met(session, actor, new)
    # One unit's findings are opened one after the other, so that none is opened twice.
    session.scalar(select(UnitRow.id).where(UnitRow.id == new.unit_id).with_for_update(key_share=True))
    same = select(FindingRow).where(
        FindingRow.unit_id == new.unit_id, FindingRow.kind == audit.kind, FindingRow.item == new.item
    )
    row = session.scalars(same.with_for_update()).first()
    if row is None:
        row, kind, action = _new_row(session, actor, now, audit, new), _K.OPENED, None
    else:
        earlier = audit_queries.finding_of(session, row)
        kind, action = finding_rules.when_found_again(earlier.steps), earlier.action
    words = f"{piece.label}: {new.words.strip()}"
    _append(session, actor, row, Taken(kind, now, actor.user_id, words, audit_id=audit.id))
    return Opened(row.id, kind, action.action_id if action else None)


def _not_met(session: Session, actor: Actor, new: NewFinding) -> tuple[AuditPieceRow, AuditRow]:
    """The piece and the audit of a finding, once it is sure that a person found the item not met there."""
    piece = session.get(AuditPieceRow, new.piece_id)
    if piece is None:
        raise NotFound("There is no piece {piece} that you may see.", piece=new.piece_id)
    row = audit_queries.row_of(session, actor, Action.AUDIT, piece.audit_id, lock=True)
    audit = audit_queries.read(session, row)
    audit.checklist.item(new.item)
    if audit.state is AuditStep.CLOSED:
        raise Conflict("The audit {audit} is closed; plan another one.", audit=audit.number)
    checked = audit_queries.checks_of(session, [piece.id]).get(piece.id, {}).get(new.item)
    if checked is None or checked.result is not Result.NOT_MET:
        raise Invalid("A finding follows from an item that was checked and not met.")
    return piece, row


def _new_row(session: Session, actor: Actor, now: datetime, audit: AuditRow, new: NewFinding) -> FindingRow:
    row = FindingRow(
        number=f"WT-{uuid4().hex}", audit_id=audit.id, kind=audit.kind, item=new.item, unit_id=new.unit_id,
        severity=new.severity, at=now, by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.number = f"WT{now.year}-{row.id:05d}"
    return row


def note_cause(session: Session, actor: Actor, now: datetime, finding_id: int, words: str) -> None:
    """Say why it came to this; the newest note stands."""
    row = _row(session, actor, Action.AUDIT, finding_id)
    _append(session, actor, row, Taken(_K.CAUSE_NOTED, now, actor.user_id, words))


def link_action(
    session: Session, actor: Actor, now: datetime, finding_id: int, action: Taken
) -> None:  # fmt: skip
    """Keep that a corrective action was opened for a finding: its number, owner and day."""
    row = _row(session, actor, Action.OPEN_CORRECTIVE_ACTION, finding_id)
    told = Taken(_K.ACTION_OPENED, now, actor.user_id, action.words, action.person, action.due_on, action.action_id)
    _append(session, actor, row, told)


def follow(session: Session, actor: Actor, now: datetime, finding_id: int, kind: FindingStep, words: str) -> None:
    """Proof given, refused or verified, as it happens to the finding's corrective action."""
    if kind not in FOLLOWS:
        raise Invalid("This step is taken on the finding itself.")
    row = _row(session, actor, FOLLOWS[kind], finding_id)
    _append(session, actor, row, Taken(kind, now, actor.user_id, words))


def hold_accountable(
    session: Session, actor: Actor, now: datetime, finding_id: int, person_id: int, words: str
) -> None:  # fmt: skip
    """Keep who answers for a finding and for what (追究责任); they are heard before it counts."""
    row = _row(session, actor, Action.AUDIT, finding_id)
    if people.unit_of(session, person_id) is None:
        raise Invalid("Choose a person.")
    if person_id == actor.user_id:
        raise Forbidden("Nobody holds themselves accountable; somebody else of the monitoring group does.")
    _append(session, actor, row, Taken(_K.HELD_ACCOUNTABLE, now, actor.user_id, words, person_id))


def reply(session: Session, actor: Actor, now: datetime, finding_id: int, words: str) -> None:
    """Who is held accountable says their side; nobody else can."""
    reach(actor, Action.REPLY_FINDING)
    row = session.get(FindingRow, finding_id)
    mine = {one.id for one in audit_queries.awaiting_own_reply(session, actor)}
    if row is None or row.id not in mine:
        raise NotFound("There is no finding {finding} that waits for your reply.", finding=finding_id)
    _append(session, actor, row, Taken(_K.REPLIED, now, actor.user_id, words))


def overdue(session: Session, actor: Actor, today: date) -> list[Finding]:
    """The findings whose proof is late, the longest overdue first."""
    late = [one for one in audit_queries.findings(session, actor) if finding_rules.is_overdue(one.steps, today)]
    return sorted(late, key=lambda one: (_due(one), one.id))


def of_action(session: Session, action_id: int) -> int | None:
    """The finding for which a corrective action was opened, if it is the one in force; locked, so that it stays so."""
    query = select(FindingStepRow.finding_id).where(
        FindingStepRow.action_id == action_id, FindingStepRow.kind == _K.ACTION_OPENED
    )
    found = session.scalar(query.limit(1))
    row = session.get(FindingRow, found, with_for_update=True) if found is not None else None
    if row is None:
        return None
    in_force = audit_queries.finding_of(session, row).action
    return row.id if in_force is not None and in_force.action_id == action_id else None


def _due(one: Finding) -> date:
    action = one.action
    return action.due_on if action is not None and action.due_on is not None else date.max


def _row(session: Session, actor: Actor, action: Action, finding_id: int) -> FindingRow:
    found = reach(actor, action)
    row = session.get(FindingRow, finding_id, with_for_update=True)
    if row is None or not covers(found, row.unit_id, frozenset()):
        raise NotFound("There is no finding {finding} that you may see.", finding=finding_id)
    return row


def _append(session: Session, actor: Actor, row: FindingRow, new: Taken) -> None:
    session.get(FindingRow, row.id, with_for_update=True)
    finding_rules.append(audit_queries.finding_of(session, row).steps, new)
    session.add(FindingStepRow(
        finding_id=row.id, kind=new.kind, at=new.at, by_id=new.by, words=new.words.strip()[:LONGEST],
        person_id=new.person, due_on=new.due_on, action_id=new.action_id, audit_id=new.audit_id,
    ))  # fmt: skip
    session.flush()
    told = {"unit": row.unit_id} if new.kind is _K.OPENED else {}
    told |= {"user": new.person} if new.person is not None else {}
    journal.record(session, actor, f"finding.{new.kind.value}", f"finding:{row.id}", new.at, **told)
