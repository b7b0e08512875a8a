"""A dissatisfied answer by telephone until it is recovered, and a survey by link on a phone, in a real browser."""

from datetime import timedelta

import pytest
from harness.product import MARKS, PHONE, wait_until
from sqlalchemy import select

from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.rules import NewRule
from surveys import links, queries, rules, service, tasks
from surveys.dispositions import Disposition
from surveys.model import CaseState, NewCase, StepKind
from surveys.office import Office
from surveys.profiles import shipped_text
from surveys.service import NewStep
from surveys.survey_tables import SurveyAnswerRow, SurveyAttemptRow, SurveyLinkRow, SurveyTaskRow
from surveys.tasks import Made

pytestmark = MARKS
pytest_plugins = ["harness.product"]
FOUR = {"by": "phone", "result": "已退30元", "cause": "重复出账", "improvement": "短信确认", "thanks": "感谢"}
ALWAYS = shipped_text("calling").replace('["09:00-12:00", "14:00-20:00"]', '["00:00-23:59"]').replace(
    '["10:00-12:00", "14:30-18:00"]', '["00:00-23:59"]').replace("holiday: []", 'holiday: ["00:00-23:59"]')  # fmt: skip
"""The calling rules, but for their hours: this test runs at any time of day."""


@pytest.fixture(scope="module")
def always(product):
    now = utc_now()
    with transaction(product.runtime.engine) as session:
        rules.publish(session, SYSTEM, now, NewRule(rules.CALLING, rules.ONE, now, ALWAYS, "test at any hour"))


def fed_back(product, phone, *kinds, case_id=None):
    """A case that was fed back three days ago, or an earlier one led on and fed back again."""
    office, now = Office.of(product.runtime.settings), utc_now()
    facts = {
        StepKind.ASSESSED: {"complexity": "simple", "urgency": "ordinary", "severity": "ordinary"},
        StepKind.SOLVED_ON_THE_SPOT: {"solution": "退费"}, StepKind.FED_BACK: FOUR,
        StepKind.RECONTACTED: {"words": "已再次联系"},
        StepKind.CONSENTED: {"solution": "补退30元", "customer_words": "可以"},
    }  # fmt: skip
    with transaction(product.runtime.engine) as session:
        if case_id is None:
            unit = people.unit_of(session, people.user_by_login(session, "surveyor"))
            new = NewCase("多扣了三十元", "李静", phone, unit_id=unit, received_at=now - timedelta(days=3))
            case_id = service.register(session, SYSTEM, now - timedelta(days=3), office, new).case_id
        for kind in kinds:
            at = now - timedelta(days=3) if kind in (StepKind.ASSESSED, StepKind.SOLVED_ON_THE_SPOT) else None
            service.take_step(session, SYSTEM, now, office, case_id, NewStep(kind, facts[kind], at))
        task = session.scalars(select(SurveyTaskRow).where(SurveyTaskRow.case_id == case_id,
                                                           SurveyTaskRow.ended_at.is_(None))).one()  # fmt: skip
        task.due_at = task.ready_at = now - timedelta(days=2)
        task.priority = 99
    return case_id


def state(product, case_id):
    office = Office.of(product.runtime.settings)
    with reading(product.runtime.engine) as session:
        return queries.story(session, SYSTEM, office.vault, case_id).state


def rows(product, table):
    with reading(product.runtime.engine) as session:
        return session.scalars(select(table).order_by(*table.__table__.primary_key.columns)).all()


class Caller:
    """A surveyor at the callback desk, by keyboard alone."""

    def __init__(self, guest, product):
        self.guest, self.page, self.product = guest.go("callbacks"), guest.page, product

    def button(self, label, **values):
        return self.page.get_by_role("button", name=self.guest.say(label, **values))

    def key(self, key, until, what, at):
        """Press a key once the button that it stands for is there, and wait for what follows."""
        at.wait_for()
        self.guest.settled()
        self.page.locator("h1").click()  # no field holds the focus
        self.guest.press(key)
        wait_until(until, what)
        self.guest.settled()

    def answer(self, question, value):
        return self.page.locator(f".st-key-answer-{question}-{value} button")

    def dial(self):
        dial = self.button("Dial")
        self.key("n", lambda: dial.count() == 1, "a task to be offered", self.button("Take the next call"))
        self.key("d", lambda: self.page.get_by_text("13800138").count() > 0, "the number to be shown", dial)

    def answered(self):
        return len(rows(self.product, SurveyAnswerRow))


