"""One customer in one story: every case, remedy and message; patterns that only supervisors see; likely duplicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, allowed, reach
from qa_app.core.contacts import Vault, masked, masked_name, national
from qa_app.core.errors import NotFound
from surveys import queries
from surveys.model import CaseState, Channel, StepKind
from surveys.tables import CaseRow, CaseStepRow, CustomerRow

REPEATED_WITHIN = timedelta(days=30)
DIFFICULT_CASES, DIFFICULT_WITHIN = 5, timedelta(days=365)
"""Ours: from the fifth case in a year on a customer is pointed out to supervisors, who judge."""
MOST = 200


@dataclass(frozen=True, slots=True)
class CustomerCase:
    """A case in its customer's story; `joined_to` is the case whose duplicate it is."""

    id: int
    number: str
    state: CaseState
    class_code: str
    channel: Channel
    received_at: datetime
    words: str
    joined_to: int | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a customer was granted."""

    case_id: int
    remedy: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Patterns:
    """What stands out in a customer's cases: repeats (30 days, same first-level class) and how many in a year."""

    repeated: tuple[tuple[str, int], ...]
    in_a_year: int
    is_difficult: bool
    to_regulator: int
    granted_yuan: Decimal


@dataclass(frozen=True, slots=True)
class CustomerStory:
    """Everything about one customer that the reader may see; `patterns` is None for who may not see them."""

    id: int
    name: str
    phone: str
    tier: str
    since: datetime
    cases: tuple[CustomerCase, ...]
    remedies: tuple[Remedy, ...]
    patterns: Patterns | None


def story(session: Session, actor: Actor, vault: Vault, now: datetime, customer_id: int) -> CustomerStory:
    """One customer, cut to the cases in the actor's reach; NotFound where there is none."""
    seen = _cases(session, actor, customer_id)
    customer = session.get(CustomerRow, customer_id)
    if customer is None or not seen:
        raise NotFound("There is no customer {customer} that you may see.", customer=customer_id)
    remedies = _remedies(session, [case.id for case in seen])
    found = patterns(seen, remedies, now) if allowed(actor, Action.SEE_PATTERNS) else None
    return CustomerStory(
        customer.id, masked_name(vault.unseal(customer.name_sealed)),
        masked(national(vault.unseal(customer.phone_sealed))), customer.tier, customer.created_at, seen, remedies,
        found,
    )  # fmt: skip


def patterns(cases: Sequence[CustomerCase], remedies: Sequence[Remedy], now: datetime) -> Patterns:
    """Repeats and habits in a customer's cases; duplicates that were joined do not count."""
    own = sorted((case for case in cases if case.joined_to is None), key=lambda case: case.received_at)
    repeated = Counter(
        later.class_code.partition("/")[0]
        for place, later in enumerate(own)
        if any(_same_matter(earlier, later) for earlier in own[:place])
    )
    in_a_year = sum(case.received_at > now - DIFFICULT_WITHIN for case in own)
    return Patterns(
        repeated=tuple(sorted(repeated.items())),
        in_a_year=in_a_year,
        is_difficult=in_a_year >= DIFFICULT_CASES,
        to_regulator=sum(case.channel is Channel.REGULATOR for case in own),
        granted_yuan=sum((remedy.amount for remedy in remedies), Decimal()),
    )


def likely_duplicates(session: Session, actor: Actor, case_id: int) -> tuple[CustomerCase, ...]:
    """This customer's earlier cases of the same matter, to be joined by hand, the newest first."""
    row = queries.case_in_reach(session, actor, Action.HANDLE_CASE, case_id)
    mine = next(case for case in _cases(session, actor, row.customer_id) if case.id == case_id)
    others = [case for case in _cases(session, actor, row.customer_id) if case.id != case_id and not case.joined_to]
    return tuple(case for case in others if case.received_at <= mine.received_at and _same_matter(case, mine))


def _same_matter(earlier: CustomerCase, later: CustomerCase) -> bool:
    """Within 30 days and of the same first-level class, or one of them without a class."""
    classes = {case.class_code.partition("/")[0] for case in (earlier, later)} - {""}
    return later.received_at - earlier.received_at <= REPEATED_WITHIN and len(classes) <= 1


def _cases(session: Session, actor: Actor, customer_id: int) -> tuple[CustomerCase, ...]:
    state = queries.state_column()
    query = select(CaseRow, state).where(
        CaseRow.customer_id == customer_id, queries.within(reach(actor, Action.SEE_CASES))
    )
    rows = session.execute(query.order_by(CaseRow.received_at.desc(), CaseRow.id.desc()).limit(MOST))
    return tuple(
        CustomerCase(row.id, row.number, CaseState(stands), row.class_code, row.channel, row.received_at, row.words,
                     row.joined_to_id)
        for row, stands in rows
    )  # fmt: skip


def _remedies(session: Session, case_ids: list[int]) -> tuple[Remedy, ...]:
    query = select(CaseStepRow).where(CaseStepRow.case_id.in_(case_ids), CaseStepRow.kind == StepKind.REMEDY_GRANTED)
    return tuple(
        Remedy(row.case_id, str(row.facts["remedy"]), Decimal(str(row.facts["amount"])), row.at)
        for row in session.scalars(query.order_by(CaseStepRow.at.desc()))
    )
