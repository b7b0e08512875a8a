"""Working days as the State Council arranges them: shifted days, breaks, corrections, and what is not published yet."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from qa_app.core.working_days import DayKind, WorkingDays, published_to

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays(ZONE)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-11-09", DayKind.WORKING),  # an ordinary Monday
        ("2026-11-14", DayKind.WEEKEND),  # an ordinary Saturday
        ("2026-02-14", DayKind.WORKING),  # a Saturday worked for the Spring Festival
        ("2026-02-16", DayKind.HOLIDAY),  # Spring Festival's Eve
        ("2026-02-21", DayKind.HOLIDAY),  # a Saturday within that break
        ("2026-01-03", DayKind.HOLIDAY),  # the Saturday that ends New Year's break
        ("2026-01-04", DayKind.WORKING),  # the Sunday worked for it
        ("2026-10-10", DayKind.WORKING),  # a Saturday worked for the National Day
    ],
)
def test_a_day_is_what_the_yearly_notice_makes_of_it(day, kind):
    assert DAYS.kind(date.fromisoformat(day)) is kind


def test_working_days_are_counted_from_the_day_after_and_end_at_midnight():
    # Thursday 12 February 2026: Friday 13 is the first, the shifted Saturday 14 the second; then nine days are free.
    assert DAYS.after_working_days(local("2026-02-12T23:50"), 2) == local("2026-02-15T00:00")
    assert DAYS.after_working_days(local("2026-02-12T23:50"), 3) == local("2026-02-25T00:00")
    assert DAYS.after_calendar_days(local("2026-11-09T08:00"), 15) == local("2026-11-25T00:00")


def test_half_a_working_day_is_four_hours_of_work():
    # Friday 16:30: two hours until 18:30, two more on Monday from 09:00.
    assert DAYS.after_working_days(local("2026-11-13T16:30"), 0.5) == local("2026-11-16T11:00")
    assert DAYS.after_working_hours(local("2026-11-09T12:30"), 1) == local("2026-11-09T14:30")
    assert DAYS.after_working_hours(local("2026-11-09T09:00"), 3) == local("2026-11-09T12:00")


def test_an_operators_correction_stands_above_the_calendar():
    snowed_in = WorkingDays(ZONE, {date(2026, 11, 10): DayKind.HOLIDAY})
    assert snowed_in.after_working_days(local("2026-11-09T08:00"), 1) == local("2026-11-12T00:00")


def test_days_beyond_the_published_arrangement_are_provisional():
    assert published_to() >= 2026
    later = date(published_to() + 1, 5, 6)
    assert DAYS.is_provisional(later)
    assert not DAYS.is_provisional(date(published_to(), 12, 31))
    assert not WorkingDays(ZONE, {later: DayKind.WORKING}).is_provisional(later)


def test_working_hours_that_do_not_follow_each_other_are_refused():
    with pytest.raises(Invalid, match="do not follow"):
        WorkingDays(ZONE, shifts=((time(9), time(12)), (time(11), time(18))))


def test_corrections_that_leave_no_day_to_work_are_said():
    free = {date(2026, 1, 1) + timedelta(days=number): DayKind.HOLIDAY for number in range(4000)}
    with pytest.raises(Invalid, match="no working day"):
        WorkingDays(ZONE, free).after_working_days(local("2026-01-02T08:00"), 1)


@given(MOMENTS, st.integers(1, 40))
def test_the_end_lies_at_midnight_after_exactly_that_many_working_days(start, days):
    end = DAYS.after_working_days(start, days)
    first = start.astimezone(ZONE).date() + timedelta(days=1)
    passed = [first + timedelta(days=number) for number in range((end.date() - first).days)]
    assert sum(map(DAYS.is_working, passed)) == days
    assert DAYS.is_working(passed[-1])
    assert end.time() == time()


@given(MOMENTS, st.floats(0.1, 60), st.floats(0, 20))
def test_more_hours_of_work_never_end_earlier_and_later_starts_never_end_sooner(start, hours, more):
    end = DAYS.after_working_hours(start, hours)
    assert end > start
    assert DAYS.after_working_hours(start, hours + more) >= end
    assert DAYS.after_working_hours(start + timedelta(hours=more), hours) >= end
