"""Texts as weighed counts of their short strings: hashed, so that no wording of a call stands in what was learned."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from transcription.text import simplified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Matrix = Any  # scipy's sparse matrices carry no types
BUCKETS = 2**19
LONGEST = 4  # signs
MOST_SIGNS = 20_000  # of one utterance; an hour's talk
MANY = 50_000  # beyond it a table of all buckets is filled sooner than each is searched
FEWEST_CALLS = 2  # a string of one call alone tells nothing of others

_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[a-z][a-z']*")


@dataclass(frozen=True, slots=True)
class Weights:
    """Which buckets count, ascending, and how much: ln((1 + n) / (1 + calls with it)) + 1."""

    buckets: NDArray[np.int32]
    rarity: NDArray[np.float32]


def strings_of(text: str) -> list[str]:
    """All strings of 1 to 4 signs of a text, and of English its words and pairs of words; digits are all alike."""
    whole = simplified(unicodedata.normalize("NFKC", text[:MOST_SIGNS])).casefold()
    plain = _SPACE.sub(" ", _DIGIT.sub("0", whole)).strip()
    found = [plain[at : at + size] for size in range(1, LONGEST + 1) for at in range(len(plain) - size + 1)]
    words = _WORD.findall(plain)
    found += [f"\t{word}" for word in words]
    found += [f"\t{one}\t{other}" for one, other in pairwise(words)]
    return found


def counted(texts: Sequence[str]) -> Matrix:
    """(texts, BUCKETS) sparse counts of each text's strings."""
    if not texts:
        return sparse.csr_matrix((0, BUCKETS), dtype=np.float32)
    from sklearn.feature_extraction.text import HashingVectorizer

    hasher = HashingVectorizer(
        analyzer=strings_of, n_features=BUCKETS, norm=None, alternate_sign=False, dtype=np.float32
    )
    return hasher.transform(texts)


def fit_weights(counts: Matrix) -> Weights:
    """The weights of the strings that stand in two or more calls (inverse document frequency, Spaerck Jones 1972)."""
    calls = np.bincount(counts.indices[counts.data > 0], minlength=counts.shape[1])
    buckets = np.flatnonzero(calls >= FEWEST_CALLS)
    rarity = np.log((1 + counts.shape[0]) / (1 + calls[buckets])) + 1
    return Weights(buckets.astype(np.int32), rarity.astype(np.float32))


def known_counts(counts: Matrix, buckets: NDArray[np.int32]) -> Matrix:
    """(calls, strings) the columns `buckets` (ascending) of the counts, without walking over all the others."""
    at = _places(counts.indices, buckets)
    is_known = at >= 0
    ends = np.concatenate([[0], np.cumsum(is_known)])[counts.indptr]
    data = counts.data[is_known].astype(np.float32)
    return sparse.csr_matrix((data, at[is_known], ends), shape=(counts.shape[0], len(buckets)))


def _places(indices: NDArray[np.int32], buckets: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each index stands among the buckets, -1 where nowhere: by a table for many, by searching for few."""
    if len(indices) > MANY:
        table = np.full(BUCKETS, -1, dtype=np.int64)
        table[buckets] = np.arange(len(buckets))
        return table[indices]
    at = np.searchsorted(buckets, indices)
    is_known = at < len(buckets)
    is_known[is_known] = buckets[at[is_known]] == indices[is_known]
    return np.where(is_known, at, -1)


def weigh(counts: Matrix, weights: Weights) -> Matrix:
    """(calls, strings) (1 + ln count) x rarity, each row of length 1, or 0 where nothing known was said."""
    known = known_counts(counts, weights.buckets)
    known.data = (1 + np.log(known.data)) * weights.rarity[known.indices]
    lengths = np.sqrt(np.asarray(known.power(2).sum(axis=1)).ravel())
    known.data /= np.repeat(lengths, np.diff(known.indptr))
    return known
