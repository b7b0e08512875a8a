"""What the worker does for complaint cases: send one message, look at every clock and survey once a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from qa_app.core import queue
from qa_app.core.db import reading, transaction
from qa_app.core.queue import Backoff, Job
from surveys import alarming, links, notices
from surveys.office import Office
from surveys.reckoning import reckon_open
from surveys.senders.contract import Kind, Outgoing, Rejected, Sender

SEND = notices.NOTICE


def deliver(
    engine: Engine, clock: Callable[[], datetime], job: Job, office: Office, senders: Mapping[Kind, Sender]
) -> None:  # fmt: skip
    """Send one message outside of any transaction and keep what came of it; Unreachable is left to the queue."""
    notice_id = int(job.payload["notice_id"])
    with reading(engine) as session:
        found = notices.waiting(session, notice_id)
    if found is None:
        with transaction(engine) as session:
            queue.finish(session, job)
        return
    if found.once.startswith("task:") and not _may_go(engine, clock(), job, office, found.once, notice_id):
        return
    message = Outgoing(
        found.once,
        Kind(found.sender),
        office.vault.unseal(found.to_sealed),
        found.subject,
        office.vault.unseal(found.body_sealed),
    )
    try:
        taken = senders[message.kind].send(message)
    except Rejected as refusal:
        with transaction(engine) as session:
            notices.failed(session, notice_id, str(refusal))
            queue.finish(session, job)
        return
    with transaction(engine) as session:
        notices.sent(session, notice_id, taken.reference, clock())
        queue.finish(session, job)


def _may_go(engine: Engine, now: datetime, job: Job, office: Office, once: str, notice_id: int) -> bool:
    """Whether a survey's link may be sent now; one that nobody waits for is dropped, one in quiet hours put off."""
    with transaction(engine) as session:
        at = links.may_go(session, now, office, once)
        if at is None:
            notices.failed(session, notice_id, "no longer needed")
            queue.finish(session, job)
        elif at > now:
            queue.put_off(session, job, at)
    return at is not None and at <= now


TRIES = Backoff(10, timedelta(minutes=1))
"""A gateway may be down for a night: ten tries over about eight and a half hours."""


def give_up(session: Session, job: Job, reason: str) -> None:
    """A message that was tried often enough is shown as failed in its case's story."""
    notices.failed(session, int(job.payload["notice_id"]), reason)


def reckon_provisional(engine: Engine, now: datetime, zone: ZoneInfo) -> int:
    """Reckon provisional deadlines again: a newer working-day calendar may have come with the program."""
    with transaction(engine) as session:
        return reckon_open(session, now, zone, provisional=True)


def tick(engine: Engine, now: datetime, office: Office) -> int:
    """Look at every running clock and at the surveys by link; returns how many deadlines grew louder."""
    with transaction(engine) as session:
        louder = alarming.call_out(session, now)
    with transaction(engine) as session:
        links.send_due(session, now, office)
    return louder
