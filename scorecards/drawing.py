"""Periods of sampling: opened under a seed that is committed to, drawn from day by day, revealed when they are over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, reach
from qa_app.core.contacts import Vault
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.working_days import WorkingDays
from scorecards import sampling
from scorecards.model import Author, Purpose
from scorecards.regime import Regime
from scorecards.sampling import Candidate, Pick, Pool, RandomQuota, RiskQuota
from scorecards.tables import EvaluationRow
from scorecards.work_tables import PickRow, SampleDrawRow, SamplePeriodRow
from transcription.finding import unit_and_agent
from transcription.queries import may_reach_call

_P = PickRow
LONGEST_WHY = 200
ASKED = "asked_by_agent"
"""Why a call is in the queue whose agent asked for a person."""


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """A span of whole days in a unit and everything below it; of one queue, or (empty) of all."""

    unit_id: int
    name: str
    first: date
    last: date
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a draw rests on: the scoreable calls of the period up to the end of a day, the regime, the calendar."""

    frame: Sequence[Candidate]
    day: date
    regime: Regime
    days: WorkingDays


def open_period(session: Session, actor: Actor, now: datetime, vault: Vault, new: NewPeriod) -> int:
    """Make a period's seed, seal it, and journal its hash; only calls that begin after this can be drawn by it."""
    _require_unit(actor, new.unit_id)
    if new.last < new.first:
        raise Invalid("The period ends on {last}, before it starts on {first}.", first=new.first, last=new.last)
    beside = select(SamplePeriodRow.name).where(
        SamplePeriodRow.unit_id == new.unit_id, SamplePeriodRow.first <= new.last, SamplePeriodRow.last >= new.first
    )
    if new.queue:  # other queues have other calls
        beside = beside.where(SamplePeriodRow.queue.in_(("", new.queue)))
    if (other := session.scalar(beside.limit(1))) is not None:
        raise Conflict("The period {period} of this unit has some of these days already.", period=other)
    seed = sampling.new_seed()
    row = SamplePeriodRow(
        unit_id=new.unit_id, name=new.name, first=new.first, last=new.last, queue=new.queue,
        commitment=sampling.commitment(seed), seed_sealed=vault.seal(seed), opened_at=now, opened_by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "sample.open", f"period:{row.id}", now, name=new.name, commitment=row.commitment,
                   first=new.first.isoformat(), last=new.last.isoformat(),
                   **({"queue": new.queue} if new.queue else {}))  # fmt: skip
    return row.id


def open_periods(session: Session, day: date) -> list[SamplePeriodRow]:
    """The periods that are being drawn from on a day."""
    row = SamplePeriodRow
    query = select(row).where(row.first <= day, row.revealed_at.is_(None)).order_by(row.id)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Span:
    """A period as the draw needs it; `drawn_to` is the last day that was drawn for."""

    unit_id: int
    first: date
    last: date
    opened_at: datetime
    drawn_to: date | None
    queue: str


def period(session: Session, actor: Actor, period_id: int) -> Span:
    """The period, locked for a draw."""
    row = _period(session, actor, period_id)
    return Span(row.unit_id, row.first, row.last, row.opened_at, row.drawn_to, row.queue)


def draw(
    session: Session, actor: Actor, now: datetime, vault: Vault, period_id: int, basis: Basis
) -> int:  # fmt: skip
    """Top the period up to what is due at the end of a day that is over; returns how many calls were picked."""
    period = _period(session, actor, period_id)
    if period.revealed_at is not None:
        raise Conflict("The seed of {period} is known; nothing more is drawn by it.", period=period.name)
    period.drawn_to = basis.day
    drawn = _Drawing(session, period, vault.unseal(period.seed_sealed), basis.regime, list(basis.frame))
    picks, by_lot, wanted = drawn.picks(min(basis.day, period.last), basis.days)
    if not picks:
        return 0
    row = SampleDrawRow(
        period_id=period_id, part=drawn.part, at=now, by_id=actor.user_id, frame_sha256=sampling.frame_hash(by_lot),
        frame=[_written(one) for one in by_lot], wanted={str(agent): n for agent, n in wanted.items()},
        rules_version=basis.regime.version,
    )  # fmt: skip
    session.add(row)
    session.flush()
    drawn.keep(now, actor, row.id, picks)
    counts = Counter(one.pool.value for one in picks)
    journal.record(session, actor, "sample.draw", f"period:{period_id}", now, part=drawn.part, frame=row.frame_sha256,
                   **counts)  # fmt: skip
    return len(picks)


