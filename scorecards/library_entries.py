"""The case library in the database: clips and stories proposed, agreed to, confirmed, found, and taken out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, Reach, allowed, covers, reach, require
from qa_app.core.errors import Conflict, Invalid, NotFound
from scorecards import case_library
from scorecards.case_library import ENDED, Course, Form, LibraryState, LibraryStep, LibraryStepTaken, Told
from scorecards.library_tables import LibraryClipRow, LibraryEntryRow, LibraryStepRow
from transcription import clip_files, queries
from transcription.clip_files import CutClip
from transcription.clips import ClipSpan, Stretch, check_span
from transcription.finding import agents_of_each, calls_of_agent, unit_and_agent
from transcription.playback import MIME, Chunk
from transcription.queries import PlayableFile, agents_of_calls, may_reach_call
from transcription.storage import Store

NOWHERE = Reach(everything=False, units=frozenset(), own_user_id=None)
ENDING = (LibraryStep.REFUSED, LibraryStep.WITHDRAWN, LibraryStep.SENT_BACK, LibraryStep.REMOVED)
_E, _C, _S = LibraryEntryRow, LibraryClipRow, LibraryStepRow


@dataclass(frozen=True, slots=True)
class Clip:
    """The call and seconds of an entry that is heard; `playable` is False once its sound is deleted."""

    call_pk: int
    span: ClipSpan
    playable: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as one person sees it: what it says, where it stands, and the steps this person may take now."""

    id: int
    form: Form
    told: Told
    maker_id: int | None
    created_at: datetime
    state: LibraryState
    steps: tuple[LibraryStepTaken, ...]
    agents: frozenset[int]
    clip: Clip | None
    possible: frozenset[LibraryStep]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in the library; empty fields do not filter."""

    words: str = ""
    criterion: str = ""
    lesson: case_library.Lesson | None = None


def original_of(session: Session, actor: Actor, call_pk: int, told: Told, span: ClipSpan) -> str:
    """Where the recording lies from which the actor may cut this clip; everything that can be refused is, here."""
    found = reach(actor, Action.ADD_TO_LIBRARY)
    case_library.check_told(told, Form.CLIP)
    line = _line(session, actor, found, call_pk)
    check_span(span, line.duration_s)
    if not agents_of_calls(session, (call_pk,)):
        raise Invalid("Nobody is known to have taken call {call}; name the agent in its metadata.", call=call_pk)
    if line.reason is not None:
        raise Conflict("The recording {file} was set aside; no clip can be cut out of it.", file=line.file_name)
    return queries.original_place(session, line.recording_id)[0]


def _line(session: Session, actor: Actor, found: Reach, call_pk: int) -> queries.CallLine:
    if not may_reach_call(session, found, call_pk):
        raise NotFound("There is no call {call} that you may see.", call=call_pk)
    return queries.call_story(session, actor, call_pk).line


def propose_clip(
    session: Session, actor: Actor, now: datetime, store: Store, call_pk: int, told: Told, made: CutClip
) -> int:  # fmt: skip
    """Put a clip that was cut before the library; the agents who are heard are asked for their consent."""
    original_of(session, actor, call_pk, told, made.span)
    line = _line(session, actor, reach(actor, Action.ADD_TO_LIBRARY), call_pk)
    entry = _add(session, actor, now, Form.CLIP, unit_and_agent(session, call_pk)[0], told)
    session.add(
        _C(entry_id=entry, call_pk=call_pk, recording_id=line.recording_id, start_s=made.span.start_s,
           end_s=made.span.end_s, bleeps=[[one.start_s, one.end_s] for one in made.span.bleeps],
           path=clip_files.place_of(entry), size_bytes=made.copy.size_bytes,
           chunks=[list(asdict(chunk).values()) for chunk in made.copy.chunks])
    )  # fmt: skip
    session.flush()
    journal.record(session, actor, "library.propose", f"library:{entry}", now, call=call_pk)
    clip_files.keep(store, made, clip_files.place_of(entry))
    return entry


def propose_story(session: Session, actor: Actor, now: datetime, told: Told) -> int:
    """Put a written case before the library; a second person reads it before others do."""
    require(actor, Action.ADD_TO_LIBRARY)
    case_library.check_told(told, Form.STORY)
    entry = _add(session, actor, now, Form.STORY, people.own_unit(session, actor), told)
    journal.record(session, actor, "library.propose", f"library:{entry}", now)
    return entry


def _add(session: Session, actor: Actor, now: datetime, form: Form, unit_id: int, told: Told) -> int:
    row = _E(form=form, lesson=told.lesson, unit_id=unit_id, maker_id=actor.user_id, created_at=now,
             title=told.title.strip(), why=told.why.strip(), words=told.words.strip(), criterion=told.criterion[:80],
             complaint_class=told.complaint_class[:80], case_number=told.case_number.strip()[:40])  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def take_step(
    session: Session, actor: Actor, now: datetime, store: Store, entry_id: int, kind: LibraryStep, words: str = ""
) -> None:  # fmt: skip
    """Agree, refuse, withdraw, confirm, send back or take out; what ends a clip deletes its sound and its words."""
    require(actor, Action.SEE_LIBRARY)
    session.scalar(select(_E.id).where(_E.id == entry_id).with_for_update())
    one = _entry(session, actor, entry_id)
    if one is None:
        raise NotFound("There is no entry {entry} in the library that you may see.", entry=entry_id)
    course = _course(one)
    case_library.require_step(course, kind, actor.user_id, words, may_confirm=_may_confirm(session, actor, entry_id))
    session.add(_S(entry_id=entry_id, kind=kind, at=now, by_id=actor.user_id, words=words.strip()))
    session.flush()
    taken = LibraryStepTaken(kind, now, actor.user_id)
    if one.clip is not None and case_library.state(replace(course, steps=(*one.steps, taken))) in ENDED:
        _forget(session, store, entry_id)
    journal.record(session, actor, f"library.{kind.value}", f"library:{entry_id}", now)


def _forget(session: Session, store: Store, entry_id: int) -> None:
    """Delete what was heard, and the words that were written down of it."""
    clip, entry = session.get_one(_C, entry_id), session.get_one(_E, entry_id)
    clip_files.forget(store, clip.path)
    clip.path, clip.size_bytes, clip.chunks = "", 0, []
    entry.words = ""
    session.flush()


def published(session: Session, actor: Actor, wanted: Wanted) -> list[Entry]:
    """What everybody may learn from, the newest first."""
    require(actor, Action.SEE_LIBRARY)
    rows = select(_E).where(_has(LibraryStep.CONFIRMED), ~_has(*ENDING)).order_by(_E.id.desc())
    if wanted.criterion:
        rows = rows.where(_E.criterion == wanted.criterion)
    if wanted.lesson is not None:
        rows = rows.where(_E.lesson == wanted.lesson)
    found = [one for one in _whole(session, actor, session.scalars(rows)) if one.state is LibraryState.PUBLISHED]
    return [one for one in found if case_library.matches((one.told.title, one.told.why, one.told.words), wanted.words)]


def own_proposals(session: Session, actor: Actor) -> list[Entry]:
    """What the actor has put before the library, whatever became of it, the newest first."""
    require(actor, Action.ADD_TO_LIBRARY)
    rows = select(_E).where(_E.maker_id == actor.user_id).order_by(_E.id.desc())
    return _whole(session, actor, session.scalars(rows))


def asked_of(session: Session, actor: Actor) -> list[Entry]:
    """Clips in which the actor is heard and for which a consent can be given, refused or withdrawn."""
    require(actor, Action.CONSENT_TO_CLIP)
    rows = select(_E).join(_C, _C.entry_id == _E.id).where(_C.call_pk.in_(calls_of_agent(actor.user_id or 0)))
    found = _whole(session, actor, session.scalars(rows.order_by(_E.id.desc())))
    return [one for one in found if one.state not in ENDED]


def to_confirm(session: Session, actor: Actor) -> list[Entry]:
    """What waits for a second person and can be confirmed by the actor, the oldest first."""
    found = reach(actor, Action.CONFIRM_LIBRARY)
    rows = select(_E).where(~_has(LibraryStep.CONFIRMED, *ENDING)).order_by(_E.id)
    if not found.everything:
        rows = rows.where(_E.unit_id.in_(found.units))
    waiting = [one for one in _whole(session, actor, session.scalars(rows)) if one.state is LibraryState.TO_CONFIRM]
    return [one for one in waiting if LibraryStep.CONFIRMED in one.possible or actor.system]


def _has(*kinds: LibraryStep) -> ColumnElement[bool]:
    """Whether an entry has a step of one of these kinds: narrows in SQL what `case_library.state` then decides."""
    return exists(select(_S.id).where(_S.entry_id == _E.id, _S.kind.in_(kinds)))


def playable_clip(session: Session, actor: Actor, entry_id: int) -> PlayableFile:
    """The sound of a clip: a published one for everybody, before that for its agents, its maker and who confirms."""
    require(actor, Action.SEE_LIBRARY)
    one = _entry(session, actor, entry_id)
    row = session.get(_C, entry_id)
    if one is None or row is None or not row.path:
        raise NotFound("There is no clip {entry} that you may hear.", entry=entry_id)
    return PlayableFile(row.path, MIME, row.size_bytes, tuple(Chunk(*chunk) for chunk in row.chunks))


def _entry(session: Session, actor: Actor, entry_id: int) -> Entry | None:
    """One entry, if the actor may know of it: published, made, heard in, or within the right to confirm."""
    found = _whole(session, actor, session.scalars(select(_E).where(_E.id == entry_id)))
    if not found:
        return None
    one = found[0]
    known = actor.system or one.state is LibraryState.PUBLISHED or actor.user_id in {one.maker_id, *one.agents}
    return one if known or _may_confirm(session, actor, entry_id) else None


def _may_confirm(session: Session, actor: Actor, entry_id: int) -> bool:
    return covers(_confirms(actor), session.get_one(_E, entry_id).unit_id, frozenset())


def _confirms(actor: Actor) -> Reach:
    return reach(actor, Action.CONFIRM_LIBRARY) if allowed(actor, Action.CONFIRM_LIBRARY) else NOWHERE


def _course(one: Entry) -> Course:
    return Course(one.form, one.maker_id, one.agents, one.steps)


def _whole(session: Session, actor: Actor, found: Iterable[LibraryEntryRow]) -> list[Entry]:
    """Entries with their clips and steps, read in one go for all of them."""
    rows = list(found)
    ids = [row.id for row in rows]
    clips = {row.entry_id: row for row in session.scalars(select(_C).where(_C.entry_id.in_(ids)))}
    agents = agents_of_each(session, {row.call_pk for row in clips.values()})
    steps: dict[int, list[LibraryStepTaken]] = {entry: [] for entry in ids}
    for step in session.scalars(select(_S).where(_S.entry_id.in_(ids)).order_by(_S.id)):
        steps[step.entry_id].append(LibraryStepTaken(step.kind, step.at, step.by_id, step.words))
    confirms = _confirms(actor)
    return [
        _one(row, clips.get(row.id), agents, Course(row.form, row.maker_id, frozenset(), tuple(steps[row.id])),
             actor, may_confirm=covers(confirms, row.unit_id, frozenset()))
        for row in rows
    ]  # fmt: skip


def _one(
    row: LibraryEntryRow, clip: LibraryClipRow | None, agents: dict[int, frozenset[int]], course: Course,
    actor: Actor, *, may_confirm: bool,
) -> Entry:  # fmt: skip
    heard = None
    if clip is not None:
        course = replace(course, agents=agents[clip.call_pk])
        span = ClipSpan(clip.start_s, clip.end_s, tuple(Stretch(*one) for one in clip.bleeps))
        heard = Clip(clip.call_pk, span, bool(clip.path))
    told = Told(row.title, row.lesson, row.why, row.words, row.criterion, row.complaint_class, row.case_number)
    return Entry(
        row.id, row.form, told, row.maker_id, row.created_at, case_library.state(course), course.steps,
        course.agents, heard, case_library.possible(course, actor.user_id, may_confirm=may_confirm),
    )  # fmt: skip
