"""Callback checks: where the recording seems to say another answer than was logged; people listen and decide."""

from __future__ import annotations

import streamlit as st

from qa_app.components import answer_checks
from qa_app.session import _

st.title(_("Callback checks"))
st.caption(_("The machine changes no answer. Listen at the second it names, then say what you heard."))
answer_checks.waiting()
