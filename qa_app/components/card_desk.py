"""A draft on the screen: which text it is, saving it so that nothing typed is lost, and what two people do to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from qa_app import session
from qa_app.core.errors import HuitingError
from qa_app.i18n import sentence
from qa_app.session import _
from scorecards import cards, publishing
from scorecards.card_file import card_from_yaml
from scorecards.cards import CardDraft
from scorecards.model import Scorecard

LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as this browser works on it; `newest` is what stands in the database by now."""

    id: int
    revision: int
    body: str
    newest: CardDraft

    @property
    def is_overtaken(self) -> bool:
        return self.newest.revision != self.revision

    def key(self, name: str) -> str:
        """A widget's key: another one after the text was changed from outside the widget."""
        return f"card.{self.id}.{st.session_state.get(f'card.{self.id}.drawn', 0)}.{name}"


def chosen(name: str) -> int | None:
    """A number in the address."""
    given = st.query_params.get(name, "")
    return int(given) if given.isdecimal() and len(given) <= LONGEST_NUMBER else None


def open_draft(draft_id: int) -> OpenDraft | None:
    """The draft at the saving that this browser works on; None, with the reason shown, where there is none."""
    newest, refusal = session.attempt(cards.draft, draft_id)
    if newest is None:
        st.error(refusal or "")
        return None
    revision: int = st.session_state.setdefault(f"card.{draft_id}.revision", newest.revision)
    if revision == newest.revision:
        return OpenDraft(draft_id, revision, newest.body, newest)
    return OpenDraft(draft_id, revision, session.read(cards.saved_text, draft_id, revision), newest)


def save(draft: OpenDraft, body: str, *, redraw: bool = True) -> bool:
    """Save a text over the saving it was made from; a refused one is kept here, to be copied or saved later."""
    based_on = st.session_state.get(f"card.{draft.id}.revision", draft.revision)
    revision, refusal = session.attempt(publishing.save_draft, session.now(), draft.id, based_on, body)
    if revision is None:
        st.session_state[f"card.{draft.id}.refused"] = (body, refusal)
        return False
    st.session_state[f"card.{draft.id}.revision"] = revision
    st.session_state.pop(f"card.{draft.id}.refused", None)
    if redraw:
        _draw_anew(draft.id)
    return True


def save_typed(draft: OpenDraft, key: str) -> None:
    """Save what stands in a field, as it was typed."""
    save(draft, st.session_state[key], redraw=False)


def edit(draft: OpenDraft, change: Callable[[str], str], *, redraw: bool = True) -> bool:
    """Change the stored text as a form asks and save it; what cannot be changed is said in its place.

    The text is read again: a callback may come from a run before the last saving.
    """
    fresh = open_draft(draft.id)
    if fresh is None:
        return False
    try:
        body = change(fresh.body)
    except HuitingError as error:
        st.session_state["message"] = ("error", sentence(session.language(), error))
        return False
    return save(draft, body, redraw=redraw)


def readable(draft: OpenDraft) -> tuple[Scorecard | None, str]:
    """The card that the text is, or the sentence that says why it is none yet."""
    try:
        return card_from_yaml(draft.body), ""
    except HuitingError as error:
        return None, sentence(session.language(), error)


def standing(draft: OpenDraft) -> None:
    """When the text was saved and by whom; what was refused, and how to go on from there."""
    saved = draft.newest
    by = _("Saved {when} by {who} (saving {n})", when=session.moment(saved.saved_at), who=saved.saved_by or "–",
           n=saved.revision)  # fmt: skip
    st.caption(by)
    body, refusal = st.session_state.get(f"card.{draft.id}.refused", ("", ""))
    if refusal:
        st.error(refusal, icon=":material/sync_problem:")
    elif draft.is_overtaken:
        st.warning(_("{who} has saved this draft since you opened it.", who=saved.saved_by), icon=":material/sync:")
    if draft.is_overtaken:
        st.button(_("Load the newest"), icon=":material/download:", on_click=_load_newest, args=(draft,))
    if refusal and body:
        with st.expander(_("Your text that was not saved"), expanded=True):
            st.code(body, language="yaml", height=240)
            st.button(_("Forget it"), on_click=_forget, args=(draft.id,))


def _load_newest(draft: OpenDraft) -> None:
    """Go on from what somebody else has saved; one's own refused text stays on the screen."""
    st.session_state[f"card.{draft.id}.revision"] = draft.newest.revision
    body, _refusal = st.session_state.get(f"card.{draft.id}.refused", ("", ""))
    if body:
        st.session_state[f"card.{draft.id}.refused"] = (body, _("The newest text is loaded. Bring yours into it."))
    _draw_anew(draft.id)


def _forget(draft_id: int) -> None:
    st.session_state.pop(f"card.{draft_id}.refused", None)


def _draw_anew(draft_id: int) -> None:
    """Have every widget of the draft start from the stored text again."""
    st.session_state[f"card.{draft_id}.drawn"] = st.session_state.get(f"card.{draft_id}.drawn", 0) + 1
