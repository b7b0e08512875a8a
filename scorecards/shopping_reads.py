"""What is read about visits: shoppers their own, the monitoring group all of its units, others what was validated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import Action, Actor, Reach, Role, reach
from qa_app.core.contacts import Vault
from qa_app.core.errors import NotFound
from qa_app.core.tables import GrantRow, UserRow
from scorecards.shopping import (
    OPEN_TO_SHOPPER,
    Form,
    Item,
    Reply,
    Scenario,
    Taken,
    VisitState,
    VisitStep,
    alias,
    is_low,
    points,
    sent_back,
    share,
    state_of,
)
from scorecards.shopping_forms import form_from_dict
from scorecards.shopping_scenarios import scenario_of
from scorecards.shopping_tables import ShopperRow, VisitCallRow, VisitDraftRow, VisitRow, VisitStepRow

MOST = 2000
ALIAS_ROLES = frozenset({Role.MANAGER, Role.MONITOR})
"""Who reads the alias of a shopper beside a result."""


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """A visit as its shopper sees it: nothing of agents, recordings or points."""

    id: int
    scenario: Scenario
    unit_id: int
    due_on: date
    words: str
    state: VisitState
    form: Form
    sent_back: dict[str, str]
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as the monitoring group sees it."""

    id: int
    scenario_id: int
    scenario: Scenario
    shopper_id: int
    unit_id: int
    due_on: date
    words: str
    agent_id: int | None
    steps: tuple[Taken, ...]
    form: Form | None
    call_pk: int | None

    @property
    def state(self) -> VisitState:
        return state_of(one.kind for one in self.steps)

    @property
    def points(self) -> float | None:
        return points(self.scenario, self.form) if self.form else None


@dataclass(frozen=True, slots=True)
class Seen:
    """One item of a result: what was answered, and how well (0..1; None where it was not observed)."""

    item: Item
    reply: Reply
    share: float | None
    is_low: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A validated visit; `alias` is empty for readers of the agent's own line."""

    visit_id: int
    scenario: Scenario
    unit_id: int
    agent_id: int | None
    at: datetime
    alias: str
    points: float | None
    items: tuple[Seen, ...]


def own_visits(session: Session, actor: Actor, vault: Vault) -> list[OwnVisit]:
    """The shopper's own visits, those due first on top."""
    found = reach(actor, Action.SHOP)
    query = select(VisitRow).where(VisitRow.shopper_id == found.own_user_id)
    rows = session.scalars(query.order_by(VisitRow.due_on, VisitRow.id).limit(MOST)).all()
    steps = steps_of(session, [row.id for row in rows])
    return [_own(session, row, steps[row.id], vault) for row in rows]


def own_visit(session: Session, actor: Actor, vault: Vault, visit_id: int) -> OwnVisit:
    """One of the shopper's own visits; NotFound for anybody else's."""
    row = own_row(session, actor, visit_id)
    return _own(session, row, steps_of(session, [row.id])[row.id], vault)


def own_row(session: Session, actor: Actor, visit_id: int) -> VisitRow:
    """The row of an own visit, for writing."""
    found, row = reach(actor, Action.SHOP), session.get(VisitRow, visit_id)
    if row is None or not (found.everything or row.shopper_id == found.own_user_id):
        raise NotFound("There is no visit {visit} of yours.", visit=visit_id)
    return row


def desk_row(session: Session, actor: Actor, visit_id: int) -> VisitRow:
    """The row of a visit in the monitoring group's units, for writing."""
    found, row = reach(actor, Action.MANAGE_SHOPPING), session.get(VisitRow, visit_id)
    if row is None or not (found.everything or row.unit_id in found.units):
        raise NotFound("There is no visit {visit} of yours.", visit=visit_id)
    return row


def visits(session: Session, actor: Actor, vault: Vault | None = None) -> list[Visit]:
    """The visits of the monitoring group's units, the newest first; with the vault also the numbers called from."""
    found = reach(actor, Action.MANAGE_SHOPPING)
    query = select(VisitRow).order_by(VisitRow.id.desc()).limit(MOST)
    if not found.everything:
        query = query.where(VisitRow.unit_id.in_(found.units))
    return _whole(session, session.scalars(query).all(), vault)


def visit(session: Session, actor: Actor, vault: Vault | None, visit_id: int) -> Visit:
    """One visit of the monitoring group's units; with the vault also the number called from."""
    return _whole(session, [desk_row(session, actor, visit_id)], vault)[0]


def results(session: Session, actor: Actor, since: datetime, until: datetime) -> list[Result]:
    """Validated visits of a time in reach: of one's units, of their agents, or one's own; the newest first."""
    found = reach(actor, Action.SEE_SHOPPING)
    with_alias = any(role in ALIAS_ROLES for role in actor.roles) or actor.system
    rows = session.scalars(
        select(VisitRow)
        .where(VisitRow.visited_at >= since, VisitRow.visited_at < until, VisitRow.id.in_(_ever_validated()))
        .where(_seen(found))
        .order_by(VisitRow.visited_at.desc(), VisitRow.id.desc())
        .limit(MOST)
    ).all()
    names = aliases(session) if with_alias else {}
    return [_result(one, names.get(one.shopper_id, "")) for one in _whole(session, rows, None)
            if one.state is VisitState.VALIDATED]  # fmt: skip


def validated(session: Session, since: datetime, until: datetime) -> list[Visit]:
    """Every validated visit of a time. Internal: no access check, for figures whose readers are checked elsewhere."""
    query = select(VisitRow).where(
        VisitRow.visited_at >= since, VisitRow.visited_at < until, VisitRow.id.in_(_ever_validated())
    )
    rows = session.scalars(query.order_by(VisitRow.visited_at, VisitRow.id)).all()
    return [one for one in _whole(session, rows, None) if one.state is VisitState.VALIDATED]


