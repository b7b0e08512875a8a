"""Delivery receipts of the SMS gateway: signed by the secret that both sides hold."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import NotFound
from qa_app.runtime import Runtime
from qa_app.web.api.keys import live
from qa_app.web.api.problems import possible
from surveys import notices
from surveys.notices import Receipt
from surveys.senders.http_sms import SIGNATURE, TIMESTAMP, read_receipt

routes = APIRouter(prefix="/api/v1", tags=["receipts"])


@routes.post("/receipts/sms", status_code=204, responses=possible(403, 404, 413, 422))
async def sms(request: Request) -> Response:
    """Keep what the gateway says became of a message ({reference, status: delivered or failed, reason})."""
    running = live(request)
    secret = running.settings.sms_secret.get_secret_value()
    if not secret:
        raise NotFound("No SMS gateway is set up here.")
    headers = {name.lower(): request.headers.get(name, "") for name in (TIMESTAMP, SIGNATURE)}
    receipt = read_receipt(secret, headers, await request.body(), utc_now())
    await run_in_threadpool(_keep, running, receipt)  # the dashboard lives in this loop too
    return Response(status_code=204)


def _keep(running: Runtime, receipt: Receipt) -> None:
    with transaction(running.engine) as session:
        notices.take_receipt(session, utc_now(), receipt)
