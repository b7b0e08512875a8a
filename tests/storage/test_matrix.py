"""Every action is exercised by its real service as every role: refused exactly where core.access says nobody may."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW, PASSWORD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_calls import heard, imported_call, transcribed_call, write_wav
from sqlalchemy import select

from qa_app import audit_actions, audit_frame, correcting, intake, joins, performance_sheet
from qa_app.core import journal, login, people, tokens
from qa_app.core import rules as core_rules
from qa_app.core.access import PERMISSIONS, SYSTEM, Action, Reach, Role, Scope, covers
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, HuitingError, Invalid, NotFound
from qa_app.core.rules import NewRule
from qa_app.core.tables import UnitKind
from qa_app.core.working_days import DayKind, WorkingDays
from qa_app.demo.shopping import REPLIES
from scorecards import (
    audit_queries,
    audits,
    cards,
    coaching_sessions,
    contesting,
    drawing,
    draws,
    findings,
    library_entries,
    machine,
    praise,
    publishing,
    shopping_files,
    shopping_matching,
    shopping_reads,
    shopping_scenarios,
    shopping_visits,
    trainings,
    work,
    workload,
)
from scorecards import queries as scoring
from scorecards import service as scorecards
from scorecards.auditing import Aim, AuditKind, Result, Severity
from scorecards.card_file import card_from_yaml, shipped_text
from scorecards.case_library import Lesson, LibraryStep, Told
from scorecards.disputes import Step
from scorecards.disputes import StepKind as StepKind_
from scorecards.evaluations import Desk
from scorecards.model import CoachingStep, Verdict
from scorecards.regime import shipped_regime
from scorecards.scenario_file import shipped_scenario_text
from scorecards.shopping import Form
from scorecards.training import TaskKind, TrainingStep
from surveys import (
    alerts,
    analysis,
    campaigns,
    corrective,
    customers,
    desks,
    differences,
    importing,
    reckoning,
    responses,
    rules,
)
from surveys import correcting as surveyed
from surveys import queries as complaint_queries
from surveys import service as complaints
from surveys.case_file import Row
from surveys.correcting import Wrong
from surveys.model import ActionKind, EventKind, NewCase, StepKind
from surveys.office import Office
from surveys.tables import AlertCaseRow, AlertRow, CaseRow
from transcription import clip_files
from transcription import queries as calls
from transcription import service as recordings
from transcription.clips import ClipSpan
from transcription.tables import CallAgentRow, CallRow, PlaybackRow


@dataclass(frozen=True)
class Ground:
    """Things to act on, all of the centre's own team and agent."""

    centre: Any
    plan: Any
    folder: Any
    call: int
    recording: int
    silent: int
    desk: Desk
    evaluation: int
    draft: int
    cases: dict[str, int]
    alert: int
    action: int
    coaching: int
    scenario: int
    visit: int
    planned: int
    audit: int
    piece: int
    finding: int


OFFICE = Office(Vault(b"m" * 32), ZoneInfo("Asia/Shanghai"))
FED_BACK = {"by": "sms", "result": "r", "cause": "c", "improvement": "i", "thanks": "t"}
SLIP = {
    "called_number": "1", "called_at": "2026-11-09T10:00:00+08:00", "cause": "c", "responsibility": "r",
    "found_true": "true", "findings": "f", "done": "d", "customer_opinion": "o", "handler": "h",
}  # fmt: skip
WAYS = {
    "received": [],
    "blamed": [(StepKind.SOLVED_ON_THE_SPOT, {"solution": "s"})],
    "dispatched": [(StepKind.DISPATCHED, {})],
    "fed_back": [(StepKind.SOLVED_ON_THE_SPOT, {"solution": "s"}), (StepKind.FED_BACK, FED_BACK)],
    "closed": [
        (StepKind.SOLVED_ON_THE_SPOT, {"solution": "s"}), (StepKind.FED_BACK, FED_BACK),
        (StepKind.CALLED_BACK, {"result": "satisfied"}), (StepKind.CLOSED, {}),
    ],
}  # fmt: skip


def new_case(centre):
    return NewCase("扣费", "张", "13800138000", class_code="fees/refund", demand="退", unit_id=centre.team)


def exported_case(centre):
    return replace(new_case(centre), customer_phone="+8613800138000", received_at=NOW)


def made_cases(session, centre):
    """A case in each of some states, first asked of the agent, registered in and dispatched to the own team."""
    made = {}
    for name, way in WAYS.items():
        agent = centre.actor(session, Role.AGENT)
        made[name] = complaints.register(session, agent, NOW, OFFICE, new_case(centre)).case_id
        for kind, facts in way:
            told = facts | ({"unit": centre.team} if kind is StepKind.DISPATCHED else {})
            complaints.take_step(session, SYSTEM, NOW, OFFICE, made[name], complaints.NewStep(kind, told))
    return made


