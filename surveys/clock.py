"""The clock of a case: every deadline that its steps have started, ended, paused or missed under one profile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from surveys.model import (
    CallbackResult,
    Complexity,
    Deadline,
    DeadlineState,
    Step,
    StepKind,
    Traits,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qa_app.core.working_days import WorkingDays
    from surveys.profiles import ClockRule, Limit, Profile

    Pauses = tuple[tuple[datetime, datetime], ...]

DISSATISFIED, RECORDED = "dissatisfied", "recorded"
"""Events beside the kinds of steps: a closing callback whose answer was no, and the entry of the receipt."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a step is for the clocks: a name, its moment, and the step."""

    name: str
    at: datetime
    step: Step


def deadlines(
    steps: Sequence[Step], traits: Traits, profile: Profile, days: WorkingDays, now: datetime
) -> tuple[Deadline, ...]:
    """Every deadline of a case at the moment `now`, in the order in which they fall due.

    A clock that runs is not started again before it ends. A pause adds its own length, or on clocks that count days
    each day whose end it covers. An assessment chooses other limits only while the clock it changes still runs, so
    that no later step moves a deadline that has passed.
    """
    events = _events(steps)
    found = [one for rule in profile.rules if rule.limit for one in _of_rule(rule, events, traits, days, now)]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.clock)))


def traits_until(traits: Traits, steps: Sequence[Step], moment: datetime) -> Traits:
    """What was known of the case at a moment: its registration, amended by the last assessment until then."""
    for step in steps:
        if step.kind is StepKind.ASSESSED and step.at <= moment:
            complexity, urgency = Complexity(str(step.facts["complexity"])), Urgency(str(step.facts["urgency"]))
            traits = replace(traits, complexity=complexity, urgency=urgency)
    return traits


def due_at(limit: Limit, start: Event, pauses: Pauses, days: WorkingDays) -> datetime:
    """When a clock that started then falls due."""
    if limit.unit == "fact":
        return _moment(start.step, limit.fact)
    if limit.unit in ("minutes", "hours"):
        return _after_hours(start.at, timedelta(**{limit.unit: limit.amount}), pauses)
    if limit.unit == "working_hours" or (limit.unit == "working_days" and limit.amount < 1):
        hours = limit.amount * (days.hours_a_day if limit.unit == "working_days" else 1)
        return _after_working_hours(start.at, hours, pauses, days)
    return _after_days(limit, start.at, pauses, days)


def _events(steps: Sequence[Step]) -> list[Event]:
    events = []
    for step in steps:
        events.append(Event(step.kind.value, step.at, step))
        if step.kind is StepKind.RECEIVED:
            events.append(Event(RECORDED, step.recorded_at, step))
        if step.kind is StepKind.CALLED_BACK and step.facts.get("result") == CallbackResult.DISSATISFIED:
            events.append(Event(DISSATISFIED, step.at, step))
    return events


def _of_rule(rule: ClockRule, events: list[Event], traits: Traits, days: WorkingDays, now: datetime) -> list[Deadline]:
    """The runs of one clock: from a starting event to the first ending one after it, or until now."""
    runs: list[tuple[Event, Event | None]] = []
    for event in events:
        if event.name in rule.ends and runs and runs[-1][1] is None and event.at >= runs[-1][0].at:
            runs[-1] = runs[-1][0], event
        is_running = bool(runs) and runs[-1][1] is None
        if event.name in rule.starts and not is_running and _has_facts(rule, event.step):
            runs.append((event, None))
    steps = [event.step for event in events if event.name == event.step.kind.value]
    found = []
    for start, end in runs:
        pauses, is_paused = _pauses(steps, end.at if end else now) if rule.pausable else ((), False)
        one = _deadline(rule, start, end, pauses, days, now, is_paused=is_paused and end is None)
        before_end = [step for step in steps if end is None or step.number <= end.step.number]
        if rule.fits(traits_until(traits, before_end, one.due_at)):
            found.append(one)
    return found


