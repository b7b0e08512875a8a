"""The desks of complaint handling on the screen: what each role sees waiting, and that one press leads on."""

from datetime import timedelta

import pytest
from conftest import NOW, PASSWORD
from opened import in_address, say, words

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.tables import UnitKind
from qa_app.session import office
from surveys import alarming, corrective, queries, service
from surveys.corrective import NewAction
from surveys.model import ActionKind, NewCase, StepKind
from surveys.service import NewStep

pytest_plugins = ["opened"]
SLIP = {
    "called_number": "138****8000", "called_at": "2026-11-10T10:00:00+08:00", "cause": "c", "responsibility": "r",
    "found_true": "true", "findings": "f", "done": "d", "customer_opinion": "o", "handler": "h",
}  # fmt: skip
FOUR = {"by": "phone", "result": "r", "cause": "c", "improvement": "i", "thanks": "t"}


@pytest.fixture
def unit(installed, staffed):
    """A responsible unit with its handler, and a desk and a manager who reach the whole centre."""
    with transaction(installed.engine) as session:
        made = people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, "计费中心", staffed.centre)
        roles = {"biller": Role.HANDLER, "clerk": Role.CASE_DESK, "boss": Role.MANAGER, "head": Role.SUPERVISOR}
        for login, role in roles.items():
            where = made if role is Role.HANDLER else staffed.centre
            people.add_user(session, SYSTEM, NOW, people.NewUser(login, login, where, PASSWORD, (role,)))
    return made


def registered(installed, staffed, *steps, received=None, **changes):
    """A case led on by the system; returns its number and id."""
    at = utc_now()
    given = {"words": "多扣了20元", "customer_name": "张伟", "customer_phone": "13800138000", "unit_id": staffed.centre,
             "class_code": "fees/wrong_bill", "received_at": received or at} | changes  # fmt: skip
    with transaction(installed.engine) as session:
        made = service.register(session, SYSTEM, at, office(), NewCase(**given))
        for kind, facts in steps:
            service.take_step(session, SYSTEM, at, office(), made.case_id, NewStep(StepKind(kind), facts))
    return made


def press(app, label, **values):
    found = [one for one in app.button if one.label == say(app, label, **values)]
    assert found, (label, [one.label for one in app.button])
    found[0].click().run()
    assert not app.exception
    return app


def cells(app, place=0):
    return app.dataframe[place].value.astype(str).to_string()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_dispatch_desk_shows_what_waits_and_how_many(installed, staffed, unit, sign_in, language):
    made = registered(installed, staffed)
    app = sign_in("clerk", language, "dispatch")
    assert not app.exception
    assert made.number in cells(app)
    assert f"{say(app, 'To dispatch')} (1)" in str(app.get("button_group")[0].options)
    assert app.query_params["desk"] in ("to_dispatch", ["to_dispatch"])


def test_a_manager_sees_only_what_is_to_be_approved(installed, staffed, unit, sign_in):
    made = registered(installed, staffed, ("remedy_requested", {"remedy": "refund", "amount": "300", "reason": "r"}))
    app = sign_in("boss", "en", "dispatch")
    assert not app.exception
    assert made.number in cells(app)


def test_the_units_handler_fills_in_the_slip_beside_the_case(installed, staffed, unit, sign_in):
    made = registered(installed, staffed, ("dispatched", {"unit": unit, "ask": "请核对账单"}))
    app = sign_in("biller", "en", "returns")
    assert "请核对账单" in words(app)
    press(app, "Keep this step")
    assert "Return slip is incomplete" in words(app)
    for name in ("Number called back", "Handled by"):
        next(one for one in app.text_input if one.label == name).set_value("138****8000")
    for name in ("Cause", "Responsibility", "Findings", "What was done", "Customer's opinion"):
        next(one for one in app.text_area if one.label == name).set_value(name)
    next(one for one in app.selectbox if one.label == "Found to be true").set_value("true")
    next(one for one in app.get("date_time_input") or app.get("datetime_input")).set_value(NOW.replace(tzinfo=None))
    press(app, "Keep this step")
    with reading(installed.engine) as session:
        assert queries.story(session, SYSTEM, office().vault, made.case_id).state == "returned"
    assert "No case waits for your unit." in words(app)


