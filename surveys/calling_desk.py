"""The callback desk: the call that is offered, the number behind it, answers as they are typed, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, reach, require
from qa_app.core.contacts import masked, masked_name, national
from qa_app.core.errors import Conflict, Invalid, NotFound, Sentence
from qa_app.core.working_days import WorkingDays
from surveys import answers, claims, queries, rules, tasks
from surveys.calling import (
    BAR_WORDS,
    CallingRules,
    Person,
    Task,
    bars,
    calls_over,
    is_booked,
    may_have_link,
    slots,
    windows,
)
from surveys.dispositions import Disposition
from surveys.model import CallbackResult, Mode, Outcome, StepKind, TaskKind
from surveys.office import Office
from surveys.questionnaires import Questionnaire
from surveys.survey_tables import CorrectionRow, SurveyAttemptRow, SurveyTaskRow
from surveys.tables import CaseRow, CustomerRow
from surveys.tasks import Made

LOGGED = frozenset(Disposition) - {Disposition.COMPLETED, Disposition.LINK_SENT}
"""Outcomes that are logged by a key; a complete one is finished with its answers."""
LONGEST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Offer:
    """The task in hand: whom, about what, which attempt, until when it may be called, and what to ask."""

    task_id: int
    kind: TaskKind
    case_id: int | None
    number: str
    class_code: str
    words: str
    result: str
    promised: str
    customer: str
    phone: str
    zone: str
    attempt: int
    most: int
    unreached_hours: tuple[int, ...]
    good_hours: tuple[int, ...]
    was_unhappy: bool
    lawful_until: datetime | None
    appointment_at: datetime | None
    calling_since: datetime | None
    questionnaire: Questionnaire
    values: dict[str, str]
    answers: dict[str, Any]
    said_wrong: str = ""
    is_right: str = ""


@dataclass(frozen=True, slots=True)
class NewOutcome:
    """What a call came to; an appointment for `later`, the customer's words where there were any."""

    disposition: Disposition
    appointment_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """A surveyor's day: calls made, answered, refused, and how many tasks wait now."""

    calls: int
    answered: int
    refused: int
    waiting: int


def offered(session: Session, actor: Actor, now: datetime, office: Office, task_id: int) -> Offer:
    """The task that the actor holds, with everything the desk shows."""
    row = _mine(session, actor, now, task_id)
    case = session.get(CaseRow, row.case_id) if row.case_id is not None else None
    customer = session.get_one(CustomerRow, row.customer_id)
    calling, task = rules.calling(session, now), tasks.task_of(session, row)
    person = tasks.person_of(session, office, row.customer_id)
    steps = queries.steps_of(session, row.case_id) if row.case_id is not None else ()
    fed_back = next((one.facts for one in reversed(steps) if one.kind is StepKind.FED_BACK), {})
    response = answers.response_of(session, row.id)
    unhappy = any(one.kind is StepKind.CALLED_BACK and one.facts.get("result") == "dissatisfied" for one in steps)
    wrong = session.scalars(select(CorrectionRow).where(CorrectionRow.task_id == row.id)).first()
    return Offer(
        row.id, row.kind, row.case_id, case.number if case else "", case.class_code if case else "",
        case.words if case else "", str(fed_back.get("result", "")), str(fed_back.get("improvement", "")),
        masked_name(office.vault.unseal(customer.name_sealed)),
        masked(national(office.vault.unseal(customer.phone_sealed))), person.zone.key, len(task.attempts) + 1,
        calling.most_attempts, tuple(sorted(person.bad_hours)), tuple(sorted(person.good_hours)), unhappy,
        _lawful_until(now, queries.working_days(session, office.zone), calling, person, task), row.appointment_at,
        row.calling_since, answers.questionnaire_of(session, row),
        fill_ins(office, case, str(fed_back.get("result", ""))),
        answers.given(session, response.id if response else None),
        wrong.said if wrong else "", wrong.right if wrong else "",
    )  # fmt: skip


