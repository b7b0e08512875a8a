"""Complaint analysis: measures against targets, volume with forecast, classes, what stands out, the units."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import analysis, case_desk
from qa_app.session import _
from surveys import rules

st.title(_("Complaint analysis"))
analysis.made_up()
period = analysis.chosen_period()
table = analysis.facts(period)
if table.empty:
    st.info(_("No case was received in this time. Choose a longer one."), icon=":material/inbox:")
    st.stop()
analysis.cards(period, session.read(lambda database, _actor: rules.targets(database, session.now())))
st.subheader(_("Complaints a week"))
analysis.volume()
left, right = st.columns([1, 1], gap="large")
with left:
    st.subheader(_("Classes"))
    analysis.classes(table)
with right:
    st.subheader(_("What stands out"))
    analysis.findings(period)
st.subheader(_("Units"))
analysis.units(table, case_desk.responsible_units())
