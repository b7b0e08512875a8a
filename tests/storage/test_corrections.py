"""Correcting callbacks through the real services: opened from a call, under the calling rules, never a survey."""

from datetime import datetime, timedelta

import pytest
from complaint_desk import OFFICE, ZONE
from conftest import NOW
from quality_floor import DAY, OPENED
from sqlalchemy import select

from qa_app import correcting, inbox
from qa_app.core import people
from qa_app.core.access import SYSTEM, Action, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from scorecards.work_tables import PickRow
from surveys import calling_desk, claims, links, responses, rules, tasks
from surveys import correcting as corrections
from surveys import service as casework
from surveys.calling_desk import NewOutcome
from surveys.correcting import Wrong
from surveys.dispositions import Disposition
from surveys.model import NewCase, Outcome, TaskKind
from surveys.survey_tables import SurveyTaskRow
from surveys.tables import CaseRow

pytest_plugins = ["quality_floor"]
AT = datetime(2026, 12, 2, 10, 0, tzinfo=ZONE)  # a Wednesday, in calling hours


@pytest.fixture
def call(floor):
    """A call of the agent, linked to the case of its customer."""
    made, _transcript = floor.call(OPENED + DAY)
    with transaction(floor.engine) as session:
        new = NewCase("套餐", "李静", "13800138123", unit_id=floor.centre.team, received_at=OPENED)
        case = casework.register(session, SYSTEM, OPENED, OFFICE, new).case_id
        casework.link_call(session, SYSTEM, OPENED, case, made)
    return made


def wrong(call, said="套餐下月生效"):
    return Wrong(call, said, "套餐次日生效", 12.0)


