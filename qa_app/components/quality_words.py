"""Sampling, the queue and criteria in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from qa_app import session
from qa_app.core.access import Actor
from qa_app.session import _
from scorecards import queries
from scorecards.sampling import Pool
from scorecards.words import REASONS


def why(pool: Pool, reasons: Sequence[str]) -> str:
    """Why a call is in the queue; by hand in the words of whoever asked."""
    if pool is Pool.MANUAL and reasons and reasons[0] not in REASONS:
        return reasons[0]
    return "、".join(_(REASONS[one]) if one in REASONS else one for one in reasons) or "–"


def criterion_titles() -> dict[str, str]:
    """The criteria of the cards in force in the reader's language."""

    def read(database: Session, _actor: Actor) -> dict[str, str]:
        cards = [found[1] for language in ("zh", "en") if (found := queries.card_for(database, language))]
        return {one.id: one.title.in_language(session.language()) for card in cards for _section, one in card.criteria}

    return session.read(read)
