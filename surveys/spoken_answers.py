"""Spoken answers of a survey call beside the logged ones: differences are listed for people, nothing is changed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from pypinyin import Style, lazy_pinyin
from rapidfuzz.fuzz import partial_ratio

from transcription.model import Side
from transcription.numbers_spoken import DIGITS, NUMBER_WORDS
from transcription.sound import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.model import Utterance

ASKED_ALIKE = 0.6  # from this likeness of sounds on, an agent's turn is the question
LEAST_CONFIDENCE = 0.6
BY_ORDER = 0.75  # what is left of the confidence where a question was found by its place alone
CONFIRMED, CONTRADICTED, DENIED, CHANGED = 0.95, 0.5, 0.4, 0.85

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
_CLAUSE = re.compile(r"(?:[^，,。！!；;？?.\n]|\.(?=\d))+[？?]?")
_BACK = re.compile(r"[吗么][？?]?$")
_CHECKS = re.compile(r"(?:[吗吧么]|对不对|是不是|right|correct|[?？])\s*[。？?]?$")
_ASKS = re.compile(r"几分|多少分|打分|评分|[吗呢？?]|是否|是不是|有没有|满意|\b(?:how|rate|would|did|was)\b")
_NO = re.compile(
    r"^(?!没错|没问题|对不|不好意思|不过)(?:嗯|呃|额|啊|哎|唉|其实|还|也|都|根本|是|对|\s|well\b)*"
    r"(?:没|不|未|否|错|(?:no|nope|not|never|it was ?n[o']t)\b)"
)
_YES = re.compile(
    r"^(?:嗯|呃|额|啊|哎|唉|都|已经|\s)*(?:对(?!不|了)|是(?!不是|吗)|好|行|可以|没错|有(?!没有)|会|能|愿意|"
    r"(?:yes|yeah|yep|right|correct|sure|ok|okay|it did|they did|it was)\b)"
)
_HUM = re.compile(r"^[嗯恩]+$")
_UNKNOWN = re.compile(r"不知道|不清楚|不好说|不确定|说不[清好准]|算是吧|没问题|没事|not sure|don't know|no idea")
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
class Heard:
    """What was heard for a question: `spoken` None where nothing sure was said; times in seconds; confidence 0..1."""

    question: str
    logged: float | bool | None
    spoken: float | bool | None = None
    at_s: float | None = None
    end_s: float | None = None
    quote: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class _Turn:
    side: Side
    parts: tuple[Utterance, ...]

    @property
    def text(self) -> str:
        return "，".join(part.text.rstrip("，,") for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Reading:
    value: float | bool | None
    confidence: float
    start: int = 0
    end: int = 0


def hear_answers(utterances: Iterable[Utterance], asked: Sequence[Asked]) -> tuple[Heard, ...]:
    """What the customer answered to each question, in the order of `asked`; only agent and customer sides are heard."""
    talk = [one for one in utterances if one.side in (Side.AGENT, Side.CUSTOMER) and one.text.strip()]
    turns = [_Turn(side, tuple(parts)) for side, parts in groupby(talk, key=lambda one: one.side)]
    places = _places(turns, asked)
    starts = sorted(place for place, _ in places.values())
    found = []
    for at, one in enumerate(asked):
        place, weight = places.get(at, (len(turns), 0.0))
        end = next((start for start in starts if start > place), len(turns))
        found.append(_answer(turns, place, end, one, weight))
    return tuple(found)


def differences(heard: Iterable[Heard], least: float = LEAST_CONFIDENCE) -> tuple[Heard, ...]:
    """Those whose spoken value is sure enough (confidence of at least `least`) and is not the one that was logged."""
    sure = (one for one in heard if one.spoken is not None and one.confidence >= least)
    return tuple(one for one in sure if one.spoken != one.logged)


def _places(turns: Sequence[_Turn], asked: Sequence[Asked]) -> dict[int, tuple[int, float]]:
    """For each question that was found, the agent's turn that asks it and a weight: by sound, else by the order."""
    agents = [place for place, turn in enumerate(turns) if turn.side is Side.AGENT]
    unlike = [(-_alike(one.text, turns[place].text), at, place) for at, one in enumerate(asked) for place in agents]
    found: dict[int, tuple[int, float]] = {}
    for unlikeness, at, place in sorted(unlike):
        is_free = at not in found and all(place != taken for taken, _ in found.values())
        if -unlikeness >= ASKED_ALIKE and is_free:
            found[at] = (place, 1.0)
    for at, one in enumerate(asked):
        if at not in found and (place_by_order := _by_order(turns, found, at, one)) is not None:
            found[at] = (place_by_order, BY_ORDER)
    return found


