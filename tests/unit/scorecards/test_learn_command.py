"""`huiting criterion train` and `test` as people run them: no database, exit status 0, 1 or 2, sentences."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from test_learning import made_calls

from qa_app.cli import main

FIGURES = ("coverage", "raw", "kappa", "ac1", "auc")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("HUITING_FOLDER", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        return CliRunner().invoke(main, ["criterion", *map(str, arguments)])

    return call


def written(path, calls, *more):
    lines = [
        {"id": name, "label": label, "utterances": [{"speaker": u.speaker, "text": u.text} for u in call.utterances]}
        for name, label, call in calls
    ]
    text = [json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join([*text, *more]) + "\n", encoding="utf-8")
    return path


def verdicts(path, count=60, seed=1, *more):
    made = made_calls(count, seed)
    return written(
        path, [(f"{seed}-{at}", "met" if good else "not_met", call) for at, (good, call) in enumerate(made)], *more
    )


def numbers(path, count=60, seed=1):
    made = made_calls(count, seed)
    return written(path, [(f"{seed}-{at}", 1.5 if good else -1.0, call) for at, (good, call) in enumerate(made)])


def train(run, labels, *options):
    return run("train", labels, "--out", "model", "--no-vectors", "--quiet", *options)


def test_a_trained_criterion_agrees_on_other_calls_with_every_figure_and_interval(run, tmp_path):
    trained = train(run, verdicts(tmp_path / "train.jsonl"))
    assert trained.exit_code == 0, trained.output
    assert "learned from 60 calls" in trained.stdout
    tested = run("test", "model", verdicts(tmp_path / "test.jsonl", 40, 2), "--format", "json")
    assert tested.exit_code == 0, tested.output
    found = json.loads(tested.stdout)
    assert (found["n"], found["target"]) == (40, "verdict")
    assert found["raw"]["value"] == 1.0
    for figure in FIGURES[:-1]:
        assert found[figure]["low"] <= found[figure]["value"] <= found[figure]["high"]
    assert found["auc"]["value"] == 1.0
    assert found["spearman"] is None
    assert found["model"]["calls"] == 60
    assert not (tmp_path / "data").exists()


def test_numbers_are_tested_by_rank_error_and_the_area_of_lying_below(run, tmp_path):
    assert train(run, numbers(tmp_path / "train.jsonl"), "--target", "number").exit_code == 0
    tested = run("test", "model", numbers(tmp_path / "test.jsonl", 40, 2), "--format", "json", "--below", "0")
    found = json.loads(tested.stdout)
    assert found["spearman"]["value"] > 0.8
    assert found["mae"]["low"] <= found["mae"]["value"] <= found["mae"]["high"]
    assert found["auc"]["value"] == 1.0
    assert (found["below"], found["kappa"]) == (0.0, None)
    assert found["prevalence"]["below 0"]["value"] == 0.5


def test_the_table_shows_the_figures_together(run, tmp_path):
    train(run, verdicts(tmp_path / "train.jsonl"))
    shown = run("test", "model", verdicts(tmp_path / "test.jsonl", 40, 2)).stdout
    for words in ("n (judged by people)", "prevalence: met", "coverage", "raw", "kappa", "AC1", "AUC", "95 % interval"):
        assert words in shown


def test_each_calls_answer_can_be_written_beside(run, tmp_path):
    train(run, numbers(tmp_path / "train.jsonl"))
    done = run("test", "model", numbers(tmp_path / "test.jsonl", 4, 2), "--answers", "answers.jsonl")
    assert done.exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["2-0", "2-1", "2-2", "2-3"]
    assert all(line["interval_90"][0] <= line["answer"] <= line["interval_90"][1] for line in lines)


def test_a_bad_line_is_named_the_rest_is_learned_and_the_status_is_1(run, tmp_path):
    done = train(run, verdicts(tmp_path / "train.jsonl", 60, 1, "{", '{"id": "x", "utterances": [], "label": "met"}'))
    assert done.exit_code == 1
    assert "left out: train.jsonl line 61: This is not JSON" in done.stderr
    assert "left out: train.jsonl line 62: Nobody says anything" in done.stderr
    assert "learned from 60 calls" in done.stdout
    tested = run("test", "model", verdicts(tmp_path / "test.jsonl", 30, 2, "{"), "--format", "json")
    assert tested.exit_code == 1
    assert json.loads(tested.stdout)["left_out"][0]["line"] == 31


@pytest.mark.parametrize(
    ("count", "options", "sentence"),
    [
        (10, (), "10 judged calls are too few"),
        (60, ("--target", "number"), "holds no judged call that can be used"),
        (1, (), "1 judged calls are too few"),
    ],
)
def test_what_cannot_be_learned_ends_with_a_sentence_and_no_model(run, tmp_path, count, options, sentence):
    done = train(run, verdicts(tmp_path / "train.jsonl", count), *options)
    assert done.exit_code == 1
    assert sentence in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.output
    assert not (tmp_path / "model").exists()


def test_one_label_only_ends_with_a_sentence(run, tmp_path):
    done = train(
        run, written(tmp_path / "l.jsonl", [(str(at), 3, call) for at, (_, call) in enumerate(made_calls(30))])
    )
    assert done.exit_code == 1
    assert "nothing to tell apart" in done.stderr.replace("\n", " ")


def test_a_folder_with_other_things_is_left_alone(run, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "letters.txt").write_text("mine", encoding="utf-8")
    done = train(run, verdicts(tmp_path / "train.jsonl"))
    assert done.exit_code == 1
    assert "other things than a model" in done.stderr
    assert [one.name for one in (tmp_path / "model").iterdir()] == ["letters.txt"]


def test_a_place_that_cannot_be_written_ends_with_a_sentence(run, tmp_path):
    labels = verdicts(tmp_path / "train.jsonl")
    done = run("train", labels, "--out", "train.jsonl/model", "--no-vectors", "--quiet")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr.replace("\n", " ")
    train(run, labels)
    done = run("test", "model", labels, "--answers", "train.jsonl/answers")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr.replace("\n", " ")


def test_wrong_usage_is_status_2(run, tmp_path):
    labels = verdicts(tmp_path / "train.jsonl")
    assert run("train", labels).exit_code == 2
    assert run("train", tmp_path / "none.jsonl", "--out", "model").exit_code == 2
    assert train(run, labels, "--risk", "0").exit_code == 2
    assert train(run, labels, "--target", "judge").exit_code == 2


def test_labels_of_the_other_kind_and_a_missing_model_end_with_a_sentence(run, tmp_path):
    train(run, verdicts(tmp_path / "train.jsonl"))
    done = run("test", "model", numbers(tmp_path / "test.jsonl"))
    assert done.exit_code == 1
    assert "Give one of met, partly_met, not_met, not_applicable" in done.stderr.replace("\n", " ")
    missing = run("test", "nowhere", numbers(tmp_path / "test.jsonl"))
    assert missing.exit_code == 1
    assert "holds no learned model" in missing.stderr.replace("\n", " ")


def test_calls_of_another_language_are_abstained_from_and_said_so(run, tmp_path):
    train(run, verdicts(tmp_path / "train.jsonl"))
    said = [{"speaker": "customer", "text": "it works now, thank you"}]
    english = [json.dumps({"id": str(at), "utterances": said, "label": "met"}) for at in range(3)]
    done = run("test", "model", written(tmp_path / "test.jsonl", [], *english), "--format", "json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["n"], found["answered"], found["kappa"], found["raw"]) == (3, 0, None, None)
    assert "another language" in found["remarks"][0]


def test_labels_by_lot_teach_a_model_that_always_abstains_and_says_so(run, tmp_path):
    made = [(str(at), "met" if at % 3 else "not_met", call) for at, (_, call) in enumerate(made_calls(60))]
    done = train(run, written(tmp_path / "train.jsonl", made))
    assert done.exit_code == 0
    assert "it abstains always" in done.stderr
