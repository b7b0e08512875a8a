"""The managers' measures of complaint handling against targets: each with its formula, n and interval."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson, confint_poisson_2indep

from qa_app.core.errors import Invalid
from surveys.profiles import shipped_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Targets:
    """The target of each measure by its slug (shares as 0..1, rates as they are counted), and the customers served."""

    of: Mapping[str, float]
    customers: int


def targets_from_yaml(text: str, where: str = "targets") -> Targets:
    """The targets of a YAML text; Invalid names what does not fit."""
    try:
        document = yaml.safe_load(text)
        found = Targets({str(slug): float(value) for slug, value in document["targets"].items()},
                        int(document["customers"]))  # fmt: skip
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid("{where}: give customers and targets, a number for each measure ({error}).", where=where,
                      error=error) from error  # fmt: skip
    if found.customers < 1 or any(value < 0 for value in found.of.values()):
        raise Invalid("{where}: customers is 1 or more, and no target lies below 0.", where=where)
    return found


@cache
def shipped_targets() -> Targets:
    """The targets that ship."""
    return targets_from_yaml(shipped_text("targets"))


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a message translated later
    """Mark a message for the catalogue."""
    return message


class Counted(StrEnum):
    """How a measure is counted: as a share of its n, or as a rate against the customers served."""

    SHARE = "share"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure, declared once: its name, its formula in words, and whether more of it is better."""

    slug: str
    name: str
    formula: str
    more_is_better: bool
    counted: Counted = Counted.SHARE


MEASURES = (
    Measure("on_time", N_("On time"),
            N_("closed within the closing clock / all cases whose closing clock has passed"), True),
    Measure("first_dispatch_right", N_("First dispatch right"),
            N_("dispatched cases that were never sent back / dispatched cases"), True),
    Measure("escalated", N_("Escalated"),
            N_("manager hotline, appeal or forwarded by the regulator / all cases"), False),
    Measure("repeated", N_("Repeated"),
            N_("same customer and same first-level class within 30 days before / all cases"), False),
    Measure("solved_on_the_spot", N_("On-the-spot rate"), N_("solved on the spot / all cases"), True),
    Measure("per_ten_thousand", N_("Complaints per 10,000"), N_("cases a month per 10,000 customers"), False,
            Counted.RATE),
    Measure("appeals_per_million", N_("Appeals per million"),
            N_("cases forwarded by the regulator a quarter per million customers"), False, Counted.RATE),
)  # fmt: skip
PER = {"per_ten_thousand": (10_000, 365.25 / 12), "appeals_per_million": (1_000_000, 365.25 / 4)}
"""Customers and days to which each rate is brought."""
LEAST_N = 30


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's value with its 95 % interval (Wilson for shares, exact Poisson for rates), its hits and its n."""

    slug: str
    value: float | None
    low: float
    high: float
    hits: int
    n: int

    @property
    def is_small(self) -> bool:
        """Too few cases for a ranking or a comparison."""
        return self.n < LEAST_N


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure moved: a difference of shares or a ratio of rates with its 95 % interval."""

    value: float
    low: float
    high: float
    is_real: bool


def measured(facts: pd.DataFrame, days: float, customers: int) -> dict[str, Measured]:
    """Every measure of some cases received in so many days.

    `facts` has one row a case with the boolean columns is_due, on_time, dispatched, sent_back, escalated,
    repeated, solved_on_the_spot and regulator.
    """
    n = len(facts)
    due, dispatched = facts[facts["is_due"]], facts[facts["dispatched"]]
    shares = {
        "on_time": (due["on_time"].sum(), len(due)),
        "first_dispatch_right": ((~dispatched["sent_back"]).sum(), len(dispatched)),
        "escalated": (facts["escalated"].sum(), n),
        "repeated": (facts["repeated"].sum(), n),
        "solved_on_the_spot": (facts["solved_on_the_spot"].sum(), n),
    }
    found = {slug: share(slug, int(hits), of) for slug, (hits, of) in shares.items()}
    for slug, hits in (("per_ten_thousand", n), ("appeals_per_million", int(facts["regulator"].sum()))):
        found[slug] = rate(slug, hits, days, customers)
    return found


def share(slug: str, hits: int, n: int) -> Measured:
    """A share with its Wilson 95 % interval."""
    if n == 0:
        return Measured(slug, None, 0.0, 1.0, 0, 0)
    low, high = proportion_confint(hits, n, 0.05, "wilson")
    value = hits / n
    return Measured(slug, value, min(float(low), value), max(float(high), value), hits, n)


def rate(slug: str, hits: int, days: float, customers: int) -> Measured:
    """A rate brought to its customers and days, with its exact Poisson 95 % interval."""
    base, period = PER[slug]
    per = base / customers * period / max(days, 1e-9)
    low, high = confint_poisson(hits, 1, method="exact-c")
    return Measured(slug, hits * per, float(np.nan_to_num(low)) * per, float(high) * per, hits, hits)


def change(now: Measured, before: Measured, days: tuple[float, float]) -> Change | None:
    """How a measure moved between two periods of so many days; None where either has too few cases to say.

    Shares by Newcombe's hybrid interval of their difference, rates by the score interval of their ratio; the movement
    is real where the interval leaves out no change.
    """
    if now.is_small or before.is_small or now.value is None or before.value is None:
        return None
    if now.slug in PER:
        low, high = confint_poisson_2indep(now.hits, days[0], before.hits, days[1], method="score", compare="ratio")
        ratio = now.hits / days[0] / (before.hits / days[1])
        return Change(ratio, float(low), float(high), is_real=not low <= 1 <= high)
    low, high = confint_proportions_2indep(now.hits, now.n, before.hits, before.n, method="newcomb", compare="diff")
    return Change(now.value - before.value, float(low), float(high), is_real=not low <= 0 <= high)


def meets(measure: Measure, found: Measured, target: float | None) -> bool | None:
    """Whether a target is met for certain (True) or missed for certain (False); None while the interval holds it."""
    if target is None or found.value is None or found.low <= target <= found.high:
        return None
    return (found.value > target) == measure.more_is_better
