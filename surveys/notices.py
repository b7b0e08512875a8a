"""Messages to customers and senders: composed once, sealed, put into the queue, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.core import journal, queue
from qa_app.core.access import SYSTEM, Action, Actor
from qa_app.core.contacts import Vault, email_address, masked, national
from qa_app.core.db import insert_for
from qa_app.core.errors import NotFound
from surveys import queries, rules
from surveys.model import Channel, NoticeState, Step, StepKind
from surveys.office import Office
from surveys.tables import CaseRow, CustomerRow, NoticeRow

NOTICE = "notice"
"""The kind of job that sends one message."""
SMS, EMAIL = "sms", "email"
LONGEST_WORDS, LONGEST_ERROR, VISIBLE_ADDRESS = 60, 500, 2
_K = StepKind
TOLD = {_K.PROGRESS_TOLD: "progress", _K.DELAY_TOLD: "delay", _K.FED_BACK: "feedback"}
"""Which wording goes out when a step is taken by SMS or e-mail."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message in the story of its case; the address is masked."""

    id: int
    template: str
    sender: str
    to: str
    body: str
    state: NoticeState
    error: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a gateway says became of a message."""

    reference: str
    delivered: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to compose: wording, medium, address and what fills the places; `once` names it for good."""

    once: str
    template: str
    sender: str
    to: str
    values: Mapping[str, str]


