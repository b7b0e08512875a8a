"""What each page does with what is typed: filters, people and roles, the journal, recordings set aside."""

import pytest
from conftest import NOW, PASSWORD
from opened import BROKEN, in_address, say, words

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.tables import JournalRow

pytest_plugins = ["opened"]


def rows(app, place=0):
    return app.dataframe[place].value


def button(app, label):
    return next(one for one in app.button if one.label == label)


def select_row(app, key, row):
    """AppTest has no click on a table: the selection is put where the browser would put it."""
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return app.run()


def person(installed, login):
    with reading(installed.engine) as session:
        return next((one for one in people.people(session, SYSTEM) if one.login == login), None)


# --- calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("words", "good-e", {"good-en"}),
        ("state", "quarantined", {"broken"}),
        ("queue", "资费", {"good-zh", "waiting"}),
        ("spoken", "en", {"good-en"}),
        ("review", "to_review", {"good-zh", "good-en"}),
        ("review", "reviewed", set()),
    ],
)
def test_a_filter_works_from_the_form_and_from_the_address_alike(busy, sign_in, key, value, found):
    app = sign_in(Role.INSPECTOR, "en", "calls")
    assert set(rows(app)["Call"]) == {"good-zh", "good-en", "waiting", "broken"}
    field = app.text_input(key="words") if key == "words" else app.selectbox(key=key)
    field.set_value(value).run()
    assert (set(rows(app)["Call"]) if app.dataframe else set()) == found
    assert key == "words" or in_address(app, key) == value  # a text is put there by the browser
    app = sign_in(Role.INSPECTOR, "en", "calls", **{key: value})
    assert (set(rows(app)["Call"]) if app.dataframe else set()) == found


def test_days_in_the_address_cut_the_list(busy, sign_in):
    """The calls are of 9 November; the day after has none."""
    app = sign_in(Role.INSPECTOR, "en", "calls", since="2026-11-09", until="2026-11-09")
    assert len(rows(app)) == 4
    app = sign_in(Role.INSPECTOR, "en", "calls", since="2026-11-10")
    assert not app.dataframe
    assert "No call matches" in words(app)


@pytest.mark.parametrize("query", [{"state": "nonsense"}, {"since": "yesterday"}, {"queue": "x" * 500}, {"page": "-3"}])
def test_an_address_that_somebody_made_up_does_no_harm(busy, sign_in, query):
    assert not sign_in(Role.INSPECTOR, "en", "calls", **query).exception
    assert not sign_in(Role.INSPECTOR, "en", "review", **query).exception


@pytest.mark.parametrize("call", ["999", "0", "-1", "1 or 1", "9" * 40])
def test_a_call_that_is_not_there_is_said_to_be_so(busy, sign_in, call):
    app = sign_in(Role.INSPECTOR, "en", "review", call=call)
    assert not app.exception


