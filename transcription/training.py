"""Labelled conversations become a model: cross-fitted, calibrated, with a threshold below which it abstains."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qa_app.core.errors import Invalid
from transcription.learning import (
    Conversation,
    Linear,
    Prepared,
    chosen,
    features,
    fit_classes,
    fit_numbers,
    fit_space,
    prepare,
)
from transcription.parts import FIRST_PARTS, PARTS, language_of
from transcription.text_model import Target, TextModel, certain_threshold, probabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from transcription.vectors import Encoder

    Doubles = NDArray[np.float64]
    Rows = NDArray[np.intp]

FOLDS = 5
SEED = 20_261_122
FEWEST_CALLS = 20
FEWEST_OF_CLASS = 5
KNOWN_LANGUAGE_SHARE = 0.1
ERROR_QUANTILES = 200
ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Example:
    """One judged call; examples of the same group (the same call) never stand on both sides of a fold."""

    group: str
    call: Conversation
    label: str | float


@dataclass(frozen=True, slots=True)
class Learned:
    """A model and what it said of each example while that was not among those it learned from.

    `answers` is None where it would have abstained; `scores` are (n, classes) probabilities, or (n, 1) numbers.
    """

    model: TextModel
    examples: tuple[Example, ...]
    answers: tuple[str | float | None, ...]
    scores: Doubles


def learn(
    examples: Sequence[Example],
    target: Target,
    *,
    risk: float,
    encoder: Encoder | None = None,
    tell: Callable[[str, float], None] = lambda _item, _share: None,
) -> Learned:
    """A model of these examples; Invalid where they are too few or all alike.

    Vectors are used where they lower the cross-validated error; that is decided on other folds than those that the
    figures come from.
    """
    examples = tuple(examples)
    _refuse_too_few(examples, target)
    parts = PARTS if target is Target.NUMBER else (*PARTS, *FIRST_PARTS)
    prepared = prepare(
        [one.call for one in examples], encoder, parts, lambda n: tell("counted", n / len(examples) * (1 - 1e-9))
    )
    with_vectors = encoder is not None and _vectors_help(examples, prepared, target, tell)
    kept = chosen(prepared, np.arange(len(examples)), with_vectors=with_vectors)
    scores = _cross_fitted(examples, kept, target, SEED, _naming("proving", tell))
    space = fit_space(kept)
    model = TextModel(
        target,
        _languages(examples),
        space,
        _fit(features(space, kept), examples, target),
        classes=_classes(examples, target),
        encoder_sha256=encoder.sha256 if encoder is not None and with_vectors else "",
    )
    if target is Target.NUMBER:
        return _with_errors(model, examples, scores)
    return _with_threshold(model, examples, scores, risk)


def steps(*, with_vectors: bool) -> int:
    """How many steps `learn` tells of: the counting and each fold."""
    return 1 + FOLDS * (3 if with_vectors else 1)


def folds_of(examples: Sequence[Example], target: Target, seed: int) -> list[tuple[Rows, Rows]]:
    """Five times (learn from, ask about): whole groups, classes spread evenly."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    kind = StratifiedGroupKFold if target is Target.VERDICT else GroupKFold
    labels = [str(one.label) for one in examples]
    groups = [one.group for one in examples]
    return list(kind(FOLDS, shuffle=True, random_state=seed).split(labels, labels, groups))


def _refuse_too_few(examples: Sequence[Example], target: Target) -> None:
    groups = {one.group for one in examples}
    if len(groups) < FEWEST_CALLS:
        raise Invalid(
            "{count} judged calls are too few to learn from and to prove it. Give at least {fewest}.",
            count=len(groups),
            fewest=FEWEST_CALLS,
        )
    labels = Counter(one.label for one in examples)
    if len(labels) < 2:  # noqa: PLR2004
        raise Invalid(
            "All {count} calls are labelled {label}; there is nothing to tell apart. Add calls judged otherwise.",
            count=len(examples),
            label=next(iter(labels)),
        )
    for label, count in labels.items():
        of_class = len({one.group for one in examples if one.label == label}) if target is Target.VERDICT else count
        if target is Target.VERDICT and of_class < FEWEST_OF_CLASS:
            raise Invalid(
                "{count} calls labelled {label} are too few. Give at least {fewest}, or leave them out.",
                count=of_class,
                label=label,
                fewest=FEWEST_OF_CLASS,
            )


def _classes(examples: Sequence[Example], target: Target) -> tuple[str, ...]:
    return tuple(sorted({str(one.label) for one in examples})) if target is Target.VERDICT else ()


def _languages(examples: Sequence[Example]) -> tuple[str, ...]:
    spoken = Counter(language_of(one.call.utterances) for one in examples)
    return tuple(sorted(one for one, n in spoken.items() if one and n >= KNOWN_LANGUAGE_SHARE * len(examples)))


