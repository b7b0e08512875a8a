"""Settings: rules with their effective dates, the calendar's corrections, keys of other programs, webhooks."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import interfaces, rule_desk
from qa_app.session import _

st.title(_("Settings"))
PARTS = {
    "rules": (_("Rules"), rule_desk.rules_part),
    "calendar": (_("Working days"), rule_desk.calendar_part),
    "tokens": (_("Keys of other programs"), interfaces.tokens_part),
    "webhooks": (_("Webhooks"), interfaces.webhooks_part),
}
if "part" not in st.session_state:
    given = st.query_params.get("part", "")
    st.session_state["part"] = given if given in PARTS else "rules"
chosen = st.segmented_control(
    _("Part"), list(PARTS), format_func=lambda one: PARTS[one][0], key="part", required=True,
    label_visibility="collapsed",
)  # fmt: skip
st.query_params["part"] = str(chosen)
PARTS[str(chosen)][1]()
session.show_message()
