"""Other systems that want to know: subscriptions, and one signed message for each event and subscriber."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal, queue
from qa_app.core.access import SYSTEM, Action, Actor, require
from qa_app.core.contacts import Vault
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.tables import WebhookRow

CALL = "webhook"
"""The kind of job that tells one subscriber one event."""
SIGNATURE = "Huiting-Signature"
_ADDRESS = re.compile(r"https?://[^\s/@]+(/[^\s]*)?")
LONGEST_ADDRESS = 500


class Event(StrEnum):
    """What can be subscribed to."""

    CASE_REGISTERED = "case.registered"
    CASE_STEP = "case.step"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription as the administrator sees it; its secret was shown once."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Where a message goes and what signs it."""

    id: int
    url: str
    secret: str


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The header's value: t=<Unix seconds>,v1=<HMAC-SHA256 over "t.body" in hexadecimal>."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def subscribe(
    session: Session, actor: Actor, now: datetime, vault: Vault, name: str, url: str, events: tuple[Event, ...]
) -> tuple[int, str]:  # fmt: skip
    """Add a subscriber; returns its number and the secret, which is shown once and never again."""
    require(actor, Action.MANAGE_INTERFACES)
    if not name.strip():
        raise Invalid("Give the subscriber a name.")
    if not _ADDRESS.fullmatch(url.strip()) or len(url) > LONGEST_ADDRESS:
        raise Invalid("“{url}” is no address. Write it like https://crm.example.com/huiting.", url=url[:100])
    if not events:
        raise Invalid("Choose at least one event.")
    secret = secrets.token_urlsafe(32)
    row = WebhookRow(name=name.strip()[:120], url=url.strip(), secret_sealed=vault.seal(secret),
                     events=[event.value for event in events], created_at=now)  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "webhook.subscribe", f"webhook:{row.id}", now, name=row.name, url=row.url)
    return row.id, secret


def end(session: Session, actor: Actor, now: datetime, webhook_id: int) -> None:
    """End a subscription; what is still due for it is not sent."""
    require(actor, Action.MANAGE_INTERFACES)
    _end(session, actor, now, webhook_id)


def webhooks(session: Session, actor: Actor) -> list[Webhook]:
    """Every subscription, the newest first."""
    require(actor, Action.MANAGE_INTERFACES)
    return [
        Webhook(row.id, row.name, row.url, tuple(row.events), row.created_at, row.ended_at)
        for row in session.scalars(select(WebhookRow).order_by(WebhookRow.id.desc()))
    ]


def announce(session: Session, now: datetime, event: Event, key: str, body: Mapping[str, object]) -> None:
    """Make one message due for every subscriber of an event; `key` names the occurrence, so that it is told once."""
    for row in session.scalars(select(WebhookRow).where(WebhookRow.ended_at.is_(None))):
        if event.value in row.events:
            told = {"event": event.value, "at": now.isoformat(), "id": key, **body}
            text = json.dumps(told, ensure_ascii=False, sort_keys=True)
            queue.put(session, now, CALL, f"webhook:{row.id}:{key}"[:120], webhook_id=row.id, body=text)


def target(session: Session, vault: Vault, webhook_id: int) -> Target | None:
    """Where a subscriber's messages go; None where the subscription has ended."""
    row = session.get(WebhookRow, webhook_id)
    if row is None or row.ended_at is not None:
        return None
    return Target(row.id, row.url, vault.unseal(row.secret_sealed))


def gone(session: Session, now: datetime, webhook_id: int) -> None:
    """The subscriber's address answers 410: it wants no more."""
    _end(session, SYSTEM, now, webhook_id)


def _end(session: Session, actor: Actor, now: datetime, webhook_id: int) -> None:
    row = session.get(WebhookRow, webhook_id)
    if row is None:
        raise NotFound("There is no webhook {webhook}.", webhook=webhook_id)
    if row.ended_at is None:
        row.ended_at = now
        journal.record(session, actor, "webhook.end", f"webhook:{webhook_id}", now)
