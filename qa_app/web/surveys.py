"""The survey by link: plain pages for a phone, one question each, without login, script or cookie."""

from __future__ import annotations

import html
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import Conflict, HuitingError, Invalid, NotFound
from qa_app.i18n import LANGUAGES, preferred, sentence, translate
from qa_app.runtime import runtime
from surveys import links
from surveys.links import Opened
from surveys.office import Office
from surveys.questionnaires import Kind, Question, filled

PAGE = Template(Path(__file__).with_name("survey.html").read_text(encoding="utf-8"))
LONGEST_FORM = 16_384
MOST_A_MINUTE, MOST_OF_ADDRESS, MOST_WRONG, MOST_KNOWN = 60, 600, 60, 10_000
T = TypeVar("T")


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


class Limits:
    """How often a link and an address may ask in a minute, and an address with a token that is none; in this process.

    Many customers share the address of their mobile operator, so that the link itself is what is limited first.
    """

    def __init__(self) -> None:
        self._asked: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allow(self, key: str, most: int, *, count: bool = True) -> bool:
        """Whether the key may ask now; counted unless said otherwise."""
        now = time.monotonic()
        with self._lock:
            asked = self._asked.setdefault(key, deque())
            while asked and asked[0] < now - 60:
                asked.popleft()
            if len(asked) >= most:
                return False
            if count:
                asked.append(now)
            if len(self._asked) > MOST_KNOWN:
                self._asked = {name: kept for name, kept in self._asked.items() if kept and kept[-1] > now - 60}
            return True


LIMITS = Limits()


async def survey_page(request: Request) -> Response:
    """GET /s/{token}: the next question."""
    return await _answered(request, lambda session, office, token: links.opened(session, utc_now(), office, token))


async def survey_post(request: Request) -> Response:
    """POST /s/{token}: keeps one answer, goes one back, finishes, or refuses."""
    if int(request.headers.get("content-length") or LONGEST_FORM + 1) > LONGEST_FORM:
        return _told(request, translate(_language(request), _("The form is too long.")), 413)
    form = await request.form(max_files=0, max_fields=40)
    question, act = str(form.get("question", "")), str(form.get("act", ""))
    value = [given for one in form.getlist("value") if (given := str(one).strip())]

    def work(session: Session, office: Office, token: str) -> Opened | None:
        now = utc_now()
        if act == "refuse":
            links.refuse(session, now, office, token)
            return None
        asked = links.opened(session, now, office, token).questionnaire.question(question)
        many = asked.kind is Kind.MULTI
        given: object = value if many else (value[0] if value else "")
        if asked.required and not given:
            raise Invalid("Please answer this question.")
        links.save(session, now, office, token, question, given if many or given else "")
        opened = links.opened(session, now, office, token)
        if _next(opened, question) is None and not opened.questionnaire.missing(opened.answers):
            links.finish(session, now, office, token)
            return None
        return opened

    found = await _answered(request, work)
    if found.status_code != 200 or act == "refuse":  # noqa: PLR2004 - an error's page, or the end
        return found
    opened = await _run(request, lambda session, office, token: links.opened(session, utc_now(), office, token))
    if not isinstance(opened, Opened):
        return found
    following = _next(opened, question) or opened.questionnaire.next_question(opened.answers)
    if following is None:
        return found
    return RedirectResponse(f"?lang={_language(request)}&at={following.id}", 303)


async def _answered(request: Request, work: Callable[[Session, Office, str], Opened | None]) -> Response:
    language = _language(request)
    address = request.client.host if request.client else ""
    token = request.path_params["token"][:80]
    limits = (
        (f"token {token}", MOST_A_MINUTE, True),
        (address, MOST_OF_ADDRESS, True),
        (f"{address} wrong", MOST_WRONG, False),
    )
    if not all(LIMITS.allow(key, most, count=counts) for key, most, counts in limits):
        return _told(request, translate(language, _("Too many requests. Please wait a minute.")), 429)
    found = await _run(request, work)
    if isinstance(found, NotFound):
        LIMITS.allow(f"{address} wrong", MOST_WRONG)
        return _told(request, sentence(language, found), 404)
    if isinstance(found, Invalid):
        opened = await _run(request, lambda session, office, token: links.opened(session, utc_now(), office, token))
        if isinstance(opened, Opened):
            return _question(request, opened, sentence(language, found), 422)
    if isinstance(found, HuitingError):
        return _told(request, sentence(language, found), 410 if isinstance(found, Conflict) else 422)
    if found is None:
        return _told(request, translate(language, _("Thank you. Your answers have been kept.")), 200)
    return _question(request, found, "", 200)


