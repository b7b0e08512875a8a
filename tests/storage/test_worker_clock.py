"""The worker's clock only wakes, rows decide; a worker that was stopped makes up for it without a double message."""

import json
import threading
from datetime import timedelta

import pytest
from complaint_desk import Desk
from conftest import NOW
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from qa_app import worker as workers
from qa_app.core import journal
from qa_app.core.access import SYSTEM
from qa_app.core.db import reading, transaction
from qa_app.core.tables import JobRow, JobState
from qa_app.worker import Worker
from surveys import alarming, jobs
from surveys.model import NoticeState
from surveys.office import Office
from surveys.senders.contract import Kind, Unreachable
from surveys.tables import AlarmRow, NoticeRow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAIT_S = 10


class Deaf(Worker):
    """A worker without ears: all of it but the farm, which needs a speech model."""

    def _transcribe(self):
        if not self.once:
            self.stopping.wait(WAIT_S)


@pytest.fixture
def at(monkeypatch):
    """Sets the hour at which the worker believes to be."""

    def set_to(moment):
        monkeypatch.setattr(workers, "utc_now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def desk(live, centre, at):
    live.settings.folder.mkdir(parents=True)
    (live.settings.folder / "secret.key").write_bytes(b"k" * 32)  # the desk's own vault, so that the worker can open it
    return Desk(live.engine, centre)


def work(live, moment, at):
    """One `huiting work --once` at that moment."""
    at(moment)
    worker = Deaf(live, once=True)
    worker.run()
    return worker


def outbox(live):
    files = (live.settings.folder / "outbox").glob("*.json")
    return sorted((json.loads(file.read_text("utf-8")) for file in files), key=lambda one: one["once"])


def rows(live, table):
    with reading(live.engine) as session:
        found = session.scalars(select(table)).all()
        session.expunge_all()
        return found


def levels(live):
    return sorted((row.case_id, row.clock, row.level.value) for row in rows(live, AlarmRow))


def journalled(live, action):
    with reading(live.engine) as session:
        return [one.detail for one in journal.entries(session, SYSTEM) if one.action == action]


def test_working_once_looks_at_the_clocks_and_sends_what_is_due(live, desk, at):
    made = desk.register()
    work(live, NOW + 20 * HOUR, at)  # the first result's warning stands at 0.8 x 24 h = 19.2 h
    assert levels(live) == [(made.case_id, "first_result_simple", "warned")]
    (message,) = outbox(live)
    assert (message["to"], made.number in message["body"]) == ("+8613800138000", True)
    (kept,) = rows(live, NoticeRow)
    assert (kept.state, kept.sent_at) == (NoticeState.SENT, NOW + 20 * HOUR)


def test_a_worker_stopped_for_a_day_catches_up_without_a_double(live, desk, at):
    first = desk.register().case_id
    work(live, NOW + HOUR, at)
    before = outbox(live)
    assert (len(before), levels(live)) == (1, [])
    desk.step(first, "delay_told", reason="需核实", promised_at="2026-11-20T12:00:00+08:00", by="sms")
    second = desk.register(desk.complaint(customer_phone="139 0013 9000")).case_id
    for moment in (NOW + DAY + HOUR, NOW + DAY + HOUR, NOW + DAY + 2 * HOUR):  # back, restarted, and an hour later
        work(live, moment, at)
        # 24 h are over: late, and the warning missed at 19.2 h stands beside it; neither has grown louder since
        assert levels(live) == [
            (case, "first_result_simple", level) for case in (first, second) for level in ("alarmed", "warned")
        ]
    assert {row.at for row in rows(live, AlarmRow)} == {NOW + DAY + HOUR}
    assert sum(row.seen_at is None for row in rows(live, AlarmRow)) == 2
    assert journalled(live, "alarms.raise") == [{"raised": 2}]
    assert [one["once"] for one in outbox(live)] == [
        f"case:{first}:registered", f"case:{first}:step:2", f"case:{second}:registered",
    ]  # fmt: skip
    assert [one for one in outbox(live) if one in before] == before
    assert {row.state for row in rows(live, NoticeRow)} == {NoticeState.SENT}


class Died(BaseException):
    """The end of a process, which nothing in it can catch."""


class LastWords:
    """A sender in a process that ends once the message is away and before anybody kept that."""

    def __init__(self, sender):
        self.sender = sender

    def send(self, message):
        self.sender.send(message)
        raise Died


def test_a_worker_that_dies_between_sending_and_keeping_it_leaves_one_message(live, desk, at):
    desk.register()
    dying = Deaf(live)
    dying.senders = {Kind.SMS: LastWords(dying.senders[Kind.SMS])}
    with pytest.raises(Died):
        dying._light_work()
    (kept,) = rows(live, NoticeRow)
    assert (kept.state, len(outbox(live))) == (NoticeState.WAITING, 1)
    work(live, NOW + timedelta(seconds=live.settings.lease_s - 1), at)
    assert rows(live, NoticeRow)[0].state is NoticeState.WAITING  # the dead worker's lease still holds it
    work(live, NOW + timedelta(seconds=live.settings.lease_s), at)
    assert (rows(live, NoticeRow)[0].state, len(outbox(live))) == (NoticeState.SENT, 1)


class Silent:
    """A sender whose other side never answers."""

    def send(self, _message):
        raise Unreachable("The SMS gateway does not answer ({error}).", error="ConnectTimeout")


def test_a_message_that_cannot_be_sent_is_tried_so_often_and_then_shown_as_failed(live, desk, at):
    desk.register()
    worker = Deaf(live, once=True)
    worker.senders = {Kind.SMS: Silent()}
    moment, tries = NOW, jobs.TRIES.attempts
    for left in reversed(range(tries)):
        assert rows(live, NoticeRow)[0].state is NoticeState.WAITING
        at(moment)
        worker.run()
        assert worker.failed == [] or not left
        moment += jobs.TRIES.first * 2 ** (tries - left - 1)  # 1, 2, 4 ... 256 minutes
    (kept,) = rows(live, NoticeRow)
    assert (kept.state, kept.error) == (NoticeState.FAILED, "The SMS gateway does not answer (ConnectTimeout).")
    assert [name for name, _ in worker.failed] == [f"notice notice:{kept.id}"]
    assert {row.state for row in rows(live, JobRow) if row.kind == jobs.SEND} == {JobState.FAILED}


def test_two_workers_that_tick_at_the_same_moment_raise_each_level_once(live, desk, at):
    for _ in range(5):
        desk.register()
    moment, counted = NOW + 20 * HOUR, []
    late = threading.Thread(target=lambda: counted.append(jobs.tick(live.engine, moment, Office.of(live.settings))))
    with transaction(live.engine) as session:
        counted.append(alarming.call_out(session, moment))
        late.start()
        late.join(0.3)
        assert late.is_alive()  # it waits for what is not committed yet
    late.join(WAIT_S)
    assert counted == [5, 0]
    assert [level for *_, level in levels(live)] == ["warned"] * 5
    assert journalled(live, "alarms.raise") == [{"raised": 5}]


def test_the_journals_head_is_kept_outside_at_the_start_and_each_head_once(live, desk, at):
    desk.register()
    for _ in range(2):
        work(live, NOW + HOUR, at)
    heads = live.settings.journal_heads.read_text("utf-8").splitlines()
    assert len(heads) == 1
    with reading(live.engine) as session:
        assert journal.verify(session, live.settings.journal_heads).fault is None
    work(live, NOW + DAY, at)  # an alarm was raised, so the head has moved
    assert len(live.settings.journal_heads.read_text("utf-8").splitlines()) == 2


@pytest.fixture
def ticking(live, desk, monkeypatch):
    """A worker whose clock ticks every 50 ms."""
    monkeypatch.setattr(workers, "TICK_EVERY_S", 0.05)
    monkeypatch.setattr(workers, "ANCHOR_EVERY_S", 0.05)
    return Deaf(live)


def test_the_clock_goes_on_by_itself_until_the_worker_stops(live, desk, at, ticking):
    made = desk.register().case_id
    running = threading.Thread(target=ticking.run)
    running.start()
    try:
        assert levels(live) == []
        at(NOW + 20 * HOUR)
        wait_for(lambda: levels(live) == [(made, "first_result_simple", "warned")])
        at(NOW + 25 * HOUR)
        wait_for(lambda: len(levels(live)) == 2)
        wait_for(lambda: len(outbox(live)) == 1)
    finally:
        ticking.stopping.set()
        running.join(WAIT_S)
    assert not running.is_alive()
    assert "APScheduler" not in {thread.name for thread in threading.enumerate()}
    assert live.settings.journal_heads.exists()


def test_a_tick_that_meets_a_silent_database_is_no_end_and_none_runs_beside_another(ticking, monkeypatch):
    begun, ended, at_work, most = [], threading.Event(), [], []

    def tick(_engine, _now, _office):
        begun.append(None)
        at_work.append(None)
        most.append(len(at_work))
        ended.wait(0.15)  # longer than the pause between two ticks
        at_work.pop()
        if len(begun) >= 5:
            ended.set()
        if len(begun) <= 3:
            raise OperationalError("SELECT 1", {}, Exception("the database is gone"))
        return 0

    monkeypatch.setattr(workers.casework, "tick", tick)
    with ticking._clock():
        assert ended.wait(WAIT_S)
    assert set(most) == {1}


def wait_for(condition):
    end = threading.Event()
    for _ in range(WAIT_S * 20):
        if condition():
            return
        end.wait(0.05)
    pytest.fail("waited in vain")
