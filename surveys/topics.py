"""Open answers grouped by what they are about, each group with its words and with answers to quote."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Matrix = Any  # scipy's sparse matrices carry no types
Language = Literal["zh", "en", "mixed"]
WORDS = 6
QUOTES = 3
LEAST_TEXTS = 5
"""Different answers with a string before it may name a topic, and answers of a topic before it is one."""
MOST_SHARE = 0.5  # a string of more than half of the answers parts nothing
NEARLY = 0.8  # of a string's answers also have the longer one: the longer one is the word
LEAST_WEIGHT = 0.05  # of the largest weight of a topic: below it an answer only touches the topic
SHORTEST_ZH, LONGEST_ZH = 2, 6  # signs
# what stands between Chinese words, and begins or ends none of its own
ZH_STOPS = frozenset(
    "的了是我你他她它们在就都也很和与而但又把被给对吗呢吧啊呀哦嗯这那个有一不没要会到去来说上下得着过还"
)
ZH_EMPTY = frozenset(
    "没有 可以 现在 时候 什么 因为 所以 但是 如果 已经 感觉 比较 非常 问题 情况 希望 觉得 自己".split()  # noqa: SIM905 - read as words
)
EN_EMPTY = "dont didnt wont cant isnt wasnt havent hasnt doesnt im ive its just really got did"

_HAN = re.compile(r"[\u3400-\u9fff]+")
# scikit-learn's list holds words that are what customers speak of
EN_MEANT = "bill call amount system detail interest serious move fill find"
_EN_STOPS = frozenset(one.replace("'", "") for one in ENGLISH_STOP_WORDS.difference(EN_MEANT.split())) | frozenset(
    EN_EMPTY.split()
)
_WORD = re.compile(r"[a-z][a-z']*[a-z]|[0-9]+[a-z]+")


@dataclass(frozen=True, slots=True)
class Topic:
    """What `count` answers (`share` of those that say something) are about; OTHER answers have no words.

    `quotes` are the answers that fit it best as (index, text), different ones first to last.
    """

    words: tuple[str, ...]
    count: int
    share: float
    quotes: tuple[tuple[int, str], ...]
    members: tuple[int, ...]

    @property
    def is_other(self) -> bool:
        return not self.words


def topics(texts: Sequence[str], language: Language = "mixed", count: int = 8, seed: int = 0) -> list[Topic]:
    """At most `count` topics, the largest first, and last the answers that belong to none of them.

    Non-negative factors (Lee and Seung 1999, "Learning the parts of objects") of the answers' TF-IDF over English
    words and pairs and over Chinese strings of 2 to 6 signs; each answer belongs to the factor it weighs most in.
    Answers that are alike count each but are learnt from once. Empty ones are left out of count and share.
    """
    plain = [_plain(text) for text in texts]
    rows = [at for at, one in enumerate(plain) if one]
    distinct = sorted({plain[at] for at in rows})
    weights, names = _strings(distinct, language)
    places = {one: at for at, one in enumerate(distinct)}
    of = np.array([places[plain[at]] for at in rows], dtype=int)
    if not names:
        return _with_other([], rows, texts)
    amounts, strings = _factors(weights, min(count, *weights.shape), seed)
    best = _best_factors(amounts)
    named: dict[tuple[str, ...], list[tuple[float, int]]] = {}
    for factor in range(amounts.shape[1]):
        members = np.flatnonzero(best[of] == factor)
        ranked = zip((-amounts[of[members], factor]).tolist(), (rows[at] for at in members), strict=True)
        named.setdefault(_readable(strings[factor], names), []).extend(ranked)
    found = [
        _topic(words, [at for _, at in sorted(members)], len(rows), texts)
        for words, members in named.items() if words and len(members) >= LEAST_TEXTS
    ]  # fmt: skip
    return _with_other(sorted(found, key=lambda one: (-one.count, one.words)), rows, texts)


def _topic(words: tuple[str, ...], ranked: Sequence[int], n: int, texts: Sequence[str]) -> Topic:
    return Topic(words, len(ranked), len(ranked) / n, _quotes(ranked, texts), tuple(sorted(ranked)))


def _with_other(found: list[Topic], rows: Sequence[int], texts: Sequence[str]) -> list[Topic]:
    """The topics and, where any answer is left, one without words that holds it."""
    told = {at for one in found for at in one.members}
    left = [at for at in rows if at not in told]
    return [*found, _topic((), left, len(rows), texts)] if left else found


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").split())


def strings_of(text: str, language: Language = "mixed") -> list[str]:
    """What may name a topic: English words and pairs without stop words, Chinese strings of 2 to 6 signs.

    Chinese strings neither begin nor end with a sign that only joins words (的, 了, 我).
    """
    found: list[str] = []
    if language != "en":
        for run in _HAN.findall(text):
            pieces = [run[at:end] for at, end in _spans(run)]
            found += [
                one for one in pieces if one[0] not in ZH_STOPS and one[-1] not in ZH_STOPS and one not in ZH_EMPTY
            ]
    if language != "zh":
        words = [one.replace("'", "") for one in _WORD.findall(text)]
        kept = [one if one not in _EN_STOPS else "" for one in words]
        found += [one for one in kept if one]
        found += [f"{one} {other}" for one, other in pairwise(kept) if one and other]
    return found


def _strings(texts: Sequence[str], language: Language) -> tuple[Matrix, list[str]]:
    """(texts, strings) TF-IDF weights and the strings; none where no string is in enough texts."""
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: strings_of(text, language), min_df=LEAST_TEXTS, max_df=MOST_SHARE, sublinear_tf=True
    )
    if len(texts) * MOST_SHARE < LEAST_TEXTS:
        return None, []
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # scikit-learn's way to say that no string is left
        return None, []
    names = [str(one) for one in vectorizer.get_feature_names_out()]
    kept = _maximal(texts, names, np.asarray((weights > 0).sum(axis=0)).ravel().tolist())
    return weights[:, kept], [names[at] for at in kept]


def _maximal(texts: Sequence[str], names: Sequence[str], counts: Sequence[int]) -> list[int]:
    """The places of the strings that are no part of a longer one with nearly as many texts.

    Of Chinese strings: that have no one sign nearly always before or after them (accessor variety, Feng and others
    2004), signs that only join words aside.
    """
    in_texts = dict(zip(names, counts, strict=True))
    parts = {
        part for name, n in in_texts.items() for part in name.split() if part != name
        and n >= NEARLY * in_texts.get(part, np.inf)
    }  # fmt: skip
    seen, beside = Counter[str](), Counter[tuple[str, int, str]]()
    for run in (run for text in texts for run in _HAN.findall(text)):
        for at, end in _spans(run):
            if (piece := run[at:end]) in in_texts:
                seen[piece] += 1
                beside.update(
                    (piece, side, one) for side, one in enumerate((run[at - 1 : at], run[end : end + 1])) if one
                )
    parts |= {piece for (piece, _, one), n in beside.items() if one not in ZH_STOPS and n >= NEARLY * seen[piece]}
    return [at for at, name in enumerate(names) if name not in parts]


def _spans(run: str) -> list[tuple[int, int]]:
    sizes = range(SHORTEST_ZH, LONGEST_ZH + 1)
    return [(at, at + size) for size in sizes for at in range(len(run) - size + 1)]


def _factors(weights: Matrix, count: int, seed: int) -> tuple[Floats, Floats]:
    """(texts, factors) and (factors, strings) non-negative amounts, the strings of each factor of length 1."""
    model = NMF(count, init="nndsvda", random_state=seed, max_iter=1000, tol=1e-4)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):  # a fit without error has the root of -0.0 for it
        warnings.simplefilter("ignore", ConvergenceWarning)  # what is not quite settled is grouped all the same
        amounts = model.fit_transform(weights)
    length = np.linalg.norm(model.components_, axis=1)
    return amounts * length, model.components_ / np.where(length > 0, length, 1)[:, None]


def _best_factors(amounts: Floats) -> NDArray[np.intp]:
    """The factor each text weighs most in; -1 where that is hardly anything of the factor's largest."""
    best = amounts.argmax(axis=1)
    largest = amounts.max(axis=0)[best]
    own = amounts[np.arange(len(amounts)), best]
    return np.where(own > LEAST_WEIGHT * largest, best, -1)


def _readable(weights: Floats, names: Sequence[str]) -> tuple[str, ...]:
    """The factor's heaviest strings, none of which says what a heavier one says already."""
    kept: list[str] = []
    for at in np.argsort(-weights, kind="stable"):
        if len(kept) == WORDS or weights[at] <= 0:
            break
        if not any(_overlaps(names[at], other) for other in kept):
            kept.append(names[at])
    return tuple(kept)


def _overlaps(one: str, other: str) -> bool:
    """Whether English words are shared, or one Chinese string is in the other or begins where it ends."""
    if one.isascii() or other.isascii():
        return bool(set(one.split()) & set(other.split()))
    shared = range(1, min(len(one), len(other)) + 1)
    return one in other or other in one or any(a[-n:] == b[:n] for a, b in ((one, other), (other, one)) for n in shared)


def _quotes(ranked: Sequence[int], texts: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """The first few that differ."""
    kept: dict[str, int] = {}
    for at in ranked:
        kept.setdefault(_plain(texts[at]), at)
    return tuple((at, texts[at]) for at in list(kept.values())[:QUOTES])