def stepping(name, kind, **facts):
    """One step in the case of that name."""
    return lambda s, who, g: complaints.take_step(
        s, who, NOW, OFFICE, g.cases[name], complaints.NewStep(StepKind(kind), facts)
    )


@pytest.fixture
def ground(live, centre, tmp_path):
    folder, plan = tmp_path / "inbox", intake.plan_for(live)
    answers = {"answers": {"rude": {"verdict": "not_met", "comment": "so"}}}
    with transaction(live.engine) as session:
        file = write_wav(folder / "C-1.wav", seed=1)
        call, recording, transcript = transcribed_call(session, NOW, plan, file, heard(), agents=("A012",))
        silent = write_wav(folder / "C-2.wav", level=0.0)
        _, quarantined = imported_call(session, NOW, plan, silent, agents=("A012",))
        session.add(
            PlaybackRow(recording_id=recording, path="x", mime="audio/webm", size_bytes=1, chunks=[], waveforms=[])
        )
        desk = Desk(call, transcript, publishing.publish(session, SYSTEM, NOW, CARD))
        alleging = people.actor_for(session, alleger(session, centre))
        evaluation = scorecards.submit(session, alleging, NOW, desk, answers)
        draft = publishing.start_draft(session, SYSTEM, NOW, shipped_text("telecom-complaint-en"))
        cases = made_cases(session, centre)
        alert = AlertRow(open_key="k", class_code="c", place="", campaign="", opened_at=NOW, last_at=NOW)
        session.add(alert)
        session.flush()
        session.add(AlertCaseRow(alert_id=alert.id, case_id=cases["received"]))
        action = corrective.open_action(session, SYSTEM, NOW, new_action(centre))
        goal = coaching_sessions.NewCoaching(centre.ids[Role.AGENT], NOW.date(), {"rude": ""}, ())
        coaching = coaching_sessions.plan(session, SYSTEM, NOW, goal)
        shipped = shipped_scenario_text("unknown-charge-zh")
        scenario = shopping_scenarios.take_into_use(session, SYSTEM, NOW, shipped)
        visit = shopping_visits.assign(session, SYSTEM, NOW, new_visit(centre, scenario))
        audited = made_audit(session, centre)
    return Ground(centre, plan, folder, call, recording, quarantined, desk, evaluation, draft, cases, alert.id, action,
                  coaching, scenario, visit, *audited)  # fmt: skip


def new_audit(centre, kind=AuditKind.PROCESS):
    return audits.NewAudit(kind, "p", centre.team, NOW.date(), NOW.date(), Aim(0.5))


def made_audit(session, centre):
    """An audit that is only planned, one that is drawn, a piece of it, and a finding of that."""
    planned = audits.plan(session, SYSTEM, NOW, OFFICE.vault, new_audit(centre))
    drawn = audits.plan(session, SYSTEM, NOW, OFFICE.vault, new_audit(centre))
    audit_frame.draw(session, SYSTEM, NOW, OFFICE, drawn)
    piece = audit_queries.pieces(session, SYSTEM, drawn)[0].id
    audits.check(session, SYSTEM, NOW, piece, {"classed": audits.Given(Result.NOT_MET, "w", "e")})
    found = findings.open_finding(session, SYSTEM, NOW, new_finding(centre, piece))
    findings.note_cause(session, SYSTEM, NOW, found.finding_id, "c")
    return planned, drawn, piece, found.finding_id


def new_finding(centre, piece):
    return findings.NewFinding(piece, "classed", centre.team, Severity.MAJOR, "w")


def audit_order(centre):
    return audit_actions.Order("t", "w", centre.ids[Role.QA_LEAD], NOW.date())


def held(session, who, ground):
    """The person whom a finding names is whoever tries."""
    person = who.user_id or ground.centre.ids[Role.AGENT]
    findings.hold_accountable(session, SYSTEM, NOW, ground.finding, person, "w")
    findings.reply(session, who, NOW, ground.finding, "w")


EVENT = alerts.NewEvent(EventKind.OUTAGE, "t", NOW, NOW + timedelta(hours=1), place="p")
BATCHES = NewRule("batch", "default", NOW, "least: 3\nwindow_hours: 5\nalike: [[place]]", "r")


def new_action(centre):
    return corrective.NewAction("t", "c", "w", centre.team, centre.ids[Role.QA_LEAD], NOW.date())


def blamed(session, who, ground):
    """The case's accountable person is whoever tries."""
    facts = {"person": who.user_id or ground.centre.ids[Role.AGENT], "finding": "f"}
    step = complaints.NewStep(StepKind.HELD_ACCOUNTABLE, facts)
    complaints.take_step(session, SYSTEM, NOW, OFFICE, ground.cases["blamed"], step)
    return who


def seen_patterns(session, who, ground):
    """Patterns are left out, not refused: told here as a refusal."""
    customer = session.get(CaseRow, ground.cases["received"]).customer_id
    if customers.story(session, who, OFFICE.vault, NOW, customer).patterns is None:
        raise Forbidden("no patterns")


