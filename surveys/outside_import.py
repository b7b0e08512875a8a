"""Answers of an outside survey, kept beside our own under the survey's name; the same respondent is kept once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core import rules as kept
from qa_app.core.access import Action, Actor, covers, reach, require
from qa_app.core.db import free_ids, write_many
from qa_app.core.errors import Forbidden, Invalid, Sentence
from qa_app.core.rules import NewRule
from surveys import rules
from surveys.case_file import Refused
from surveys.model import Mode
from surveys.outside import OutsideAnswer
from surveys.survey_tables import SurveyAnswerRow, SurveyResponseRow

KNOWN = Sentence("This respondent's answers are kept already; the row was left out.")
LONGEST_NAME, MOST_AT_ONCE = 60, 1000


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many answers were kept, and which rows were left out and why."""

    kept: int
    refused: tuple[Refused, ...]


def take_in(
    session: Session, actor: Actor, now: datetime, survey: str, unit_id: int, rows: Iterable[OutsideAnswer | Refused]
) -> TakenIn:  # fmt: skip
    """Keep the answers of a survey; rows without a moment count as answered now."""
    if not covers(reach(actor, Action.MANAGE_SURVEYS), unit_id, frozenset()):
        raise Forbidden("{name} may not keep answers of this unit.", name=actor.name)
    name = survey.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("Give the survey a name of at most {most} signs.", most=LONGEST_NAME)
    refused, fresh = list[Refused](), list[OutsideAnswer]()
    for row in rows:
        if isinstance(row, Refused):
            refused.append(row)
        else:
            fresh.append(row)
    known = _known(session, name)
    new = [row for row in fresh if _key(name, row) not in known]
    refused += [Refused(row.line, KNOWN) for row in fresh if _key(name, row) in known]
    _write(session, now, name, unit_id, new)
    journal.record(session, actor, "survey.import", f"survey:{name}", now, registered=len(new), refused=len(refused))
    return TakenIn(len(new), tuple(sorted(refused, key=lambda row: row.line)))


def keep_mapping(session: Session, actor: Actor, now: datetime, survey: str, text: str) -> None:
    """Keep how a survey's columns are read, unless it is known so already."""
    require(actor, Action.MANAGE_SURVEYS)
    name = survey.strip()
    if kept.in_force(session, rules.OUTSIDE, name, now) != text:
        kept.keep(session, actor, now, NewRule(rules.OUTSIDE, name, now, text, "import"))


def _known(session: Session, name: str) -> set[str | None]:
    query = select(SurveyResponseRow.outside_key).where(SurveyResponseRow.survey == name)
    return set(session.scalars(query))


def _key(name: str, row: OutsideAnswer) -> str:
    return f"{name}:{row.id or f'line {row.line}'}"[:160]


def _write(session: Session, now: datetime, name: str, unit_id: int, rows: list[OutsideAnswer]) -> None:
    ids = free_ids(session, SurveyResponseRow, len(rows))
    responses = [
        {
            "id": made, "task_id": None, "survey": name, "version": 0, "mode": Mode.OUTSIDE, "case_id": None,
            "call_pk": None, "unit_id": unit_id, "outside_key": _key(name, row), "traits": dict(row.dimensions),
            "by_id": None, "started_at": row.at or now, "finished_at": row.at or now, "unhappy": False,
            "compared_at": None,
        }
        for made, row in zip(ids, rows, strict=True)
    ]  # fmt: skip
    write_many(session, SurveyResponseRow, responses)
    answers = [one for made, row in zip(ids, rows, strict=True) for one in _answers(made, row, now)]
    write_many(session, SurveyAnswerRow, answers)


def _answers(response_id: int, row: OutsideAnswer, now: datetime) -> list[dict[str, Any]]:
    numbers = row.scores | {name: float(said) for name, said in row.yes_no.items()}
    texts = row.words | row.choices
    plain = {"response_id": response_id, "chosen": [], "at": row.at or now}
    return [
        *({**plain, "question": name[:80], "number": number, "text": ""} for name, number in numbers.items()),
        *({**plain, "question": name[:80], "number": None, "text": text} for name, text in texts.items()),
    ]
