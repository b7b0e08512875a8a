"""Which step may follow where a case stands, what facts each must carry, and the state that results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_app.core.errors import Conflict, Invalid, Terms
from surveys.model import CallbackResult, CaseState, Complexity, Step, StepKind, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

_K, _S = StepKind, CaseState
LEADS_TO: dict[StepKind, CaseState] = {
    _K.RECEIVED: _S.REGISTERED,
    _K.ASSESSED: _S.IN_HAND,
    _K.SOLVED_ON_THE_SPOT: _S.SOLVED,
    _K.DISPATCHED: _S.DISPATCHED,
    _K.SENT_BACK: _S.IN_HAND,
    _K.RETURNED: _S.RETURNED,
    _K.RETURN_REFUSED: _S.DISPATCHED,
    _K.SECOND_DISPATCHED: _S.DISPATCHED,
    _K.MANAGER_HOTLINE: _S.IN_HAND,
    _K.CONSENTED: _S.SOLVED,
    _K.FED_BACK: _S.FED_BACK,
    _K.REOPENED: _S.IN_HAND,
    _K.APPEALED: _S.IN_HAND,
    _K.CLOSED: _S.CLOSED,
    _K.ARCHIVED: _S.ARCHIVED,
}
"""The state after a step of that kind; a closing callback's result decides for it, other kinds change no state."""

AFTER_CALLBACK = {CallbackResult.SATISFIED: _S.SATISFIED, CallbackResult.DISSATISFIED: _S.DISSATISFIED}

OPEN = frozenset(CaseState) - {_S.CLOSED, _S.ARCHIVED}
HANDLED = frozenset({_S.REGISTERED, _S.IN_HAND, _S.RETURNED, _S.DISSATISFIED})
"""States in which the complaint desk decides what comes next."""

ALLOWED_IN: dict[StepKind, frozenset[CaseState]] = {
    _K.RECEIVED: frozenset(),
    _K.ACKNOWLEDGED: OPEN,
    _K.ASSESSED: frozenset({_S.REGISTERED, _S.IN_HAND}),
    _K.ASSIGNED: OPEN,
    _K.SOLVED_ON_THE_SPOT: frozenset({_S.REGISTERED, _S.IN_HAND}),
    _K.DISPATCHED: frozenset({_S.REGISTERED, _S.IN_HAND}),
    _K.SENT_BACK: frozenset({_S.DISPATCHED}),
    _K.URGED: frozenset({_S.DISPATCHED}),
    _K.RETURNED: frozenset({_S.DISPATCHED}),
    _K.RETURN_REFUSED: frozenset({_S.RETURNED}),
    _K.RESPONSIBILITY_DECIDED: OPEN - {_S.REGISTERED},
    _K.SECOND_DISPATCHED: frozenset({_S.RETURNED, _S.DISSATISFIED, _S.IN_HAND}),
    _K.MANAGER_HOTLINE: HANDLED,
    _K.HELD_ACCOUNTABLE: frozenset(CaseState) - {_S.REGISTERED},
    _K.ACCOUNTABLE_REPLIED: frozenset(CaseState) - {_S.REGISTERED},
    _K.CONSENTED: frozenset({_S.IN_HAND, _S.RETURNED, _S.DISSATISFIED}),
    _K.REMEDY_REQUESTED: OPEN,
    _K.REMEDY_GRANTED: OPEN,
    _K.REMEDY_CREDITED: frozenset(CaseState),
    _K.PROGRESS_TOLD: OPEN,
    _K.DELAY_TOLD: OPEN,
    _K.PAUSED: OPEN,
    _K.RESUMED: OPEN,
    _K.FED_BACK: frozenset({_S.SOLVED}),
    _K.CALLED_BACK: frozenset({_S.FED_BACK, _S.DISSATISFIED}),
    _K.RECONTACTED: frozenset({_S.DISSATISFIED, _S.IN_HAND, _S.DISPATCHED}),
    _K.REOPENED: frozenset({_S.SATISFIED, _S.DISSATISFIED, _S.CLOSED, _S.ARCHIVED}),
    _K.APPEALED: frozenset({_S.DISSATISFIED, _S.CLOSED, _S.ARCHIVED}),
    _K.CLOSE_REQUESTED: frozenset({_S.FED_BACK, _S.DISSATISFIED}),
    _K.CLOSED: frozenset({_S.FED_BACK, _S.SATISFIED, _S.DISSATISFIED}),
    _K.ARCHIVED: frozenset({_S.CLOSED}),
    _K.MENDED: frozenset(CaseState) - {_S.ARCHIVED},
    _K.SENDER_ANSWERED: frozenset(CaseState) - {_S.REGISTERED, _S.ARCHIVED},
    _K.SETTLED: frozenset(CaseState) - {_S.REGISTERED, _S.ARCHIVED},
    _K.NOTED: frozenset(CaseState),
}

