"""Scorecards in lists and as they read: drafts, versions, one card in both languages side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components.card_form import KIND_NAMES, TAG_NAMES, VERDICT_NAMES, check_name
from qa_app.components.tables import spoken_name
from qa_app.core.errors import HuitingError
from qa_app.session import N_, _, moment
from scorecards import editing
from scorecards.card_file import document_from_yaml
from scorecards.cards import CardDraft, CardVersion, Saving
from scorecards.editing import shares
from scorecards.model import CardState, Criterion, Scorecard

STATE_NAMES = {
    CardState.DRAFT: N_("draft"),
    CardState.PUBLISHED: N_("published"),
    CardState.ARCHIVED: N_("archived"),
}


def draft_table(drafts: Sequence[CardDraft]) -> CardDraft | None:
    """The open drafts; returns the ticked one."""
    names = [_named(draft.body) for draft in drafts]
    table = pd.DataFrame(
        {
            _("Scorecard"): [name for name, _title in names],
            _("Title"): [title for _name, title in names],
            _("Saved"): [moment(draft.saved_at) for draft in drafts],
            _("Saved by"): [draft.saved_by for draft in drafts],
            _("Savings"): [draft.revision for draft in drafts],
        }
    )
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="drafts", alt=_("Drafts")
    )
    return drafts[event.selection.rows[0]] if event.selection.rows else None


def _named(body: str) -> tuple[str, str]:
    """What a draft calls itself, as far as its text can be read."""
    try:
        document = document_from_yaml(body)
    except HuitingError:
        document = None
    if not isinstance(document, dict):
        return _("(cannot be read yet)"), ""
    zh, en = editing.both_of(document.get("title"))
    title = (en or zh) if session.language() == "en" else (zh or en)
    return f"{document.get('name', '?')} v{document.get('version', '?')}", title


def version_table(versions: Sequence[CardVersion]) -> CardVersion | None:
    """Every version; returns the ticked one."""
    table = pd.DataFrame(
        {
            _("Status"): [_(STATE_NAMES[version.state]) for version in versions],
            _("Scorecard"): [version.name for version in versions],
            _("Version"): [version.version for version in versions],
            _("For"): [_(KIND_NAMES[version.kind]) for version in versions],
            _("Language"): [spoken_name(version.language) for version in versions],
            _("Published"): [moment(version.published_at) if version.published_at else "" for version in versions],
            _("Published by"): [version.published_by or _("shipped") for version in versions],
        }
    )
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="versions", alt=_("Versions")
    )
    return versions[event.selection.rows[0]] if event.selection.rows else None


def savings_table(savings: Sequence[Saving]) -> None:
    """Who saved a draft, and when."""
    table = pd.DataFrame(
        {
            _("No."): [saving.revision for saving in savings],
            _("When"): [moment(saving.saved_at) for saving in savings],
            _("Saved by"): [saving.saved_by for saving in savings],
            _("Characters"): [saving.length for saving in savings],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Savings"))


def side_by_side(card: Scorecard) -> None:
    """A card as people read it, Chinese left and English right."""
    share = shares({criterion.id: criterion.points for _section, criterion in card.criteria})
    left, right = st.columns(2, gap="large")
    left.markdown(f"#### {card.title.zh or '–'}")
    right.markdown(f"#### {card.title.en or '–'}")
    for section in card.sections:
        with st.container(border=True):
            left, right = st.columns(2, gap="large")
            left.markdown(f"**{section.title.zh or '–'}**")
            right.markdown(f"**{section.title.en or '–'}**")
            for criterion in section.criteria:
                left, right = st.columns(2, gap="large")
                weight = f" · {share[criterion.id]:.1%}" if criterion.id in share else ""
                left.markdown(f"{criterion.title.zh or '–'}{weight}")
                left.caption(criterion.guidance.zh or "–")
                right.markdown(f"{criterion.title.en or '–'}{weight}")
                right.caption(criterion.guidance.en or "–")
                if rules := _rules(criterion):
                    st.caption(" · ".join(rules))


def _rules(criterion: Criterion) -> list[str]:
    """What else holds for a criterion, in the reader's words."""
    by = _("answered by {kind}", kind=check_name(criterion.check.kind)) if criterion.check else _("people only")
    rules = [_("fatal error") if criterion.fatal else by]
    if criterion.applies_if:
        verdicts = "/".join(_(VERDICT_NAMES[verdict]) for verdict in criterion.applies_if.verdicts)
        rules.append(_("only if {criterion} is {verdict}", criterion=criterion.applies_if.criterion, verdict=verdicts))
    if criterion.comment_required_on:
        verdicts = "/".join(_(VERDICT_NAMES[verdict]) for verdict in criterion.comment_required_on)
        rules.append(_("comment on {verdict}", verdict=verdicts))
    if criterion.root_cause_required_on:
        verdicts = "/".join(_(VERDICT_NAMES[verdict]) for verdict in criterion.root_cause_required_on)
        rules.append(_("root cause on {verdict}", verdict=verdicts))
    return [*rules, *(_(TAG_NAMES[tag]) for tag in criterion.tags)]