def refuse_proof(session, who, ground):
    corrective.take_step(session, SYSTEM, NOW, ground.action, ActionKind.PROOF_GIVEN, "w")
    corrective.take_step(session, who, NOW, ground.action, ActionKind.PROOF_REFUSED, "w")


def new_token(centre):
    return tokens.NewToken("t", centre.ids[Role.CASE_DESK], (tokens.Scope.CASES_READ,), NOW + timedelta(days=1))


def alleger(session, centre):
    return people.add_user(
        session, SYSTEM, NOW, people.NewUser("alleger", "", centre.team, PASSWORD, (Role.INSPECTOR,))
    )


CARD = """
name: short
version: 1
language: en
title: {zh: 短, en: Short}
method: weights
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call}
"""
ANSWERS = {"answers": {"rude": {"verdict": "met"}}}

WINDOWS = contesting.Rules(shipped_regime().disputes, WorkingDays(ZoneInfo("Asia/Shanghai")))
CONTESTED = Step(StepKind_.DISPUTED, NOW, None, "rude", Verdict.MET, "w")


def linked(session, ground):
    """The call with a case that names its customer."""
    complaints.link_call(session, SYSTEM, NOW, ground.cases["received"], ground.call)
    return Wrong(ground.call, "w", "r")


def second_agent(session, ground):
    new = people.NewUser("A013", "A013", ground.centre.team, None, (Role.AGENT,), ("A013",))
    return people.add_user(session, SYSTEM, NOW, new)


def paired(session, ground):
    return trainings.pair(session, SYSTEM, NOW, second_agent(session, ground), ground.centre.ids[Role.AGENT], [],
                          NOW.date())  # fmt: skip


def new_task(ground):
    return trainings.NewTask(ground.centre.ids[Role.AGENT], "rude", TaskKind.READ, "w", NOW.date())


def trained(session, ground):
    return trainings.give_task(session, SYSTEM, NOW, new_task(ground), OFFICE.zone)


def new_certificate(ground):
    until = NOW.date() + timedelta(days=99)
    return trainings.NewCertificate(ground.centre.ids[Role.AGENT], "w", ("rude",), until, 90.0)


def certified(session, ground):
    return trainings.grant(session, SYSTEM, NOW, new_certificate(ground), OFFICE.zone)


def new_coaching(ground):
    clip = coaching_sessions.Clip(ground.call, "rude", None, "w")
    return coaching_sessions.NewCoaching(ground.centre.ids[Role.AGENT], NOW.date(), {"rude": "w"}, (clip,))


def acknowledge(session, who, ground):
    coaching_sessions.take_step(session, SYSTEM, NOW, ground.coaching, CoachingStep.HELD)
    coaching_sessions.take_step(session, who, NOW, ground.coaching, CoachingStep.ACKNOWLEDGED)


def new_visit(centre, scenario):
    return shopping_visits.NewVisit(scenario, centre.ids[Role.SHOPPER], centre.team, NOW.date())


VAULT, VISITED = OFFICE.vault, Form(NOW, "13800138000", "", REPLIES)
HANDED_IN = shopping_files.NewFile("", "a.pdf", b"x")


def handed_in(work):
    """The work on a visit whose form was handed in; the call fits it by number and time."""

    def done(session, who, ground):
        call = session.get(CallRow, ground.call)
        call.customer_ref, call.started_at = VISITED.number, NOW
        shopping_visits.submit(session, SYSTEM, NOW, VAULT, ground.visit, VISITED)
        return work(session, who, ground)

    return done


def unmatched(session, who, ground):
    shopping_matching.match(session, SYSTEM, NOW, VAULT, ground.visit, ground.call)
    shopping_matching.unmatch(session, who, NOW, ground.visit)


def month(ground):
    return drawing.NewPeriod(ground.centre.team, "m", NOW.date(), NOW.date() + timedelta(days=30))


TOLD = Told("t", Lesson.GOOD, "w", "w", "rude")
SPAN = ClipSpan(0.5, 3.0)


def cut_clip(session, who, ground):
    original = library_entries.original_of(session, who, ground.call, TOLD, SPAN)
    with clip_files.cut(ground.plan.store, original, SPAN) as made:
        return library_entries.propose_clip(session, who, NOW, ground.plan.store, ground.call, TOLD, made)


def confirm(session, who, ground):
    """Whoever may not confirm sees nothing to confirm: told here as a refusal by the list."""
    library_entries.to_confirm(session, who)
    maker = ground.centre.actor(session, Role.INSPECTOR)
    entry = library_entries.propose_story(session, maker, NOW, TOLD)
    library_entries.take_step(session, who, NOW, ground.plan.store, entry, LibraryStep.CONFIRMED)


