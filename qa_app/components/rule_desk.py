"""Rules on the screen: choose one, read its versions, edit its text, set it from a moment on; corrected days."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.core import rules as kept
from qa_app.core.rules import NewRule
from qa_app.core.working_days import DayKind
from qa_app.session import N_, _
from scorecards import regimes
from surveys import queries, reckoning, rules

KINDS = {
    rules.PROFILE: N_("Time profile"),
    rules.TAXONOMY: N_("Classes of complaints"),
    rules.TEMPLATES: N_("Wordings of messages"),
    rules.AUTHORITY: N_("Limits of authority"),
    rules.BATCH: N_("Batch complaints"),
    rules.TARGETS: N_("Targets"),
    rules.CALLING: N_("Calling rules"),
    rules.SURVEY: N_("Survey sampling"),
    rules.QUESTIONNAIRE: N_("Questionnaire"),
    regimes.REGIME: N_("Quality regime"),
}
DAY_KINDS = {DayKind.WORKING: N_("working day"), DayKind.WEEKEND: N_("weekend"), DayKind.HOLIDAY: N_("public holiday")}


def rules_part() -> None:
    """One rule: its versions, and its text to be edited and set."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(_("Rule"), list(KINDS), format_func=lambda one: _(KINDS[one]), key="rule.kind", width=260)
        name = _name(kind) if kind in rules.NAMED else rules.ONE
    versions = session.read(kept.versions, kind, name)
    if versions:
        table = pd.DataFrame(
            {
                _("Version"): [one.version for one in versions],
                _("In force from"): [session.moment(one.rule.effective_from) for one in versions],
                _("Why"): [one.rule.reason for one in versions],
                _("Set at"): [session.moment(one.at) for one in versions],
            }
        )
        st.dataframe(table, hide_index=True, alt=_("Versions"))
    else:
        st.caption(_("What ships is in force; nothing was set above it yet."))
    _edit(kind, name, len(versions))


def _name(kind: str) -> str:
    known = rules.profile_names if kind == rules.PROFILE else rules.questionnaire_codes
    names = session.read(lambda database, _actor: known(database, session.now()))
    return str(st.selectbox(_(KINDS[kind]), names, key=f"rule.name.{kind}", width=260))


def _edit(kind: str, name: str, versions: int) -> None:
    now, owner = session.now(), regimes if kind == regimes.REGIME else rules
    text = session.read(lambda database, _actor: owner.text_in_force(database, kind, name, now))
    key = f"rule.{kind}.{name}.{versions}"
    with st.form(key, border=False):
        edited = st.text_area(_("Text"), value=text, height=420, key=f"{key}.text")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            called = st.text_input(_("Name (another name makes another one)"), value=name, key=f"{key}.name",
                                   disabled=kind not in rules.NAMED, width=280)  # fmt: skip
            start: datetime | None = st.datetime_input(_("In force from (empty: now)"), value=None, key=f"{key}.from")
        reason = st.text_input(_("Why it is changed"), key=f"{key}.reason")
        if not st.form_submit_button(_("Check and set"), type="primary"):
            return
    begins = start.replace(tzinfo=session.office().zone) if start else session.now()
    rule = NewRule(kind, called if kind in rules.NAMED else name, begins, edited, reason)
    if session.act(owner.publish, now, rule, done=_("The rule was set.")):
        session.taxonomy.clear()
        st.rerun()


def calendar_part() -> None:
    """The operator's corrections of the working-day calendar, and one more."""
    found = session.read(queries.calendar_corrections)
    if found:
        table = pd.DataFrame(
            {
                _("Day"): [row.day.isoformat() for row in found],
                _("Is a"): [_(DAY_KINDS[DayKind(row.kind)]) for row in found],
                _("Why"): [row.reason for row in found],
            }
        )
        st.dataframe(table, hide_index=True, alt=_("Working days"))
    else:
        st.caption(_("The published calendar is in force without corrections."))
    with st.form(f"calendar.{len(found)}", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input(_("Day"), value="today", width=160)
            kind = st.selectbox(_("Is a"), list(DayKind), format_func=lambda one: _(DAY_KINDS[one]), width=200)
            reason = st.text_input(_("Why"), width=320)
        pressed = st.form_submit_button(_("Correct the calendar"), type="primary")
    if pressed and isinstance(day, date):
        done = _("Corrected; the deadlines of all open cases were reckoned again.")
        session.act(reckoning.correct_calendar, session.now(), session.office(), day, kind, reason, done=done)
        st.rerun()
