"""Which closed cases are surveyed: a share drawn by a hash that nobody can steer, with a most for each cell a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import yaml

from qa_app.core.errors import Invalid
from surveys.profiles import shipped_text

if TYPE_CHECKING:
    from collections.abc import Mapping

DIMENSIONS = ("region", "class", "team")


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """The questionnaire, the share of closed cases, when it is asked, and the most a month of each dimension's cell."""

    questionnaire: str
    share: float
    after: timedelta
    quotas: Mapping[str, int]


def is_drawn(fingerprint: str, share: float) -> bool:
    """Whether a case is in the sample: the keyed hash of its number (hexadecimal), read as 0..1, lies below the share.

    The same case is always drawn or not, whoever closes it and when; without the key nobody can tell beforehand.
    """
    return int(fingerprint[:16], 16) < share * 2**64


def full_cells(plan: SurveyPlan, cells: Mapping[str, str], taken: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """The dimensions in which a case's cell has its month's most already; none = it may be asked."""
    return tuple(
        name for name, most in plan.quotas.items() if name in cells and taken.get((name, cells[name]), 0) >= most
    )


def survey_plan_from_yaml(text: str, where: str = "survey") -> SurveyPlan:
    """The plan of a YAML text; Invalid names what does not fit."""
    try:
        given = yaml.safe_load(text)
        quotas = {str(name): int(most) for name, most in (given.get("quotas") or {}).items()}
        found = SurveyPlan(str(given["questionnaire"]), float(given["share"]),
                           timedelta(hours=float(given["after_hours"])), quotas)  # fmt: skip
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid("{where}: give questionnaire, share, after_hours and quotas ({error}).", where=where,
                      error=error) from error  # fmt: skip
    if not 0 <= found.share <= 1 or found.after < timedelta() or min(quotas.values(), default=1) < 0:
        raise Invalid("{where}: share lies from 0 to 1, and no number below 0.", where=where)
    if unknown := set(quotas) - set(DIMENSIONS):
        raise Invalid("{where}: there is no dimension “{name}”. Known are: {known}.", where=where, name=min(unknown),
                      known=", ".join(DIMENSIONS))  # fmt: skip
    return found


@cache
def shipped_survey_plan() -> SurveyPlan:
    """The plan that ships."""
    return survey_plan_from_yaml(shipped_text("survey"))
