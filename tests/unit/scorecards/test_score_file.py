from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.card_file import load_card
from scorecards.files import evaluation_from_dict, evaluation_to_dict, evidence_to_dict, score_schema
from scorecards.model import (
    Absence,
    Answer,
    Evaluation,
    NearestMiss,
    Quote,
    Signal,
    Span,
    Verdict,
    Wording,
)
from scorecards.score_file import score_transcript
from transcription.files import read_transcript
from transcription.model import Transcript, Utterance

GOLDEN = Path(__file__).parents[2] / "golden" / "scores"
CALLS = {"good_zh": "telecom-complaint-zh", "bad_zh": "telecom-complaint-zh", "good_en": "telecom-complaint-en"}


def score(name):
    text = (GOLDEN / f"{name}.transcript.json").read_text(encoding="utf-8")
    return score_transcript(load_card(CALLS[name]), read_transcript(text, name))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_scores_as_it_did(name):
    written = evaluation_to_dict(score(name))
    jsonschema.validate(written, score_schema())
    golden = json.loads((GOLDEN / f"{name}.score.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(written)) == golden


def verdicts(evaluation):
    return {answer.criterion: answer.verdict.value for answer in evaluation.answers if answer.check}


def test_a_good_call_meets_everything_though_the_recogniser_wrote_homophones():
    result = score("good_zh")
    assert set(verdicts(result).values()) == {"met"}
    assert (result.score_pct, result.passed) == (100.0, True)
    quotes = {
        answer.criterion: [item.quote for item in answer.evidence if isinstance(item, Quote)]
        for answer in result.answers
    }
    assert "宫号" in quotes["greeting"]
    signals = {signal.signal: signal.present for signal in result.signals}
    assert signals == {"customer_upset": True, "escalation_threat": False, "customer_worsening": False}


def test_a_bad_call_fails_with_its_offences_quoted():
    result = score("bad_zh")
    found = verdicts(result)
    assert [name for name in found if found[name] == "met"] == []
    assert found["courtesy"] == found["solution"] == found["resolved"] == "not_met"
    assert found["hold_manners"] == "not_applicable"
    courtesy = next(answer for answer in result.answers if answer.criterion == "courtesy")
    assert [item.quote for item in courtesy.evidence] == ["不归我管", "你去投诉吧", "这是规定"]
    assert (result.score_pct, result.passed) == (0.0, False)
    present = {signal.signal: signal.present for signal in result.signals}
    assert present["customer_upset"]
    assert present["escalation_threat"]


def test_an_english_call_is_scored_by_the_english_card_and_left_open_by_the_other():
    assert set(verdicts(score("good_en")).values()) == {"met"}
    text = (GOLDEN / "good_en.transcript.json").read_text(encoding="utf-8")
    foreign = score_transcript(load_card("telecom-complaint-zh"), read_transcript(text))
    assert set(verdicts(foreign).values()) == {"abstained"}
    assert (foreign.score_pct, foreign.passed) == (None, None)
    assert {signal.present for signal in foreign.signals} == {False}


def test_reasons_are_in_the_cards_language():
    reasons = {name: [answer.reason for answer in score(name).answers] for name in CALLS}
    assert "仅人工评定" in reasons["good_zh"]
    assert "people only" in reasons["good_en"]
    assert all(not reason.isascii() for reason in reasons["bad_zh"])


def test_every_kind_of_evidence_is_written_as_the_contract_says():
    assert evidence_to_dict(Quote(3, "您好")) == {"kind": "quote", "utterance": 3, "quote": "您好"}
    assert evidence_to_dict(Quote(3, "您好", 0.51999, 3.1)) == {
        "kind": "quote",
        "utterance": 3,
        "quote": "您好",
        "start_s": 0.52,
        "end_s": 3.1,
    }
    assert evidence_to_dict(Absence(0, 30, "s", NearestMiss(2, "不归", "不归我管", 0.56789))) == {
        "kind": "absence",
        "window": {"from": 0, "to": 30, "unit": "s"},
        "nearest_miss": {"utterance": 2, "text": "不归", "phrase": "不归我管", "similarity": 0.5679},
    }
    assert evidence_to_dict(Absence(0, 3, "turns"))["nearest_miss"] is None
    assert evidence_to_dict(Span(1, 2.00049, "hold_s", 45, 30)) == {
        "kind": "span",
        "start_s": 1,
        "end_s": 2.0,
        "measure": "hold_s",
        "value": 45,
        "limit": 30,
    }


def test_what_was_written_reads_back_the_same():
    made = Evaluation(
        scorecard="made",
        version=3,
        score_pct=86.5,
        passed=None,
        critical_failures=("rude",),
        answers=(
            Answer("a", "s", Verdict.MET, 5, 5, 0.94, "因", "phrases", (Quote(0, "您好", 0.5, 1.0),), "评", 2),
            Answer("b", "s", Verdict.ABSTAINED),
        ),
        signals=(Signal("upset", True, 0.8, (Absence(0, 1, "s"), Span(0, 1, "holds", 1, 2)), "因"),),
        section_pct={"s": 100.0, "t": None},
        grade=Wording("优", "excellent"),
    )
    assert evaluation_from_dict(json.loads(json.dumps(evaluation_to_dict(made)))) == made


def test_a_score_file_that_does_not_fit_is_refused_with_its_place():
    written = evaluation_to_dict(score("bad_zh"))
    written["answers"][0]["evidence"] = []
    with pytest.raises(Invalid, match=r"score.json: answers\[0\].evidence: \[\]"):
        evaluation_from_dict(written, "score.json")


sentences = st.sampled_from(
    [
        "您好工号一二三",
        "我要投诉",
        "非常抱歉给您添麻烦了",
        "稍等",
        "让您久等了",
        "24小时内给您回电",
        "好的谢谢",
        "嗯",
        "",
        "hello",
        "不归我管",
        "……",
    ]
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["agent", "customer", "ivr", "unknown"]), sentences), max_size=10),
    st.none() | st.floats(0, 1),
)
def test_any_call_gives_a_valid_score_file(lines, confidence):
    utterances = tuple(Utterance(at, who, text, confidence=confidence) for at, (who, text) in enumerate(lines))
    written = evaluation_to_dict(score_transcript(load_card("telecom-complaint-zh"), Transcript(utterances)))
    jsonschema.validate(written, score_schema())
    assert evaluation_to_dict(evaluation_from_dict(written)) == written
