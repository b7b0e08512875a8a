"""Signed addresses of what is heard: which recording or clip, for whom, until when."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from qa_app.core.errors import Forbidden

RECORDING, CLIP = "recording", "clip"


def listening_address(
    secret: bytes, heard_id: int, user_id: int, now: datetime, lifetime: timedelta, kind: str = RECORDING
) -> str:  # fmt: skip
    """The address under which this user may fetch this recording or clip until now + lifetime.

    The end is rounded up to a whole quarter of the lifetime, so that a page drawn again keeps its address and
    the browser its place in the audio.
    """
    step = max(60, int(lifetime.total_seconds() / 4))
    until = (int((now + lifetime).timestamp()) // step + 1) * step
    signature = _signature(secret, kind, heard_id, str(user_id), str(until))
    return f"/{kind}s/{heard_id}?u={user_id}&e={until}&s={signature}"


def check_address(secret: bytes, heard_id: int, query: dict[str, str], now: datetime, kind: str = RECORDING) -> int:
    """The user an address was made for; raises Forbidden if it was changed or has run out."""
    try:
        user_id, until, signature = query["u"], query["e"], query["s"]
    except KeyError:
        raise Forbidden("This address is incomplete; open the recording from its page.") from None
    if not hmac.compare_digest(signature.encode(), _signature(secret, kind, heard_id, user_id, until).encode()):
        raise Forbidden("This address was changed; open the recording from its page.")
    if datetime.fromtimestamp(int(until), UTC) < now:
        raise Forbidden("This address has run out; open the recording from its page.")
    return int(user_id)


def _signature(secret: bytes, kind: str, heard_id: int, user_id: str, until: str) -> str:
    """Over the numbers as they are written, so that no other spelling of them is good."""
    digest = hmac.new(secret, f"{kind}:{heard_id}:{user_id}:{until}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()
