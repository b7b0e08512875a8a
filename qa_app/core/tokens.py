"""Keys of other programs: each acts as a person, no further than its scopes, and ends by itself."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, require
from qa_app.core.db import insert_for
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import ApiTokenRow, IdempotencyRow

PREFIX = "huiting_"
LONGEST_LIFE = timedelta(days=731)
REMEMBERED = timedelta(hours=48)
"""How long an answer is kept for a request that is sent again."""
LONGEST_KEY = 200
PENDING = 0


class Scope(StrEnum):
    """What a key may be used for; the person's roles limit it further."""

    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    RECORDINGS_READ = "recordings:read"
    RECORDINGS_WRITE = "recordings:write"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A key as it is asked for."""

    name: str
    user_id: int
    scopes: tuple[Scope, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A key as the administrator sees it; what it is was shown once."""

    id: int
    name: str
    user_id: int
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a request acts as, and what its key allows."""

    token_id: int
    actor: Actor
    scopes: frozenset[str]

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless the key has the scope."""
        if scope.value not in self.scopes:
            raise Forbidden("This key lacks the scope {scope}.", scope=scope.value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    body: dict[str, Any]


def add(session: Session, actor: Actor, now: datetime, new: NewToken) -> str:
    """Make a key for a person; it is returned once and only its hash is kept."""
    require(actor, Action.MANAGE_INTERFACES)
    if not new.name.strip() or not new.scopes:
        raise Invalid("A key needs a name and at least one scope.")
    if not now < new.expires_at <= now + LONGEST_LIFE:
        raise Invalid("A key ends in the future, after at most {days} days.", days=LONGEST_LIFE.days)
    if people.unit_of(session, new.user_id) is None:
        raise NotFound("There is no user {login}.", login=new.user_id)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiTokenRow(
        name=new.name.strip()[:120], token_hash=_hash(token), user_id=new.user_id,
        scopes=sorted({scope.value for scope in new.scopes}), created_at=now, expires_at=new.expires_at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "token.add", f"token:{row.id}", now, name=row.name, user=new.user_id,
                   scopes=row.scopes)  # fmt: skip
    return token


def revoke(session: Session, actor: Actor, now: datetime, token_id: int) -> None:
    """End a key at once."""
    require(actor, Action.MANAGE_INTERFACES)
    row = session.get(ApiTokenRow, token_id)
    if row is None:
        raise NotFound("There is no key {token}.", token=token_id)
    if row.revoked_at is None:
        row.revoked_at = now
        journal.record(session, actor, "token.revoke", f"token:{token_id}", now, name=row.name)


def tokens(session: Session, actor: Actor) -> list[Token]:
    """Every key, the newest first."""
    require(actor, Action.MANAGE_INTERFACES)
    return [
        Token(row.id, row.name, row.user_id, tuple(row.scopes), row.created_at, row.expires_at, row.revoked_at)
        for row in session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.id.desc()))
    ]


def bearer(session: Session, now: datetime, token: str) -> Bearer | None:
    """Who a key acts as; None where it is unknown, ended, or its person disabled."""
    row = session.scalars(select(ApiTokenRow).where(ApiTokenRow.token_hash == _hash(token))).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    try:
        return Bearer(row.id, people.actor_for(session, row.user_id), frozenset(row.scopes))
    except NotFound:
        return None


def answered(session: Session, now: datetime, who: Bearer, key: str, request: Mapping[str, Any]) -> Answer | None:
    """Begin a request under an idempotency key in the caller's transaction, or return what it was answered before.

    The row is written first: a second request with the key waits for the first one's transaction to end. The same key
    with another request is refused.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Invalid("Send an Idempotency-Key of 1 to {most} signs with what changes something.", most=LONGEST_KEY)
    insert = insert_for(session)
    digest = _hash(json.dumps(request, sort_keys=True, default=str))
    values = {"token_id": who.token_id, "key": key, "request_hash": digest, "status": PENDING, "body": {}, "at": now}
    session.execute(insert(IdempotencyRow).values(**values).on_conflict_do_nothing())
    row = session.get_one(IdempotencyRow, (who.token_id, key))
    if row.request_hash != digest:
        raise Conflict("The Idempotency-Key {key} was used for another request. Use a fresh one.", key=key)
    return Answer(row.status, row.body) if row.status != PENDING else None


def keep_answer(session: Session, who: Bearer, key: str, answer: Answer) -> None:
    """Keep what the request was answered, in the transaction that did it."""
    mine = (IdempotencyRow.token_id == who.token_id, IdempotencyRow.key == key)
    session.execute(update(IdempotencyRow).where(*mine).values(status=answer.status, body=answer.body))


def forget_answers(session: Session, now: datetime) -> None:
    """Drop the answers that nobody will ask for again."""
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.at < now - REMEMBERED))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
