"""Settings: rules with their effective dates, the calendar's corrections, keys of other programs, webhooks."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import interfaces, parts, rule_desk
from qa_app.session import _

st.title(_("Settings"))
PARTS = {
    "rules": (_("Rules"), rule_desk.rules_part),
    "calendar": (_("Working days"), rule_desk.calendar_part),
    "tokens": (_("Keys of other programs"), interfaces.tokens_part),
    "webhooks": (_("Webhooks"), interfaces.webhooks_part),
}
parts.show_part(PARTS)
session.show_message()
