"""Quality disputes in the database: evaluations told, signed for, contested answer by answer, decided once or twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, Role, reach
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.tables import GrantRow, UnitKind, UnitRow, UserRow
from qa_app.core.working_days import WorkingDays
from scorecards import disputes, queries
from scorecards.disputes import (
    Arbiter,
    Contest,
    Decision,
    DisputeRules,
    DisputeState,
    Level,
    Status,
    Step,
    StepKind,
    about,
    own_line,
    require_arbiter,
    resulting_verdict,
    status,
)
from scorecards.model import Author, Verdict
from scorecards.tables import AnswerRow, EvaluationRow
from scorecards.work_tables import DisputeStepRow
from transcription.queries import agents_of_calls, may_reach_call

LONGEST_WORDS = 2000
_K = StepKind


@dataclass(frozen=True, slots=True)
class Rules:
    """The windows and the calendar that they run by."""

    windows: DisputeRules
    days: WorkingDays


@dataclass(frozen=True, slots=True)
class Contested:
    """One contested answer: what was scored, what the agent proposes and why, what was decided, where it stands."""

    evaluation_id: int
    call_pk: int
    criterion: str
    title: str
    agent_id: int
    scorer_id: int | None
    verdict: Verdict
    proposed: Verdict
    words: str
    decided: Verdict | None
    reason: str
    status: Status
    at: datetime


def tell(session: Session, now: datetime, evaluation_id: int) -> None:
    """Tell the agent of an evaluation, once; from then on they may contest it."""
    told = select(DisputeStepRow.id).where(
        DisputeStepRow.evaluation_id == evaluation_id, DisputeStepRow.kind == _K.TOLD
    )
    if session.scalar(told.limit(1)) is None:
        session.add(DisputeStepRow(evaluation_id=evaluation_id, kind=_K.TOLD, at=now, criterion="", words=""))
        session.flush()


def sign(session: Session, actor: Actor, now: datetime, evaluation_id: int, rules: Rules) -> None:
    """The agent signs for an evaluation (签收): it was read; what is wrong may still be contested in its window."""
    row = _own(session, actor, evaluation_id)
    _take(session, actor, row, Step(_K.SIGNED, now, actor.user_id), rules)


def contest(
    session: Session, actor: Actor, now: datetime, evaluation_id: int, step: Step, rules: Rules
) -> None:  # fmt: skip
    """The agent contests one answer, withdraws that, or contests its decision before the monitoring group."""
    if step.kind not in (_K.DISPUTED, _K.WITHDRAWN, _K.SECOND_DISPUTED):
        raise Invalid("This is not a step of the agent's.")
    row = _own(session, actor, evaluation_id)
    answer = _answer(session, row, step.criterion)
    if step.kind is _K.DISPUTED and step.verdict is answer.verdict:
        raise Invalid("Propose another verdict than the one that was given.")
    _take(session, actor, row, Step(step.kind, now, actor.user_id, step.criterion, step.verdict, step.words), rules)


def decide(
    session: Session, actor: Actor, now: datetime, evaluation_id: int, step: Step, rules: Rules
) -> None:  # fmt: skip
    """Decide a contested answer; never by who scored the call, who decided before, or the agent's own line."""
    second = step.kind is _K.SECOND_DECIDED
    if step.kind not in (_K.DECIDED, _K.SECOND_DECIDED):
        raise Invalid("This is not a step of the arbiter's.")
    action = Action.DECIDE_SECOND_DISPUTE if second else Action.DECIDE_DISPUTE
    row = _reachable(session, actor, action, evaluation_id)
    _answer(session, row, step.criterion)
    arbiter = Arbiter(actor.user_id or 0, people.unit_of(session, actor.user_id or 0), actor.roles)
    level = Level.SECOND if second else Level.FIRST
    require_arbiter(arbiter, _contest(session, row, step.criterion), level)
    _take(session, actor, row, Step(step.kind, now, actor.user_id, step.criterion, step.verdict, step.words), rules)


