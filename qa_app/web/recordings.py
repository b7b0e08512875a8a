"""The only way a recording leaves: by a signed, ranged address, for the signed-in person it was made for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from qa_app.core import login
from qa_app.core.clock import utc_now
from qa_app.core.db import reading
from qa_app.core.errors import Forbidden, Invalid, NotFound
from qa_app.core.links import check_address
from qa_app.runtime import Runtime, runtime
from transcription import playback, queries
from transcription.storage import Store

_UNIT = "bytes="
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from start up to and without end."""

    start: int
    end: int


def byte_range(header: str | None, size: int) -> ByteRange | None:
    """What a Range header asks for (one range, RFC 9110 section 14), or None for the whole.

    A unit other than bytes is passed over, as the RFC demands.
    """
    if not header or not header.strip().startswith(_UNIT):
        return None
    match = _RANGE.match(header.strip())
    if match is None or match.groups() == ("", ""):
        raise Invalid("The range {value} cannot be read.", value=header)
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise Invalid("The range {value} lies outside the {size} bytes.", value=header, size=size)
    return ByteRange(start, end)


async def listen(request: Request) -> Response:
    """GET /recordings/{id}: the whole playback copy or the range asked for."""
    live = runtime()
    try:
        found = await run_in_threadpool(_granted, live, request)
    except NotFound as error:
        return PlainTextResponse(str(error), 404)
    except Forbidden as error:
        return PlainTextResponse(str(error), 403)
    try:
        wanted = byte_range(request.headers.get("range"), found.size_bytes)
    except Invalid as error:
        return PlainTextResponse(str(error), 416, headers={"Content-Range": f"bytes */{found.size_bytes}"})
    part = wanted or ByteRange(0, found.size_bytes)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(part.end - part.start),
        "Cache-Control": "private, no-store",
    }
    if wanted:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{found.size_bytes}"
    body = _body(live.store, found, part)
    return StreamingResponse(body, 206 if wanted else 200, headers=headers, media_type=found.mime)


def _granted(live: Runtime, request: Request) -> queries.PlayableFile:
    recording_id, now = int(request.path_params["recording_id"]), utc_now()
    user_id = check_address(live.settings.secret, recording_id, dict(request.query_params), now)
    with reading(live.engine) as session:
        actor = login.signed_in(session, now, request.cookies.get(login.COOKIE))
        if actor is None or actor.user_id != user_id:
            raise Forbidden("Sign in again to hear this recording.")
        found = queries.playable_file(session, actor, recording_id)
    if not live.store.playback(found.path).is_file():
        raise NotFound(
            "The copy of recording {recording} is missing on disk; tell your administrator.", recording=recording_id
        )
    return found


def _body(store: Store, found: queries.PlayableFile, part: ByteRange) -> AsyncIterator[bytes]:
    return iterate_in_threadpool(playback.read_range(store.playback(found.path), found.chunks, part.start, part.end))
