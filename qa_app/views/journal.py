"""Journal: who saw, heard and changed what, and whether the chain is whole."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components.journal_words import done, on_what, with_what
from qa_app.core import journal
from qa_app.session import _

st.title(_("Journal"))
verified = session.verify_journal()
if verified.fault:
    st.error(_("The journal is broken: {fault}.", fault=session.in_words(verified.fault)), icon=":material/gpp_bad:")
else:
    st.success(
        _("{entries} entries, unbroken. Head {head}…", entries=verified.entries, head=verified.head[:16]),
        icon=":material/verified_user:",
    )
rows = session.read(journal.entries)
table = pd.DataFrame(
    {
        _("No."): [row.seq for row in rows],
        _("When"): [session.moment(row.at) for row in rows],
        _("Who"): [row.actor_name for row in rows],
        _("What"): [done(row.action) for row in rows],
        _("On"): [on_what(row.subject) for row in rows],
        _("Detail"): [with_what(row.detail) for row in rows],
    }
)
widths = dict(zip(table.columns, (60, 130, 120, 150, 110, None), strict=True))
columns = {name: st.column_config.Column(width=width) for name, width in widths.items() if width}
st.dataframe(table, hide_index=True, height=600, alt=_("Journal"), column_config=columns)
