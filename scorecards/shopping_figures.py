"""A visit beside the recording of the same call, and what many visits say of a shopper and of those visited.

Items of one visit hang together, so that the intervals over items are the narrowest that can be; those over visits are
not affected. Below the least n a figure is None: nothing is said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.contacts import phone_number
from qa_app.core.errors import Invalid
from scorecards.agreement import ALPHA, Estimate, cohens_kappa, contingency, proportion
from scorecards.model import Verdict
from scorecards.shopping import Form, Item, ItemKind, Reply, Scenario, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

BESIDE = timedelta(minutes=15)
"""A recording that began this long before or after the shopper's time may be the same call."""
LEAST_ITEMS = 20
"""Fewer compared or submitted items say nothing about a shopper."""
LEAST_VISITS = 5
"""Fewer visits say nothing about a shopper; means of fewer are shown and marked as small."""
LEAST_RATINGS = 3
"""Fewer ratings on a form cannot be told to be given alike without looking."""
_MET, _NOT = 0.75, 0.25  # of a rating: 4 and 5 are met, 1 and 2 are not


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be the visit's: how far its beginning lies from the shopper's time."""

    call_pk: int
    started_at: datetime
    apart: timedelta


def candidates(number: str, at: datetime, calls: Iterable[tuple[int, datetime, str]]) -> tuple[Candidate, ...]:
    """The calls from or to a number that began within 15 minutes of a time, the nearest first."""
    wanted = _plain(number)
    found = [Candidate(call_pk, started, abs(started - at)) for call_pk, started, reference in calls
             if abs(started - at) <= BESIDE and wanted and _plain(reference) == wanted]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.apart, one.call_pk)))


def proposed(found: Sequence[Candidate]) -> Candidate | None:
    """The one call there is; of several nobody but a person can say which it was."""
    return found[0] if len(found) == 1 else None


def _plain(number: str) -> str:
    with suppress(Invalid):
        return phone_number(number)
    return ""


class Sameness(StrEnum):
    """Whether the shopper and the inspector said the same of one criterion."""

    AGREE = "agree"
    DIFFER = "differ"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Compared:
    """One item beside the answer to its criterion; a verdict is None where that side gave none."""

    item: str
    criterion: str
    shopper: Verdict | None
    inspector: Verdict | None
    sameness: Sameness


@dataclass(frozen=True, slots=True)
class Sides:
    """How far two sides agree over n compared items: the share that is the same and Cohen's kappa."""

    n: int
    same: Estimate | None
    kappa: Estimate | None


def verdict_of(item: Item, reply: Reply) -> Verdict | None:
    """The shopper's answer as a verdict; only a rating of 3 is partly met. None where nothing was observed."""
    found = share(item, reply)
    if found is None:
        return None
    return Verdict.MET if found >= _MET else Verdict.NOT_MET if found <= _NOT else Verdict.PARTLY_MET


def compare(scenario: Scenario, form: Form, answers: Mapping[str, Verdict]) -> tuple[Compared, ...]:
    """Each item that has a criterion beside what was answered to that criterion of the recording.

    Not comparable: either side has no verdict, or the inspector says partly of what has only yes and no for a shopper.
    """
    return tuple(_compared(one, form.replies.get(one.id, Reply()), answers.get(one.criterion))
                 for one in scenario.items if one.criterion)  # fmt: skip


def _compared(item: Item, reply: Reply, other: Verdict | None) -> Compared:
    mine = verdict_of(item, reply)
    sayable = {Verdict.MET, Verdict.NOT_MET} | ({Verdict.PARTLY_MET} if item.kind is ItemKind.RATING else set())
    if mine is None or other not in sayable:
        return Compared(item.id, item.criterion, mine, other, Sameness.NOT_COMPARABLE)
    return Compared(item.id, item.criterion, mine, other, Sameness.AGREE if mine is other else Sameness.DIFFER)


def sides(compared: Iterable[Compared]) -> Sides:
    """How far shopper and inspector agree over the items that can be compared."""
    pairs = [(one.shopper.value, one.inspector.value) for one in compared
             if one.sameness is not Sameness.NOT_COMPARABLE and one.shopper and one.inspector]  # fmt: skip
    same = proportion(sum(mine == other for mine, other in pairs), len(pairs))
    return Sides(len(pairs), same, cohens_kappa(contingency(pairs)) if pairs else None)


