"""Deadlines called out once a level on both databases; a worker stopped for days makes up for it without a double."""

from datetime import timedelta

import pytest
from complaint_desk import OFFICE, Desk
from conftest import NOW

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM
from qa_app.core.db import reading, transaction
from qa_app.core.errors import NotFound
from surveys import alarming, jobs, service
from surveys.model import AlarmLevel

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


def tick(desk, after_h):
    return jobs.tick(desk.engine, NOW + after_h * HOUR, OFFICE)


def alarms(desk, who):
    with reading(desk.engine) as session:
        found = alarming.alarms(session, people.actor_for(session, who))
    return [(one.clock, one.level.value) for one in found]


def test_each_level_is_called_out_once_and_to_whom_it_concerns(desk):
    made = desk.register().case_id
    desk.step(made, "dispatched", unit=desk.billing)
    assert tick(desk, 1) == 0
    assert tick(desk, 20) == 1  # the first result's warning, 0.8 x 24 h
    assert tick(desk, 20) == 0
    assert alarms(desk, desk.clerk) == [("first_result_simple", "warned")]
    assert alarms(desk, desk.biller) == []
    assert tick(desk, 39) == 2  # the result is late; the return's warning, 0.8 x 48 h
    assert alarms(desk, desk.biller) == [("return", "warned")]
    assert alarms(desk, desk.clerk) == [("first_result_simple", "alarmed"), ("return", "warned")]
    assert alarms(desk, desk.head) == []
    tick(desk, 49)
    assert alarms(desk, desk.head) == [("first_result_simple", "escalated")]
    assert alarms(desk, desk.boss) == []
    tick(desk, 97)
    assert alarms(desk, desk.boss) == [("first_result_simple", "to_manager")]


def test_a_worker_stopped_for_days_raises_each_level_once_and_only_the_loudest_is_unseen(desk):
    desk.register()
    assert tick(desk, 100) == 1
    assert tick(desk, 100) == tick(desk, 101) == 0
    assert alarms(desk, desk.boss) == [("first_result_simple", "to_manager")]
    assert alarms(desk, desk.head) == alarms(desk, desk.clerk) == []
    with reading(desk.engine) as session:
        told = [one.detail for one in journal.entries(session, SYSTEM, limit=50) if one.action == "alarms.raise"]
    assert told == [{"raised": 1}]


def test_what_is_severe_goes_up_sooner(desk):
    made = desk.register().case_id
    desk.step(made, "assessed", complexity="simple", urgency="ordinary", severity="serious")
    tick(desk, 24 + 5)
    assert alarms(desk, desk.head) == [("first_result_simple", "escalated")]


def test_paused_ended_and_joined_clocks_are_silent(desk):
    paused, ended, joined, kept = (desk.register().case_id for _ in range(4))
    desk.walk(paused, "paused")
    desk.walk(ended, "solved_on_the_spot", "fed_back", "called_back", "closed")
    with transaction(desk.engine) as session:
        service.join(session, people.actor_for(session, desk.clerk), NOW, joined, kept)
    assert tick(desk, 25) == 1


def test_taking_note_removes_an_alarm_and_the_quieter_ones_for_everybody(desk):
    made = desk.register().case_id
    tick(desk, 20)
    tick(desk, 25)
    with transaction(desk.engine) as session:
        clerk = people.actor_for(session, desk.clerk)
        alarming.take_note(session, clerk, NOW, made, "first_result_simple", 1, AlarmLevel.ALARMED)
        with pytest.raises(NotFound, match="no such alarm"):
            alarming.take_note(session, clerk, NOW, made, "first_result_simple", 1, AlarmLevel.TO_MANAGER)
        with pytest.raises(NotFound):
            engineer = people.actor_for(session, desk.engineer)
            alarming.take_note(session, engineer, NOW, made, "first_result_simple", 1, AlarmLevel.ALARMED)
    assert alarms(desk, desk.clerk) == []
    assert tick(desk, 26) == 0


def test_a_clock_that_was_paused_after_it_was_called_out_is_silent_until_it_runs_again(desk):
    made = desk.register().case_id
    tick(desk, 20)
    desk.step(made, "paused")
    assert alarms(desk, desk.clerk) == []
    desk.step(made, "resumed")
    assert alarms(desk, desk.clerk) == [("first_result_simple", "warned")]


def test_alarms_for_others_crowd_out_nobodys(desk, monkeypatch):
    monkeypatch.setattr(alarming, "MOST", 1)  # 5 rows are read
    for _ in range(6):
        desk.register()
    tick(desk, 100)  # six for the manager, all of them due earlier
    desk.now = NOW + 90 * HOUR
    desk.register()
    assert tick(desk, 90 + 20) == 1
    assert alarms(desk, desk.clerk) == [("first_result_simple", "warned")]
