"""Filters that live in the address bar, so that a list can be shared and found again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from qa_app.components.tables import STATE_NAMES
from qa_app.joins import REVIEWED, TO_REVIEW
from qa_app.runtime import runtime
from qa_app.session import _
from transcription.model import RecordingState
from transcription.queries import PAGE_ROWS, CallFilter

CALL_KEYS = ("words", "review", "state", "queue", "spoken", "since", "until", "page")
LONGEST_WORDS, LONGEST_NUMBER, LONGEST_PAGE = 80, 9, 5


def calls(queue_names: list[str]) -> tuple[CallFilter, str]:
    """The filter of the Calls page and which side of the review it asks for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Search"), key="words", bind="query-params", icon=":material/search:", max_chars=LONGEST_WORDS, width=180,
            placeholder=_("call, case, file, agent"),
        )  # fmt: skip
        everything = {"": _("all")}
        _choice(_("Review"), everything | {TO_REVIEW: _("to review"), REVIEWED: _("reviewed")}, "review", 112)
        _choice(
            _("Recording"), everything | {state.value: _(text) for state, text in STATE_NAMES.items()}, "state", 124
        )
        _choice(_("Queue"), everything | {name: name for name in queue_names}, "queue", 128)
        _choice(_("Spoken"), everything | {"zh": _("Chinese"), "en": _("English")}, "spoken", 104)
        st.date_input(_("From"), value=None, key="since", bind="query-params", width=138)
        st.date_input(_("To"), value=None, key="until", bind="query-params", width=138)
    state = st.session_state
    return CallFilter(
        words=state["words"] or "",
        state=state["state"] or "",
        queue=state["queue"] or "",
        language=state["spoken"] or "",
        since=_day_start(state["since"]),
        until=_day_start(state["until"], 1),
        newest_first=state["review"] != TO_REVIEW,
    ), state["review"] or ""


def _choice(label: str, names: dict[str, str], key: str, width: int) -> None:
    """A choice kept in the address by its code: Streamlit's own binding would keep the reader's word for it."""
    if key not in st.session_state:
        given = st.query_params.get(key, "")
        st.session_state[key] = given if given in names else ""
    st.selectbox(label, list(names), format_func=names.__getitem__, key=key, width=width)
    if st.session_state[key]:
        st.query_params[key] = st.session_state[key]
    else:
        st.query_params.pop(key, None)


def page_number() -> int:
    """The chosen page of the list, 1 where the address names none."""
    chosen = str(st.session_state.get("page") or st.query_params.get("page", ""))
    return max(1, int(chosen)) if chosen.isdecimal() and len(chosen) <= LONGEST_PAGE else 1


def in_address() -> dict[str, str]:
    """The filters as they stand in the address, to come back to the same list."""
    return {key: st.query_params[key] for key in CALL_KEYS if key in st.query_params}


def from_address() -> tuple[CallFilter, str]:
    """The same filter read from the address alone, as the Review page does for next and previous."""
    given = in_address()
    return CallFilter(
        words=given.get("words", "")[:LONGEST_WORDS],
        state="transcribed",
        queue=given.get("queue", ""),
        language=given.get("spoken", ""),
        since=_day_start(_day(given.get("since"))),
        until=_day_start(_day(given.get("until")), 1),
        newest_first=given.get("review") != TO_REVIEW,
    ), given.get("review", "")


def chosen_call() -> int | None:
    """The call that the address names."""
    named = st.query_params.get("call", "")
    return int(named) if named.isdecimal() and len(named) <= LONGEST_NUMBER else None


def open_call(call_pk: int | None) -> None:
    """Go to another call of the same list; stay with a message at its end."""
    if call_pk is None:
        st.toast(_("The list ends here."))
        return
    st.query_params["call"] = str(call_pk)
    st.rerun()


def progress(counts: dict[RecordingState, int]) -> None:
    """One bar for everything that waits, while something does."""
    waiting, total = counts.get(RecordingState.QUEUED, 0), sum(counts.values())
    if waiting:
        st.progress(
            (total - waiting) / total, _("{done} of {total} recordings transcribed", done=total - waiting, total=total)
        )


def pager(total: int) -> None:
    """Which page of the list; only where there is more than one."""
    pages = -(-total // PAGE_ROWS)
    st.caption(_("{total} calls", total=total) + " · " + _("Tick a row to open it."))
    if pages > 1:
        st.session_state["page"] = min(page_number(), pages)
        st.number_input(_("Page"), 1, pages, key="page", bind="query-params", width=120)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _day_start(day: date | None, after: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=after), time(), ZoneInfo(runtime().settings.timezone))
