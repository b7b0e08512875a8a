"""Mail by an SMTP server of the operator's."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from surveys.senders.contract import Outgoing, Rejected, Sent, Unreachable, refuse_injection

PERMANENT_FROM = 500
"""SMTP replies from 500 on are final (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True, repr=False)
class Smtp:
    """A mail server; `tls` is starttls, tls (from the first byte) or none."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    timeout_s: float = 20.0

    def send(self, message: Outgoing) -> Sent:
        """Hand the mail to the server; its Message-ID follows from `once`."""
        refuse_injection(message)
        mail = self._mail(message)
        if mail["To"].defects or len(mail["To"].addresses) != 1:
            raise Rejected("The message {once} does not go to exactly one e-mail address.", once=message.once)
        server = self._connected()
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, told = next(iter(error.recipients.values()))
            raise _reply(code, told) from error
        except smtplib.SMTPResponseException as error:
            raise _reply(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable("The mail server does not answer ({error}).", error=type(error).__name__) from error
        finally:
            _leave(server)
        return Sent(str(mail["Message-ID"]))

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.subject
        mail["Date"] = formatdate(localtime=False)
        domain = self.sender.rpartition("@")[2].strip("> ") or "localhost"
        mail["Message-ID"] = f"<{hashlib.sha256(message.once.encode()).hexdigest()[:40]}@{domain}>"
        mail.set_content(message.body, charset="utf-8", cte="base64")
        return mail

    def _connected(self) -> smtplib.SMTP:
        """A connection that takes mails; one that refuses us, by a wrong password say, is Unreachable for now."""
        try:
            return self._opened()
        except smtplib.SMTPResponseException as error:
            raise Unreachable("The mail server refuses the connection ({code}). Ask the administrator.",
                              code=error.smtp_code) from error  # fmt: skip
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable("The mail server does not answer ({error}).", error=type(error).__name__) from error

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _leave(server: smtplib.SMTP) -> None:
    """Say good-bye; how the server answers changes nothing about a mail that it has taken."""
    try:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _reply(code: int, told: bytes | str) -> Rejected | Unreachable:
    words = told.decode(errors="replace") if isinstance(told, bytes) else told
    if code >= PERMANENT_FROM:
        return Rejected("The mail server refuses the message for good ({code} {words}).", code=code, words=words)
    return Unreachable("The mail server refuses the message for now ({code} {words}).", code=code, words=words)
