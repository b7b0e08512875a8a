"""Who scores how much: inspectors' capacity, what is open with them, in hand and done, and how long a call takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, Role, reach
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.tables import GrantRow, UserRow
from scorecards import work
from scorecards.model import Author
from scorecards.tables import EvaluationRow
from scorecards.work_tables import CapacityRow, PickRow

_P = PickRow
MOST = 500


@dataclass(frozen=True, slots=True)
class Load:
    """An inspector's work: open with them, in hand, done since a moment, and the median of seconds a call took."""

    inspector_id: int
    open: int
    claimed: int
    done: int
    median_s: float | None
    capacity: int


def set_capacity(session: Session, actor: Actor, now: datetime, inspector_id: int, calls: int) -> None:
    """How many calls an inspector takes beside the others; 0 for one who is away, whose open calls are given out anew.

    A call that is in hand stays in hand.
    """
    found = reach(actor, Action.DRAW_SAMPLE)
    units = select(GrantRow.unit_id).where(GrantRow.user_id == inspector_id, GrantRow.role == Role.INSPECTOR)
    held_in = set(session.scalars(units))
    if not held_in or not (found.everything or held_in & found.units):
        raise NotFound("There is no inspector {inspector} of yours.", inspector=inspector_id)
    if not 0 <= calls <= MOST:
        raise Invalid("A capacity is 0 to {most} calls, not {calls}.", most=MOST, calls=calls)
    row = session.get(CapacityRow, inspector_id)
    if row is None:
        row = CapacityRow(inspector_id=inspector_id)
        session.add(row)
    row.calls, row.by_id, row.at = calls, actor.user_id, now
    journal.record(session, actor, "queue.capacity", f"user:{inspector_id}", now, calls=calls)
    if not calls:
        waits = select(_P).where(_P.ended_at.is_(None), _P.inspector_id == inspector_id, work.within(found))
        for pick in session.scalars(waits.where(or_(_P.claimed_until.is_(None), _P.claimed_until <= now))):
            pick.inspector_id = None
        session.flush()
        work.assign(session, actor, now)


def inspectors(session: Session, actor: Actor) -> dict[int, str]:
    """The inspectors in reach by name."""
    found = reach(actor, Action.DRAW_SAMPLE)
    query = select(UserRow.id, UserRow.name).join(GrantRow, GrantRow.user_id == UserRow.id)
    query = query.where(GrantRow.role == Role.INSPECTOR, UserRow.active).order_by(UserRow.name)
    if not found.everything:
        query = query.where(GrantRow.unit_id.in_(found.units))
    return {name: told for name, told in session.execute(query)}  # noqa: C416 - rows are no pairs


def loads(session: Session, actor: Actor, now: datetime, since: datetime) -> list[Load]:
    """Every inspector with work in reach: open, in hand, done since a moment and how long a call takes."""
    within = work.within(reach(actor, Action.DRAW_SAMPLE))
    waits = select(_P.inspector_id, _P.claimed_until).where(_P.ended_at.is_(None), within)
    opened: Counter[int] = Counter()
    claimed: Counter[int] = Counter()
    for name, until in session.execute(waits.where(_P.inspector_id.is_not(None))):
        opened[name or 0] += 1
        claimed[name or 0] += until is not None and until > now
    spent: dict[int, list[float | None]] = {}
    made = select(EvaluationRow.author_id, EvaluationRow.seconds_spent).join(_P, _P.evaluation_id == EvaluationRow.id)
    made = made.where(EvaluationRow.author == Author.PERSON, EvaluationRow.created_at >= since, within)
    for name, seconds in session.execute(made):
        spent.setdefault(name or 0, []).append(seconds)
    capacity = work.capacities(session)
    return [
        Load(name, opened[name], claimed[name], len(spent.get(name, ())), _median(spent.get(name, ())),
             capacity.get(name, work.USUAL))
        for name in sorted({*opened, *spent, *(capacity.keys() & inspectors(session, actor).keys())})
    ]  # fmt: skip


def _median(spent: Collection[float | None]) -> float | None:
    known = sorted(one for one in spent if one is not None)
    return known[len(known) // 2] if known else None
