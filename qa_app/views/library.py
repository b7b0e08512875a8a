"""The case library: clips and cases to learn from; consents, confirmations, and what one has proposed."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import library_desk, parts
from qa_app.core.access import Action
from qa_app.session import _
from scorecards import library_entries
from scorecards.case_library import LibraryStep

st.title(_("Case library"))
PARTS = {"all": (_("Library"), library_desk.library_part)}
if session.may(Action.CONSENT_TO_CLIP):
    asked = sum(LibraryStep.AGREED in one.possible for one in session.read(library_entries.asked_of))
    named = (_("Clips of your calls ({n})", n=asked), library_desk.asked_part)
    PARTS = {"asked": named, **PARTS} if asked else {**PARTS, "asked": named}
if session.may(Action.CONFIRM_LIBRARY):
    waiting = len(session.read(library_entries.to_confirm))
    PARTS["confirm"] = (_("To confirm ({n})", n=waiting), library_desk.confirm_part)
if session.may(Action.ADD_TO_LIBRARY):
    PARTS["mine"] = (_("My proposals"), library_desk.own_part)
if len(PARTS) == 1:
    library_desk.library_part()
else:
    parts.show_part(PARTS, key="library.part")
