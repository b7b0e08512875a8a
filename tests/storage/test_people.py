import pytest
from conftest import NOW, PASSWORD
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import UnitKind


def test_a_unit_reaches_everything_below_it_and_nothing_beside(engine, centre):
    with reading(engine) as session:
        everything = {centre.company, centre.centre, centre.team, centre.other_team}
        assert people.subtree(session, centre.company) >= everything
        assert people.subtree(session, centre.team) == {centre.team}


def test_a_team_cannot_stand_below_a_team(engine, centre):
    with pytest.raises(Invalid, match="A team cannot stand below a team"), transaction(engine) as session:
        people.add_unit(session, SYSTEM, NOW, UnitKind.TEAM, "Deeper", centre.team)


def test_two_units_of_one_name_do_not_stand_side_by_side(engine, centre):
    with pytest.raises(Conflict, match="already has a unit named One"), transaction(engine) as session:
        people.add_unit(session, SYSTEM, NOW, UnitKind.TEAM, "One", centre.centre)


def test_a_taken_login_is_refused_and_says_which(engine, centre):
    with pytest.raises(Conflict, match="The login admin is taken"), transaction(engine) as session:
        people.add_user(session, SYSTEM, NOW, people.NewUser("admin", "", centre.team))


@pytest.mark.parametrize(("login", "password", "message"), [
    ("with space", PASSWORD, "cannot be a login"), ("good", "short", "has 5 characters; use at least 10"),
])  # fmt: skip
def test_unusable_logins_and_passwords_are_refused_with_the_value(engine, centre, login, password, message):
    with pytest.raises(Invalid, match=message), transaction(engine) as session:
        people.add_user(session, SYSTEM, NOW, people.NewUser(login, "", centre.team, password))


def test_the_last_administrator_cannot_be_taken_away(engine, centre):
    admin = centre.ids[Role.ADMIN]
    with pytest.raises(Conflict, match="Somebody must stay administrator"), transaction(engine) as session:
        people.set_roles(session, SYSTEM, NOW, admin, [(Role.INSPECTOR, centre.team)])
    with pytest.raises(Conflict, match="Somebody must stay administrator"), transaction(engine) as session:
        people.set_active(session, SYSTEM, NOW, admin, active=False)
    with reading(engine) as session:
        assert Role.ADMIN in people.actor_for(session, admin).roles


def test_an_inspector_may_not_add_people(engine, centre):
    with pytest.raises(Forbidden, match="may not do this"), transaction(engine) as session:
        people.add_user(session, centre.actor(session, Role.INSPECTOR), NOW, people.NewUser("new", "", centre.team))


def test_a_disabled_person_is_no_actor_any_more(engine, centre):
    inspector = centre.ids[Role.INSPECTOR]
    with transaction(engine) as session:
        people.set_active(session, SYSTEM, NOW, inspector, active=False)
    with reading(engine) as session, pytest.raises(NotFound, match="disabled"):
        people.actor_for(session, inspector)


def test_roles_held_in_a_unit_move_along_with_the_person(engine, centre):
    inspector = centre.ids[Role.INSPECTOR]
    with transaction(engine) as session:
        people.move_user(session, SYSTEM, NOW, inspector, centre.other_team)
    with reading(engine) as session:
        (grant,) = people.actor_for(session, inspector).grants
        assert grant.units == {centre.other_team}


def test_an_unknown_agent_number_becomes_an_agent_who_cannot_sign_in(engine, centre):
    with transaction(engine) as session:
        found = people.agent_by_code(session, SYSTEM, NOW, "工号 77/新", centre.company)
        again = people.agent_by_code(session, SYSTEM, NOW, "工号 77/新", centre.company)
        assert found.id == again.id
        assert found.password_hash is None
    with reading(engine) as session:
        assert people.actor_for(session, found.id).roles == {Role.AGENT}


def test_a_failed_action_leaves_nothing_behind(engine, centre):
    with pytest.raises(Conflict), transaction(engine) as session:
        people.add_user(session, SYSTEM, NOW, people.NewUser("fresh", "", centre.team))
        people.add_user(session, SYSTEM, NOW, people.NewUser("fresh", "", centre.team))
    with reading(engine) as session, pytest.raises(NotFound):
        people.user_by_login(session, "fresh")


def test_foreign_keys_are_enforced(engine, centre):
    from sqlalchemy.exc import IntegrityError

    from qa_app.core.tables import GrantRow

    with pytest.raises(IntegrityError), transaction(engine) as session:
        assert isinstance(session, Session)
        session.add(GrantRow(user_id=10**6, role=Role.AGENT, unit_id=centre.team))
