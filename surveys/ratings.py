"""After-call key ratings (按键评价) as answers to the question of satisfaction, in their own mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM
from surveys import rules
from surveys.model import Mode
from surveys.survey_tables import SurveyAnswerRow, SurveyResponseRow
from surveys.tables import CaseRow

SURVEY, QUESTION = "post_resolution", "satisfied"


@dataclass(frozen=True, slots=True)
class Rating:
    """What a customer pressed after a call, on the scale from 1 to 5."""

    call_pk: int
    unit_id: int
    at: datetime
    case_ref: str
    value: int


def known_calls() -> Select[int]:
    """The calls whose rating is kept already, as a subquery."""
    call = SurveyResponseRow.call_pk
    return select(call).where(SurveyResponseRow.mode == Mode.KEYS, call.is_not(None))  # type: ignore[return-value]  # ids


def keep(session: Session, now: datetime, found: Sequence[Rating]) -> int:
    """Keep ratings, each once."""
    asked = rules.questionnaire(session, SURVEY, now)
    for one in found:
        case = session.scalars(select(CaseRow).where(CaseRow.number == one.case_ref)).first() if one.case_ref else None
        traits = {"class": case.class_code.partition("/")[0], "class_code": case.class_code} if case else {}
        row = SurveyResponseRow(
            task_id=None, survey=SURVEY, version=asked.version, mode=Mode.KEYS, case_id=case.id if case else None,
            call_pk=one.call_pk, unit_id=one.unit_id, outside_key=f"keys:{one.call_pk}", traits=traits, by_id=None,
            started_at=one.at, finished_at=one.at, unhappy=asked.is_unhappy({QUESTION: one.value}), compared_at=None,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(
            SurveyAnswerRow(
                response_id=row.id, question=QUESTION, number=float(one.value), text="", chosen=[], at=one.at
            )
        )
    if found:
        session.flush()
        journal.record(session, SYSTEM, "surveys.import", "surveys", now, registered=len(found))
    return len(found)


def pressed(session: Session, since: datetime, until: datetime) -> dict[int, float]:
    """What customers pressed after the calls that began in a time, by call."""
    answer, response = SurveyAnswerRow, SurveyResponseRow
    query = (
        select(response.call_pk, answer.number)
        .join(answer, answer.response_id == response.id)
        .where(response.mode == Mode.KEYS, answer.question == QUESTION, response.started_at >= since,
               response.started_at < until, response.call_pk.is_not(None), answer.number.is_not(None))
    )  # fmt: skip
    return {call or 0: number or 0.0 for call, number in session.execute(query)}
