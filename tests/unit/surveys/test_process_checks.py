"""What a case's records propose for the checklist of an audit."""

from datetime import UTC, datetime, timedelta

import pytest

from surveys.model import CaseKind, Channel, Step, StepKind
from surveys.process_checks import Kept, proposals, tags

AT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
K = StepKind
REGISTERED = {"kind": CaseKind.COMPLAINT, "channel": Channel.HOTLINE, "class_code": "fees/refund", "demand": "退费"}
FOUR = {"by": "phone", "result": "r", "cause": "c", "improvement": "i", "thanks": "t"}


def steps(*given):
    return [Step(number, kind, AT, AT + late, 1, facts) for number, (kind, late, facts) in enumerate(given, 1)]


def said(*given, deadlines=()):
    return proposals(REGISTERED, steps(*given), deadlines, AT + 9 * HOUR)


RECEIVED = (K.RECEIVED, timedelta(minutes=4), {})


@pytest.mark.parametrize(("minutes", "met"), [(0, True), (10, True), (11, False)])
def test_a_case_is_entered_within_ten_minutes(minutes, met):
    found = said((K.RECEIVED, timedelta(minutes=minutes), {}))
    assert found["received"] == (met, {"minutes": minutes})


def test_a_deadline_is_missed_when_it_ended_late_or_is_over_and_runs():
    kept = [
        Kept("register", AT, AT + HOUR, paused=False),  # an item of its own
        Kept("return", AT + HOUR, AT + HOUR, paused=False),
        Kept("feedback", AT + HOUR, AT + 2 * HOUR, paused=False),
        Kept("answer", AT + HOUR, None, paused=False),
        Kept("recontact", AT + HOUR, None, paused=True),
        Kept("close", AT + 20 * HOUR, None, paused=False),
    ]
    met, figures = said(RECEIVED, deadlines=kept)["on_time"]
    assert not met
    assert figures == {"deadlines": 5, "late": 2, "clocks": "feedback, answer"}
    assert said(RECEIVED)["on_time"] == (True, {"deadlines": 0, "late": 0, "clocks": ""})


def test_the_newest_feedback_has_its_four_parts():
    assert "four_parts" not in said(RECEIVED)
    half = FOUR | {"cause": " ", "thanks": ""}
    assert said(RECEIVED, (K.FED_BACK, HOUR, half))["four_parts"] == (False, {"missing": "cause, thanks"})
    both = said(RECEIVED, (K.FED_BACK, HOUR, half), (K.FED_BACK, HOUR, FOUR))
    assert both["four_parts"] == (True, {"missing": ""})


def test_a_close_rests_on_a_satisfied_callback_or_a_proof():
    called = (K.CALLED_BACK, HOUR, {"result": "dissatisfied"})
    assert not said(RECEIVED, called, (K.CLOSED, HOUR, {}))["satisfied_close"][0]
    assert said(RECEIVED, called, (K.CLOSED, HOUR, {"proof": "p"}))["satisfied_close"][0]
    happy = (K.CALLED_BACK, HOUR, {"result": "satisfied"})
    assert said(RECEIVED, called, happy, (K.CLOSED, HOUR, {}))["satisfied_close"] == (True, {"result": "satisfied"})


def test_the_records_of_a_closed_case_are_proposed_and_those_of_an_open_one_are_not():
    assert "records" not in said(RECEIVED)
    met, figures = said(RECEIVED, (K.CLOSED, HOUR, {}))["records"]
    assert not met
    assert "feedback" in figures["missing"]


def test_tags_say_what_happened():
    assert tags([K.RECEIVED, K.FED_BACK, K.CLOSED, K.NOTED]) == {"fed_back", "closed"}