Exercise = Callable[[Any, Any, Ground], object]
EXERCISES: dict[Action, tuple[Exercise, ...]] = {
    Action.SEE_CALLS: (
        lambda s, who, g: calls.call_story(s, who, g.call),
        lambda s, who, _: one_line(calls.calls_page(s, who, calls.CallFilter())),
        lambda s, who, _: calls.queues(s, who),
        lambda s, who, _: calls.state_counts(s, who),
        lambda s, who, g: calls.neighbours(s, who, calls.CallFilter(), g.call),
        lambda s, who, g: calls.call_ids(s, who, [g.call]),
        lambda s, who, _: joins.calls_with_scores(s, who, calls.CallFilter()),
        lambda s, who, g: joins.open_review(s, who, g.call),
    ),
    Action.LISTEN: (lambda s, who, g: calls.playable_file(s, who, g.recording),),
    Action.IMPORT_RECORDINGS: (
        lambda s, who, g: recordings.import_file(
            s, who, NOW, write_wav(g.folder / "new.wav", seed=9), recordings.CallFacts("N", agents=("A012",)), g.plan
        ),
    ),
    Action.RETRY_RECORDING: (lambda s, who, g: recordings.retry(s, who, NOW, g.silent),),
    Action.SEE_EVALUATIONS: (
        lambda s, who, g: scoring.evaluations(s, who, g.call),
        lambda s, who, g: scoring.scores(s, who, [g.call]),
    ),
    Action.SCORE_CALL: (
        lambda s, who, g: scorecards.save_draft(s, who, NOW, g.desk, ANSWERS),
        lambda s, who, g: scorecards.preview(s, who, g.desk, ANSWERS),
        lambda s, who, g: scorecards.submit(s, who, NOW, g.desk, ANSWERS),
        lambda s, who, g: scorecards.flag_unfit(s, who, NOW, g.call, "noise"),
    ),
    Action.RECHECK_FATAL: (
        lambda s, who, g: scorecards.recheck_fatal(s, who, NOW, g.evaluation, "rude", "so", confirmed=True),
        lambda s, who, _: scoring.pending_rechecks(s, who),
    ),
    Action.SEE_SAMPLING: (
        lambda s, who, _: draws.periods(s, who, OFFICE.vault),
        lambda s, who, _: contesting.decisions(s, who),
    ),
    Action.DRAW_SAMPLE: (
        lambda s, who, g: drawing.open_period(s, who, NOW, OFFICE.vault, month(g)),
        lambda s, who, g: drawing.pick_by_hand(s, who, NOW, g.call, "w"),
        lambda s, who, _: work.assign(s, who, NOW),
        lambda s, who, _: workload.loads(s, who, NOW, NOW),
        lambda s, who, _: workload.inspectors(s, who),
        lambda s, who, g: workload.set_capacity(s, who, NOW, g.centre.ids[Role.INSPECTOR], 5),
    ),
    Action.CONTEST_EVALUATION: (
        lambda s, who, g: drawing.ask_for_person(s, who, NOW, g.call),
        lambda s, who, g: contesting.sign(s, who, NOW, g.evaluation, WINDOWS),
        lambda s, who, g: contesting.contest(s, who, NOW, g.evaluation, CONTESTED, WINDOWS),
        lambda s, who, _: contesting.contested(s, who, NOW, WINDOWS, Action.CONTEST_EVALUATION),
    ),
    Action.COACH: (
        lambda s, who, g: coaching_sessions.plan(s, who, NOW, new_coaching(g)),
        lambda s, who, g: coaching_sessions.take_step(s, who, NOW, g.coaching, CoachingStep.CANCELLED),
        lambda s, who, _: coaching_sessions.points(s, who, NOW, OFFICE.zone),
        lambda s, who, g: coaching_sessions.clips_for(s, who, g.centre.ids[Role.AGENT], "rude"),
    ),
    Action.SEE_COACHING: (
        lambda s, who, _: coaching_sessions.sessions(s, who),
        lambda s, who, _: trainings.tasks(s, who),
        lambda s, who, _: trainings.pairs(s, who),
        lambda s, who, _: trainings.certificates(s, who),
    ),
    Action.ACKNOWLEDGE_COACHING: (
        acknowledge,
        lambda s, who, g: trainings.take_step(s, who, NOW, trained(s, g), TrainingStep.DONE, "w"),
    ),
    Action.CORRECT: (
        lambda s, who, g: correcting.open_correction(s, who, NOW, OFFICE, linked(s, g)),
        lambda s, who, g: correcting.of_call(s, who, NOW, g.call),
        lambda s, who, _: surveyed.corrections(s, who),
    ),
    Action.TRAIN: (
        lambda s, who, _: trainings.agents(s, who),
        lambda s, who, g: trainings.pair(
            s, who, NOW, second_agent(s, g), g.centre.ids[Role.AGENT], ["rude"], NOW.date()
        ),
        lambda s, who, g: trainings.end_pair(s, who, NOW, paired(s, g), "w"),
        lambda s, who, g: trainings.give_task(s, who, NOW, new_task(g), OFFICE.zone),
        lambda s, who, g: trainings.take_step(s, who, NOW, trained(s, g), TrainingStep.CANCELLED, "w"),
        lambda s, who, g: trainings.calls_behind(s, who, g.centre.ids[Role.AGENT], ["rude"], NOW),
        lambda s, who, g: trainings.grant(s, who, NOW, new_certificate(g), OFFICE.zone),
        lambda s, who, g: trainings.revoke(s, who, NOW, certified(s, g), "w"),
    ),
    Action.SEE_PERFORMANCE: (
        lambda s, who, _: performance_sheet.sheets(s, who, NOW, OFFICE, [NOW.date().replace(day=1)]),
        lambda s, who, g: performance_sheet.calls_of(s, who, OFFICE, g.centre.ids[Role.AGENT], [NOW.date()]),
        lambda s, who, _: praise.praises(s, who),
    ),
    Action.PRAISE: (lambda s, who, g: praise.praise_call(s, who, NOW, g.call, "w", None),),
    Action.SHOP: (
        lambda s, who, _: shopping_reads.own_visits(s, who, VAULT),
        lambda s, who, g: shopping_reads.own_visit(s, who, VAULT, g.visit),
        lambda s, who, g: shopping_visits.save_draft(s, who, NOW, VAULT, g.visit, VISITED),
        lambda s, who, g: shopping_visits.submit(s, who, NOW, VAULT, g.visit, VISITED),
        lambda s, who, g: shopping_visits.still_lacking(s, who, g.visit, VISITED),
        lambda s, who, g: shopping_files.attach(s, who, NOW, g.folder, VAULT, g.visit, HANDED_IN),
    ),
    Action.MANAGE_SHOPPING: (
        lambda s, who, _: shopping_scenarios.take_into_use(s, who, NOW, shipped_scenario_text("broadband-dead-zh")),
        lambda s, who, g: shopping_scenarios.end(s, who, NOW, g.scenario),
        lambda s, who, _: shopping_scenarios.scenarios(s, who),
        lambda s, who, g: shopping_visits.assign(s, who, NOW, new_visit(g.centre, g.scenario)),
        handed_in(lambda s, who, g: shopping_visits.send_back(s, who, NOW, g.visit, {"": "w"})),
        handed_in(lambda s, who, g: shopping_visits.validate(s, who, NOW, g.visit, None)),
        lambda s, who, g: shopping_visits.withdraw(s, who, NOW, g.visit, "w"),
        lambda s, who, _: shopping_visits.agent_heard(s, who, "A012"),
        lambda s, who, _: shopping_reads.visits(s, who),
        lambda s, who, g: shopping_reads.visit(s, who, VAULT, g.visit),
        lambda s, who, _: shopping_reads.shoppers(s, who),
        lambda s, who, _: shopping_reads.agents(s, who),
        lambda s, who, _: shopping_reads.own_units(s, who),
        lambda s, who, g: shopping_matching.call_candidates(s, who, VAULT, g.visit),
        handed_in(lambda s, who, g: shopping_matching.match(s, who, NOW, VAULT, g.visit, g.call)),
        handed_in(unmatched),
        lambda s, who, g: shopping_matching.comparison(s, who, g.visit),
        lambda s, who, g: shopping_matching.likely_agent(s, who, g.visit),
        lambda s, who, _: shopping_matching.shopper_figures(s, who),
    ),
    Action.SEE_SHOPPING: (lambda s, who, _: shopping_reads.results(s, who, NOW, NOW),),
    Action.SEE_LIBRARY: (lambda s, who, _: library_entries.published(s, who, library_entries.Wanted()),),
    Action.ADD_TO_LIBRARY: (
        lambda s, who, g: library_entries.original_of(s, who, g.call, TOLD, SPAN),
        cut_clip,
        lambda s, who, _: library_entries.propose_story(s, who, NOW, TOLD),
        lambda s, who, _: library_entries.own_proposals(s, who),
    ),
    Action.CONSENT_TO_CLIP: (lambda s, who, _: library_entries.asked_of(s, who),),
    Action.CONFIRM_LIBRARY: (confirm,),
    Action.DECIDE_DISPUTE: (lambda s, who, _: contesting.contested(s, who, NOW, WINDOWS, Action.DECIDE_DISPUTE),),
    Action.DECIDE_SECOND_DISPUTE: (
        lambda s, who, _: contesting.contested(s, who, NOW, WINDOWS, Action.DECIDE_SECOND_DISPUTE),
    ),
    Action.RESCORE: (lambda s, who, g: machine.rescore(s, who, NOW, [g.desk.transcript_id]),),
    Action.DRAFT_SCORECARD: (
        lambda s, who, _: publishing.start_draft(s, who, NOW, CARD),
        lambda s, who, g: publishing.start_from(s, who, NOW, g.desk.scorecard_id),
        lambda s, who, g: publishing.save_draft(s, who, NOW, g.draft, 1, "typed"),
        lambda s, who, g: publishing.discard_draft(s, who, NOW, g.draft),
        lambda s, who, g: cards.draft(s, who, g.draft),
        lambda s, who, g: cards.savings(s, who, g.draft),
        lambda s, who, g: cards.saved_text(s, who, g.draft, 1),
        lambda s, who, _: cards.drafts(s, who),
        lambda s, who, _: cards.versions(s, who),
    ),
    Action.BACKTEST_SCORECARD: (
        lambda s, who, _: one_call(len(cards.begin_trial(s, who, NOW, CARD).calls)),
        lambda s, who, _: one_call(len(cards.history(s, who, card_from_yaml(CARD)))),
    ),
    Action.PUBLISH_SCORECARD: (
        lambda s, who, g: publishing.publish_draft(s, who, NOW, g.draft, 1),
        lambda s, who, g: publishing.archive(s, who, NOW, g.desk.scorecard_id),
        lambda s, who, _: publishing.publish(s, who, NOW, shipped_text("telecom-complaint-en")),
        lambda s, who, _: publishing.publish_shipped(s, who, NOW),
    ),
    Action.REGISTER_CASE: (lambda s, who, g: complaints.register(s, who, NOW, OFFICE, new_case(g.centre)),),
    Action.IMPORT_CASES: (
        lambda s, who, g: importing.take_in(s, who, NOW, OFFICE, g.centre.team, [Row(2, exported_case(g.centre))]),
    ),
    Action.SEE_CASES: (
        lambda s, who, _: complaint_queries.cases(s, who, OFFICE.vault, complaint_queries.CaseFilter()),
        lambda s, who, g: complaint_queries.story(s, who, OFFICE.vault, g.cases["received"]),
        stepping("received", "noted", words="w"),
    ),
    Action.HANDLE_CASE: (
        stepping("received", "progress_told", words="w"),
        lambda s, who, g: complaints.join(s, who, NOW, g.cases["received"], g.cases["closed"]),
        lambda s, who, g: complaints.link_call(s, who, NOW, g.cases["received"], g.call),
    ),
    Action.RETURN_CASE: (
        stepping("dispatched", "returned", **SLIP),
        stepping("dispatched", "sent_back", reason="r"),
    ),
    Action.CALL_BACK: (stepping("fed_back", "called_back", result="satisfied"),),
    Action.REPLY_ACCOUNTABLE: (
        lambda s, who, g: stepping("blamed", "accountable_replied", words="w")(s, blamed(s, who, g), g),
    ),
    Action.ARCHIVE_CASE: (
        stepping("closed", "archived"),
        lambda s, who, _: desks.for_the_archive(s, who, OFFICE.vault),
    ),
    Action.GRANT_REMEDY: (stepping("received", "remedy_granted", remedy="refund", amount="20"),),
    Action.APPROVE_CLOSE: (
        stepping("fed_back", "closed", proof="p"),
        lambda s, who, _: desks.waiting(s, who, OFFICE.vault, desks.Desk.TO_APPROVE),
    ),
    Action.REVEAL_CONTACT: (lambda s, who, g: complaints.reveal_phone(s, who, NOW, OFFICE, g.cases["received"]),),
    Action.SEE_PATTERNS: (seen_patterns,),
    Action.SEE_ANALYSIS: (lambda s, who, _: analysis.case_facts(s, who, NOW, NOW - timedelta(days=9), NOW),),
    Action.SEE_SATISFACTION: (lambda s, who, _: responses.answers_table(s, who, "closing", NOW, NOW),),
    Action.MANAGE_SURVEYS: (lambda s, who, _: campaigns.barred(s, who, OFFICE),),
    Action.CHECK_ANSWERS: (lambda s, who, _: differences.differences(s, who),),
    Action.REGISTER_EVENT: (
        lambda s, who, _: alerts.register_event(s, who, NOW, EVENT),
        lambda s, who, g: alerts.close(s, who, NOW, g.alert, "w"),
    ),
    Action.SEE_CORRECTIVE_ACTIONS: (
        lambda s, who, g: corrective.action(s, who, g.action),
        lambda s, who, _: corrective.actions(s, who),
        lambda s, who, g: corrective.take_step(s, who, NOW, g.action, ActionKind.NOTED, "w"),
    ),
    Action.OPEN_CORRECTIVE_ACTION: (
        lambda s, who, g: corrective.open_action(s, who, NOW, new_action(g.centre)),
        lambda s, who, g: audit_actions.open_action(s, who, NOW, g.finding, audit_order(g.centre)),
    ),
    Action.ANSWER_CORRECTIVE_ACTION: (
        lambda s, who, g: corrective.take_step(s, who, NOW, g.action, ActionKind.PROOF_GIVEN, "w"),
    ),
    Action.VERIFY_CORRECTIVE_ACTION: (refuse_proof,),
    Action.SEE_AUDITS: (
        lambda s, who, _: audit_queries.audits(s, who),
        lambda s, who, g: audit_queries.audit(s, who, g.audit),
        lambda s, who, g: audit_queries.pieces(s, who, g.audit),
        lambda s, who, g: audit_queries.verified(s, who, OFFICE.vault, g.audit),
        lambda s, who, _: audit_queries.findings(s, who),
        lambda s, who, g: audit_queries.finding(s, who, g.finding),
        lambda s, who, g: audits.agreements(s, who, g.audit),
        lambda s, who, _: findings.overdue(s, who, NOW.date()),
    ),
    Action.AUDIT: (
        lambda s, who, g: audits.plan(s, who, NOW, OFFICE.vault, new_audit(g.centre)),
        lambda s, who, g: audit_frame.draw(s, who, NOW, OFFICE, g.planned),
        lambda s, who, g: audit_frame.size(s, who, new_audit(g.centre), OFFICE),
        lambda s, who, g: audits.check(s, who, NOW, g.piece, {"received": audits.Given(Result.MET)}),
        lambda s, who, g: findings.open_finding(s, who, NOW, new_finding(g.centre, g.piece)),
        lambda s, who, g: findings.note_cause(s, who, NOW, g.finding, "c"),
        lambda s, who, g: findings.hold_accountable(s, who, NOW, g.finding, g.centre.ids[Role.AGENT], "w"),
    ),
    Action.REPLY_FINDING: (held,),
    Action.MANAGE_CALENDAR: (
        lambda s, who, _: reckoning.correct_calendar(s, who, NOW, OFFICE, NOW.date(), DayKind.HOLIDAY, "storm"),
    ),
    Action.MANAGE_RULES: (
        lambda s, who, _: rules.publish(s, who, NOW, BATCHES),
        lambda s, who, _: core_rules.versions(s, who, "batch", "default"),
    ),
    Action.MANAGE_INTERFACES: (lambda s, who, g: tokens.add(s, who, NOW, new_token(g.centre)),),
    Action.MANAGE_PEOPLE: (
        lambda s, who, g: people.add_unit(s, who, NOW, UnitKind.TEAM, "Three", g.centre.centre),
        lambda s, who, g: people.add_user(s, who, NOW, people.NewUser("fresh", "", g.centre.team)),
        lambda s, who, g: people.set_roles(s, who, NOW, g.centre.stranger, [(Role.MANAGER, g.centre.team)]),
        lambda s, who, g: people.move_user(s, who, NOW, g.centre.stranger, g.centre.team),
        lambda s, who, g: people.set_active(s, who, NOW, g.centre.stranger, active=False),
        lambda s, who, g: people.set_password(s, who, NOW, g.centre.stranger, PASSWORD),
        lambda s, who, _: people.people(s, who),
        lambda s, who, g: login.revoke_sessions(s, who, NOW, g.centre.stranger),
    ),
    Action.SEE_JOURNAL: (lambda s, who, _: journal.entries(s, who),),
}


