"""What changes complaint cases: registering, every step on the way, joining duplicates, linking calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.contacts import Vault, phone_number
from qa_app.core.errors import Conflict, Forbidden, Invalid
from qa_app.core.settings import Settings
from qa_app.core.tables import UnitRow
from qa_app.core.working_days import DayKind
from surveys import queries
from surveys.clock import deadlines
from surveys.model import CaseState, Channel, Deadline, DeadlineState, NewCase, Step, StepKind
from surveys.profiles import shipped_profiles
from surveys.steps import check_next, state_of
from surveys.tables import (
    CalendarDayRow,
    CaseCallRow,
    CaseDeadlineRow,
    CaseNumberRow,
    CaseRow,
    CaseStepRow,
    CustomerRow,
)
from surveys.taxonomy import shipped_taxonomy

LONGEST_WORDS = 20_000
LONGEST_FACT = 5_000
FUTURE_SLACK = timedelta(minutes=5)
"""How far a clock at the edge may run ahead of the server's."""

_K = StepKind
STEP_ACTION: dict[StepKind, Action] = {
    _K.RETURNED: Action.RETURN_CASE,
    _K.SENT_BACK: Action.RETURN_CASE,
    _K.CALLED_BACK: Action.CALL_BACK,
    _K.RECONTACTED: Action.CALL_BACK,
    _K.REMEDY_GRANTED: Action.HANDLE_CASE,
    _K.ACCOUNTABLE_REPLIED: Action.REPLY_ACCOUNTABLE,
    _K.ARCHIVED: Action.ARCHIVE_CASE,
    _K.NOTED: Action.SEE_CASES,
}
"""What a step needs to be allowed; every other kind is the complaint desk's."""


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step as its form gives it; without `at` it happened now."""

    kind: StepKind
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What registering gave: the case, its number for the customer, and this customer's other cases."""

    case_id: int
    number: str
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """What a service of cases works with: the vault of contact data and the time zone of the centre."""

    vault: Vault
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings) -> Office:
        """The vault and the time zone of an installation."""
        return cls(Vault(settings.secret), ZoneInfo(settings.timezone))


def register(session: Session, actor: Actor, now: datetime, office: Office, new: NewCase) -> Registered:
    """Register a complaint for whoever was asked first (首问责任人): its number, its customer, its first clocks."""
    require(actor, Action.REGISTER_CASE)
    received = new.received_at or now
    _refuse_unfit(new, received, now)
    customer = _customer(session, now, office.vault, new)
    earlier = tuple(row.number for row in queries.earlier_cases(session, customer.id, received))
    row = CaseRow(
        number=given_numbers(session, now.astimezone(office.zone), 1)[0], kind=new.kind, channel=new.channel,
        urgency=new.urgency, class_code=new.class_code, words=new.words.strip(), demand=new.demand.strip(),
        product=new.product.strip(), place=new.place.strip(), campaign=new.campaign.strip(), sender=new.sender.strip(),
        customer_id=customer.id, unit_id=_unit(session, new), first_asked_id=actor.user_id,
        follow_up_id=actor.user_id, profile=new.profile, received_at=received,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, actor, now, row, Step(1, StepKind.RECEIVED, received, now, actor.user_id), office.zone)
    journal.record(session, actor, "case.register", f"case:{row.id}", now, number=row.number, channel=new.channel.value)
    return Registered(row.id, row.number, earlier)


def take_step(session: Session, actor: Actor, now: datetime, office: Office, case_id: int, new: NewStep) -> int:
    """Append a step to a case; returns its number. Refused where the case stands elsewhere or a fact is missing."""
    row = queries.case_in_reach(session, actor, STEP_ACTION.get(new.kind, Action.HANDLE_CASE), case_id)
    session.refresh(row, with_for_update=True)  # steps of one case one after another
    before = queries.steps_of(session, case_id)
    step = Step(len(before) + 1, new.kind, new.at or now, now, actor.user_id, _plain(new.facts))
    check_next(state_of(before), step)
    _refuse_wrong_time(step.at, before, now)
    _refuse_wrong_person(session, actor, row, before, step)
    _append(session, actor, now, row, step, office.zone)
    journal.record(session, actor, f"case.{new.kind.value}", f"case:{case_id}", now, step=step.number)
    return step.number


