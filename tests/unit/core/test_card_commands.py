"""`huiting scorecard` on files and on stored calls."""

import json

import pytest
from click.testing import CliRunner
from conftest import NOW
from made_calls import heard, transcribed_call, write_wav

from qa_app import intake
from qa_app.cli import main
from qa_app.core.access import SYSTEM
from qa_app.core.db import make_engine, transaction
from qa_app.core.settings import Settings
from qa_app.runtime import Runtime
from scorecards.card_file import card_from_yaml, shipped_text
from scorecards.publishing import publish
from transcription.storage import Store

CARD = """
name: probe
version: 1
language: en
title: {zh: 试卷, en: Probe}
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 50
        tags: [customer]
        check: {kind: phrases, speaker: agent, any_of: ["thank you for calling"]}
      - {id: kept, title: {zh: 守信, en: Keeps word}, points: 50, applies_if: {criterion: greeting, verdict: [met]}}
"""


@pytest.fixture
def run(sqlite_engine, tmp_path, monkeypatch):
    """The command on a database of its own with one stored call and the card published."""
    monkeypatch.setenv("HUITING_FOLDER", str(tmp_path / "kept"))
    monkeypatch.setenv("HUITING_DATABASE_URL", str(sqlite_engine.url))
    settings = Settings(folder=tmp_path / "kept")
    live = Runtime(settings, make_engine(str(sqlite_engine.url)), Store(settings.folder))
    with transaction(live.engine) as session:
        transcribed_call(session, NOW, intake.plan_for(live), write_wav(tmp_path / "C-1.wav"), heard())
        publish(session, SYSTEM, NOW, CARD)
    live.engine.dispose()
    return lambda *arguments: CliRunner().invoke(main, ["scorecard", *map(str, arguments)])


def written(tmp_path, text):
    path = tmp_path / "card.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_with_nothing_wrong_ends_well(run, tmp_path):
    done = run("lint", written(tmp_path, CARD))
    assert done.exit_code == 0
    assert done.stdout == (
        "probe version 1: 2 criteria\n"
        "hint: kept: It has no check: only people answer it\n"
        "     -> Leave it so if that is meant\n"
    )


def test_an_error_ends_with_status_1_and_both_languages_stand_in_the_json(run, tmp_path):
    faulty = CARD.replace("any_of: [", "none_of: [thank you for calling], any_of: [")
    done = run("lint", written(tmp_path, faulty), "--format", "json")
    assert done.exit_code == 1
    worst = json.loads(done.stdout)[0]
    assert (worst["level"], worst["place"]) == ("error", "greeting.check.any_of")
    assert worst["says"]["zh"].startswith("既要求又禁止")
    assert "既要求又禁止" in run("lint", written(tmp_path, faulty), "--language", "zh").stdout


def test_held_against_history_a_taken_version_is_an_error(run, tmp_path):
    done = run("lint", written(tmp_path, CARD), "--history")
    assert done.exit_code == 1
    assert "held against 1 stored calls" in done.stdout
    assert "error: version: Version 1 is taken (newest: 1)" in done.stdout


def test_a_card_that_cannot_be_read_is_refused_in_a_sentence(run, tmp_path):
    done = run("lint", written(tmp_path, CARD.replace("pass_pct: 60", "pass_pct: 600")))
    assert done.exit_code == 1
    assert "pass_pct: 600" in done.stderr
    assert "Traceback" not in done.output


def test_show_prints_a_file_a_shipped_card_and_a_published_one(run, tmp_path):
    shipped = "telecom-complaint-en"
    assert card_from_yaml(run("show", shipped).stdout) == card_from_yaml(shipped_text(shipped))
    assert card_from_yaml(run("show", written(tmp_path, CARD)).stdout) == card_from_yaml(CARD)
    assert card_from_yaml(run("show", "probe").stdout) == card_from_yaml(CARD)
    table = run("show", "probe", "--format", "table").stdout
    assert "50.0%" in table
    assert "nobody" in run("show", "nobody").stderr


def test_a_file_is_tried_on_the_stored_calls(run, tmp_path):
    stricter = written(tmp_path, CARD.replace("thank you for calling", "hail").replace("version: 1", "version: 2"))
    done = run("backtest", stricter, "--format", "json", "--quiet")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["calls"], found["changed"]) == (1, 1)
    assert found["criteria"][0]["moves"] == [["met", "not_met", 1]]
    assert (found["before"]["mean_pct"], found["after"]["mean_pct"]) == (100, 0)
    table = run("backtest", stricter, "--quiet").stdout
    assert "1 calls, 1 with another score or result" in table
    assert "met -> not_met: 1" in table


def test_publishing_a_changed_card_under_a_taken_version_is_refused(run, tmp_path):
    done = run("publish", written(tmp_path, CARD.replace("points: 50", "points: 60")))
    assert done.exit_code == 1
    assert "give the changed card version 2" in done.stderr
