"""Surveys: questionnaires, what became of the tasks, campaigns, who is left alone, answers of other surveys."""

from __future__ import annotations

import streamlit as st

from qa_app.components import survey_desk
from qa_app.session import _

st.title(_("Surveys"))
PARTS = {
    "questionnaires": (_("Questionnaires"), survey_desk.questionnaires),
    "progress": (_("Progress and rates"), survey_desk.progress),
    "campaign": (_("Campaign"), survey_desk.campaign),
    "barred": (_("Do not contact"), survey_desk.barred),
    "outside": (_("Another survey's answers"), survey_desk.outside),
}
if "surveys.part" not in st.session_state:
    given = st.query_params.get("part", "")
    st.session_state["surveys.part"] = given if given in PARTS else "questionnaires"
chosen = st.segmented_control(
    _("Part"), list(PARTS), format_func=lambda one: PARTS[one][0], key="surveys.part", required=True,
    label_visibility="collapsed",
)  # fmt: skip
st.query_params["part"] = str(chosen)
PARTS[str(chosen)][1]()
