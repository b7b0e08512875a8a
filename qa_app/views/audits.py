"""Audits (监督检查): planned and drawn, checked piece by piece, findings followed until they are closed."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import audit_desk, check_desk, finding_desk, parts
from qa_app.core.access import Action
from qa_app.session import _

st.title(_("Audits"))
PARTS = {"audits": (_("Plans and reports"), audit_desk.audits_part)}
if session.may(Action.AUDIT):
    PARTS["check"] = (_("Check desk"), check_desk.check_part)
PARTS["findings"] = (_("Audit findings"), finding_desk.findings_part)
parts.show_part(PARTS, key=audit_desk.PART_KEY)
