"""Corrective actions (整改): opened to a named unit, proven by it, verified by somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, Reach, covers, reach, require
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import UnitRow
from surveys.model import ActionKind, ActionState
from surveys.tables import CorrectiveActionRow, CorrectiveStepRow

_K, _S = ActionKind, ActionState
LEADS_TO = {_K.OPENED: _S.OPEN, _K.PROOF_GIVEN: _S.PROVEN, _K.PROOF_REFUSED: _S.OPEN, _K.VERIFIED: _S.VERIFIED,
            _K.REOPENED: _S.OPEN}  # fmt: skip
ALLOWED_IN = {
    _K.PROOF_GIVEN: frozenset({_S.OPEN}), _K.PROOF_REFUSED: frozenset({_S.PROVEN}),
    _K.VERIFIED: frozenset({_S.PROVEN}), _K.REOPENED: frozenset({_S.VERIFIED}), _K.NOTED: frozenset(_S),
}  # fmt: skip
NEEDS = {
    _K.PROOF_GIVEN: Action.ANSWER_CORRECTIVE_ACTION, _K.PROOF_REFUSED: Action.VERIFY_CORRECTIVE_ACTION,
    _K.VERIFIED: Action.VERIFY_CORRECTIVE_ACTION, _K.REOPENED: Action.OPEN_CORRECTIVE_ACTION,
    _K.NOTED: Action.SEE_CORRECTIVE_ACTIONS,
}  # fmt: skip
LONGEST_WORDS = 5_000
MOST = 500


@dataclass(frozen=True, slots=True)
class NewAction:
    """A corrective action as it is opened; the traits say which complaints are to fall."""

    title: str
    cause: str
    task: str
    unit_id: int
    owner_id: int
    due_on: date
    class_code: str = ""
    place: str = ""
    product: str = ""
    campaign: str = ""
    source_kind: str = "analysis"
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class ActionStep:
    """Something that happened to a corrective action."""

    number: int
    kind: ActionKind
    words: str
    by: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectiveAction:
    """A corrective action with its steps and where it stands."""

    id: int
    number: str
    new: NewAction
    by: int | None
    opened_at: datetime
    steps: tuple[ActionStep, ...]

    @property
    def state(self) -> ActionState:
        return state_of(step.kind for step in self.steps)

    @property
    def verified_at(self) -> datetime | None:
        """When it was verified, if that still stands."""
        last = [step.at for step in self.steps if step.kind is _K.VERIFIED]
        return last[-1] if last and self.state is _S.VERIFIED else None

    def overdue(self, today: date) -> bool:
        """Whether the proof is late."""
        return self.state is _S.OPEN and today > self.new.due_on


def state_of(kinds: Iterable[ActionKind]) -> ActionState:
    """Where a corrective action stands after its steps."""
    state = ActionState.OPEN
    for kind in kinds:
        state = LEADS_TO.get(kind, state)
    return state


def open_action(session: Session, actor: Actor, now: datetime, new: NewAction) -> int:
    """Open a corrective action to a unit that the actor reaches, with an owner who belongs to it."""
    if not covers(reach(actor, Action.OPEN_CORRECTIVE_ACTION), new.unit_id, frozenset()):
        raise Forbidden("{name} may not open a corrective action to this unit.", name=actor.name)
    for field, text in (("title", new.title), ("cause", new.cause), ("task", new.task)):
        if not text.strip() or len(text) > LONGEST_WORDS:
            raise Invalid("The corrective action needs its {field}, of at most {most} signs.", field=field,
                          most=LONGEST_WORDS)  # fmt: skip
    if session.get(UnitRow, new.unit_id) is None:
        raise Invalid("There is no unit {unit}. Choose one of the list.", unit=new.unit_id)
    if people.unit_of(session, new.owner_id) not in people.subtree(session, new.unit_id):
        raise Invalid("The owner of a corrective action belongs to the unit that it is opened to.")
    if new.due_on < now.date():
        raise Invalid("{day} has passed already. Give a day to come.", day=new.due_on.isoformat())
    row = CorrectiveActionRow(
        number=f"ZG-{uuid4().hex}", title=new.title.strip()[:200], cause=new.cause.strip(), task=new.task.strip(),
        class_code=new.class_code, place=new.place, product=new.product, campaign=new.campaign, unit_id=new.unit_id,
        owner_id=new.owner_id, due_on=new.due_on, source_kind=new.source_kind, source_id=new.source_id,
        by_id=actor.user_id, opened_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.number = f"ZG{now.year}-{row.id:05d}"
    _append(session, actor, now, row.id, 1, ActionKind.OPENED, new.task.strip())
    journal.record(session, actor, "action.opened", f"action:{row.id}", now, number=row.number, unit=new.unit_id)
    return row.id


def take_step(
    session: Session, actor: Actor, now: datetime, action_id: int, kind: ActionKind, words: str
) -> int:  # fmt: skip
    """Give proof, refuse it, verify it, reopen or note; whoever gave the proof never verifies it."""
    if kind not in NEEDS:
        raise Invalid("A corrective action is opened once. Open another one.")
    action(session, actor, action_id, NEEDS[kind])
    session.get(CorrectiveActionRow, action_id, with_for_update=True)
    found = action(session, actor, action_id)
    if found.state not in ALLOWED_IN[kind]:
        raise Conflict("{number} is {state}; it cannot be {kind}. Load the page again: somebody may have gone on.",
                       number=found.number, state=found.state.value, kind=kind.value)  # fmt: skip
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise Invalid("Say in at most {most} signs what was done or seen.", most=LONGEST_WORDS)
    if kind in (_K.VERIFIED, _K.PROOF_REFUSED):
        _refuse_own_proof(actor, found)
    number = len(found.steps) + 1
    _append(session, actor, now, action_id, number, kind, words.strip())
    journal.record(session, actor, f"action.{kind.value}", f"action:{action_id}", now, number=found.number)
    return number


def actions(session: Session, actor: Actor, *, verified: bool = True) -> list[CorrectiveAction]:
    """The corrective actions in the actor's reach, those due first at the top."""
    found = reach(actor, Action.SEE_CORRECTIVE_ACTIONS)
    query = select(CorrectiveActionRow).order_by(CorrectiveActionRow.due_on, CorrectiveActionRow.id).limit(MOST)
    if not found.everything:
        query = query.where(CorrectiveActionRow.unit_id.in_(found.units))
    rows = session.scalars(query).all()
    steps = _steps(session, [row.id for row in rows])
    made = [_read(row, steps.get(row.id, ())) for row in rows]
    return [one for one in made if verified or one.state is not ActionState.VERIFIED]


