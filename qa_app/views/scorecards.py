"""Scorecards: the versions in use, drafts to write, check, try and publish."""

from __future__ import annotations

import streamlit as st

from qa_app import session
from qa_app.components import card_desk, card_lists, card_parts
from qa_app.core.access import Action
from qa_app.session import _
from scorecards import cards, publishing
from scorecards.card_file import card_from_yaml
from scorecards.editing import TEMPLATE
from scorecards.model import CardState


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


chosen_draft, chosen_card = card_desk.chosen("draft"), card_desk.chosen("card")
st.title(_("Scorecards"))
if (chosen_draft or chosen_card) and st.button(_("All scorecards"), icon=":material/arrow_back:"):
    open_place()
if chosen_draft:
    opened = card_desk.open_draft(chosen_draft)
    if opened is not None:
        card_parts.draft_parts(opened)
elif chosen_card:
    the_version(chosen_card)
else:
    the_list()
