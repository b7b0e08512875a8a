"""Surveys by link: sent when nobody was reached, opened with a signed token, answered once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core.access import SYSTEM
from qa_app.core.errors import Conflict, NotFound
from surveys import answers, notices, queries, rules, tasks
from surveys.calling import CallingRules, is_open, may_have_link, person_bars
from surveys.calling_desk import after_attempt, fill_ins
from surveys.dispositions import Disposition
from surveys.model import CallbackResult, Mode, Outcome
from surveys.notices import EMAIL, SMS, Letter
from surveys.office import Office
from surveys.questionnaires import Questionnaire
from surveys.tables import CaseRow, CustomerRow, SurveyAttemptRow, SurveyLinkRow, SurveyTaskRow
from surveys.tasks import Made

PATH = "/s"
AT_ONCE = 200
STAGES = (("survey_link", SMS), ("survey_reminder", SMS), ("survey_link", EMAIL))
"""The messages in their order: the link by SMS, a reminder, the link by e-mail."""
_SIGNED, _LONGEST_NUMBER = 32, 9


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to."""

    task_id: int
    questionnaire: Questionnaire
    values: dict[str, str]
    answers: dict[str, Any]


def send_due(session: Session, now: datetime, office: Office) -> int:
    """Send the links whose turn it is, in calling hours, and end what has run out; returns how many tasks moved."""
    calling, moved = rules.calling(session, now), 0
    row = SurveyTaskRow
    query = select(row).where(row.ended_at.is_(None), row.ready_at.is_(None)).order_by(row.id).limit(AT_ONCE)
    for task in session.scalars(query.with_for_update(skip_locked=True)).all():
        moved += _next_stage(session, now, office, task, calling)
    return moved


def _next_stage(session: Session, now: datetime, office: Office, row: SurveyTaskRow, calling: CallingRules) -> bool:
    person = tasks.person_of(session, office, row.customer_id)
    link = session.scalars(select(SurveyLinkRow).where(SurveyLinkRow.task_id == row.id)).first()
    if person_bars(person, now, calling):
        tasks.end(session, now, row, Outcome.BARRED)
        return True
    if not may_have_link(tasks.task_of(session, row)) or (link is not None and link.expires_at <= now):
        tasks.end(session, now, row, Outcome.UNREACHED)
        answers.step_of_callback(session, SYSTEM, now, office, row, CallbackResult.UNREACHED)
        return True
    last = session.scalar(
        select(func.max(SurveyAttemptRow.at)).where(SurveyAttemptRow.task_id == row.id, ~SurveyAttemptRow.by_phone)
    )
    waits = last is not None and now < last + calling.remind
    if (
        row.link_stage >= len(STAGES)
        or waits
        or not is_open(now, person, queries.working_days(session, office.zone), calling)
    ):
        return False
    if link is None:
        link = SurveyLinkRow(task_id=row.id, expires_at=now + calling.expire, created_at=now)
        session.add(link)
        session.flush()
    return _send(session, now, office, row, link)


def _send(session: Session, now: datetime, office: Office, row: SurveyTaskRow, link: SurveyLinkRow) -> bool:
    template, medium = STAGES[row.link_stage]
    customer = session.get_one(CustomerRow, row.customer_id)
    to = office.vault.unseal(customer.phone_sealed if medium == SMS else customer.email_sealed)
    row.link_stage += 1
    if not to:
        return False
    case = session.get(CaseRow, row.case_id) if row.case_id is not None else None
    values = {"link": f"{office.address}{PATH}/{token_of(office, link)}"}
    letter = Letter(f"task:{row.id}:link:{row.link_stage}", template, medium, to, values)
    notices.compose(session, SYSTEM, now, office, case, letter)
    tasks.add_attempt(session, row, Made(now, Disposition.LINK_SENT, None, by_phone=False))
    return True


def token_of(office: Office, link: SurveyLinkRow) -> str:
    """The link's number and its signature over number and end; nobody can make another."""
    signed = office.vault.fingerprint(f"survey-link:{link.id}:{int(link.expires_at.timestamp())}")
    return f"{link.id}-{signed[:_SIGNED]}"


def opened(session: Session, now: datetime, office: Office, token: str) -> Opened:
    """What a token leads to; NotFound where it is none, Conflict where it was used or has run out."""
    row, _link = _task(session, now, office, token)
    response = answers.response_of(session, row.id)
    case = session.get(CaseRow, row.case_id) if row.case_id is not None else None
    return Opened(row.id, answers.questionnaire_of(session, row), fill_ins(office, case, ""),
                  answers.given(session, response.id if response else None))  # fmt: skip


def save(session: Session, now: datetime, office: Office, token: str, question: str, value: object) -> None:
    """Keep one answer given by link."""
    row, _link = _task(session, now, office, token)
    answers.save(session, now, row, Mode.LINK, SYSTEM, question, value)


def finish(session: Session, now: datetime, office: Office, token: str) -> None:
    """The customer has answered by link; the token is used up."""
    row, link = _task(session, now, office, token)
    tasks.add_attempt(session, row, Made(now, Disposition.COMPLETED, None, by_phone=False))
    link.used_at = now
    answers.finish(session, SYSTEM, now, office, row, Mode.LINK)


def refuse(session: Session, now: datetime, office: Office, token: str) -> None:
    """The customer does not want to be asked: no call, message or link for as long as the calling rules say."""
    row, link = _task(session, now, office, token)
    tasks.add_attempt(session, row, Made(now, Disposition.REFUSED, None, by_phone=False))
    link.used_at = now
    after_attempt(session, SYSTEM, now, office, row)


def _task(session: Session, now: datetime, office: Office, token: str) -> tuple[SurveyTaskRow, SurveyLinkRow]:
    number = token.partition("-")[0]
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    link = session.get(SurveyLinkRow, int(number)) if is_number else None
    if link is None or not hmac.compare_digest(token.encode(), token_of(office, link).encode()):
        raise NotFound("This link is not valid. Open it as it stands in the message.")
    row = session.scalars(select(SurveyTaskRow).where(SurveyTaskRow.id == link.task_id).with_for_update()).one()
    if link.used_at is not None:
        raise Conflict("This survey was answered already. Thank you.")
    if link.expires_at <= now or row.ended_at is not None:
        raise Conflict("This survey has ended. Thank you for wanting to answer.")
    return row, link
