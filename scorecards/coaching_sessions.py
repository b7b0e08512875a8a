"""Coaching in the database: sessions planned from clips, held, acknowledged and followed up; the answers behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Action, Actor, Reach, reach
from qa_app.core.errors import Conflict, Invalid, NotFound, Terms
from scorecards import queries
from scorecards.coaching import Point
from scorecards.coaching_effect import Effect, did_it_help
from scorecards.coaching_tables import CoachingClipRow, CoachingGoalRow, CoachingRow, CoachingStepRow
from scorecards.model import Absence, CoachingStep, Verdict
from scorecards.sampling import Pool
from scorecards.work_tables import PickRow
from transcription.queries import agents_of_calls, may_reach_call

LONGEST = 2000
VALUES = {Verdict.MET: 1.0, Verdict.PARTLY_MET: 0.5, Verdict.NOT_MET: 0.0}
_C, _K = CoachingRow, CoachingStep
_AFTER = {
    None: (_K.HELD, _K.CANCELLED), _K.HELD: (_K.ACKNOWLEDGED, _K.FOLLOWED_UP), _K.ACKNOWLEDGED: (_K.FOLLOWED_UP,),
    _K.FOLLOWED_UP: (_K.FOLLOWED_UP,), _K.CANCELLED: (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a call: which answer it shows, from which second, and the words."""

    call_pk: int
    criterion: str
    start_s: float | None
    words: str


