"""Tables of scorecard versions and drafts, evaluations with their answers, drafts and re-checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, inspect, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from qa_app.core.db import Base, UtcDateTime, by_value
from qa_app.core.errors import Conflict
from scorecards.model import Author, CardState, Purpose, Verdict
from transcription.model import Kind


class ScorecardRow(Base):
    """One version of a form, kept as the YAML it was published from."""

    __tablename__ = "scorecard"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(8), index=True)
    state: Mapped[CardState] = mapped_column(by_value(CardState))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(16), default=Kind.PHONE.value, server_default=Kind.PHONE.value)

    @validates("name", "version", "language", "body", "sha256", "kind")
    def _never_changes(self, column: str, value: object) -> object:
        """Refuse another wording for a version that is kept: scores name it."""
        if inspect(self).persistent and getattr(self, column) != value:
            raise Conflict(
                "{card} version {version} is published and never changes. Publish the change as a new version.",
                card=self.name, version=self.version,
            )  # fmt: skip
        return value


class CardDraftRow(Base):
    """A scorecard that people are writing; what they have typed stands in its edits."""

    __tablename__ = "scorecard_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[CardState] = mapped_column(by_value(CardState), index=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id"))
    published_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id"))


class CardEditRow(Base):
    """One saving of a draft, exactly as it was typed, whether or not it can be read as a card; appended only."""

    __tablename__ = "scorecard_edit"
    __table_args__ = (UniqueConstraint("draft_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("scorecard_draft.id"))
    revision: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvaluationRow(Base):
    """All answers for one call on one scorecard version; appended, never changed."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("(author = 'person') = (author_id IS NOT NULL)", name="person_is_named"),
        Index("ix_evaluation_call_pk_created_at", "call_pk", "created_at"),
        Index(
            "uq_evaluation_machine", "transcript_id", "scorecard_id", unique=True,
            sqlite_where=text("author = 'machine'"), postgresql_where=text("author = 'machine'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"))
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    author: Mapped[Author] = mapped_column(by_value(Author))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    score_pct: Mapped[float | None]
    passed: Mapped[bool | None]
    signals: Mapped[list[Any]]
    seconds_spent: Mapped[float | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))
    purpose: Mapped[str] = mapped_column(String(16), default=Purpose.SCORE.value, server_default=Purpose.SCORE.value)


class AnswerRow(Base):
    """One verdict of an evaluation with its evidence."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "criterion"),
        Index("ix_answer_criterion_verdict", "criterion", "verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    section: Mapped[str] = mapped_column(String(80))
    criterion: Mapped[str] = mapped_column(String(80))
    verdict: Mapped[Verdict] = mapped_column(by_value(Verdict))
    points: Mapped[float]
    possible: Mapped[float]
    confidence: Mapped[float | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    check: Mapped[str | None] = mapped_column("check_kind", String(40))
    comment: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[Any]]
    occurrences: Mapped[int] = mapped_column(default=1)
    provenance: Mapped[dict[str, Any] | None]
    root_cause: Mapped[str] = mapped_column(String(80), default="", server_default="")


class DraftRow(Base):
    """An inspector's unfinished answers to one call, saved as they are given."""

    __tablename__ = "draft"

    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    body: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecheckRow(Base):
    """A second person's word on an alleged fatal error (复检); the newest one stands."""

    __tablename__ = "recheck"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(80))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class UnfitRow(Base):
    """A call that cannot be scored fairly (不适检), with the reason and who said so."""

    __tablename__ = "unfit"

    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
