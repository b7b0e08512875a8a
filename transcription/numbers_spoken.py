"""Numbers as they are spoken: 24 = 二十四 = twenty four, 10086 = 一零零八六 digit by digit."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
NUMBER_SIGNS = DIGITS + "十百千万半几数"
DIGIT_BY_DIGIT = 5  # so many digits and more are read one by one

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = (*_ONES, *_TENS, "hundred", "thousand", "couple", "few", "several")


def number_signs(digits: str) -> str:
    """Written digits as Chinese signs."""
    if _one_by_one(digits):
        return "".join(DIGITS[int(digit)] for digit in digits)
    signs = ""
    for at, digit in enumerate(digits):
        unit = ("", "十", "百", "千")[len(digits) - 1 - at]
        if digit != "0":
            signs += DIGITS[int(digit)] + unit
        elif signs and not signs.endswith("零"):
            signs += "零"
    signs = signs.rstrip("零") or "零"
    return signs.removeprefix("一") if signs.startswith("一十") else signs


def number_words(digits: str) -> list[str]:
    """Written digits as English words, without "and"."""
    if _one_by_one(digits):
        return [_ONES[int(digit)] for digit in digits]
    number = int(digits)
    words: list[str] = []
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            words += [_ONES[number // size], name]
            number %= size
    if number >= 20:  # noqa: PLR2004 - from here on tens have names
        words.append(_TENS[number // 10 - 2])
        number %= 10
    return [*words, _ONES[number]] if number or not words else words


def _one_by_one(digits: str) -> bool:
    return len(digits) >= DIGIT_BY_DIGIT or (digits.startswith("0") and len(digits) > 1)
