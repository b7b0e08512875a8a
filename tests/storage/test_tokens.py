"""Keys of other programs: shown once, kept as a hash, no further than scopes and person; a request is done once."""

import hashlib
import re
import threading
import time
from contextlib import nullcontext
from datetime import timedelta
from itertools import product

import pytest
from click.testing import CliRunner
from conftest import NOW, PASSWORD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from qa_app.core import people, tokens
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import ApiTokenRow, IdempotencyRow, JournalRow
from qa_app.core.tokens import Answer, NewToken, Scope
from qa_app.interface_commands import token as token_group

MOMENT = timedelta(microseconds=1)
REQUEST = {"route": "register", "words": "多扣20元"}
CREATED = Answer(201, {"number": "TS20261109-00001"})


@pytest.fixture
def desk(centre):
    return centre.ids[Role.CASE_DESK]


def new(user_id, **changes):
    given = {"name": "crm", "user_id": user_id, "scopes": (Scope.CASES_READ,), "expires_at": NOW + timedelta(days=1)}
    return NewToken(**given | changes)


def added(engine, user_id, **changes):
    with transaction(engine) as session:
        return tokens.add(session, SYSTEM, NOW, new(user_id, **changes))


def bearer(engine, token, now=NOW):
    with reading(engine) as session:
        return tokens.bearer(session, now, token)


def everything_kept(engine):
    """All that the tables of keys and the journal hold, as one text."""
    with reading(engine) as session:
        rows = [session.execute(text(f"SELECT * FROM {table}")).all() for table in ("api_token", "journal")]  # noqa: S608
    return repr(rows)


def test_a_key_is_long_random_and_kept_nowhere_but_as_its_hash(engine, desk):
    first, second = added(engine, desk), added(engine, desk)
    assert first != second
    assert re.fullmatch(r"huiting_[A-Za-z0-9_-]{43}", first)  # 32 bytes: ceil(32 * 8 / 6) = 43 signs
    kept = everything_kept(engine)
    assert first.removeprefix("huiting_") not in kept
    assert hashlib.sha256(first.encode()).hexdigest() in kept


def test_a_key_acts_as_its_person_with_the_roles_of_today(engine, centre, desk):
    token = added(engine, desk)
    found = bearer(engine, token)
    assert (found.actor.user_id, found.actor.roles, found.scopes) == (desk, {Role.CASE_DESK}, {"cases:read"})
    with transaction(engine) as session:
        people.set_roles(session, SYSTEM, NOW, desk, [(Role.SURVEYOR, centre.team)])
    assert bearer(engine, token).actor.roles == {Role.SURVEYOR}
    assert token not in repr(found)


@pytest.mark.parametrize(("late", "valid"), [(-MOMENT, True), (timedelta(), False), (MOMENT, False)])
def test_a_key_ends_at_its_moment(engine, desk, late, valid):
    end = NOW + timedelta(days=1)
    assert (bearer(engine, added(engine, desk, expires_at=end), end + late) is not None) is valid


@pytest.mark.parametrize("days", [0, -1, 732])
def test_a_key_that_would_never_or_long_not_end_is_refused(engine, desk, days):
    with pytest.raises(Invalid, match="after at most 731 days"):
        added(engine, desk, expires_at=NOW + timedelta(days=days))
    assert added(engine, desk, expires_at=NOW + timedelta(days=731))


@pytest.mark.parametrize("changes", [{"name": "  "}, {"scopes": ()}])
def test_a_key_without_name_or_scope_is_refused(engine, desk, changes):
    with pytest.raises(Invalid, match="needs a name and at least one scope"):
        added(engine, desk, **changes)


def test_a_key_for_nobody_is_refused(engine):
    with pytest.raises(NotFound, match="no user 999999"):
        added(engine, 999_999)


def test_an_unknown_key_is_nobody(engine, desk):
    token = added(engine, desk)
    for tried in ("", "huiting_", token[:-1], token + "x", token.upper(), "'; DROP TABLE api_token; --", "x" * 100_000):
        assert bearer(engine, tried) is None


