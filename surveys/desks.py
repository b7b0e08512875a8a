"""What waits on each desk: cases to dispatch, to decide, to return, to approve, to complete for the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, reach
from qa_app.core.contacts import Vault, masked_name
from surveys import queries
from surveys.completeness import lacking_for_archive
from surveys.model import CaseState, DeadlineState, StepKind, Urgency
from surveys.refusals import registered
from surveys.tables import CaseDeadlineRow, CaseRow, CaseStepRow, CustomerRow

MOST = 200
_S, _K = CaseState, StepKind


class Desk(StrEnum):
    """A queue of work, named by what is to be done next."""

    TO_DISPATCH = "to_dispatch"
    TO_CHECK = "to_check"
    TO_DECIDE = "to_decide"
    TO_RETURN = "to_return"
    TO_FEED_BACK = "to_feed_back"
    TO_CALL_BACK = "to_call_back"
    TO_CLOSE = "to_close"
    TO_APPROVE = "to_approve"
    TO_ARCHIVE = "to_archive"


STATES = {
    Desk.TO_DISPATCH: (_S.REGISTERED, _S.IN_HAND), Desk.TO_CHECK: (_S.RETURNED,), Desk.TO_DECIDE: (_S.DISSATISFIED,),
    Desk.TO_RETURN: (_S.DISPATCHED,), Desk.TO_FEED_BACK: (_S.SOLVED,), Desk.TO_CALL_BACK: (_S.FED_BACK,),
    Desk.TO_CLOSE: (_S.SATISFIED,), Desk.TO_APPROVE: tuple(_S), Desk.TO_ARCHIVE: (_S.CLOSED,),
}  # fmt: skip
NEEDS = {
    Desk.TO_DISPATCH: Action.HANDLE_CASE, Desk.TO_CHECK: Action.HANDLE_CASE, Desk.TO_DECIDE: Action.HANDLE_CASE,
    Desk.TO_RETURN: Action.RETURN_CASE, Desk.TO_FEED_BACK: Action.HANDLE_CASE, Desk.TO_CALL_BACK: Action.CALL_BACK,
    Desk.TO_CLOSE: Action.HANDLE_CASE, Desk.TO_APPROVE: Action.APPROVE_CLOSE, Desk.TO_ARCHIVE: Action.ARCHIVE_CASE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NextClock:
    """The running deadline of a case that ends next."""

    clock: str
    due_at: datetime
    warn_at: datetime


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A case that waits on a desk: what it is about, its clock that ends next, since when it stands like this."""

    id: int
    number: str
    state: CaseState
    class_code: str
    urgency: Urgency
    customer: str
    words: str
    unit: int | None
    clock: NextClock | None
    since: datetime

    def stands(self, now: datetime) -> DeadlineState | None:
        """How its next deadline stands, None where none runs."""
        if self.clock is None:
            return None
        if now > self.clock.due_at:
            return DeadlineState.OVERDUE
        return DeadlineState.WARNED if now >= self.clock.warn_at else DeadlineState.RUNNING


def waiting(session: Session, actor: Actor, vault: Vault, desk: Desk) -> list[DeskLine]:
    """The cases that wait on a desk within the actor's reach, the soonest due first."""
    wheres = _wheres(actor, desk)
    return _lines(session, vault, wheres)


def counts(session: Session, actor: Actor, desks: Sequence[Desk]) -> dict[Desk, int]:
    """How many cases wait on each of some desks."""
    return {
        desk: session.scalar(select(func.count()).select_from(CaseRow).where(*_wheres(actor, desk))) or 0
        for desk in desks
    }


class DueFilter(StrEnum):
    """Which running deadlines are listed."""

    DAY = "day"
    WARNED = "warned"
    ALARMED = "alarmed"
    DELAYED = "delayed"


def due(session: Session, actor: Actor, vault: Vault, now: datetime, wanted: DueFilter) -> list[DeskLine]:
    """Cases by their clocks: due under 24 hours, in their warning part, past, or running on a new promise."""
    row = CaseDeadlineRow
    runs = _runs(now)[wanted]
    running = exists().where(row.case_id == CaseRow.id, row.ended_at.is_(None), ~row.paused, runs)
    return _lines(session, vault, [queries.within(reach(actor, Action.SEE_CASES)), running])


def due_counts(session: Session, actor: Actor, now: datetime) -> dict[DueFilter, int]:
    """How many cases each list of deadlines holds."""
    row = CaseDeadlineRow
    seen = queries.within(reach(actor, Action.SEE_CASES))
    base = select(func.count(row.case_id.distinct())).join(CaseRow, CaseRow.id == row.case_id)
    base = base.where(row.ended_at.is_(None), ~row.paused, CaseRow.joined_to_id.is_(None), seen)
    return {wanted: session.scalar(base.where(condition)) or 0 for wanted, condition in _runs(now).items()}


