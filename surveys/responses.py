"""What is read of callbacks and surveys: rates from the ledger, a case's asking, answers as a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.core.access import Action, Actor, Reach, reach
from surveys import queries
from surveys.dispositions import Category, Disposition, RateValue, category, final, rates
from surveys.model import RESPONSE_COLUMNS, Mode, Outcome, StepKind, TaskKind
from surveys.survey_tables import SurveyAnswerRow, SurveyAttemptRow, SurveyResponseRow, SurveyTaskRow
from surveys.tables import CaseRow, CaseStepRow

_T, _R = SurveyTaskRow, SurveyResponseRow


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One call or message in the story of a case."""

    at: datetime
    by_phone: bool
    disposition: Disposition
    appointment_at: datetime | None
    words: str
    by: int | None


@dataclass(frozen=True, slots=True)
class Asking:
    """A task of a case with its attempts and the answers that came of it."""

    task_id: int
    kind: TaskKind
    questionnaire: str
    version: int
    due_at: datetime
    outcome: Outcome | None
    attempts: tuple[AttemptLine, ...]
    mode: Mode | None
    answers: dict[str, Any]
    unhappy: bool


def askings_of(session: Session, actor: Actor, case_id: int) -> list[Asking]:
    """The callbacks and surveys of a case, the oldest first."""
    queries.case_in_reach(session, actor, Action.SEE_CASES, case_id)
    found = session.scalars(select(_T).where(_T.case_id == case_id).order_by(_T.id)).all()
    attempts: dict[int, list[AttemptLine]] = defaultdict(list)
    row = SurveyAttemptRow
    for one in session.scalars(select(row).where(row.task_id.in_([task.id for task in found])).order_by(row.number)):
        attempts[one.task_id].append(
            AttemptLine(one.at, one.by_phone, one.disposition, one.appointment_at, one.words, one.by_id)
        )
    responses = {one.task_id: one for one in session.scalars(select(_R).where(_R.case_id == case_id))}
    return [_asking(session, task, tuple(attempts[task.id]), responses.get(task.id)) for task in found]


def _asking(
    session: Session, task: SurveyTaskRow, attempts: tuple[AttemptLine, ...], response: SurveyResponseRow | None
) -> Asking:  # fmt: skip
    done = response is not None and response.finished_at is not None
    query = select(SurveyAnswerRow).where(SurveyAnswerRow.response_id == (response.id if response else None))
    answers = {one.question: one.number if one.number is not None else one.chosen or one.text
               for one in session.scalars(query)}  # fmt: skip
    return Asking(
        task.id, task.kind, task.questionnaire, task.version, task.due_at, task.outcome, attempts,
        response.mode if response else None, answers if done else {}, bool(response and response.unhappy),
    )  # fmt: skip


