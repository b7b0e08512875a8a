"""What audits of the monitoring group look at: cases and callbacks of some units and a time, and what they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core.contacts import Vault
from surveys import process_checks, queries
from surveys.dispositions import Disposition
from surveys.model import StepKind, Verdict
from surveys.process_checks import Kept, Said
from surveys.refusals import registered
from surveys.survey_tables import AnswerDifferenceRow, SurveyAttemptRow, SurveyResponseRow, SurveyTaskRow
from surveys.tables import CaseRow, CaseStepRow, CustomerRow

TAGGED = (StepKind.FED_BACK, StepKind.CLOSED)
SPOKEN = {
    Disposition.COMPLETED: "answered", Disposition.REFUSED: "refused", Disposition.BROKE_OFF: "refused",
    Disposition.LATER: "reached",
}  # fmt: skip
"""Outcomes of a call in which somebody spoke, with what items of the checklist ask for."""


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case that an audit of the process may look at."""

    id: int
    number: str
    unit_id: int
    received_at: datetime
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class CallbackFact:
    """A call to a customer that an audit of callbacks may look at; the number in E.164, its recording if known."""

    id: int
    label: str
    unit_id: int
    at: datetime
    by_id: int | None
    case_id: int | None
    phone: str
    call_pk: int | None
    tags: frozenset[str]


def cases(
    session: Session, units: Collection[int], since: datetime, until: datetime, class_code: str = ""
) -> list[CaseFact]:
    """The cases registered in some units and received in a time, those joined to others left out."""
    row = CaseRow
    query = select(row.id, row.number, row.unit_id, row.received_at).where(
        row.unit_id.in_(units), row.received_at >= since, row.received_at < until, row.joined_to_id.is_(None)
    )
    if class_code:
        query = query.where(row.class_code.startswith(class_code, autoescape=True))
    found = session.execute(query.order_by(row.id)).all()
    kinds = defaultdict(list)
    steps = select(CaseStepRow.case_id, CaseStepRow.kind).join(CaseRow, CaseRow.id == CaseStepRow.case_id)
    in_time = steps.where(CaseStepRow.kind.in_(TAGGED), row.received_at >= since, row.received_at < until)
    for case_id, kind in session.execute(in_time):
        kinds[case_id].append(kind)
    return [CaseFact(id_, number, unit, at, process_checks.tags(kinds[id_])) for id_, number, unit, at in found]


def case_proposals(
    session: Session, case_ids: Collection[int], now: datetime
) -> dict[int, dict[str, tuple[bool, Said]]]:  # fmt: skip
    """What the records of some cases propose, by case and item."""
    made = {}
    for row in session.scalars(select(CaseRow).where(CaseRow.id.in_(case_ids))):
        kept = [
            Kept(one.clock, one.due_at, one.ended_at, one.paused) for one in queries.deadlines_kept(session, row.id)
        ]
        made[row.id] = process_checks.proposals(registered(row), queries.steps_of(session, row.id), kept, now)
    return made


def callbacks(
    session: Session, vault: Vault, units: Collection[int], since: datetime, until: datetime
) -> list[CallbackFact]:  # fmt: skip
    """The calls of a time in which a customer was spoken to, of tasks in some units."""
    attempt, task, response = SurveyAttemptRow, SurveyTaskRow, SurveyResponseRow
    query = (
        select(attempt, task, response.call_pk, CaseRow.number, CustomerRow.phone_sealed)
        .join(task, task.id == attempt.task_id)
        .join(CustomerRow, CustomerRow.id == task.customer_id)
        .join(response, response.task_id == task.id, isouter=True)
        .join(CaseRow, CaseRow.id == task.case_id, isouter=True)
        .where(
            attempt.by_phone, attempt.disposition.in_(SPOKEN), task.unit_id.in_(units), attempt.at >= since,
            attempt.at < until,
        )
        .order_by(attempt.id)
    )  # fmt: skip
    return [
        CallbackFact(
            row.id, f"{number or f'#{asked.id}'} / {row.number}", asked.unit_id, row.at, row.by_id, asked.case_id,
            vault.unseal(sealed), call_pk if row.disposition is Disposition.COMPLETED else None,
            frozenset({SPOKEN[row.disposition]}),
        )
        for row, asked, call_pk, number, sealed in session.execute(query)
    ]  # fmt: skip


def callback_proposals(session: Session, attempt_ids: Sequence[int]) -> dict[int, dict[str, tuple[bool, Said]]]:
    """Whether the recordings of some callbacks seem to say other answers than were logged; only where compared.

    A difference that a person decided to be logged right counts as none.
    """
    attempt, response, other = SurveyAttemptRow, SurveyResponseRow, AnswerDifferenceRow
    asked = (
        select(attempt.id, response.id)
        .join(response, response.task_id == attempt.task_id)
        .where(attempt.id.in_(attempt_ids), response.compared_at.is_not(None),
               attempt.disposition == Disposition.COMPLETED)
    )  # fmt: skip
    made = {}
    for attempt_id, response_id in session.execute(asked):
        differing = select(func.count()).where(
            other.response_id == response_id, other.verdict.is_distinct_from(Verdict.LOGGED_RIGHT)
        )
        n = session.scalar(differing) or 0
        said: Said = {"differences": n}
        made[attempt_id] = {"answers": (n == 0, said)}
    return made
