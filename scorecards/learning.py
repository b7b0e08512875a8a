"""Judged calls become a learned criterion, and a learned criterion is held against judged calls."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np

from scorecards.agreement import Agreement, agreement_to_dict, number_agreement, verdict_agreement
from scorecards.labels import Problem
from scorecards.model import Verdict
from transcription.learning import Conversation
from transcription.parts import turns_of
from transcription.text_model import Target, TextModel, Unsaid, judge, support
from transcription.training import Example, learn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scorecards.labels import LabelledCall, Labels
    from transcription.model import Transcript
    from transcription.text_model import Judgement
    from transcription.vectors import Encoder

RISK = 0.1
MOST_QUOTED = 3
LEAST_SHARE_OF_FIRST = 0.25  # an utterance that moved the answer less than a quarter of the first is not quoted
LOWEST_THIRD = 1 / 3


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, its cross-validated agreement with people, and the calls left out because nobody says anything."""

    model: TextModel
    agreement: Agreement
    below: float | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """Agreement with people, each call's judgement, and what one should know before believing it."""

    agreement: Agreement
    judgements: tuple[Judgement, ...]
    below: float | None
    remarks: tuple[str, ...]


def conversation(transcript: Transcript) -> Conversation:
    """What a learner sees of a transcript."""
    return Conversation(transcript.utterances, transcript.metrics)


def train(
    labels: Labels,
    *,
    risk: float = RISK,
    below: float | None = None,
    encoder: Encoder | None = None,
    tell: Callable[[str, float], None] = lambda _item, _share: None,
) -> Trained:
    """A model of these labels with its cross-validated figures on it.

    `below` is the number under which a call counts as low for the auc (default: the lowest third of the labels).
    """
    spoken = [call for call in labels.calls if turns_of(call.transcript.utterances)]
    silent = tuple(
        Problem(call.line, "Nobody says anything in this call; there is nothing to learn.")
        for call in labels.calls
        if not turns_of(call.transcript.utterances)
    )
    examples = [Example(call.id, conversation(call.transcript), call.label) for call in spoken]
    found = learn(examples, labels.target, risk=risk, encoder=encoder, tell=tell)
    if labels.target is Target.NUMBER and below is None:
        below = float(np.quantile([float(call.label) for call in spoken], LOWEST_THIRD))
    likely = [float(row[_positive_at(found.model)]) for row in found.scores]
    agreement = _agreement(found.model, spoken, found.answers, likely, below)
    origin: dict[str, object] = {
        "labels_sha256": labels.sha256,
        "calls": len(spoken),
        "risk": risk if labels.target is Target.VERDICT else None,
        "libraries": _libraries(),
    }
    figures: dict[str, object] = {"below": below, "cross_validated": agreement_to_dict(agreement)}
    return Trained(replace(found.model, origin=origin, figures=figures), agreement, below, silent)


def prove(
    model: TextModel,
    labels: Labels,
    *,
    below: float | None = None,
    encoder: Encoder | None = None,
    on_call: Callable[[int], None] = lambda _: None,
) -> Tested:
    """The model's agreement with these labels; calls without words or in another language count as abstained."""
    judgements = judge(model, [conversation(call.transcript) for call in labels.calls], encoder, on_call)
    answers = [one.answer for one in judgements]
    likely = [_likely(model, one) for one in judgements]
    if model.target is Target.NUMBER and below is None:
        known = model.figures.get("below")
        below = float(known) if isinstance(known, int | float) else None
    agreement = _agreement(model, labels.calls, answers, likely, below)
    return Tested(agreement, tuple(judgements), below, _remarks(model, labels, judgements))


def moving_utterances(
    model: TextModel, transcript: Transcript, toward: str, *, sign: float = 1.0, encoder: Encoder | None = None
) -> list[int]:
    """The utterances that moved the answer most, first first: at most three, at least one where anything was said.

    For numbers `sign` says what they speak for: 1 a higher number, -1 a lower one.
    """
    moved = sign * support(model, conversation(transcript), toward, encoder)
    said = [one.index for one in transcript.utterances if one.text.strip()]
    ranked = sorted(said, key=lambda index: (-moved[index], index))
    least = max(moved[ranked[0]] * LEAST_SHARE_OF_FIRST, 1e-9) if ranked else 0.0
    return [index for at, index in enumerate(ranked[:MOST_QUOTED]) if at == 0 or moved[index] >= least]


def positive_class(model: TextModel) -> str:
    """The class whose probability gives the auc: met where it was learned, else the last."""
    return Verdict.MET.value if Verdict.MET.value in model.classes else model.classes[-1]


def _positive_at(model: TextModel) -> int:
    return model.classes.index(positive_class(model)) if model.classes else 0


def _likely(model: TextModel, one: Judgement) -> float | None:
    return one.probabilities.get(positive_class(model)) if model.target is Target.VERDICT else None


def _agreement(
    model: TextModel,
    calls: Sequence[LabelledCall],
    answers: Sequence[str | float | None],
    likely: Sequence[float | None],
    below: float | None,
) -> Agreement:
    if model.target is Target.NUMBER:
        numbers = [None if one is None else float(one) for one in answers]
        return number_agreement([float(call.label) for call in calls], numbers, below=below)
    people = [str(call.label) for call in calls]
    verdicts = [None if one is None else str(one) for one in answers]
    return verdict_agreement(people, verdicts, categories=model.classes, positive=positive_class(model), scores=likely)


def _remarks(model: TextModel, labels: Labels, judgements: Sequence[Judgement]) -> tuple[str, ...]:
    remarks = []
    if labels.sha256 == model.origin.get("labels_sha256"):
        remarks.append("These are the calls it learned from: the figures flatter it.")
    foreign = sum(one.unsaid is Unsaid.OTHER_LANGUAGE for one in judgements)
    if foreign:
        known = ", ".join(model.languages)
        remarks.append(f"{foreign} calls are in another language than it learned ({known}) and count as abstained.")
    silent = sum(one.unsaid is Unsaid.NOTHING_SAID for one in judgements)
    if silent:
        remarks.append(f"In {silent} calls nobody says anything; they count as abstained.")
    unknown = sorted({str(call.label) for call in labels.calls} - set(model.classes))
    if model.target is Target.VERDICT and unknown:
        remarks.append(f"It never learned {', '.join(unknown)} and cannot answer so.")
    return tuple(remarks)


def _libraries() -> dict[str, str]:
    names = ("huiting", "scikit-learn", "scipy", "numpy")
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}
