"""The journal sealed by a hash chain: every write and every listening, provably uncut inside.

A chain alone cannot show that its tail was cut off, so its head is written to a file outside the database
(`anchor`) and `verify` holds the chain against every head found there.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, SessionTransaction

from qa_app.core.access import Action, Actor, require
from qa_app.core.errors import Invalid, Sentence
from qa_app.core.tables import JournalRow

GENESIS = "0" * 64
LONGEST_SUBJECT = 120
VERIFIER = Path(__file__).with_name("verify_journal.py")
_AT_ONCE = 2000
_WAITING = "journal"
_POSTGRES_LOCK = 7_214_906_133  # any constant: one writer of the chain at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """One sealed line of the journal."""

    seq: int
    at: datetime
    actor_name: str
    action: str
    subject: str
    detail: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: how many entries, the head, and the first fault if there is one."""

    entries: int
    head: str
    fault: Sentence | None


def seal(previous_hash: str, seq: int, at: datetime, actor_name: str, action: str, subject: str, detail: object) -> str:
    """sha256 over the previous hash and the entry as canonical JSON (sorted keys, no spaces, UTC microseconds)."""
    body = json.dumps(
        [previous_hash, seq, at.isoformat(timespec="microseconds"), actor_name, action, subject, detail],
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Said:
    """An entry that waits for the end of its transaction, within the savepoint in which it was said."""

    actor: Actor
    action: str
    subject: str
    at: datetime
    detail: dict[str, Any]
    savepoint: SessionTransaction | None


def record(session: Session, actor: Actor, action: str, subject: str, at: datetime, **detail: Any) -> None:  # noqa: ANN401 - any JSON
    """Append one entry to the caller's transaction; it is sealed when that commits.

    The chain has one writer at a time. Its lock is the last one that a transaction takes, so that nobody who holds it
    waits for a row of somebody who waits for it.
    """
    said = _Said(actor, action, subject, at.astimezone(UTC), detail, session.get_nested_transaction())
    session.info.setdefault(_WAITING, []).append(said)


@event.listens_for(Session, "before_commit")
def _seal_all(session: Session) -> None:
    """Seal what a transaction said, at its very end; a savepoint's entries wait for the whole."""
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    waiting: list[_Said] = session.info.pop(_WAITING)
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
    last = session.execute(select(JournalRow.seq, JournalRow.hash).order_by(JournalRow.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    for one in waiting:
        seq += 1
        sealed = seal(previous, seq, one.at, one.actor.name, one.action, one.subject, one.detail)
        session.add(
            JournalRow(
                seq=seq, at=one.at, actor_id=one.actor.user_id, actor_name=one.actor.name, action=one.action,
                subject=one.subject, detail=one.detail, previous_hash=previous, hash=sealed,
            )
        )  # fmt: skip
        previous = sealed
    session.flush()


@event.listens_for(Session, "after_soft_rollback")
def _unsay(session: Session, ended: SessionTransaction) -> None:
    """What was said in a savepoint that was rolled back was never said."""
    kept = [one for one in session.info.get(_WAITING, []) if ended.nested and one.savepoint is not ended]
    session.info[_WAITING] = kept


def verify(session: Session, anchors: Path | None = None) -> Verification:
    """Walk the whole chain and compare it with the anchored heads; reports the first fault in words."""
    known, expected, seq, previous = _anchored(anchors), 1, 0, GENESIS
    for row in _rows(session):
        sealed = seal(previous, row.seq, row.at, row.actor_name, row.action, row.subject, row.detail)
        if row.seq != expected:
            fault = Sentence("entry {entry} is missing (the next one found is {next})", entry=expected, next=row.seq)
            return Verification(seq, previous, fault)
        if row.previous_hash != previous or row.hash != sealed:
            fault = Sentence("entry {entry} of {moment} was changed", entry=row.seq, moment=row.at.isoformat())
            return Verification(seq, previous, fault)
        if known.get(row.seq, sealed) != sealed:
            return Verification(
                seq, previous, Sentence("entry {entry} is not the one that was anchored", entry=row.seq)
            )
        expected, seq, previous = row.seq + 1, row.seq, row.hash
    if known and max(known) > seq:
        cut = Sentence("the tail was cut: entry {entry} was anchored, the last one here is {last}", entry=max(known),
                       last=seq)  # fmt: skip
        return Verification(seq, previous, cut)
    return Verification(seq, previous, None)


def _rows(session: Session) -> Iterator[JournalRow]:
    """The whole journal in order, some thousand entries in memory at a time."""
    last = -1
    in_order = select(JournalRow).order_by(JournalRow.seq).limit(_AT_ONCE)
    while rows := session.scalars(in_order.where(JournalRow.seq > last)).all():
        yield from rows
        last = rows[-1].seq
        session.expunge_all()


def anchor(session: Session, anchors: Path, at: datetime) -> None:
    """Append the head (moment, number, hash) to the anchor file, once for each new head."""
    last = session.scalars(select(JournalRow).order_by(JournalRow.seq.desc()).limit(1)).first()
    if last is None or last.seq in _anchored(anchors):
        return
    anchors.parent.mkdir(parents=True, exist_ok=True)
    with anchors.open("a", encoding="utf-8") as file:
        file.write(f"{at.isoformat(timespec='seconds')} {last.seq} {last.hash}\n")


def _anchored(anchors: Path | None) -> dict[int, str]:
    if anchors is None or not anchors.exists():
        return {}
    heads: dict[int, str] = {}
    for number, line in enumerate(anchors.read_text(encoding="utf-8").splitlines(), 1):
        try:
            _, seq, sealed = line.split()
            heads[int(seq)] = sealed
        except ValueError:
            raise Invalid(
                "Line {line} of {file} is not an anchor (moment, number, hash).", line=number, file=anchors
            ) from None
    return heads


def entries(
    session: Session, actor: Actor, *, limit: int = 200, actions: Collection[str] = (), who: str = ""
) -> list[Entry]:  # fmt: skip
    """The newest entries first: of these actions and of people whose name has these letters, where they are given."""
    require(actor, Action.SEE_JOURNAL)
    query = select(JournalRow).order_by(JournalRow.seq.desc()).limit(limit)
    if actions:
        query = query.where(JournalRow.action.in_(actions))
    if who.strip():
        query = query.where(JournalRow.actor_name.icontains(who.strip(), autoescape=True))
    rows = session.scalars(query)
    return [Entry(row.seq, row.at, row.actor_name, row.action, row.subject, row.detail, row.hash) for row in rows]


def note_export(session: Session, actor: Actor, at: datetime, what: str, rows: int) -> None:
    """Say that somebody has taken a table out of the house; what they may see was checked when it was read."""
    record(session, actor, "table.export", f"table:{what}"[:LONGEST_SUBJECT], at, rows=rows)


def export(session: Session, actor: Actor, at: datetime, anchors: Path, out: BinaryIO) -> int:
    """Write the whole journal for an outside auditor as a ZIP, and how many entries it holds.

    Beside the entries (journal.jsonl) stand the anchored heads and a program that checks them with Python alone.
    """
    require(actor, Action.SEE_JOURNAL)
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        with bundle.open("journal.jsonl", "w") as lines:
            for row in _rows(session):
                lines.write((json.dumps(_exported(row), ensure_ascii=False) + "\n").encode())
                count += 1
        bundle.writestr("heads.txt", anchors.read_text(encoding="utf-8") if anchors.exists() else "")
        bundle.writestr("verify_journal.py", VERIFIER.read_text(encoding="utf-8"))
    record(session, actor, "journal.export", "journal", at, entries=count)
    return count


def _exported(row: JournalRow) -> dict[str, Any]:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"seq": row.seq, "at": at, "actor": row.actor_name, "action": row.action, "subject": row.subject,
            "detail": row.detail, "hash": row.hash}  # fmt: skip
