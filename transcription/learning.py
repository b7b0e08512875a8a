"""Learning a judgement from conversations that people have judged: features by part, and linear models upon them.

Everything is linear, so that each utterance's share in an answer is exact: the shares, the measures' and the constant
add up to the score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from transcription.ngrams import Matrix, Weights, counted, fit_weights, known_counts, weigh
from transcription.parts import MEASURES, PARTS, VECTOR_PARTS, measures_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from transcription.model import CallMetrics, Utterance
    from transcription.vectors import Encoder

    Floats = NDArray[np.float32]

# How much each part counts (the square of its rows' length), chosen by cross-validation, see docs/benchmarks.md.
PART_WEIGHTS = {
    "customer": 1.0, "agent": 0.5, "later_customer": 1.0, "last_customer": 1.0, "last_agent": 0.5,
    "closing_customer": 1.0, "others": 1.0, "first_agent": 0.3,
}  # fmt: skip
VECTOR_WEIGHTS = {"later_customer": 0.36, "closing_customer": 0.36, "last_agent": 0.09}
MEASURES_WEIGHT = 0.02
RIDGE_ALPHA = 1.0
LOGISTIC_C = 4.0
MOST_VECTORS = 8  # last utterances of a part: a sentence costs 2 ms, and how it ends says most
CHUNK = 256
NEVER = -5.0  # score of a class that no call at hand has: 0.7 %


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a learner sees of one call."""

    utterances: tuple[Utterance, ...]
    metrics: CallMetrics | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Conversations as numbers before anything is fitted: counts, (n, measures) and (n, dimensions) by part."""

    counts: dict[str, Matrix]
    measures: Floats
    vectors: dict[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.measures)


@dataclass(frozen=True, slots=True)
class Space:
    """The features of a model: which strings count in each part, the measures' mean and spread, the vectors' length."""

    weights: dict[str, Weights]
    mean: Floats
    spread: Floats
    dimensions: int = 0

    @property
    def width(self) -> int:
        strings = sum(len(one.buckets) for one in self.weights.values())
        return strings + len(self.mean) + self.dimensions * len(VECTOR_PARTS)


@dataclass(frozen=True, slots=True)
class Linear:
    """(outputs, width) coefficients and (outputs,) constants."""

    coefficients: Floats
    constants: Floats

    def scores(self, features: Matrix) -> NDArray[np.float64]:
        """(n, outputs)."""
        return np.asarray(features @ self.coefficients.T, dtype=np.float64) + self.constants


def prepare(
    calls: Sequence[Conversation],
    encoder: Encoder | None = None,
    parts: Sequence[str] = PARTS,
    on_call: Callable[[int], None] = lambda _: None,
) -> Prepared:
    """Conversations as counts and measures, and as vectors where an encoder is given; `on_call` hears how many more."""
    chunks: list[Prepared] = []
    for chunk in _chunks(calls):
        chunks.append(_prepared(chunk, encoder, parts))
        on_call(len(chunk))
    if not chunks:
        return _prepared([], encoder, parts)
    return Prepared(
        {part: sparse.vstack([chunk.counts[part] for chunk in chunks], format="csr") for part in parts},
        np.concatenate([chunk.measures for chunk in chunks]),
        {part: np.concatenate([chunk.vectors[part] for chunk in chunks]) for part in chunks[0].vectors},
    )


def chosen(prepared: Prepared, rows: NDArray[np.intp], *, with_vectors: bool = True) -> Prepared:
    """Some of the conversations."""
    vectors = prepared.vectors if with_vectors else {}
    return Prepared(
        {part: counts[rows] for part, counts in prepared.counts.items()},
        prepared.measures[rows],
        {part: one[rows] for part, one in vectors.items()},
    )


def fit_space(prepared: Prepared) -> Space:
    """The features of these conversations; measures that never change are left without weight."""
    spread = prepared.measures.std(axis=0)
    dimensions = next((one.shape[1] for one in prepared.vectors.values()), 0)
    return Space(
        {part: fit_weights(counts) for part, counts in prepared.counts.items()},
        prepared.measures.mean(axis=0).astype(np.float32),
        np.where(spread > 1e-6, spread, 0).astype(np.float32),  # noqa: PLR2004 - 0 but for rounding
        dimensions,
    )


def features(space: Space, prepared: Prepared) -> Matrix:
    """(n, width): each part's row of length root of its weight, then measures, then vectors."""
    blocks = [weigh(prepared.counts[part], one) * PART_WEIGHTS[part] ** 0.5 for part, one in space.weights.items()]
    used = space.spread > 0
    scale = np.where(used, (MEASURES_WEIGHT / max(int(used.sum()), 1)) ** 0.5 / np.where(used, space.spread, 1), 0)
    blocks.append(sparse.csr_matrix(((prepared.measures - space.mean) * scale).astype(np.float32)))
    if space.dimensions:
        blocks += [sparse.csr_matrix(prepared.vectors[part] * VECTOR_WEIGHTS[part] ** 0.5) for part in VECTOR_PARTS]
    return sparse.hstack(blocks, format="csr", dtype=np.float32)


