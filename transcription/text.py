"""What a recogniser wrote, put right: simplified script, repetitions and typical inventions taken out. Pure."""

from __future__ import annotations

import re
import unicodedata
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from transcription.model import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPED = 3
LONGEST_LOOP = 12
CHINESE_MARKS = {",": "\uff0c", "?": "\uff1f", "!": "\uff01", ";": "\uff1b", ":": "\uff1a"}
# Whisper learnt these from film subtitles; nobody says them on the telephone to a complaint desk.
INVENTIONS = re.compile(
    "(?:字幕|翻译|校对|听打)\\s*(?:by|由|:|\uff1a|志愿者|制作|组|提供)[^。\uff01?!\uff1f]*[。\uff01\uff1f?!]?"
    "|请不吝点赞[^。]*。?|明镜与点点栏目。?|(?:谢谢|感谢)(?:大家的?|您的?)?(?:观看|收看|收听)[。\uff01!]*"
    r"|(?:thanks|thank you)(?: you)?(?: so much)? for watching[.!]*|subtitles by .*",
    re.IGNORECASE,
)


def compression_ratio(text: str) -> float:
    """UTF-8 bytes over zlib-compressed bytes: above about 2.4 a text repeats itself; 0 for nothing."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def loop_at(tokens: Sequence[object]) -> tuple[int, int] | None:
    """Where 1-12 tokens repeat more than 3 times in a row, as (start, length of one round); None if nowhere.

    One and the same token may stand more often (a telephone number with many zeros): 6 times.
    """
    for start in range(len(tokens)):
        for size in range(1, LONGEST_LOOP + 1):
            rounds = 6 if size == 1 else LOOPED
            stop = start + size * (rounds + 1)
            if stop <= len(tokens) and all(tokens[i] == tokens[i + size] for i in range(start, stop - size)):
                return start, size
    return None


def without_loops(tokens: Sequence[int]) -> list[int]:
    """Tokens in which every loop is said once."""
    kept = list(tokens)
    while found := loop_at(kept):
        start, size = found
        end = start + size
        while end + size <= len(kept) and kept[end : end + size] == kept[start : start + size]:
            end += size
        del kept[start + size : end]
    return kept


def simplified(text: str) -> str:
    """Chinese in simplified script; other scripts stay."""
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> Any:  # noqa: ANN401 - opencc is untyped
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words in simplified script: converted as one text (neighbours decide a sign) where the lengths stay equal."""
    whole = "".join(word.text for word in words)
    converted = simplified(whole)
    if len(converted) != len(whole):
        return tuple(_with_text(word, simplified(word.text)) for word in words)
    changed, at = [], 0
    for word in words:
        changed.append(_with_text(word, converted[at : at + len(word.text)]))
        at += len(word.text)
    return tuple(changed)


def _with_text(word: Word, text: str) -> Word:
    return Word(word.start_s, word.end_s, text, word.probability)


def with_chinese_mark(word: Word) -> Word:
    """The word with a half-width mark at its end (Whisper mixes them) written full-width."""
    mark = CHINESE_MARKS.get(word.text[-1:])
    return _with_text(word, word.text[:-1] + mark) if mark else word


def without_inventions(words: Sequence[Word], prompt: str = "") -> tuple[Word, ...]:
    """Words without typical inventions and without the prompt that leaked into them."""
    whole = "".join(word.text for word in words)
    spans = [match.span() for match in INVENTIONS.finditer(whole)]
    core = prompt.strip("。. ")
    if core:
        spans += [match.span() for match in re.finditer(re.escape(core) + "[。.]?", whole)]
    return tuple(word for word, at in _placed(words) if not any(a < at + len(word.text) and at < b for a, b in spans))


def _placed(words: Sequence[Word]) -> list[tuple[Word, int]]:
    """Each word with the place of its first sign in the joined text."""
    placed, at = [], 0
    for word in words:
        placed.append((word, at))
        at += len(word.text)
    return placed


def joined_punctuation(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words with punctuation attached to the word before it; punctuation that opens a text is dropped."""
    kept: list[Word] = []
    for word in words:
        if any(unicodedata.category(sign)[0] in "LNS" for sign in word.text):
            kept.append(word)
        elif kept and word.text.strip():
            last = kept[-1]
            kept[-1] = Word(last.start_s, last.end_s, last.text + word.text.strip(), last.probability)
    return tuple(kept)


def spoken_text(words: Sequence[Word]) -> str:
    """The words as one line of text."""
    return " ".join("".join(word.text for word in words).split())
