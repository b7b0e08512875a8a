"""Scorecards: the versions in use, drafts to write, check, try and publish."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import card_desk, card_form, card_lists, card_trials
from qa_app.components.card_desk import OpenDraft
from qa_app.core.access import Action
from qa_app.session import N_, _
from scorecards import cards, publishing
from scorecards.card_file import card_from_yaml
from scorecards.editing import TEMPLATE
from scorecards.model import CardState

PARTS = {
    "edit": N_("Form"), "text": N_("Text"), "both": N_("Both languages"), "check": N_("Findings"),
    "call": N_("Try on a call"), "calls": N_("Try on stored calls"), "publish": N_("Publish"),
}  # fmt: skip
TEXT_PX = 560


def open_place(**place: int) -> None:
    """Go to a draft or a version, or back to the list."""
    st.query_params.from_dict({name: str(number) for name, number in place.items()})
    st.rerun()


def the_list() -> None:
    """Drafts, versions, and the ways to begin a draft."""
    versions = session.read(cards.versions)
    drafts = session.read(cards.drafts)
    st.subheader(_("Drafts"))
    if drafts:
        chosen = card_lists.draft_table(drafts)
        if chosen is not None:
            open_place(draft=chosen.id)
    else:
        st.caption(_("There is no draft. Begin one below, or from a version."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(_("New scorecard"), icon=":material/add:"):
            made = session.act(publishing.start_draft, session.now(), TEMPLATE)
            if made is not None:
                open_place(draft=made)
        file = st.file_uploader(
            _("Import a YAML file as a draft"), ["yaml", "yml"], key="card.file", width=360, max_upload_size=1
        )
        if file is not None and st.button(_("Import"), icon=":material/upload:", type="primary"):
            made = session.act(publishing.start_draft, session.now(), file.getvalue().decode("utf-8", "replace"))
            if made is not None:
                open_place(draft=made)
    st.subheader(_("Versions"))
    if not versions:
        st.info(_("No scorecard is published yet."), icon=":material/inbox:")
        return
    picked = card_lists.version_table(versions)
    if picked is not None:
        open_place(card=picked.id)


def the_version(number: int) -> None:
    """One version as it reads, and what can be done with it."""
    version = next((one for one in session.read(cards.versions) if one.id == number), None)
    if version is None:
        st.error(_("There is no scorecard {scorecard}.", scorecard=number))
        return
    card = card_from_yaml(version.body)
    st.subheader(f"{version.name} v{version.version} · {_(card_lists.STATE_NAMES[version.state])}")
    with st.container(horizontal=True):
        if st.button(_("Write the next version"), icon=":material/edit:", type="primary"):
            made = session.act(publishing.start_from, session.now(), version.id)
            if made is not None:
                open_place(draft=made)
        st.download_button(
            _("Export YAML"), version.body, f"{version.name}-v{version.version}.yaml", "application/yaml",
            icon=":material/download:",
        )  # fmt: skip
        if version.state is CardState.PUBLISHED and session.may(Action.PUBLISH_SCORECARD):
            with st.popover(_("Archive"), icon=":material/archive:"):
                st.write(_("New calls are no longer scored on it; the scores that name it stay."))
                if st.button(_("Archive it now"), type="primary"):
                    session.act(publishing.archive, session.now(), version.id, done=_("It is archived."))
                    st.rerun()
    card_lists.side_by_side(card)


def the_draft(draft: OpenDraft) -> None:
    """One draft, one part of the work at a time, all over the same stored text."""
    card, unreadable = card_desk.readable(draft)
    name = f"{card.name} v{card.version}" if card else _("Draft {number}", number=draft.id)
    st.subheader(f"{name} · {_(card_lists.STATE_NAMES[CardState.DRAFT])}")
    card_desk.standing(draft)
    part = st.segmented_control(
        _("Part"), list(PARTS), format_func=lambda one: _(PARTS[one]), key=f"card.{draft.id}.part", default="edit",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    if unreadable:
        st.warning(
            _("The text is kept, but it is not a scorecard yet: {why}", why=unreadable), icon=":material/edit_note:"
        )
    if part == "edit":
        card_form.form(draft)
    elif part == "text":
        text_part(draft)
    elif card is not None and part == "both":
        card_lists.side_by_side(card)
    elif card is not None and part == "check":
        card_trials.findings(card)
    elif card is not None and part == "call":
        card_trials.on_one_call(draft, card)
    elif card is not None and part == "calls":
        card_trials.on_stored_calls(draft)
    elif card is not None and part == "publish":
        card_trials.publishing_part(draft, card)


def text_part(draft: OpenDraft) -> None:
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
                open_place()
    with st.expander(_("Savings")):
        card_lists.savings_table(session.read(cards.savings, draft.id))


chosen_draft, chosen_card = card_desk.chosen("draft"), card_desk.chosen("card")
st.title(_("Scorecards"))
if (chosen_draft or chosen_card) and st.button(_("All scorecards"), icon=":material/arrow_back:"):
    open_place()
if chosen_draft:
    opened = card_desk.open_draft(chosen_draft)
    if opened is not None:
        the_draft(opened)
elif chosen_card:
    the_version(chosen_card)
else:
    the_list()
