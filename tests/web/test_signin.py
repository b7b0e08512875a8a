"""Signing in through the real web process: cookies, wrong passwords, forms from elsewhere, pages without a session."""

from http.cookies import SimpleCookie

import pytest
from conftest import PASSWORD
from sqlalchemy import select

from qa_app.core import login, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.login import COOKIE
from qa_app.core.tables import JournalRow, LoginSessionRow

FORM = {"login": "inspector", "password": PASSWORD}
PAGE = {"accept": "text/html"}


def post(web, form=FORM, **headers):
    return web.post("/login", data=form, headers=headers)


def test_a_login_leads_home_and_sets_a_cookie_that_scripts_and_other_sites_cannot_use(web):
    answer = post(web)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "lax", "/", "")
    assert cookie["expires"]


def test_behind_tls_the_cookie_is_for_https_only(web, monkeypatch, web_live):
    monkeypatch.setattr(web_live.settings, "secure_cookies", True)
    assert "secure" in post(web).headers["set-cookie"].lower().split("; ")


def test_the_token_itself_stands_nowhere_in_the_database(web, web_live):
    token = SimpleCookie(post(web).headers["set-cookie"])[COOKIE].value
    with reading(web_live.engine) as session:
        assert token not in session.scalars(select(LoginSessionRow.token_hash)).all()
        assert not any(token in str(row.detail) for row in session.scalars(select(JournalRow)))


def test_a_wrong_password_keeps_the_name_and_says_so_without_telling_which_was_wrong(web):
    told = {}
    for name in ("inspector", "nobody"):
        answer = post(web, {"login": name, "password": "wrong wrong wrong"}, **{"accept-language": "en"})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert f'value="{name}"' in answer.text
        told[name] = answer.text.replace(name, "")
    assert "Login or password is wrong." in told["inspector"]
    assert told["inspector"] == told["nobody"]


def test_a_name_that_is_markup_stays_text(web):
    answer = post(web, {"login": '"><script>alert(1)</script>${title}', "password": "x"})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "${title}" in answer.text


@pytest.mark.parametrize(
    "form", [{}, {"login": "inspector"}, {"password": PASSWORD}, {"login": "a" * 5000, "password": "b" * 5000}]
)
def test_an_incomplete_or_overlong_form_is_a_failed_login_and_no_more(web, form):
    assert post(web, form).status_code == 401


def test_a_form_of_no_sensible_size_is_not_read(web):
    assert post(web, {"login": "a" * 70_000, "password": "b"}).status_code == 413


def test_a_disabled_person_cannot_sign_in(web, web_live, web_centre):
    with transaction(web_live.engine) as session:
        people.set_active(session, SYSTEM, utc_now(), web_centre.ids[Role.INSPECTOR], active=False)
    assert post(web).status_code == 401


def test_after_too_many_failures_even_the_right_password_must_wait(web, web_live):
    for _ in range(web_live.settings.login_failures):
        post(web, {"login": "inspector", "password": "guess"})
    answer = post(web, **{"accept-language": "en"})
    assert answer.status_code == 401
    assert "Too many failed logins; wait 15 minutes" in answer.text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81"]
)
def test_a_form_from_another_site_is_refused(web, web_live, origin):
    answer = post(web, origin=origin)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    with reading(web_live.engine) as session:
        assert session.scalars(select(LoginSessionRow)).all() == []


def test_a_form_from_our_own_page_is_taken(web):
    assert post(web, origin="http://testserver").status_code == 303


def test_the_login_page_speaks_the_browser_s_language_and_the_chosen_one(web):
    chinese = web.get("/login", headers={"accept-language": "zh-CN,zh;q=0.9"}).text
    english = web.get("/login", headers={"accept-language": "en-GB"}).text
    assert ('lang="zh"' in chinese, 'lang="en"' in english) == (True, True)
    assert "登录" in chinese
    assert "Sign in" in english
    assert "Sign in" in web.get("/login?lang=en", headers={"accept-language": "zh"}).text


def test_every_answer_carries_the_security_headers(web):
    for path in ("/login", "/health", "/recordings/1"):
        headers = web.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert web.get("/login").headers["cache-control"] == "no-store"


def test_the_balancer_hears_ok(web):
    answer = web.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize("path", ["/", "/calls", "/review?call=1", "/people", "/anything"])
def test_a_page_without_a_session_leads_to_the_login(web, path):
    answer = web.get(path, headers=PAGE)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")


def test_a_made_up_cookie_is_no_session(web):
    assert web.get("/", headers={**PAGE, "cookie": f"{COOKIE}=made-up"}).status_code == 303


def test_a_signed_in_browser_gets_its_page_until_the_session_is_revoked(web, web_live, web_centre):
    token = SimpleCookie(post(web).headers["set-cookie"])[COOKIE].value
    signed_in = {**PAGE, "cookie": f"theme=dark; {COOKIE}={token}"}
    assert web.get("/", headers=signed_in).status_code == 200
    with transaction(web_live.engine) as session:
        login.revoke_sessions(session, SYSTEM, utc_now(), web_centre.ids[Role.INSPECTOR])
    assert web.get("/", headers=signed_in).status_code == 303


@pytest.mark.parametrize("place", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/\t/evil.example",
    "\\\\evil.example", "///evil.example", "%2F%2Fevil.example", "/ok\r\nset-cookie: a=b",
])  # fmt: skip
def test_a_login_leads_to_no_other_site(web, place):
    answer = web.post("/login", params={"next": place}, data=FORM)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert not set(location) & set("\t\r\n\\")


def test_a_login_leads_back_to_the_page_that_was_asked_for(web):
    asked = web.get("/review?call=3", headers=PAGE).headers["location"]
    assert web.post(asked, data=FORM).headers["location"] == "/review?call=3"
