"""Performance sheets (绩效): figures of scores, key ratings, calls and cases brought together, and months closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import Action, Actor, covers, reach
from qa_app.core.db import reading, transaction
from scorecards import performance_months, queries, regimes, shopping_visits
from scorecards.disputes import closes_at
from scorecards.performance import Formula, PerformanceRules, Sheet, Tally, make_sheet, pooled
from scorecards.performance_months import EVALUATIONS, Figure
from surveys import queries as complaints
from surveys import ratings
from surveys.first_asked import first_asked
from surveys.office import Office
from transcription import finding
from transcription.finding import ScoreableCall

FCR_DAYS = 7
SATISFIED_FROM = 4
CSAT, AHT, VOLUME, FCR, ON_THE_SPOT, DEDUCTIONS = "csat", "aht_s", "volume", "fcr", "on_the_spot", "deductions"
VISITS = "visits"
OF_CALLS = frozenset({AHT, VOLUME, FCR})
"""Measures whose sources are all calls of the month and are not written one by one."""


@dataclass(frozen=True, slots=True)
class AgentSheet:
    """The sheet of an agent over some months, the figures behind it by measure, and whether all months are closed."""

    agent_id: int
    name: str
    unit_id: int
    sheet: Sheet
    figures: Mapping[str, tuple[Figure, ...]]
    is_closed: bool


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_of_quarter(day: date) -> tuple[date, date, date]:
    """The first days of the months of the calendar quarter that a day lies in."""
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    second = next_month(first)
    return first, second, next_month(second)


def sheets(session: Session, actor: Actor, now: datetime, office: Office, months: Sequence[date]) -> list[AgentSheet]:
    """The sheets of the agents in reach over some months, pooled from all values; by name, never by rank."""
    found = reach(actor, Action.SEE_PERFORMANCE)
    closed = performance_months.months_closed(session)
    rules = regimes.regime(session, max(closed[one] for one in months) if set(months) <= set(closed) else now)
    by_agent: dict[int, list[dict[str, Figure]]] = defaultdict(list)
    for month in months:
        of_month: dict[int, dict[str, Figure]] = defaultdict(dict)
        for one in figures(session, now, office, month):
            of_month[one.agent_id][one.measure] = one
        for agent, measures in of_month.items():
            by_agent[agent].append(measures)
    units, names = people.unit_by_person(session), people.names_of(session, by_agent)
    seen = [agent for agent in by_agent if covers(found, units.get(agent), frozenset({agent}))]
    made = [
        _sheet(agent, names.get(agent, "–"), units[agent], _period(months), by_agent[agent], rules.performance,
               is_closed=set(months) <= set(closed))
        for agent in seen
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.name, one.agent_id))


def _period(months: Sequence[date]) -> str:
    return f"{months[0]:%Y-%m}" if len(months) == 1 else f"{months[0]:%Y}Q{(months[0].month + 2) // 3}"


def _sheet(
    agent: int, name: str, unit: int, period: str, months: Sequence[Mapping[str, Figure]], rules: PerformanceRules,
    *, is_closed: bool,
) -> AgentSheet:  # fmt: skip
    known = {one.code for part in rules.parts for one in part.measures}
    tallies = pooled({code: one.tally for code, one in month.items() if code in known} for month in months)
    behind: dict[str, list[Figure]] = defaultdict(list)
    for month in months:
        for code, one in month.items():
            behind[code].append(one)
    kept = {code: tuple(found) for code, found in behind.items()}
    return AgentSheet(agent, name, unit, make_sheet(agent, period, tallies, rules), kept, is_closed)


def figures(session: Session, now: datetime, office: Office, month: date) -> list[Figure]:
    """Every figure of a month: as it was closed, or as it stands now. Whoever shows them cuts them to the reach."""
    if month in performance_months.months_closed(session):
        return performance_months.kept(session, month)
    since, until = _span(office, month)
    calls = _calls(session, since, until)
    found = [*_of_calls(session, now, calls), *_of_scores(session, now, since, month, calls)]
    pressed = ratings.pressed(session, since, until)
    agent_of = {one.id: one.agent_id for one in calls}
    found += _figures(CSAT, ((agent_of[call], f"call:{call}", float(value >= SATISFIED_FROM))
                             for call, value in pressed.items() if call in agent_of))  # fmt: skip
    found += _figures(ON_THE_SPOT, ((one.person_id, f"case:{one.case_id}", float(one.on_the_spot))
                                    for one in first_asked(session, since, until)))  # fmt: skip
    found += _figures(VISITS, ((one.agent_id, f"visit:{one.visit_id}", one.points)
                               for one in shopping_visits.counted_visits(session, since, until)))  # fmt: skip
    units_of = people.unit_by_person(session)
    found = [Figure(one.agent_id, units_of[one.agent_id], one.measure, one.by_source, one.changes, one.counted)
             for one in found]  # fmt: skip
    return performance_months.with_changes(found, performance_months.overturned_since(session, month))


def _span(office: Office, month: date) -> tuple[datetime, datetime]:
    return datetime.combine(month, time(), office.zone), datetime.combine(next_month(month), time(), office.zone)


def _figures(measure: str, values: Iterable[tuple[int, str, float]]) -> list[Figure]:
    by_agent: dict[int, dict[str, float]] = defaultdict(dict)
    for agent, source, value in values:
        by_agent[agent][source] = value
    return [Figure(agent, 0, measure, found) for agent, found in by_agent.items()]


def _of_scores(
    session: Session, now: datetime, since: datetime, month: date, calls: Sequence[ScoreableCall]
) -> list[Figure]:
    """Scores of calls drawn by lot, and what confirmed fatal errors of any scored call cost."""
    agent_of = {one.id: one.agent_id for one in calls}
    drawn = performance_months.random_scores(session, month, next_month(month) - timedelta(days=1))
    found = _figures(EVALUATIONS, ((agent_of[call], f"call:{call}", value)
                                   for call, value in drawn.items() if call in agent_of))  # fmt: skip
    measures = [one for part in regimes.regime(session, now).performance.parts for one in part.measures]
    points = next((one.points or 0.0 for one in measures if one.formula is Formula.DEDUCTIONS), 0.0)
    fatal = queries.fatal_calls(session, since)
    return found + _figures(DEDUCTIONS, ((agent_of[call], f"call:{call}", points * is_fatal)
                                         for call, is_fatal in fatal.items() if call in agent_of))  # fmt: skip


def _of_calls(session: Session, now: datetime, calls: Sequence[ScoreableCall]) -> list[Figure]:
    """Handling time, number, and whether the customer called again within a week, of all calls of an agent."""
    if not calls:
        return []
    last = max(one.started_at for one in calls)
    again = _called_again(session, calls, last)
    lasted: dict[int, list[float]] = defaultdict(list)
    once: dict[int, list[float]] = defaultdict(list)
    for one in calls:
        lasted[one.agent_id].append(one.duration_s)
        if one.customer_ref and one.started_at + timedelta(days=FCR_DAYS) <= now:
            once[one.agent_id].append(float(one.id not in again))
    found = [Figure(agent, 0, AHT, counted=Tally.of(values)) for agent, values in lasted.items()]
    found += [Figure(agent, 0, VOLUME, counted=Tally.of_share(len(values), len(values)))
              for agent, values in lasted.items()]  # fmt: skip
    return found + [Figure(agent, 0, FCR, counted=Tally.of(values)) for agent, values in once.items()]


def _called_again(session: Session, calls: Sequence[ScoreableCall], last: datetime) -> set[int]:
    """The calls whose customer called anybody again within the days of first-call resolution."""
    week = timedelta(days=FCR_DAYS)
    known = finding.calls_between(session, min(one.started_at for one in calls), last + week)
    by_customer: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for call, at, reference in known:
        by_customer[reference].append((at, call))
    return {
        call
        for times in by_customer.values()
        for (at, call), (next_at, _next_call) in pairwise(sorted(times))
        if next_at - at <= week
    }


def calls_of(session: Session, actor: Actor, office: Office, agent_id: int, months: Sequence[date]) -> list[
    ScoreableCall
]:  # fmt: skip
    """The calls behind an agent's times and numbers, for whoever may see that agent's sheet."""
    found, unit = reach(actor, Action.SEE_PERFORMANCE), people.unit_of(session, agent_id)
    if not covers(found, unit, frozenset({agent_id})):
        return []
    since, until = _span(office, months[0])[0], _span(office, months[-1])[1]
    return [one for one in _calls(session, since, until) if one.agent_id == agent_id]


def _calls(session: Session, since: datetime, until: datetime) -> list[ScoreableCall]:
    """Every transcribed call of the house that began in a time, with its first agent."""
    return finding.scoreable_calls(session, [one.id for one in people.units(session)], since, until, 0.0)


def close_due(engine: Engine, now: datetime, office: Office) -> list[date]:
    """Close every month that is due (封账): since the last closed one, at first only the month before this one.

    Each month in a transaction of its own, under the rules that are in force when it closes.
    """
    with reading(engine) as session:
        closed = performance_months.months_closed(session)
        days = complaints.working_days(session, office.zone)
        regime = regimes.regime(session, now)
    this = now.astimezone(office.zone).date().replace(day=1)
    month = next_month(max(closed)) if closed else (this - timedelta(days=1)).replace(day=1)
    done = []
    while month < this and now >= closes_at(month, regime.closing_day, days):
        with transaction(engine) as session:
            made = figures(session, now, office, month)
            performance_months.close(session, now, month, made, regime.version)
        done.append(month)
        month = next_month(month)
    return done
