"""How loudly a deadline is called out: T1 warns, its end alarms, age escalates, sooner for what is severe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.model import AlarmLevel

LEVELS = tuple(AlarmLevel)
"""From the quietest to the loudest."""


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """How long after a deadline has passed it goes to the supervisor and to the manager. Ours: no source fixes it."""

    to_supervisor: timedelta = timedelta(hours=24)
    to_manager: timedelta = timedelta(hours=72)
    severe_to_supervisor: timedelta = timedelta(hours=4)
    severe_to_manager: timedelta = timedelta(hours=24)


def level(
    warn_at: datetime, due_at: datetime, now: datetime, rule: EscalationRule, *, severe: bool
) -> AlarmLevel | None:
    """The loudest level that a running deadline has reached, None before its warning.

    `severe` is a case assessed as serious, of the green channel, or forwarded by the regulator.
    """
    first = rule.severe_to_supervisor if severe else rule.to_supervisor
    second = rule.severe_to_manager if severe else rule.to_manager
    reached = [
        found
        for found, since in zip(LEVELS, (warn_at, due_at, due_at + first, due_at + second), strict=True)
        if now >= since
    ]
    return reached[-1] if reached else None


def up_to(found: AlarmLevel) -> tuple[AlarmLevel, ...]:
    """A level and the quieter ones before it."""
    return LEVELS[: LEVELS.index(found) + 1]
