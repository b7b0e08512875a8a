"""The QA desk and disputes: who sees what, what is refused, and that what was typed leads where it says."""

import pytest
from conftest import NOW, PASSWORD
from opened import in_address, say, words

from qa_app.core import people
from qa_app.core.access import SYSTEM, Action, Role
from qa_app.core.db import reading, transaction
from scorecards import coaching_sessions, contesting, drawing, draws, queries, regimes, service, work
from scorecards.contesting import Rules
from scorecards.disputes import Step, StepKind
from scorecards.evaluations import Desk
from scorecards.model import CoachingStep, Verdict
from scorecards.work_tables import PickRow

pytest_plugins = ["opened"]


def button(app, label):
    return next(one for one in app.button if one.label == label)


@pytest.fixture
def scored(busy, installed, staffed):
    """The agent's Chinese call, scored by somebody of another team: the greeting was not met."""
    with transaction(installed.engine) as session:
        new = people.NewUser("judge", "Judge", staffed.centre, None, (Role.INSPECTOR,))
        judge = people.actor_for(session, people.add_user(session, SYSTEM, NOW, new))
        call, (card_id, card) = busy["good-zh"], queries.card_for(session, "zh")
        transcript = queries.evaluations(session, SYSTEM, call)[0].transcript_id
        given = {one.id: {"verdict": "met"} for _, one in card.criteria}
        given["greeting"] = {"verdict": "not_met", "comment": "没有报工号"}
        return service.submit(session, judge, NOW, Desk(call, transcript, card_id), {"answers": given})


@pytest.fixture(autouse=True)
def today(monkeypatch):
    from qa_app import session as page

    monkeypatch.setattr(page, "now", lambda: NOW)


def windows(session):
    from surveys import queries as complaints
    from surveys.office import ZoneInfo

    days = complaints.working_days(session, ZoneInfo("Asia/Shanghai"))
    return Rules(regimes.regime(session, NOW).disputes, days)


def test_a_period_is_opened_once_and_its_seed_is_not_shown(staffed, installed, sign_in):
    app = sign_in(Role.QA_LEAD, "en", "quality")
    assert say(app, "No sampling period is open. Open next month's: its seed is sealed before its first call.") in (
        words(app)
    )
    button(app, "Open 2026-12").click().run()
    assert not app.error
    assert "Open 2026-12" not in [one.label for one in app.button]
    with reading(installed.engine) as session:
        (period,) = draws.periods(session, SYSTEM, None)
    assert period.commitment in words(app)
    assert "sealed until 2026-12-31" in words(app)


def test_an_inspector_who_is_away_is_said_to_be(busy, installed, staffed, sign_in):
    app = sign_in(Role.QA_LEAD, "en", "quality", part="queue")
    app.number_input[0].set_value(0)
    button(app, "Keep").click().run()
    assert not app.error
    shown = next(one.value for one in app.dataframe if "Capacity" in one.value)
    assert "away" in set(shown["Capacity"])


def test_next_month_may_be_opened_of_one_queue(busy, installed, staffed, sign_in, monkeypatch):
    app = sign_in(Role.QA_LEAD, "en", "quality")
    queues = app.selectbox[0].options
    assert queues[0] == "all queues"
    app.selectbox[0].set_value(queues[1]).run()
    button(app, f"Open 2026-12 {queues[1]}").click().run()
    assert not app.error
    with reading(installed.engine) as session:
        assert [one.queue for one in draws.periods(session, SYSTEM, None)] == [queues[1]]
    assert "Open 2026-12" not in [one.label for one in app.button]  # all queues would have its calls too


def test_a_monitor_sees_the_sampling_and_may_not_open_a_period_or_hand_calls_over(staffed, sign_in):
    app = sign_in(Role.MONITOR, "en", "quality")
    assert not [one for one in app.button if one.label.startswith("Open")]
    assert "Queue and workload" not in str(app.main)


def test_the_queue_shows_why_a_call_waits_and_gives_it_out(busy, installed, staffed, sign_in):
    with transaction(installed.engine) as session:
        drawing.pick_by_hand(session, SYSTEM, NOW, busy["good-en"], "投诉客户再次来电")
        new = people.NewUser("judge", "Judge", staffed.centre, None, (Role.INSPECTOR,))
        people.add_user(session, SYSTEM, NOW, new)
    app = sign_in(Role.QA_LEAD, "en", "quality", part="queue")
    (shown,) = [one.value for one in app.dataframe if "Why" in one.value]
    assert list(shown["Why"]) == ["投诉客户再次来电"]
    button(app, "Give out what nobody has").click().run()
    assert "1 calls given out" in app.success[0].value


def test_an_inspectors_next_review_comes_from_the_queue_unless_it_is_of_the_own_team(
    busy, installed, staffed, sign_in
):  # fmt: skip
    with transaction(installed.engine) as session:
        new = people.NewUser("judge", "Judge", staffed.centre, PASSWORD, (Role.INSPECTOR,))
        people.add_user(session, SYSTEM, NOW, new)
        drawing.pick_by_hand(session, SYSTEM, NOW, busy["good-en"], "w")
        mate = centre_actor(session, staffed, Role.INSPECTOR)
        assert work.claim(session, mate, NOW, regimes.regime(session, NOW)) is None
    app = sign_in("judge", "en", "review")
    assert in_address(app, "call") == str(busy["good-en"])
    with reading(installed.engine) as session:
        (row,) = session.query(PickRow).all()
    assert row.claimed_by_id == row.inspector_id is not None