def test_a_stranger_unit_sees_nothing_to_return(installed, staffed, unit, sign_in):
    registered(installed, staffed, ("dispatched", {"unit": unit}))
    app = sign_in(Role.HANDLER, "zh", "returns")
    assert say(app, "No case waits for your unit.") in words(app)


def test_deadlines_and_alarms_stand_on_one_page_and_a_note_removes_them(installed, staffed, unit, sign_in):
    made = registered(installed, staffed, received=utc_now() - timedelta(hours=20))
    with transaction(installed.engine) as session:
        assert alarming.call_out(session, utc_now()) == 1
    app = sign_in("clerk", "en", "due")
    assert "Alarms (1)" in words(app)
    assert "Answer to a simple case" in words(app)
    assert made.number in words(app)
    press(app, "Noted")
    assert "Alarms" not in words(app)
    app = sign_in("clerk", "en", "due", due="warned")
    assert made.number in cells(app)


def test_the_complete_cases_are_archived_together_and_the_others_say_what_they_lack(installed, staffed, unit, sign_in):
    way = (("solved_on_the_spot", {"solution": "s"}), ("fed_back", FOUR), ("called_back", {"result": "satisfied"}),
           ("closed", {}))  # fmt: skip
    whole = registered(installed, staffed, *way, demand="退费")
    lacking = registered(installed, staffed, *way, customer_phone="13900139000")
    app = sign_in("clerk", "en", "archive")
    assert whole.number in words(app)
    assert "remedy sought" in cells(app)
    press(app, "Archive them all")
    with reading(installed.engine) as session:
        states = [queries.story(session, SYSTEM, office().vault, one.case_id).state for one in (whole, lacking)]
    assert states == ["archived", "closed"]


def test_the_story_holds_steps_messages_files_and_the_customer(installed, staffed, unit, sign_in):
    made = registered(installed, staffed)
    app = sign_in("clerk", "en", "cases", case=made.case_id)
    assert not app.exception
    told = words(app)
    assert "已受理，工单号" in told
    assert "Files (0)" in told
    press(app, "Show the number (is recorded)")
    assert [one.value for one in app.code] == ["13800138000"]
    press(app, "Everything about this customer")
    assert "张* 138****8000" in words(app)
    assert "Cases within a year" not in [one.label for one in app.metric]
    supervisor = sign_in("head", "en", "cases", customer=in_address(app, "customer"))
    assert "Cases within a year" in [one.label for one in supervisor.metric]


def test_likely_duplicates_are_joined_with_one_press(installed, staffed, unit, sign_in):
    first = registered(installed, staffed, received=utc_now() - timedelta(days=2))
    second = registered(installed, staffed)
    app = sign_in("clerk", "en", "cases", case=second.case_id)
    press(app, "The same matter: join")
    with reading(installed.engine) as session:
        row = queries.story(session, SYSTEM, office().vault, second.case_id).row
    assert row.joined_to_id == first.case_id


def test_a_call_is_linked_by_its_number_and_heard_in_the_story(installed, busy, staffed, unit, sign_in):
    made = registered(installed, staffed)
    app = sign_in("clerk", "en", "cases", case=made.case_id)
    box = next(one for one in app.text_input if one.label == "Link a call by its number")
    box.set_value("nowhere")
    press(app, "Link")
    assert "There is no call nowhere" in words(app)
    next(one for one in app.text_input if one.label == "Link a call by its number").set_value("good-zh")
    press(app, "Link")
    assert "Call good-zh" in words(app)
    handler = sign_in("biller", "en", "cases", case=made.case_id)
    assert "There is no case" in words(handler)


def test_a_corrective_action_is_opened_from_a_cluster_proven_and_verified(installed, staffed, unit, sign_in):
    app = sign_in("boss", "en", "corrective_actions", **{"class": "fees/wrong_bill", "campaign": "双11"})
    assert not app.exception
    next(one for one in app.selectbox if one.label == "Owner").set_value(
        next(
            option
            for option in next(one for one in app.selectbox if one.label == "Owner").options
            if option == "biller"
        )
    )
    next(one for one in app.text_area if one.label == "Cause").set_value("重复出账")
    next(one for one in app.text_area if one.label == "What is to be done").set_value("改程序")
    press(app, "Open it to the unit")
    with reading(installed.engine) as session:
        (found,) = corrective.actions(session, SYSTEM)
    assert (found.new.class_code, found.new.campaign, found.new.source_kind) == ("fees/wrong_bill", "双11", "analysis")
    handler = sign_in("biller", "zh", "corrective_actions", action=found.id)
    step(handler, "What was done or seen, and where the proof lies", "已上线修正")
    boss = sign_in("boss", "en", "corrective_actions", action=found.id)
    kind = next(one for one in boss.selectbox if one.label == "Step")
    kind.set_value("Verified")
    step(boss, "What was done or seen, and where the proof lies", "核对无误")
    with reading(installed.engine) as session:
        assert corrective.action(session, SYSTEM, found.id).state == "verified"
    assert "It cannot be told yet whether complaints of this cause fell." in words(boss)


