"""The dashboard's entry: login gate, role -> pages, navigation; no content of its own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from qa_app import session
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.i18n import LANGUAGES
from qa_app.session import _

MARK = str(Path(__file__).with_name("favicon.png"))
SIDEBAR_PX = 210
# White on the dark theme's light blue is hard to read.
STYLE = """<style>
[data-testid='stMainBlockContainer'] {padding: 2.5rem 2rem 1rem}
@media (max-width: 640px) {[data-testid='stMainBlockContainer'] {padding: 4.5rem 1rem 1rem}}
@media (prefers-color-scheme: dark) {
  [data-testid^='stBaseButton-primary'], [data-testid^='stBaseButton-primary'] * {color: #10161d}
}
</style>"""
st.set_page_config(page_title="回听 Huiting", page_icon=MARK, layout="wide", initial_sidebar_state=SIDEBAR_PX)
st.logo(MARK)
person = session.actor()
if person is None:
    spoken = session.language()
    st.session_state.clear()
    st.session_state["language"] = spoken
    st.navigation([st.Page("views/today.py", default=True)], position="hidden")
    st.info(_("You are signed out."), icon=":material/lock:")
    st.html(f'<a href="/login" target="_self">{_("Sign in")}</a>')
    st.stop()
st.session_state["actor"] = person
st.session_state.setdefault("language", person.language)


def remember_language() -> None:
    """Keep the chosen language for the next login."""
    session.act(people.set_language, st.session_state["language"])


def sign_out() -> None:
    """End this browser's session."""
    session.end_session()


pages = [st.Page("views/today.py", title=_("Today"), icon=":material/today:", default=True)]
if session.may(Action.SEE_CALLS):
    pages.append(st.Page("views/calls.py", title=_("Calls"), icon=":material/call:"))
    pages.append(st.Page("views/review.py", title=_("Review"), icon=":material/rule:"))
if session.may(Action.SEE_SAMPLING):
    pages.append(st.Page("views/quality.py", title=_("QA desk"), icon=":material/casino:"))
if any(map(session.may, (Action.CONTEST_EVALUATION, Action.DECIDE_DISPUTE, Action.DECIDE_SECOND_DISPUTE))):
    pages.append(st.Page("views/disputes.py", title=_("Disputes"), icon=":material/gavel:"))
if session.may(Action.SEE_COACHING):
    pages.append(st.Page("views/coaching.py", title=_("Coaching"), icon=":material/school:"))
if session.may(Action.SEE_LIBRARY):
    pages.append(st.Page("views/library.py", title=_("Case library"), icon=":material/local_library:"))
if session.may(Action.CORRECT):
    pages.append(st.Page("views/corrections.py", title=_("Corrections"), icon=":material/phone_callback:"))
if session.may(Action.SEE_PERFORMANCE):
    pages.append(st.Page("views/performance.py", title=_("Performance"), icon=":material/leaderboard:"))
if session.may(Action.SHOP) or session.may(Action.SEE_SHOPPING):
    pages.append(st.Page("views/shopping.py", title=_("Mystery shopping"), icon=":material/storefront:"))
if session.may(Action.REGISTER_CASE):
    pages.append(st.Page("views/register_case.py", title=_("Register a case"), icon=":material/add_task:"))
if session.may(Action.SEE_CASES):
    pages.append(st.Page("views/cases.py", title=_("Cases"), icon=":material/assignment:"))
    pages.append(st.Page("views/due.py", title=_("Due"), icon=":material/timer:"))
if session.may(Action.HANDLE_CASE) or session.may(Action.APPROVE_CLOSE):
    pages.append(st.Page("views/dispatch.py", title=_("Dispatch desk"), icon=":material/alt_route:"))
if session.may(Action.RETURN_CASE):
    pages.append(st.Page("views/returns.py", title=_("Returns"), icon=":material/assignment_return:"))
if session.may(Action.ARCHIVE_CASE):
    pages.append(st.Page("views/archive.py", title=_("Archive"), icon=":material/inventory_2:"))
if session.may(Action.CALL_BACK):
    pages.append(st.Page("views/callbacks.py", title=_("Callback desk"), icon=":material/phone_forwarded:"))
if session.may(Action.SEE_SATISFACTION):
    pages.append(st.Page("views/satisfaction.py", title=_("Satisfaction"), icon=":material/sentiment_satisfied:"))
if session.may(Action.MANAGE_SURVEYS):
    pages.append(st.Page("views/surveys.py", title=_("Surveys"), icon=":material/quiz:"))
if session.may(Action.CHECK_ANSWERS):
    pages.append(st.Page("views/answers.py", title=_("Callback checks"), icon=":material/fact_check:"))
if session.may(Action.SEE_AUDITS):
    pages.append(st.Page("views/audits.py", title=_("Audits"), icon=":material/policy:"))
if session.may(Action.SEE_ANALYSIS):
    pages.append(st.Page("views/analysis.py", title=_("Complaint analysis"), icon=":material/insights:"))
if session.may(Action.SEE_CORRECTIVE_ACTIONS):
    pages.append(st.Page("views/corrective_actions.py", title=_("Corrective actions"), icon=":material/build:"))
if session.may(Action.DRAFT_SCORECARD):
    pages.append(st.Page("views/scorecards.py", title=_("Scorecards"), icon=":material/checklist:"))
if session.may(Action.MANAGE_PEOPLE):
    pages.append(st.Page("views/people.py", title=_("People"), icon=":material/group:"))
if session.may(Action.MANAGE_RULES):
    pages.append(st.Page("views/settings.py", title=_("Settings"), icon=":material/settings:"))
if session.may(Action.SEE_JOURNAL):
    pages.append(st.Page("views/journal.py", title=_("Journal"), icon=":material/history:"))

chosen = st.navigation(pages, expanded=True)
with st.sidebar:
    st.markdown(f"**{person.name}**")
    st.caption(" · ".join(sorted(session.role_name(role) for role in person.roles)) or _("no role yet"))
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="language",
        required=True,
        on_change=remember_language,
    )
    st.button(_("Sign out"), icon=":material/logout:", on_click=sign_out)
messages = st.container()
with messages:
    session.show_message()
st.html(STYLE)
chosen.run()
with messages:
    session.show_message()  # what the page has just refused; a page that ran again has left nothing
