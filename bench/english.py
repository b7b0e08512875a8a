"""`python -m bench.english`: how far the shipped cards agree with people's labels on English dialogues and replies.

STAR: the customer's own yes or no after the dialogue (was the task done?) beside `resolved`: met or partly met beside
yes; and the wizard's yes or no to "aggressive or annoyed" beside the signal customer_upset. EmpatheticPersonas (0-2,
three raters) and EPITOME (0-2 a mechanism, with the words that showed it) beside `empathy`: these are single replies,
so a customer's line that names a problem is put before each, and met or partly met stands beside 1 or 2 (in a row of
its own: beside 2 alone). The half is fixed by a hash of the id (of the English reply, so that repeated ones stay
together); the English rules were made while looking at half 1 alone. Statistics: scorecards.agreement, each with its
95 % interval.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.halves import HALVES, half_of
from bench.scoring import PROJECT
from scorecards.agreement import Agreement, Estimate, proportion, spearman, verdict_agreement
from scorecards.card_file import load_card
from scorecards.checks import answer
from scorecards.model import Quote, Verdict
from transcription.model import Transcript, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scorecards.model import CheckSpec, Finding, Scorecard

ENGLISH, CHINESE = "telecom-complaint-en", "telecom-complaint-zh"
YES, NO = "yes", "no"
POSITIVE = (Verdict.MET, Verdict.PARTLY_MET)
OPEN = (Verdict.ABSTAINED, Verdict.NOT_APPLICABLE)
TROUBLE = {"en": "I have a problem and I am upset about it", "zh": "我遇到问题了，心里很着急"}
SHOWN_ACTIONS = ("utter", "pick_suggestion")  # what the wizard typed to search for a sentence was not shown
HEAD = "what|half|n|yes|coverage|raw|kappa|AC1|AUC|Spearman|words in common"


@dataclass(frozen=True, slots=True)
class Item:
    """One dialogue or reply with people's label; `level` ranks it, `spans` are the words that people marked."""

    id: str
    transcript: Transcript
    level: float
    spans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """An item and what the card's check says of it."""

    item: Item
    finding: Finding

    @property
    def machine(self) -> str | None:
        if self.finding.verdict in OPEN:
            return None
        return YES if self.finding.verdict in POSITIVE else NO

    @property
    def score(self) -> float | None:
        """Verdict and confidence as one number, 0 (surely not) to 3 (surely met)."""
        order = (Verdict.NOT_MET, Verdict.PARTLY_MET, Verdict.MET)
        if self.finding.verdict not in order:
            return None
        place = order.index(self.finding.verdict)
        sure = self.finding.confidence
        return place + (1 - sure if self.finding.verdict is Verdict.NOT_MET else sure)

    @property
    def shares_words(self) -> bool | None:
        """Whether a quote and a span that people marked overlap; None where one side has none."""
        quotes = [one.quote for one in self.finding.evidence if isinstance(one, Quote) and one.utterance == 1]
        if not quotes or not self.item.spans:
            return None
        text = self.item.transcript.utterances[1].text
        return any(_overlap(text, quote, span) for quote in quotes for span in self.item.spans)


def _overlap(text: str, one: str, other: str) -> bool:
    start, begin = text.find(one), text.find(other)
    return begin >= 0 and start < begin + len(other) and begin < start + len(one)


def data_folder() -> Path:
    """Where the labelled sets stand."""
    return Path(os.environ.get("HUITING_DATA", PROJECT.parent / "shared" / "data"))


def star(folder: Path, label: str) -> Iterator[Item]:
    """Dialogues with a yes or no from one of the questions asked afterwards."""
    with (folder / "dev_labels.csv").open(encoding="utf-8", newline="") as file:
        told = {row["DialogueID"]: row[label] for row in csv.DictReader(file)}
    with gzip.open(folder / "dev_star.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            dialogue = json.loads(line)
            number = str(dialogue["DialogueID"])
            said = list(spoken(dialogue))
            if told.get(number) in ("0", "1") and said:
                yield Item(number, as_transcript(said), float(told[number]))


def spoken(dialogue: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, str]]:
    """What either side of a STAR dialogue saw of the other, in order."""
    sides = {"User": "customer", "Wizard": "agent"}
    for event in dialogue["Events"]:
        if event["Agent"] in sides and event["Action"] in SHOWN_ACTIONS and event["Text"].strip():
            yield sides[event["Agent"]], event["Text"].strip()


def as_transcript(said: Iterable[tuple[str, str]], language: str = "en") -> Transcript:
    """One utterance a line, in their order."""
    lines = tuple(Utterance(at, speaker, text) for at, (speaker, text) in enumerate(said))
    return Transcript(lines, language=language)


