"""Dispatch desk: what is to dispatch, to check, to decide, to feed back and to close; batch alerts above."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import alert_list, case_desk, desk_lists
from qa_app.core.access import Action
from qa_app.session import _
from surveys import desks
from surveys.desks import Desk

OF_THE_DESK = (Desk.TO_DISPATCH, Desk.TO_CHECK, Desk.TO_DECIDE, Desk.TO_FEED_BACK, Desk.TO_CALL_BACK, Desk.TO_CLOSE)

st.title(_("Dispatch desk"))
alert_list.open_alerts()
mine = [desk for desk in (*OF_THE_DESK, Desk.TO_APPROVE) if session.may(desks.NEEDS[desk])]
counts = session.read(desks.counts, mine)
names = {desk.value: desk_lists.DESKS[desk] for desk in mine}
chosen = Desk(desk_lists.choice(names, {desk.value: number for desk, number in counts.items()}, "desk"))
lines = session.read(desks.waiting, session.office().vault, chosen)
if not lines:
    st.success(_("Nothing waits here."), icon=":material/done_all:")
else:
    picked = desk_lists.table(lines, case_desk.responsible_units(), f"desk.{chosen.value}")
    st.caption(_("Tick a row to open it."))
    if picked is not None:
        desk_lists.open_story(picked)
if session.may(Action.REGISTER_EVENT):
    alert_list.known_events()
