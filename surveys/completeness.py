"""What the archivist (资料管理员) checks before a case goes to the archive: nothing that it needs is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveys.model import CallbackResult, CaseKind, Channel, Step, StepKind

_K = StepKind
HANDED_OVER = (Channel.REGULATOR, Channel.INTERNAL)


def lacking_for_archive(registered: Mapping[str, object], steps: Sequence[Step]) -> tuple[str, ...]:
    """The names of what is missing, in the order of the way; `registered` has kind, channel, class_code and demand.

    Source: the archivist's procedure of DOMAIN.md; a suggestion needs neither feedback nor a callback.
    """
    kinds = [step.kind for step in steps]
    asks = registered["kind"] is not CaseKind.SUGGESTION
    proven = any(step.kind is _K.CLOSED and step.facts.get("proof") for step in steps)
    checks = {
        "class": bool(registered["class_code"]),
        "demand": bool(registered["demand"]) or not asks,
        "assessment": bool({_K.ASSESSED, _K.SOLVED_ON_THE_SPOT, _K.DISPATCHED} & set(kinds)),
        "return_slip": _answered(kinds),
        "feedback": _K.FED_BACK in kinds or not asks,
        "callback": _called_back(steps) or proven or not asks,
        "credit": kinds.count(_K.REMEDY_CREDITED) >= kinds.count(_K.REMEDY_GRANTED),
        "right_of_reply": kinds.count(_K.ACCOUNTABLE_REPLIED) >= kinds.count(_K.HELD_ACCOUNTABLE),
        "sender_reply": registered["channel"] not in HANDED_OVER or _K.SENDER_ANSWERED in kinds,
        "settlement": registered["channel"] is not Channel.REGULATOR or _K.SETTLED in kinds,
    }
    return tuple(name for name, is_there in checks.items() if not is_there)


def _answered(kinds: Sequence[StepKind]) -> bool:
    """Every dispatch has been answered by a slip that stands, or was sent back."""
    waiting = False
    for kind in kinds:
        if kind in (_K.DISPATCHED, _K.SECOND_DISPATCHED, _K.RETURN_REFUSED):
            waiting = True
        elif kind in (_K.RETURNED, _K.SENT_BACK):
            waiting = False
    return not waiting


def _called_back(steps: Sequence[Step]) -> bool:
    return any(step.facts.get("result") == CallbackResult.SATISFIED for step in steps if step.kind is _K.CALLED_BACK)
