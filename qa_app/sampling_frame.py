"""The calls that people may be asked to score, with what of them, their machine score and their case speaks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import SYSTEM, Actor
from qa_app.core.db import batches, transaction
from scorecards import drawing, queries, regimes, work
from scorecards.drawing import Basis, NewPeriod
from scorecards.regime import Regime
from scorecards.sampling import Candidate
from surveys import queries as complaints
from surveys.call_reasons import reasons_of_calls
from surveys.office import Office
from transcription import finding
from transcription.finding import ScoreableCall

LOW_RATING, REPEATS = 2, 2
A_DAY = timedelta(days=1)
LONGEST_NAME = 40


def draw_due(engine: Engine, now: datetime, office: Office) -> int:
    """Every period's draw up to yesterday, and its calls given out; the seed is revealed once the last day was drawn.

    Returns how many calls were picked. Each period has a transaction of its own.
    """
    today, found = now.astimezone(office.zone).date(), 0
    with transaction(engine) as session:
        due = [(row.id, row.last) for row in drawing.open_periods(session, today)]
    for period_id, last in due:
        with transaction(engine) as session:
            found += draw(session, SYSTEM, now, office, period_id)
            if today > last:
                drawing.reveal(session, SYSTEM, now, office.vault, period_id, office.zone)
    return found


def draw(session: Session, actor: Actor, now: datetime, office: Office, period_id: int) -> int:
    """Draw what is due in a period by the end of yesterday, and give it out to inspectors."""
    period = drawing.period(session, actor, period_id)
    day = min(now.astimezone(office.zone).date() - A_DAY, period.last)
    if day < period.first or period.drawn_to == day:
        return 0
    regime = regimes.regime(session, now)
    since = max(datetime.combine(period.first, time(), office.zone), period.opened_at)
    until = datetime.combine(day + A_DAY, time(), office.zone)
    calls = finding.scoreable_calls(session, people.subtree(session, period.unit_id), since, until, regime.least_call_s)
    calls = [one for one in calls if period.queue in ("", one.queue)]
    frame = candidates(session, calls, regime, office)
    days = complaints.working_days(session, office.zone)
    picked = drawing.draw(session, actor, now, office.vault, period_id, Basis(frame, day, regime, days))
    work.assign(session, actor, now)
    return picked


def next_month(office: Office, now: datetime, unit_id: int, queue: str = "") -> NewPeriod:
    """The calendar month after this one, as a period of a unit, of one queue or all."""
    today = now.astimezone(office.zone).date()
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    name = f"{first:%Y-%m} {queue}".rstrip()[:LONGEST_NAME]
    return NewPeriod(unit_id, name, first, (first + timedelta(days=32)).replace(day=1) - A_DAY, queue)


def candidates(
    session: Session, calls: Sequence[ScoreableCall], regime: Regime, office: Office
) -> list[Candidate]:  # fmt: skip
    """Calls as the draw sees them; those not fit for scoring are left out."""
    unfit = queries.unfit_calls(session)
    calls = [one for one in calls if one.id not in unfit]
    started = people.started(session)
    reasons: dict[int, frozenset[str]] = {}
    threats: set[int] = set()
    silences: dict[int, float] = {}
    for batch in batches(calls):
        ids = [one.id for one in batch]
        reasons |= reasons_of_calls(session, {one.id: one.case_ref for one in batch})
        threats |= queries.calls_with_signal(session, "escalation_threat", ids)
        silences |= finding.longest_silences(session, ids)
    repeats = {who for who, n in Counter(one.customer_ref for one in calls).items() if who and n >= REPEATS}
    limit = regime.risk["long_silence"].silence_s if "long_silence" in regime.risk else None

    def of(one: ScoreableCall, day: date) -> Candidate:
        found = set(reasons.get(one.id, ()))
        found |= {"escalation_threat"} if one.id in threats else set()
        found |= {"low_satisfaction"} if one.rating is not None and 0 < one.rating <= LOW_RATING else set()
        found |= {"repeat_caller"} if one.customer_ref in repeats else set()
        found |= {"long_silence"} if limit is not None and silences.get(one.id, 0.0) >= limit else set()
        stratum = regime.stratum(started.get(one.agent_id, day), day)
        return Candidate(one.id, one.agent_id, one.unit_id, stratum, day, frozenset(found))

    return [of(one, one.started_at.astimezone(office.zone).date()) for one in calls]
