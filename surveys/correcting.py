"""Correcting callbacks (差错补救): wrong information found in a call, and whether its customer was told better."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, reach
from qa_app.core.errors import Conflict, Invalid
from surveys import queries, tasks
from surveys.model import Outcome, TaskKind
from surveys.office import Office
from surveys.survey_tables import CorrectionRow, SurveyAnswerRow, SurveyResponseRow, SurveyTaskRow
from surveys.tables import CaseRow
from surveys.tasks import NewTask

QUESTIONNAIRE, TOLD, WORKING_DAYS = "correcting", "told", 2
LONGEST_SAID, LONGEST_RIGHT = 500, 1000


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was said wrong in a call, perhaps at which second, and what is right."""

    call_pk: int
    said: str
    right: str
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction with what became of its callback; `outcome` is None while the customer still has to be told."""

    id: int
    wrong: Wrong
    case_id: int | None
    by_id: int | None
    at: datetime
    due_at: datetime
    outcome: Outcome | None
    ended_at: datetime | None
    told: bool = False

    def is_late(self, now: datetime) -> bool:
        """Whether the customer was not told in time."""
        return ((self.ended_at if self.told else None) or now) > self.due_at

    def is_missed(self, now: datetime) -> bool:
        """Whether somebody has to find another way: the call ended without telling, or its time is over."""
        return not self.told and (self.outcome is not None or self.is_late(now))


def open_correction(
    session: Session, actor: Actor, now: datetime, office: Office, case_id: int, wrong: Wrong
) -> int:  # fmt: skip
    """Open the callback to the customer of a case; whoever calls checks first that the actor may see the call.

    It is placed from the callback desk under the calling rules, never by who spoke in the call, in two working days.
    """
    reach(actor, Action.CORRECT)
    said, right = wrong.said.strip(), wrong.right.strip()
    if not said or len(said) > LONGEST_SAID:
        raise Invalid("Say what was told wrong, in at most {most} characters.", most=LONGEST_SAID)
    if not right or len(right) > LONGEST_RIGHT:
        raise Invalid("Say what is right, in at most {most} characters.", most=LONGEST_RIGHT)
    if any(one.wrong.said == said and (one.outcome is None or one.told)
           for one in corrections(session, actor, wrong.call_pk)):  # fmt: skip
        raise Conflict("This is being corrected already; its callback stands in the list.")
    case = session.get_one(CaseRow, case_id)
    count = len(session.scalars(select(CorrectionRow.id).where(CorrectionRow.call_pk == wrong.call_pk)).all())
    new = NewTask(f"correcting:{wrong.call_pk}:{count + 1}", TaskKind.CORRECTING, case.customer_id, case.unit_id,
                  QUESTIONNAIRE, now, tasks.URGENT, case_id)  # fmt: skip
    task_id = tasks.schedule(session, now, office, new)
    if task_id is None:
        raise Conflict("Somebody opened a correction of this call at the same moment. Load the page again.")
    if session.get_one(SurveyTaskRow, task_id).outcome is Outcome.BARRED:
        raise Conflict("This customer does not want to be called. Answer in writing, and note it in the case.")
    due_at = queries.working_days(session, office.zone).after_working_days(now, WORKING_DAYS)
    row = CorrectionRow(task_id=task_id, call_pk=wrong.call_pk, unit_id=case.unit_id, at_s=wrong.at_s, said=said,
                        right=right, due_at=due_at, by_id=actor.user_id, at=now)  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "correction.open", f"call:{wrong.call_pk}", now)
    return row.id


def corrections(session: Session, actor: Actor, call_pk: int | None = None) -> list[Correction]:
    """The corrections in reach, those still to be told first and the soonest due on top; of one call where given.

    One that was opened again, since nobody could be told, stands there once: as it was opened last.
    """
    row, found = CorrectionRow, reach(actor, Action.CORRECT)
    query = select(row, SurveyTaskRow).join(SurveyTaskRow, SurveyTaskRow.id == row.task_id)
    if call_pk is not None:
        query = query.where(row.call_pk == call_pk)
    elif not found.everything:
        query = query.where(row.unit_id.in_(found.units) | (row.by_id == actor.user_id))
    rows = session.execute(query.order_by(row.id)).all()
    told = _told(session, [task.id for _one, task in rows])
    newest = {
        (one.call_pk, one.said): Correction(
            one.id, Wrong(one.call_pk, one.said, one.right, one.at_s), task.case_id, one.by_id, one.at, one.due_at,
            task.outcome, task.ended_at, task.id in told,
        )
        for one, task in rows
    }  # fmt: skip
    return sorted(newest.values(), key=lambda one: (one.outcome is not None, one.due_at, one.id))


def _told(session: Session, task_ids: Collection[int]) -> set[int]:
    """The tasks in whose finished call the customer was told what is right."""
    query = (
        select(SurveyResponseRow.task_id)
        .join(SurveyAnswerRow, SurveyAnswerRow.response_id == SurveyResponseRow.id)
        .where(SurveyResponseRow.task_id.in_(task_ids), SurveyResponseRow.finished_at.is_not(None),
               SurveyAnswerRow.question == TOLD, SurveyAnswerRow.number == 1)
    )  # fmt: skip
    return {task_id for task_id in session.scalars(query) if task_id is not None}
