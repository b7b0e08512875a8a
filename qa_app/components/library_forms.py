"""What is put before the case library: a clip of the call under review, or a case written by hand."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.clip_making import make_clip
from qa_app.components.desk import speaker_label, start_second
from qa_app.components.quality_words import criterion_titles
from qa_app.joins import OpenedReview
from qa_app.runtime import runtime
from qa_app.session import N_, _
from scorecards import case_library, library_entries
from scorecards.case_library import Lesson, Told
from transcription.clips import LONGEST_S, ClipSpan, stretches_from_text, words_between

FIRST_LENGTH_S = 30.0
LESSONS = {Lesson.GOOD: N_("good example"), Lesson.LESSON: N_("lesson")}


@st.fragment
def clip(opened: OpenedReview) -> None:
    """The seconds and what to bleep in them, the words that are left, and why it is worth hearing."""
    call_pk, heard = opened.story.line.id, opened.story.transcript
    if st.session_state.pop(f"clip.made.{call_pk}", False):
        st.success(_("The agent is asked for consent; then a second person listens to it. You see where it stands "
                     "under Case library, My proposals."), icon=":material/local_library:")  # fmt: skip
    st.caption(_("The agent who is heard decides whether others may hear it. Bleep every name, number and address of "
                 "a customer: a tone takes their place in the sound and ■■ in the words."))  # fmt: skip
    key = f"{call_pk}.{st.session_state.get(f'clip.turn.{call_pk}', 0)}"
    span = _span(key, opened.story.line.duration_s)
    if span is None:
        return
    lines = words_between(heard.utterances, span) if heard else []
    first = "\n".join(f"{speaker_label(speaker, _)}：{text}" for speaker, text in lines)
    with st.form(f"clip.{key}", border=False):
        title = _title(f"clip.{key}")
        words = st.text_area(_("Words of the clip, as others will read them"), first, height=140,
                             key=f"clip.words.{key}.{span}", max_chars=case_library.LONGEST_TEXT)  # fmt: skip
        told = _told(f"clip.{key}", title, words, _("Why it is worth hearing"))
        sent = st.form_submit_button(_("Ask for consent"), icon=":material/local_library:")
    if not sent:
        return
    with st.spinner(_("The clip is cut…")):
        made, refusal = session.call(
            make_clip, runtime(), session.current(), session.now(), call_pk, told, span
        )  # fmt: skip
    if made is None:
        st.error(refusal or "")
        return
    st.session_state[f"clip.made.{call_pk}"] = True
    st.session_state[f"clip.turn.{call_pk}"] = st.session_state.get(f"clip.turn.{call_pk}", 0) + 1
    st.rerun()


def _span(key: str, duration_s: float | None) -> ClipSpan | None:
    """From where to where, and the stretches to bleep; None where these cannot be read."""
    begins = start_second() or 0.0
    ends = min(begins + FIRST_LENGTH_S, duration_s or begins + FIRST_LENGTH_S)
    left, middle, right = st.columns([1, 1, 3])
    start_s = left.number_input(_("From second"), 0.0, None, begins, 0.5, key=f"clip.from.{key}")
    end_s = middle.number_input(_("To second"), 0.0, None, ends, 0.5, key=f"clip.to.{key}",
                                help=_("At most {most:g} seconds in all.", most=LONGEST_S))  # fmt: skip
    text = right.text_input(
        _("Bleep these seconds"), key=f"clip.bleeps.{key}", placeholder="12.5-13.2, 20-21", autocomplete="off",
        help=_("Seconds of the call as the transcript shows them."),
    )  # fmt: skip
    bleeps, refusal = session.call(stretches_from_text, text)
    if bleeps is None:
        st.error(refusal or "")
        return None
    return ClipSpan(start_s, end_s, bleeps)


def story() -> None:
    """A case written by hand, without names; what was typed stays when it is refused."""
    key = f"story.{st.session_state.get('story.turn', 0)}"
    with st.form(key, border=False):
        st.caption(_("Write without names, numbers and addresses. A second person reads it before others do."))
        title = _title(key)
        words = st.text_area(_("What happened"), height=120, key=f"{key}.words",
                                   max_chars=case_library.LONGEST_TEXT)  # fmt: skip
        told = _told(key, title, words, _("What was learned"), is_story=True)
        sent = st.form_submit_button(_("Propose the case"), icon=":material/local_library:")
    if not sent:
        return
    made, refusal = session.attempt(library_entries.propose_story, session.now(), told)
    if made is None:
        st.error(refusal or "")
        return
    st.session_state["story.turn"] = st.session_state.get("story.turn", 0) + 1
    st.session_state["message"] = ("done", _("Proposed. A second person reads it next."))
    st.rerun()


def _title(key: str) -> str:
    return st.text_input(_("Title"), key=f"{key}.title", max_chars=case_library.LONGEST_TITLE, autocomplete="off")


def _told(key: str, title: str, words: str, why_label: str, *, is_story: bool = False) -> Told:
    """What every entry says of itself; a written case may name a class of complaints and a case."""
    titles = criterion_titles()
    why = st.text_area(why_label, height=80, key=f"{key}.why", max_chars=case_library.LONGEST_TEXT)
    left, right = st.columns(2)
    lesson = left.radio(_("It is a"), list(LESSONS), format_func=lambda one: _(LESSONS[one]), horizontal=True,
                        key=f"{key}.lesson")  # fmt: skip
    criterion = right.selectbox(_("Criterion"), ["", *titles], format_func=lambda one: titles.get(one, "–"),
                                key=f"{key}.criterion")  # fmt: skip
    chosen, number = "", ""
    if is_story:
        classes = class_titles()
        chosen = left.selectbox(_("Complaint class"), ["", *classes], format_func=lambda one: classes.get(one, "–"),
                                key=f"{key}.class")  # fmt: skip
        number = right.text_input(_("Case number (may stay empty)"), key=f"{key}.number", max_chars=40,
                                  autocomplete="off")  # fmt: skip
    return Told(title, lesson, why, words, criterion, chosen, number)


def class_titles() -> dict[str, str]:
    """The classes of complaints in the reader's language, by their code."""
    spoken = session.language()
    return {
        one.code: f"{one.parent_title.get(spoken, '')} / {one.title.get(spoken, one.code)}"
        for one in session.taxonomy()
    }  # fmt: skip
