"""The pages round the desk in a real browser: administration, language, login, a phone, and nobody else's host."""

import re

import pytest
from harness.product import LOOKED_AT, MARKS, PHONE, SCORED, call_pk, wait_until

from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.db import reading

pytestmark = MARKS
pytest_plugins = ["harness.product"]


def test_an_administrator_adds_a_user_and_keeps_what_a_refusal_was_about(visitor, product):
    admin = visitor("admin").go("people")
    page = admin.page
    page.get_by_label(admin.say("Login"), exact=True).fill("li.na")
    page.get_by_label(admin.say("Name"), exact=True).first.fill("李娜")
    password = page.locator("input[type=password]")
    password.fill("short")
    page.get_by_role("button", name=admin.say("Add user")).click()
    admin.saw(admin.say("The password has {length} characters; use at least {least}.", length=5, least=10))
    assert page.get_by_label(admin.say("Login"), exact=True).input_value() == "li.na"
    page.locator("input[type=password]").fill("a long enough one")
    page.get_by_role("button", name=admin.say("Add user")).click()
    admin.saw(admin.say("{login} was added.", login="li.na"))
    wait_until(lambda: page.get_by_label(admin.say("Login"), exact=True).input_value() == "", "the form to be cleared")
    with reading(product.runtime.engine) as session:
        assert "li.na" in {person.login for person in people.people(session, SYSTEM)}
    assert visitor().sign_in("li.na", "a long enough one").page.get_by_text("李娜").first.is_visible()


def test_the_journal_proves_itself_to_the_administrator(visitor):
    admin = visitor("admin").go("journal")
    unbroken = admin.say("{entries} entries, unbroken. Head {head}…", entries="N", head="H")
    told = re.sub(r"\d+", "N", admin.page.locator("[data-testid=stAlert]").inner_text(), count=1)
    assert unbroken.partition("H")[0] in told
    admin.page.locator("[data-testid=stDataFrame] canvas").first.wait_for()


def test_the_chosen_language_is_kept_after_loading_the_page_again(visitor):
    monitor = visitor("manager")
    monitor.page.get_by_text("English", exact=True).click()
    monitor.page.get_by_role("heading", name="Today", exact=True).wait_for()
    monitor.page.reload()
    monitor.page.get_by_role("heading", name="Today", exact=True).wait_for()
    monitor.page.get_by_text("中文", exact=True).click()
    monitor.page.get_by_role("heading", name="今日", exact=True).wait_for()


def test_too_many_failed_logins_are_refused_in_the_readers_language(visitor):
    guest = visitor()
    guest.page.goto(f"{guest.address}/login")
    for _ in range(9):
        guest.page.locator("#login").fill("nobody.at.all")
        guest.page.locator("#password").fill("wrong")
        with guest.page.expect_navigation():
            guest.page.keyboard.press("Enter")
    assert guest.page.locator("[role=alert]").inner_text() == guest.say(
        "Too many failed logins; wait {minutes} minutes and try again.", minutes=15
    )
    assert guest.page.locator("#login").input_value() == "nobody.at.all"


def test_signing_out_leads_back_to_the_login_in_the_same_window(visitor):
    guest = visitor("supervisor")
    guest.page.get_by_text(guest.say("Sign out"), exact=True).click()
    guest.saw(guest.say("You are signed out."))
    guest.page.get_by_text(guest.say("Sign in"), exact=True).click()
    guest.page.wait_for_url("**/login*")
    assert len(guest.page.context.pages) == 1


def test_a_filter_stands_in_the_address_and_comes_back_from_there(visitor):
    guest = visitor("inspector").go("calls")
    guest.page.get_by_label(guest.say("Spoken")).first.click()
    guest.page.get_by_role("option", name=guest.say("English")).click()
    guest.saw(guest.say("{total} calls", total=1))
    wait_until(lambda: "spoken=en" in guest.page.url, "the filter in the address")
    guest.page.reload()
    guest.saw(guest.say("{total} calls", total=1))
    assert "spoken=en" in guest.page.url


def test_a_call_set_aside_says_why_on_the_screen(visitor):
    guest = visitor("lead").go("calls", "state=quarantined")
    guest.saw(guest.say("{total} calls", total=1))
    canvas = guest.page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    guest.page.mouse.click(canvas["x"] + 16, canvas["y"] + 50)
    guest.saw("broken.wav")
    assert guest.page.get_by_role("button", name=guest.say("Try again")).is_visible()


@pytest.mark.parametrize("place", ["", "calls", "review"])
def test_a_phone_shows_the_page_without_sideways_scrolling(visitor, product, place):
    guest = visitor("monitor", viewport=PHONE, has_touch=True)
    guest.go(place, f"call={call_pk(product, LOOKED_AT)}" if place == "review" else "")
    if place == "review":
        guest.page.wait_for_selector(".desk")
        guest.page.get_by_role("tab").nth(1).tap()
        assert guest.page.locator(".criterion").first.is_visible()
    assert guest.wide() <= 0


@pytest.mark.parametrize("login", ["inspector", "lead", "A031", "admin"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_fails_or_asks_another_host(visitor, product, login, scheme):
    """What a page asks for and what fails on it is checked where the browsers are closed."""
    guest = visitor(login, color_scheme=scheme)
    places = ["", "people", "journal"] if login == "admin" else ["", "calls"]
    for place in places:
        guest.go(place)
    if login != "admin":
        guest.go("review", f"call={call_pk(product, SCORED)}")
        guest.page.wait_for_selector(".desk")
    assert guest.page.locator("[data-testid=stException]").count() == 0
    assert guest.page.locator("[data-testid=stMainMenu]").count() == 0
