"""Batch complaints (批量投诉): when similar complaints within a window are one alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import yaml

from qa_app.core.errors import Invalid
from surveys.profiles import shipped_text

if TYPE_CHECKING:
    from collections.abc import Sequence

TRAITS = ("class_code", "place", "campaign", "product")


@dataclass(frozen=True, slots=True)
class BatchRule:
    """`least` complaints alike in one of the sets of traits within the window raise an alert."""

    least: int
    window: timedelta
    alike: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """By what complaints are alike: traits with their values, none of them empty."""

    values: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        return "|".join(f"{name}={value.casefold()}" for name, value in self.values)

    def value(self, name: str) -> str:
        """The value of a trait, empty where it is not part of the sign."""
        return dict(self.values).get(name, "")


@dataclass(frozen=True, slots=True)
class Known:
    """A campaign or outage registered beforehand, as far as complaints are recognised by it."""

    id: int
    class_code: str
    place: str
    campaign: str
    starts_at: datetime
    ends_at: datetime


def batch_rule_from_yaml(text: str, where: str = "batch") -> BatchRule:
    """The rule of a YAML text; Invalid names what does not fit."""
    try:
        document = yaml.safe_load(text)
        rule = BatchRule(
            int(document["least"]), timedelta(hours=float(document["window_hours"])),
            tuple(tuple(map(str, traits)) for traits in document["alike"]),
        )  # fmt: skip
    except (yaml.YAMLError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise Invalid("{where}: give least, window_hours and alike (lists of traits) ({error}).", where=where,
                      error=error) from error  # fmt: skip
    unknown = {trait for traits in rule.alike for trait in traits} - set(TRAITS)
    if unknown or rule.least < 2 or rule.window <= timedelta() or not all(rule.alike):  # noqa: PLR2004 - one is no batch
        raise Invalid("{where}: least is 2 or more, window_hours above 0, alike names some of {known}.", where=where,
                      known=", ".join(TRAITS))  # fmt: skip
    return rule


@cache
def shipped_batch_rule() -> BatchRule:
    """The rule that ships."""
    return batch_rule_from_yaml(shipped_text("batch"))


def signs(rule: BatchRule, traits: dict[str, str]) -> tuple[Sign, ...]:
    """By what a complaint may be like others: each set of traits of which it has all."""
    return tuple(
        Sign(tuple((name, traits[name].strip()) for name in names))
        for names in rule.alike
        if all(traits.get(name, "").strip() for name in names)
    )


def known_event(sign: Sign, moment: datetime, events: Sequence[Known]) -> Known | None:
    """The event registered beforehand that explains a cluster: in force then, and no trait of it contradicts."""
    for event in events:
        wanted = {"class_code": event.class_code, "place": event.place, "campaign": event.campaign}
        named = {name: value for name, value in wanted.items() if value}
        shared = [name for name in named if sign.value(name)]
        fits = all(_fits(name, named[name], sign.value(name)) for name in shared)
        if shared and fits and event.starts_at <= moment <= event.ends_at:
            return event
    return None


def _fits(name: str, wanted: str, found: str) -> bool:
    if name == "class_code":
        return found == wanted or found.startswith(f"{wanted}/")
    return found.casefold() == wanted.casefold()
