"""Calls: find one, see what the machine is doing, open it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qa_app import joins, session
from qa_app.components import filters, tables
from qa_app.core.access import Action
from qa_app.session import _
from transcription import queries, service
from transcription.model import RecordingState
from transcription.queries import PAGE_ROWS

st.title(_("Calls"))
wanted, review = filters.calls(session.read(queries.queues))


@st.fragment(run_every=2 if session.read(queries.state_counts).get(RecordingState.QUEUED) else None)
def table() -> None:
    """The page of calls, drawn again by itself while recordings are being transcribed."""
    shown = replace(wanted, page=filters.page_number())
    calls, total = session.read(joins.calls_with_scores, shown, review)
    if total and not calls:
        calls, total = session.read(joins.calls_with_scores, replace(wanted, page=-(-total // PAGE_ROWS)), review)
    counts = session.read(queries.state_counts)
    filters.progress(counts)
    if not calls:
        st.info(_("No call matches. Clear a filter, or import recordings with: huiting import FOLDER"))
        return
    chosen = tables.call_table(calls)
    filters.pager(total)
    if chosen is not None and chosen.line.state is RecordingState.TRANSCRIBED:
        st.switch_page("views/review.py", query_params={"call": str(chosen.line.id), **filters.in_address()})
    if chosen is not None and chosen.line.state is RecordingState.QUARANTINED:
        st.warning(f"{chosen.line.file_name}: {tables.reason(chosen.line)}")
        if session.may(Action.RETRY_RECORDING) and st.button(_("Try again"), icon=":material/refresh:"):
            session.act(
                service.retry, session.now(), chosen.line.recording_id, done=_("Waiting to be transcribed again.")
            )
            st.rerun()


table()