def one_line(page):
    assert page.lines


def one_call(found):
    assert found == 1


def refused(engine, who, exercise, ground):
    """Whether the service says Forbidden; nothing that it did is kept."""
    connection = engine.connect()
    try:
        with transaction(connection) as session:
            exercise(session, who, ground)
            session.rollback()
    except Forbidden:
        return True
    finally:
        connection.rollback()
        connection.close()
    return False


def test_every_action_has_an_exercise():
    assert set(EXERCISES) == set(Action)
    assert all(EXERCISES.values())


def test_services_refuse_exactly_the_roles_that_the_table_does_not_name(engine, centre, ground):
    with reading(engine) as session:
        actors = {role: centre.actor(session, role) for role in Role}
    wrong = [
        (action.value, role.value, number)
        for action, exercises in EXERCISES.items()
        for role, actor in actors.items()
        for number, exercise in enumerate(exercises)
        if refused(engine, actor, exercise, ground) != (role not in PERMISSIONS[action])
    ]
    assert wrong == []


OF_ONE_CALL = {
    Action.SEE_CALLS: EXERCISES[Action.SEE_CALLS][0], Action.LISTEN: EXERCISES[Action.LISTEN][0],
    Action.IMPORT_RECORDINGS: EXERCISES[Action.IMPORT_RECORDINGS][0],
    Action.RETRY_RECORDING: EXERCISES[Action.RETRY_RECORDING][0],
    Action.SEE_EVALUATIONS: EXERCISES[Action.SEE_EVALUATIONS][0], Action.SCORE_CALL: EXERCISES[Action.SCORE_CALL][2],
    Action.RECHECK_FATAL: EXERCISES[Action.RECHECK_FATAL][0],
    Action.ADD_TO_LIBRARY: EXERCISES[Action.ADD_TO_LIBRARY][1], Action.CONFIRM_LIBRARY: confirm,
    Action.IMPORT_CASES: EXERCISES[Action.IMPORT_CASES][0], Action.SEE_CASES: EXERCISES[Action.SEE_CASES][1],
    Action.HANDLE_CASE: EXERCISES[Action.HANDLE_CASE][0],
    Action.RETURN_CASE: EXERCISES[Action.RETURN_CASE][0], Action.CALL_BACK: EXERCISES[Action.CALL_BACK][0],
    Action.REPLY_ACCOUNTABLE: EXERCISES[Action.REPLY_ACCOUNTABLE][0],
    Action.ARCHIVE_CASE: EXERCISES[Action.ARCHIVE_CASE][0], Action.GRANT_REMEDY: EXERCISES[Action.GRANT_REMEDY][0],
    Action.APPROVE_CLOSE: EXERCISES[Action.APPROVE_CLOSE][0],
    Action.REVEAL_CONTACT: EXERCISES[Action.REVEAL_CONTACT][0],
    Action.SHOP: EXERCISES[Action.SHOP][1], Action.MANAGE_SHOPPING: EXERCISES[Action.MANAGE_SHOPPING][9],
    Action.REGISTER_EVENT: EXERCISES[Action.REGISTER_EVENT][1],
    Action.SEE_AUDITS: EXERCISES[Action.SEE_AUDITS][1], Action.AUDIT: EXERCISES[Action.AUDIT][3],
    Action.SEE_CORRECTIVE_ACTIONS: EXERCISES[Action.SEE_CORRECTIVE_ACTIONS][0],
    Action.OPEN_CORRECTIVE_ACTION: EXERCISES[Action.OPEN_CORRECTIVE_ACTION][0],
    Action.ANSWER_CORRECTIVE_ACTION: EXERCISES[Action.ANSWER_CORRECTIVE_ACTION][0],
    Action.VERIFY_CORRECTIVE_ACTION: EXERCISES[Action.VERIFY_CORRECTIVE_ACTION][0],
}  # fmt: skip


