"""SMS by the operator's gateway: signed requests over HTTP, and its signed delivery receipts."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from qa_app.core.clock import utc_now
from qa_app.core.errors import Forbidden, Invalid
from surveys.notices import Receipt
from surveys.senders.contract import Outgoing, Rejected, Sent, Unreachable, refuse_injection

TIMESTAMP, SIGNATURE, IDEMPOTENCY = "Huiting-Timestamp", "Huiting-Signature", "Idempotency-Key"
OLDEST_RECEIPT = timedelta(minutes=5)
BUSY = frozenset({408, 425, 429})


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class HttpSms:
    """A gateway that takes {to, text, once} as JSON and answers {reference}."""

    url: str
    secret: str
    timeout_s: float = 15.0

    def send(self, message: Outgoing) -> Sent:
        """Post one message; 2xx takes it, 4xx refuses it for good, the rest and silence mean later."""
        refuse_injection(message)
        body = json.dumps({"to": message.to, "text": message.body, "once": message.once}, ensure_ascii=False).encode()
        stamp = str(int(utc_now().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8", TIMESTAMP: stamp,
            SIGNATURE: signature(self.secret, stamp, body), IDEMPOTENCY: message.once,
        }  # fmt: skip
        try:
            answer = httpx.post(self.url, content=body, headers=headers, timeout=self.timeout_s, follow_redirects=False,
                                trust_env=False)  # fmt: skip
        except httpx.HTTPError as error:
            raise Unreachable("The SMS gateway does not answer ({error}).", error=type(error).__name__) from error
        if answer.is_success:
            return Sent(_reference(answer))
        if answer.status_code in BUSY or answer.is_server_error:
            raise Unreachable("The SMS gateway is busy ({status}).", status=answer.status_code)
        raise Rejected("The SMS gateway refuses the message ({status}).", status=answer.status_code)


def read_receipt(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Receipt:
    """A delivery receipt {reference, status, reason}; Forbidden where it is not signed by the gateway, or too old."""
    stamp = headers.get(TIMESTAMP.lower(), "")
    given = headers.get(SIGNATURE.lower(), "")
    is_signed = hmac.compare_digest(given.encode(), signature(secret, stamp, body).encode())
    if not secret or not is_signed or not stamp.isdecimal():
        raise Forbidden("The receipt is not signed by the SMS gateway.")
    if abs(now.timestamp() - int(stamp[:12])) > OLDEST_RECEIPT.total_seconds():
        raise Forbidden(
            "The receipt is older than {minutes} minutes.", minutes=int(OLDEST_RECEIPT.total_seconds() / 60)
        )
    try:
        told = json.loads(body)
        status = str(told["status"])
        found = Receipt(str(told["reference"])[:120], status == "delivered", str(told.get("reason", ""))[:200])
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("The receipt has no reference or status. Send both as JSON.") from error
    if status not in ("delivered", "failed"):
        raise Invalid("The receipt's status is “{status}”. It is delivered or failed.", status=status[:40])
    return found


def _reference(answer: httpx.Response) -> str:
    """The gateway's name for the message; one that answers without any cannot send receipts."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    return str(told.get("reference", ""))[:120] if isinstance(told, dict) else ""