class _Drawing:
    """One run of the lot over a frame: what was picked before, what is picked now."""

    def __init__(
        self, session: Session, period: SamplePeriodRow, seed: str, regime: Regime, frame: list[Candidate]
    ) -> None:  # fmt: skip
        self.session, self.period, self.seed, self.regime, self.frame = session, period, seed, regime, frame
        last = select(func.max(SampleDrawRow.part)).where(SampleDrawRow.period_id == period.id)
        self.part = 1 + (session.scalar(last) or 0)
        self.taken: dict[Pool, set[int]] = {pool: set() for pool in Pool}
        for pool, call in session.execute(select(_P.pool, _P.call_pk).where(_P.created_at >= period.opened_at)):
            self.taken[pool].add(call)
        scored = select(EvaluationRow.call_pk, func.max(EvaluationRow.id)).where(
            EvaluationRow.author == Author.PERSON, EvaluationRow.purpose == Purpose.SCORE.value,
            EvaluationRow.created_at >= period.opened_at,
        )  # fmt: skip
        by_call = session.execute(scored.group_by(EvaluationRow.call_pk))
        self.scored: dict[int, int] = {call: made for call, made in by_call}  # noqa: C416 - rows are no pairs

    def picks(self, day: date, days: WorkingDays) -> tuple[list[Pick], list[Candidate], dict[int, int]]:
        """By lot, then what is always checked, then risk, then re-checks; with the random frame and what was wanted."""
        given = (self.seed, self.period.id, self.period.name, self.part)
        by_lot = [one for one in self.frame if one.call not in self.taken[Pool.RANDOM]]
        wanted = self._wanted(by_lot, day, days)
        random = sampling.draw_random(*given, by_lot, wanted)
        gone = set[int]().union(*(self.taken[pool] for pool in Pool if pool is not Pool.RECHECK))
        gone |= {one.call for one in random}
        always = sampling.picks_always(self.frame, self.regime.always, gone)
        gone |= {one.call for one in always}
        risk = sampling.draw_risk(*given, self.frame, self._risk_left(), gone)
        submitted = [one for one in self.frame if one.call in self.scored]
        again = sampling.draw_recheck(*given, submitted, self.regime.recheck_share, self.taken[Pool.RECHECK])
        return [*random, *always, *risk, *again], by_lot, wanted

    def _wanted(self, by_lot: list[Candidate], day: date, days: WorkingDays) -> dict[int, int]:
        first, last = self.period.first, self.period.last
        span = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        off = {one for one in span if not days.is_working(one)}
        calls = self.regime.calls_in(first, last)
        quota = RandomQuota({name: sampling.due_by(most, day, first, last, off) for name, most in calls.items()})
        agents = select(_P.agent_id).where(_P.period_id == self.period.id, _P.pool == Pool.RANDOM)
        return sampling.still_wanted(quota, by_lot, Counter(self.session.scalars(agents)))

    def _risk_left(self) -> dict[str, RiskQuota]:
        """What each risk rule may still bring in this period."""
        used: Counter[str] = Counter()
        before = select(_P.why).where(_P.period_id == self.period.id, _P.pool == Pool.RISK)
        for why in self.session.scalars(before):
            used.update(why)
        return {
            name: RiskQuota(max(0, one.in_all - used[name]), one.per_agent) for name, one in self.regime.risk.items()
        }

    def keep(self, now: datetime, actor: Actor, draw_id: int, picks: list[Pick]) -> None:
        """Write the picks. A call that a person has scored counts as scored at once; one drawn by lot leaves its pool.

        Calls of a team are in the unit of that team, so that who may score there finds them.
        """
        units = {one.call: one.team for one in self.frame}
        for one in picks:
            if one.pool is Pool.RANDOM:
                self._end_others(now, one.call)
            done = self.scored.get(one.call) if one.pool is not Pool.RECHECK else None
            self.session.add(PickRow(
                period_id=self.period.id, draw_id=draw_id, call_pk=one.call, agent_id=one.agent,
                unit_id=units[one.call] or self.period.unit_id, pool=one.pool, why=list(one.why), rank=one.rank,
                inclusion=one.inclusion, created_at=now, by_id=actor.user_id, ended_at=now if done else None,
                evaluation_id=done,
            ))  # fmt: skip
        self.session.flush()

    def _end_others(self, now: datetime, call: int) -> None:
        others = select(_P).where(_P.call_pk == call, _P.ended_at.is_(None), _P.pool != Pool.RECHECK)
        for row in self.session.scalars(others):
            row.ended_at = now