def begin_call(session: Session, actor: Actor, now: datetime, office: Office, task_id: int) -> str:
    """The number of the customer, for a call that may be made now; it counts as begun, and the reveal is journalled."""
    require(actor, Action.REVEAL_CONTACT)
    row = claims.held(session, actor, now, task_id)
    phone = national(office.vault.unseal(session.get_one(CustomerRow, row.customer_id).phone_sealed))
    if row.calling_since is None:
        _refuse_barred(session, office, now, row)
        row.calling_since, row.claimed_until = now, now + 3 * rules.calling(session, now).claim
    elif now > row.calling_since + SHOWN_AGAIN:
        raise Conflict("This call began {minutes} minutes ago: log what it came to before you call again.",
                       minutes=int((now - row.calling_since).total_seconds() // 60))  # fmt: skip
    journal.record(session, actor, "customer.reveal", f"task:{task_id}", now)
    return phone


def save_answer(session: Session, actor: Actor, now: datetime, task_id: int, question: str, value: object) -> None:
    """Keep one answer of the call in hand."""
    row = claims.held(session, actor, now, task_id)
    _refuse_without_call(row)
    answers.save(session, now, row, Mode.PHONE, actor, question, value)


def finish(session: Session, actor: Actor, now: datetime, office: Office, task_id: int) -> bool:
    """The customer has answered: keep it and go on with the case; returns whether they are unhappy."""
    row = claims.held(session, actor, now, task_id)
    since = _refuse_without_call(row)
    tasks.add_attempt(session, row, Made(since, Disposition.COMPLETED, actor.user_id))
    row.calling_since = None
    return answers.finish(session, actor, now, office, row, Mode.PHONE)


def log(session: Session, actor: Actor, now: datetime, office: Office, task_id: int, new: NewOutcome) -> None:
    """Keep what a call came to; the task goes back, waits, or ends by the calling rules."""
    row = claims.held(session, actor, now, task_id)
    since = _refuse_without_call(row)
    _check(session, office, now, row, new)
    words = new.words.strip()[:LONGEST_WORDS]
    made = Made(since, new.disposition, actor.user_id, appointment_at=new.appointment_at, words=words)
    tasks.add_attempt(session, row, made)
    row.calling_since = row.claimed_by_id = row.claimed_until = None
    journal.record(session, actor, "task.log", f"task:{task_id}", now, disposition=new.disposition.value)
    after_attempt(session, actor, now, office, row)


def after_attempt(session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow) -> None:
    """A refusal ends all tasks of the customer, a wrong number this one; else the next moment is reckoned."""
    task = tasks.task_of(session, row)
    if any(one.disposition is Disposition.REFUSED for one in task.attempts):
        refused(session, actor, now, office, row)
    elif calls_over(task, rules.calling(session, now)) and (row.kind is TaskKind.CORRECTING or not may_have_link(task)):
        give_up(session, actor, now, office, row)
    else:
        tasks.reckon_ready(session, office, now, row)


def refused(session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow) -> None:
    """The customer does not want to be asked: this task and every other one of theirs ends."""
    tasks.end(session, now, row, Outcome.REFUSED)
    tasks.bar_others(session, now, row)
    answers.step_of_callback(session, actor, now, office, row, CallbackResult.REFUSED)


def give_up(session: Session, actor: Actor, now: datetime, office: Office, row: SurveyTaskRow) -> None:
    """Nobody was reached any more: what was answered before counts, else the case is told so."""
    if not answers.finish_begun(session, actor, now, office, row):
        tasks.end(session, now, row, Outcome.UNREACHED)
        answers.step_of_callback(session, actor, now, office, row, CallbackResult.UNREACHED)


def appointments(session: Session, actor: Actor, now: datetime, office: Office, task_id: int) -> list[datetime]:
    """The lawful moments that the customer may choose from."""
    row = _mine(session, actor, now, task_id)
    person, days = tasks.person_of(session, office, row.customer_id), queries.working_days(session, office.zone)
    return slots(person, now, days, rules.calling(session, now))


def do_not_contact(
    session: Session, actor: Actor, now: datetime, task_id: int, reason: str, until: datetime | None = None
) -> None:  # fmt: skip
    """Put the customer of the task in hand on the do-not-contact list; their tasks end."""
    row = claims.held(session, actor, now, task_id)
    if not reason.strip():
        raise Invalid("Say why the customer is not to be contacted.")
    if row.calling_since is not None:
        tasks.add_attempt(session, row, Made(row.calling_since, Disposition.REFUSED, actor.user_id))
        row.calling_since = None
    tasks.bar(session, actor, now, row.customer_id, reason, until)


def shift(session: Session, actor: Actor, now: datetime, since: datetime) -> Shift:
    """The actor's calls since a moment, and the tasks that wait in reach."""
    row, found = SurveyAttemptRow, reach(actor, Action.CALL_BACK)
    query = select(row.disposition, func.count()).where(row.by_id == actor.user_id, row.by_phone, row.at >= since)
    counts = {disposition: int(count) for disposition, count in session.execute(query.group_by(row.disposition))}
    waits = select(func.count()).select_from(SurveyTaskRow)
    waits = waits.where(SurveyTaskRow.ended_at.is_(None), SurveyTaskRow.claimed_by_id.is_(None))
    waits = waits.where(SurveyTaskRow.ready_at <= now, tasks.in_reach(found))
    return Shift(sum(counts.values()), counts.get(Disposition.COMPLETED, 0), counts.get(Disposition.REFUSED, 0),
                 session.scalar(waits) or 0)  # fmt: skip


def _mine(session: Session, actor: Actor, now: datetime, task_id: int) -> SurveyTaskRow:
    require(actor, Action.CALL_BACK)
    row = session.get(SurveyTaskRow, task_id)
    if row is None or row.claimed_by_id != actor.user_id or row.claimed_until is None or row.claimed_until <= now:
        raise NotFound("You hold no task {task}. Take the next one.", task=task_id)
    return row


def _refuse_barred(session: Session, office: Office, now: datetime, row: SurveyTaskRow) -> None:
    calling, days = rules.calling(session, now), queries.working_days(session, office.zone)
    found = bars(tasks.task_of(session, row), tasks.person_of(session, office, row.customer_id), now, days, calling)
    if found:
        raise Conflict("This customer may not be called now: {reason}. Take the next one.",
                       reason=Sentence(BAR_WORDS[found[0]]))  # fmt: skip


def _refuse_without_call(row: SurveyTaskRow) -> datetime:
    if row.calling_since is None:
        raise Conflict("No call was begun. Dial or show the number first.")
    return row.calling_since


def _check(session: Session, office: Office, now: datetime, row: SurveyTaskRow, new: NewOutcome) -> None:
    if new.disposition not in LOGGED:
        raise Invalid("A complete answer is kept with its questions. Press “done”.")
    if (new.disposition is Disposition.LATER) != (new.appointment_at is not None):
        raise Invalid("An appointment belongs to “later”, and to nothing else.")
    if new.appointment_at is not None:
        person, days = tasks.person_of(session, office, row.customer_id), queries.working_days(session, office.zone)
        if new.appointment_at not in slots(person, now, days, rules.calling(session, now)):
            raise Invalid("{moment} lies outside of the calling hours. Choose one of the list.",
                          moment=new.appointment_at.isoformat())  # fmt: skip


def _lawful_until(
    now: datetime, days: WorkingDays, calling: CallingRules, person: Person, task: Task
) -> datetime | None:  # fmt: skip
    """The end of the calling hours that this moment lies in."""
    local = now.astimezone(person.zone)
    for begin, over in windows(local.date(), days, calling, booked=is_booked(task, now, calling)):
        if begin <= local.time() < over:
            return datetime.combine(local.date(), over, person.zone)
    return None


def fill_ins(office: Office, case: CaseRow | None, result: str) -> dict[str, str]:
    """What fills the places of a questionnaire's texts."""
    values = {"company": office.company, "hotline": office.hotline, "result": result}
    if case is not None:
        received = case.received_at.astimezone(office.zone)
        values |= {"number": case.number, "received": f"{received.month}月{received.day}日", "words": case.words[:60]}
    return values


SHOWN_FOR, SHOWN_AGAIN = timedelta(seconds=60), timedelta(minutes=10)
"""How long a number is shown, and how long after the call began it may be shown again."""