def test_a_dissatisfied_customer_is_called_again_and_recovered(visitor, product, always):
    case_id = fed_back(product, "13800138123", StepKind.ASSESSED, StepKind.SOLVED_ON_THE_SPOT, StepKind.FED_BACK)
    caller = Caller(visitor("surveyor"), product)
    caller.dial()
    before = caller.answered()
    caller.key("0", lambda: caller.answered() == before + 1, "not solved", caller.answer("solved", 0))
    caller.key("1", lambda: caller.answered() == before + 2, "one point", caller.answer("satisfied", 1))
    words = caller.page.locator("textarea")
    words.wait_for()
    words.fill("钱还是没有退")
    words.press("Control+Enter")
    wait_until(lambda: caller.answered() == before + 3, "the customer's words, before anything is pressed")
    caller.guest.settled()
    caller.page.locator(".st-key-next-reason button").click()
    done = caller.button("Done")
    caller.key("f", lambda: state(product, case_id) is CaseState.DISSATISFIED, "the case to be taken up again", done)
    steps = [StepKind.RECONTACTED, StepKind.CONSENTED, StepKind.FED_BACK]
    fed_back(product, "", *steps, case_id=case_id)
    caller = Caller(visitor("surveyor"), product)
    caller.dial()
    before = caller.answered()
    for question, key in (("better", "1"), ("solved", "1"), ("satisfied", "5")):
        answer = caller.answer(question, key)
        caller.key(key, lambda count=before + 1: caller.answered() == count, f"the answer {key}", answer)
        before += 1
    done = caller.button("Done")
    caller.key("f", lambda: state(product, case_id) is CaseState.SATISFIED, "the case to be recovered", done)
    assert product.faults() == []


def test_a_survey_by_link_is_answered_on_a_phone_once(visitor, product, always):
    case_id = fed_back(product, "13800138456", StepKind.ASSESSED, StepKind.SOLVED_ON_THE_SPOT, StepKind.FED_BACK)
    office, now = Office.of(product.runtime.settings), utc_now()
    with transaction(product.runtime.engine) as session:
        task = session.scalars(select(SurveyTaskRow).where(SurveyTaskRow.case_id == case_id)).one()
        for hours in (30, 26, 5):
            tasks.add_attempt(session, task, Made(now - timedelta(hours=hours), Disposition.NO_ANSWER, None))
        tasks.reckon_ready(session, office, now, task)
        links.send_due(session, now, office)
        token = links.token_of(
            office, session.scalars(select(SurveyLinkRow).where(SurveyLinkRow.task_id == task.id)).one()
        )
    guest = visitor(viewport=PHONE, locale="zh-CN")
    page = guest.page
    page.goto(f"{product.address}/s/{token}")
    assert guest.wide() <= 0
    assert page.locator("html").get_attribute("lang") == "zh"
    page.get_by_role("button", name="下一").click()  # nothing chosen: asked for, and nothing is lost
    page.get_by_role("alert").wait_for()
    for label in ("是", "5", "是"):
        page.get_by_text(label, exact=True).click()
        page.get_by_role("button", name="下一").click()
    page.get_by_role("status").wait_for()
    assert guest.wide() <= 0
    assert state(product, case_id) is CaseState.SATISFIED
    page.goto(f"{product.address}/s/{token}")
    page.get_by_text("已完成评价").first.wait_for()
    page.goto(f"{product.address}/s/{token}x")
    page.get_by_text("链接无效").first.wait_for()
    assert [row.by_phone for row in rows(product, SurveyAttemptRow) if row.task_id == task.id][-1] is False
