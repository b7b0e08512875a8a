"""Callback desk: the next customer who may be called now, the script, and what the call came to."""

from __future__ import annotations

import streamlit as st

from qa_app.components import callback_desk
from qa_app.session import _

with st.container(horizontal=True, vertical_alignment="center"):
    st.title(_("Callback desk"))
    callback_desk.keys()
callback_desk.summary()
offer = callback_desk.in_hand()
if offer is None:
    callback_desk.take_next()
    st.stop()
callback_desk.head(offer)
callback_desk.dial(offer)
if offer.calling_since is not None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        callback_desk.script(offer)
    with right:
        callback_desk.outcomes(offer)
