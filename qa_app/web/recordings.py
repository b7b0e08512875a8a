"""The only way a recording or clip leaves: by a signed, ranged address, for the signed-in person it was made for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from qa_app.core import login
from qa_app.core.access import Actor
from qa_app.core.clock import utc_now
from qa_app.core.db import reading
from qa_app.core.errors import Forbidden, Invalid, NotFound
from qa_app.core.links import CLIP, RECORDING, check_address
from qa_app.runtime import Runtime, runtime
from scorecards import library_entries
from transcription import playback, queries
from transcription.queries import PlayableFile

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
    return await _answered(request, _granted_recording)


async def listen_to_clip(request: Request) -> Response:
    """GET /clips/{id}: the same for a clip of the case library."""
    return await _answered(request, _granted_clip)


async def _answered(
    request: Request, granted: Callable[[Runtime, Request], tuple[Path, PlayableFile]]
) -> Response:  # fmt: skip
    try:
        place, found = await run_in_threadpool(granted, runtime(), request)
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
    body = _body(place, found, part)
    return StreamingResponse(body, 206 if wanted else 200, headers=headers, media_type=found.mime)


def _granted_recording(live: Runtime, request: Request) -> tuple[Path, PlayableFile]:
    recording_id = int(request.path_params["recording_id"])
    found = _checked(live, request, RECORDING, recording_id, queries.playable_file)
    place = live.store.playback(found.path)
    if not place.is_file():
        raise NotFound(
            "The copy of recording {recording} is missing on disk; tell your administrator.", recording=recording_id
        )
    return place, found


def _granted_clip(live: Runtime, request: Request) -> tuple[Path, PlayableFile]:
    entry_id = int(request.path_params["entry_id"])
    found = _checked(live, request, CLIP, entry_id, library_entries.playable_clip)
    place = live.store.clip(found.path)
    if not place.is_file():
        raise NotFound("The sound of clip {entry} is missing on disk; tell your administrator.", entry=entry_id)
    return place, found


def _checked(
    live: Runtime, request: Request, kind: str, heard_id: int, query: Callable[[Session, Actor, int], PlayableFile]
) -> PlayableFile:  # fmt: skip
    """What is to be heard, for the signed-in person that the address was made for."""
    now = utc_now()
    user_id = check_address(live.settings.secret, heard_id, dict(request.query_params), now, kind)
    with reading(live.engine) as session:
        actor = login.signed_in(session, now, request.cookies.get(login.COOKIE))
        if actor is None or actor.user_id != user_id:
            raise Forbidden("Sign in again to hear this recording.")
        return query(session, actor, heard_id)


def _body(place: Path, found: PlayableFile, part: ByteRange) -> AsyncIterator[bytes]:
    return iterate_in_threadpool(playback.read_range(place, found.chunks, part.start, part.end))
