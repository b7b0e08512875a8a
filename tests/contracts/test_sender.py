"""Every sender keeps one contract: the same message twice is one, words arrive as they are, refusals say what helps."""

import email
import json
import socket
from dataclasses import replace
from email.policy import default as modern

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from conftest import NOW
from sms_gateway_double import Gateway, http_server

from qa_app.core.errors import Forbidden, Invalid
from qa_app.core.settings import Settings
from surveys.notices import Receipt
from surveys.senders.choice import senders
from surveys.senders.contract import Kind, Outgoing, Rejected, Unreachable
from surveys.senders.http_sms import SIGNATURE, TIMESTAMP, HttpSms, read_receipt, signature
from surveys.senders.outbox import Outbox
from surveys.senders.smtp import Smtp

pytestmark = pytest.mark.enable_socket
WORDS = "【回听】您好，工单TS20261109-00001已受理。\n感谢您！“☎”"


class MailServer:
    """A real SMTP server on this machine that keeps what it takes."""

    def __init__(self):
        self.mails, self.refusal = [], None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=modern))
        return "250 taken"


class Medium:
    """A sender, what it delivered so far by message, and how to make it refuse."""

    def __init__(self, sender, kind, delivered, refuse):
        self.sender, self.kind, self.delivered, self.refuse = sender, kind, delivered, refuse

    def message(self, once="case:1:registered", **changes):
        to = "+8613800138000" if self.kind is Kind.SMS else "zhang@example.com"
        given = {"once": once, "kind": self.kind, "to": to, "subject": "您的投诉", "body": WORDS} | changes
        return Outgoing(**given)


@pytest.fixture
def outbox(tmp_path):
    folder = tmp_path / "outbox"

    def delivered():
        return [json.loads(file.read_text(encoding="utf-8"))["body"] for file in folder.glob("*.json")]

    def refuse(*, for_good):
        assert not for_good, "a folder refuses nothing for good"
        folder.write_text("a file stands in its place")

    return Medium(Outbox(folder), Kind.SMS, delivered, refuse)


@pytest.fixture
def smtp():
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()

    def delivered():
        by_id = {mail["Message-ID"]: mail.get_content().rstrip("\n").replace("\r\n", "\n") for mail in server.mails}
        return list(by_id.values())

    def refuse(*, for_good):
        server.refusal = "550 no such person" if for_good else "451 try again later"

    yield Medium(Smtp("127.0.0.1", port, "qa@example.com", tls="none"), Kind.EMAIL, delivered, refuse)
    controller.stop()


@pytest.fixture
def gateway():
    double = Gateway()

    def refuse(*, for_good):
        double.answers += [403 if for_good else 503]

    with http_server(double.take) as address:
        yield Medium(HttpSms(address, "s3cret"), Kind.SMS, lambda: [one["text"] for one in double.delivered.values()],
                     refuse)  # fmt: skip


@pytest.fixture(params=["outbox", "smtp", "gateway"])
def medium(request):
    return request.getfixturevalue(request.param)


def test_a_message_arrives_as_it_was_written_and_has_a_reference(medium):
    assert medium.sender.send(medium.message()).reference
    assert medium.delivered() == [WORDS]


def test_the_same_message_twice_is_one_and_another_is_another(medium):
    first, again = medium.sender.send(medium.message()), medium.sender.send(medium.message())
    assert first == again
    medium.sender.send(medium.message("case:2:registered", body="二"))
    assert sorted(medium.delivered()) == sorted([WORDS, "二"])


@pytest.mark.parametrize(
    "changes", [{"to": "a@b.cn\r\nBcc: c@d.cn"}, {"subject": "x\nBcc: c@d.cn"}, {"once": "a\r\nb"}]
)
def test_nothing_breaks_out_of_its_line(medium, changes):
    with pytest.raises(Invalid, match="line break"):
        medium.sender.send(medium.message(**changes))
    assert medium.delivered() == []


def test_nobody_to_go_to_is_refused_for_good(medium):
    with pytest.raises(Rejected, match="nobody"):
        medium.sender.send(medium.message(to=" "))


def test_what_is_refused_for_now_may_be_sent_later(medium):
    medium.refuse(for_good=False)
    with pytest.raises(Unreachable):
        medium.sender.send(medium.message())
    assert medium.delivered() == []


@pytest.mark.parametrize("medium", ["smtp", "gateway"], indirect=True)
def test_what_is_refused_for_good_says_so(medium):
    medium.refuse(for_good=True)
    with pytest.raises(Rejected):
        medium.sender.send(medium.message())


