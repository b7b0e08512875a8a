"""Transcript file <-> transcript: the JSON of `huiting transcribe`, or one made by hand with speakers and texts."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from qa_app.core.errors import Invalid
from transcription.model import CallMetrics, EngineInfo, Kind, Overlap, Transcript, Utterance, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema import ValidationError

SECONDS_DECIMALS = 3
SHARE_DECIMALS = 4
SHOWN_CHARACTERS = 60

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def transcript_to_dict(transcript: Transcript) -> dict[str, Any]:
    """The transcript file's JSON: seconds to 3 decimals, confidences to 4; what is unknown is null or left out."""
    engine = transcript.engine
    kind = {} if transcript.kind is Kind.PHONE else {"kind": transcript.kind.value}
    return kind | {
        "recording": transcript.recording,
        "duration_s": _seconds(transcript.duration_s),
        "channels": transcript.channels,
        "language": transcript.language,
        "engine": engine
        and {
            "name": engine.name,
            "model": engine.model,
            "model_sha256": engine.model_sha256,
            "vocabulary": engine.vocabulary,
        },
        "utterances": [_utterance_to_dict(utterance) for utterance in transcript.utterances],
        "metrics": transcript.metrics and _metrics_to_dict(transcript.metrics),
    }


def transcript_from_dict(document: object, name: str = "") -> Transcript:
    """The transcript in a file's JSON; Invalid names the file, the place and the value when it does not fit."""
    where = name or "transcript"
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    assert isinstance(document, dict)  # noqa: S101 - the schema has just said so
    return transcript_from_stored(document, where)


def transcript_from_stored(document: Mapping[str, Any], where: str = "transcript") -> Transcript:
    """The transcript in JSON that has passed the schema before: thirty times as fast, for reading many."""
    return Transcript(
        utterances=tuple(_utterance(item, at, where) for at, item in enumerate(document["utterances"])),
        recording=document.get("recording", ""),
        duration_s=document.get("duration_s"),
        channels=document.get("channels"),
        language=document.get("language") or _language_of(document["utterances"]),
        engine=_engine(document.get("engine")),
        metrics=_metrics(document.get("metrics"), where),
        kind=Kind(document.get("kind", Kind.PHONE)),
    )


def read_transcript(text: str, name: str = "") -> Transcript:
    """The transcript in a file's text; Invalid when it is not JSON or does not fit the schema."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid(
            "{where}: this is not JSON ({error}). Give a transcript file.", where=name or "transcript", error=error
        ) from error
    return transcript_from_dict(document, name)


def refuse_misfit(document: object, schema: Mapping[str, Any], where: str) -> None:
    """Raise Invalid with the first place (in reading order) where a document does not fit a JSON Schema."""
    errors = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda error: [str(p) for p in error.path])
    if errors:
        error = _innermost(errors[0])
        raise Invalid(
            "{where}: {path}: {value}: {problem}.",
            where=where,
            path=path_text(error.absolute_path),
            value=shown(error.instance),
            problem=error.message[:200],
        )


def _innermost(error: ValidationError) -> ValidationError:
    """The deepest of the misfits under "fits none of these": the place that a person can mend."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def path_text(path: Iterable[str | int]) -> str:
    """A place in a JSON document as people write it: utterances[3].speaker."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".") or "the file"


def shown(value: object) -> str:
    """A value as JSON, cut to a length that a message can carry."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("transcription").joinpath("schemas/transcript.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def refuse_unreal_numbers(document: object, where: str) -> None:
    """Raise Invalid at the first NaN or infinity of a document."""
    for path, value in _leaves(document):
        if isinstance(value, float) and not math.isfinite(value):
            raise Invalid(
                "{where}: {path} is {value}, which is no number. Write a finite number.",
                where=where,
                path=path_text(path),
                value=value,
            )


def _leaves(document: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, at), inner) for at, inner in enumerate(value))
        else:
            yield path, value


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, SECONDS_DECIMALS)


def _utterance_to_dict(utterance: Utterance) -> dict[str, Any]:
    spoken: dict[str, Any] = {"index": utterance.index, "speaker": utterance.speaker, "text": utterance.text}
    if utterance.start_s is not None:
        spoken["start_s"] = _seconds(utterance.start_s)
    if utterance.end_s is not None:
        spoken["end_s"] = _seconds(utterance.end_s)
    if utterance.confidence is not None:
        spoken["confidence"] = round(utterance.confidence, SHARE_DECIMALS)
    if utterance.language is not None:
        spoken["language"] = utterance.language
    if utterance.words:
        spoken["words"] = [
            {
                "start_s": _seconds(word.start_s),
                "end_s": _seconds(word.end_s),
                "text": word.text,
                "probability": round(word.probability, SHARE_DECIMALS),
            }
            for word in utterance.words
        ]
    return spoken


