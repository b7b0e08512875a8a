"""The QA dispute (质检申诉): steps that are only ever appended, and what follows from them.

    told -> signed -> disputed -> decided -> second disputed -> second decided
              |          |           |             |
           accepted   withdrawn    final      final (withdrawn)

An agent contests one answer, first before the QA lead, then before the monitoring group. The windows are working days
of the calendar (3 to file, 3 to answer, 5 on the second level as shipped; DOMAIN, the Chinese QA regime) and end at
24:00 of their last day. An arbiter who is late may still decide; an agent who is late may not file.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.access import Role
from qa_app.core.errors import Conflict, Forbidden, Invalid, Terms
from scorecards.agreement import Estimate, proportion
from scorecards.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from qa_app.core.working_days import WorkingDays

LEAST_N = 20
"""Fewer decided disputes than this say nothing about a criterion, an inspector or a check."""


class StepKind(StrEnum):
    """What happens after an evaluation was made; told and signed concern all of it, the others one answer."""

    TOLD = "told"
    SIGNED = "signed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    SECOND_DISPUTED = "second_disputed"
    SECOND_DECIDED = "second_decided"


class DisputeState(StrEnum):
    """Where an answer stands. Accepted = by silence; expired = the same of a machine's, which silence does not accept.

    Withdrawn leaves the scorer's verdict; a withdrawn second dispute leaves the first decision and is final.
    """

    UNTOLD = "untold"
    TOLD = "told"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    SECOND_OPEN = "second_open"
    FINAL = "final"


class RunsFrom(StrEnum):
    """From when the filing window runs. From the signature (签收): what is not signed is never accepted by silence."""

    TOLD = "told"
    SIGNED = "signed"


class Level(StrEnum):
    """Who decides: the QA lead first, then the monitoring group."""

    FIRST = "first"
    SECOND = "second"


class Ruling(StrEnum):
    """What a decision says: the scorer's verdict stands, another than either's, or the agent's."""

    UPHELD = "upheld"
    PARTLY = "partly"
    OVERTURNED = "overturned"


class By(StrEnum):
    """What overturns are counted by."""

    CRITERION = "criterion"
    INSPECTOR = "inspector"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class DisputeRules:
    """The windows in working days: to file after being told or signing, to answer, and both on the second level."""

    runs_from: RunsFrom
    file_days: int
    answer_days: int
    second_file_days: int
    second_answer_days: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step by one person; `verdict` is what a filing proposes or a decision gives, `words` its grounds."""

    kind: StepKind
    at: datetime
    by_id: int | None = None
    criterion: str = ""
    verdict: Verdict | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Where an answer stands, until when the next step is due, and whose it is.

    `deadline` is the end of the window that runs, or of the one that ran out unused; None where nothing was awaited.
    """

    state: DisputeState
    deadline: datetime | None = None
    owed_by: Role | None = None


@dataclass(frozen=True, slots=True)
class Arbiter:
    """Who would decide: the unit they belong to themselves (not those they see) and their roles."""

    id: int
    unit: int | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Contest:
    """Who must not decide: the agent, everybody in the agent's own line, all who scored the call, who decided before.

    `units` are the agent's own line as `own_line` gives it; `scorers` those of this and every earlier evaluation of
    the call.
    """

    agent: int
    units: frozenset[int]
    supervisors: frozenset[int]
    scorers: frozenset[int]
    deciders: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Decision:
    """How one dispute ended. `check` names the version that answered, "" a person; `inspector` None a machine."""

    criterion: str
    inspector: int | None
    check: str
    original: Verdict
    proposed: Verdict
    given: Verdict

    @property
    def ruling(self) -> Ruling:
        return ruling(self.original, self.proposed, self.given)


@dataclass(frozen=True, slots=True)
class OverturnRate:
    """Of n decided disputes those whose verdict was changed, to the agent's or in part; the share with its interval."""

    n: int
    overturned: int
    partly: int
    share: Estimate

    @property
    def is_small(self) -> bool:
        """Too few for a ranking."""
        return self.n < LEAST_N