def test_a_call_set_aside_shows_the_reason_and_is_tried_again_by_who_may(busy, sign_in):
    app = sign_in(Role.INSPECTOR, "en", "calls", state="quarantined")
    assert BROKEN in rows(app)["Status"][0]
    select_row(app, "calls", 0)
    assert BROKEN in app.warning[0].value
    assert not [one for one in app.button if one.label == "Try again"]
    app = sign_in(Role.QA_LEAD, "en", "calls", state="quarantined")
    select_row(app, "calls", 0)
    button(app, "Try again").click().run()
    app = sign_in(Role.QA_LEAD, "en", "calls", state="queued")
    assert set(rows(app)["Call"]) == {"waiting", "broken"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_opening_a_call_that_is_not_ready_says_why(busy, sign_in, language):
    app = sign_in(Role.INSPECTOR, language, "review", call=busy["broken"])
    assert say(app, BROKEN) in app.error[0].value
    app = sign_in(Role.INSPECTOR, language, "review", call=busy["waiting"])
    assert app.info[0].value == say(app, "{call} is still being transcribed.", call="waiting")


def test_the_review_page_opens_the_oldest_call_that_waits(busy, sign_in):
    app = sign_in(Role.INSPECTOR, "en", "review")
    assert in_address(app, "call") == str(busy["good-en"])
    assert [one.label for one in app.expander] == [
        "Evaluations of this call (1)", "About this recording", "Wrong information: a correcting callback",
        "Praise the agent", "Put into the case library",
    ]  # fmt: skip


def test_today_leads_to_the_next_call_with_one_button(busy, sign_in):
    app = sign_in(Role.INSPECTOR, "en")
    button(app, "Review the next call").click().run()
    assert in_address(app, "call") == str(busy["good-en"])
    assert not [one for one in sign_in(Role.MANAGER, "en").button if one.label == "Review the next call"]


# --- people -------------------------------------------------------------------------------------------------------


def add(app, login, password=PASSWORD):
    app.text_input(key="user.login").set_value(login)
    app.text_input(key="user.name").set_value("New Person")
    app.text_input(key="user.password").set_value(password)
    app.multiselect(key="user.roles").set_value([Role.INSPECTOR])
    return button(app, "Add user").click().run()


def test_an_administrator_adds_a_user_who_can_sign_in(staffed, sign_in, installed):
    app = add(sign_in(Role.ADMIN, "en", "people"), "li.na")
    assert not app.error
    assert "li.na" in set(rows(app)["Login"])
    assert app.text_input(key="user.login").value == ""
    assert person(installed, "li.na").roles[0][0] is Role.INSPECTOR
    assert sign_in("li.na", "en").title[0].value == "Today"


@pytest.mark.parametrize(
    ("login", "password", "sentence"),
    [
        ("li.na", "short", "The password has 5 characters; use at least 10."),
        ("inspector", PASSWORD, "The login inspector is taken; choose another."),
        ("x y", PASSWORD, "'x y' cannot be a login: use 2 to 80 letters, digits, dots, hyphens or @."),
    ],
)
def test_a_refused_user_keeps_what_was_typed_and_says_what_to_do(
    staffed, sign_in, installed, login, password, sentence
):
    app = add(sign_in(Role.ADMIN, "en", "people"), login, password)
    assert [one.value for one in app.error] == [sentence]
    assert app.text_input(key="user.login").value == login
    assert app.text_input(key="user.name").value == "New Person"
    assert app.multiselect(key="user.roles").value == [Role.INSPECTOR]


def test_roles_and_team_of_a_user_are_changed(staffed, sign_in, installed):
    app = sign_in(Role.ADMIN, "en", "people")
    select_row(app, "people", list(rows(app)["Login"]).index("inspector"))
    assert app.subheader[0].value == "Inspector"
    app.multiselect[0].set_value([Role.INSPECTOR, Role.QA_LEAD])
    button(app, "Save").click().run()
    assert not app.error
    assert {role for role, _unit in person(installed, "inspector").roles} == {Role.INSPECTOR, Role.QA_LEAD}


def test_the_last_administrator_stays(staffed, sign_in, installed):
    app = sign_in(Role.ADMIN, "en", "people")
    select_row(app, "people", list(rows(app)["Login"]).index("admin"))
    app.multiselect[0].set_value([])
    button(app, "Save").click().run()
    assert [one.value for one in app.error] == ["Somebody must stay administrator; make another one first."]
    assert person(installed, "admin").roles[0][0] is Role.ADMIN


def test_a_unit_is_added_below_another_and_a_wrong_place_is_refused(staffed, sign_in):
    app = sign_in(Role.ADMIN, "en", "people")
    app.text_input(key="unit.name").set_value("West")
    button(app, "Add unit").click().run()
    assert "West" in " ".join(rows(app, 1)["Unit"])
    app.text_input(key="unit.name").set_value("")
    button(app, "Add unit").click().run()
    assert [one.value for one in app.error] == ["A team needs a name."]


# --- journal ------------------------------------------------------------------------------------------------------


def test_the_journal_says_that_it_is_whole_and_names_who_did_what(busy, sign_in):
    app = sign_in(Role.MONITOR, "en", "journal")
    assert "unbroken" in app.success[0].value
    newest = rows(app).iloc[0]
    assert (newest["Who"], newest["What"]) == ("Monitor", "signed in")


def test_the_journal_shows_only_what_was_heard_shown_or_taken_out_by_somebody(busy, sign_in, installed):
    with transaction(installed.engine) as session:
        journal.record(session, SYSTEM, "customer.reveal", "task:7", NOW)
    app = sign_in(Role.MONITOR, "en", "journal", show="seen")
    assert set(rows(app)["What"]) == {"customer's number shown"}
    app.text_input(key="who").set_value("nobody of that name").run()
    assert "other letters" in app.info[0].value


def test_the_export_for_an_auditor_is_made_and_stands_in_the_journal(busy, sign_in, installed):
    app = sign_in(Role.MONITOR, "en", "journal")
    next(one for one in app.button if "Prepare the export" in one.label).click().run()
    assert not app.error
    assert app.get("download_button")
    with reading(installed.engine) as session:
        newest = journal.entries(session, SYSTEM, limit=1)[0]
    assert (newest.action, newest.actor_name) == ("journal.export", "Monitor")


def test_a_changed_journal_is_shown_as_broken(busy, sign_in, installed):
    with transaction(installed.engine) as session:
        session.get_one(JournalRow, 2).detail = {"name": "somebody else"}
    app = sign_in(Role.MONITOR, "en", "journal")
    assert not app.success
    assert "entry 2" in app.error[0].value
