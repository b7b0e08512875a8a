"""What one turn of speech says in answer to a question: scores, satisfaction and yes or no, found by word and sound."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise

from pypinyin import Style, lazy_pinyin

from transcription.numbers_spoken import DIGITS, NUMBER_WORDS
from transcription.sound import prepare

_NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两俩三四五六七八九十百]+(?:点[零一二三四五六七八九]+)?)"
_OR = r"(?:到|至|或者|或是|或|还是|、|-|~|or|to|and)"
_NO_SCORE = (
    "钟|之[一二三四五六七八九十]|钱|期|析|公司|局|店|机|别|开|[一二三四五六七八九]裂"  # 八分钟, 三分之一, 四分五裂
)
_SCORED = re.compile(rf"(?P<a>{_NUMBER})\s*(?:分\s*)?(?:{_OR}\s*(?P<b>{_NUMBER})\s*)?分(?!{_NO_SCORE})")
_LEAD = (
    "嗯|呃|额|啊|哦|唉|哎|那|就|我|给|打|评|选|个|你们|你|您|它|这个|应该|大概|可能|差不多|觉得|想|算|得|是|按|可以|能|最多|来|"
    r"还是|吧|分|的话|\s|(?:i|i'd|would|say|give|it|you|that|them|a|an|um|uh|well|maybe|probably|about|it's|let's|think|"
    r"just|make|actually|so|ok|okay|yeah|sorry|no|rate|is|be|between|then)\b"
)
_BARE = re.compile(
    rf"(?:{_LEAD})*(?<!\d)(?P<a>{_NUMBER})(?:\s*{_OR}\s*(?P<b>{_NUMBER}))?(?![\d/])\s*"
    r"(?=$|[吧啊呢嘛哦呀啦？?]|我觉得|因为|就行|(?:because|since|for|i|please|thanks|thank|maybe|then)\b)"
)
_SCALE = re.compile(
    r"从?[01零一]\s*分?\s*(?:到|至|-|~|to)\s*(?:10|5|7|100|十|五|七|一百)(?!\d)\s*分?|"
    rf"(?:满分|最高|最低)(?:就?是|不是|为)?\s*{_NUMBER}\s*分?|满分(?:就?是|多少|几)|"
    rf"{_NUMBER}\s*分?(?:满分|(?:才是|就是|是|为|算|代表|表示)(?:满分|最高|最低|最好|非常|很|满意|不满))"
)
_VERY = re.compile(
    r"(?:十|10)分的?(?![吧啊呢了嘛哦呀啦我就因的给打左以上下半多到和或])(?=[\u4e00-\u9fff])"
)  # 十分满意 is no 10
_AROUND = re.compile(r"^\s*(?:以上|以下|左右|上下|半|多|[都也][不没])")
_NOT_IT = re.compile(
    "(?:不是|没有|不能给|不会给|给不了|打不了|给不到|打不到|不想给|不能打|不值|别给|扣了?|扣掉|减|少了?|差了?|离|距离|加)"
    "(?:您|你|你们|个|了)?$"
)
_EARLIER = re.compile(r"(?:上次|上回|以前|之前|本来|原来|原本|别人|人家|last time|before)(?!.*(?:现在|这次|今天|now))")
_IF = re.compile(r"怎么|哪里|哪儿|如果|要是|假如|希望|说是|说解决|什么时候|要不要|能不能|是否|\b(?:if|when|hope)\b")
_HEDGED = re.compile(r"大概|可能|应该|差不多|最多|算是|maybe|probably|about|might")
_CORRECTED = re.compile(r"不|算了|改|应该|就|要不|错|[，,。；;]\s*我?还是|最后|\b(?:no|actually|sorry|make|rather)\b")
CLAUSE = re.compile(r"(?:[^，,。！!；;？?.\n]|\.(?=\d))+[？?]?")
BACK = re.compile(r"[吗么][？?]?$")
_ABOUT_SOLVING = re.compile(r"解决|处理|solve|fix")


def _said(*phrases: str) -> re.Pattern[str]:
    """A pattern over the codes of sounds of phrases divided by bars, so that their homophones are found too."""
    return re.compile("|".join(re.escape(prepare(phrase).sounds) for phrase in "|".join(phrases).split("|")))


_HALF_SOLVED = _said("解决了一半|解决一半|解决了一部分|解决了部分|部分解决|解决了一点|partly|partially")
_UNSOLVED = _said(
    "没解决|没有解决|没给我解决|没有给我解决|没能解决|未解决|没有得到解决|没得到解决|没彻底解决|解决不了|不能解决|没处理|没有处理|还没|还是没",
    "not solved|not resolved|not fixed|not been solved|not been resolved|not been fixed|not yet",
)
_SOLVED = _said("解决了|解决好了|解决完了|解决掉了|已经解决|都解决|得到解决|处理好了|处理完了|处理了|"
                "弄好了|修好了|搞定了|solved|resolved|fixed|sorted")  # fmt: skip
_UNCLEAR = _said(
    "没有不满意|不是不满意|不能说满意|谈不上满意|说不上满意|不算满意|没有满意|没什么不满意|没有什么不满意|满意不满意|满不满意"
)
_WORD_SCALE: tuple[tuple[float, float, re.Pattern[str]], ...] = (  # value, confidence, words; the first that fits
    (1, 0.9, _said("非常不满意|很不满意|特别不满意|极不满意|太不满意|完全不满意|一点都不满意|一点也不满意|相当不满意",
                   "very dissatisfied|very unsatisfied|very unhappy")),
    (2, 0.8, _said("不满意|不满|不太满意|不怎么满意|不是很满意|不是太满意|不大满意|不够满意|不是非常满意",
                   "dissatisfied|unsatisfied|not satisfied|not very satisfied")),
    (5, 0.9, _said("非常满意|非常的满意|特别满意|相当满意|超级满意|极其满意|very satisfied")),
    (5, 0.7, _said("很满意|太满意")),
    (4, 0.85, _said("满意|satisfied")),
    (3, 0.8, _said("一般|neutral|average|so so")),
    (3, 0.5, _said("还行|还可以|马马虎虎|凑合|okay")),
)  # fmt: skip
_SOUND_DIGITS = {"ling": "零", "yi": "一", "er": "二", "liang": "二", "san": "三", "shan": "三", "si": "四", "wu": "五",
                 "liu": "六", "qi": "七", "ba": "八", "jiu": "九", "man": "满"}  # fmt: skip
_NUMBER_SIGNS = DIGITS + "十两满"
_ENGLISH = {word: str(number) for number, word in enumerate(NUMBER_WORDS[:11])}

DIFFER = 0.75  # what is left of the confidence where words and number of one turn differ


class Kind(StrEnum):
    """What is answered: a number, a number or words of satisfaction (1-5), or yes or no."""

    SCORE = "score"
    SATISFACTION = "satisfaction"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its key, the wording that the agent reads out, and what was logged; scale bounds are inclusive."""

    question: str
    text: str
    logged: float | bool | None
    kind: Kind = Kind.SCORE
    low: float = 1
    high: float = 10


