"""The two-level classes of complaints, the regulator's class of each, and which of them a complaint's words suggest."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid
from surveys.profiles import shipped_text
from transcription.text import simplified

if TYPE_CHECKING:
    from collections.abc import Mapping

FURTHER = 2
"""Suggestions beside the likeliest one."""


class RegulatorClass(StrEnum):
    """The classes in which the regulator counts appeals: 网络质量, 收费争议, 用户服务."""

    NETWORK = "network"
    CHARGES = "charges"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class ComplaintClass:
    """A class of the second level; `code` is both levels, such as fees/refund."""

    code: str
    title: Mapping[str, str]
    parent_title: Mapping[str, str]
    regulator: RegulatorClass
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class that the words speak for, the words, and its share of all that was found (0..1)."""

    code: str
    confidence: float
    words: tuple[str, ...]


def taxonomy_from_yaml(text: str, where: str = "taxonomy") -> tuple[ComplaintClass, ...]:
    """The classes of a YAML text; Invalid names what does not fit."""
    try:
        document = yaml.safe_load(text)
        found = tuple(_class(parent, kind) for parent in document["classes"] for kind in parent["kinds"])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise Invalid(
            "{where}: a taxonomy lists classes, each with id, title, regulator and kinds ({error}).",
            where=where,
            error=error,
        ) from error
    codes = Counter(one.code for one in found)
    for code, number in codes.items():
        if number > 1:
            raise Invalid("{where}: the class “{code}” stands twice. Rename one.", where=where, code=code)
    return found


@cache
def shipped_taxonomy() -> tuple[ComplaintClass, ...]:
    """The classes that ship."""
    return taxonomy_from_yaml(shipped_text("taxonomy"))


def suggest(words: str, classes: tuple[ComplaintClass, ...]) -> tuple[Suggestion, ...]:
    """The likeliest classes first, or none where no word speaks for any.

    A word speaks for a class with the logarithm of its length, and less when several classes know it; a word within a
    longer one that was found does not count again. The confidence is the class's share of everything that was found.
    """
    said = simplified(words).casefold()
    hits = {one.code: _longest([word for word in one.words if word.casefold() in said]) for one in classes}
    known_by = Counter(word for found in hits.values() for word in found)
    weights = {
        code: sum(math.log2(1 + len(word)) / known_by[word] for word in found) for code, found in hits.items() if found
    }
    total = sum(weights.values())
    ranked = sorted(weights, key=lambda code: (-weights[code], code))[: 1 + FURTHER]
    return tuple(Suggestion(code, weights[code] / total, hits[code]) for code in ranked)


def _longest(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if not any(word != other and word in other for other in words))


def _class(parent: dict[str, Any], kind: dict[str, Any]) -> ComplaintClass:
    return ComplaintClass(
        code=f"{parent['id']}/{kind['id']}",
        title={"zh": str(kind["title"]["zh"]), "en": str(kind["title"]["en"])},
        parent_title={"zh": str(parent["title"]["zh"]), "en": str(parent["title"]["en"])},
        regulator=RegulatorClass(kind.get("regulator", parent["regulator"])),
        words=tuple(map(str, kind.get("words", ()))),
    )
