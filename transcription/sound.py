"""Words found by sound as well as by sign: recognisers write homophones (致电 as 制电), so toneless pinyin decides.

A text becomes a string of codes, one code a Chinese sign or an English word; a second string holds the code of each
sign's sound. Both have the same length, so that a place in one is a place in the other and leads back to the text.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, compress, count, pairwise
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from opencc import OpenCC
from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import partial_ratio_alignment

from transcription.numbers_spoken import NUMBER_SIGNS, NUMBER_WORDS, number_signs, number_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MIN_SIMILARITY = 0.8
SOUND_COST = 0.1  # what a sign that only sounds right costs, against 1 for a wrong one
GAP = 20  # how many signs or words an ellipsis in a phrase may stand for
SHORTEST_FUZZY = 4  # shorter phrases must agree in every sound
SHORTEST_SOUND_PATTERN = 6  # shorter patterns must agree in every sign (是吧 sounds like 十八)
BY_SIGN = "="  # before a phrase whose homophones are common words (妈的 in 号码的)
SEPARATOR = "\n"  # stands between utterances and in no code

_FIRST_WORD, _WORD_CODES = 0xF0000, 0xFFFD  # private use: one code for each English word, by its checksum
_FIRST_SOUND = 0xE000
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTERS = "0-9A-Za-zÀ-ÖØ-öø-ɏ０-９Ａ-Ｚａ-ｚ"
_WORD = re.compile(rf"[{_LETTERS}]+(?:['’][{_LETTERS}]+)*")
_SLOT = re.compile(r"(…+|\.{3,}|\{n\})")
_CONTRACTIONS = (("n't", " not"), ("'m", " am"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"))
_IRREGULAR = {"can't": "can not", "cannot": "can not", "won't": "will not", "let's": "let us"}
_BRITISH = ((re.compile(r"(?<=\w\w\w)our(?=s?$|ed$|ing$)"), "or"), (re.compile(r"is(?=e$|ed$|es$|ing$|ation$)"), "iz"))


class Match(NamedTuple):
    """Where a phrase stands: text[start:end], how near (1 = every sign), and whether by "sign" or by "sound"."""

    start: int
    end: int
    similarity: float
    how: str


@dataclass(frozen=True, slots=True)
class PreparedUtterance:
    """One text and its two strings of codes."""

    text: str
    signs: str
    sounds: str


@dataclass(frozen=True, slots=True)
class PreparedPhrase:
    """A phrase to look for; several readings where a sign is read otherwise in company (银行).

    A phrase with an ellipsis (您说的是……对吗) or a number ({n}小时内) is a pattern; its numbers are matched by sign.
    `pairs` are the first reading's neighbouring sounds, `needed` those that every reading asks to be said.
    """

    text: str
    signs: str
    sounds: tuple[str, ...]
    pairs: frozenset[int]
    needed: frozenset[int]
    sign_pattern: re.Pattern[str] | None = None
    sound_pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The utterances of one side joined into one string, so that a phrase is looked for once for all of them."""

    texts: tuple[str, ...]
    signs: str
    sounds: str
    starts: tuple[int, ...]


class Hit(NamedTuple):
    """A match in one of several utterances, and the phrase that it matches."""

    position: int
    match: Match
    phrase: str


def find(phrase: str, text: str, *, by_sound: bool = True, min_similarity: float = MIN_SIMILARITY) -> Match | None:
    """The first place where a phrase stands in a text, by every sign or sound, else the nearest one near enough."""
    heard = hear((text,))
    hits = occurrences((prepare_phrase(phrase),), heard, 0, 1, by_sound=by_sound, min_similarity=min_similarity)
    return hits[0].match if hits else None


def hear(texts: Iterable[str]) -> Heard:
    """Texts made ready to be searched together."""
    said = tuple(texts)
    joined = SEPARATOR.join(said)
    is_plain = not _WORD.search(joined) and joined.count(SEPARATOR) == len(said) - 1  # no line needs a look of its own
    signs = joined.translate(_LINES) if is_plain else SEPARATOR.join(map(signs_of, said))
    lengths = (len(own) + 1 for own in signs.split(SEPARATOR)[: len(said)])
    return Heard(said, signs, signs.translate(_SOUNDS), (0, *accumulate(lengths)))


def prepare(text: str) -> PreparedUtterance:
    """A text as codes: compatibility forms, traditional signs, case and punctuation are levelled."""
    signs = signs_of(text)
    return PreparedUtterance(text, signs, signs.translate(_SOUNDS))


@lru_cache(maxsize=20_000)
def signs_of(text: str) -> str:
    """The signs of a text as codes."""
    return _codes(text, chinese=_HAN.search(text) is not None)


