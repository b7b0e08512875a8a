"""Mystery shopping: a shopper's own visits, the monitoring group's desk, and results for those visited."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import parts, shopping_desk, shopping_form, shopping_results, shopping_setup
from qa_app.core.access import Action
from qa_app.session import _

st.title(_("Mystery shopping"))
PARTS = {}
if session.may(Action.SHOP):
    PARTS["mine"] = (_("My visits"), shopping_form.own_part)
if session.may(Action.MANAGE_SHOPPING):
    PARTS |= {
        "visits": (_("Visits"), shopping_desk.visits_part),
        "assign": (_("Assign"), shopping_setup.assign_part),
        "scenarios": (_("Scenarios"), shopping_setup.scenarios_part),
        "shoppers": (_("Shoppers"), shopping_setup.shoppers_part),
    }
if session.may(Action.SEE_SHOPPING):
    PARTS["results"] = (_("Results"), shopping_results.results_part)
if PARTS:
    parts.show_part(PARTS, key="shopping.part")