def steps_of(session: Session, evaluation_id: int) -> tuple[Step, ...]:
    """What happened to an evaluation, in order."""
    query = select(DisputeStepRow).where(DisputeStepRow.evaluation_id == evaluation_id).order_by(DisputeStepRow.id)
    return tuple(
        Step(row.kind, row.at, row.by_id, row.criterion, row.verdict, row.words) for row in session.scalars(query)
    )


def standing(session: Session, actor: Actor, now: datetime, evaluation_id: int, rules: Rules) -> dict[str, Status]:
    """Where every answer of an evaluation stands."""
    row = _reachable(session, actor, Action.SEE_EVALUATIONS, evaluation_id)
    steps = steps_of(session, evaluation_id)
    names = session.scalars(select(AnswerRow.criterion).where(AnswerRow.evaluation_id == evaluation_id))
    return {name: _status(steps, name, now, rules, row) for name in names}


def decided_words(session: Session, actor: Actor, evaluation_id: int) -> dict[str, str]:
    """The reason of the last decision on each contested answer of an evaluation."""
    _reachable(session, actor, Action.SEE_EVALUATIONS, evaluation_id)
    steps = steps_of(session, evaluation_id)
    return {one.criterion: one.words for one in steps if one.kind in (_K.DECIDED, _K.SECOND_DECIDED)}


def contested(
    session: Session, actor: Actor, now: datetime, rules: Rules, action: Action
) -> list[Contested]:  # fmt: skip
    """Contested answers that the actor may do this with, the oldest first: an agent's own, or those to be decided.

    An evaluation that a later one has replaced waits for nobody.
    """
    found = reach(actor, action)
    filed = select(DisputeStepRow.evaluation_id).where(DisputeStepRow.kind == _K.DISPUTED).distinct()
    replaced = select(EvaluationRow.replaces_id).where(EvaluationRow.replaces_id.is_not(None))
    query = select(EvaluationRow).where(EvaluationRow.id.in_(filed), EvaluationRow.id.not_in(replaced))
    rows = session.scalars(query.order_by(EvaluationRow.id)).all()
    made = [
        one for row in rows if may_reach_call(session, found, row.call_pk)
        for one in _contested(session, actor, row, now, rules)
    ]  # fmt: skip
    waits = {Action.DECIDE_DISPUTE: DisputeState.OPEN, Action.DECIDE_SECOND_DISPUTE: DisputeState.SECOND_OPEN}
    return [one for one in made if action not in waits or one.status.state is waits[action]]


def decisions(session: Session, actor: Actor) -> list[Decision]:
    """Every decided dispute in reach, for the rates of what was overturned."""
    found = reach(actor, Action.SEE_SAMPLING)
    decided = select(DisputeStepRow.evaluation_id).where(DisputeStepRow.kind == _K.DECIDED).distinct()
    made = []
    for row in session.scalars(select(EvaluationRow).where(EvaluationRow.id.in_(decided))):
        if not may_reach_call(session, found, row.call_pk):
            continue
        steps = steps_of(session, row.id)
        for name in {step.criterion for step in steps if step.kind is _K.DECIDED}:
            answer, mine = _answer(session, row, name), about(steps, name)
            proposed = next(step.verdict for step in mine if step.kind is _K.DISPUTED)
            if proposed is not None:
                check = f"{answer.check} {(answer.provenance or {}).get('version', '')}".strip()
                made.append(Decision(name, row.author_id, check if row.author is Author.MACHINE else "", answer.verdict,
                                     proposed, resulting_verdict(answer.verdict, mine)))  # fmt: skip
    return made