@lru_cache(maxsize=20_000)
def prepare_phrase(phrase: str) -> PreparedPhrase:
    """A phrase as codes, or as a pattern when it holds an ellipsis or {n}; after "=" it is matched by sign alone."""
    if _SLOT.search(phrase):
        return _prepare_pattern(phrase)
    prepared = prepare(phrase.removeprefix(BY_SIGN))
    pairs = _pairs(prepared.sounds)
    if phrase.startswith(BY_SIGN):
        return PreparedPhrase(prepared.text, prepared.signs, (), frozenset(), pairs)
    in_company = "".join(map(_sound_code, lazy_pinyin(prepared.signs))) if _HAN.search(phrase) else ""
    readings = {prepared.sounds} | ({in_company} if len(in_company) == len(prepared.signs) else set())
    ordered = tuple(sorted(readings, key=lambda sounds: sounds != prepared.sounds))
    return PreparedPhrase(phrase, prepared.signs, ordered, pairs, pairs.intersection(*map(_pairs, ordered)))


def occurrences(
    phrases: Sequence[PreparedPhrase],
    heard: Heard,
    first: int,
    last: int,
    *,
    by_sound: bool = True,
    min_similarity: float = MIN_SIMILARITY,
) -> list[Hit]:
    """Every place of any phrase in utterances first..last-1; where there is none, the places that are near enough."""
    low, high = heard.starts[first], heard.starts[last]
    places = _whole(phrases, heard, low, high, by_sound=by_sound)
    hits = [_hit(phrase, heard, *place, by_sound=by_sound) for phrase, place in places]
    hits = [hit for hit in hits if hit.match.similarity >= min_similarity]
    return hits or _near_hits(phrases, heard, low, high, by_sound=by_sound, min_similarity=min_similarity)


def nearest(
    phrases: Iterable[PreparedPhrase], heard: Heard, first: int, last: int, *, by_sound: bool = True
) -> Hit | None:
    """The wording in utterances first..last-1 that comes nearest to any of the phrases, however far it is."""
    low, high = heard.starts[first], heard.starts[last]
    said = _pairs(heard.sounds if by_sound else heard.signs)
    known = (phrase for phrase in phrases if not phrase.pairs.isdisjoint(said))
    likely = max(known, key=lambda one: (len(one.pairs & said) / len(one.pairs), len(one.pairs)), default=None)
    places = _near(likely, heard, low, high, by_sound=by_sound, cutoff=0) if likely else []
    hits = [_hit(likely, heard, *place, by_sound=by_sound) for place in places if likely]
    return hits[0] if hits and hits[0].match.similarity > 0 else None


@lru_cache(maxsize=4096)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each code of a text stands in it: start and end, in characters."""
    chinese = _HAN.search(text) is not None
    found: list[tuple[int, int]] = []
    at = 0
    for word in _WORD.finditer(text):
        found += _sign_spans(text, at, word.start())
        found += [word.span()] * len(_word_codes(word[0], chinese=chinese))
        at = word.end()
    return (*found, *_sign_spans(text, at, len(text)))


def _sign_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    signs = list(map(_SIGNS.__getitem__, map(ord, text[start:end])))
    if len("".join(filter(None, signs))) == len(signs) - signs.count(None):
        return list(compress(zip(count(start), count(start + 1), strict=False), signs))
    return [(at, at + 1) for at, sign in enumerate(signs, start) for _ in sign or ""]


def _codes(text: str, *, chinese: bool) -> str:
    return _WORD.sub(lambda word: _word_codes(word[0], chinese=chinese), text).translate(_SIGNS)


@lru_cache(maxsize=50_000)
def _word_codes(word: str, *, chinese: bool) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if folded.isdecimal() and folded.isascii():
        return number_signs(folded) if chinese else "".join(map(_word_code, number_words(folded)))
    return "".join(map(_word_code, _whole_words(folded)))


def _whole_words(word: str) -> list[str]:
    """One word without its contraction and in American spelling: can't = can not, apologise = apologize."""
    word = _IRREGULAR.get(word, word)
    for short, long in _CONTRACTIONS:
        word = word.removesuffix(short) + long if word.endswith(short) else word
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return word.removesuffix("'s").replace("'", "").split() or ["s"]


def _word_code(word: str) -> str:
    return chr(_FIRST_WORD + crc32(word.encode()) % _WORD_CODES)


class _SignTable(dict[int, str | None]):
    """For str.translate: a character's levelled sign, None for what is dropped; filled as characters are met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        folded = _simplifier().convert(unicodedata.normalize("NFKC", char).casefold())
        kept = "".join(sign for sign in folded if sign.isalnum() or code >= _FIRST_WORD)
        sign = self[code] = _SAME_NUMBER.get(kept, kept) or None
        return sign


class _SoundTable(dict[int, str]):
    """For str.translate: the code of a sign's sound; what has no pinyin sounds like itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        sound = self[code] = _sound_code(lazy_pinyin(char)[0]) if _HAN.match(char) else char
        return sound


