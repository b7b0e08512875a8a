"""Training in the database: who guides whom, tasks until they are confirmed, certificates and what they rest on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, Reach, Role, reach
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import GrantRow, UserRow
from scorecards import coaching_sessions, queries, training
from scorecards.sample_size import wilson
from scorecards.training import CertificateState, Ground, Mark, TaskKind, TaskState, TrainingStep
from scorecards.training_tables import CertificateRow, MentorPairRow, TrainingStepRow, TrainingTaskRow

LONGEST, LONGEST_SKILL = 1000, 120
LOOKS_BACK = timedelta(days=400)
LANGUAGES = ("zh", "en")
_K = TrainingStep


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentor and an agent as both see it; running while `ended_at` is empty."""

    id: int
    mentor_id: int
    mentee_id: int
    since: date
    criteria: tuple[str, ...]
    ended_at: datetime | None
    ended_words: str


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as it is given."""

    agent_id: int
    criterion: str
    kind: TaskKind
    task: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken."""

    kind: TrainingStep
    at: datetime
    by_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its steps."""

    id: int
    new: NewTask
    steps: tuple[Taken, ...]

    @property
    def state(self) -> TaskState:
        return training.state_of(one.kind for one in self.steps)

    @property
    def possible(self) -> tuple[TrainingStep, ...]:
        return training.possible_after(one.kind for one in self.steps)


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate as it is granted; `mark` (0..100) is an exam's, without one it rests on random calls."""

    agent_id: int
    skill: str
    criteria: tuple[str, ...]
    expires_on: date
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is shown."""

    id: int
    agent_id: int
    skill: str
    criteria: tuple[str, ...]
    found: Mark
    granted_on: date
    expires_on: date
    by_id: int | None
    revoked_words: str
    is_revoked: bool

    def state(self, today: date) -> CertificateState:
        """Whether it holds on a day."""
        return training.certificate_state(self.expires_on, today, is_revoked=self.is_revoked)


def agents(session: Session, actor: Actor) -> dict[int, str]:
    """The agents whom the actor trains, by name."""
    found = reach(actor, Action.TRAIN)
    query = select(UserRow.id, UserRow.name).join(GrantRow, GrantRow.user_id == UserRow.id)
    query = query.where(GrantRow.role == Role.AGENT, UserRow.active).order_by(UserRow.name)
    if not found.everything:
        query = query.where(UserRow.unit_id.in_(found.units))
    return {user: name for user, name in session.execute(query)}  # noqa: C416 - rows are no pairs


def pair(
    session: Session, actor: Actor, now: datetime, mentor_id: int, mentee_id: int, criteria: Collection[str],
    since: date,
) -> int:  # fmt: skip
    """Pair an agent with a mentor; who has one already must be free of that one first."""
    known = agents(session, actor)
    for one in (mentor_id, mentee_id):
        if one not in known:
            raise NotFound("There is no agent {agent} of yours.", agent=one)
    if mentor_id == mentee_id:
        raise Invalid("Nobody is the own mentor.")
    _require_criteria(session, criteria)
    session.scalar(select(UserRow.id).where(UserRow.id == mentee_id).with_for_update())
    running = select(MentorPairRow.id).where(MentorPairRow.mentee_id == mentee_id, MentorPairRow.ended_at.is_(None))
    if session.scalar(running.limit(1)) is not None:
        raise Conflict("{name} has a mentor already. End that first.", name=known[mentee_id])
    row = MentorPairRow(mentor_id=mentor_id, mentee_id=mentee_id, unit_id=_unit(session, mentee_id), since=since,
                        criteria=sorted(set(criteria)), by_id=actor.user_id, at=now)  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "mentor.pair", f"mentor:{row.id}", now, user=mentee_id)
    return row.id


def end_pair(session: Session, actor: Actor, now: datetime, pair_id: int, words: str) -> None:
    """End a pair with a word on how it went."""
    row = session.get(MentorPairRow, pair_id, with_for_update=True)
    found = reach(actor, Action.TRAIN)
    if row is None or not (found.everything or row.unit_id in found.units) or row.ended_at is not None:
        raise NotFound("There is no running pair {pair} of yours.", pair=pair_id)
    if not words.strip():
        raise Invalid("Say how it went.")
    row.ended_at, row.ended_by_id, row.ended_words = now, actor.user_id, words.strip()[:LONGEST]
    session.flush()
    journal.record(session, actor, "mentor.end", f"mentor:{pair_id}", now)


def pairs(session: Session, actor: Actor) -> list[Pair]:
    """The pairs in reach, running ones first; an agent sees those of which they are a part."""
    row, found = MentorPairRow, reach(actor, Action.SEE_COACHING)
    query = select(row).where(_seen(found, row.unit_id, row.mentee_id, row.mentor_id))
    query = query.order_by(row.ended_at.is_not(None), row.id.desc())
    return [Pair(one.id, one.mentor_id, one.mentee_id, one.since, tuple(one.criteria), one.ended_at, one.ended_words)
            for one in session.scalars(query)]  # fmt: skip


def give_task(session: Session, actor: Actor, now: datetime, new: NewTask, zone: ZoneInfo) -> int:
    """Give an agent a task tied to a criterion."""
    _require_agent(session, actor, new.agent_id)
    if not new.task.strip() or len(new.task) > LONGEST:
        raise Invalid("Say what is to be done, in at most {most} characters.", most=LONGEST)
    if not new.criterion:
        raise Invalid("A training task belongs to a criterion: choose one.")
    _require_criteria(session, (new.criterion,))
    if new.due_on < now.astimezone(zone).date():
        raise Invalid("{day} has passed already. Give a day to come.", day=new.due_on.isoformat())
    row = TrainingTaskRow(agent_id=new.agent_id, unit_id=_unit(session, new.agent_id), criterion=new.criterion[:80],
                          kind=new.kind, task=new.task.strip(), due_on=new.due_on)  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, actor, now, row.id, _K.GIVEN, "")
    return row.id


def take_step(session: Session, actor: Actor, now: datetime, task_id: int, kind: TrainingStep, words: str) -> None:
    """Done by the agent alone; confirmed, sent back or cancelled by who trains, never in an own task."""
    by_agent = kind is _K.DONE
    found = reach(actor, Action.ACKNOWLEDGE_COACHING if by_agent else Action.TRAIN)
    row = session.get(TrainingTaskRow, task_id, with_for_update=True)
    own = row is not None and row.agent_id == actor.user_id
    mine = own if by_agent else row is not None and row.unit_id in found.units
    if row is None or not (found.everything or mine):
        raise NotFound("There is no training task {task} of yours.", task=task_id)
    if own and not by_agent:
        raise Forbidden("Nobody confirms the own training.")
    training.require_possible([one.kind for one in _steps(session, task_id)], kind, words)
    _append(session, actor, now, task_id, kind, words)


def tasks(session: Session, actor: Actor) -> list[Task]:
    """The tasks in reach by the day they are due; an agent's are the own ones."""
    row, found = TrainingTaskRow, reach(actor, Action.SEE_COACHING)
    query = select(row).where(_seen(found, row.unit_id, row.agent_id)).order_by(row.due_on, row.id)
    return [
        Task(one.id, NewTask(one.agent_id, one.criterion, one.kind, one.task, one.due_on), _steps(session, one.id))
        for one in session.scalars(query)
    ]


