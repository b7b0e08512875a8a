"""Scores that contradict the customer's words: what the words of all others would lead one to expect."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse, stats

from qa_app.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

Matrix = Any  # scipy's sparse matrices carry no types
LEAST_N = 50  # scored texts, so that each fold still learns from some dozens
FOLDS = 10
ALPHA = 0.05
CUTS = (0.2, 0.4, 0.6, 0.8)
LOGISTIC_C = 3.0
NEGATED = 3  # words after a negation
LEAST_SPREAD = 0.5  # of a score: words that seem certain are no more certain than that

_TOKEN = re.compile(r"[\w']+|[.,!?;]")
_NEGATIONS = frozenset(
    ("not", "no", "never", "nothing", "without", "cannot", "cant", "dont", "didnt", "wont", "still", "nor", "n't",
     "hardly")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The text at `index` was scored outside the interval in which its words would lead one to expect its score."""

    index: int
    score: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's correlation of words and score over `n` texts, with its 95 % interval."""

    rho: float
    n: int
    low: float
    high: float


def contradictions(
    texts: Sequence[str],
    scores: Sequence[float | None],
    low: float,
    high: float,
    vectors: NDArray[np.floating] | None = None,
) -> list[Contradiction]:
    """Texts whose score (on a scale from `low` to `high`) lies outside the interval of their words, the largest first.

    The interval is a conformal one, at 95 %: out-of-fold errors divided by the expected spread of each text (Lei and
    others 2018, CV+ of Barber and others 2021), so that words that say little have a wide one. By its making up to
    5 % of texts lie outside even where nobody contradicts himself: they are to be looked at, not to be corrected.
    Empty texts and missing scores are left out; Invalid below LEAST_N. `vectors` (n, dimensions) are optional meanings.
    """
    rows, score, expected, spread = _out_of_fold(texts, scores, vectors)
    size = np.abs(score - expected)
    strange = size / spread
    rank = min(len(rows), int(np.ceil((1 - ALPHA) * (len(rows) + 1))))
    far = np.sort(strange)[rank - 1] * spread
    found = [
        Contradiction(int(rows[at]), float(score[at]), float(expected[at]), float(max(low, expected[at] - far[at])),
                      float(min(high, expected[at] + far[at])))
        for at in np.flatnonzero(size > far * (1 + 1e-9))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-abs(one.score - one.expected), one.index))


def agreement(
    texts: Sequence[str], scores: Sequence[float | None], vectors: NDArray[np.floating] | None = None
) -> Agreement:
    """How far words tell the score: Spearman's rho of out-of-fold expectations and scores.

    Interval by Fisher's z with the error sqrt((1 + rho^2 / 2) / (n - 3)) (Bonett and Wright 2000).
    """
    rows, score, expected, _ = _out_of_fold(texts, scores, vectors)
    rho = float(stats.spearmanr(expected, score).statistic) if np.ptp(expected) > 0 else 0.0
    half = float(stats.norm.ppf(1 - ALPHA / 2) * np.sqrt((1 + rho**2 / 2) / (len(rows) - 3)))
    centre = float(np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12)))
    return Agreement(rho, len(rows), float(np.tanh(centre - half)), float(np.tanh(centre + half)))


def _out_of_fold(
    texts: Sequence[str], scores: Sequence[float | None], vectors: NDArray[np.floating] | None
) -> tuple[Places, Floats, Floats, Floats]:
    """Rows that are scored and say something, their scores, and from others' texts the expected score and its spread.

    Texts that are alike but for case and punctuation stay in one fold: none is predicted from its own double.
    """
    plain = [_plain(text) for text in texts]
    alike = [" ".join(re.findall(r"\w+", text)) for text in plain]
    score = np.array([np.nan if one is None else one for one in scores], dtype=float)
    rows = np.flatnonzero(~np.isnan(score) & np.array([bool(one) for one in alike], dtype=bool))
    if len(rows) < LEAST_N:
        raise Invalid("{n} texts are scored; what words tell of scores needs at least {least}.", n=len(rows),
                      least=LEAST_N)  # fmt: skip
    score = score[rows]
    if np.ptp(score) == 0:
        raise Invalid("All {n} texts have the same score; words cannot tell them apart.", n=len(rows))
    groups = np.unique([alike[row] for row in rows], return_inverse=True)[1]
    fold = np.random.default_rng(0).permutation(groups.max() + 1)[groups] % FOLDS
    counts = _counts([plain[row] for row in rows])
    meanings = [] if vectors is None else [sparse.csr_matrix(np.asarray(vectors)[rows])]
    expected, spread = np.empty(len(rows)), np.empty(len(rows))
    for one in np.unique(fold):
        train, test = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        blocks = [_weighed(one, score, train, test) for one in counts]
        blocks += [(one[train], one[test]) for one in meanings]
        x, z = (sparse.hstack(block, format="csr") for block in zip(*blocks, strict=True))
        expected[test], spread[test] = _expected(x, score[train], z)
    return rows, score, expected, spread


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("n't", " n't")


