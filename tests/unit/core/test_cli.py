import json

import pytest
import yaml
from click.testing import CliRunner

from qa_app.cli import main

GREETED = {
    "utterances": [
        {"speaker": "agent", "text": "您好，欢迎致电回听通信，工号八零二五，很高兴为您服务。"},
        {"speaker": "customer", "text": "我的宽带断了两天，我要投诉到工信部！"},
    ]
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("HUITING_FOLDER", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments, **more):
        return CliRunner().invoke(main, list(map(str, arguments)), **more)

    return call


def written(tmp_path, document):
    path = tmp_path / "call.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_hand_made_transcript_is_scored_with_quotes_and_without_a_database(run, tmp_path):
    done = run("score", written(tmp_path, GREETED), "--scorecard", "telecom-complaint-zh", "--format", "json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    greeting = next(answer for answer in found["answers"] if answer["criterion"] == "greeting")
    assert greeting["verdict"] == "met"
    assert all(item["quote"] in GREETED["utterances"][0]["text"] for item in greeting["evidence"])
    threat = next(signal for signal in found["signals"] if signal["signal"] == "escalation_threat")
    assert threat["present"]
    assert not (tmp_path / "data").exists()


def test_the_table_shows_every_criterion(run, tmp_path):
    done = run("score", written(tmp_path, GREETED), "--scorecard", "telecom-complaint-zh")
    assert done.exit_code == 0
    assert "业务准确性" in done.stdout.replace("\n", "")


@pytest.mark.parametrize(("document", "sentence"), [
    ({"utterances": [{"speaker": "bob", "text": "hi"}]}, "bob"),
    ({"utterances": [{"speaker": "agent"}]}, "text"),
    ({}, "utterances"),
])  # fmt: skip
def test_a_bad_transcript_ends_with_a_sentence_that_names_the_place(run, tmp_path, document, sentence):
    done = run("score", written(tmp_path, document), "--scorecard", "telecom-complaint-zh")
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.output


def test_an_unknown_scorecard_names_those_that_ship(run, tmp_path):
    done = run("score", written(tmp_path, GREETED), "--scorecard", "nope")
    assert done.exit_code == 1
    assert "telecom-complaint-en" in done.stderr


@pytest.mark.parametrize("arguments", [
    ("transcribe",), ("transcribe", "a.wav", "b.wav"), ("transcribe", "x/a.wav", "y/a.wav", "--out", "o"),
    ("score", "absent.json", "--scorecard", "x"), ("nonsense",), ("user", "add", "x", "--role", "king"),
    ("import",),
])  # fmt: skip
def test_wrong_usage_ends_with_status_2(run, arguments):
    assert run(*arguments).exit_code == 2


def test_a_person_is_added_listed_and_disabled(run):
    added = run("user", "add", "boss", "--role", "admin", "--role", "monitor", "--password", "correct horse battery")
    assert (added.exit_code, added.stdout) == (0, "boss was added\n")
    assert run("user", "add", "deputy", "--role", "admin", "--password", "correct horse battery").exit_code == 0
    assert "boss\tboss\tadmin,monitor\tactive" in run("user", "list").stdout
    assert run("user", "disable", "boss").exit_code == 0
    assert "boss\tboss\tadmin,monitor\tdisabled" in run("user", "list").stdout
    last = run("user", "disable", "deputy")
    assert last.exit_code == 1
    assert "Somebody must stay administrator" in last.stderr


def test_the_journal_of_a_fresh_installation_verifies(run):
    run("user", "add", "boss", "--role", "admin", "--password", "correct horse battery")
    done = run("journal", "verify")
    assert done.exit_code == 0
    assert "unbroken" in done.stdout


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(run):
    run("db", "upgrade")
    done = run("doctor")
    assert done.exit_code == 1
    assert "huiting user add LOGIN --role admin" in done.stdout


def test_a_changed_scorecard_is_published_only_as_a_new_version(run, tmp_path):
    card = run("scorecard", "show", "telecom-complaint-zh").stdout
    path = tmp_path / "card.yaml"
    path.write_text(card.replace("pass_pct: 80", "pass_pct: 85"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != card
    version = yaml.safe_load(card)["version"]
    refused = run("scorecard", "publish", path)
    assert refused.exit_code == 1
    assert f"give the changed card version {version + 1}" in refused.stderr
    path.write_text(card.replace(f"version: {version}", f"version: {version + 1}", 1), encoding="utf-8")
    published = run("scorecard", "publish", path, "--rescore")
    assert published.exit_code == 0
    assert "0 calls are due to be scored" in published.stdout


def test_importing_a_folder_of_broken_files_names_each_with_its_reason(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.wav").write_bytes(b"")
    (folder / "noise.wav").write_bytes(b"this is not audio at all" * 40)
    (folder / "manifest.csv").write_text("file,rating\nempty.wav,3\nabsent.wav,\nnoise.wav,eleven\n", encoding="utf-8")
    done = run("import", folder)
    assert done.exit_code == 1
    for words in ("quarantined: empty.wav", "absent.wav", "rating cannot be 'eleven'"):
        assert words in done.stderr.replace("\n", " "), done.stderr


def test_an_export_of_cases_is_previewed_and_taken_in_with_each_bad_row_named(run, tmp_path):
    export = tmp_path / "export.csv"
    export.write_text(
        "受理时间,联系电话,投诉内容,备注\n2026-11-05 14:30,13800138000,多扣费,x\n昨天,13800138000,断网,y\n",
        encoding="utf-8",
    )
    shown = run("cases", "import", export, "--preview")
    assert shown.exit_code == 0
    assert "投诉内容 -> words" in shown.stderr
    assert "not used: 备注" in shown.stderr
    done = run("cases", "import", export, "--quiet")
    assert done.exit_code == 1
    assert "line 3: received_at is “昨天”" in done.stderr
    assert "registered 1, refused 1" in done.stderr
    assert run("cases", "import", export, "--map", "wrong").exit_code == 2
    assert "names 0 units" in run("cases", "import", export, "--unit", "nowhere").stderr
