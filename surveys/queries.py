"""What is read of complaint cases: lists by state and deadline, one case's story, customers' earlier cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from qa_app.core.access import Action, Actor, Reach, reach, require
from qa_app.core.contacts import Vault, masked, masked_name, national
from qa_app.core.errors import NotFound
from qa_app.core.working_days import DayKind, WorkingDays
from surveys import rules
from surveys.clock import deadlines
from surveys.model import CaseState, Deadline, Step, StepKind, Traits, Urgency
from surveys.profiles import Profile
from surveys.steps import AFTER_CALLBACK, LEADS_TO
from surveys.tables import (
    AlertCaseRow,
    CalendarDayRow,
    CaseCallRow,
    CaseDeadlineRow,
    CaseRow,
    CaseStepRow,
    CaseSupportRow,
    CustomerRow,
)

PAGE = 50
_DISPATCHES = (StepKind.DISPATCHED, StepKind.SECOND_DISPATCHED)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases shows; everything empty = all in reach."""

    state: CaseState | None = None
    class_code: str = ""
    words: str = ""
    open_only: bool = False
    due_before: datetime | None = None
    lead_unit: int | None = None
    follow_up: int | None = None
    place: str = ""
    campaign: str = ""
    product: str = ""
    alert: int | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list; the customer is masked."""

    id: int
    number: str
    state: CaseState
    class_code: str
    urgency: Urgency
    received_at: datetime
    customer: str
    lead_unit: int | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """All of one case: what was registered, its steps in order, where it stands, its deadlines and calls."""

    row: CaseRow
    profile: Profile
    customer: str
    phone: str
    steps: tuple[Step, ...]
    state: CaseState
    calls: tuple[int, ...]


def state_column() -> ScalarSelect[str]:
    """The state of a case as SQL has it: that of its last step which changes one (the twin of steps.state_of)."""
    step = CaseStepRow
    by_kind = [(step.kind == kind, state.value) for kind, state in LEADS_TO.items()]
    by_result = [(step.result == result.value, state.value) for result, state in AFTER_CALLBACK.items()]
    changes = or_(
        step.kind.in_(LEADS_TO),
        and_(step.kind == StepKind.CALLED_BACK, step.result.in_([result.value for result in AFTER_CALLBACK])),
    )
    return (
        select(case(*by_kind, *by_result))
        .where(step.case_id == CaseRow.id, changes)
        .order_by(step.number.desc())
        .limit(1)
        .correlate(CaseRow)
        .scalar_subquery()
    )


def lead_unit_column() -> ScalarSelect[int]:
    """The unit to which a case was dispatched last."""
    step = CaseStepRow
    return (
        select(step.unit_id)
        .where(step.case_id == CaseRow.id, step.kind.in_(_DISPATCHES))
        .order_by(step.number.desc())
        .limit(1)
        .correlate(CaseRow)
        .scalar_subquery()
    )


def next_due_column() -> ScalarSelect[datetime]:
    """The earliest deadline of a case that still runs."""
    row = CaseDeadlineRow
    return (
        select(func.min(row.due_at))
        .where(row.case_id == CaseRow.id, row.ended_at.is_(None), ~row.paused)
        .correlate(CaseRow)
        .scalar_subquery()
    )


def within(found: Reach) -> ColumnElement[bool]:
    """Cases in reach: registered in one of the units, dispatched to or supported by one, or one's own to follow up."""
    if found.everything:
        return true()
    step = aliased(CaseStepRow)  # of its own: the query around it may read steps too
    dispatched = CaseRow.id.in_(select(step.case_id).where(step.kind.in_(_DISPATCHES), step.unit_id.in_(found.units)))
    supports = CaseRow.id.in_(select(CaseSupportRow.case_id).where(CaseSupportRow.unit_id.in_(found.units)))
    own = false() if found.own_user_id is None else CaseRow.first_asked_id == found.own_user_id
    return or_(CaseRow.unit_id.in_(found.units), dispatched, supports, own)