@dataclass(frozen=True, slots=True)
class Visited:
    """A submitted visit as figures see it: items sent back at any time, items on the form, points, what QA said."""

    shopper: int
    scenario: int
    items: int
    sent_back: int
    ratings: tuple[float, ...]
    points: float | None
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its n; None below the least n."""

    n: int
    estimate: Estimate | None


@dataclass(frozen=True, slots=True)
class Consistency:
    """How a shopper works: items sent back, agreement with QA, ratings all alike, points against the others'."""

    visits: int
    sent_back: Figure
    agreement: Figure
    all_alike: Figure
    against_others: Figure


def consistency(visits: Sequence[Visited]) -> dict[int, Consistency]:
    """Each shopper's figures. `all_alike` counts forms of three or more ratings on which all are the same."""
    return {one: _consistency(one, visits) for one in sorted({visit.shopper for visit in visits})}


def _consistency(shopper: int, visits: Sequence[Visited]) -> Consistency:
    own = [one for one in visits if one.shopper == shopper]
    items, back = sum(one.items for one in own), sum(one.sent_back for one in own)
    agreed = sides(pair for one in own for pair in one.compared)
    rated = [one.ratings for one in own if len(one.ratings) >= LEAST_RATINGS]
    alike = sum(len(set(one)) == 1 for one in rated)
    return Consistency(
        len(own),
        Figure(items, proportion(back, items) if items >= LEAST_ITEMS else None),
        Figure(agreed.n, agreed.same if agreed.n >= LEAST_ITEMS else None),
        Figure(len(rated), proportion(alike, len(rated)) if len(rated) >= LEAST_VISITS else None),
        against_others(shopper, visits),
    )


def against_others(shopper: int, visits: Sequence[Visited]) -> Figure:
    """The shopper's mean points less the others' on the same scenarios, weighted by the own visits of each.

    sum(w (own mean - others' mean)), its variance sum(w^2 s^2 (1 / own + 1 / others)) with s^2 pooled within scenario
    and side, Student's t with the degrees of freedom of s^2 (a stratified difference of means: Cochran, Sampling
    Techniques, 1977, chapter 5). n is the number of own visits; None below 5 own or 5 others' visits.
    """
    from scipy import stats

    cells = _cells(shopper, visits)
    n = sum(len(own) for own, _others in cells)
    others_n = sum(len(others) for _own, others in cells)
    freedom = n + others_n - 2 * len(cells)
    if min(n, others_n) < LEAST_VISITS or freedom < 1:
        return Figure(n, None)
    within = sum(_squares(side) for cell in cells for side in cell) / freedom
    value = sum(len(own) / n * (_mean(own) - _mean(others)) for own, others in cells)
    if within == 0:
        return Figure(n, Estimate(value))
    error = math.sqrt(within * sum((len(own) / n) ** 2 * (1 / len(own) + 1 / len(others)) for own, others in cells))
    half = float(stats.t.ppf(1 - ALPHA / 2, freedom)) * error
    return Figure(n, Estimate(value, value - half, value + half))


def _cells(shopper: int, visits: Sequence[Visited]) -> list[tuple[list[float], list[float]]]:
    """(own, others') points of each scenario that both have played."""
    found: dict[int, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for one in visits:
        if one.points is not None:
            found[one.scenario][one.shopper != shopper].append(one.points)
    return [(own, others) for own, others in found.values() if own and others]


def grouped(values: Iterable[tuple[int, float]]) -> dict[int, Figure]:
    """The mean points of each group (a unit, an agent) with the number of its visits.

    The best come first; those of fewer than 5 visits are not ranked and follow in the order of their number.
    """
    found: dict[int, list[float]] = defaultdict(list)
    for group, value in values:
        found[group].append(value)
    order = sorted(found, key=lambda one: (-_mean(found[one]) if len(found[one]) >= LEAST_VISITS else math.inf, one))
    return {group: Figure(len(found[group]), mean_points(found[group])) for group in order}


def mean_points(values: Sequence[float]) -> Estimate | None:
    """The mean of points (0..100) with Student's t interval kept within 0..100; without one below two, None of none."""
    from scipy import stats

    if not values:
        return None
    mean = _mean(values)
    if len(values) == 1:
        return Estimate(mean)
    error = math.sqrt(_squares(values) / (len(values) - 1) / len(values))
    if error == 0:  # alike by chance or by a low number of values: no interval is better than a feigned certainty
        return Estimate(mean)
    half = float(stats.t.ppf(1 - ALPHA / 2, len(values) - 1)) * error
    return Estimate(mean, max(0.0, mean - half), min(100.0, mean + half))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _squares(values: Sequence[float]) -> float:
    mean = _mean(values)
    return math.fsum((one - mean) ** 2 for one in values)
