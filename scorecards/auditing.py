"""Audits by the monitoring group (监督检查): what is looked at, how many pieces, how they are drawn, what was found.

    planned -> drawn -> checking -> reported -> closed

A piece is what one audit looks at: a case, a person's evaluation of a call, or a callback. The lot is that of
`sampling`: a simple random sample of the whole frame, under a seed whose hash is public before the frame is known.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import Conflict, Invalid
from scorecards import sampling
from scorecards.agreement import Estimate, proportion
from scorecards.card_file import document_from_yaml
from scorecards.model import Wording
from scorecards.sample_size import CHANCE, chance_to_see_one, to_see_one
from scorecards.sampling import Candidate, Drawn, Pick, Verification
from transcription.files import refuse_misfit, refuse_unreal_numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

PERIOD, PART, ALL = "audit", 1, 0
"""An audit is drawn once, out of one frame that is not parted by person."""


class AuditKind(StrEnum):
    """What is audited: the complaint process, the inspectors' scoring, or the callbacks."""

    PROCESS = "process"
    INSPECTORS = "inspectors"
    CALLBACKS = "callbacks"


class AuditStep(StrEnum):
    """What happens to an audit; the last one is where it stands."""

    PLANNED = "planned"
    DRAWN = "drawn"
    CHECKING = "checking"
    REPORTED = "reported"
    CLOSED = "closed"


class Result(StrEnum):
    """How a piece stands in an item of the checklist."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """How grave a finding is; an item says how grave it usually is."""

    MINOR = "minor"
    MAJOR = "major"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a checklist; asked of pieces that carry one of the tags, of all where none are named."""

    code: str
    question: Wording
    judge: Wording
    severity: Severity
    applies_to: frozenset[str] = frozenset()

    def asks(self, tags: Collection[str]) -> bool:
        """Whether the question is asked of a piece with these tags."""
        return not self.applies_to or not self.applies_to.isdisjoint(tags)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions of one kind of audit."""

    kind: AuditKind
    version: int
    title: Wording
    items: tuple[Item, ...]

    def item(self, code: str) -> Item:
        """The question of that code; Invalid where there is none."""
        found = next((one for one in self.items if one.code == code), None)
        if found is None:
            raise Invalid("The checklist has no item “{item}”.", item=code)
        return found

    def asked_of(self, tags: Collection[str]) -> tuple[Item, ...]:
        """The questions that a piece with these tags is asked."""
        return tuple(one for one in self.items if one.asks(tags))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the kept data say of an item, and the figures they rest on; counts for nothing until a person confirms."""

    result: Result
    said: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that an audit may look at; `person_id` is whose work it is, `call_pk` the recording to hear."""

    id: int
    label: str
    unit_id: int
    day: date
    person_id: int | None = None
    call_pk: int | None = None
    case_id: int | None = None
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aim:
    """The fault rate to be seen and the chance of seeing at least one fault (both 0..1); `wanted` pieces where set."""

    rate: float
    chance: float = CHANCE
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """How one piece stands in one item, as a person confirmed it."""

    piece: int
    item: str
    result: Result
    words: str = ""
    evidence: str = ""
    by: int | None = None


@dataclass(frozen=True, slots=True)
class ItemRate:
    """One item over the sample: of `n` pieces judged so many not met, with the share and its 95 % interval.

    The interval is Wilson's without a correction for the finite frame, as it is not known how many pieces of the frame
    the item applies to: at most too wide.
    """

    item: Item
    n: int
    not_met: int
    not_applicable: int
    unchecked: int
    share: Estimate | None


def shipped_text(kind: AuditKind) -> str:
    """The checklist that ships for a kind of audit, as YAML."""
    return resources.files("scorecards").joinpath("library", "audits", f"{kind}.yaml").read_text(encoding="utf-8")


@cache
def checklist_from_yaml(text: str, where: str = "audit") -> Checklist:
    """The checklist in a YAML text; Invalid names the place and the value that does not fit."""
    document = document_from_yaml(text, where)
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    assert isinstance(document, dict)  # noqa: S101 - the schema has just said so
    items = tuple(
        Item(one["code"], Wording(**one["question"]), Wording(**one["judge"]), Severity(one["severity"]),
             frozenset(one.get("applies_to", ())))
        for one in document["items"]
    )  # fmt: skip
    if twice := [code for code, times in Counter(one.code for one in items).items() if times > 1]:
        raise Invalid("{where}: the item “{item}” stands twice. Rename one.", where=where, item=twice[0])
    return Checklist(AuditKind(document["kind"]), document["version"], Wording(**document["title"]), items)


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("scorecards").joinpath("schemas/audit.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def size(aim: Aim, population: int) -> int:
    """How many pieces are drawn out of a frame of this size: those wanted, else the fewest that reach the aim."""
    if population < 1:
        raise Invalid("Nothing fits the audit's filter; plan another one.")
    if aim.wanted is None:
        return min(population, to_see_one(aim.rate, aim.chance, population))
    if aim.wanted < 1:
        raise Invalid("A sample has at least one piece, not {n}.", n=aim.wanted)
    return min(population, aim.wanted)


def power_at(aim: Aim, n: int, population: int) -> float:
    """The chance that n of the frame's pieces hold at least one fault where the fault rate is the one to be seen."""
    return chance_to_see_one(n, aim.rate, population)


