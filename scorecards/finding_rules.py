"""A finding (问题) of an audit: steps that are only ever appended, and what follows from them.

    opened -> cause noted -> corrective action opened -> proof given -> closed
                                   ^                        |             |
                                   +------ refused ---------+        seen again: reopened

A finding is closed by somebody other than its owner and other than who gave the proof. Where a later audit finds the
same item not met in the same unit, the earlier finding comes back rather than a new one being opened beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.errors import Conflict, Forbidden, Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime


class FindingStep(StrEnum):
    """What happens to a finding."""

    OPENED = "opened"
    CAUSE_NOTED = "cause_noted"
    ACTION_OPENED = "action_opened"
    PROOF_GIVEN = "proof_given"
    PROOF_REFUSED = "proof_refused"
    CLOSED = "closed"
    ACTION_REOPENED = "action_reopened"
    SEEN_AGAIN = "seen_again"
    REOPENED = "reopened"
    HELD_ACCOUNTABLE = "held_accountable"
    REPLIED = "replied"


class FindingState(StrEnum):
    """Where a finding stands: nothing done yet, in the unit's hands, proven but unverified, closed."""

    OPEN = "open"
    IN_ACTION = "in_action"
    PROVEN = "proven"
    CLOSED = "closed"


_K, _S = FindingStep, FindingState
LEADS_TO = {
    _K.OPENED: _S.OPEN, _K.ACTION_OPENED: _S.IN_ACTION, _K.PROOF_GIVEN: _S.PROVEN, _K.PROOF_REFUSED: _S.IN_ACTION,
    _K.CLOSED: _S.CLOSED, _K.REOPENED: _S.OPEN, _K.ACTION_REOPENED: _S.IN_ACTION,
}  # fmt: skip
_ANY = frozenset(FindingState)
ALLOWED_IN = {
    _K.OPENED: frozenset[FindingState](), _K.CAUSE_NOTED: _ANY - {_S.CLOSED}, _K.ACTION_OPENED: frozenset({_S.OPEN}),
    _K.PROOF_GIVEN: frozenset({_S.IN_ACTION}), _K.PROOF_REFUSED: frozenset({_S.PROVEN}),
    _K.CLOSED: frozenset({_S.PROVEN}), _K.SEEN_AGAIN: _ANY - {_S.CLOSED}, _K.REOPENED: frozenset({_S.CLOSED}),
    _K.ACTION_REOPENED: frozenset({_S.CLOSED}),
    _K.HELD_ACCOUNTABLE: _ANY, _K.REPLIED: _ANY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken; `person` is the owner of an action or who is held accountable."""

    kind: FindingStep
    at: datetime
    by: int | None
    words: str = ""
    person: int | None = None
    due_on: date | None = None
    action_id: int | None = None
    audit_id: int | None = None


def state_of(steps: Sequence[Taken]) -> FindingState:
    """Where a finding stands after its steps."""
    state = FindingState.OPEN
    for step in steps:
        state = LEADS_TO.get(step.kind, state)
    return state


def action_of(steps: Sequence[Taken]) -> Taken | None:
    """The step that opened the corrective action in force; None once the finding was reopened and has none yet."""
    found = None
    for step in steps:
        if step.kind is FindingStep.ACTION_OPENED:
            found = step
        elif step.kind is FindingStep.REOPENED:
            found = None
    return found


def is_overdue(steps: Sequence[Taken], today: date) -> bool:
    """Whether the unit's proof is late."""
    action = action_of(steps)
    is_late = action is not None and action.due_on is not None and today > action.due_on
    return is_late and state_of(steps) is FindingState.IN_ACTION


def append(steps: Sequence[Taken], new: Taken) -> tuple[Taken, ...]:
    """The steps with one more; raises Conflict, Forbidden or Invalid where it may not follow."""
    is_first = new.kind is FindingStep.OPENED
    if is_first is bool(steps) or (steps and state_of(steps) not in ALLOWED_IN[new.kind]):
        raise Conflict("This step does not follow where the finding stands. Load the page again: somebody went on.")
    if not new.words.strip():
        raise Invalid("Say in words what was found, done or seen.")
    if new.kind is FindingStep.ACTION_OPENED:
        _require_cause(steps, new)
    if new.kind in (FindingStep.CLOSED, FindingStep.PROOF_REFUSED):
        _refuse_own_proof(steps, new)
    if new.kind is FindingStep.REPLIED and new.by not in awaiting_reply(steps):
        raise Forbidden("Only who is held accountable and has not answered yet may reply here.")
    return (*steps, new)


def _require_cause(steps: Sequence[Taken], new: Taken) -> None:
    if not any(step.kind is FindingStep.CAUSE_NOTED for step in steps):
        raise Invalid("Note the cause before a corrective action is opened.")
    if new.due_on is None or new.person is None or new.action_id is None:
        raise Invalid("A corrective action has an owner and a day on which its proof is due.")


def _refuse_own_proof(steps: Sequence[Taken], new: Taken) -> None:
    given = [step.by for step in steps if step.kind is FindingStep.PROOF_GIVEN]
    owner = action_of(steps)
    if new.by is not None and new.by in (given[-1], owner.person if owner else None):
        raise Forbidden("A finding is closed by somebody else than its owner and who gave the proof.")


def awaiting_reply(steps: Sequence[Taken]) -> frozenset[int]:
    """Who is held accountable and has not been heard since."""
    waits: set[int] = set()
    for step in steps:
        if step.kind is FindingStep.HELD_ACCOUNTABLE and step.person is not None:
            waits.add(step.person)
        elif step.kind is FindingStep.REPLIED and step.by is not None:
            waits.discard(step.by)
    return frozenset(waits)


def when_found_again(steps: Sequence[Taken]) -> FindingStep:
    """What becomes of an earlier finding whose item is not met again: a closed one is reopened."""
    return FindingStep.REOPENED if state_of(steps) is FindingState.CLOSED else FindingStep.SEEN_AGAIN
