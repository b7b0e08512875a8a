"""A call in its case's story: an audio bar with a button for each second worth hearing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from qa_app import session
from qa_app.components.tables import clock
from qa_app.core.access import Action
from qa_app.joins import CaseCall
from qa_app.session import _

_FILES = Path(__file__).with_name("moments")
_PLAYER = st.components.v2.component(
    "huiting_moments",
    js=(_FILES / "moments.js").read_text(encoding="utf-8"),
    css=(_FILES / "moments.css").read_text(encoding="utf-8"),
)
MOST = 12


def call(found: CaseCall) -> None:
    """One call: when, who, its score and what failed, and the recording with its moments."""
    line = found.line
    who = "、".join(line.agents) or "–"
    st.markdown(
        f"**{session.moment(line.started_at)} · {_('Call')} {line.call_id}** · {who} · {clock(line.duration_s)}"
    )
    told = []
    if found.score_pct is not None:
        by = _("scored by a person") if found.by_person else _("the machine's, not confirmed")
        told.append(f"{found.score_pct:.1f} ({by})")
    if found.failed:
        told.append(
            _("not met: {criteria}", criteria="、".join(one.in_language(session.language()) for one in found.failed))
        )
    if told:
        st.caption(" · ".join(told))
    if found.playable:
        _PLAYER(key=f"moments.{line.recording_id}", data=_data(found))
    if session.may(Action.SEE_CALLS) and st.button(
        _("Open the call"), key=f"call.{line.id}", icon=":material/hearing:", type="tertiary"
    ):
        st.switch_page("views/review.py", query_params={"call": str(line.id)})


def sound(key: str, address: str, label: str) -> None:
    """An audio bar alone, for what is short and has no moments of its own."""
    _PLAYER(key=key, data={"address": address, "label": label, "moments": []})


def _data(found: CaseCall) -> dict[str, object]:
    moments = [
        {
            "clock": clock(one.at_s),
            "at_s": one.at_s,
            "title": one.title.in_language(session.language()),
            "words": one.words,
        }
        for one in found.moments[:MOST]
    ]
    address = session.recording_address(found.line.recording_id)
    return {"address": address, "label": found.line.call_id, "moments": moments}