def test_a_revoked_key_is_nobody_at_once_and_revoking_again_changes_nothing(engine, desk):
    token = added(engine, desk)
    number = bearer(engine, token).token_id
    for later in (1, 2):
        with transaction(engine) as session:
            tokens.revoke(session, SYSTEM, NOW + timedelta(hours=later), number)
    assert bearer(engine, token) is None
    with reading(engine) as session:
        assert tokens.tokens(session, SYSTEM)[0].revoked_at == NOW + timedelta(hours=1)
        ended = session.scalars(select(JournalRow.subject).where(JournalRow.action == "token.revoke")).all()
    assert ended == [f"token:{number}"]
    with pytest.raises(NotFound, match="no key 999"), transaction(engine) as session:
        tokens.revoke(session, SYSTEM, NOW, 999)


def test_the_key_of_a_disabled_person_is_nobody_until_they_are_enabled_again(engine, centre, desk):
    token = added(engine, desk)
    for active in (False, True):
        with transaction(engine) as session:
            people.set_active(session, SYSTEM, NOW, desk, active=active)
        assert (bearer(engine, token) is not None) is active


def test_only_an_administrator_makes_lists_and_ends_keys(engine, centre, desk):
    added(engine, desk)
    acts = (
        lambda session, actor: tokens.add(session, actor, NOW, new(desk)),
        tokens.tokens,
        lambda session, actor: tokens.revoke(session, actor, NOW, tokens.tokens(session, SYSTEM)[0].id),
    )
    for role, act in product(Role, acts):
        expected = nullcontext() if role is Role.ADMIN else pytest.raises(Forbidden, match="may not do this")
        with expected, transaction(engine) as session:
            act(session, centre.actor(session, role))


def test_a_key_is_good_for_its_scopes_only(engine, desk):
    for scope in Scope:
        found = bearer(engine, added(engine, desk, scopes=(scope,)))
        found.require(scope)
        for other in set(Scope) - {scope}:
            with pytest.raises(Forbidden, match=f"lacks the scope {other.value}"):
                found.require(other)


def ask(engine, who, key="k", request=REQUEST, answer=CREATED):
    """One request: what was answered before, or the answer now and that it was worked for."""
    with transaction(engine) as session:
        before = tokens.answered(session, NOW, who, key, request)
        if before is None:
            tokens.keep_answer(session, who, key, answer)
        return before


def test_a_request_sent_again_is_answered_as_the_first_time(engine, desk):
    who = bearer(engine, added(engine, desk))
    assert [ask(engine, who), ask(engine, who, answer=Answer(500, {})), ask(engine, who, "other")] == [
        None, CREATED, None,
    ]  # fmt: skip
    other = bearer(engine, added(engine, desk))
    assert ask(engine, other) is None, "another program's names are its own"


def test_the_same_name_for_another_request_is_refused_and_keeps_the_first_answer(engine, desk):
    who = bearer(engine, added(engine, desk))
    ask(engine, who)
    with pytest.raises(Conflict, match="Idempotency-Key k was used for another request"):
        ask(engine, who, request=REQUEST | {"words": "多扣30元"})
    assert ask(engine, who) == CREATED


def test_work_that_fails_keeps_no_answer(engine, desk):
    who = bearer(engine, added(engine, desk))
    with pytest.raises(Invalid), transaction(engine) as session:
        tokens.answered(session, NOW, who, "k", REQUEST)
        raise Invalid("The telephone number is none.")
    assert ask(engine, who, request=REQUEST | {"words": "mended"}) is None


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_request_without_a_name_of_bearable_length_is_refused(engine, desk, key):
    who = bearer(engine, added(engine, desk))
    with pytest.raises(Invalid, match="1 to 200 signs"):
        ask(engine, who, key)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=st.dictionaries(WORDS, WORDS | st.integers() | st.none() | st.lists(WORDS), max_size=5))
def test_the_order_of_a_body_s_fields_makes_no_other_request(sqlite_engine, request):
    with transaction(sqlite_engine) as session:
        user = people.user_by_login(session, "crm") if _known(session) else _person(session)
        who = tokens.bearer(session, NOW, tokens.add(session, SYSTEM, NOW, new(user)))
        assert tokens.answered(session, NOW, who, "k", request) is None
        tokens.keep_answer(session, who, "k", CREATED)
        assert tokens.answered(session, NOW, who, "k", dict(reversed(request.items()))) == CREATED


