"""Due work as rows: claimed with a lease, safe to run twice, taken up again after a crash.

Each claim raises the row's token. Whoever writes a result gives the token back; if another worker has
claimed the row since, the token no longer fits and the write is refused (fencing).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from qa_app.core.errors import Conflict
from qa_app.core.tables import JobRow, JobState

TODAY, NORMAL, ARCHIVE = 20, 10, 0
_LONGEST_ERROR = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job; `token` proves the claim."""

    id: int
    kind: str
    subject: str
    payload: dict[str, Any]
    token: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Backoff:
    """Tries in all, and the wait before the second one, doubled each time."""

    attempts: int
    first: timedelta

    def wait(self, attempts: int) -> timedelta:
        """The pause after that many failed tries."""
        return self.first * int(2 ** max(0, attempts - 1))


def put(session: Session, now: datetime, kind: str, subject: str, *, priority: int = NORMAL, **payload: Any) -> None:  # noqa: ANN401 - any JSON
    """Make work due; the same kind and subject is one row, put again only once it has ended."""
    known = select(JobRow).where(JobRow.kind == kind, JobRow.subject == subject).with_for_update()
    row = session.scalars(known).first()
    if row is None:
        session.add(
            JobRow(kind=kind, subject=subject, payload=payload, priority=priority, run_after=now, created_at=now)
        )
        return
    if row.state in (JobState.DONE, JobState.FAILED):
        row.state, row.attempts, row.progress, row.error = JobState.WAITING, 0, 0.0, None
        row.run_after, row.payload, row.priority = now, payload, priority


def claim(session: Session, now: datetime, worker: str, lease: timedelta, kinds: tuple[str, ...]) -> Job | None:
    """Take the most urgent due job: higher priority first, then the one that has been due longest."""
    lapsed = and_(JobRow.state == JobState.LEASED, JobRow.lease_until <= now)
    due = or_(and_(JobRow.state == JobState.WAITING, JobRow.run_after <= now), lapsed)
    query = (
        select(JobRow).where(JobRow.kind.in_(kinds), due).order_by(JobRow.priority.desc(), JobRow.run_after, JobRow.id)
    )
    row = session.scalars(query.limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.state, row.worker, row.lease_until = JobState.LEASED, worker, now + lease
    row.token, row.attempts, row.progress = row.token + 1, row.attempts + 1, 0.0
    session.flush()
    return Job(row.id, row.kind, row.subject, row.payload, row.token, row.attempts)


def renew(session: Session, now: datetime, job: Job, lease: timedelta, progress: float) -> bool:
    """Hold the lease longer and tell how far the work is (0..1); False if the claim was lost."""
    values = {"lease_until": now + lease, "progress": min(1.0, max(0.0, progress))}
    return _changed(session, job, values)


def finish(session: Session, job: Job) -> None:
    """Close the job; raises Conflict if the claim was lost, so that the whole transaction rolls back."""
    if not _changed(session, job, {"state": JobState.DONE, "progress": 1.0, "lease_until": None, "error": None}):
        raise Conflict("Another worker has taken this job over; its result stands.")


def fail(session: Session, now: datetime, job: Job, error: str, backoff: Backoff) -> bool:
    """Note a failure: tried again after a pause, or given up (True) after the last try."""
    over = job.attempts >= backoff.attempts
    values = {
        "state": JobState.FAILED if over else JobState.WAITING, "error": error[:_LONGEST_ERROR],
        "lease_until": None, "run_after": now + backoff.wait(job.attempts), "progress": 0.0,
    }  # fmt: skip
    if not _changed(session, job, values):
        raise Conflict("Another worker has taken this job over; its result stands.")
    return over


def release(session: Session, job: Job) -> None:
    """Give a claimed job back untried, as a worker does that is told to stop."""
    _changed(
        session, job, {"state": JobState.WAITING, "lease_until": None, "attempts": JobRow.attempts - 1, "progress": 0.0}
    )


def put_off(session: Session, job: Job, until: datetime) -> None:
    """Give a claimed job back untried, due again at a later moment."""
    values = {"state": JobState.WAITING, "lease_until": None, "attempts": JobRow.attempts - 1, "progress": 0.0}
    _changed(session, job, values | {"run_after": until})


def counts(session: Session, kind: str | None = None) -> dict[JobState, int]:
    """How many jobs (of a kind) stand in each state."""
    query = select(JobRow.state, func.count()).group_by(JobRow.state)
    query = query.where(JobRow.kind == kind) if kind else query
    return {state: number for state, number in session.execute(query)}  # noqa: C416 - rows are not pairs to mypy


def overdue(session: Session, since: datetime) -> int:
    """How many jobs have been due since before then and nobody has taken them."""
    query = select(func.count()).where(JobRow.state == JobState.WAITING, JobRow.run_after < since)
    return session.scalar(query) or 0


def _changed(session: Session, job: Job, values: dict[str, Any]) -> bool:
    mine = and_(JobRow.id == job.id, JobRow.token == job.token, JobRow.state == JobState.LEASED)
    result = session.execute(update(JobRow).where(mine).values(**values).execution_options(synchronize_session=False))
    return bool(result.rowcount)  # type: ignore[attr-defined]
