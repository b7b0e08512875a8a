"""Tables of mentors, training tasks with what happened to them, and skill certificates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from scorecards.training import Ground, TaskKind, TrainingStep


class MentorPairRow(Base):
    """An agent who guides another one, for some criteria, until somebody ends it with a word."""

    __tablename__ = "mentor_pair"
    __table_args__ = (CheckConstraint("mentor_id <> mentee_id", name="nobody_mentors_oneself"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    since: Mapped[date]
    criteria: Mapped[list[Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_words: Mapped[str] = mapped_column(Text, default="")


class TrainingTaskRow(Base):
    """Something that an agent is to do for a criterion, until a day."""

    __tablename__ = "training_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    kind: Mapped[TaskKind] = mapped_column(by_value(TaskKind))
    task: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]


class TrainingStepRow(Base):
    """What happened to a training task; appended only."""

    __tablename__ = "training_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("training_task.id"), index=True)
    kind: Mapped[TrainingStep] = mapped_column(by_value(TrainingStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text, default="")


class CertificateRow(Base):
    """A skill that an agent was certified in: on what ground, until when, and whether it was revoked."""

    __tablename__ = "skill_certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    skill: Mapped[str] = mapped_column(String(120))
    criteria: Mapped[list[Any]]
    ground: Mapped[Ground] = mapped_column(by_value(Ground))
    n: Mapped[int]
    share: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    mark: Mapped[float | None]
    granted_on: Mapped[date]
    expires_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_words: Mapped[str] = mapped_column(Text, default="")
