"""Messages composed once and sent once, whatever the worker lives through; receipts; who reads them."""

from datetime import timedelta

import pytest
from complaint_desk import COMPLAINT, OFFICE, Desk
from conftest import NOW
from sqlalchemy import text

from qa_app.core import people, queue
from qa_app.core.access import SYSTEM
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.queue import Backoff
from surveys import jobs, notices
from surveys.model import Channel, NoticeState
from surveys.notices import Receipt
from surveys.senders.contract import Kind, Rejected, Sent, Unreachable
from surveys.tables import CaseRow

LEASE = timedelta(minutes=1)


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


class Kept:
    """A sender that keeps what it is given, or fails as it is told."""

    def __init__(self, *troubles):
        self.sent, self.troubles = [], list(troubles)

    def send(self, message):
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        self.sent.append(message)
        return Sent(f"ref-{len(self.sent)}")


def notices_of(desk, case_id):
    with reading(desk.engine) as session:
        return notices.notices_of(session, people.actor_for(session, desk.clerk), OFFICE.vault, case_id)


def claimed(desk, now=None):
    with transaction(desk.engine) as session:
        return queue.claim(session, now or desk.now, "w", LEASE, (jobs.SEND,))


def deliver(desk, sender, now=None):
    while job := claimed(desk, now):
        jobs.deliver(desk.engine, lambda: desk.now, job, OFFICE, {Kind.SMS: sender, Kind.EMAIL: sender})


def test_the_customer_gets_the_number_by_sms_once(desk):
    made = desk.register()
    sender = Kept()
    deliver(desk, sender)
    deliver(desk, sender)
    (message,) = sender.sent
    assert (message.to, message.kind, message.once) == ("+8613800138000", Kind.SMS, f"case:{made.case_id}:registered")
    assert message.body == (
        "【回听】您好，您于11月9日反映的问题已受理，工单号TS20261109-00001。"
        "我们会尽快为您处理，如需查询请致电10000并告知工单号。"
    )
    (kept,) = notices_of(desk, made.case_id)
    assert (kept.state, kept.to, kept.sent_at) == (NoticeState.SENT, "138****8000", desk.now)


def test_address_and_words_are_not_readable_in_the_database(desk):
    desk.register()
    with reading(desk.engine) as session:
        row = str(session.execute(text("SELECT * FROM notice")).one()) + str(
            session.execute(text("SELECT payload FROM job")).all()
        )
    assert "13800138000" not in row
    assert "尽快" not in row


def test_a_colleagues_case_is_confirmed_to_nobody(desk):
    made = desk.register(desk.complaint(channel=Channel.INTERNAL, sender="市场部 李"))
    assert notices_of(desk, made.case_id) == []


def test_what_is_told_by_sms_or_mail_goes_out_and_what_is_told_by_telephone_does_not(desk):
    made = desk.register(desk.complaint(customer_email="zhang@example.com")).case_id
    desk.step(made, "delay_told", reason="需要省公司核实", promised_at="2026-11-12T12:00:00+08:00", by="sms")
    desk.step(made, "progress_told", words="已转计费核查", by="phone")
    desk.walk(made, "solved_on_the_spot")
    four = {"result": "已退20元", "cause": "系统重复计费", "improvement": "已修正程序", "thanks": "感谢您的反映"}
    desk.step(made, "fed_back", by="email", **four)
    sender = Kept()
    deliver(desk, sender)
    told = {message.once.rpartition(":")[2]: message for message in sender.sent}
    assert set(told) == {"registered", "2", "5"}
    assert "因需要省公司核实未能按时办结，我们承诺在11月12日12:00前给您答复" in told["2"].body
    assert (told["5"].to, all(part in told["5"].body for part in four.values())) == ("zhang@example.com", True)


def test_a_mail_to_nobody_is_refused_and_nothing_of_the_step_is_kept(desk):
    made = desk.walk(desk.register().case_id, "solved_on_the_spot")
    four = {"result": "r", "cause": "c", "improvement": "i", "thanks": "t"}
    with pytest.raises(NotFound, match="left no e-mail address"):
        desk.step(made, "fed_back", by="email", **four)
    assert desk.state(made) == "solved"