def calls_behind(
    session: Session, actor: Actor, agent_id: int, criteria: Collection[str], now: datetime
) -> Mark:  # fmt: skip
    """What an agent's random calls of the last 400 days say of some criteria: the share met with its interval and n.

    n counts calls, which are independent of each other: one in which all of the criteria that it answers were met.
    """
    _require_agent(session, actor, agent_id)
    values = coaching_sessions.met_by_call(session, agent_id, criteria, now - LOOKS_BACK)
    if not values:
        return Mark(Ground.CALLS)
    share = sum(values) / len(values)
    low, high = wilson(share, len(values))
    return Mark(Ground.CALLS, len(values), share, low, high)


def grant(session: Session, actor: Actor, now: datetime, new: NewCertificate, zone: ZoneInfo) -> int:
    """Certify a skill of an agent, on calls (`calls_behind`) or an exam's mark, until a day."""
    _require_agent(session, actor, new.agent_id)
    today = now.astimezone(zone).date()
    if new.agent_id == actor.user_id:
        raise Forbidden("Nobody certifies the own skill.")
    skill = new.skill.strip()
    if not skill or len(skill) > LONGEST_SKILL:
        raise Invalid("Name the skill, in at most {most} characters.", most=LONGEST_SKILL)
    if not new.criteria:
        raise Invalid("A certificate is tied to criteria: choose at least one.")
    _require_criteria(session, new.criteria)
    if new.mark is not None:
        found = Mark(Ground.EXAM, mark=new.mark)
    else:
        found = calls_behind(session, actor, new.agent_id, new.criteria, now)
    training.require_ground(found)
    training.require_span(today, new.expires_on)
    row = CertificateRow(
        agent_id=new.agent_id, unit_id=_unit(session, new.agent_id), skill=skill, criteria=sorted(set(new.criteria)),
        ground=found.ground, n=found.n, share=found.share, low=found.low, high=found.high, mark=found.mark,
        granted_on=today, expires_on=new.expires_on, by_id=actor.user_id, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "certificate.grant", f"certificate:{row.id}", now, user=new.agent_id)
    return row.id


