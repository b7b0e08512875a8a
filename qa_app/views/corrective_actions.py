"""Corrective actions: open, proven, verified; what is overdue; whether complaints of the cause fell."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import corrective_desk
from qa_app.core.access import Action
from qa_app.session import _
from surveys import corrective

st.title(_("Corrective actions"))
chosen = corrective_desk.chosen()
if chosen is not None:
    if st.button(_("All corrective actions"), icon=":material/arrow_back:"):
        corrective_desk.go_to(None)
    found, refusal = session.find(corrective.action, chosen)
    if found is None:
        st.error(refusal or "")
    else:
        corrective_desk.whole(found)
    st.stop()
if session.may(Action.OPEN_CORRECTIVE_ACTION):
    corrective_desk.new_action()
done = st.toggle(_("Verified ones too"), key="verified", bind="query-params")
actions = session.read(corrective.actions, verified=bool(done))
if not actions:
    st.info(
        _("There is no corrective action here. One is opened from an alert, from the complaint analysis, or above.")
    )
else:
    picked = corrective_desk.table(actions)
    if picked is not None:
        corrective_desk.go_to(picked.id)
