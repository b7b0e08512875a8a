"""The judge check: a yes-or-no question to a language model, whose every quote must stand in the transcript.

Parameters: `question` (a text, or {zh, en}); `only_if`, a question asked first, whose no means not applicable;
`speaker`, whose words may prove the answer; `yes_means` met or not_met; `min_confidence`, below which it abstains.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import Invalid
from scorecards.checks import parameters as read
from scorecards.checks.call import Call, Found, abstained, stretch, to_quote, why_unanswerable
from scorecards.checks.judge_prompt import (
    FIRST_LINE,
    SCHEMA,
    SCHEMA_VERSION,
    Excerpt,
    excerpt,
    excerpt_sha256,
    make_prompt,
    prompt_sha256,
)
from scorecards.checks.outside import Judge, Unanswered
from scorecards.model import Absence, Evidence, Finding, Quote, Verdict, Window, Wording
from transcription.files import refuse_misfit
from transcription.model import Side
from transcription.sound import Match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorecards.checks.outside import Prompt, Reply

KEYS = ("question", "only_if", "speaker", "yes_means", "min_confidence")
LONGEST_QUESTION = 400
MOST_REPLIES = 2000  # kept in one process
LEAST_SIGNS = 2  # letters or characters that a quote needs to prove anything
MIN_CONFIDENCE = 0.5

_ASKS_YES_OR_NO = {
    "zh": re.compile(r"是否|有无|有没有|是不是|能否|能不能|可否|会不会|吗|没有[?？]"),
    "en": re.compile(
        r"^(?!(?:how|what|why|which|who|whom|whose|when|where|rate|score)\b)"
        r".*\b(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|must|may)\b",
        re.IGNORECASE,
    ),
}
_WRAPPING = re.compile(r"^\s*(?:<think>.*?</think>)?\s*(?:```(?:json)?\s*(.*?)\s*```|(.*?))\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class JudgeRule:
    """One question, what a yes to it means, and the question that must be answered yes for it to apply."""

    question: Wording
    only_if: Wording | None
    speaker: Side | None
    yes: Verdict
    min_confidence: float


@dataclass(frozen=True, slots=True)
class Said:
    """A usable reply: yes or no, how sure the model says it is, and those of its quotes that hold."""

    is_yes: bool
    confidence: float
    quotes: tuple[Quote, ...]
    refused: int


def parse(given: Mapping[str, object], place: str) -> JudgeRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    meanings = (Verdict.MET.value, Verdict.NOT_MET.value)
    return JudgeRule(
        question=_question(given.get("question"), f"{place}.question"),
        only_if=_question(given["only_if"], f"{place}.only_if") if "only_if" in given else None,
        speaker=read.speaker(given, "speaker", place, Side.AGENT),
        yes=Verdict(read.text(given, "yes_means", place, Verdict.MET.value, meanings)),
        min_confidence=read.share(given, "min_confidence", place, MIN_CONFIDENCE),
    )


def answer(rule: JudgeRule, call: Call, language: str) -> Finding:
    """The finding of one judge check on one call; whatever goes wrong outside is an abstention with its reason."""
    if unanswerable := why_unanswerable(call, rule.speaker, language):
        return unanswerable
    judge = call.outside.judge
    if judge is None:
        return abstained(
            "未设置判定模型的地址（HUITING_JUDGE_URL），请人工评定",
            "no judge endpoint is set (HUITING_JUDGE_URL); answer it yourself",
        )
    if rule.only_if is not None:
        found = _asked(replace(rule, question=rule.only_if, speaker=None, yes=Verdict.MET), judge, call, language)
        if found.verdict is Verdict.NOT_MET:
            return replace(found, verdict=Verdict.NOT_APPLICABLE, evidence=())
        if found.verdict is Verdict.ABSTAINED:
            return found
    return _asked(rule, judge, call, language)


def _asked(rule: JudgeRule, judge: Judge, call: Call, language: str) -> Finding:
    """One question put to the model, and the finding that its reply allows."""
    question = rule.question.in_language(language)
    seen = excerpt(call.transcript, judge.most_characters)
    asked_sha256 = prompt_sha256(question, rule.speaker, language)
    provenance = {"prompt_sha256": asked_sha256, "schema": SCHEMA_VERSION}
    try:
        prompt, reply = _reply(judge, call, question, rule, language, seen)
    except Unanswered as none:
        return replace(abstained(none.reason.zh, none.reason.en), provenance=provenance)
    stated = {"model": reply.model, "system_fingerprint": reply.system_fingerprint}
    provenance |= {key: value for key, value in stated.items() if value}
    if seen.is_cut:
        provenance["read"] = f"{len(seen.shown)} of {len(call.transcript.utterances)} utterances"
    said = _understood(reply.text, prompt.mark, rule, call, seen)
    finding = said if isinstance(said, Finding) else _finding(rule, question, said, call, seen)
    return replace(finding, provenance=provenance)


def _reply(
    judge: Judge, call: Call, question: str, rule: JudgeRule, language: str, seen: Excerpt
) -> tuple[Prompt, Reply]:
    """The reply to this question about these very lines; the same one is not asked twice in a process."""
    key = prompt_sha256(question, rule.speaker, language), excerpt_sha256(seen)
    known = call.outside.replies
    if key not in known:
        prompt = make_prompt(question, rule.speaker, language, seen)
        reply = judge.ask(prompt)
        if len(known) >= MOST_REPLIES:
            known.clear()
        known[key] = prompt, reply
    return known[key]


def _understood(text: str, mark: str, rule: JudgeRule, call: Call, seen: Excerpt) -> Said | Finding:
    """A reply that fits the schema, with its quotes held against the transcript; else why it cannot be used."""
    try:
        given = _loaded(text)
    except (ValueError, RecursionError, Invalid):
        return abstained("判定模型的回答不是约定的 JSON", "the judge's reply is not the JSON that was asked for")
    if mark not in given["mark"]:  # some models copy the word before it too
        return abstained(
            "判定模型没有读到完整的转写稿（上下文长度可能不足）",
            "the judge did not get the whole transcript; its context may be too short",
        )
    if given["answer"] == "cannot_tell":
        return abstained("判定模型认为转写稿无法证明", "the judge finds that the transcript does not prove it")
    quotes = tuple(dict.fromkeys(one for item in given["quotes"] if (one := _verified(item, rule, call, seen))))
    return Said(given["answer"] == "yes", float(given["confidence"]), quotes, len(given["quotes"]) - len(quotes))


def _loaded(text: str) -> Any:  # noqa: ANN401 - any JSON, which then fits the schema
    """The JSON in a reply, bare, fenced, or after a model's thoughts."""
    wrapped = _WRAPPING.match(text)
    bare = next((part for part in wrapped.groups() if part is not None), text) if wrapped else text
    given = json.loads(bare, parse_constant=_refuse_constant)
    refuse_misfit(given, SCHEMA, "reply")
    return given


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _verified(item: Mapping[str, Any], rule: JudgeRule, call: Call, seen: Excerpt) -> Quote | None:
    """A quote as evidence, if its words stand literally in a line that was shown and is of the right side."""
    at, words = int(item["line"]) - FIRST_LINE, item["text"].strip().strip("“”\"'「」")
    if at not in seen.shown or sum(sign.isalnum() for sign in words) < LEAST_SIGNS:
        return None
    utterance = call.transcript.utterances[at]
    start = utterance.text.find(words)
    if start < 0 or (rule.speaker is not None and call.speakers[at] is not rule.speaker):
        return None
    return to_quote(Found(utterance, Match(start, start + len(words), 1.0, "sign"), words, None))