def personas(folder: Path, language: str) -> Iterator[Item]:
    """Replies that three people rated for empathy, 0 none to 2 strong."""
    with (folder / "dev" / "empathy.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _reply(row["text_en"], row[f"text_{language}"], float(row["empathy_score"]), (), language)


def epitome(folder: Path, mechanism: str) -> Iterator[Item]:
    """Replies with a level of one mechanism of empathy and the words that showed it."""
    with (folder / "dev" / f"{mechanism}-reddit.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            spans = tuple(span.strip() for span in row["rationales"].split("|") if span.strip())
            yield _reply(row["response_post"], row["response_post"], float(row["level"]), spans, "en")


def _reply(number: str, text: str, level: float, spans: tuple[str, ...], language: str) -> Item:
    said = as_transcript([("customer", TROUBLE[language]), ("agent", text)], language)
    return Item(number, said, level, spans)


def held(card: Scorecard, criterion: str, items: Iterable[Item]) -> list[Beside]:
    """What one criterion's check says of each item."""
    spec = check_of(card, criterion)
    return [Beside(item, answer(spec, item.transcript, card.language)) for item in items]


def check_of(card: Scorecard, criterion: str) -> CheckSpec:
    """The check of one criterion or signal of a card."""
    checks = {one.id: one.check for _, one in card.criteria} | {one.id: one.check for one in card.signals}
    found = checks[criterion]
    assert found is not None  # noqa: S101 - only checked criteria are asked for
    return found


def agreement(found: Sequence[Beside], positive_from: float) -> Agreement:
    """Agreement on yes or no; people's yes is a level of at least `positive_from`."""
    people = [YES if one.item.level >= positive_from else NO for one in found]
    machine, scores = [one.machine for one in found], [one.score for one in found]
    return verdict_agreement(people, machine, categories=(YES, NO), positive=YES, scores=scores)


def row(what: str, half: str, found: Sequence[Beside], positive_from: float = 1.0) -> str:
    """One line of the table."""
    told = agreement(found, positive_from)
    ranked = [(one.item.level, one.score) for one in found if one.score is not None]
    rank = spearman([level for level, _ in ranked], [score for _, score in ranked])
    shared = [one.shares_words for one in found if one.shares_words is not None]
    words = proportion(sum(shared), len(shared))
    figures = (told.prevalence.get(YES), told.coverage, told.raw, told.kappa, told.ac1, told.auc, rank, words)
    return f"| {what} | {half} | {told.n} | " + " | ".join(map(_shown, figures)) + " |\n"


def _shown(figure: Estimate | None) -> str:
    return "-" if figure is None else str(figure)


def rows(what: str, found: Sequence[Beside], positive_from: float) -> str:
    """A line a half."""
    halves = ([one for one in found if half_of(one.item.id) == half] for half in HALVES)
    return "".join(row(what, str(half), own, positive_from) for half, own in zip(HALVES, halves, strict=True))


@dataclass(frozen=True, slots=True)
class Set:
    """What is held against what: a folder, a card's criterion, and from which level on people's word counts as yes."""

    name: str
    folder: str
    card: str
    criterion: str
    items: Callable[[Path], Iterator[Item]]
    positive_from: float = 1


STAR, PERSONAS, EPITOME = "star_wizard_en", "empathetic_personas_zh_en", "epitome_empathy_en"
SETS = (
    Set("STAR, resolved", STAR, ENGLISH, "resolved", partial(star, label="resolved")),
    Set("STAR, customer_upset", STAR, ENGLISH, "customer_upset", partial(star, label="user_aggressive")),
    Set("Personas English, empathy", PERSONAS, ENGLISH, "empathy", partial(personas, language="en")),
    Set("Personas English, empathy, strong", PERSONAS, ENGLISH, "empathy", partial(personas, language="en"), 2),
    Set("Personas Chinese, empathy", PERSONAS, CHINESE, "empathy", partial(personas, language="zh")),
    Set("Personas Chinese, empathy, strong", PERSONAS, CHINESE, "empathy", partial(personas, language="zh"), 2),
    Set("EPITOME reactions, empathy", EPITOME, ENGLISH, "empathy", partial(epitome, mechanism="emotional-reactions")),
    Set("EPITOME interpretations, empathy", EPITOME, ENGLISH, "empathy", partial(epitome, mechanism="interpretations")),
)


def main() -> int:
    cards = {name: load_card(name) for name in (ENGLISH, CHINESE)}
    versions = ", ".join(f"{name} version {card.version}" for name, card in cards.items())
    sys.stdout.write(f"{versions}; labels are people's.\n\n| {HEAD.replace('|', ' | ')} |\n" + "|---" * 11 + "|\n")
    for one in SETS:
        place = data_folder() / one.folder
        if place.is_dir():
            found = held(cards[one.card], one.criterion, one.items(place))
            sys.stdout.write(rows(one.name, found, one.positive_from))
        else:
            sys.stdout.write(f"| {one.name} | {one.folder} is not there |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