async def _run(request: Request, work: Callable[[Session, Office, str], T]) -> T | HuitingError:
    def run() -> T | HuitingError:
        live = runtime()
        try:
            with transaction(live.engine) as session:
                return work(session, Office.of(live.settings), request.path_params["token"])
        except HuitingError as error:
            return error

    return await run_in_threadpool(run)


def _next(opened: Opened, after: str) -> Question | None:
    """The question that is asked after another one; None at the end."""
    shown = [one.id for one in opened.questionnaire.shown(opened.answers)]
    following = shown[shown.index(after) + 1 :] if after in shown else shown
    return opened.questionnaire.question(following[0]) if following else None


def _language(request: Request) -> str:
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def _question(request: Request, opened: Opened, error: str, status: int) -> Response:
    asked, language = opened.questionnaire, _language(request)
    shown = asked.shown(opened.answers)
    wanted = request.query_params.get("at", "")
    one = next((each for each in shown if each.id == wanted), None) or asked.next_question(opened.answers) or shown[-1]
    place = shown.index(one)
    text = html.escape(filled(one.text[language], opened.values))
    opening = f"<p>{html.escape(filled(asked.opening[language], opened.values))}</p>" if place == 0 else ""
    back = (
        f'<a href="?lang={language}&amp;at={shown[place - 1].id}">{_say(language, _("Back"))}</a>'
        if place
        else "<span></span>"
    )
    told = f'<p class="error" role="alert">{html.escape(error)}</p>' if error else ""
    body = f"""<h1>{html.escape(filled(asked.title[language], opened.values))}</h1>{opening}
<progress max="{len(asked.questions)}" value="{place}" aria-label="{_say(language, _("Progress"))}"></progress>{told}
<form method="post" action="?lang={language}&amp;at={one.id}"><input type="hidden" name="question" value="{one.id}">
<fieldset><legend>{text}</legend>{_field(one, opened.answers.get(one.id), language)}</fieldset>
<div class="row">{back}<button>{_say(language, _("Next"))}</button></div></form>
<form class="refuse" method="post" action="?lang={language}"><input type="hidden" name="act" value="refuse">
<button class="plain">{_say(language, _("I do not want to be asked"))}</button></form>"""
    return _page(request, filled(asked.title[language], opened.values), body, status)


def _field(one: Question, given: Any, language: str) -> str:  # noqa: ANN401 - whatever the question takes
    if one.kind is Kind.TEXT:
        label = html.escape(one.text[language])
        return (
            f'<textarea name="value" maxlength="2000" aria-label="{label}">{html.escape(str(given or ""))}</textarea>'
        )
    if one.kind is Kind.SCALE and one.scale is not None:
        points = "".join(_choice("radio", str(n), str(n), given == n) for n in range(one.scale[0], one.scale[1] + 1))
        ends = ""
        if one.ends:
            low, high = (html.escape(end[language]) for end in one.ends)
            ends = f'<div class="ends"><span>{one.scale[0]} {low}</span><span>{one.scale[1]} {high}</span></div>'
        return f'<div class="scale">{points}</div>{ends}'
    if one.kind is Kind.YES_NO:
        words = (("1", _("Yes")), ("0", _("No")))
        sides = "".join(_choice("radio", code, translate(language, word), given == float(code)) for code, word in words)
        return f'<div class="scale">{sides}</div>'
    kind = "checkbox" if one.kind is Kind.MULTI else "radio"
    chosen = given if isinstance(given, list) else [given]
    boxes = "".join(_choice(kind, code, title[language], code in chosen) for code, title in one.choices)
    return f'<div class="list">{boxes}</div>'


def _choice(kind: str, value: str, label: str, is_chosen: bool) -> str:
    checked = " checked" if is_chosen else ""
    return f'<label><input type="{kind}" name="value" value="{value}"{checked}>{html.escape(label)}</label>'


def _say(language: str, message: str) -> str:
    return html.escape(translate(language, message))


def _told(request: Request, words: str, status: int) -> Response:
    return _page(request, words, f'<h1 role="status">{html.escape(words)}</h1>', status)


def _page(request: Request, title: str, body: str, status: int) -> Response:
    language = _language(request)
    at = html.escape(request.query_params.get("at", "")[:40])
    others = " · ".join(
        f'<a href="?lang={code}&amp;at={at}" lang="{code}">{text}</a>'
        for code, text in LANGUAGES.items()
        if code != language
    )
    company = html.escape(runtime().settings.company)
    page = PAGE.substitute(lang=language, title=html.escape(title), company=company, languages=others, body=body)
    only_own = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Content-Security-Policy": only_own}
    return HTMLResponse(page, status, headers=headers)
