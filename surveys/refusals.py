"""What refuses a registration or a step beyond the pure rules: people, units, authority, what the archive needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import Actor
from qa_app.core.errors import Conflict, Forbidden, Invalid, Terms
from qa_app.core.tables import UnitRow
from surveys import queries, rules, tasks
from surveys.authority import amount, check_within
from surveys.completeness import HANDED_OVER, lacking_for_archive
from surveys.model import NewCase, Step, StepKind
from surveys.tables import CaseRow

LONGEST_WORDS = 20_000
LONGEST_FACT = 5_000
LAST_YEAR = 9999
LONGEST = {"customer_name": 120, "demand": 5_000, "product": 120, "place": 120, "campaign": 120, "sender": 200,
           "tier": 40}  # fmt: skip
FUTURE_SLACK = timedelta(minutes=5)
"""How far a clock at the edge may run ahead of the server's."""
PEOPLE = frozenset({"to", "person", "approver"})
MOMENTS = frozenset({"promised_at", "called_at"})
_K = StepKind
UNBOUND = frozenset({_K.ASSIGNED, _K.NOTED, _K.ACCOUNTABLE_REPLIED, _K.ARCHIVED})
"""Steps that whoever handled a case before may still take once the customer has appealed."""


def unfit(session: Session, new: NewCase, now: datetime) -> None:
    """Raise Invalid where a complaint cannot be registered as it is."""
    received = new.received_at or now
    if not new.words.strip():
        raise Invalid("Write down what the customer complains about, in the customer's words.")
    if len(new.words) > LONGEST_WORDS:
        raise Invalid("The customer's words have {length} signs; at most {most} are kept. Attach the rest as a file.",
                      length=len(new.words), most=LONGEST_WORDS)  # fmt: skip
    for name, most in LONGEST.items():
        if len(getattr(new, name)) > most:
            raise Invalid("{field} has {length} signs; at most {most} are kept.", field=Terms(name),
                          length=len(getattr(new, name)), most=most)  # fmt: skip
    if new.class_code and new.class_code not in {one.code for one in rules.taxonomy(session, now)}:
        raise Invalid("There is no class “{code}”. Choose one of the list.", code=new.class_code)
    known = rules.profile_names(session, now)
    if new.profile not in known:
        raise Invalid("There is no time profile “{name}”. Choose one of: {known}.", name=new.profile,
                      known=", ".join(known))  # fmt: skip
    if received > now + FUTURE_SLACK:
        raise Invalid("The complaint was received at {moment}, which is to come. Give the moment it was made.",
                      moment=received.isoformat())  # fmt: skip
    if new.channel in HANDED_OVER and not new.sender.strip():
        raise Invalid("A case that was handed over names its sender, who is owed a written reply.")


def unit(session: Session, unit_id: int | None) -> int:
    """The unit, Invalid where there is none."""
    found = session.get(UnitRow, unit_id) if unit_id is not None else None
    if found is None:
        raise Invalid("There is no unit {unit}. Choose where the case is registered.", unit=unit_id)
    return found.id


def wrong_time(step: Step, before: tuple[Step, ...], now: datetime) -> None:
    """Raise Invalid where a step lies in the future or before the receipt."""
    if step.at > now + FUTURE_SLACK:
        raise Invalid("The step happened at {moment}, which is to come. Give the moment it was taken.",
                      moment=step.at.isoformat())  # fmt: skip
    if step.at < before[0].at:
        raise Invalid("The step happened at {moment}, before the case was received.", moment=step.at.isoformat())


def unknown_names(session: Session, step: Step, now: datetime) -> None:
    """Raise Invalid where a step names a person, a unit, a class or a moment that does not exist."""
    for name, value in step.facts.items():
        if name in PEOPLE and value not in people.names_of(session, [value] if isinstance(value, int) else []):
            raise Invalid(
                "There is no person {person} for “{field}”. Choose one of the list.", person=value, field=Terms(name)
            )
    _refuse_unknown_units(session, step)
    for name in MOMENTS & set(step.facts):
        _refuse_no_moment(name, str(step.facts[name]))
    if step.kind is _K.DELAY_TOLD and datetime.fromisoformat(str(step.facts["promised_at"])) <= step.at:
        raise Invalid("The newly promised time has passed already. Promise a time to come.")
    if step.kind is _K.MENDED and len(str(step.facts["value"])) > LONGEST.get(str(step.facts["field"]), LONGEST_FACT):
        raise Invalid("{field} has {length} signs; at most {most} are kept.", field=Terms(str(step.facts["field"])),
                      length=len(str(step.facts["value"])), most=LONGEST[str(step.facts["field"])])  # fmt: skip
    if step.kind is _K.MENDED and step.facts["field"] == "class_code":
        code = str(step.facts["value"])
        if code not in {one.code for one in rules.taxonomy(session, now)}:
            raise Invalid("There is no class “{code}”. Choose one of the list.", code=code)


