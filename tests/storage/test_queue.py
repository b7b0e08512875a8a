from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from conftest import NOW

from qa_app.core import queue
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict
from qa_app.core.tables import JobState

LEASE = timedelta(seconds=60)
KINDS = ("work",)
BACKOFF = queue.Backoff(attempts=3, first=timedelta(seconds=30))


def put(engine, *subjects, **more):
    with transaction(engine) as session:
        for subject in subjects:
            queue.put(session, NOW, "work", subject, **more)


def claim(engine, at=NOW, worker="w"):
    with transaction(engine) as session:
        return queue.claim(session, at, worker, LEASE, KINDS)


def state_counts(engine):
    with reading(engine) as session:
        return queue.counts(session)


def test_the_same_work_is_due_once_however_often_it_is_put(engine):
    put(engine, "a", "a")
    put(engine, "a")
    assert claim(engine).subject == "a"
    assert claim(engine) is None


def test_urgent_work_goes_before_an_archive_put_earlier(engine):
    put(engine, "old", priority=queue.ARCHIVE)
    put(engine, "today", priority=queue.TODAY)
    put(engine, "yesterday")
    assert [claim(engine).subject for _ in range(3)] == ["today", "yesterday", "old"]


def test_a_crashed_worker_s_job_is_taken_up_when_its_lease_runs_out(engine):
    put(engine, "a")
    first = claim(engine, worker="one")
    assert claim(engine, NOW + timedelta(seconds=59)) is None
    second = claim(engine, NOW + timedelta(seconds=61), worker="two")
    assert (second.id, second.token, second.attempts) == (first.id, first.token + 1, 2)


def test_a_worker_that_lost_its_lease_cannot_write(engine):
    put(engine, "a")
    first = claim(engine)
    second = claim(engine, NOW + timedelta(seconds=61))
    with pytest.raises(Conflict, match="taken this job over"), transaction(engine) as session:
        queue.finish(session, first)
    with transaction(engine) as session:
        assert not queue.renew(session, NOW, first, LEASE, 0.5)
    with transaction(engine) as session:
        queue.finish(session, second)
    assert state_counts(engine) == {JobState.DONE: 1}


def test_renewing_keeps_the_job_from_others(engine):
    put(engine, "a")
    job = claim(engine)
    with transaction(engine) as session:
        assert queue.renew(session, NOW + timedelta(seconds=50), job, LEASE, 0.4)
    assert claim(engine, NOW + timedelta(seconds=100)) is None


def test_failures_wait_longer_each_time_and_end(engine):
    put(engine, "a")
    at, waits = NOW, []
    for attempt in range(1, 4):
        job = claim(engine, at)
        assert job.attempts == attempt
        with transaction(engine) as session:
            over = queue.fail(session, at, job, "no luck", BACKOFF)
        waits.append(BACKOFF.wait(attempt).total_seconds())
        at += BACKOFF.wait(attempt)
    assert (over, waits) == (True, [30, 60, 120])
    assert claim(engine, at + timedelta(days=1)) is None
    assert state_counts(engine) == {JobState.FAILED: 1}


def test_work_that_ended_can_be_put_again(engine):
    put(engine, "a")
    with transaction(engine) as session:
        queue.finish(session, queue.claim(session, NOW, "w", LEASE, KINDS))
    put(engine, "a")
    assert claim(engine).attempts == 1


def test_a_released_job_costs_no_try(engine):
    put(engine, "a")
    with transaction(engine) as session:
        queue.release(session, queue.claim(session, NOW, "w", LEASE, KINDS))
    assert claim(engine).attempts == 1


def test_many_workers_never_take_the_same_job(engine):
    put(engine, *map(str, range(30)))

    def take(worker):
        taken = []
        while job := claim(engine, worker=worker):
            taken.append(job.subject)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [subject for part in pool.map(take, "abcd") for subject in part]
    assert sorted(taken, key=int) == [str(number) for number in range(30)]
