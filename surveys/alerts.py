"""Batch complaints: campaigns and outages registered beforehand, and one alert for many similar complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM, Action, Actor, reach, require
from qa_app.core.db import insert_for
from qa_app.core.errors import Invalid, NotFound
from surveys import queries, rules
from surveys.batches import TRAITS, BatchRule, Known, Sign, known_event, signs
from surveys.model import CaseKind, EventKind
from surveys.tables import AlertCaseRow, AlertRow, CaseRow, KnownEventRow

LONGEST_CLOSING = 500
MOST = 200


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A campaign or an outage as it is registered beforehand; what is left empty is not looked at."""

    kind: EventKind
    title: str
    starts_at: datetime
    ends_at: datetime
    class_code: str = ""
    place: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert with how many complaints in the reader's reach it holds, and the known event that explains it."""

    id: int
    class_code: str
    place: str
    campaign: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closing: str
    event: str
    cases: int


def register_event(session: Session, actor: Actor, now: datetime, new: NewEvent) -> int:
    """Register a campaign or an outage, so that its complaints are recognised as expected."""
    require(actor, Action.REGISTER_EVENT)
    if not new.title.strip():
        raise Invalid("Give the campaign or outage a name.")
    if new.ends_at <= new.starts_at:
        raise Invalid("{title} ends before it begins. Mend the times.", title=new.title)
    if not (new.class_code or new.place.strip() or new.campaign.strip()):
        raise Invalid("Say by what its complaints are recognised: a class, a place or the campaign's name.")
    row = KnownEventRow(
        kind=new.kind, title=new.title.strip()[:200], class_code=new.class_code, place=new.place.strip()[:120],
        campaign=new.campaign.strip()[:120], starts_at=new.starts_at, ends_at=new.ends_at, by_id=actor.user_id, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, actor, "event.register", f"event:{row.id}", now, title=row.title, kind=new.kind.value)
    return row.id


def events(session: Session, actor: Actor, after: datetime) -> list[KnownEventRow]:
    """The campaigns and outages that have not ended before a moment, the next first."""
    require(actor, Action.SEE_CASES)
    query = select(KnownEventRow).where(KnownEventRow.ends_at >= after).order_by(KnownEventRow.starts_at)
    return list(session.scalars(query.limit(MOST)))


def look_for(session: Session, now: datetime, row: CaseRow) -> None:
    """After a complaint was registered: join it to the open alert of its kind, or raise one when it is the n-th."""
    if row.kind is CaseKind.SUGGESTION:
        return
    rule = rules.batch_rule(session, now)
    for sign in signs(rule, {name: getattr(row, name) for name in TRAITS}):
        similar = _similar(session, rule, sign, row)
        opened = session.scalars(select(AlertRow).where(AlertRow.open_key == sign.key)).first()
        if opened is not None and row.received_at <= opened.last_at + rule.window:
            opened.last_at = max(opened.last_at, row.received_at)
            _hold(session, opened.id, [row.id])
        elif len(similar) >= rule.least:
            if opened is not None:
                opened.open_key = None  # that cluster is over; it stays listed until somebody closes it
                session.flush()
            _raise(session, now, sign, similar)


def alerts(session: Session, actor: Actor, *, closed: bool = False) -> list[Alert]:
    """The alerts with complaints in the actor's reach, the newest first."""
    held = func.count(CaseRow.id)
    query = (
        select(AlertRow, KnownEventRow.title, held)
        .join(AlertCaseRow, AlertCaseRow.alert_id == AlertRow.id)
        .join(CaseRow, CaseRow.id == AlertCaseRow.case_id)
        .join(KnownEventRow, KnownEventRow.id == AlertRow.event_id, isouter=True)
        .where(queries.within(reach(actor, Action.SEE_CASES)))
        .group_by(AlertRow.id, KnownEventRow.title)
        .order_by(AlertRow.opened_at.desc(), AlertRow.id.desc())
        .limit(MOST)
    )
    query = query if closed else query.where(AlertRow.closed_at.is_(None))
    return [
        Alert(row.id, row.class_code, row.place, row.campaign, row.opened_at, row.last_at, row.closed_at, row.closing,
              title or "", cases)
        for row, title, cases in session.execute(query)
    ]  # fmt: skip


