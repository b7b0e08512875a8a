"""Mystery shopping (神秘顾客): what a scenario asks for, where a visit stands, what a form must hold, its points.

    assigned -> in work -> submitted -> validated
                              |  ^
                           returned (for rework, with a reason for each item)

Withdrawn is possible from everywhere and is final: a visit found wrong counts no more. Steps are only ever appended. A
form holds times, quotes and counts; a rating never stands alone, and a low answer needs evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import Conflict, Forbidden, Invalid, Terms
from scorecards.model import Wording

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

BEST_RATING, LOW_RATING = 5, 2
LEAST_OBSERVED = 0.5
"""A visit has points where at least this share of the weight could be observed."""
SHORTEST_EVIDENCE = 4
LONGEST_WORDS = 2000
_FACT = re.compile(r"\d|[“\"「『][^”\"」』]{2,}[”\"」』]")


class ItemKind(StrEnum):
    """What is written down: seconds, literal words, how often, whether, or 1 to 5 with the fact it rests on."""

    TIME = "time"
    QUOTE = "quote"
    COUNT = "count"
    YES_NO = "yes_no"
    RATING = "rating"


class Channel(StrEnum):
    """Where the visit takes place; only a hotline call leaves a recording to compare with."""

    HOTLINE = "hotline"
    SHOP = "shop"


class Mark(StrEnum):
    """An answer without a value: the words were never said, or it could not be observed (with the reason)."""

    NOT_SAID = "not_said"
    NOT_OBSERVED = "not_observed"


class VisitStep(StrEnum):
    """What happens to a visit; appended only."""

    ASSIGNED = "assigned"
    STARTED = "started"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VALIDATED = "validated"
    WITHDRAWN = "withdrawn"


class VisitState(StrEnum):
    """Where a visit stands."""

    ASSIGNED = "assigned"
    IN_WORK = "in_work"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VALIDATED = "validated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to observe. `weight` 0 is told and not counted; `criterion` is the scorecard's, "" has none there.

    A time (seconds) or count is low above `at_most` or below `at_least`. Yes is always the good answer.
    """

    id: str
    title: Wording
    kind: ItemKind
    weight: float
    criterion: str = ""
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a shopper plays and observes, in the `language` they speak in; a kept version never changes."""

    name: str
    title: Wording
    language: str
    channel: Channel
    story: Wording
    say: tuple[Wording, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one item: seconds, count, 1 (yes) or 0, or 1 to 5; the words of a quote; the evidence beside it.

    Nothing typed yet is a reply without value, words and mark.
    """

    value: float | None = None
    words: str = ""
    mark: Mark | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What the shopper wrote: when it began, the number called from, who was heard, and an answer to each item."""

    at: datetime | None = None
    number: str = ""
    heard: str = ""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken; `body` holds the submitted form, or the reason of each item sent back."""

    kind: VisitStep
    at: datetime
    by_id: int | None
    words: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


_K, _S = VisitStep, VisitState
_NEXT: dict[tuple[VisitState | None, VisitStep], VisitState] = {
    (None, _K.ASSIGNED): _S.ASSIGNED,
    (_S.ASSIGNED, _K.STARTED): _S.IN_WORK,
    (_S.ASSIGNED, _K.SUBMITTED): _S.SUBMITTED,
    (_S.IN_WORK, _K.SUBMITTED): _S.SUBMITTED,
    (_S.RETURNED, _K.SUBMITTED): _S.SUBMITTED,
    (_S.SUBMITTED, _K.RETURNED): _S.RETURNED,
    (_S.SUBMITTED, _K.VALIDATED): _S.VALIDATED,
    **{(state, _K.WITHDRAWN): _S.WITHDRAWN for state in _S if state is not _S.WITHDRAWN},
}
OPEN_TO_SHOPPER = frozenset({_S.ASSIGNED, _S.IN_WORK, _S.RETURNED})
"""States in which the shopper may write."""


def state_of(kinds: Iterable[VisitStep]) -> VisitState:
    """Where a visit stands after its steps; a step that was not possible changes nothing."""
    found: VisitState | None = None
    for kind in kinds:
        found = _NEXT.get((found, kind), found)
    return found or _S.ASSIGNED


def require_possible(kinds: Iterable[VisitStep], kind: VisitStep) -> None:
    """Raise Conflict where a step does not follow."""
    state = state_of(kinds)
    if (state, kind) not in _NEXT:
        raise Conflict("“{step}” does not follow here: the visit is at “{state}”. Load the page again.",
                       step=Terms(f"visit_step.{kind.value}"), state=Terms(f"visit_state.{state.value}"))  # fmt: skip


