"""Workers that die, lag or fail: nothing lost, nothing twice, nothing written by one that lost its lease."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from conftest import NOW, missing
from made_calls import heard, imported_call, write_wav
from sqlalchemy import select

from qa_app import intake
from qa_app.core import queue
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Invalid
from qa_app.core.queue import Backoff
from qa_app.core.settings import Settings
from qa_app.core.tables import JobRow, JobState
from qa_app.runtime import Runtime
from qa_app.worker import Worker, _score_next
from transcription import jobs
from transcription.model import RecordingState
from transcription.model_pack import find_model
from transcription.storage import Store
from transcription.tables import PlaybackRow, RecordingRow, TranscriptRow

CALL = Path(__file__).parents[2] / "qa_app" / "demo" / "calls" / "1008-20261105-0136.ogg"
LEASE = timedelta(seconds=60)


@pytest.fixture
def recording(live, centre, tmp_path):
    with transaction(live.engine) as session:
        file = write_wav(tmp_path / "inbox" / "C-1.wav")
        return imported_call(session, NOW, intake.plan_for(live), file)[1]


def claim(live, now, kind="transcribe"):
    with transaction(live.engine) as session:
        return queue.claim(session, now, "w", LEASE, (kind,))


def rows(engine, table, **where):
    with reading(engine) as session:
        found = session.scalars(select(table).filter_by(**where)).all()
        session.expunge_all()
        return found


def test_a_worker_whose_lease_was_taken_writes_no_transcript_and_no_score(live, recording):
    slow, quick = claim(live, NOW), claim(live, NOW + LEASE)
    with pytest.raises(Conflict, match="Another worker has taken this job over"):
        jobs.keep(live.engine, NOW, slow, heard(), _score_next)
    assert rows(live.engine, TranscriptRow) == rows(live.engine, JobRow, kind="score") == []
    jobs.keep(live.engine, NOW, quick, heard(), _score_next)
    with pytest.raises(Conflict):
        jobs.keep(live.engine, NOW, slow, replace(heard(), language="zh"), _score_next)
    (kept,) = rows(live.engine, TranscriptRow)
    assert (kept.revision, kept.language) == (1, "en")
    assert len(rows(live.engine, JobRow, kind="score")) == 1


def test_a_worker_whose_lease_was_taken_puts_nothing_into_quarantine(live, recording):
    slow, quick = claim(live, NOW), claim(live, NOW + LEASE)
    with pytest.raises(Conflict):
        jobs.give_up_or_retry(live.engine, NOW, slow, "corrupt", "broken", Backoff(1, timedelta()))
    jobs.keep(live.engine, NOW, quick, heard(), _score_next)
    assert rows(live.engine, RecordingRow)[0].state is RecordingState.TRANSCRIBED


def test_a_recording_that_keeps_failing_is_set_aside_with_the_last_reason(live, recording):
    backoff, at = Backoff(2, timedelta(seconds=30)), NOW
    assert not jobs.give_up_or_retry(live.engine, at, claim(live, at), "crashed", "first", backoff)
    assert rows(live.engine, RecordingRow)[0].state is RecordingState.QUEUED
    at += timedelta(seconds=31)
    assert jobs.give_up_or_retry(live.engine, at, claim(live, at), "crashed", "second", backoff)
    (row,) = rows(live.engine, RecordingRow)
    assert (row.state, row.reason_code, row.reason) == (RecordingState.QUARANTINED, "crashed", "second")


def test_a_copy_is_made_and_noted(live, recording):
    worker = Worker(live)
    worker._do(claim(live, NOW, "copy"))
    (copy,) = rows(live.engine, PlaybackRow)
    assert live.store.playback(copy.path).stat().st_size == copy.size_bytes
    assert len(copy.waveforms) == 2
    assert rows(live.engine, JobRow, kind="copy")[0].state is JobState.DONE


def test_light_work_that_fails_after_its_lease_was_taken_does_not_end_the_worker(live, recording):
    slow, quick = claim(live, NOW, "copy"), claim(live, NOW + LEASE, "copy")
    next(path for path in live.store.original("").rglob("*.wav")).unlink()
    worker = Worker(live)
    worker._do(slow)
    assert worker.failed == []
    worker._do(quick)
    assert rows(live.engine, JobRow, kind="copy")[0].state is JobState.WAITING


# --- a real worker process, killed in the middle of a file ----------------------------------------------------------


def wait_until(condition, what, timeout_s):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {timeout_s} s in vain: {what}")


@pytest.fixture
def office(sqlite_engine, tmp_path):
    """An installation with one short call that is due, and what starts `huiting work` on it."""
    try:
        model = find_model()
    except Invalid as absent:
        missing(str(absent))
    folder = tmp_path / "kept"
    live = Runtime(Settings(folder=folder), sqlite_engine, Store(folder))
    with transaction(live.engine) as session:
        imported_call(session, utc_now(), intake.plan_for(live), CALL)
    environment = {
        **os.environ, "HUITING_FOLDER": str(folder), "HUITING_DATABASE_URL": str(sqlite_engine.url),
        "HUITING_MODEL": str(Path(model).resolve()), "HUITING_WORKERS": "1",
        "HUITING_LEASE_S": "5",
    }  # fmt: skip
    started = []

    def work(*options):
        command = [sys.executable, "-c", "from qa_app.cli import main; main()", "work", *options]
        with (tmp_path / "worker.log").open("ab") as log:
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        return started[-1]

    yield live, work
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.model
@pytest.mark.timeout(400)
def test_a_worker_killed_in_the_middle_of_a_file_loses_nothing_and_another_ends_it_once(office):
    live, work = office
    victim = work()

    def job():
        return rows(live.engine, JobRow, kind="transcribe")[0]

    process = psutil.Process(victim.pid)
    wait_until(lambda: job().state is JobState.LEASED and busy(process), "the worker is in the middle", 120)
    family = process.children(recursive=True)
    assert family, "decoding happens in processes of its own"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    wait_until(lambda: not any(alive(child) for child in family), "the children end with their parent", 30)
    assert rows(live.engine, TranscriptRow) == []
    assert job().state is JobState.LEASED
    wait_until(lambda: job().lease_until <= utc_now(), "the dead worker's lease runs out", 30)
    heir = work("--once", "--quiet")
    assert heir.wait(300) == 0
    (kept,) = rows(live.engine, TranscriptRow)
    assert (kept.revision, bool(kept.body["utterances"])) == (1, True)
    assert (job().state, job().attempts, job().token) == (JobState.DONE, 2, 2)
    assert [row.state for row in rows(live.engine, RecordingRow)] == [RecordingState.TRANSCRIBED]
    assert len(rows(live.engine, PlaybackRow)) == 1


def busy(process):
    """Whether a decoding process has worked for two seconds: with the model loaded, far from the end of the call."""
    return any(child.cpu_times().user > 2 for child in process.children(recursive=True))


def alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
