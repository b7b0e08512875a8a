"""Keys of other programs and webhooks: what there is, one more, an end to one; secrets are shown once."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.core import people, tokens, webhooks
from qa_app.core.tokens import NewToken, Scope
from qa_app.core.webhooks import Event
from qa_app.session import N_, _

SCOPES = {
    Scope.CASES_READ: N_("read cases"),
    Scope.CASES_WRITE: N_("register and lead cases"),
    Scope.RECORDINGS_READ: N_("ask after recordings"),
    Scope.RECORDINGS_WRITE: N_("hand in recordings"),
}
EVENTS = {Event.CASE_REGISTERED: N_("a case is registered"), Event.CASE_STEP: N_("a step is taken in a case")}
DAYS = 365


def tokens_part() -> None:
    """The keys, and a new one for a person."""
    _once("token.fresh", _("Copy this key now; it is not shown again."))
    found = session.read(tokens.tokens)
    everybody = session.read(people.people)
    names = {person.id: f"{person.name} ({person.login})" for person in everybody}
    if found:
        now = session.now()
        table = pd.DataFrame(
            {
                _("Name"): [one.name for one in found],
                _("Acts as"): [names.get(one.user_id, "") for one in found],
                _("May"): ["、".join(_(SCOPES[Scope(scope)]) for scope in one.scopes) for one in found],
                _("Until"): [session.moment(one.expires_at) for one in found],
                _("In force"): [one.revoked_at is None and one.expires_at > now for one in found],
            }
        )
        event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="tokens",
                             alt=_("Keys of other programs"))  # fmt: skip
        if event.selection.rows and st.button(_("End this key"), icon=":material/block:"):
            chosen = found[event.selection.rows[0]]
            session.act(tokens.revoke, session.now(), chosen.id, done=_("The key was ended."))
            st.rerun()
    else:
        st.caption(_("No program has a key yet."))
    _new_token(names, len(found))


def _new_token(names: dict[int, str], drawn: int) -> None:
    with st.form(f"token.{drawn}", border=False):
        name = st.text_input(_("Name of the program"))
        with st.container(horizontal=True):
            person = st.selectbox(_("Acts as"), list(names), index=None, format_func=names.__getitem__, placeholder="–")
            days = st.number_input(_("Days"), 1, tokens.LONGEST_LIFE.days, DAYS, width=120)
        scopes = st.multiselect(_("May"), list(Scope), format_func=lambda one: _(SCOPES[one]), placeholder="–")
        if not st.form_submit_button(_("Make a key"), type="primary"):
            return
    new = NewToken(name, person or 0, tuple(scopes), session.now() + timedelta(days=int(days)))
    made = session.act(tokens.add, session.now(), new)
    if made:
        st.session_state["token.fresh"] = made
        st.rerun()


def webhooks_part() -> None:
    """The subscriptions, and one more."""
    _once("webhook.fresh", _("Copy this secret now; it is not shown again. Every message is signed with it."))
    found = session.read(webhooks.webhooks)
    if found:
        table = pd.DataFrame(
            {
                _("Name"): [one.name for one in found],
                _("Address"): [one.url for one in found],
                _("Is told"): ["、".join(_(EVENTS[Event(event)]) for event in one.events) for one in found],
                _("In force"): [one.ended_at is None for one in found],
            }
        )
        event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="webhooks",
                             alt=_("Webhooks"))  # fmt: skip
        if event.selection.rows and st.button(_("End this webhook"), icon=":material/block:"):
            chosen = found[event.selection.rows[0]]
            session.act(webhooks.end, session.now(), chosen.id, done=_("The webhook was ended."))
            st.rerun()
    else:
        st.caption(_("Nobody is told anything yet."))
    _new_webhook(len(found))


def _new_webhook(drawn: int) -> None:
    with st.form(f"webhook.{drawn}", border=False):
        name = st.text_input(_("Name of the program"))
        url = st.text_input(_("Address"), placeholder="https://crm.example.com/huiting")
        events = st.multiselect(_("Is told"), list(Event), format_func=lambda one: _(EVENTS[one]), placeholder="–")
        if not st.form_submit_button(_("Subscribe"), type="primary"):
            return
    made = session.act(webhooks.subscribe, session.now(), session.office().vault, name, url, tuple(events))
    if made:
        st.session_state["webhook.fresh"] = made[1]
        st.rerun()


def _once(key: str, told: str) -> None:
    fresh = st.session_state.pop(key, None)
    if fresh:
        st.success(told, icon=":material/key:")
        st.code(fresh, language=None)