def _alike(question: str, text: str) -> float:
    """Likeness of the sounds, 0..1; less for a turn much shorter than the question."""
    needle, hay = prepare(question).sounds, prepare(text).sounds
    return partial_ratio(needle, hay) / 100 * min(1.0, 2.5 * len(hay) / len(needle)) if needle and hay else 0.0


def _by_order(turns: Sequence[_Turn], found: dict[int, tuple[int, float]], at: int, one: Asked) -> int | None:
    """The first turn between the neighbouring questions that asks something and reads no answer back."""
    low = max((place for other, (place, _) in found.items() if other < at), default=-1)
    high = min((place for other, (place, _) in found.items() if other > at), default=len(turns))
    asks = (at for at in range(low + 1, high) if turns[at].side is Side.AGENT and _ASKS.search(turns[at].text))
    return next((place for place in asks if _read(turns[place].text, one) is None), None)


def _answer(turns: Sequence[_Turn], place: int, end: int, asked: Asked, weight: float) -> Heard:
    """Walks the turns after the question: the customer's own words, and assent to what the agent reads back."""
    best, where = _Reading(None, 0.0), place
    is_denying = asked.kind is Kind.YES_NO and place < end and _read_back(turns[place].text, asked) is False
    echo: float | bool | None = False if is_denying else None  # 还没解决吗 - 对
    for at in range(place + 1, end):
        text = turns[at].text
        if turns[at].side is Side.AGENT:
            echo = _read_back(text, asked)
            best = _weighed(best, echo)
            continue
        heard = _reply(text, asked, echo, best)
        where = at if heard is not best and (where == place or heard.value != best.value) else where
        best, echo = heard, None
    if end < len(turns) and asked.kind is Kind.SCORE:  # 好的，九分，那您……
        best = _weighed(best, _read_back("，".join(_CLAUSE.findall(turns[end].text)[:2]), asked))
    if where == place:
        return Heard(asked.question, asked.logged)
    part = _part(turns[where], best, asked)
    return Heard(asked.question, asked.logged, best.value, part[0].start_s, part[-1].end_s,
                 " ".join(one.text for one in part), round(best.confidence * weight, 3))  # fmt: skip


def _reply(text: str, asked: Asked, echo: float | bool | None, best: _Reading) -> _Reading:
    """The reading after a customer's turn: a value of its own, else assent to or denial of the echo, else unchanged."""
    own = _read(text, asked)
    if own is not None:
        is_changed = best.value is not None and own.value not in (None, best.value)
        return replace(own, confidence=own.confidence * (CHANGED if is_changed else 1))
    bare = _bare(_CLAUSE.findall(_level(text)))
    if bare is None:
        return best
    if echo is not None and bare.value is True:
        return _Reading(echo, 0.9)
    if asked.kind is not Kind.YES_NO:
        return best if echo is None else replace(best, confidence=best.confidence * DENIED)
    if echo is False and re.match("不|no", text.casefold()):  # 没解决是吧 - 不是
        return _Reading(None, 0.5)
    return bare if best.value is None or echo is not None else best


def _bare(clauses: list[str]) -> _Reading | None:
    """Yes or no by itself; 嗯 and 对 before another word are mere openings: 嗯，没有 is no."""
    if not clauses or _BACK.search(clauses[0]):
        return None
    if any(map(_UNKNOWN.search, clauses)):
        return _Reading(None, 0.5)
    if any(map(_NO.search, clauses[:2])):
        is_opening = clauses[0].startswith("不是") and len(clauses) > 1  # 不是，我跟你说
        return _Reading(False, 0.55 if is_opening else 0.8)
    if all(map(_HUM.match, clauses)):
        return _Reading(True, 0.65)
    return _Reading(True, 0.8) if any(map(_YES.search, clauses[:2])) else None


def _weighed(best: _Reading, echo: float | bool | None) -> _Reading:
    """Surer where the agent repeats the same value, less sure where the agent repeats another."""
    if echo is None or best.value is None:
        return best
    return replace(best, confidence=CONFIRMED if echo == best.value else best.confidence * CONTRADICTED)