def revoke(session: Session, actor: Actor, now: datetime, certificate_id: int, words: str) -> None:
    """Take a certificate back, with the reason; it stays in the list."""
    row = session.get(CertificateRow, certificate_id, with_for_update=True)
    found = reach(actor, Action.TRAIN)
    if row is None or not (found.everything or row.unit_id in found.units) or row.revoked_at is not None:
        raise NotFound("There is no certificate {certificate} of yours that holds.", certificate=certificate_id)
    if not words.strip():
        raise Invalid("Say why.")
    row.revoked_at, row.revoked_by_id, row.revoked_words = now, actor.user_id, words.strip()[:LONGEST]
    session.flush()
    journal.record(session, actor, "certificate.revoke", f"certificate:{certificate_id}", now)


def certificates(session: Session, actor: Actor) -> list[Certificate]:
    """The certificates in reach, what expires first on top; an agent's are the own ones."""
    row, found = CertificateRow, reach(actor, Action.SEE_COACHING)
    query = select(row).where(_seen(found, row.unit_id, row.agent_id)).order_by(row.expires_on, row.id)
    return [
        Certificate(
            one.id, one.agent_id, one.skill, tuple(one.criteria),
            Mark(one.ground, one.n, one.share, one.low, one.high, one.mark), one.granted_on, one.expires_on, one.by_id,
            one.revoked_words, one.revoked_at is not None,
        )
        for one in session.scalars(query)
    ]  # fmt: skip


def _require_agent(session: Session, actor: Actor, agent_id: int) -> None:
    if agent_id not in agents(session, actor):
        raise NotFound("There is no agent {agent} of yours.", agent=agent_id)


def _require_criteria(session: Session, criteria: Collection[str]) -> None:
    """Raise Invalid for a criterion that no card in force has."""
    cards = [found[1] for language in LANGUAGES if (found := queries.card_for(session, language))]
    known = {one.id for card in cards for _section, one in card.criteria}
    if unknown := set(criteria) - known:
        raise Invalid("No scorecard in force has the criterion “{criterion}”.", criterion=min(unknown))


def _unit(session: Session, user_id: int) -> int:
    unit = people.unit_of(session, user_id)
    assert unit is not None  # noqa: S101 - the person was just found
    return unit


def _steps(session: Session, task_id: int) -> tuple[Taken, ...]:
    query = select(TrainingStepRow).where(TrainingStepRow.task_id == task_id).order_by(TrainingStepRow.id)
    return tuple(Taken(row.kind, row.at, row.by_id, row.words) for row in session.scalars(query))


def _append(session: Session, actor: Actor, now: datetime, task_id: int, kind: TrainingStep, words: str) -> None:
    session.add(TrainingStepRow(task_id=task_id, kind=kind, at=now, by_id=actor.user_id,
                                words=words.strip()[:LONGEST]))  # fmt: skip
    session.flush()
    journal.record(session, actor, f"training.{kind.value}", f"training:{task_id}", now)


def _seen(
    found: Reach, unit: InstrumentedAttribute[int], *people_: InstrumentedAttribute[int]
) -> ColumnElement[bool]:  # fmt: skip
    """Rows of the units in reach, and those of oneself."""
    if found.everything:
        return unit.is_not(None)
    parts: list[ColumnElement[bool]] = [unit.in_(found.units)] if found.units else []
    if found.own_user_id is not None:
        parts += [column == found.own_user_id for column in people_]
    return or_(*parts) if parts else false()