def require_validator(validator: int | None, shopper: int) -> None:
    """Raise Forbidden where somebody would judge the own visit."""
    if validator == shopper:
        raise Forbidden("Nobody validates the own visit or sends it back.")


def sent_back(steps: Sequence[Taken]) -> dict[str, str]:
    """The items that wait for rework with the reason of each; empty where the visit was not sent back last."""
    moves = [one for one in steps if one.kind is not _K.STARTED]
    return dict(moves[-1].body) if moves and moves[-1].kind is _K.RETURNED else {}


def share(item: Item, reply: Reply) -> float | None:
    """How well an item was met, 0..1; None where nothing was observed."""
    if reply.mark is Mark.NOT_OBSERVED:
        return None
    if item.kind is ItemKind.QUOTE:
        return 0.0 if reply.mark is Mark.NOT_SAID else (1.0 if reply.words.strip() else None)
    if reply.value is None:
        return None
    if item.kind is ItemKind.YES_NO:
        return float(reply.value > 0)
    if item.kind is ItemKind.RATING:
        return (reply.value - 1) / (BEST_RATING - 1)
    over = item.at_most is not None and reply.value > item.at_most
    under = item.at_least is not None and reply.value < item.at_least
    return 0.0 if over or under else 1.0


def is_low(item: Item, reply: Reply) -> bool:
    """A no, a rating of 2 or less, a time or count beyond its limit, words that were never said."""
    found = share(item, reply)
    return found is not None and found <= (LOW_RATING - 1) / (BEST_RATING - 1)


def points(scenario: Scenario, form: Form) -> float | None:
    """100 x sum of weight x share over sum of weight, of the items that were observed (0..100).

    None where less than half of the weight was observed.
    """
    found = [(one.weight, share(one, form.replies.get(one.id, Reply()))) for one in scenario.items]
    seen = sum(weight for weight, value in found if value is not None)
    if seen <= 0 or seen < LEAST_OBSERVED * sum(weight for weight, _ in found):
        return None
    return 100 * sum(weight * value for weight, value in found if value is not None) / seen


def holds_fact(text: str) -> bool:
    """Whether a text tells a time, a count (digits) or literal words (in quotation marks)."""
    return _FACT.search(text) is not None


def lacking(scenario: Scenario, form: Form, with_file: Collection[str]) -> dict[str, Invalid]:
    """What a form still lacks, item by item in the scenario's order; `with_file` are the items that have a file.

    A file is evidence for a low answer; it is no fact for a rating.
    """
    found = {one.id: _lacks(one, form.replies.get(one.id, Reply()), one.id in with_file) for one in scenario.items}
    return {name: wrong for name, wrong in found.items() if wrong is not None}


def _lacks(item: Item, reply: Reply, has_file: bool) -> Invalid | None:
    if reply.mark is Mark.NOT_OBSERVED:
        if len(reply.evidence.strip()) < SHORTEST_EVIDENCE:
            return Invalid("Say why this could not be observed.")
        return None
    if wrong := _wrong_value(item, reply):
        return wrong
    if item.kind is ItemKind.RATING and not holds_fact(reply.evidence):
        return Invalid("A rating never stands alone: give a time, a count or the words in quotation marks beside it.")
    if is_low(item, reply) and not has_file and len(reply.evidence.strip()) < SHORTEST_EVIDENCE:
        return Invalid("A low answer needs evidence: what was heard or seen, or a file.")
    return None


def _wrong_value(item: Item, reply: Reply) -> Invalid | None:
    if item.kind is ItemKind.QUOTE:
        if reply.mark is Mark.NOT_SAID or reply.words.strip():
            return None
        return Invalid("Write the words as they were said, or mark that they were not said.")
    if reply.value is None:
        return Invalid("This is not answered yet.")
    whole = item.kind is not ItemKind.TIME
    low, high = {
        ItemKind.YES_NO: (0, 1), ItemKind.RATING: (1, BEST_RATING), ItemKind.COUNT: (0, 1000),
        ItemKind.TIME: (0, 86_400), ItemKind.QUOTE: (0, 0),
    }[item.kind]  # fmt: skip
    if not low <= reply.value <= high or (whole and reply.value != int(reply.value)):
        return Invalid("{value} is no answer here; give {low} to {high}.", value=f"{reply.value:g}", low=low, high=high)
    return None


def alias(number: int) -> str:
    """How reports name a shopper: S-07."""
    return f"S-{number:02d}"
