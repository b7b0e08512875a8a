"""Rules as data with effective dates: whole texts that an administrator copies and edits above the ones that ship."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.errors import Invalid
from qa_app.core.tables import RuleTextRow

LONGEST_TEXT = 200_000
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as it is to be set, and why."""

    kind: str
    name: str
    effective_from: datetime
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """One version of a rule."""

    rule: NewRule
    version: int
    by: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Numbered:
    """A rule's text with its version."""

    text: str
    version: int


def numbered(session: Session, kind: str, name: str, at: datetime) -> Numbered | None:
    """The newest version of a rule that is effective at a moment; None where only what ships counts."""
    query = select(RuleTextRow.text, RuleTextRow.version).where(
        RuleTextRow.kind == kind, RuleTextRow.name == name, RuleTextRow.effective_from <= at
    )
    newest_first = query.order_by(RuleTextRow.effective_from.desc(), RuleTextRow.version.desc())
    found = session.execute(newest_first.limit(1)).first()
    return Numbered(found.text, found.version) if found else None


def in_force(session: Session, kind: str, name: str, at: datetime) -> str | None:
    """The text of a rule that is effective at a moment; None where only what ships counts."""
    found = numbered(session, kind, name, at)
    return found.text if found else None


def text_of(session: Session, kind: str, name: str, version: int) -> str | None:
    """The text of one version of a rule."""
    same = (RuleTextRow.kind == kind, RuleTextRow.name == name, RuleTextRow.version == version)
    return session.scalars(select(RuleTextRow.text).where(*same)).first()


def names(session: Session, kind: str, at: datetime) -> list[str]:
    """The names under which rules of a kind were set, effective at a moment."""
    query = select(RuleTextRow.name).where(RuleTextRow.kind == kind, RuleTextRow.effective_from <= at)
    return sorted(set(session.scalars(query)))


def versions(session: Session, actor: Actor, kind: str, name: str) -> list[RuleText]:
    """Every version of a rule, the newest first."""
    require(actor, Action.MANAGE_RULES)
    query = select(RuleTextRow).where(RuleTextRow.kind == kind, RuleTextRow.name == name)
    return [
        RuleText(NewRule(row.kind, row.name, row.effective_from, row.text, row.reason), row.version, row.by_id, row.at)
        for row in session.scalars(query.order_by(RuleTextRow.version.desc()))
    ]


def publish(session: Session, actor: Actor, now: datetime, rule: NewRule) -> int:
    """Set a rule from a moment on; returns its version. The slice that reads the rule has checked the text before."""
    require(actor, Action.MANAGE_RULES)
    return keep(session, actor, now, rule)


def keep(session: Session, actor: Actor, now: datetime, rule: NewRule) -> int:
    """Keep a rule's text as its next version; whoever calls this has checked that the actor may."""
    if not rule.reason.strip():
        raise Invalid("Say why {name} is changed.", name=rule.name)
    if len(rule.text) > LONGEST_TEXT:
        raise Invalid("{name} has {length} signs; at most {most} are kept.", name=rule.name, length=len(rule.text),
                      most=LONGEST_TEXT)  # fmt: skip
    same = select(func.max(RuleTextRow.version)).where(RuleTextRow.kind == rule.kind, RuleTextRow.name == rule.name)
    version = (session.scalar(same) or 0) + 1
    session.add(
        RuleTextRow(
            kind=rule.kind, name=rule.name, version=version, effective_from=rule.effective_from, text=rule.text,
            reason=rule.reason.strip()[:LONGEST_REASON], by_id=actor.user_id, at=now,
        )
    )  # fmt: skip
    session.flush()
    told = {"version": version, "effective_from": rule.effective_from.isoformat(), "reason": rule.reason.strip()}
    journal.record(session, actor, "rule.publish", f"rule:{rule.kind}/{rule.name}", now, **told)
    return version
