"""The parts of the work on one draft, all over the same stored text."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import card_desk, card_form, card_lists, card_trials
from qa_app.components.card_desk import OpenDraft
from qa_app.session import N_, _
from scorecards import cards, publishing

PARTS = {
    "edit": N_("Form"), "text": N_("Text"), "both": N_("Both languages"), "check": N_("Findings"),
    "call": N_("Try on a call"), "calls": N_("Try on stored calls"), "publish": N_("Publish"),
}  # fmt: skip
TEXT_PX = 560


def draft_parts(draft: OpenDraft) -> None:
    """One draft, one part of the work at a time, all over the same stored text."""
    card, unreadable = card_desk.readable(draft)
    name = f"{card.name} v{card.version} · " if card else ""
    st.subheader(name + _("Draft {number}", number=draft.id))
    card_desk.standing(draft)
    part = st.segmented_control(
        _("Part"), list(PARTS), format_func=lambda one: _(PARTS[one]), key=f"card.{draft.id}.part", default="edit",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    if unreadable:
        st.warning(
            _("The text is kept, but it is not a scorecard yet: {why}", why=unreadable), icon=":material/edit_note:"
        )
        if part != "text":
            st.button(_("Mend it in the text"), icon=":material/edit:", on_click=_go_to_text, args=(draft,))
    if part == "edit":
        card_form.form(draft)
    elif part == "text":
        _text(draft)
    elif card is not None and part == "both":
        card_lists.side_by_side(card)
    elif card is not None and part == "check":
        card_trials.findings(card)
    elif card is not None and part == "call":
        card_trials.on_one_call(draft, card)
    elif card is not None and part == "calls":
        card_trials.on_stored_calls(draft, card)
    elif card is not None and part == "publish":
        card_trials.publishing_part(draft, card)


def _go_to_text(draft: OpenDraft) -> None:
    st.session_state[f"card.{draft.id}.part"] = "text"


def _text(draft: OpenDraft) -> None:
    """The whole text; it is saved as soon as the field is left, whether or not it can be read."""
    key = draft.key("text")
    st.session_state.setdefault(key, draft.body)
    st.text_area(
        _("The scorecard as YAML (saved when you leave the field or press Ctrl+Enter)"), key=key, height=TEXT_PX,
        on_change=card_desk.save_typed, args=(draft, key),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.download_button(
            _("Export YAML"), draft.body, f"draft-{draft.id}.yaml", "application/yaml", icon=":material/download:"
        )
        with st.popover(_("Set the draft aside"), icon=":material/delete:"):
            st.write(_("It leaves the list; what was typed stays kept."))
            if st.button(_("Set it aside now"), type="primary"):
                session.act(publishing.discard_draft, session.now(), draft.id, done=_("The draft is set aside."))
                st.query_params.clear()
                st.rerun()
    with st.expander(_("Savings")):
        card_lists.savings_table(session.read(cards.savings, draft.id))
