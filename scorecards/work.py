"""The queue of calls to be scored: given out evenly, claimed by one inspector, given back, settled by a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, Reach, Role, reach
from qa_app.core.errors import Conflict, Forbidden, NotFound
from qa_app.core.tables import GrantRow, UnitKind, UnitRow, UserRow
from scorecards import blind_audits
from scorecards.model import Purpose
from scorecards.regime import Blind, Regime
from scorecards.sampling import Inspector, Pool, balance
from scorecards.tables import DraftRow, EvaluationRow
from scorecards.work_tables import CapacityRow, PickRow

_P = PickRow
NOTHING = Blind(machine=False, inspectors=False)
USUAL = 10
"""The calls that an inspector takes beside the others where nothing was said."""


@dataclass(frozen=True, slots=True)
class Item:
    """A call to be scored as the queue shows it."""

    id: int
    call_pk: int
    pool: Pool
    why: tuple[str, ...]
    agent_id: int
    inspector_id: int | None
    claimed_by_id: int | None
    created_at: datetime


def assign(session: Session, actor: Actor, now: datetime) -> tuple[int, int]:
    """Give the open calls that nobody has to those who may score them, evenly; (given out, nobody may score them).

    Nobody is given calls of their own team, their own calls, or the re-check of what they scored themselves.
    """
    found = reach(actor, Action.DRAW_SAMPLE)
    rows = session.scalars(
        select(_P).where(_P.ended_at.is_(None), _P.inspector_id.is_(None), within(found)).order_by(_P.id)
    ).all()
    if not rows:
        return 0, 0
    inspectors = _inspectors(session, {row.unit_id for row in rows})
    barred = {(name, row.id) for row in rows for name in inspectors if name in _barred(session, row)}
    barred |= {(name, row.id) for row in rows for name, units in inspectors.items() if row.unit_id not in units}
    held = Counter(session.scalars(select(_P.inspector_id).where(_P.ended_at.is_(None), _P.inspector_id.is_not(None))))
    capacity = capacities(session)
    given, nobody = balance(
        [row.id for row in rows],
        [Inspector(name, capacity.get(name, USUAL), held.get(name, 0)) for name in inspectors],
        barred,
    )
    for row in rows:
        row.inspector_id = given.get(row.id)
    session.flush()
    if given:
        journal.record(session, actor, "queue.assign", "queue", now, calls=len(given), nobody=len(nobody))
    return len(given), len(nobody)


def capacities(session: Session) -> dict[int, int]:
    """How many calls each inspector takes beside the others, of those for whom it was said."""
    query = select(CapacityRow.inspector_id, CapacityRow.calls)
    return {name: calls for name, calls in session.execute(query)}  # noqa: C416 - rows are no pairs


def _inspectors(session: Session, units: Collection[int]) -> dict[int, frozenset[int]]:
    """Who may score, each with the units that their role covers."""
    parents = {row.id: row.parent_id for row in session.execute(select(UnitRow.id, UnitRow.parent_id))}
    above = {unit: _up(parents, unit) for unit in units}
    query = select(GrantRow.user_id, GrantRow.unit_id).join(UserRow, UserRow.id == GrantRow.user_id)
    covered: dict[int, set[int]] = {}
    for name, unit in session.execute(query.where(GrantRow.role == Role.INSPECTOR, UserRow.active)):
        covered.setdefault(name, set()).update(below for below, way in above.items() if unit in way)
    return {name: frozenset(below) for name, below in sorted(covered.items()) if below}


def _up(parents: Mapping[int, int | None], unit: int) -> list[int]:
    way = [unit]
    while (over := parents.get(way[-1])) is not None:
        way.append(over)
    return way


def _barred(session: Session, row: PickRow) -> set[int]:
    """Who may not score a pick: the agent, the agent's own team, and who scored a call that is to be re-checked."""
    team = select(UserRow.unit_id).join(UnitRow, UnitRow.id == UserRow.unit_id)
    team = team.where(UserRow.id == row.agent_id, UnitRow.kind == UnitKind.TEAM)
    barred = {row.agent_id, *session.scalars(select(UserRow.id).where(UserRow.unit_id.in_(team)))}
    if row.pool is Pool.RECHECK:
        scored = select(EvaluationRow.author_id).where(EvaluationRow.call_pk == row.call_pk)
        barred |= {name for name in session.scalars(scored) if name is not None}
    return barred


