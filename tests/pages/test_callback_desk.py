"""The callback desk on the screen: a call from the offer to its outcome, and who may see the page."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW, PASSWORD
from opened import say, words
from sqlalchemy import select

from qa_app import session as page
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.session import office
from surveys import queries, service
from surveys.model import CaseState, NewCase, StepKind
from surveys.service import NewStep
from surveys.survey_tables import SurveyAnswerRow, SurveyAttemptRow

pytest_plugins = ["opened"]
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 10, 9, 30, tzinfo=ZONE)
FOUR = {"by": "phone", "result": "已退30元", "cause": "c", "improvement": "短信确认", "thanks": "t"}


@pytest.fixture
def surveyor(installed, staffed, monkeypatch):
    """It is Tuesday morning; one case was fed back two days ago, and a surveyor may call."""
    monkeypatch.setattr(page, "now", lambda: MORNING)
    with transaction(installed.engine) as session:
        new = people.NewUser("caller", "caller", staffed.centre, PASSWORD, (Role.SURVEYOR,))
        people.add_user(session, SYSTEM, NOW, new)
        at = MORNING - timedelta(days=2)
        given = NewCase("多扣了20元", "张伟", "13800138000", class_code="fees/wrong_bill", unit_id=staffed.centre)
        made = service.register(session, SYSTEM, at, office(), given)
        facts = {
            StepKind.ASSESSED: {"complexity": "simple", "urgency": "ordinary", "severity": "ordinary"},
            StepKind.SOLVED_ON_THE_SPOT: {"solution": "退费"}, StepKind.FED_BACK: FOUR,
        }  # fmt: skip
        for kind, told in facts.items():
            service.take_step(session, SYSTEM, at, office(), made.case_id, NewStep(kind, told))
    return made


def press(app, label, **values):
    wanted = say(app, label, **values)
    found = [one for one in app.button if one.label == wanted]
    assert found, (wanted, [one.label for one in app.button])
    found[0].click().run()
    assert not app.exception, app.exception
    return app


def rows(installed, table):
    with reading(installed.engine) as session:
        return session.scalars(select(table)).all()


def state(installed, case_id):
    with reading(installed.engine) as session:
        return queries.story(session, SYSTEM, office().vault, case_id).state


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whole_call_by_its_keys(installed, staffed, surveyor, sign_in, language):
    app = sign_in("caller", language, "callbacks")
    assert not app.exception
    press(app, "Take the next call")
    told = words(app)
    assert "138****8000" in told
    assert "13800138000" not in told
    assert "已退30元" in told
    press(app, "Dial")
    assert "13800138000" in words(app)
    app.button(key="answer.solved.1").click().run()
    app.button(key="answer.satisfied.5").click().run()
    app.button(key="answer.agrees.1").click().run()
    assert not app.exception
    assert {row.question: row.number for row in rows(installed, SurveyAnswerRow)} == {
        "solved": 1, "satisfied": 5, "agrees": 1
    }  # fmt: skip
    press(app, "Done")
    assert state(installed, surveyor.case_id) is CaseState.SATISFIED
    assert [one.label for one in app.button if one.label.startswith(say(app, "Take the next call"))]


def test_a_low_answer_asks_why_and_keeps_the_words(installed, staffed, surveyor, sign_in):
    app = sign_in("caller", "en", "callbacks")
    press(app, "Take the next call")
    press(app, "Dial")
    app.button(key="answer.solved.0").click().run()
    app.button(key="answer.satisfied.1").click().run()
    app.text_area[0].set_value("还在扣").run()
    assert {row.question: row.text for row in rows(installed, SurveyAnswerRow)}["reason"] == "还在扣"
    press(app, "Next")
    assert say(app, "This customer is not satisfied: the case is taken up again.") in words(app)
    press(app, "Done")
    assert state(installed, surveyor.case_id) is CaseState.DISSATISFIED


def test_an_outcome_is_one_press_and_the_task_waits_for_another_hour(installed, staffed, surveyor, sign_in):
    app = sign_in("caller", "en", "callbacks")
    press(app, "Take the next call")
    press(app, "Dial")
    app.button(key="outcome.no_answer").click().run()
    assert not app.exception
    assert [row.disposition.value for row in rows(installed, SurveyAttemptRow)] == ["no_answer"]
    press(app, "Take the next call")
    assert say(app, "Nobody may be called now. Those who wait become due later; the page offers them then.") in words(
        app
    )


def test_later_offers_only_lawful_times(installed, staffed, surveyor, sign_in):
    app = sign_in("caller", "en", "callbacks")
    press(app, "Take the next call")
    press(app, "Dial")
    app.button(key="outcome.later").click().run()
    times = [one for one in app.get("button_group") if one.options and ":" in str(one.options[0])][-1]
    assert "12:00" not in times.options
    assert "10:00" in times.options
    times.select("10:30").run()
    press(app, "Keep the appointment")
    assert rows(installed, SurveyAttemptRow)[0].appointment_at == MORNING.replace(hour=10, minute=30)
