"""Stored transcripts in bulk, cut to a reach: what a new scorecard is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_app.core.access import Reach
from qa_app.core.tables import UnitRow, UserRow
from transcription.files import transcript_from_stored
from transcription.model import Kind, Transcript
from transcription.queries import within
from transcription.tables import CallAgentRow, CallRow, RecordingRow, TranscriptRow

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call with its newest transcript, its agents' names and its team's."""

    call_pk: int
    call_id: str
    unit_id: int
    team: str
    agents: tuple[str, ...]
    agent_ids: frozenset[int]
    transcript_id: int
    transcript: Transcript


def stored_calls(session: Session, found: Reach, language: str, kind: Kind, most: int) -> Iterator[StoredCall]:
    """The newest transcribed calls of a language and kind within a reach, newest first, some hundred in memory."""
    chosen = session.execute(_chosen(found, language, kind, most)).all()
    for start in range(0, len(chosen), AT_ONCE):
        part = chosen[start : start + AT_ONCE]
        wanted = select(TranscriptRow.id, TranscriptRow.body).where(TranscriptRow.id.in_([row[1] for row in part]))
        bodies: dict[int, dict[str, Any]] = dict(session.execute(wanted).all())
        names = _agents(session, [row[0] for row in part])
        for call_pk, transcript_id, call_id, unit_id, team in part:
            people = names.get(call_pk, {})
            heard = transcript_from_stored(bodies[transcript_id])
            yield StoredCall(
                call_pk, call_id, unit_id, team, tuple(people.values()), frozenset(people), transcript_id, heard
            )


def _chosen(found: Reach, language: str, kind: Kind, most: int) -> Select[int, int, str, int, str]:
    later = TranscriptRow.__table__.alias("later")
    newer = select(later.c.id).where(
        later.c.recording_id == TranscriptRow.recording_id, later.c.revision > TranscriptRow.revision
    )
    return (
        select(CallRow.id, TranscriptRow.id, CallRow.call_id, CallRow.unit_id, UnitRow.name)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(TranscriptRow, TranscriptRow.recording_id == RecordingRow.id)
        .join(UnitRow, UnitRow.id == CallRow.unit_id)
        .where(
            within(found),
            TranscriptRow.language == language,
            func.coalesce(TranscriptRow.body["kind"].as_string(), Kind.PHONE.value) == kind.value,
            ~newer.exists(),
        )
        .order_by(CallRow.started_at.desc(), CallRow.id.desc(), TranscriptRow.id)
        .limit(most)
    )


def _agents(session: Session, call_pks: list[int]) -> dict[int, dict[int, str]]:
    query = (
        select(CallAgentRow.call_pk, UserRow.id, UserRow.name)
        .join(UserRow, UserRow.id == CallAgentRow.user_id)
        .where(CallAgentRow.call_pk.in_(call_pks))
        .order_by(CallAgentRow.call_pk, CallAgentRow.position)
    )
    names: dict[int, dict[int, str]] = {}
    for call_pk, user_id, name in session.execute(query):
        names.setdefault(call_pk, {})[user_id] = name
    return names
