"""A customer's answers: kept as they are given, finished once, and what they mean for the case (闭环)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM, Actor
from qa_app.core.errors import Conflict, Invalid, Terms
from surveys import queries, rules, service, tasks
from surveys.model import CallbackResult, CaseState, Mode, Outcome, StepKind, TaskKind
from surveys.office import Office
from surveys.questionnaires import Kind, Question, Questionnaire, checked
from surveys.service import NewStep
from surveys.survey_tables import SurveyAnswerRow, SurveyResponseRow, SurveyTaskRow
from surveys.tables import CaseRow

AFTER_CLOSE = frozenset({CaseState.SATISFIED, CaseState.CLOSED, CaseState.ARCHIVED})
"""States in which an unhappy survey takes a case up again."""


def questionnaire_of(session: Session, row: SurveyTaskRow) -> Questionnaire:
    """The version that a task asks."""
    return rules.questionnaire_version(session, row.questionnaire, row.version)


def response_of(session: Session, task_id: int) -> SurveyResponseRow | None:
    """The response of a task, once one was begun."""
    return session.scalars(select(SurveyResponseRow).where(SurveyResponseRow.task_id == task_id)).first()


def given(session: Session, response_id: int | None) -> dict[str, Any]:
    """The answers of a response by question."""
    query = select(SurveyAnswerRow).where(SurveyAnswerRow.response_id == response_id)
    return {row.question: _value(row) for row in session.scalars(query)}


def save(
    session: Session, now: datetime, row: SurveyTaskRow, mode: Mode, actor: Actor, question: str, value: object
) -> None:
    """Keep one answer as it was given last; an empty one takes it back. Refused once the response is finished."""
    asked = questionnaire_of(session, row).question(question)
    response = _open_response(session, now, row, mode, actor)
    kept = session.get(SurveyAnswerRow, (response.id, question))
    if value is None or value in ("", []):
        if kept is not None:
            session.delete(kept)
    else:
        fields = _fields(asked, checked(asked, value))
        if kept is None:
            session.add(SurveyAnswerRow(response_id=response.id, question=question, at=now, **fields))
        else:
            kept.number, kept.text, kept.chosen, kept.at = fields["number"], fields["text"], fields["chosen"], now
    session.flush()


def finish(session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow, mode: Mode) -> bool:
    """Finish a response: answers that the skip logic does not ask are dropped, the task ends, the case goes on.

    Returns whether the customer is unhappy. Invalid names the questions that are still to be answered.
    """
    asked = questionnaire_of(session, row)
    response = _open_response(session, now, row, mode, actor)
    answers = given(session, response.id)
    if missing := asked.missing(answers):
        raise Invalid("These questions are not answered yet: {missing}.", missing=Terms(*missing))
    for name in set(answers) - set(asked.counts(answers)):
        session.delete(session.get_one(SurveyAnswerRow, (response.id, name)))
    response.finished_at, response.unhappy = now, asked.is_unhappy(answers)
    response.mode, response.by_id = mode, actor.user_id
    session.flush()
    tasks.end(session, now, row, Outcome.ANSWERED)
    told = {"questionnaire": asked.code, "version": asked.version, "mode": mode.value}
    journal.record(session, actor, "response.finish", f"task:{row.id}", now, **told)
    _go_on(session, actor, now, office, row, asked, answers)
    return response.unhappy


def finish_begun(session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow) -> bool:
    """Finish a response that the customer began and left: a whole one as it is, an unhappy one for the case's sake."""
    response = response_of(session, row.id)
    answers = given(session, response.id if response else None)
    asked = questionnaire_of(session, row)
    if response is None or not answers or (asked.missing(answers) and not asked.is_unhappy(answers)):
        return False
    response.finished_at, response.unhappy = now, asked.is_unhappy(answers)
    tasks.end(session, now, row, Outcome.ANSWERED)
    told = {"questionnaire": asked.code, "version": asked.version, "mode": response.mode.value}
    journal.record(session, actor, "response.finish", f"task:{row.id}", now, **told)
    _go_on(session, actor, now, office, row, asked, answers)
    return True


def _go_on(
    session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow, asked: Questionnaire,
    answers: dict[str, Any],
) -> None:  # fmt: skip
    """A closing callback decides whether the case may be closed; an unhappy survey takes a closed case up again."""
    if row.case_id is None:
        return
    unhappy, words = asked.is_unhappy(answers), asked.words(answers)
    if row.kind is TaskKind.CLOSING:
        result = CallbackResult.DISSATISFIED if unhappy else CallbackResult.SATISFIED
        step_of_callback(session, actor, now, office, row, result, words)
    elif row.kind is not TaskKind.CORRECTING and unhappy and state_of_case(session, row.case_id) in AFTER_CLOSE:
        reason = words or asked.title["zh"]
        service.take_step(session, SYSTEM, now, office, row.case_id, NewStep(StepKind.REOPENED, {"reason": reason}))


def step_of_callback(
    session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow, result: CallbackResult,
    words: str = "",
) -> None:  # fmt: skip
    """Write what a closing callback came to into its case, where the case still waits for one."""
    if row.kind is not TaskKind.CLOSING or row.case_id is None:
        return
    if state_of_case(session, row.case_id) in (CaseState.FED_BACK, CaseState.DISSATISFIED):
        facts = {"result": result.value} | ({"customer_words": words} if words else {})
        service.take_step(session, actor, now, office, row.case_id, NewStep(StepKind.CALLED_BACK, facts))


def state_of_case(session: Session, case_id: int) -> CaseState:
    """Where a case stands."""
    return CaseState(str(session.scalar(select(queries.state_column()).where(CaseRow.id == case_id))))


def _open_response(session: Session, now: datetime, row: SurveyTaskRow, mode: Mode, actor: Actor) -> SurveyResponseRow:
    if row.ended_at is not None:
        raise Conflict("This survey has ended; nothing was changed.")
    response = response_of(session, row.id)
    if response is None:
        case = session.get(CaseRow, row.case_id) if row.case_id is not None else None
        response = SurveyResponseRow(
            task_id=row.id, survey=row.questionnaire, version=row.version, mode=mode, case_id=row.case_id,
            unit_id=row.unit_id, traits=tasks.traits(session, case) if case else {}, by_id=actor.user_id,
            started_at=now, unhappy=False,
        )  # fmt: skip
        session.add(response)
        session.flush()
    if response.finished_at is not None:
        raise Conflict("This survey was answered already; nothing was changed.")
    return response


def _value(row: SurveyAnswerRow) -> Any:  # noqa: ANN401 - a number, a text or choices
    if row.number is not None:
        return row.number
    return row.chosen or row.text


def _fields(asked: Question, value: float | str | list[str]) -> dict[str, Any]:
    number = value if isinstance(value, float) else None
    if asked.kind is Kind.CHOICE:
        return {"number": None, "text": str(value), "chosen": []}
    return {
        "number": number, "text": value if isinstance(value, str) else "",
        "chosen": value if isinstance(value, list) else [],
    }  # fmt: skip
