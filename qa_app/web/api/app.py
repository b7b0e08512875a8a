"""The interface as one application: its routes, its refusals, its limits, its description."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from qa_app.runtime import Runtime, runtime
from qa_app.web.api import cases, keys, problems, receipts, recordings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
PREFIX = "/api/v1"
LARGEST_BYTES, LARGEST_RECORDING_BYTES = 1 << 20, 500 << 20


class BodyLimit:
    """Refuses a body beyond the limit, by its announced length and while it comes in."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_recording = scope["path"].rstrip("/") == f"{PREFIX}/recordings"
        if is_recording and not await run_in_threadpool(keys.is_known, Request(scope)):  # before 500 MB are taken in
            await problems.problem(401, keys.NO_KEY)(scope, receive, send)
            return
        left = LARGEST_RECORDING_BYTES if is_recording else LARGEST_BYTES
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > left:
            await problems.problem(413, f"The body is larger than {left} bytes.")(scope, receive, send)
            return

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, "The body is larger than is taken here.")
            return message

        await self.app(scope, counted, send)


def create_app(live: Runtime | None = None) -> FastAPI:
    """The interface under /api/v1, on these handles or the process's own.

    Its description is at /api/v1/openapi.json; there is no page that shows it, since those load from elsewhere.
    """
    app = FastAPI(
        title="Huiting", version="1", description="Complaint cases and recordings for other programs.",
        openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False,
        responses=problems.possible(405),
    )  # fmt: skip
    app.state.live = (lambda: live) if live else runtime
    problems.install(app)
    app.add_middleware(BodyLimit)
    for module in (cases, recordings, receipts):
        app.include_router(module.routes)
    described = app.openapi

    def with_problem() -> dict[str, Any]:
        description = described()
        description["components"]["schemas"]["Problem"] = problems.Problem.model_json_schema()
        return description

    app.openapi = with_problem  # type: ignore[method-assign]  # FastAPI's own way to amend the description
    return app