_SAME_NUMBER = {"幺": "一", "两": "二", "〇": "零", "俩": "二"}
_SIGNS = _SignTable()
_LINES = _SignTable({ord(SEPARATOR): SEPARATOR})
_SOUNDS = _SoundTable({ord(SEPARATOR): SEPARATOR})
_SOUND_CODES: dict[str, str] = {}


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _sound_code(syllable: str) -> str:
    if not syllable.isascii():
        return syllable if len(syllable) == 1 else syllable[:1]
    near = level_syllable(syllable)
    return _SOUND_CODES.setdefault(near, chr(_FIRST_SOUND + len(_SOUND_CODES)))


def level_syllable(syllable: str) -> str:
    """A toneless syllable with confused sounds made one: zh/z ch/c sh/s, n/l at the start, ang/an eng/en ing/in."""
    syllable = re.sub(r"^([zcs])h", r"\1", syllable)
    syllable = re.sub(r"^n(?=.)(?!g$)", "l", syllable)
    return re.sub(r"([aei])ng$", r"\1n", syllable)


def _prepare_pattern(phrase: str) -> PreparedPhrase:
    chinese = _HAN.search(phrase) is not None
    parts = _SLOT.split(re.sub(r"^[….\s]+|[….\s]+$", "", phrase))
    number = f"[{NUMBER_SIGNS}]{{1,6}}" if chinese else f"[{''.join(map(_word_code, NUMBER_WORDS))}]{{1,4}}"

    def source(part: str, *, sounds: bool) -> str:
        if _SLOT.fullmatch(part):
            return number if part == "{n}" else f"[^{SEPARATOR}]{{0,{GAP}}}?"
        codes = _codes(part, chinese=chinese)
        return re.escape(codes.translate(_SOUNDS) if sounds else codes)

    sign_pattern, sound_pattern = (
        re.compile("".join(source(part, sounds=sounds) for part in parts)) for sounds in (False, True)
    )
    literal = [_codes(part, chinese=chinese) for part in parts if not _SLOT.fullmatch(part)]
    by_sign = "{n}" in parts or len("".join(literal)) < SHORTEST_SOUND_PATTERN
    needed = frozenset[int]().union(*(_pairs(codes.translate(_SOUNDS)) for codes in literal))
    return PreparedPhrase(phrase, "", (), frozenset(), needed, sign_pattern, None if by_sign else sound_pattern)


def _whole(
    phrases: Sequence[PreparedPhrase], heard: Heard, low: int, high: int, *, by_sound: bool
) -> list[tuple[PreparedPhrase, tuple[int, int]]]:
    """Places where every sign or every sound agrees; this loop is where a card's time goes."""
    said = _pairs(heard.sounds)
    places: list[tuple[PreparedPhrase, tuple[int, int]]] = []
    for phrase in [phrase for phrase in phrases if phrase.needed <= said]:
        if phrase.sign_pattern is not None:
            spoken = (
                phrase.sound_pattern.finditer(heard.sounds, low, high) if by_sound and phrase.sound_pattern else None
            )
            places += [(phrase, at.span()) for at in spoken or phrase.sign_pattern.finditer(heard.signs, low, high)]
        elif not by_sound or len(phrase.signs) == 1 or not phrase.sounds:
            places += [(phrase, place) for place in _everywhere(phrase.signs, heard.signs, low, high)]
        else:
            for reading in phrase.sounds:
                places += [(phrase, place) for place in _everywhere(reading, heard.sounds, low, high)]
    return places


def _near_hits(
    phrases: Sequence[PreparedPhrase], heard: Heard, low: int, high: int, *, by_sound: bool, min_similarity: float
) -> list[Hit]:
    said = _pairs(heard.sounds)
    shortest = max(SHORTEST_FUZZY, 1 / max(1e-9, 1 - min_similarity) - 1e-6)
    hits = [
        _hit(phrase, heard, *place, by_sound=by_sound)
        for phrase in phrases
        if len(phrase.signs) >= shortest  # a shorter one bears no edit
        and not phrase.pairs.isdisjoint(said)
        and _may_be_near(phrase, heard, low, high, by_sound=by_sound, min_similarity=min_similarity)
        for place in _near(phrase, heard, low, high, by_sound=by_sound, cutoff=min_similarity)
    ]
    return [hit for hit in hits if hit.match.similarity >= min_similarity]


