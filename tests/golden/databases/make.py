"""Writes the golden database of the newest revision: a few rows in every table, as a SQL dump.

Run once for each revision that is released, from the project's root, and never again for an old one:
    python tests/golden/databases/make.py
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2])]

from conftest import PASSWORD  # noqa: E402
from made_calls import heard, imported_call, transcribed_call, write_wav  # noqa: E402

from qa_app import audit_actions, audit_frame, intake, migrations  # noqa: E402
from qa_app.core import login, people, tokens, webhooks  # noqa: E402
from qa_app.core.access import SYSTEM, Role  # noqa: E402
from qa_app.core.contacts import Vault  # noqa: E402
from qa_app.core.db import make_engine, transaction  # noqa: E402
from qa_app.core.rules import NewRule  # noqa: E402
from qa_app.core.settings import Settings  # noqa: E402
from qa_app.core.tables import UnitKind  # noqa: E402
from qa_app.core.tokens import NewToken, Scope  # noqa: E402
from qa_app.core.webhooks import Event  # noqa: E402
from qa_app.core.working_days import DayKind, WorkingDays  # noqa: E402
from qa_app.runtime import Runtime  # noqa: E402
from qa_app.schema import metadata  # noqa: E402
from scorecards import (  # noqa: E402
    audit_queries,
    audits,
    coaching_sessions,
    drawing,
    findings,
    library_entries,
    machine,
    performance_months,
    praise,
    publishing,
    service,
    shopping_files,
    shopping_matching,
    shopping_scenarios,
    shopping_visits,
    trainings,
    workload,
)
from scorecards.auditing import Aim, AuditKind, Result, Severity  # noqa: E402
from scorecards.case_library import Lesson, LibraryStep, Told  # noqa: E402
from scorecards.evaluations import Desk  # noqa: E402
from scorecards.model import CoachingStep  # noqa: E402
from scorecards.performance_months import Figure  # noqa: E402
from scorecards.regime import shipped_regime  # noqa: E402
from scorecards.sampling import Candidate  # noqa: E402
from scorecards.scenario_file import shipped_scenario_text  # noqa: E402
from scorecards.shopping import Form, Reply  # noqa: E402
from scorecards.training import TaskKind as Training  # noqa: E402
from surveys import alarming, alerts, answers, attachments, correcting, corrective, differences, reckoning, rules, tasks  # noqa: E402
from surveys import service as complaints  # noqa: E402
from surveys.alerts import NewEvent  # noqa: E402
from surveys.corrective import NewAction  # noqa: E402
from surveys.dispositions import Disposition  # noqa: E402
from surveys.model import EventKind, Mode, NewCase, StepKind, TaskKind  # noqa: E402
from surveys.office import Office  # noqa: E402
from surveys.spoken_answers import Heard  # noqa: E402
from surveys.survey_tables import SurveyLinkRow, SurveyTaskRow  # noqa: E402
from surveys.tables import CustomerRow  # noqa: E402
from transcription import clip_files  # noqa: E402
from transcription.clips import ClipSpan, Stretch  # noqa: E402
from transcription.playback import Chunk, PlaybackCopy  # noqa: E402
from transcription.service import keep_playback  # noqa: E402
from transcription.storage import Store  # noqa: E402

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
CARD = """
name: golden
version: 1
language: en
title: {zh: 金, en: Golden}
method: weights
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 30
        check: {kind: phrases, speaker: agent, any_of: [hello]}
      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call}
