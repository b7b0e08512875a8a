"""Returns: the cases dispatched to my unit by time left, the slip to fill in, a wrong dispatch to send back."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import case_desk, case_lists, case_story, desk_lists
from qa_app.session import _
from surveys import desks, queries
from surveys.desks import Desk
from surveys.model import StepKind

st.title(_("Returns"))
lines = session.read(desks.waiting, session.office().vault, Desk.TO_RETURN)
if not lines:
    st.success(_("No case waits for your unit."), icon=":material/done_all:")
    st.stop()
picked = desk_lists.table(lines, case_desk.responsible_units(), "returns")
chosen = picked.id if picked else case_lists.chosen_case() or lines[0].id
office = session.office()
told, refusal = session.find(queries.story_with_deadlines, office.vault, office.zone, session.now(), chosen)
if told is None:
    st.error(refusal or "")
    st.stop()
story, found = told
left, right = st.columns([1, 1], gap="large")
with left:
    case_desk.head(story)
    case_desk.asked(story)
    case_story.number(story.row.id)
    case_desk.clocks(story, found)
    case_story.files(story.row.id)
with right:
    case_desk.next_step(story, only=(StepKind.RETURNED, StepKind.SENT_BACK, StepKind.NOTED))
