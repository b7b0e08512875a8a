"""The learned check: a model of the centre's own answers, which abstains where it is not sure enough.

Parameters: `model`, its name; `min_probability`, below which it abstains (default: what its training found, 0.8 for
numbers). A model of numbers also needs `met_from` and may have `partly_from`: from which number up people are taken to
say met and partly met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.checks import parameters as read
from scorecards.checks.call import abstained
from scorecards.checks.outside import Unanswered
from scorecards.model import Finding, Quote, Verdict, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorecards.checks.call import Call
    from transcription.text_model import Judgement, TextModel
    from transcription.vectors import Encoder

KEYS = ("model", "met_from", "partly_from", "min_probability")
MIN_PROBABILITY = 0.8
LONGEST_NAME = 300
LARGEST = 1e9

VERDICTS = {
    Verdict.MET: Wording("符合", "met"),
    Verdict.PARTLY_MET: Wording("部分符合", "partly met"),
    Verdict.NOT_MET: Wording("不符合", "not met"),
    Verdict.NOT_APPLICABLE: Wording("不适用", "not applicable"),
}


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """Which model is asked, how sure it must be, and how its number becomes a verdict."""

    model: str
    met_from: float | None
    partly_from: float | None
    min_probability: float | None


@dataclass(frozen=True, slots=True)
class Leaning:
    """The likeliest verdict, how likely it is, and whether the model itself abstains."""

    verdict: Verdict
    probability: float
    is_sure: bool
    number: float | None = None


def parse(given: Mapping[str, object], place: str) -> LearnedRule:
    """The rule in a scorecard file; Invalid names what does not fit and where."""
    read.refuse_unknown(given, KEYS, place)
    name = given.get("model")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or "\0" in name:
        raise Invalid("{place}.model is missing. Name a learned model.", place=place)
    met_from = read.number(given, "met_from", place, None, -LARGEST, LARGEST)
    partly_from = read.number(given, "partly_from", place, None, -LARGEST, LARGEST)
    if partly_from is not None and (met_from is None or partly_from >= met_from):
        raise Invalid("{place}.partly_from must lie below met_from. Give both, the lower one first.", place=place)
    return LearnedRule(name, met_from, partly_from, read.number(given, "min_probability", place, None, 0, 1))


def answer(rule: LearnedRule, call: Call, language: str) -> Finding:  # noqa: ARG001 - the model knows its own language
    """The finding of one learned check on one call; whatever is missing is an abstention with its reason."""
    if call.outside.criteria is None:
        return abstained("未设置学习模型的文件夹，请人工评定", "no folder of learned models is set")
    try:
        model = call.outside.criteria.find(rule.model)
        encoder = _encoder_of(model)
        leaning = _leaning(rule, model, call, encoder)
    except Unanswered as unanswered:
        return abstained(f"{unanswered.reason.zh}，请人工评定", unanswered.reason.en)
    least = rule.min_probability
    if least is None and leaning.number is not None:
        least = MIN_PROBABILITY
    sure = leaning.is_sure if least is None else leaning.probability >= least
    evidence = () if leaning.verdict is Verdict.NOT_APPLICABLE else _quotes(model, call, leaning, encoder)
    if not sure:
        reason = _reason(rule, model, leaning, "把握不足，倾向", "not sure enough, leaning to ")
        return Finding(Verdict.ABSTAINED, leaning.probability, reason, evidence, provenance=_provenance(rule, model))
    reason = _reason(rule, model, leaning, "判为", "")
    return Finding(leaning.verdict, leaning.probability, reason, evidence, provenance=_provenance(rule, model))


def _leaning(rule: LearnedRule, model: TextModel, call: Call, encoder: Encoder | None) -> Leaning:
    from scorecards.learning import conversation
    from transcription.text_model import Target, Unsaid, judge

    said = judge(model, [conversation(call.transcript)], encoder)[0]
    if said.unsaid is Unsaid.NOTHING_SAID:
        raise Unanswered(Wording("转写稿为空", "the transcript is empty"))
    if said.unsaid is Unsaid.OTHER_LANGUAGE:
        raise Unanswered(Wording("模型没有学过该语言的通话", "the model learned from calls in another language"))
    if model.target is Target.NUMBER:
        return _of_number(rule, model, said)
    if rule.met_from is not None or said.best not in {one.value for one in VERDICTS}:
        raise Unanswered(
            Wording("模型给出的是判定，不用 met_from", "the model gives verdicts and does not fit met_from")
        )
    return Leaning(Verdict(said.best), said.confidence, said.unsaid is None)


def _of_number(rule: LearnedRule, model: TextModel, said: Judgement) -> Leaning:
    """The verdict that people most likely give, by how far they were from the model's numbers before."""
    from transcription.text_model import share_at_least

    if rule.met_from is None or said.number is None:
        raise Unanswered(Wording("模型给出的是分数，缺 met_from", "the model gives numbers and met_from is missing"))
    met = share_at_least(model, said.number, rule.met_from)
    at_least_partly = met if rule.partly_from is None else share_at_least(model, said.number, rule.partly_from)
    likely = {
        Verdict.MET: met,
        Verdict.PARTLY_MET: at_least_partly - met,
        Verdict.NOT_MET: 1 - at_least_partly,
    }
    best = max(likely, key=lambda verdict: likely[verdict])
    return Leaning(best, likely[best], is_sure=False, number=said.number)


