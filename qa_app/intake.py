"""Many recordings at once: folders and files with their manifest, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from qa_app.core.access import Action, Actor, require
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import HuitingError, NotFound
from qa_app.runtime import Runtime
from transcription.audio import Limits, Refused, decode, probe
from transcription.manifest import CallFacts, Manifest, read_manifest
from transcription.service import FirstLook, ImportPlan, ImportResult, Outcome, import_file, journal_import

log = logging.getLogger(__name__)
MANIFEST_NAME = "manifest.csv"
NOT_AUDIO = {".csv", ".json", ".md", ".txt", ".xlsx", ".xml", ".yaml"}


@dataclass(frozen=True, slots=True)
class Intake:
    """What to take in: files with what the manifest says of each, and lines that could not be read."""

    files: tuple[tuple[Path, CallFacts | None], ...]
    problems: tuple[ImportResult, ...]


def gather(paths: list[Path], manifest: Path | None, zone: ZoneInfo) -> Intake:
    """All audio below the paths; a manifest.csv in a folder is used for it unless another one is named."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise NotFound("There is no file or folder {path}.", path=missing[0])
    files: dict[Path, CallFacts | None] = {}
    problems: list[ImportResult] = []
    for path in paths:
        beside = path / MANIFEST_NAME
        chosen = manifest or (beside if path.is_dir() and beside.exists() else None)
        read = read_manifest(chosen, zone) if chosen else Manifest()
        problems += [ImportResult(name, Outcome.FAILED, reason=reason) for name, reason in read.problems]
        found = sorted(_audio(path))
        unusable = {name for name, _ in read.problems}
        files |= {file: read.rows.get(file.name) for file in found if file.name not in unusable}
        absent = set(read.rows) - {file.name for file in found} if path.is_dir() else set()
        problems += [
            ImportResult(name, Outcome.FAILED, reason=f"the manifest names it, but {path} has no such file")
            for name in sorted(absent)
        ]
    return Intake(tuple(files.items()), tuple(dict.fromkeys(problems)))


def take_in(
    runtime: Runtime, actor: Actor, intake: Intake, plan: ImportPlan, on_result: Callable[[ImportResult], None]
) -> list[ImportResult]:
    """Import everything; a bad file is reported and never stops the batch."""
    require(actor, Action.IMPORT_RECORDINGS)
    results = list(intake.problems)
    for result in results:
        on_result(result)
    for file, facts in intake.files:
        results.append(_one(runtime, actor, file, facts, plan))
        on_result(results[-1])
    with transaction(runtime.engine) as session:
        journal_import(session, actor, utc_now(), results)
    return results


def plan_for(runtime: Runtime, *, channel_map: str | None = None, language: str | None = None) -> ImportPlan:
    """The import plan of these settings."""
    limits = Limits(shortest_s=runtime.settings.shortest_s, longest_s=runtime.settings.longest_s)
    return ImportPlan(runtime.store, lambda path: examine(path, limits), channel_map=channel_map, language=language)


def examine(path: Path, limits: Limits) -> FirstLook:
    """Read a file through once: its length, codec, rate and channels, or why it cannot be used."""
    try:
        heard, facts = decode(path, limits), probe(path)
    except Refused as refusal:
        return FirstLook(refusal=(refusal.code, str(refusal)))
    return FirstLook(heard.duration_s, heard.codec, facts.rate_hz, facts.channels)


def _one(runtime: Runtime, actor: Actor, file: Path, facts: CallFacts | None, plan: ImportPlan) -> ImportResult:
    try:
        with transaction(runtime.engine) as session:
            return import_file(session, actor, utc_now(), file, facts, plan)
    except (HuitingError, OSError) as error:
        return ImportResult(file.name, Outcome.FAILED, facts.call_id if facts else "", str(error))
    except SQLAlchemyError:
        log.exception("import of %s failed", file.name)
        return ImportResult(file.name, Outcome.FAILED, reason="the database refused it; see the log, then import again")


def _audio(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in path.iterdir():
        if file.is_file() and file.suffix.lower() not in NOT_AUDIO and not file.name.startswith("."):
            yield file
