"""Journal: who saw, heard and changed what, and whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.core import journal
from qa_app.session import N_, _

st.title(_("Journal"))
verified = session.verify_journal()
if verified.fault:
    st.error(_("The journal is broken: {fault}.", fault=verified.fault), icon=":material/gpp_bad:")
else:
    st.success(
        _("{entries} entries, unbroken. Head {head}…", entries=verified.entries, head=verified.head[:16]),
        icon=":material/verified_user:",
    )
ACTIONS = {
    "agent.found": N_("agent seen for the first time"),
    "call.unfit": N_("call set aside as not fit"),
    "evaluation.recheck": N_("fatal error re-checked"),
    "evaluation.submit": N_("evaluation submitted"),
    "evaluations.rescore": N_("scored again by machine"),
    "login": N_("signed in"),
    "login.failed": N_("failed login"),
    "login.revoke": N_("signed out everywhere"),
    "recording.listen": N_("listened to a recording"),
    "recording.quarantine": N_("recording set aside"),
    "recording.retry": N_("recording tried again"),
    "recordings.import": N_("recordings imported"),
    "scorecard.archive": N_("scorecard archived"),
    "scorecard.backtest": N_("scorecard tried on stored calls"),
    "scorecard.discard": N_("scorecard draft set aside"),
    "scorecard.draft": N_("scorecard draft begun"),
    "scorecard.publish": N_("scorecard published"),
    "unit.add": N_("unit added"),
    "user.active": N_("user enabled or disabled"),
    "user.add": N_("user added"),
    "user.move": N_("user moved"),
    "user.password": N_("password set"),
    "user.roles": N_("roles changed"),
}


def in_words(detail: Mapping[str, object]) -> str:
    """What an entry keeps, one name and value after the other."""
    return "; ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in detail.items())


rows = session.read(journal.entries)
table = pd.DataFrame(
    {
        _("No."): [row.seq for row in rows],
        _("When"): [session.moment(row.at) for row in rows],
        _("Who"): [row.actor_name for row in rows],
        _("What"): [_(ACTIONS[row.action]) if row.action in ACTIONS else row.action for row in rows],
        _("On"): [row.subject for row in rows],
        _("Detail"): [in_words(row.detail) for row in rows],
    }
)
st.dataframe(table, hide_index=True, height=600, alt=_("Journal"))
