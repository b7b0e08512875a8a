"""Telling a subscriber: one signed POST, tried again by the queue, ended by 410."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import httpx
from sqlalchemy import Engine

from qa_app.core import queue, webhooks
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.errors import HuitingError
from qa_app.core.queue import Job

CALL = webhooks.CALL
TIMEOUT_S = 10.0
GONE = 410


def deliver(engine: Engine, clock: Callable[[], datetime], job: Job, vault: Vault) -> None:
    """Send one message outside of any transaction; Unanswered, and so another try, unless it is 2xx or 410."""
    webhook_id, body = int(job.payload["webhook_id"]), str(job.payload["body"]).encode()
    with reading(engine) as session:
        found = webhooks.target(session, vault, webhook_id)
    status = _post(found, body, clock()) if found else None
    if status is not None and status != GONE and not 200 <= status < 300:  # noqa: PLR2004 - success by RFC 9110
        raise Unanswered("The subscriber of webhook {webhook} answers {status}.", webhook=webhook_id, status=status)
    with transaction(engine) as session:
        if status == GONE:
            webhooks.gone(session, clock(), webhook_id)
        queue.finish(session, job)


class Unanswered(HuitingError):
    """The subscriber did not take the message; it is tried again."""


def _post(found: webhooks.Target, body: bytes, now: datetime) -> int:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        webhooks.SIGNATURE: webhooks.signature(found.secret, int(now.timestamp()), body),
    }
    try:
        answer = httpx.post(found.url, content=body, headers=headers, timeout=TIMEOUT_S, follow_redirects=False,
                            trust_env=False)  # fmt: skip
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Unanswered("The subscriber of webhook {webhook} does not answer ({error}).", webhook=found.id,
                         error=type(error).__name__) from error  # fmt: skip
    return answer.status_code
