"""The case library: found and heard, consents asked for, what waits for a second person, and one's own proposals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from qa_app import session
from qa_app.components import call_moments, library_forms
from qa_app.components.library_forms import LESSONS, class_titles
from qa_app.components.quality_words import criterion_titles
from qa_app.components.tables import clock
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.runtime import runtime
from qa_app.session import N_, _
from scorecards import library_entries
from scorecards.case_library import Form, LibraryState, LibraryStep
from scorecards.library_entries import Entry, Wanted
from surveys import queries as complaints

STATES = {
    LibraryState.ASKED: N_("waits for the agent's consent"),
    LibraryState.TO_CONFIRM: N_("waits for a second person"),
    LibraryState.PUBLISHED: N_("in the library"),
    LibraryState.REFUSED: N_("the agent refused; the sound is deleted"),
    LibraryState.WITHDRAWN: N_("the agent withdrew the consent; the sound is deleted"),
    LibraryState.SENT_BACK: N_("sent back: something has to be bleeped or left out; make it anew"),
    LibraryState.REMOVED: N_("taken out"),
}
STEPS = {
    LibraryStep.AGREED: N_("consent given"),
    LibraryStep.REFUSED: N_("consent refused"),
    LibraryStep.WITHDRAWN: N_("consent withdrawn"),
    LibraryStep.CONFIRMED: N_("confirmed by a second person"),
    LibraryStep.SENT_BACK: N_("sent back"),
    LibraryStep.REMOVED: N_("taken out"),
}
TAKE = {
    LibraryStep.AGREED: N_("Agree: others may hear it"),
    LibraryStep.REFUSED: N_("Refuse"),
    LibraryStep.WITHDRAWN: N_("Withdraw my consent"),
    LibraryStep.CONFIRMED: N_("Confirm: no name or number is left"),
    LibraryStep.SENT_BACK: N_("Send back"),
    LibraryStep.REMOVED: N_("Take out for good"),
}
ORDER = tuple(TAKE)
OF_AGENTS = (LibraryStep.AGREED, LibraryStep.REFUSED, LibraryStep.WITHDRAWN)
OF_SECOND = (LibraryStep.CONFIRMED, LibraryStep.SENT_BACK)
SHOWN = 30
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$:<&])")


@dataclass(frozen=True, slots=True)
class Words:
    """What the entries of a page need to be shown: people, criteria and classes by name."""

    names: dict[int, str]
    criteria: dict[str, str]
    classes: dict[str, str]


def _words(found: Sequence[Entry]) -> Words:
    ids = {one.maker_id for one in found if one.maker_id} | {a for one in found for a in one.agents}
    ids |= {step.by_id for one in found for step in one.steps if step.by_id}
    names = session.read(lambda database, _actor: people.names_of(database, ids))
    return Words(names, criterion_titles(), class_titles())


def library_part() -> None:
    """Everything that is published, narrowed by words, criterion and kind."""
    titles = criterion_titles()
    left, middle, right = st.columns([3, 2, 1])
    words = left.text_input(_("Search"), key="library.words", autocomplete="off", placeholder=_("words, any order"))
    criterion = middle.selectbox(_("Criterion"), ["", *titles], format_func=lambda one: titles.get(one, _("any")),
                                 key="library.criterion")  # fmt: skip
    lesson = right.selectbox(_("Kind"), [None, *LESSONS], key="library.lesson",
                             format_func=lambda one: _(LESSONS[one]) if one else _("any"))  # fmt: skip
    found = session.read(library_entries.published, Wanted(words, criterion, lesson))
    if not found:
        narrowed = words or criterion or lesson
        st.info(_("Nothing matches. Clear a filter.") if narrowed else
                _("The library is empty. Clips are put into it from a call's review page."),
                icon=":material/local_library:")  # fmt: skip
        return
    st.caption(_("{n} entries", n=len(found)) + (" · " + _("the newest {n} are shown", n=SHOWN)
                                                 if len(found) > SHOWN else ""))  # fmt: skip
    names = _words(found[:SHOWN])
    for one in found[:SHOWN]:
        with st.container(border=True):
            _entry(one, names)
            ends = [kind for kind in (LibraryStep.WITHDRAWN, LibraryStep.REMOVED) if kind in one.possible]
            if ends:
                with st.popover(_("Take out"), icon=":material/delete:", type="tertiary"):
                    _steps(one, ends, "take_out")


def asked_part() -> None:
    """For an agent: clips of the own voice, each with what it is for; agree, refuse, withdraw."""
    st.caption(_("It is your voice: nobody else hears a clip in the library unless you agree, no reason is asked for a "
                 "refusal, and a consent withdrawn later deletes the clip at once."))  # fmt: skip
    found = session.read(library_entries.asked_of)
    if not found:
        st.info(_("No clip of your calls waits for your consent, and none is in the library."),
                icon=":material/local_library:")  # fmt: skip
        return
    names = _words(found)
    for one in found:
        with st.container(border=True):
            _entry(one, names)
            st.caption(_(STATES[one.state]))
            _steps(one, [kind for kind in OF_AGENTS if kind in one.possible], "asked")


def confirm_part() -> None:
    """What waits for a second person, with the bleeped sound."""
    st.caption(_("Listen to the end and read the words: no name, number or address of a customer may be left."))
    found = session.read(library_entries.to_confirm)
    if not found:
        st.success(_("Nothing waits to be confirmed."), icon=":material/done_all:")
        return
    names = _words(found)
    for one in found:
        with st.container(border=True):
            _entry(one, names)
            _steps(one, [kind for kind in OF_SECOND if kind in one.possible], "confirm")


def own_part() -> None:
    """What one has proposed and where it stands; a case is written here."""
    with st.expander(_("Write a case")):
        library_forms.story()
    found = session.read(library_entries.own_proposals)
    if not found:
        st.info(_("You have proposed nothing yet. A clip is made on a call's review page."),
                icon=":material/local_library:")  # fmt: skip
        return
    names = _words(found)
    for one in found[:SHOWN]:
        with st.container(border=True):
            _entry(one, names)
            st.caption(f"**{_(STATES[one.state])}**")
            for step in one.steps:
                who = names.names.get(step.by_id or 0, "–")
                st.caption(f"{session.moment(step.at)} · {_(STEPS[step.kind])} · {plain(who)}")
                if step.words:
                    st.text(step.words)
            if LibraryStep.REMOVED in one.possible:
                with st.popover(_("Take out"), icon=":material/delete:", type="tertiary"):
                    _steps(one, [LibraryStep.REMOVED], "own")


def _entry(one: Entry, names: Words) -> None:
    """What an entry teaches, its words, and its sound at a press."""
    told = one.told
    st.markdown(f"**{plain(told.title)}**")
    kinds = [_(LESSONS[told.lesson]), _("clip") if one.form is Form.CLIP else _("written case")]
    kinds += [names.criteria.get(told.criterion, told.criterion)] if told.criterion else []
    kinds += [names.classes.get(told.complaint_class, told.complaint_class)] if told.complaint_class else []
    if one.clip is not None:
        kinds.append(clock(one.clip.span.end_s - one.clip.span.start_s))
    kinds.append(f"{names.names.get(one.maker_id or 0, '–')}, {session.moment(one.created_at)}")
    st.caption(" · ".join(plain(kind) for kind in kinds))
    if told.words:
        st.text(told.words)
    st.caption(_("Why it is worth hearing") if one.form is Form.CLIP else _("What was learned"))
    st.text(told.why)
    if one.clip is not None and one.clip.playable:
        _sound(one)
    if told.case_number:
        _case(one)


def _sound(one: Entry) -> None:
    """The player once somebody asks for it: whoever is given a clip's address stands in the journal."""
    if st.session_state.get("library.heard") == one.id:
        call_moments.sound(f"library.sound.{one.id}", session.clip_address(one.id), one.told.title)
    elif st.button(_("Listen"), key=f"library.listen.{one.id}", icon=":material/play_arrow:"):
        st.session_state["library.heard"] = one.id
        st.rerun()