def test_the_sender_of_a_forwarded_case_is_answered_in_writing(desk):
    made = desk.register(desk.complaint(channel=Channel.INTERNAL, sender="wang@example.com")).case_id
    desk.walk(made, "solved_on_the_spot")
    desk.step(made, "sender_answered", by="email", answer="已退费并致歉")
    sender = Kept()
    deliver(desk, sender)
    (message,) = sender.sent
    assert (message.to, "已退费并致歉" in message.body) == ("wang@example.com", True)


def test_a_busy_gateway_is_tried_again_and_then_given_up(desk):
    made = desk.register().case_id
    sender = Kept(Unreachable("busy"), Unreachable("busy"), Unreachable("busy"))
    job = claimed(desk)
    with pytest.raises(Unreachable):
        jobs.deliver(desk.engine, lambda: desk.now, job, OFFICE, {Kind.SMS: sender})
    with transaction(desk.engine) as session:
        assert not queue.fail(session, desk.now, job, "busy", Backoff(2, timedelta(seconds=30)))
    assert notices_of(desk, made)[0].state is NoticeState.WAITING
    assert claimed(desk) is None  # not before its wait is over
    assert claimed(desk, desk.now + timedelta(seconds=31)) is not None
    with transaction(desk.engine) as session:
        jobs.give_up(session, job, "busy")
    assert (notices_of(desk, made)[0].state, notices_of(desk, made)[0].error) == (NoticeState.FAILED, "busy")


def test_what_is_refused_for_good_is_shown_and_never_tried_again(desk):
    made = desk.register().case_id
    deliver(desk, Kept(Rejected("空号")))
    (kept,) = notices_of(desk, made)
    assert (kept.state, kept.error) == (NoticeState.FAILED, "空号")
    assert claimed(desk, desk.now + timedelta(days=9)) is None


def test_a_job_taken_up_again_after_a_crash_sends_no_second_message(desk):
    desk.register()
    first, sender = claimed(desk), Kept()
    jobs.deliver(desk.engine, lambda: desk.now, first, OFFICE, {Kind.SMS: sender})
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE job SET state = 'waiting'"))
    deliver(desk, sender)
    assert len(sender.sent) == 1


def test_a_receipt_says_what_became_of_a_message(desk):
    made = desk.register().case_id
    deliver(desk, Kept())
    with transaction(desk.engine) as session:
        notices.take_receipt(session, desk.now, Receipt("ref-1", delivered=True))
        for unknown in ("ref-9", ""):
            with pytest.raises(NotFound):
                notices.take_receipt(session, desk.now, Receipt(unknown, delivered=True))
    assert notices_of(desk, made)[0].state is NoticeState.DELIVERED
    with transaction(desk.engine) as session:
        notices.take_receipt(session, desk.now, Receipt("ref-1", delivered=False, reason="停机"))
    assert notices_of(desk, made)[0].error == "停机"


def test_the_same_message_composed_at_once_is_one(desk):
    made = desk.register().case_id
    with transaction(desk.engine) as session:
        row = session.get_one(CaseRow, made)
        notices.after_receipt(session, SYSTEM, NOW, OFFICE, row)
    assert len(notices_of(desk, made)) == 1


def test_an_address_that_is_none_is_refused_at_the_registration(desk):
    with pytest.raises(Invalid, match="no e-mail address"):
        desk.register(desk.complaint(customer_email="zhang@"))
    assert COMPLAINT.customer_email == ""


@pytest.mark.parametrize(
    "written", ["市场部 李 wang@example.com", "王经理 <wang@example.com>", "wang@example.com；li@example.com"]
)
def test_the_reply_goes_to_the_address_that_stands_in_what_was_written_of_the_sender(desk, written):
    made = desk.register(desk.complaint(channel=Channel.INTERNAL, sender=written)).case_id
    desk.walk(made, "solved_on_the_spot")
    desk.step(made, "sender_answered", by="email", answer="已退费")
    sender = Kept()
    deliver(desk, sender)
    assert [message.to for message in sender.sent] == ["wang@example.com"]
