"""Tables of calls, their recordings, playback copies and transcript revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from transcription.model import RecordingState


class SourceRow(Base):
    """Where recordings come from: what their channels hold and which language is spoken."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    channel_map: Mapped[str] = mapped_column(String(80), default="agent,customer")
    language: Mapped[str] = mapped_column(String(8), default="auto")
    line_of_business: Mapped[str] = mapped_column(String(80), default="telecom")


class CallRow(Base):
    """One conversation. `customer_ref` is contact data: shown masked only."""

    __tablename__ = "call"
    __table_args__ = (Index("ix_call_unit_id_started_at", "unit_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(String(120), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    direction: Mapped[str] = mapped_column(String(16), default="")
    queue: Mapped[str] = mapped_column(String(80), default="", index=True)
    case_ref: Mapped[str] = mapped_column(String(80), default="", index=True)
    customer_ref: Mapped[str] = mapped_column(String(120), default="")
    rating: Mapped[int | None]
    hangup_by: Mapped[str] = mapped_column(String(16), default="")
    transfer_from: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallAgentRow(Base):
    """An agent on a call, in the order they spoke (a transferred call has several)."""

    __tablename__ = "call_agent"

    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class RecordingRow(Base):
    """One audio file, known by the hash of its bytes; the original is never touched."""

    __tablename__ = "recording"
    __table_args__ = (
        CheckConstraint("(state = 'quarantined') = (reason IS NOT NULL)", name="quarantine_has_reason"),
        CheckConstraint("state = 'quarantined' OR call_pk IS NOT NULL", name="usable_has_call"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_pk: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    duration_s: Mapped[float | None]
    codec: Mapped[str] = mapped_column(String(40), default="")
    sample_rate: Mapped[int | None]
    channels: Mapped[int | None]
    channel_map: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8), default="auto")
    state: Mapped[RecordingState] = mapped_column(by_value(RecordingState), index=True)
    reason_code: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(500))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class PlaybackRow(Base):
    """The copy that browsers play: Opus in WebM, in chunks that can be read (and later sealed) one by one."""

    __tablename__ = "playback"

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255))
    mime: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    chunks: Mapped[list[Any]]
    waveforms: Mapped[list[Any]]


class TranscriptRow(Base):
    """One revision of what was heard; never edited: a mended line makes a new revision with a parent."""

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("recording_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    revision: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("transcript.id"))
    language: Mapped[str] = mapped_column(String(8))
    engine: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(String(120))
    model_sha256: Mapped[str] = mapped_column(String(64))
    vocabulary: Mapped[str | None] = mapped_column(String(60))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
