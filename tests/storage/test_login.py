from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW, PASSWORD

from qa_app.core import login, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Forbidden
from qa_app.core.tables import LoginSessionRow

POLICY = login.LoginPolicy(failures=3, window=timedelta(minutes=15), lifetime=timedelta(hours=12))


def enter(engine, name, password, at=NOW, address="10.0.0.1", policy=POLICY):
    with transaction(engine) as session:
        return login.sign_in(session, at, name, password, address, policy)


def who(engine, token, at=NOW):
    with reading(engine) as session:
        return login.signed_in(session, at, token)


def test_the_right_password_opens_a_session_and_only_its_hash_is_kept(engine, centre):
    entered = enter(engine, "inspector", PASSWORD)
    assert who(engine, entered.token).roles == {Role.INSPECTOR}
    with reading(engine) as session:
        assert session.get(LoginSessionRow, entered.token) is None


@pytest.mark.parametrize(("name", "password"), [("inspector", "wrong password"), ("nobody", PASSWORD), ("A099", "")])
def test_wrong_logins_get_the_same_sentence(engine, centre, name, password):
    refused = enter(engine, name, password)
    assert isinstance(refused, Forbidden)
    assert str(refused) == "Login or password is wrong."


def test_after_too_many_failures_even_the_right_password_waits(engine, centre):
    for _ in range(3):
        enter(engine, "inspector", "guess guess")
    assert "wait 15 minutes" in str(enter(engine, "inspector", PASSWORD))
    assert who(engine, enter(engine, "inspector", PASSWORD, NOW + timedelta(minutes=16)).token) is not None


def test_many_names_from_one_address_are_slowed_down_too(engine, centre):
    strict = replace(POLICY, failures=1)
    for number in range(10):
        enter(engine, f"name{number}", "guess guess", address="10.9.9.9", policy=strict)
    assert "wait 15 minutes" in str(enter(engine, "inspector", PASSWORD, address="10.9.9.9", policy=strict))
    assert isinstance(enter(engine, "inspector", PASSWORD, address="10.0.0.2", policy=strict), login.SignedIn)


def test_a_session_ends_by_itself_by_signing_out_and_by_revoking(engine, centre):
    expired, left, revoked = (enter(engine, "inspector", PASSWORD).token for _ in range(3))
    assert who(engine, expired, NOW + timedelta(hours=13)) is None
    with transaction(engine) as session:
        login.sign_out(session, NOW, left)
    assert who(engine, left) is None
    with transaction(engine) as session:
        assert login.revoke_sessions(session, SYSTEM, NOW, centre.ids[Role.INSPECTOR]) == 2
    assert who(engine, revoked) is None


def test_disabling_a_person_signs_them_out_at_once(engine, centre):
    token = enter(engine, "inspector", PASSWORD).token
    with transaction(engine) as session:
        people.set_active(session, SYSTEM, NOW, centre.ids[Role.INSPECTOR], active=False)
    assert who(engine, token) is None


def test_only_an_administrator_revokes_others(engine, centre):
    with pytest.raises(Forbidden), transaction(engine) as session:
        login.revoke_sessions(session, centre.actor(session, Role.MANAGER), NOW, centre.ids[Role.AGENT])
