"""Transcription on this machine: one process a core, the model loaded once in each, results streamed back.

A worker lives as long as a pipe from its parent: when the parent dies, however it dies, the pipe closes and the worker
ends. (PR_SET_PDEATHSIG would kill a worker when the thread that started it ends.)
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qa_app.core.errors import Conflict, HuitingError, Invalid
from transcription.audio import probe
from transcription.engines.whisper import EngineSpec
from transcription.farm.contract import Advanced, Event, Failed, Finished, Job
from transcription.farm.worker import PartDone, PartFailed, PartProgress, Task, work
from transcription.pipeline import Listened, assemble

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from transcription.model import EngineInfo

ATTEMPTS = 2
LOOK_AGAIN_S = 0.5
END = Job("", "")
WORKER_SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CT2_USE_EXPERIMENTAL_PACKED_GEMM": "1",  # weights laid out once for the processor: 4 % faster, same error rate
}


@dataclass(slots=True)
class _Worker:
    """A process, the two ends we hold, and what it is busy with."""

    process: BaseProcess
    talk: Connection
    lifetime: Connection
    task: Task | None = None


@dataclass(slots=True)
class _Recording:
    """A job under way: its parts that are heard and how far each is."""

    job: Job
    parts: int
    heard: dict[int, Listened] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)


class LocalFarm:
    """A farm of worker processes; use as a context manager, from one thread at a time."""

    def __init__(self, workers: int | None = None, spec: EngineSpec | None = None, engine: str | None = None) -> None:
        """`workers` None = one for each usable core; `engine` names another loader as module:function (tests)."""
        self.workers = workers or len(os.sched_getaffinity(0))
        self.spec = spec or EngineSpec()
        self._loader = engine or "transcription.engines.whisper:WhisperEngine"
        self._crew: list[_Worker] = []
        self._running = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End every worker, in the middle of its work if need be."""
        for worker in self._crew:
            _end(worker)
        self._crew = []

    def run(self, jobs: Iterable[Job | None]) -> Iterator[Event]:
        """Events as they come. With fewer recordings left than workers, a recording is shared by its channels.

        Jobs are taken as workers come free, at most one for each ahead; None means that none is due just now.
        """
        if self._running:
            raise Conflict("This farm is already running; wait for it to finish or open another.")
        self._running = True
        try:
            yield from _Run(self, jobs).events()
        finally:
            self._running = False
            self._drop_busy()

    def hire(self) -> list[_Worker]:
        """All workers, started where missing."""
        while len(self._crew) < self.workers:
            self._crew.append(_started(self.spec, self._loader))
        return self._crew

    def replace_dead(self, worker: _Worker) -> None:
        _end(worker)
        self._crew.remove(worker)

    def _drop_busy(self) -> None:
        """A run that was left early must not leave its answers in the pipes."""
        for worker in [w for w in self._crew if w.task is not None]:
            self.replace_dead(worker)