def words_of(text: str) -> list[str]:
    """Words, pairs of words with the text's ends, and each of the three words after a negation marked as negated.

    Marking as Das and Chen 2001. Of Chinese, where no spaces part words, strings of signs are used beside it.
    """
    tokens = _TOKEN.findall(text)
    words = [one for one in tokens if one not in ".,;"]
    negated, left = [], 0
    for one in tokens:
        left = 0 if one in ".,!?;" else left
        if left:
            negated.append(f"NOT {one}")
        left = NEGATED if one in _NEGATIONS else max(0, left - 1)
    ends = ["<", *words, ">"]
    return words + [f"{one} {other}" for one, other in pairwise(ends)] + negated


def _counts(said: Sequence[str]) -> list[Matrix]:
    """(texts, strings) how often each text has each word, and each string of 1 to 5 signs that stands in two texts."""
    from sklearn.feature_extraction.text import CountVectorizer

    words = CountVectorizer(analyzer=words_of, dtype=np.float64)
    signs = CountVectorizer(analyzer="char_wb", ngram_range=(1, 5), min_df=2, dtype=np.float64)
    return [words.fit_transform(said), signs.fit_transform(said)]


def _weighed(counts: Matrix, score: Floats, train: Places, test: Places) -> tuple[Matrix, Matrix]:
    """(train, strings) and (test, strings) of length 1, the weights learnt from train alone.

    TF-IDF times the naive Bayes log ratio of high and low scores (Wang and Manning 2012).
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    known = counts[:, np.flatnonzero(np.bincount(counts[train].indices, minlength=counts.shape[1]))].tocsr()
    weights = TfidfTransformer(sublinear_tf=True).fit(known[train])
    middle = np.median(score[train])
    is_high = score[train] > middle if (score[train] > middle).any() else score[train] >= middle
    high, low = (1 + np.asarray((known[train][rows] > 0).sum(axis=0)).ravel() for rows in (is_high, ~is_high))
    ratio = sparse.diags(np.abs(np.log(high / high.sum()) - np.log(low / low.sum())))
    return normalize(weights.transform(known[train]) @ ratio), normalize(weights.transform(known[test]) @ ratio)


def _expected(x: Matrix, score: Floats, z: Matrix) -> tuple[Floats, Floats]:
    """Each text's expected score and its spread: chances of passing up to four cuts (Frank and Hall 2001).

    With the mean score m of the part between two cuts, expected = m0 + sum P(score > cut i) (mi - mi-1).
    """
    from sklearn.linear_model import LogisticRegression

    cuts = np.unique(np.quantile(score, CUTS, method="lower"))
    cuts = cuts[cuts < score.max()]
    cuts = cuts if len(cuts) else np.array([np.sort(np.unique(score))[-2]])
    parts = np.searchsorted(cuts, score, side="left")
    means = np.array([score[parts == part].mean() for part in range(len(cuts) + 1)])
    model = LogisticRegression(C=LOGISTIC_C, solver="liblinear", dual=True, random_state=0)
    passes = np.column_stack([model.fit(x, score > cut).predict_proba(z)[:, 1] for cut in cuts])
    ordered = np.minimum.accumulate(passes, axis=1)
    chance = -np.diff(np.column_stack([np.ones(z.shape[0]), ordered, np.zeros(z.shape[0])]), axis=1)
    expected = chance @ means
    return expected, np.sqrt(np.maximum(chance @ means**2 - expected**2, LEAST_SPREAD**2))