def _fit(x: object, examples: Sequence[Example], target: Target) -> Linear:
    if target is Target.NUMBER:
        return fit_numbers(x, np.array([one.label for one in examples], dtype=np.float64))
    return fit_classes(x, [str(one.label) for one in examples], _classes(examples, target))


def _cross_fitted(
    examples: Sequence[Example], prepared: Prepared, target: Target, seed: int, tell: Callable[[str, float], None]
) -> Doubles:
    """(n, outputs) scores of each example by the model that had not seen it."""
    classes = _classes(examples, target)
    found: Doubles = np.zeros((len(examples), len(classes) if len(classes) > 2 else 1))  # noqa: PLR2004
    for number, (seen, unseen) in enumerate(folds_of(examples, target, seed), 1):
        known = chosen(prepared, seen)
        space = fit_space(known)
        x, mine = features(space, known), [examples[at] for at in seen]
        fitted = (
            fit_numbers(x, np.array([one.label for one in mine], dtype=np.float64))
            if target is Target.NUMBER
            else fit_classes(x, [str(one.label) for one in mine], classes)
        )
        found[unseen] = fitted.scores(features(space, chosen(prepared, unseen)))
        tell(f"fold {number} of {FOLDS}", 1.0)
    return found


def _vectors_help(
    examples: Sequence[Example], prepared: Prepared, target: Target, tell: Callable[[str, float], None]
) -> bool:
    plain = chosen(prepared, np.arange(len(examples)), with_vectors=False)
    without = _cross_fitted(examples, plain, target, SEED + 1, _naming("without vectors", tell))
    with_them = _cross_fitted(examples, prepared, target, SEED + 1, _naming("with vectors", tell))
    return _loss(examples, target, with_them) < _loss(examples, target, without)


def _naming(what: str, tell: Callable[[str, float], None]) -> Callable[[str, float], None]:
    return lambda item, share: tell(f"{what}, {item}", share)


def _loss(examples: Sequence[Example], target: Target, scores: Doubles) -> float:
    """Mean squared error of numbers, mean logistic loss of classes."""
    if target is Target.NUMBER:
        return float(np.mean((scores[:, 0] - np.array([one.label for one in examples], dtype=np.float64)) ** 2))
    classes = _classes(examples, target)
    asked = classes[1:] if len(classes) == 2 else classes  # noqa: PLR2004
    truth = np.array([[1.0 if one.label == name else -1.0 for name in asked] for one in examples])
    return float(np.logaddexp(0, -truth * scores).mean())


def _with_errors(model: TextModel, examples: tuple[Example, ...], scores: Doubles) -> Learned:
    people = np.array([one.label for one in examples], dtype=np.float64)
    low, high = float(people.min()), float(people.max())
    said = np.clip(scores[:, 0], low, high)
    at = (np.arange(ERROR_QUANTILES) + 0.5) / ERROR_QUANTILES
    errors = np.quantile(people - said, at).astype(np.float32)
    return Learned(replace(model, errors=errors, low=low, high=high), examples, tuple(map(float, said)), said[:, None])


def _with_threshold(model: TextModel, examples: tuple[Example, ...], scores: Doubles, risk: float) -> Learned:
    labels = np.array([str(one.label) for one in examples])
    likely = np.zeros((len(examples), len(model.classes)))
    for seen, unseen in folds_of(examples, Target.VERDICT, SEED):
        likely[unseen] = probabilities(_calibrated(scores[seen], labels[seen], model.classes), scores[unseen])
    best = np.array(model.classes)[likely.argmax(axis=1)]
    threshold = certain_threshold(likely.max(axis=1), best != labels, risk, ERROR)
    answers = [str(one) if sure >= threshold else None for one, sure in zip(best, likely.max(axis=1), strict=True)]
    calibration = _calibrated(scores, labels, model.classes)
    return Learned(replace(model, calibration=calibration, threshold=threshold), examples, tuple(answers), likely)


def _calibrated(scores: Doubles, labels: NDArray[np.str_], classes: Sequence[str]) -> Linear:
    """Scores to log odds by multinomial logistic regression; of two classes that is Platt's scaling (1999)."""
    from sklearn.linear_model import LogisticRegression

    known = sorted(set(labels.tolist()))
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(scores, labels)
    weights, constants = np.asarray(fitted.coef_), np.asarray(fitted.intercept_)
    if len(known) == 2:  # noqa: PLR2004 - scikit-learn keeps the second class alone
        weights, constants = np.vstack([np.zeros_like(weights), weights]), np.array([0.0, constants[0]])
    rows = np.zeros((len(classes), scores.shape[1]), dtype=np.float32)
    offsets = np.full(len(classes), -30.0, dtype=np.float32)  # a class that these labels lack
    for at, name in enumerate(known):
        rows[classes.index(name)], offsets[classes.index(name)] = weights[at], constants[at]
    return Linear(rows, offsets)
