"""Disputes: an agent contests one answer of an own evaluation, the QA lead or the monitoring group decides."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import dispute_desk
from qa_app.core.access import Action
from qa_app.session import _

st.title(_("Disputes"))
if session.may(Action.CONTEST_EVALUATION):
    dispute_desk.own_evaluations()
for action in (Action.DECIDE_DISPUTE, Action.DECIDE_SECOND_DISPUTE):
    if session.may(action):
        dispute_desk.to_decide(action)