def step(app, label, text):
    next(one for one in app.text_area if one.label == say(app, label)).set_value(text)
    press(app, "Keep this step")


def test_an_effect_is_told_once_there_are_weeks_enough(installed, staffed, unit, sign_in):
    now = utc_now()
    for day in range(14, 112, 2):  # seven weeks before the verification three a time, seven after it one
        for each in range(3 if day > 60 else 1):
            registered(installed, staffed, received=now - timedelta(days=day), customer_phone=f"139{day:04d}{each:04d}")
            registered(installed, staffed, received=now - timedelta(days=day), customer_phone=f"138{day:04d}{each:04d}",
                       class_code="network/slow")  # fmt: skip
    then = now - timedelta(days=62)
    with transaction(installed.engine) as session:
        owner = people.user_by_login(session, "biller")
        new = NewAction("t", "c", "w", unit, owner, then.date(), "fees/wrong_bill")
        made = corrective.open_action(session, SYSTEM, then, new)
        handler, boss = (people.actor_for(session, people.user_by_login(session, name)) for name in ("biller", "boss"))
        corrective.take_step(session, handler, then, made, ActionKind.PROOF_GIVEN, "w")
        corrective.take_step(session, boss, then, made, ActionKind.VERIFIED, "w")
    app = sign_in("boss", "en", "corrective_actions", action=made)
    assert not app.exception
    # both kinds fell alike, so the cause did not fall against the others
    assert "It cannot be told yet whether complaints of this cause fell." in words(app)
    assert "by the factor 1.00" in words(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_settings_take_a_rule_and_refuse_one_that_cannot_be_read(installed, staffed, sign_in, language):
    app = sign_in(Role.ADMIN, language, "settings")
    assert not app.exception
    kind = next(one for one in app.selectbox if one.label == say(app, "Rule"))
    kind.set_value("authority").run()
    box = next(one for one in app.text_area if one.label == say(app, "Text"))
    box.set_value("limits: {boss: 5}")
    next(one for one in app.text_input if one.label == say(app, "Why it is changed")).set_value("试")
    press(app, "Check and set")
    assert "boss" in words(app)
    next(one for one in app.text_area if one.label == say(app, "Text")).set_value("limits: {case_desk: 80}")
    press(app, "Check and set")
    assert app.dataframe[0].value.iloc[0, 0] == 1


def test_a_key_is_shown_once_and_ended(installed, staffed, sign_in):
    app = sign_in(Role.ADMIN, "en", "settings", part="tokens")
    next(one for one in app.text_input if one.label == "Name of the program").set_value("CRM")
    person = next(one for one in app.selectbox if one.label == "Acts as")
    person.set_value(person.options[0])
    next(one for one in app.multiselect if one.label == "May").set_value(["cases:read"])
    press(app, "Make a key")
    assert app.code[0].value.startswith("huiting_")
    app.run()
    assert not app.code
    assert "CRM" in cells(app)


@pytest.mark.parametrize("part", ["calendar", "webhooks"])
def test_every_part_of_the_settings_opens(installed, staffed, sign_in, part):
    assert not sign_in(Role.ADMIN, "zh", "settings", part=part).exception


@pytest.mark.parametrize("role", [Role.CASE_DESK, Role.HANDLER, Role.SUPERVISOR, Role.MANAGER, Role.MONITOR])
def test_the_first_page_says_what_waits(installed, staffed, sign_in, role):
    app = sign_in(role, "en")
    assert not app.exception
    has_desk = role is not Role.MONITOR
    assert ("Cases" in words(app)) == has_desk
