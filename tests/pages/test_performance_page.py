"""Performance sheets, praise and the leader's inbox: who sees which rows, what a cell opens, what is refused."""

import pytest
from conftest import NOW
from opened import in_address, say, words

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from scorecards import contesting, praise, queries, regimes, service
from scorecards.contesting import Rules
from scorecards.disputes import Step, StepKind
from scorecards.evaluations import Desk
from scorecards.model import Verdict
from surveys import queries as complaints
from surveys.office import ZoneInfo

pytest_plugins = ["opened"]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    from qa_app import session as page

    monkeypatch.setattr(page, "now", lambda: NOW)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def tables_of(app):
    return {next(iter(one.value.columns)): one.value for one in app.dataframe}


def test_a_supervisor_sees_the_own_agents_by_name_and_no_rank(busy, staffed, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "performance", period="2026-11")
    found = tables_of(app)["Agent"]
    assert list(found["Agent"]) == ["Agent"]
    assert "too few" in found["Note"][0]
    assert "Mystery shopping" in found["Note"][0]
    assert list(found["Grade"]) == ["–"]  # too few for one
    assert "Open: the figures still move" in words(app)


def test_an_agent_sees_the_own_sheet_with_every_measure_defined(busy, staffed, sign_in):
    app = sign_in(Role.AGENT, "en", "performance", period="2026-11")
    cells = tables_of(app)["Part of the sheet"]
    assert {"Scores of random calls", "Average handling time (AHT)", "First-call resolution (FCR)"} <= set(
        cells["Measure"]
    )
    assert list(cells.loc[cells["Measure"] == "Mystery shopping", "n"]) == [0]
    assert "did not call anybody again within 7 days" in words(app)
    assert "Nobody has left a good word yet." in words(app)


def test_an_inspector_and_a_shopper_have_no_such_page(busy, staffed, sign_in):
    for role in (Role.INSPECTOR, Role.SHOPPER):
        app = sign_in(role, "en", "performance")
        assert "Agent" not in tables_of(app)


def test_a_good_word_reaches_the_agent_and_a_wrong_second_keeps_what_was_typed(busy, installed, staffed, sign_in):
    app = sign_in(Role.INSPECTOR, "en", "review", call=str(busy["good-zh"]))
    area = next(one for one in app.text_area if one.label == "What was good")
    area.set_value("先认可情绪")
    next(one for one in app.text_input if one.label.startswith("At which second")).set_value("soon")
    button(app, "Send to the agent").click().run()
    assert "no second of the call" in app.error[0].value
    assert next(one for one in app.text_area if one.label == "What was good").value == "先认可情绪"
    next(one for one in app.text_input if one.label.startswith("At which second")).set_value("1.5")
    button(app, "Send to the agent").click().run()
    assert not app.error
    app = sign_in(Role.AGENT, "en", "performance", period="2026-11")
    assert "先认可情绪" in words(app)
    with reading(installed.engine) as session:
        assert [one.at_s for one in praise.praises(session, SYSTEM)] == [1.5]


def test_the_inbox_shows_a_dispute_to_the_lead_and_leads_to_it(busy, installed, staffed, sign_in):
    with transaction(installed.engine) as session:
        new = people.NewUser("judge", "Judge", staffed.centre, None, (Role.INSPECTOR,))
        judge = people.actor_for(session, people.add_user(session, SYSTEM, NOW, new))
        call, (card_id, card) = busy["good-zh"], queries.card_for(session, "zh")
        transcript = queries.evaluations(session, SYSTEM, call)[0].transcript_id
        given = {one.id: {"verdict": "met"} for _, one in card.criteria}
        given["greeting"] = {"verdict": "not_met", "comment": "没有报工号"}
        made = service.submit(session, judge, NOW, Desk(call, transcript, card_id), {"answers": given})
        days = complaints.working_days(session, ZoneInfo("Asia/Shanghai"))
        agent = people.actor_for(session, staffed.ids[Role.AGENT])
        step = Step(StepKind.DISPUTED, NOW, agent.user_id, "greeting", Verdict.MET, "报了")
        contesting.contest(session, agent, NOW, made, step, Rules(regimes.regime(session, NOW).disputes, days))
    app = sign_in(Role.QA_LEAD, "en")
    assert "To decide today (1)" in [one.value for one in app.subheader]
    (shown,) = [one for one in app.button if one.label.startswith("Disputes to decide (1)")]
    assert not app.exception
    assert shown.label.count("since") == 1
    for role in (Role.AGENT, Role.INSPECTOR):
        assert not [one for one in sign_in(role, "en").button if one.label.startswith("Disputes to decide")]


def test_a_leader_with_nothing_to_decide_is_told_so(staffed, sign_in):
    app = sign_in(Role.SUPERVISOR, "zh")
    assert say(app, "Nothing waits for your decision.") in words(app)


def test_the_chosen_period_is_kept_in_the_address(busy, staffed, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "performance", span="quarter", period="2026Q4")
    assert in_address(app, "period") == "2026Q4"
    assert list(tables_of(app)["Agent"]["Agent"]) == ["Agent"]
