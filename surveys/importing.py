"""Many complaint cases at once, from another system's export: written in bulk, with one journal entry for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, covers, reach
from qa_app.core.db import free_ids, write_many
from qa_app.core.errors import Forbidden, Sentence
from qa_app.core.working_days import WorkingDays
from surveys import queries, rules
from surveys.case_file import Refused, Row
from surveys.clock import deadlines
from surveys.model import Step, StepKind, Traits
from surveys.office import Office
from surveys.profiles import Profile
from surveys.reckoning import as_kept, given_numbers
from surveys.tables import CaseDeadlineRow, CaseRow, CaseStepRow, CustomerRow

AT_ONCE = 2000
KNOWN = Sentence("This case number is registered already; the row was left out.")
IMPORTED = {"approver": "import", "proof": "closed in the system that it came from"}


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of some rows: how many are registered, and which were left out and why."""

    registered: int
    refused: tuple[Refused, ...]


def take_in(
    session: Session, actor: Actor, now: datetime, office: Office, unit_id: int, rows: Sequence[Row]
) -> Batch:  # fmt: skip
    """Register some rows of an export in the unit; a number that is known already is left out."""
    if not covers(reach(actor, Action.IMPORT_CASES), unit_id, frozenset()):
        raise Forbidden("{name} may not import cases of this unit.", name=actor.name)
    fresh, refused = _without_known(session, rows)
    numbers = iter(given_numbers(session, now.astimezone(office.zone), sum(not row.number for row in fresh)))
    customers = _customers(session, now, office, fresh)
    values = [
        _case(row, row.number or next(numbers), customers[row.new.customer_phone], unit_id, actor) for row in fresh
    ]
    if values:
        made = free_ids(session, CaseRow, len(values))
        write_many(session, CaseRow, [{"id": made_id} | value for made_id, value in zip(made, values, strict=True)])
        _steps(session, actor, now, office, list(zip(made, fresh, strict=True)))
    return Batch(len(fresh), tuple(refused))


def journal_import(session: Session, actor: Actor, now: datetime, registered: int, refused: int) -> None:
    """One journal entry for a whole import."""
    journal.record(session, actor, "cases.import", "cases", now, registered=registered, refused=refused)


def in_batches(rows: Iterable[Row | Refused]) -> Iterator[tuple[list[Row], list[Refused]]]:
    """Rows some thousand at a time, those to register apart from those already refused."""
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield [row for row in some if isinstance(row, Row)], [row for row in some if isinstance(row, Refused)]


def _without_known(session: Session, rows: Sequence[Row]) -> tuple[list[Row], list[Refused]]:
    given = [row.number for row in rows if row.number]
    known = set(session.scalars(select(CaseRow.number).where(CaseRow.number.in_(given))))
    fresh: list[Row] = []
    refused: list[Refused] = []
    for row in rows:
        if row.number and row.number in known:
            refused.append(Refused(row.line, KNOWN))
            continue
        known.add(row.number)
        fresh.append(row)
    return fresh, refused


def _customers(session: Session, now: datetime, office: Office, rows: Sequence[Row]) -> dict[str, int]:
    """The customers of some rows by their number; new ones are made."""
    prints = {row.new.customer_phone: office.vault.fingerprint(row.new.customer_phone) for row in rows}
    first = {prints[row.new.customer_phone]: row.new for row in reversed(rows)}
    query = select(CustomerRow.phone_fingerprint, CustomerRow.id).where(CustomerRow.phone_fingerprint.in_(first))
    known = {print_: customer_id for print_, customer_id in session.execute(query)}  # noqa: C416 - rows are no pairs
    unknown = {print_: new for print_, new in first.items() if print_ not in known}
    made = dict(zip(unknown, free_ids(session, CustomerRow, len(unknown)), strict=True))
    fresh = [
        {
            "id": made[print_],
            "name_sealed": office.vault.seal(new.customer_name), "phone_sealed": office.vault.seal(new.customer_phone),
            "phone_fingerprint": print_, "tier": new.tier, "created_at": now,
        }
        for print_, new in unknown.items()
    ]  # fmt: skip
    write_many(session, CustomerRow, fresh)
    known |= made
    return {phone: known[print_] for phone, print_ in prints.items()}


def _case(row: Row, number: str, customer_id: int, unit_id: int, actor: Actor) -> dict[str, Any]:
    new = row.new
    return {
        "number": number, "kind": new.kind, "channel": new.channel, "urgency": new.urgency,
        "class_code": new.class_code,
        "words": new.words, "demand": new.demand, "product": new.product, "place": new.place, "campaign": new.campaign,
        "sender": new.sender, "customer_id": customer_id, "unit_id": unit_id, "first_asked_id": None,
        "follow_up_id": actor.user_id, "profile": new.profile, "received_at": new.received_at,
    }  # fmt: skip


def _steps(session: Session, actor: Actor, now: datetime, office: Office, made: list[tuple[int, Row]]) -> None:
    days = queries.working_days(session, office.zone)
    profiles = rules.Profiles(session)
    steps: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for case_id, row in made:
        taken = _taken(row, actor, now)
        steps += [
            {
                "case_id": case_id, "number": step.number, "kind": step.kind, "at": step.at,
                "recorded_at": step.recorded_at, "by_id": actor.user_id, "result": "", "unit_id": None,
                "facts": step.facts,
            }
            for step in taken
        ]  # fmt: skip
        kept += _deadlines(case_id, row, taken, profiles.of(row.new.profile, taken[0].at), days, now)
    write_many(session, CaseStepRow, steps)
    write_many(session, CaseDeadlineRow, kept)


def _taken(row: Row, actor: Actor, now: datetime) -> list[Step]:
    """The receipt, as entered when it was received there; and the close, if it was closed there."""
    received = row.new.received_at or now
    steps = [Step(1, StepKind.RECEIVED, received, received, actor.user_id)]
    if row.closed_at is not None:
        steps.append(Step(2, StepKind.CLOSED, row.closed_at, now, actor.user_id, dict(IMPORTED)))
    return steps


def _deadlines(
    case_id: int, row: Row, taken: list[Step], profile: Profile, days: WorkingDays, now: datetime
) -> list[dict[str, Any]]:  # fmt: skip
    traits = Traits(row.new.kind, row.new.channel, row.new.urgency)
    return [as_kept(case_id, one) for one in deadlines(taken, traits, profile, days, now)]
