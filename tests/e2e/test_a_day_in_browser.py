"""One full day: a call drawn by lot, scored blind, disputed, overturned, coached; a mystery visit matched to it; an
audit finding closed; the journal verified. Each by the person whose work it is, in a real browser."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from harness.product import MARKS, wait_until
from made_calls import heard, transcribed_call, write_wav

from qa_app import audit_actions, intake, performance_sheet, sampling_frame
from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.demo.shopping import REPLIES
from scorecards import (
    audit_queries,
    audits,
    coaching_sessions,
    drawing,
    findings,
    machine,
    queries,
    shopping_reads,
    shopping_scenarios,
    shopping_visits,
    words,
)
from scorecards.auditing import Aim, AuditKind, AuditStep, Result, Severity
from scorecards.audits import Given, NewAudit
from scorecards.coaching_sessions import Clip, NewCoaching
from scorecards.drawing import NewPeriod
from scorecards.finding_rules import FindingState
from scorecards.findings import NewFinding
from scorecards.model import Author, CoachingStep
from scorecards.sampling import Outcome
from scorecards.shopping import Form, VisitState
from scorecards.shopping_visits import NewVisit
from surveys import service as casework
from surveys.model import ActionKind, NewCase
from surveys.office import Office

pytestmark = MARKS
pytest_plugins = ["harness.product"]
DAY = timedelta(days=1)
CALL, AGENT, NUMBER = "DAY-1", "A012", "13800138777"
WHY, REASON, PROMISE = "第一句就报了工号", "复听确认已报工号", "下次先报工号再询问"


@pytest.fixture(scope="module")
def day(product, tmp_path_factory):
    """Yesterday's call of an agent, transcribed and scored by the machine, drawn by lot out of yesterday's frame."""
    office, now = Office.of(product.runtime.settings), utc_now()
    yesterday = (now.astimezone(office.zone) - DAY).date()
    at = datetime.combine(yesterday, time(10), office.zone)
    plan = intake.plan_for(product.runtime)
    with transaction(product.runtime.engine) as session:
        logins = {one.login: one.id for one in people.people(session, SYSTEM)}
        file = write_wav(tmp_path_factory.mktemp("day") / f"{CALL}.wav", seconds=40, seed=77)
        call, _recording, transcript = transcribed_call(
            session, now, plan, file, heard("good_zh"), started_at=at, agents=(AGENT,), customer_ref=NUMBER
        )
        machine.score_call(session, now, transcript)
        centre = people.unit_of(session, logins["lead"])
        opened = datetime.combine(yesterday - DAY, time(9), office.zone)
        period = drawing.open_period(session, SYSTEM, opened, office.vault,
                                     NewPeriod(centre, "day", yesterday, yesterday))  # fmt: skip
    sampling_frame.draw_due(product.runtime.engine, now, office)
    return SimpleNamespace(call=call, at=at, period=period, logins=logins, office=office, centre=centre)


def acting(product, who, service, *given):
    """A service as somebody, in a transaction of its own."""
    with transaction(product.runtime.engine) as session:
        actor = SYSTEM if who is None else people.actor_for(session, people.user_by_login(session, who))
        return service(session, actor, *given)


def evaluation(product, day):
    with reading(product.runtime.engine) as session:
        return next(one for one in queries.evaluations(session, SYSTEM, day.call) if one.author is Author.PERSON)


def button(guest, label, **values):
    return guest.page.get_by_role("button", name=guest.say(label, **values), exact=True)


def test_a_call_is_drawn_scored_blind_disputed_overturned_and_coached(visitor, product, day):
    lead = visitor("lead").go("quality")
    lead.page.get_by_text(lead.say("Proof of the draw")).last.click()
    button(lead, "Run the draws again").last.click()
    lead.saw(lead.say("All {n} draws agree with seed and frames.", n=1))
    wrong = scored_blind(visitor, product, day)
    before = evaluation(product, day).evaluation.score_pct
    agent = visitor(AGENT).go("disputes")
    agent.page.get_by_text(agent.say("Contest this answer")).first.click()
    agent.page.locator("textarea:visible").first.fill(WHY)
    button(agent, "Contest").first.click()
    agent.saw(agent.say("Withdraw"))
    lead.go("disputes")
    lead.saw(WHY)
    lead.page.get_by_role("radio", name=lead.say("met"), exact=True).first.click()
    lead.settled()
    lead.page.locator("textarea:visible").first.fill(REASON)
    button(lead, "Decide").first.click()
    lead.saw(lead.say("No dispute waits for you."))
    after = evaluation(product, day)
    assert after.evaluation.score_pct > before
    assert next(one for one in after.evaluation.answers if one.criterion == wrong).verdict.value == "met"
    agent.go("disputes")
    agent.saw(REASON)
    coached(visitor, product, day, wrong)


def scored_blind(visitor, product, day):
    """The queue gives the call; nothing of the machine's is seen; the first criterion is not met. Returns it."""
    inspector = visitor("inspector").go("review")
    page = inspector.page
    page.wait_for_selector(".desk")
    assert CALL in page.locator(".head h2").inner_text()
    assert [one for one in page.locator(".machine").all_inner_texts() if one.strip()] == []
    wrong = page.locator(".criterion[aria-selected=true]").get_attribute("data-criterion")
    inspector.press("3")
    inspector.type("没有报工号")
    inspector.press("Control+Enter")
    for _ in range(60):
        inspector.press("s")
        if page.locator(".notice").get_by_text(inspector.say("Submit this evaluation?")).count():
            break
        inspector.press("1")
    inspector.press("Enter")
    page.locator(".status.saved", has_text=inspector.say("submitted")).wait_for()
    assert evaluation(product, day).author_id == day.logins["inspector"]
    return wrong


