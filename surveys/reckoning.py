"""Deadlines as they are kept, the numbers of cases, and the calendar's corrections that move both."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.db import insert_for
from qa_app.core.errors import Invalid
from qa_app.core.working_days import DayKind
from surveys import queries
from surveys.clock import deadlines
from surveys.model import CaseState, Deadline, DeadlineState
from surveys.office import Office
from surveys.tables import CalendarDayRow, CaseDeadlineRow, CaseNumberRow, CaseRow

LONGEST_REASON = 200


def given_numbers(session: Session, local: datetime, count: int) -> list[str]:
    """The day's next case numbers, such as TS20261109-00001: people registering at once wait for each other."""
    if not count:
        return []
    insert = insert_for(session)
    said = insert(CaseNumberRow).values(day=local.date(), given=count)
    counted = said.on_conflict_do_update(index_elements=["day"], set_={"given": CaseNumberRow.given + count})
    last = session.scalars(counted.returning(CaseNumberRow.given)).one()
    return [f"TS{local:%Y%m%d}-{number:05d}" for number in range(last - count + 1, last + 1)]


def reckon(session: Session, now: datetime, row: CaseRow, zone: ZoneInfo) -> None:
    """Write a case's deadlines anew from its steps."""
    days = queries.working_days(session, zone)
    profile = queries.profile_of(session, row)
    found = deadlines(queries.steps_of(session, row.id), queries.traits_of(row), profile, days, now)
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


def correct_calendar(
    session: Session, actor: Actor, now: datetime, office: Office, day: date, kind: DayKind, reason: str
) -> None:
    """Say what a day is, above the published calendar, and reckon the deadlines of every open case again."""
    require(actor, Action.MANAGE_CALENDAR)
    if not reason.strip():
        raise Invalid("Say why {day} is {kind}.", day=day.isoformat(), kind=kind.value)
    row = session.get(CalendarDayRow, day) or CalendarDayRow(day=day)
    row.kind, row.reason, row.by_id, row.at = kind.value, reason.strip()[:LONGEST_REASON], actor.user_id, now
    session.add(row)
    session.flush()
    reckon_open(session, now, office.zone)
    journal.record(
        session, actor, "calendar.correct", f"day:{day.isoformat()}", now, kind=kind.value, reason=row.reason
    )


def reckon_open(session: Session, now: datetime, zone: ZoneInfo, *, provisional: bool = False) -> int:
    """Reckon the deadlines of every open case again, or only of those that hold a provisional one; how many."""
    wheres = [queries.state_column().not_in([CaseState.CLOSED, CaseState.ARCHIVED])]
    if provisional:
        kept = select(CaseDeadlineRow.case_id).where(CaseDeadlineRow.provisional, CaseDeadlineRow.ended_at.is_(None))
        wheres.append(CaseRow.id.in_(kept))
    open_cases = session.scalars(select(CaseRow).where(*wheres)).all()
    for case in open_cases:
        reckon(session, now, case, zone)
    return len(open_cases)
