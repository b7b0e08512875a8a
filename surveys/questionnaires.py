"""A questionnaire (问卷): questions with skip logic, what each is counted as, when an answer is unhappy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid, NotFound
from surveys.model import RESPONSE_COLUMNS, TRAITS
from surveys.profiles import shipped_text
from surveys.templates import places
from transcription.files import refuse_misfit, refuse_unreal_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh", "en")
FILLED = frozenset({"number", "company", "received", "words", "result", "solved", "hotline"})
"""The places that a question's text may have; the product fills them in."""
LONGEST_TEXT = 2_000


class Kind(StrEnum):
    """How a question is answered."""

    SCALE = "scale"
    YES_NO = "yes_no"
    CHOICE = "choice"
    MULTI = "multi"
    TEXT = "text"


class Counted(StrEnum):
    """As what an answer is counted."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    SOLVED = "solved"
    NONE = "none"


SCALES = {(0, 10), (1, 5), (1, 7), (1, 10)}
YES, NO = 1, 0
Answers = "Mapping[str, float | str | list[str]]"


@dataclass(frozen=True, slots=True)
class Condition:
    """That an earlier question's answer lies within bounds (scales, yes/no) or among some choices."""

    question: str
    least: float | None = None
    most: float | None = None
    among: tuple[str, ...] = ()

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answer is there and fits."""
        if self.question not in answers:
            return False
        given = answers[self.question]
        if self.among:
            return bool(set(given if isinstance(given, list) else [given]) & set(self.among))
        if isinstance(given, (str, list)):
            return False
        return (self.least is None or given >= self.least) and (self.most is None or given <= self.most)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `ends` are the words at the two ends of a scale."""

    id: str
    kind: Kind
    text: Mapping[str, str]
    counted: Counted = Counted.NONE
    scale: tuple[int, int] | None = None
    ends: tuple[Mapping[str, str], Mapping[str, str]] | None = None
    choices: tuple[tuple[str, Mapping[str, str]], ...] = ()
    show_if: tuple[Condition, ...] = ()
    required: bool = True

    def is_shown(self, answers: Mapping[str, Any]) -> bool:
        """Whether the skip logic asks it, given the answers before."""
        return all(one.holds(answers) for one in self.show_if)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version; published versions never change."""

    code: str
    title: Mapping[str, str]
    opening: Mapping[str, str]
    thanks: Mapping[str, str]
    questions: tuple[Question, ...]
    unhappy: tuple[Condition, ...] = ()
    version: int = 1

    def question(self, name: str) -> Question:
        """The question of that id; Invalid names the known ones."""
        for one in self.questions:
            if one.id == name:
                return one
        raise Invalid("There is no question “{question}”. Known are: {known}.", question=name,
                      known=", ".join(one.id for one in self.questions))  # fmt: skip

    def shown(self, answers: Mapping[str, Any]) -> tuple[Question, ...]:
        """The questions that are asked, given what was answered; one that was skipped counts as not answered."""
        kept: dict[str, Any] = {}
        found = []
        for one in self.questions:
            if one.is_shown(kept):
                found.append(one)
                if one.id in answers:
                    kept[one.id] = answers[one.id]
        return tuple(found)

    def next_question(self, answers: Mapping[str, Any]) -> Question | None:
        """The first question that is asked and not answered; None at the end."""
        return next((one for one in self.shown(answers) if one.id not in answers), None)

    def missing(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """The required questions that are asked and not answered."""
        return tuple(one.id for one in self.shown(answers) if one.required and one.id not in answers)

    def counts(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers that count: those to questions that are asked, in their order."""
        return {one.id: answers[one.id] for one in self.shown(answers) if one.id in answers}

    def is_unhappy(self, answers: Mapping[str, Any]) -> bool:
        """Whether any of the questionnaire's rules for dissatisfaction holds (不满意)."""
        kept = self.counts(answers)
        return any(one.holds(kept) for one in self.unhappy)

    def words(self, answers: Mapping[str, Any]) -> str:
        """The customer's own words in the answers, in their order."""
        kept = self.counts(answers)
        texts = [kept[one.id] for one in self.questions if one.kind is Kind.TEXT and kept.get(one.id)]
        return "；".join(str(text) for text in texts)


def checked(question: Question, value: object) -> float | str | list[str]:
    """The answer as it is kept; Invalid where it is none of the question's."""
    if question.kind is Kind.TEXT:
        return _text(question, value)
    if question.kind in (Kind.CHOICE, Kind.MULTI):
        return _chosen(question, value)
    low, high = question.scale or (NO, YES)
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if not (low <= number <= high and number == int(number)):
        raise Invalid("“{value}” is no answer to “{question}”. Give a whole number from {low} to {high}.",
                      value=str(value)[:40], question=question.id, low=low, high=high)  # fmt: skip
    return number


def _text(question: Question, value: object) -> str:
    text = str(value).replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        raise Invalid("The answer to “{question}” has {length} signs; at most {most} are kept.", question=question.id,
                      length=len(text), most=LONGEST_TEXT)  # fmt: skip
    return text