_S, _K = DisputeState, StepKind
_NEXT = {
    (_S.UNTOLD, _K.TOLD): _S.TOLD,
    (_S.TOLD, _K.SIGNED): _S.SIGNED,
    (_S.TOLD, _K.DISPUTED): _S.OPEN,
    (_S.SIGNED, _K.DISPUTED): _S.OPEN,
    (_S.OPEN, _K.WITHDRAWN): _S.WITHDRAWN,
    (_S.OPEN, _K.DECIDED): _S.DECIDED,
    (_S.DECIDED, _K.SECOND_DISPUTED): _S.SECOND_OPEN,
    (_S.SECOND_OPEN, _K.WITHDRAWN): _S.FINAL,
    (_S.SECOND_OPEN, _K.SECOND_DECIDED): _S.FINAL,
}
_OWED = {_S.TOLD: Role.AGENT, _S.SIGNED: Role.AGENT, _S.OPEN: Role.QA_LEAD, _S.DECIDED: Role.AGENT,
         _S.SECOND_OPEN: Role.MONITOR}  # fmt: skip
_ROLES = {Level.FIRST: Role.QA_LEAD, Level.SECOND: Role.MONITOR}
_WHOLE = frozenset({_K.TOLD, _K.SIGNED})
_FILINGS = frozenset({_K.DISPUTED, _K.SECOND_DISPUTED})
_DECISIONS = frozenset({_K.DECIDED, _K.SECOND_DECIDED})


def about(steps: Iterable[Step], criterion: str) -> tuple[Step, ...]:
    """The steps of an evaluation that concern one answer: about it or about the whole ("": only these)."""
    return tuple(one for one in steps if one.criterion in {"", criterion})


def status(
    steps: Sequence[Step], now: datetime, rules: DisputeRules, days: WorkingDays, *, by_person: bool = True
) -> Status:  # fmt: skip
    """Where one answer stands at a moment, from the steps about it in the order in which they were taken.

    `by_person`: whether a person made the evaluation. A step that was not possible at its time changes nothing, so that
    a final dispute stays final whatever is appended.
    """
    found = Status(_S.UNTOLD)
    for step in steps:
        found = _taken(_lapsed(found, step.at, by_person=by_person), step, rules, days)
    return _lapsed(found, now, by_person=by_person)


def _lapsed(found: Status, at: datetime, *, by_person: bool) -> Status:
    """What silence makes of a window of the agent's that is over; an arbiter's window never lapses."""
    if found.owed_by is not Role.AGENT or found.deadline is None or at < found.deadline:
        return found
    silence = _S.ACCEPTED if by_person else _S.EXPIRED
    return Status(_S.FINAL if found.state is _S.DECIDED else silence, found.deadline)


def _taken(found: Status, step: Step, rules: DisputeRules, days: WorkingDays) -> Status:
    state = _NEXT.get((found.state, step.kind))
    if state is None:
        return found
    if state is _S.SIGNED and rules.runs_from is RunsFrom.TOLD:
        return replace(found, state=state)
    window = {
        _S.TOLD: rules.file_days if rules.runs_from is RunsFrom.TOLD else None,
        _S.SIGNED: rules.file_days,
        _S.OPEN: rules.answer_days,
        _S.DECIDED: rules.second_file_days,
        _S.SECOND_OPEN: rules.second_answer_days,
    }.get(state)
    deadline = None if window is None else days.after_working_days(step.at, window)
    return Status(state, deadline, _OWED.get(state))


def append(
    steps: Sequence[Step], step: Step, rules: DisputeRules, days: WorkingDays, *, by_person: bool = True
) -> tuple[Step, ...]:  # fmt: skip
    """All steps of an evaluation with one more, which has to be possible at its time.

    Raises Invalid for a step that lacks something or lies before the last one, and Conflict for one that is out of turn
    or too late; that sentence names the last day on which it was possible.
    """
    _refuse_incomplete(step)
    if steps and step.at < steps[-1].at:
        raise Invalid("This step lies before the last one, of {last}. Steps are appended.", last=steps[-1].at)
    found = status(about(steps, step.criterion), step.at, rules, days, by_person=by_person)
    if (found.state, step.kind) in _NEXT:
        return (*steps, step)
    if step.kind in _FILINGS and found.deadline is not None and found.deadline <= step.at and found.owed_by is None:
        raise Conflict("This could be disputed until {last}; it is too late now.", last=_last_day(found.deadline, days))
    raise Conflict("“{step}” is not possible here: the dispute is at “{state}”.", step=Terms(step.kind.value),
                   state=Terms(found.state.value))  # fmt: skip


def _last_day(deadline: datetime, days: WorkingDays) -> date:
    return (deadline.astimezone(days.zone) - timedelta(microseconds=1)).date()


