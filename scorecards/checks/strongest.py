"""Which of the words found are quoted: the lines that say most of what the rule asks for, few of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scorecards.checks.call import Found

FIRST, LAST = "first", "last"


def strongest(found: Iterable[Found], most: int = 1, prefer: str = FIRST) -> list[Found]:
    """The longest, likest words of each of the `most` lines that hold most signs of the rule's wordings, in order.

    Lines that hold alike are taken from the start of the call, or from its end (`prefer` last).
    """
    lines: dict[int, list[Found]] = defaultdict(list)
    for one in found:
        lines[one.utterance.index].append(one)
    sign = -1 if prefer == LAST else 1
    ranked = sorted(lines, key=lambda index: (-_weight(lines[index]), sign * index))[:most]
    return [max(lines[index], key=_own_weight) for index in sorted(ranked)]


def _weight(found: Iterable[Found]) -> float:
    """How many signs of a line are wordings of the rule, each as far as it is alike."""
    return sum(map(_own_weight, found))


def _own_weight(one: Found) -> float:
    return (one.match.end - one.match.start) * one.match.similarity
