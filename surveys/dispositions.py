"""What came of a call (呼叫结果) with its AAPOR code, and the rates that follow from the final ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from statsmodels.stats.proportion import proportion_confint

from surveys.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Disposition(StrEnum):
    """What one call or message came to."""

    COMPLETED = "completed"
    BROKE_OFF = "broke_off"
    REFUSED = "refused"
    LATER = "later"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    SWITCHED_OFF = "switched_off"
    NOT_IN_SERVICE = "not_in_service"
    WRONG_PERSON = "wrong_person"
    LINK_SENT = "link_sent"


class Category(StrEnum):
    """AAPOR's groups of final dispositions (Standard Definitions, telephone and named persons)."""

    COMPLETE = "I"
    PARTIAL = "P"
    REFUSAL = "R"
    NON_CONTACT = "NC"
    OTHER = "O"
    UNKNOWN = "UO"
    NOT_ELIGIBLE = "NE"


_D, _C = Disposition, Category
AAPOR: dict[Disposition, tuple[str, Category]] = {
    _D.COMPLETED: ("1.1", _C.COMPLETE),
    _D.BROKE_OFF: ("2.12", _C.REFUSAL),
    _D.REFUSED: ("2.11", _C.REFUSAL),
    _D.LATER: ("2.30", _C.OTHER),
    _D.NO_ANSWER: ("3.13", _C.UNKNOWN),
    _D.BUSY: ("3.12", _C.UNKNOWN),
    _D.SWITCHED_OFF: ("3.16", _C.UNKNOWN),
    _D.NOT_IN_SERVICE: ("4.3", _C.NOT_ELIGIBLE),
    _D.WRONG_PERSON: ("3.21", _C.UNKNOWN),
    _D.LINK_SENT: ("3.19", _C.UNKNOWN),
}
"""AAPOR's code and group of each. A customer who stops after at least one answer is a partial (1.2); one who was
spoken to and asked to be called later is a contact (2.3). Named customers: a number out of service is not eligible."""

FINAL_ORDER = (
    _D.COMPLETED, _D.REFUSED, _D.BROKE_OFF, _D.LATER, _D.WRONG_PERSON, _D.NOT_IN_SERVICE, _D.NO_ANSWER, _D.BUSY,
    _D.SWITCHED_OFF, _D.LINK_SENT,
)  # fmt: skip
"""Which of several outcomes counts in the end: whoever was spoken to once stays a contact."""


def final(dispositions: Iterable[Disposition]) -> Disposition | None:
    """The disposition that counts of all attempts of a task; None before the first."""
    known = set(dispositions)
    return next((one for one in FINAL_ORDER if one in known), None)


def category(found: Disposition | None, *, has_answers: bool = False) -> Category:
    """The group of a task's final disposition; one never attempted is of unknown eligibility."""
    if found is None:
        return Category.UNKNOWN
    if has_answers and found not in (Disposition.COMPLETED, Disposition.REFUSED):
        return Category.PARTIAL
    return AAPOR[found][1]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate declared once: slug, name, formula; its groups above and below the line."""

    slug: str
    name: str
    formula: str
    above: frozenset[Category]
    below: frozenset[Category]


_ALL = frozenset(Category) - {_C.NOT_ELIGIBLE}
_REACHED = frozenset({_C.COMPLETE, _C.PARTIAL, _C.REFUSAL, _C.OTHER})
RATES = (
    Rate("response", N_("Response rate"), "RR1 = I / ((I+P) + (R+NC+O) + UO)", frozenset({_C.COMPLETE}), _ALL),
    Rate("cooperation", N_("Cooperation rate"), "COOP1 = I / ((I+P) + R + O)", frozenset({_C.COMPLETE}), _REACHED),
    Rate("refusal", N_("Refusal rate"), "REF1 = R / ((I+P) + (R+NC+O) + UO)", frozenset({_C.REFUSAL}), _ALL),
    Rate("contact", N_("Contact rate"), "CON1 = ((I+P) + R + O) / ((I+P) + R + O + NC + UO)", _REACHED, _ALL),
)
"""AAPOR Standard Definitions: RR1, COOP1, REF1, CON1."""


@dataclass(frozen=True, slots=True)
class RateValue:
    """A rate with its Wilson 95 % interval; None where nothing stands below the line."""

    rate: Rate
    value: float | None
    low: float
    high: float
    hits: int
    n: int


def rates(ended: Sequence[Category]) -> tuple[RateValue, ...]:
    """Every rate of the tasks whose work has ended."""
    counts = Counter(ended)
    return tuple(_rate(one, counts) for one in RATES)


def _rate(one: Rate, counts: Counter[Category]) -> RateValue:
    hits, n = sum(counts[group] for group in one.above), sum(counts[group] for group in one.below)
    if n == 0:
        return RateValue(one, None, 0.0, 1.0, 0, 0)
    low, high = proportion_confint(hits, n, 0.05, "wilson")
    return RateValue(one, hits / n, float(low), float(high), hits, n)
