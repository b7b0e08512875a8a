"""Who is to be asked: callbacks and surveys scheduled from steps, what the ledger knows, how a task ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers.timezone
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Actor, Reach
from qa_app.core.db import insert_for
from qa_app.core.tables import UnitKind
from surveys import queries, rules
from surveys.calling import (
    UNREACHED,
    Attempt,
    CallingRules,
    Person,
    Task,
    calls_over,
    next_moment,
    person_bars,
)
from surveys.dispositions import Disposition
from surveys.model import CaseState, Outcome, Step, StepKind, TaskKind
from surveys.office import Office
from surveys.sampling import full_cells, is_drawn
from surveys.survey_tables import DoNotContactRow, SurveyAttemptRow, SurveyTaskRow
from surveys.tables import CaseRow, CaseStepRow, CustomerRow
from transcription.queries import agents_of_calls

_K = StepKind
FIRST, AGAIN = "closing", "after_reopening"
"""The questionnaires of the first closing callback and of the one after the case was taken up again."""
URGENT, USUAL, SAMPLED = 20, 10, 0
LONGEST_REASON = 500
ENDS_CALLBACK = frozenset({_K.CALLED_BACK, _K.REOPENED, _K.SECOND_DISPATCHED, _K.CLOSED, _K.APPEALED})
TAKEN_UP = frozenset({_K.REOPENED, _K.APPEALED})
ANSWERING = frozenset({_K.CALLED_BACK, _K.RECONTACTED, _K.NOTED, _K.CLOSED, _K.ARCHIVED})
"""Steps that make nobody one of those who handled the case."""
_T = SurveyTaskRow


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as it is scheduled."""

    once: str
    kind: TaskKind
    customer_id: int
    unit_id: int
    questionnaire: str
    due_at: datetime
    priority: int
    case_id: int | None = None


def after_step(session: Session, now: datetime, office: Office, row: CaseRow, step: Step) -> None:
    """What a step means for the case's tasks: feedback is followed by its callback, a close perhaps by a survey."""
    if step.kind in ENDS_CALLBACK:
        drop(session, now, row.id, TaskKind.CLOSING)
    if step.kind in TAKEN_UP:
        drop(session, now, row.id, TaskKind.SURVEY)
    if row.joined_to_id is not None:
        return
    if step.kind is _K.FED_BACK:
        _schedule_callback(session, now, office, row, step)
    if step.kind is _K.CLOSED:
        _draw_survey(session, now, office, row, step)


def drop(session: Session, now: datetime, case_id: int, *kinds: TaskKind) -> None:
    """End the open tasks of a case that are no longer needed."""
    for task in _open_tasks(session, _T.case_id == case_id, _T.kind.in_(kinds)):
        end(session, now, task, Outcome.DROPPED)


def schedule(session: Session, now: datetime, office: Office, new: NewTask) -> int | None:
    """Schedule a task and return its id; None for the same `once` again. One whose customer is barred ends at once."""
    asked = rules.questionnaire(session, new.questionnaire, now)
    values = {
        "once": new.once, "kind": new.kind, "case_id": new.case_id, "customer_id": new.customer_id,
        "unit_id": new.unit_id, "questionnaire": new.questionnaire, "version": asked.version,
        "priority": new.priority, "due_at": new.due_at, "ready_at": new.due_at, "link_stage": 0, "created_at": now,
    }  # fmt: skip
    insert = insert_for(session)
    made = session.scalars(
        insert(SurveyTaskRow).values(**values).on_conflict_do_nothing().returning(SurveyTaskRow.id)
    ).first()
    if made is not None:
        task = session.get_one(SurveyTaskRow, made)
        calling, person = rules.calling(session, now), person_of(session, office, new.customer_id)
        if person_bars(person, new.due_at, calling):
            end(session, now, task, Outcome.BARRED)
        else:
            reckon_ready(session, office, now, task)
    return made