FORBIDDEN_ELSEWHERE = (Action.IMPORT_RECORDINGS, Action.IMPORT_CASES, Action.OPEN_CORRECTIVE_ACTION)


def test_the_same_role_in_another_team_reaches_nothing_here_unless_the_table_says_everything(engine, centre, ground):
    with transaction(engine) as session:
        others = {
            role: people.actor_for(session, people.add_user(
                session, SYSTEM, NOW, people.NewUser(f"far.{role.value}", "", centre.other_team, None, (role,))
            ))
            for role in Role
        }  # fmt: skip
    for action, exercise in OF_ONE_CALL.items():
        for role, scope in PERMISSIONS[action].items():
            told = Forbidden if action in FORBIDDEN_ELSEWHERE else NotFound
            if scope is Scope.ALL:
                assert not refused(engine, others[role], exercise, ground)
                continue
            with pytest.raises(told), transaction(engine) as session:
                exercise(session, others[role], ground)


def test_nobody_without_a_role_may_do_anything(engine, centre, ground):
    with transaction(engine) as session:
        bare = people.actor_for(session, people.add_user(
            session, SYSTEM, NOW, people.NewUser("bare", "", centre.team, PASSWORD)))  # fmt: skip
    for exercises in EXERCISES.values():
        assert all(refused(engine, bare, exercise, ground) for exercise in exercises)


