"""Training on the Coaching page: given, done, confirmed; mentors; certificates; who sees what."""

import pytest
from conftest import NOW
from opened import say, words

from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from scorecards import trainings
from scorecards.training import TaskKind, TaskState
from scorecards.trainings import NewCertificate, NewTask

pytest_plugins = ["opened"]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    from qa_app import session as page

    monkeypatch.setattr(page, "now", lambda: NOW)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def given_task(installed, staffed):
    with transaction(installed.engine) as session:
        new = NewTask(staffed.ids[Role.AGENT], "greeting", TaskKind.LISTEN, "听两段优秀开头", NOW.date())
        return trainings.give_task(session, SYSTEM, NOW, new, app_zone())


def test_a_supervisor_gives_a_task_and_what_was_typed_stays_when_it_is_refused(busy, installed, staffed, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "coaching", part="training")
    assert say(app, "No training task was given yet.") in words(app)
    button(app, "Give the task").click().run()
    assert "what is to be done" in app.error[0].value
    next(one for one in app.text_area if one.label == "What is to be done").set_value("演练开头语")
    button(app, "Give the task").click().run()
    assert not app.error
    with reading(installed.engine) as session:
        (one,) = trainings.tasks(session, SYSTEM)
    assert (one.new.task, one.state) == ("演练开头语", TaskState.OPEN)
    assert "演练开头语" in words(app)


def test_an_agent_does_the_own_task_and_the_supervisor_confirms_it(busy, installed, staffed, sign_in):
    given_task(installed, staffed)
    app = sign_in(Role.AGENT, "en", "coaching", part="training")
    assert "听两段优秀开头" in words(app)
    assert "Give a training task" not in [one.label for one in app.expander]
    assert "Confirm" not in [one.label for one in app.button]
    button(app, "I have done it").click().run()
    assert not app.error
    app = sign_in(Role.SUPERVISOR, "en", "coaching", part="training")
    assert "I have done it" not in [one.label for one in app.button]
    button(app, "Confirm").click().run()
    with reading(installed.engine) as session:
        (one,) = trainings.tasks(session, SYSTEM)
    assert one.state is TaskState.CONFIRMED


def test_a_pair_of_one_is_refused_and_certificates_show_their_ground(busy, installed, staffed, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "coaching", part="training")
    button(app, "Pair them").click().run()  # the only agent twice
    assert say(app, "Nobody is the own mentor.") in words(app)
    with transaction(installed.engine) as session:
        agent = staffed.ids[Role.AGENT]
        new = NewCertificate(agent, "资费解释", ("greeting",), NOW.date().replace(month=12), 92.0)
        trainings.grant(session, SYSTEM, NOW, new, app_zone())
    for role in (Role.AGENT, Role.SUPERVISOR):
        app = sign_in(role, "en", "coaching", part="certificates")
        (table,) = [one.value for one in app.dataframe if "Skill" in one.value]
        assert list(table["Skill"]) == ["资费解释"]
        assert list(table["Ground"]) == ["exam: 92"]
        assert ("Grant a certificate" in [one.label for one in app.expander]) is (role is Role.SUPERVISOR)


def app_zone():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Shanghai")