def test_a_correction_is_called_told_and_seen_by_who_opened_it(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    surveyor = floor.centre.ids[Role.SURVEYOR]
    (task,) = floor.rows(SurveyTaskRow)
    assert task.kind is TaskKind.CORRECTING
    floor(claims.claim, AT, OFFICE, who=surveyor)
    offer = floor(calling_desk.offered, AT, OFFICE, task.id, who=surveyor)
    assert (offer.said_wrong, offer.is_right) == ("套餐下月生效", "套餐次日生效")
    floor(calling_desk.begin_call, AT, OFFICE, task.id, who=surveyor)
    for question in ("told", "affected"):
        floor(calling_desk.save_answer, AT, task.id, question, int(question == "told"), who=surveyor)
    floor(calling_desk.finish, AT, OFFICE, task.id, who=surveyor)
    (one,) = floor(corrections.corrections, who=floor.ins1)
    assert (one.outcome, one.is_late(AT + 30 * DAY)) == (Outcome.ANSWERED, False)
    with reading(floor.engine) as session:
        rates = responses.ledger_rates(session, SYSTEM, Action.CALL_BACK, AT - DAY, AT + DAY)
        assert {rate.n for rate in rates} == {0}  # it is no survey
        assert not tasks.asked_lately(session, AT, task.customer_id, rules.calling(session, AT))


def answered(floor, told):
    """The one task is called and finished, the customer told or not."""
    surveyor = floor.centre.ids[Role.SURVEYOR]
    (task,) = floor.rows(SurveyTaskRow)
    floor(claims.claim, AT, OFFICE, who=surveyor)
    floor(calling_desk.begin_call, AT, OFFICE, task.id, who=surveyor)
    for question, given in (("told", told), ("affected", 0)):
        floor(calling_desk.save_answer, AT, task.id, question, given, who=surveyor)
    floor(calling_desk.finish, AT, OFFICE, task.id, who=surveyor)


def missed(floor, at):
    boss = floor.centre.ids[Role.SUPERVISOR]
    return {one.kind: one.n for one in floor(inbox.inbox, at, OFFICE, who=boss)}.get("corrections", 0)


def test_who_was_reached_and_not_told_stands_in_the_inbox_and_no_survey_is_seen(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    answered(floor, told=0)
    assert missed(floor, AT) == 1
    with reading(floor.engine) as session:
        assert "correcting" not in responses.surveys_seen(session, SYSTEM)
    floor(correcting.open_correction, AT + DAY, OFFICE, wrong(call), who=floor.ins1)  # another try
    assert missed(floor, AT + DAY) == 0
    (one,) = floor(corrections.corrections, who=floor.ins1)
    assert one.outcome is None


def test_a_last_call_that_nobody_logged_ends_the_task_without_a_link(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    (task,) = floor.rows(SurveyTaskRow)
    with transaction(floor.engine) as session:
        row = tasks.locked(session, task.id)
        for hours in (50, 30):
            tasks.add_attempt(session, row, tasks.Made(AT - timedelta(hours=hours), Disposition.NO_ANSWER, None))
        row.ready_at = AT
    surveyor = floor.centre.ids[Role.SURVEYOR]
    floor(claims.claim, AT, OFFICE, who=surveyor)
    floor(calling_desk.begin_call, AT, OFFICE, task.id, who=surveyor)
    later = AT + 6 * DAY
    floor(claims.claim, later, OFFICE, who=surveyor)
    with transaction(floor.engine) as session:
        links.send_due(session, later, OFFICE)
    (task,) = floor.rows(SurveyTaskRow)
    assert (task.outcome, task.link_stage) == (Outcome.UNREACHED, 0)


def test_a_customer_who_does_not_want_to_be_called_is_not(floor, call):
    with transaction(floor.engine) as session:
        tasks.bar(session, SYSTEM, AT - DAY, session.scalar(select(CaseRow.customer_id)), "不再联系")
    with pytest.raises(Conflict, match="does not want to be called"):
        floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    assert floor.rows(SurveyTaskRow) == []


def test_who_scores_a_call_blind_sees_no_findings_of_others(floor):
    floor.open()
    for day in range(1, 31):
        floor.call(OPENED + day * DAY)
    floor.draw(OPENED + 33 * DAY)
    picked = floor.rows(PickRow)[0].call_pk
    with transaction(floor.engine) as session:
        new = NewCase("套餐", "李静", "13800138123", unit_id=floor.centre.team, received_at=OPENED)
        case = casework.register(session, SYSTEM, OPENED, OFFICE, new).case_id
        casework.link_call(session, SYSTEM, OPENED, case, picked)
    at = OPENED + 34 * DAY
    floor(correcting.open_correction, at, OFFICE, wrong(picked), who=floor.lead)
    seen = {who: len(floor(correcting.of_call, at, picked, who=who)) for who in (floor.ins1, floor.ins2, floor.lead)}
    assert seen[floor.lead] == 1
    assert sorted(seen[who] for who in (floor.ins1, floor.ins2)) == [0, 1]  # one of them has it to score


def test_who_is_not_reached_gets_no_link_and_stands_in_the_inbox(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    (task,) = floor.rows(SurveyTaskRow)
    with transaction(floor.engine) as session:
        row = tasks.locked(session, task.id)
        for hours in (50, 30):
            tasks.add_attempt(session, row, tasks.Made(AT - timedelta(hours=hours), Disposition.NO_ANSWER, None))
        row.ready_at = AT
    surveyor = floor.centre.ids[Role.SURVEYOR]
    floor(claims.claim, AT, OFFICE, who=surveyor)
    floor(calling_desk.begin_call, AT, OFFICE, task.id, who=surveyor)
    floor(calling_desk.log, AT, OFFICE, task.id, NewOutcome(Disposition.NO_ANSWER), who=surveyor)
    (task,) = floor.rows(SurveyTaskRow)
    assert (task.outcome, task.link_at, task.link_stage) == (Outcome.UNREACHED, None, 0)
    boss = floor.centre.ids[Role.SUPERVISOR]
    waits = {one.kind: one.n for one in floor(inbox.inbox, AT, OFFICE, who=boss)}
    assert waits["corrections"] == 1


def test_a_correction_that_nobody_placed_in_two_working_days_is_late(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    (one,) = floor(corrections.corrections, who=floor.lead)
    assert one.due_at == datetime(2026, 12, 5, 0, 0, tzinfo=ZONE)  # the end of the second working day
    assert not one.is_late(AT + DAY)
    assert one.is_late(AT + 3 * DAY)


def test_what_cannot_be_opened_is_refused_in_words(floor, call):
    unlinked, _transcript = floor.call(OPENED + 2 * DAY)
    with pytest.raises(Conflict, match="No case says whose call"):
        floor(correcting.open_correction, AT, OFFICE, wrong(unlinked), who=floor.ins1)
    with pytest.raises(Invalid, match="told wrong"):
        floor(correcting.open_correction, AT, OFFICE, Wrong(call, " ", "r"), who=floor.ins1)
    with pytest.raises(Invalid, match="what is right"):
        floor(correcting.open_correction, AT, OFFICE, Wrong(call, "w", ""), who=floor.ins1)
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    with pytest.raises(Conflict, match="being corrected already"):
        floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.lead)
    floor(correcting.open_correction, AT, OFFICE, wrong(call, "另一处"), who=floor.lead)
    with pytest.raises(Forbidden):
        floor(correcting.open_correction, AT, OFFICE, wrong(call, "x"), who=floor.agent)
    with transaction(floor.engine) as session:
        new = people.NewUser("far", "far", floor.centre.other_team, None, (Role.INSPECTOR,))
        far = people.add_user(session, SYSTEM, NOW, new)
    with pytest.raises(NotFound):
        floor(correcting.of_call, NOW, call, who=far)
    assert floor(corrections.corrections, who=far) == []


def test_the_agent_of_the_call_is_never_the_one_who_calls(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    with transaction(floor.engine) as session:
        people.set_roles(session, SYSTEM, NOW, floor.agent, [(Role.SURVEYOR, floor.centre.team)])
    assert floor(claims.claim, AT, OFFICE, who=floor.agent) is None
