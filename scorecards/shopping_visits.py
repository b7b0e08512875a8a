"""Visits in the database: assigned, drafted, submitted, sent back, validated, withdrawn; what counts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, reach
from qa_app.core.contacts import Vault, phone_number
from qa_app.core.errors import Conflict, Invalid, NotFound
from qa_app.core.tables import UnitRow
from scorecards import shopping_reads
from scorecards.shopping import (
    LONGEST_WORDS,
    OPEN_TO_SHOPPER,
    Channel,
    Form,
    VisitState,
    VisitStep,
    lacking,
    require_possible,
    require_validator,
    state_of,
)
from scorecards.shopping_forms import form_to_dict
from scorecards.shopping_reads import desk_row, own_row, steps_of
from scorecards.shopping_scenarios import scenario_of
from scorecards.shopping_tables import (
    ScenarioRow,
    ShopperRow,
    VisitDraftRow,
    VisitFileRow,
    VisitRow,
    VisitStepRow,
)

_K = VisitStep


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit as it is assigned: which scenario, by whom, where, until when, and what else to know."""

    scenario_id: int
    shopper_id: int
    unit_id: int
    due_on: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class CountedVisit:
    """A validated visit of an agent as the performance sheet counts it: when (UTC) it was, and its points (0..100)."""

    visit_id: int
    agent_id: int
    at: datetime
    points: float


def assign(session: Session, actor: Actor, now: datetime, new: NewVisit) -> int:
    """Send a shopper to one of the monitoring group's units; the first time the shopper gets an alias."""
    found = reach(actor, Action.MANAGE_SHOPPING)
    scenario = session.get(ScenarioRow, new.scenario_id)
    if scenario is None or scenario.ended_at is not None:
        raise NotFound("There is no scenario {scenario} in use.", scenario=new.scenario_id)
    if session.get(UnitRow, new.unit_id) is None or not (found.everything or new.unit_id in found.units):
        raise NotFound("There is no unit {unit} of yours.", unit=new.unit_id)
    if new.shopper_id not in shopping_reads.shoppers(session, actor):
        raise NotFound("There is no shopper {shopper}. Give the role to the person first.", shopper=new.shopper_id)
    if new.due_on < now.date():
        raise Invalid("{day} has passed already. Give a day to come.", day=new.due_on.isoformat())
    _give_alias(session, new.shopper_id)
    row = VisitRow(scenario_id=new.scenario_id, shopper_id=new.shopper_id, unit_id=new.unit_id, due_on=new.due_on,
                   words=new.words.strip()[:LONGEST_WORDS])  # fmt: skip
    session.add(row)
    session.flush()
    _take(session, actor, now, row, _K.ASSIGNED)
    return row.id


def save_draft(session: Session, actor: Actor, now: datetime, vault: Vault, visit_id: int, form: Form) -> None:
    """Keep the form as it was typed, whatever it still lacks."""
    row = _to_write(session, actor, visit_id)
    _keep_draft(session, actor, now, row, form_to_dict(form, vault))


def submit(session: Session, actor: Actor, now: datetime, vault: Vault, visit_id: int, form: Form) -> None:
    """Hand in a complete form; Invalid names what it still lacks."""
    row = _to_write(session, actor, visit_id)
    scenario = scenario_of(session, row.scenario_id)
    if form.at is None or form.at > now:
        raise Invalid("Give the day and time at which the visit began; it lies in the past.")
    if scenario.channel is Channel.HOTLINE:
        phone_number(form.number)
    lacks = lacking(scenario, form, _items_with_file(session, visit_id))
    if lacks:
        titles = [one.title.in_language(actor.language) for one in scenario.items if one.id in lacks]
        raise Invalid("{count} answers are not complete; each says what it lacks: {items}.", count=len(lacks),
                      items="; ".join(titles))  # fmt: skip
    body = form_to_dict(form, vault)
    _keep_draft(session, actor, now, row, body)
    row.visited_at = form.at
    _take(session, actor, now, row, _K.SUBMITTED, body=body)


def still_lacking(session: Session, actor: Actor, visit_id: int, form: Form) -> dict[str, Invalid]:
    """What a form still lacks, item by item, for its shopper."""
    row = own_row(session, actor, visit_id)
    return lacking(scenario_of(session, row.scenario_id), form, _items_with_file(session, visit_id))


def send_back(session: Session, actor: Actor, now: datetime, visit_id: int, reasons: Mapping[str, str]) -> None:
    """Return a submitted form for rework, with the reason of each item; "" is the head of the form."""
    row = _to_judge(session, actor, visit_id)
    known = {"", *(one.id for one in scenario_of(session, row.scenario_id).items)}
    given = {name: words.strip()[:LONGEST_WORDS] for name, words in reasons.items() if words.strip()}
    if not given:
        raise Invalid("Say of at least one item what is to be done again.")
    if unknown := set(given) - known:
        raise Invalid("“{item}” is no item of this scenario.", item=min(unknown))
    _take(session, actor, now, row, _K.RETURNED, body=dict(given))


