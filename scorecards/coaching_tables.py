"""Tables of coaching: a session with its goals and the clips to play, and what happened to it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from scorecards.model import CoachingStep


class CoachingRow(Base):
    """A coaching session that a superior plans for an agent."""

    __tablename__ = "coaching"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    planned_for: Mapped[date]
    words: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CoachingGoalRow(Base):
    """A criterion that a session is about, and what the agent is to do otherwise."""

    __tablename__ = "coaching_goal"

    coaching_id: Mapped[int] = mapped_column(ForeignKey("coaching.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(80), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")


class CoachingClipRow(Base):
    """A stretch of a call to be played: the evidence of an answer."""

    __tablename__ = "coaching_clip"

    id: Mapped[int] = mapped_column(primary_key=True)
    coaching_id: Mapped[int] = mapped_column(ForeignKey("coaching.id"), index=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    start_s: Mapped[float | None]
    words: Mapped[str] = mapped_column(Text, default="")


class CoachingStepRow(Base):
    """What happened to a session; appended only."""

    __tablename__ = "coaching_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    coaching_id: Mapped[int] = mapped_column(ForeignKey("coaching.id"), index=True)
    kind: Mapped[CoachingStep] = mapped_column(by_value(CoachingStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text, default="")