def test_everybody_may_set_their_own_password_and_nobody_else_s(engine, centre):
    with transaction(engine) as session:
        agent = centre.actor(session, Role.AGENT)
        people.set_password(session, agent, NOW, agent.user_id, "another good one")
        with pytest.raises(Forbidden):
            people.set_password(session, agent, NOW, centre.stranger, "another good one")


def test_every_refusal_is_a_sentence_of_ours():
    assert all(issubclass(kind, HuitingError) for kind in (Forbidden, NotFound, Invalid, Conflict))


def test_sql_and_python_agree_on_what_lies_in_reach(engine, centre):
    units = [centre.company, centre.centre, centre.team, centre.other_team]
    agents = [centre.ids[Role.AGENT], centre.other_agent, centre.stranger]
    with transaction(engine) as session:
        for number, unit in enumerate(units * 4):
            call = CallRow(
                call_id=f"C-{number}", unit_id=unit, started_at=NOW - timedelta(hours=number), created_at=NOW
            )
            session.add(call)
            session.flush()
            for position, agent in enumerate(agents):
                if number >> position & 1:
                    session.add(CallAgentRow(call_pk=call.id, user_id=agent, position=position))

    reaches = st.builds(
        Reach, st.booleans(), st.frozensets(st.sampled_from([*units, 10**6])), st.none() | st.sampled_from(agents)
    )
    with reading(engine) as session:

        @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
        @given(reaches)
        def agree(found):
            in_sql = set(session.scalars(select(CallRow.id).where(calls.within(found))))
            each = session.scalars(select(CallRow)).all()
            in_python = {
                call.id
                for call in each
                if covers(
                    found,
                    call.unit_id,
                    frozenset(session.scalars(select(CallAgentRow.user_id).where(CallAgentRow.call_pk == call.id))),
                )
            }
            assert in_sql == in_python == {call.id for call in each if calls.may_reach_call(session, found, call.id)}

        agree()