def centre_actor(session, staffed, role):
    return people.actor_for(session, staffed.ids[role])


def test_an_agent_contests_an_answer_with_a_reason_and_sees_where_it_stands(scored, installed, sign_in):
    app = sign_in(Role.AGENT, "en", "disputes")
    assert "没有报工号" in words(app)
    assert "may be contested" in words(app)
    button(app, "Contest").click().run()
    assert "comment" in app.error[0].value
    app.text_area[0].set_value("第一句就报了工号")
    button(app, "Contest").click().run()
    assert [one.value for one in app.error] == []
    assert "waits for a decision" in words(app)
    with reading(installed.engine) as session:
        (one,) = contesting.contested(session, SYSTEM, NOW, windows(session), Action.DECIDE_DISPUTE)
    assert (one.criterion, one.proposed, one.words) == ("greeting", Verdict.MET, "第一句就报了工号")


def test_the_leads_own_line_is_refused_and_another_lead_decides(scored, installed, staffed, sign_in):
    with transaction(installed.engine) as session:
        agent = centre_actor(session, staffed, Role.AGENT)
        step = Step(StepKind.DISPUTED, NOW, None, "greeting", Verdict.MET, "报了")
        contesting.contest(session, agent, NOW, scored, step, windows(session))
        new = people.NewUser("head", "Head", staffed.centre, "a long password", (Role.QA_LEAD,))
        people.add_user(session, SYSTEM, NOW, new)
        people.set_password(session, SYSTEM, NOW, people.user_by_login(session, "head"), "correct horse battery")
    app = sign_in(Role.QA_LEAD, "en", "disputes")
    app.text_area[0].set_value("听到了")
    button(app, "Decide").click().run()
    assert "own line" in app.error[0].value
    assert app.text_area[0].value == "听到了"


def test_an_agent_reads_what_was_decided_and_why(scored, installed, staffed, sign_in):
    with transaction(installed.engine) as session:
        agent = centre_actor(session, staffed, Role.AGENT)
        new = people.NewUser("head", "Head", staffed.centre, None, (Role.QA_LEAD,))
        head = people.actor_for(session, people.add_user(session, SYSTEM, NOW, new))
        step = Step(StepKind.DISPUTED, NOW, None, "greeting", Verdict.MET, "报了")
        contesting.contest(session, agent, NOW, scored, step, windows(session))
        step = Step(StepKind.DECIDED, NOW, None, "greeting", Verdict.MET, "录音第二秒有工号")
        contesting.decide(session, head, NOW, scored, step, windows(session))
    app = sign_in(Role.AGENT, "en", "disputes")
    assert "录音第二秒有工号" in words(app)
    assert "decided" in words(app)


def test_a_machines_score_is_named_so_and_a_person_can_be_asked_for_once(busy, installed, sign_in):
    app = sign_in(Role.AGENT, "en", "disputes")
    assert "counts for nothing until a person scores it" in words(app)
    asked = [one for one in app.button if one.label == "Ask for a person"]
    asked[0].click().run()
    with reading(installed.engine) as session:
        (row,) = session.query(PickRow).all()
    assert row.why == [drawing.ASKED]
    assert "Contest" not in [one.label for one in app.button]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SUPERVISOR, Role.SURVEYOR])
def test_others_are_offered_neither_page(busy, sign_in, role):
    app = sign_in(role, "en")
    assert not {"disputes", "quality"} & set(str(app).split('"'))


# --- coaching -----------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(scored, busy, installed, staffed):
    """A session for the agent, already held, with a clip of the scored call."""
    with transaction(installed.engine) as session:
        boss = centre_actor(session, staffed, Role.SUPERVISOR)
        clip = coaching_sessions.Clip(busy["good-zh"], "greeting", 1.5, "您好")
        goal = {"greeting": "先报工号"}
        new = coaching_sessions.NewCoaching(staffed.ids[Role.AGENT], NOW.date(), goal, (clip,))
        made = coaching_sessions.plan(session, boss, NOW, new)
        coaching_sessions.take_step(session, boss, NOW, made, CoachingStep.HELD)
        return made


def test_the_agent_reads_the_session_and_acknowledges_it_with_a_comment(planned, installed, sign_in):
    app = sign_in(Role.AGENT, "en", "coaching")
    assert "先报工号" in words(app)
    assert [one.label for one in app.button if one.label in ("Acknowledge", "Keep the follow-up")] == ["Acknowledge"]
    app.text_input(key=f"coaching.words.{planned}").set_value("明白了")
    button(app, "Acknowledge").click().run()
    assert not app.error
    with reading(installed.engine) as session:
        (one,) = coaching_sessions.sessions(session, SYSTEM)
    assert (one.steps[-1].kind, one.steps[-1].words) == (CoachingStep.ACKNOWLEDGED, "明白了")


def test_a_follow_up_without_words_is_refused_where_it_was_pressed(planned, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "coaching", part="sessions")
    button(app, "Keep the follow-up").click().run()
    assert "what you saw" in app.error[0].value


def test_where_to_coach_says_what_is_missing_and_others_may_only_read(planned, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "coaching")
    assert "No call drawn by lot was scored yet" in words(app)
    app = sign_in(Role.QA_LEAD, "en", "coaching")
    assert "先报工号" in words(app)
    assert not [one for one in app.button if one.label in ("Acknowledge", "Keep the follow-up", "It was held")]
