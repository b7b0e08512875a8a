"""Signing in and out: argon2 passwords, rate limits, sessions that expire and can be revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, require
from qa_app.core.errors import Forbidden, HuitingError
from qa_app.core.tables import LoginAttemptRow, LoginSessionRow, UserRow


@dataclass(frozen=True, slots=True)
class LoginPolicy:
    """Failures in a window that lock a name (or, ten times as many, an address), and how long a session lives."""

    failures: int
    window: timedelta
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token goes into the browser's cookie and nowhere else."""

    token: str
    expires_at: datetime


COOKIE = "huiting_session"
_ADDRESS_FACTOR = 10


def sign_in(
    session: Session, now: datetime, login: str, password: str, address: str, policy: LoginPolicy
) -> SignedIn | HuitingError:
    """Check the password and open a session, or return (not raise: the attempt must be kept) why not."""
    login, address = login.strip(), address[:64]
    name_hash = _hash(login)  # not the name itself: people type their password into this field by mistake
    if _locked(session, now, name_hash, address, policy):
        minutes = int(policy.window.total_seconds() // 60)
        return Forbidden("Too many failed logins; wait {minutes} minutes and try again.", minutes=minutes)
    user = session.scalars(select(UserRow).where(UserRow.login == login)).first()
    good = _matches(user.password_hash if user and user.active else None, password)
    session.add(LoginAttemptRow(login=name_hash, address=address, at=now, succeeded=good))
    if user is None or not good:
        tried = Actor(None, user.login if user else "unknown")
        journal.record(session, tried, "login.failed", "login", now, address=address)
        return Forbidden("Login or password is wrong.")
    token = secrets.token_urlsafe(32)
    expires_at = now + policy.lifetime
    session.add(LoginSessionRow(token_hash=_hash(token), user_id=user.id, created_at=now, expires_at=expires_at))
    journal.record(session, Actor(user.id, user.name), "login", f"user:{user.id}", now, address=address)
    return SignedIn(token, expires_at)


def signed_in(session: Session, now: datetime, token: str | None) -> Actor | None:
    """The actor behind a cookie, or None if it is unknown, expired, revoked or its user disabled."""
    if not token:
        return None
    row = session.get(LoginSessionRow, _hash(token))
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    try:
        return people.actor_for(session, row.user_id)
    except HuitingError:
        return None


def sign_out(session: Session, now: datetime, token: str) -> None:
    """Revoke one session."""
    row = session.get(LoginSessionRow, _hash(token))
    if row is not None and row.revoked_at is None:
        row.revoked_at = now


def revoke_sessions(session: Session, actor: Actor, now: datetime, user_id: int) -> int:
    """Sign a person out everywhere; returns how many sessions ended."""
    require(actor, Action.MANAGE_PEOPLE)
    open_rows = session.scalars(
        select(LoginSessionRow).where(
            LoginSessionRow.user_id == user_id, LoginSessionRow.revoked_at.is_(None), LoginSessionRow.expires_at > now
        )
    ).all()
    for row in open_rows:
        row.revoked_at = now
    journal.record(session, actor, "login.revoke", f"user:{user_id}", now, sessions=len(open_rows))
    return len(open_rows)


def _locked(session: Session, now: datetime, login: str, address: str, policy: LoginPolicy) -> bool:
    def failures(column: InstrumentedAttribute[str], value: str) -> int:
        query = select(func.count()).where(
            column == value, LoginAttemptRow.at > now - policy.window, LoginAttemptRow.succeeded.is_(False)
        )
        return session.scalar(query) or 0

    return (
        failures(LoginAttemptRow.login, login) >= policy.failures
        or failures(LoginAttemptRow.address, address) >= policy.failures * _ADDRESS_FACTOR
    )


@cache
def _decoy() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe(16))


def _matches(stored: str | None, password: str) -> bool:
    # An unknown login costs as much time as a known one, so that names cannot be told by the clock.
    try:
        return PasswordHasher().verify(stored or _decoy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
