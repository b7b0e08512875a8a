"""Mentors, training tasks and skill certificates (师徒、培训任务、技能认证): where they stand, and what may follow.

    given -> done (by the agent) -> confirmed
      ^        |
      +-- sent back

A task that is not confirmed can be cancelled. A certificate is valid until its last day and no longer, and can be
revoked with a reason. Both are tied to criteria of the scorecards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.errors import Conflict, Invalid, Terms

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_CALLS = 20
"""Below so many random calls on its criteria a certificate cannot rest on calls (the least n of coaching)."""
SOON = timedelta(days=30)
LONGEST_LIFE = timedelta(days=1096)
BEST_MARK = 100.0


class TaskKind(StrEnum):
    """What a training task asks for."""

    LISTEN = "listen"
    ROLE_PLAY = "role_play"
    READ = "read"
    SHADOW = "shadow"


class TrainingStep(StrEnum):
    """What happens to a task; appended only."""

    GIVEN = "given"
    DONE = "done"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Ground(StrEnum):
    """What a certificate rests on: the agent's random calls on its criteria, or an exam."""

    CALLS = "calls"
    EXAM = "exam"


class CertificateState(StrEnum):
    """Whether a certificate holds today."""

    VALID = "valid"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"
    REVOKED = "revoked"


_K, _S = TrainingStep, TaskState
_NEXT: dict[tuple[TaskState | None, TrainingStep], TaskState] = {
    (None, _K.GIVEN): _S.OPEN,
    (_S.OPEN, _K.DONE): _S.DONE,
    (_S.DONE, _K.CONFIRMED): _S.CONFIRMED,
    (_S.DONE, _K.SENT_BACK): _S.OPEN,
    (_S.OPEN, _K.CANCELLED): _S.CANCELLED,
    (_S.DONE, _K.CANCELLED): _S.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """The ground of a certificate: n calls of which a share (0..1, with its interval) met, or a mark of 100."""

    ground: Ground
    n: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None
    mark: float | None = None


def state_of(kinds: Iterable[TrainingStep]) -> TaskState:
    """Where a task stands after its steps."""
    found: TaskState | None = None
    for kind in kinds:
        found = _NEXT.get((found, kind), found)
    return found or _S.OPEN


def possible_after(kinds: Iterable[TrainingStep]) -> tuple[TrainingStep, ...]:
    """The steps that may follow."""
    state = state_of(kinds)
    return tuple(kind for kind in _K if (state, kind) in _NEXT)


def require_possible(kinds: Iterable[TrainingStep], kind: TrainingStep, words: str) -> None:
    """Raise Conflict for a step out of turn, Invalid for one that lacks its words."""
    if kind not in possible_after(kinds):
        raise Conflict("“{step}” does not follow here.", step=Terms(f"training_step.{kind.value}"))
    if kind in (_K.SENT_BACK, _K.CANCELLED) and not words.strip():
        raise Invalid("Say why.")


def is_overdue(state: TaskState, due_on: date, today: date) -> bool:
    """Whether the agent is late with a task."""
    return state is _S.OPEN and today > due_on


def require_ground(found: Mark) -> None:
    """Raise Invalid where a certificate would rest on too few calls or on a mark that is none."""
    if found.ground is Ground.CALLS and found.n < LEAST_CALLS:
        raise Invalid("{n} random calls were scored on these criteria; a certificate on calls needs {least}. "
                      "Give an exam's mark instead.", n=found.n, least=LEAST_CALLS)  # fmt: skip
    if found.ground is Ground.EXAM and (found.mark is None or not 0 <= found.mark <= BEST_MARK):
        raise Invalid("Give the exam's mark, from 0 to 100.")


def require_span(granted_on: date, expires_on: date) -> None:
    """Raise Invalid where a certificate would end before it begins, or outlive three years."""
    if not granted_on < expires_on <= granted_on + LONGEST_LIFE:
        raise Invalid("A certificate ends after {first} and within three years; not on {last}.", first=granted_on,
                      last=expires_on)  # fmt: skip


def certificate_state(expires_on: date, today: date, *, is_revoked: bool) -> CertificateState:
    """Whether a certificate holds on a day; its last day is the one it names."""
    if is_revoked:
        return CertificateState.REVOKED
    if today > expires_on:
        return CertificateState.EXPIRED
    return CertificateState.EXPIRES_SOON if today > expires_on - SOON else CertificateState.VALID
