"""Completeness desk: closed cases with what each still lacks, the complete ones archived together."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import archive_desk
from qa_app.session import _
from surveys import desks

st.title(_("Archive"))
found = session.read(desks.for_the_archive, session.office().vault)
if not found:
    st.success(_("No closed case waits for the archive."), icon=":material/done_all:")
else:
    archive_desk.complete([line for line, lacking in found if not lacking])
    archive_desk.incomplete([(line, lacking) for line, lacking in found if lacking])
