"""The scorecard editor in a real browser: written, checked, tried and published; two people; a phone."""

import re

import pytest
from harness.product import MARKS, PHONE, SCORED, call_pk, wait_until

from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from scorecards import cards, publishing
from scorecards.card_file import card_from_yaml, shipped_text

pytestmark = MARKS
pytest_plugins = ["harness.product"]
NAME = "telecom-complaint-zh"
CHATS = "online-chat-zh"
"""The card that is really published: no call of the shared installation is scored on it."""
PARTS = ("Form", "Text", "Both languages", "Findings", "Try on a call", "Try on stored calls", "Publish")


def begun(product, login, body):
    with transaction(product.runtime.engine) as session:
        actor = people.actor_for(session, people.user_by_login(session, login))
        return publishing.start_draft(session, actor, utc_now(), body)


def kept(product, draft):
    with reading(product.runtime.engine) as session:
        return cards.draft(session, SYSTEM, draft)


def in_force(product):
    with reading(product.runtime.engine) as session:
        return cards.published(session, CHATS)


def edited(product, name=NAME, **changes):
    """The published card's text as the next version, with some of it changed."""
    with reading(product.runtime.engine) as session:
        newest = cards.newest_version(session, name)
    text = re.sub(r"(?m)^version: \d+", f"version: {newest + 1}", shipped_text(name))
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after)
    return text


def part(guest, name):
    guest.page.get_by_role("radio", name=guest.say(name), exact=True).click()
    guest.settled()


def text_field(guest):
    label = "The scorecard as YAML (saved when you leave the field or press Ctrl+Enter)"
    return guest.page.get_by_label(guest.say(label)).first


def test_a_version_is_continued_changed_by_keyboard_and_found_again_as_typed(visitor, product):
    lead = visitor("lead").go("scorecards")
    with reading(product.runtime.engine) as session:
        shown = next(one for one in cards.versions(session, SYSTEM) if one.name == NAME)
    lead.go("scorecards", f"card={shown.id}")
    lead.saw("Greets and says who is speaking")
    lead.page.get_by_role("button", name=lead.say("Write the next version")).click()
    lead.page.wait_for_url("**draft=*")
    draft = int(re.search(r"draft=(\d+)", lead.page.url).group(1))
    lead.saw(lead.say("Weights"))
    before = card_from_yaml(kept(product, draft).body)
    weight = lead.page.locator("input[type=number]").first
    weight.focus()
    lead.press("Control+a")
    lead.type("31")
    lead.press("Tab")
    wait_until(lambda: kept(product, draft).revision == 2, "the weight to be saved")
    assert card_from_yaml(kept(product, draft).body).sections[0].criteria[0].points == 31
    assert weight.input_value() == "31"
    total = sum(criterion.points for _, criterion in before.criteria if criterion.points > 0)
    lead.saw(f"{31 / (total - before.sections[0].criteria[0].points + 31):.1%}")
    part(lead, "Text")
    text_field(lead).fill("name: [unfinished")
    lead.press("Control+Enter")
    wait_until(lambda: kept(product, draft).body == "name: [unfinished", "the text to be saved")
    lead.page.reload()
    lead.settled()
    part(lead, "Text")
    assert text_field(lead).input_value() == "name: [unfinished"


def test_two_people_at_one_draft_and_nothing_typed_is_lost(visitor, product):
    draft = begun(product, "lead", edited(product))
    lead, monitor = (visitor(login).go("scorecards", f"draft={draft}") for login in ("lead", "monitor"))
    for guest in (lead, monitor):
        part(guest, "Text")
    text_field(monitor).fill(edited(product, theirs=("pass_pct: 80", "pass_pct: 71")))
    monitor.press("Control+Enter")
    wait_until(lambda: kept(product, draft).revision == 2, "the first saving")
    mine = edited(product, mine=("pass_pct: 80", "pass_pct: 72"))
    text_field(lead).fill(mine)
    lead.press("Control+Enter")
    lead.saw(lead.say("Your text that was not saved"))
    assert lead.page.locator("[data-testid=stAlert]").first.is_visible()
    assert "pass_pct: 72" in text_field(lead).input_value()
    newest = lead.page.get_by_role("button", name=lead.say("Load the newest"))

    def loaded():
        """Pressed again, as a person does, where the first press met a page that was just being drawn."""
        if newest.count():
            newest.click()
            lead.settled()
        return "pass_pct: 71" in text_field(lead).input_value()

    wait_until(loaded, "their text")
    assert "pass_pct: 72" in lead.page.locator("[data-testid=stCode]").inner_text()
    text_field(lead).fill(mine)
    lead.press("Control+Enter")
    wait_until(lambda: "pass_pct: 72" in kept(product, draft).body, "the second saving")


def test_findings_and_a_trial_with_a_plot_and_a_link_to_the_second(visitor, product):
    faulty = edited(
        product,
        double=(
            "any_of: [",
            "any_of: [天蓝蓝, 天蓝蓝, ",
        ),
    )
    draft = begun(product, "lead", faulty)
    lead = visitor("lead").go("scorecards", f"draft={draft}")
    part(lead, "Findings")
    lead.saw("用语重复：天蓝蓝")
    part(lead, "Try on a call")
    lead.page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    part(lead, "Try on stored calls")
    lead.page.get_by_role("button", name=lead.say("Try on stored calls")).click()
    lead.saw(lead.say("Calls tried"))
    lead.page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.wait_for()
    assert lead.page.locator("[data-testid=stException]").count() == 0
    lead.go("review", f"call={call_pk(product, SCORED)}&at=5.5")
    lead.page.wait_for_selector(".desk")
    wait_until(lambda: abs(lead.audio("currentTime") - 5.5) < 0.5, "the player to stand at 5.5 s")


def test_an_administrator_publishes_after_saying_so(visitor, product):
    body = edited(product, CHATS, mark=("pass_pct: 80", "pass_pct: 79"))
    draft = begun(product, "lead", body)
    admin = visitor("admin").go("scorecards", f"draft={draft}")
    part(admin, "Publish")
    admin.saw("80 → 79")
    assert admin.page.get_by_role("button", name=admin.say("Publish"), exact=True).is_disabled()
    admin.page.locator("[data-testid=stCheckbox] label").first.click()
    admin.settled()
    admin.page.get_by_role("button", name=admin.say("Publish"), exact=True).click()
    wait_until(lambda: in_force(product).pass_pct == 79, "the card to be published")
    admin.page.get_by_role("heading", name=admin.say("Versions")).wait_for()
    assert "draft=" not in admin.page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_every_part_without_sideways_scrolling(visitor, product, scheme):
    draft = begun(product, "lead", edited(product))
    guest = visitor("lead", viewport=PHONE, has_touch=True, color_scheme=scheme).go("scorecards")
    assert guest.wide() <= 0
    guest.go("scorecards", f"draft={draft}")
    for name in PARTS:
        part(guest, name)
        assert guest.wide() <= 0, name
        assert guest.page.locator("[data-testid=stException]").count() == 0