@dataclass(frozen=True, slots=True)
class Reading:
    value: float | bool | None
    confidence: float
    start: int = 0
    end: int = 0


def read(text: str, asked: Asked) -> Reading | None:
    """The value that a text states by itself; None where it states none, a value of None where it is unsure."""
    level = evened(text)
    clauses = [(found.start(), found[0]) for found in CLAUSE.finditer(level)]
    if asked.kind is Kind.YES_NO:
        about = _ABOUT_SOLVING.search(asked.text.casefold())
        return _settled(level, [one for clause in clauses if (one := _solved(*clause))]) if about else None
    numbers = _settled(level, [one for at, clause in clauses for one in _numbers(at, clause, asked)])
    if asked.kind is not Kind.SATISFACTION or (asked.low, asked.high) != (1, 5):
        return numbers
    words = _settled(level, [one for at, clause in clauses if (one := _words(at, clause))])
    if numbers and words and words.value != numbers.value:
        return replace(numbers, confidence=numbers.confidence * DIFFER)
    return numbers or words


def _settled(text: str, readings: list[Reading]) -> Reading | None:
    """The last of several values where something between them corrects the first; unsure where nothing does."""
    current: Reading | None = None
    for one in readings:
        if current is None or one.value == current.value or _CORRECTED.search(text[current.end : one.start + 2]):
            current = one
        else:
            current = Reading(None, 0.5, current.start, one.end)
    return current


def _solved(at: int, clause: str) -> Reading | None:
    """Whether a clause says that something is solved; a question back says nothing."""
    sounds = prepare(clause).sounds
    if _HALF_SOLVED.search(sounds):
        return Reading(None, 0.5, at, at + len(clause))
    is_no = _UNSOLVED.search(sounds) is not None
    if (not is_no and not _SOLVED.search(sounds)) or _is_beside(clause):
        return None
    return Reading(not is_no, 0.75 if _HEDGED.search(clause) else 0.9, at, at + len(clause))


