"""What the analysis of complaints reads: one row a case with its facts, weekly counts of a cause, units' returns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, reach
from surveys import queries
from surveys.corrective import CorrectiveAction
from surveys.model import CallbackResult, CaseKind, Channel, StepKind
from surveys.tables import CaseDeadlineRow, CaseRow, CaseStepRow

_K = StepKind
MADE_UP = "MU"
"""How the numbers of made-up cases begin."""
REPEATED_DAYS = 30
LONGEST_DAYS = 3 * 366
FLAGS = {
    "dispatched": (_K.DISPATCHED,), "sent_back": (_K.SENT_BACK,), "solved_on_the_spot": (_K.SOLVED_ON_THE_SPOT,),
    "second_dispatched": (_K.SECOND_DISPATCHED,), "reopened": (_K.REOPENED,),
    "escalated": (_K.MANAGER_HOTLINE, _K.APPEALED), "closed": (_K.CLOSED,), "refused_slip": (_K.RETURN_REFUSED,),
}  # fmt: skip


def case_facts(session: Session, actor: Actor, now: datetime, since: datetime, until: datetime) -> pd.DataFrame:
    """One row a case received in [since, until) within the actor's reach; duplicates and suggestions are left out.

    Columns: id, number, received_at (aware), class_code, channel, place, product, campaign, customer_id, unit (the last
    one dispatched to, NaN without), the flags of FLAGS, regulator, dissatisfied, satisfied, is_due (the
    closing clock has passed), on_time (and was met), returns and returns_late (the unit's clocks that have ended or
    passed), repeated.
    """
    wheres = _wheres(actor, since, until)
    rows = pd.DataFrame(
        session.execute(
            select(
                CaseRow.id, CaseRow.number, CaseRow.received_at, CaseRow.class_code, CaseRow.channel, CaseRow.place,
                CaseRow.product, CaseRow.campaign, CaseRow.customer_id,
            ).where(*wheres)
        ).all(),
        columns=["id", "number", "received_at", "class_code", "channel", "place", "product", "campaign", "customer_id"],
    )  # fmt: skip
    rows["received_at"] = pd.to_datetime(rows["received_at"], utc=True)
    rows["channel"] = [str(channel) for channel in rows["channel"]]
    steps = _frame(session, _steps(wheres), ["id", *FLAGS, "satisfied", "dissatisfied"])
    units = _frame(session, _units(wheres), ["id", "unit"])
    clocks = _frame(session, _clocks(wheres, now), ["id", "closes", "closes_met", "returns", "returns_late"])
    table = rows.merge(steps, "left", "id").merge(units, "left", "id").merge(clocks, "left", "id")
    for name in (*FLAGS, "satisfied", "dissatisfied"):
        table[name] = table[name].fillna(0).astype(int) > 0
    for name in ("closes", "closes_met", "returns", "returns_late"):
        table[name] = table[name].fillna(0).astype(int)
    table["regulator"] = table["channel"] == Channel.REGULATOR.value
    table["escalated"] |= table["regulator"]
    table["is_due"], table["on_time"] = table["closes"] > 0, table["closes_met"] > 0
    table["repeated"] = _repeated(table, _before(session, actor, since))
    return table


def days_received(session: Session, actor: Actor, zone: ZoneInfo, since: datetime, until: datetime) -> pd.Series:
    """The day of receipt, in the centre's time zone, of every case of case_facts."""
    moments = session.scalars(select(CaseRow.received_at).where(*_wheres(actor, since, until))).all()
    return pd.to_datetime(pd.Series(moments), utc=True).dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()


def closings(session: Session, actor: Actor, zone: ZoneInfo, now: datetime) -> pd.DataFrame:
    """Every closing clock that has passed: the quarter of the receipt (2025Q4) and whether it was met."""
    row = CaseDeadlineRow
    met = and_(row.ended_at.is_not(None), row.ended_at <= row.due_at)
    query = select(CaseRow.received_at, case((met, 1), else_=0)).join(row, row.case_id == CaseRow.id)
    wheres = _wheres(actor, now - timedelta(days=LONGEST_DAYS), now)
    found = session.execute(query.where(row.clock == "close", row.due_at < now, *wheres)).all()
    table = pd.DataFrame(found, columns=["at", "on_time"])
    local = pd.to_datetime(table["at"], utc=True).dt.tz_convert(zone)
    quarter = local.dt.year.astype(str) + "Q" + local.dt.quarter.astype(str)
    return pd.DataFrame({"quarter": quarter, "on_time": table["on_time"].astype(int) > 0})


def made_up(session: Session) -> bool:
    """Whether there are made-up cases among the real ones: the screens say so."""
    return bool(session.scalar(select(exists().where(CaseRow.number.startswith(MADE_UP)))))