@dataclass(frozen=True, slots=True)
class NewCoaching:
    """A session as it is planned: for whom, when, about which criteria (what to do otherwise), with which clips."""

    agent_id: int
    planned_for: date
    goals: dict[str, str]
    clips: tuple[Clip, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken."""

    kind: CoachingStep
    at: datetime
    by_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Coaching:
    """A session with everything in it, and the steps that are possible now."""

    id: int
    agent_id: int
    coach_id: int | None
    planned_for: date
    words: str
    goals: dict[str, str]
    clips: tuple[Clip, ...]
    steps: tuple[Taken, ...]
    possible: tuple[CoachingStep, ...]

    @property
    def held_at(self) -> datetime | None:
        return next((one.at for one in self.steps if one.kind is _K.HELD), None)


def plan(session: Session, actor: Actor, now: datetime, new: NewCoaching) -> int:
    """Plan a session for an agent of one's own units, with clips of that agent's own calls."""
    found, unit = reach(actor, Action.COACH), people.unit_of(session, new.agent_id)
    if unit is None or not (found.everything or unit in found.units):
        raise NotFound("There is no agent {agent} of yours.", agent=new.agent_id)
    if not new.goals:
        raise Invalid("A session has at least one goal: name a criterion.")
    for one in new.clips:
        if not may_reach_call(session, found, one.call_pk) or new.agent_id not in agents_of_calls(
            session, (one.call_pk,)
        ):
            raise NotFound("Call {call} is no call of this agent that you may see.", call=one.call_pk)
    row = CoachingRow(agent_id=new.agent_id, unit_id=unit, coach_id=actor.user_id, planned_for=new.planned_for,
                      words=new.words.strip()[:LONGEST], created_at=now)  # fmt: skip
    session.add(row)
    session.flush()
    for criterion, words in new.goals.items():
        session.add(CoachingGoalRow(coaching_id=row.id, criterion=criterion, words=words.strip()[:LONGEST]))
    for one in new.clips:
        session.add(CoachingClipRow(coaching_id=row.id, call_pk=one.call_pk, criterion=one.criterion,
                                    start_s=one.start_s, words=one.words[:LONGEST]))  # fmt: skip
    session.flush()
    journal.record(session, actor, "coaching.plan", f"coaching:{row.id}", now, user=new.agent_id)
    return row.id


def take_step(
    session: Session, actor: Actor, now: datetime, coaching_id: int, kind: CoachingStep, words: str = ""
) -> None:  # fmt: skip
    """Held, followed up or cancelled by who may coach; acknowledged, with a comment, by the agent alone."""
    by_agent = kind is _K.ACKNOWLEDGED
    row = _row(session, actor, Action.ACKNOWLEDGE_COACHING if by_agent else Action.COACH, coaching_id)
    if by_agent and row.agent_id != actor.user_id and not actor.system:
        raise NotFound("There is no coaching session {coaching} of yours.", coaching=coaching_id)
    session.scalar(select(_C.id).where(_C.id == coaching_id).with_for_update())
    if kind not in possible_after(_steps(session, coaching_id)):
        raise Conflict("“{step}” does not follow here.", step=Terms(kind.value))
    if kind is _K.FOLLOWED_UP and not words.strip():
        raise Invalid("Say what you saw when you followed up.")
    session.add(CoachingStepRow(coaching_id=coaching_id, kind=kind, at=now, by_id=actor.user_id,
                                words=words.strip()[:LONGEST]))  # fmt: skip
    session.flush()
    journal.record(session, actor, f"coaching.{kind.value}", f"coaching:{coaching_id}", now)


def possible_after(steps: Sequence[Taken]) -> tuple[CoachingStep, ...]:
    """The steps that may follow: held, then acknowledged by the agent and followed up as often as wanted."""
    last = steps[-1].kind if steps else None
    possible = _AFTER[last]
    done = {one.kind for one in steps}
    if last is _K.FOLLOWED_UP and _K.ACKNOWLEDGED not in done:
        possible = (*possible, _K.ACKNOWLEDGED)
    return possible


def sessions(session: Session, actor: Actor, limit: int = 50) -> list[Coaching]:
    """The sessions in reach, the newest first; an agent's are the own ones."""
    query = select(_C).where(_seen(reach(actor, Action.SEE_COACHING))).order_by(_C.id.desc()).limit(limit)
    return [_whole(session, row) for row in session.scalars(query)]


def points(session: Session, actor: Actor, since: datetime, zone: ZoneInfo) -> list[Point]:
    """The answers that people gave to calls drawn by lot, as they stand; calls of other pools never enter."""
    found = reach(actor, Action.COACH)
    row = PickRow
    query = select(row.call_pk, row.agent_id, row.created_at).where(
        row.pool == Pool.RANDOM, row.evaluation_id.is_not(None), row.created_at >= since
    )
    if not found.everything:
        query = query.where(row.unit_id.in_(found.units))
    made: list[Point] = []
    for call_pk, agent, at in session.execute(query.order_by(row.id)):
        record = next((one for one in queries.evaluations(session, SYSTEM, call_pk) if one.counts), None)
        day = at.astimezone(zone).date()
        answers = record.evaluation.answers if record else ()
        made += [Point(agent, one.criterion, day, VALUES[one.verdict]) for one in answers if one.verdict in VALUES]
    return made


def met_by_call(session: Session, agent_id: int, criteria: Collection[str], since: datetime) -> list[bool]:
    """Of each call of an agent that the lot picked since a moment and a person scored: whether all of it was met.

    Calls that answer none of the criteria are left out; partly met is not met. Whoever shows it checks the reader.
    """
    row = PickRow
    query = select(row.call_pk).where(
        row.pool == Pool.RANDOM, row.evaluation_id.is_not(None), row.created_at >= since, row.agent_id == agent_id
    )
    found = []
    for call_pk in session.scalars(query.order_by(row.id)).all():
        record = next((one for one in queries.evaluations(session, SYSTEM, call_pk) if one.counts), None)
        answers = record.evaluation.answers if record else ()
        given = [one.verdict for one in answers if one.criterion in criteria and one.verdict in VALUES]
        if given:
            found.append(all(one is Verdict.MET for one in given))
    return found


def clips_for(session: Session, actor: Actor, agent_id: int, criterion: str, most: int = 5) -> list[Clip]:
    """The newest answers of an agent that were not met in a criterion, each with the second where it is heard."""
    found = reach(actor, Action.COACH)
    calls = select(PickRow.call_pk).where(PickRow.agent_id == agent_id, PickRow.evaluation_id.is_not(None))
    made: list[Clip] = []
    for call_pk in dict.fromkeys(session.scalars(calls.order_by(PickRow.id.desc()))):
        if len(made) >= most:
            break
        if not may_reach_call(session, found, call_pk):
            continue
        record = next((one for one in queries.evaluations(session, SYSTEM, call_pk) if one.counts), None)
        for answer in record.evaluation.answers if record else ():
            if answer.criterion == criterion and answer.verdict in (Verdict.NOT_MET, Verdict.PARTLY_MET):
                heard = next((one for one in answer.evidence if not isinstance(one, Absence)), None)
                quote = getattr(heard, "quote", "") or answer.comment
                made.append(Clip(call_pk, criterion, getattr(heard, "start_s", None), quote))
    return made


def effect_of(
    session: Session, actor: Actor, criterion: str, given: Iterable[Point], zone: ZoneInfo
) -> Effect | None:  # fmt: skip
    """Whether the coaching that was held on a criterion helped, against the agents who were not coached on it."""
    held: dict[int, date] = {}
    for one in sessions(session, actor, limit=1000):
        if criterion in one.goals and one.held_at is not None:
            held.setdefault(one.agent_id, one.held_at.astimezone(zone).date())
    mine = [one for one in given if one.criterion == criterion]
    coached = [one for one in mine if one.agent in held]
    if not held:
        return None
    return did_it_help(coached, held, [one for one in mine if one.agent not in held])


def _whole(session: Session, row: CoachingRow) -> Coaching:
    goals = session.scalars(select(CoachingGoalRow).where(CoachingGoalRow.coaching_id == row.id))
    clips = session.scalars(
        select(CoachingClipRow).where(CoachingClipRow.coaching_id == row.id).order_by(CoachingClipRow.id)
    )
    steps = _steps(session, row.id)
    return Coaching(
        row.id, row.agent_id, row.coach_id, row.planned_for, row.words, {one.criterion: one.words for one in goals},
        tuple(Clip(one.call_pk, one.criterion, one.start_s, one.words) for one in clips), steps, possible_after(steps),
    )  # fmt: skip


def _steps(session: Session, coaching_id: int) -> tuple[Taken, ...]:
    query = select(CoachingStepRow).where(CoachingStepRow.coaching_id == coaching_id).order_by(CoachingStepRow.id)
    return tuple(Taken(row.kind, row.at, row.by_id, row.words) for row in session.scalars(query))


def _row(session: Session, actor: Actor, action: Action, coaching_id: int) -> CoachingRow:
    query = select(_C).where(_C.id == coaching_id, _seen(reach(actor, action)))
    row = session.scalars(query).first()
    if row is None:
        raise NotFound("There is no coaching session {coaching} of yours.", coaching=coaching_id)
    return row


def _seen(found: Reach) -> ColumnElement[bool]:
    if found.everything:
        return _C.id.is_not(None)
    parts: list[ColumnElement[bool]] = [_C.unit_id.in_(found.units)] if found.units else []
    if found.own_user_id is not None:
        parts.append(_C.agent_id == found.own_user_id)
    return or_(*parts) if parts else false()
