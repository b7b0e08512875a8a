"""Files of a case, for the signed-in person who may see the case; each fetch is journalled."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from qa_app.core import login
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import Forbidden, HuitingError
from qa_app.core.kept_files import Attachment
from qa_app.runtime import runtime
from surveys import attachments
from surveys.office import Office


async def attachment(request: Request) -> Response:
    """GET /attachments/{id}: the file as a download, never shown in our own origin."""
    try:
        found, body = await run_in_threadpool(_fetch, request)
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


def _fetch(request: Request) -> tuple[Attachment, bytes]:
    live, now = runtime(), utc_now()
    with transaction(live.engine) as session:
        actor = login.signed_in(session, now, request.cookies.get(login.COOKIE))
        if actor is None:
            raise Forbidden("Sign in again to see this file.")
        return attachments.fetch(
            session, actor, now, Office.of(live.settings), int(request.path_params["attachment_id"])
        )
