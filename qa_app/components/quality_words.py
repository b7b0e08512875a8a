"""Sampling and the queue in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence

from qa_app.session import _
from scorecards.sampling import Pool
from scorecards.words import REASONS


def why(pool: Pool, reasons: Sequence[str]) -> str:
    """Why a call is in the queue; by hand in the words of whoever asked."""
    if pool is Pool.MANUAL and reasons and reasons[0] not in REASONS:
        return reasons[0]
    return "、".join(_(REASONS[one]) if one in REASONS else one for one in reasons) or "–"