def pick_by_hand(session: Session, actor: Actor, now: datetime, call_pk: int, why: str) -> int:
    """Ask for a call to be scored; it never enters a rate. Returns the pick that is open for it."""
    return _by_hand(session, actor, now, call_pk, why, Action.DRAW_SAMPLE)


def ask_for_person(session: Session, actor: Actor, now: datetime, call_pk: int) -> int:
    """An agent asks that a person scores the own call."""
    return _by_hand(session, actor, now, call_pk, ASKED, Action.CONTEST_EVALUATION)


def _by_hand(session: Session, actor: Actor, now: datetime, call_pk: int, why: str, action: Action) -> int:
    if not may_reach_call(session, reach(actor, action), call_pk):
        raise NotFound("There is no call {call} that you may see.", call=call_pk)
    if not why.strip():
        raise Invalid("Say why this call is to be scored.")
    known = select(_P.id).where(_P.call_pk == call_pk, _P.ended_at.is_(None), _P.pool != Pool.RECHECK)
    if (open_one := session.scalar(known.limit(1))) is not None:
        return open_one
    unit_id, agent_id = unit_and_agent(session, call_pk)
    row = session.scalars(select(_P).where(_P.call_pk == call_pk, _P.pool == Pool.MANUAL)).first()
    if row is None:
        row = PickRow(call_pk=call_pk, agent_id=agent_id, unit_id=unit_id, pool=Pool.MANUAL, why=[], rank=1,
                      created_at=now)  # fmt: skip
        session.add(row)
    row.why, row.by_id, row.ended_at, row.evaluation_id = [why.strip()[:LONGEST_WHY]], actor.user_id, None, None
    session.flush()
    journal.record(session, actor, "sample.pick", f"call:{call_pk}", now, reason=row.why[0])
    return row.id


def reveal(session: Session, actor: Actor, now: datetime, vault: Vault, period_id: int, zone: ZoneInfo) -> str:
    """Make the seed of a period that is over known to everybody; nothing more is drawn by it."""
    period = _period(session, actor, period_id)
    if now.astimezone(zone).date() <= period.last:
        raise Conflict("The period {period} runs until {last}; its seed stays sealed until then.", period=period.name,
                       last=period.last)  # fmt: skip
    seed = vault.unseal(period.seed_sealed)
    if period.revealed_at is None:
        period.revealed_at = now
        journal.record(session, actor, "sample.reveal", f"period:{period_id}", now, seed=seed)
    return seed


def _period(session: Session, actor: Actor, period_id: int) -> SamplePeriodRow:
    row = session.get(SamplePeriodRow, period_id, with_for_update=True)
    found = reach(actor, Action.DRAW_SAMPLE)
    if row is None or not (found.everything or row.unit_id in found.units):
        raise NotFound("There is no period {period} that you may see.", period=period_id)
    return row


def _require_unit(actor: Actor, unit_id: int) -> None:
    found = reach(actor, Action.DRAW_SAMPLE)
    if not (found.everything or unit_id in found.units):
        raise Forbidden("This unit is not one of yours.")


def _written(one: Candidate) -> list[object]:
    return [one.call, one.agent, one.team, one.stratum, one.day.isoformat(), sorted(one.reasons)]
