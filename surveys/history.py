"""Whole histories of cases at once, steps and clocks included, as a simulation or another system has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.contacts import phone_number
from qa_app.core.db import free_ids, write_many
from surveys import queries, rules
from surveys.clock import deadlines
from surveys.model import NewCase, Step, StepKind, Traits
from surveys.office import Office
from surveys.reckoning import as_kept
from surveys.tables import CaseDeadlineRow, CaseRow, CaseStepRow, CustomerRow


@dataclass(frozen=True, slots=True)
class History:
    """A case with everything that happened to it; `customer` tells the same one apart from others."""

    number: str
    new: NewCase
    customer: int
    steps: tuple[Step, ...]


def known(session: Session, prefix: str) -> bool:
    """Whether there are cases whose number begins like that."""
    return bool(session.scalar(select(exists().where(CaseRow.number.startswith(prefix)))))


def write(
    session: Session, actor: Actor, now: datetime, office: Office, histories: Sequence[History],
    customers: dict[int, int],
) -> None:  # fmt: skip
    """Write histories in bulk under one journal entry; `customers` remembers those already made, by their number."""
    require(actor, Action.IMPORT_CASES)
    _make_customers(session, now, office, histories, customers)
    values = [_case(one, customers[one.customer]) for one in histories]
    made = free_ids(session, CaseRow, len(values))
    write_many(session, CaseRow, [{"id": made_id} | value for made_id, value in zip(made, values, strict=True)])
    days, profiles = queries.working_days(session, office.zone), rules.Profiles(session)
    steps: list[dict[str, Any]] = []
    clocks: list[dict[str, Any]] = []
    for case_id, one in zip(made, histories, strict=True):
        steps += [_step(case_id, step) for step in one.steps]
        traits = Traits(one.new.kind, one.new.channel, one.new.urgency)
        profile = profiles.of(one.new.profile, one.steps[0].at)
        clocks += [as_kept(case_id, found) for found in deadlines(one.steps, traits, profile, days, now)]
    write_many(session, CaseStepRow, steps)
    write_many(session, CaseDeadlineRow, clocks)
    journal.record(session, actor, "cases.import", "cases", now, registered=len(histories), refused=0)


def _make_customers(
    session: Session, now: datetime, office: Office, histories: Sequence[History], customers: dict[int, int]
) -> None:
    fresh = {one.customer: one.new for one in histories if one.customer not in customers}
    if not fresh:
        return
    rows, made = [], free_ids(session, CustomerRow, len(fresh))
    for made_id, new in zip(made, fresh.values(), strict=True):
        phone = phone_number(new.customer_phone)
        rows.append(
            {
                "id": made_id,
                "name_sealed": office.vault.seal(new.customer_name), "phone_sealed": office.vault.seal(phone),
                "phone_fingerprint": office.vault.fingerprint(phone), "tier": new.tier, "created_at": now,
            }
        )  # fmt: skip
    write_many(session, CustomerRow, rows)
    customers |= dict(zip(fresh, made, strict=True))


def _case(one: History, customer_id: int) -> dict[str, Any]:
    new = one.new
    return {
        "number": one.number, "kind": new.kind, "channel": new.channel, "urgency": new.urgency,
        "class_code": new.class_code, "words": new.words, "demand": new.demand, "product": new.product,
        "place": new.place, "campaign": new.campaign, "sender": new.sender, "customer_id": customer_id,
        "unit_id": new.unit_id, "first_asked_id": one.steps[0].by, "follow_up_id": one.steps[0].by,
        "profile": new.profile, "received_at": one.steps[0].at,
    }  # fmt: skip


def _step(case_id: int, step: Step) -> dict[str, Any]:
    unit = step.facts.get("unit")
    return {
        "case_id": case_id, "number": step.number, "kind": step.kind, "at": step.at, "recorded_at": step.recorded_at,
        "by_id": step.by, "result": str(step.facts.get("result", "")) if step.kind is StepKind.CALLED_BACK else "",
        "unit_id": unit if isinstance(unit, int) else None, "facts": step.facts,
    }  # fmt: skip
