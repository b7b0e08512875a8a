"""Files of cases and of mystery visits, for the signed-in person who may see those; each fetch is journalled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from qa_app.core import login
from qa_app.core.access import Actor
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import Forbidden, HuitingError
from qa_app.core.kept_files import Attachment
from qa_app.runtime import runtime
from scorecards import shopping_files
from surveys import attachments
from surveys.office import Office

Fetched = tuple[Attachment, bytes]
Fetch = Callable[[Session, Actor, datetime, Office, int], Fetched]


async def attachment(request: Request) -> Response:
    """GET /attachments/{id}: a file of a case as a download."""
    return await _download(request, attachments.fetch)


async def visit_file(request: Request) -> Response:
    """GET /visit-files/{id}: a file of a mystery visit as a download."""
    return await _download(request, _fetch_of_visit)


def _fetch_of_visit(session: Session, actor: Actor, now: datetime, office: Office, file_id: int) -> Fetched:
    return shopping_files.fetch(session, actor, now, office.folder, office.vault, file_id)


async def _download(request: Request, fetch: Fetch) -> Response:
    """The file as a download, never shown in our own origin."""
    try:
        found, body = await run_in_threadpool(_fetched, request, fetch)
    except Forbidden as error:
        return PlainTextResponse(str(error), 403)
    except HuitingError as error:
        return PlainTextResponse(str(error), 404)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(body, headers=headers, media_type=found.mime)


def _fetched(request: Request, fetch: Fetch) -> Fetched:
    live, now = runtime(), utc_now()
    with transaction(live.engine) as session:
        actor = login.signed_in(session, now, request.cookies.get(login.COOKIE))
        if actor is None:
            raise Forbidden("Sign in again to see this file.")
        return fetch(session, actor, now, Office.of(live.settings), int(request.path_params["attachment_id"]))
