"""What the way of a case refuses beyond its pure rules: limits of authority, approvals, appeals, an unfit archive."""

from datetime import timedelta

import pytest
from complaint_desk import NOT_SATISFIED, OFFICE, Desk
from conftest import NOW

from qa_app.core import journal, people, working_days
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid
from qa_app.core.rules import NewRule
from surveys import jobs, queries, rules, service
from surveys.model import CaseState, Channel, StepKind


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


def dissatisfied(desk, **changes):
    made = desk.register(**changes).case_id
    desk.walk(made, "solved_on_the_spot", "fed_back")
    desk.step(made, "called_back", **NOT_SATISFIED)
    return made


def test_a_remedy_beyond_the_desks_limit_is_asked_for_and_granted_by_who_has_one(desk):
    made = desk.register().case_id
    desk.step(made, "remedy_granted", remedy="credit", amount="30")
    with pytest.raises(Forbidden, match="30 yuan with 30 granted before are beyond your limit of 50"):
        desk.step(made, "remedy_granted", remedy="refund", amount="30")
    desk.step(made, "remedy_requested", remedy="refund", amount="170.50", reason="重复计费三个月")
    with pytest.raises(Forbidden, match="limit of 200"):  # 170.50 + 30 granted before
        desk.step(made, "remedy_granted", who=desk.head, remedy="refund", amount="170.50")
    desk.step(made, "remedy_granted", who=desk.boss, remedy="refund", amount="170.50")
    with reading(desk.engine) as session:
        steps = queries.steps_of(session, made)
    assert [step.facts.get("approver") for step in steps if step.kind is StepKind.REMEDY_GRANTED] == [
        desk.clerk, desk.boss,
    ]  # fmt: skip


def test_a_role_held_elsewhere_gives_no_limit_here(desk):
    made = desk.register().case_id
    with transaction(desk.engine) as session:
        grants = [(Role.CASE_DESK, desk.centre.centre), (Role.MANAGER, desk.billing)]
        people.set_roles(session, SYSTEM, NOW, desk.clerk, grants)
    with pytest.raises(Forbidden, match="limit of 50"):
        desk.step(made, "remedy_granted", remedy="refund", amount="60")


def test_what_is_mended_is_kept_whole_or_refused(desk):
    made = desk.register().case_id
    long_demand = "退" * 3000
    desk.step(made, "mended", field="demand", value=long_demand)
    with pytest.raises(Invalid, match="place has 121 signs; at most 120"):
        desk.step(made, "mended", field="place", value="东" * 121)
    with reading(desk.engine) as session:
        row = queries.story(session, SYSTEM, OFFICE.vault, made).row
    assert (row.demand, row.place) == (long_demand, "")


@pytest.mark.parametrize("amount", ["-5", "0", "abc", "1e400", "NaN", "10.005", "99999999"])
def test_an_amount_that_is_none_is_refused(desk, amount):
    made = desk.register().case_id
    with pytest.raises(Invalid, match="no amount in yuan"):
        desk.step(made, "remedy_granted", who=desk.boss, remedy="refund", amount=amount)


def test_nobody_names_an_approver_but_oneself(desk):
    made = desk.register().case_id
    desk.step(made, "remedy_granted", remedy="credit", amount="10", approver=desk.boss)
    with reading(desk.engine) as session:
        assert queries.steps_of(session, made)[-1].facts["approver"] == desk.clerk


def test_a_case_whose_customer_is_not_satisfied_is_closed_by_who_may_approve_it_and_with_proof(desk):
    made = dissatisfied(desk)
    desk.step(made, "close_requested")
    with pytest.raises(Forbidden):
        desk.step(made, "closed", proof="三次未接")
    with pytest.raises(Invalid, match="proof missing"):
        desk.step(made, "closed", who=desk.boss)
    desk.step(made, "closed", who=desk.boss, proof="三次未接，短信已发")
    assert desk.state(made) == CaseState.CLOSED


def test_after_an_appeal_nobody_goes_on_who_has_handled_the_case(desk):
    made = dissatisfied(desk)
    desk.step(made, "appealed")
    with pytest.raises(Forbidden, match="hand it to somebody who has not handled it"):
        desk.step(made, "progress_told")
    with pytest.raises(Conflict, match="has not handled"):
        desk.step(made, "assigned", to=desk.clerk)
    with transaction(desk.engine) as session:
        fresh = desk.person(session, "fresh", Role.CASE_DESK, desk.centre.centre)
    desk.step(made, "assigned", to=fresh)
    desk.step(made, "progress_told", who=fresh)


def test_only_the_person_held_accountable_replies(desk):
    made = desk.walk(desk.register().case_id, "assessed")
    desk.step(made, "held_accountable", person=desk.centre.ids[Role.SUPERVISOR], finding="承诺未兑现")
    with pytest.raises(Forbidden, match="Only the person held accountable"):
        desk.step(made, "accountable_replied", who=desk.head, words="不是我")