def fit_numbers(x: Matrix, numbers: Sequence[float] | NDArray[np.float64]) -> Linear:
    """Ridge regression (Hoerl and Kennard 1970) on one number a call."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=RIDGE_ALPHA, solver="sparse_cg", tol=1e-4).fit(x, np.asarray(numbers, dtype=np.float32))
    return Linear(model.coef_.reshape(1, -1).astype(np.float32), np.array([model.intercept_], dtype=np.float32))


def fit_classes(x: Matrix, labels: Sequence[str], classes: Sequence[str]) -> Linear:
    """Logistic regression of each class against the others; of two classes, of the second alone."""
    from sklearn.linear_model import LogisticRegression

    rows: list[Floats] = []
    constants: list[float] = []
    for one in classes[1:] if len(classes) == 2 else classes:  # noqa: PLR2004
        is_one = np.array([label == one for label in labels])
        if is_one.all() or not is_one.any():
            rows.append(np.zeros(x.shape[1], np.float32))
            constants.append(-NEVER if is_one.any() else NEVER)
            continue
        model = LogisticRegression(C=LOGISTIC_C, solver="liblinear", random_state=0).fit(x, is_one)
        rows.append(model.coef_[0].astype(np.float32))
        constants.append(float(model.intercept_[0]))
    return Linear(np.stack(rows), np.array(constants, dtype=np.float32))


def shares(space: Space, weights: Floats, call: Conversation, encoder: Encoder | None = None) -> NDArray[np.float64]:
    """(utterances,) how much each utterance adds to the score of the (width,) coefficients `weights`."""
    said = counted([utterance.text for utterance in call.utterances])
    places = parts_of(call.utterances)
    added = np.zeros(len(call.utterances))
    at = 0
    for part, one in space.weights.items():
        here = weights[at : at + len(one.buckets)]
        at += len(one.buckets)
        own = list(places[part])
        if own and len(one.buckets):
            mine = said[own]
            row = weigh(sparse.csr_matrix(np.ones((1, len(own)), np.float32)) @ mine, one) * PART_WEIGHTS[part] ** 0.5
            counts = known_counts(mine, one.buckets)
            total = np.bincount(counts.indices, weights=counts.data, minlength=len(one.buckets))
            worth = np.zeros(len(one.buckets))
            worth[row.indices] = row.data * here[row.indices] / total[row.indices]
            added[own] += counts @ worth
    if space.dimensions and encoder is not None:
        added += _vector_shares(space, weights[at + len(MEASURES) :], call, encoder)
    return added


def _vector_shares(space: Space, weights: Floats, call: Conversation, encoder: Encoder) -> NDArray[np.float64]:
    places = parts_of(call.utterances)
    added = np.zeros(len(call.utterances))
    for at, part in enumerate(VECTOR_PARTS):
        own = list(places[part][-MOST_VECTORS:])
        if own:
            vectors = encoder.encode([call.utterances[place].text for place in own])
            length = float(np.linalg.norm(vectors.sum(axis=0))) or 1.0
            here = weights[at * space.dimensions : (at + 1) * space.dimensions]
            added[own] += VECTOR_WEIGHTS[part] ** 0.5 * (vectors @ here) / length
    return added


def _prepared(calls: Sequence[Conversation], encoder: Encoder | None, parts: Sequence[str]) -> Prepared:
    texts = [utterance.text for call in calls for utterance in call.utterances]
    places = [parts_of(call.utterances) for call in calls]
    starts = np.cumsum([0, *(len(call.utterances) for call in calls)])
    said = counted(texts)
    measures = [measures_of(call.utterances, call.metrics) for call in calls]
    return Prepared(
        {part: _selector(places, starts, part, len(texts)) @ said for part in parts},
        np.array(measures, dtype=np.float32).reshape(len(calls), len(MEASURES)),
        {} if encoder is None else {part: _vectors(calls, places, part, encoder) for part in VECTOR_PARTS},
    )


def _selector(places: Sequence[dict[str, tuple[int, ...]]], starts: NDArray[np.intp], part: str, n: int) -> Matrix:
    """(calls, utterances) 1 where the utterance belongs to the call's part."""
    rows = [row for row, one in enumerate(places) for _ in one[part]]
    columns = [int(starts[row]) + at for row, one in enumerate(places) for at in one[part]]
    return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(places), n))


def _vectors(
    calls: Sequence[Conversation], places: Sequence[dict[str, tuple[int, ...]]], part: str, encoder: Encoder
) -> Floats:
    """(calls, dimensions) the direction of the sum of the part's vectors; 0 where the part is empty."""
    texts = [
        call.utterances[at].text for call, one in zip(calls, places, strict=True) for at in one[part][-MOST_VECTORS:]
    ]
    rows = iter(encoder.encode(texts))
    dimensions = encoder.encode([""]).shape[1]
    found = np.zeros((len(calls), dimensions), np.float32)
    for row, one in enumerate(places):
        for vector in islice(rows, min(len(one[part]), MOST_VECTORS)):
            found[row] += vector
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _chunks(calls: Sequence[Conversation]) -> Iterator[Sequence[Conversation]]:
    for start in range(0, len(calls), CHUNK):
        yield calls[start : start + CHUNK]
