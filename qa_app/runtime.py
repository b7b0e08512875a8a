"""What a process opens once and passes around: settings, the database engine, the store of recordings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Engine

from qa_app.core.db import make_engine
from qa_app.core.settings import Settings
from transcription.storage import Store


@dataclass(frozen=True)
class Runtime:
    """The open handles of one process."""

    settings: Settings
    engine: Engine
    store: Store


def open_runtime(settings: Settings) -> Runtime:
    """Handles for these settings; the database must have been upgraded."""
    return Runtime(settings, make_engine(settings.url), Store(settings.folder))


@cache
def runtime() -> Runtime:
    """The process's own handles, from the environment."""
    return open_runtime(Settings())
