"""Findings and their corrective actions in step: what is proven or verified there happens to the finding too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor
from scorecards import audit_queries, findings
from scorecards.finding_rules import FindingStep, Taken
from scorecards.findings import NewFinding, Opened
from surveys import corrective
from surveys.corrective import NewAction
from surveys.model import ActionKind

SOURCE = "finding"
FOLLOWED = {
    ActionKind.PROOF_GIVEN: FindingStep.PROOF_GIVEN, ActionKind.PROOF_REFUSED: FindingStep.PROOF_REFUSED,
    ActionKind.VERIFIED: FindingStep.CLOSED, ActionKind.REOPENED: FindingStep.ACTION_REOPENED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What the unit that answers for a finding is told to do: the written notice (整改通知书) with owner and day."""

    title: str
    task: str
    owner_id: int
    due_on: date


def open_finding(session: Session, actor: Actor, now: datetime, new: NewFinding) -> Opened:
    """Open a finding or bring back the earlier one; an action that is still in force is told that it came again."""
    made = findings.open_finding(session, actor, now, new)
    if made.action_id is not None and made.step in (FindingStep.SEEN_AGAIN, FindingStep.REOPENED):
        corrective.take_step(session, actor, now, made.action_id, ActionKind.NOTED, new.words)
    return made


def open_action(session: Session, actor: Actor, now: datetime, finding_id: int, order: Order) -> int:
    """Open the corrective action of a finding to a unit, under the cause that was noted; returns the action."""
    found = audit_queries.finding(session, actor, finding_id, Action.OPEN_CORRECTIVE_ACTION)
    new = NewAction(order.title, found.cause, order.task, found.unit_id, order.owner_id, order.due_on,
                    source_kind=SOURCE, source_id=finding_id)  # fmt: skip
    made = corrective.open_action(session, actor, now, new)
    told = Taken(FindingStep.ACTION_OPENED, now, actor.user_id, order.task, order.owner_id, order.due_on, made)
    findings.link_action(session, actor, now, finding_id, told)
    return made


def take_step(
    session: Session, actor: Actor, now: datetime, action_id: int, kind: ActionKind, words: str
) -> int:  # fmt: skip
    """A step of any corrective action; where it follows from a finding, the finding goes along.

    The finding is locked before its action, as everywhere: two who take steps at once wait for each other in one order.
    """
    found = findings.of_action(session, action_id) if kind in FOLLOWED else None
    number = corrective.take_step(session, actor, now, action_id, kind, words)
    if found is not None:
        findings.follow(session, actor, now, found, FOLLOWED[kind], words)
    return number
