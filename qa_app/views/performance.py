"""Performance: a sheet for each agent whose cells open their sources; an agent sees the own one."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import parts, performance_desk
from qa_app.core.access import Action, reach
from qa_app.session import _

st.title(_("Performance"))
found = reach(session.current(), Action.SEE_PERFORMANCE)
if found.everything or found.units:

    def sheets() -> None:
        """Everybody in reach."""
        performance_desk.team(performance_desk.period())

    parts.show_part({"sheets": (_("Sheets"), sheets), "praise": (_("Praise"), performance_desk.good_words)},
                    key="performance.part")  # fmt: skip
else:
    performance_desk.own(performance_desk.period())
