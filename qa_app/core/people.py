"""Users, agents, roles and the organisation tree (company, region, centre, team)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, Grant, Role, require
from qa_app.core.errors import Conflict, Invalid, NotFound
from qa_app.core.tables import AgentCodeRow, GrantRow, UnitKind, UnitRow, UserRow

SHORTEST_PASSWORD = 10
_LOGIN = re.compile(r"^[\w.@-]{2,80}$")
_BELOW = {
    UnitKind.COMPANY: {UnitKind.REGION, UnitKind.CENTRE, UnitKind.RESPONSIBLE},
    UnitKind.REGION: {UnitKind.CENTRE, UnitKind.RESPONSIBLE},
    UnitKind.CENTRE: {UnitKind.TEAM, UnitKind.RESPONSIBLE},
    UnitKind.TEAM: set(),
    UnitKind.RESPONSIBLE: set(),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the tree with its depth (company = 0) and path of names."""

    id: int
    kind: UnitKind
    name: str
    parent_id: int | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the People page shows them."""

    id: int
    login: str
    name: str
    active: bool
    can_sign_in: bool
    unit_id: int
    external_ids: tuple[str, ...]
    roles: tuple[tuple[Role, int], ...]


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is asked for a new user; no password means that they cannot sign in yet."""

    login: str
    name: str
    unit_id: int
    password: str | None = None
    roles: tuple[Role, ...] = ()
    external_ids: tuple[str, ...] = ()
    language: str = "zh"


def hash_password(password: str) -> str:
    """argon2id with the library's defaults (RFC 9106, low memory)."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            "The password has {length} characters; use at least {least}.", length=len(password), least=SHORTEST_PASSWORD
        )
    return PasswordHasher().hash(password)


def root_unit(session: Session, name: str = "回听 Huiting") -> int:
    """The company at the top of the tree, made on first use."""
    found = session.scalars(select(UnitRow).where(UnitRow.parent_id.is_(None))).first()
    if found is None:
        found = UnitRow(kind=UnitKind.COMPANY, name=name, parent_id=None)
        session.add(found)
        session.flush()
    return found.id


def add_unit(session: Session, actor: Actor, now: datetime, kind: UnitKind, name: str, parent_id: int) -> int:
    """Add a node below another; each level takes only the levels that belong under it."""
    require(actor, Action.MANAGE_PEOPLE)
    name = name.strip()
    if not name:
        raise Invalid("A team needs a name.")
    parent = session.get(UnitRow, parent_id)
    if parent is None:
        raise NotFound("There is no unit {unit}.", unit=parent_id)
    if kind not in _BELOW[parent.kind]:
        raise Invalid("A {kind} cannot stand below a {parent}.", kind=kind.value, parent=parent.kind.value)
    if session.scalars(select(UnitRow).where(UnitRow.parent_id == parent_id, UnitRow.name == name)).first():
        raise Conflict("{parent} already has a unit named {name}.", parent=parent.name, name=name)
    row = UnitRow(kind=kind, name=name, parent_id=parent_id)
    session.add(row)
    session.flush()
    journal.record(session, actor, "unit.add", f"unit:{row.id}", now, kind=kind.value, name=name, parent=parent_id)
    return row.id


def units(session: Session) -> list[Unit]:
    """The whole tree, parents before children."""
    rows = session.scalars(select(UnitRow).order_by(UnitRow.id)).all()
    paths: dict[int, tuple[str, ...]] = {}
    for row in rows:
        paths[row.id] = (*paths.get(row.parent_id or 0, ()), row.name)
    return sorted((Unit(r.id, r.kind, r.name, r.parent_id, paths[r.id]) for r in rows), key=lambda unit: unit.path)


def unit_named(session: Session, name: str) -> int:
    """The unit of that name or path; the whole company where none is given."""
    root, tree = root_unit(session), units(session)
    if not name:
        return root
    found = [unit for unit in tree if name in (unit.name, "/".join(unit.path))]
    if len(found) != 1:
        raise Invalid(
            "“{name}” names {count} units. Give the whole path, such as {example}.",
            name=name, count=len(found), example="/".join(tree[-1].path),
        )  # fmt: skip
    return found[0].id


def subtree(session: Session, unit_id: int) -> frozenset[int]:
    """A unit with everything below it."""
    below = select(UnitRow.id).where(UnitRow.id == unit_id).cte(recursive=True)
    below = below.union_all(select(UnitRow.id).where(UnitRow.parent_id == below.c.id))
    return frozenset(session.scalars(select(below.c.id)))


def add_user(session: Session, actor: Actor, now: datetime, new: NewUser) -> int:
    """Add a person with their roles (held in their unit) and telephone-system names."""
    require(actor, Action.MANAGE_PEOPLE)
    if not _LOGIN.match(new.login):
        raise Invalid("{login!r} cannot be a login: use 2 to 80 letters, digits, dots, hyphens or @.", login=new.login)
    if session.scalars(select(UserRow).where(UserRow.login == new.login)).first():
        raise Conflict("The login {login} is taken; choose another.", login=new.login)
    if session.get(UnitRow, new.unit_id) is None:
        raise NotFound("There is no unit {unit}.", unit=new.unit_id)
    row = UserRow(
        login=new.login, name=new.name.strip() or new.login, unit_id=new.unit_id, language=new.language, created_at=now,
        password_hash=hash_password(new.password) if new.password else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _add_codes(session, row.id, new.external_ids)
    for role in dict.fromkeys(new.roles):
        session.add(GrantRow(user_id=row.id, role=role, unit_id=new.unit_id))
    journal.record(
        session, actor, "user.add", f"user:{row.id}", now,
        login=new.login, unit=new.unit_id, roles=[role.value for role in new.roles], codes=list(new.external_ids),
    )  # fmt: skip
    return row.id


def _add_codes(session: Session, user_id: int, external_ids: Sequence[str]) -> None:
    for code in external_ids:
        taken = session.get(AgentCodeRow, code)
        if taken is not None and taken.user_id != user_id:
            raise Conflict("The agent number {code} belongs to somebody else.", code=code)
        if taken is None:
            session.add(AgentCodeRow(external_id=code, user_id=user_id))


def agent_by_code(session: Session, actor: Actor, now: datetime, code: str, unit_id: int) -> UserRow:
    """The person behind a telephone-system name; an unknown one is added without a login of their own."""
    known = session.get(AgentCodeRow, code)
    if known is not None:
        return session.get_one(UserRow, known.user_id)
    free = _LOGIN.match(code) and not session.scalars(select(UserRow).where(UserRow.login == code)).first()
    login = code if free else f"agent-{hashlib.sha256(code.encode()).hexdigest()[:12]}"
    row = UserRow(login=login, name=code, unit_id=unit_id, created_at=now)
    session.add(row)
    session.flush()
    session.add(AgentCodeRow(external_id=code, user_id=row.id))
    session.add(GrantRow(user_id=row.id, role=Role.AGENT, unit_id=unit_id))
    journal.record(session, actor, "agent.found", f"user:{row.id}", now, external_id=code)
    return row


def set_roles(session: Session, actor: Actor, now: datetime, user_id: int, roles: Sequence[tuple[Role, int]]) -> None:
    """Replace a person's roles; nobody may take the last administrator away."""
    require(actor, Action.MANAGE_PEOPLE)
    user = _user(session, user_id)
    before = session.scalars(select(GrantRow).where(GrantRow.user_id == user_id)).all()
    for row in before:
        session.delete(row)
    session.flush()
    for role, unit_id in dict.fromkeys(roles):
        session.add(GrantRow(user_id=user.id, role=role, unit_id=unit_id))
    session.flush()
    _keep_an_administrator(session)
    journal.record(
        session, actor, "user.roles", f"user:{user_id}", now,
        before=[[row.role.value, row.unit_id] for row in before], after=[[role.value, unit] for role, unit in roles],
    )  # fmt: skip


