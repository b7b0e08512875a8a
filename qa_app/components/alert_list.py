"""Batch complaints: open alerts with their cases, campaigns and outages registered beforehand."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_words
from qa_app.core.access import Action
from qa_app.session import _
from surveys import alerts
from surveys.alerts import Alert, NewEvent
from surveys.model import EventKind


def open_alerts() -> None:
    """The alerts that nobody has closed, each with what explains it and what may be done."""
    found = session.read(alerts.alerts)
    for one in found:
        with st.container(border=True):
            st.markdown(f":material/campaign: **{_('{cases} similar complaints', cases=one.cases)}** · {_about(one)}")
            known = _("expected: {event}", event=one.event) if one.event else _("nothing of the kind was registered")
            st.caption(f"{session.moment(one.opened_at)} – {session.moment(one.last_at)} · {known}")
            _buttons(one)


def _buttons(one: Alert) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(_("Its cases"), key=f"alert.{one.id}.cases", icon=":material/list:"):
            st.switch_page("views/cases.py", query_params={"alert": str(one.id)})
        if session.may(Action.OPEN_CORRECTIVE_ACTION) and st.button(
            _("Open a corrective action"), key=f"alert.{one.id}.action", icon=":material/build:"
        ):
            traits = {"class": one.class_code, "place": one.place, "campaign": one.campaign, "alert": str(one.id)}
            st.switch_page("views/corrective_actions.py", query_params=traits)
        if not session.may(Action.REGISTER_EVENT):
            return
        words = st.text_input(_("What came of it"), key=f"alert.{one.id}.words", width=260)
        if st.button(_("Close the alert"), key=f"alert.{one.id}.close"):
            session.act(alerts.close, session.now(), one.id, words, done=_("The alert was closed."))
            st.rerun()


def known_events() -> None:
    """Campaigns and outages to come or under way, and the form of another."""
    st.subheader(_("Campaigns and outages registered beforehand"))
    found = session.read(alerts.events, session.now())
    if found:
        table = pd.DataFrame(
            {
                _("Kind"): [_(case_words.EVENT_KINDS[row.kind]) for row in found],
                _("Name"): [row.title for row in found],
                _("From"): [session.moment(row.starts_at) for row in found],
                _("To"): [session.moment(row.ends_at) for row in found],
                _("Class"): [case_words.class_title(row.class_code) for row in found],
                _("Where it happened"): [row.place for row in found],
                _("Campaign"): [row.campaign for row in found],
            }
        )
        st.dataframe(table, hide_index=True, alt=_("Campaigns and outages registered beforehand"))
    with st.expander(_("Register a campaign or an outage")):
        new = _new_event(len(found))
    if new and session.act(alerts.register_event, session.now(), new, done=_("It was registered.")):
        st.rerun()


def _new_event(drawn: int) -> NewEvent | None:
    key, now = f"event.{drawn}", session.now().astimezone(session.office().zone)
    classes = [""] + sorted({one.code.partition("/")[0] for one in session.taxonomy()}) + [
        one.code for one in session.taxonomy()
    ]  # fmt: skip
    with st.form(key, border=False):
        kind = st.selectbox(
            _("Kind"), list(EventKind), format_func=lambda one: _(case_words.EVENT_KINDS[one]), key=f"{key}.kind"
        )
        title = st.text_input(_("Name"), key=f"{key}.title")
        with st.container(horizontal=True):
            starts = st.datetime_input(_("From"), value=now, key=f"{key}.from")
            ends = st.datetime_input(_("To"), value=now, key=f"{key}.to")
        code = st.selectbox(_("Class"), classes, format_func=_class_or_all, key=f"{key}.class")
        place = st.text_input(_("Where it happened"), key=f"{key}.place")
        campaign = st.text_input(_("Campaign"), key=f"{key}.campaign")
        if not st.form_submit_button(_("Register"), type="primary"):
            return None
    return NewEvent(kind or EventKind.OUTAGE, title, _aware(starts), _aware(ends), code, place, campaign)


def _class_or_all(code: str) -> str:
    tops = {one.code.partition("/")[0]: one.parent_title[session.language()] for one in session.taxonomy()}
    return tops.get(code) or case_words.class_title(code) or _("all")


def _aware(moment: datetime | None) -> datetime:
    local = moment or session.now()
    return local.replace(tzinfo=session.office().zone) if local.tzinfo is None else local


def _about(one: Alert) -> str:
    parts = (case_words.class_title(one.class_code), one.place, one.campaign)
    return " · ".join(part for part in parts if part)
