"""The QA regime (质检制度) as data: how much is sampled, what is hidden, disputes, month closing, performance.

One whole text, read strictly from YAML; later texts and their effective dates are the caller's, who sets `version`.
"""

from __future__ import annotations

import calendar
import json
import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import Invalid
from scorecards.card_file import document_from_yaml
from scorecards.disputes import DisputeRules, RunsFrom
from scorecards.model import Wording
from scorecards.performance import TARGETED, Formula, MeasureRule, Part, PartRule, PerformanceRules, SheetGrade
from scorecards.sampling import Pool
from transcription.files import refuse_misfit, refuse_unreal_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHIPPED_VERSION = 1
NEW_HIRE, ORDINARY = "new_hire", "ordinary"
WEEK_DAYS = 7
WHOLE, ROUNDING = 100, 1e-9


class Each(StrEnum):
    """The span that a quota is for."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many calls of an agent each week or calendar month."""

    calls: int
    each: Each

    def calls_in(self, first: date, last: date) -> int:
        """The calls due in a span of whole days, both ends in it: each day its part of a week or month, rounded up."""
        days = (first + timedelta(days=at) for at in range((last - first).days + 1))
        return math.ceil(self.calls * sum(self._part(day) for day in days))

    def _part(self, day: date) -> Fraction:
        return Fraction(1, WEEK_DAYS if self.each is Each.WEEK else calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True)
class RiskRule:
    """The most calls a month that one risk rule brings: in all, and of one agent; `silence_s` for long_silence only."""

    in_all: int
    per_agent: int
    silence_s: float | None = None


@dataclass(frozen=True, slots=True)
class Blind:
    """Whose answers an inspector does not see before having scored: the machine's, other inspectors'."""

    machine: bool
    inspectors: bool


@dataclass(frozen=True, slots=True)
class Claims:
    """How many calls an inspector has in hand at most, and after how long an unscored one comes back."""

    most: int
    back_after: timedelta


@dataclass(frozen=True, slots=True)
class Regime:
    """The rules of one operator. `source` has where each group of values comes from, by its name in the text.

    `strata` have new_hire and ordinary, new hires being in their first `new_hire_days` days; `recheck_share` (0..1) of
    what was scored lies within `recheck_range`; `unfit` are the reasons not to score a call (不适检) by code; a month
    closes (封账) at the end of the next month's `closing_day`-th working day.
    """

    least_call_s: float
    strata: Mapping[str, Quota]
    new_hire_days: int
    always: frozenset[str]
    recheck_share: float
    recheck_range: tuple[float, float]
    risk: Mapping[str, RiskRule]
    unfit: Mapping[str, Wording]
    blind: Mapping[Pool, Blind]
    claims: Claims
    disputes: DisputeRules
    closing_day: int
    performance: PerformanceRules
    source: Mapping[str, Wording]
    version: int = SHIPPED_VERSION

    def calls_in(self, first: date, last: date) -> dict[str, int]:
        """The calls of an agent in each stratum that are due in a span of whole days, both ends in it."""
        return {name: quota.calls_in(first, last) for name, quota in self.strata.items()}

    def stratum(self, started: date, day: date) -> str:
        """The stratum on a day of an agent who started on a day: new_hire in the first `new_hire_days` days."""
        return NEW_HIRE if (day - started).days < self.new_hire_days else ORDINARY


def regime_from_yaml(text: str, where: str = "regime") -> Regime:
    """The regime in a YAML text; Invalid names the place and the value that does not fit."""
    document = document_from_yaml(text, where)
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    assert isinstance(document, dict)  # noqa: S101 - the schema has just said so
    found = _regime(document)
    _refuse_share(found, where)
    _refuse_performance(found.performance, where)
    return found


@cache
def shipped_regime() -> Regime:
    """The regime that ships."""
    return regime_from_yaml(shipped_text())


def shipped_text() -> str:
    """The YAML of the regime that ships; it lies in a folder of its own, or it would be taken for a scorecard."""
    return resources.files("scorecards").joinpath("library", "rules", "regime.yaml").read_text(encoding="utf-8")


