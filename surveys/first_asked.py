"""Complaints by who was asked first (首问责任人), and which of them were solved on the spot (现场解决)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from surveys.model import CaseKind, StepKind
from surveys.tables import CaseRow, CaseStepRow


@dataclass(frozen=True, slots=True)
class FirstAsked:
    """A complaint that somebody was asked first about."""

    case_id: int
    person_id: int
    on_the_spot: bool


def first_asked(session: Session, since: datetime, until: datetime) -> list[FirstAsked]:
    """The complaints received in a time by whoever was asked first; those joined to another one are left out."""
    solved = exists().where(CaseStepRow.case_id == CaseRow.id, CaseStepRow.kind == StepKind.SOLVED_ON_THE_SPOT)
    query = select(CaseRow.id, CaseRow.first_asked_id, solved).where(
        CaseRow.kind == CaseKind.COMPLAINT, CaseRow.received_at >= since, CaseRow.received_at < until,
        CaseRow.first_asked_id.is_not(None), CaseRow.joined_to_id.is_(None),
    )  # fmt: skip
    return [FirstAsked(case_id, person or 0, bool(spot)) for case_id, person, spot in session.execute(query)]
