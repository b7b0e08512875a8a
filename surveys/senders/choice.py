"""Which sender serves which medium: what the administrator set, else the outbox folder."""

from __future__ import annotations

from collections.abc import Mapping

from qa_app.core.settings import Settings
from surveys.senders.contract import Kind, Sender
from surveys.senders.http_sms import HttpSms
from surveys.senders.outbox import Outbox
from surveys.senders.smtp import Smtp


def senders(settings: Settings) -> Mapping[Kind, Sender]:
    """A sender for every medium."""
    outbox = Outbox(settings.folder / "outbox")
    sms: Sender = HttpSms(settings.sms_url, settings.sms_secret.get_secret_value()) if settings.sms_url else outbox
    email: Sender = outbox
    if settings.smtp_host:
        email = Smtp(settings.smtp_host, settings.smtp_port, settings.mail_from, settings.smtp_user,
                     settings.smtp_password.get_secret_value(), settings.smtp_tls)  # fmt: skip
    return {Kind.SMS: sms, Kind.EMAIL: email}