MENDABLE = ("class_code", "demand", "product", "place", "campaign")
"""What of a registration may be mended later; the step keeps the old value beside the new one."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One field that a step must carry; with `choices` its value is one of them."""

    name: str
    choices: type[StrEnum] | tuple[str, ...] = ()
    required: bool = True

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(str(choice) for choice in self.choices)


TOLD_BY = ("phone", "sms", "email", "letter")
REMEDIES = ("refund", "credit", "discount", "gift")
FACTS: dict[StepKind, tuple[Fact, ...]] = {
    _K.ASSESSED: (Fact("complexity", Complexity), Fact("urgency", Urgency), Fact("severity", ("ordinary", "serious"))),
    _K.ASSIGNED: (Fact("to"),),
    _K.SOLVED_ON_THE_SPOT: (Fact("solution"),),
    _K.DISPATCHED: (Fact("unit"), Fact("supporting", required=False), Fact("ask", required=False)),
    _K.SENT_BACK: (Fact("reason"), Fact("belongs_to", required=False)),
    _K.URGED: (Fact("words", required=False),),
    _K.RETURNED: (
        Fact("called_number"), Fact("called_at"), Fact("cause"), Fact("responsibility"),
        Fact("found_true", ("true", "partly", "false")), Fact("findings"), Fact("done"), Fact("customer_opinion"),
        Fact("handler"),
    ),
    _K.RETURN_REFUSED: (Fact("reason"),),
    _K.RESPONSIBILITY_DECIDED: (
        Fact("ours", ("yes", "no")), Fact("whose", ("centre", "unit", "nobody")), Fact("proof"),
    ),
    _K.SECOND_DISPATCHED: (Fact("unit"), Fact("reason")),
    _K.MANAGER_HOTLINE: (Fact("reason"),),
    _K.HELD_ACCOUNTABLE: (Fact("person"), Fact("finding")),
    _K.ACCOUNTABLE_REPLIED: (Fact("words"),),
    _K.CONSENTED: (Fact("solution"), Fact("customer_words")),
    _K.REMEDY_REQUESTED: (Fact("remedy", REMEDIES), Fact("amount"), Fact("reason")),
    _K.REMEDY_GRANTED: (Fact("remedy", REMEDIES), Fact("amount")),
    _K.REMEDY_CREDITED: (Fact("credited_on"),),
    _K.PROGRESS_TOLD: (Fact("words"), Fact("by", TOLD_BY, required=False)),
    _K.DELAY_TOLD: (Fact("reason"), Fact("promised_at"), Fact("by", TOLD_BY, required=False)),
    _K.PAUSED: (Fact("reason"),),
    _K.FED_BACK: (
        Fact("by", TOLD_BY), Fact("result"), Fact("cause"), Fact("improvement"),
        Fact("thanks"),
    ),
    _K.CALLED_BACK: (Fact("result", CallbackResult), Fact("customer_words", required=False)),
    _K.RECONTACTED: (Fact("words"),),
    _K.REOPENED: (Fact("reason"),),
    _K.APPEALED: (Fact("words"),),
    _K.CLOSE_REQUESTED: (Fact("reason"), Fact("proof")),
    _K.SENDER_ANSWERED: (Fact("by", ("email", "letter")), Fact("answer")),
    _K.SETTLED: (Fact("outcome", ("withdrawn", "settled", "upheld")), Fact("proof")),
    _K.MENDED: (Fact("field", MENDABLE), Fact("value"), Fact("before", required=False)),
    _K.NOTED: (Fact("words"),),
}  # fmt: skip
"""What each step's form asks for; the return slip (回单) is DOMAIN.md's, the feedback has its four parts."""


