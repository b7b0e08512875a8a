"""What several pages need: a choice of parts, spans to look back over, figures as a table and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.core import journal
from qa_app.session import N_, _
from surveys.export import table_bytes

SPANS = {"month": N_("a month"), "quarter": N_("a quarter"), "year": N_("a year"), "all": N_("all time")}
DAYS = {"month": 30, "quarter": 91, "year": 365, "all": 3660}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_part(parts: Mapping[str, tuple[str, Callable[[], None]]], key: str = "part") -> None:
    """One part of a page at a time, chosen above it and kept in the address; `parts` holds its name and what draws it.

    The session keeps the choice under `key`, the address always as `part`.
    """
    names = {name: title for name, (title, _draw) in parts.items()}
    parts[kept_choice("part", names, _("Part"), key=key)][1]()


def kept_choice(
    query: str, names: Mapping[str, str], label: str, *, default: str = "", key: str = "", shows_label: bool = False
) -> str:  # fmt: skip
    """One of a few, side by side, kept in the address under `query`."""
    key = key or query
    if st.session_state.get(key) not in names:
        given = st.query_params.get(query, "")
        st.session_state[key] = given if given in names else default or next(iter(names))
    chosen = st.segmented_control(
        label, list(names), format_func=names.__getitem__, key=key, required=True,
        label_visibility="visible" if shows_label else "collapsed",
    )  # fmt: skip
    st.query_params[query] = str(chosen)
    return str(chosen)


def as_table(table: pd.DataFrame, key: str, hint: str = "") -> int | None:
    """The figures behind a chart, one click away, and as a file; with a hint a row can be ticked: its place."""
    with st.expander(_("As a table")):
        if not hint:
            st.dataframe(table, hide_index=True, alt=_("As a table"), key=f"table.{key}")
            downloads(table, key)
            return None
        st.caption(hint)
        event = st.dataframe(table, hide_index=True, alt=_("As a table"), key=f"table.{key}", on_select="rerun",
                             selection_mode="single-row")  # fmt: skip
        downloads(table, key)
        rows = event.selection.rows
        return rows[0] if rows and rows[0] < len(table) else None


def downloads(table: pd.DataFrame, name: str, forms: Sequence[str] = ("csv",)) -> None:
    """A table as files that no spreadsheet runs; whoever takes one stands in the journal."""
    titles = {"csv": _("Save as CSV"), "xlsx": _("Save as XLSX")}
    mimes = {"csv": "text/csv", "xlsx": XLSX}
    with st.container(horizontal=True):
        for form in forms:
            st.download_button(
                titles[form], partial(table_bytes, table, form), f"{name}.{form}", mimes[form], key=f"{form}.{name}",
                on_click=partial(session.act, journal.note_export, session.now(), name, len(table)),
            )  # fmt: skip


def settle(outcome: tuple[object, str | None], done: str = "") -> None:
    """After an action: its refusal where the page stands, with all that was typed; else a word and a fresh page."""
    if outcome[1]:
        st.error(outcome[1])
        return
    st.session_state["message"] = ("done", done or _("Kept."))
    st.rerun()


def reach_key() -> str:
    """What the reader may see, as the key under which it is kept for others who may see the same."""
    return "|".join(sorted(f"{grant.role}:{sorted(grant.units)}" for grant in session.current().grants))