def move_user(session: Session, actor: Actor, now: datetime, user_id: int, unit_id: int) -> None:
    """Put a person into another unit; roles they hold in the old one move along."""
    require(actor, Action.MANAGE_PEOPLE)
    user = _user(session, user_id)
    if session.get(UnitRow, unit_id) is None:
        raise NotFound("There is no unit {unit}.", unit=unit_id)
    before, user.unit_id = user.unit_id, unit_id
    for row in session.scalars(select(GrantRow).where(GrantRow.user_id == user_id, GrantRow.unit_id == before)):
        row.unit_id = unit_id
    journal.record(session, actor, "user.move", f"user:{user_id}", now, before=before, after=unit_id)


def set_active(session: Session, actor: Actor, now: datetime, user_id: int, *, active: bool) -> None:
    """Disable or enable a person; a disabled one is signed out everywhere at once."""
    require(actor, Action.MANAGE_PEOPLE)
    user = _user(session, user_id)
    user.active = active
    session.flush()
    _keep_an_administrator(session)
    journal.record(session, actor, "user.active", f"user:{user_id}", now, active=active)


def set_password(session: Session, actor: Actor, now: datetime, user_id: int, password: str) -> None:
    """Set a password; the person is then free to sign in."""
    if actor.user_id != user_id:
        require(actor, Action.MANAGE_PEOPLE)
    _user(session, user_id).password_hash = hash_password(password)
    journal.record(session, actor, "user.password", f"user:{user_id}", now)


