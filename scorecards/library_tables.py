"""Tables of the case library: an entry's words, the clip that belongs to some, and what happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from scorecards.case_library import Form, Lesson, LibraryStep


class LibraryEntryRow(Base):
    """A clip or a written case worth learning from; `unit_id` is the call's unit, or that of who wrote it."""

    __tablename__ = "library_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[Form] = mapped_column(by_value(Form))
    lesson: Mapped[Lesson] = mapped_column(by_value(Lesson))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    criterion: Mapped[str] = mapped_column(String(80), default="")
    complaint_class: Mapped[str] = mapped_column(String(80), default="")
    case_number: Mapped[str] = mapped_column(String(40), default="")


class LibraryClipRow(Base):
    """Which seconds of which call a clip plays; the file's place is empty once its sound is deleted."""

    __tablename__ = "library_clip"
    __table_args__ = (CheckConstraint("start_s < end_s", name="start_before_end"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("library_entry.id"), primary_key=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    start_s: Mapped[float]
    end_s: Mapped[float]
    bleeps: Mapped[list[Any]]
    path: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    chunks: Mapped[list[Any]]


class LibraryStepRow(Base):
    """What happened to an entry; appended only."""

    __tablename__ = "library_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("library_entry.id"), index=True)
    kind: Mapped[LibraryStep] = mapped_column(by_value(LibraryStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text, default="")