def _refuse_unknown_units(session: Session, step: Step) -> None:
    """The lead unit, and the units that support it."""
    supporting = step.facts.get("supporting") or []
    for named in [step.facts.get("unit"), *(supporting if isinstance(supporting, list) else [supporting])]:
        if named is not None and (not isinstance(named, int) or session.get(UnitRow, named) is None):
            raise Invalid("There is no unit {unit}. Choose one of the list.", unit=named)


def _refuse_no_moment(name: str, text: str) -> None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1 < moment.year < LAST_YEAR:  # must bear any time zone
        raise Invalid("{field} is “{value}”. Give a moment with its time zone.", field=Terms(name), value=text)


def wrong_person(session: Session, actor: Actor, row: CaseRow, before: tuple[Step, ...], step: Step) -> None:
    """Return slips come from the unit that holds the case; a customer's appeal is handled by somebody new."""
    if step.kind in (_K.RETURNED, _K.SENT_BACK) and not actor.system:
        holder = session.scalar(select(queries.lead_unit_column()).where(CaseRow.id == row.id))
        if not any(holder in grant.units for grant in actor.grants):
            raise Forbidden("{case} was dispatched to another unit.", case=row.number)
    if step.kind is _K.ACCOUNTABLE_REPLIED and not actor.system:
        named = {one.facts["person"] for one in before if one.kind is _K.HELD_ACCOUNTABLE}
        if actor.user_id not in named:
            raise Forbidden("Only the person held accountable in {case} may reply to it.", case=row.number)
    if step.kind is _K.CALLED_BACK and not actor.system and actor.user_id in tasks.handlers(session, row.id):
        raise Forbidden("Whoever handled {case} does not ask its customer: the callback is somebody else's.",
                        case=row.number)  # fmt: skip
    appeals = [one.number for one in before if one.kind is _K.APPEALED]
    if not appeals:
        return
    handled = {one.by for one in before if one.number <= appeals[-1]} | {row.first_asked_id}
    if step.kind is _K.ASSIGNED and step.facts["to"] in handled:
        raise Conflict("An appeal goes to somebody who has not handled {case} before.", case=row.number)
    if step.kind not in UNBOUND and not actor.system and actor.user_id in handled:
        raise Forbidden("The customer appealed in {case}: hand it to somebody who has not handled it before.",
                        case=row.number)  # fmt: skip


def beyond_authority(session: Session, actor: Actor, row: CaseRow, before: tuple[Step, ...], step: Step) -> None:
    """Raise Forbidden where a remedy passes the limit of the one who grants it, with what was granted before.

    Only roles held where the case is registered have a limit here.
    """
    if step.kind in (_K.REMEDY_GRANTED, _K.REMEDY_REQUESTED):
        asked = amount(str(step.facts["amount"]))
        if step.kind is _K.REMEDY_GRANTED and not actor.system:
            granted = sum((amount(str(one.facts["amount"])) for one in before if one.kind is step.kind), Decimal())
            here = {grant.role for grant in actor.grants if row.unit_id in grant.units}
            check_within(rules.authority(session, step.recorded_at), here, granted, asked)


def incomplete(row: CaseRow, before: tuple[Step, ...], step: Step) -> None:
    """Raise Invalid where a case is not fit for the archive, with what is missing."""
    if step.kind is _K.ARCHIVED and (missing := lacking_for_archive(registered(row), before)):
        raise Invalid("{case} cannot be archived: {missing} missing. Complete it first.", case=row.number,
                      missing=Terms(*missing))  # fmt: skip


def registered(row: CaseRow) -> dict[str, object]:
    """What the archive's check reads of a registration."""
    return {"kind": row.kind, "channel": row.channel, "class_code": row.class_code, "demand": row.demand}


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept: text without NUL and of a bounded length, moments as text."""
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        told = value.isoformat() if isinstance(value, datetime) else value
        if isinstance(told, str):
            told = told.replace("\0", "").strip()
            if len(told) > LONGEST_FACT:
                raise Invalid("{field} has {length} signs; at most {most} are kept.", field=Terms(name),
                              length=len(told), most=LONGEST_FACT)  # fmt: skip
        kept[name] = told
    return kept
