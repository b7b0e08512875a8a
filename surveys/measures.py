"""The managers' measures of complaint handling against targets: each with its formula, n and interval."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

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
