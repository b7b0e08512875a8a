"""A learned judgement of conversations: what it answers, how sure it is, and which utterances moved it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from transcription.learning import features, prepare, shares
from transcription.parts import language_of, turns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from transcription.learning import Conversation, Floats, Linear, Space
    from transcription.vectors import Encoder

    Doubles = NDArray[np.float64]

NEVER_SURE = 2.0  # a threshold that no probability reaches
INTERVAL = (0.05, 0.95)


class Target(StrEnum):
    """What is learned: one of several classes, or a number."""

    VERDICT = "verdict"
    NUMBER = "number"


class Unsaid(StrEnum):
    """Why a model gives no answer."""

    NOTHING_SAID = "nothing_said"
    OTHER_LANGUAGE = "other_language"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class TextModel:
    """A fitted model; `origin` is what stands on each answer, `figures` what cross-validation found.

    Of classes: `calibration` turns scores into probabilities, below `threshold` the model abstains. Of numbers:
    `errors` are quantiles of (people - model) over calls the model had not seen, `low` and `high` the labels' range.
    """

    target: Target
    languages: tuple[str, ...]
    space: Space
    linear: Linear
    classes: tuple[str, ...] = ()
    calibration: Linear | None = None
    threshold: float = 0.0
    errors: Floats | None = None
    low: float = 0.0
    high: float = 0.0
    encoder_sha256: str = ""
    origin: dict[str, object] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer: a class with all probabilities, or a number with its 90 % interval; `unsaid` says why there is none.

    A class that the model is not sure enough of stands in `best`, not in `answer`.
    """

    unsaid: Unsaid | None = None
    best: str | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    number: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def answer(self) -> str | float | None:
        return None if self.unsaid else (self.best if self.number is None else self.number)

    @property
    def confidence(self) -> float:
        return max(self.probabilities.values(), default=0.0)


def judge(
    model: TextModel,
    calls: Sequence[Conversation],
    encoder: Encoder | None = None,
    on_call: Callable[[int], None] = lambda _: None,
) -> list[Judgement]:
    """The model's answer to each call; `encoder` is needed where the model uses vectors."""
    prepared = prepare(calls, encoder if model.space.dimensions else None, tuple(model.space.weights), on_call)
    scores = model.linear.scores(features(model.space, prepared)) if calls else np.zeros((0, 1))
    return [_judgement(model, call, row) for call, row in zip(calls, scores, strict=True)]


def support(model: TextModel, call: Conversation, toward: str, encoder: Encoder | None = None) -> Doubles:
    """(utterances,) how much each utterance speaks for a class (in log odds), or for a higher number (in its unit)."""
    if model.target is Target.NUMBER or model.calibration is None:
        weights = model.linear.coefficients[0]
    else:
        at = model.classes.index(toward)
        others = [row for row in range(len(model.classes)) if row != at]
        direction = model.calibration.coefficients[at] - model.calibration.coefficients[others].mean(axis=0)
        weights = (direction @ model.linear.coefficients).astype(np.float32)
    return shares(model.space, weights, call, encoder if model.space.dimensions else None)


def probabilities(calibration: Linear, scores: Doubles) -> Doubles:
    """(n, classes) softmax of the calibrated scores."""
    logits = scores @ calibration.coefficients.T.astype(np.float64) + calibration.constants
    logits -= logits.max(axis=1, keepdims=True)
    raised = np.exp(logits)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def share_at_least(model: TextModel, number: float, limit: float) -> float:
    """How likely people give at least `limit` where the model says `number`: the errors of calls it had not seen.

    A conformal predictive distribution by cross-validation (Vovk et al. 2017): (1 + errors that reach it) / (2 + all)
    keeps it off 0 and 1.
    """
    assert model.errors is not None  # noqa: S101 - a model of numbers has them
    return float((1 + (model.errors >= limit - number).sum()) / (2 + len(model.errors)))


def _judgement(model: TextModel, call: Conversation, scores: Doubles) -> Judgement:
    if not turns_of(call.utterances):
        return Judgement(Unsaid.NOTHING_SAID)
    language = language_of(call.utterances)
    unsaid = Unsaid.OTHER_LANGUAGE if language and language not in model.languages else None
    if model.target is Target.NUMBER:
        return _number(model, float(scores[0]), unsaid)
    assert model.calibration is not None  # noqa: S101 - a model of classes has one
    likely = probabilities(model.calibration, scores[None])[0]
    best = model.classes[int(likely.argmax())]
    if unsaid is None and float(likely.max()) < model.threshold:
        unsaid = Unsaid.UNSURE
    return Judgement(unsaid, best, dict(zip(model.classes, map(float, likely), strict=True)))


def _number(model: TextModel, score: float, unsaid: Unsaid | None) -> Judgement:
    assert model.errors is not None  # noqa: S101 - a model of numbers has them
    number = min(max(score, model.low), model.high)
    low, high = (number + float(np.quantile(model.errors, share)) for share in INTERVAL)
    return Judgement(unsaid, number=number, interval=(min(low, number), max(high, number)))


def certain_threshold(confidences: Doubles, wrong: NDArray[np.bool_], risk: float, error: float) -> float:
    """The lowest probability above which the share of wrong answers is at most `risk`, but for a chance of `error`.

    Learn then Test (Angelopoulos, Bates, Candes, Jordan and Lei 2021) in a fixed sequence from the highest level down:
    a level holds when so few wrong answers would come of a share above `risk` with a chance of at most `error`
    (binomial); the first that fails ends it. Levels that too few calls reach to pass even unblemished are skipped.
    """
    from scipy.stats import binom

    fewest = math.ceil(math.log(error) / math.log(1 - risk))
    found = NEVER_SURE
    for level in LEVELS:
        answered = confidences >= level
        n = int(answered.sum())
        if n < fewest:
            continue
        if binom.cdf(int(wrong[answered].sum()), n, risk) > error:
            break
        found = level
    return found


LEVELS = (0.99, 0.975, 0.95, 0.925, 0.9, 0.875, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.0)
