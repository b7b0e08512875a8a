"""Satisfaction: level, trend, places, drivers, words and how far the answers can be trusted; all down to the cases."""

from __future__ import annotations

import streamlit as st

from qa_app.components import analysis, satisfaction, satisfaction_level, satisfaction_words
from qa_app.session import _

st.title(_("Satisfaction"))
analysis.made_up()
asked = satisfaction.chosen()
if asked is None or asked.now.empty:
    st.info(_("Nobody has answered in this time. Choose a longer one, or wait for the first callbacks."),
            icon=":material/inbox:")  # fmt: skip
    st.stop()
satisfaction_level.level(asked)
if not asked.items:
    st.stop()
item = satisfaction.picked_item(asked)
st.subheader(_("Trend"))
satisfaction.over_time(asked, item)
left, right = st.columns([1, 1], gap="large")
with left:
    st.subheader(_("Where"))
    satisfaction.places(asked, item)
    st.subheader(_("What goes along with low answers"))
    satisfaction_words.what_drives(asked, item)
    st.subheader(_("Quality beside satisfaction"))
    satisfaction_words.criteria(asked, item)
with right:
    st.subheader(_("Unhappy answers"))
    satisfaction_words.lowest(asked)
    st.subheader(_("In the customers' words"))
    satisfaction_words.words(asked)
    st.subheader(_("How far these answers can be trusted"))
    satisfaction_words.quality(asked)
satisfaction_words.export(asked)
