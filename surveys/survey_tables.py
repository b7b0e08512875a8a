"""Tables of callbacks and surveys: tasks, attempts, answers, links, who is left alone, what recordings say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from surveys.dispositions import Disposition
from surveys.model import Mode, Outcome, TaskKind, Verdict


class SurveyTaskRow(Base):
    """One customer to ask; `once` names what it follows from, so that it is scheduled once.

    `ready_at` is reckoned from the attempts and the calling rules: the next moment worth looking at, NULL once calling
    is over. `calling_since` is the call whose outcome is not logged yet. `link_stage` counts the messages with a link,
    `link_at` is when the next one is due.
    """

    __tablename__ = "survey_task"
    __table_args__ = (
        Index("ix_survey_task_ended_at_ready_at", "ended_at", "ready_at"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_with_an_outcome"),
        CheckConstraint("(claimed_by_id IS NULL) = (claimed_until IS NULL)", name="claimed_until_a_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[TaskKind] = mapped_column(by_value(TaskKind))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    priority: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calling_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    link_stage: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(by_value(Outcome))


class SurveyAttemptRow(Base):
    """One call or message of a task with what it came to; appended, never changed."""

    __tablename__ = "survey_attempt"
    __table_args__ = (
        UniqueConstraint("task_id", "number"),
        Index("ix_survey_attempt_customer_id_at", "customer_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("survey_task.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_phone: Mapped[bool]
    disposition: Mapped[Disposition] = mapped_column(by_value(Disposition))
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class SurveyResponseRow(Base):
    """The answers of one customer to one questionnaire; open until `finished_at`, then nothing in it changes."""

    __tablename__ = "survey_response"
    __table_args__ = (Index("ix_survey_response_survey_finished_at", "survey", "finished_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("survey_task.id"), unique=True)
    survey: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    mode: Mapped[Mode] = mapped_column(by_value(Mode))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    call_pk: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    outside_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    traits: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unhappy: Mapped[bool] = mapped_column(default=False)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SurveyAnswerRow(Base):
    """One answer as it was last given before the response was finished: a number, a text, or several choices."""

    __tablename__ = "survey_answer"

    response_id: Mapped[int] = mapped_column(ForeignKey("survey_response.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text, default="")
    chosen: Mapped[list[Any]]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DoNotContactRow(Base):
    """That a customer is not to be contacted, until a moment or for good; taken off again by `ended_at`."""

    __tablename__ = "do_not_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class SurveyLinkRow(Base):
    """A survey by link: its token is signed and dies when it was answered or has expired."""

    __tablename__ = "survey_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("survey_task.id"), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnswerDifferenceRow(Base):
    """That the recording of a callback seems to say another answer than was logged; people decide, nothing changes."""

    __tablename__ = "answer_difference"
    __table_args__ = (UniqueConstraint("response_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("survey_response.id"))
    question: Mapped[str] = mapped_column(String(80))
    logged: Mapped[float]
    spoken: Mapped[float]
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"))
    at_s: Mapped[float]
    end_s: Mapped[float]
    quote: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verdict: Mapped[Verdict | None] = mapped_column(by_value(Verdict))
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CorrectionRow(Base):
    """Wrong information that was given in a call: what was said, what is right, and the callback that tells it."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("survey_task.id"), unique=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    at_s: Mapped[float | None]
    said: Mapped[str] = mapped_column(String(500))
    right: Mapped[str] = mapped_column("is_right", Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
