"""Training tasks and certificates: what follows what, when a certificate ends, what it may rest on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Conflict, Invalid
from scorecards import training
from scorecards.training import CertificateState, Ground, Mark, TaskState, TrainingStep

K = TrainingStep
TODAY = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([K.GIVEN], TaskState.OPEN),
        ([K.GIVEN, K.DONE], TaskState.DONE),
        ([K.GIVEN, K.DONE, K.SENT_BACK], TaskState.OPEN),
        ([K.GIVEN, K.DONE, K.SENT_BACK, K.DONE, K.CONFIRMED], TaskState.CONFIRMED),
        ([K.GIVEN, K.CANCELLED], TaskState.CANCELLED),
        ([K.GIVEN, K.CONFIRMED], TaskState.OPEN),  # nobody confirms what was not done
    ],
)
def test_a_task_stands_where_its_steps_lead(kinds, state):
    assert training.state_of(kinds) is state


@given(st.lists(st.sampled_from(list(K)), max_size=8))
def test_only_possible_steps_change_anything_and_an_end_is_an_end(kinds):
    state = training.state_of([K.GIVEN, *kinds])
    possible = training.possible_after([K.GIVEN, *kinds])
    for kind in K:
        moved = training.state_of([K.GIVEN, *kinds, kind])
        assert (moved is not state) <= (kind in possible)
    if state in (TaskState.CONFIRMED, TaskState.CANCELLED):
        assert possible == ()


def test_a_step_out_of_turn_and_one_without_its_reason_are_refused():
    with pytest.raises(Conflict, match="does not follow"):
        training.require_possible([K.GIVEN], K.CONFIRMED, "w")
    with pytest.raises(Invalid, match="Say why"):
        training.require_possible([K.GIVEN, K.DONE], K.SENT_BACK, "  ")


@pytest.mark.parametrize(
    ("last", "state"),
    [
        (TODAY - timedelta(days=1), CertificateState.EXPIRED),
        (TODAY, CertificateState.EXPIRES_SOON),
        (TODAY + timedelta(days=29), CertificateState.EXPIRES_SOON),
        (TODAY + timedelta(days=30), CertificateState.VALID),
    ],
)
def test_a_certificate_holds_through_its_last_day(last, state):
    assert training.certificate_state(last, TODAY, is_revoked=False) is state
    assert training.certificate_state(last, TODAY, is_revoked=True) is CertificateState.REVOKED


def test_a_certificate_rests_on_enough_calls_or_a_mark_that_is_one():
    training.require_ground(Mark(Ground.CALLS, 20, 0.9, 0.7, 0.97))
    training.require_ground(Mark(Ground.EXAM, mark=0.0))
    with pytest.raises(Invalid, match="19 random calls"):
        training.require_ground(Mark(Ground.CALLS, 19, 1.0, 0.8, 1.0))
    for mark in (None, -1.0, 100.5):
        with pytest.raises(Invalid, match="from 0 to 100"):
            training.require_ground(Mark(Ground.EXAM, mark=mark))


def test_a_certificate_ends_later_and_within_three_years():
    training.require_span(TODAY, TODAY + timedelta(days=1))
    for last in (TODAY, TODAY + timedelta(days=1097)):
        with pytest.raises(Invalid, match="within three years"):
            training.require_span(TODAY, last)
