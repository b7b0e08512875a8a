"""The login page: plain HTML outside the dashboard, so that the session cookie can be HttpOnly."""

from __future__ import annotations

import html
from datetime import timedelta
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from qa_app.core import login
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import HuitingError
from qa_app.core.login import COOKIE
from qa_app.i18n import LANGUAGES, preferred, sentence, translate
from qa_app.runtime import Runtime, runtime

_LONGEST_FIELD = 200
_LONGEST_FORM = 65_536


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


PAGE = Template(Path(__file__).with_name("login.html").read_text(encoding="utf-8"))


async def login_page(request: Request) -> Response:
    """GET /login."""
    return _page(request, "", "", 200)


async def login_post(request: Request) -> Response:
    """POST /login: opens a session and sets its cookie, or shows the page again with the name kept."""
    live = runtime()
    if not same_origin(request):
        return _page(
            request, "", translate(_language(request), _("The form came from another site; open this page again.")), 403
        )
    if int(request.headers.get("content-length") or _LONGEST_FORM + 1) > _LONGEST_FORM:
        return PlainTextResponse("The form is too long.", 413)
    form = await request.form(max_files=0, max_fields=4)
    name, password = (str(form.get(field, ""))[:_LONGEST_FIELD] for field in ("login", "password"))
    address = request.client.host if request.client else ""
    found = await run_in_threadpool(_open, live, name, password, address)
    if isinstance(found, HuitingError):
        return _page(request, name, sentence(_language(request), found), 401)
    response = RedirectResponse(_wanted_page(request), 303)
    response.set_cookie(
        COOKIE, found.token, expires=found.expires_at, httponly=True, samesite="lax", path="/",
        secure=live.settings.secure_cookies,
    )  # fmt: skip
    return response


def _wanted_page(request: Request) -> str:
    """The page that was asked for before the login, if it is one of ours."""
    asked = request.query_params.get("next", "")
    return asked if asked.startswith("/") and not asked.startswith(("//", "/\\")) else "/"


def same_origin(request: Request) -> bool:
    """Whether a form was sent from our own pages (Origin, where a browser sends it, names this host)."""
    origin = request.headers.get("origin")
    return not origin or urlsplit(origin).netloc == request.headers.get("host")


def _open(live: Runtime, name: str, password: str, address: str) -> login.SignedIn | HuitingError:
    with transaction(live.engine) as session:
        return login.sign_in(session, utc_now(), name, password, address, _policy(live))


def _policy(live: Runtime) -> login.LoginPolicy:
    settings = live.settings
    return login.LoginPolicy(
        settings.login_failures, timedelta(minutes=settings.login_window_min), timedelta(hours=settings.session_hours)
    )


def _language(request: Request) -> str:
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def _page(request: Request, name: str, error: str, status: int) -> HTMLResponse:
    language = _language(request)
    links = {code: f'<a href="/login?lang={code}" lang="{code}">{text}</a>' for code, text in LANGUAGES.items()}
    others = " · ".join(link for code, link in links.items() if code != language)
    words = {
        "title": _("Sign in"),
        "lead": _("Quality assurance and satisfaction for complaint handling"),
        "name": _("Login"),
        "password": _("Password"),
        "button": _("Sign in"),
    }
    shown = {key: html.escape(translate(language, text)) for key, text in words.items()}
    action = html.escape("/login?" + urlencode({"lang": language, "next": _wanted_page(request)}))
    body = PAGE.substitute(
        action=action, lang=language, login=html.escape(name), error=html.escape(error), languages=others, **shown
    )
    return HTMLResponse(body, status, headers={"Cache-Control": "no-store"})
