"""Error rates by plain edit distance after one normalisation for every system, and text invented in silence.

Mandarin (CER): NFKC, simplified script, digits as single signs (5 = 五, 幺 = 一), only letters and numbers kept, lower
case, characters compared. English (WER): NFKC, lower case, digits as words, apostrophes dropped, words compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from transcription.text import simplified

ZH_DIGITS = str.maketrans("0123456789幺〇", "零一二三四五六七八九一零")
EN_DIGITS = {
    str(i): word
    for i, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
TOLERANCE_S = 0.5

Span = tuple[float, float]


def tokens(text: str, language: str) -> list[str]:
    """The characters (zh) or words (en) that are compared."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if language == "zh":
        return [sign for sign in simplified(plain).translate(ZH_DIGITS) if sign.isalnum()]
    spelt = re.sub(r"\d", lambda digit: f" {EN_DIGITS[digit[0]]} ", plain.replace("’", "'"))
    return re.findall(r"[a-z]+", spelt.replace("'", ""))


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Fewest insertions, deletions and substitutions that turn one into the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def outside(span: Span, speech: Iterable[Span], tolerance_s: float = TOLERANCE_S) -> bool:
    """Whether a span lies wholly where nobody speaks, half a second left out around speech."""
    return all(span[1] <= start - tolerance_s or span[0] >= end + tolerance_s for start, end in speech)
