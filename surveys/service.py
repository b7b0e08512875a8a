"""What changes complaint cases: registering, every step on the way, joining duplicates, linking calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, webhooks
from qa_app.core.access import Action, Actor, require
from qa_app.core.contacts import Vault, email_address, national, phone_number
from qa_app.core.db import insert_for
from qa_app.core.errors import Invalid
from qa_app.core.webhooks import Event
from surveys import alerts, notices, queries, refusals, tasks
from surveys.model import CaseState, NewCase, Step, StepKind, TaskKind
from surveys.office import Office
from surveys.reckoning import given_numbers, reckon
from surveys.steps import MENDABLE, check_next, state_after, state_of
from surveys.tables import CaseCallRow, CaseRow, CaseStepRow, CaseSupportRow, CustomerRow

_K = StepKind
STEP_ACTION: dict[StepKind, Action] = {
    _K.RETURNED: Action.RETURN_CASE,
    _K.SENT_BACK: Action.RETURN_CASE,
    _K.CALLED_BACK: Action.CALL_BACK,
    _K.RECONTACTED: Action.CALL_BACK,
    _K.REMEDY_GRANTED: Action.GRANT_REMEDY,
    _K.ACCOUNTABLE_REPLIED: Action.REPLY_ACCOUNTABLE,
    _K.ARCHIVED: Action.ARCHIVE_CASE,
    _K.NOTED: Action.SEE_CASES,
}
"""What a step needs to be allowed; every other kind is the complaint desk's."""


def action_of(kind: StepKind, state: CaseState | None) -> Action:
    """What a step needs to be allowed where a case stands: a close without a satisfied customer is approved."""
    if kind is _K.CLOSED and state is not CaseState.SATISFIED:
        return Action.APPROVE_CLOSE
    return STEP_ACTION.get(kind, Action.HANDLE_CASE)


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


def register(session: Session, actor: Actor, now: datetime, office: Office, new: NewCase) -> Registered:
    """Register a complaint for whoever was asked first (首问责任人): its number, its customer, its first clocks."""
    require(actor, Action.REGISTER_CASE)
    received = new.received_at or now
    refusals.unfit(session, new, now)
    customer = _customer(session, now, office.vault, new)
    earlier = tuple(row.number for row in queries.earlier_cases(session, customer.id, received))
    row = CaseRow(
        number=given_numbers(session, now.astimezone(office.zone), 1)[0], kind=new.kind, channel=new.channel,
        urgency=new.urgency, class_code=new.class_code, words=new.words.strip(), demand=new.demand.strip(),
        product=new.product.strip(), place=new.place.strip(), campaign=new.campaign.strip(), sender=new.sender.strip(),
        customer_id=customer.id, unit_id=refusals.unit(session, new.unit_id), first_asked_id=actor.user_id,
        follow_up_id=actor.user_id, profile=new.profile, received_at=received,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, actor, now, office, row, Step(1, StepKind.RECEIVED, received, now, actor.user_id))
    journal.record(session, actor, "case.register", f"case:{row.id}", now, number=row.number, channel=new.channel.value)
    notices.after_receipt(session, actor, now, office, row)
    webhooks.announce(session, now, Event.CASE_REGISTERED, f"{row.number}:1", {"case": row.number})
    alerts.look_for(session, now, row)
    return Registered(row.id, row.number, earlier)


def take_step(session: Session, actor: Actor, now: datetime, office: Office, case_id: int, new: NewStep) -> int:
    """Append a step to a case; returns its number. Refused where the case stands elsewhere or a fact is missing."""
    row = queries.case_in_reach(session, actor, STEP_ACTION.get(new.kind, Action.SEE_CASES), case_id)
    session.refresh(row, with_for_update=True)  # steps of one case one after another
    before = queries.steps_of(session, case_id)
    state = state_of(before)
    queries.case_in_reach(session, actor, action_of(new.kind, state), case_id)
    step = Step(len(before) + 1, new.kind, new.at or now, now, actor.user_id, refusals.plain(new.facts))
    step = _with_own_facts(actor, row, state, step)
    check_next(state, step)
    refusals.wrong_time(step, before, now)
    refusals.unknown_names(session, step, now)
    refusals.wrong_person(session, actor, row, before, step)
    refusals.beyond_authority(session, actor, row, before, step)
    refusals.incomplete(row, before, step)
    _append(session, actor, now, office, row, step)
    notices.after_step(session, actor, now, office, row, step)
    tasks.after_step(session, now, office, row, step)
    told = {"case": row.number, "step": new.kind.value, "state": str(state_after(state, step))}
    webhooks.announce(session, now, Event.CASE_STEP, f"{row.number}:{step.number}", told)
    journal.record(session, actor, f"case.{new.kind.value}", f"case:{case_id}", now, step=step.number)
    return step.number