"""


OFFICE = Office(Vault(b"g" * 32), ZoneInfo("Asia/Shanghai"))


def fill(live, folder):  # noqa: PLR0915 - a row in every table
    """People, calls, scores, a draft, a re-check, an unfit call, a login: at least one row a table."""
    with transaction(live.engine) as session:
        root = people.root_unit(session)
        centre = people.add_unit(session, SYSTEM, NOW, UnitKind.CENTRE, "Care", root)
        team = people.add_unit(session, SYSTEM, NOW, UnitKind.TEAM, "One", centre)
        for role in (Role.ADMIN, Role.INSPECTOR, Role.QA_LEAD, Role.AGENT):
            codes = ("A012",) if role is Role.AGENT else ()
            people.add_user(session, SYSTEM, NOW, people.NewUser(role.value, "", team, PASSWORD, (role,), codes))
        policy = login.LoginPolicy(8, datetime.resolution * 10**9, datetime.resolution * 10**12)
        login.sign_in(session, NOW, "inspector", PASSWORD, "127.0.0.1", policy)
        login.sign_in(session, NOW, "inspector", "wrong", "127.0.0.1", policy)
        inspector = people.actor_for(session, people.user_by_login(session, "inspector"))
        lead = people.actor_for(session, people.user_by_login(session, "qa_lead"))
        plan = intake.plan_for(live)
        card = publishing.publish(session, SYSTEM, NOW, CARD)
        files = [write_wav(folder / f"C-{number}.wav", seed=number) for number in (1, 2)]
        call, recording, transcript = transcribed_call(
            session, NOW, plan, files[0], heard(), agents=("A012",), customer_ref="13800138000", queue="宽带"
        )
        keep_playback(session, recording, "x.webm", "audio/webm", PlaybackCopy(9, (Chunk(0, 9, 0, 9),)), [[0.5]])
        machine.score_call(session, NOW, transcript)
        desk = Desk(call, transcript, card)
        answers = {"greeting": {"verdict": "met"}, "rude": {"verdict": "not_met", "comment": "说脏话"}}
        made = service.submit(session, inspector, NOW, desk, {"answers": answers})
        service.recheck_fatal(session, lead, NOW, made, "rude", "heard it", confirmed=True)
        service.save_draft(session, lead, NOW, desk, {"answers": {"greeting": {"verdict": "not_met"}}})
        publishing.save_draft(session, lead, NOW, publishing.start_from(session, lead, NOW, card), 1, "name: half")
        other, _ = imported_call(session, NOW, plan, files[1], agents=("A012",))
        service.flag_unfit(session, inspector, NOW, other, "noise")
        imported_call(session, NOW, plan, write_wav(folder / "C-3.wav", level=0.0), agents=("A012",))
        new = NewCase("多扣了20元", "张伟", "13800138000", class_code="fees/wrong_bill", unit_id=team)
        case = complaints.register(session, SYSTEM, NOW, OFFICE, new).case_id
        told = complaints.NewStep(StepKind.DISPATCHED, {"unit": team})
        complaints.take_step(session, SYSTEM, NOW, OFFICE, case, told)
        attachments.attach(session, SYSTEM, NOW, replace(OFFICE, folder=folder), case, "bill.pdf", b"bill")
        event = NewEvent(EventKind.OUTAGE, "割接", NOW, NOW + timedelta(hours=2), place="东城")
        alerts.register_event(session, SYSTEM, NOW, event)
        for number in range(5):
            alike = replace(new, customer_phone=f"1390000000{number}", place="东城")
            complaints.register(session, SYSTEM, NOW, OFFICE, alike)
        owner = people.user_by_login(session, "inspector")
        action = NewAction("整改", "重复计费", "改程序", team, owner, NOW.date())
        corrective.open_action(session, SYSTEM, NOW, action)
        alarming.call_out(session, NOW + timedelta(days=9))
        targets = rules.text_in_force(session, rules.TARGETS, rules.ONE, NOW)
        rules.publish(session, SYSTEM, NOW, NewRule(rules.TARGETS, rules.ONE, NOW, targets, "首次"))
        key = NewToken("crm", owner, (Scope.CASES_READ,), NOW + timedelta(days=9))
        who = tokens.bearer(session, NOW, tokens.add(session, SYSTEM, NOW, key))
        tokens.answered(session, NOW, who, "k", {"a": 1})
        tokens.keep_answer(session, who, "k", tokens.Answer(201, {"number": "1"}))
        address = "https://crm.example.com/x"
        webhooks.subscribe(session, SYSTEM, NOW, OFFICE.vault, "crm", address, (Event.CASE_STEP,))
        complaints.link_call(session, SYSTEM, NOW, case, call)
        asked(session, team, case)
        sampled(session, live.store, centre, call)
        shopped(session, team, folder, call)
        audited(session, team, owner)
        wrong = correcting.Wrong(call, "套餐下月生效", "套餐次日生效", 3.5)
        correcting.open_correction(session, SYSTEM, NOW, OFFICE, case, wrong)
        reckoning.correct_calendar(session, SYSTEM, NOW, OFFICE, NOW.date(), DayKind.HOLIDAY, "台风")


def sampled(session, store, centre, call):
    """A sampling period with a draw and its picks; the evaluation was told to the agent when it was made."""
    period = drawing.NewPeriod(centre, "2026-11", NOW.date(), NOW.date() + timedelta(days=20))
    made = drawing.open_period(session, SYSTEM, NOW, OFFICE.vault, period)
    agent = people.user_by_login(session, "agent")
    frame = [Candidate(call, agent, centre, "ordinary", NOW.date(), frozenset({"dissatisfied"}))]
    basis = drawing.Basis(frame, period.last, shipped_regime(), WorkingDays(OFFICE.zone))
    drawing.draw(session, SYSTEM, NOW, OFFICE.vault, made, basis)
    goal = coaching_sessions.NewCoaching(agent, NOW.date(), {"greeting": "报工号"},
                                         (coaching_sessions.Clip(call, "greeting", 1.5, "您好"),))  # fmt: skip
    coaching = coaching_sessions.plan(session, SYSTEM, NOW, goal)
    coaching_sessions.take_step(session, SYSTEM, NOW, coaching, CoachingStep.HELD)
    workload.set_capacity(session, SYSTEM, NOW, people.user_by_login(session, "inspector"), 12)
    second = people.NewUser("agent2", "", centre, None, (Role.AGENT,), ("A013",))
    trainings.pair(session, SYSTEM, NOW, people.add_user(session, SYSTEM, NOW, second), agent, ["greeting"], NOW.date())
    trainings.give_task(
        session, SYSTEM, NOW, trainings.NewTask(agent, "greeting", Training.READ, "读", NOW.date()), OFFICE.zone
    )
    until = NOW.date() + timedelta(days=99)
    certificate = trainings.NewCertificate(agent, "受理", ("greeting",), until, 90.0)
    trainings.grant(session, SYSTEM, NOW, certificate, OFFICE.zone)
    praise.praise_call(session, SYSTEM, NOW, call, "先认可情绪", 1.5)
    told = Told("先认可情绪", Lesson.GOOD, "先认可，再核实", "客服：■■您好", "greeting")
    span = ClipSpan(0.5, 3.0, (Stretch(1.0, 1.5),))
    original = library_entries.original_of(session, SYSTEM, call, told, span)
    with clip_files.cut(store, original, span) as clip:
        entry = library_entries.propose_clip(session, SYSTEM, NOW, store, call, told, clip)
    agreeing = people.actor_for(session, agent)
    library_entries.take_step(session, agreeing, NOW, store, entry, LibraryStep.AGREED, "可以")
    figure = Figure(agent, centre, "evaluations", {f"call:{call}": 85.0})
    performance_months.close(session, NOW, NOW.date().replace(month=10, day=1), [figure], 1)


def shopped(session, team, folder, call):
    """A mystery visit that was handed in with a file, has a recording, and was validated."""
    shopper = people.user_by_login(session, "inspector")
    people.set_roles(session, SYSTEM, NOW, shopper, [(Role.INSPECTOR, team), (Role.SHOPPER, team)])
    scenario = shopping_scenarios.take_into_use(session, SYSTEM, NOW, shipped_scenario_text("unknown-charge-zh"))
    new = shopping_visits.NewVisit(scenario, shopper, team, NOW.date())
    visit = shopping_visits.assign(session, SYSTEM, NOW, new)
    bill = shopping_files.NewFile("greeting", "bill.pdf", b"seen")
    shopping_files.attach(session, SYSTEM, NOW, folder, OFFICE.vault, visit, bill)
    good = {"answered_s": 41, "greeting": 1, "verify": 1, "interrupted": 0, "solution": 1, "case_number": 1}
    rated = {name: Reply(4, evidence="“好的”") for name in ("understood", "clear", "courtesy")}
    said = {name: Reply(words="抱歉") for name in ("restate", "apology", "timeframe")}
    form = Form(NOW, "13800138000", "A012", {name: Reply(value) for name, value in good.items()} | rated | said)
    shopping_visits.submit(session, SYSTEM, NOW, OFFICE.vault, visit, form)
    shopping_matching.match(session, SYSTEM, NOW, OFFICE.vault, visit, call)
    shopping_visits.validate(session, SYSTEM, NOW, visit, people.user_by_login(session, "agent"))


def audited(session, team, owner):
    """An audit of the process that is being checked, with a finding and its corrective action."""
    new = audits.NewAudit(AuditKind.PROCESS, "例行", team, NOW.date(), NOW.date(), Aim(0.5, wanted=1))
    made = audits.plan(session, SYSTEM, NOW, OFFICE.vault, new)
    audit_frame.draw(session, SYSTEM, NOW, OFFICE, made)
    piece = audit_queries.pieces(session, SYSTEM, made)[0].id
    audits.check(session, SYSTEM, NOW, piece, {"classed": audits.Given(Result.NOT_MET, "错", "受理记录")})
    wrong = findings.NewFinding(piece, "classed", team, Severity.MAJOR, "分类错了")
    found = audit_actions.open_finding(session, SYSTEM, NOW, wrong).finding_id
    findings.note_cause(session, SYSTEM, NOW, found, "不熟悉目录")
    audit_actions.open_action(session, SYSTEM, NOW, found, audit_actions.Order("分类", "培训", owner, NOW.date()))


def asked(session, team, case):
    """A supporting unit, a callback answered by telephone, one by link, a difference, somebody not to be called."""
    told = complaints.NewStep(StepKind.SENT_BACK, {"reason": "r"})
    complaints.take_step(session, SYSTEM, NOW, OFFICE, case, told)
    told = complaints.NewStep(StepKind.DISPATCHED, {"unit": team, "supporting": [team]})
    complaints.take_step(session, SYSTEM, NOW, OFFICE, case, told)
    customer = session.scalars(select(CustomerRow.id)).first()
    at = NOW.replace(hour=2)
    for kind, code in ((TaskKind.SURVEY, "post_resolution"), (TaskKind.CAMPAIGN, "network_use")):
        tasks.schedule(session, NOW, OFFICE, tasks.NewTask(kind.value, kind, customer, team, code, at, 0))
    first, second = session.scalars(select(SurveyTaskRow).order_by(SurveyTaskRow.id.desc()).limit(2)).all()
    tasks.add_attempt(session, first, tasks.Made(at, Disposition.COMPLETED, None))
    answers.save(session, at, first, Mode.PHONE, SYSTEM, "overall", 9)
    response = answers.response_of(session, first.id)
    call = session.scalar(text("SELECT min(id) FROM call"))
    heard_other = Heard("overall", 9.0, 8.0, 3.0, 4.0, "八分", 0.9)
    differences.keep(session, at, response.id, call, [heard_other])
    session.add(SurveyLinkRow(task_id=second.id, expires_at=at + timedelta(days=7), created_at=at))
    tasks.bar(session, SYSTEM, at, customer, "不愿接听")


def _rows(database, table):
    return database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - our own names


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = Settings(folder=folder, database_url=f"sqlite:///{folder}/huiting.db")
        live = Runtime(settings, make_engine(settings.url), Store(folder))
        migrations.upgrade(live.engine)
        fill(live, folder)
        live.engine.dispose()
        with sqlite3.connect(folder / "huiting.db") as database:
            empty = [table for table in metadata.tables if not _rows(database, table)]
            revision = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            dump = "\n".join(database.iterdump()) + "\n"
    if empty:
        sys.exit(f"no row in {', '.join(empty)}")
    (HERE / f"{revision}.sqlite.sql").write_text(dump, encoding="utf-8")


if __name__ == "__main__":
    main()