def action(
    session: Session, actor: Actor, action_id: int, needed: Action = Action.SEE_CORRECTIVE_ACTIONS
) -> CorrectiveAction:
    """One corrective action; NotFound where it is not in reach."""
    require(actor, needed)
    row = session.get(CorrectiveActionRow, action_id)
    if row is None or not _in_reach(reach(actor, needed), row):
        raise NotFound("There is no corrective action {action} that you may see.", action=action_id)
    return _read(row, _steps(session, [row.id]).get(row.id, ()))


def _in_reach(found: Reach, row: CorrectiveActionRow) -> bool:
    return covers(found, row.unit_id, frozenset())


def _refuse_own_proof(actor: Actor, found: CorrectiveAction) -> None:
    given = [step.by for step in found.steps if step.kind is _K.PROOF_GIVEN]
    if actor.user_id in (given[-1], found.new.owner_id):
        raise Forbidden("{number} is verified by somebody else than the one who answered for it.", number=found.number)


def _append(
    session: Session, actor: Actor, now: datetime, action_id: int, number: int, kind: ActionKind, words: str
) -> None:  # fmt: skip
    session.add(
        CorrectiveStepRow(action_id=action_id, number=number, kind=kind, words=words, by_id=actor.user_id, at=now)
    )
    session.flush()


def _steps(session: Session, action_ids: list[int]) -> dict[int, tuple[ActionStep, ...]]:
    query = select(CorrectiveStepRow).where(CorrectiveStepRow.action_id.in_(action_ids))
    found: dict[int, list[ActionStep]] = {}
    for row in session.scalars(query.order_by(CorrectiveStepRow.number)):
        found.setdefault(row.action_id, []).append(ActionStep(row.number, row.kind, row.words, row.by_id, row.at))
    return {action_id: tuple(steps) for action_id, steps in found.items()}


def _read(row: CorrectiveActionRow, steps: tuple[ActionStep, ...]) -> CorrectiveAction:
    new = NewAction(
        row.title, row.cause, row.task, row.unit_id, row.owner_id, row.due_on, row.class_code, row.place, row.product,
        row.campaign, row.source_kind, row.source_id,
    )  # fmt: skip
    return CorrectiveAction(row.id, row.number, new, row.by_id, row.opened_at, steps)