def _is_beside(clause: str) -> bool:
    """Whether a clause asks back, supposes something or speaks of another time."""
    return any(pattern.search(clause) for pattern in (BACK, _IF, _EARLIER))


def _words(at: int, clause: str) -> Reading | None:
    """The word of satisfaction in a clause, by sound, on a scale of 1-5."""
    sounds = prepare(clause).sounds
    if _is_beside(clause):
        return None
    if _UNCLEAR.search(sounds):
        return Reading(None, 0.5, at, at + len(clause))
    found = next(((value, sure) for value, sure, words in _WORD_SCALE if words.search(sounds)), None)
    return Reading(*found, at, at + len(clause)) if found else None


def _numbers(at: int, clause: str, asked: Asked) -> list[Reading]:
    """The scores in a clause: a number before 分, the top or bottom of the scale, a bare number as the whole answer."""
    if BACK.search(clause) and not re.search("行|可以|好", clause):
        return []
    plain = _homophones_as_digits(clause)
    sure = (0.9 if plain == clause else 0.8) - 0.15 * bool(_HEDGED.search(clause)) - 0.3 * clause.endswith(("?", "？"))
    places = [(found.span(), _value(found["a"], found["b"])) for found in _SCORED.finditer(plain)]
    for pattern, bound in (("满分|最高分", asked.high), ("最低分", asked.low)):
        places += [(found.span(), bound) for found in re.finditer(pattern, plain)]
    if not places and (bare := _BARE.match(plain)):
        value = _value(bare["a"], bare["b"])
        places = [(bare.span(), value)] if value is None or asked.low <= value <= asked.high else []
    found = []
    for (start, end), value in sorted(places, key=lambda one: one[0]):
        before = plain[:start]
        if not _NOT_IT.search(before) and not _EARLIER.search(before):
            is_around = _AROUND.match(plain[end:]) or before.endswith("不到")
            is_sure = value is not None and asked.low <= value <= asked.high and not is_around
            found.append(Reading(value if is_sure else None, sure if is_sure else 0.5, at + start, at + end))
    return found


def _value(first: str, last: str | None) -> float | None:
    """The number that is said; None for a range (七八, 7到8) or a part of a point (八点五)."""
    values = [_number(part) for part in (first, last) if part]
    return values[0] if len(set(values)) == 1 else None


def _number(run: str) -> float | None:
    if run.isascii():
        return float(run) if float(run).is_integer() else None
    signs = run.translate(str.maketrans("两俩〇", "二二零"))
    if "点" in signs or "百" in signs:
        return None
    tens, ten, ones = signs.partition("十")
    if ten and max(len(tens), len(ones)) <= 1:
        return 10.0 * (DIGITS.index(tens) if tens else 1) + (DIGITS.index(ones) if ones else 0)
    return float(DIGITS.find(signs[0])) if len(set(signs)) == 1 else None  # 八八分 is a stutter


def _homophones_as_digits(clause: str) -> str:
    """The clause with 巴分 written 八分, sign for sign; not within other words (气氛, 部分, 是分期)."""
    signs = list(clause)
    for at, (first, second) in enumerate(pairwise(clause)):
        is_last = clause[at + 2 : at + 3] in tuple(" 吧啊呢了嘛哦呀啦的我就因左以?？") or at + 2 == len(clause)
        digit = first if first in _NUMBER_SIGNS else _digit(first)
        if digit and is_last and _sound(second)[:-1] == "fen" and first + second != "气氛" and first != "是":
            signs[at : at + 2] = [digit, "分"]
    return "".join(signs)


def _digit(sign: str) -> str | None:
    """The number that sounds like a sign; only 十 goes by its tone, for 是 and 事 are common words."""
    sound = _sound(sign)
    return "十" if sound == "shi2" else _SOUND_DIGITS.get(sound[:-1])


@cache
def _sound(sign: str) -> str:
    """A sign's syllable and tone: 八 = ba1."""
    return lazy_pinyin(sign, style=Style.TONE3, neutral_tone_with_five=True)[0] if sign > "\u3400" else "-"


def evened(text: str) -> str:
    """Figures and English number words as figures, "9 out of 10" as 9分, 十分 as 非常, the scale blanked out."""
    level = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    level = re.sub(rf"\b(?:{'|'.join(_ENGLISH)})\b", lambda word: _ENGLISH[word[0]], level)
    level = re.sub(r"\s*(?:\bout of|\bof|/)\s*(?:10|5)\b|\s*(?:points?|stars?)\b", "分", level)
    return _VERY.sub("非常", _SCALE.sub(lambda found: " " * len(found[0]), level))
