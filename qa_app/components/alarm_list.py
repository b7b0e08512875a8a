"""Deadlines that were called out and nobody has taken note of yet."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import case_words
from qa_app.session import _
from surveys import alarming, rules
from surveys.alarming import Alarm

SHOWN = 8


def _clock(one: Alarm) -> str:
    """The clock as the case's profile calls it."""
    profile = session.read(lambda database, _actor: rules.profile(database, one.profile, session.now()))
    return case_words.clock_title(profile, one.clock)


def alarms() -> None:
    """The reader's alarms, the loudest first; taking note removes one for good."""
    found = session.read(alarming.alarms)
    if not found:
        return
    st.subheader(_("Alarms ({total})", total=len(found)))
    for one in found[:SHOWN]:
        key = f"{one.case_id}.{one.clock}.{one.started_by}.{one.level.value}"
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_(case_words.ALARM_LEVELS[one.level])}** · {one.number} · {_clock(one)} · "
                        f"{session.moment(one.due_at)}")  # fmt: skip
            if st.button(_("Open the case"), key=f"open.{key}", icon=":material/open_in_new:"):
                st.switch_page("views/cases.py", query_params={"case": str(one.case_id)})
            if st.button(_("Noted"), key=f"noted.{key}", icon=":material/check:"):
                session.act(alarming.take_note, session.now(), one.case_id, one.clock, one.started_by, one.level)
                st.rerun()
    if len(found) > SHOWN:
        st.caption(_("and {more} more", more=len(found) - SHOWN))
