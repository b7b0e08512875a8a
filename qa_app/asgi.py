"""The one web process: the dashboard with our own routes beside it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route

from qa_app.core import login
from qa_app.core.clock import utc_now
from qa_app.core.db import reading
from qa_app.core.login import COOKIE
from qa_app.runtime import runtime
from qa_app.web.api import create_app
from qa_app.web.attachments import attachment, visit_file
from qa_app.web.recordings import listen, listen_to_clip
from qa_app.web.signin import login_page, login_post
from qa_app.web.surveys import survey_page, survey_post

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)


class SecurityHeaders:
    """Adds the headers that every answer carries."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class SignedInOnly:
    """Sends a browser that asks for a page without a valid session to the login."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_page(scope) and not _has_session(scope):
            asked = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
            await RedirectResponse(f"/login?{urlencode({'next': asked})}", 303)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_page(scope: Message) -> bool:
    accepts = dict(scope["headers"]).get(b"accept", b"")
    own = scope["path"].startswith(
        ("/login", "/recordings", "/clips", "/attachments", "/visit-files", "/api", "/s/", "/health", "/_stcore",
         "/static", "/component")
    )  # fmt: skip
    return scope["method"] == "GET" and b"text/html" in accepts and not own


def _has_session(scope: Message) -> bool:
    cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    token = next((value for name, _, value in pairs if name == COOKIE), None)
    with reading(runtime().engine) as session:
        return login.signed_in(session, utc_now(), token) is not None


async def health(_request: object) -> PlainTextResponse:
    """GET /health for a balancer: 200 while the database answers."""
    with reading(runtime().engine) as session:
        session.connection()
    return PlainTextResponse("ok")


def on_script_error(error: Exception) -> bool:
    """A bug on a page: logged whole, told without details, with no way out of the machine."""
    from qa_app.session import _

    log.error("a page failed", exc_info=error)
    st.error(_("This page failed because of a bug; what you saved is kept. Tell your administrator when it was."))
    return True


app = st.App(
    Path(__file__).with_name("main.py"),
    routes=[
        Route("/login", login_page, methods=["GET"]),
        Route("/login", login_post, methods=["POST"]),
        Route("/recordings/{recording_id:int}", listen, methods=["GET"]),
        Route("/clips/{entry_id:int}", listen_to_clip, methods=["GET"]),
        Route("/attachments/{attachment_id:int}", attachment, methods=["GET"]),
        Route("/visit-files/{attachment_id:int}", visit_file, methods=["GET"]),
        Route("/s/{token:str}", survey_page, methods=["GET"]),
        Route("/s/{token:str}", survey_post, methods=["POST"]),
        Route("/health", health, methods=["GET"]),
        Route("/api/{path:path}", create_app()),
    ],
    on_script_error=on_script_error,
    middleware=[Middleware(SecurityHeaders), Middleware(SignedInOnly)],
)

CONFIG = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.light.primaryColor": "#0b5cad",
    "theme.dark.primaryColor": "#74b3f5",
    "theme.baseFontSize": 14,
    "theme.headingFontSizes": ["1.6rem", "1.3rem", "1.15rem", "1rem", "1rem", "1rem"],
    "theme.font": "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif",
}


def run() -> None:
    """Serve on the address of the settings until told to stop."""
    settings = runtime().settings
    app.run(config={**CONFIG, "server.port": settings.port, "server.address": settings.host})


if __name__ == "__main__":
    from qa_app.asgi import run as run_as_imported  # the dashboard's script runs as __main__ too: stay importable

    run_as_imported()
