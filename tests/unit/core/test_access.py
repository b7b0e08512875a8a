import pytest

from qa_app.core.access import PERMISSIONS, SYSTEM, Action, Actor, Grant, Reach, Role, Scope, allowed, covers, reach
from qa_app.core.errors import Forbidden


def actor(*roles, units=(1, 2), user_id=7):
    return Actor(user_id, "Somebody", tuple(Grant(role, frozenset(units)) for role in roles))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_every_role_reaches_exactly_what_the_table_says(role, action):
    scope = PERMISSIONS[action].get(role)
    assert allowed(actor(role), action) is (scope is not None)
    if scope is None:
        with pytest.raises(Forbidden, match=f"Somebody may not do this \\({action.value}\\)"):
            reach(actor(role), action)
        return
    found = reach(actor(role), action)
    assert covers(found, 99, frozenset()) is (scope is Scope.ALL)
    assert covers(found, 1, frozenset()) is (scope in (Scope.ALL, Scope.UNIT))
    assert covers(found, 99, frozenset({7})) is (scope in (Scope.ALL, Scope.OWN))


def test_every_action_is_in_the_table_and_somebody_may_do_it():
    assert set(PERMISSIONS) == set(Action)
    assert all(PERMISSIONS.values())


def test_agents_see_their_own_and_change_nobody_s_score():
    everybodys = {Action.REGISTER_CASE, Action.SEE_LIBRARY}
    own = {action for action, roles in PERMISSIONS.items() if Role.AGENT in roles} - everybodys
    seen = {Action.SEE_CALLS, Action.LISTEN, Action.SEE_EVALUATIONS, Action.SEE_CASES}
    seen |= {Action.SEE_COACHING, Action.SEE_PERFORMANCE, Action.SEE_SHOPPING}
    answered = {Action.REPLY_ACCOUNTABLE, Action.CONTEST_EVALUATION, Action.ACKNOWLEDGE_COACHING, Action.REPLY_FINDING}
    assert own == seen | answered | {Action.CONSENT_TO_CLIP}
    assert all(PERMISSIONS[action][Role.AGENT] is Scope.OWN for action in own)


def test_two_roles_add_up_each_in_its_own_units():
    both = Actor(7, "S", (Grant(Role.INSPECTOR, frozenset({1})), Grant(Role.SUPERVISOR, frozenset({5}))))
    assert reach(both, Action.SEE_CALLS) == Reach(everything=False, units=frozenset({1, 5}), own_user_id=None)
    assert reach(both, Action.SCORE_CALL).units == {1}


def test_the_system_reaches_everything_and_nobody_without_roles_anything():
    assert all(reach(SYSTEM, action).everything for action in Action)
    assert not any(allowed(actor(), action) for action in Action)
