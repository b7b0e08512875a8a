"""People: users, roles and teams."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import forms, tables
from qa_app.core import login, people
from qa_app.session import _

st.title(_("People"))
everybody = session.read(people.people)
tree = session.read(lambda database, _actor: people.units(database))
chosen = tables.people_table(everybody, tree)

left, right = st.columns(2, gap="large")
with left:
    if chosen is None:
        st.subheader(_("New user"))
        new = forms.new_user(tree)
        if new and session.act(people.add_user, session.now(), new, done=_("{login} was added.", login=new.login)):
            forms.clear("user")
            st.rerun()
    else:
        st.subheader(chosen.name)
        change = forms.edit_user(chosen, tree)
        if change.roles is not None:
            session.act(people.set_roles, session.now(), chosen.id, change.roles, done=_("The roles were saved."))
        if change.unit_id is not None:
            session.act(people.move_user, session.now(), chosen.id, change.unit_id, done=_("The team was changed."))
        if change.password:
            session.act(people.set_password, session.now(), chosen.id, change.password, done=_("The password was set."))
        if change.active is not None:
            session.act(people.set_active, session.now(), chosen.id, active=change.active, done=_("Saved."))
        if change.sign_out:
            session.act(login.revoke_sessions, session.now(), chosen.id, done=_("Signed out everywhere."))
        if change.anything:
            st.rerun()
with right:
    st.subheader(_("Organisation"))
    tables.unit_table(tree)
    unit = forms.new_unit(tree)
    if unit and session.act(people.add_unit, session.now(), *unit, done=_("{name} was added.", name=unit[1])):
        forms.clear("unit")
        st.rerun()
