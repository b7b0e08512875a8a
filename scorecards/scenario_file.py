"""Mystery shopping scenarios as YAML: the ones that ship and those that the monitoring group writes."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from qa_app.core.errors import Invalid, NotFound
from scorecards.card_file import document_from_yaml
from scorecards.model import Wording
from scorecards.shopping import Channel, Item, ItemKind, Scenario
from transcription.files import refuse_misfit, refuse_unreal_numbers

_LIMITED = frozenset({ItemKind.TIME, ItemKind.COUNT})
_FACTS = frozenset({ItemKind.TIME, ItemKind.QUOTE, ItemKind.COUNT})


def scenario_from_yaml(text: str, where: str = "scenario") -> Scenario:
    """The scenario in a YAML text; Invalid names the place and the value that does not fit."""
    document = document_from_yaml(text, where)
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    assert isinstance(document, dict)  # noqa: S101 - the schema has just said so
    found = Scenario(
        name=document["name"], title=Wording(**document["title"]), language=document["language"],
        channel=Channel(document["channel"]), story=Wording(**document["story"]),
        say=tuple(Wording(**one) for one in document["say"]), items=tuple(_item(one) for one in document["observe"]),
    )  # fmt: skip
    _refuse_unfit(found, where)
    return found


def shipped_names() -> tuple[str, ...]:
    """The scenarios that ship, by name."""
    folder = resources.files("scorecards").joinpath("library/scenarios")
    return tuple(sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml")))


def shipped_scenario_text(name: str) -> str:
    """The YAML of a scenario that ships; NotFound names those that do."""
    if name not in shipped_names():
        raise NotFound("No scenario named {name} ships. There are: {known}.", name=name,
                       known=", ".join(shipped_names()))  # fmt: skip
    return resources.files("scorecards").joinpath(f"library/scenarios/{name}.yaml").read_text(encoding="utf-8")


def _item(given: dict[str, Any]) -> Item:
    return Item(
        given["id"], Wording(**given["title"]), ItemKind(given["kind"]), float(given["weight"]),
        given.get("criterion", ""), given.get("at_most"), given.get("at_least"),
    )  # fmt: skip


def _refuse_unfit(found: Scenario, where: str) -> None:
    names = [one.id for one in found.items]
    for one in found.items:
        if names.count(one.id) > 1:
            raise Invalid("{where}: the item “{item}” stands twice. Rename one.", where=where, item=one.id)
        has_limit = one.at_most is not None or one.at_least is not None
        if has_limit and one.kind not in _LIMITED:
            raise Invalid("{where}: “{item}” is of the kind {kind} and has a limit. Only a time or a count has one.",
                          where=where, item=one.id, kind=one.kind.value)  # fmt: skip
        if one.kind in _LIMITED and one.weight > 0 and not has_limit:
            raise Invalid("{where}: “{item}” counts and has no limit. Give at_most or at_least, or the weight 0.",
                          where=where, item=one.id)  # fmt: skip
        if one.at_most is not None and one.at_least is not None and one.at_least > one.at_most:
            raise Invalid("{where}: “{item}” has at_least above at_most.", where=where, item=one.id)
    if not any(one.weight > 0 for one in found.items):
        raise Invalid("{where}: no item has a weight, so that a visit would have no points.", where=where)
    if not any(one.kind in _FACTS for one in found.items):
        raise Invalid("{where}: nothing but opinions. Ask for at least one time, count or quote.", where=where)


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("scorecards").joinpath("schemas/scenario.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