def _read_back(text: str, asked: Asked) -> float | bool | None:
    """The one value that an agent's turn repeats; a yes or no only where the turn asks for assent."""
    if asked.kind is Kind.YES_NO and not _CHECKS.search(text):
        return None
    asks = "[对是好]吗" if asked.kind is Kind.SATISFACTION else "[吗么]"  # 满意吗 is a question of its own
    reading = _read(re.sub(rf"{asks}(?=[？?。]?$)", "", text), asked)
    return reading.value if reading else None


def _part(turn: _Turn, reading: _Reading, asked: Asked) -> tuple[Utterance, ...]:
    """The utterance of a turn in which the value is said, else the whole turn."""
    said = [one for one in turn.parts if (own := _read(one.text, asked)) is not None and own.value == reading.value]
    return (said[-1],) if said else turn.parts


def _read(text: str, asked: Asked) -> _Reading | None:
    """The value that a text states by itself; None where it states none, a value of None where it is unsure."""
    level = _level(text)
    clauses = [(found.start(), found[0]) for found in _CLAUSE.finditer(level)]
    if asked.kind is Kind.YES_NO:
        about = _ABOUT_SOLVING.search(asked.text.casefold())
        return _settled(level, [one for clause in clauses if (one := _solved(*clause))]) if about else None
    numbers = _settled(level, [one for at, clause in clauses for one in _numbers(at, clause, asked)])
    if asked.kind is not Kind.SATISFACTION or (asked.low, asked.high) != (1, 5):
        return numbers
    words = _settled(level, [one for at, clause in clauses if (one := _words(at, clause))])
    if numbers and words and words.value != numbers.value:
        return replace(numbers, confidence=numbers.confidence * BY_ORDER)
    return numbers or words


def _settled(text: str, readings: list[_Reading]) -> _Reading | None:
    """The last of several values where something between them corrects the first; unsure where nothing does."""
    current: _Reading | None = None
    for one in readings:
        if current is None or one.value == current.value or _CORRECTED.search(text[current.end : one.start + 2]):
            current = one
        else:
            current = _Reading(None, 0.5, current.start, one.end)
    return current


def _solved(at: int, clause: str) -> _Reading | None:
    """Whether a clause says that something is solved; a question back says nothing."""
    sounds = prepare(clause).sounds
    if _HALF_SOLVED.search(sounds):
        return _Reading(None, 0.5, at, at + len(clause))
    is_no = _UNSOLVED.search(sounds) is not None
    if (not is_no and not _SOLVED.search(sounds)) or _is_beside(clause):
        return None
    return _Reading(not is_no, 0.75 if _HEDGED.search(clause) else 0.9, at, at + len(clause))


def _is_beside(clause: str) -> bool:
    """Whether a clause asks back, supposes something or speaks of another time."""
    return any(pattern.search(clause) for pattern in (_BACK, _IF, _EARLIER))


def _words(at: int, clause: str) -> _Reading | None:
    """The word of satisfaction in a clause, by sound, on a scale of 1-5."""
    sounds = prepare(clause).sounds
    if _is_beside(clause):
        return None
    if _UNCLEAR.search(sounds):
        return _Reading(None, 0.5, at, at + len(clause))
    found = next(((value, sure) for value, sure, words in _WORD_SCALE if words.search(sounds)), None)
    return _Reading(*found, at, at + len(clause)) if found else None


def _numbers(at: int, clause: str, asked: Asked) -> list[_Reading]:
    """The scores in a clause: a number before 分, the top or bottom of the scale, a bare number as the whole answer."""
    if _BACK.search(clause) and not re.search("行|可以|好", clause):
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
            found.append(_Reading(value if is_sure else None, sure if is_sure else 0.5, at + start, at + end))
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


def _level(text: str) -> str:
    """Figures and English number words as figures, "9 out of 10" as 9分, 十分 as 非常, the scale blanked out."""
    level = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    level = re.sub(rf"\b(?:{'|'.join(_ENGLISH)})\b", lambda word: _ENGLISH[word[0]], level)
    level = re.sub(r"\s*(?:\bout of|\bof|/)\s*(?:10|5)\b|\s*(?:points?|stars?)\b", "分", level)
    return _VERY.sub("非常", _SCALE.sub(lambda found: " " * len(found[0]), level))
