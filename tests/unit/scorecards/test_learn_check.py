"""The learned check in a scorecard: looked up by name, evidence that stands in the call, abstentions with reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_learning import conversation, examples

from qa_app.core.errors import Invalid
from scorecards.card_file import card_from_yaml, card_to_yaml
from scorecards.checks.call import prepare_call
from scorecards.checks.outside import Outside
from scorecards.checks.registry import answer_call, check_spec
from scorecards.evidence import check_evidence
from scorecards.model import CheckSpec, Verdict
from scorecards.score_file import score_transcript
from scorecards.shelf import Shelf
from transcription.model import Transcript
from transcription.model_folder import HEADER, write_model
from transcription.text_model import Target
from transcription.training import learn

SOLVED = ("宽带断了两天", "请重启设备再试", "可以用了，非常感谢")
UNSOLVED = ("宽带断了两天", "请重启设备再试", "还是不行，我要投诉")
ORIGIN = {"labels_sha256": "ab" * 32, "calls": 80}


@pytest.fixture(scope="module")
def criteria(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "criteria"
    verdicts = learn(examples(80), Target.VERDICT, risk=0.1).model
    numbers = learn(examples(80, number=True), Target.NUMBER, risk=0.1).model
    unsure = replace(verdicts, threshold=2.0)
    for name, model in (("solved", verdicts), ("satisfaction", numbers), ("unsure", unsure)):
        write_model(folder / name, replace(model, origin=ORIGIN))
    (folder / "damaged").mkdir()
    (folder / "damaged" / HEADER).write_text("{", encoding="utf-8")
    (folder / "damaged" / "weights.npz").write_bytes(b"")
    return folder


def ask(criteria, said, *, paths=(), **parameters):
    call = conversation(*said)
    transcript = Transcript(call.utterances)
    outside = Outside(criteria=Shelf(criteria, paths))
    found = answer_call(CheckSpec("learned", parameters), prepare_call(transcript, outside), "zh")
    check_evidence(found, transcript)
    return found


def test_a_verdict_comes_with_what_moved_it_and_with_where_it_comes_from(criteria):
    for said, verdict in ((SOLVED, Verdict.MET), (UNSOLVED, Verdict.NOT_MET)):
        found = ask(criteria, said, model="solved")
        assert found.verdict is verdict
        assert found.evidence[-1].quote == said[2]
        assert found.provenance["model"] == "solved"
        assert found.provenance["labels_sha256"] == "ab" * 32
        assert len(found.provenance["model_sha256"]) == 64
        assert "80 通" in found.reason.zh
        assert "80 calls" in found.reason.en


def test_numbers_become_verdicts_at_the_limits_of_the_card(criteria):
    assert ask(criteria, SOLVED, model="satisfaction", met_from=0.0).verdict is Verdict.MET
    unsolved = ask(criteria, UNSOLVED, model="satisfaction", met_from=0.0)
    assert unsolved.verdict is Verdict.NOT_MET
    assert unsolved.evidence[-1].quote == UNSOLVED[2]
    assert ask(criteria, SOLVED, model="satisfaction", met_from=9.0, partly_from=0.0).verdict is Verdict.PARTLY_MET


def test_an_answer_below_the_least_probability_is_left_to_people_with_its_leaning(criteria):
    found = ask(criteria, SOLVED, model="solved", min_probability=1.0)
    assert found.verdict is Verdict.ABSTAINED
    assert "把握不足" in found.reason.zh
    assert found.evidence
    assert ask(criteria, SOLVED, model="unsure").verdict is Verdict.ABSTAINED
    assert ask(criteria, SOLVED, model="unsure", min_probability=0.5).verdict is Verdict.MET


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"model": "missing"}, "there is no learned model “missing”"),
        ({"model": "damaged"}, "cannot be used"),
        ({"model": "../criteria/solved"}, "there is no learned model"),
        ({"model": "/etc"}, "there is no learned model"),
        ({"model": "Solved"}, "there is no learned model"),
        ({"model": "a" * 300}, "there is no learned model"),
        ({"model": "solved", "met_from": 1}, "gives verdicts"),
        ({"model": "satisfaction"}, "met_from is missing"),
    ],
)
def test_what_cannot_be_asked_is_an_abstention_with_its_reason(criteria, parameters, reason):
    found = ask(criteria, SOLVED, **parameters)
    assert found.verdict is Verdict.ABSTAINED
    assert reason in found.reason.en


def test_a_path_leads_somewhere_only_where_the_shelf_was_given_folders_to_start_from(criteria):
    assert ask(criteria / "none", SOLVED, model="solved").verdict is Verdict.ABSTAINED
    assert ask(criteria / "none", SOLVED, paths=(criteria.parent,), model="criteria/solved").verdict is Verdict.MET
    assert ask(criteria / "none", SOLVED, paths=(criteria,), model=str(criteria / "solved")).verdict is Verdict.MET


def test_silence_another_language_and_no_shelf_at_all_abstain(criteria):
    assert "empty" in ask(criteria, ("",), model="solved").reason.en
    assert "another language" in ask(criteria, ("hello", "hi", "it works"), model="solved").reason.en
    call = prepare_call(Transcript(conversation(*SOLVED).utterances))
    assert answer_call(CheckSpec("learned", {"model": "solved"}), call, "zh").verdict is Verdict.ABSTAINED


def test_vectors_that_are_missing_or_others_abstain(criteria, tmp_path, monkeypatch):
    from transcription import vectors

    class Three:
        sha256 = "3" * 64

        def encode(self, texts):
            import numpy as np

            return np.ones((len(texts), 512), np.float32) / np.sqrt(np.float32(512))

    with_vectors = learn(examples(40), Target.VERDICT, risk=0.3, encoder=None).model
    space = replace(with_vectors.space, dimensions=512)
    import numpy as np

    wider = np.hstack([with_vectors.linear.coefficients, np.zeros((1, 3 * 512), np.float32)])
    model = replace(
        with_vectors, space=space, linear=replace(with_vectors.linear, coefficients=wider), encoder_sha256="3" * 64
    )
    write_model(tmp_path / "solved", model)
    monkeypatch.setattr(vectors, "encoder", lambda: None)
    assert "vectors" in ask(tmp_path, SOLVED, model="solved").reason.en
    other = Three()
    other.sha256 = "4" * 64
    monkeypatch.setattr(vectors, "encoder", lambda: other)
    assert "not those it learned with" in ask(tmp_path, SOLVED, model="solved").reason.en
    monkeypatch.setattr(vectors, "encoder", Three)
    found = ask(tmp_path, SOLVED, model="solved", min_probability=0.5)
    assert found.verdict is Verdict.MET
    assert found.provenance["encoder_sha256"] == "3" * 64


@pytest.mark.parametrize(
    "parameters",
    [{}, {"model": ""}, {"model": 3}, {"model": "a", "else": 1}, {"model": "a", "met_from": "x"},
     {"model": "a", "partly_from": 1}, {"model": "a", "met_from": 1, "partly_from": 1}, {"model": "a\0b"},
     {"model": "a", "min_probability": 2}],
)  # fmt: skip
def test_parameters_that_do_not_fit_are_refused(parameters):
    with pytest.raises(Invalid):
        check_spec(CheckSpec("learned", parameters), "criterion")


CARD = """
name: learned-card
version: 1
language: zh
title: {zh: 学习, en: learned}
method: weights
pass_pct: 60
sections:
  - id: solution
    title: {zh: 解决, en: solution}
    criteria:
      - id: resolved
        title: {zh: 解决, en: solved}
        points: 10
        check: {kind: learned, model: solved}
signals:
  - id: dissatisfied
    title: {zh: 不满, en: dissatisfied}
    check: {kind: learned, model: satisfaction, met_from: 0.0}
"""


def test_a_card_with_learned_criteria_and_signals_scores_a_call(criteria):
    card = card_from_yaml(CARD)
    assert "model: solved" in card_to_yaml(card)
    found = score_transcript(card, Transcript(conversation(*SOLVED).utterances), Outside(criteria=Shelf(criteria)))
    assert found.score_pct == 100
    assert found.answers[0].check == "learned"
    assert found.answers[0].provenance["calls"] == "80"
    assert found.signals[0].present
    assert found.signals[0].provenance["model"] == "satisfaction"
