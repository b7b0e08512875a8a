"""Coaching: where it pays, sessions from the very clips, the agent's word on them, and whether it helped."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import coaching_desk, parts, training_desk
from qa_app.core.access import Action
from qa_app.session import _

st.title(_("Coaching"))
PARTS = {"sessions": (_("Sessions"), coaching_desk.sessions_part)}
if session.may(Action.COACH):
    PARTS = {"where": (_("Where to coach"), coaching_desk.where_part), **PARTS,
             "helped": (_("Did it help"), coaching_desk.helped_part)}  # fmt: skip
PARTS |= {"training": (_("Mentors and tasks"), training_desk.training_part),
          "certificates": (_("Certificates"), training_desk.certificates_part)}  # fmt: skip
parts.show_part(PARTS, key="coaching.part")
