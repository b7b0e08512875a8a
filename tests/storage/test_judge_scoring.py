"""Scoring with a judge: nothing is held while it thinks, its lease is kept, and its silence fails no call."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from conftest import NOW
from language_model_double import said, serving
from made_calls import heard, transcribed_call, write_wav
from sqlalchemy import select

from qa_app import doctor, intake
from qa_app.cli import main
from qa_app.core import queue
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.settings import Settings
from qa_app.core.tables import JobRow, JobState
from qa_app.worker import Worker
from scorecards import jobs, publishing
from scorecards.machine import SCORE
from scorecards.model import Verdict
from scorecards.tables import AnswerRow, EvaluationRow
from transcription.files import transcript_to_dict

CARD = """
name: judged
version: 1
language: en
title: {zh: 试卷, en: Judged}
method: weights
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: apology
        title: {zh: 致歉, en: Apology}
        points: 100
        check: {kind: judge, question: {zh: "客服是否道歉？", en: "Did the agent apologise?"}}
"""
NEXT_CARD = CARD.replace("version: 1", "version: 2").replace("points: 100", "points: 50")


@pytest.fixture
def model():
    with serving() as (double, url):
        double.url = url
        double.script = lambda body: said(body, "no")
        yield double


@pytest.fixture
def office(live, centre, tmp_path, model):
    """An installation whose settings name the endpoint, and one call that waits to be scored."""
    runtime = replace(live, settings=live.settings.model_copy(update={"judge_url": model.url, "lease_s": 3.0}))
    with transaction(live.engine) as session:
        publishing.publish(session, SYSTEM, NOW, CARD)
        file = write_wav(tmp_path / "inbox" / "C-1.wav")
        _, _, transcript = transcribed_call(session, NOW, intake.plan_for(live), file)
        queue.put(session, NOW, SCORE, f"transcript:{transcript}", transcript_id=transcript)
    return runtime


def rows(runtime, table, **where):
    with reading(runtime.engine) as session:
        found = session.scalars(select(table).filter_by(**where).order_by(table.id)).all()
        session.expunge_all()
        return found


def work(runtime):
    """What a worker does beside its farm: light jobs under leases that are kept."""
    worker = Worker(runtime, once=True)
    with worker._leases_kept():
        worker._light_work()
    return worker


def the_job(runtime):
    (job,) = rows(runtime, JobRow, kind=SCORE)
    return job


def test_no_transaction_and_no_connection_is_held_while_the_judge_thinks(office, model):
    held = []

    def script(body):
        held.append(office.engine.pool.checkedout())
        with transaction(office.engine) as session:  # SQLite lets one writer in at a time
            queue.put(session, NOW, "other", "beside")
        return said(body, "no")

    model.script = script
    with transaction(office.engine) as session:
        job = queue.claim(session, utc_now(), "w", Worker(office).lease, (SCORE,))
    jobs.score(office.engine, utc_now, job, Worker(office).outside)
    assert held == [0]
    assert len(rows(office, EvaluationRow)) == 1
    assert the_job(office).state is JobState.DONE


def test_the_lease_is_renewed_while_the_judge_thinks(office, model):
    seen = []

    def script(body):
        first = the_job(office).lease_until
        while the_job(office).lease_until == first and len(seen) < 1000:
            seen.append(first)
            model.pause.wait(0.02)
        seen.append(the_job(office).lease_until)
        return said(body, "no")

    model.script = script
    work(office)
    assert seen[-1] > seen[0]
    assert (the_job(office).state, the_job(office).attempts) == (JobState.DONE, 1)


def test_who_lost_the_lease_while_the_judge_thought_keeps_nothing(office, model):
    worker = Worker(office)

    def script(body):
        with transaction(office.engine) as session:
            heir = queue.claim(session, utc_now() + worker.lease * 2, "heir", worker.lease, (SCORE,))
        assert heir is not None
        return said(body, "no")

    with transaction(office.engine) as session:
        job = queue.claim(session, utc_now(), "w", worker.lease, (SCORE,))
    model.script = script
    worker._do(job)
    assert rows(office, EvaluationRow) == []
    assert (the_job(office).state, the_job(office).worker) == (JobState.LEASED, "heir")


def test_a_silent_endpoint_leaves_the_answer_open_and_fails_no_call(office, model):
    model.script = lambda _body: (400, {}, b"")
    worker = work(office)
    (answer,) = rows(office, AnswerRow)
    assert (answer.verdict, answer.reason) == (Verdict.ABSTAINED, "the judge's endpoint answered with error 400")
    assert answer.provenance["schema"] == "judge-answer@1"
    assert (worker.failed, the_job(office).state) == ([], JobState.DONE)


def test_the_answer_keeps_what_answered(office, model):
    work(office)
    (answer,) = rows(office, AnswerRow)
    assert (answer.verdict, answer.check) == (Verdict.NOT_MET, "judge")
    assert (answer.provenance["model"], answer.provenance["system_fingerprint"]) == ("double-7b", "fp_1")
    assert answer.evidence[0]["kind"] == "absence"


def test_a_card_published_while_the_judge_thought_scores_the_call_too(office, model):
    def script(body):
        with transaction(office.engine) as session:
            publishing.publish(session, SYSTEM, NOW, NEXT_CARD)
        model.script = lambda body: said(body, "no")
        return said(body, "no")

    model.script = script
    work(office)
    scored = rows(office, EvaluationRow)
    assert len({row.scorecard_id for row in scored}) == len(scored) == 2
    assert the_job(office).state is JobState.DONE


def test_a_worker_told_to_stop_gives_the_call_back_untried(office, model):
    worker = Worker(office)

    def script(_body):
        worker.stopping.set()
        return 503, {}, b""

    model.script = script
    with transaction(office.engine) as session:
        job = queue.claim(session, utc_now(), "w", worker.lease, (SCORE,))
    worker._do(job)
    assert (the_job(office).state, the_job(office).attempts) == (JobState.WAITING, 0)
    assert rows(office, EvaluationRow) == []


def test_the_command_line_asks_the_same_endpoint(model, tmp_path, monkeypatch):
    monkeypatch.setenv("HUITING_JUDGE_URL", model.url)
    card, transcript = tmp_path / "card.yaml", tmp_path / "call.json"
    card.write_text(CARD, encoding="utf-8")
    transcript.write_text(json.dumps(transcript_to_dict(heard())), encoding="utf-8")
    ran = CliRunner().invoke(main, ["score", str(transcript), "--scorecard", str(card), "--format", "json"])
    assert ran.exit_code == 0, ran.output
    (answer,) = json.loads(ran.stdout)["answers"]
    assert (answer["verdict"], answer["check"], answer["provenance"]["model"]) == ("not_met", "judge", "double-7b")


@pytest.mark.parametrize(
    ("settings", "served", "level", "says"),
    [
        ({}, {"data": []}, "good", "no endpoint is set"),
        ({"judge_url": True}, {"data": [{"id": "qwen"}]}, "good", "serves qwen"),
        ({"judge_url": True, "judge_model": "other"}, {"data": [{"id": "qwen"}]}, "warning", "serves qwen"),
        ({"judge_url": True}, (401, {}, b""), "warning", "error 401"),
        ({"judge_url": "nonsense"}, {}, "bad", "HUITING_JUDGE_URL cannot be used"),
    ],
)
def test_the_doctor_says_what_the_endpoint_serves(live, model, settings, served, level, says):
    if settings.get("judge_url") is True:
        settings = {**settings, "judge_url": model.url}
    model.script = lambda _body: served
    found = doctor.examine(replace(live, settings=Settings(folder=live.settings.folder, **settings)))
    (judge,) = (finding for finding in found if finding.subject == "Judge")
    assert judge.level.value == level
    assert says in str(judge.found)
