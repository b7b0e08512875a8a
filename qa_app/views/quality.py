"""The QA lead's desk: sampling with its proof, the queue and who has how much, and what disputes overturned."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import parts, quality_desk
from qa_app.core.access import Action
from qa_app.session import _

st.title(_("QA desk"))
PARTS = {"sampling": (_("Sampling"), quality_desk.sampling_part)}
if session.may(Action.DRAW_SAMPLE):
    PARTS["queue"] = (_("Queue and workload"), quality_desk.workload_part)
PARTS["overturned"] = (_("Overturned"), quality_desk.overturned_part)
parts.show_part(PARTS, key="quality.part")