def join(session: Session, actor: Actor, now: datetime, case_id: int, into_id: int) -> None:
    """Say that a case is a duplicate of another one of the same customer; its story stays and is found there."""
    row = queries.case_in_reach(session, actor, Action.HANDLE_CASE, case_id)
    into = queries.case_in_reach(session, actor, Action.HANDLE_CASE, into_id)
    if row.id == into.id or into.joined_to_id is not None:
        raise Invalid("{case} cannot be joined to {into}. Choose a case that stands by itself.", case=row.number,
                      into=into.number)  # fmt: skip
    if row.customer_id != into.customer_id:
        raise Invalid("{case} and {into} are of different customers.", case=row.number, into=into.number)
    row.joined_to_id = into.id
    journal.record(session, actor, "case.join", f"case:{row.id}", now, into=into.number)


def link_call(session: Session, actor: Actor, now: datetime, case_id: int, call_pk: int) -> None:
    """Say that a call belongs to a case; saying it twice changes nothing."""
    queries.case_in_reach(session, actor, Action.HANDLE_CASE, case_id)
    if session.get(CaseCallRow, (case_id, call_pk)) is None:
        session.add(CaseCallRow(case_id=case_id, call_pk=call_pk))
        session.flush()
        journal.record(session, actor, "case.link_call", f"case:{case_id}", now, call=call_pk)


def given_numbers(session: Session, local: datetime, count: int) -> list[str]:
    """The day's next case numbers, such as TS20261109-00001: people registering at once wait for each other."""
    if not count:
        return []
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = insert(CaseNumberRow).values(day=local.date(), given=count)
    counted = said.on_conflict_do_update(index_elements=["day"], set_={"given": CaseNumberRow.given + count})
    last = session.scalars(counted.returning(CaseNumberRow.given)).one()
    return [f"TS{local:%Y%m%d}-{number:05d}" for number in range(last - count + 1, last + 1)]


def correct_calendar(
    session: Session, actor: Actor, now: datetime, office: Office, day: date, kind: DayKind, reason: str
) -> None:
    """Say what a day is, above the published calendar, and reckon the deadlines of every open case again."""
    require(actor, Action.MANAGE_CALENDAR)
    if not reason.strip():
        raise Invalid("Say why {day} is {kind}.", day=day.isoformat(), kind=kind.value)
    row = session.get(CalendarDayRow, day) or CalendarDayRow(day=day)
    row.kind, row.reason, row.by_id, row.at = kind.value, reason.strip()[:200], actor.user_id, now
    session.add(row)
    session.flush()
    state = queries.state_column()
    for case in session.scalars(select(CaseRow).where(state.not_in([CaseState.CLOSED, CaseState.ARCHIVED]))):
        reckon(session, now, case, office.zone)
    journal.record(
        session, actor, "calendar.correct", f"day:{day.isoformat()}", now, kind=kind.value, reason=row.reason
    )


def reckon(session: Session, now: datetime, row: CaseRow, zone: ZoneInfo) -> None:
    """Write a case's deadlines anew from its steps."""
    days = queries.working_days(session, zone)
    found = deadlines(queries.steps_of(session, row.id), queries.traits_of(row), queries.profile_of(row), days, now)
    session.execute(delete(CaseDeadlineRow).where(CaseDeadlineRow.case_id == row.id))
    session.add_all(CaseDeadlineRow(**as_kept(row.id, one)) for one in found)
    session.flush()


def as_kept(case_id: int, one: Deadline) -> dict[str, Any]:
    """A deadline as its row has it."""
    return {
        "case_id": case_id, "clock": one.clock, "started_by": one.started_by, "started_at": one.started_at,
        "warn_at": one.warn_at, "due_at": one.due_at, "ended_at": one.ended_at,
        "paused": one.state is DeadlineState.PAUSED, "provisional": one.provisional,
    }  # fmt: skip


