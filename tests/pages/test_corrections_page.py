"""A correcting callback opened on the review page, and shown to whoever calls."""

import pytest
from conftest import NOW
from opened import say, words
from sqlalchemy import select

from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.correcting import open_correction as opened_correction
from surveys import correcting, tasks
from surveys import service as casework
from surveys.model import NewCase, Outcome
from surveys.office import Office
from surveys.survey_tables import SurveyTaskRow

pytest_plugins = ["opened"]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    from qa_app import session as page

    monkeypatch.setattr(page, "now", lambda: NOW)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def area(app, label):
    return next(one for one in app.text_area if one.label == label)


def test_an_inspector_opens_a_correction_and_what_was_typed_stays_when_it_is_refused(
    busy, installed, staffed, sign_in
):  # fmt: skip
    call = busy["good-zh"]
    app = sign_in(Role.INSPECTOR, "en", "review", call=str(call))
    area(app, "What was told wrong").set_value("下月生效")
    area(app, "What is right").set_value("次日生效")
    button(app, "Open a correcting callback").click().run()
    assert "No case says whose call this is" in app.error[0].value
    assert area(app, "What was told wrong").value == "下月生效"
    with transaction(installed.engine) as session:
        office = Office.of(installed.settings)
        new = NewCase("套餐", "李静", "13800138123", unit_id=staffed.team)
        casework.link_call(session, SYSTEM, NOW, casework.register(session, SYSTEM, NOW, office, new).case_id, call)
    button(app, "Open a correcting callback").click().run()
    assert not app.error
    with reading(installed.engine) as session:
        (one,) = correcting.corrections(session, SYSTEM)
    assert (one.wrong.said, one.wrong.call_pk, one.outcome) == ("下月生效", call, None)
    app = sign_in(Role.SUPERVISOR, "en", "corrections")
    (table,) = [one.value for one in app.dataframe if "What is right" in one.value]
    assert list(table["State"]) == ["to be told"]
    for role in (Role.AGENT, Role.MANAGER):
        app = sign_in(role, "en", "review", call=str(call))
        assert "Wrong information: a correcting callback" not in [one.label for one in app.expander]


def test_the_inbox_leads_an_inspector_to_what_was_missed(busy, installed, staffed, sign_in):
    call = busy["good-zh"]
    with transaction(installed.engine) as session:
        office = Office.of(installed.settings)
        new = NewCase("套餐", "李静", "13800138123", unit_id=staffed.team)
        casework.link_call(session, SYSTEM, NOW, casework.register(session, SYSTEM, NOW, office, new).case_id, call)
        made = correcting.Wrong(call, "下月生效", "次日生效")
        opened_correction(session, SYSTEM, NOW, office, made)
        tasks.end(session, NOW, session.scalars(select(SurveyTaskRow)).one(), Outcome.UNREACHED)
    app = sign_in(Role.INSPECTOR, "en", "today")
    (shown,) = [one for one in app.button if one.label.startswith("Corrections of which")]
    shown.click().run()
    assert not app.exception
    assert app.title[0].value == "Corrections"
    assert "not reached" in str(app.dataframe[0].value["State"][0])


def test_nothing_to_correct_is_said(staffed, sign_in):
    app = sign_in(Role.SUPERVISOR, "zh", "corrections")
    assert say(app, "Nothing had to be corrected. It is opened on a call's review page.") in words(app)
