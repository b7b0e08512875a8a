"""Complaint cases in both databases: registering, the way with its refusals, clocks kept, the state's SQL twin."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from case_steps import FILLED
from complaint_desk import COMPLAINT, NOT_SATISFIED, OFFICE, ZONE, Desk
from conftest import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, HuitingError, Invalid, NotFound
from qa_app.core.working_days import DayKind
from surveys import importing, queries, reckoning, service
from surveys.case_file import Row
from surveys.clock import deadlines
from surveys.model import CaseState, Channel, StepKind, Traits
from surveys.service import NewStep
from surveys.steps import state_of
from surveys.tables import CaseRow, CustomerRow

RESULTS = ["satisfied", "dissatisfied", "unreached"]


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


def test_a_case_has_its_number_its_first_asked_and_its_clocks(desk):
    made = desk.register()
    assert made.number == "TS20261109-00001"  # NOW is 10:00 on the ninth in China
    assert made.earlier == ()
    with reading(desk.engine) as session:
        story = queries.story(session, SYSTEM, OFFICE.vault, made.case_id)
        assert (story.row.first_asked_id, story.row.follow_up_id) == (desk.clerk, desk.clerk)
        assert (story.customer, story.phone) == ("张*", "138****8000")
        clocks = {row.clock: row for row in queries.deadlines_kept(session, made.case_id)}
    assert set(clocks) == {"register", "first_result_simple", "answer", "close"}
    assert clocks["register"].ended_at == NOW
    assert clocks["first_result_simple"].due_at == NOW + timedelta(hours=24)
    assert desk.register().number == "TS20261109-00002"


def test_contact_data_is_not_readable_in_the_database_and_the_same_number_is_the_same_customer(desk):
    first = desk.register()
    again = desk.register(replace(COMPLAINT, customer_phone="+86-13800138000", words="又扣了"))
    assert again.earlier == (first.number,)
    with reading(desk.engine) as session:
        customers = session.scalars(select(CustomerRow)).all()
        kept = session.execute(text("SELECT name_sealed, phone_sealed, phone_fingerprint FROM customer")).one()
    assert len(customers) == 1
    assert not any(part in str(kept) for part in ("张伟", "13800138000"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"words": "  "}, "Write down"),
        ({"words": "长" * 20_001}, "20001 signs"),
        ({"customer_phone": "12"}, "no telephone number"),
        ({"class_code": "fees/moon"}, "fees/moon"),
        ({"profile": "lunar"}, "lunar"),
        ({"received_at": NOW + timedelta(hours=1)}, "to come"),
        ({"channel": Channel.REGULATOR}, "names its sender"),
        ({"unit_id": 999}, "no unit 999"),
    ],
)
def test_a_complaint_that_cannot_be_registered_is_refused_and_leaves_nothing(desk, changes, told):
    with pytest.raises(Invalid, match=told):
        desk.register(replace(COMPLAINT, **changes))
    with reading(desk.engine) as session:
        assert not session.scalars(select(CaseRow)).all() + session.scalars(select(CustomerRow)).all()
    assert desk.register().number == "TS20261109-00001"


def test_the_whole_way_to_a_close_that_the_customer_agreed_to(desk):
    made = desk.register().case_id
    desk.step(made, "assessed", **FILLED[StepKind.ASSESSED])
    desk.step(made, "dispatched", unit=desk.network)
    desk.step(made, "sent_back", who=desk.engineer, reason="不属网络问题")
    desk.step(made, "dispatched", unit=desk.billing)
    with pytest.raises(Invalid, match="findings"):
        desk.step(made, "returned", who=desk.biller, **FILLED[StepKind.RETURNED] | {"findings": ""})
    desk.step(made, "returned", who=desk.biller)
    for kind in ("consented", "remedy_granted", "fed_back"):
        desk.step(made, kind)
    desk.step(made, "called_back", **NOT_SATISFIED)
    assert desk.state(made) == CaseState.DISSATISFIED
    desk.step(made, "responsibility_decided")
    desk.step(made, "second_dispatched", unit=desk.billing, reason="未到账")
    desk.step(made, "returned", who=desk.biller)
    for kind in ("consented", "fed_back", "called_back", "closed"):
        desk.step(made, kind)
    assert desk.state(made) == CaseState.CLOSED
    with reading(desk.engine) as session:
        story = queries.story(session, SYSTEM, OFFICE.vault, made)
        kept = {(row.clock, row.started_by): row for row in queries.deadlines_kept(session, made)}
        told = [one.action for one in journal.entries(session, SYSTEM, limit=100) if one.subject == f"case:{made}"]
    told.sort(key=lambda action: action == "notice.compose")
    assert [step.number for step in story.steps] == list(range(1, len(story.steps) + 1))
    assert all(row.ended_at for row in kept.values())
    assert told.pop() == "notice.compose"  # the customer's number by SMS
    assert len(told) == len(story.steps)  # the receipt's entry is case.register


def test_only_the_unit_that_holds_a_case_returns_it_and_others_do_not_see_it(desk):
    made = desk.register().case_id
    assert desk.listed(desk.biller) == ([], 0)
    desk.step(made, "dispatched", unit=desk.billing)
    assert [line.id for line in desk.listed(desk.biller)[0]] == [made]
    with pytest.raises(NotFound):
        desk.step(made, "returned", who=desk.engineer)
    with pytest.raises(Forbidden):
        desk.step(made, "urged", who=desk.biller)
    desk.step(made, "sent_back", who=desk.biller, reason="不属计费")
    desk.step(made, "dispatched", unit=desk.network)
    with pytest.raises(Forbidden, match="another unit"):
        desk.step(made, "returned", who=desk.biller)


def test_a_step_in_the_wrong_state_or_at_a_wrong_time_is_refused_and_nothing_is_kept(desk):
    made = desk.register().case_id
    with pytest.raises(Conflict, match="registered cannot be fed_back"):
        desk.step(made, "fed_back")
    with pytest.raises(Invalid, match="to come"):
        desk.step(made, "noted", at=desk.now + timedelta(hours=1), words="x")
    with pytest.raises(Invalid, match="before the case was received"):
        desk.step(made, "noted", at=NOW - timedelta(days=1), words="x")
    with reading(desk.engine) as session:
        assert len(queries.steps_of(session, made)) == 1


def test_an_appeal_goes_to_somebody_new(desk):
    made = desk.register().case_id
    for kind in ("solved_on_the_spot", "fed_back"):
        desk.step(made, kind)
    desk.step(made, "called_back", **NOT_SATISFIED)
    desk.step(made, "appealed")
    with pytest.raises(Conflict, match="has not handled"):
        desk.step(made, "assigned", to=desk.clerk)
    desk.step(made, "assigned", to=desk.biller)
    assert [line.id for line in desk.listed(follow_up=desk.biller)[0]] == [made]


def test_duplicates_are_joined_and_leave_the_lists(desk):
    first, second = desk.register().case_id, desk.register().case_id
    other = desk.register(replace(COMPLAINT, customer_phone="13900139000")).case_id
    with transaction(desk.engine) as session:
        clerk = people.actor_for(session, desk.clerk)
        service.join(session, clerk, NOW, second, first)
        for case_id, into in ((first, first), (first, second), (other, first)):
            with pytest.raises(Invalid):
                service.join(session, clerk, NOW, case_id, into)
    assert sorted(line.id for line in desk.listed()[0]) == [first, other]


def test_a_correction_of_the_calendar_moves_the_deadlines_of_open_cases(desk):
    made, closed = desk.register().case_id, desk.register().case_id
    for kind in ("solved_on_the_spot", "fed_back", "called_back", "closed"):
        desk.step(closed, kind)

    def close_due(case_id):
        with reading(desk.engine) as session:
            return next(row.due_at for row in queries.deadlines_kept(session, case_id) if row.clock == "close")

    before = close_due(made), close_due(closed)
    with transaction(desk.engine) as session:
        admin = desk.centre.actor(session, Role.ADMIN)
        with pytest.raises(Invalid, match="Say why"):
            reckoning.correct_calendar(session, admin, NOW, OFFICE, date(2026, 11, 12), DayKind.HOLIDAY, " ")
        reckoning.correct_calendar(session, admin, NOW, OFFICE, date(2026, 11, 12), DayKind.HOLIDAY, "台风停工")
    assert close_due(made) == before[0] + timedelta(days=1)  # 30 November to 1 December, both working days
    assert close_due(closed) == before[1]


def test_lists_are_filtered_and_sorted_by_what_is_due_first(desk):
    slow = desk.register()
    desk.step(slow.case_id, "assessed", complexity="complex", urgency="ordinary", severity="ordinary")
    quick = desk.register(replace(COMPLAINT, words="断网了", class_code="network/outage"))
    lines, total = desk.listed()
    assert ([line.number for line in lines], total) == ([quick.number, slow.number], 2)
    assert [line.number for line in desk.listed(class_code="network")[0]] == [quick.number]
    assert [line.number for line in desk.listed(words="断网")[0]] == [quick.number]
    assert [line.number for line in desk.listed(words=slow.number)[0]] == [slow.number]
    assert [line.number for line in desk.listed(state=CaseState.IN_HAND)[0]] == [slow.number]
    assert [line.number for line in desk.listed(due_before=NOW + timedelta(hours=25))[0]] == [quick.number]
    assert desk.listed(words="100%")[1] == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(StepKind), st.sampled_from(RESULTS)), max_size=18))
def test_the_states_sql_twin_and_the_kept_deadlines_say_what_the_pure_rules_say(desk, tries):
    made = desk.register().case_id
    for kind, result in tries:
        told = {"result": result} if kind is StepKind.CALLED_BACK else dict(FILLED.get(kind, {}))
        if kind in (StepKind.DISPATCHED, StepKind.SECOND_DISPATCHED):
            told["unit"] = desk.billing
        if kind is StepKind.ASSIGNED:
            told["to"] = desk.biller
        desk.now += timedelta(hours=7)
        try:
            with transaction(desk.engine) as session:
                service.take_step(session, SYSTEM, desk.now, OFFICE, made, NewStep(kind, told))
        except HuitingError:
            continue
    with reading(desk.engine) as session:
        steps = queries.steps_of(session, made)
        row = session.get_one(CaseRow, made)
        last = steps[-1].recorded_at
        days = queries.working_days(session, ZONE)
        pure = deadlines(steps, queries.traits_of(row), queries.profile_of(session, row), days, last)
        kept = queries.deadlines_kept(session, made)
        assert session.scalar(select(queries.state_column()).where(CaseRow.id == made)) == state_of(steps)
        leads = [step.facts["unit"] for step in steps if "unit" in step.facts]
        assert session.scalar(select(queries.lead_unit_column()).where(CaseRow.id == made)) == (leads or [None])[-1]
    assert [(one.clock, one.due_at, one.ended_at) for one in pure] == [
        (one.clock, one.due_at, one.ended_at) for one in kept
    ]
    assert queries.traits_of(row) == Traits()


def exported(line, **changes):
    known = {"customer_phone": "+8613800138000", "received_at": NOW - timedelta(days=30), "customer_name": "张伟"}
    return Row(line, replace(COMPLAINT, **known | changes), number=f"OLD-{line}")


def test_an_export_is_registered_in_bulk_with_its_clocks_and_one_journal_entry(desk):
    closed = replace(exported(3), closed_at=NOW - timedelta(days=20))
    twice, unnumbered = replace(exported(4), number="OLD-2"), replace(exported(5), number="")
    with transaction(desk.engine) as session:
        clerk = people.actor_for(session, desk.clerk)
        batch = importing.take_in(
            session, clerk, NOW, OFFICE, desk.centre.centre, [exported(2), closed, twice, unnumbered]
        )
        importing.journal_import(session, clerk, NOW, batch.registered, len(batch.refused))
    assert batch.registered == 3
    assert [(row.line, str(row.reason)) for row in batch.refused] == [(4, str(importing.KNOWN))]
    lines, total = desk.listed()
    assert total == 3
    assert {line.number: line.state for line in lines} == {
        "OLD-2": "registered", "OLD-3": "closed", "TS20261109-00001": "registered",
    }  # fmt: skip
    assert {line.customer for line in lines} == {"张*"}
    with reading(desk.engine) as session:
        (customer,) = session.scalars(select(CustomerRow)).all()
        assert OFFICE.vault.unseal(customer.phone_sealed) == "+8613800138000"
        for line in lines:
            row = session.get_one(CaseRow, line.id)
            days = queries.working_days(session, ZONE)
            steps = queries.steps_of(session, line.id)
            pure = deadlines(steps, queries.traits_of(row), queries.profile_of(session, row), days, NOW)
            kept = queries.deadlines_kept(session, line.id)
            assert [(one.clock, one.due_at, one.ended_at) for one in pure] == [
                (one.clock, one.due_at, one.ended_at) for one in kept
            ]
        told = [one for one in journal.entries(session, SYSTEM, limit=100) if one.subject == "cases"]
    assert [one.detail for one in told] == [{"registered": 3, "refused": 1}]


def test_the_same_export_twice_registers_nothing_twice(desk):
    rows = [exported(line) for line in range(2, 7)]
    for expected in (5, 0):
        with transaction(desk.engine) as session:
            batch = importing.take_in(session, SYSTEM, NOW, OFFICE, desk.centre.centre, rows)
        assert batch.registered == expected
    assert desk.listed()[1] == 5
