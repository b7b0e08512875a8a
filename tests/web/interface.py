"""The interface on a real database, with a key for anybody."""

from datetime import timedelta

from starlette.testclient import TestClient

from qa_app.core import tokens
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.tokens import NewToken, Scope
from qa_app.web.api import create_app

EVERY = tuple(Scope)
CASE = {"words": "每月多扣20元", "customer_phone": "13800138000", "class_code": "fees/wrong_bill"}


def client(live):
    return TestClient(create_app(live), raise_server_exceptions=False)


def key(live, user_id, scopes=EVERY, days=30):
    with transaction(live.engine) as session:
        new = NewToken("crm", user_id, scopes, utc_now() + timedelta(days=days))
        return tokens.add(session, SYSTEM, utc_now(), new)


def headers(token, once=None):
    sent = {"Authorization": f"Bearer {token}"}
    return sent | ({"Idempotency-Key": once} if once else {})
