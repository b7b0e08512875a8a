"""What changes recordings and transcripts: import, quarantine, retry, and keeping what a worker heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal, people, queue
from qa_app.core.access import SYSTEM, Action, Actor, covers, reach
from qa_app.core.errors import Conflict, Forbidden, NotFound
from qa_app.core.tables import UserRow
from transcription.audio import content_sha256
from transcription.files import transcript_to_dict
from transcription.manifest import CallFacts, call_id_from
from transcription.model import EngineInfo, RecordingState, Transcript
from transcription.playback import PlaybackCopy
from transcription.storage import Store
from transcription.tables import (
    CallAgentRow,
    CallRow,
    PlaybackRow,
    RecordingRow,
    SourceRow,
    TranscriptRow,
)

TRANSCRIBE, COPY = "transcribe", "copy"
DEFAULT_MAP, AUTO = "agent,customer", "auto"
ARCHIVE_AGE = timedelta(days=30)
TODAY_AGE = timedelta(days=1)


class Outcome(StrEnum):
    """What became of one file of an import."""

    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a first look at a file found; `refusal` is a code and a sentence if it cannot be used.

    A written conversation (a chat, a case's record) brings its transcript along: nothing of it is to be heard.
    """

    duration_s: float | None = None
    codec: str = ""
    sample_rate: int | None = None
    channels: int | None = None
    refusal: tuple[str, str] | None = None
    written: Transcript | None = None


Examine = Callable[[Path], FirstLook]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What holds for every file of one import unless its manifest row says otherwise."""

    store: Store
    examine: Examine
    source: str = "default"
    channel_map: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """One line of the import report."""

    file: str
    outcome: Outcome
    call_id: str = ""
    reason: str = ""
    transcript_id: int | None = None
    """Of a written conversation: what is there to be scored at once."""


def _source(session: Session, plan: ImportPlan) -> SourceRow:
    """The plan's source; a new one takes the plan's channel map and language as its own."""
    row = session.scalars(select(SourceRow).where(SourceRow.name == plan.source)).first()
    if row is None:
        row = SourceRow(name=plan.source, channel_map=plan.channel_map or DEFAULT_MAP, language=plan.language or AUTO)
        session.add(row)
        session.flush()
    return row


def import_file(
    session: Session, actor: Actor, now: datetime, file: Path, facts: CallFacts | None, plan: ImportPlan
) -> ImportResult:
    """Take one file in: stored once by its hash, its call made or joined, its transcription made due.

    A file that cannot be used is kept and quarantined with the reason; the same bytes again change nothing. The file
    is copied in last: whatever is refused or fails before leaves nothing on disk.
    """
    allowed, name = reach(actor, Action.IMPORT_RECORDINGS), readable(file.name)
    facts, sha256 = facts or CallFacts(call_id_from(name)), content_sha256(file)
    known = session.scalars(select(RecordingRow).where(RecordingRow.sha256 == sha256)).first()
    if known is not None:
        call = session.get(CallRow, known.call_pk) if known.call_pk else None
        return ImportResult(name, Outcome.DUPLICATE, call.call_id if call else "")
    heard, source = plan.examine(file), _source(session, plan)
    call = _call(session, actor, now, facts)
    if not covers(allowed, call.unit_id, frozenset()):
        raise Forbidden("{name} may not import calls of this team ({call}).", name=actor.name, call=facts.call_id)
    recording = RecordingRow(
        call_pk=call.id, source_id=source.id, sha256=sha256, file_name=name[-255:], size_bytes=file.stat().st_size,
        path=plan.store.place(sha256, file.name), duration_s=heard.duration_s, codec=heard.codec,
        sample_rate=heard.sample_rate, channels=heard.channels, imported_at=now, imported_by=actor.user_id,
        channel_map=facts.channel_map or plan.channel_map or source.channel_map,
        language=plan.language or source.language,
        state=RecordingState.QUARANTINED if heard.refusal else RecordingState.QUEUED,
    )  # fmt: skip
    if heard.refusal:
        recording.reason_code, recording.reason = heard.refusal[0], heard.refusal[1][:500]
    session.add(recording)
    session.flush()
    transcript_id = keep_transcript(session, now, recording.id, heard.written) if heard.written else None
    if not heard.refusal and transcript_id is None:
        _make_due(session, now, recording.id, call.started_at)
    plan.store.keep(file, sha256)
    if heard.refusal:
        return ImportResult(name, Outcome.QUARANTINED, call.call_id, heard.refusal[1])
    return ImportResult(name, Outcome.IMPORTED, call.call_id, transcript_id=transcript_id)


def readable(file_name: str) -> str:
    """A file's name as text: bytes that are none (a name in another encoding) are shown as "?"."""
    return file_name.encode("utf-8", "replace").decode("utf-8")


def priority(started_at: datetime, now: datetime) -> int:
    """Today's calls before the others, archives last, so that a back-load never starves the day's work."""
    age = now - started_at
    if age <= TODAY_AGE:
        return queue.TODAY
    return queue.ARCHIVE if age > ARCHIVE_AGE else queue.NORMAL


