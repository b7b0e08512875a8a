"""Mystery shopping on the screen: what each role sees, what is refused in words, and that what was typed is kept."""

from datetime import datetime, timedelta

import pytest
from conftest import NOW, PASSWORD
from opened import say, words

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Sentence
from scorecards import shopping_matching, shopping_reads, shopping_scenarios, shopping_visits
from scorecards.scenario_file import shipped_scenario_text
from scorecards.shopping import Form, Reply, VisitState
from scorecards.shopping_visits import NewVisit
from transcription.tables import CallRow

pytest_plugins = ["opened"]

BEGAN = NOW - timedelta(minutes=3)
GOOD = {
    "answered_s": Reply(41), "greeting": Reply(0, evidence="只说了“你好”"), "verify": Reply(1), "interrupted": Reply(0),
    "restate": Reply(words="您是说每月多扣了十五块"), "apology": Reply(words="给您带来不便非常抱歉"),
    "understood": Reply(4, evidence="“我理解您”"), "clear": Reply(5, evidence="“十月三日由短信订购”"),
    "courtesy": Reply(5, evidence="说了 3 次“请”"), "solution": Reply(1), "timeframe": Reply(words="24 小时内"),
    "case_number": Reply(1),
}  # fmt: skip


def button(app, label):
    return next(one for one in app.button if one.label == label)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    from qa_app import session as page

    monkeypatch.setattr(page, "now", lambda: NOW)
    monkeypatch.setattr(page, "end_of_today", lambda: NOW + timedelta(hours=12))


class Played:
    """A shopper's assigned visit, and shortcuts to go on with it."""

    def __init__(self, installed, staffed):
        self.engine, self.ids, self.centre = installed.engine, staffed.ids, staffed
        self.vault = Vault(installed.settings.secret)
        with transaction(self.engine) as session:
            new = people.NewUser("second", "Second Secret", staffed.team, PASSWORD, (Role.SHOPPER,))
            self.ids["second"] = people.add_user(session, SYSTEM, NOW, new)
            new = people.NewUser("watch", "Watch", staffed.company, PASSWORD, (Role.MONITOR,))
            self.ids["watch"] = people.add_user(session, SYSTEM, NOW, new)
            text = shipped_scenario_text("unknown-charge-zh")
            self.scenario = shopping_scenarios.take_into_use(session, SYSTEM, NOW, text)
        self.visit = self.assign(Role.SHOPPER)

    def __call__(self, who, work, *given):
        with transaction(self.engine) as session:
            return work(session, people.actor_for(session, self.ids[who]), *given)

    def assign(self, shopper):
        new = NewVisit(
            self.scenario, self.ids[shopper], self.centre.team, NOW.date() + timedelta(days=3), "打 10000 号"
        )
        return self("watch", shopping_visits.assign, NOW, new)

    def submit(self, shopper=Role.SHOPPER, visit=None):
        form = Form(BEGAN, "13800138017", "A012", GOOD)
        self(shopper, shopping_visits.submit, NOW, self.vault, visit or self.visit, form)

    def validate(self):
        self("watch", shopping_visits.validate, NOW, self.visit, self.ids[Role.AGENT])

    def own(self):
        return self(Role.SHOPPER, shopping_reads.own_visit, self.vault, self.visit)

    def stored(self):
        return self("watch", shopping_reads.visit, self.vault, self.visit)


@pytest.fixture
def played(installed, staffed):
    return Played(installed, staffed)


def test_a_shopper_sees_the_own_visit_only_and_what_is_typed_is_kept_at_once(played, sign_in):
    other = played.assign("second")
    app = sign_in(Role.SHOPPER, "zh", "shopping")
    assert words(app).count("热线咨询不明扣费") == 1
    assert say(app, "To do ({total})", total=1) in words(app)
    app = sign_in(Role.SHOPPER, "zh", "shopping", visit=other)
    assert app.error[0].value == say(app, "There is no visit {visit} of yours.", visit=other)
    app = sign_in(Role.SHOPPER, "zh", "shopping", visit=played.visit)
    assert "打 10000 号" in words(app)
    app.text_area(key=f"shop.{played.visit}.restate.value").set_value("您是说多扣了钱").run()
    app.text_input(key=f"shop.{played.visit}.number").set_value("13800138017").run()
    app.datetime_input(key=f"shop.{played.visit}.at").set_value(datetime(2026, 11, 9, 9, 57)).run()  # noqa: DTZ001 - typed
    kept = played.own()
    assert (kept.form.replies["restate"].words, kept.form.number) == ("您是说多扣了钱", "13800138017")
    assert kept.form.at == BEGAN  # Shanghai is 8 hours ahead
    assert kept.state is VisitState.IN_WORK
    app = sign_in(Role.SHOPPER, "zh", "shopping", visit=played.visit)
    assert app.text_area(key=f"shop.{played.visit}.restate.value").value == "您是说多扣了钱"


def test_an_incomplete_form_says_at_each_item_what_it_lacks_and_a_complete_one_is_handed_in(played, sign_in):
    form = Form(BEGAN, "13800138017", "A012", GOOD | {"greeting": Reply(0), "clear": Reply(5, evidence="很清楚")})
    played(Role.SHOPPER, shopping_visits.save_draft, NOW, played.vault, played.visit, form)
    app = sign_in(Role.SHOPPER, "en", "shopping", visit=played.visit)
    button(app, "Hand in").click().run()
    told = [one.value for one in app.error]
    assert any(one.startswith("2 answers are not complete") for one in told)
    assert any(one.startswith("A rating never stands alone") for one in told)
    assert any(one.startswith("A low answer needs evidence") for one in told)
    app.text_area(key=f"shop.{played.visit}.greeting.evidence").set_value("只说了“你好”").run()
    app.text_area(key=f"shop.{played.visit}.clear.evidence").set_value("“十月三日订的”").run()
    button(app, "Hand in").click().run()
    assert not app.error
    assert played.own().state is VisitState.SUBMITTED
    assert "Nothing waits" in words(app)
    app = sign_in(Role.SHOPPER, "en", "shopping", visit=played.visit)
    assert "只说了“你好”" in words(app)
    assert not [one for one in app.button if one.label == "Hand in"]


