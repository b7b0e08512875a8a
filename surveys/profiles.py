"""A time profile (时限方案): which steps start and end which clock, and how long it runs; read strictly from YAML."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid, NotFound
from transcription.files import refuse_misfit, refuse_unreal_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from surveys.model import Traits

WARN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock runs: an amount of one unit, or until the moment that a fact of the starting step names."""

    unit: str
    amount: float = 0.0
    fact: str = ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a profile. Without a limit it stands for what the operator has still to enter, and never runs."""

    clock: str
    title: Mapping[str, str]
    starts: frozenset[str]
    ends: frozenset[str]
    limit: Limit | None
    source: Mapping[str, str]
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    when_facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pausable: bool = True
    warn_share: float = WARN_SHARE

    def fits(self, traits: Traits) -> bool:
        """Whether the rule is for cases like this."""
        return all(str(getattr(traits, name)) in allowed for name, allowed in self.when.items())


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole set of clocks; profiles are copied and edited whole, never mixed."""

    name: str
    title: Mapping[str, str]
    rules: tuple[ClockRule, ...]


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that ship."""
    files = resources.files("surveys").joinpath("library", "profiles").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


@cache
def shipped_profile(name: str) -> Profile:
    """The shipped profile of that name."""
    if name not in shipped_profiles():
        raise NotFound(
            "There is no time profile “{name}”. Known are: {known}.", name=name, known=", ".join(shipped_profiles())
        )
    return profile_from_yaml(shipped_text(f"profiles/{name}"), name)


def shipped_text(name: str) -> str:
    """The text of a rule that ships, such as profiles/provincial or taxonomy; the name is never a reader's."""
    return resources.files("surveys").joinpath("library", *f"{name}.yaml".split("/")).read_text(encoding="utf-8")


def profile_from_yaml(text: str, where: str = "profile") -> Profile:
    """The profile in a YAML text; Invalid names the place and the value that does not fit."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("{where}: this is not YAML ({error}). Mend it there.", where=where, error=error) from error
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    share = float(document.get("warn_share", WARN_SHARE))
    rules = tuple(_rule(item, share) for item in document["clocks"])
    names = [rule.clock for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise Invalid("{where}: the clock “{name}” stands twice. Rename one.", where=where, name=name)
    return Profile(document["name"], document["title"], rules)


def _rule(item: dict[str, Any], share: float) -> ClockRule:
    return ClockRule(
        clock=item["clock"],
        title=item["title"],
        starts=frozenset(item["from"]),
        ends=frozenset(item["to"]),
        limit=_limit(item["within"]),
        source=item["source"],
        when={name: frozenset(values) for name, values in item.get("when", {}).items()},
        when_facts={name: frozenset(values) for name, values in item.get("when_facts", {}).items()},
        pausable=item.get("pausable", True),
        warn_share=float(item.get("warn_share", share)),
    )


def _limit(given: dict[str, Any]) -> Limit | None:
    for unit, amount in given.items():
        return Limit(unit, fact=amount) if unit == "fact" else Limit(unit, float(amount))
    return None


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("surveys").joinpath("schemas/profile.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