def _make_due(session: Session, now: datetime, recording_id: int, started_at: datetime) -> None:
    """The playback copy and the transcription; the copy is quick and comes first within a priority."""
    for kind in (COPY, TRANSCRIBE):
        level = priority(started_at, now)
        queue.put(session, now, kind, f"recording:{recording_id}", priority=level, recording_id=recording_id)


def _call(session: Session, actor: Actor, now: datetime, facts: CallFacts) -> CallRow:
    """The call that a file belongs to, made if it is new; a further recording adds the agents that it names."""
    root = people.root_unit(session)
    agents = [people.agent_by_code(session, actor, now, code, root) for code in facts.agents]
    call = session.scalars(select(CallRow).where(CallRow.call_id == facts.call_id)).first()
    if call is not None:
        known = session.scalars(select(CallAgentRow.user_id).where(CallAgentRow.call_pk == call.id)).all()
        _add_agents(session, call, [agent for agent in agents if agent.id not in known], after=len(known))
        return call
    call = CallRow(
        call_id=facts.call_id, unit_id=agents[0].unit_id if agents else root, started_at=facts.started_at or now,
        direction=facts.direction, queue=facts.queue, case_ref=facts.case_ref, customer_ref=facts.customer_ref,
        rating=facts.rating, hangup_by=facts.hangup_by, transfer_from=facts.transfer_from, created_at=now,
    )  # fmt: skip
    session.add(call)
    session.flush()
    _add_agents(session, call, agents, after=0)
    return call


def _add_agents(session: Session, call: CallRow, agents: Iterable[UserRow], after: int) -> None:
    for position, agent in enumerate(dict.fromkeys(agents), after):
        session.add(CallAgentRow(call_pk=call.id, user_id=agent.id, position=position))


def journal_import(session: Session, actor: Actor, now: datetime, results: list[ImportResult]) -> None:
    """One journal entry for a whole import."""
    counts = {outcome.value: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    journal.record(session, actor, "recordings.import", "recordings", now, **counts)


def keep_playback(
    session: Session, recording_id: int, path: str, mime: str, copy: PlaybackCopy, waveforms: list[list[float]]
) -> None:
    """Note the playback copy of a recording; made again after a retry, it replaces the earlier note."""
    row = session.get(PlaybackRow, recording_id) or PlaybackRow(recording_id=recording_id)
    row.path, row.mime, row.size_bytes = path, mime, copy.size_bytes
    row.chunks = [list(asdict(chunk).values()) for chunk in copy.chunks]
    row.waveforms = list(waveforms)
    session.add(row)


def keep_transcript(session: Session, now: datetime, recording_id: int, transcript: Transcript) -> int:
    """Add what was heard as the next revision; returns its id. The same engine, model and text is not kept twice."""
    recording = session.get_one(RecordingRow, recording_id)
    newest = session.scalars(
        select(TranscriptRow)
        .where(TranscriptRow.recording_id == recording_id)
        .order_by(TranscriptRow.revision.desc())
        .limit(1)
    ).first()
    body, engine = transcript_to_dict(transcript), transcript.engine or EngineInfo("hand", "", "")
    recording.state, recording.reason, recording.reason_code = RecordingState.TRANSCRIBED, None, None
    if newest is not None and newest.body == body:
        return newest.id
    row = TranscriptRow(
        recording_id=recording_id, revision=newest.revision + 1 if newest else 1, parent_id=None,
        language=transcript.language, engine=engine.name, model=engine.model, model_sha256=engine.model_sha256,
        vocabulary=engine.vocabulary, body=body, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def quarantine(session: Session, now: datetime, recording_id: int, code: str, reason: str) -> None:
    """Set a recording aside with the reason, for people to see and retry."""
    row = session.get_one(RecordingRow, recording_id)
    row.state, row.reason_code, row.reason = RecordingState.QUARANTINED, code[:40], reason[:500]
    journal.record(session, SYSTEM, "recording.quarantine", f"recording:{recording_id}", now, code=code, reason=reason)


def retry(session: Session, actor: Actor, now: datetime, recording_id: int) -> None:
    """Put a quarantined recording into the queue again."""
    allowed = reach(actor, Action.RETRY_RECORDING)
    row = session.get(RecordingRow, recording_id)
    if row is None or row.call_pk is None:
        raise NotFound("There is no recording {recording}.", recording=recording_id)
    call = session.get_one(CallRow, row.call_pk)
    if not covers(allowed, call.unit_id, frozenset()):
        raise NotFound("There is no recording {recording}.", recording=recording_id)
    if row.state is not RecordingState.QUARANTINED:
        raise Conflict("The recording {file} is not in quarantine; nothing to retry.", file=row.file_name)
    if row.path.endswith(".json"):
        raise Conflict("{file} is a written conversation. Mend the file and import it again.", file=row.file_name)
    row.state, row.reason, row.reason_code = RecordingState.QUEUED, None, None
    _make_due(session, now, row.id, call.started_at)
    journal.record(session, actor, "recording.retry", f"recording:{row.id}", now)


def recordings_in_state(session: Session, state: RecordingState) -> int:
    """How many recordings stand in a state."""
    return session.scalar(select(func.count()).where(RecordingRow.state == state)) or 0
