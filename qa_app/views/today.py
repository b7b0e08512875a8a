"""Today: what waits for me, and what I have done."""

from __future__ import annotations

import streamlit as st

from qa_app import joins, session
from qa_app.components import finding_desk, tables, today_cases, today_inbox
from qa_app.components import today as parts
from qa_app.core.access import Action
from qa_app.session import _
from transcription import queries
from transcription.queries import CallFilter

st.title(_("Today"))
st.caption(_("{name}, {when}", name=session.current().name, when=session.moment(session.now())))

today_inbox.to_decide()
if session.may(Action.REPLY_FINDING):
    finding_desk.own_replies()
scores = session.may(Action.SCORE_CALL)
calls: list[joins.CallRow] = []
total = 0
review = joins.TO_REVIEW if scores else ""
if session.may(Action.SEE_CALLS):
    calls, total = session.read(joins.calls_with_scores, CallFilter(newest_first=not review), review)
if scores:
    parts.next_call(calls, review)
    parts.own_figures(session.read(joins.own_day, session.midnight()))
if session.may(Action.RECHECK_FATAL):
    parts.rechecks()
if session.may(Action.SEE_CASES) and not session.may(Action.SCORE_CALL):
    today_cases.work()
if session.may(Action.SHOP):
    parts.visits()
if session.may(Action.SEE_CALLS):
    st.subheader(_("Waiting for review ({total})", total=total) if review else _("Newest calls ({total})", total=total))
    parts.recordings(session.read(queries.state_counts))
    if calls:
        chosen = tables.call_table(calls[: parts.SHOWN])
        if chosen is not None and tables.openable(chosen):
            st.switch_page("views/review.py", query_params={"call": str(chosen.line.id), "review": review})
    elif review:
        st.success(_("Nothing waits. Well done."), icon=":material/done_all:")
    else:
        st.info(_("There are no calls yet."), icon=":material/inbox:")
elif not any(map(session.may, (Action.MANAGE_PEOPLE, Action.SEE_CASES, Action.SHOP))):
    st.info(_("Your role has no task here yet."))
if session.may(Action.RETRY_RECORDING):
    parts.set_aside()
if session.may(Action.MANAGE_PEOPLE):
    parts.health(session.health())