def _schedule_callback(session: Session, now: datetime, office: Office, row: CaseRow, step: Step) -> None:
    calling = rules.calling(session, now)
    steps = queries.steps_of(session, row.id)
    again = any(
        one.kind is _K.REOPENED or (one.kind is _K.CALLED_BACK and one.facts.get("result") == "dissatisfied")
        for one in steps
    )
    due = step.at + calling.due_after(row.class_code)
    schedule(
        session, now, office,
        NewTask(f"closing:{row.id}:{step.number}", TaskKind.CLOSING, row.customer_id, row.unit_id,
                AGAIN if again else FIRST, due, URGENT if again else USUAL, row.id),
    )  # fmt: skip


def schedule_waiting(session: Session, now: datetime, office: Office) -> int:
    """Schedule the callback of every case that was fed back elsewhere and has none yet; returns how many."""
    has_one = select(_T.case_id).where(_T.kind == TaskKind.CLOSING, _T.case_id.is_not(None))
    waiting = select(CaseRow).where(
        queries.state_column() == CaseState.FED_BACK.value, CaseRow.joined_to_id.is_(None), CaseRow.id.not_in(has_one)
    )
    rows = session.scalars(waiting.order_by(CaseRow.id)).all()
    for row in rows:
        step = next(one for one in reversed(queries.steps_of(session, row.id)) if one.kind is _K.FED_BACK)
        _schedule_callback(session, now, office, row, step)
    return len(rows)


def _draw_survey(session: Session, now: datetime, office: Office, row: CaseRow, step: Step) -> None:
    """A share of closed cases is surveyed, within quotas, and nobody twice within the cap."""
    plan, calling = rules.survey_plan(session, now), rules.calling(session, now)
    if not is_drawn(office.vault.fingerprint(row.number), plan.share) or asked_lately(
        session, now, row.customer_id, calling
    ):
        return
    cells = cells_of(row, _units(session))
    taken = taken_cells(session, step.at.astimezone(office.zone).replace(day=1, hour=0, minute=0, second=0))
    if not full_cells(plan, cells, taken):
        once = f"survey:{row.id}:{step.number}"
        due = step.at + plan.after
        new = NewTask(once, TaskKind.SURVEY, row.customer_id, row.unit_id, plan.questionnaire, due, SAMPLED, row.id)
        schedule(session, now, office, new)


