"""Logged answers beside what the recording seems to say, with the second to listen to."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import survey_words
from qa_app.components.tables import clock
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import _
from surveys import differences
from surveys.differences import Difference
from surveys.model import Verdict

DECIDED_SHOWN = 10


def waiting() -> None:
    """What nobody has decided yet, the surest first; then what was decided."""
    found = session.read(differences.differences)
    names = session.read(lambda database, _actor: people.names_of(database, [one.surveyor or 0 for one in found]))
    if not found:
        st.success(_("No logged answer differs from its recording."), icon=":material/done_all:")
    for one in found:
        with st.container(border=True):
            _told(one, names)
            words = st.text_input(_("What you heard"), key=f"heard.{one.id}", autocomplete="off")
            with st.container(horizontal=True):
                for verdict, label in survey_words.VERDICTS.items():
                    if st.button(_(label), key=f"decide.{one.id}.{verdict.value}"):
                        session.act(differences.decide, session.now(), one.id, verdict, words, done=_("Kept."))
                        st.rerun()
    _decided()


def _told(one: Difference, names: dict[int, str]) -> None:
    st.markdown(f"**{one.case_number}** · {one.text[session.language()]} · {names.get(one.surveyor or 0, '–')}")
    st.markdown(_("logged **{logged:g}**, heard **{spoken:g}** at {clock}: “{quote}” (confidence {confidence:.2f})",
                  logged=one.logged, spoken=one.spoken, clock=clock(one.at_s), quote=one.quote,
                  confidence=one.confidence))  # fmt: skip
    if session.may(Action.LISTEN) and st.button(
        _("Listen at this second"), key=f"listen.{one.id}", icon=":material/hearing:"
    ):
        st.switch_page("views/review.py", query_params={"call": str(one.call_pk), "at": f"{one.at_s:.1f}"})


def _decided() -> None:
    found = session.read(differences.differences, decided=True)[:DECIDED_SHOWN]
    if found:
        st.subheader(_("Decided"))
    for one in found:
        verdict = _(survey_words.VERDICTS[one.verdict or Verdict.UNCLEAR])
        st.caption(
            f"{one.case_number} · {one.text[session.language()]} · {one.logged:g} / {one.spoken:g} · {verdict}"
            f" {one.words}"
        )
