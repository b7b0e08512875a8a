"""The parts of the Today page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qa_app import session
from qa_app.components.tables import clock, reason
from qa_app.doctor import Finding, Level
from qa_app.joins import CallRow, OwnDay
from qa_app.session import _
from scorecards import queries, service, shopping_reads
from transcription import queries as calls
from transcription import service as recordings_service
from transcription.model import RecordingState

SHOWN = 20
NEXT_KEY = "N"
_ICONS = {Level.GOOD: ":material/check_circle:", Level.WARNING: ":material/warning:", Level.BAD: ":material/error:"}


def next_call(waiting: Sequence[CallRow], review: str) -> None:
    """One key from the first page into the oldest call that waits."""
    if waiting and st.button(
        _("Review the next call"), icon=":material/play_arrow:", type="primary", shortcut=NEXT_KEY
    ):
        st.switch_page("views/review.py", query_params={"call": str(waiting[0].line.id), "review": review})


def own_figures(day: OwnDay) -> None:
    """What I have done today and what I have begun."""
    submitted, spent, begun = st.columns(3)
    submitted.metric(_("Submitted today"), day.submitted, border=True)
    spent.metric(_("Median time a call"), clock(day.median_s) or "–", border=True)
    begun.metric(_("Begun and not submitted"), len(day.drafts), border=True)
    if day.drafts:
        with st.container(horizontal=True):
            for call_pk, call_id in day.drafts[:SHOWN]:
                if st.button(_("Go on with {call}", call=call_id), key=f"draft.{call_pk}", icon=":material/edit:"):
                    st.switch_page("views/review.py", query_params={"call": str(call_pk)})


def visits() -> None:
    """Mystery visits that wait for the shopper to be played."""
    waiting = session.read(shopping_reads.open_visits)
    if waiting and st.button(_("Mystery visits that wait ({total})", total=waiting), icon=":material/storefront:"):
        st.switch_page("views/shopping.py")
    elif not waiting:
        st.success(_("No mystery visit waits for you."), icon=":material/done_all:")


def rechecks() -> None:
    """Alleged fatal errors that wait for a second person's word."""
    waiting = session.read(queries.pending_rechecks)
    if not waiting:
        return
    st.subheader(_("Fatal errors to re-check ({total})", total=len(waiting)))
    for item in waiting:
        key = f"{item.evaluation_id}.{item.criterion}"
        with st.container(border=True):
            st.markdown(f"**{item.title}** · {item.author_name} · {session.moment(item.at)}")
            st.text(item.comment)
            why = st.text_input(_("Reason of the re-check"), key=f"reason.{key}")
            with st.container(horizontal=True):
                if st.button(_("Open the call"), key=f"open.{key}", icon=":material/hearing:"):
                    st.switch_page("views/review.py", query_params={"call": str(item.call_pk)})
                confirm = st.button(_("Confirm the error"), key=f"yes.{key}", type="primary")
                reject = st.button(_("Not an error"), key=f"no.{key}")
            if confirm or reject:
                session.act(
                    service.recheck_fatal, session.now(), item.evaluation_id, item.criterion, why,
                    confirmed=confirm, done=_("The re-check was kept."),
                )  # fmt: skip
                st.rerun()


def recordings(counts: dict[RecordingState, int]) -> None:
    """How the recordings stand, in one line."""
    text = _(
        "Recordings: {done} transcribed, {waiting} waiting, {aside} set aside.",
        done=counts.get(RecordingState.TRANSCRIBED, 0),
        waiting=counts.get(RecordingState.QUEUED, 0),
        aside=counts.get(RecordingState.QUARANTINED, 0),
    )
    st.caption(text)


def set_aside() -> None:
    """Recordings that could not be used, for whoever may try them again once the cause is mended."""
    lines = session.read(calls.set_aside, SHOWN)
    if not lines:
        return
    st.subheader(_("Recordings set aside"))
    for line in lines:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{line.file_name}** · {session.moment(line.started_at)} · {reason(line)}")
            again = st.button(_("Try again"), key=f"again.{line.recording_id}", icon=":material/refresh:")
        if again:
            done = _("Waiting to be transcribed again.")
            session.act(recordings_service.retry, session.now(), line.recording_id, done=done)
            st.rerun()


def health(findings: list[Finding]) -> None:
    """What `huiting doctor` finds, for the administrator."""
    st.subheader(_("Health"))
    for finding in findings:
        st.markdown(
            f"{_ICONS[finding.level]} **{_(finding.subject)}** {session.in_words(finding.found)}"
            + (f" · {session.in_words(finding.mend)}" if finding.mend else "")
        )