def within(found: Reach, unit: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Rows of the units in reach."""
    return true() if found.everything else unit.in_(found.units)


def ledger_rates(
    session: Session, actor: Actor, action: Action, since: datetime, until: datetime, kind: TaskKind | None = None
) -> tuple[RateValue, ...]:  # fmt: skip
    """Response, cooperation, refusal and contact rates of the tasks that ended in a time.

    Those that were barred or dropped before anybody called were not sampled and stand outside.
    """
    return rates(_ended(session, actor, action, since, until, kind))


def _ended(
    session: Session, actor: Actor, action: Action, since: datetime, until: datetime, kind: TaskKind | None = None
) -> list[Category]:  # fmt: skip
    """The AAPOR group of every task that ended in a time after at least one attempt."""
    wheres = [within(reach(actor, action), _T.unit_id), _T.ended_at >= since, _T.ended_at < until]
    wheres.append(_T.kind == kind if kind is not None else _T.kind != TaskKind.CORRECTING)
    row = SurveyAttemptRow
    found: dict[int, list[Disposition]] = defaultdict(list)
    for task_id, disposition in session.execute(select(row.task_id, row.disposition).join(_T).where(*wheres)):
        found[task_id].append(disposition)
    answered = select(_R.task_id).join(_T, _T.id == _R.task_id).join(SurveyAnswerRow).where(*wheres).distinct()
    partly = set(session.scalars(answered))
    return [category(final(given), has_answers=task_id in partly) for task_id, given in found.items()]


def groups(session: Session, actor: Actor, action: Action, since: datetime, until: datetime) -> dict[Category, int]:
    """How many tasks ended in each AAPOR group."""
    return Counter(_ended(session, actor, action, since, until))


def answers_table(
    session: Session, actor: Actor, survey: str, since: datetime, until: datetime
) -> pd.DataFrame:  # fmt: skip
    """Finished responses of a survey, one row each.

    Columns: response, case_id, call_pk, by, mode, at (UTC), unhappy, unit, version, the traits, and one column a
    question (numbers, texts, lists of choices).
    """
    wheres = [
        within(reach(actor, Action.SEE_SATISFACTION), _R.unit_id), _R.survey == survey, _R.finished_at >= since,
        _R.finished_at < until,
    ]  # fmt: skip
    columns = (_R.id, _R.case_id, _R.call_pk, _R.by_id, _R.mode, _R.finished_at, _R.unhappy, _R.unit_id,
               _R.version, _R.traits)  # fmt: skip
    rows = session.execute(select(*columns).where(*wheres)).all()
    given = session.execute(
        select(SurveyAnswerRow.response_id, SurveyAnswerRow.question, SurveyAnswerRow.number, SurveyAnswerRow.text,
               SurveyAnswerRow.chosen).join(_R, _R.id == SurveyAnswerRow.response_id).where(*wheres)
    ).all()  # fmt: skip
    answers: dict[int, dict[str, Any]] = defaultdict(dict)
    for response, question, number, text, chosen in given:
        answers[response][question] = number if number is not None else chosen or text
    named = RESPONSE_COLUMNS[: len(columns) - 1]
    table = pd.DataFrame([row[-1] | answers[row[0]] | dict(zip(named, row[:-1], strict=True)) for row in rows])
    return table.assign(at=pd.to_datetime(table["at"], utc=True)) if len(table) else table


def for_others(table: pd.DataFrame) -> pd.DataFrame:
    """A table of responses as it leaves the house: without who asked, and without our numbers of calls and units."""
    return table.drop(columns=["by", "unit", "day", "call_pk", "surveyor"], errors="ignore")


def surveys_seen(session: Session, actor: Actor) -> list[str]:
    """The surveys of which there are answers in reach."""
    query = select(_R.survey).where(
        within(reach(actor, Action.SEE_SATISFACTION), _R.unit_id), _R.finished_at.is_not(None),
        or_(_R.task_id.is_(None), _R.task_id.not_in(select(_T.id).where(_T.kind == TaskKind.CORRECTING))),
    )  # fmt: skip
    return sorted(set(session.scalars(query.distinct())))


def recoveries(session: Session, actor: Actor, since: datetime, until: datetime) -> pd.DataFrame:
    """Dissatisfied closing callbacks of a time and what became of them.

    One row a case: case_id, at (the first unhappy answer), second_at and recovered (the next closing callback that was
    reached), hours between.
    """
    step = CaseStepRow
    unhappy = select(step.case_id).where(step.result == "dissatisfied", step.at >= since, step.at < until)
    found = session.execute(
        select(step.case_id, step.number, step.at, step.result)
        .join(CaseRow, CaseRow.id == step.case_id)
        .where(
            step.result.in_(["satisfied", "dissatisfied"]),
            step.case_id.in_(unhappy),
            queries.within(reach(actor, Action.SEE_SATISFACTION)),
        )
        .order_by(step.case_id, step.number)
    ).all()
    rows: dict[int, dict[str, Any]] = {}
    for case_id, _number, at, result in found:
        if case_id not in rows:
            if result == "dissatisfied" and since <= at < until:
                rows[case_id] = {"case_id": case_id, "at": at, "second_at": None, "recovered": None}
        elif rows[case_id]["second_at"] is None:
            rows[case_id] |= {"second_at": at, "recovered": result == "satisfied"}
    table = pd.DataFrame(list(rows.values()), columns=["case_id", "at", "second_at", "recovered"])
    hours = (
        pd.to_datetime(table["second_at"], utc=True) - pd.to_datetime(table["at"], utc=True)
    ).dt.total_seconds() / 3600
    return table.assign(hours=hours)


def margins_of_closed(session: Session, actor: Actor, since: datetime, until: datetime) -> dict[str, dict[str, float]]:
    """The shares of all closed cases received in a time by first-level class and by channel, to weight answers to."""
    wheres = [
        queries.within(reach(actor, Action.SEE_SATISFACTION)), CaseRow.received_at >= since,
        CaseRow.received_at < until,
        CaseRow.id.in_(select(CaseStepRow.case_id).where(CaseStepRow.kind == StepKind.CLOSED)),
    ]  # fmt: skip
    found = session.execute(select(CaseRow.class_code, CaseRow.channel, func.count()).where(*wheres)
                            .group_by(CaseRow.class_code, CaseRow.channel)).all()  # fmt: skip
    margins: dict[str, dict[str, float]] = {"class": defaultdict(float), "channel": defaultdict(float)}
    for code, channel, count in found:
        margins["class"][code.partition("/")[0]] += count
        margins["channel"][channel.value] += count
    return {name: dict(counts) for name, counts in margins.items() if counts}
