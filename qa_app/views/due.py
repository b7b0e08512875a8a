"""Due: deadlines that end within a day, are warned or past, or run on a new promise; alarms to take note of."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import alarm_list, case_desk, desk_lists
from qa_app.session import _
from surveys import desks
from surveys.desks import DueFilter

st.title(_("Due"))
alarm_list.alarms()
now = session.now()
counts = session.read(desks.due_counts, now)
names = {one.value: desk_lists.DUE[one] for one in DueFilter}
chosen = DueFilter(desk_lists.choice(names, {one.value: number for one, number in counts.items()}, "due"))
lines = session.read(desks.due, session.office().vault, now, chosen)
if not lines:
    st.success(_("No deadline of this kind. Well done."), icon=":material/done_all:")
else:
    picked = desk_lists.table(lines, case_desk.responsible_units(), f"due.{chosen.value}")
    st.caption(_("Tick a row to open it."))
    if picked is not None:
        desk_lists.open_story(picked)