def validate(
    session: Session, actor: Actor, now: datetime, visit_id: int, agent_id: int | None, words: str = ""
) -> None:  # fmt: skip
    """Accept a submitted form and name the agent whom it concerns, if it was one; from then on it counts."""
    row = _to_judge(session, actor, visit_id)
    if agent_id is not None and agent_id not in shopping_reads.agents(session, actor):
        raise NotFound("There is no agent {agent} of yours.", agent=agent_id)
    if agent_id is not None and agent_id == row.shopper_id:
        raise Invalid("The shopper cannot be the agent of the own visit.")
    _take(session, actor, now, row, _K.VALIDATED, words)
    row.agent_id = agent_id
    session.flush()


def withdraw(session: Session, actor: Actor, now: datetime, visit_id: int, words: str) -> None:
    """Take a visit out for good, with the reason; a validated one counts no more."""
    row = desk_row(session, actor, visit_id)
    if not words.strip():
        raise Invalid("Say why the visit is withdrawn.")
    _take(session, actor, now, row, _K.WITHDRAWN, words)


def counted_visits(session: Session, since: datetime, until: datetime) -> list[CountedVisit]:
    """The validated visits of agents that began in since <= t < until, the oldest first, each with its points.

    Internal: no access check; whoever shows a figure checks its readers. Visits without an agent, withdrawn ones and
    those of which too little was observed are left out.
    """
    return [
        CountedVisit(one.id, one.agent_id, one.form.at, one.points)
        for one in shopping_reads.validated(session, since, until)
        if one.agent_id is not None and one.form and one.form.at and one.points is not None
    ]


def require_writable(session: Session, visit_id: int) -> None:
    """Raise Conflict where the shopper may not write any more."""
    state = state_of(one.kind for one in steps_of(session, [visit_id])[visit_id])
    if state not in OPEN_TO_SHOPPER:
        raise Conflict("This visit was handed in already; it can be changed when it is sent back to you.")


def _to_write(session: Session, actor: Actor, visit_id: int) -> VisitRow:
    row = own_row(session, actor, visit_id)
    _lock(session, visit_id)
    require_writable(session, visit_id)
    return row


def _to_judge(session: Session, actor: Actor, visit_id: int) -> VisitRow:
    row = desk_row(session, actor, visit_id)
    require_validator(actor.user_id, row.shopper_id)
    return row


def _keep_draft(session: Session, actor: Actor, now: datetime, row: VisitRow, body: dict[str, Any]) -> None:
    draft = session.get(VisitDraftRow, row.id)
    if draft is None:
        session.add(VisitDraftRow(visit_id=row.id, body=body, saved_at=now))
        session.flush()
        kinds = [one.kind for one in steps_of(session, [row.id])[row.id]]
        if state_of(kinds) is VisitState.ASSIGNED:
            _take(session, actor, now, row, _K.STARTED)
        return
    draft.body, draft.saved_at = body, now
    session.flush()


def _take(
    session: Session, actor: Actor, now: datetime, row: VisitRow, kind: VisitStep, words: str = "",
    body: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Append a step that is possible now; two at the same moment follow each other."""
    _lock(session, row.id)
    if kind is not _K.ASSIGNED:
        require_possible([one.kind for one in steps_of(session, [row.id])[row.id]], kind)
    session.add(VisitStepRow(visit_id=row.id, kind=kind, at=now, by_id=actor.user_id,
                             words=words.strip()[:LONGEST_WORDS], body=body or {}))  # fmt: skip
    session.flush()
    journal.record(session, actor, f"visit.{kind.value}", f"visit:{row.id}", now)


def _lock(session: Session, visit_id: int) -> None:
    session.scalar(select(VisitRow.id).where(VisitRow.id == visit_id).with_for_update())


def _items_with_file(session: Session, visit_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(VisitFileRow.item).where(VisitFileRow.visit_id == visit_id)))


def _give_alias(session: Session, shopper_id: int) -> None:
    """The next free number, once for each shopper; two at the same moment wait for each other."""
    session.scalars(select(UnitRow.id).where(UnitRow.parent_id.is_(None)).with_for_update()).all()
    if session.get(ShopperRow, shopper_id) is None:
        last = session.scalar(select(func.max(ShopperRow.number))) or 0
        session.add(ShopperRow(user_id=shopper_id, number=last + 1))
        session.flush()


def agent_heard(session: Session, actor: Actor, heard: str) -> int | None:
    """The agent whose number or name the shopper heard, if exactly one of the monitoring group's agents fits."""
    reach(actor, Action.MANAGE_SHOPPING)
    wanted = heard.strip().casefold()
    by_code = people.user_of_code(session, heard.strip())
    known = shopping_reads.agents(session, actor)
    if by_code in known:
        return by_code
    named = [user_id for user_id, name in known.items() if wanted and wanted in name.casefold()]
    return named[0] if len(named) == 1 else None