def _with_own_facts(actor: Actor, row: CaseRow, state: CaseState | None, step: Step) -> Step:
    """What the service itself knows better than a form: who approves, and what stood there before."""
    facts = dict(step.facts)
    approves = step.kind is _K.REMEDY_GRANTED or (step.kind is _K.CLOSED and state is not CaseState.SATISFIED)
    if approves and actor.user_id is not None:
        facts["approver"] = actor.user_id
    elif not actor.system:
        facts.pop("approver", None)
    if step.kind is _K.MENDED and facts.get("field") in MENDABLE:
        facts["before"] = getattr(row, str(facts["field"]))
    return replace(step, facts=facts)


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
    tasks.drop(session, now, row.id, *TaskKind)
    journal.record(session, actor, "case.join", f"case:{row.id}", now, into=into.number)


def link_call(session: Session, actor: Actor, now: datetime, case_id: int, call_pk: int) -> None:
    """Say that a call belongs to a case; saying it twice changes nothing."""
    queries.case_in_reach(session, actor, Action.HANDLE_CASE, case_id)
    if session.get(CaseCallRow, (case_id, call_pk)) is None:
        session.add(CaseCallRow(case_id=case_id, call_pk=call_pk))
        session.flush()
        journal.record(session, actor, "case.link_call", f"case:{case_id}", now, call=call_pk)


def _append(session: Session, actor: Actor, now: datetime, office: Office, row: CaseRow, step: Step) -> None:
    unit = step.facts.get("unit")
    session.add(
        CaseStepRow(
            case_id=row.id, number=step.number, kind=step.kind, at=step.at, recorded_at=step.recorded_at,
            by_id=actor.user_id, result=str(step.facts.get("result", "")) if step.kind is _K.CALLED_BACK else "",
            unit_id=unit if isinstance(unit, int) else None, facts=dict(step.facts),
        )
    )  # fmt: skip
    session.flush()
    for supporting in _supporting(step):
        session.merge(CaseSupportRow(case_id=row.id, unit_id=supporting))
    if step.kind is _K.ASSIGNED:
        row.follow_up_id = int(str(step.facts["to"]))
    if step.kind is _K.MENDED:
        setattr(row, str(step.facts["field"]), str(step.facts["value"]))
    reckon(session, now, row, office.zone)


def _supporting(step: Step) -> list[int]:
    """The units that a dispatch names beside the lead unit."""
    named = step.facts.get("supporting") or []
    return [unit for unit in named if isinstance(unit, int)] if isinstance(named, list) else []


def reveal_phone(session: Session, actor: Actor, now: datetime, office: Office, case_id: int) -> str:
    """The customer's number in full, for whoever has to call it; the reveal is journalled."""
    row = queries.case_in_reach(session, actor, Action.REVEAL_CONTACT, case_id)
    customer = session.get_one(CustomerRow, row.customer_id)
    journal.record(session, actor, "customer.reveal", f"case:{case_id}", now)
    return national(office.vault.unseal(customer.phone_sealed))


def _customer(session: Session, now: datetime, vault: Vault, new: NewCase) -> CustomerRow:
    """The customer of that number; one that calls for the first time is made, a new e-mail address is kept."""
    phone, email = phone_number(new.customer_phone), email_address(new.customer_email)
    print_ = vault.fingerprint(phone)
    known = session.scalars(select(CustomerRow).where(CustomerRow.phone_fingerprint == print_)).first()
    if known is not None:
        known.email_sealed = vault.seal(email) or known.email_sealed
        known.tier = new.tier.strip() or known.tier
        return known
    insert = insert_for(session)
    values = {
        "name_sealed": vault.seal(new.customer_name.strip()), "phone_sealed": vault.seal(phone),
        "phone_fingerprint": print_, "email_sealed": vault.seal(email), "tier": new.tier.strip(), "created_at": now,
    }  # fmt: skip
    session.execute(insert(CustomerRow).values(**values).on_conflict_do_nothing())  # somebody may register them too
    return session.scalars(select(CustomerRow).where(CustomerRow.phone_fingerprint == print_)).one()
