"""The clock of a case: hand-worked deadlines under both profiles, and what no step may ever do to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from qa_app.core.working_days import WorkingDays
from surveys.clock import deadlines
from surveys.model import Channel, Complexity, DeadlineState, Step, StepKind, Traits, Urgency
from surveys.profiles import shipped_profile

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays(ZONE)
PROVINCIAL, NATIONAL = shipped_profile("provincial"), shipped_profile("national-service")
LATER = datetime(2030, 1, 1, tzinfo=UTC)
ASSESSED = {"complexity": "complex", "urgency": "ordinary", "severity": "ordinary"}
NOT_SATISFIED = {"result": "dissatisfied"}


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def steps(*told):
    """Steps from (kind, local time, facts), recorded when they happened."""
    return [
        Step(number, StepKind(kind), local(at), local(at), None, dict(*facts))
        for number, (kind, at, *facts) in enumerate(told)
    ]


def found(told, now="2026-11-30T09:00", profile=PROVINCIAL, traits=None):
    given_now = now if isinstance(now, datetime) else local(now)
    return {one.clock: one for one in deadlines(told, traits or Traits(), profile, DAYS, given_now)}


def due(told, clock, **more):
    return found(told, **more)[clock].due_at.astimezone(ZONE)


RECEIVED = ("received", "2026-11-09T10:00")  # a Monday


def test_the_provincial_clocks_of_a_received_case_fall_due_as_worked_by_hand():
    clocks = found(steps(RECEIVED), now="2026-11-09T10:05")
    assert {name: one.due_at.astimezone(ZONE) for name, one in clocks.items()} == {
        "register": local("2026-11-09T10:10"),
        "first_result_simple": local("2026-11-10T10:00"),
        "answer": local("2026-11-25T00:00"),  # the end of the fifteenth day after the ninth
        # working days from the tenth: 10 11 12 13, 16 17 18 19 20, 23 24 25 26 27, 30
        "close": local("2026-12-01T00:00"),
    }


def test_the_national_clocks_count_working_days():
    clocks = found(steps(RECEIVED), profile=NATIONAL)
    assert clocks["acknowledge"].due_at == local("2026-11-12T00:00")  # 10, 11
    assert clocks["investigate"].due_at == local("2026-11-17T00:00")  # 10 11 12 13, 16
    assert clocks["offer"].due_at == local("2026-11-19T00:00")  # 10 11 12 13, 16 17 18


def test_over_the_spring_festival_the_shifted_days_count():
    told = steps(("received", "2026-02-12T10:00"))  # Friday 13 and the shifted Saturday 14 are worked
    assert due(told, "acknowledge", profile=NATIONAL) == local("2026-02-15T00:00")
    assert due(told, "investigate", profile=NATIONAL) == local("2026-02-27T00:00")  # then 24, 25, 26


def test_registration_is_late_when_it_was_entered_after_ten_minutes():
    received = replace(steps(RECEIVED)[0], recorded_at=local("2026-11-09T10:10"))
    assert found([received])["register"].state is DeadlineState.MET
    late = replace(received, recorded_at=local("2026-11-09T10:11"))
    assert found([late])["register"].state is DeadlineState.MET_LATE


RETURNS = [("ordinary", "return", 48), ("urgent", "return_urgent", 24), ("green", "return_green", 12)]


@pytest.mark.parametrize(("urgency", "clock", "hours"), RETURNS)
def test_a_unit_has_the_hours_of_the_cases_urgency_and_is_warned_at_four_fifths(urgency, clock, hours):
    told = steps(RECEIVED, ("dispatched", "2026-11-09T12:00", {"unit": 7}))
    case = Traits(urgency=Urgency(urgency))
    one = found(told, now="2026-11-09T12:01", traits=case)[clock]
    assert one.due_at - one.started_at == timedelta(hours=hours)
    assert one.warn_at - one.started_at == timedelta(hours=hours) * 0.8
    assert one.state is DeadlineState.RUNNING
    for moment, state in (
        (one.warn_at, "warned"),
        (one.due_at, "warned"),
        (one.due_at + timedelta(seconds=1), "overdue"),
    ):
        assert found(told, now=moment, traits=Traits(urgency=Urgency(urgency)))[clock].state == state


def test_a_wrong_dispatch_ends_the_units_clock_and_the_next_dispatch_starts_a_new_one():
    told = steps(
        RECEIVED,
        ("dispatched", "2026-11-09T12:00", {"unit": 7}),
        ("sent_back", "2026-11-09T15:00", {"reason": "not ours"}),
        ("dispatched", "2026-11-09T16:00", {"unit": 8}),
    )
    runs = [one for one in deadlines(told, Traits(), PROVINCIAL, DAYS, LATER) if one.clock == "return"]
    assert [(run.started_by, run.state) for run in runs] == [(1, DeadlineState.MET), (3, DeadlineState.OVERDUE)]


def test_an_assessment_in_time_chooses_the_longer_limit_and_one_that_comes_late_forgives_nothing():
    in_time = found(steps(RECEIVED, ("assessed", "2026-11-09T11:00", ASSESSED)))
    assert "first_result_simple" not in in_time
    assert in_time["first_result_complex"].due_at == local("2026-11-12T10:00")
    late = found(steps(RECEIVED, ("assessed", "2026-11-10T11:00", ASSESSED)))
    assert late["first_result_simple"].state is DeadlineState.OVERDUE
    assert late["first_result_complex"].due_at == local("2026-11-12T10:00")


def test_a_dissatisfied_customer_starts_the_three_clocks_of_the_loop():
    told = steps(
        RECEIVED,
        ("fed_back", "2026-11-10T09:00"),
        ("called_back", "2026-11-13T16:00", NOT_SATISFIED),
        ("responsibility_decided", "2026-11-13T16:30", {"ours": "yes", "whose": "unit", "proof": "bill"}),
    )
    clocks = found(told)
    assert clocks["recontact"].due_at == local("2026-11-15T16:00")
    assert clocks["responsibility"].due_at == local("2026-11-14T00:00")  # the same day
    assert clocks["responsibility"].state is DeadlineState.MET
    assert clocks["second_dispatch"].due_at == local("2026-11-16T11:00")  # 2 h on Friday, 2 h on Monday


def test_a_delay_told_makes_a_clock_of_the_promise_and_leaves_the_others_alone():
    before = found(steps(RECEIVED))
    promise = {"reason": "parts", "promised_at": "2026-11-12T12:00:00+08:00"}
    told = steps(RECEIVED, ("delay_told", "2026-11-10T09:00", promise))
    after = found(told)
    assert after.pop("promise").due_at == local("2026-11-12T12:00")
    assert after == before


def test_a_promise_without_a_time_zone_is_refused_with_its_value():
    with pytest.raises(Invalid, match=r"promised_at is “2026-11-12T12:00:00”"):
        found(steps(RECEIVED, ("delay_told", "2026-11-10T09:00", {"promised_at": "2026-11-12T12:00:00"})))


def test_a_pause_stops_the_pausable_clocks_and_no_others():
    told = steps(
        RECEIVED,
        ("dispatched", "2026-11-09T12:00", {"unit": 7}),
        ("paused", "2026-11-10T12:00", {"reason": "waits for the customer"}),
    )
    clocks = found(told, now="2026-11-10T13:00")
    assert clocks["return"].state is DeadlineState.PAUSED
    assert clocks["answer"].state is DeadlineState.RUNNING
    told += steps(("resumed", "2026-11-13T12:00"))
    assert due(told, "return") == local("2026-11-14T12:00")  # 48 h and three days
    # ends of the 10th, 11th and 12th lie in the pause: three working days more
    assert due(told, "close") == local("2026-12-04T00:00")
    assert due(told, "answer") == local("2026-11-25T00:00")


def test_a_case_of_the_regulator_has_no_clock_of_its_own_until_the_operator_enters_one():
    assert "regulator" not in found(steps(RECEIVED), traits=Traits(channel=Channel.REGULATOR))


def test_a_deadline_beyond_the_published_calendar_is_provisional():
    clocks = found(steps(("received", "2026-12-30T10:00")))
    assert clocks["close"].provisional == (DAYS.is_provisional(local("2027-01-15T00:00").date()))
    assert not clocks["answer"].provisional  # calendar days need no arrangement


MOMENTS = st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))
WAY = (
    ("assessed", ASSESSED), ("assessed", ASSESSED | {"complexity": "simple", "urgency": "urgent"}),
    ("dispatched", {"unit": 1}), ("sent_back", {"reason": "x"}), ("returned", {}), ("fed_back", {}),
    ("called_back", NOT_SATISFIED), ("responsibility_decided", {"ours": "yes", "whose": "unit", "proof": "x"}),
    ("second_dispatched", {"unit": 2}), ("paused", {"reason": "x"}), ("resumed", {}), ("closed", {}), ("noted", {}),
)  # fmt: skip


@st.composite
def histories(draw):
    start = local("2026-11-09T10:00") + draw(MOMENTS)
    way = draw(st.lists(st.tuples(st.sampled_from(WAY), MOMENTS), max_size=8))
    told = [Step(0, StepKind.RECEIVED, start, start)]
    at = start
    for number, ((kind, facts), later) in enumerate(way, 1):
        at += later
        told.append(Step(number, StepKind(kind), at, at, None, facts))
    return told


@given(histories(), st.sampled_from([PROVINCIAL, NATIONAL]))
def test_a_later_step_moves_no_deadline_that_has_passed_or_ended(told, profile):
    assume(len(told) > 1)
    cut = told[-1].at
    before = deadlines(told[:-1], Traits(), profile, DAYS, cut)
    after = {(one.clock, one.started_by): one for one in deadlines(told, Traits(), profile, DAYS, LATER)}
    for one in before:
        if one.ended_at is not None or one.due_at < cut:
            now = after[one.clock, one.started_by]
            assert (now.due_at, now.warn_at, now.started_at) == (one.due_at, one.warn_at, one.started_at)


@given(histories(), st.sampled_from([PROVINCIAL, NATIONAL]), MOMENTS, MOMENTS)
def test_a_pause_never_makes_a_deadline_earlier(told, profile, begin, length):
    plain = [step for step in told if step.kind not in (StepKind.PAUSED, StepKind.RESUMED)]
    at = plain[0].at + begin
    pause = [
        Step(100, StepKind.PAUSED, at, at, None, {"reason": "x"}),
        Step(101, StepKind.RESUMED, at + length, at + length),
    ]
    paused = {(one.clock, one.started_by): one for one in deadlines(plain + pause, Traits(), profile, DAYS, LATER)}
    for one in deadlines(plain, Traits(), profile, DAYS, LATER):
        same = paused.get((one.clock, one.started_by))
        assert same is None or same.due_at >= one.due_at


@given(histories(), st.sampled_from([PROVINCIAL, NATIONAL]))
def test_every_deadline_is_warned_before_it_is_due_and_starts_before_both(told, profile):
    for one in deadlines(told, Traits(complexity=Complexity.COMPLEX), profile, DAYS, LATER):
        assert one.started_at <= one.warn_at <= one.due_at
