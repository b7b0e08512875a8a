"""The quality dispute (质检申诉): what has happened to an evaluation since it was told, and what follows from that."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scorecards.agreement import Estimate, proportion
from scorecards.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from qa_app.core.working_days import WorkingDays
    from scorecards.regime import DisputeDays


class StepKind(StrEnum):
    """One thing that happened; a decision upholds the verdict by naming it, or overturns it by naming another."""

    SIGNED = "signed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    SECOND_DISPUTED = "second_disputed"
    SECOND_DECIDED = "second_decided"
    ASKED_FOR_PERSON = "asked_for_person"


class DisputeState(StrEnum):
    """Where one answer stands: may still be contested, accepted (signed or in silence), contested, decided, final."""

    OPEN_TO = "open_to"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    DECIDED = "decided"
    SECOND_DISPUTED = "second_disputed"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Step:
    """A step about one answer (or, without criterion, the whole evaluation); appended, never changed."""

    kind: StepKind
    at: datetime
    by: int | None
    criterion: str = ""
    verdict: Verdict | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an answer stands at a moment, until when its next step may or must come, and the verdict that counts."""

    state: DisputeState
    deadline: datetime | None
    verdict: Verdict


CONTESTED = (DisputeState.DISPUTED, DisputeState.SECOND_DISPUTED)


def standing(
    original: Verdict, told_at: datetime, steps: Sequence[Step], now: datetime, days: WorkingDays, limits: DisputeDays
) -> Standing:  # fmt: skip
    """Where one answer stands; `steps` are those of its evaluation, in order.

    The window to file runs that many working days after the evaluation was told; signing (签收) ends it, and so does
    silence. A first decision may be contested within the same number of days, then it is final. Source: DOMAIN.md,
    "QA dispute: file within 3 working days (silence = accepted after 签收), answer in 3, second level in 5".
    """
    state, since, verdict = DisputeState.OPEN_TO, told_at, original
    for step in steps:
        if step.kind is StepKind.SIGNED and state is DisputeState.OPEN_TO:
            state = DisputeState.ACCEPTED
        if not step.criterion or state is DisputeState.FINAL:
            continue
        state, verdict = _after(step, state, verdict)
        since = step.at
    deadline = _deadline(state, since, days, limits)
    if deadline is not None and deadline <= now:
        if state is DisputeState.OPEN_TO:
            return Standing(DisputeState.ACCEPTED, None, verdict)
        if state is DisputeState.DECIDED:
            return Standing(DisputeState.FINAL, None, verdict)
    return Standing(state, deadline, verdict)


def _after(step: Step, state: DisputeState, verdict: Verdict) -> tuple[DisputeState, Verdict]:
    following = {
        StepKind.DISPUTED: DisputeState.DISPUTED, StepKind.DECIDED: DisputeState.DECIDED,
        StepKind.SECOND_DISPUTED: DisputeState.SECOND_DISPUTED, StepKind.SECOND_DECIDED: DisputeState.FINAL,
    }  # fmt: skip
    if step.kind is StepKind.WITHDRAWN:
        return (DisputeState.FINAL if state is DisputeState.SECOND_DISPUTED else DisputeState.ACCEPTED), verdict
    decides = step.kind in (StepKind.DECIDED, StepKind.SECOND_DECIDED)
    return following.get(step.kind, state), step.verdict if decides and step.verdict else verdict


def _deadline(state: DisputeState, since: datetime, days: WorkingDays, limits: DisputeDays) -> datetime | None:
    length = {
        DisputeState.OPEN_TO: limits.file, DisputeState.DISPUTED: limits.answer, DisputeState.DECIDED: limits.file,
        DisputeState.SECOND_DISPUTED: limits.second,
    }.get(state)  # fmt: skip
    return days.after_working_days(since, length) if length is not None else None


def may_arbitrate(
    arbiter: int, scorers: Collection[int], agents: Collection[int], line: Collection[int], before: Collection[int]
) -> bool:
    """Whether somebody may decide: neither an agent of the call nor who scored it, nobody of the agent's own line.

    `line` is everybody of the agent's own team and their superiors up to the centre; `before` decided the first level.
    """
    return arbiter not in {*scorers, *agents, *line, *before}


def adjusts_month(told_at: datetime, decided_at: datetime, days: WorkingDays, month_closes: int) -> tuple[int, int]:
    """The month (year, month) whose sheet a decision counts in: its own while open, else the next one still open.

    A month closes at the end of the n-th working day of the month after it (封账).
    """
    local = told_at.astimezone(days.zone)
    year, month = local.year, local.month
    while decided_at >= closing(year, month, days, month_closes):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months of a year
    return year, month


def closing(year: int, month: int, days: WorkingDays, month_closes: int) -> datetime:
    """When a month is closed: the end of the n-th working day of the month after it."""
    from datetime import datetime, timedelta

    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=days.zone)
    return days.after_working_days(after - timedelta(seconds=1), month_closes)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decided answer: who had scored it (None = the machine), by which check, and whether it was overturned."""

    criterion: str
    scorer: int | None
    check: str
    overturned: bool


@dataclass(frozen=True, slots=True)
class OverturnRate:
    """How many of n decided disputes were overturned, with Wilson's 95 % interval."""

    name: str
    n: int
    share: Estimate


def overturn_rates(rulings: Iterable[Ruling], by: Callable[[Ruling], str]) -> list[OverturnRate]:
    """The share overturned by criterion, inspector or check, the most decided first."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for one in rulings:
        groups[by(one)].append(one.overturned)
    rates = [(name, len(found), proportion(sum(found), len(found))) for name, found in groups.items()]
    return sorted(
        (OverturnRate(name, n, share) for name, n, share in rates if share), key=lambda one: (-one.n, one.name)
    )
