"""What is read about scorecards and evaluations; every read is cut to the actor's reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, reach
from qa_app.core.errors import NotFound
from qa_app.core.tables import UserRow
from scorecards import blind_audits
from scorecards.card_file import card_from_yaml
from scorecards.disputes import StepKind
from scorecards.files import evidence_from_dict, signals_from_list
from scorecards.model import Answer, Author, CardState, Evaluation, Purpose, Scorecard, Verdict
from scorecards.scoring import error_free, score_answers
from scorecards.tables import (
    AnswerRow,
    DraftRow,
    EvaluationRow,
    RecheckRow,
    ScorecardRow,
    UnfitRow,
)
from scorecards.work_tables import DisputeStepRow
from transcription.model import Kind
from transcription.queries import may_reach_call

DECISIONS = (StepKind.DECIDED, StepKind.SECOND_DECIDED)
_COUNTS = EvaluationRow.purpose == Purpose.SCORE.value
"""Evaluations that make a call's score; re-checks of the scorer stand beside them and change nothing."""


@dataclass(frozen=True, slots=True)
class CallScore:
    """The newest score of a call by the machine and by a person."""

    machine_pct: float | None = None
    machine_passed: bool | None = None
    person_pct: float | None = None
    person_passed: bool | None = None
    reviewed: bool = False
    drafted: bool = False
    unfit: str | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """One kept evaluation with who made it, when, and on which transcript and card."""

    id: int
    call_pk: int
    transcript_id: int
    scorecard_id: int
    author: Author
    author_id: int | None
    author_name: str
    created_at: datetime
    seconds_spent: float | None
    evaluation: Evaluation
    purpose: Purpose = Purpose.SCORE
    rechecks: tuple[tuple[str, bool], ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is a person's and makes the call's score."""
        return self.author is Author.PERSON and self.purpose is Purpose.SCORE


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has answered so far."""

    transcript_id: int
    scorecard_id: int
    body: dict[str, Any]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class PendingRecheck:
    """An alleged fatal error that waits for a second person."""

    evaluation_id: int
    call_pk: int
    criterion: str
    title: str
    comment: str
    author_name: str
    at: datetime


@lru_cache(maxsize=64)
def _parsed(body: str) -> Scorecard:
    return card_from_yaml(body)


def card(session: Session, scorecard_id: int) -> Scorecard:
    """One card version."""
    row = session.get(ScorecardRow, scorecard_id)
    if row is None:
        raise NotFound("There is no scorecard {scorecard}.", scorecard=scorecard_id)
    return _parsed(row.body)


def card_for(session: Session, language: str, kind: Kind = Kind.PHONE) -> tuple[int, Scorecard] | None:
    """The newest published card of a language for that kind of conversation."""
    query = select(ScorecardRow).where(
        ScorecardRow.state == CardState.PUBLISHED,
        ScorecardRow.language == language[:2],
        ScorecardRow.kind == kind.value,
    )
    row = session.scalars(query.order_by(ScorecardRow.published_at.desc(), ScorecardRow.id.desc()).limit(1)).first()
    return (row.id, _parsed(row.body)) if row else None


def scores(session: Session, actor: Actor, call_pks: Iterable[int]) -> dict[int, CallScore]:
    """The newest scores of calls that the caller has already cut to the actor's reach.

    Those that the actor is to re-score blind show none.
    """
    reach(actor, Action.SEE_EVALUATIONS)
    asked = list(call_pks)
    found: dict[int, CallScore] = dict.fromkeys(asked, CallScore())
    hidden = blind_audits.hidden_calls(session, actor, asked)
    wanted = [one for one in asked if one not in hidden]
    of_calls = select(EvaluationRow).where(EvaluationRow.call_pk.in_(wanted), _COUNTS).order_by(EvaluationRow.id)
    rechecked = _rechecked(session, wanted)
    for row in session.scalars(of_calls).all():
        found[row.call_pk] = _with_row(found[row.call_pk], row)
        if row.id in rechecked:
            stands = _record(session, row, None).evaluation
            found[row.call_pk] = replace(found[row.call_pk], person_pct=stands.score_pct, person_passed=stands.passed)
    for unfit in session.scalars(select(UnfitRow).where(UnfitRow.call_pk.in_(wanted))):
        found[unfit.call_pk] = replace(found[unfit.call_pk], unfit=unfit.reason)
    drafts = select(DraftRow.call_pk).where(DraftRow.call_pk.in_(wanted), DraftRow.author_id == actor.user_id)
    for call_pk in session.scalars(drafts):
        found[call_pk] = replace(found[call_pk], drafted=True)
    return found


def _rechecked(session: Session, call_pks: list[int]) -> frozenset[int]:
    """Evaluations of these calls on which another has spoken (re-check, dispute): they stand elsewhere than kept."""
    of_calls = select(EvaluationRow.id).where(EvaluationRow.call_pk.in_(call_pks))
    again = select(RecheckRow.evaluation_id).where(RecheckRow.evaluation_id.in_(of_calls))
    step = DisputeStepRow
    decided = select(step.evaluation_id).where(step.evaluation_id.in_(of_calls), step.kind.in_(DECISIONS))
    return frozenset(session.scalars(again.union(decided)))


def _with_row(score: CallScore, row: EvaluationRow) -> CallScore:
    if row.author is Author.PERSON:
        return replace(score, person_pct=row.score_pct, person_passed=row.passed, reviewed=True)
    present = tuple(signal["signal"] for signal in row.signals if signal["present"])
    return replace(score, machine_pct=row.score_pct, machine_passed=row.passed, signals=present)


def reviewed_calls() -> Select[int]:
    """Calls with a person's evaluation, as a subquery for other slices' filters."""
    return select(EvaluationRow.call_pk).where(EvaluationRow.author == Author.PERSON, _COUNTS)


def settled_calls() -> Select[int]:
    """Calls that nobody has to review any more: evaluated by a person, or not fit for scoring."""
    return reviewed_calls().union(select(UnfitRow.call_pk)).subquery().select()


def unfit_calls(session: Session) -> set[int]:
    """The calls that cannot be scored fairly."""
    return set(session.scalars(select(UnfitRow.call_pk)))


def calls_with_signal(session: Session, signal: str, call_pks: Iterable[int]) -> set[int]:
    """Those of some calls in which the machine's newest evaluation found a signal."""
    query = select(EvaluationRow.call_pk, EvaluationRow.signals).where(
        EvaluationRow.call_pk.in_(list(call_pks)), EvaluationRow.author == Author.MACHINE
    )
    newest = {call: signals for call, signals in session.execute(query.order_by(EvaluationRow.id))}  # noqa: C416 - rows are no pairs
    return {call for call, found in newest.items() if any(one["signal"] == signal and one["present"] for one in found)}


def evaluations(session: Session, actor: Actor, call_pk: int) -> list[EvaluationRecord]:
    """Every evaluation of a call, newest first; NotFound outside the actor's reach.

    A re-check is about the inspector who scored: an agent who sees no more than the own calls does not see it. Of a
    call that the actor is to re-score blind nothing is shown.
    """
    found = reach(actor, Action.SEE_EVALUATIONS)
    if not may_reach_call(session, found, call_pk):
        raise NotFound("There is no call {call} that you may see.", call=call_pk)
    if blind_audits.hidden_calls(session, actor, (call_pk,)):
        return []
    query = (
        select(EvaluationRow, UserRow.name)
        .outerjoin(UserRow, UserRow.id == EvaluationRow.author_id)
        .where(EvaluationRow.call_pk == call_pk)
        .order_by(EvaluationRow.id.desc())
    )
    if not found.everything and not found.units:
        query = query.where(_COUNTS)
    return [_record(session, row, name) for row, name in session.execute(query)]


def draft(session: Session, actor: Actor, call_pk: int) -> Draft | None:
    """The actor's own draft on a call."""
    row = session.get(DraftRow, (call_pk, actor.user_id))
    return Draft(row.transcript_id, row.scorecard_id, row.body, row.saved_at) if row else None


def own_drafts(session: Session, actor: Actor) -> list[tuple[int, datetime]]:
    """The calls on which the actor has begun, newest first."""
    query = select(DraftRow.call_pk, DraftRow.saved_at).where(DraftRow.author_id == actor.user_id)
    return [(call_pk, at) for call_pk, at in session.execute(query.order_by(DraftRow.saved_at.desc()))]


def submitted_since(session: Session, actor: Actor, since: datetime) -> tuple[int, float | None]:
    """How many evaluations the actor has submitted since then, and the median of seconds spent on one."""
    query = select(EvaluationRow.seconds_spent).where(
        EvaluationRow.author_id == actor.user_id,
        EvaluationRow.author == Author.PERSON,
        EvaluationRow.created_at >= since,
    )
    spent = list(session.scalars(query))
    known = sorted(seconds for seconds in spent if seconds is not None)
    return len(spent), known[len(known) // 2] if known else None


def fatal_calls(session: Session, since: datetime) -> dict[int, bool]:
    """The calls that a person scored since a moment: whether a confirmed fatal error stands in the newest score."""
    query = select(EvaluationRow).where(
        EvaluationRow.author == Author.PERSON, _COUNTS, EvaluationRow.created_at >= since
    )
    newest = {row.call_pk: row for row in session.scalars(query.order_by(EvaluationRow.id))}
    confirmed = select(RecheckRow.evaluation_id).where(RecheckRow.confirmed, RecheckRow.at >= since)
    doubted = set(session.scalars(confirmed))
    return {
        call: row.id in doubted and bool(_record(session, row, None).evaluation.critical_failures)
        for call, row in newest.items()
    }


def newest_by_person(session: Session, call_pk: int) -> int | None:
    """The id of the newest evaluation by a person."""
    query = select(func.max(EvaluationRow.id)).where(
        EvaluationRow.call_pk == call_pk, EvaluationRow.author == Author.PERSON, _COUNTS
    )
    return session.scalar(query)


def pending_rechecks(session: Session, actor: Actor) -> list[PendingRecheck]:
    """Alleged fatal errors in reach that no second person has decided and the actor did not allege.

    An evaluation that a later one has replaced waits for nobody.
    """
    found = reach(actor, Action.RECHECK_FATAL)
    replaced = select(EvaluationRow.replaces_id).where(EvaluationRow.replaces_id.is_not(None))
    decided = select(RecheckRow.id).where(
        RecheckRow.evaluation_id == AnswerRow.evaluation_id, RecheckRow.criterion == AnswerRow.criterion
    )
    query = (
        select(EvaluationRow, AnswerRow, UserRow.name)
        .join(AnswerRow, AnswerRow.evaluation_id == EvaluationRow.id)
        .join(UserRow, UserRow.id == EvaluationRow.author_id)
        .where(
            EvaluationRow.author == Author.PERSON,
            AnswerRow.verdict == "not_met",
            AnswerRow.possible == 0,
            ~decided.exists(),
            EvaluationRow.id.not_in(replaced),
            EvaluationRow.purpose != Purpose.AUDIT.value,
        )
        .where(EvaluationRow.author_id != actor.user_id)
        .order_by(EvaluationRow.id)
    )
    pending = []
    for row, answer, name in session.execute(query):
        form = card(session, row.scorecard_id)
        criterion = next((each for _, each in form.criteria if each.id == answer.criterion and each.fatal), None)
        if criterion is not None and may_reach_call(session, found, row.call_pk):
            title = criterion.title.in_language(actor.language)
            pending.append(
                PendingRecheck(row.id, row.call_pk, answer.criterion, title, answer.comment, name, row.created_at)
            )
    return pending


def _record(session: Session, row: EvaluationRow, name: str | None) -> EvaluationRecord:
    form = card(session, row.scorecard_id)
    order = {criterion.id: place for place, (_, criterion) in enumerate(form.criteria)}
    rows = session.scalars(select(AnswerRow).where(AnswerRow.evaluation_id == row.id)).all()
    answers = [_answer(answer) for answer in sorted(rows, key=lambda answer: order.get(answer.criterion, 0))]
    rechecks = session.scalars(
        select(RecheckRow).where(RecheckRow.evaluation_id == row.id).order_by(RecheckRow.id)
    ).all()
    newest = {recheck.criterion: recheck.confirmed for recheck in rechecks}
    given = [answer.verdict for answer in answers]
    answers = _after_disputes(session, row.id, answers)
    kept = Evaluation(
        scorecard=form.name, version=form.version, score_pct=row.score_pct, passed=row.passed,
        critical_failures=tuple(name for name, confirmed in newest.items() if confirmed),
        answers=tuple(answers), signals=signals_from_list(row.signals),
        error_free=error_free(form, {answer.criterion: answer for answer in answers}),
    )  # fmt: skip
    if newest or given != [answer.verdict for answer in answers]:
        kept = replace(_standing(form, answers, newest), signals=kept.signals)
    return EvaluationRecord(
        row.id, row.call_pk, row.transcript_id, row.scorecard_id, row.author, row.author_id, name or "",
        row.created_at, row.seconds_spent, kept, Purpose(row.purpose), tuple(newest.items()),
    )  # fmt: skip


def _after_disputes(session: Session, evaluation_id: int, answers: list[Answer]) -> list[Answer]:
    """The answers with the verdicts that decided disputes gave them; what was given before stays in the database."""
    query = select(DisputeStepRow).where(
        DisputeStepRow.evaluation_id == evaluation_id, DisputeStepRow.kind.in_(DECISIONS)
    )
    decided: dict[str, Verdict] = {}
    for step in session.scalars(query.order_by(DisputeStepRow.id)):
        if step.verdict is not None:
            decided[step.criterion] = step.verdict
    return [replace(one, verdict=decided[one.criterion]) if one.criterion in decided else one for one in answers]


def _standing(form: Scorecard, answers: list[Answer], rechecks: dict[str, bool]) -> Evaluation:
    """What an evaluation comes to after its re-checks: a rejected error counts as not found."""
    kept = {
        answer.criterion: replace(answer, verdict=Verdict.MET) if rechecks.get(answer.criterion) is False else answer
        for answer in answers
    }
    return score_answers(
        form, kept, confirmed_fatal=frozenset(name for name, confirmed in rechecks.items() if confirmed)
    )


def _answer(row: AnswerRow) -> Answer:
    return Answer(
        criterion=row.criterion, section=row.section, verdict=row.verdict, points=row.points, possible=row.possible,
        confidence=row.confidence, reason=row.reason, check=row.check, comment=row.comment, occurrences=row.occurrences,
        provenance=dict(row.provenance or {}), root_cause=row.root_cause,
        evidence=tuple(evidence_from_dict(item) for item in row.evidence),
    )  # fmt: skip
