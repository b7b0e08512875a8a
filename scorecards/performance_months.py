"""Performance in the database: what people scored in a month, closed months, and what overturns change after that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM
from qa_app.core.db import batches
from qa_app.core.errors import Conflict
from scorecards import queries
from scorecards.performance import Tally, adjusted
from scorecards.performance_tables import PerformanceFigureRow, PerformanceMonthRow
from scorecards.sampling import Pool
from scorecards.work_tables import PickRow, SamplePeriodRow

EVALUATIONS = "evaluations"
LOOKS_BACK = timedelta(days=366)
LEAST_CHANGE = 1e-6

Values = Mapping[str, float]
"""Value by source, such as {"call:12": 85.0}."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of an agent in one month: the values by their source, and what overturns of closed months changed.

    `counted` is the tally of values that are not named one by one (times and counts of calls).
    """

    agent_id: int
    unit_id: int
    measure: str
    by_source: Values = field(default_factory=dict)
    changes: Values = field(default_factory=dict)
    counted: Tally | None = None

    @property
    def tally(self) -> Tally:
        """The figure as the sheet counts it."""
        found = self.counted or Tally.of(list(self.by_source.values()), self.by_source)
        return adjusted(found, sum(self.changes.values())) if self.changes else found


def random_scores(session: Session, first: date, last: date) -> dict[int, float]:
    """The score (0..100) of each call that a lot picked in these days and a person scored, as it stands now."""
    query = (
        select(PickRow.call_pk)
        .join(SamplePeriodRow, SamplePeriodRow.id == PickRow.period_id)
        .where(PickRow.pool == Pool.RANDOM, PickRow.evaluation_id.is_not(None), SamplePeriodRow.first <= last,
               SamplePeriodRow.last >= first)
    )  # fmt: skip
    return standing(session, session.scalars(query).all())


def standing(session: Session, calls: Iterable[int]) -> dict[int, float]:
    """What people's scores of some calls come to after re-checks and disputes."""
    found = {call: one for batch in batches(calls) for call, one in queries.scores(session, SYSTEM, batch).items()}
    return {call: one.person_pct for call, one in found.items() if one.person_pct is not None}


def months_closed(session: Session) -> dict[date, datetime]:
    """The closed months (their first day) with when they were closed."""
    query = select(PerformanceMonthRow.month, PerformanceMonthRow.closed_at).order_by(PerformanceMonthRow.month)
    return {month: at for month, at in session.execute(query)}  # noqa: C416 - rows are no pairs


def close(session: Session, now: datetime, month: date, figures: Sequence[Figure], rules_version: int) -> None:
    """Close a month: its figures are written down and stand from now on; Conflict where it is closed already."""
    if month in months_closed(session):
        raise Conflict("{month} is closed already.", month=f"{month:%Y-%m}")
    row = PerformanceMonthRow(month=month, closed_at=now, rules_version=rules_version)
    session.add(row)
    session.flush()
    for one in figures:
        tally = one.tally
        session.add(
            PerformanceFigureRow(
                month_id=row.id, agent_id=one.agent_id, unit_id=one.unit_id, measure=one.measure, n=tally.n,
                total=tally.total, squares=tally.squares, sources=[list(pair) for pair in one.by_source.items()],
                changes=[list(pair) for pair in one.changes.items()],
            )
        )  # fmt: skip
    session.flush()
    journal.record(session, SYSTEM, "performance.close", f"month:{month:%Y-%m}", now, figures=len(figures))


def kept(session: Session, month: date) -> list[Figure]:
    """The figures of a closed month."""
    query = select(PerformanceFigureRow).join(
        PerformanceMonthRow, PerformanceMonthRow.id == PerformanceFigureRow.month_id
    )
    query = query.where(PerformanceMonthRow.month == month).order_by(PerformanceFigureRow.id)
    return [_figure(row) for row in session.scalars(query)]


def _figure(row: PerformanceFigureRow) -> Figure:
    values, changes = _pairs(row.sources), _pairs(row.changes)
    if changes:
        return Figure(row.agent_id, row.unit_id, row.measure, values, changes)
    return Figure(row.agent_id, row.unit_id, row.measure, values,
                  counted=Tally(row.n, row.total, row.squares, sources=tuple(values)))  # fmt: skip


def _pairs(kept_pairs: Iterable[Sequence[str | float]]) -> dict[str, float]:
    return {str(source): float(value) for source, value in kept_pairs}


def overturned_since(session: Session, month: date) -> dict[int, dict[str, float]]:
    """What re-checks and disputes changed in the scores of closed months before a month, and no sheet counts yet.

    By agent and call: the score as it stands now less what the closed months hold of it.
    """
    query = (
        select(PerformanceFigureRow)
        .join(PerformanceMonthRow, PerformanceMonthRow.id == PerformanceFigureRow.month_id)
        .where(PerformanceFigureRow.measure == EVALUATIONS, PerformanceMonthRow.month < month,
               PerformanceMonthRow.month >= month - LOOKS_BACK)
    )  # fmt: skip
    counted: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in session.scalars(query):
        for pairs in (row.sources, row.changes):
            for source, value in _pairs(pairs).items():
                counted[row.agent_id][source] += value
    now_at = standing(session, {_call(source) for held in counted.values() for source in held})
    found: dict[int, dict[str, float]] = {}
    for agent, held in counted.items():
        moved = {source: now_at[_call(source)] - value for source, value in held.items() if _call(source) in now_at}
        if changed := {source: by for source, by in moved.items() if abs(by) > LEAST_CHANGE}:
            found[agent] = changed
    return found


def _call(source: str) -> int:
    return int(source.partition(":")[2])


def with_changes(figures: Sequence[Figure], changes: Mapping[int, Mapping[str, float]]) -> list[Figure]:
    """The figures of an open month with what overturns of closed months brought to those who have a score in it.

    Who has none keeps the change for the next month in which there is one.
    """
    return [
        Figure(one.agent_id, one.unit_id, one.measure, one.by_source, changes[one.agent_id], one.counted)
        if one.measure == EVALUATIONS and one.by_source and one.agent_id in changes else one
        for one in figures
    ]  # fmt: skip