def _finding(rule: JudgeRule, question: str, said: Said, call: Call, seen: Excerpt) -> Finding:
    """Yes rests on quotes; no on quotes, or on nothing having been found in a call that was read from end to end."""
    if said.confidence < rule.min_confidence:
        share = f"{said.confidence:.0%}"
        return abstained(f"判定模型把握不足（{share}）", f"the judge is only {share} sure", confidence=said.confidence)
    opposite = Verdict.NOT_MET if rule.yes is Verdict.MET else Verdict.MET
    verdict, word = (rule.yes, Wording("是", "yes")) if said.is_yes else (opposite, Wording("否", "no"))
    asked = Wording(f"判定模型对“{question}”答“{word.zh}”", f"the judge answered {word.en} to “{question}”")
    if said.quotes:
        dropped = Wording(f"；另有 {said.refused} 处引文核对不符，已舍弃", f"; {said.refused} more quotes do not hold")
        more = dropped if said.refused else Wording()
        words = "；".join(f"“{quote.quote}”" for quote in said.quotes)
        reason = Wording(f"{asked.zh}：{words}{more.zh}", f"{asked.en}: {words}{more.en}")
        return Finding(verdict, said.confidence, reason, said.quotes)
    if said.is_yes or said.refused:
        return abstained(
            f"{asked.zh}，但没有一处引文能在转写稿中逐字核对到",
            f"{asked.en}, but none of its quotes stands in the transcript",
        )
    if seen.is_cut or seen.withheld:
        return abstained(f"{asked.zh}，但没有读到全部通话", f"{asked.en}, but it has not read the whole call")
    gap: Evidence = _whole(call)
    reason = Wording(f"{asked.zh}：通读全部通话未找到", f"{asked.en}: nothing found in the whole call")
    return Finding(verdict, said.confidence, reason, (gap,))


def _whole(call: Call) -> Absence:
    where = stretch(call, Window())
    return Absence(where.start, where.end, where.unit)


def _question(value: object, place: str) -> Wording:
    """A question in one or both languages that yes or no answers."""
    texts = {"zh": value, "en": value} if isinstance(value, str) else value
    if not isinstance(texts, dict) or not texts:
        raise Invalid("{place} is missing. Give a question, or one in zh and one in en.", place=place)
    read.refuse_unknown(texts, ("zh", "en"), place)
    for text in texts.values():
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_QUESTION:
            raise Invalid("{place} is no text of 1 to {most} characters. Shorten it.", place=place,
                          most=LONGEST_QUESTION)  # fmt: skip
        tongue = "zh" if re.search(r"[\u3400-\u9fff]", text) else "en"
        if not _ASKS_YES_OR_NO[tongue].search(text.strip()):
            raise Invalid(
                "{place}: “{question}” cannot be answered with yes or no. Ask whether something was said or done.",
                place=place, question=text,
            )  # fmt: skip
    return Wording(" ".join(texts.get("zh", "").split()), " ".join(texts.get("en", "").split()))
