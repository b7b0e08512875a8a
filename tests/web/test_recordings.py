"""Recordings through the real route: a signed address and the same signed-in person, and every range is that range."""

from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from conftest import PASSWORD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_calls import imported_call, write_wav

from qa_app import intake
from qa_app.core import login, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import Invalid
from qa_app.core.links import listening_address
from qa_app.web.recordings import byte_range
from transcription.jobs import make_copy

HOUR = timedelta(hours=1)


@pytest.fixture
def recording(web_live, web_centre, tmp_path):
    """One recording of the centre's agent with its playback copy; the id."""
    with transaction(web_live.engine) as session:
        file = write_wav(tmp_path / "inbox" / "C-1.wav", seconds=12.0)
        _, recording_id = imported_call(session, utc_now(), intake.plan_for(web_live), file, agents=("A012",))
    make_copy(web_live.engine, web_live.store, recording_id)
    return recording_id


@pytest.fixture
def cookie(web, recording):
    """Signs somebody in and gives the cookie header."""

    def sign_in(name="inspector"):
        answer = web.post("/login", data={"login": name, "password": PASSWORD})
        web.cookies.clear()
        return {"cookie": f"{login.COOKIE}={SimpleCookie(answer.headers['set-cookie'])[login.COOKIE].value}"}

    return sign_in


@pytest.fixture
def address(web_live, web_centre, recording):
    """An address made for a person."""

    def made(who=Role.INSPECTOR, *, recording_id=None, now=None, lifetime=HOUR):
        user_id = web_centre.ids[who] if isinstance(who, Role) else who
        return listening_address(
            web_live.settings.secret, recording_id or recording, user_id, now or utc_now(), lifetime
        )

    return made


def test_the_whole_copy_comes_with_what_a_browser_needs(web, web_live, recording, cookie, address):
    answer = web.get(address(), headers=cookie())
    assert answer.status_code == 200
    assert answer.content == next(web_live.store.playback("").rglob("*.webm")).read_bytes()
    assert answer.content.startswith(b"\x1a\x45\xdf\xa3"), "the copy is no WebM file"
    headers = answer.headers
    assert (headers["content-type"], headers["accept-ranges"]) == ("audio/webm", "bytes")
    assert headers["content-length"] == str(len(answer.content))
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("private, no-store", "nosniff")


def test_every_range_is_that_part_of_the_whole(web, cookie, address):
    at, signed_in = address(), cookie()
    whole = web.get(at, headers=signed_in).content
    size = len(whole)
    for asked, start, end in (
        ("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=1000-4999", 1000, 5000), ("bytes=5000-", 5000, size),
        ("bytes=-500", size - 500, size), (f"bytes=-{size + 10}", 0, size), (f"bytes=0-{size * 2}", 0, size),
        (f"bytes={size - 1}-", size - 1, size), ("bytes=0-", 0, size),
    ):  # fmt: skip
        answer = web.get(at, headers={**signed_in, "range": asked})
        assert answer.status_code == 206, asked
        assert answer.content == whole[start:end], asked
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert answer.headers["content-length"] == str(end - start)


def test_a_range_beyond_the_end_or_without_sense_is_refused_with_the_size(web, cookie, address):
    at, signed_in = address(), cookie()
    size = len(web.get(at, headers=signed_in).content)
    for asked in (f"bytes={size}-", f"bytes={size}-{size + 5}", "bytes=9-3", "bytes=-0", "bytes=-", "bytes=a-b",
                  "bytes=0-1,5-6", f"bytes={'9' * 5000}-"):  # fmt: skip
        answer = web.get(at, headers={**signed_in, "range": asked})
        assert answer.status_code == 416, asked
        assert answer.headers["content-range"] == f"bytes */{size}"


def test_a_range_in_a_unit_we_do_not_know_gives_the_whole(web, cookie, address):
    answer = web.get(address(), headers={**cookie(), "range": "seconds=1-2"})
    assert answer.status_code == 200