def _append(session: Session, actor: Actor, now: datetime, row: CaseRow, step: Step, zone: ZoneInfo) -> None:
    unit = step.facts.get("unit")
    session.add(
        CaseStepRow(
            case_id=row.id, number=step.number, kind=step.kind, at=step.at, recorded_at=step.recorded_at,
            by_id=actor.user_id, result=str(step.facts.get("result", "")),
            unit_id=unit if isinstance(unit, int) else None, facts=dict(step.facts),
        )
    )  # fmt: skip
    session.flush()
    if step.kind is StepKind.ASSIGNED:
        row.follow_up_id = int(str(step.facts["to"]))
    reckon(session, now, row, zone)


def _customer(session: Session, now: datetime, vault: Vault, new: NewCase) -> CustomerRow:
    phone = phone_number(new.customer_phone)
    print_ = vault.fingerprint(phone)
    known = session.scalars(select(CustomerRow).where(CustomerRow.phone_fingerprint == print_)).first()
    if known is not None:
        return known
    made = CustomerRow(
        name_sealed=vault.seal(new.customer_name.strip()), phone_sealed=vault.seal(phone), phone_fingerprint=print_,
        tier=new.tier, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _unit(session: Session, new: NewCase) -> int:
    found = session.get(UnitRow, new.unit_id) if new.unit_id is not None else None
    if found is None:
        raise Invalid("There is no unit {unit}. Choose where the case is registered.", unit=new.unit_id)
    return found.id


def _refuse_unfit(new: NewCase, received: datetime, now: datetime) -> None:
    if not new.words.strip():
        raise Invalid("Write down what the customer complains about, in the customer's words.")
    if len(new.words) > LONGEST_WORDS:
        raise Invalid("The customer's words have {length} signs; at most {most} are kept. Attach the rest as a file.",
                      length=len(new.words), most=LONGEST_WORDS)  # fmt: skip
    if new.class_code and new.class_code not in {one.code for one in shipped_taxonomy()}:
        raise Invalid("There is no class “{code}”. Choose one of the list.", code=new.class_code)
    if new.profile not in shipped_profiles():
        raise Invalid("There is no time profile “{name}”. Choose one of: {known}.", name=new.profile,
                      known=", ".join(shipped_profiles()))  # fmt: skip
    if received > now + FUTURE_SLACK:
        raise Invalid("The complaint was received at {moment}, which is to come. Give the moment it was made.",
                      moment=received.isoformat())  # fmt: skip
    if new.channel in (Channel.REGULATOR, Channel.INTERNAL) and not new.sender.strip():
        raise Invalid("A case that was handed over names its sender, who is owed a written reply.")


def _refuse_wrong_time(happened: datetime, before: tuple[Step, ...], now: datetime) -> None:
    if happened > now + FUTURE_SLACK:
        raise Invalid("The step happened at {moment}, which is to come. Give the moment it was taken.",
                      moment=happened.isoformat())  # fmt: skip
    if happened < before[0].at:
        raise Invalid("The step happened at {moment}, before the case was received.", moment=happened.isoformat())


def _refuse_wrong_person(session: Session, actor: Actor, row: CaseRow, before: tuple[Step, ...], step: Step) -> None:
    """Return slips come from the unit that holds the case; a customer's appeal is handled by somebody new."""
    if step.kind in (StepKind.RETURNED, StepKind.SENT_BACK) and not actor.system:
        holder = session.scalar(select(queries.lead_unit_column()).where(CaseRow.id == row.id))
        held = any(holder in grant.units for grant in actor.grants)
        if not held:
            raise Forbidden("{case} was dispatched to another unit.", case=row.number)
    is_appealed = any(one.kind is StepKind.APPEALED for one in before)
    if is_appealed and step.kind is StepKind.ASSIGNED:
        handled = {one.by for one in before} | {row.first_asked_id}
        if int(str(step.facts["to"])) in handled:
            raise Conflict("An appeal goes to somebody who has not handled {case} before.", case=row.number)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept: text without NUL and of a bounded length, moments as text."""
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        told = value.isoformat() if isinstance(value, datetime) else value
        if isinstance(told, str):
            told = told.replace("\0", "").strip()
            if len(told) > LONGEST_FACT:
                raise Invalid("{field} has {length} signs; at most {most} are kept.", field=name, length=len(told),
                              most=LONGEST_FACT)  # fmt: skip
        kept[name] = told
    return kept
