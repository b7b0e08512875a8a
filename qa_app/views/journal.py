"""Journal: who saw, heard and changed what, and whether the chain is whole."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from qa_app import session
from qa_app.components.journal_words import SEEN, done, on_what, with_what
from qa_app.components.parts import kept_choice
from qa_app.core import journal
from qa_app.core.access import Actor
from qa_app.runtime import runtime
from qa_app.session import _


def exported(database: Session, actor: Actor) -> bytes:
    """The journal with its verifier as a ZIP."""
    out = BytesIO()
    journal.export(database, actor, session.now(), runtime().settings.journal_heads, out)
    return out.getvalue()


st.title(_("Journal"))
verified = session.verify_journal()
if verified.fault:
    st.error(_("The journal is broken: {fault}.", fault=session.in_words(verified.fault)), icon=":material/gpp_bad:")
else:
    st.success(
        _("{entries} entries, unbroken. Head {head}…", entries=verified.entries, head=verified.head[:16]),
        icon=":material/verified_user:",
    )
SHOWN = {
    "all": _("everything"),
    "seen": _("heard, shown or taken out"),
    "login": _("logins"),
    "people": _("people and rights"),
}
ACTIONS = {
    "all": (), "seen": SEEN, "login": ("login", "login.failed", "login.revoke"),
    "people": ("user.add", "user.move", "user.active", "user.roles", "user.password", "unit.add", "token.add",
               "token.revoke"),
}  # fmt: skip
with st.container(horizontal=True, vertical_alignment="bottom"):
    shown = kept_choice("show", SHOWN, _("Show"))
    who = st.text_input(_("Who"), key="who", width=220, autocomplete="off")
    if st.button(_("Prepare the export for an auditor"), icon=":material/inventory:"):
        made, refusal = session.attempt(exported)
        if refusal:
            st.error(refusal)
        else:
            st.session_state["journal.zip"] = made
    if "journal.zip" in st.session_state:
        st.download_button(_("Save the export (ZIP)"), st.session_state["journal.zip"], "huiting-journal.zip",
                           "application/zip", on_click=lambda: st.session_state.pop("journal.zip"))  # fmt: skip
rows = session.read(journal.entries, actions=ACTIONS[shown], who=who)
if not rows:
    st.info(_("No entry is like that. Show everything, or other letters of the name."), icon=":material/search_off:")
    st.stop()
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