def cause_by_week(
    session: Session, actor: Actor, zone: ZoneInfo, found: CorrectiveAction, since: datetime, until: datetime
) -> pd.DataFrame:  # fmt: skip
    """Whole weeks (their Monday) with the complaints of a corrective action's cause, and all others.

    Cut to the cases that the reader may see; a broken first or last week is left out.
    """
    wheres = [*_wheres(actor, since, until, Action.SEE_CORRECTIVE_ACTIONS)]
    is_cause = case((and_(*_of_cause(found)), 1), else_=0)
    rows = session.execute(select(CaseRow.received_at, is_cause).where(*wheres)).all()
    table = pd.DataFrame(rows, columns=["at", "is_cause"])
    if table.empty:
        return pd.DataFrame({"week": pd.to_datetime([]), "cause": [], "others": []})
    local = pd.to_datetime(table["at"], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    table["week"] = local.dt.normalize() - pd.to_timedelta(local.dt.day_of_week, "D")
    counts = table.groupby("week")["is_cause"].agg(["sum", "size"])
    weeks = pd.date_range(counts.index.min(), counts.index.max(), freq="7D")
    counts = counts.reindex(weeks, fill_value=0)
    begin, end = (pd.Timestamp(moment.astimezone(zone).replace(tzinfo=None)) for moment in (since, until))
    starts = pd.DatetimeIndex(counts.index)
    whole = counts[(starts >= begin) & (starts + pd.Timedelta(days=7) <= end)]
    return pd.DataFrame(
        {"week": whole.index, "cause": whole["sum"].to_numpy(), "others": (whole["size"] - whole["sum"]).to_numpy()}
    )


def _wheres(
    actor: Actor, since: datetime, until: datetime, action: Action = Action.SEE_ANALYSIS
) -> list[ColumnElement[bool]]:
    return [
        CaseRow.received_at >= since, CaseRow.received_at < until, CaseRow.joined_to_id.is_(None),
        CaseRow.kind != CaseKind.SUGGESTION, queries.within(reach(actor, action)),
    ]  # fmt: skip


def _steps(wheres: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    step = CaseStepRow
    counted = [func.sum(case((step.kind.in_(kinds), 1), else_=0)) for kinds in FLAGS.values()]
    answers = [
        func.sum(case((and_(step.kind == _K.CALLED_BACK, step.result == result.value), 1), else_=0))
        for result in (CallbackResult.SATISFIED, CallbackResult.DISSATISFIED)
    ]
    query = select(step.case_id, *counted, *answers).join(CaseRow, CaseRow.id == step.case_id)
    return query.where(*wheres).group_by(step.case_id)


def _units(wheres: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """The unit of each case's last dispatch."""
    step, dispatches = CaseStepRow, (_K.DISPATCHED, _K.SECOND_DISPATCHED)
    last = select(step.case_id, func.max(step.number).label("number")).join(CaseRow, CaseRow.id == step.case_id)
    newest = last.where(*wheres, step.kind.in_(dispatches)).group_by(step.case_id).subquery()
    same = and_(newest.c.case_id == step.case_id, newest.c.number == step.number)
    return select(step.case_id, step.unit_id).join(newest, same)


def _clocks(wheres: list[ColumnElement[bool]], now: datetime) -> Select[*tuple[Any, ...]]:
    """Closing clocks that have passed, those met; the unit's clocks that ended or passed, those late.

    A quick close counts no earlier than a slow one would: else the newest period would look better than it is.
    """
    row = CaseDeadlineRow
    over = or_(row.ended_at.is_not(None), row.due_at < now)
    met = and_(row.ended_at.is_not(None), row.ended_at <= row.due_at)
    closing, returning = row.clock == "close", row.clock.startswith("return")
    sums = [
        func.sum(case((and_(closing, row.due_at < now), 1), else_=0)),
        func.sum(case((and_(closing, row.due_at < now, met), 1), else_=0)),
        func.sum(case((and_(returning, over), 1), else_=0)),
        func.sum(case((and_(returning, over, ~met), 1), else_=0)),
    ]
    query = select(row.case_id, *sums).join(CaseRow, CaseRow.id == row.case_id)
    return query.where(*wheres).group_by(row.case_id)


def _frame(session: Session, query: Select[*tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(session.execute(query).all(), columns=columns)


def _before(session: Session, actor: Actor, since: datetime) -> pd.DataFrame:
    """The complaints of the 30 days before, which one after them may repeat."""
    wheres = _wheres(actor, since - timedelta(days=REPEATED_DAYS), since)
    rows = session.execute(select(CaseRow.customer_id, CaseRow.class_code, CaseRow.received_at).where(*wheres)).all()
    found = pd.DataFrame(rows, columns=["customer_id", "class_code", "received_at"])
    return found.assign(received_at=pd.to_datetime(found["received_at"], utc=True), id=-1)


def _repeated(table: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series:
    """Whether the same customer complained of the same first-level class within 30 days before."""
    if table.empty:
        return pd.Series(dtype=bool)
    earlier.index = -1 - earlier.index
    columns = ["customer_id", "class_code", "received_at"]
    whole = pd.concat([one[columns] for one in (earlier, table) if len(one)] or [table[columns]])
    known = whole.assign(top=whole["class_code"].astype(str).str.split("/").str[0]).sort_values(
        "received_at", kind="stable"
    )
    before = known.groupby(["customer_id", "top"])["received_at"].shift()
    is_repeated = (known["received_at"] - before) <= pd.Timedelta(days=REPEATED_DAYS)
    return is_repeated.reindex(table.index)


def _of_cause(found: CorrectiveAction) -> list[ColumnElement[bool]]:
    """Which complaints a corrective action is to make fall."""
    new = found.new
    wheres: list[ColumnElement[bool]] = [CaseRow.class_code.startswith(new.class_code, autoescape=True)]
    traits = {"place": new.place, "product": new.product, "campaign": new.campaign}
    return wheres + [getattr(CaseRow, name) == value for name, value in traits.items() if value]
