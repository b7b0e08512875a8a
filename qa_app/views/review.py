"""Review: hear one call, see what the machine says and why, decide, submit."""

from __future__ import annotations

import streamlit as st

from qa_app import joins, session
from qa_app.components import desk, filters, history, quality_desk
from qa_app.components.review_desk import review_desk, sent_events
from qa_app.core.access import Action
from qa_app.joins import OpenedReview
from qa_app.session import _
from scorecards import service, work
from scorecards.evaluations import Desk
from transcription import queries

call = filters.chosen_call()
if call is None:
    taken = session.act(work.claim, session.now(), quality_desk.regime()) if session.may(Action.SCORE_CALL) else None
    if taken is not None:
        filters.open_call(taken)
    st.query_params["review"] = joins.TO_REVIEW
    wanted, review = filters.from_address()
    waiting, _total = session.read(joins.calls_with_scores, wanted, review)
    if not waiting:
        st.success(_("Nothing waits for a review."), icon=":material/done_all:")
        st.stop()
    filters.open_call(waiting[0].line.id)
opened, refusal = session.find(joins.open_review, call)
if opened is None:
    st.error(refusal or "")
    st.stop()
if opened.desk is None or opened.card is None:
    history.not_ready(opened)
    st.stop()


@st.fragment
def desk_of_call(opened: OpenedReview, place: Desk) -> None:
    """The desk; what comes from it is kept first, so that what is drawn is what is saved."""
    name = f"desk.{place.call_pk}"
    events = sent_events({"call": str(place.call_pk)}, name)
    state = desk.state(opened, events.draft)
    address = session.recording_address(opened.story.line.recording_id) if opened.story.playable else None
    review_desk(desk.desk_data(opened, state, address, _, session.language()), name)
    if events.submit:
        if session.act(service.submit, session.now(), place, events.submit, done=_("Submitted.")):
            desk.leave(place.call_pk)
        st.rerun()
    if events.flag and session.may(Action.SCORE_CALL):
        reason = " ".join(str(events.flag.get(part) or "") for part in ("label", "note"))
        session.act(service.flag_unfit, session.now(), place.call_pk, reason, done=_("Set aside as not fit."))
        st.rerun()
    if events.next or events.previous:
        wanted, review = filters.from_address()
        before, after = session.read(queries.neighbours, joins.review_filter(wanted, review), place.call_pk)
        filters.open_call(after if events.next else before)


desk_of_call(opened, opened.desk)
history.below(opened)
