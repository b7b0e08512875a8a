"""Corrections: wrong information that was found in calls, and whether its customers were told better."""

from __future__ import annotations

import streamlit as st

from qa_app.components import correction_desk
from qa_app.session import _

st.title(_("Corrections"))
correction_desk.listed()
