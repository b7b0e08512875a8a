"""Deadlines called out once a level, to whom they concern, and that somebody took note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM, Action, Actor, Role, reach
from qa_app.core.db import insert_for
from qa_app.core.errors import NotFound
from surveys import queries
from surveys.alarms import LEVELS, EscalationRule, up_to
from surveys.alarms import level as level_of
from surveys.model import AlarmLevel, Channel, StepKind, Urgency
from surveys.tables import AlarmRow, CaseDeadlineRow, CaseRow, CaseStepRow

AT_ONCE = 1000
MOST = 200
_D = CaseDeadlineRow
RETURN_CLOCKS = "return"
"""Clocks whose name begins like this are the responsible unit's."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A deadline that was called out and nobody has taken note of."""

    case_id: int
    number: str
    profile: str
    clock: str
    started_by: int
    level: AlarmLevel
    due_at: datetime
    at: datetime


def call_out(session: Session, now: datetime, rule: EscalationRule | None = None) -> int:
    """Raise every level that a running deadline has newly reached; returns how many deadlines grew louder.

    After a pause of the worker each level stands once and at the present moment; only the loudest waits for notice.
    """
    rows, raised = _running(session, now, rule or EscalationRule()), 0
    insert = insert_for(session)
    table = AlarmRow.metadata.tables[AlarmRow.__tablename__]  # as a mapped class rows would be inserted one by one
    adding = insert(table).on_conflict_do_nothing().returning(table.c.seen_at)
    for start in range(0, len(rows), AT_ONCE):
        added = session.scalars(adding, rows[start : start + AT_ONCE])  # what another worker was first with is not
        raised += sum(seen_at is None for seen_at in added)
    if raised:
        journal.record(session, SYSTEM, "alarms.raise", "alarms", now, raised=raised)
    return raised


def alarms(session: Session, actor: Actor) -> list[Alarm]:
    """What nobody has taken note of and concerns the actor, the loudest first.

    Warnings and alarms concern whoever follows the case up, and the unit that holds it where the clock is the unit's;
    escalated ones concern supervisors, and at last managers. A case that was joined or has ended its clock is silent.
    """
    runs = and_(_D.case_id == AlarmRow.case_id, _D.clock == AlarmRow.clock, _D.started_by == AlarmRow.started_by)
    unit = queries.lead_unit_column()
    query = (
        select(AlarmRow, CaseRow.number, CaseRow.profile, _D.due_at)
        .join(_D, runs)
        .join(CaseRow, CaseRow.id == AlarmRow.case_id)
        .where(_D.ended_at.is_(None), ~_D.paused, AlarmRow.seen_at.is_(None), CaseRow.joined_to_id.is_(None))
        .where(queries.within(reach(actor, Action.SEE_CASES)), _concerning(actor, unit))
        .order_by(_D.due_at, AlarmRow.case_id)
        .limit(MOST * 5)
    )
    found = [
        Alarm(alarm.case_id, number, profile, alarm.clock, alarm.started_by, alarm.level, due, alarm.at)
        for alarm, number, profile, due in session.execute(query)
    ]
    loudest = {(one.case_id, one.clock, one.started_by): one for one in sorted(found, key=_loudness)}
    return sorted(loudest.values(), key=lambda one: (-_loudness(one), one.due_at))[:MOST]


def take_note(
    session: Session, actor: Actor, now: datetime, case_id: int, clock: str, started_by: int, level: AlarmLevel
) -> None:
    """Say that one has seen an alarm; it and the quieter ones are gone from everybody's list, and the note stays."""
    queries.case_in_reach(session, actor, Action.SEE_CASES, case_id)
    found = [session.get(AlarmRow, (case_id, clock, started_by, each)) for each in up_to(level)]
    if found[-1] is None:
        raise NotFound("There is no such alarm any more. Load the page again.")
    unseen = [row for row in found if row is not None and row.seen_at is None]
    for row in unseen:
        row.seen_at, row.seen_by_id = now, actor.user_id
    if unseen:
        journal.record(session, actor, "alarm.note", f"case:{case_id}", now, clock=clock, level=level.value)


def _loudness(one: Alarm) -> int:
    return LEVELS.index(one.level)


def _running(session: Session, now: datetime, rule: EscalationRule) -> list[dict[str, object]]:
    """The rows of the levels that running deadlines have reached and lack."""
    serious = exists().where(
        CaseStepRow.case_id == CaseRow.id, CaseStepRow.kind == StepKind.ASSESSED,
        CaseStepRow.facts["severity"].as_string() == "serious",
    )  # fmt: skip
    levels = select(AlarmRow.case_id, AlarmRow.clock, AlarmRow.started_by, func.count().label("known"))
    known = levels.group_by(AlarmRow.case_id, AlarmRow.clock, AlarmRow.started_by).subquery()
    same = and_(known.c.case_id == _D.case_id, known.c.clock == _D.clock, known.c.started_by == _D.started_by)
    so_far = func.coalesce(known.c.known, 0)
    severe = or_(serious, CaseRow.urgency == Urgency.GREEN, CaseRow.channel == Channel.REGULATOR)
    query = (
        select(_D.case_id, _D.clock, _D.started_by, _D.warn_at, _D.due_at, severe, so_far)
        .join(CaseRow, CaseRow.id == _D.case_id)
        .outerjoin(known, same)
        .where(_D.ended_at.is_(None), ~_D.paused, _D.warn_at <= now, CaseRow.joined_to_id.is_(None))
        .where(so_far < len(AlarmLevel))
    )
    found = []
    for case_id, clock, started_by, warn_at, due_at, is_severe, count in session.execute(query):
        reached = level_of(warn_at, due_at, now, rule, severe=is_severe)
        levels_lacking = up_to(reached)[count:] if reached is not None else ()
        found += [
            {"case_id": case_id, "clock": clock, "started_by": started_by, "level": each, "at": now,
             "seen_at": None if each is reached else now, "seen_by_id": None}
            for each in levels_lacking
        ]  # fmt: skip
    return found


def _concerning(actor: Actor, unit: ScalarSelect[int]) -> ColumnElement[bool]:
    """Alarms for this person: chosen in the database, since thousands for others must not crowd them out."""
    handled = frozenset[int]().union(*(grant.units for grant in actor.grants if grant.role is Role.HANDLER))
    follows = [CaseRow.follow_up_id == actor.user_id] if actor.user_id is not None else []
    holds = [and_(AlarmRow.clock.startswith(RETURN_CLOCKS), unit.in_(handled))] if handled else []
    quiet = AlarmRow.level.in_((AlarmLevel.WARNED, AlarmLevel.ALARMED))
    loud = {Role.SUPERVISOR: AlarmLevel.ESCALATED, Role.MANAGER: AlarmLevel.TO_MANAGER}
    mine = [AlarmRow.level == level for role, level in loud.items() if role in actor.roles]
    mine.append(quiet if Role.CASE_DESK in actor.roles else and_(quiet, or_(false(), *follows, *holds)))
    return or_(*mine)
