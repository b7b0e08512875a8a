"""Correcting callbacks through the real services: opened from a call, under the calling rules, never a survey."""

from datetime import datetime, timedelta

import pytest
from complaint_desk import OFFICE, ZONE
from conftest import NOW
from quality_floor import DAY, OPENED

from qa_app import correcting, inbox
from qa_app.core import people
from qa_app.core.access import SYSTEM, Action, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from surveys import calling_desk, claims, responses, rules, tasks
from surveys import correcting as corrections
from surveys import service as casework
from surveys.calling_desk import NewOutcome
from surveys.correcting import Wrong
from surveys.dispositions import Disposition
from surveys.model import NewCase, Outcome, TaskKind
from surveys.survey_tables import SurveyTaskRow

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
        floor(correcting.of_call, call, who=far)
    assert floor(corrections.corrections, who=far) == []


def test_the_agent_of_the_call_is_never_the_one_who_calls(floor, call):
    floor(correcting.open_correction, AT, OFFICE, wrong(call), who=floor.ins1)
    with transaction(floor.engine) as session:
        people.set_roles(session, SYSTEM, NOW, floor.agent, [(Role.SURVEYOR, floor.centre.team)])
    assert floor(claims.claim, AT, OFFICE, who=floor.agent) is None
