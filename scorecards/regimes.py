"""The quality regime in force: what an administrator set from a moment on, else what ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.core import rules
from qa_app.core.access import Actor
from qa_app.core.rules import NewRule
from scorecards.regime import Regime, regime_from_yaml, shipped_regime, shipped_text

REGIME, ONE = "regime", "default"


def regime(session: Session, at: datetime) -> Regime:
    """The regime at a moment, with its version; what ships is the first."""
    found = rules.numbered(session, REGIME, ONE, at)
    return replace(regime_from_yaml(found.text), version=found.version + 1) if found else shipped_regime()


def text_in_force(session: Session, _kind: str, _name: str, at: datetime) -> str:
    """The text to be edited."""
    return rules.in_force(session, REGIME, ONE, at) or shipped_text()


def publish(session: Session, actor: Actor, now: datetime, rule: NewRule) -> int:
    """Set the regime from a moment on, once its text can be read."""
    regime_from_yaml(rule.text, REGIME)
    return rules.publish(session, actor, now, rule)
