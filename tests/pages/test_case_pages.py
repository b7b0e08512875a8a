"""Registering a complaint and leading it to its close on the screen; what is refused keeps what was typed."""

import pytest
from conftest import NOW, PASSWORD
from opened import say, words

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.tables import UnitKind
from qa_app.session import office
from surveys import queries
from surveys.words import STEPS

pytest_plugins = ["opened"]


def field(app, kind, label):
    return next(one for one in getattr(app, kind) if one.label.startswith(say(app, label)))


def press(app, label):
    next(one for one in app.button if one.label == say(app, label)).click().run()
    assert not app.exception
    return app


def type_case(app, phone="13800138000"):
    field(app, "text_area", "What the customer says").set_value("宽带断网了，师傅约了两次没来").run()
    field(app, "text_input", "Customer's name").set_value("张伟")
    field(app, "text_input", "Telephone number").set_value(phone)
    return app


def registered(installed):
    with reading(installed.engine) as session:
        return queries.cases(session, SYSTEM, office().vault, queries.CaseFilter())[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_is_asked_first_registers_and_reads_the_number_out(installed, staffed, sign_in, language):
    app = type_case(sign_in(Role.AGENT, language, "register_case"))
    suggestion = next(one for one in app.button if one.key == "suggest.network/broadband")
    suggestion.click().run()
    press(app, "Register")
    (line,) = registered(installed)
    assert say(app, "Registered as {number}.", number=line.number) in words(app)
    assert line.class_code == "network/broadband"
    assert field(app, "text_area", "What the customer says").value == ""
    app = press(type_case(app), "Register")
    assert say(
        app, "This customer has other cases: {numbers}. Join them if it is the same matter.", numbers=line.number
    ) in words(app)


def test_a_refused_registration_says_why_and_keeps_what_was_typed(installed, staffed, sign_in):
    app = press(type_case(sign_in(Role.CASE_DESK, "zh", "register_case"), phone="12"), "Register")
    assert "不是电话号码" in words(app)
    assert field(app, "text_area", "What the customer says").value.startswith("宽带断网")
    assert registered(installed) == []


def test_a_case_is_dispatched_sent_back_and_returned_on_its_page(installed, staffed, sign_in):
    with transaction(installed.engine) as session:
        unit = people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, "装维中心", staffed.centre)
        people.add_user(session, SYSTEM, NOW, people.NewUser("fitter", "刘师傅", unit, PASSWORD, (Role.HANDLER,)))
    press(type_case(sign_in(Role.CASE_DESK, "en", "register_case")), "Register")
    (line,) = registered(installed)
    desk = sign_in(Role.CASE_DESK, "en", "cases", case=line.id)
    step(desk, "dispatched")
    press(desk, "Keep this step")
    assert "Dispatched is incomplete: Responsible unit must be filled in." in words(desk)
    field(desk, "selectbox", "Responsible unit").set_value(unit)
    press(desk, "Keep this step")
    assert f"{line.number} · dispatched" in words(desk)
    handler = sign_in("fitter", "zh", "cases", case=line.id)
    step(handler, "sent_back")
    field(handler, "text_area", "Grounds").set_value("不属装维")
    press(handler, "Keep this step")
    assert "不属装维" in words(handler)
    assert f"{line.number} · {say(handler, 'in hand')}" in words(handler)


def step(app, kind):
    chosen = field(app, "selectbox", "Step")
    chosen.set_value(next(one for one in chosen.options if one == say(app, STEPS[kind]))).run()


def test_a_case_out_of_reach_is_not_shown(installed, staffed, sign_in):
    press(type_case(sign_in(Role.CASE_DESK, "en", "register_case")), "Register")
    (line,) = registered(installed)
    app = sign_in(Role.AGENT, "en", "cases", case=line.id)
    assert "There is no case" in words(app)
    assert line.number not in words(app)