def _chosen(question: Question, value: object) -> str | list[str]:
    known = [code for code, _title in question.choices]
    given = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
    if any(one not in known for one in given) or (question.kind is Kind.CHOICE and len(given) != 1):
        raise Invalid("“{value}” is no answer to “{question}”. Choose of: {known}.", value=", ".join(given)[:80],
                      question=question.id, known=", ".join(known))  # fmt: skip
    return given[0] if question.kind is Kind.CHOICE else sorted(set(given), key=known.index)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled in; one that has no value becomes empty."""
    return text.format_map({name: values.get(name, "") for name in places(text)})


def questionnaire_from_yaml(text: str, where: str = "questionnaire") -> Questionnaire:
    """The questionnaire of a YAML text; Invalid names the place and the value that does not fit."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("{where}: this is not YAML ({error}). Mend it there.", where=where, error=error) from error
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    found = Questionnaire(
        document["code"], document["title"], document["opening"], document["thanks"],
        tuple(_question(item) for item in document["questions"]),
        tuple(_condition(item) for item in document.get("unhappy", ())),
    )  # fmt: skip
    _refuse_nonsense(found, where)
    return found


def _question(item: dict[str, Any]) -> Question:
    scale = tuple(item["scale"]) if "scale" in item else None
    return Question(
        id=item["id"], kind=Kind(item["kind"]), text=item["text"], counted=Counted(item.get("counted", "none")),
        scale=scale, ends=tuple(item["ends"]) if "ends" in item else None,
        choices=tuple((one["code"], one["title"]) for one in item.get("choices", ())),
        show_if=tuple(_condition(one) for one in item.get("show_if", ())), required=item.get("required", True),
    )  # fmt: skip


def _condition(item: dict[str, Any]) -> Condition:
    return Condition(item["question"], item.get("least"), item.get("most"), tuple(item.get("among", ())))


def _refuse_nonsense(found: Questionnaire, where: str) -> None:
    """Ids twice, conditions on what is not asked before, places that nothing fills, scales that nobody knows."""
    before: dict[str, Question] = {}
    for one in found.questions:
        if one.id in before:
            raise Invalid("{where}: the question “{question}” stands twice. Rename one.", where=where, question=one.id)
        if one.id in (*RESPONSE_COLUMNS, *TRAITS):
            raise Invalid("{where}: “{question}” is the name of something kept with every answer. Rename the question.",
                          where=where, question=one.id)  # fmt: skip
        _refuse_misfit_of(one, where)
        for condition in one.show_if:
            _refuse_unknown(condition, before, where)
        before[one.id] = one
    for condition in found.unhappy:
        _refuse_unknown(condition, before, where)
    texts = [found.title, found.opening, found.thanks, *(one.text for one in found.questions)]
    for text in (said for each in texts for said in each.values()):
        if unknown := set(places(text)) - FILLED:
            raise Invalid("{where}: “{text}” has the place “{place}”, which nothing fills. Known are: {known}.",
                          where=where, text=text, place=min(unknown), known=", ".join(sorted(FILLED)))  # fmt: skip


def _refuse_misfit_of(one: Question, where: str) -> None:
    if (one.kind is Kind.SCALE) != (one.scale in SCALES):
        raise Invalid("{where}: “{question}” needs one of the scales {known} if it is a scale, else none.", where=where,
                      question=one.id, known=", ".join(f"{low}-{high}" for low, high in sorted(SCALES)))  # fmt: skip
    if (one.kind in (Kind.CHOICE, Kind.MULTI)) != (len(one.choices) > 1):
        raise Invalid("{where}: “{question}” needs two or more choices if it is a choice, else none.", where=where,
                      question=one.id)  # fmt: skip
    fits: dict[Counted, list[tuple[int, int] | None]] = {
        Counted.NPS: [(0, 10)], Counted.CES: [(1, 5), (1, 7)], Counted.CSAT: [(1, 5), (1, 7), (1, 10)],
        Counted.SOLVED: [None],
    }  # fmt: skip
    if one.counted in fits and one.scale not in fits[one.counted]:
        raise Invalid("{where}: “{question}” cannot be counted as {counted} on its scale.", where=where,
                      question=one.id, counted=one.counted.value)  # fmt: skip
    if one.counted is Counted.SOLVED and one.kind is not Kind.YES_NO:
        raise Invalid("{where}: “{question}” cannot be counted as {counted} on its scale.", where=where,
                      question=one.id, counted=one.counted.value)  # fmt: skip


def _refuse_unknown(condition: Condition, before: Mapping[str, Question], where: str) -> None:
    if condition.question not in before:
        raise Invalid("{where}: a condition names “{question}”, which is not asked before it.", where=where,
                      question=condition.question)  # fmt: skip
    known = {code for code, _title in before[condition.question].choices}
    if set(condition.among) - known:
        raise Invalid("{where}: a condition names “{choice}”, which is no choice of “{question}”.", where=where,
                      choice=min(set(condition.among) - known), question=condition.question)  # fmt: skip


def shipped_questionnaires() -> tuple[str, ...]:
    """Codes of the questionnaires that ship."""
    files = resources.files("surveys").joinpath("library", "questionnaires").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


@cache
def shipped_questionnaire(code: str) -> Questionnaire:
    """The shipped questionnaire of that code."""
    if code not in shipped_questionnaires():
        raise NotFound("There is no questionnaire “{name}”. Known are: {known}.", name=code,
                       known=", ".join(shipped_questionnaires()))  # fmt: skip
    return questionnaire_from_yaml(shipped_text(f"questionnaires/{code}"), code)


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("surveys").joinpath("schemas/questionnaire.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
