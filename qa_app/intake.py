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
from qa_app.core.errors import HuitingError, Invalid, NotFound
from qa_app.runtime import Runtime
from scorecards.machine import make_due
from transcription.audio import Limits, Refused, decode, probe
from transcription.files import read_transcript
from transcription.manifest import CallFacts, Manifest, read_manifest
from transcription.service import FirstLook, ImportPlan, ImportResult, Outcome, import_file, journal_import, readable

log = logging.getLogger(__name__)
MANIFEST_NAME = "manifest.csv"
WRITTEN = ".json"  # a transcript file that is named itself; in folders such files are left alone
NOT_AUDIO = {".csv", ".json", ".md", ".txt", ".xlsx", ".xml", ".yaml"}


@dataclass(frozen=True, slots=True)
class Intake:
    """What to take in: files with what the manifest says of each, and lines that could not be read."""

    files: tuple[tuple[Path, CallFacts | None], ...]
    problems: tuple[ImportResult, ...]


def gather(paths: list[Path], manifest: Path | None, zone: ZoneInfo) -> Intake:
    """All audio below the paths; without a named manifest the nearest manifest.csv above a file speaks for it."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise NotFound("There is no file or folder {path}.", path=missing[0])
    whole = any(path.is_dir() for path in paths)
    matched = [_matched(source, files, zone, whole=whole) for source, files in _by_manifest(paths, manifest).items()]
    files = [pair for intake in matched for pair in intake.files]
    problems = [problem for intake in matched for problem in intake.problems]
    return Intake(tuple(dict(files).items()), tuple(dict.fromkeys(problems)))


def _by_manifest(paths: list[Path], named: Path | None) -> dict[Path | None, list[Path]]:
    """The audio files below the paths under the manifest that speaks for them."""
    groups: dict[Path | None, list[Path]] = {named: []} if named else {}
    for path in paths:
        for file in _audio(path):
            groups.setdefault(named or _nearest_manifest(file, path), []).append(file)
        beside = path / MANIFEST_NAME
        if named is None and beside.is_file():
            groups.setdefault(beside, [])
    return groups


def _nearest_manifest(file: Path, top: Path) -> Path | None:
    for folder in file.parents if top.is_dir() else ():
        if (folder / MANIFEST_NAME).is_file():
            return folder / MANIFEST_NAME
        if folder == top:
            break
    return None


def _matched(source: Path | None, files: list[Path], zone: ZoneInfo, *, whole: bool) -> Intake:
    """Files with what their manifest says of them; it may name files outside unless folders were given (`whole`)."""
    read = read_manifest(source, zone) if source else Manifest()
    problems = [ImportResult(name, Outcome.FAILED, reason=reason) for name, reason in read.problems]
    absent = set(read.rows) - {file.name for file in files} if whole else set()
    problems += [
        ImportResult(name, Outcome.FAILED, reason=f"{source} names it, but there is no such file")
        for name in sorted(absent)
    ]
    unusable = {name for name, _ in read.problems}
    pairs = [(file, read.rows.get(file.name)) for file in files if file.name not in unusable]
    return Intake(tuple(pairs), tuple(problems))


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


def plan_for(
    runtime: Runtime, *, source: str = "default", channel_map: str | None = None, language: str | None = None
) -> ImportPlan:
    """The import plan of these settings."""
    limits = Limits(shortest_s=runtime.settings.shortest_s, longest_s=runtime.settings.longest_s)
    return ImportPlan(runtime.store, lambda path: examine(path, limits), source, channel_map, language)


def examine(path: Path, limits: Limits) -> FirstLook:
    """Read a file through once: its length, codec, rate and channels, or why it cannot be used."""
    if path.suffix.lower() == WRITTEN:
        return _written(path)
    try:
        heard, facts = decode(path, limits), probe(path)
    except Refused as refusal:
        return FirstLook(refusal=(refusal.code, str(refusal)))
    return FirstLook(heard.duration_s, heard.codec, facts.rate_hz, facts.channels)


def _written(path: Path) -> FirstLook:
    """A transcript file without a recording: a text chat or a case's record."""
    try:
        said = read_transcript(path.read_text(encoding="utf-8"), readable(path.name))
    except UnicodeDecodeError:
        return FirstLook(refusal=("unreadable", "The file is not UTF-8 text; save it as UTF-8."))
    except Invalid as error:
        return FirstLook(refusal=("unreadable", str(error)))
    if not any(utterance.text.strip() for utterance in said.utterances):
        return FirstLook(refusal=("empty", "The file holds no words; export it again."))
    return FirstLook(duration_s=said.duration_s, codec=said.kind.value, written=said)


def _one(runtime: Runtime, actor: Actor, file: Path, facts: CallFacts | None, plan: ImportPlan) -> ImportResult:
    try:
        with transaction(runtime.engine) as session:
            taken = import_file(session, actor, utc_now(), file, facts, plan)
            if taken.transcript_id is not None:
                make_due(session, utc_now(), taken.transcript_id)
            return taken
    except (HuitingError, OSError) as error:
        reason = str(error)
    except SQLAlchemyError:
        log.exception("import of %s failed", readable(file.name))
        reason = "the database refused it; see the log, then import again"
    except Exception:
        log.exception("import of %s failed", readable(file.name))
        reason = "a bug kept it out; see the log and tell your administrator"
    return ImportResult(readable(file.name), Outcome.FAILED, facts.call_id if facts else "", reason)


def _audio(path: Path) -> Iterator[Path]:
    """The file itself, or every file below a folder that may be audio, in order of name; nothing hidden."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.iterdir()):
        if file.name.startswith("."):
            continue
        if file.is_dir() and not file.is_symlink():
            yield from _audio(file)
        elif file.is_file() and file.suffix.lower() not in NOT_AUDIO:
            yield file