def _case(one: Entry) -> None:
    """The case's number as text; it opens for whoever may see that case."""
    found = None
    if session.may(Action.SEE_CASES):
        found = session.read(complaints.case_numbered, one.told.case_number)
    if found is None:
        st.caption(_("Case {number}", number=plain(one.told.case_number)))
    elif st.button(_("Open case {number}", number=plain(one.told.case_number)), key=f"library.case.{one.id}",
                   icon=":material/assignment:", type="tertiary"):  # fmt: skip
        st.switch_page("views/cases.py", query_params={"case": str(found)})


def _steps(one: Entry, kinds: Sequence[LibraryStep], place: str) -> None:
    """The steps that may be taken now, with a word; what was typed stays when it is refused."""
    with st.form(f"library.{place}.{one.id}.{len(one.steps)}", border=False):
        words = st.text_input(_("Comment"), key=f"library.words.{place}.{one.id}", autocomplete="off", max_chars=500)
        with st.container(horizontal=True):
            pressed = [
                kind for kind in ORDER
                if kind in kinds and st.form_submit_button(_(TAKE[kind]), key=f"library.{place}.{one.id}.{kind.value}")
            ]  # fmt: skip
    if not pressed:
        return
    store = runtime().store
    _done, refusal = session.attempt(library_entries.take_step, session.now(), store, one.id, pressed[0], words)
    if refusal:
        st.error(refusal)
        return
    st.session_state["message"] = ("done", _("Kept."))
    st.rerun()


def plain(text: str) -> str:
    """Text that somebody typed, so that no sign of it is taken for Markdown."""
    return _MARKDOWN.sub(r"\\\1", text)