def _metrics_to_dict(metrics: CallMetrics) -> dict[str, Any]:
    return {
        "holds": [[_seconds(start), _seconds(end)] for start, end in metrics.holds],
        "talk_s": {speaker: _seconds(talk) for speaker, talk in metrics.talk_s.items()},
        "silences": [[_seconds(start), _seconds(end)] for start, end in metrics.silences],
        "overlaps": [[_seconds(o.start_s), _seconds(o.end_s), o.begun_by] for o in metrics.overlaps],
        "interruptions": {
            "by_agent": metrics.interruptions_by_agent,
            "by_customer": metrics.interruptions_by_customer,
        },
        "pace_per_min": {speaker: _seconds(pace) for speaker, pace in metrics.pace_per_min.items()},
        "response_latency_s": {
            "median": _seconds(metrics.latency_median_s),
            "p95": _seconds(metrics.latency_p95_s),
        },
    }


def _utterance(item: dict[str, Any], position: int, where: str) -> Utterance:
    place = f"{where}: utterances[{position}]"
    index = item.get("index", position)
    if index != position:
        raise Invalid(
            "{place}.index is {index}, but the utterance stands at position {position}. Number them from 0.",
            place=place,
            index=index,
            position=position,
        )
    start, end = item.get("start_s"), item.get("end_s")
    if (start is None) != (end is None):
        missing = "start_s" if start is None else "end_s"
        raise Invalid(
            "{place} has no {missing}. Give both start_s and end_s, or neither.", place=place, missing=missing
        )
    _refuse_backwards(start, end, place)
    words = tuple(_word(word, f"{place}.words[{at}]") for at, word in enumerate(item.get("words", ())))
    return Utterance(
        index, item["speaker"], item["text"], start, end, item.get("confidence"), words, item.get("language")
    )


def _word(item: dict[str, Any], place: str) -> Word:
    _refuse_backwards(item["start_s"], item["end_s"], place)
    return Word(item["start_s"], item["end_s"], item["text"], item["probability"])


def _refuse_backwards(start: float | None, end: float | None, place: str) -> None:
    if start is not None and end is not None and end < start:
        raise Invalid(
            "{place} ends at {end} s before it starts at {start} s. Put the earlier second first.",
            place=place,
            start=start,
            end=end,
        )


def _language_of(items: list[dict[str, Any]]) -> str:
    """A file that does not say its language is English when it holds Latin letters and no Chinese sign."""
    text = "".join(item["text"] for item in items)
    return "en" if _LATIN.search(text) and not _HAN.search(text) else "zh"


def _engine(item: dict[str, Any] | None) -> EngineInfo | None:
    if item is None:
        return None
    return EngineInfo(item["name"], item["model"], item["model_sha256"], item.get("vocabulary"))


def _metrics(item: dict[str, Any] | None, where: str) -> CallMetrics | None:
    if item is None:
        return None
    interruptions, latency = item.get("interruptions", {}), item.get("response_latency_s", {})
    return CallMetrics(
        holds=_stretches(item, "holds", where),
        silences=_stretches(item, "silences", where),
        overlaps=tuple(Overlap(*overlap) for overlap in _in_order(item, "overlaps", where)),
        talk_s=dict(item.get("talk_s", {})),
        interruptions_by_agent=interruptions.get("by_agent", 0),
        interruptions_by_customer=interruptions.get("by_customer", 0),
        pace_per_min=dict(item.get("pace_per_min", {})),
        latency_median_s=latency.get("median"),
        latency_p95_s=latency.get("p95"),
    )


def _stretches(item: dict[str, Any], key: str, where: str) -> tuple[tuple[float, float], ...]:
    return tuple((start, end) for start, end in _in_order(item, key, where))


def _in_order(item: dict[str, Any], key: str, where: str) -> list[list[Any]]:
    stretches: list[list[Any]] = item.get(key, [])
    for at, stretch in enumerate(stretches):
        _refuse_backwards(stretch[0], stretch[1], f"{where}: metrics.{key}[{at}]")
    return stretches
