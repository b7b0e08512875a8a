"""The worker: takes due jobs one after the other, hands recordings to the farm and keeps what comes back.

Rows decide. A crash in the middle of a file loses nothing: the lease runs out and the job is taken up again. A
worker that lost its lease notices when it wants to write, and its result is dropped.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from qa_app import callback_recordings, performance_sheet, sampling_frame, webhook_jobs
from qa_app.core import journal, queue, tokens
from qa_app.core.clock import utc_now
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, HuitingError
from qa_app.core.queue import Backoff, Job
from qa_app.runtime import Runtime
from scorecards import jobs as scoring
from scorecards.checks.outside import Outside, Stopped
from scorecards.endpoint import open_outside
from surveys import jobs as casework
from surveys.office import Office
from surveys.senders.choice import senders
from surveys.senders.contract import Kind, Sender
from transcription import jobs, queries
from transcription.audio import Limits
from transcription.engines.whisper import EngineSpec
from transcription.farm.contract import Advanced, Event, Failed, Finished
from transcription.farm.contract import Job as FarmJob
from transcription.farm.local import LocalFarm
from transcription.manifest import MIXED
from transcription.model_pack import find_model
from transcription.pipeline import Wish
from transcription.service import COPY, TRANSCRIBE

log = logging.getLogger(__name__)
_STORED_NAME = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")  # a person knows the file by the name it came with
PAUSE_S = 1.0
BEAT_S = 2.0
ANCHOR_EVERY_S = 3600
TICK_EVERY_S = 60
LISTEN_EVERY_S = 600
PERMANENT = {"corrupt", "empty", "silent", "too_short", "too_long", "unsupported", "missing", "invalid"}


@dataclass
class Worker:
    """One worker process: the jobs it holds, how far each is, and whether it was told to stop."""

    runtime: Runtime
    once: bool = False
    on_event: Callable[[str, float], None] = lambda _name, _share: None
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    stopping: threading.Event = field(default_factory=threading.Event)
    held: dict[str, Job] = field(default_factory=dict)
    beside: Job | None = None
    names: dict[str, str] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.runtime.settings.lease_s)

    @property
    def backoff(self) -> Backoff:
        settings = self.runtime.settings
        return Backoff(settings.attempts, timedelta(seconds=settings.retry_s))

    @cached_property
    def vault(self) -> Vault:
        """What opens sealed contact data."""
        return Vault(self.runtime.settings.secret)

    @cached_property
    def outside(self) -> Outside:
        """What checks may ask beyond the transcript."""
        return open_outside(self.runtime.settings, self.stopping)

    @cached_property
    def senders(self) -> Mapping[Kind, Sender]:
        """How messages leave."""
        return senders(self.runtime.settings)

    def run(self) -> None:
        """Work until told to stop, or until nothing is due (`once`)."""
        light = threading.Thread(target=self._light_work, name="light-work")
        with self._leases_kept(), self._clock():
            light.start()
            try:
                self._transcribe()
            finally:
                if not self.once:
                    self.stopping.set()
                light.join()
            if self.once:
                self._light_work()

    @contextmanager
    def _leases_kept(self) -> Iterator[None]:
        """Leases are renewed for so long; jobs still held at the end are due again at once."""
        over = threading.Event()
        renewing = threading.Thread(target=self._keep_leases, args=(over,), name="leases")
        renewing.start()
        try:
            yield
        finally:
            over.set()
            renewing.join()
            self._give_back()

    @contextmanager
    def _clock(self) -> Iterator[None]:
        """The only scheduler: it wakes, rows decide. What was missed while nobody worked is made up for once."""
        self._reckon()
        self._tick()
        self._listen()
        self._draw()
        self._close_months()
        self._anchor()
        self._forget()
        if self.once:
            yield
            return
        clock = BackgroundScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        clock.add_job(self._tick, "interval", seconds=TICK_EVERY_S)
        clock.add_job(self._listen, "interval", seconds=LISTEN_EVERY_S)
        clock.add_job(self._draw, "interval", seconds=ANCHOR_EVERY_S)
        clock.add_job(self._close_months, "interval", seconds=ANCHOR_EVERY_S)
        clock.add_job(self._anchor, "interval", seconds=ANCHOR_EVERY_S)
        clock.add_job(self._forget, "interval", seconds=ANCHOR_EVERY_S)
        clock.start()
        try:
            yield
        finally:
            clock.shutdown(wait=True)

    def _transcribe(self) -> None:
        settings = self.runtime.settings
        spec = EngineSpec(model=find_model(settings.model, settings.models))
        with LocalFarm(settings.decoding_processes, spec) as farm:
            for event in farm.run(self._due_recordings()):
                self._heard(event)
                if self.stopping.is_set():
                    return

    def _due_recordings(self) -> Iterator[FarmJob | None]:
        """Due recordings as the farm asks for them; None while none is due; the end when told to stop."""
        while not self.stopping.is_set():
            job = self._claim(TRANSCRIBE)
            if job is not None:
                yield self._farm_job(job)
            elif self.once and not self.held:
                return
            else:
                yield None

    def _farm_job(self, job: Job) -> FarmJob:
        with reading(self.runtime.engine) as session:
            path, channel_map, language, file_name = queries.original_place(session, int(job.payload["recording_id"]))
        speakers = ("unknown",) if channel_map == MIXED else tuple(channel_map.split(","))
        limits = Limits(shortest_s=0.0, longest_s=self.runtime.settings.longest_s)
        self.held[job.subject], self.names[job.subject] = job, file_name
        return FarmJob(job.subject, str(self.runtime.store.original(path)), Wish(speakers, language, limits=limits))

    def _heard(self, event: Event) -> None:
        """What the farm says about one recording."""
        job = self.held.get(event.key)
        if job is None:
            return
        if isinstance(event, Advanced):
            self.shares[event.key] = event.share
            self.on_event(self.names[event.key], event.share)
            return
        self.held.pop(event.key, None)
        self.shares.pop(event.key, None)
        try:
            self._settle(job, event)
        except Conflict as lost:
            log.warning("%s: %s", event.key, lost)

    def _settle(self, job: Job, event: Finished | Failed) -> None:
        engine = self.runtime.engine
        if isinstance(event, Finished):
            jobs.keep(engine, utc_now(), job, event.transcript, _score_next)
            self.on_event(self.names[event.key], 1.0)
            return
        backoff = Backoff(1, timedelta()) if event.code in PERMANENT else self.backoff
        name = self.names[event.key]
        reason = _STORED_NAME.sub(name, event.reason)
        if jobs.give_up_or_retry(engine, utc_now(), job, event.code, reason, backoff):
            self.failed.append((name, reason))
            self.on_event(self.names[event.key], 1.0)

    def _keep_leases(self, over: threading.Event) -> None:
        """Renew every lease well before it ends and tell how far each is, however long the farm is silent."""
        while not over.wait(min(BEAT_S, self.runtime.settings.lease_s / 6)):
            try:
                self._renew()
            except OperationalError:
                log.exception("the leases could not be renewed; trying again")

    def _renew(self) -> None:
        """A job whose claim was lost is dropped: its result would be refused."""
        held = dict(self.held)
        if beside := self.beside:
            held[f"{beside.kind} {beside.subject}"] = beside
        if not held:
            return
        with transaction(self.runtime.engine) as session:
            lost = [
                key
                for key, job in held.items()
                if not queue.renew(session, utc_now(), job, self.lease, self.shares.get(key, 0.0))
            ]
        for key in lost:
            self.held.pop(key, None)

    def _give_back(self) -> None:
        """Jobs still held when the worker stops are due again at once."""
        with transaction(self.runtime.engine) as session:
            for job in self.held.values():
                queue.release(session, job)

    def _claim(self, *kinds: str) -> Job | None:
        with transaction(self.runtime.engine) as session:
            return queue.claim(session, utc_now(), self.name, self.lease, kinds)

    def _light_work(self) -> None:
        """Playback copies, scores, messages and calls of other systems, beside the farm."""
        while True:
            try:
                job = self.beside = self._claim(COPY, scoring.SCORE, casework.SEND, webhook_jobs.CALL)
            except OperationalError:
                log.exception("the database does not answer; trying again")
                job = None
            if job is not None:
                self._do(job)
            elif self.once or self.stopping.wait(PAUSE_S):
                return

    def _do(self, job: Job) -> None:
        try:
            if job.kind == COPY:
                jobs.make_copy(self.runtime.engine, self.runtime.store, int(job.payload["recording_id"]))
                with transaction(self.runtime.engine) as session:
                    queue.finish(session, job)
            elif job.kind == casework.SEND:
                casework.deliver(self.runtime.engine, utc_now, job, Office.of(self.runtime.settings), self.senders)
            elif job.kind == webhook_jobs.CALL:
                webhook_jobs.deliver(self.runtime.engine, utc_now, job, self.vault)
            else:
                scoring.score(self.runtime.engine, utc_now, job, self.outside)
        except Stopped:
            with transaction(self.runtime.engine) as session:
                queue.release(session, job)
        except Conflict as lost:
            log.warning("%s %s: %s", job.kind, job.subject, lost)
        except Exception as error:  # noqa: BLE001 - one bad job must not stop the worker; it is logged and retried
            self._note_failure(job, error)
        finally:
            self.beside = None

    def _note_failure(self, job: Job, error: Exception) -> None:
        known = isinstance(error, HuitingError)
        log.log(logging.WARNING if known else logging.ERROR, "%s %s failed", job.kind, job.subject, exc_info=not known)
        try:
            with transaction(self.runtime.engine) as session:
                tries = casework.TRIES if job.kind in (casework.SEND, webhook_jobs.CALL) else self.backoff
                over = queue.fail(session, utc_now(), job, str(error) or type(error).__name__, tries)
                if over and job.kind == casework.SEND:
                    casework.give_up(session, job, str(error))
        except Conflict as lost:
            log.warning("%s %s: %s", job.kind, job.subject, lost)
            return
        if over:
            self.failed.append((f"{job.kind} {job.subject}", str(error)))

    def _reckon(self) -> None:
        """Deadlines beyond the calendar that was published when they were set."""
        try:
            casework.reckon_provisional(self.runtime.engine, utc_now(), ZoneInfo(self.runtime.settings.timezone))
        except OperationalError:
            log.exception("provisional deadlines could not be reckoned again; trying at the next start")

    def _tick(self) -> None:
        """What follows from the minute: deadlines to call out, links to send, keys that customers pressed."""
        try:
            casework.tick(self.runtime.engine, utc_now(), Office.of(self.runtime.settings))
            with transaction(self.runtime.engine) as session:
                callback_recordings.take_ratings(session, utc_now())
        except OperationalError:
            log.exception("the clocks could not be looked at; trying again")

    def _listen(self) -> None:
        """Recordings of callbacks, held against what was logged."""
        try:
            callback_recordings.look(self.runtime.engine, utc_now(), Office.of(self.runtime.settings))
        except (OperationalError, HuitingError):
            log.exception("callbacks could not be held against their recordings; trying again")

    def _draw(self) -> None:
        """The samples that are due by yesterday."""
        try:
            sampling_frame.draw_due(self.runtime.engine, utc_now(), Office.of(self.runtime.settings))
        except (OperationalError, HuitingError):
            log.exception("samples could not be drawn; trying again")

    def _close_months(self) -> None:
        """The performance months that are due to be closed."""
        try:
            performance_sheet.close_due(self.runtime.engine, utc_now(), Office.of(self.runtime.settings))
        except (OperationalError, HuitingError, IntegrityError):
            log.exception("a month could not be closed; trying again")

    def _anchor(self) -> None:
        """Keep the journal's head outside of the database."""
        try:
            with reading(self.runtime.engine) as session:
                journal.anchor(session, self.runtime.settings.journal_heads, utc_now())
        except OperationalError:
            log.exception("the journal's head could not be kept; trying again")

    def _forget(self) -> None:
        """Answers that no program will ask for again are dropped."""
        try:
            with transaction(self.runtime.engine) as session:
                tokens.forget_answers(session, utc_now())
        except OperationalError:
            log.exception("old answers could not be dropped; trying again")


def _score_next(session: Session, now: datetime, transcript_id: int) -> None:
    queue.put(
        session, now, scoring.SCORE, f"transcript:{transcript_id}", priority=queue.TODAY, transcript_id=transcript_id
    )


def main() -> None:
    """A worker process that ends when it is told to, or when its parent does."""
    import signal

    from qa_app.processes import end_with_parent
    from qa_app.runtime import runtime

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    end_with_parent()
    worker = Worker(runtime())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stopping.set())
    worker.run()


if __name__ == "__main__":
    main()
