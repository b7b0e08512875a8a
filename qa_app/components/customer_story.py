"""Everything about one customer: cases, remedies, and for supervisors what repeats."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_lists, case_words
from qa_app.session import _
from surveys import customers
from surveys.customers import CustomerStory, Patterns


def whole(customer_id: int) -> None:
    """The customer's head, patterns, cases and remedies; a ticked case opens."""
    if st.button(_("All cases"), icon=":material/arrow_back:"):
        case_lists.open_case(None)
    told, refusal = session.find(customers.story, session.office().vault, session.now(), customer_id)
    if told is None:
        st.error(refusal or "")
        return
    st.subheader(f"{told.name} {told.phone}")
    since = _("customer since {day}", day=session.moment(told.since))
    st.caption(" · ".join(part for part in (told.tier, since) if part))
    if told.patterns is not None:
        _patterns(told.patterns)
    _cases(told)
    _remedies(told)


def _patterns(found: Patterns) -> None:
    """For supervisors only: repeats and habits, to be judged by people."""
    year, regulator, granted = st.columns(3)
    year.metric(_("Cases within a year"), found.in_a_year, border=True)
    regulator.metric(_("Of them by the regulator"), found.to_regulator, border=True)
    granted.metric(_("Granted in all (yuan)"), f"{found.granted_yuan:,.2f}", border=True)
    tops = {one.code.partition("/")[0]: one.parent_title[session.language()] for one in session.taxonomy()}
    if found.repeated:
        told = "、".join(f"{tops.get(top, top) or _('not classed')} × {number}" for top, number in found.repeated)
        st.warning(_("Complained again of the same within 30 days: {classes}", classes=told), icon=":material/repeat:")
    if found.is_difficult:
        st.warning(_("Many complaints within a year: judge before you act; only supervisors see this."),
                   icon=":material/priority_high:")  # fmt: skip


def _cases(told: CustomerStory) -> None:
    st.subheader(_("Cases ({total})", total=len(told.cases)))
    numbers = {case.id: case.number for case in told.cases}
    table = pd.DataFrame(
        {
            _("Number"): [case.number for case in told.cases],
            _("State"): [_(case_words.STATES[case.state]) for case in told.cases],
            _("Class"): [case_words.class_title(case.class_code) for case in told.cases],
            _("Channel"): [_(case_words.CHANNELS[case.channel]) for case in told.cases],
            _("Received"): [session.moment(case.received_at) for case in told.cases],
            _("What the customer says"): [case.words for case in told.cases],
            _("Joined to"): [numbers.get(case.joined_to or 0, "") for case in told.cases],
        }
    )
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="customer.cases", alt=_("Cases")
    )
    if event.selection.rows:
        case_lists.open_case(told.cases[event.selection.rows[0]].id)


def _remedies(told: CustomerStory) -> None:
    if not told.remedies:
        return
    st.subheader(_("Remedies"))
    numbers = {case.id: case.number for case in told.cases}
    table = pd.DataFrame(
        {
            _("Number"): [numbers[one.case_id] for one in told.remedies],
            _("Remedy"): [case_words.choice(one.remedy) for one in told.remedies],
            _("Amount (yuan)"): [float(one.amount) for one in told.remedies],
            _("When"): [session.moment(one.at) for one in told.remedies],
        }
    )
    money = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(table, hide_index=True, alt=_("Remedies"), column_config={_("Amount (yuan)"): money})
