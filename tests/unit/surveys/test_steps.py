"""The way of a case: what may follow what, what each step must carry, and where the case then stands."""

from datetime import UTC, datetime

import pytest
from case_steps import FILLED, SLIP
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Conflict, HuitingError, Invalid
from surveys.model import CaseState, Step, StepKind
from surveys.steps import ALLOWED_IN, FACTS, LEADS_TO, check_next, lacking, state_after, state_of

AT = datetime(2026, 11, 9, 2, tzinfo=UTC)


def step(kind, number=0, **facts):
    return Step(number, StepKind(kind), AT, AT, None, facts or FILLED.get(StepKind(kind), {}))


def walk(*kinds):
    """The state after steps, each of them checked on the way; a pair gives the step its own facts."""
    state = None
    for each in kinds:
        made = step(each) if isinstance(each, str) else step(each[0], **each[1])
        check_next(state, made)
        state = state_after(state, made)
    return state


NO = ("called_back", {"result": "dissatisfied"})


@pytest.mark.parametrize(
    ("way", "state"),
    [
        (["received"], "registered"),
        (["received", "acknowledged", "assessed"], "in_hand"),
        (["received", "solved_on_the_spot"], "solved"),
        (["received", "assessed", "dispatched"], "dispatched"),
        (["received", "assessed", "dispatched", "sent_back"], "in_hand"),
        (["received", "assessed", "dispatched", "urged", "returned"], "returned"),
        (["received", "assessed", "dispatched", "returned", "return_refused"], "dispatched"),
        (["received", "assessed", "dispatched", "returned", "consented", "remedy_granted", "fed_back"], "fed_back"),
        (["received", "solved_on_the_spot", "fed_back", "called_back"], "satisfied"),
        (["received", "solved_on_the_spot", "fed_back", ("called_back", {"result": "unreached"})], "fed_back"),
        (["received", "solved_on_the_spot", "fed_back", NO], "dissatisfied"),
        (
            ["received", "solved_on_the_spot", "fed_back", NO, "responsibility_decided", "second_dispatched"],
            "dispatched",
        ),
        (["received", "solved_on_the_spot", "fed_back", "called_back", "closed", "archived"], "archived"),
        (["received", "solved_on_the_spot", "fed_back", "called_back", "closed", "appealed"], "in_hand"),
    ],
)
def test_a_case_stands_where_its_steps_have_led_it(way, state):
    assert walk(*way) == state


def test_a_return_slip_is_refused_with_what_is_missing():
    given_slip = {name: value for name, value in SLIP.items() if name not in ("findings", "customer_opinion")}
    given_slip["cause"] = " "
    assert lacking(StepKind.RETURNED, given_slip) == ("cause", "findings", "customer_opinion")
    with pytest.raises(Invalid, match="cause, findings, customer_opinion"):
        check_next(CaseState.DISPATCHED, step("returned", **given_slip))


@pytest.mark.parametrize("before", [["fed_back"], ["fed_back", NO]])
def test_without_a_satisfied_customer_a_case_closes_only_with_approval_and_proof(before):
    way = ["received", "solved_on_the_spot", *before]
    with pytest.raises(Invalid, match="proof missing"):
        walk(*way, "closed")
    with pytest.raises(Invalid, match="proof missing"):
        walk(*way, ("closed", {"approver": 2}))
    assert walk(*way, ("closed", {"approver": 2, "proof": "三次未接通，已发短信"})) == "closed"


def test_a_step_that_does_not_fit_is_refused_and_says_where_the_case_stands():
    with pytest.raises(Conflict, match="registered cannot be returned"):
        walk("received", "returned")
    with pytest.raises(Conflict, match="begins with its receipt"):
        walk("dispatched")


def test_a_field_that_is_unknown_or_no_choice_is_refused():
    with pytest.raises(Invalid, match="no field “colour”"):
        check_next(CaseState.REGISTERED, step("noted", words="x", colour="red"))
    with pytest.raises(Invalid, match="“maybe”"):
        check_next(CaseState.FED_BACK, step("called_back", result="maybe"))


def test_every_kind_of_step_has_its_place_and_facts_that_are_filled_above():
    assert set(ALLOWED_IN) == set(StepKind)
    assert all(not lacking(kind, FILLED.get(kind, {})) for kind in StepKind)
    assert {kind for kind, facts in FACTS.items() if any(fact.required for fact in facts)} == set(FILLED)


@given(st.lists(st.sampled_from(StepKind), max_size=25))
def test_whatever_is_tried_the_state_follows_from_the_accepted_steps_and_a_close_was_agreed_or_approved(kinds):
    state, taken = None, []
    for number, kind in enumerate([StepKind.RECEIVED, *kinds]):
        made = step(kind, number)
        try:
            check_next(state, made)
        except HuitingError:
            continue
        if kind is StepKind.CLOSED:
            assert state is CaseState.SATISFIED
        state = state_after(state, made)
        taken.append(made)
    assert state == state_of(taken)
    assert set(LEADS_TO.values()) | {CaseState.SATISFIED, CaseState.DISSATISFIED} == set(CaseState)