def coached(visitor, product, day, criterion):
    """The supervisor holds a session on the very clip; the agent acknowledges it with a word."""
    clip = Clip(day.call, criterion, 1.0, "您好")
    new = NewCoaching(day.logins[AGENT], date.today(), {criterion: "开头报工号"}, (clip,))  # noqa: DTZ011 - any day
    acting(product, "supervisor", coaching_sessions.plan, utc_now(), new)
    supervisor = visitor("supervisor").go("coaching", "part=sessions")
    button(supervisor, "It was held").first.click()
    wait_until(lambda: CoachingStep.HELD in taken(product), "the session to be held")
    agent = visitor(AGENT).go("coaching")
    agent.page.get_by_label(agent.say("Comment")).first.fill(PROMISE)
    button(agent, "Acknowledge").first.click()
    wait_until(lambda: CoachingStep.ACKNOWLEDGED in taken(product), "the agent's word")
    supervisor.go("coaching", "part=sessions")
    supervisor.saw(PROMISE)


def taken(product):
    with reading(product.runtime.engine) as session:
        return [step.kind for step in coaching_sessions.sessions(session, SYSTEM)[0].steps]


def test_a_mystery_visit_is_matched_to_its_recording_and_validated(visitor, product, day):
    now, vault = utc_now(), day.office.vault
    with reading(product.runtime.engine) as session:
        scenario = next(one.id for one in shopping_scenarios.scenarios(session, SYSTEM)
                        if one.scenario.name == "unknown-charge-zh")  # fmt: skip
        team = people.unit_of(session, day.logins[AGENT])
    due = now.date() + DAY
    visit = acting(product, "monitor", shopping_visits.assign, now,
                   NewVisit(scenario, day.logins["shopper"], team, due))  # fmt: skip
    form = Form(day.at + timedelta(minutes=2), NUMBER, AGENT, REPLIES)
    acting(product, "shopper", shopping_visits.save_draft, now, vault, visit, form)
    shopper = visitor("shopper").go("shopping", f"visit={visit}")
    button(shopper, "Hand in").click()
    wait_until(lambda: stands(product, visit).state is VisitState.SUBMITTED, "the visit to be handed in")
    shopper.go("calls")
    assert shopper.page.get_by_text(CALL).count() == 0  # a shopper sees no calls, whatever the address
    monitor = visitor("monitor").go("shopping", f"part=visits&visit={visit}")
    button(monitor, "It is this call").first.click()
    wait_until(lambda: stands(product, visit).call_pk == day.call, "the recording to be confirmed")
    monitor.saw(monitor.say("Not this call: take it off"))
    button(monitor, "Validate").click()
    wait_until(lambda: stands(product, visit).state is VisitState.VALIDATED, "the visit to be validated")
    assert stands(product, visit).agent_id == day.logins[AGENT]
    with reading(product.runtime.engine) as session:
        figures = performance_sheet.figures(session, utc_now(), day.office, day.at.date().replace(day=1))
    assert f"visit:{visit}" in {source for one in figures if one.measure == "visits" for source in one.by_source}
    agent = visitor(AGENT).go("performance", f"period={day.at:%Y-%m}")
    agent.saw(agent.say("How each measure is defined"))
    assert product.faults() == []


