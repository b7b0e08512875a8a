"""The parts of a conversation that a learner looks at apart: who said it, and where in the conversation it stands."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from transcription.model import Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.model import CallMetrics, Utterance

    Positions = tuple[int, ...]

PARTS = ("customer", "agent", "later_customer", "last_customer", "last_agent", "closing_customer", "others")
FIRST_PARTS = ("first_agent",)  # for judging openings; satisfaction is told worse with it
VECTOR_PARTS = ("later_customer", "closing_customer", "last_agent")
MEASURES = (
    "turns", "customer_turns", "agent_turns", "customer_closes", "one_turn_each", "customer_comes_back",
    "customer_signs", "agent_signs", "first_customer_signs", "last_customer_signs", "last_agent_signs",
    "is_measured", "hold_s", "silence_s", "interruptions_by_agent", "interruptions_by_customer",
    "customer_talk_share", "latency_s",
)  # fmt: skip

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
LETTERS_A_SIGN = 3  # an English word of five letters says about as much as one and a half Chinese signs


def turns_of(utterances: Sequence[Utterance]) -> list[tuple[Side, list[int]]]:
    """Consecutive utterances of one side as turns: the side and the places of its utterances; empty ones left out."""
    turns: list[tuple[Side, list[int]]] = []
    for at, utterance in enumerate(utterances):
        if not utterance.text.strip():
            continue
        if turns and turns[-1][0] is utterance.side:
            turns[-1][1].append(at)
        else:
            turns.append((utterance.side, [at]))
    return turns


def parts_of(utterances: Sequence[Utterance]) -> dict[str, Positions]:
    """The places of each part's utterances.

    later_customer is all the customer says after the first turn, closing_customer the turn that ends the conversation
    where it is the customer's, others what neither side is known to have said.
    """
    turns = turns_of(utterances)
    customer = [places for side, places in turns if side is Side.CUSTOMER]
    agent = [places for side, places in turns if side is Side.AGENT]
    later = customer[1:]
    return {
        "customer": _joined(customer),
        "agent": _joined(agent),
        "later_customer": _joined(later),
        "last_customer": _joined(later[-1:]),
        "last_agent": _joined(agent[-1:]),
        "closing_customer": _joined(later[-1:]) if turns and turns[-1][0] is Side.CUSTOMER else (),
        "others": _joined([places for side, places in turns if side not in (Side.CUSTOMER, Side.AGENT)]),
        "first_agent": _joined(agent[:1]),
    }


def measures_of(utterances: Sequence[Utterance], metrics: CallMetrics | None) -> tuple[float, ...]:
    """The figures named in MEASURES: counts of turns, signs and seconds as ln(1 + x), yes and no as 1 and 0."""
    turns = turns_of(utterances)
    customer = [places for side, places in turns if side is Side.CUSTOMER]
    agent = [places for side, places in turns if side is Side.AGENT]
    closes = bool(turns) and turns[-1][0] is Side.CUSTOMER
    signs = [len(utterance.text.strip()) for utterance in utterances]

    def said(groups: Sequence[Sequence[int]]) -> float:
        return math.log1p(sum(signs[at] for places in groups for at in places))

    return (
        math.log1p(len(turns)), math.log1p(len(customer)), math.log1p(len(agent)),
        float(closes), float(len(customer) <= 1 and len(agent) <= 1), float(len(customer) > 1),
        said(customer), said(agent), said(customer[:1]), said(customer[1:][-1:]), said(agent[-1:]),
        *_measured(metrics),
    )  # fmt: skip


def _measured(metrics: CallMetrics | None) -> tuple[float, ...]:
    if metrics is None:
        return (0.0,) * (len(MEASURES) - MEASURES.index("is_measured"))
    talk = sum(metrics.talk_s.values())
    customer = sum(seconds for speaker, seconds in metrics.talk_s.items() if speaker.startswith(Side.CUSTOMER.value))
    return (
        1.0,
        math.log1p(sum(end - start for start, end in metrics.holds)),
        math.log1p(sum(end - start for start, end in metrics.silences)),
        math.log1p(metrics.interruptions_by_agent),
        math.log1p(metrics.interruptions_by_customer),
        customer / talk if talk else 0.0,
        math.log1p(max(metrics.latency_median_s or 0.0, 0.0)),
    )


def language_of(utterances: Sequence[Utterance]) -> str:
    """Which of zh and en most of it is in, and "" where there are neither Chinese signs nor Latin letters."""
    text = "".join(utterance.text for utterance in utterances)
    signs, letters = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if not signs and not letters:
        return ""
    return "zh" if signs * LETTERS_A_SIGN >= letters else "en"


def _joined(groups: Sequence[Sequence[int]]) -> Positions:
    return tuple(at for places in groups for at in places)
