"""What is read about calls, recordings and transcripts; every read is cut to the actor's reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from qa_app.core.access import Action, Actor, Reach, covers, reach
from qa_app.core.contacts import masked
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.tables import JobRow, JobState, UserRow
from transcription.files import transcript_from_dict
from transcription.model import RecordingState, Transcript
from transcription.playback import Chunk
from transcription.service import TRANSCRIBE
from transcription.tables import CallAgentRow, CallRow, PlaybackRow, RecordingRow, TranscriptRow

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What the Calls page is filtered by; empty fields do not filter."""

    words: str = ""
    state: str = ""
    queue: str = ""
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    only: Select[int] | None = None
    without: Select[int] | None = None
    newest_first: bool = True
    page: int = 1
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class CallLine:
    """One row of the Calls page; `progress` is 0..1 while a worker is at it."""

    id: int
    call_id: str
    started_at: datetime
    agents: tuple[str, ...]
    customer: str
    queue: str
    case_ref: str
    direction: str
    rating: int | None
    recording_id: int
    file_name: str
    duration_s: float | None
    channels: int | None
    language: str
    state: RecordingState
    reason: str | None
    reason_code: str | None
    progress: float | None
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of calls and how many there are in all."""

    lines: tuple[CallLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CallStory:
    """One call for review: its facts, its recording, the newest transcript and the playback copy."""

    line: CallLine
    transcript_id: int | None
    transcript: Transcript | None
    waveforms: tuple[tuple[float, ...], ...]
    playable: bool
    channel_map: str
    siblings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlayableFile:
    """Where a playback copy lies and how it is cut."""

    path: str
    mime: str
    size_bytes: int
    chunks: tuple[Chunk, ...]


def within(found: Reach) -> ColumnElement[bool]:
    """The SQL twin of `access.covers`: which calls lie in the reach."""
    if found.everything:
        return CallRow.id.is_not(None)
    parts: list[ColumnElement[bool]] = [CallRow.unit_id.in_(found.units)] if found.units else []
    if found.own_user_id is not None:
        own = select(CallAgentRow.call_pk).where(CallAgentRow.user_id == found.own_user_id)
        parts.append(CallRow.id.in_(own))
    return or_(*parts) if parts else false()


def calls_page(session: Session, actor: Actor, wanted: CallFilter) -> CallPage:
    """One page of the calls that the actor may see."""
    conditions = [within(reach(actor, Action.SEE_CALLS)), *_conditions(wanted)]
    total = (
        session.scalar(
            select(func.count())
            .select_from(CallRow)
            .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
            .where(*conditions)
        )
        or 0
    )
    order = (CallRow.started_at.desc(), CallRow.id.desc()) if wanted.newest_first else (CallRow.started_at, CallRow.id)
    query = _lines().where(*conditions).order_by(*order).limit(PAGE_ROWS).offset((max(1, wanted.page) - 1) * PAGE_ROWS)
    return CallPage(_read_lines(session, query), total)


def set_aside(session: Session, actor: Actor, most: int) -> tuple[CallLine, ...]:
    """The newest quarantined recordings that the actor may put back into the queue."""
    reachable = within(reach(actor, Action.RETRY_RECORDING))
    query = _lines().where(reachable, RecordingRow.state == RecordingState.QUARANTINED)
    return _read_lines(session, query.order_by(RecordingRow.imported_at.desc(), RecordingRow.id.desc()).limit(most))


def neighbours(session: Session, actor: Actor, wanted: CallFilter, call_pk: int) -> tuple[int | None, int | None]:
    """The calls before and after one in the order of the filtered list (ids)."""
    conditions = [within(reach(actor, Action.SEE_CALLS)), *_conditions(wanted)]
    here = session.get(CallRow, call_pk)
    if here is None:
        return None, None
    base = select(CallRow.id).join(RecordingRow, RecordingRow.call_pk == CallRow.id).where(*conditions)
    earlier = or_(
        CallRow.started_at < here.started_at, and_(CallRow.started_at == here.started_at, CallRow.id < here.id)
    )
    later = or_(CallRow.started_at > here.started_at, and_(CallRow.started_at == here.started_at, CallRow.id > here.id))
    down = session.scalars(base.where(earlier).order_by(CallRow.started_at.desc(), CallRow.id.desc()).limit(1)).first()
    up = session.scalars(base.where(later).order_by(CallRow.started_at, CallRow.id).limit(1)).first()
    return (up, down) if wanted.newest_first else (down, up)


def call_story(session: Session, actor: Actor, call_pk: int) -> CallStory:
    """One call whole; NotFound also where the actor may not know that it exists."""
    condition = and_(CallRow.id == call_pk, within(reach(actor, Action.SEE_CALLS)))
    lines = _read_lines(session, _lines().where(condition).order_by(RecordingRow.id))
    if not lines:
        raise NotFound("There is no call {call} that you may see.", call=call_pk)
    line = next((line for line in lines if line.state is RecordingState.TRANSCRIBED), lines[0])
    row = newest_transcript(session, line.recording_id)
    playback = session.get(PlaybackRow, line.recording_id)
    siblings: tuple[str, ...] = ()
    if line.case_ref:
        same = select(CallRow.call_id).where(
            CallRow.case_ref == line.case_ref, CallRow.id != call_pk, within(reach(actor, Action.SEE_CALLS))
        )
        siblings = tuple(session.scalars(same.order_by(CallRow.started_at)))
    return CallStory(
        line=line,
        transcript_id=row[0] if row else None,
        transcript=row[1] if row else None,
        waveforms=tuple(tuple(channel) for channel in playback.waveforms) if playback else (),
        playable=playback is not None,
        channel_map=session.get_one(RecordingRow, line.recording_id).channel_map,
        siblings=siblings,
    )


def newest_transcript(session: Session, recording_id: int) -> tuple[int, Transcript] | None:
    """The newest revision of a recording's transcript with its id."""
    of_recording = select(TranscriptRow).where(TranscriptRow.recording_id == recording_id)
    row = session.scalars(of_recording.order_by(TranscriptRow.revision.desc()).limit(1)).first()
    return (row.id, transcript_from_dict(row.body)) if row else None


