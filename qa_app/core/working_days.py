"""China's working days with shifted days (调休), under the operator's own corrections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from itertools import count, takewhile
from typing import TYPE_CHECKING

import holidays

from qa_app.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

LONGEST_WAY = 3660
"""Days looked ahead at most: ten years without a working day are a mistake in the corrections."""


class DayKind(StrEnum):
    """What a day is for calling hours and working-day clocks; a shifted working Saturday is a working day."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked, in one time zone.

    Dates come from the State Council's yearly arrangement as the `holidays` package carries it; `corrections` (a day
    and what it is) stand above it. Days after the last published year are the statutory holidays without shifted
    days: provisional until the arrangement is known. `shifts` are the working hours of a day.
    """

    zone: ZoneInfo
    corrections: Mapping[date, DayKind] = field(default_factory=dict)
    shifts: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(18, 30)))

    def __post_init__(self) -> None:
        ends = [moment for shift in self.shifts for moment in shift]
        if not ends or ends != sorted(set(ends)):
            raise Invalid("The working hours {hours} do not follow each other. Give each shift a start before its end.",
                          hours=", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.shifts))  # fmt: skip

    def kind(self, day: date) -> DayKind:
        """What that day is."""
        return self.corrections.get(day) or _kind(day)

    def is_working(self, day: date) -> bool:
        """Whether that day is worked."""
        return self.kind(day) is DayKind.WORKING

    def is_provisional(self, day: date) -> bool:
        """Whether the arrangement of that day's year is not published yet."""
        return day.year > published_to() and day not in self.corrections

    def after_working_days(self, start: datetime, days: float) -> datetime:
        """The end (24:00) of the n-th working day after the day of `start`, which does not count itself.

        Source: Civil Code of China, articles 201 and 203. Less than a day is counted in working hours.
        """
        whole = int(days)
        if whole == 0:
            return self.after_working_hours(start, days * self.hours_a_day)
        day = start.astimezone(self.zone).date()
        for later in _days_after(day):
            whole -= self.is_working(later)
            if whole == 0:
                return datetime.combine(later + timedelta(days=1), time(), self.zone)
        raise AssertionError  # pragma: no cover - the days after a day never end without an error

    def after_calendar_days(self, start: datetime, days: float) -> datetime:
        """The end (24:00) of the n-th day after the day of `start`."""
        day = start.astimezone(self.zone).date() + timedelta(days=int(days) + 1)
        return datetime.combine(day, time(), self.zone)

    def after_working_hours(self, start: datetime, hours: float) -> datetime:
        """When that many hours of work have passed since `start`."""
        left = timedelta(hours=hours)
        local = start.astimezone(self.zone)
        for begin, end in self._shifts_from(local):
            from_here = max(begin, local)
            if from_here + left <= end:
                return from_here + left
            left -= max(timedelta(), end - from_here)
        raise AssertionError  # pragma: no cover - shifts never end without an error

    def working_hours_between(self, start: datetime, end: datetime) -> float:
        """Hours of work from `start` to `end`; 0 where the end is not later."""
        worked = timedelta()
        local, until = start.astimezone(self.zone), end.astimezone(self.zone)
        for begin, over in self._shifts_from(local):
            if begin >= until:
                break
            worked += max(timedelta(), min(over, until) - max(begin, local))
        return worked / timedelta(hours=1)

    @property
    def hours_a_day(self) -> float:
        """Hours of work in a working day."""
        return sum((_of_day(end) - _of_day(start)) / timedelta(hours=1) for start, end in self.shifts)

    def _shifts_from(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        for day in _days_after(local.date() - timedelta(days=1)):
            if self.is_working(day):
                for begin, end in self.shifts:
                    yield datetime.combine(day, begin, self.zone), datetime.combine(day, end, self.zone)


@cache
def published_to() -> int:
    """The last year whose arrangement is known: the newest shifted working day tells."""
    calendar = holidays.country_holidays("CN", years=range(2020, 2100))
    return max(day.year for day in calendar.weekend_workdays)


@lru_cache(maxsize=20_000)
def _kind(day: date) -> DayKind:
    """A weekend that joins a public holiday belongs to it: the yearly notice counts such a break as one."""
    if _is_worked(day):
        return DayKind.WORKING
    is_part = any(_is_public(each) for step in (-1, 1) for each in takewhile(_is_free, _walk(day, step)))
    return DayKind.HOLIDAY if is_part else DayKind.WEEKEND


def _is_worked(day: date) -> bool:
    return bool(_year(day.year).is_working_day(day))


def _is_free(day: date) -> bool:
    return not _is_worked(day)


def _is_public(day: date) -> bool:
    return day in _year(day.year)


def _walk(day: date, step: int) -> Iterator[date]:
    return (day + timedelta(days=step * number) for number in count())


@cache
def _year(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def _days_after(day: date) -> Iterator[date]:
    for number in range(1, LONGEST_WAY):
        yield day + timedelta(days=number)
    raise Invalid("There is no working day in the ten years after {day}. Mend the calendar's corrections.", day=day)


def _of_day(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)
