"""Register a case: a form of two minutes for everybody who is asked first."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import case_form
from qa_app.core import people
from qa_app.session import _
from surveys import service

st.title(_("Register a case"))
unit = session.read(people.own_unit)
new = case_form.new_case(unit)
if new is not None:
    made = session.act(service.register, session.now(), session.office(), new)
    if made is not None:
        case_form.kept(made)
        st.rerun()
case_form.last_registered()
