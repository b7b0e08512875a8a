"""Surveys: questionnaires, what became of the tasks, campaigns, who is left alone, answers of other surveys."""

from __future__ import annotations

import streamlit as st

from qa_app.components import parts, survey_desk
from qa_app.session import _

st.title(_("Surveys"))
PARTS = {
    "questionnaires": (_("Questionnaires"), survey_desk.questionnaires),
    "progress": (_("Progress and rates"), survey_desk.progress),
    "campaign": (_("Campaign survey"), survey_desk.campaign),
    "barred": (_("Do not contact"), survey_desk.barred),
    "outside": (_("Another survey's answers"), survey_desk.outside),
}
parts.show_part(PARTS, key="surveys.part")
