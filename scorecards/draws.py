"""What is read of sampling: periods with their progress, draws run again, and the rates that random picks give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core.access import SYSTEM, Action, Actor, reach
from qa_app.core.contacts import Vault
from qa_app.core.errors import Conflict, NotFound
from scorecards import queries, sampling
from scorecards.sampling import Candidate, Drawn, Pick, Pool, Rate, Verification
from scorecards.work_tables import PickRow, SampleDrawRow, SamplePeriodRow

_P = PickRow


@dataclass(frozen=True, slots=True)
class Period:
    """A period as people see it; the seed is empty until it is made known."""

    id: int
    unit_id: int
    name: str
    first: date
    last: date
    commitment: str
    opened_at: datetime
    seed: str
    revealed_at: datetime | None
    closed_at: datetime | None
    parts: int
    picked: Mapping[Pool, int]
    scored: Mapping[Pool, int]
    queue: str = ""


def verified(session: Session, actor: Actor, vault: Vault, period_id: int) -> list[tuple[int, Verification]]:
    """Every draw of a period run again from its seed and its frames, by part; Conflict while the seed is sealed."""
    period = _period(session, actor, period_id)
    if period.revealed_at is None:
        raise Conflict("The seed of {period} is sealed until the period is over.", period=period.name)
    seed = vault.unseal(period.seed_sealed)
    return [(drawn.part, sampling.verify(drawn, seed, frame)) for drawn, frame in drawn_parts(session, period)]


def drawn_parts(session: Session, period: SamplePeriodRow) -> list[tuple[Drawn, list[Candidate]]]:
    """The random draws of a period with their frames, in order."""
    rows = session.scalars(
        select(SampleDrawRow).where(SampleDrawRow.period_id == period.id).order_by(SampleDrawRow.part)
    ).all()
    picks: dict[int, list[Pick]] = {row.id: [] for row in rows}
    query = select(_P).where(_P.period_id == period.id, _P.pool == Pool.RANDOM).order_by(_P.id)
    for one in session.scalars(query):
        picks[one.draw_id or 0].append(_as_pick(one))
    return [
        (Drawn(period.id, period.name, row.part, period.commitment, row.frame_sha256,
               {int(agent): n for agent, n in row.wanted.items()}, tuple(picks[row.id])),
         [_read(one) for one in row.frame])
        for row in rows
    ]  # fmt: skip


def periods(session: Session, actor: Actor, vault: Vault) -> list[Period]:
    """The periods in reach, the newest first, each with how many calls were picked and scored by pool."""
    found = reach(actor, Action.SEE_SAMPLING)
    query = select(SamplePeriodRow).order_by(SamplePeriodRow.first.desc(), SamplePeriodRow.id)
    if not found.everything:
        query = query.where(SamplePeriodRow.unit_id.in_(found.units))
    return [_shown(session, vault, row) for row in session.scalars(query)]


def _shown(session: Session, vault: Vault, row: SamplePeriodRow) -> Period:
    counts = session.execute(
        select(_P.pool, func.count(), func.count(_P.evaluation_id)).where(_P.period_id == row.id).group_by(_P.pool)
    ).all()
    parts = session.scalar(select(func.count()).where(SampleDrawRow.period_id == row.id)) or 0
    seed = vault.unseal(row.seed_sealed) if row.revealed_at is not None else ""
    return Period(row.id, row.unit_id, row.name, row.first, row.last, row.commitment, row.opened_at, seed,
                  row.revealed_at, row.closed_at, parts, {pool: n for pool, n, _ in counts},
                  {pool: n for pool, _, n in counts}, row.queue)  # fmt: skip


def quality_rate(session: Session, actor: Actor, period_id: int) -> Rate | None:
    """The share of all calls of a period that would pass, from its random picks alone, with its 95 % interval.

    Calls of other pools never enter it; a pick whose evaluation is open or missing is not scored yet.
    """
    period = _period(session, actor, period_id)
    parts = [(frame, drawn.picks) for drawn, frame in drawn_parts(session, period)]
    scored = select(_P.call_pk).where(_P.period_id == period_id, _P.pool == Pool.RANDOM, _P.evaluation_id.is_not(None))
    found = queries.scores(session, SYSTEM, session.scalars(scored))  # as they stand after re-checks and disputes
    values = {call: float(one.person_passed) for call, one in found.items() if one.person_passed is not None}
    return sampling.estimate(sampling.over_period(parts), values) if parts else None


def _period(session: Session, actor: Actor, period_id: int) -> SamplePeriodRow:
    row, found = session.get(SamplePeriodRow, period_id), reach(actor, Action.SEE_SAMPLING)
    if row is None or not (found.everything or row.unit_id in found.units):
        raise NotFound("There is no period {period} that you may see.", period=period_id)
    return row


def _as_pick(row: PickRow) -> Pick:
    return Pick(row.call_pk, row.agent_id, row.pool, tuple(row.why), row.rank, row.inclusion)


def _read(line: Sequence[Any]) -> Candidate:
    call, agent, team, stratum, day, reasons = line
    return Candidate(call, agent, team, str(stratum), date.fromisoformat(str(day)), frozenset(reasons))
