"""Cases that wait on a desk, the soonest due first, with how their clock stands in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_words
from qa_app.session import N_, _
from surveys.desks import Desk, DeskLine, DueFilter
from surveys.model import DeadlineState

DESKS = {
    Desk.TO_DISPATCH: N_("To dispatch"),
    Desk.TO_CHECK: N_("Returned, to check"),
    Desk.TO_DECIDE: N_("Not satisfied, to decide"),
    Desk.TO_RETURN: N_("To return"),
    Desk.TO_FEED_BACK: N_("To feed back"),
    Desk.TO_CALL_BACK: N_("To call back"),
    Desk.TO_CLOSE: N_("To close"),
    Desk.TO_APPROVE: N_("To approve"),
    Desk.TO_ARCHIVE: N_("To archive"),
}
DUE = {
    DueFilter.DAY: N_("Due within 24 hours"),
    DueFilter.WARNED: N_("Warned"),
    DueFilter.ALARMED: N_("Overdue"),
    DueFilter.DELAYED: N_("Delay told"),
}
MARKS = {DeadlineState.OVERDUE: "✘ ", DeadlineState.WARNED: "⚠ "}
WORDS_SHOWN = 60
ROW_PX, HEAD_PX, MOST_ROWS = 31, 34, 18


def table(lines: Sequence[DeskLine], units: dict[int, str], key: str) -> DeskLine | None:
    """The cases of a desk; returns the one whose row was ticked."""
    now = session.now()
    shown = pd.DataFrame(
        {
            _("Time left"): [time_left(line, now) for line in lines],
            _("Number"): [line.number for line in lines],
            _("State"): [_(case_words.STATES[line.state]) for line in lines],
            _("Class"): [case_words.class_title(line.class_code) for line in lines],
            _("Urgency"): [_(case_words.URGENCIES[line.urgency]) for line in lines],
            _("Unit"): [units.get(line.unit or 0, "") for line in lines],
            _("What the customer says"): [line.words[:WORDS_SHOWN] for line in lines],
            _("Customer"): [line.customer for line in lines],
            _("Since"): [session.moment(line.since) for line in lines],
        }
    )
    event = st.dataframe(
        shown, hide_index=True, on_select="rerun", selection_mode="single-row", key=key, placeholder="–",
        height=HEAD_PX + ROW_PX * min(len(lines), MOST_ROWS), alt=_("Cases"),
    )  # fmt: skip
    picked = event.selection.rows
    return lines[picked[0]] if picked and picked[0] < len(lines) else None


def time_left(line: DeskLine, now: datetime) -> str:
    """Hours to the next deadline, or since it passed."""
    if line.clock is None:
        return "–"
    hours = (line.clock.due_at - now).total_seconds() / 3600
    mark = MARKS.get(line.stands(now) or DeadlineState.RUNNING, "")
    if hours < 0:
        return mark + _("{hours:.0f} h over", hours=-hours)
    return mark + (_("{hours:.0f} h", hours=hours) if hours >= 1 else _("{minutes:.0f} min", minutes=hours * 60))


def open_story(line: DeskLine) -> None:
    """Go to a case's story."""
    st.switch_page("views/cases.py", query_params={"case": str(line.id)})


def choice(names: dict[str, str], counts: dict[str, int], key: str) -> str:
    """One of some lists, with how many cases each holds, kept in the address."""
    if key not in st.session_state:
        given = st.query_params.get(key, "")
        st.session_state[key] = given if given in names else next(iter(names))
    chosen = st.segmented_control(
        _("List"), list(names), format_func=lambda one: f"{_(names[one])} ({counts.get(one, 0)})", key=key,
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    st.query_params[key] = str(chosen)
    return str(chosen)
