"""Signed addresses: whatever sign is changed, the address is worth nothing."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Forbidden
from qa_app.core.links import check_address, listening_address

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = b"k" * 32
ADDRESS = listening_address(SECRET, 12, 7, NOW, HOUR)


def opened(address, *, now=NOW, secret=SECRET):
    parts = urlsplit(address)
    return check_address(secret, int(parts.path.rpartition("/")[2]), dict(parse_qsl(parts.query)), now)


def test_a_fresh_address_tells_whom_it_was_made_for():
    assert opened(ADDRESS) == 7


@given(
    st.integers(len("/recordings/"), len(ADDRESS) - 1),
    st.characters(min_codepoint=33, max_codepoint=0xFFFF, exclude_categories=["Cs"]),
)
def test_an_address_with_any_sign_changed_is_refused(place, sign):
    changed = ADDRESS[:place] + sign + ADDRESS[place + 1 :]
    if changed == ADDRESS:
        return
    try:
        parts = urlsplit(changed)
        recording_id = int(parts.path.rpartition("/")[2])
    except ValueError:
        return  # no such route
    query = dict(parse_qsl(parts.query))
    if recording_id == 12 and query == dict(parse_qsl(urlsplit(ADDRESS).query)):
        return  # another spelling of the very same address
    with pytest.raises(Forbidden):
        check_address(SECRET, recording_id, query, NOW)


@pytest.mark.parametrize("spelling", ["07", "+7", " 7", "7_", "\uff17"])
def test_a_number_in_another_spelling_is_a_changed_address(spelling):
    query = dict(parse_qsl(urlsplit(ADDRESS).query))
    with pytest.raises(Forbidden):
        check_address(SECRET, 12, {**query, "u": spelling}, NOW)


@given(st.dictionaries(st.sampled_from(["u", "e", "s"]), st.text(max_size=30)))
def test_made_up_addresses_are_refused(query):
    with pytest.raises(Forbidden):
        check_address(SECRET, 12, query, NOW)


def test_another_key_opens_nothing():
    with pytest.raises(Forbidden, match="This address was changed"):
        opened(ADDRESS, secret=b"x" * 32)


def test_an_address_lives_its_time_and_at_most_a_quarter_more():
    assert opened(ADDRESS, now=NOW + HOUR) == 7
    with pytest.raises(Forbidden, match="This address has run out"):
        opened(ADDRESS, now=NOW + HOUR * 1.25 + timedelta(seconds=1))


def test_a_page_drawn_again_keeps_its_address():
    # quarters of an hour: 02:00 and 02:14 end alike at 03:15
    assert listening_address(SECRET, 12, 7, NOW + timedelta(minutes=14), HOUR) == ADDRESS
    assert listening_address(SECRET, 12, 7, NOW + timedelta(minutes=15), HOUR) != ADDRESS