@given(st.integers(1, 500), st.integers(0, 600) | st.none(), st.integers(0, 600) | st.none())
def test_a_range_lies_inside_the_file_or_is_refused(size, first, last):
    asked = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    try:
        found = byte_range(asked, size)
    except Invalid:
        return
    assert 0 <= found.start < found.end <= size
    if first is None:
        assert found.end - found.start == min(size, last)
    else:
        assert (found.start, found.end) == (first, size if last is None else min(size, last + 1))


def test_without_a_cookie_or_with_a_strange_one_nothing_is_heard(web, address):
    for headers in ({}, {"cookie": f"{login.COOKIE}=made-up"}):
        answer = web.get(address(), headers=headers)
        assert (answer.status_code, answer.text) == (403, "Sign in again to hear this recording.")


def test_an_address_handed_on_to_a_colleague_is_worth_nothing(web, cookie, address):
    assert web.get(address(), headers=cookie("qa_lead")).status_code == 403


def test_without_a_signature_there_is_no_recording(web, recording, cookie):
    answer = web.get(f"/recordings/{recording}", headers=cookie())
    assert answer.status_code == 403
    assert "This address is incomplete" in answer.text


def test_a_changed_address_is_refused(web, web_centre, recording, cookie, address):
    parts, signed_in = urlsplit(address()), cookie()
    good = {key: values[0] for key, values in parse_qs(parts.query).items()}
    other = f"/recordings/{recording + 1}?{parts.query}"
    assert web.get(other, headers=signed_in).status_code == 403
    for key, value in (("e", str(int(good["e"]) + 3600)), ("u", str(web_centre.ids[Role.QA_LEAD])), ("s", "A" * 32),
                       ("e", "soon"), ("u", "9" * 5000)):  # fmt: skip
        changed = f"{parts.path}?{urlencode({**good, key: value})}"
        assert web.get(changed, headers=signed_in).status_code == 403


def test_an_address_that_has_run_out_is_refused(web, cookie, address):
    answer = web.get(address(now=utc_now() - 3 * HOUR), headers=cookie())
    assert answer.status_code == 403
    assert "This address has run out" in answer.text


def test_a_revoked_session_hears_nothing_more(web, web_live, web_centre, cookie, address):
    signed_in = cookie()
    assert web.get(address(), headers=signed_in).status_code == 200
    with transaction(web_live.engine) as session:
        login.revoke_sessions(session, SYSTEM, utc_now(), web_centre.ids[Role.INSPECTOR])
    assert web.get(address(), headers=signed_in).status_code == 403


def test_who_loses_the_role_loses_the_recording_though_the_address_is_good(web, web_live, web_centre, cookie, address):
    signed_in = cookie()
    with transaction(web_live.engine) as session:
        people.set_roles(session, SYSTEM, utc_now(), web_centre.ids[Role.INSPECTOR], [])
    assert web.get(address(), headers=signed_in).status_code == 403


def test_a_call_out_of_reach_does_not_exist(web, web_centre, cookie, address):
    answer = web.get(address(web_centre.stranger), headers=cookie("stranger"))
    assert answer.status_code == 404
    assert "that you may hear" in answer.text


def test_an_agent_hears_their_own_call(web, cookie, address):
    assert web.get(address(Role.AGENT), headers=cookie("agent")).status_code == 200


def test_a_recording_that_is_not_there_is_not_found(web, cookie, address):
    assert web.get(address(recording_id=9999), headers=cookie()).status_code == 404


def test_a_copy_that_was_lost_on_disk_is_not_found_and_no_broken_answer(web, web_live, cookie, address):
    next(web_live.store.playback("").rglob("*.webm")).unlink()
    assert web.get(address(), headers=cookie()).status_code == 404


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(st.data())
def test_any_range_equals_the_slice(web, cookie, address, data):
    at, signed_in = address(), cookie()
    whole = web.get(at, headers=signed_in).content
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    answer = web.get(at, headers={**signed_in, "range": f"bytes={start}-{end - 1}"})
    assert answer.content == whole[start:end]