def _regime(given: Mapping[str, Any]) -> Regime:
    sampling, recheck, disputes = given["sampling"], given["recheck"], given["disputes"]
    strata = {name: Quota(item["calls"], Each(item["each"])) for name, item in sampling["strata"].items()}
    return Regime(
        least_call_s=float(sampling["least_call_s"]),
        strata=strata,
        new_hire_days=sampling["strata"][NEW_HIRE]["first_days"],
        always=frozenset(sampling["always"]),
        recheck_share=float(recheck["share"]),
        recheck_range=(float(recheck["from"]), float(recheck["to"])),
        risk={name: RiskRule(**rule) for name, rule in given["risk"]["rules"].items()},
        unfit={code: Wording(**said) for code, said in given["unfit"]["reasons"].items()},
        blind={Pool(name): Blind(**hidden) for name, hidden in given["blind"]["pools"].items()},
        claims=Claims(given["claims"]["most"], timedelta(hours=given["claims"]["back_after_hours"])),
        disputes=DisputeRules(
            RunsFrom(disputes["from"]), disputes["file_days"], disputes["answer_days"], disputes["second_file_days"],
            disputes["second_answer_days"],
        ),
        closing_day=given["months"]["closing_day"],
        performance=_performance(given["performance"]),
        source={name: Wording(**group["source"]) for name, group in given.items()},
    )  # fmt: skip


def _performance(given: Mapping[str, Any]) -> PerformanceRules:
    parts = tuple(
        PartRule(Part(name), float(part["weight"]), tuple(_measure(*one) for one in part["measures"].items()))
        for name, part in given["parts"].items()
    )
    return PerformanceRules(parts, {SheetGrade(name): float(least) for name, least in given["grades"].items()})


def _measure(code: str, given: Mapping[str, Any]) -> MeasureRule:
    return MeasureRule(code, float(given["weight"]), Formula(given["formula"]), given["least_n"], given.get("target"),
                       given.get("points"))  # fmt: skip


def _refuse_share(found: Regime, where: str) -> None:
    low, high = found.recheck_range
    if not low <= found.recheck_share <= high:
        raise Invalid("{where}: recheck.share is {share}. It lies from {low} to {high}.", where=where,
                      share=found.recheck_share, low=low, high=high)  # fmt: skip


def _refuse_performance(rules: PerformanceRules, where: str) -> None:
    _refuse_sum([part.weight for part in rules.parts], where, "performance.parts")
    for part in rules.parts:
        _refuse_sum([one.weight for one in part.measures], where, f"performance.parts.{part.part}.measures")
    measures = [one for part in rules.parts for one in part.measures]
    codes = [one.code for one in measures]
    for one in measures:
        if codes.count(one.code) > 1:
            raise Invalid("{where}: the measure “{code}” stands twice. Rename one.", where=where, code=one.code)
        if (one.target is None) == (one.formula in TARGETED):
            raise Invalid("{where}: the measure “{code}” has the formula {formula}. Give a target to at_most and "
                          "at_least, and to no other.", where=where, code=one.code, formula=one.formula)  # fmt: skip
        if (one.points is None) == (one.formula is Formula.DEDUCTIONS):
            raise Invalid("{where}: the measure “{code}” has the formula {formula}. Give points to deductions, and to "
                          "no other.", where=where, code=one.code, formula=one.formula)  # fmt: skip
    steps = [rules.grades[grade] for grade in (SheetGrade.EXCELLENT, SheetGrade.GOOD, SheetGrade.QUALIFIED)]
    if steps != sorted(set(steps), reverse=True):
        raise Invalid("{where}: performance.grades do not fall from excellent over good to qualified.", where=where)


def _refuse_sum(weights: Iterable[float], where: str, place: str) -> None:
    total = math.fsum(weights)
    if abs(total - WHOLE) > ROUNDING:
        raise Invalid("{where}: the weights of {place} sum to {total}, not to 100. Mend them.", where=where,
                      place=place, total=f"{total:g}")  # fmt: skip


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("scorecards").joinpath("schemas/regime.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