def _refuse_incomplete(step: Step) -> None:
    if step.kind in _WHOLE and step.criterion:
        raise Invalid("“{step}” concerns the whole evaluation. Leave the criterion out.", step=Terms(step.kind.value))
    if step.kind not in _WHOLE and not step.criterion:
        raise Invalid("Name the criterion that “{step}” is about.", step=Terms(step.kind.value))
    if step.kind in _FILINGS | _DECISIONS and step.verdict in {None, Verdict.ABSTAINED}:
        raise Invalid("Give the verdict on {criterion} that is right.", criterion=step.criterion)
    if step.kind in _FILINGS and not step.words.strip():
        raise Invalid("Say in a comment why the verdict on {criterion} is wrong.", criterion=step.criterion)
    if step.kind in _DECISIONS and not step.words.strip():
        raise Invalid("Give the reason of the decision on {criterion}.", criterion=step.criterion)


def resulting_verdict(original: Verdict, steps: Iterable[Step]) -> Verdict:
    """The verdict of one answer that counts, from the steps about it: the last decision's, without any the scorer's."""
    found: dict[StepKind, Verdict] = {}
    for step in steps:
        if step.kind in _DECISIONS and step.verdict is not None:
            found.setdefault(step.kind, step.verdict)
    return found.get(_K.SECOND_DECIDED, found.get(_K.DECIDED, original))


def ruling(original: Verdict, proposed: Verdict, given: Verdict) -> Ruling:
    """What a decision says of the scorer's verdict and of the one that the agent proposed."""
    if given is original:
        return Ruling.UPHELD
    return Ruling.OVERTURNED if given is proposed else Ruling.PARTLY


def own_line(team: int, parents: Mapping[int, int | None], centres: Collection[int]) -> frozenset[int]:
    """The units of an agent's own line: the team and all above it, up to but without the centre (or the company)."""
    found: set[int] = set()
    unit: int | None = team
    while unit is not None and unit not in centres and unit not in found and parents[unit] is not None:
        found.add(unit)
        unit = parents[unit]
    return frozenset(found)


def require_arbiter(arbiter: Arbiter, contest: Contest, level: Level) -> None:
    """Raise Forbidden, with the reason, where a person may not decide a dispute on a level."""
    role = _ROLES[level]
    if role not in arbiter.roles:
        raise Forbidden("This level of a dispute is decided by {role}.", role=Terms(role.value))
    if arbiter.id in contest.scorers:
        raise Forbidden("Whoever scored a call does not decide a dispute about it.")
    if arbiter.id in {contest.agent, *contest.supervisors} or arbiter.unit in contest.units:
        raise Forbidden("A dispute is decided by somebody outside of the agent's own line.")
    if arbiter.id in contest.deciders:
        raise Forbidden("Nobody decides the same dispute twice.")


def may_decide(arbiter: Arbiter, contest: Contest, level: Level) -> bool:
    """Whether a person may decide a dispute on a level."""
    try:
        require_arbiter(arbiter, contest, level)
    except Forbidden:
        return False
    return True


def overturn_rates(decisions: Iterable[Decision], by: By) -> dict[str | int, OverturnRate]:
    """How often a disputed verdict was changed, by criterion, inspector or version of a check; in order of the key.

    The share is of decided disputes, not of all answers, with Wilson's interval. Answers without an inspector (or
    without a check) are left out where these are counted by.
    """
    groups: dict[str | int, list[Ruling]] = defaultdict(list)
    for one in decisions:
        if (key := getattr(one, by.value)) not in {None, ""}:
            groups[key].append(one.ruling)
    return {key: _rate(groups[key]) for key in sorted(groups, key=lambda key: (str(type(key)), key))}


def _rate(found: Sequence[Ruling]) -> OverturnRate:
    changed = sum(one is not Ruling.UPHELD for one in found)
    share = proportion(changed, len(found))
    assert share is not None  # noqa: S101 - a group has at least one decision
    return OverturnRate(len(found), found.count(Ruling.OVERTURNED), found.count(Ruling.PARTLY), share)


def closes_at(month: date, closing_day: int, days: WorkingDays) -> datetime:
    """When the sheet of the month that a day lies in closes (封账): 24:00 of the next month's n-th working day."""
    last_day = _next_month(month) - timedelta(days=1)
    return days.after_working_days(datetime.combine(last_day, time(12), days.zone), closing_day)


def _next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