def _known(session):
    return session.scalar(text("SELECT count(*) FROM \"user\" WHERE login = 'crm'"))


def _person(session):
    person = people.NewUser("crm", "CRM", people.root_unit(session), PASSWORD, (Role.CASE_DESK,))
    return people.add_user(session, SYSTEM, NOW, person)


def test_requests_of_one_name_at_one_instant_are_worked_for_once(engine, desk):
    """Four threads, one name: the database makes three of them wait for the first one's answer."""
    who = bearer(engine, added(engine, desk))
    start, worked, answers = threading.Barrier(4), [], []

    def run():
        start.wait()
        with transaction(engine) as session:
            before = tokens.answered(session, NOW, who, "k", REQUEST)
            if before is None:
                worked.append(threading.get_ident())
                tokens.keep_answer(session, who, "k", CREATED)
        answers.append(before or CREATED)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(worked), answers) == (1, [CREATED] * 4)


def test_the_second_of_two_works_when_the_first_one_failed(engine, desk):
    """The first holds the name, the second waits; the first rolls back, so the second finds no answer and works."""
    who = bearer(engine, added(engine, desk))
    held, coming, found = threading.Event(), threading.Event(), []

    def first():
        with pytest.raises(Invalid), transaction(engine) as session:
            tokens.answered(session, NOW, who, "k", REQUEST)
            held.set()
            coming.wait()
            time.sleep(0.2)  # the second is at the database by now
            assert found == []
            raise Invalid("The telephone number is none.")

    def second():
        held.wait()
        coming.set()
        found.append(ask(engine, who))

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [None]
    assert ask(engine, who) == CREATED


@pytest.mark.parametrize(("age", "kept"), [(timedelta(hours=48), 1), (timedelta(hours=48) + MOMENT, 0)])
def test_an_answer_is_kept_for_48_hours(engine, desk, age, kept):
    ask(engine, bearer(engine, added(engine, desk)))
    with transaction(engine) as session:
        tokens.forget_answers(session, NOW + age)
    with reading(engine) as session:
        assert len(session.scalars(select(IdempotencyRow)).all()) == kept


def test_the_database_itself_holds_no_two_keys_of_one_hash(engine, desk):
    added(engine, desk)
    with pytest.raises(IntegrityError), transaction(engine) as session:
        kept = session.scalars(select(ApiTokenRow)).one()
        session.add(ApiTokenRow(name="copy", token_hash=kept.token_hash, user_id=desk, scopes=[], created_at=NOW,
                                expires_at=NOW))  # fmt: skip


def run(live, *arguments):
    done = CliRunner().invoke(token_group, arguments, obj=lambda: live)
    return done.exit_code, done.stdout.strip()


def test_the_command_prints_a_new_key_once_and_ends_it(live, centre):
    code, token = run(live, "add", "case_desk", "--name", "CRM", "--scope", "cases:write", "--scope", "cases:read")
    assert (code, token.startswith("huiting_")) == (0, True)
    with reading(live.engine) as session:
        (kept,) = tokens.tokens(session, SYSTEM)
    assert (kept.scopes, kept.expires_at - kept.created_at) == (("cases:read", "cases:write"), timedelta(days=365))
    _, listed = run(live, "list")
    assert listed == f"{kept.id}\tCRM\tcases:read,cases:write\tuntil {kept.expires_at:%Y-%m-%d}"
    assert run(live, "revoke", str(kept.id))[0] == 0
    assert run(live, "list")[1].endswith("\tended")
    assert bearer(live.engine, token) is None


@pytest.mark.parametrize(
    "arguments",
    [["add", "case_desk", "--name", "CRM"], ["add", "case_desk", "--name", "CRM", "--scope", "all"],
     ["add", "case_desk", "--name", "CRM", "--scope", "cases:read", "--days", "732"], ["revoke", "first"]],
)  # fmt: skip
def test_the_command_refuses_what_is_no_key(live, centre, arguments):
    assert run(live, *arguments)[0] == 2