def _has_facts(rule: ClockRule, step: Step) -> bool:
    return all(str(step.facts.get(name)) in allowed for name, allowed in rule.when_facts.items())


def _deadline(
    rule: ClockRule, start: Event, end: Event | None, pauses: Pauses, days: WorkingDays, now: datetime, *,
    is_paused: bool,
) -> Deadline:  # fmt: skip
    assert rule.limit is not None  # noqa: S101 - rules without a limit never run
    due = due_at(rule.limit, start, pauses, days)
    warn = _warn_at(rule, start.at, due, days)
    if end is not None:
        state = DeadlineState.MET if end.at <= due else DeadlineState.MET_LATE
    elif now > due:
        state = DeadlineState.OVERDUE
    elif is_paused:
        state = DeadlineState.PAUSED
    else:
        state = DeadlineState.WARNED if now >= warn else DeadlineState.RUNNING
    is_worked = rule.limit.unit in ("working_days", "working_hours")
    last = (due.astimezone(days.zone) - timedelta(microseconds=1)).date()
    return Deadline(
        clock=rule.clock, started_by=start.step.number, started_at=start.at, due_at=due.astimezone(UTC),
        warn_at=warn.astimezone(UTC), state=state, ended_at=end.at if end else None,
        provisional=is_worked and days.is_provisional(last),
    )  # fmt: skip


def _warn_at(rule: ClockRule, start: datetime, due: datetime, days: WorkingDays) -> datetime:
    """The moment at which the warning share of the way is over, in working hours where the clock counts those."""
    if rule.limit is not None and rule.limit.unit in ("working_days", "working_hours"):
        hours = days.working_hours_between(start, due) * rule.warn_share
        return min(due, days.after_working_hours(start, hours)) if hours else start
    return start + (due - start) * rule.warn_share


def _pauses(steps: Sequence[Step], now: datetime) -> tuple[Pauses, bool]:
    """The pauses until a moment, joined where they overlap, and whether one is open; an open one lasts until then."""
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for step in sorted((one for one in steps if one.at <= now), key=lambda one: (one.at, one.number)):
        if step.kind is StepKind.PAUSED and since is None:
            since = step.at
        elif step.kind is StepKind.RESUMED and since is not None:
            found.append((since, step.at))
            since = None
    if since is not None and since < now:
        found.append((since, now))
    return tuple(found), since is not None


def _after_hours(start: datetime, left: timedelta, pauses: Pauses) -> datetime:
    due = start + left
    for begin, end in pauses:
        if end > start and begin < due:
            due += end - max(begin, start)
    return due


def _after_working_hours(start: datetime, hours: float, pauses: Pauses, days: WorkingDays) -> datetime:
    for begin, end in pauses:
        due = days.after_working_hours(start, hours)
        if end > start and begin < due:
            hours -= days.working_hours_between(start, max(begin, start))
            start = end
    return days.after_working_hours(start, hours)


def _after_days(limit: Limit, start: datetime, pauses: Pauses, days: WorkingDays) -> datetime:
    """The end of the n-th day after the start whose end no pause covers."""
    first = start.astimezone(days.zone).date()
    left = int(limit.amount)
    for number in count(0 if left == 0 else 1):
        day = first + timedelta(days=number)
        end = datetime.combine(day + timedelta(days=1), time(), days.zone)
        counts = limit.unit == "calendar_days" or days.is_working(day)
        if counts and not any(begin < end <= over for begin, over in pauses):
            left -= 1
            if left <= 0:
                return end
    raise AssertionError  # pragma: no cover - counting does not end


def _moment(step: Step, fact: str) -> datetime:
    value = step.facts.get(fact)
    moment = value if isinstance(value, datetime) else _read(value)
    if moment is None or moment.tzinfo is None:
        raise Invalid(
            "{kind}.{field} is “{value}”. Give a moment with its time zone.",
            kind=step.kind.value,
            field=fact,
            value=value,
        )
    return moment


def _read(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