def lacking(kind: StepKind, facts: Mapping[str, object]) -> tuple[str, ...]:
    """The required facts that a step does not carry."""
    return tuple(fact.name for fact in FACTS.get(kind, ()) if fact.required and _is_empty(facts.get(fact.name)))


def check_facts(kind: StepKind, facts: Mapping[str, object]) -> None:
    """Raise Invalid when a step lacks a required fact, carries one it does not know, or a value that is no choice."""
    if missing := lacking(kind, facts):
        raise Invalid(
            "{kind} is incomplete: {missing} must be filled in.", kind=Terms(kind.value), missing=Terms(*missing)
        )
    known = {fact.name: fact for fact in FACTS.get(kind, ())} | {fact.name: fact for fact in EVERY_STEP}
    if kind is StepKind.CLOSED:
        known |= {fact.name: fact for fact in UNAGREED}
    for name, value in facts.items():
        if name not in known:
            raise Invalid("{kind} has no field “{field}”. Known are: {known}.", kind=Terms(kind.value), field=name,
                          known=Terms(*known))  # fmt: skip
        choices = known[name].allowed
        if choices and not _is_empty(value) and value not in choices:
            raise Invalid("{kind}.{field} is “{value}”. Choose one of: {known}.", kind=Terms(kind.value),
                          field=Terms(name), value=value, known=", ".join(choices))  # fmt: skip


EVERY_STEP = (Fact("words", required=False), Fact("attachments", required=False), Fact("approver", required=False))
UNAGREED = (Fact("proof"),)
"""What closing needs without a satisfied customer: the attempts or messages that prove it; who may approve it takes
the step."""


def asked_of(kind: StepKind, state: CaseState | None) -> tuple[Fact, ...]:
    """The facts that a step's form asks for where a case stands."""
    is_unagreed = kind is StepKind.CLOSED and state is not CaseState.SATISFIED
    return (*FACTS.get(kind, ()), *(UNAGREED if is_unagreed else ()))


def state_after(before: CaseState | None, step: Step) -> CaseState | None:
    """Where a case stands after one more step."""
    if step.kind is StepKind.CALLED_BACK:
        return AFTER_CALLBACK.get(CallbackResult(str(step.facts["result"])), before)
    return LEADS_TO.get(step.kind, before)


def state_of(steps: Iterable[Step]) -> CaseState | None:
    """Where a case stands after all its steps, in the order they were recorded; None before the first."""
    state = None
    for step in steps:
        state = state_after(state, step)
    return state


def check_next(state: CaseState | None, step: Step) -> None:
    """Raise Conflict when a step does not fit where the case stands, Invalid when its facts do not fit its kind."""
    if state is None:
        if step.kind is not StepKind.RECEIVED:
            raise Conflict("A case begins with its receipt, not with {kind}.", kind=Terms(step.kind.value))
    elif state not in ALLOWED_IN[step.kind]:
        raise Conflict("A case that is {state} cannot be {kind}. Load the page again: somebody may have gone on.",
                       state=state.value, kind=Terms(step.kind.value))  # fmt: skip
    check_facts(step.kind, step.facts)
    if step.kind is StepKind.CLOSED and state is not CaseState.SATISFIED:
        _refuse_silent_close(step)


def _refuse_silent_close(step: Step) -> None:
    missing = [fact.name for fact in UNAGREED if _is_empty(step.facts.get(fact.name))]
    if missing:
        raise Invalid("Without a satisfied customer a case is closed only with approval and proof: {missing} missing.",
                      missing=Terms(*missing))  # fmt: skip


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ((), [], {})
