"""Tables of audits: the plan under its sealed seed, the draw, what each piece came to, findings with their steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from scorecards.auditing import AuditKind, AuditStep, Result, Severity
from scorecards.finding_rules import FindingStep


class AuditRow(Base):
    """An audit as it was planned: what is looked at, the filter, the aim, the checklist, and the seed's hash."""

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("first <= last", name="first_before_last"),
        CheckConstraint("rate > 0 AND rate < 1", name="rate_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AuditKind] = mapped_column(by_value(AuditKind))
    purpose: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    class_code: Mapped[str] = mapped_column(String(80), default="")
    rate: Mapped[float]
    chance: Mapped[float]
    wanted: Mapped[int | None]
    checklist: Mapped[str] = mapped_column(Text)
    commitment: Mapped[str] = mapped_column(String(64))
    seed_sealed: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class AuditStepRow(Base):
    """What happened to an audit; appended only, each kind once."""

    __tablename__ = "audit_step"
    __table_args__ = (UniqueConstraint("audit_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    kind: Mapped[AuditStep] = mapped_column(by_value(AuditStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text, default="")


class AuditDrawRow(Base):
    """The lot of an audit: the frame, its hash, how many were drawn, and the seed that was made known with it."""

    __tablename__ = "audit_draw"

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    seed: Mapped[str] = mapped_column(String(64))
    frame_sha256: Mapped[str] = mapped_column(String(64))
    frame: Mapped[list[Any]]
    n: Mapped[int]


class AuditPieceRow(Base):
    """A piece that was drawn: a case, an evaluation or a callback by its id, with what the data propose.

    In an audit of the inspectors `checker_id` scores the call blind, and `evaluation_id` is what came of it.
    """

    __tablename__ = "audit_piece"
    __table_args__ = (
        UniqueConstraint("audit_id", "piece"),
        Index("ix_audit_piece_call_pk_evaluation_id", "call_pk", "evaluation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    piece: Mapped[int]
    rank: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    call_pk: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    case_id: Mapped[int | None]
    tags: Mapped[list[Any]]
    proposals: Mapped[dict[str, Any]]
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))


class AuditCheckRow(Base):
    """How a piece stands in an item; appended, the newest stands."""

    __tablename__ = "audit_check"
    __table_args__ = (Index("ix_audit_check_piece_id_item", "piece_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("audit_piece.id"))
    item: Mapped[str] = mapped_column(String(40))
    result: Mapped[Result] = mapped_column(by_value(Result))
    words: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class FindingRow(Base):
    """What an audit found wrong in a unit; what became of it stands in its steps."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), index=True)
    kind: Mapped[AuditKind] = mapped_column(by_value(AuditKind))
    item: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    severity: Mapped[Severity] = mapped_column(by_value(Severity))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class FindingStepRow(Base):
    """Something that happened to a finding; appended only. `audit_id` is the audit in which it was seen."""

    __tablename__ = "finding_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    kind: Mapped[FindingStep] = mapped_column(by_value(FindingStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    due_on: Mapped[date | None]
    action_id: Mapped[int | None] = mapped_column(index=True)
    audit_id: Mapped[int | None] = mapped_column(ForeignKey("audit.id"))