def claim(session: Session, actor: Actor, now: datetime, regime: Regime) -> int | None:
    """Take the next call: one's own assigned ones first, then those of nobody; its call, None where there is none.

    What is locked by somebody who claims at the same time is passed over. A call already in hand comes first.
    """
    found = reach(actor, Action.SCORE_CALL)
    session.scalar(select(UserRow.id).where(UserRow.id == actor.user_id).with_for_update(key_share=True))
    mine = select(_P).where(_P.ended_at.is_(None), _P.claimed_by_id == actor.user_id, _P.claimed_until > now)
    held = session.scalars(mine.order_by(_P.id)).all()
    if held and (len(held) >= regime.claims.most or not _has_begun(session, actor, held[0].call_pk)):
        return held[0].call_pk
    passed: list[int] = []
    own_first = case((_P.inspector_id == actor.user_id, 0), else_=1)
    free = select(_P).where(
        _P.ended_at.is_(None), or_(_P.claimed_until.is_(None), _P.claimed_until <= now), within(found),
        or_(_P.inspector_id.is_(None), _P.inspector_id == actor.user_id),
    )  # fmt: skip
    while True:
        query = free.where(_P.id.not_in(passed)).order_by(own_first, _P.created_at, _P.id).limit(1)
        row = session.scalars(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return held[0].call_pk if held else None
        passed.append(row.id)
        if actor.user_id not in _barred(session, row):
            row.claimed_by_id, row.claimed_until = actor.user_id, now + regime.claims.back_after
            row.inspector_id = actor.user_id
            journal.record(session, actor, "queue.claim", f"call:{row.call_pk}", now, pool=row.pool.value)
            return row.call_pk


def _has_begun(session: Session, actor: Actor, call_pk: int) -> bool:
    return session.get(DraftRow, (call_pk, actor.user_id)) is not None


def release(session: Session, actor: Actor, now: datetime, call_pk: int) -> None:
    """Give a call back that was claimed; its draft is kept for whoever began it."""
    row = _held(session, actor, now, call_pk)
    if row is None:
        raise Conflict("You do not have this call in hand.")
    row.claimed_by_id = row.claimed_until = row.inspector_id = None
    session.flush()
    journal.record(session, actor, "queue.release", f"call:{call_pk}", now)


def hand_over(session: Session, actor: Actor, now: datetime, pick_id: int, inspector_id: int) -> None:
    """Give an open call to another inspector."""
    found = reach(actor, Action.DRAW_SAMPLE)
    row = session.scalars(select(_P).where(_P.id == pick_id, within(found)).with_for_update()).first()
    if row is None or row.ended_at is not None:
        raise NotFound("There is no open call {pick} in the queue that you may see.", pick=pick_id)
    if inspector_id in _barred(session, row) or inspector_id not in _inspectors(session, {row.unit_id}):
        raise Forbidden("This inspector may not score that call: own team, own earlier score, or another unit.")
    row.inspector_id, row.claimed_by_id, row.claimed_until = inspector_id, None, None
    session.flush()
    journal.record(session, actor, "queue.hand_over", f"call:{row.call_pk}", now, inspector=inspector_id)


def _held(session: Session, actor: Actor, now: datetime, call_pk: int) -> PickRow | None:
    query = select(_P).where(_P.call_pk == call_pk, _P.ended_at.is_(None), _P.claimed_by_id == actor.user_id)
    return session.scalars(query.where(_P.claimed_until > now).order_by(_P.id).with_for_update()).first()


def purpose_for(session: Session, actor: Actor, now: datetime, call_pk: int) -> Purpose:
    """What the actor's evaluation of a call is for; Forbidden where a rule keeps them from scoring it."""
    if blind_audits.to_score(session, actor, call_pk):
        return Purpose.AUDIT
    row = _held(session, actor, now, call_pk)
    waits = select(_P).where(_P.call_pk == call_pk, _P.ended_at.is_(None), _P.pool != Pool.RECHECK)
    concerned = row or session.scalars(waits.limit(1)).first()
    if concerned is not None and actor.user_id in _barred(session, concerned):
        raise Forbidden("This call is of your own team or scored by yourself; somebody else must score it.")
    return Purpose.RECHECK if row is not None and row.pool is Pool.RECHECK else Purpose.SCORE


def hidden(
    session: Session, actor: Actor, now: datetime, call_pks: Collection[int], regime: Regime
) -> dict[int, Blind]:  # fmt: skip
    """Whose answers to some calls the actor does not see: they have the call in hand, or as an inspector may take it.

    Whoever leads or monitors sees everything until they claim; so does who is barred from scoring the call anyway.
    """
    mine = (_P.claimed_by_id == actor.user_id) & (_P.claimed_until > now)
    if actor.roles & {Role.QA_LEAD, Role.MONITOR} or Role.INSPECTOR not in actor.roles:
        may_come = mine
    else:
        may_come = mine | _P.inspector_id.is_(None) | (_P.inspector_id == actor.user_id)
    found: dict[int, Blind] = {}
    query = select(_P).where(_P.call_pk.in_(call_pks), _P.ended_at.is_(None), may_come)
    for row in session.scalars(query.order_by(_P.id)):
        if row.claimed_by_id != actor.user_id and actor.user_id in _barred(session, row):
            continue
        so_far, more = found.get(row.call_pk, NOTHING), regime.blind.get(row.pool, NOTHING)
        found[row.call_pk] = Blind(so_far.machine or more.machine, so_far.inspectors or more.inspectors)
    return found


def settle(session: Session, now: datetime, call_pk: int, evaluation_id: int | None, purpose: Purpose) -> None:
    """An evaluation (None: the call is not fit for scoring) ends the picks that waited for it."""
    query = select(_P).where(_P.call_pk == call_pk, _P.ended_at.is_(None))
    if evaluation_id is not None:
        again = purpose is Purpose.RECHECK
        query = query.where(_P.pool == Pool.RECHECK if again else _P.pool != Pool.RECHECK)
    for row in session.scalars(query):
        row.ended_at, row.evaluation_id = now, evaluation_id
    session.flush()


def queue(session: Session, actor: Actor, *, own: bool = False, limit: int = 200) -> list[Item]:
    """The open calls in reach, the oldest first; only the actor's own where asked."""
    query = select(_P).where(_P.ended_at.is_(None), within(reach(actor, Action.SCORE_CALL)))
    if own:
        query = query.where(_P.inspector_id == actor.user_id)
    return [
        Item(row.id, row.call_pk, row.pool, tuple(row.why), row.agent_id, row.inspector_id, row.claimed_by_id,
             row.created_at)
        for row in session.scalars(query.order_by(_P.created_at, _P.id).limit(limit))
    ]  # fmt: skip


def open_calls(session: Session, actor: Actor) -> tuple[int, int]:
    """How many open calls are the actor's own, and how many are in reach and nobody's."""
    waits = select(func.count()).where(_P.ended_at.is_(None), within(reach(actor, Action.SCORE_CALL)))
    own = session.scalar(waits.where(_P.inspector_id == actor.user_id)) or 0
    return own, session.scalar(waits.where(_P.inspector_id.is_(None))) or 0


def within(found: Reach) -> ColumnElement[bool]:
    """The picks in reach."""
    return _P.id.is_not(None) if found.everything else _P.unit_id.in_(found.units)
