"""Recordings joined to callbacks by number and time, spoken answers held against logged ones, after-call ratings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from qa_app.core.contacts import phone_number
from qa_app.core.db import reading, transaction
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


def look(engine: Engine, now: datetime, office: Office) -> int:
    """Find recordings for the finished telephone callbacks of two weeks and compare them; how many answers differ.

    Recordings are looked for in one reading; what is found is kept pair by pair, so that no lock is held for long.
    """
    with reading(engine) as session:
        waiting = differences.to_compare(session, office.vault, now - LOOKS_BACK)
        calls = calls_by_number(session, now - LOOKS_BACK - differences.BESIDE, now) if waiting else {}
    found = 0
    for one in waiting:
        call_pk = one.call_pk or nearest(calls.get(one.phone, ()), one.called_at)
        if call_pk is not None:
            with transaction(engine) as session:
                found += _compare(session, now, one.response_id, call_pk)
    return found


def _compare(session: Session, now: datetime, response_id: int, call_pk: int) -> int:
    """Join a call to a response and, once it was transcribed, list the answers that it seems to contradict."""
    differences.attach_call(session, now, response_id, call_pk)
    heard = finding.heard_in_call(session, call_pk)
    if heard is None:
        return 0
    other = unlike(hear_answers(heard.utterances, differences.asked_of(session, response_id)))
    return differences.keep(session, now, response_id, call_pk, other)


def calls_by_number(session: Session, since: datetime, until: datetime) -> dict[str, list[tuple[datetime, int]]]:
    """The calls of a time by the customer's number in E.164; those whose reference is no number are left out."""
    found: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for call_pk, started, reference in finding.calls_between(session, since, until):
        with suppress(Invalid):
            found[phone_number(reference)].append((started, call_pk))
    return found


def nearest(calls: Iterable[tuple[datetime, int]], at: datetime) -> int | None:
    """The call that began nearest to a moment, if any lies near enough."""
    near = [(abs(started - at), call_pk) for started, call_pk in calls if abs(started - at) <= differences.BESIDE]
    return min(near)[1] if near else None


def take_ratings(session: Session, now: datetime) -> int:
    """Keep after-call key ratings as answers of their own mode; returns how many are new."""
    rated = finding.rated_calls(session, ratings.known_calls(), HIGHEST_KEY)
    found = [Rating(one.id, one.unit_id, one.started_at, one.case_ref, one.rating) for one in rated]
    return ratings.keep(session, now, found)