def asked_lately(session: Session, now: datetime, customer_id: int, calling: CallingRules) -> bool:
    """Whether a customer has been asked, or is to be asked, another survey within the cap."""
    since = now - calling.survey_cap
    query = select(_T.id).where(
        _T.customer_id == customer_id, _T.kind.in_((TaskKind.SURVEY, TaskKind.CAMPAIGN)),
        or_(_T.ended_at.is_(None), and_(_T.ended_at > since, _T.outcome != Outcome.DROPPED)),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def _units(session: Session) -> dict[int, people.Unit]:
    return {unit.id: unit for unit in people.units(session)}


def traits(session: Session, case: CaseRow) -> dict[str, str]:
    """What of a case its answers are compared by."""
    return cells_of(case, _units(session)) | {
        "channel": case.channel.value, "urgency": case.urgency.value, "class_code": case.class_code,
        "place": case.place,
    }  # fmt: skip


def cells_of(row: CaseRow, units: Mapping[int, people.Unit]) -> dict[str, str]:
    """The cells of a case by dimension: region, centre and team where it is registered, class of the first level."""
    found, at = {"class": row.class_code.partition("/")[0]}, units.get(row.unit_id)
    while at is not None:
        if at.kind in (UnitKind.REGION, UnitKind.CENTRE, UnitKind.TEAM):
            found[at.kind.value] = at.name
        at = units.get(at.parent_id or 0)
    return found


def taken_cells(session: Session, since: datetime) -> dict[tuple[str, str], int]:
    """How many surveys of each cell were scheduled since the beginning of the month."""
    counts: dict[tuple[str, str], int] = {}
    units = _units(session)
    query = select(CaseRow).join(SurveyTaskRow, _T.case_id == CaseRow.id)
    for row in session.scalars(query.where(_T.kind == TaskKind.SURVEY, _T.created_at >= since)):
        for cell in cells_of(row, units).items():
            counts[cell] = counts.get(cell, 0) + 1
    return counts


def zones_of(phone: str, usual: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """The time zones in which a number may be; the centre's where the number does not tell."""
    try:
        names = phonenumbers.timezone.time_zones_for_number(phonenumbers.parse(phone, "CN"))
    except phonenumbers.NumberParseException:
        return (usual,)
    known = [name for name in names if name != phonenumbers.timezone.UNKNOWN_TIMEZONE]
    return (usual,) if not known or usual.key in known else tuple(ZoneInfo(name) for name in known)


def person_of(session: Session, office: Office, customer_id: int) -> Person:
    """What the ledger knows of a customer over all tasks."""
    phone = office.vault.unseal(session.get_one(CustomerRow, customer_id).phone_sealed)
    zone, *perhaps = zones_of(phone, office.zone)
    query = select(SurveyAttemptRow).where(SurveyAttemptRow.customer_id == customer_id).order_by(SurveyAttemptRow.at)
    attempts = session.scalars(query).all()
    calls = [row for row in attempts if row.by_phone]
    begun = session.scalars(
        select(_T.calling_since).where(_T.customer_id == customer_id, _T.calling_since.is_not(None))
    )
    refused = [row.at for row in attempts if row.disposition is Disposition.REFUSED]
    barred = select(DoNotContactRow).where(
        DoNotContactRow.customer_id == customer_id, DoNotContactRow.ended_at.is_(None)
    )
    ends = [row.until or datetime.max.replace(tzinfo=UTC) for row in session.scalars(barred)]
    hours = [(row.at.astimezone(zone).hour, row.disposition in UNREACHED) for row in calls]
    good = frozenset(hour for hour, unreached in hours if not unreached)
    return Person(
        zone, (*(row.at for row in calls), *(at for at in begun if at is not None)), max(refused, default=None),
        max(ends, default=None), good, frozenset(hour for hour, unreached in hours if unreached) - good,
        tuple(perhaps),
    )  # fmt: skip


def task_of(session: Session, row: SurveyTaskRow) -> Task:
    """A task as the calling rules see it."""
    query = select(SurveyAttemptRow).where(SurveyAttemptRow.task_id == row.id, SurveyAttemptRow.by_phone)
    attempts = session.scalars(query.order_by(SurveyAttemptRow.number))
    return Task(row.due_at, tuple(Attempt(one.at, one.disposition, one.appointment_at) for one in attempts),
                row.priority, row.id)  # fmt: skip


def reckon_ready(session: Session, office: Office, now: datetime, row: SurveyTaskRow) -> None:
    """Write anew when a task is next worth looking at, and the appointment it waits for."""
    calling, task = rules.calling(session, now), task_of(session, row)
    row.appointment_at = task.appointment_at
    if row.ended_at is not None or calls_over(task, calling):
        row.ready_at, row.link_at = None, row.link_at or now
        return
    person = person_of(session, office, row.customer_id)
    row.ready_at = next_moment(task, person, now, queries.working_days(session, office.zone), calling)
    if row.ready_at is None:
        row.ready_at = now + timedelta(days=1)


def in_reach(found: Reach) -> ColumnElement[bool]:
    """Tasks of the units in reach."""
    return _T.id.is_not(None) if found.everything else _T.unit_id.in_(found.units)


def handlers(session: Session, case_id: int) -> frozenset[int]:
    """Everybody who handled a case: who registered it, took its steps, or spoke in one of its calls.

    After an appeal also whoever called back before it: an appeal goes to somebody new.
    """
    row = CaseStepRow
    appealed = select(func.max(row.number)).where(row.case_id == case_id, row.kind == _K.APPEALED).scalar_subquery()
    handling = or_(row.kind.not_in(ANSWERING), row.number <= appealed)
    named = set(session.scalars(select(row.by_id).where(row.case_id == case_id, handling)))
    named |= set(session.scalars(select(CaseRow.first_asked_id).where(CaseRow.id == case_id)))
    named |= agents_of_calls(session, queries.calls_of(session, case_id))
    return frozenset(one for one in named if one is not None)


def locked(session: Session, task_id: int) -> SurveyTaskRow:
    """A task for writing, its case before it: whoever takes a step locks them in this order."""
    case_id = session.scalar(select(_T.case_id).where(_T.id == task_id))
    if case_id is not None:
        session.scalar(select(CaseRow.id).where(CaseRow.id == case_id).with_for_update())
    return session.scalars(select(_T).where(_T.id == task_id).with_for_update()).one()


def locked_if_free(session: Session, task_id: int) -> SurveyTaskRow | None:
    """As `locked`, in the same order; None where somebody else has the case or the task."""
    case_id = session.scalar(select(_T.case_id).where(_T.id == task_id))
    if case_id is not None:
        case = select(CaseRow.id).where(CaseRow.id == case_id)
        if session.scalar(case.with_for_update(skip_locked=True)) is None:
            return None
    return session.scalars(select(_T).where(_T.id == task_id).with_for_update(skip_locked=True)).first()


def close_unlogged_call(session: Session, now: datetime, row: SurveyTaskRow) -> None:
    """A call that was begun and never logged counts as one that was not answered."""
    if row.calling_since is not None:
        add_attempt(session, row, Made(row.calling_since, Disposition.NO_ANSWER, row.claimed_by_id))
        row.calling_since = None
        journal.record(session, SYSTEM, "task.unlogged", f"task:{row.id}", now)


@dataclass(frozen=True, slots=True)
class Made:
    """An attempt as it is appended."""

    at: datetime
    disposition: Disposition
    by_id: int | None
    by_phone: bool = True
    appointment_at: datetime | None = None
    words: str = ""


def add_attempt(session: Session, row: SurveyTaskRow, made: Made) -> None:
    """Append one attempt to a task."""
    last = session.scalar(select(func.max(SurveyAttemptRow.number)).where(SurveyAttemptRow.task_id == row.id)) or 0
    session.add(
        SurveyAttemptRow(
            task_id=row.id, customer_id=row.customer_id, number=last + 1, at=made.at, by_phone=made.by_phone,
            disposition=made.disposition, appointment_at=made.appointment_at, words=made.words, by_id=made.by_id,
        )
    )  # fmt: skip
    session.flush()


def end(session: Session, now: datetime, row: SurveyTaskRow, outcome: Outcome) -> None:
    """End a task for good; a call that was just being made counts."""
    close_unlogged_call(session, now, row)
    row.ended_at, row.outcome, row.ready_at, row.link_at = now, outcome, None, None
    row.claimed_by_id = row.claimed_until = row.calling_since = None
    session.flush()
    journal.record(session, SYSTEM, "task.end", f"task:{row.id}", now, outcome=outcome.value)


def bar(
    session: Session, actor: Actor, now: datetime, customer_id: int, reason: str, until: datetime | None = None
) -> None:  # fmt: skip
    """Put a customer on the do-not-contact list; everything that they were to be asked ends unasked."""
    words = reason.strip()[:LONGEST_REASON]
    session.add(DoNotContactRow(customer_id=customer_id, until=until, reason=words, by_id=actor.user_id, at=now))
    for task in _open_tasks(session, _T.customer_id == customer_id):
        end(session, now, task, Outcome.BARRED)
    journal.record(session, actor, "customer.bar", f"customer:{customer_id}", now, reason=words)


def bar_others(session: Session, now: datetime, row: SurveyTaskRow) -> None:
    """After a refusal every other task of the customer ends unasked."""
    for other in _open_tasks(session, _T.customer_id == row.customer_id, _T.id != row.id):
        end(session, now, other, Outcome.BARRED)


def _open_tasks(session: Session, *wheres: ColumnElement[bool]) -> list[SurveyTaskRow]:
    return list(session.scalars(select(_T).where(_T.ended_at.is_(None), *wheres).order_by(_T.id).with_for_update()))