def _everywhere(needle: str, hay: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    at = hay.find(needle, low, high) if needle else -1
    while at >= 0:
        yield at, at + len(needle)
        at = hay.find(needle, at + len(needle), high)


@lru_cache(maxsize=64)  # a side of a call is asked for by every check
def _pairs(codes: str) -> frozenset[int]:
    """Each two neighbouring codes as one number, eight bytes of two codes, which is found faster than a string."""
    data, whole = codes.encode("utf-32-le"), len(codes) // 2 * 8
    return frozenset(array("Q", data[:whole]) + array("Q", data[4 : 4 + (len(codes) - 1) // 2 * 8]))


def _may_be_near(
    phrase: PreparedPhrase, heard: Heard, low: int, high: int, *, by_sound: bool, min_similarity: float
) -> bool:
    """Whether k edits can be enough: each breaks at most two pairs, and one of k + 1 pieces stays as it is."""
    edits = int((1 - min_similarity) * len(phrase.signs) + 1e-9)
    pairs, said = (phrase.pairs, heard.sounds) if by_sound else (_pairs(phrase.signs), heard.signs)
    if not edits or len(phrase.signs) < SHORTEST_FUZZY or len(pairs & _pairs(said)) < max(1, len(pairs) - 2 * edits):
        return False
    readings = phrase.sounds if by_sound else (phrase.signs,)
    return any(said.find(piece, low, high) >= 0 for codes in readings for piece in _pieces(codes, edits + 1))


@lru_cache(maxsize=20_000)
def _pieces(codes: str, number: int) -> tuple[str, ...]:
    cuts = [len(codes) * cut // number for cut in range(number + 1)]
    return tuple(codes[start:end] for start, end in pairwise(cuts))


def _near(
    phrase: PreparedPhrase, heard: Heard, low: int, high: int, *, by_sound: bool, cutoff: float
) -> list[tuple[int, int]]:
    """The place where the phrase aligns best, within one utterance, its end moved to where fewest edits are left."""
    hay, needle = (heard.sounds, phrase.sounds[0]) if by_sound else (heard.signs, phrase.signs)
    # the ratio counts an edit twice over both lengths, so that no place above the cut-off falls below this one
    ratio = max(0.0, 100 * (1 - 2 * (1 - cutoff)))
    found = partial_ratio_alignment(needle, hay[low:high], score_cutoff=ratio)
    if found is None or found.dest_end <= found.dest_start:
        return []
    start, end = low + found.dest_start, low + found.dest_end
    at = bisect_right(heard.starts, (start + end) // 2) - 1
    bounds = heard.starts[at], heard.starts[at + 1] - 1
    starts, ends = _within(start - 1, start + 1, *bounds), _within(end - 1, end + 2, *bounds)
    places = [(Levenshtein.distance(needle, hay[a:b]), a, b) for a in starts for b in ends if a < b]
    return [min(places)[1:]] if places else []


def _within(first: int, last: int, low: int, high: int) -> range:
    """The numbers first..last, each moved into low..high."""
    return range(min(max(first, low), high), min(max(last, low), high) + 1)


def _hit(phrase: PreparedPhrase, heard: Heard, low: int, high: int, *, by_sound: bool = True) -> Hit:
    position = bisect_right(heard.starts, low) - 1
    offset, text, signs = heard.starts[position], heard.texts[position], heard.signs[low:high]
    similarity, how = _similarity(phrase, heard, low, high, by_sound=by_sound)
    if text.count(signs) == 1 == heard.signs.count(signs, offset, heard.starts[position + 1]):
        start = text.index(signs)  # stands in the text as it is, once: the line need not be walked
        return Hit(position, Match(start, start + len(signs), similarity, how), phrase.text)
    places = spans(text)
    return Hit(position, Match(places[low - offset][0], places[high - 1 - offset][1], similarity, how), phrase.text)


def _similarity(phrase: PreparedPhrase, heard: Heard, low: int, high: int, *, by_sound: bool) -> tuple[float, str]:
    """1 - edits / length, where a sign that only sounds right counts as SOUND_COST of an edit."""
    signs = heard.signs[low:high]
    if signs == phrase.signs:
        return 1.0, "sign"
    if phrase.sign_pattern is not None:
        whole = phrase.sign_pattern.fullmatch(signs) is not None
        return (1.0, "sign") if whole else (1 - SOUND_COST, "sound")
    wrong = Levenshtein.distance(phrase.signs, signs)
    if not by_sound or not phrase.sounds:
        return max(0.0, 1 - wrong / len(phrase.signs)), "sign"
    sounds = heard.sounds[low:high]
    unheard = 0 if sounds in phrase.sounds else min(Levenshtein.distance(codes, sounds) for codes in phrase.sounds)
    cost = unheard + SOUND_COST * max(0, wrong - unheard)
    return max(0.0, 1 - cost / len(phrase.signs)), "sound" if unheard < wrong else "sign"
