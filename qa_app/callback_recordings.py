"""Recordings joined to callbacks by number and time, spoken answers held against logged ones, after-call ratings."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qa_app.core.contacts import phone_number
from qa_app.core.errors import Invalid
from surveys import differences, ratings
from surveys.office import Office
from surveys.ratings import Rating
from surveys.spoken_answers import differences as unlike
from surveys.spoken_answers import hear_answers
from transcription import finding

LOOKS_BACK = timedelta(days=14)
HIGHEST_KEY = 5
"""After-call ratings are taken as answers of the 1-5 scale; others have another scale and are left out."""


def look(session: Session, now: datetime, office: Office) -> int:
    """Find recordings for the finished telephone callbacks of two weeks and compare them; how many answers differ."""
    found = 0
    for waiting in differences.to_compare(session, office.vault, now - LOOKS_BACK):
        call_pk = waiting.call_pk or _call_of(session, waiting.phone, waiting.called_at)
        if call_pk is None:
            continue
        differences.attach_call(session, now, waiting.response_id, call_pk)
        heard = finding.heard_in_call(session, call_pk)
        if heard is not None:
            asked = differences.asked_of(session, waiting.response_id)
            other = unlike(hear_answers(heard.utterances, asked))
            found += differences.keep(session, now, waiting.response_id, call_pk, other)
    return found


def _call_of(session: Session, phone: str, at: datetime) -> int | None:
    """The call to that number that began nearest to a moment."""
    beside = differences.BESIDE
    near = [
        (abs(started - at), call_pk)
        for call_pk, started, reference in finding.calls_between(session, at - beside, at + beside)
        if _is_same(reference, phone)
    ]
    return min(near)[1] if near else None


def _is_same(reference: str, phone: str) -> bool:
    """Whether the telephone system's reference is that number, however it is written."""
    try:
        return phone_number(reference) == phone
    except Invalid:
        return False


def take_ratings(session: Session, now: datetime) -> int:
    """Keep after-call key ratings as answers of their own mode; returns how many are new."""
    rated = finding.rated_calls(session, ratings.known_calls(session), HIGHEST_KEY)
    found = [Rating(one.id, one.unit_id, one.started_at, one.case_ref, one.rating) for one in rated]
    return ratings.keep(session, now, found)