def case_ids(session: Session, actor: Actor, alert_id: int) -> list[int]:
    """The complaints of an alert that the actor may see."""
    query = select(CaseRow.id).join(AlertCaseRow, AlertCaseRow.case_id == CaseRow.id)
    seen = query.where(AlertCaseRow.alert_id == alert_id, queries.within(reach(actor, Action.SEE_CASES)))
    return list(session.scalars(seen.order_by(CaseRow.id)))


def close(session: Session, actor: Actor, now: datetime, alert_id: int, words: str) -> None:
    """Close an alert with what came of it; the next complaints of the kind may raise another."""
    require(actor, Action.REGISTER_EVENT)
    row = session.get(AlertRow, alert_id, with_for_update=True)
    if row is None or not case_ids(session, actor, alert_id):
        raise NotFound("There is no alert {alert} that you may see.", alert=alert_id)
    if row.closed_at is not None:
        raise Invalid("Alert {alert} is closed already.", alert=alert_id)
    if not words.strip():
        raise Invalid("Say what came of the alert before you close it.")
    row.open_key, row.closed_at, row.closed_by_id = None, now, actor.user_id
    row.closing = words.strip()[:LONGEST_CLOSING]
    journal.record(session, actor, "alert.close", f"alert:{alert_id}", now)


def _similar(session: Session, rule: BatchRule, sign: Sign, row: CaseRow) -> list[int]:
    """The complaints alike within the window before this one, itself among them, that no alert holds yet."""
    wheres = [func.lower(getattr(CaseRow, name)) == value.lower() for name, value in sign.values]
    held = select(AlertCaseRow.case_id).join(AlertRow).where(AlertRow.closed_at.is_not(None))
    query = select(CaseRow.id).where(
        CaseRow.received_at > row.received_at - rule.window, CaseRow.received_at <= row.received_at,
        CaseRow.joined_to_id.is_(None), CaseRow.kind != CaseKind.SUGGESTION, CaseRow.id.not_in(held), *wheres,
    )  # fmt: skip
    return list(session.scalars(query))


def _raise(session: Session, now: datetime, sign: Sign, similar: list[int]) -> None:
    known = known_event(sign, now, _known(session, now))
    insert = insert_for(session)
    values = {
        "open_key": sign.key, "class_code": sign.value("class_code"), "place": sign.value("place"),
        "campaign": sign.value("campaign"), "event_id": known.id if known else None, "opened_at": now, "last_at": now,
        "closing": "",
    }  # fmt: skip
    made = session.scalars(insert(AlertRow).values(**values).on_conflict_do_nothing().returning(AlertRow.id)).first()
    if made is None:  # somebody else's complaint has just raised it
        made = session.scalars(select(AlertRow.id).where(AlertRow.open_key == sign.key)).one()
    else:
        journal.record(session, SYSTEM, "alert.raise", f"alert:{made}", now, cases=len(similar), kind=sign.key)
    _hold(session, made, similar)


def _known(session: Session, now: datetime) -> list[Known]:
    query = select(KnownEventRow).where(KnownEventRow.starts_at <= now, KnownEventRow.ends_at >= now)
    return [
        Known(row.id, row.class_code, row.place, row.campaign, row.starts_at, row.ends_at)
        for row in session.scalars(query.order_by(KnownEventRow.id))
    ]


def _hold(session: Session, alert_id: int, cases: list[int]) -> None:
    insert = insert_for(session)
    rows = [{"alert_id": alert_id, "case_id": case_id} for case_id in cases]
    session.execute(insert(AlertCaseRow).values(rows).on_conflict_do_nothing())