def aliases(session: Session) -> dict[int, str]:
    """The alias of every shopper; internal, for results and the desk."""
    query = select(ShopperRow.user_id, ShopperRow.number)
    return {user_id: alias(number) for user_id, number in session.execute(query)}


def shoppers(session: Session, actor: Actor) -> dict[int, str]:
    """Everybody who may be sent, with name, for the monitoring group."""
    reach(actor, Action.MANAGE_SHOPPING)
    return _holders(session, Role.SHOPPER, None)


def agents(session: Session, actor: Actor) -> dict[int, str]:
    """The agents in the monitoring group's units, by name."""
    found = reach(actor, Action.MANAGE_SHOPPING)
    return _holders(session, Role.AGENT, None if found.everything else found.units)


def open_visits(session: Session, actor: Actor) -> int:
    """How many visits wait for the shopper who asks to be played."""
    return _standing(session, VisitRow.shopper_id == reach(actor, Action.SHOP).own_user_id, OPEN_TO_SHOPPER)


def steps_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[Taken, ...]]:
    """What happened to visits, in order; internal."""
    query = select(VisitStepRow).where(VisitStepRow.visit_id.in_(visit_ids)).order_by(VisitStepRow.id)
    found: dict[int, tuple[Taken, ...]] = defaultdict(tuple)
    for row in session.scalars(query):
        found[row.visit_id] += (Taken(row.kind, row.at, row.by_id, row.words, row.body),)
    return found


def _standing(session: Session, which: ColumnElement[bool], states: frozenset[VisitState]) -> int:
    """How many visits that did not end stand in some states."""
    ended = select(VisitStepRow.visit_id).where(VisitStepRow.kind.in_((VisitStep.VALIDATED, VisitStep.WITHDRAWN)))
    ids = session.scalars(select(VisitRow.id).where(which, VisitRow.id.not_in(ended)).limit(MOST)).all()
    return sum(state_of(one.kind for one in steps) in states for steps in steps_of(session, ids).values())


def _holders(session: Session, role: Role, units: frozenset[int] | None) -> dict[int, str]:
    holds = select(GrantRow.user_id).where(GrantRow.role == role)
    query = select(UserRow.id, UserRow.name).where(UserRow.active, UserRow.id.in_(holds)).order_by(UserRow.name)
    if units is not None:
        query = query.where(UserRow.unit_id.in_(units))
    return {user_id: name for user_id, name in session.execute(query)}  # noqa: C416 - rows are no pairs


def _ever_validated() -> ColumnElement[int]:
    return select(VisitStepRow.visit_id).where(VisitStepRow.kind == VisitStep.VALIDATED).scalar_subquery()


def _seen(found: Reach) -> ColumnElement[bool]:
    if found.everything:
        return VisitRow.id.is_not(None)
    parts: list[ColumnElement[bool]] = []
    if found.units:
        theirs = select(UserRow.id).where(UserRow.unit_id.in_(found.units))
        parts += [VisitRow.unit_id.in_(found.units), VisitRow.agent_id.in_(theirs)]
    if found.own_user_id is not None:
        parts.append(VisitRow.agent_id == found.own_user_id)
    return or_(*parts) if parts else false()


def _own(session: Session, row: VisitRow, steps: tuple[Taken, ...], vault: Vault) -> OwnVisit:
    draft = session.get(VisitDraftRow, row.id)
    return OwnVisit(
        row.id, scenario_of(session, row.scenario_id), row.unit_id, row.due_on, row.words,
        state_of(one.kind for one in steps), form_from_dict(draft.body, vault) if draft else Form(), sent_back(steps),
        draft.saved_at if draft else None,
    )  # fmt: skip


def _whole(session: Session, rows: Sequence[VisitRow], vault: Vault | None) -> list[Visit]:
    ids = [row.id for row in rows]
    steps, calls = steps_of(session, ids), matched(session, ids)
    made = []
    for row in rows:
        given = next((one.body for one in reversed(steps[row.id]) if one.kind is VisitStep.SUBMITTED), None)
        made.append(Visit(
            row.id, row.scenario_id, scenario_of(session, row.scenario_id), row.shopper_id, row.unit_id, row.due_on,
            row.words, row.agent_id, steps[row.id], form_from_dict(given, vault) if given is not None else None,
            calls.get(row.id),
        ))  # fmt: skip
    return made


def matched(session: Session, visit_ids: Sequence[int]) -> dict[int, int]:
    """The call of each visit that has one confirmed and not taken off again; internal."""
    query = select(VisitCallRow).where(VisitCallRow.visit_id.in_(visit_ids)).order_by(VisitCallRow.id)
    last = {row.visit_id: row.call_pk for row in session.scalars(query)}
    return {visit_id: call_pk for visit_id, call_pk in last.items() if call_pk is not None}


def _result(one: Visit, name: str) -> Result:
    assert one.form is not None and one.form.at is not None  # noqa: S101, PT018 - only submitted forms are validated
    items = []
    for item in one.scenario.items:
        reply = one.form.replies.get(item.id, Reply())
        items.append(Seen(item, reply, share(item, reply), is_low(item, reply)))
    return Result(one.id, one.scenario, one.unit_id, one.agent_id, one.form.at, name, one.points, tuple(items))


def own_units(session: Session, actor: Actor) -> dict[int, str]:
    """The units to which the monitoring group may send somebody, each with its path."""
    found = reach(actor, Action.MANAGE_SHOPPING)
    return {one.id: " / ".join(one.path) for one in people.units(session)
            if found.everything or one.id in found.units}  # fmt: skip


def unit_names(session: Session) -> dict[int, str]:
    """The name of every unit."""
    return {one.id: one.name for one in people.units(session)}