class _Run:
    """One run over jobs that may still be coming in."""

    def __init__(self, farm: LocalFarm, jobs: Iterable[Job | None]) -> None:
        self.farm = farm
        self.source: Iterator[Job | None] | None = iter(jobs)
        self.jobs: deque[Job] = deque()
        self.tasks: deque[Task] = deque()
        self.open: dict[str, _Recording] = {}
        self.infos: dict[str, dict[str, EngineInfo]] = {}

    def events(self) -> Iterator[Event]:
        while self.source is not None or self.jobs or self.open:
            self._take_in()
            self._hand_out()
            if self.source is None and not self.open:
                return
            busy = {worker.talk: worker for worker in self.farm.hire()}
            for ready in wait(list(busy), LOOK_AGAIN_S if self.source is not None else None):
                yield from self._hear(busy[ready])  # type: ignore[index]

    def _take_in(self) -> None:
        """Keep one job for each worker at hand, as far as there are any."""
        while self.source is not None and len(self.jobs) + len(self.tasks) < self.farm.workers:
            job = next(self.source, END)
            if job is None:
                return
            if job is END:
                self.source = None
                return
            if job.key in self.open or any(job.key == waiting.key for waiting in self.jobs):
                raise Invalid("Two jobs of one run have the same key ({key}).", key=job.key)
            self.jobs.append(job)

    def _hand_out(self) -> None:
        """A task for each idle worker."""
        for worker in self.farm.hire():
            if worker.task is None and (task := self._next_task()) is not None:
                worker.task = task
                with suppress(OSError):  # it has died: the pipe's end is noticed when listening
                    worker.talk.send(task)

    def _next_task(self) -> Task | None:
        if not self.tasks and self.jobs:
            shared = len(self.jobs) < self.farm.workers
            job = self.jobs.popleft()
            parts = _channels(job) if shared else 1
            self.open[job.key] = _Recording(job, parts)
            self.tasks.extend(_tasks(job, parts))
        return self.tasks.popleft() if self.tasks else None

    def _hear(self, worker: _Worker) -> Iterator[Event]:
        """What a worker says, or what its death means."""
        try:
            message = worker.talk.recv()
        except (EOFError, OSError):
            yield from self._died(worker)
            return
        recording = self.open.get(message.key)
        if not isinstance(message, PartProgress):
            worker.task = None
        if recording is None:
            return
        yield from self._take(recording, message)

    def _take(self, recording: _Recording, message: PartProgress | PartDone | PartFailed) -> Iterator[Event]:
        if isinstance(message, PartFailed):
            yield self._fail(recording.job.key, message.code, message.reason)
        elif isinstance(message, PartProgress):
            recording.shares[message.part] = message.share
            yield Advanced(message.key, sum(recording.shares.values()) / recording.parts, message.fresh)
        else:
            recording.heard[message.part] = message.listened
            self.infos.setdefault(message.key, {}).update(message.infos)
            if len(recording.heard) == recording.parts:
                yield self._finish(recording)

    def _finish(self, recording: _Recording) -> Event:
        key = recording.job.key
        del self.open[key]
        parts = [recording.heard[number] for number in sorted(recording.heard)]
        return Finished(key, assemble(parts, self.infos.pop(key).__getitem__))

    def _fail(self, key: str, code: str, reason: str) -> Event:
        """The job is over; parts of it that still wait are dropped, running ones are ignored when they come."""
        del self.open[key]
        self.tasks = deque(task for task in self.tasks if task.key != key)
        return Failed(key, code, reason)

    def _died(self, worker: _Worker) -> Iterator[Event]:
        """A dead worker's task is tried once more in a new process, then given up."""
        task = worker.task
        self.farm.replace_dead(worker)
        if task is None or task.key not in self.open:
            return
        if task.attempt < ATTEMPTS:
            self.tasks.appendleft(replace(task, attempt=task.attempt + 1))
        else:
            reason = f"The process died {ATTEMPTS} times while transcribing {Path(task.path).name}; check the file."
            yield self._fail(task.key, "crashed", reason)


def _channels(job: Job) -> int:
    """How many parts a recording can be shared in; a file that cannot be read is left to a worker to refuse."""
    try:
        return max(1, probe(Path(job.path)).channels)
    except HuitingError:
        return 1


def _tasks(job: Job, parts: int) -> list[Task]:
    if parts == 1:
        return [Task(job.key, job.path, job.wish)]
    return [Task(job.key, job.path, replace(job.wish, only_channels=(part,)), part) for part in range(parts)]


def _started(spec: EngineSpec, loader: str) -> _Worker:
    """A fresh process: spawned, so that it inherits no lock and no other worker's pipe."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    their_life, our_life = context.Pipe(duplex=False)
    process = context.Process(
        target=work, args=(theirs, their_life, spec, loader), name="huiting-transcriber", daemon=True
    )
    with _worker_settings():
        process.start()
    theirs.close()
    their_life.close()
    return _Worker(process, ours, our_life)


@contextmanager
def _worker_settings() -> Iterator[None]:
    """Libraries read these once, when they are loaded: one process works on each core."""
    before = {name: os.environ.get(name) for name in WORKER_SETTINGS}
    os.environ.update(WORKER_SETTINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _end(worker: _Worker) -> None:
    worker.lifetime.close()
    worker.talk.close()
    worker.process.kill()
    worker.process.join()
    worker.process.close()
