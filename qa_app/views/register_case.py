"""Register a case: a form of two minutes for everybody who is asked first, and another system's export."""

from __future__ import annotations

import streamlit as st

from qa_app import case_intake, session
from qa_app.components import case_form, case_import
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import _

st.title(_("Register a case"))
ONE, MANY = "one", "many"
NAMES = {ONE: _("One case"), MANY: _("Import an export")}
chosen = ONE
if session.may(Action.IMPORT_CASES):
    chosen = st.segmented_control(
        _("How"), list(NAMES), format_func=NAMES.__getitem__, default=ONE, required=True, key="register.how",
        label_visibility="collapsed",
    )  # fmt: skip
if chosen == MANY:
    case_import.form()
    st.stop()
unit = session.read(people.own_unit)
new = case_form.new_case(unit)
if new is not None:
    made = session.act(case_intake.register, session.now(), session.office(), new, case_form.chosen_files())
    if made is not None:
        case_form.kept(made)
        st.rerun()
case_form.last_registered()
