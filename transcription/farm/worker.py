"""Inside a worker process: load the engine once, then one task after the other until the parent is gone."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import HuitingError, NotFound
from transcription.audio import Refused
from transcription.pipeline import Listened, Progress, Wish, listen

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from transcription.engines.contract import Engine
    from transcription.engines.whisper import EngineSpec
    from transcription.model import EngineInfo, Utterance


@dataclass(frozen=True, slots=True)
class Task:
    """A recording or one channel of it."""

    key: str
    path: str
    wish: Wish
    part: int = 0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class PartProgress:
    key: str
    part: int
    share: float
    fresh: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class PartDone:
    """What was heard, and the engine as it stands on a transcript in each language heard."""

    key: str
    part: int
    listened: Listened
    infos: dict[str, EngineInfo]


@dataclass(frozen=True, slots=True)
class PartFailed:
    key: str
    code: str
    reason: str


def work(talk: Connection, lifetime: Connection, spec: EngineSpec, loader: str) -> None:
    """Serve tasks from `talk` until it closes; end at once when `lifetime` closes."""
    threading.Thread(target=_end_with_parent, args=(lifetime,), daemon=True).start()
    engine: Engine | None = None
    while True:
        try:
            task: Task = talk.recv()
        except EOFError:
            return
        try:
            engine = engine or load_engine(loader, spec)
            talk.send(_done(task, engine, talk))
        except HuitingError as refusal:
            talk.send(PartFailed(task.key, code_of(refusal), str(refusal)))
        except Exception as bug:
            logging.getLogger(__name__).exception("transcribing %s failed", task.path)
            talk.send(PartFailed(task.key, "bug", f"{Path(task.path).name} could not be transcribed: {bug!r}"))


def _end_with_parent(lifetime: Connection) -> None:
    """The other end is held by the parent alone: end of file means that it is gone."""
    try:
        lifetime.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def load_engine(loader: str, spec: EngineSpec) -> Engine:
    """The engine made by module:function."""
    module, _, name = loader.partition(":")
    make: Any = getattr(import_module(module), name)
    engine: Engine = make(spec)
    return engine


def _done(task: Task, engine: Engine, talk: Connection) -> PartDone:
    def tell(progress: Progress) -> None:
        talk.send(PartProgress(task.key, task.part, progress.share, progress.fresh))

    listened = listen(Path(task.path), engine, task.wish, tell)
    return PartDone(task.key, task.part, listened, {language: engine.info(language) for language in ("zh", "en")})


def code_of(refusal: HuitingError) -> str:
    """A stable code: the refusal's own, missing, or invalid."""
    if isinstance(refusal, Refused):
        return refusal.code
    return "missing" if isinstance(refusal, NotFound) else "invalid"
