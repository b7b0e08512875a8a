"""Spoken answers of a survey call beside the logged ones: differences are listed for people, nothing is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import partial_ratio

from surveys.answer_words import BACK, CLAUSE, Asked, Kind, Reading, evened, read
from transcription.model import Side
from transcription.sound import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.model import Utterance

ASKED_ALIKE = 0.6  # from this likeness of sounds on, an agent's turn is the question
LEAST_CONFIDENCE = 0.6
BY_ORDER = 0.75  # what is left of the confidence where a question was found by its place alone
CONFIRMED, CONTRADICTED, DENIED, CHANGED = 0.95, 0.5, 0.4, 0.85

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
    return next((place for place in asks if read(turns[place].text, one) is None), None)


def _answer(turns: Sequence[_Turn], place: int, end: int, asked: Asked, weight: float) -> Heard:
    """Walks the turns after the question: the customer's own words, and assent to what the agent reads back."""
    best, where = Reading(None, 0.0), place
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
        best = _weighed(best, _read_back("，".join(CLAUSE.findall(turns[end].text)[:2]), asked))
    if where == place:
        return Heard(asked.question, asked.logged)
    part = _part(turns[where], best, asked)
    return Heard(asked.question, asked.logged, best.value, part[0].start_s, part[-1].end_s,
                 " ".join(one.text for one in part), round(best.confidence * weight, 3))  # fmt: skip


def _reply(text: str, asked: Asked, echo: float | bool | None, best: Reading) -> Reading:
    """The reading after a customer's turn: a value of its own, else assent to or denial of the echo, else unchanged."""
    own = read(text, asked)
    if own is not None:
        is_changed = best.value is not None and own.value not in (None, best.value)
        return replace(own, confidence=own.confidence * (CHANGED if is_changed else 1))
    bare = _bare(CLAUSE.findall(evened(text)))
    if bare is None:
        return best
    if echo is not None and bare.value is True:
        return Reading(echo, 0.9)
    if asked.kind is not Kind.YES_NO:
        return best if echo is None else replace(best, confidence=best.confidence * DENIED)
    if echo is False and re.match("不|no", text.casefold()):  # 没解决是吧 - 不是
        return Reading(None, 0.5)
    return bare if best.value is None or echo is not None else best


def _bare(clauses: list[str]) -> Reading | None:
    """Yes or no by itself; 嗯 and 对 before another word are mere openings: 嗯，没有 is no."""
    if not clauses or BACK.search(clauses[0]):
        return None
    if any(map(_UNKNOWN.search, clauses)):
        return Reading(None, 0.5)
    if any(map(_NO.search, clauses[:2])):
        is_opening = clauses[0].startswith("不是") and len(clauses) > 1  # 不是，我跟你说
        return Reading(False, 0.55 if is_opening else 0.8)
    if all(map(_HUM.match, clauses)):
        return Reading(True, 0.65)
    return Reading(True, 0.8) if any(map(_YES.search, clauses[:2])) else None


def _weighed(best: Reading, echo: float | bool | None) -> Reading:
    """Surer where the agent repeats the same value, less sure where the agent repeats another."""
    if echo is None or best.value is None:
        return best
    return replace(best, confidence=CONFIRMED if echo == best.value else best.confidence * CONTRADICTED)


def _read_back(text: str, asked: Asked) -> float | bool | None:
    """The one value that an agent's turn repeats; a yes or no only where the turn asks for assent."""
    if asked.kind is Kind.YES_NO and not _CHECKS.search(text):
        return None
    asks = "[对是好]吗" if asked.kind is Kind.SATISFACTION else "[吗么]"  # 满意吗 is a question of its own
    reading = read(re.sub(rf"{asks}(?=[？?。]?$)", "", text), asked)
    return reading.value if reading else None


def _part(turn: _Turn, reading: Reading, asked: Asked) -> tuple[Utterance, ...]:
    """The utterance of a turn in which the value is said, else the whole turn."""
    said = [one for one in turn.parts if (own := read(one.text, asked)) is not None and own.value == reading.value]
    return (said[-1],) if said else turn.parts
