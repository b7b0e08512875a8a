"""Tables of customers, complaint cases, their steps, and the deadlines that the steps have set."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from surveys.model import (
    ActionKind,
    AlarmLevel,
    CaseKind,
    Channel,
    EventKind,
    NoticeState,
    StepKind,
    Urgency,
)


class CustomerRow(Base):
    """A customer; name and number are sealed, the fingerprint finds the same number again."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_sealed: Mapped[str] = mapped_column(Text)
    phone_sealed: Mapped[str] = mapped_column(Text)
    phone_fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    email_sealed: Mapped[str] = mapped_column(Text, default="", server_default="")
    tier: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseRow(Base):
    """One complaint as it was registered; what happened afterwards stands in its steps."""

    __tablename__ = "complaint_case"
    __table_args__ = (
        Index("ix_complaint_case_unit_id_received_at", "unit_id", "received_at"),
        Index("ix_complaint_case_customer_id_received_at", "customer_id", "received_at"),
        CheckConstraint("joined_to_id IS NULL OR joined_to_id <> id", name="not_joined_to_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[CaseKind] = mapped_column(by_value(CaseKind))
    channel: Mapped[Channel] = mapped_column(by_value(Channel))
    urgency: Mapped[Urgency] = mapped_column(by_value(Urgency))
    class_code: Mapped[str] = mapped_column(String(80), default="", index=True)
    words: Mapped[str] = mapped_column(Text)
    demand: Mapped[str] = mapped_column(Text, default="")
    product: Mapped[str] = mapped_column(String(120), default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    campaign: Mapped[str] = mapped_column(String(120), default="")
    sender: Mapped[str] = mapped_column(String(200), default="")
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first_asked_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    profile: Mapped[str] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_case.id"))


class CaseStepRow(Base):
    """Something that happened in a case; appended, never changed."""

    __tablename__ = "case_step"
    __table_args__ = (UniqueConstraint("case_id", "number"), Index("ix_case_step_kind_at", "kind", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"))
    number: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(by_value(StepKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    result: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    facts: Mapped[dict[str, Any]]


class CaseDeadlineRow(Base):
    """A deadline as the clock reckoned it after the last step; written anew with every step."""

    __tablename__ = "case_deadline"
    __table_args__ = (Index("ix_case_deadline_ended_at_due_at", "ended_at", "due_at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_by: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused: Mapped[bool]
    provisional: Mapped[bool]


class CaseCallRow(Base):
    """A call that belongs to a case."""

    __tablename__ = "case_call"

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True, index=True)


class CaseNumberRow(Base):
    """How many numbers a day has given out."""

    __tablename__ = "case_number"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    given: Mapped[int]


class CalendarDayRow(Base):
    """An operator's correction of the working-day calendar."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AttachmentRow(Base):
    """A file kept with a case: its bytes lie encrypted in the data folder."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    mime: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeRow(Base):
    """A message to a customer or a sender; `once` is unique, so that catching up sends nothing twice."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_case_id_created_at", "case_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_case.id"))
    once: Mapped[str] = mapped_column(String(160), unique=True)
    template: Mapped[str] = mapped_column(String(60))
    sender: Mapped[str] = mapped_column(String(20))
    to_sealed: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(200), default="")
    body_sealed: Mapped[str] = mapped_column(Text)
    state: Mapped[NoticeState] = mapped_column(by_value(NoticeState), default=NoticeState.WAITING)
    reference: Mapped[str | None] = mapped_column(String(120), index=True)
    error: Mapped[str | None] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlarmRow(Base):
    """That a deadline was called out, once a level: to whom, and when they took note."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_seen_at_at", "seen_at", "at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_by: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[AlarmLevel] = mapped_column(by_value(AlarmLevel), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class KnownEventRow(Base):
    """A campaign or an outage registered beforehand, whose complaints are expected."""

    __tablename__ = "known_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(by_value(EventKind))
    title: Mapped[str] = mapped_column(String(200))
    class_code: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    campaign: Mapped[str] = mapped_column(String(120), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AlertRow(Base):
    """Many similar complaints within the window; `open_key` is unique while it is open, so that one cluster is one."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    open_key: Mapped[str | None] = mapped_column(String(250), unique=True)
    class_code: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120))
    campaign: Mapped[str] = mapped_column(String(120))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("known_event.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    closing: Mapped[str] = mapped_column(String(500), default="")


class AlertCaseRow(Base):
    """A complaint that belongs to an alert."""

    __tablename__ = "alert_case"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True, index=True)


class CorrectiveActionRow(Base):
    """A corrective action (整改) as it was opened; proof and verification stand in its steps."""

    __tablename__ = "corrective_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(Text)
    task: Mapped[str] = mapped_column(Text)
    class_code: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    product: Mapped[str] = mapped_column(String(120), default="")
    campaign: Mapped[str] = mapped_column(String(120), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CorrectiveStepRow(Base):
    """Something that happened to a corrective action; appended, never changed."""

    __tablename__ = "corrective_step"
    __table_args__ = (UniqueConstraint("action_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("corrective_action.id"))
    number: Mapped[int]
    kind: Mapped[ActionKind] = mapped_column(by_value(ActionKind))
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseSupportRow(Base):
    """A unit that supports the lead unit of a case and sees it."""

    __tablename__ = "case_support"

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
