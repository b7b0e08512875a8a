"""Cases: which are due, find one, its story and the next step; everything about one customer."""

from __future__ import annotations

import streamlit as st

from qa_app import joins, session
from qa_app.components import case_desk, case_lists, case_story, customer_story
from qa_app.components.case_story import Beside
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import _
from surveys import notices, queries, responses

st.title(_("Cases"))
chosen, customer = case_lists.chosen_case(), case_lists.chosen_customer()
if customer is not None:
    customer_story.whole(customer)
    st.stop()
if chosen is None:
    wanted = case_lists.filters()
    case_lists.narrowed()
    lines, total = session.read(queries.cases, session.office().vault, wanted, case_lists.offset())
    if not lines:
        st.info(_("No case matches. Clear a filter, or register one under “Register a case”."))
    else:
        picked = case_lists.table(lines)
        case_lists.pager(total)
        if picked is not None:
            case_lists.open_case(picked.id)
    st.stop()
if st.button(_("All cases"), icon=":material/arrow_back:"):
    case_lists.open_case(None)
office = session.office()
told, refusal = session.find(queries.story_with_deadlines, office.vault, office.zone, session.now(), chosen)
if told is None:
    st.error(refusal or "")
    st.stop()
story, found = told
tree = session.read(lambda database, _actor: people.units(database))
names = session.read(lambda database, _actor: people.names_of(database, case_desk.people_in(story.steps)))
left, right = st.columns([3, 2], gap="large")
with left:
    case_desk.head(story)
    with st.container(horizontal=True):
        if st.button(_("Everything about this customer"), icon=":material/person:"):
            case_lists.open_customer(story.row.customer_id)
        case_story.number(story.row.id)
    if session.may(Action.HANDLE_CASE):
        case_story.duplicates(story)
    st.subheader(_("Story"))
    calls = session.read(joins.calls_of_case, chosen)
    sent = session.read(notices.notices_of, office.vault, chosen)
    beside = Beside(calls, sent, session.read(responses.askings_of, chosen))
    case_story.column_of_time(story, beside, names, {unit.id: " / ".join(unit.path[1:]) for unit in tree})
with right:
    case_desk.next_step(story)
    st.subheader(_("Deadlines"))
    case_desk.clocks(story, found)
    case_story.files(story.row.id)
    if session.may(Action.HANDLE_CASE):
        case_story.link(story.row.id)
