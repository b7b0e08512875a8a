"""Forms of the administration pages; they collect what was typed and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from qa_app.core.access import Role
from qa_app.core.people import NewUser, Person, Unit
from qa_app.core.tables import UnitKind
from qa_app.session import N_, _, role_name

KIND_NAMES = {
    UnitKind.COMPANY: N_("Company"),
    UnitKind.REGION: N_("Region"),
    UnitKind.CENTRE: N_("Centre"),
    UnitKind.TEAM: N_("Team"),
    UnitKind.RESPONSIBLE: N_("Responsible unit"),
}


@dataclass(frozen=True, slots=True)
class UserChange:
    """What was asked for one user; None where nothing was."""

    roles: tuple[tuple[Role, int], ...] | None = None
    unit_id: int | None = None
    password: str | None = None
    active: bool | None = None
    sign_out: bool = False

    @property
    def anything(self) -> bool:
        return self != UserChange()


def clear(prefix: str) -> None:
    """Have a form drawn empty the next time, once it has been saved."""
    st.session_state[f"{prefix}.saved"] = True


def _emptied(prefix: str, **empty: object) -> None:
    """Empty the fields of a saved form: only a value that is set reaches a field that the browser has drawn."""
    if st.session_state.pop(f"{prefix}.saved", False):
        for name, value in empty.items():
            st.session_state[f"{prefix}.{name}"] = value


def unit_label(tree: Sequence[Unit], unit_id: int) -> str:
    """A unit with the names above it."""
    return next((" / ".join(unit.path) for unit in tree if unit.id == unit_id), str(unit_id))


def new_user(tree: Sequence[Unit]) -> NewUser | None:
    """The form of a new user; what was typed stays until it was saved."""
    _emptied("user", login="", name="", roles=[], codes="", password="")
    with st.form("user", border=False):
        login = st.text_input(_("Login"), key="user.login", autocomplete="off")
        name = st.text_input(_("Name"), key="user.name", autocomplete="off")
        unit = st.selectbox(
            _("Team"), [unit.id for unit in tree], format_func=lambda unit: unit_label(tree, unit), key="user.unit"
        )
        roles = st.multiselect(_("Roles"), list(Role), format_func=role_name, key="user.roles")
        codes = st.text_input(_("Agent numbers in the telephone system, parted by commas"), key="user.codes")
        password = st.text_input(
            _("First password (10 characters or more; empty: cannot sign in)"),
            type="password", key="user.password", autocomplete="new-password",
        )  # fmt: skip
        if not st.form_submit_button(_("Add user"), type="primary"):
            return None
    return NewUser(
        login=login.strip(), name=name, unit_id=unit, password=password or None, roles=tuple(roles),
        external_ids=tuple(code.strip() for code in codes.replace("，", ",").split(",") if code.strip()),
    )  # fmt: skip


def edit_user(person: Person, tree: Sequence[Unit]) -> UserChange:
    """What may be changed about one user."""
    with st.form(f"edit.{person.id}", border=False):
        unit = st.selectbox(
            _("Team"), [unit.id for unit in tree], index=[unit.id for unit in tree].index(person.unit_id),
            format_func=lambda unit: unit_label(tree, unit),
        )  # fmt: skip
        held = tuple(dict.fromkeys(role for role, _unit in person.roles))
        roles = st.multiselect(_("Roles"), list(Role), default=list(held), format_func=role_name)
        password = st.text_input(_("New password (empty: unchanged)"), type="password", autocomplete="new-password")
        active = st.toggle(_("May sign in"), value=person.active)
        sign_out = st.checkbox(_("Sign out everywhere now"))
        if not st.form_submit_button(_("Save"), type="primary"):
            return UserChange()
    kept = dict(person.roles)
    return UserChange(
        roles=tuple((role, kept.get(role, unit)) for role in roles) if set(roles) != set(held) else None,
        unit_id=unit if unit != person.unit_id else None,
        password=password or None,
        active=active if active != person.active else None,
        sign_out=sign_out,
    )


def new_unit(tree: Sequence[Unit]) -> tuple[UnitKind, str, int] | None:
    """The form of a new node of the organisation."""
    _emptied("unit", name="")
    with st.form("unit", border=False):
        kind = st.selectbox(
            _("Level"), [kind for kind in UnitKind if kind is not UnitKind.COMPANY],
            format_func=lambda kind: _(KIND_NAMES[kind]), key="unit.kind",
        )  # fmt: skip
        name = st.text_input(_("Unit name"), key="unit.name", autocomplete="off")
        parent = st.selectbox(
            _("Below"), [unit.id for unit in tree], format_func=lambda unit: unit_label(tree, unit), key="unit.parent"
        )
        return (kind, name, parent) if st.form_submit_button(_("Add unit")) else None
