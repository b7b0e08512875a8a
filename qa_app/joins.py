"""Plain functions that need several slices together, for pages, web and worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.core.access import Actor
from scorecards import queries as scoring
from transcription import queries as calls
from transcription.queries import CallFilter, CallLine

TO_REVIEW, REVIEWED = "to_review", "reviewed"


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with its newest scores, for the Calls page."""

    line: CallLine
    machine_pct: float | None
    person_pct: float | None
    reviewed: bool
    drafted: bool
    unfit: str | None
    signals: tuple[str, ...]


def review_filter(wanted: CallFilter, review: str) -> CallFilter:
    """The filter narrowed to calls that wait for a review, or have had one."""
    if review == TO_REVIEW:
        return replace(wanted, state="transcribed", without=scoring.settled_calls())
    if review == REVIEWED:
        return replace(wanted, only=scoring.reviewed_calls())
    return wanted


def calls_with_scores(
    session: Session, actor: Actor, wanted: CallFilter, review: str = ""
) -> tuple[list[CallRow], int]:
    """One page of calls with their scores, and how many there are in all."""
    page = calls.calls_page(session, actor, review_filter(wanted, review))
    scored = scoring.scores(session, actor, [line.id for line in page.lines])
    return [_row(line, scored[line.id]) for line in page.lines], page.total


def _row(line: CallLine, score: scoring.CallScore) -> CallRow:
    return CallRow(line, score.machine_pct, score.person_pct, score.reviewed, score.drafted, score.unfit, score.signals)


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What an inspector has done since midnight, and the calls begun and not submitted (id, call_id)."""

    submitted: int
    median_s: float | None
    drafts: tuple[tuple[int, str], ...]


def own_day(session: Session, actor: Actor, midnight: datetime) -> OwnDay:
    """The actor's own day since midnight."""
    submitted, median_s = scoring.submitted_since(session, actor, midnight)
    names = calls.call_ids(session, actor, [call_pk for call_pk, _ in scoring.own_drafts(session, actor)])
    return OwnDay(submitted, median_s, tuple(names.items()))
