"""What waits for a leader's decision: for each kind how many, since when, and how many are late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, allowed
from scorecards import coaching_sessions, contesting, findings, library_entries, regimes, shopping_reads, trainings
from scorecards.case_library import LibraryStep
from scorecards.contesting import Rules
from scorecards.model import CoachingStep
from scorecards.shopping import VisitState
from scorecards.training import CertificateState, TaskState
from surveys import alerts, correcting, corrective, desks, differences
from surveys import queries as complaints
from surveys.desks import Desk
from surveys.model import ActionState
from surveys.office import Office


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things of one kind that wait: how many, since when the oldest does where that is known, how many are late."""

    kind: str
    n: int
    since: datetime | None = None
    late: int = 0


def inbox(session: Session, actor: Actor, now: datetime, office: Office) -> list[Waiting]:
    """Everything that waits for this person's decision, what is late first; kinds with nothing are left out."""
    found = [
        count(session, actor, now, office)
        for action, count in WAITS
        if allowed(actor, action)
    ]  # fmt: skip
    return sorted((one for one in found if one.n), key=lambda one: (-one.late, one.kind))


def _disputes(action: Action, kind: str) -> Callable[[Session, Actor, datetime, Office], Waiting]:
    def count(session: Session, actor: Actor, now: datetime, office: Office) -> Waiting:
        windows = Rules(regimes.regime(session, now).disputes, complaints.working_days(session, office.zone))
        found = contesting.contested(session, actor, now, windows, action)
        late = sum(one.status.deadline is not None and one.status.deadline <= now for one in found)
        return Waiting(kind, len(found), min((one.at for one in found), default=None), late)

    return count


def _closes(session: Session, actor: Actor, _now: datetime, _office: Office) -> Waiting:
    return Waiting("closes", desks.counts(session, actor, [Desk.TO_APPROVE])[Desk.TO_APPROVE])


def _differences(session: Session, actor: Actor, _now: datetime, _office: Office) -> Waiting:
    return Waiting("differences", len(differences.differences(session, actor)))


def _proofs(session: Session, actor: Actor, now: datetime, office: Office) -> Waiting:
    found = [one for one in corrective.actions(session, actor, verified=False) if one.state is ActionState.PROVEN]
    today = now.astimezone(office.zone).date()
    return Waiting("proofs", len(found), late=sum(one.new.due_on < today for one in found))


def _alerts(session: Session, actor: Actor, _now: datetime, _office: Office) -> Waiting:
    return Waiting("alerts", len(alerts.alerts(session, actor)))


def _coaching(session: Session, actor: Actor, now: datetime, office: Office) -> Waiting:
    """Sessions of today or before that were neither held nor called off."""
    today = now.astimezone(office.zone).date()
    due = [
        one for one in coaching_sessions.sessions(session, actor)
        if CoachingStep.HELD in one.possible and one.planned_for <= today
    ]  # fmt: skip
    return Waiting("coaching", len(due), late=sum(one.planned_for < today for one in due))


def _visits(session: Session, actor: Actor, now: datetime, office: Office) -> Waiting:
    """Mystery visits that were handed in and wait to be validated; late are those whose day is over."""
    today, found = now.astimezone(office.zone).date(), shopping_reads.visits(session, actor)
    waits = [one for one in found if one.state is VisitState.SUBMITTED]
    return Waiting("visits", len(waits), late=sum(one.due_on < today for one in waits))


def _findings(session: Session, actor: Actor, now: datetime, office: Office) -> Waiting:
    late = len(findings.overdue(session, actor, now.astimezone(office.zone).date()))
    return Waiting("findings", late, late=late)


def _training(session: Session, actor: Actor, _now: datetime, _office: Office) -> Waiting:
    return Waiting("training", sum(one.state is TaskState.DONE for one in trainings.tasks(session, actor)))


def _certificates(session: Session, actor: Actor, now: datetime, office: Office) -> Waiting:
    today = now.astimezone(office.zone).date()
    found = trainings.certificates(session, actor)
    renewed = {(one.agent_id, one.skill) for one in found if one.state(today) is CertificateState.VALID}
    soon = {(one.agent_id, one.skill) for one in found if one.state(today) is CertificateState.EXPIRES_SOON}
    return Waiting("certificates", len(soon - renewed))


def _library(session: Session, actor: Actor, _now: datetime, _office: Office) -> Waiting:
    found = library_entries.to_confirm(session, actor)
    return Waiting("library", len(found), min((one.created_at for one in found), default=None))


def _consents(session: Session, actor: Actor, _now: datetime, _office: Office) -> Waiting:
    asked = [one for one in library_entries.asked_of(session, actor) if LibraryStep.AGREED in one.possible]
    return Waiting("consents", len(asked), min((one.created_at for one in asked), default=None))


def _corrections(session: Session, actor: Actor, now: datetime, _office: Office) -> Waiting:
    """Corrections of which the customer was not told in time, or will not be: somebody has to find another way."""
    missed = sum(one.is_missed(now) for one in correcting.corrections(session, actor))
    return Waiting("corrections", missed, late=missed)


WAITS: tuple[tuple[Action, Callable[[Session, Actor, datetime, Office], Waiting]], ...] = (
    (Action.DECIDE_DISPUTE, _disputes(Action.DECIDE_DISPUTE, "disputes")),
    (Action.DECIDE_SECOND_DISPUTE, _disputes(Action.DECIDE_SECOND_DISPUTE, "second_disputes")),
    (Action.APPROVE_CLOSE, _closes),
    (Action.CHECK_ANSWERS, _differences),
    (Action.VERIFY_CORRECTIVE_ACTION, _proofs),
    (Action.REGISTER_EVENT, _alerts),
    (Action.COACH, _coaching),
    (Action.MANAGE_SHOPPING, _visits),
    (Action.SEE_AUDITS, _findings),
    (Action.CORRECT, _corrections),
    (Action.TRAIN, _training),
    (Action.TRAIN, _certificates),
    (Action.CONFIRM_LIBRARY, _library),
    (Action.CONSENT_TO_CLIP, _consents),
)
"""The right that each decision takes, and how it is counted."""
