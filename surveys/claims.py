"""Who is called next: the claim of a task under the calling rules, held by one surveyor, given back or run out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, Reach, reach
from qa_app.core.errors import Conflict, NotFound
from qa_app.core.tables import UserRow
from qa_app.core.working_days import WorkingDays
from surveys import queries, rules, tasks
from surveys.calling import EARLY, CallingRules, bars, person_bars
from surveys.model import Outcome
from surveys.office import Office
from surveys.survey_tables import SurveyTaskRow
from surveys.tables import CaseRow, CaseStepRow, CustomerRow

MOST_TRIED = 40
_T = SurveyTaskRow


def claim(session: Session, actor: Actor, now: datetime, office: Office) -> int | None:
    """Take the next task that may be called now, or the one already held; None where there is none.

    Whoever else claims at the same time is offered another task: rows and customers that are locked are passed over.
    """
    found, calling = reach(actor, Action.CALL_BACK), rules.calling(session, now)
    # One claim at a time each; key_share lets rows that name the user or the customer be written meanwhile.
    session.scalar(select(UserRow.id).where(UserRow.id == actor.user_id).with_for_update(key_share=True))
    held = select(_T).where(_T.claimed_by_id == actor.user_id, _T.claimed_until > now, _T.ended_at.is_(None))
    mine = session.scalars(held.order_by(_T.id).with_for_update()).first()
    if mine is not None:
        mine.claimed_until = max(mine.claimed_until or now, now + calling.claim)
        return mine.id
    days, passed = queries.working_days(session, office.zone), list[int]()
    for _try in range(MOST_TRIED):
        row = session.scalars(_candidates(actor, found, now, calling, passed)).first()
        if row is None:
            return None
        passed.append(row.id)
        if _take(session, actor, now, office, row, calling, days):
            return row.id
    return None


def _candidates(
    actor: Actor, found: Reach, now: datetime, calling: CallingRules, passed: list[int]
) -> Select[SurveyTaskRow]:  # fmt: skip
    """The task to look at next: of those ready, not in hand and not handled by the actor, by appointment, priority."""
    booked = case((_T.appointment_at.between(now - calling.appointment_grace, now + EARLY), 0), else_=1)
    return (
        select(_T)
        .where(
            _T.ended_at.is_(None), _T.ready_at <= now, _T.id.not_in(passed),
            or_(_T.claimed_until.is_(None), _T.claimed_until <= now),
            or_(_T.case_id.is_(None), _T.case_id.not_in(_handled(actor))), tasks.in_reach(found),
        )
        .order_by(booked, _T.priority.desc(), _T.due_at, _T.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip


def _handled(actor: Actor) -> Select[int]:
    """The cases that somebody registered or took a step in which handles it."""
    row = CaseStepRow
    took = select(row.case_id).where(row.by_id == actor.user_id, row.kind.not_in(tasks.ANSWERING))
    return took.union_all(select(CaseRow.id).where(CaseRow.first_asked_id == actor.user_id))  # type: ignore[return-value]  # ids


def _take(
    session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow, calling: CallingRules,
    days: WorkingDays,
) -> bool:  # fmt: skip
    """Claim a task if every rule allows to call it now; otherwise put it off to when they may."""
    locked = select(CustomerRow.id).where(CustomerRow.id == row.customer_id)
    locked = locked.with_for_update(skip_locked=True, key_share=True)
    if session.scalar(locked) is None or _is_called(session, row, now):
        return False
    tasks.close_unlogged_call(session, now, row)
    person, task = tasks.person_of(session, office, row.customer_id), tasks.task_of(session, row)
    if person_bars(person, now, calling):
        tasks.end(session, now, row, Outcome.BARRED)
        return False
    if bars(task, person, now, days, calling):
        tasks.reckon_ready(session, office, now, row)
        return False
    if row.case_id is not None and actor.user_id in tasks.handlers(session, row.case_id):
        return False
    row.claimed_by_id, row.claimed_until = actor.user_id, now + calling.claim
    session.flush()
    journal.record(session, actor, "task.claim", f"task:{row.id}", now)
    return True


def _is_called(session: Session, row: SurveyTaskRow, now: datetime) -> bool:
    """Whether somebody has another task of this customer in hand."""
    other = select(_T.id).where(_T.customer_id == row.customer_id, _T.id != row.id, _T.claimed_until > now)
    return session.scalar(other.limit(1)) is not None


def in_hand(session: Session, actor: Actor, now: datetime) -> int | None:
    """The task that the actor holds."""
    reach(actor, Action.CALL_BACK)
    query = select(_T.id).where(_T.claimed_by_id == actor.user_id, _T.claimed_until > now, _T.ended_at.is_(None))
    return session.scalar(query.order_by(_T.id).limit(1))


def held(session: Session, actor: Actor, now: datetime, task_id: int) -> SurveyTaskRow:
    """The task, if the actor has it in hand; Conflict where the claim ran out or somebody else has it."""
    found = reach(actor, Action.CALL_BACK)
    if session.scalar(select(_T.id).where(_T.id == task_id, tasks.in_reach(found))) is None:
        raise NotFound("There is no task {task} that you may see.", task=task_id)
    row = tasks.locked(session, task_id)
    if row.claimed_by_id != actor.user_id or row.claimed_until is None or row.claimed_until <= now:
        raise Conflict("You no longer hold this task; somebody else may be calling. Take the next one.")
    row.claimed_until = max(row.claimed_until, now + rules.calling(session, now).claim)
    return row


def release(session: Session, actor: Actor, now: datetime, task_id: int) -> None:
    """Give a task back that was not called."""
    row = held(session, actor, now, task_id)
    tasks.close_unlogged_call(session, now, row)
    row.claimed_by_id = row.claimed_until = None
    journal.record(session, actor, "task.release", f"task:{task_id}", now)
