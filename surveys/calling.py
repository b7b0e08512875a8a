"""When a customer may be called (外呼规则), who is next, and what follows from an outcome: pure rules on a ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid
from qa_app.core.working_days import DayKind
from surveys.dispositions import Disposition
from surveys.profiles import shipped_text
from surveys.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from qa_app.core.working_days import WorkingDays

Hours = tuple[tuple[time, time], ...]
_D = Disposition
UNREACHED = frozenset({_D.NO_ANSWER, _D.BUSY, _D.SWITCHED_OFF})
"""Calls in which nobody was spoken to: the cap on attempts counts these."""
ENDS = frozenset({_D.COMPLETED, _D.REFUSED, _D.WRONG_PERSON, _D.NOT_IN_SERVICE})
"""Outcomes after which a task is not called again."""
LOOK_AHEAD_DAYS = 30
STEP, EARLY = timedelta(minutes=30), timedelta(minutes=2)


class Bar(StrEnum):
    """Why a task may not be called at a moment."""

    ENDED = "ended"
    NOT_DUE = "not_due"
    QUIET_HOURS = "quiet_hours"
    TOO_SOON = "too_soon"
    SAME_HOUR = "same_hour"
    SAME_DAY = "same_day"
    ATTEMPTS_USED = "attempts_used"
    CALLS_USED = "calls_used"
    CALLED_TODAY = "called_today"
    CALLED_OFTEN = "called_often"
    REFUSED = "refused"
    DO_NOT_CONTACT = "do_not_contact"
    HANDLED_IT = "handled_it"


BAR_WORDS = {
    Bar.ENDED: N_("this task has ended"),
    Bar.NOT_DUE: N_("not due yet"),
    Bar.QUIET_HOURS: N_("outside of the calling hours"),
    Bar.TOO_SOON: N_("too soon after the last call"),
    Bar.SAME_HOUR: N_("the same hour of day as a call that was not answered"),
    Bar.SAME_DAY: N_("the last attempt must be on another day"),
    Bar.ATTEMPTS_USED: N_("all attempts are used"),
    Bar.CALLS_USED: N_("all calls of this task are used"),
    Bar.CALLED_TODAY: N_("this customer was called often enough today"),
    Bar.CALLED_OFTEN: N_("this customer was called often enough in 30 days"),
    Bar.REFUSED: N_("this customer refused and is not to be contacted"),
    Bar.DO_NOT_CONTACT: N_("this customer is on the do-not-contact list"),
    Bar.HANDLED_IT: N_("you handled this case yourself"),
}


@dataclass(frozen=True, slots=True)
class CallingRules:
    """The rules of one operator; `due_hours` is by class code or its first level."""

    hours: Mapping[DayKind, Hours]
    booked_on_holiday: Hours
    retry: Mapping[Disposition, timedelta]
    other_hour: timedelta
    most_attempts: int
    least_days: int
    calls_a_task: int
    calls_a_day: int
    calls_in_30_days: int
    refusal_bar: timedelta
    survey_cap: timedelta
    due: Mapping[str, timedelta]
    claim: timedelta
    appointment_grace: timedelta
    remind: timedelta
    expire: timedelta

    def due_after(self, class_code: str) -> timedelta:
        """How long after the feedback a case of that class is called back."""
        top = class_code.partition("/")[0]
        return next((self.due[name] for name in (class_code, top) if name in self.due), self.due["default"])


@dataclass(frozen=True, slots=True)
class Attempt:
    """One telephone call of a task."""

    at: datetime
    disposition: Disposition
    appointment_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A task as the rules see it; attempts in the order they were made."""

    due_at: datetime
    attempts: tuple[Attempt, ...] = ()
    priority: int = 0
    number: int = 0

    @property
    def appointment_at(self) -> datetime | None:
        """The moment that the customer chose in the last call, if they did."""
        return self.attempts[-1].appointment_at if self.attempts else None


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a customer over all tasks: calls made, when they answered and did not, what bars them.

    `perhaps` are further time zones in which a number of that country may be.
    """

    zone: ZoneInfo
    calls: tuple[datetime, ...] = ()
    refused_at: datetime | None = None
    barred_until: datetime | None = None
    good_hours: frozenset[int] = field(default_factory=frozenset)
    bad_hours: frozenset[int] = field(default_factory=frozenset)
    perhaps: tuple[ZoneInfo, ...] = ()


def windows(day: date, days: WorkingDays, rules: CallingRules, *, booked: bool = False) -> Hours:
    """The calling hours of a day; on a public holiday only for a booked call."""
    kind = days.kind(day)
    return rules.booked_on_holiday if kind is DayKind.HOLIDAY and booked else rules.hours[kind]


def is_open(at: datetime, person: Person, days: WorkingDays, rules: CallingRules, *, booked: bool = False) -> bool:
    """Whether a moment lies in calling hours wherever the customer may be; the end of a window lies outside."""
    return all(
        any(begin <= local.time() < end for begin, end in windows(local.date(), days, rules, booked=booked))
        for local in (at.astimezone(zone) for zone in (person.zone, *person.perhaps))
    )


def next_open(person: Person, after: datetime, days: WorkingDays, rules: CallingRules) -> datetime | None:
    """The first moment from `after` on in calling hours, within 30 days; looked for every half hour."""
    if is_open(after, person, days, rules):
        return after
    starts = _half_hours(person, after, days, rules)
    return next((at for at in starts if is_open(at, person, days, rules)), None)


def is_booked(task: Task, at: datetime, rules: CallingRules) -> bool:
    """Whether this is the moment that the customer chose, or some minutes after it."""
    chosen = task.appointment_at
    return chosen is not None and chosen - EARLY <= at <= chosen + rules.appointment_grace


def person_bars(person: Person, at: datetime, rules: CallingRules) -> list[Bar]:
    """What bars every call, message and link to a customer."""
    found = []
    if person.refused_at is not None and at < person.refused_at + rules.refusal_bar:
        found.append(Bar.REFUSED)
    if person.barred_until is not None and at < person.barred_until:
        found.append(Bar.DO_NOT_CONTACT)
    return found


def bars(task: Task, person: Person, at: datetime, days: WorkingDays, rules: CallingRules) -> tuple[Bar, ...]:
    """Every reason why a task may not be called at a moment; none = it may."""
    found = person_bars(person, at, rules)
    if any(one.disposition in ENDS for one in task.attempts):
        found.append(Bar.ENDED)
    if sum(one.disposition in UNREACHED for one in task.attempts) >= rules.most_attempts:
        found.append(Bar.ATTEMPTS_USED)
    if len(task.attempts) >= rules.calls_a_task:
        found.append(Bar.CALLS_USED)
    found += _often(person, at, rules)
    booked = is_booked(task, at, rules)
    if not is_open(at, person, days, rules, booked=booked):
        found.append(Bar.QUIET_HOURS)
    if task.appointment_at is not None and at < task.appointment_at - EARLY:
        found.append(Bar.NOT_DUE)
    if task.appointment_at is None and at < task.due_at:
        found.append(Bar.NOT_DUE)
    return (*found, *([] if booked else _retry_bars(task, person, at, rules)))


def _often(person: Person, at: datetime, rules: CallingRules) -> list[Bar]:
    day = at.astimezone(person.zone).date()
    found = []
    if sum(call.astimezone(person.zone).date() == day for call in person.calls) >= rules.calls_a_day:
        found.append(Bar.CALLED_TODAY)
    if sum(at - timedelta(days=30) < call <= at for call in person.calls) >= rules.calls_in_30_days:
        found.append(Bar.CALLED_OFTEN)
    return found


def _retry_bars(task: Task, person: Person, at: datetime, rules: CallingRules) -> Iterator[Bar]:
    """Delay after the last call, another hour of day than those unanswered, the last attempt on another day."""
    if not task.attempts:
        return
    last = task.attempts[-1]
    if at < last.at + rules.retry.get(last.disposition, timedelta()):
        yield Bar.TOO_SOON
    unanswered = [one.at.astimezone(person.zone) for one in task.attempts if one.disposition in UNREACHED]
    local = at.astimezone(person.zone)
    if any(_apart(one, local) < rules.other_hour for one in unanswered):
        yield Bar.SAME_HOUR
    different = {one.date() for one in unanswered} | {local.date()}
    if len(unanswered) == rules.most_attempts - 1 and len(different) < rules.least_days:
        yield Bar.SAME_DAY


def _apart(one: datetime, other: datetime) -> timedelta:
    """How far two times of day lie apart, round the clock."""
    minutes = abs((one.hour - other.hour) * 60 + one.minute - other.minute)
    return timedelta(minutes=min(minutes, 24 * 60 - minutes))


def next_moment(
    task: Task, person: Person, after: datetime, days: WorkingDays, rules: CallingRules
) -> datetime | None:  # fmt: skip
    """The earliest moment from `after` on at which the task may be called, within 30 days; None where there is none.

    An hour at which the customer once answered is preferred within two days, one at which they never did is avoided.
    """
    first: datetime | None = None
    for at in _moments(task, person, after, days, rules):
        if bars(task, person, at, days, rules):
            continue
        first = first or at
        hour = at.astimezone(person.zone).hour
        if task.appointment_at is not None or hour in person.good_hours:
            return at
        if not person.good_hours and hour not in person.bad_hours:
            return at
        if at > first + timedelta(days=2):
            return first
    return first


def _moments(
    task: Task, person: Person, after: datetime, days: WorkingDays, rules: CallingRules
) -> Iterator[datetime]:  # fmt: skip
    """Moments worth looking at: now, when something begins, and every half hour of open windows."""
    starts = {after, task.due_at}
    if task.appointment_at is not None:
        starts.add(task.appointment_at)
    yield from sorted(at for at in starts if at >= after)
    yield from _half_hours(person, after, days, rules)


def _half_hours(person: Person, after: datetime, days: WorkingDays, rules: CallingRules) -> Iterator[datetime]:
    local = after.astimezone(person.zone)
    for number in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=number)
        for begin, end in windows(day, days, rules):
            at = datetime.combine(day, begin, person.zone)
            while at < datetime.combine(day, end, person.zone):
                if at >= after:
                    yield at.astimezone(after.tzinfo)
                at += STEP


def slots(person: Person, after: datetime, days: WorkingDays, rules: CallingRules, ahead: int = 7) -> list[datetime]:
    """The lawful moments that a customer may choose for an appointment, every half hour over some days."""
    local, found = after.astimezone(person.zone), []
    for number in range(ahead):
        day = local.date() + timedelta(days=number)
        for begin, end in windows(day, days, rules, booked=True):
            at = datetime.combine(day, begin, person.zone)
            while at < datetime.combine(day, end, person.zone):
                barred = person_bars(person, at, rules) or _often(person, at, rules)
                if at > after and not barred and is_open(at, person, days, rules, booked=True):
                    found.append(at.astimezone(after.tzinfo))
                at += STEP
    return found


def order(task: Task, at: datetime, rules: CallingRules) -> tuple[int, datetime, int, datetime, int]:
    """What comes first: an appointment that is due, then the higher priority, then the longest due."""
    if is_booked(task, at, rules) and task.appointment_at is not None:
        return 0, task.appointment_at, -task.priority, task.due_at, task.number
    return 1, datetime.max.replace(tzinfo=at.tzinfo), -task.priority, task.due_at, task.number


def calls_over(task: Task, rules: CallingRules) -> bool:
    """Whether a task is not to be telephoned any more."""
    unreached = sum(one.disposition in UNREACHED for one in task.attempts)
    ended = any(one.disposition in ENDS for one in task.attempts)
    return ended or unreached >= rules.most_attempts or len(task.attempts) >= rules.calls_a_task


def may_have_link(task: Task) -> bool:
    """Whether a link may be sent after the calls: not after a refusal, nor to a number that is not the customer's."""
    return not any(one.disposition in ENDS for one in task.attempts)