def set_language(session: Session, actor: Actor, language: str) -> None:
    """Remember the language in which a person reads the screens."""
    if actor.user_id is not None:
        _user(session, actor.user_id).language = language


def people(session: Session, actor: Actor) -> list[Person]:
    """Everybody, by login."""
    require(actor, Action.MANAGE_PEOPLE)
    codes: dict[int, list[str]] = {}
    for code in session.scalars(select(AgentCodeRow).order_by(AgentCodeRow.external_id)):
        codes.setdefault(code.user_id, []).append(code.external_id)
    grants: dict[int, list[tuple[Role, int]]] = {}
    for grant in session.scalars(select(GrantRow).order_by(GrantRow.id)):
        grants.setdefault(grant.user_id, []).append((grant.role, grant.unit_id))
    return [
        Person(
            row.id, row.login, row.name, row.active, row.password_hash is not None, row.unit_id,
            tuple(codes.get(row.id, ())), tuple(grants.get(row.id, ())),
        )
        for row in session.scalars(select(UserRow).order_by(UserRow.login))
    ]  # fmt: skip


def user_by_login(session: Session, login: str) -> int:
    """The id behind a login."""
    row = session.scalars(select(UserRow).where(UserRow.login == login)).first()
    if row is None:
        raise NotFound("There is no user {login}.", login=login)
    return row.id


def actor_for(session: Session, user_id: int) -> Actor:
    """The actor with every grant's subtree worked out; raises NotFound for a disabled or unknown person."""
    user = session.get(UserRow, user_id)
    if user is None or not user.active:
        raise NotFound("This account is disabled; ask an administrator.")
    rows = session.scalars(select(GrantRow).where(GrantRow.user_id == user_id)).all()
    trees = {unit_id: subtree(session, unit_id) for unit_id in {row.unit_id for row in rows}}
    return Actor(user.id, user.name, tuple(Grant(row.role, trees[row.unit_id]) for row in rows), user.language)


def own_unit(session: Session, actor: Actor) -> int:
    """The unit that a person belongs to."""
    return _user(session, actor.user_id or 0).unit_id


def unit_of(session: Session, user_id: int) -> int | None:
    """The unit that somebody belongs to, None where there is no such person."""
    return session.scalar(select(UserRow.unit_id).where(UserRow.id == user_id))


def user_of_code(session: Session, code: str) -> int | None:
    """Whose staff number a code is, None where nobody's."""
    return session.scalar(select(AgentCodeRow.user_id).where(AgentCodeRow.external_id == code))


def people_below(session: Session, unit_id: int) -> dict[int, str]:
    """Everybody of a unit and the units below it, by number, in the order of their names."""
    below = subtree(session, unit_id)
    query = select(UserRow.id, UserRow.name).where(UserRow.active, UserRow.unit_id.in_(below))
    return {user_id: name for user_id, name in session.execute(query.order_by(UserRow.name))}  # noqa: C416 - rows are no pairs


def colleagues(session: Session) -> dict[int, str]:
    """Everybody who may sign in, by number, in the order of their names."""
    query = select(UserRow.id, UserRow.name).where(UserRow.active, UserRow.password_hash.is_not(None))
    return {user_id: name for user_id, name in session.execute(query.order_by(UserRow.name))}  # noqa: C416 - rows are no pairs


def started(session: Session) -> dict[int, date]:
    """The day on which each user was added: from then on somebody counts as new."""
    return {one: at.date() for one, at in session.execute(select(UserRow.id, UserRow.created_at))}


def unit_by_person(session: Session) -> dict[int, int]:
    """The unit that each person belongs to."""
    query = select(UserRow.id, UserRow.unit_id)
    return {user_id: unit_id for user_id, unit_id in session.execute(query)}  # noqa: C416 - rows are no pairs


def names_of(session: Session, user_ids: Iterable[int]) -> dict[int, str]:
    """People's names by their number."""
    query = select(UserRow.id, UserRow.name).where(UserRow.id.in_(list(user_ids)))
    return {user_id: name for user_id, name in session.execute(query)}  # noqa: C416 - rows are no pairs


def _user(session: Session, user_id: int) -> UserRow:
    user = session.get(UserRow, user_id)
    if user is None:
        raise NotFound("There is no user {login}.", login=user_id)
    return user


def has_administrator(session: Session) -> bool:
    """Whether somebody who can sign in is administrator."""
    admins = (
        select(UserRow.id)
        .join(GrantRow, GrantRow.user_id == UserRow.id)
        .where(GrantRow.role == Role.ADMIN, UserRow.active.is_(True), UserRow.password_hash.is_not(None))
    )
    return session.scalars(admins.limit(1)).first() is not None


def _keep_an_administrator(session: Session) -> None:
    if not has_administrator(session):
        raise Conflict("Somebody must stay administrator; make another one first.")
