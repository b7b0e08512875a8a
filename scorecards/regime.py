"""The quality regime (质检制度) as data: sampling, what is always checked, re-checks, disputes, month closing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid
from scorecards.sampling import Pool, RiskQuota

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ORDINARY, NEW_HIRE = "ordinary", "new_hire"
STRATA = (ORDINARY, NEW_HIRE)
ALWAYS = ("dissatisfied", "second_dispatch", "escalated")
RISKS = ("escalation_threat", "refund", "long_silence", "low_satisfaction", "repeat_caller")
SPANS = {"week": 7, "month": None}
PARTS = {"sampling", "always", "risk", "recheck_share", "blind", "claim", "dispute_days", "month_closes", "source"}
LEAST_SILENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Stratum:
    """Calls of one agent by lot, each week or each month."""

    calls: int
    per: str


@dataclass(frozen=True, slots=True)
class DisputeDays:
    """Working days to file a dispute after the evaluation was told, to answer it, and to answer it again."""

    file: int
    answer: int
    second: int


@dataclass(frozen=True, slots=True)
class Regime:
    """One version of the regime. `risk` are the most calls a rule brings in a period; hours and seconds as named."""

    strata: Mapping[str, Stratum]
    new_hire_days: int
    least_seconds: float
    always: tuple[str, ...]
    risk: Mapping[str, RiskQuota]
    silence_seconds: float
    recheck_share: float
    blind: frozenset[Pool]
    most_claimed: int
    claim_hours: float
    dispute_days: DisputeDays
    month_closes: int
    version: int = 1

    def calls_in(self, first: date, last: date) -> dict[str, int]:
        """The calls of one agent that a period asks for by stratum; a weekly number goes by the period's weeks."""
        days = (last - first).days + 1
        return {
            name: math.ceil(one.calls * days / 7) if one.per == "week" else one.calls
            for name, one in self.strata.items()
        }


def regime_from_yaml(text: str, where: str = "regime") -> Regime:
    """The regime of a YAML text; Invalid names what does not fit."""
    try:
        given = yaml.safe_load(text)
        if unknown := set(given) - PARTS:
            raise Invalid("{where}: there is no “{key}” here. Known are: {known}.", where=where, key=min(unknown),
                          known=", ".join(sorted(PARTS)))  # fmt: skip
        found = _read(given)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid("{where}: this is no regime ({error}). Compare it with the one that ships.", where=where,
                      error=error) from error  # fmt: skip
    _refuse_nonsense(found, where)
    return found


def _read(given: Mapping[str, Any]) -> Regime:
    sample, claim, days, risk = given["sampling"], given["claim"], given["dispute_days"], given["risk"]
    return Regime(
        {str(name): Stratum(int(one["calls"]), str(one["per"])) for name, one in sample["strata"].items()},
        int(sample["new_hire_days"]), float(sample["least_seconds"]), tuple(map(str, given["always"])),
        {str(name): RiskQuota(int(one["in_all"]), int(one["per_agent"])) for name, one in risk.items()},
        float(risk.get("long_silence", {}).get("seconds", 30)), float(given["recheck_share"]),
        frozenset(Pool(one) for one in given["blind"]), int(claim["most"]), float(claim["hours"]),
        DisputeDays(int(days["file"]), int(days["answer"]), int(days["second"])), int(given["month_closes"]),
    )  # fmt: skip


def _refuse_nonsense(found: Regime, where: str) -> None:
    for names, known in ((found.strata, STRATA), (found.always, ALWAYS), (found.risk, RISKS)):
        if unknown := set(names) - set(known):
            raise Invalid("{where}: there is no “{key}” here. Known are: {known}.", where=where, key=min(unknown),
                          known=", ".join(known))  # fmt: skip
    if missing := set(STRATA) - set(found.strata):
        raise Invalid("{where}: say how many calls “{name}” has.", where=where, name=min(missing))
    if wrong := [one.per for one in found.strata.values() if one.per not in SPANS]:
        raise Invalid("{where}: per is “{value}”; write week or month.", where=where, value=wrong[0])
    numbers = {
        "calls": min(one.calls for one in found.strata.values()), "new_hire_days": found.new_hire_days,
        "least_seconds": found.least_seconds, "claim": min(found.most_claimed - 1, found.claim_hours - 1),
        "dispute_days": min(found.dispute_days.file, found.dispute_days.answer, found.dispute_days.second) - 1,
        "month_closes": found.month_closes - 1,
        "risk": min((min(one.in_all, one.per_agent) for one in found.risk.values()), default=0),
        "seconds": found.silence_seconds - LEAST_SILENCE_S,
    }  # fmt: skip
    if wrong := [name for name, value in numbers.items() if value < 0]:
        raise Invalid("{where}: {name} is too small.", where=where, name=wrong[0])
    if not 0 < found.recheck_share <= 1:
        raise Invalid("{where}: recheck_share lies above 0 and is at most 1.", where=where)


def shipped_text() -> str:
    """The text of the regime that ships."""
    return resources.files("scorecards").joinpath("library", "regime", "regime.yaml").read_text(encoding="utf-8")


@cache
def shipped_regime() -> Regime:
    """The regime that ships."""
    return regime_from_yaml(shipped_text())


def numbered(found: Regime, version: int) -> Regime:
    """The regime with the number of its version."""
    return replace(found, version=version)
