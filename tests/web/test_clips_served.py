"""Clips of the case library through the real route: only by an address made for this clip and this person."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from conftest import PASSWORD
from made_calls import heard, transcribed_call, write_wav

from qa_app import clip_making, intake
from qa_app.core import login, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.links import CLIP, listening_address
from scorecards import library_entries
from scorecards.case_library import Lesson, LibraryStep, Told
from transcription.clips import ClipSpan, Stretch

TOLD = Told("先认可情绪", Lesson.GOOD, "先认可，再核实", "您好", "empathy")


@pytest.fixture
def entry(web_live, web_centre, tmp_path):
    """A clip to which its agent agreed and that a second person confirmed."""
    now = utc_now()
    with transaction(web_live.engine) as session:
        file = write_wav(tmp_path / "inbox" / "C-1.wav", seconds=12.0)
        call, _, _ = transcribed_call(session, now, intake.plan_for(web_live), file, heard(), agents=("A012",))
        maker = web_centre.actor(session, Role.INSPECTOR)
    return clip_making.make_clip(web_live, maker, now, call, TOLD, ClipSpan(2.0, 8.0, (Stretch(3.0, 4.0),)))


@pytest.fixture
def step(web_live, web_centre, entry):
    def taken(who, kind):
        with transaction(web_live.engine) as session:
            actor = web_centre.actor(session, who)
            library_entries.take_step(session, actor, utc_now(), web_live.store, entry, kind)

    return taken


@pytest.fixture
def published(entry, step):
    step(Role.AGENT, LibraryStep.AGREED)
    step(Role.SUPERVISOR, LibraryStep.CONFIRMED)
    return entry


@pytest.fixture
def cookie(web):
    def sign_in(who):
        answer = web.post("/login", data={"login": who.value, "password": PASSWORD})
        web.cookies.clear()
        return {"cookie": f"{login.COOKIE}={SimpleCookie(answer.headers['set-cookie'])[login.COOKIE].value}"}

    return sign_in


@pytest.fixture
def address(web_live, web_centre, entry):
    def made(who, kind=CLIP, now=None):
        secret, lifetime = web_live.settings.secret, timedelta(hours=1)
        return listening_address(secret, entry, web_centre.ids[who], now or utc_now(), lifetime, kind)

    return made


def test_everybody_but_shoppers_hears_a_published_clip_in_ranges(web, web_live, published, cookie, address):
    whole = web.get(address(Role.HANDLER), headers=cookie(Role.HANDLER))
    assert whole.status_code == 200
    assert whole.content == web_live.store.clip(f"{published}.webm").read_bytes()
    part = web.get(address(Role.HANDLER), headers={**cookie(Role.HANDLER), "range": "bytes=10-99"})
    assert (part.status_code, part.content) == (206, whole.content[10:100])
    assert web.get(address(Role.SHOPPER), headers=cookie(Role.SHOPPER)).status_code == 403


def test_without_a_valid_signature_nothing_is_heard(web, published, cookie, address):
    signed_in, good = cookie(Role.HANDLER), address(Role.HANDLER)
    for asked in (
        f"/clips/{published}", good[:-4] + "AAAA", good.replace(f"/clips/{published}", f"/clips/{published + 1}"),
        address(Role.HANDLER, now=utc_now() - timedelta(hours=3)),
        address(Role.HANDLER, "recording").replace("/recordings/", "/clips/"),
        good.replace("u=", "u=1"),
    ):  # fmt: skip
        assert web.get(asked, headers=signed_in).status_code == 403, asked
    assert web.get(good).status_code == 403
    assert web.get(good, headers=cookie(Role.AGENT)).status_code == 403
    assert web.get(good.replace("/clips/", "/recordings/"), headers=signed_in).status_code == 403


def test_what_is_not_published_is_heard_by_its_agent_its_maker_and_who_confirms_alone(web, entry, cookie, address):
    heard_by = {
        role for role in (Role.AGENT, Role.INSPECTOR, Role.SUPERVISOR, Role.HANDLER, Role.MANAGER, Role.SURVEYOR)
        if web.get(address(role), headers=cookie(role)).status_code == 200
    }  # fmt: skip
    assert heard_by == {Role.AGENT, Role.INSPECTOR, Role.SUPERVISOR}


def test_an_address_given_before_a_withdrawal_is_worth_nothing_after_it(web, published, step, cookie, address):
    given, signed_in = address(Role.HANDLER), cookie(Role.HANDLER)
    assert web.get(given, headers=signed_in).status_code == 200
    step(Role.AGENT, LibraryStep.WITHDRAWN)
    answer = web.get(given, headers=signed_in)
    assert answer.status_code == 404
    assert "that you may hear" in answer.text


def test_sound_that_was_lost_on_disk_is_not_found(web, web_live, published, cookie, address):
    web_live.store.clip(f"{published}.webm").unlink()
    assert web.get(address(Role.HANDLER), headers=cookie(Role.HANDLER)).status_code == 404


def test_nobody_without_a_role_hears_a_clip(web, web_live, web_centre, published, cookie, address):
    signed_in = cookie(Role.HANDLER)
    with transaction(web_live.engine) as session:
        people.set_roles(session, SYSTEM, utc_now(), web_centre.ids[Role.HANDLER], [])
    assert web.get(address(Role.HANDLER), headers=signed_in).status_code == 403
    with reading(web_live.engine) as session:
        assert library_entries.published(session, SYSTEM, library_entries.Wanted())
