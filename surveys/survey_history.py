"""Surveys of the past in bulk, as a simulation has them: tasks, their attempts, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.db import free_ids, write_many
from surveys.dispositions import Disposition
from surveys.model import Mode, Outcome, TaskKind
from surveys.questionnaires import Questionnaire
from surveys.survey_tables import SurveyAnswerRow, SurveyAttemptRow, SurveyResponseRow, SurveyTaskRow
from surveys.tables import CaseRow

OUTCOMES = {Disposition.COMPLETED: Outcome.ANSWERED, Disposition.REFUSED: Outcome.REFUSED}


@dataclass(frozen=True, slots=True)
class PastSurvey:
    """A survey that was made: the case's number, when, by whom, how, what came of it, and the answers."""

    number: str
    at: datetime
    by: int | None
    mode: Mode
    disposition: Disposition
    traits: Mapping[str, str]
    answers: Mapping[str, float | str] = field(default_factory=dict)


def write(
    session: Session, actor: Actor, now: datetime, asked: Questionnaire, surveys: Sequence[PastSurvey]
) -> int:  # fmt: skip
    """Write surveys of known cases in bulk under one journal entry; those of cases that are not there are left out."""
    require(actor, Action.IMPORT_CASES)
    cases = _cases(session, {one.number for one in surveys})
    kept = [one for one in surveys if one.number in cases]
    task_ids = free_ids(session, SurveyTaskRow, len(kept))
    write_many(session, SurveyTaskRow, [
        _task(made, one, cases[one.number], asked) for made, one in zip(task_ids, kept, strict=True)
    ])  # fmt: skip
    attempt_ids = free_ids(session, SurveyAttemptRow, len(kept))
    write_many(session, SurveyAttemptRow, [
        {"id": made, "task_id": task, "customer_id": cases[one.number].customer_id, "number": 1, "at": one.at,
         "by_phone": one.mode is Mode.PHONE, "disposition": one.disposition, "appointment_at": None, "words": "",
         "by_id": one.by}
        for made, task, one in zip(attempt_ids, task_ids, kept, strict=True)
    ])  # fmt: skip
    _responses(session, asked, cases, list(zip(task_ids, kept, strict=True)))
    journal.record(session, actor, "surveys.import", "surveys", now, registered=len(kept))
    return len(kept)


def _cases(session: Session, numbers: set[str]) -> dict[str, CaseRow]:
    found: dict[str, CaseRow] = {}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 5000):
        query = select(CaseRow).where(CaseRow.number.in_(wanted[start : start + 5000]))
        found |= {row.number: row for row in session.scalars(query)}
    return found


def _task(made: int, one: PastSurvey, row: CaseRow, asked: Questionnaire) -> dict[str, Any]:
    return {
        "id": made, "once": f"survey:{row.id}", "kind": TaskKind.SURVEY, "case_id": row.id,
        "customer_id": row.customer_id, "unit_id": row.unit_id, "questionnaire": asked.code, "version": asked.version,
        "priority": 0, "due_at": one.at, "ready_at": None, "appointment_at": None, "calling_since": None,
        "claimed_by_id": None, "claimed_until": None, "link_at": None, "link_stage": 0, "created_at": one.at,
        "ended_at": one.at,
        "outcome": OUTCOMES.get(one.disposition, Outcome.UNREACHED),
    }  # fmt: skip


def _responses(
    session: Session, asked: Questionnaire, cases: Mapping[str, CaseRow], made: list[tuple[int, PastSurvey]]
) -> None:  # fmt: skip
    answered = [(task, one) for task, one in made if one.answers]
    ids = free_ids(session, SurveyResponseRow, len(answered))
    write_many(session, SurveyResponseRow, [
        {"id": response, "task_id": task, "survey": asked.code, "version": asked.version, "mode": one.mode,
         "case_id": cases[one.number].id, "call_pk": None, "unit_id": cases[one.number].unit_id, "outside_key": None,
         "traits": dict(one.traits), "by_id": one.by, "started_at": one.at, "finished_at": one.at,
         "unhappy": asked.is_unhappy(one.answers), "compared_at": one.at}
        for response, (task, one) in zip(ids, answered, strict=True)
    ])  # fmt: skip
    write_many(session, SurveyAnswerRow, [
        {"response_id": response, "question": name, "number": value if isinstance(value, float) else None,
         "text": value if isinstance(value, str) else "", "chosen": [], "at": one.at}
        for response, (_task_id, one) in zip(ids, answered, strict=True) for name, value in one.answers.items()
    ])  # fmt: skip