def stands(product, visit):
    with reading(product.runtime.engine) as session:
        return shopping_reads.visit(session, SYSTEM, None, visit)


def test_an_audit_is_drawn_its_finding_closed_by_somebody_else_and_the_journal_is_whole(visitor, product, day):
    now = utc_now()
    with transaction(product.runtime.engine) as session:
        unit = people.unit_of(session, day.logins["billing"])
        new = NewCase("多扣了三十元", "李静", "13800138999", unit_id=day.centre, received_at=now)
        casework.register(session, SYSTEM, now, day.office, new)
    new = NewAudit(AuditKind.PROCESS, "全天检查", day.centre, now.date() - DAY, now.date() + DAY, Aim(0.5))
    audit = acting(product, "monitor", audits.plan, now, day.office.vault, new)
    monitor = visitor("monitor").go("audits", f"audit={audit}")
    button(monitor, "Draw the sample").click()
    wait_until(lambda: whole(product, audit).state is AuditStep.DRAWN, "the sample to be drawn")
    monitor.saw(monitor.say("Proof of the draw"))
    monitor.page.get_by_text(monitor.say("Proof of the draw")).click()
    button(monitor, "Draw again and compare").click()
    monitor.saw(monitor.say(words.OUTCOMES[Outcome.AGREES]))
    finding, action = with_action(product, day, audit, unit)
    acting(product, "billing", audit_actions.take_step, now, action, ActionKind.PROOF_GIVEN, "已培训，附签到表")
    manager = visitor("manager").go("audits", f"part=findings&finding={finding}")
    manager.page.locator("textarea:visible").last.fill("抽查五件，均已改正")
    button(manager, "Verify and close").click()
    wait_until(lambda: closed(product, finding), "the finding to be closed")
    monitor.go("journal")
    monitor.page.locator("[data-testid=stAlertContentSuccess]").wait_for()  # unbroken
    assert product.faults() == []


def whole(product, audit):
    with reading(product.runtime.engine) as session:
        return audit_queries.audit(session, SYSTEM, audit)


def closed(product, finding):
    with reading(product.runtime.engine) as session:
        return audit_queries.finding(session, SYSTEM, finding).state is FindingState.CLOSED


def with_action(product, day, audit, unit):
    """The drawn cases checked; a wrong class became a finding of a unit, with cause and written notice."""
    now = utc_now()
    with reading(product.runtime.engine) as session:
        pieces = audit_queries.pieces(session, SYSTEM, audit)
    for one in pieces:
        asked = {item.code: Given(Result.MET) for item in whole(product, audit).checklist.asked_of(one.tags)}
        asked["classed"] = Given(Result.NOT_MET, "应为网络类", "受理记录")
        acting(product, "monitor", audits.check, now, one.id, asked)
    new = NewFinding(pieces[0].id, "classed", unit, Severity.MAJOR, "分类错误")
    finding = acting(product, "monitor", audit_actions.open_finding, now, new).finding_id
    acting(product, "monitor", findings.note_cause, now, finding, "不熟悉目录")
    order = audit_actions.Order("分类培训", "组织培训并抽查", day.logins["billing"], now.date() + DAY)
    return finding, acting(product, "monitor", audit_actions.open_action, now, finding, order)
