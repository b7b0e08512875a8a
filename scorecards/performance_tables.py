"""Tables of performance: months closed for good with every figure as it stood then, and praise."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime


class PerformanceMonthRow(Base):
    """A month that is closed (封账): its figures never change again; later overturns count in the next open month."""

    __tablename__ = "performance_month"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(unique=True)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rules_version: Mapped[int]


class PerformanceFigureRow(Base):
    """One measure of an agent in a closed month: n values, their sum and sum of squares, and what each came from.

    `sources` has [source, value] for what is counted one by one; what overturns of earlier months changed stands in
    `changes`. The calls behind times and counts of calls are not written again.
    """

    __tablename__ = "performance_figure"
    __table_args__ = (UniqueConstraint("month_id", "agent_id", "measure"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("performance_month.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    measure: Mapped[str] = mapped_column(String(40))
    n: Mapped[int]
    total: Mapped[float]
    squares: Mapped[float]
    sources: Mapped[list[Any]]
    changes: Mapped[list[Any]]


class PraiseRow(Base):
    """A good word to an agent, perhaps about a second of a call."""

    __tablename__ = "praise"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    call_pk: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    at_s: Mapped[float | None]
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
