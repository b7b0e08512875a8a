"""Calls found for others: by whom they went to and when, by the key that the customer pressed afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from qa_app.core.errors import Invalid, NotFound
from transcription.model import RecordingState, Transcript
from transcription.queries import transcript
from transcription.tables import CallAgentRow, CallRow, RecordingRow, TranscriptRow

MOST = 500


@dataclass(frozen=True, slots=True)
class RatedCall:
    """A call after which the customer pressed a key."""

    id: int
    unit_id: int
    started_at: datetime
    case_ref: str
    rating: int


def calls_between(session: Session, since: datetime, until: datetime) -> list[tuple[int, datetime, str]]:
    """The calls that began in a time: id, beginning, and the customer's reference as the telephone system gave it."""
    query = select(CallRow.id, CallRow.started_at, CallRow.customer_ref)
    rows = session.execute(query.where(CallRow.started_at.between(since, until), CallRow.customer_ref != ""))
    return [(call_pk, at, reference) for call_pk, at, reference in rows]


def heard_in_call(session: Session, call_pk: int) -> Transcript | None:
    """The newest transcript of a call; None while there is none."""
    query = (
        select(TranscriptRow.id)
        .join(RecordingRow, RecordingRow.id == TranscriptRow.recording_id)
        .where(RecordingRow.call_pk == call_pk)
        .order_by(TranscriptRow.id.desc())
    )
    found = session.scalar(query.limit(1))
    return transcript(session, found)[1] if found is not None else None


def rated_calls(session: Session, known: Select[int], most: int) -> list[RatedCall]:
    """Calls with an after-call rating from 1 to `most` that are not among those known, the oldest first."""
    query = select(CallRow).where(CallRow.rating.between(1, most), CallRow.id.not_in(known))
    found = session.scalars(query.order_by(CallRow.id).limit(MOST))
    return [RatedCall(row.id, row.unit_id, row.started_at, row.case_ref, row.rating or 0) for row in found]


def call_named(session: Session, call_id: str) -> int:
    """The call of exactly that call_id, for whoever links it to a case; NotFound where there is none."""
    found = session.scalar(select(CallRow.id).where(CallRow.call_id == call_id.strip()))
    if found is not None:
        return found
    raise NotFound("There is no call {call}. Copy its number as the Calls page shows it.", call=call_id.strip())


@dataclass(frozen=True, slots=True)
class ScoreableCall:
    """A transcribed call that people may be asked to score: whose it is, and what of it speaks for listening."""

    id: int
    agent_id: int
    unit_id: int
    started_at: datetime
    queue: str
    duration_s: float
    rating: int | None
    customer_ref: str
    case_ref: str


def scoreable_calls(
    session: Session, units: Collection[int], since: datetime, until: datetime, least_s: float
) -> list[ScoreableCall]:
    """The transcribed calls of some units that began in a time and last long enough, each with its first agent."""
    recording, agent = RecordingRow, CallAgentRow
    query = (
        select(CallRow, func.max(recording.duration_s), agent.user_id)
        .join(recording, recording.call_pk == CallRow.id)
        .join(agent, and_(agent.call_pk == CallRow.id, agent.position == 0))
        .where(CallRow.unit_id.in_(units), CallRow.started_at >= since, CallRow.started_at < until,
               recording.state == RecordingState.TRANSCRIBED)
        .group_by(CallRow.id, agent.user_id)
        .having(func.max(recording.duration_s) >= least_s)
        .order_by(CallRow.id)
    )  # fmt: skip
    return [
        ScoreableCall(row.id, agent_id, row.unit_id, row.started_at, row.queue, duration or 0.0, row.rating,
                      row.customer_ref, row.case_ref)
        for row, duration, agent_id in session.execute(query)
    ]  # fmt: skip


def longest_silences(session: Session, call_pks: Collection[int]) -> dict[int, float]:
    """The longest silence of each of these calls in seconds, from its newest transcript."""
    query = (
        select(RecordingRow.call_pk, TranscriptRow.body)
        .join(RecordingRow, RecordingRow.id == TranscriptRow.recording_id)
        .where(RecordingRow.call_pk.in_(call_pks))
        .order_by(TranscriptRow.id)
    )
    return {
        call_pk: max((end - start for start, end in (body.get("metrics") or {}).get("silences", ())), default=0.0)
        for call_pk, body in session.execute(query)
    }


def unit_and_agent(session: Session, call_pk: int) -> tuple[int, int]:
    """The unit of a call and the agent who took it; Invalid where nobody is known to have."""
    unit, agent = session.get_one(CallRow, call_pk).unit_id, CallAgentRow
    first = select(agent.user_id).where(agent.call_pk == call_pk).order_by(agent.position).limit(1)
    if (found := session.scalar(first)) is None:
        raise Invalid("Nobody is known to have taken call {call}; name the agent in its metadata.", call=call_pk)
    return unit, found


def units_of_calls(session: Session, call_pks: Collection[int], units: Collection[int]) -> dict[int, tuple[str, int]]:
    """The number and the unit of those calls that lie in some units."""
    query = select(CallRow.id, CallRow.call_id, CallRow.unit_id)
    rows = session.execute(query.where(CallRow.id.in_(call_pks), CallRow.unit_id.in_(units)))
    return {call_pk: (call_id, unit) for call_pk, call_id, unit in rows}


def calls_of_agent(user_id: int) -> Select[int]:
    """The calls in which somebody spoke for the centre, as a query to narrow others by."""
    return select(CallAgentRow.call_pk).where(CallAgentRow.user_id == user_id)


def agents_of_each(session: Session, call_pks: Collection[int]) -> dict[int, frozenset[int]]:
    """Everybody who spoke for the centre, call by call."""
    found: dict[int, set[int]] = {call_pk: set() for call_pk in call_pks}
    query = select(CallAgentRow.call_pk, CallAgentRow.user_id).where(CallAgentRow.call_pk.in_(call_pks))
    for call_pk, user_id in session.execute(query):
        found[call_pk].add(user_id)
    return {call_pk: frozenset(agents) for call_pk, agents in found.items()}
