"""Surveys by link: sent when nobody was reached, opened with a signed token, answered once."""

from __future__ import annotations

import hmac
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core.access import SYSTEM
from qa_app.core.errors import Conflict, HuitingError, NotFound
from surveys import answers, notices, queries, rules, tasks
from surveys.calling import CallingRules, may_have_link, next_open, person_bars
from surveys.calling_desk import fill_ins, give_up, refused
from surveys.dispositions import Disposition
from surveys.model import Mode, Outcome, TaskKind
from surveys.notices import EMAIL, SMS, Letter
from surveys.office import Office
from surveys.questionnaires import Questionnaire
from surveys.survey_tables import SurveyLinkRow, SurveyTaskRow
from surveys.tables import CaseRow, CustomerRow
from surveys.tasks import Made

log = logging.getLogger(__name__)
PATH = "/s"
_ONCE = re.compile(r"task:(\d+):link:\d+")
A_DAY = timedelta(days=1)
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
    """Send the links whose turn it is, in calling hours, and end what has run out; returns how many tasks moved.

    A task whose message cannot be composed is logged, put off for a day, and stops no other.
    """
    calling, moved, row = rules.calling(session, now), 0, SurveyTaskRow
    due = select(row.id).where(row.ended_at.is_(None), row.link_at <= now).order_by(row.link_at, row.id).limit(AT_ONCE)
    for task_id in session.scalars(due).all():
        task = tasks.locked_if_free(session, task_id)
        if task is None or task.ended_at is not None:
            continue
        try:
            with session.begin_nested():
                _next_stage(session, now, office, task, calling)
        except HuitingError as error:
            log.warning("the link of task %s could not be sent: %s", task_id, error)
            task.link_at = now + A_DAY
        moved += 1
    return moved


def _next_stage(session: Session, now: datetime, office: Office, row: SurveyTaskRow, calling: CallingRules) -> None:
    person = tasks.person_of(session, office, row.customer_id)
    link = session.scalars(select(SurveyLinkRow).where(SurveyLinkRow.task_id == row.id)).first()
    if person_bars(person, now, calling):
        tasks.end(session, now, row, Outcome.BARRED)
    elif (
        row.kind is TaskKind.CORRECTING
        or not may_have_link(tasks.task_of(session, row))
        or (link is not None and link.expires_at <= now)
    ):
        give_up(session, SYSTEM, now, office, row)
    elif row.link_stage >= len(STAGES):
        row.link_at = link.expires_at if link is not None else now
    elif (opens := next_open(person, now, queries.working_days(session, office.zone), calling)) != now:
        row.link_at = opens or now + A_DAY
    else:
        if link is None:
            link = SurveyLinkRow(task_id=row.id, expires_at=now + calling.expire, created_at=now)
            session.add(link)
            session.flush()
        is_sent = _send(session, now, office, row, link)
        row.link_at = min(now + calling.remind, link.expires_at) if is_sent else now


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


def may_go(session: Session, now: datetime, office: Office, once: str) -> datetime | None:
    """When a queued message with a link may be sent: now, later, or never (None); other messages always now."""
    found = _ONCE.fullmatch(once)
    if found is None:
        return now
    row = session.get(SurveyTaskRow, int(found[1]))
    calling = rules.calling(session, now)
    if row is None or row.ended_at is not None:
        return None
    person = tasks.person_of(session, office, row.customer_id)
    if person_bars(person, now, calling):
        return None
    return next_open(person, now, queries.working_days(session, office.zone), calling)


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
    refused(session, SYSTEM, now, office, row)


def _task(session: Session, now: datetime, office: Office, token: str) -> tuple[SurveyTaskRow, SurveyLinkRow]:
    number = token.partition("-")[0]
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    link = session.get(SurveyLinkRow, int(number)) if is_number else None
    if link is None or not hmac.compare_digest(token.encode(), token_of(office, link).encode()):
        raise NotFound("This link is not valid. Open it as it stands in the message.")
    row = tasks.locked(session, link.task_id)
    if link.used_at is not None:
        raise Conflict("This survey was answered already. Thank you.")
    if link.expires_at <= now or row.ended_at is not None:
        raise Conflict("This survey has ended. Thank you for wanting to answer.")
    return row, link