def test_a_case_is_archived_only_when_nothing_is_missing_and_says_what_is(desk):
    made = desk.register().case_id
    desk.walk(made, "solved_on_the_spot", "remedy_granted", "fed_back", "called_back", "closed")
    with pytest.raises(Invalid, match="cannot be archived: demand, credit missing"):
        desk.step(made, "archived")
    desk.step(made, "mended", field="demand", value="退还多扣的20元")
    desk.step(made, "remedy_credited", credited_on="2026-11-12")
    desk.step(made, "archived")
    assert desk.state(made) == CaseState.ARCHIVED


def test_a_case_from_the_regulator_needs_the_senders_answer_and_a_settlement_for_the_archive(desk):
    new = desk.complaint(channel=Channel.REGULATOR, sender="市通信管理局", demand="退费")
    made = desk.register(new).case_id
    desk.walk(made, "solved_on_the_spot", "fed_back", "called_back", "closed")
    with pytest.raises(Invalid, match="sender_reply, settlement missing"):
        desk.step(made, "archived")
    desk.walk(made, "sender_answered", "settled", "archived")


def test_what_was_mended_keeps_what_stood_there_and_classes_are_known_ones(desk):
    made = desk.register().case_id
    desk.step(made, "mended", field="class_code", value="network/outage")
    with pytest.raises(Invalid, match="no class “network/moon”"):
        desk.step(made, "mended", field="class_code", value="network/moon")
    with reading(desk.engine) as session:
        story = queries.story(session, SYSTEM, OFFICE.vault, made)
    assert story.row.class_code == "network/outage"
    assert story.steps[-1].facts["before"] == "fees/wrong_bill"


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        ("dispatched", {"unit": 10**6}, "no unit 1000000"),
        ("dispatched", {"unit": "moon"}, "no unit moon"),
        ("assigned", {"to": 10**6}, "no person 1000000"),
        ("delay_told", {"reason": "r", "promised_at": "tomorrow"}, "with its time zone"),
        ("delay_told", {"reason": "r", "promised_at": "2026-11-01T00:00:00+08:00"}, "has passed already"),
    ],
)
def test_a_step_that_names_what_does_not_exist_is_refused(desk, kind, facts, told):
    made = desk.register().case_id
    with pytest.raises(Invalid, match=told):
        desk.step(made, kind, **facts)


def test_the_number_is_revealed_to_who_must_call_and_the_reveal_is_journalled(desk):
    made = desk.register().case_id
    with transaction(desk.engine) as session:
        clerk = people.actor_for(session, desk.clerk)
        assert service.reveal_phone(session, clerk, NOW, OFFICE, made) == "13800138000"
        with pytest.raises(Forbidden):
            service.reveal_phone(session, people.actor_for(session, desk.boss), NOW, OFFICE, made)
    with reading(desk.engine) as session:
        assert [one.actor_name for one in journal.entries(session, SYSTEM, limit=50)
                if one.action == "customer.reveal"] == ["clerk"]  # fmt: skip


def test_a_profile_edited_from_a_moment_on_moves_no_case_received_before(desk):
    before = desk.register().case_id
    with transaction(desk.engine) as session:
        text = rules.text_in_force(session, rules.PROFILE, "provincial", NOW).replace("hours: 24}", "hours: 12}")
        admin = desk.centre.actor(session, Role.ADMIN)
        with pytest.raises(Invalid, match="from now on at the earliest"):
            old = NewRule(rules.PROFILE, "provincial", NOW - timedelta(days=1), text, "缩短")
            rules.publish(session, admin, NOW, old)
        rules.publish(session, admin, NOW, NewRule(rules.PROFILE, "provincial", NOW + timedelta(hours=1), text, "缩短"))
    desk.now = NOW + timedelta(hours=2)
    after = desk.register().case_id
    desk.step(before, "noted")
    with reading(desk.engine) as session:
        dues = [
            next(row.due_at - row.started_at for row in queries.deadlines_kept(session, case_id)
                 if row.clock == "first_result_simple")
            for case_id in (before, after)
        ]  # fmt: skip
    assert dues == [timedelta(hours=24), timedelta(hours=12)]


def test_a_deadline_beyond_the_published_calendar_is_reckoned_again_when_it_is_published(desk, monkeypatch):
    monkeypatch.setattr(working_days, "published_to", lambda: 2025)
    made = desk.register().case_id

    def close():
        with reading(desk.engine) as session:
            return next(row for row in queries.deadlines_kept(session, made) if row.clock == "close")

    assert close().provisional
    monkeypatch.undo()
    assert jobs.reckon_provisional(desk.engine, NOW, OFFICE.zone) == 1
    assert not close().provisional
    assert jobs.reckon_provisional(desk.engine, NOW, OFFICE.zone) == 0
