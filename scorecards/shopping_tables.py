"""Tables of mystery shopping: scenarios, shoppers' numbers, visits with their steps, drafts, files and recordings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.core.db import Base, UtcDateTime, by_value
from scorecards.shopping import VisitStep


class ScenarioRow(Base):
    """One version of a scenario, kept as the YAML it was taken into use from; never changed, only ended."""

    __tablename__ = "shop_scenario"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShopperRow(Base):
    """The number behind which reports hide a shopper: 7 is S-07."""

    __tablename__ = "shopper"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)


class VisitRow(Base):
    """A scenario that a shopper is to play at a unit; the agent is set by who validates."""

    __tablename__ = "shop_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("shop_scenario.id"))
    shopper_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    due_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text, default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    visited_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class VisitStepRow(Base):
    """What happened to a visit; appended only. A submitted form's number is encrypted in it."""

    __tablename__ = "shop_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("shop_visit.id"), index=True)
    kind: Mapped[VisitStep] = mapped_column(by_value(VisitStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[dict[str, Any]]


class VisitDraftRow(Base):
    """The form as the shopper has typed it so far, saved with every change."""

    __tablename__ = "shop_draft"

    visit_id: Mapped[int] = mapped_column(ForeignKey("shop_visit.id"), primary_key=True)
    body: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitFileRow(Base):
    """A file that a shopper handed in, for one item or ("") for the whole visit; its bytes lie encrypted on disk."""

    __tablename__ = "shop_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("shop_visit.id"), index=True)
    item: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(200))
    mime: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitCallRow(Base):
    """The recording that somebody confirmed to be of a visit, or (no call) took off again; the last one stands."""

    __tablename__ = "shop_match"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("shop_visit.id"), index=True)
    call_pk: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
