"""Where the recording of a callback seems to say another answer than was logged: listed for people, who decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM, Action, Actor, reach
from qa_app.core.contacts import Vault
from qa_app.core.db import insert_for
from qa_app.core.errors import Invalid, NotFound
from surveys import rules
from surveys.answer_words import Asked
from surveys.answer_words import Kind as Heard_as
from surveys.dispositions import Disposition
from surveys.model import Verdict
from surveys.questionnaires import Kind, Questionnaire
from surveys.responses import within
from surveys.spoken_answers import Heard
from surveys.survey_tables import (
    AnswerDifferenceRow,
    SurveyAnswerRow,
    SurveyAttemptRow,
    SurveyResponseRow,
    SurveyTaskRow,
)
from surveys.tables import CaseRow, CustomerRow

BESIDE = timedelta(minutes=15)
"""How far the start of a recording and that of the logged call may lie apart."""
LONGEST_WORDS, MOST = 1_000, 200
_D, _R = AnswerDifferenceRow, SurveyResponseRow


@dataclass(frozen=True, slots=True)
class Difference:
    """A logged answer beside the one that was heard, and the second to listen to."""

    id: int
    call_pk: int
    case_id: int | None
    case_number: str
    question: str
    text: dict[str, str]
    logged: float
    spoken: float
    at_s: float
    quote: str
    confidence: float
    surveyor: int | None
    verdict: Verdict | None
    words: str


@dataclass(frozen=True, slots=True)
class ToCompare:
    """A finished telephone response whose recording was not held against it yet; the number in E.164."""

    response_id: int
    call_pk: int | None
    phone: str
    called_at: datetime


def to_compare(session: Session, vault: Vault, since: datetime) -> list[ToCompare]:
    """The telephone responses finished since a moment that are still to be compared with their recordings."""
    row = SurveyAttemptRow
    query = (
        select(_R.id, _R.call_pk, row.at, CustomerRow.phone_sealed)
        .join(SurveyTaskRow, SurveyTaskRow.id == _R.task_id)
        .join(row, row.task_id == SurveyTaskRow.id)
        .join(CustomerRow, CustomerRow.id == SurveyTaskRow.customer_id)
        .where(
            row.by_phone, row.disposition == Disposition.COMPLETED, _R.finished_at >= since, _R.compared_at.is_(None)
        )
        .order_by(_R.id)
    )
    return [
        ToCompare(response_id, call_pk, vault.unseal(sealed), at)
        for response_id, call_pk, at, sealed in session.execute(query)
    ]


def attach_call(session: Session, now: datetime, response_id: int, call_pk: int) -> None:
    """Say that a call is the recording of a response's callback."""
    row = session.get_one(SurveyResponseRow, response_id, with_for_update=True)
    if row.call_pk is None:
        row.call_pk = call_pk
        journal.record(session, SYSTEM, "response.recording", f"task:{row.task_id}", now, call=call_pk)


def asked_of(session: Session, response_id: int) -> tuple[Asked, ...]:
    """The questions of a response that were answered with a number, as they were asked, with what was logged."""
    row = session.get_one(SurveyResponseRow, response_id)
    asked = rules.questionnaire_version(session, row.survey, row.version)
    query = select(SurveyAnswerRow).where(
        SurveyAnswerRow.response_id == response_id, SurveyAnswerRow.number.is_not(None)
    )
    logged = {one.question: one.number for one in session.scalars(query)}
    return tuple(_asked(asked, one.id, logged[one.id]) for one in asked.questions if one.id in logged)


def _asked(asked: Questionnaire, name: str, logged: float | None) -> Asked:
    one = asked.question(name)
    text, scale = one.text["zh"], one.scale or (0, 1)
    if one.kind is Kind.YES_NO:
        return Asked(name, text, bool(logged), Heard_as.YES_NO)
    kind = Heard_as.SATISFACTION if scale == (1, 5) else Heard_as.SCORE
    return Asked(name, text, logged, kind, scale[0], scale[1])


def keep(session: Session, now: datetime, response_id: int, call_pk: int, found: Sequence[Heard]) -> int:
    """List differences once a question; what was decided stays. Returns how many are new."""
    session.get_one(SurveyResponseRow, response_id).compared_at = now
    insert, made = insert_for(session), 0
    for one in found:
        values = {
            "response_id": response_id, "question": one.question, "logged": float(one.logged or 0),
            "spoken": float(one.spoken or 0), "call_pk": call_pk, "at_s": one.at_s or 0.0, "end_s": one.end_s or 0.0,
            "quote": one.quote[:LONGEST_WORDS], "confidence": one.confidence, "found_at": now, "words": "",
        }  # fmt: skip
        said = insert(AnswerDifferenceRow).values(**values).on_conflict_do_nothing().returning(AnswerDifferenceRow.id)
        made += session.scalars(said).first() is not None
    if made:
        journal.record(session, SYSTEM, "answers.differ", f"response:{response_id}", now, questions=made)
    return made


def differences(session: Session, actor: Actor, *, decided: bool = False) -> list[Difference]:
    """The differences in reach that nobody has decided yet, or those decided, the surest first."""
    query = (
        select(_D, _R, CaseRow.number)
        .join(_R, _R.id == _D.response_id)
        .join(CaseRow, CaseRow.id == _R.case_id, isouter=True)
        .where(within(reach(actor, Action.CHECK_ANSWERS), _R.unit_id))
        .where(_D.verdict.is_not(None) if decided else _D.verdict.is_(None))
        .order_by(_D.confidence.desc(), _D.id)
        .limit(MOST)
    )
    return [_difference(session, row, response, number or "") for row, response, number in session.execute(query)]


def decide(
    session: Session, actor: Actor, now: datetime, difference_id: int, verdict: Verdict, words: str = ""
) -> None:  # fmt: skip
    """Keep what was heard; the logged answer stays as it was logged."""
    found = within(reach(actor, Action.CHECK_ANSWERS), _R.unit_id)
    query = select(_D).join(_R, _R.id == _D.response_id).where(_D.id == difference_id, found)
    row = session.scalars(query.with_for_update(of=_D)).first()
    if row is None:
        raise NotFound("There is no difference {difference} that you may see.", difference=difference_id)
    if row.verdict is not None:
        raise Invalid("This difference was decided already.")
    row.verdict, row.words, row.by_id, row.decided_at = verdict, words.strip()[:LONGEST_WORDS], actor.user_id, now
    journal.record(session, actor, "answers.decide", f"difference:{difference_id}", now, verdict=verdict.value)


def _difference(session: Session, row: AnswerDifferenceRow, response: SurveyResponseRow, number: str) -> Difference:
    asked = rules.questionnaire_version(session, response.survey, response.version)
    return Difference(
        row.id, row.call_pk, response.case_id, number, row.question, dict(asked.question(row.question).text),
        row.logged, row.spoken, row.at_s, row.quote, row.confidence, response.by_id, row.verdict, row.words,
    )  # fmt: skip
