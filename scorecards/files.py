"""Evaluation <-> score file: the JSON of `huiting score`."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from scorecards.model import Absence, Answer, Evaluation, Evidence, NearestMiss, Quote, Signal, Span, Verdict, Wording
from transcription.files import refuse_misfit

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS_DECIMALS = 3
SHARE_DECIMALS = 4


def evaluation_to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The score file's JSON: seconds and points to 3 decimals, confidences to 4."""
    grade = evaluation.grade
    return {
        "scorecard": evaluation.scorecard,
        "version": evaluation.version,
        "score_pct": evaluation.score_pct,
        "passed": evaluation.passed,
        "critical_failures": list(evaluation.critical_failures),
        "answers": [_answer_to_dict(answer) for answer in evaluation.answers],
        "signals": signals_to_list(evaluation.signals),
        "section_pct": dict(evaluation.section_pct),
        "grade": grade and {"zh": grade.zh, "en": grade.en},
        **({"error_free": dict(evaluation.error_free)} if evaluation.error_free else {}),
    }


def evaluation_from_dict(document: object, name: str = "") -> Evaluation:
    """The evaluation in a score file's JSON; Invalid names the file, the place and the value when it does not fit."""
    refuse_misfit(document, score_schema(), name or "score")
    assert isinstance(document, dict)  # noqa: S101 - the schema has just said so
    grade = document.get("grade")
    return Evaluation(
        scorecard=document["scorecard"],
        version=document["version"],
        score_pct=document["score_pct"],
        passed=document["passed"],
        critical_failures=tuple(document["critical_failures"]),
        answers=tuple(_answer(item) for item in document["answers"]),
        signals=signals_from_list(document["signals"]),
        section_pct=dict(document.get("section_pct", {})),
        grade=Wording(grade["zh"], grade["en"]) if grade else None,
        error_free=dict(document.get("error_free", {})),
    )


@cache
def score_schema() -> dict[str, Any]:
    """The JSON Schema of the score file."""
    text = resources.files("scorecards").joinpath("schemas/score.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def evidence_schema() -> dict[str, Any]:
    """The JSON Schema of one answer's list of evidence."""
    schema: dict[str, Any] = score_schema()["properties"]["answers"]["items"]["properties"]["evidence"]
    return schema


def evidence_to_dict(item: Evidence) -> dict[str, Any]:
    """One piece of evidence with its kind; a quote without times leaves its seconds out."""
    if isinstance(item, Quote):
        written: dict[str, Any] = {"kind": "quote", "utterance": item.utterance, "quote": item.quote}
        if item.start_s is not None:
            written["start_s"] = round(item.start_s, SECONDS_DECIMALS)
        if item.end_s is not None:
            written["end_s"] = round(item.end_s, SECONDS_DECIMALS)
        return written
    if isinstance(item, Span):
        return {
            "kind": "span",
            "start_s": round(item.start_s, SECONDS_DECIMALS),
            "end_s": round(item.end_s, SECONDS_DECIMALS),
            "measure": item.measure,
            "value": round(item.value, SECONDS_DECIMALS),
            "limit": item.limit,
        }
    window = {
        "from": round(item.start, SECONDS_DECIMALS),
        "to": round(item.end, SECONDS_DECIMALS),
        "unit": item.unit,
    }
    return {"kind": "absence", "window": window, "nearest_miss": _nearest_to_dict(item.nearest)}


def evidence_from_dict(item: dict[str, Any]) -> Evidence:
    """One piece of evidence from its JSON, which has passed the schema."""
    if item["kind"] == "quote":
        return Quote(item["utterance"], item["quote"], item.get("start_s"), item.get("end_s"))
    if item["kind"] == "span":
        return Span(item["start_s"], item["end_s"], item["measure"], item["value"], item["limit"])
    window, near = item["window"], item["nearest_miss"]
    nearest = near and NearestMiss(near["utterance"], near["text"], near["phrase"], near["similarity"])
    return Absence(window["from"], window["to"], window["unit"], nearest)


def signals_to_list(signals: Iterable[Signal]) -> list[dict[str, Any]]:
    """The signals of one call as the score file has them."""
    return [_signal_to_dict(signal) for signal in signals]


def signals_from_list(items: Iterable[dict[str, Any]]) -> tuple[Signal, ...]:
    """Signals from their JSON, which has passed the schema."""
    return tuple(_signal(item) for item in items)


def _nearest_to_dict(nearest: NearestMiss | None) -> dict[str, Any] | None:
    if nearest is None:
        return None
    return {
        "utterance": nearest.utterance,
        "text": nearest.text,
        "phrase": nearest.phrase,
        "similarity": round(nearest.similarity, SHARE_DECIMALS),
    }


def _answer_to_dict(answer: Answer) -> dict[str, Any]:
    written: dict[str, Any] = {
        "criterion": answer.criterion,
        "section": answer.section,
        "verdict": answer.verdict.value,
        "points": round(answer.points, SECONDS_DECIMALS),
        "possible": round(answer.possible, SECONDS_DECIMALS),
        "confidence": None if answer.confidence is None else round(answer.confidence, SHARE_DECIMALS),
        "reason": answer.reason,
        "check": answer.check,
        "evidence": [evidence_to_dict(item) for item in answer.evidence],
    }
    if answer.comment:
        written["comment"] = answer.comment
    if answer.root_cause:
        written["root_cause"] = answer.root_cause
    if answer.occurrences != 1:
        written["occurrences"] = answer.occurrences
    if answer.provenance:
        written["provenance"] = dict(answer.provenance)
    return written


def _answer(item: dict[str, Any]) -> Answer:
    return Answer(
        criterion=item["criterion"],
        section=item["section"],
        verdict=Verdict(item["verdict"]),
        points=item["points"],
        possible=item["possible"],
        confidence=item["confidence"],
        reason=item["reason"],
        check=item["check"],
        evidence=tuple(evidence_from_dict(piece) for piece in item["evidence"]),
        comment=item.get("comment", ""),
        occurrences=item.get("occurrences", 1),
        provenance=dict(item.get("provenance", {})),
        root_cause=item.get("root_cause", ""),
    )


def _signal_to_dict(signal: Signal) -> dict[str, Any]:
    written: dict[str, Any] = {
        "signal": signal.signal,
        "present": signal.present,
        "confidence": round(signal.confidence, SHARE_DECIMALS),
        "evidence": [evidence_to_dict(item) for item in signal.evidence],
        "reason": signal.reason,
    }
    if signal.provenance:
        written["provenance"] = dict(signal.provenance)
    return written


def _signal(item: dict[str, Any]) -> Signal:
    evidence = tuple(evidence_from_dict(piece) for piece in item["evidence"])
    return Signal(
        item["signal"],
        item["present"],
        item["confidence"],
        evidence,
        item.get("reason", ""),
        dict(item.get("provenance", {})),
    )