def test_contact_data_and_secrets_stand_in_no_log(medium):
    shown = repr(medium.message()) + repr(medium.sender)
    assert not any(part in shown for part in ("13800138000", "zhang@", "s3cret", "工单"))


def test_a_server_that_is_not_there_is_tried_again():
    message = Outgoing("x", Kind.SMS, "1", "s", "b")
    with pytest.raises(Unreachable):
        HttpSms("http://127.0.0.1:9/send", "s", timeout_s=0.5).send(message)
    with pytest.raises(Unreachable):
        Smtp("127.0.0.1", 9, "a@b.cn", tls="none", timeout_s=0.5).send(replace(message, to="c@example.com"))


def test_the_gateways_request_is_signed_and_a_hung_up_line_is_tried_again(gateway):
    seen = []

    def hang_up(headers, body):
        seen.append((headers, body))

    with http_server(hang_up) as address, pytest.raises(Unreachable):
        HttpSms(address, "s3cret").send(gateway.message())
    headers, body = seen[0]
    expected = signature("s3cret", headers[TIMESTAMP.lower()], body)
    assert headers[SIGNATURE.lower()] == expected
    assert json.loads(body)["to"] == "+8613800138000"


def test_a_letter_box_is_readable_by_its_owner_only(tmp_path):
    Outbox(tmp_path / "o").send(Outgoing("x", Kind.SMS, "1", "s", "b"))
    (file,) = (tmp_path / "o").glob("*.json")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def receipt(body, secret="s3cret", age_s=0):
    stamp = str(int(NOW.timestamp()) - age_s)
    raw = json.dumps(body).encode()
    headers = {TIMESTAMP.lower(): stamp, SIGNATURE.lower(): signature(secret, stamp, raw)}
    return read_receipt("s3cret", headers, raw, NOW)


def test_a_receipt_is_believed_only_when_signed_and_fresh():
    assert receipt({"reference": "gw-1", "status": "delivered"}) == Receipt("gw-1", delivered=True)
    assert receipt({"reference": "gw-1", "status": "failed", "reason": "空号"}) == Receipt("gw-1", False, "空号")
    with pytest.raises(Forbidden, match="not signed"):
        receipt({"reference": "gw-1", "status": "delivered"}, secret="other")
    with pytest.raises(Forbidden, match="older than 5 minutes"):
        receipt({"reference": "gw-1", "status": "delivered"}, age_s=301)
    for body in ({"status": "delivered"}, {"reference": "x", "status": "maybe"}, []):
        with pytest.raises(Invalid):
            receipt(body)


def test_what_is_not_set_up_goes_into_the_outbox(tmp_path):
    plain = senders(Settings(folder=tmp_path))
    assert isinstance(plain[Kind.SMS], Outbox)
    assert isinstance(plain[Kind.EMAIL], Outbox)
    chosen = senders(Settings(folder=tmp_path, sms_url="http://127.0.0.1/x", smtp_host="mail"))
    assert (type(chosen[Kind.SMS]), type(chosen[Kind.EMAIL])) == (HttpSms, Smtp)


def test_a_mail_goes_to_exactly_one_address(smtp):
    for to in ("a@example.com, b@example.com", "市场部 李 a@example.com", "a@example.com；b@example.com"):
        with pytest.raises(Rejected, match="exactly one"):
            smtp.sender.send(smtp.message(to=to))
    assert smtp.delivered() == []


def test_a_mail_that_was_taken_is_sent_however_the_server_says_good_bye(smtp, monkeypatch):
    async def busy(*_arguments):
        return "421 closing"

    monkeypatch.setattr(MailServer, "handle_QUIT", busy, raising=False)
    assert smtp.sender.send(smtp.message()).reference
    assert smtp.delivered() == [WORDS]


def test_a_server_that_refuses_our_password_refuses_no_message_for_good():
    def refuse(*_arguments):
        return AuthResult(success=False, handled=False)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(MailServer(), "127.0.0.1", port, authenticator=refuse, auth_require_tls=False)
    controller.start()
    try:
        wrong = Smtp("127.0.0.1", port, "qa@example.com", user="u", password="wrong", tls="none")
        with pytest.raises(Unreachable, match="refuses the connection"):
            wrong.send(Outgoing("x", Kind.EMAIL, "zhang@example.com", "s", "b"))
    finally:
        controller.stop()
