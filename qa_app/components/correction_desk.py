"""Correcting callbacks on the screen: opened on the review page, listed with what became of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from qa_app import correcting, session
from qa_app.components import parts, survey_words
from qa_app.components.coaching_desk import people_named
from qa_app.session import _
from surveys import correcting as corrections
from surveys.correcting import Correction, Wrong
from surveys.model import Outcome


def of_call(call_pk: int) -> None:
    """What of a call is being corrected, and the form to open another; what was typed stays when it is refused."""
    found = session.read(correcting.of_call, session.now(), call_pk)
    if found:
        _table(found, f"call.{call_pk}")
    with st.form(f"correct.{call_pk}", border=False):
        said = st.text_area(_("What was told wrong"), height=80, max_chars=corrections.LONGEST_SAID)
        right = st.text_area(_("What is right"), height=80, max_chars=corrections.LONGEST_RIGHT)
        at_s = st.number_input(_("Second of the call"), 0.0, None, None, step=1.0, width=200)
        sent = st.form_submit_button(_("Open a correcting callback"), icon=":material/phone_callback:")
    if not sent:
        return
    wrong = Wrong(call_pk, said, right, at_s)
    made = session.attempt(correcting.open_correction, session.now(), session.office(), wrong)
    parts.settle(made, _("The callback is open; the callback desk tells the customer."))


def listed() -> None:
    """Every correction in reach: those not told in time first; a ticked one opens its call."""
    found = session.read(corrections.corrections)
    if not found:
        st.info(_("Nothing had to be corrected. It is opened on a call's review page."), icon=":material/task_alt:")
        return
    picked = _table(found, "all")
    if picked is not None:
        one = found[picked].wrong
        at = {} if one.at_s is None else {"at": f"{one.at_s:g}"}
        st.switch_page("views/review.py", query_params={"call": str(one.call_pk), **at})


def _table(found: Sequence[Correction], key: str) -> int | None:
    names, now = people_named({one.by_id for one in found if one.by_id}), session.now()
    table = pd.DataFrame(
        {
            _("State"): [_state(one) for one in found],
            _("Due"): [session.moment(one.due_at) + (" · " + _("late") if one.is_late(now) else "") for one in found],
            _("What was told wrong"): [one.wrong.said for one in found],
            _("What is right"): [one.wrong.right for one in found],
            _("Opened by"): [f"{names.get(one.by_id or 0, '–')} · {session.moment(one.at)}" for one in found],
        }
    )
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row",
                         key=f"corrections.{key}", alt=_("Corrections"))  # fmt: skip
    rows = event.selection.rows
    return rows[0] if rows and rows[0] < len(found) else None


def _state(one: Correction) -> str:
    if one.outcome is Outcome.ANSWERED:
        return _("was told") if one.told else _("reached and not told")
    return _("to be told") if one.outcome is None else _(survey_words.OUTCOMES[one.outcome])
