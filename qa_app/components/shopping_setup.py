"""What the monitoring group sets up: visits assigned, scenarios in use, and how consistent the shoppers are."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import shopping_words
from qa_app.components.shopping_desk import told
from qa_app.core import people
from qa_app.session import _
from scorecards import shopping_matching, shopping_reads, shopping_scenarios, shopping_visits
from scorecards.scenario_file import shipped_names, shipped_scenario_text
from scorecards.shopping_figures import LEAST_ITEMS, LEAST_RATINGS, LEAST_VISITS, Figure
from scorecards.shopping_scenarios import KeptScenario
from scorecards.shopping_visits import NewVisit

DUE_IN = timedelta(days=7)


def assign_part() -> None:
    """Send a shopper somewhere with a scenario."""
    kept = {one.id: one for one in session.read(shopping_scenarios.scenarios) if one.in_use}
    shoppers = session.read(shopping_reads.shoppers)
    if not kept:
        st.info(_("No scenario is in use. Take one into use under “Scenarios”."), icon=":material/inbox:")
        return
    if not shoppers:
        st.info(_("Nobody is a mystery shopper yet. An administrator gives the role under “People”."),
                icon=":material/group:")  # fmt: skip
        return
    aliases = session.read(lambda database, _actor: shopping_reads.aliases(database))
    units = session.read(shopping_reads.own_units)
    today = session.now().astimezone(session.office().zone).date()
    with st.form("assign", border=False):
        scenario = st.selectbox(_("Scenario"), list(kept),
                                format_func=lambda each: shopping_words.title(kept[each].scenario))  # fmt: skip
        known = {one: f"{aliases.get(one, '')} {name}".strip() for one, name in shoppers.items()}
        shopper = st.selectbox(_("Shopper"), list(known), format_func=known.__getitem__)
        unit = st.selectbox(_("Unit"), list(units), format_func=units.__getitem__)
        due = st.date_input(_("To be played until"), value=today + DUE_IN, min_value=today, width=180)
        words = st.text_area(_("What else to know (which shop, which number to call)"), height=80)
        if not st.form_submit_button(_("Assign the visit"), type="primary") or not isinstance(due, date):
            return
    new = NewVisit(scenario, shopper, unit, due, words)
    _made, refusal = session.attempt(shopping_visits.assign, session.now(), new)
    if refusal:
        st.error(refusal)
        return
    st.session_state["message"] = ("done", _("The visit is assigned."))
    st.rerun()


def scenarios_part() -> None:
    """The scenarios in use, the ones that ship, and one's text to be changed into the next version."""
    kept = session.read(shopping_scenarios.scenarios)
    if kept:
        table = pd.DataFrame(
            {
                _("Scenario"): [shopping_words.title(one.scenario) for one in kept],
                _("Name"): [one.scenario.name for one in kept],
                _("Version"): [one.version for one in kept],
                _("Hotline or shop"): [_(shopping_words.CHANNELS[one.scenario.channel]) for one in kept],
                _("Items"): [len(one.scenario.items) for one in kept],
                _("In use"): [one.in_use for one in kept],
            }
        )
        st.dataframe(table, hide_index=True, alt=_("Scenarios"))
    else:
        st.info(_("No scenario is in use yet. Choose one that ships, read it, and take it into use."),
                icon=":material/inbox:")  # fmt: skip
    _edit(kept)


def _edit(kept: list[KeptScenario]) -> None:
    by_name = {one.scenario.name: one for one in kept}
    names = list(dict.fromkeys([*by_name, *shipped_names()]))
    name = st.selectbox(_("Scenario to change or take into use"), names, key="scenario.name", width=320)
    one = by_name.get(name)
    text = one.text if one else shipped_scenario_text(name)
    key = f"scenario.{name}.{one.version if one else 0}"
    st.caption(_("A scenario is one text in both languages; yes is always the good answer. Another name makes another "
                 "scenario. A text taken into use never changes: it becomes the next version."))  # fmt: skip
    with st.form(key, border=False):
        edited = st.text_area(_("Text"), value=text, height=420, key=f"{key}.text")
        pressed = st.form_submit_button(_("Check and take into use"), type="primary")
    if pressed:
        _made, refusal = session.attempt(shopping_scenarios.take_into_use, session.now(), edited)
        if refusal:
            st.error(refusal)
        else:
            st.session_state["message"] = ("done", _("The scenario is in use."))
            st.rerun()
    if one is not None and one.in_use and st.button(_("Take no new visits on it"), key=f"{key}.end", type="tertiary"):
        session.act(shopping_scenarios.end, session.now(), one.id, done=_("No new visits on it."))
        st.rerun()


def shoppers_part() -> None:
    """How each shopper works; nothing is said below the least n."""
    found, everybody = session.read(shopping_matching.shopper_figures)
    if not found:
        st.info(_("No visit was handed in yet."), icon=":material/inbox:")
        return
    st.caption(
        _("Items sent back and agreement with the inspector from {items} items on; ratings all alike from {visits} "
          "forms of {ratings} ratings on; points against other shoppers on the same scenarios from {visits} visits of "
          "each side on. Items of one visit hang together: their intervals are the narrowest that can be.",
          items=LEAST_ITEMS, visits=LEAST_VISITS, ratings=LEAST_RATINGS)
    )  # fmt: skip
    aliases = session.read(lambda database, _actor: shopping_reads.aliases(database))
    names = session.read(lambda database, _actor: people.names_of(database, found))
    table = pd.DataFrame(
        {
            _("Shopper"): [f"{aliases.get(one, '')} {names.get(one, '–')}" for one in found],
            _("Visits"): [one.visits for one in found.values()],
            _("Items sent back"): [_share(one.sent_back) for one in found.values()],
            _("The same as the inspector"): [_share(one.agreement) for one in found.values()],
            _("Ratings all alike"): [_share(one.all_alike) for one in found.values()],
            _("Points against the others"): [_difference(one.against_others) for one in found.values()],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Shoppers"))
    kappa = "–" if everybody.kappa is None else f"{everybody.kappa.value:.2f}"
    st.caption(_("All shoppers and inspectors: the same in {share}, Cohen's kappa {kappa}",
                 share=told(everybody.same, everybody.n), kappa=kappa))  # fmt: skip


def _share(one: Figure) -> str:
    return told(one.estimate, one.n)


def _difference(one: Figure) -> str:
    found = one.estimate
    if found is None:
        return f"– (n {one.n})"
    if found.low is None or found.high is None:
        return f"{found.value:+.1f} (n {one.n})"
    return f"{found.value:+.1f} ({found.low:+.1f} – {found.high:+.1f}, n {one.n})"
