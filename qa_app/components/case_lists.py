"""Lists of complaint cases: filters in the address, the table, pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_words
from qa_app.session import _
from surveys.model import CaseState
from surveys.queries import PAGE, CaseFilter, CaseLine

KEYS = ("find", "stands", "class", "due", "closed", "page")
DUE = {"overdue": timedelta(), "day": timedelta(days=1), "week": timedelta(days=7)}
TRAITS = ("place", "campaign", "product")
LONGEST_WORDS, LONGEST_NUMBER, LONGEST_TRAIT = 80, 9, 120


def filters() -> CaseFilter:
    """The filter of the list, as it stands in the address."""
    tops = {one.code.partition("/")[0]: one.parent_title[session.language()] for one in session.taxonomy()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Search"), key="find", bind="query-params", icon=":material/search:", max_chars=LONGEST_WORDS, width=200,
            placeholder=_("number or words"),
        )  # fmt: skip
        _choice(
            _("State"), {"": _("all")} | {state.value: _(text) for state, text in case_words.STATES.items()}, "stands"
        )
        _choice(_("Class"), {"": _("all")} | tops, "class")
        names = {"": _("all"), "overdue": _("overdue"), "day": _("within a day"), "week": _("within a week")}
        _choice(_("Due"), names, "due")
        st.toggle(_("Closed ones too"), key="closed", bind="query-params")
    state = st.session_state
    stands = state["stands"] or ""
    return CaseFilter(
        state=CaseState(stands) if stands else None,
        class_code=f"{state['class']}/" if state["class"] else "",
        words=state["find"] or "",
        open_only=not state["closed"] and stands not in (CaseState.CLOSED, CaseState.ARCHIVED),
        due_before=session.now() + DUE[state["due"]] if state["due"] else None,
        alert=_named("alert"),
        place=_trait("place"),
        campaign=_trait("campaign"),
        product=_trait("product"),
    )


def narrowed() -> None:
    """What narrows the list beyond its filters, with the way back to all."""
    told = [st.query_params[name] for name in TRAITS if st.query_params.get(name)]
    told += [_("alert {number}", number=st.query_params["alert"])] if _named("alert") else []
    if told and st.button(" · ".join(told), icon=":material/filter_alt_off:", help=_("Show all again")):
        for name in (*TRAITS, "alert"):
            st.query_params.pop(name, None)
        st.rerun()


def table(lines: Sequence[CaseLine]) -> CaseLine | None:
    """One page of cases; returns the one whose row was ticked."""
    now = session.now()
    shown = pd.DataFrame(
        {
            _("Number"): [line.number for line in lines],
            _("State"): [_(case_words.STATES[line.state]) for line in lines],
            _("Next deadline"): [_due(line, now > line.next_due_at if line.next_due_at else False) for line in lines],
            _("Class"): [case_words.class_title(line.class_code) for line in lines],
            _("Urgency"): [_(case_words.URGENCIES[line.urgency]) for line in lines],
            _("Received"): [session.moment(line.received_at) for line in lines],
            _("Customer"): [line.customer for line in lines],
        }
    )
    event = st.dataframe(
        shown, hide_index=True, on_select="rerun", selection_mode="single-row", key="cases", placeholder="–",
        alt=_("Cases"),
    )  # fmt: skip
    picked = event.selection.rows
    return lines[picked[0]] if picked and picked[0] < len(lines) else None


def pager(total: int) -> None:
    """How many there are, and which page of them."""
    st.caption(_("{total} cases", total=total) + " · " + _("Tick a row to open it."))
    pages = -(-total // PAGE)
    if pages > 1:
        st.number_input(_("Page"), 1, pages, key="page", bind="query-params", width=120)


def offset() -> int:
    """How many cases lie before the chosen page."""
    named = str(st.session_state.get("page") or st.query_params.get("page", ""))
    page = int(named) if named.isdecimal() and len(named) <= LONGEST_NUMBER else 1
    return (max(1, page) - 1) * PAGE


def chosen_case() -> int | None:
    """The case that the address names."""
    return _named("case")


def chosen_customer() -> int | None:
    """The customer that the address names."""
    return _named("customer")


def open_customer(customer_id: int) -> None:
    """Go to everything about one customer."""
    st.query_params["customer"] = str(customer_id)
    st.rerun()


def _trait(name: str) -> str:
    return st.query_params.get(name, "")[:LONGEST_TRAIT]


def _named(key: str) -> int | None:
    named = st.query_params.get(key, "")
    return int(named) if named.isdecimal() and len(named) <= LONGEST_NUMBER else None


def open_case(case_id: int | None) -> None:
    """Go to a case's story, or back to the list."""
    st.query_params.pop("customer", None)
    if case_id is None:
        st.query_params.pop("case", None)
    else:
        st.query_params["case"] = str(case_id)
    st.rerun()


def _due(line: CaseLine, is_over: bool) -> str:
    if line.next_due_at is None:
        return ""
    return ("⚠ " if is_over else "") + session.moment(line.next_due_at)


def _choice(label: str, names: dict[str, str], key: str) -> None:
    """A choice kept in the address by its code."""
    if key not in st.session_state:
        given = st.query_params.get(key, "")
        st.session_state[key] = given if given in names else ""
    st.selectbox(label, list(names), format_func=names.__getitem__, key=key, width=140)
    if st.session_state[key]:
        st.query_params[key] = st.session_state[key]
    else:
        st.query_params.pop(key, None)