def _encoder_of(model: TextModel) -> Encoder | None:
    """The encoder that the model was trained with; Unanswered where it is missing or another one."""
    if not model.space.dimensions:
        return None
    from transcription.vectors import encoder

    found = encoder()
    if found is None:
        raise Unanswered(
            Wording("模型需要句向量（附加组件 vectors）", "the model needs sentence vectors (the extra vectors)")
        )
    if found.sha256 != model.encoder_sha256:
        raise Unanswered(Wording("句向量模型已更换", "the sentence vectors are not those it learned with"))
    return found


def _quotes(model: TextModel, call: Call, leaning: Leaning, encoder: Encoder | None) -> tuple[Quote, ...]:
    """The utterances that moved the answer, as they stand in the transcript, in order of time."""
    from scorecards.learning import moving_utterances

    sign = -1.0 if leaning.number is not None and leaning.verdict is Verdict.NOT_MET else 1.0
    moved = moving_utterances(model, call.transcript, leaning.verdict.value, sign=sign, encoder=encoder)
    spoken = [call.transcript.utterances[index] for index in sorted(moved)]
    return tuple(Quote(one.index, one.text.strip(), one.start_s, one.end_s) for one in spoken)


def _reason(rule: LearnedRule, model: TextModel, leaning: Leaning, zh: str, en: str) -> Wording:
    verdict, calls = VERDICTS[leaning.verdict], model.origin.get("calls", "?")
    number = "" if leaning.number is None else f" {leaning.number:.2f}"
    return Wording(
        f"学习模型“{rule.model}”{number}：{zh}{verdict.zh}，概率 {leaning.probability:.2f}"
        f"（学自 {calls} 通人工评定的通话）",
        f"learned model “{rule.model}”{number}: {en}{verdict.en}, probability {leaning.probability:.2f} "
        f"(learned from {calls} calls judged by people)",
    )


def _provenance(rule: LearnedRule, model: TextModel) -> dict[str, str]:
    from transcription.model_folder import VERSION

    known = {
        "model": rule.model,
        "model_sha256": model.sha256,
        "labels_sha256": str(model.origin.get("labels_sha256", "")),
        "calls": str(model.origin.get("calls", "")),
        "format_version": str(VERSION),
        "encoder_sha256": model.encoder_sha256,
    }
    return {key: value for key, value in known.items() if value}
