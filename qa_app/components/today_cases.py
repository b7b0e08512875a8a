"""What waits of complaint handling on the first page: alarms, and each desk with how many cases wait there."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import alarm_list, desk_lists
from qa_app.core.access import Action
from qa_app.session import _
from surveys import corrective, desks
from surveys.desks import Desk, DueFilter
from surveys.model import ActionState

PAGES = {Desk.TO_RETURN: "views/returns.py", Desk.TO_ARCHIVE: "views/archive.py"}
DISPATCH = "views/dispatch.py"


def work() -> None:
    """Alarms first, then one press to each desk on which something waits."""
    alarm_list.alarms()
    now = session.now()
    mine = [desk for desk in Desk if session.may(desks.NEEDS[desk]) and _has_page(desk)]
    counts = session.read(desks.counts, mine)
    late = session.read(desks.due_counts, now)
    st.subheader(_("Cases"))
    with st.container(horizontal=True):
        for wanted in (DueFilter.ALARMED, DueFilter.WARNED):
            label = f"{_(desk_lists.DUE[wanted])} ({late[wanted]})"
            if st.button(label, key=f"today.{wanted.value}", icon=":material/timer:", disabled=not late[wanted]):
                st.switch_page("views/due.py", query_params={"due": wanted.value})
        for desk, number in counts.items():
            label = f"{_(desk_lists.DESKS[desk])} ({number})"
            if st.button(label, key=f"today.{desk.value}", disabled=not number):
                st.switch_page(PAGES.get(desk, DISPATCH), query_params={"desk": desk.value})
    if session.may(Action.SEE_CORRECTIVE_ACTIONS):
        _actions()


def _has_page(desk: Desk) -> bool:
    """The dispatch desk is a page of who handles or approves; returns and the archive have their own."""
    return desk in PAGES or session.may(Action.HANDLE_CASE) or session.may(Action.APPROVE_CLOSE)


def _actions() -> None:
    """Corrective actions that are open or wait for their proof to be checked."""
    found = session.read(corrective.actions, verified=False)
    proven = sum(one.state is ActionState.PROVEN for one in found)
    if found and st.button(
        _("Corrective actions: {open} open, {proven} to be checked", open=len(found) - proven, proven=proven),
        icon=":material/build:",
    ):
        st.switch_page("views/corrective_actions.py")