def test_a_visit_sent_back_shows_its_reasons_where_they_belong(played, sign_in):
    played.submit()
    played("watch", shopping_visits.send_back, NOW, played.visit, {"apology": "请写原话"})
    app = sign_in(Role.SHOPPER, "zh", "shopping", visit=played.visit)
    assert "请写原话" in [one.value for one in app.warning]
    assert app.text_area(key=f"shop.{played.visit}.apology.value").value == "给您带来不便非常抱歉"


def test_the_monitoring_group_matches_compares_and_validates(played, busy, installed, sign_in):
    with transaction(installed.engine) as session:
        call = session.get_one(CallRow, busy["good-zh"])
        call.started_at, call.customer_ref = BEGAN + timedelta(minutes=2), "13800138017"
    played.submit()
    app = sign_in("watch", "en", "shopping", visit=played.visit)
    assert "138****8017" in words(app)
    assert "13800138017" not in words(app)
    assert f"Call {busy['good-zh']}" in words(app)
    button(app, "It is this call").click().run()
    assert played.stored().call_pk == busy["good-zh"]
    assert "No person has scored this recording yet" in words(app)
    agent = next(one for one in app.selectbox if one.label == "Agent whom it concerns")
    assert agent.value == played.ids[Role.AGENT]
    button(app, "Validate").click().run()
    assert not app.error
    found = played.stored()
    assert (found.state, found.agent_id) == (VisitState.VALIDATED, played.ids[Role.AGENT])
    assert say(app, "No visit stands here.") in words(app)
    app = sign_in("watch", "en", "shopping", visit=played.visit)
    assert app.segmented_control(key="shopping.state").value == "validated"
    assert "138****8017" in words(app)
    app = sign_in("watch", "en", "shopping", visit=99)
    assert app.error[0].value == "There is no visit 99 of yours."


def test_sending_back_needs_a_reason(played, sign_in):
    played.submit()
    app = sign_in("watch", "en", "shopping", visit=played.visit)
    button(app, "Send back").click().run()
    assert app.error[0].value == "Say of at least one item what is to be done again."
    next(one for one in app.multiselect if one.label == "Items").set_value(["apology"]).run()
    app.text_input(key=f"back.{played.visit}.apology").set_value("原话？").run()
    button(app, "Send back").click().run()
    assert played.stored().state is VisitState.RETURNED


def test_a_visit_is_assigned_and_a_scenario_changed_into_its_next_version(played, sign_in):
    app = sign_in("watch", "en", "shopping", part="assign")
    assert not app.exception
    button(app, "Assign the visit").click().run()
    assert not app.error
    with reading(played.engine) as session:
        assert len(shopping_reads.visits(session, SYSTEM)) == 2
    app = sign_in("watch", "en", "shopping", part="scenarios")
    text = app.text_area[0].value
    app.text_area[0].set_value(text.replace("kind: yes_no", "kind: feeling", 1))
    button(app, "Check and take into use").click().run()
    assert "feeling" in app.error[0].value
    app.text_area[0].set_value(text.replace("at_most: 60", "at_most: 30"))
    button(app, "Check and take into use").click().run()
    assert not app.error
    assert app.dataframe[0].value["Version"].tolist() == [2]
    played.submit()
    app = sign_in("watch", "en", "shopping", part="shoppers")
    assert "n 12" in str(app.dataframe[0].value["Items sent back"].tolist())


@pytest.mark.parametrize(("role", "alias"), [(Role.MANAGER, True), (Role.AGENT, False), (Role.SUPERVISOR, False)])
def test_results_come_with_validation_and_name_no_shopper(played, sign_in, role, alias):
    played.submit()
    app = sign_in(role, "en", "shopping")
    assert "No validated visit in this span." in words(app)
    played.validate()
    app = sign_in(role, "en", "shopping", visit=played.visit)
    assert not app.exception
    everything = words(app) + str([one.value.to_dict() for one in app.dataframe])
    assert ("S-01" in everything) is alias
    assert "Shopper" not in everything.replace("'Shopper': {0: 'S-01'}", "")
    assert "只说了“你好”" in everything
    assert "13800138017" not in everything
    assert [one for one in app.button if one.label in ("Validate", "Hand in", "Withdraw")] == []


def test_another_agent_and_an_inspector_see_nothing(played, installed, sign_in):
    with transaction(installed.engine) as session:
        new = people.NewUser("mate", "Mate", played.centre.team, PASSWORD, (Role.AGENT,))
        people.add_user(session, SYSTEM, NOW, new)
    played.submit()
    played.validate()
    app = sign_in("mate", "en", "shopping", visit=played.visit)
    assert "No validated visit in this span." in words(app)
    app = sign_in(Role.INSPECTOR, "en", "shopping")
    assert app.title[0].value == "Today"
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("views/shopping.py")


def test_every_sentence_of_the_rules_is_one_that_a_screen_can_show(played):
    lacks = played(Role.SHOPPER, shopping_visits.still_lacking, played.visit, Form())
    assert len(lacks) == len(GOOD)
    assert all(isinstance(one, Sentence) for one in lacks.values())
    assert played("watch", shopping_matching.call_candidates, played.vault, played.visit) == ()
