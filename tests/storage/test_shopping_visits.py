"""Mystery shopping through the real services, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW
from made_calls import heard, imported_call, transcribed_call, write_wav

from qa_app import demo, intake
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.demo import shopping as demo_shopping
from scorecards import (
    publishing,
    queries,
    service,
    shopping_files,
    shopping_matching,
    shopping_reads,
    shopping_scenarios,
    shopping_visits,
)
from scorecards.card_file import shipped_text
from scorecards.evaluations import Desk
from scorecards.scenario_file import shipped_scenario_text
from scorecards.shopping import Form, Mark, Reply, VisitState
from scorecards.shopping_figures import Sameness
from scorecards.shopping_files import NewFile
from scorecards.shopping_tables import VisitStepRow
from scorecards.shopping_visits import NewVisit

VAULT = Vault(b"v" * 32)
NUMBER = "138 0013 8017"
BEGAN = NOW - timedelta(hours=2)
GOOD = {
    "answered_s": Reply(41), "greeting": Reply(1), "verify": Reply(1), "restate": Reply(words="您是说每月多扣了十五块"),
    "apology": Reply(words="给您带来不便非常抱歉"), "interrupted": Reply(0),
    "understood": Reply(4, evidence="“我理解您”"),
    "clear": Reply(5, evidence="“十月三日由短信订购”"), "courtesy": Reply(5, evidence="说了 3 次“请”"),
    "solution": Reply(1),
    "timeframe": Reply(words="24 小时内"), "case_number": Reply(0, evidence="挂断前没有提到工单号"),
}  # fmt: skip
FORM = Form(BEGAN, NUMBER, "A012", GOOD)
POINTS = 100 - 5 - 10 / 4  # everything but the case number; a 4 is three quarters of its ten


class Round:
    """A centre with two shoppers and two monitors, and a scenario in use."""

    def __init__(self, live, centre, folder):
        self.live, self.engine, self.centre, self.folder = live, live.engine, centre, folder
        self.ids = centre.ids
        with transaction(self.engine) as session:
            for login, role, unit in (
                ("second", Role.SHOPPER, centre.team), ("watch", Role.MONITOR, centre.company),
                ("far", Role.MONITOR, centre.other_team), ("mate", Role.AGENT, centre.team),
                ("farboss", Role.MANAGER, centre.other_team), ("boss", Role.MANAGER, centre.centre),
            ):  # fmt: skip
                new = people.NewUser(login, f"{login} name", unit, None, (role,))
                self.ids[login] = people.add_user(session, SYSTEM, NOW, new)
        self.scenario = self("watch", shopping_scenarios.take_into_use, NOW, shipped_scenario_text("unknown-charge-zh"))

    def __call__(self, who, work, *given, **more):
        with transaction(self.engine) as session:
            actor = SYSTEM if who is None else people.actor_for(session, self.ids[who])
            return work(session, actor, *given, **more)

    def assign(self, shopper=Role.SHOPPER, **changes):
        new = NewVisit(self.scenario, self.ids[shopper], self.centre.team, NOW.date() + timedelta(days=7), "打 10000")
        return self("watch", shopping_visits.assign, NOW, replace(new, **changes))

    def submitted(self, shopper=Role.SHOPPER, form=FORM):
        visit = self.assign(shopper)
        self(shopper, shopping_visits.submit, NOW, VAULT, visit, form)
        return visit

    def validated(self, **more):
        visit = self.submitted(**more)
        self("watch", shopping_visits.validate, NOW, visit, self.ids[Role.AGENT])
        return visit

    def visit(self, visit):
        return self("watch", shopping_reads.visit, VAULT, visit)

    def results(self, who):
        return self(who, shopping_reads.results, NOW - timedelta(days=9), NOW)

    def call(self, at=BEGAN, number="13800138017", name="c1"):
        with transaction(self.engine) as session:
            file = write_wav(self.folder / f"{name}.wav", seconds=31, seed=len(name) + sum(map(ord, name)))
            call_pk, _recording, transcript = transcribed_call(
                session, NOW, intake.plan_for(self.live), file, heard(), started_at=at, agents=("A012",),
                customer_ref=number,
            )  # fmt: skip
        return call_pk, transcript

    def score(self, call_pk, transcript, **changes):
        with transaction(self.engine) as session:
            publishing.publish(session, SYSTEM, NOW, shipped_text("telecom-complaint-en"))
            judge = people.add_user(session, SYSTEM, NOW, people.NewUser(
                "judge", "", self.centre.centre, None, (Role.INSPECTOR,)))  # fmt: skip
            card_id, card = queries.card_for(session, "en")
            given = {one.id: {"verdict": "met"} for _, one in card.criteria}
            given |= {name: {"verdict": verdict, "comment": "听录音"} for name, verdict in changes.items()}
            actor = people.actor_for(session, judge)
            return service.submit(session, actor, NOW, Desk(call_pk, transcript, card_id), {"answers": given})


@pytest.fixture
def shop(live, centre, tmp_path):
    return Round(live, centre, tmp_path)


def test_a_shopper_sees_and_fills_the_own_visits_and_nobody_else_s(shop):
    mine, other = shop.assign(), shop.assign("second")
    assert [one.id for one in shop(Role.SHOPPER, shopping_reads.own_visits, VAULT)] == [mine]
    assert [one.id for one in shop("second", shopping_reads.own_visits, VAULT)] == [other]
    new = NewFile("", "a.pdf", b"x")
    for work, *given in (
        (shopping_reads.own_visit, VAULT, other), (shopping_visits.save_draft, NOW, VAULT, other, FORM),
        (shopping_visits.submit, NOW, VAULT, other, FORM), (shopping_visits.still_lacking, other, FORM),
        (shopping_files.attach, NOW, shop.folder, VAULT, other, new), (shopping_files.files, other),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            shop(Role.SHOPPER, work, *given)
    for work, *given in (
        (shopping_reads.visits,), (shopping_reads.visit, VAULT, mine), (shop_results,), (shopping_reads.agents,),
        (shopping_matching.call_candidates, VAULT, mine), (shopping_matching.comparison, mine),
        (queries.evaluations, 1), (shopping_visits.validate, NOW, mine, None),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            shop(Role.SHOPPER, work, *given)


def shop_results(session, actor):
    return shopping_reads.results(session, actor, NOW - timedelta(days=9), NOW)


def test_what_was_typed_is_kept_and_the_number_only_encrypted(shop):
    visit = shop.assign()
    half = Form(
        None, "1380013", "林", {"greeting": Reply(1), "restate": Reply(words="您是", mark=Mark.NOT_SAID)}, "雨天"
    )
    shop(Role.SHOPPER, shopping_visits.save_draft, NOW, VAULT, visit, half)
    found = shop(Role.SHOPPER, shopping_reads.own_visit, VAULT, visit)
    assert (found.form, found.state) == (half, VisitState.IN_WORK)
    shop(Role.SHOPPER, shopping_visits.save_draft, NOW, VAULT, visit, FORM)
    assert shop(Role.SHOPPER, shopping_reads.own_visit, VAULT, visit).form == replace(FORM, number=NUMBER)
    shop(Role.SHOPPER, shopping_visits.submit, NOW, VAULT, visit, FORM)
    with reading(shop.engine) as session:
        kept = "".join(str(row.body) for row in session.query(VisitStepRow))
        told = "".join(str(one.detail) for one in journal.entries(session, SYSTEM))
    assert "8017" not in kept
    assert "8017" not in told


def test_an_incomplete_form_is_refused_with_the_items_that_lack_something(shop):
    visit = shop.assign()
    for form, told in (
        (replace(FORM, at=None), "in the past"), (replace(FORM, at=NOW + timedelta(minutes=1)), "in the past"),
        (replace(FORM, number="12"), "no telephone number"),
        (replace(FORM, replies=GOOD | {"greeting": Reply(0), "clear": Reply(5)}), "2 answers are not complete"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=told):
            shop(Role.SHOPPER, shopping_visits.submit, NOW, VAULT, visit, form)
    bare = replace(FORM, replies=GOOD | {"greeting": Reply(0)})
    file = NewFile("greeting", "../录音.mp3", b"sound")
    kept = shop(Role.SHOPPER, shopping_files.attach, NOW, shop.folder, VAULT, visit, file)
    assert shop(Role.SHOPPER, shopping_files.attach, NOW, shop.folder, VAULT, visit, file) == kept
    shop(Role.SHOPPER, shopping_visits.submit, NOW, VAULT, visit, bare)
    assert shop("watch", shopping_files.fetch, NOW, shop.folder, VAULT, kept)[1] == b"sound"
    assert shop("watch", shopping_files.files, visit)["greeting"][0].name == "录音.mp3"
    for who in ("second", "far"):
        with pytest.raises(NotFound):
            shop(who, shopping_files.fetch, NOW, shop.folder, VAULT, kept)
    with pytest.raises(Forbidden):
        shop(Role.AGENT, shopping_files.fetch, NOW, shop.folder, VAULT, kept)
    with pytest.raises(Conflict, match="handed in already"):
        shop(Role.SHOPPER, shopping_files.attach, NOW, shop.folder, VAULT, visit, replace(file, body=b"more"))


def test_a_visit_goes_back_for_rework_and_comes_again(shop):
    visit = shop.submitted()
    with pytest.raises(Conflict, match="handed in already"):
        shop(Role.SHOPPER, shopping_visits.save_draft, NOW, VAULT, visit, FORM)
    for reasons, told in (({"greeting": " "}, "at least one item"), ({"nothing": "x"}, "no item")):
        with pytest.raises(Invalid, match=told):
            shop("watch", shopping_visits.send_back, NOW, visit, reasons)
    shop("watch", shopping_visits.send_back, NOW, visit, {"apology": "请写原话", "": "时间不对"})
    own = shop(Role.SHOPPER, shopping_reads.own_visit, VAULT, visit)
    assert (own.state, own.sent_back) == (VisitState.RETURNED, {"apology": "请写原话", "": "时间不对"})
    with pytest.raises(Conflict):
        shop("watch", shopping_visits.validate, NOW, visit, None)
    better = replace(FORM, at=BEGAN + timedelta(minutes=9))
    shop(Role.SHOPPER, shopping_visits.save_draft, NOW, VAULT, visit, better)
    assert shop(Role.SHOPPER, shopping_reads.own_visit, VAULT, visit).sent_back
    shop(Role.SHOPPER, shopping_visits.submit, NOW, VAULT, visit, better)
    assert shop(Role.SHOPPER, shopping_reads.own_visit, VAULT, visit).sent_back == {}
    shop("watch", shopping_visits.validate, NOW, visit, shop.ids[Role.AGENT], "好")
    found = shop.visit(visit)
    assert [one.kind.value for one in found.steps] == ["assigned", "started", "submitted", "returned", "submitted",
                                                       "validated"]  # fmt: skip
    assert found.points == pytest.approx(POINTS)
    (figures, _everybody) = shop("watch", shopping_matching.shopper_figures)
    assert figures[shop.ids[Role.SHOPPER]].sent_back.n == len(GOOD)
    assert figures[shop.ids[Role.SHOPPER]].sent_back.estimate is None  # 12 items: fewer than 20


def test_nobody_validates_the_own_visit(shop):
    with transaction(shop.engine) as session:
        both = people.NewUser("both", "", shop.centre.company, None, (Role.SHOPPER, Role.MONITOR))
        shop.ids["both"] = people.add_user(session, SYSTEM, NOW, both)
    visit = shop.submitted("both")
    with pytest.raises(Forbidden, match="own visit"):
        shop("both", shopping_visits.validate, NOW, visit, None)
    with pytest.raises(Forbidden, match="own visit"):
        shop("both", shopping_visits.send_back, NOW, visit, {"greeting": "x"})
    shop("watch", shopping_visits.validate, NOW, visit, None)
    assert shop.visit(visit).state is VisitState.VALIDATED


def test_only_validated_visits_of_agents_count_and_a_withdrawn_one_counts_no_more(shop):
    def counted():
        with reading(shop.engine) as session:
            return shopping_visits.counted_visits(session, NOW - timedelta(days=1), NOW)

    shop.submitted()
    assert counted() == []
    visit = shop.validated()
    of_unit = shop.submitted("second")
    shop("watch", shopping_visits.validate, NOW, of_unit, None)
    (one,) = counted()
    assert (one.visit_id, one.agent_id, one.at) == (visit, shop.ids[Role.AGENT], BEGAN)
    assert one.points == pytest.approx(POINTS)
    with reading(shop.engine) as session:
        assert shopping_visits.counted_visits(session, BEGAN + timedelta(seconds=1), NOW) == []
    with pytest.raises(Invalid, match="Say why"):
        shop("watch", shopping_visits.withdraw, NOW, visit, " ")
    shop("watch", shopping_visits.withdraw, NOW, visit, "不是同一场景")
    assert counted() == []
    with pytest.raises(Conflict):
        shop("watch", shopping_visits.withdraw, NOW, visit, "again")


def test_results_show_an_alias_to_managers_alone_and_nothing_before_validation(shop):
    visit = shop.submitted()
    assert [shop.results(who) for who in ("boss", Role.AGENT, Role.SUPERVISOR, "watch")] == [[], [], [], []]
    shop("watch", shopping_visits.validate, NOW, visit, shop.ids[Role.AGENT])
    for who, alias in (("boss", "S-01"), ("watch", "S-01"), (Role.AGENT, ""), (Role.SUPERVISOR, "")):
        (one,) = shop.results(who)
        assert (one.visit_id, one.alias) == (visit, alias)
        assert one.points == pytest.approx(POINTS)
        assert "Shopper" not in repr(one)
        assert [each.item.id for each in one.items if each.is_low] == ["case_number"]
    assert shop.results("mate") == []
    assert shop.results("farboss") == []
    with pytest.raises(Forbidden):
        shop.results(Role.INSPECTOR)
    for who in ("boss", Role.AGENT):
        for work in (shopping_reads.visits, shopping_reads.shoppers, shopping_matching.shopper_figures):
            with pytest.raises(Forbidden):
                shop(who, work)


def test_an_agent_of_one_s_units_may_be_visited_at_a_higher_unit(shop):
    visit = shop.assign(unit_id=shop.centre.centre)
    shop(Role.SHOPPER, shopping_visits.submit, NOW, VAULT, visit, FORM)
    shop("watch", shopping_visits.validate, NOW, visit, shop.ids[Role.AGENT])
    assert [one.visit_id for one in shop.results(Role.SUPERVISOR)] == [visit]


def test_the_recording_is_found_by_number_and_time_and_confirmed_by_a_person(shop):
    call, transcript = shop.call(BEGAN + timedelta(minutes=4))
    shop.call(BEGAN + timedelta(minutes=16), name="late")
    shop.call(BEGAN, number="13800138022", name="other")
    visit = shop.submitted()
    (one,) = shop("watch", shopping_matching.call_candidates, VAULT, visit)
    assert (one.call_pk, one.apart) == (call, timedelta(minutes=4))
    assert shop.visit(visit).call_pk is None
    with pytest.raises(NotFound, match="does not fit"):
        shop("watch", shopping_matching.match, NOW, VAULT, visit, call + 1)
    shop("watch", shopping_matching.match, NOW, VAULT, visit, call)
    assert shop.visit(visit).call_pk == call
    assert shop("watch", shopping_matching.likely_agent, visit) == shop.ids[Role.AGENT]
    other = shop.submitted("second")
    with pytest.raises(Conflict, match="another visit"):
        shop("watch", shopping_matching.match, NOW, VAULT, other, call)
    assert shop("watch", shopping_matching.comparison, visit) is None  # no person has scored it
    shop.score(call, transcript, greeting="not_met", empathy="partly_met", timeframe="not_applicable")
    found = shop("watch", shopping_matching.comparison, visit)
    said = {each.item: each.sameness for each in found.compared}
    assert said["greeting"] is said["understood"] is said["case_number"] is Sameness.DIFFER
    assert said["apology"] is said["verify"] is Sameness.AGREE
    assert said["timeframe"] is Sameness.NOT_COMPARABLE
    assert found.sides.same.value == pytest.approx(1 - 3 / found.sides.n)
    shop("watch", shopping_matching.unmatch, NOW, visit)
    assert shop("watch", shopping_matching.comparison, visit) is None
    with pytest.raises(Conflict):
        shop("watch", shopping_matching.unmatch, NOW, visit)
    shop("watch", shopping_matching.match, NOW, VAULT, other, call)


def test_the_agent_who_was_heard_is_proposed_where_no_recording_is(shop):
    visit = shop.submitted()
    assert shop("watch", shopping_matching.likely_agent, visit) == shop.ids[Role.AGENT]
    unsure = shop.submitted("second", replace(FORM, heard="name"))
    assert shop("watch", shopping_matching.likely_agent, unsure) == shop.ids["mate"]
    nobody = shop.submitted("second", replace(FORM, heard=""))
    assert shop("watch", shopping_matching.likely_agent, nobody) is None


def test_what_cannot_be_assigned_or_accepted_is_refused_in_words(shop):
    for changes, kind, told in (
        ({"scenario_id": 99}, NotFound, "no scenario 99 in use"), ({"unit_id": 999}, NotFound, "no unit 999"),
        ({"shopper_id": shop.ids[Role.AGENT]}, NotFound, "Give the role"),
        ({"due_on": NOW.date() - timedelta(days=1)}, Invalid, "has passed already"),
    ):  # fmt: skip
        with pytest.raises(kind, match=told):
            shop.assign(**changes)
    visit = shop.submitted()
    with pytest.raises(NotFound, match="no visit"):
        shop("far", shopping_visits.validate, NOW, visit, None)
    with pytest.raises(NotFound, match="no agent"):
        shop("watch", shopping_visits.validate, NOW, visit, shop.ids[Role.INSPECTOR])
    assert shop(Role.SHOPPER, shopping_reads.open_visits) == 0


def test_a_scenario_is_kept_version_by_version(shop):
    text = shipped_scenario_text("unknown-charge-zh")
    with pytest.raises(Conflict, match="this very text"):
        shop("watch", shopping_scenarios.take_into_use, NOW, text)
    with pytest.raises(Invalid, match="weight"):
        shop("watch", shopping_scenarios.take_into_use, NOW, text.replace("weight: 10", "weight: heavy"))
    old = shop.assign()
    new = shop("watch", shopping_scenarios.take_into_use, NOW, text.replace("at_most: 60", "at_most: 30"))
    (kept,) = shop("watch", shopping_scenarios.scenarios)
    assert (kept.id, kept.version, kept.in_use) == (new, 2, True)
    with pytest.raises(NotFound):
        shop.assign()
    shop(Role.SHOPPER, shopping_visits.submit, NOW, VAULT, old, FORM)  # 41 s are good by the version that was assigned
    assert shop.visit(old).points == pytest.approx(POINTS)
    shop("watch", shopping_scenarios.end, NOW, new)
    with pytest.raises(NotFound):
        shop("watch", shopping_scenarios.end, NOW, new)


def test_aliases_are_given_in_the_order_of_first_assignments(shop):
    shop.assign("second")
    shop.assign()
    shop.assign("second")
    with reading(shop.engine) as session:
        found = shopping_reads.aliases(session)
    assert found == {shop.ids["second"]: "S-01", shop.ids[Role.SHOPPER]: "S-02"}


def test_the_demo_s_played_visit_fits_the_spoken_call(live, tmp_path, monkeypatch):
    monkeypatch.setattr(demo_shopping, "utc_now", lambda: NOW)
    logins = {one.login for one in demo.build(live)}
    demo.build(live)
    assert "shopper" in logins
    with transaction(live.engine) as session:
        began, number, agent = demo_shopping._spoken()
        file = write_wav(tmp_path / "spoken.wav", seconds=2)
        call, _recording = imported_call(session, NOW, intake.plan_for(live), file, started_at=began, agents=(agent,),
                                         customer_ref=number)  # fmt: skip
    with reading(live.engine) as session:
        vault = Vault(live.settings.secret)
        played, to_play = shopping_reads.visits(session, SYSTEM, vault)
        assert to_play.state is VisitState.ASSIGNED
        assert played.state is VisitState.VALIDATED
        found = shopping_matching.call_candidates(session, SYSTEM, vault, played.id)
        assert [one.call_pk for one in found] == [call]
        (counted,) = shopping_visits.counted_visits(session, began, began + timedelta(hours=1))
        assert counted.points == 90