def _runs(now: datetime) -> dict[DueFilter, ColumnElement[bool]]:
    """What a running deadline must be to be listed."""
    row = CaseDeadlineRow
    return {
        DueFilter.DAY: and_(row.due_at > now, row.due_at <= now + timedelta(hours=24)),
        DueFilter.WARNED: and_(row.warn_at <= now, row.due_at > now),
        DueFilter.ALARMED: row.due_at <= now,
        DueFilter.DELAYED: row.clock == "promise",
    }


def for_the_archive(session: Session, actor: Actor, vault: Vault) -> list[tuple[DeskLine, tuple[str, ...]]]:
    """Closed cases with what each still lacks before it can be archived; the complete ones first."""
    lines = waiting(session, actor, vault, Desk.TO_ARCHIVE)
    rows = {row.id: row for row in session.scalars(select(CaseRow).where(CaseRow.id.in_([one.id for one in lines])))}
    found = [
        (line, lacking_for_archive(registered(rows[line.id]), queries.steps_of(session, line.id))) for line in lines
    ]
    return sorted(found, key=lambda pair: (len(pair[1]), pair[0].since))


def _wheres(actor: Actor, desk: Desk) -> list[ColumnElement[bool]]:
    wheres = [queries.within(reach(actor, NEEDS[desk])), CaseRow.joined_to_id.is_(None)]
    if desk is Desk.TO_APPROVE:
        return [*wheres, _is_asked_for()]
    wheres.append(queries.state_column().in_([state.value for state in STATES[desk]]))
    if desk is Desk.TO_RETURN and not actor.system:
        held = frozenset[int]().union(*(grant.units for grant in actor.grants))
        wheres.append(queries.lead_unit_column().in_(held))
    return wheres


def _is_asked_for() -> ColumnElement[bool]:
    """A close or a remedy was asked for and neither granted nor passed over since."""
    pairs = ((_K.CLOSE_REQUESTED, (_K.CLOSED, _K.CALLED_BACK, _K.SECOND_DISPATCHED)),
             (_K.REMEDY_REQUESTED, (_K.REMEDY_GRANTED, _K.CLOSED)))  # fmt: skip
    asked = []
    for kind, answers in pairs:
        later = select(CaseStepRow.case_id, func.max(CaseStepRow.number).label("last")).where(
            CaseStepRow.kind.in_(answers)
        )
        answered = later.group_by(CaseStepRow.case_id).subquery()
        waits = (
            select(CaseStepRow.id)
            .outerjoin(answered, answered.c.case_id == CaseStepRow.case_id)
            .where(
                CaseStepRow.case_id == CaseRow.id,
                CaseStepRow.kind == kind,
                CaseStepRow.number > func.coalesce(answered.c.last, 0),
            )
            .correlate(CaseRow)
        )
        asked.append(exists(waits))
    return or_(*asked)


def _lines(session: Session, vault: Vault, wheres: list[ColumnElement[bool]]) -> list[DeskLine]:
    """Lines of cases that fit, each with the clock that ends next."""
    due_at = queries.next_due_column()
    last = (
        select(func.max(CaseStepRow.recorded_at))
        .where(CaseStepRow.case_id == CaseRow.id, CaseStepRow.kind != StepKind.NOTED)
        .correlate(CaseRow)
        .scalar_subquery()
    )
    query = (
        select(CaseRow, CustomerRow, queries.state_column(), queries.lead_unit_column(), due_at, last)
        .join(CustomerRow)
        .where(CaseRow.joined_to_id.is_(None), *wheres)
        .order_by(due_at.is_(None), due_at, CaseRow.received_at, CaseRow.id)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    clocks = _next_clocks(session, [row.id for row, *_ in rows])
    return [
        DeskLine(
            row.id, row.number, CaseState(stands), row.class_code, row.urgency,
            masked_name(vault.unseal(customer.name_sealed)), row.words, unit, clocks.get(row.id), since,
        )
        for row, customer, stands, unit, _due, since in rows
    ]  # fmt: skip


def _next_clocks(session: Session, case_ids: list[int]) -> dict[int, NextClock]:
    """The running deadline that ends next, by case."""
    row = CaseDeadlineRow
    query = select(row).where(row.case_id.in_(case_ids), row.ended_at.is_(None), ~row.paused)
    found: dict[int, NextClock] = {}
    for one in session.scalars(query.order_by(row.due_at.desc(), row.clock)):
        found[one.case_id] = NextClock(one.clock, one.due_at, one.warn_at)
    return found
