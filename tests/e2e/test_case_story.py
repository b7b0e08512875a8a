"""One complaint from a shop to its close, by six people in a real browser, with every refusal on the way."""

import pytest
from harness.product import MARKS, PHONE, wait_until

from qa_app.core.access import SYSTEM
from qa_app.core.db import reading
from surveys import queries
from surveys.office import Office

pytestmark = MARKS
pytest_plugins = ["harness.product"]
SLIP = {
    "Number called back": "138****0000", "Cause": "账单系统重复出账", "Responsibility": "计费中心",
    "What was done": "已退费并修正", "Customer's opinion": "认可", "Handled by": "郑凯",
}  # fmt: skip
FOUR = {"Result": "已退费", "Cause": "重复出账", "Improvement": "已修正程序", "Thanks": "感谢您的反映"}


class Person:
    """Somebody at the screen of one case."""

    def __init__(self, visitor, login, case_id=None, steps=None, **options):
        self.guest = visitor(login, **options)
        self.page, self.case_id, self.steps = self.guest.page, case_id, steps

    def say(self, text, **values):
        return self.guest.say(text, **values)

    def open(self):
        self.guest.go("cases", f"case={self.case_id}")
        return self

    def choose(self, label, text):
        box = self.page.get_by_role("combobox", name=self.say(label))
        box.click()
        box.fill(text)
        box.press("Enter")
        self.guest.settled()

    def write(self, texts):
        for label, text in texts.items():
            self.page.get_by_label(self.say(label), exact=True).fill(text)

    def press(self, label):
        button = self.page.get_by_role("button", name=self.say(label), exact=True)
        wait_until(lambda: button.count() == 1, f"the form before it to be gone, for {label}")
        button.click()
        self.guest.settled()

    def step(self, label, texts=None, *, kept=True, **choices):
        """Open the case, choose a step, fill it in, keep it; what is kept is waited for."""
        self.open()
        before = self.steps()
        self.choose("Step", self.say(label))
        saving = self.page.get_by_role("button", name=self.say("Keep this step"), exact=True)
        wait_until(lambda: saving.count() == 1, "the form of the step before to be gone")
        for name, value in choices.items():
            self.choose(name.replace("_", " "), value)
        self.write(texts or {})
        self.press("Keep this step")
        if kept:
            wait_until(lambda: self.steps() == before + 1, f"the step {label}")

    def stands(self, state):
        self.page.get_by_role("heading", name=self.say(state)).first.wait_for()


@pytest.fixture
def state_of(product):
    def read(case_id):
        office = Office.of(product.runtime.settings)
        with reading(product.runtime.engine) as session:
            return queries.story(session, SYSTEM, office.vault, case_id)

    return read


def registered_in_a_shop(visitor, product):
    shop = Person(visitor, "A031", viewport=PHONE)
    shop.guest.go("register_case")
    shop.write({"What the customer says": "我的话费每月多扣三十元，账单错误，要求退费"})
    shop.page.keyboard.press("Tab")
    shop.guest.settled()
    shop.write(
        {"Customer's name": "张伟", "Telephone number": "138 0013 8000", "Remedy sought": "退还三个月多扣的费用"}
    )
    shop.choose("Channel", shop.say("Shop"))
    assert shop.guest.wide() <= 0
    shop.press("Register")
    shop.page.get_by_text("TS20").first.wait_for()
    with reading(product.runtime.engine) as session:
        vault = Office.of(product.runtime.settings).vault
        lines, _ = queries.cases(session, SYSTEM, vault, queries.CaseFilter(words="多扣三十元"))
    return lines[0].id


def test_a_complaint_goes_from_the_shop_to_a_close_that_the_customer_agreed_to(visitor, product, state_of):
    case = registered_in_a_shop(visitor, product)
    logins = ("desk", "field", "billing", "manager", "surveyor")
    people = [Person(visitor, login, case, lambda: len(state_of(case).steps)) for login in logins]
    desk, field, billing, manager, surveyor = people
    desk.step("Dispatched", Responsible_unit="装维中心")
    desk.stands("dispatched")
    field.step("Sent back as wrongly dispatched", {"Grounds": "属计费问题"})
    desk.step("Dispatched", Responsible_unit="计费中心")
    billing.step("Return slip", SLIP, kept=False, Found_to_be_true=billing.say("true"))
    refusal = billing.say("{kind} is incomplete: {missing} must be filled in.", kind=billing.say("Return slip"),
                          missing=billing.say("Findings"))  # fmt: skip
    billing.page.get_by_text(refusal).first.wait_for()
    billing.write({"Findings": "三个月账单重复出账"})
    before = billing.steps()
    billing.press("Keep this step")
    wait_until(lambda: billing.steps() == before + 1, "the complete slip")
    desk.step("Return slip refused", {"Grounds": "请附账单核对结果"})
    billing.step("Return slip", SLIP | {"Findings": "附三个月账单"}, Found_to_be_true=billing.say("true"))
    billing.stands("returned")
    desk.step("Responsibility decided", {"Proof": "账单核对表"},
                     **{"Is_our_side_the_cause?": desk.say("yes"), "Whose": desk.say("the unit's")})  # fmt: skip
    desk.step("Remedy asked for", {"Amount (yuan)": "300", "Grounds": "三个月多扣"}, Remedy=desk.say("refund"))
    manager.step("Remedy granted", {"Amount (yuan)": "300"}, Remedy=manager.say("refund"))
    desk.step("Customer consents to the solution", {"Solution": "退费300元", "Customer's words": "可以"})
    desk.step("Fed back to the customer", FOUR, How_it_was_told=desk.say("SMS"))
    surveyor.step("Closing callback", Result=surveyor.say("not satisfied"))
    surveyor.stands("not satisfied")
    desk.step("Second dispatch", {"Grounds": "退费未到账"}, Responsible_unit="计费中心")
    billing.step("Return slip", SLIP | {"Findings": "已补到账"}, Found_to_be_true=billing.say("true"))
    desk.step("Customer consents to the solution", {"Solution": "已到账", "Customer's words": "收到了"})
    desk.step("Fed back to the customer", FOUR, How_it_was_told=desk.say("telephone"))
    surveyor.step("Closing callback", Result=surveyor.say("satisfied"))
    desk.step("Closed")
    desk.stands("closed")
    story = state_of(case)
    assert story.state == "closed"
    kinds = [step.kind.value for step in story.steps]
    assert kinds == [
        "received", "dispatched", "sent_back", "dispatched", "returned", "return_refused", "returned",
        "responsibility_decided", "remedy_requested", "remedy_granted", "consented", "fed_back", "called_back",
        "second_dispatched", "returned", "consented", "fed_back", "called_back", "closed",
    ]  # fmt: skip
    assert len(product.journal("notice.compose", f"case:{case}")) == 2  # the number, and the first feedback by SMS