def candidates(kind: AuditKind, pieces: Iterable[Piece]) -> list[Candidate]:
    """The frame as the lot sees it: one stratum, nobody's quota."""
    return [Candidate(one.id, ALL, one.unit_id, kind.value, one.day, one.tags) for one in pieces]


def draw(seed: str, audit: int, frame: Collection[Candidate], n: int) -> tuple[Pick, ...]:
    """The n pieces of the frame with the lowest lots."""
    return sampling.draw_random(seed, audit, PERIOD, PART, frame, {ALL: n})


def drawn(audit: int, commitment: str, frame_sha256: str, n: int, picks: Iterable[Pick]) -> Drawn:
    """The draw as it is kept: with seed and frame it can be run again."""
    return Drawn(audit, PERIOD, PART, commitment, frame_sha256, {ALL: n}, tuple(picks))


def verify(kept: Drawn, seed: str, frame: Collection[Candidate]) -> Verification:
    """Whether the kept draw, the seed and the frame fit together, by drawing again."""
    return sampling.verify(kept, seed, frame)


def require_next(steps: Sequence[AuditStep], kind: AuditStep) -> None:
    """Raise Conflict unless a step follows on those that were taken; checking goes on as long as it is not reported."""
    last = steps[-1] if steps else None
    order = list(AuditStep)
    expected = order[0] if last is None else order[min(order.index(last) + 1, len(order) - 1)]
    if kind is not expected or last is AuditStep.CLOSED:
        raise Conflict("This step does not follow where the audit stands. Load the page again: somebody went on.")


def refuse_bare(result: Result, words: str, evidence: str) -> None:
    """Raise Invalid where something is said not to be met without what is wrong and where it is seen."""
    if result is Result.NOT_MET and not (words.strip() and evidence.strip()):
        raise Invalid("For “not met” say what is wrong and where it is seen (the step, the second, the document).")


def unchecked(
    checklist: Checklist, pieces: Mapping[int, frozenset[str]], checks: Mapping[tuple[int, str], Check]
) -> list[tuple[int, str]]:
    """What is still to be checked, as (piece, item); `pieces` are the tags of those drawn."""
    return [
        (piece, one.code)
        for piece, tags in pieces.items()
        for one in checklist.asked_of(tags)
        if (piece, one.code) not in checks
    ]


def item_rates(
    checklist: Checklist, pieces: Mapping[int, frozenset[str]], checks: Mapping[tuple[int, str], Check]
) -> tuple[ItemRate, ...]:
    """Every item over the sample; a machine's proposal that nobody confirmed counts as not checked."""
    made = []
    for one in checklist.items:
        asked = [piece for piece, tags in pieces.items() if one.asks(tags)]
        found = Counter(check.result for piece in asked if (check := checks.get((piece, one.code))) is not None)
        n = found[Result.MET] + found[Result.NOT_MET]
        made.append(ItemRate(one, n, found[Result.NOT_MET], found[Result.NOT_APPLICABLE],
                             len(asked) - found.total(), proportion(found[Result.NOT_MET], n)))  # fmt: skip
    return tuple(made)
