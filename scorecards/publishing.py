"""What changes scorecards: a version is published, the one before it archived."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.errors import Conflict
from scorecards.card_file import card_from_yaml, shipped_cards, shipped_text
from scorecards.model import CardState
from scorecards.tables import ScorecardRow


def publish(session: Session, actor: Actor, now: datetime, body: str) -> int:
    """Publish a card as the next version of its name and archive the one before; the same text is kept once."""
    require(actor, Action.PUBLISH_SCORECARD)
    card = card_from_yaml(body)
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    newest = session.scalars(
        select(ScorecardRow).where(ScorecardRow.name == card.name).order_by(ScorecardRow.version.desc()).limit(1)
    ).first()
    if newest is not None and newest.sha256 == sha256:
        return newest.id
    if newest is not None and card.version <= newest.version:
        raise Conflict(
            "{card} version {version} is published already; give the changed card version {next}.",
            card=card.name, version=newest.version, next=newest.version + 1,
        )  # fmt: skip
    if newest is not None:
        newest.state = CardState.ARCHIVED
    row = ScorecardRow(
        name=card.name, version=card.version, language=card.language, state=CardState.PUBLISHED, body=body,
        sha256=sha256, published_at=now, published_by=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(
        session, actor, "scorecard.publish", f"scorecard:{row.id}", now, name=card.name, version=card.version
    )
    return row.id


def publish_shipped(session: Session, actor: Actor, now: datetime) -> None:
    """Publish the cards that ship, each where its name has no version as new; a centre's own newer card stands."""
    for name in shipped_cards():
        body = shipped_text(name)
        newest = session.scalar(select(func.max(ScorecardRow.version)).where(ScorecardRow.name == name))
        if newest is None or newest < card_from_yaml(body).version:
            publish(session, actor, now, body)