def transcript(session: Session, transcript_id: int) -> tuple[int, Transcript]:
    """A transcript revision and the call it belongs to."""
    row = session.get(TranscriptRow, transcript_id)
    if row is None:
        raise NotFound("There is no transcript {transcript}.", transcript=transcript_id)
    recording = session.get_one(RecordingRow, row.recording_id)
    return recording.call_pk or 0, transcript_from_dict(row.body)


def transcripts_of_calls(session: Session, newest_first: int | None = None) -> list[tuple[int, int, str]]:
    """(call id, newest transcript id, language) of every transcribed call, newest call first."""
    newest = select(func.max(TranscriptRow.id)).group_by(TranscriptRow.recording_id)
    query = (
        select(RecordingRow.call_pk, TranscriptRow.id, TranscriptRow.language)
        .join(RecordingRow, RecordingRow.id == TranscriptRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(TranscriptRow.id.in_(newest))
        .order_by(CallRow.started_at.desc())
        .limit(newest_first)
    )
    return [
        (call_pk, transcript_id, language) for call_pk, transcript_id, language in session.execute(query) if call_pk
    ]


def transcripts_within(session: Session, found: Reach, transcript_ids: list[int]) -> list[int]:
    """Those of these transcripts whose call lies within the reach, in the order given."""
    query = (
        select(TranscriptRow.id)
        .join(RecordingRow, RecordingRow.id == TranscriptRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(within(found))
    )
    reached = frozenset(session.scalars(query))
    return [transcript_id for transcript_id in transcript_ids if transcript_id in reached]


def may_reach_call(session: Session, found: Reach, call_pk: int) -> bool:
    """Whether the call exists and lies within the reach."""
    call = session.get(CallRow, call_pk)
    if call is None:
        return False
    return covers(found, call.unit_id, agents_of_calls(session, (call_pk,)))


def agents_of_calls(session: Session, call_pks: Iterable[int]) -> frozenset[int]:
    """Everybody who spoke for the centre in some calls."""
    query = select(CallAgentRow.user_id).where(CallAgentRow.call_pk.in_(list(call_pks)))
    return frozenset(session.scalars(query))


def playable_file(session: Session, actor: Actor, recording_id: int) -> PlayableFile:
    """The playback copy of a recording that the actor may hear."""
    recording = session.get(RecordingRow, recording_id)
    playback = session.get(PlaybackRow, recording_id)
    found = reach(actor, Action.LISTEN)
    if (
        recording is None
        or playback is None
        or recording.call_pk is None
        or not may_reach_call(session, found, recording.call_pk)
    ):
        raise NotFound("There is no recording {recording} that you may hear.", recording=recording_id)
    return PlayableFile(
        playback.path, playback.mime, playback.size_bytes, tuple(Chunk(*chunk) for chunk in playback.chunks)
    )


def original_place(session: Session, recording_id: int) -> tuple[str, str, str, str]:
    """Where the original lies, its channel map, its language setting and its file name."""
    row = session.get_one(RecordingRow, recording_id)
    return row.path, row.channel_map, row.language, row.file_name


def queues(session: Session, actor: Actor) -> list[str]:
    """The queue names of the calls in reach, for the filter."""
    query = select(CallRow.queue).where(within(reach(actor, Action.SEE_CALLS)), CallRow.queue != "").distinct()
    return sorted(session.scalars(query))


def state_counts(session: Session, actor: Actor) -> dict[RecordingState, int]:
    """How many recordings in reach stand in each state."""
    query = (
        select(RecordingRow.state, func.count())
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(within(reach(actor, Action.SEE_CALLS)))
        .group_by(RecordingRow.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _state(name: str) -> RecordingState:
    try:
        return RecordingState(name)
    except ValueError:
        raise Invalid("There is no state {state}; choose one from the list.", state=name) from None


def _conditions(wanted: CallFilter) -> Iterable[ColumnElement[bool]]:
    """The calls that are wanted, each with the first of its recordings that fits."""
    yield from _of_call(wanted)
    yield from _of_recording(wanted, RecordingRow)
    earlier = aliased(RecordingRow)
    same_call = and_(earlier.call_pk == RecordingRow.call_pk, earlier.id < RecordingRow.id)
    yield ~exists(select(earlier.id).where(same_call, *_of_recording(wanted, earlier)))


def _of_recording(wanted: CallFilter, recording: type[RecordingRow]) -> Iterable[ColumnElement[bool]]:
    if wanted.words:
        words = wanted.words.strip()
        named = select(CallAgentRow.call_pk).join(UserRow, UserRow.id == CallAgentRow.user_id)
        named = named.where(
            or_(UserRow.name.icontains(words, autoescape=True), UserRow.login.icontains(words, autoescape=True))
        )
        yield or_(
            CallRow.call_id.icontains(words, autoescape=True),
            CallRow.case_ref.icontains(words, autoescape=True),
            recording.file_name.icontains(words, autoescape=True),
            CallRow.id.in_(named),
        )
    if wanted.state:
        yield recording.state == _state(wanted.state)
    if wanted.language:
        newer = aliased(TranscriptRow)
        is_newest = ~exists(
            select(newer.id).where(
                newer.recording_id == TranscriptRow.recording_id, newer.revision > TranscriptRow.revision
            )
        )
        spoken = select(TranscriptRow.recording_id).where(TranscriptRow.language == wanted.language, is_newest)
        yield recording.id.in_(spoken)


def _of_call(wanted: CallFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.call_id:
        yield CallRow.call_id == wanted.call_id
    if wanted.queue:
        yield CallRow.queue == wanted.queue
    if wanted.since:
        yield CallRow.started_at >= wanted.since
    if wanted.until:
        yield CallRow.started_at < wanted.until
    if wanted.only is not None:
        yield CallRow.id.in_(wanted.only)
    if wanted.without is not None:
        yield CallRow.id.not_in(wanted.without)


def _lines() -> Select[CallRow, RecordingRow, JobRow]:
    subject = literal("recording:") + cast(RecordingRow.id, String)
    return (
        select(CallRow, RecordingRow, JobRow)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .outerjoin(JobRow, and_(JobRow.kind == TRANSCRIBE, JobRow.subject == subject))
    )


def _read_lines(session: Session, query: Select[CallRow, RecordingRow, JobRow]) -> tuple[CallLine, ...]:
    rows = session.execute(query).all()
    names = _agent_names(session, [call.id for call, _, _ in rows])
    spoken = _languages(session, [recording.id for _, recording, _ in rows])
    return tuple(_line(call, recording, job, names.get(call.id, ()), spoken) for call, recording, job in rows)


def _line(
    call: CallRow, recording: RecordingRow, job: JobRow | None, agents: tuple[str, ...], spoken: dict[int, str]
) -> CallLine:
    waiting = recording.state is RecordingState.QUEUED and job is not None
    return CallLine(
        id=call.id, call_id=call.call_id, started_at=call.started_at, agents=agents, customer=masked(call.customer_ref),
        queue=call.queue, case_ref=call.case_ref, direction=call.direction, rating=call.rating,
        recording_id=recording.id, file_name=recording.file_name, duration_s=recording.duration_s,
        channels=recording.channels, language=spoken.get(recording.id, ""),
        state=recording.state, reason=recording.reason, reason_code=recording.reason_code,
        progress=job.progress if waiting and job and job.state is JobState.LEASED else None,
        waiting_since=job.created_at if waiting and job else None,
    )  # fmt: skip


def _agent_names(session: Session, call_pks: list[int]) -> dict[int, tuple[str, ...]]:
    query = (
        select(CallAgentRow.call_pk, UserRow.name)
        .join(UserRow, UserRow.id == CallAgentRow.user_id)
        .where(CallAgentRow.call_pk.in_(call_pks))
        .order_by(CallAgentRow.call_pk, CallAgentRow.position)
    )
    names: dict[int, tuple[str, ...]] = {}
    for call_pk, name in session.execute(query):
        names[call_pk] = (*names.get(call_pk, ()), name)
    return names


def _languages(session: Session, recording_ids: list[int]) -> dict[int, str]:
    query = (
        select(TranscriptRow.recording_id, TranscriptRow.language)
        .where(TranscriptRow.recording_id.in_(recording_ids))
        .order_by(TranscriptRow.revision)
    )
    return {recording_id: language for recording_id, language in session.execute(query)}  # noqa: C416 - rows are no pairs


def call_ids(session: Session, actor: Actor, call_pks: list[int]) -> dict[int, str]:
    """The call_id of each of these calls that lies in reach, in the order asked."""
    query = select(CallRow.id, CallRow.call_id).where(CallRow.id.in_(call_pks), within(reach(actor, Action.SEE_CALLS)))
    found = {call_pk: call_id for call_pk, call_id in session.execute(query)}  # noqa: C416 - rows are no pairs
    return {call_pk: found[call_pk] for call_pk in call_pks if call_pk in found}


def calls_of_case(session: Session, actor: Actor, call_pks: Iterable[int], case_ref: str) -> dict[CallLine, bool]:
    """The calls linked to a case or naming its number that the actor may hear, and whether each can be played."""
    of_case = or_(CallRow.id.in_(list(call_pks)), CallRow.case_ref == case_ref)
    query = _lines().where(of_case, within(reach(actor, Action.LISTEN)))
    lines = _read_lines(session, query.order_by(CallRow.started_at, RecordingRow.id))
    return {line: session.get(PlaybackRow, line.recording_id) is not None for line in lines}
