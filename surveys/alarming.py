"""Deadlines called out once a level, to whom they concern, and that somebody took note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM, Action, Actor, Role, reach
from qa_app.core.errors import NotFound
from surveys import queries
from surveys.alarms import LEVELS, EscalationRule, up_to
from surveys.alarms import level as level_of
from surveys.model import AlarmLevel, Channel, StepKind, Urgency
from surveys.tables import AlarmRow, CaseDeadlineRow, CaseRow, CaseStepRow

AT_ONCE = 500
MOST = 200
RETURN_CLOCKS = "return"
"""Clocks whose name begins like this are the responsible unit's."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A deadline that was called out and nobody has taken note of."""

    case_id: int
    number: str
    clock: str
    started_by: int
    level: AlarmLevel
    due_at: datetime
    at: datetime


def call_out(session: Session, now: datetime, rule: EscalationRule | None = None) -> int:
    """Raise every level that a running deadline has newly reached; returns how many deadlines grew louder.

    After a pause of the worker each level stands once and at the present moment; only the loudest waits for notice.
    """
    rule = rule or EscalationRule()
    rows, raised = _running(session, now, rule), 0
    for start in range(0, len(rows), AT_ONCE):
        values = [value for row in rows[start : start + AT_ONCE] for value in row]
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(AlarmRow).values(values).on_conflict_do_nothing())
        raised += sum(value["seen_at"] is None for value in values)
    if raised:
        journal.record(session, SYSTEM, "alarms.raise", "alarms", now, raised=raised)
    return raised


def alarms(session: Session, actor: Actor) -> list[Alarm]:
    """What nobody has taken note of and concerns the actor, the loudest first.

    Warnings and alarms concern whoever follows the case up, and the unit that holds it where the clock is the unit's;
    escalated ones concern supervisors, and at last managers. A case that was joined or has ended its clock is silent.
    """
    deadline = CaseDeadlineRow
    runs = and_(
        deadline.case_id == AlarmRow.case_id, deadline.clock == AlarmRow.clock,
        deadline.started_by == AlarmRow.started_by, deadline.ended_at.is_(None),
    )  # fmt: skip
    query = (
        select(AlarmRow, CaseRow, deadline.due_at, queries.lead_unit_column())
        .join(deadline, runs)
        .join(CaseRow, CaseRow.id == AlarmRow.case_id)
        .where(AlarmRow.seen_at.is_(None), CaseRow.joined_to_id.is_(None))
        .where(queries.within(reach(actor, Action.SEE_CASES)))
        .order_by(deadline.due_at, AlarmRow.case_id)
        .limit(MOST * 5)
    )
    found = [
        Alarm(alarm.case_id, case.number, alarm.clock, alarm.started_by, alarm.level, due, alarm.at)
        for alarm, case, due, unit in session.execute(query)
        if _concerns(actor, alarm, case, unit)
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


def _running(session: Session, now: datetime, rule: EscalationRule) -> list[list[dict[str, object]]]:
    """For each deadline that has grown louder, the rows of the levels it lacks."""
    deadline = CaseDeadlineRow
    serious = exists().where(
        CaseStepRow.case_id == CaseRow.id, CaseStepRow.kind == StepKind.ASSESSED,
        CaseStepRow.facts["severity"].as_string() == "serious",
    )  # fmt: skip
    levels = select(AlarmRow.case_id, AlarmRow.clock, AlarmRow.started_by, func.count().label("known"))
    known = levels.group_by(AlarmRow.case_id, AlarmRow.clock, AlarmRow.started_by).subquery()
    same = and_(
        known.c.case_id == deadline.case_id, known.c.clock == deadline.clock, known.c.started_by == deadline.started_by
    )
    query = (
        select(deadline, CaseRow.urgency, CaseRow.channel, serious, func.coalesce(known.c.known, 0))
        .join(CaseRow, CaseRow.id == deadline.case_id)
        .outerjoin(known, same)
        .where(deadline.ended_at.is_(None), ~deadline.paused, deadline.warn_at <= now, CaseRow.joined_to_id.is_(None))
        .where(func.coalesce(known.c.known, 0) < len(AlarmLevel))
    )
    found = []
    for row, urgency, channel, is_serious, count in session.execute(query):
        severe = is_serious or urgency is Urgency.GREEN or channel is Channel.REGULATOR
        reached = level_of(row.warn_at, row.due_at, now, rule, severe=severe)
        if reached is not None and len(up_to(reached)) > count:
            found.append(_rows(row, up_to(reached)[count:], now))
    return found


def _rows(row: CaseDeadlineRow, levels: tuple[AlarmLevel, ...], now: datetime) -> list[dict[str, object]]:
    return [
        {
            "case_id": row.case_id, "clock": row.clock, "started_by": row.started_by, "level": each, "at": now,
            "seen_at": None if each is levels[-1] else now, "seen_by_id": None,
        }
        for each in levels
    ]  # fmt: skip


def _concerns(actor: Actor, alarm: AlarmRow, case: CaseRow, unit: int | None) -> bool:
    if alarm.level is AlarmLevel.TO_MANAGER:
        return Role.MANAGER in actor.roles
    if alarm.level is AlarmLevel.ESCALATED:
        return Role.SUPERVISOR in actor.roles
    holds = alarm.clock.startswith(RETURN_CLOCKS) and any(
        grant.role is Role.HANDLER and unit in grant.units for grant in actor.grants
    )
    return holds or case.follow_up_id == actor.user_id or Role.CASE_DESK in actor.roles