def _contested(session: Session, actor: Actor, row: EvaluationRow, now: datetime, rules: Rules) -> list[Contested]:
    steps, found = steps_of(session, row.id), []
    titles = {
        one.id: one.title.in_language(actor.language) for _, one in queries.card(session, row.scorecard_id).criteria
    }
    agents = agents_of_calls(session, (row.call_pk,))
    for filed in (step for step in steps if step.kind is _K.DISPUTED):
        answer, mine = _answer(session, row, filed.criterion), about(steps, filed.criterion)
        last = next((one for one in reversed(mine) if one.kind in (_K.DECIDED, _K.SECOND_DECIDED)), None)
        found.append(Contested(
            row.id, row.call_pk, filed.criterion, titles.get(filed.criterion, filed.criterion), min(agents, default=0),
            row.author_id, answer.verdict, filed.verdict or answer.verdict, filed.words,
                last.verdict if last else None, last.words if last else "",
                _status(steps, filed.criterion, now, rules, row),
            filed.at,
        ))  # fmt: skip
    return found


def _status(steps: Sequence[Step], criterion: str, now: datetime, rules: Rules, row: EvaluationRow) -> Status:
    by_person = row.author is Author.PERSON
    return status(about(steps, criterion), now, rules.windows, rules.days, by_person=by_person)


def _take(session: Session, actor: Actor, row: EvaluationRow, step: Step, rules: Rules) -> None:
    """Append a step that is possible now; two at the same moment follow each other."""
    session.scalar(select(EvaluationRow.id).where(EvaluationRow.id == row.id).with_for_update())
    by_person = row.author is Author.PERSON
    disputes.append(steps_of(session, row.id), step, rules.windows, rules.days, by_person=by_person)
    session.add(DisputeStepRow(
        evaluation_id=row.id, criterion=step.criterion, kind=step.kind, at=step.at, by_id=step.by_id,
        verdict=step.verdict, words=step.words.strip()[:LONGEST_WORDS],
    ))  # fmt: skip
    session.flush()
    told = {"criterion": step.criterion} if step.criterion else {}
    told |= {"verdict": step.verdict.value} if step.verdict else {}
    journal.record(session, actor, f"dispute.{step.kind.value}", f"evaluation:{row.id}", step.at, **told)


def _own(session: Session, actor: Actor, evaluation_id: int) -> EvaluationRow:
    return _reachable(session, actor, Action.CONTEST_EVALUATION, evaluation_id)


def _reachable(session: Session, actor: Actor, action: Action, evaluation_id: int) -> EvaluationRow:
    found, row = reach(actor, action), session.get(EvaluationRow, evaluation_id)
    if row is None or not may_reach_call(session, found, row.call_pk):
        raise NotFound("There is no evaluation {evaluation}.", evaluation=evaluation_id)
    return row


def _answer(session: Session, row: EvaluationRow, criterion: str) -> AnswerRow:
    query = select(AnswerRow).where(AnswerRow.evaluation_id == row.id, AnswerRow.criterion == criterion)
    answer = session.scalars(query).first()
    if answer is None:
        raise Invalid("{criterion} is no answer of this evaluation.", criterion=criterion)
    return answer


def _contest(session: Session, row: EvaluationRow, criterion: str) -> Contest:
    """Who must not decide about an answer."""
    agents = agents_of_calls(session, (row.call_pk,))
    parents = {row.id: row.parent_id for row in session.execute(select(UnitRow.id, UnitRow.parent_id))}
    centres = set(session.scalars(select(UnitRow.id).where(UnitRow.kind == UnitKind.CENTRE)))
    teams = set(session.scalars(select(UserRow.unit_id).where(UserRow.id.in_(agents))))
    units = frozenset[int]().union(*(own_line(team, parents, centres) for team in teams))
    heads = select(GrantRow.user_id).where(GrantRow.role == Role.SUPERVISOR, GrantRow.unit_id.in_(units))
    scorers = select(EvaluationRow.author_id).where(
        EvaluationRow.call_pk == row.call_pk, EvaluationRow.author_id.is_not(None)
    )
    before = frozenset(step.by_id for step in about(steps_of(session, row.id), criterion)
                       if step.kind is _K.DECIDED and step.by_id is not None)  # fmt: skip
    known = frozenset(name for name in session.scalars(scorers) if name is not None)
    return Contest(min(agents, default=0), units, frozenset(session.scalars(heads)) | agents, known, before)
