"""What an answer rests on, held against the transcript: no verdict without evidence, no quote that was not said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.model import Absence, Answer, Evidence, Finding, Quote, Span, Verdict

if TYPE_CHECKING:
    from transcription.model import Transcript, Utterance

NEEDS_EVIDENCE = frozenset({Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET})
TIME_SLACK_S = 0.05  # times are rounded more than once on their way


def check_evidence(given: Finding | Answer, transcript: Transcript | None, *, required: bool = True) -> None:
    """Raise Invalid when evidence is missing (if required) or does not hold in that transcript (if one is given)."""
    where = given.criterion if isinstance(given, Answer) else given.reason.en or given.reason.zh
    if required and given.verdict in NEEDS_EVIDENCE and not given.evidence:
        raise Invalid(
            "{where}: the verdict {verdict} has no evidence. Add a quote, a span or the window searched.",
            where=where,
            verdict=given.verdict.value,
        )
    for item in given.evidence:
        _check_item(item, transcript, where)


def _check_item(item: Evidence, transcript: Transcript | None, where: str) -> None:
    if isinstance(item, Quote):
        _check_quote(item, transcript, where)
    elif isinstance(item, Span):
        _check_range(item.start_s, item.end_s, where)
        _check_numbers((item.value, item.limit), where)
    else:
        _check_absence(item, transcript, where)


def _check_quote(quote: Quote, transcript: Transcript | None, where: str) -> None:
    if not quote.quote.strip():
        raise Invalid("{where}: a quote is empty. Quote at least one word.", where=where)
    if quote.start_s is not None and quote.end_s is not None:
        _check_range(quote.start_s, quote.end_s, where)
    if transcript is None:
        return
    utterance = _utterance(transcript, quote.utterance, where)
    if quote.quote not in utterance.text:
        raise Invalid(
            "{where}: “{quote}” does not stand in utterance {utterance} (“{text}”). Quote as transcribed.",
            where=where,
            quote=quote.quote,
            utterance=quote.utterance,
            text=utterance.text,
        )
    for second in (quote.start_s, quote.end_s):
        if second is not None and not _is_within(second, utterance):
            raise Invalid(
                "{where}: second {second} lies outside utterance {utterance} ({start} to {end} s). Take its own.",
                where=where,
                second=second,
                utterance=quote.utterance,
                start=utterance.start_s,
                end=utterance.end_s,
            )


def _check_absence(absence: Absence, transcript: Transcript | None, where: str) -> None:
    _check_range(absence.start, absence.end, where)
    if absence.unit not in ("s", "turns"):
        raise Invalid("{where}: a window is in s or turns, not in “{unit}”.", where=where, unit=absence.unit)
    near = absence.nearest
    if near is None:
        return
    if not 0 <= near.similarity <= 1:
        raise Invalid(
            "{where}: a likeness of {value} lies outside 0 to 1. Give a share.", where=where, value=near.similarity
        )
    if transcript is not None and near.text not in _utterance(transcript, near.utterance, where).text:
        raise Invalid(
            "{where}: the nearest miss “{text}” does not stand in utterance {utterance}. Quote it as transcribed.",
            where=where,
            text=near.text,
            utterance=near.utterance,
        )


def _utterance(transcript: Transcript, index: int, where: str) -> Utterance:
    if not 0 <= index < len(transcript.utterances):
        raise Invalid(
            "{where}: there is no utterance {index}; the transcript has {count}. Name an utterance that exists.",
            where=where,
            index=index,
            count=len(transcript.utterances),
        )
    return transcript.utterances[index]


def _is_within(second: float, utterance: Utterance) -> bool:
    if utterance.start_s is None or utterance.end_s is None:
        return False
    return utterance.start_s - TIME_SLACK_S <= second <= utterance.end_s + TIME_SLACK_S


def _check_range(start: float, end: float, where: str) -> None:
    _check_numbers((start, end), where)
    if not 0 <= start <= end:
        raise Invalid(
            "{where}: evidence runs from {start} to {end}. Give a start of 0 or later and an end not before it.",
            where=where,
            start=start,
            end=end,
        )


def _check_numbers(values: tuple[float, ...], where: str) -> None:
    for value in values:
        if not math.isfinite(value):
            raise Invalid("{where}: {value} is no number. Give a finite one.", where=where, value=value)
