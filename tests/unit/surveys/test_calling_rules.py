"""The calling rules by hand-worked days and as properties: no moment that they allow breaks one of them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from qa_app.core.working_days import DayKind, WorkingDays
from surveys.calling import (
    UNREACHED,
    Attempt,
    Bar,
    Person,
    Task,
    bars,
    calling_from_yaml,
    calls_over,
    is_open,
    may_have_link,
    next_moment,
    next_open,
    order,
    shipped_calling,
    slots,
)
from surveys.dispositions import Disposition
from surveys.profiles import shipped_text

D = Disposition
ZONE = ZoneInfo("Asia/Shanghai")
DAYS, RULES, PERSON = WorkingDays(ZONE), shipped_calling(), Person(ZONE)
TUESDAY = date(2026, 11, 10)


def at(hour, minute=0, day=TUESDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "lawful"),
    [
        (at(8, 59), False), (at(9), True), (at(11, 59), True), (at(12), False), (at(13, 59), False), (at(14), True),
        (at(19, 59), True), (at(20), False),
        (at(9, 59, date(2026, 11, 14)), False), (at(10, 0, date(2026, 11, 14)), True),  # Saturday
        (at(14, 0, date(2026, 11, 14)), False), (at(14, 30, date(2026, 11, 14)), True),
        (at(10, 0, date(2026, 10, 1)), False),  # National Day
        (at(9, 0, date(2026, 10, 10)), True),  # a Saturday that is worked for it
    ],
)  # fmt: skip
def test_calling_hours_of_working_days_weekends_holidays_and_shifted_saturdays(moment, lawful):
    assert is_open(moment, PERSON, DAYS, RULES) is lawful


def test_on_a_public_holiday_only_a_booked_call_is_made_and_in_weekend_hours():
    holiday = date(2026, 10, 1)
    booked = Task(at(9), (Attempt(at(9), D.LATER, at(10, 30, holiday)),))
    assert bars(booked, PERSON, at(10, 30, holiday), DAYS, RULES) == ()
    assert Bar.QUIET_HOURS in bars(Task(at(9)), PERSON, at(10, 30, holiday), DAYS, RULES)
    nine = Task(at(9), (Attempt(at(9), D.LATER, at(9, 0, holiday)),))
    assert Bar.QUIET_HOURS in bars(nine, PERSON, at(9, 0, holiday), DAYS, RULES)


def test_an_appointment_beats_delay_and_hour_and_is_never_called_early():
    task = Task(at(9), (Attempt(at(9, 30), D.NO_ANSWER), Attempt(at(14), D.LATER, at(14, 20))))
    assert Bar.NOT_DUE in bars(task, PERSON, at(14, 10), DAYS, RULES)
    assert bars(task, PERSON, at(14, 20), DAYS, RULES) == ()


def test_no_answer_waits_three_hours_and_another_hour_of_day():
    task = Task(at(9), (Attempt(at(9, 30), D.NO_ANSWER),))
    assert Bar.TOO_SOON in bars(task, PERSON, at(12, 29), DAYS, RULES)
    assert bars(task, PERSON, at(14), DAYS, RULES) == ()
    tomorrow = TUESDAY + timedelta(days=1)
    assert bars(task, PERSON, at(10, 29, tomorrow), DAYS, RULES) == (Bar.SAME_HOUR,)
    assert bars(task, PERSON, at(10, 30, tomorrow), DAYS, RULES) == ()


def test_the_third_attempt_falls_on_another_day():
    task = Task(at(9), (Attempt(at(9), D.NO_ANSWER), Attempt(at(14), D.BUSY)))
    assert Bar.SAME_DAY in bars(task, PERSON, at(19), DAYS, RULES)
    assert bars(task, PERSON, at(19, 0, TUESDAY + timedelta(days=1)), DAYS, RULES) == ()


def test_three_unanswered_end_the_calls_and_a_link_may_follow_but_not_after_a_refusal():
    tried = Task(at(9), tuple(Attempt(at(hour), D.NO_ANSWER) for hour in (9, 14, 19)))
    assert calls_over(tried, RULES)
    assert may_have_link(tried)
    refused = Task(at(9), (Attempt(at(9), D.REFUSED),))
    assert calls_over(refused, RULES)
    assert not may_have_link(refused)


@pytest.mark.parametrize(("days", "barred"), [(0, True), (89, True), (90, False)])
def test_a_refusal_bars_everything_for_ninety_days(days, barred):
    moment = at(9) + timedelta(days=days)
    person = Person(ZONE, refused_at=at(9))
    assert (Bar.REFUSED in bars(Task(at(9)), person, moment, DAYS, RULES)) is barred


def test_an_hour_that_was_answered_before_is_preferred_and_a_bad_one_avoided():
    evening = Person(ZONE, good_hours=frozenset({19}))
    assert next_moment(Task(at(9)), evening, at(9), DAYS, RULES) == at(19)
    avoids = Person(ZONE, bad_hours=frozenset({9, 10}))
    assert next_moment(Task(at(9)), avoids, at(9), DAYS, RULES) == at(11)


def test_a_due_appointment_comes_first_then_priority_then_the_longest_due():
    booked = Task(at(8), (Attempt(at(8), D.LATER, at(14)),), 0, 1)
    urgent, usual, older = Task(at(9), (), 20, 2), Task(at(9), (), 10, 3), Task(at(8), (), 10, 4)
    ranked = sorted([usual, older, urgent, booked], key=lambda task: order(task, at(14), RULES))
    assert [task.number for task in ranked] == [1, 2, 4, 3]


def test_a_number_that_may_be_in_several_zones_is_called_when_it_is_day_in_each():
    far = Person(ZoneInfo("Europe/Moscow"), perhaps=(ZoneInfo("Asia/Vladivostok"),))
    moment = next_open(far, at(9), DAYS, RULES)
    for zone in (ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Vladivostok")):
        local = moment.astimezone(zone).time()
        assert any(begin <= local < end for begin, end in RULES.hours[DayKind.WORKING])


MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 20), timezones=st.just(ZONE))  # noqa: DTZ001
OUTCOMES = st.sampled_from([D.NO_ANSWER, D.BUSY, D.SWITCHED_OFF, D.BROKE_OFF, D.LATER, D.WRONG_PERSON])


@st.composite
def ledgers(draw):
    due = draw(MOMENTS)
    moments = sorted(draw(st.lists(MOMENTS, max_size=4)))
    attempts = tuple(Attempt(moment, draw(OUTCOMES)) for moment in moments)
    return Task(due, attempts, draw(st.integers(0, 20)))


@given(ledgers(), MOMENTS)
def test_the_next_moment_is_one_that_every_rule_allows(task, after):
    person = Person(ZONE, calls=tuple(one.at for one in task.attempts))
    found = next_moment(task, person, after, DAYS, RULES)
    if found is None:
        return
    assert found >= after
    assert bars(task, person, found, DAYS, RULES) == ()
    assert is_open(found, person, DAYS, RULES)
    assert sum(one.disposition in UNREACHED for one in task.attempts) < RULES.most_attempts


@given(MOMENTS)
def test_every_appointment_that_is_offered_is_lawful(after):
    for moment in slots(PERSON, after, DAYS, RULES):
        assert moment > after
        assert is_open(moment, PERSON, DAYS, RULES, booked=True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("most: 3", "most: 0", "1 or more"), ("days: 2", "days: 9", "cannot be made"),
        ("refusal_bar_days: 90", "refusal_bar_days: 7", "90 days"), ("09:00-12:00", "12:00-09:00", "follow each other"),
        ("attempts:", "tries:", "are needed"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused_with_what_is_wrong(old, new, told):
    with pytest.raises(Invalid, match=told):
        calling_from_yaml(shipped_text("calling").replace(old, new))
