"""Tables of the people around the score: periods with their draws, the calls picked, and what agents say of a score."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from scorecards.disputes import StepKind
from scorecards.model import Verdict
from scorecards.sampling import Pool


class SamplePeriodRow(Base):
    """A month of sampling in a unit and everything below it, one queue or (empty) all; its seed is sealed."""

    __tablename__ = "sample_period"
    __table_args__ = (UniqueConstraint("unit_id", "name"), CheckConstraint("first <= last", name="first_before_last"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(40))
    first: Mapped[date]
    last: Mapped[date]
    queue: Mapped[str] = mapped_column(String(80), default="", server_default="")
    commitment: Mapped[str] = mapped_column(String(64))
    seed_sealed: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    drawn_to: Mapped[date | None]
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SampleDrawRow(Base):
    """One run of the lot: out of which frame, how many were wanted of each agent, under which rules."""

    __tablename__ = "sample_draw"
    __table_args__ = (UniqueConstraint("period_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("sample_period.id"))
    part: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    frame_sha256: Mapped[str] = mapped_column(String(64))
    frame: Mapped[list[Any]]
    wanted: Mapped[dict[str, Any]]
    rules_version: Mapped[int]


class PickRow(Base):
    """A call picked to be scored: why, by whom it is to be scored, who has it in hand, and what came of it."""

    __tablename__ = "pick"
    __table_args__ = (UniqueConstraint("call_pk", "pool"), Index("ix_pick_open", "ended_at", "inspector_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int | None] = mapped_column(ForeignKey("sample_period.id"), index=True)
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("sample_draw.id"))
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    pool: Mapped[Pool] = mapped_column(by_value(Pool))
    why: Mapped[list[Any]]
    rank: Mapped[int]
    inclusion: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    inspector_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))


class CapacityRow(Base):
    """How many calls an inspector takes beside the others (0: away, gets none); who has no row takes the usual."""

    __tablename__ = "inspector_capacity"

    inspector_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    calls: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisputeStepRow(Base):
    """What happened to an evaluation after it was told to the agent; appended only. No criterion: the whole of it."""

    __tablename__ = "dispute_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[StepKind] = mapped_column(by_value(StepKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    verdict: Mapped[Verdict | None] = mapped_column(by_value(Verdict))
    words: Mapped[str] = mapped_column(Text, default="")
