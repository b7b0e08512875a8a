"""What a case's records say of how it was handled: proposals for the checklist of an audit, which a person confirms.

Each proposal is True (met) or False (not met) with the figures it rests on; what the records cannot say is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from surveys.completeness import lacking_for_archive
from surveys.model import CallbackResult, Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Said = dict[str, str | int]
"""The figures that a proposal rests on."""
ENTERED_WITHIN = timedelta(minutes=10)
"""A complaint is entered within 10 minutes (DOMAIN, the complaint's way, step 1)."""
FOUR_PARTS = ("result", "cause", "improvement", "thanks")
REGISTER = "register"
_K = StepKind


@dataclass(frozen=True, slots=True)
class Kept:
    """A deadline as it was kept: when it fell due and when it ended, if it did."""

    clock: str
    due_at: datetime
    ended_at: datetime | None
    paused: bool


def tags(kinds: Sequence[StepKind]) -> frozenset[str]:
    """What happened to a case that items of the checklist ask for."""
    named = {_K.FED_BACK: "fed_back", _K.CLOSED: "closed"}
    return frozenset(named[kind] for kind in kinds if kind in named)


def proposals(
    registered: Mapping[str, object], steps: Sequence[Step], deadlines: Sequence[Kept], now: datetime
) -> dict[str, tuple[bool, Said]]:
    """What is proposed of a case, by item of the checklist."""
    made = {"on_time": _on_time(deadlines, now)}
    if steps and steps[0].kind is _K.RECEIVED:
        made["received"] = _received(steps[0])
    if (feedback := next((one for one in reversed(steps) if one.kind is _K.FED_BACK), None)) is not None:
        made["four_parts"] = _four_parts(feedback)
    if any(one.kind is _K.CLOSED for one in steps):
        lacking = lacking_for_archive(registered, steps)
        made["records"] = (not lacking, {"missing": ", ".join(lacking)})
        made["satisfied_close"] = _closed_well(steps)
    return made


def _received(step: Step) -> tuple[bool, Said]:
    took = step.recorded_at - step.at
    return took <= ENTERED_WITHIN, {"minutes": int(took / timedelta(minutes=1))}


def _on_time(deadlines: Sequence[Kept], now: datetime) -> tuple[bool, Said]:
    """Deadlines that ended late or are over and still run; the entry of the receipt is an item of its own."""
    concerned = [one for one in deadlines if one.clock != REGISTER]
    late = [one.clock for one in concerned if _is_late(one, now)]
    return not late, {"deadlines": len(concerned), "late": len(late), "clocks": ", ".join(dict.fromkeys(late))}


def _is_late(one: Kept, now: datetime) -> bool:
    return one.due_at < (one.ended_at or now) and not (one.paused and one.ended_at is None)


def _four_parts(step: Step) -> tuple[bool, Said]:
    missing = [name for name in FOUR_PARTS if not str(step.facts.get(name, "")).strip()]
    return not missing, {"missing": ", ".join(missing)}


def _closed_well(steps: Sequence[Step]) -> tuple[bool, Said]:
    """The last closing callback before the close was satisfied, or the close carries a proof."""
    at = max(place for place, one in enumerate(steps) if one.kind is _K.CLOSED)
    called = [one for one in steps[:at] if one.kind is _K.CALLED_BACK]
    satisfied = bool(called) and called[-1].facts.get("result") == CallbackResult.SATISFIED
    proven = bool(str(steps[at].facts.get("proof", "")).strip())
    return satisfied or proven, {"result": str(called[-1].facts.get("result", "")) if called else ""}
