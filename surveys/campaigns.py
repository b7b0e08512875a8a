"""Surveys without a case, the do-not-contact list, and how far the month's quotas are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, covers, reach, require
from qa_app.core.contacts import masked, masked_name, national, phone_number
from qa_app.core.errors import Forbidden, Invalid, NotFound, Sentence
from surveys import rules, tasks
from surveys.calling import person_bars
from surveys.model import Outcome, TaskKind
from surveys.office import Office
from surveys.responses import within
from surveys.sampling import SurveyPlan
from surveys.survey_tables import DoNotContactRow, SurveyTaskRow
from surveys.tables import CaseRow, CustomerRow
from surveys.tasks import NewTask

LONGEST_NAME, MOST_NUMBERS = 60, 20_000
_T = SurveyTaskRow


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A survey of people without a case: its name, what is asked, whom, in whose unit, and from when."""

    name: str
    questionnaire: str
    numbers: tuple[str, ...]
    unit_id: int
    from_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """How many are asked, and which lines were left out and why."""

    asked: int
    left_out: tuple[tuple[int, Sentence], ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """A customer who is not to be contacted, masked."""

    id: int
    customer: str
    phone: str
    reason: str
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Tasks of a kind since a moment: open, and ended by outcome."""

    kind: TaskKind
    open: int
    ended: dict[Outcome, int]


def start(session: Session, actor: Actor, now: datetime, office: Office, new: NewCampaign) -> Started:
    """Schedule a campaign; a number that is none, refused, barred or asked lately is left out with its reason."""
    if not covers(reach(actor, Action.MANAGE_SURVEYS), new.unit_id, frozenset()):
        raise Forbidden("{name} may not ask customers of this unit.", name=actor.name)
    name = new.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("Give the campaign a name of at most {most} signs.", most=LONGEST_NAME)
    if not 0 < len(new.numbers) <= MOST_NUMBERS:
        raise Invalid("Give between 1 and {most} numbers, one a line.", most=MOST_NUMBERS)
    if session.scalar(select(_T.id).where(_T.once.startswith(f"campaign:{name}:", autoescape=True)).limit(1)):
        raise Invalid("There was a campaign “{name}” already. Choose another name.", name=name)
    calling, left_out, asked = rules.calling(session, now), list[tuple[int, Sentence]](), 0
    for line, number in enumerate(new.numbers, 1):
        try:
            customer_id = _customer(session, now, office, number)
        except Invalid as error:
            left_out.append((line, error))
            continue
        if person_bars(tasks.person_of(session, office, customer_id), now, calling):
            left_out.append((line, Sentence("this customer is not to be contacted")))
        elif tasks.asked_lately(session, now, customer_id, calling):
            left_out.append((line, Sentence("this customer was asked lately")))
        else:
            once = f"campaign:{name}:{customer_id}"
            task = NewTask(
                once, TaskKind.CAMPAIGN, customer_id, new.unit_id, new.questionnaire, new.from_at, tasks.SAMPLED
            )
            asked += tasks.schedule(session, now, office, task) is not None
    journal.record(session, actor, "campaign.start", f"campaign:{name}", now, registered=asked, refused=len(left_out))
    return Started(asked, tuple(left_out))


def barred(session: Session, actor: Actor, office: Office) -> list[Barred]:
    """The do-not-contact list, the newest first."""
    require(actor, Action.MANAGE_SURVEYS)
    query = (
        select(DoNotContactRow, CustomerRow)
        .join(CustomerRow, CustomerRow.id == DoNotContactRow.customer_id)
        .where(DoNotContactRow.ended_at.is_(None), _known_to(actor))
        .order_by(DoNotContactRow.id.desc())
    )
    return [
        Barred(row.id, masked_name(office.vault.unseal(customer.name_sealed)),
               masked(national(office.vault.unseal(customer.phone_sealed))), row.reason, row.at, row.until)
        for row, customer in session.execute(query)
    ]  # fmt: skip


def bar(session: Session, actor: Actor, now: datetime, office: Office, number: str, reason: str) -> None:
    """Put somebody on the do-not-contact list by their number; their tasks end."""
    require(actor, Action.MANAGE_SURVEYS)
    if not reason.strip():
        raise Invalid("Say why the customer is not to be contacted.")
    customer_id = _customer(session, now, office, number)
    tasks.bar(session, actor, now, customer_id, reason)


def lift(session: Session, actor: Actor, now: datetime, barred_id: int, reason: str) -> None:
    """Take somebody off the do-not-contact list, with the grounds for it."""
    query = select(DoNotContactRow).join(CustomerRow, CustomerRow.id == DoNotContactRow.customer_id)
    open_ones = query.where(DoNotContactRow.id == barred_id, DoNotContactRow.ended_at.is_(None), _known_to(actor))
    row = session.scalars(open_ones).first()
    if row is None:
        raise NotFound("There is nobody on the list under {number}.", number=barred_id)
    if not reason.strip():
        raise Invalid("Say why the customer may be contacted again.")
    row.ended_at, row.ended_by_id = now, actor.user_id
    journal.record(session, actor, "customer.unbar", f"customer:{row.customer_id}", now, reason=reason.strip()[:500])


def _known_to(actor: Actor) -> ColumnElement[bool]:
    """Customers with a case or a survey in reach."""
    found = reach(actor, Action.MANAGE_SURVEYS)
    if found.everything:
        return true()
    of_cases = select(CaseRow.customer_id).where(CaseRow.unit_id.in_(found.units))
    return CustomerRow.id.in_(of_cases.union_all(select(_T.customer_id).where(_T.unit_id.in_(found.units))))


def progress(session: Session, actor: Actor, since: datetime) -> list[Progress]:
    """What became of the tasks scheduled since a moment, by kind."""
    seen = within(reach(actor, Action.MANAGE_SURVEYS), _T.unit_id)
    query = select(_T.kind, _T.outcome, func.count()).where(seen, _T.created_at >= since).group_by(_T.kind, _T.outcome)
    found = {kind: Counter[Outcome | None]() for kind in TaskKind}
    for kind, outcome, count in session.execute(query):
        found[kind][outcome] += count
    return [
        Progress(kind, counts[None], {one: counts[one] for one in Outcome if counts[one]})
        for kind, counts in found.items()
    ]


def cells_left(session: Session, actor: Actor, plan: SurveyPlan, since: datetime) -> list[tuple[str, str, int, int]]:
    """Every quota cell that was touched this month: dimension, value, taken, most."""
    require(actor, Action.MANAGE_SURVEYS)
    taken = tasks.taken_cells(session, since)
    return sorted(
        (name, value, count, plan.quotas[name]) for (name, value), count in taken.items() if name in plan.quotas
    )


def _customer(session: Session, now: datetime, office: Office, number: str) -> int:
    """The customer of a number; one that is not known yet is made without a name."""
    phone = phone_number(number)
    print_ = office.vault.fingerprint(phone)
    known = session.scalar(select(CustomerRow.id).where(CustomerRow.phone_fingerprint == print_))
    if known is not None:
        return known
    row = CustomerRow(name_sealed="", phone_sealed=office.vault.seal(phone), phone_fingerprint=print_, email_sealed="",
                      tier="", created_at=now)  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def numbers_in(text: str) -> Sequence[str]:
    """The numbers of a text, one a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
