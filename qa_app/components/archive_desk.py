"""The completeness desk: what can be archived at once, and what is missing in the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_words, desk_lists
from qa_app.session import _
from surveys import service
from surveys.desks import DeskLine
from surveys.model import StepKind
from surveys.service import NewStep
from surveys.words import LACKING


def complete(lines: Sequence[DeskLine]) -> None:
    """The complete cases, archived with one press, each in a transaction of its own."""
    st.subheader(_("Complete ({total})", total=len(lines)))
    if not lines:
        st.caption(_("None is complete yet."))
        return
    st.caption("、".join(line.number for line in lines))
    if st.button(_("Archive them all"), type="primary", icon=":material/inventory_2:"):
        bar = st.progress(0.0)
        for number, line in enumerate(lines, 1):
            step = NewStep(StepKind.ARCHIVED, {})
            session.act(service.take_step, session.now(), session.office(), line.id, step, done=_("Archived."))
            bar.progress(number / len(lines))
        st.rerun()


def incomplete(lines: Sequence[tuple[DeskLine, tuple[str, ...]]]) -> None:
    """The others with what each lacks; a ticked row opens the case, where it is mended."""
    st.subheader(_("Incomplete ({total})", total=len(lines)))
    if not lines:
        return
    table = pd.DataFrame(
        {
            _("Number"): [line.number for line, _lacking in lines],
            _("Missing"): ["、".join(_(LACKING[one]) for one in lacking) for _line, lacking in lines],
            _("Class"): [case_words.class_title(line.class_code) for line, _lacking in lines],
            _("Customer"): [line.customer for line, _lacking in lines],
            _("Closed at"): [session.moment(line.since) for line, _lacking in lines],
        }
    )
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="incomplete", alt=_("Missing")
    )
    if event.selection.rows:
        desk_lists.open_story(lines[event.selection.rows[0]][0])