def cases(
    session: Session, actor: Actor, vault: Vault, wanted: CaseFilter, offset: int = 0, limit: int = PAGE
) -> tuple[list[CaseLine], int]:
    """A page of cases, the soonest due first, and how many there are."""
    state, due, lead = state_column(), next_due_column(), lead_unit_column()
    wheres = [within(reach(actor, Action.SEE_CASES)), CaseRow.joined_to_id.is_(None), *_wanted(wanted)]
    total = session.scalar(select(func.count()).select_from(CaseRow).where(*wheres)) or 0
    rows = session.execute(
        select(CaseRow, CustomerRow, state, due, lead)
        .join(CustomerRow)
        .where(*wheres)
        .order_by(due.is_(None), due, CaseRow.received_at.desc(), CaseRow.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return [
        CaseLine(
            row.id, row.number, CaseState(stands), row.class_code, row.urgency, row.received_at,
            masked_name(vault.unseal(customer.name_sealed)), unit, next_due,
        )
        for row, customer, stands, next_due, unit in rows
    ], total  # fmt: skip


def _wanted(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of a case."""
    wheres: list[ColumnElement[bool]] = []
    words = wanted.words.strip()
    if wanted.state:
        wheres.append(state_column() == wanted.state.value)
    if wanted.open_only:
        wheres.append(state_column().not_in([CaseState.CLOSED.value, CaseState.ARCHIVED.value]))
    if wanted.class_code:
        wheres.append(CaseRow.class_code.startswith(wanted.class_code, autoescape=True))
    if words:
        wheres.append(or_(CaseRow.number == words, CaseRow.words.contains(words, autoescape=True)))
    if wanted.due_before:
        wheres.append(next_due_column() < wanted.due_before)
    if wanted.lead_unit is not None:
        wheres.append(lead_unit_column() == wanted.lead_unit)
    if wanted.follow_up is not None:
        wheres.append(CaseRow.follow_up_id == wanted.follow_up)
    if wanted.alert is not None:
        wheres.append(CaseRow.id.in_(select(AlertCaseRow.case_id).where(AlertCaseRow.alert_id == wanted.alert)))
    traits = {"place": wanted.place, "campaign": wanted.campaign, "product": wanted.product}
    return [*wheres, *(getattr(CaseRow, name) == value for name, value in traits.items() if value)]


def story(session: Session, actor: Actor, vault: Vault, case_id: int) -> Story:
    """One case whole; NotFound where it is not in reach."""
    row = case_in_reach(session, actor, Action.SEE_CASES, case_id)
    customer = session.get_one(CustomerRow, row.customer_id)
    state = session.scalar(select(state_column()).where(CaseRow.id == case_id))
    return Story(
        row,
        profile_of(session, row),
        masked_name(vault.unseal(customer.name_sealed)),
        masked(national(vault.unseal(customer.phone_sealed))),
        steps_of(session, case_id),
        CaseState(str(state)),
        calls_of(session, case_id),
    )


def story_with_deadlines(
    session: Session, actor: Actor, vault: Vault, zone: ZoneInfo, now: datetime, case_id: int
) -> tuple[Story, tuple[Deadline, ...]]:
    """One case whole with its deadlines as they stand at this moment."""
    found = story(session, actor, vault, case_id)
    days = working_days(session, zone)
    return found, deadlines(found.steps, traits_of(found.row), found.profile, days, now)


def calls_of(session: Session, case_id: int) -> tuple[int, ...]:
    """The calls linked to a case."""
    return tuple(session.scalars(select(CaseCallRow.call_pk).where(CaseCallRow.case_id == case_id)))


def call_links(session: Session, actor: Actor, case_id: int) -> tuple[str, tuple[int, ...]]:
    """A case's number and the calls linked to it by hand."""
    row = case_in_reach(session, actor, Action.SEE_CASES, case_id)
    return row.number, calls_of(session, case_id)


def cases_of_call(session: Session, actor: Actor, call_pk: int, case_ref: str) -> tuple[tuple[int, str], ...]:
    """The cases (id, number) that a call was linked to or names."""
    linked = select(CaseCallRow.case_id).where(CaseCallRow.call_pk == call_pk)
    of_call = or_(CaseRow.id.in_(linked), CaseRow.number == case_ref) if case_ref else CaseRow.id.in_(linked)
    query = select(CaseRow.id, CaseRow.number).where(of_call, within(reach(actor, Action.SEE_CASES)))
    return tuple((case_id, number) for case_id, number in session.execute(query.order_by(CaseRow.id)))


def usual_unit(session: Session, class_code: str) -> int | None:
    """The unit that answered most cases of a class, to be offered for the next; None where there is none."""
    step = CaseStepRow
    returned = select(step.case_id).where(step.kind == StepKind.RETURNED)
    query = select(step.unit_id).join(CaseRow, CaseRow.id == step.case_id)
    query = query.where(CaseRow.class_code == class_code, step.kind.in_(_DISPATCHES), step.case_id.in_(returned))
    return session.scalar(query.group_by(step.unit_id).order_by(func.count().desc(), step.unit_id).limit(1))


def case_in_reach(session: Session, actor: Actor, action: Action, case_id: int) -> CaseRow:
    """The case, if the actor may do this with it."""
    found = session.scalars(select(CaseRow).where(CaseRow.id == case_id, within(reach(actor, action)))).first()
    if found is None:
        raise NotFound("There is no case {case} that you may see.", case=case_id)
    return found


def case_numbered(session: Session, actor: Actor, number: str) -> int | None:
    """The case of that number, if the actor may see it."""
    mine = within(reach(actor, Action.SEE_CASES))
    return session.scalar(select(CaseRow.id).where(CaseRow.number == number, mine))


def steps_of(session: Session, case_id: int) -> tuple[Step, ...]:
    """The steps of a case in the order they were recorded."""
    rows = session.scalars(select(CaseStepRow).where(CaseStepRow.case_id == case_id).order_by(CaseStepRow.number))
    return tuple(Step(row.number, row.kind, row.at, row.recorded_at, row.by_id, dict(row.facts)) for row in rows)


def deadlines_kept(session: Session, case_id: int) -> list[CaseDeadlineRow]:
    """The deadlines of a case as they were last reckoned."""
    rows = select(CaseDeadlineRow).where(CaseDeadlineRow.case_id == case_id)
    return list(session.scalars(rows.order_by(CaseDeadlineRow.due_at, CaseDeadlineRow.clock)))


def earlier_cases(session: Session, customer_id: int, before: datetime, but: int | None = None) -> Sequence[CaseRow]:
    """A customer's other cases that are not joined to another, newest first."""
    wheres = [CaseRow.customer_id == customer_id, CaseRow.received_at <= before, CaseRow.joined_to_id.is_(None)]
    if but is not None:
        wheres.append(CaseRow.id != but)
    return session.scalars(select(CaseRow).where(*wheres).order_by(CaseRow.received_at.desc(), CaseRow.id.desc())).all()


def traits_of(row: CaseRow) -> Traits:
    """What of a case chooses its limits before it is assessed."""
    return Traits(row.kind, row.channel, row.urgency)


def profile_of(session: Session, row: CaseRow) -> Profile:
    """The time profile under which a case was registered, as it was in force then."""
    return rules.Profiles(session).of(row.profile, row.received_at)


@dataclass(frozen=True, slots=True)
class CorrectedDay:
    """A day that the operator says is something else than the published calendar has it."""

    day: date
    kind: str
    reason: str


def calendar_corrections(session: Session, actor: Actor) -> list[CorrectedDay]:
    """The operator's corrections of the calendar, the newest day first."""
    require(actor, Action.MANAGE_CALENDAR)
    rows = session.scalars(select(CalendarDayRow).order_by(CalendarDayRow.day.desc()))
    return [CorrectedDay(row.day, row.kind, row.reason) for row in rows]


def working_days(session: Session, zone: ZoneInfo) -> WorkingDays:
    """The working-day calendar with the operator's corrections."""
    rows = session.scalars(select(CalendarDayRow)).all()
    return WorkingDays(zone, {row.day: DayKind(row.kind) for row in rows})
