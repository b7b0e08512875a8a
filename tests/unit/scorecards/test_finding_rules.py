"""Findings: what may follow what, who may close, what comes back, who is to be heard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Conflict, Forbidden, HuitingError, Invalid
from scorecards.finding_rules import (
    FindingState,
    FindingStep,
    Taken,
    action_of,
    append,
    awaiting_reply,
    is_overdue,
    state_of,
    when_found_again,
)

AT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
DUE = date(2026, 12, 1)
DAY = timedelta(days=1)
K, S = FindingStep, FindingState
MONITOR, OWNER, PROVER, OTHER = 1, 2, 3, 4


def taken(kind, by=MONITOR, **more):
    if kind is K.ACTION_OPENED:
        more = {"person": OWNER, "due_on": DUE, "action_id": 9} | more
    if kind is K.HELD_ACCOUNTABLE:
        more = {"person": OTHER} | more
    return Taken(kind, AT, by, more.pop("words", "w"), **more)


def way(*kinds):
    steps = ()
    for one in kinds:
        by = {K.PROOF_GIVEN: PROVER, K.CLOSED: OTHER}.get(one, MONITOR)
        steps = append(steps, taken(one, by))
    return steps


TO_PROOF = (K.OPENED, K.CAUSE_NOTED, K.ACTION_OPENED, K.PROOF_GIVEN)


def test_a_finding_goes_from_opened_to_closed():
    states = [state_of(way(*(*TO_PROOF, K.CLOSED)[:n])) for n in range(1, 6)]
    assert states == [S.OPEN, S.OPEN, S.IN_ACTION, S.PROVEN, S.CLOSED]


@pytest.mark.parametrize("by", [OWNER, PROVER])
@pytest.mark.parametrize("kind", [K.CLOSED, K.PROOF_REFUSED])
def test_it_is_closed_by_somebody_else_than_its_owner_and_who_gave_the_proof(by, kind):
    with pytest.raises(Forbidden, match="somebody else"):
        append(way(*TO_PROOF), taken(kind, by))
    append(way(*TO_PROOF), taken(kind, OTHER))


def test_an_action_needs_a_cause_an_owner_and_a_day():
    with pytest.raises(Invalid, match="cause"):
        append(way(K.OPENED), taken(K.ACTION_OPENED))
    for lacking in ("person", "due_on", "action_id"):
        with pytest.raises(Invalid, match="owner"):
            append(way(K.OPENED, K.CAUSE_NOTED), taken(K.ACTION_OPENED, **{lacking: None}))


def test_every_step_needs_words():
    with pytest.raises(Invalid, match="in words"):
        append((), taken(K.OPENED, words="  "))


def test_it_is_overdue_only_while_the_unit_owes_the_proof():
    steps = way(*TO_PROOF[:3])
    assert not is_overdue(steps, DUE)
    assert is_overdue(steps, DUE + DAY)
    assert not is_overdue(way(*TO_PROOF), DUE + DAY)
    assert is_overdue(way(*TO_PROOF, K.PROOF_REFUSED), DUE + DAY)
    assert not is_overdue(way(*TO_PROOF, K.CLOSED), DUE + DAY)


def test_what_comes_again_is_reopened_and_needs_an_action_of_its_own():
    closed = way(*TO_PROOF, K.CLOSED)
    assert when_found_again(closed) is K.REOPENED
    assert when_found_again(way(*TO_PROOF)) is K.SEEN_AGAIN
    again = append(closed, taken(K.REOPENED))
    assert state_of(again) is S.OPEN
    assert action_of(again) is None
    assert state_of(append(again, taken(K.ACTION_OPENED, action_id=10))) is S.IN_ACTION


def test_an_action_that_was_opened_again_is_back_with_the_unit():
    again = append(way(*TO_PROOF, K.CLOSED), taken(K.ACTION_REOPENED))
    assert state_of(again) is S.IN_ACTION
    assert action_of(again).action_id == 9


def test_who_is_held_accountable_is_heard_and_nobody_else_is():
    steps = append(way(K.OPENED), taken(K.HELD_ACCOUNTABLE))
    assert awaiting_reply(steps) == {OTHER}
    with pytest.raises(Forbidden, match="held accountable"):
        append(steps, taken(K.REPLIED, MONITOR))
    heard = append(steps, taken(K.REPLIED, OTHER))
    assert awaiting_reply(heard) == set()
    with pytest.raises(Forbidden):
        append(heard, taken(K.REPLIED, OTHER))
    assert awaiting_reply(append(heard, taken(K.HELD_ACCOUNTABLE))) == {OTHER}


def test_it_is_opened_once():
    with pytest.raises(Conflict):
        append((), taken(K.CAUSE_NOTED))
    with pytest.raises(Conflict):
        append(way(K.OPENED), taken(K.OPENED))


@given(st.lists(st.tuples(st.sampled_from(list(K)), st.sampled_from([MONITOR, OWNER, PROVER, OTHER]))))
def test_whatever_is_tried_no_owner_and_no_prover_ever_closes(tries):
    steps = way(K.OPENED, K.CAUSE_NOTED)
    for kind, by in tries:
        try:
            steps = append(steps, taken(kind, by))
        except HuitingError:
            continue
    given_by = None
    for one in steps:
        given_by = one.by if one.kind is K.PROOF_GIVEN else given_by
        if one.kind is K.CLOSED:
            assert one.by not in (OWNER, given_by)