def compose(
    session: Session, actor: Actor, now: datetime, office: Office, row: CaseRow | None, letter: Letter
) -> None:  # fmt: skip
    """Fill a wording in and make its sending due, for a case or for none; the same `once` again changes nothing."""
    values = _common(office, row) | dict(letter.values)
    message = rules.templates(session, now).fill(letter.template, "zh", values)
    insert = insert_for(session)
    made = session.scalars(
        insert(NoticeRow)
        .values(
            case_id=row.id if row else None, once=letter.once, template=letter.template, sender=letter.sender,
            to_sealed=office.vault.seal(letter.to), subject=message.subject[:200],
            body_sealed=office.vault.seal(message.body), state=NoticeState.WAITING, by_id=actor.user_id, created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(NoticeRow.id)
    ).first()  # fmt: skip
    if made is not None:
        queue.put(session, now, NOTICE, f"notice:{made}", priority=queue.TODAY, notice_id=made)
        told = {"template": letter.template, "sender": letter.sender}
        if row is None:
            journal.record(session, actor, "notice.compose", f"notice:{made}", now, **told)
        else:
            journal.record(session, actor, "notice.compose", f"case:{row.id}", now, **told)


def after_receipt(session: Session, actor: Actor, now: datetime, office: Office, row: CaseRow) -> None:
    """Confirm the receipt with the number by SMS; a colleague's or the regulator's case is confirmed to nobody."""
    if row.channel not in (Channel.REGULATOR, Channel.INTERNAL):
        phone = office.vault.unseal(session.get_one(CustomerRow, row.customer_id).phone_sealed)
        compose(session, actor, now, office, row, Letter(f"case:{row.id}:registered", "registered", SMS, phone, {}))


def after_step(session: Session, actor: Actor, now: datetime, office: Office, row: CaseRow, step: Step) -> None:
    """Send what a step told by SMS or e-mail; told by telephone or letter it is only kept."""
    medium, once = str(step.facts.get("by", "")), f"case:{row.id}:step:{step.number}"
    customer = session.get_one(CustomerRow, row.customer_id)
    if step.kind is _K.SENDER_ANSWERED and medium == EMAIL:
        to, values = _address(row.sender), {"answer": str(step.facts["answer"])}
        if not to:
            raise NotFound("The sender “{sender}” has no e-mail address. Answer by letter.", sender=row.sender)
        compose(session, actor, now, office, row, Letter(once, "sender_reply", EMAIL, to, values))
    if step.kind in TOLD and medium in (SMS, EMAIL):
        sealed = customer.phone_sealed if medium == SMS else customer.email_sealed
        to = office.vault.unseal(sealed)
        if not to:
            raise NotFound("This customer left no e-mail address. Tell them by telephone or SMS.")
        compose(session, actor, now, office, row, Letter(once, TOLD[step.kind], medium, to, _values(office, step)))


def notices_of(session: Session, actor: Actor, vault: Vault, case_id: int) -> list[Notice]:
    """The messages of a case, the newest first."""
    queries.case_in_reach(session, actor, Action.SEE_CASES, case_id)
    query = select(NoticeRow).where(NoticeRow.case_id == case_id).order_by(NoticeRow.id.desc())
    return [
        Notice(
            row.id, row.template, row.sender, _masked(vault.unseal(row.to_sealed)), vault.unseal(row.body_sealed),
            row.state, row.error or "", row.created_at, row.sent_at, row.delivered_at,
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def take_receipt(session: Session, now: datetime, receipt: Receipt) -> None:
    """Keep what the gateway says became of a message; NotFound where it knows none of that reference."""
    row = session.scalars(select(NoticeRow).where(NoticeRow.reference == receipt.reference)).first()
    if row is None or not receipt.reference:
        raise NotFound("There is no message {reference}.", reference=receipt.reference)
    row.state = NoticeState.DELIVERED if receipt.delivered else NoticeState.FAILED
    row.delivered_at = now if receipt.delivered else None
    row.error = None if receipt.delivered else receipt.reason or "not delivered"
    journal.record(session, SYSTEM, "notice.receipt", f"notice:{row.id}", now, delivered=receipt.delivered)


def sent(session: Session, notice_id: int, reference: str, now: datetime) -> None:
    """Keep that a message was taken over."""
    values = {"state": NoticeState.SENT, "reference": reference[:120] or None, "sent_at": now, "error": None}
    session.execute(update(NoticeRow).where(NoticeRow.id == notice_id).values(**values))


def failed(session: Session, notice_id: int, reason: str) -> None:
    """Keep that a message was given up, and why."""
    values = {"state": NoticeState.FAILED, "error": reason[:LONGEST_ERROR]}
    waits = (NoticeRow.id == notice_id, NoticeRow.state == NoticeState.WAITING)
    session.execute(update(NoticeRow).where(*waits).values(**values))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is still to be sent, its address and words sealed."""

    once: str
    sender: str
    to_sealed: str
    subject: str
    body_sealed: str


def waiting(session: Session, notice_id: int) -> Waiting | None:
    """The message, None where it was sent or given up already."""
    row = session.get(NoticeRow, notice_id)
    if row is None or row.state is not NoticeState.WAITING:
        return None
    return Waiting(row.once, row.sender, row.to_sealed, row.subject, row.body_sealed)


def _common(office: Office, row: CaseRow | None) -> dict[str, str]:
    common = {"company": office.company, "hotline": office.hotline}
    if row is None:
        return common
    received = row.received_at.astimezone(office.zone)
    return common | {"number": row.number, "received": f"{received.month}月{received.day}日",
                     "words": row.words[:LONGEST_WORDS]}  # fmt: skip


def _values(office: Office, step: Step) -> dict[str, str]:
    values = {name: str(value) for name, value in step.facts.items()}
    if "promised_at" in values:
        promised = datetime.fromisoformat(values["promised_at"]).astimezone(office.zone)
        values["promised"] = f"{promised.month}月{promised.day}日{promised:%H:%M}"
    return values


def _address(sender: str) -> str:
    """The e-mail address in what was written of a sender, as in 市场部 李 <li@example.com>; empty where none is."""
    found = [word for word in re.split(r"[\s,;:，；：、<>()（）\"]+", sender) if "@" in word]
    return email_address(found[0]) if found else ""


def _masked(to: str) -> str:
    """138****8000, or z***@example.com."""
    name, at, domain = to.partition("@")
    return f"{name[:1]}***@{domain}" if at else masked(national(to))
