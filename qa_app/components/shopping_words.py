"""Mystery visits in the reader's words: states, kinds of items, answers as they were given."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.core.kept_files import Attachment
from qa_app.session import N_, _
from scorecards.shopping import Channel, Item, ItemKind, Mark, Reply, Scenario, is_low, share

KINDS = {
    ItemKind.TIME: N_("seconds"),
    ItemKind.QUOTE: N_("words as said"),
    ItemKind.COUNT: N_("count"),
    ItemKind.YES_NO: N_("yes or no"),
    ItemKind.RATING: N_("1 to 5, with the fact it rests on"),
}
MARKS = {Mark.NOT_SAID: N_("was not said"), Mark.NOT_OBSERVED: N_("could not be observed")}
CHANNELS = {Channel.HOTLINE: N_("hotline"), Channel.SHOP: N_("shop")}


def title(scenario: Scenario) -> str:
    """A scenario's name in the reader's language."""
    return scenario.title.in_language(session.language())


def item_title(item: Item) -> str:
    """What is observed, in the reader's language."""
    return item.title.in_language(session.language())


def wants(item: Item) -> str:
    """What an item asks for, with its limit and weight."""
    told = [_(KINDS[item.kind])]
    if item.at_most is not None:
        told.append(_("at most {limit}", limit=f"{item.at_most:g}"))
    if item.at_least is not None:
        told.append(_("at least {limit}", limit=f"{item.at_least:g}"))
    told.append(_("weight {weight}", weight=f"{item.weight:g}"))
    return " · ".join(told)


def answered(item: Item, reply: Reply) -> str:
    """An answer as people write it."""
    if reply.mark is not None:
        return _(MARKS[reply.mark])
    if item.kind is ItemKind.QUOTE:
        return f"“{reply.words}”" if reply.words else "–"
    if reply.value is None:
        return "–"
    if item.kind is ItemKind.YES_NO:
        return _("yes") if reply.value else _("no")
    return f"{reply.value:g} s" if item.kind is ItemKind.TIME else f"{reply.value:g}"


def form_table(answers: Sequence[tuple[Item, Reply]]) -> None:
    """Each item with its answer and how far it was met; below it quotes and evidence in full."""
    met = [share(item, reply) for item, reply in answers]
    table = pd.DataFrame(
        {
            _("Item"): [item_title(item) for item, _reply in answers],
            _("Answered"): [answered(item, reply) for item, reply in answers],
            _("Met"): ["–" if one is None else f"{one:.0%}" for one in met],
            _("Low"): ["●" if is_low(item, reply) else "" for item, reply in answers],
            _("Weight"): [item.weight for item, _reply in answers],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Form"), height="content")
    told = [f"{item_title(item)}: {' · '.join(words)}" for item, reply in answers if (words := _in_full(item, reply))]
    if told:
        st.text("\n".join(told))


def _in_full(item: Item, reply: Reply) -> list[str]:
    quote = answered(item, reply) if item.kind is ItemKind.QUOTE and reply.words else ""
    return [words for words in (quote, reply.evidence) if words]


def points(value: float | None) -> str:
    """Points of 100, or that too little was observed."""
    return _("too little observed") if value is None else f"{value:.1f}"


def file_link(one: Attachment) -> None:
    """A file that was handed in, to be saved."""
    link = f'<a href="/visit-files/{one.id}" target="_blank" rel="noopener">{html.escape(one.name)}</a>'
    st.html(f"{link} <small>{one.size_bytes:,} B · {session.moment(one.at)}</small>")