def calling_from_yaml(text: str, where: str = "calling") -> CallingRules:
    """The calling rules of a YAML text; Invalid names what does not fit."""
    try:
        given = yaml.safe_load(text)
        found = _rules(given)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("{where}: hours, retry_minutes, attempts, calls, due_hours and links are needed as in the rules "
                      "that ship ({error}).", where=where, error=error) from error  # fmt: skip
    if min(found.most_attempts, found.least_days, found.calls_a_task, found.calls_a_day, found.calls_in_30_days) < 1:
        raise Invalid("{where}: every cap is 1 or more.", where=where)
    if found.least_days > found.most_attempts:
        raise Invalid("{where}: {attempts} attempts cannot be made on {days} days.", where=where,
                      attempts=found.most_attempts, days=found.least_days)  # fmt: skip
    if min(found.refusal_bar, found.survey_cap) < timedelta(days=90):
        raise Invalid("{where}: after a refusal a customer is left alone for 90 days at least.", where=where)
    return found


def _rules(given: Mapping[str, Any]) -> CallingRules:
    minutes = {Disposition(name): timedelta(minutes=float(value)) for name, value in given["retry_minutes"].items()}
    return CallingRules(
        hours={kind: _hours(given["hours"][kind.value]) for kind in DayKind},
        booked_on_holiday=_hours(given["hours"]["booked_on_holiday"]),
        retry=minutes,
        other_hour=timedelta(minutes=float(given["other_hour_minutes"])),
        most_attempts=int(given["attempts"]["most"]), least_days=int(given["attempts"]["days"]),
        calls_a_task=int(given["calls"]["a_task"]), calls_a_day=int(given["calls"]["a_day"]),
        calls_in_30_days=int(given["calls"]["in_30_days"]),
        refusal_bar=timedelta(days=float(given["refusal_bar_days"])),
        survey_cap=timedelta(days=float(given["survey_cap_days"])),
        due={"default": timedelta(hours=24)}
        | {str(name): timedelta(hours=float(value)) for name, value in given["due_hours"].items()},
        claim=timedelta(minutes=float(given["claim_minutes"])),
        appointment_grace=timedelta(minutes=float(given["appointment_grace_minutes"])),
        remind=timedelta(hours=float(given["links"]["remind_hours"])),
        expire=timedelta(hours=float(given["links"]["expire_hours"])),
    )  # fmt: skip


def _hours(given: list[str]) -> Hours:
    found = tuple(tuple(time.fromisoformat(part) for part in text.split("-")) for text in given)
    ends = [moment for window in found for moment in window]
    if any(len(window) != 2 for window in found) or ends != sorted(set(ends)):  # noqa: PLR2004 - a start and an end
        message = f"the hours {given} do not follow each other"
        raise ValueError(message)
    return found  # type: ignore[return-value]  # pairs, as has just been checked


@cache
def shipped_calling() -> CallingRules:
    """The calling rules that ship."""
    return calling_from_yaml(shipped_text("calling"))
