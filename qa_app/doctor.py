"""What is installed, which model, which database, what is wrong and how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import psutil
from sqlalchemy.exc import SQLAlchemyError

from qa_app import migrations
from qa_app.core import journal, people, queue
from qa_app.core.clock import utc_now
from qa_app.core.db import reading
from qa_app.core.errors import HuitingError, Sentence, Verbatim
from qa_app.core.tables import JobState
from qa_app.runtime import Runtime
from scorecards.checks.outside import Unanswered
from scorecards.endpoint import open_endpoint
from transcription.model_pack import find_model, model_sha256

LEAST_FREE_GB = 5
GIB = 1 << 30
STALLED = timedelta(minutes=10)


class Level(StrEnum):
    """How a finding weighs; only `bad` keeps the product from working."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found and, where it is wrong, how to mend it."""

    level: Level
    subject: str
    found: Sentence
    mend: Sentence | None = None


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a message for the catalogue."""
    return message


def examine(runtime: Runtime) -> list[Finding]:
    """Everything that the doctor looks at, in order; a look that fails is itself a finding."""
    looks: tuple[tuple[str, Callable[[Runtime], Iterator[Finding]]], ...] = (
        (N_("Program"), _program), (N_("Speech model"), _model), (N_("Database"), _database),
        (N_("Journal"), _journal), (N_("Queue"), _queue), (N_("Data folder"), _folder), (N_("Judge"), _judge),
    )  # fmt: skip
    findings: list[Finding] = []
    for subject, look in looks:
        try:
            findings += look(runtime)
        except HuitingError as error:
            findings.append(Finding(Level.BAD, subject, error))
        except (SQLAlchemyError, OSError) as error:
            findings.append(Finding(Level.BAD, subject, Verbatim(str(error).splitlines()[0])))
    return findings


def _program(_runtime: Runtime) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    cores, memory = len(os.sched_getaffinity(0)), psutil.virtual_memory().total / GIB
    yield Finding(Level.GOOD, N_("Program"), Sentence(
        "huiting {version}, Python {python}, {cores} cores, {memory} GiB",
        version=version("huiting"), python=python, cores=cores, memory=round(memory),
    ))  # fmt: skip


def _model(runtime: Runtime) -> Iterator[Finding]:
    model = find_model(runtime.settings.model, runtime.settings.models)
    if Path(model).is_dir():
        yield Finding(Level.GOOD, N_("Speech model"), Verbatim(f"{model}, sha256 {model_sha256(model)[:16]}…"))
    else:
        mend = Sentence("a hub name: it is fetched on first use; name a folder to stay offline")
        yield Finding(Level.WARNING, N_("Speech model"), Verbatim(model), mend)


def _database(runtime: Runtime) -> Iterator[Finding]:
    shown = runtime.engine.url.render_as_string(hide_password=True)
    found, newest = migrations.current(runtime.engine)
    if found != newest:
        old = Sentence("{database}: revision {found}, needed {newest}", database=shown, found=found, newest=newest)
        yield Finding(Level.BAD, N_("Database"), old, Verbatim("huiting db upgrade"))
        return
    yield Finding(Level.GOOD, N_("Database"), Sentence("{database}, revision {found}", database=shown, found=found))
    with reading(runtime.engine) as session:
        administered = people.has_administrator(session)
    if not administered:
        mend = Verbatim("huiting user add LOGIN --role admin")
        yield Finding(Level.BAD, N_("Administrator"), Sentence("nobody is administrator"), mend)


def _journal(runtime: Runtime) -> Iterator[Finding]:
    with reading(runtime.engine) as session:
        verified = journal.verify(session, runtime.settings.journal_heads)
    if verified.fault:
        mend = Sentence("keep the database as it is and call whoever audits it")
        yield Finding(Level.BAD, N_("Journal"), verified.fault, mend)
    else:
        yield Finding(Level.GOOD, N_("Journal"), Sentence("{entries} entries, unbroken", entries=verified.entries))


def _queue(runtime: Runtime) -> Iterator[Finding]:
    now = utc_now()
    with reading(runtime.engine) as session:
        counts = queue.counts(session)
        late = queue.overdue(session, now - STALLED)
    found = Sentence(
        "{waiting} waiting, {leased} in work, {done} done, {failed} failed",
        **{state.value: counts.get(state, 0) for state in JobState},
    )
    if late:
        stalled = Sentence("{queue}; {late} due for over 10 minutes", queue=found, late=late)
        yield Finding(Level.WARNING, N_("Queue"), stalled, Sentence("is a worker running? huiting work"))
    elif counts.get(JobState.FAILED):
        mend = Sentence("see the reasons on the Calls page, then try again there")
        yield Finding(Level.WARNING, N_("Queue"), found, mend)
    else:
        yield Finding(Level.GOOD, N_("Queue"), found)


def _folder(runtime: Runtime) -> Iterator[Finding]:
    folder = runtime.settings.folder.resolve()
    free = shutil.disk_usage(folder).free / GIB
    writable = os.access(folder, os.W_OK)
    level = Level.BAD if not writable else Level.WARNING if free < LEAST_FREE_GB else Level.GOOD
    mend = None if level is Level.GOOD else Sentence("make the folder writable and free some space")
    yield Finding(
        level, N_("Data folder"), Sentence("{folder}, {free} GiB free", folder=folder, free=round(free)), mend
    )


def _judge(runtime: Runtime) -> Iterator[Finding]:
    endpoint = open_endpoint(runtime.settings)
    if endpoint is None:
        yield Finding(Level.GOOD, N_("Judge"), Sentence("no endpoint is set; judge checks abstain"))
        return
    try:
        models = endpoint.models()
    except Unanswered as silent:
        mend = Sentence("start it, or mend HUITING_JUDGE_URL or HUITING_JUDGE_KEY; until then judge checks abstain")
        yield Finding(Level.WARNING, N_("Judge"), Verbatim(f"{endpoint.url}: {silent}"), mend)
        return
    served = Sentence("{endpoint} serves {models}", endpoint=endpoint.url, models=", ".join(models) or "-")
    if endpoint.model and endpoint.model not in models:
        mend = Sentence("set HUITING_JUDGE_MODEL to one of them; it is {model}", model=endpoint.model)
        yield Finding(Level.WARNING, N_("Judge"), served, mend)
        return
    yield Finding(Level.GOOD, N_("Judge"), served)
