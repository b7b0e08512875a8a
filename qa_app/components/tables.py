"""Tables that pages draw; a selected row comes back as what it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import pandas as pd
import streamlit as st
from streamlit.typing import DataframeState

from qa_app.components.forms import KIND_NAMES, unit_label
from qa_app.core.people import Person, Unit
from qa_app.joins import CallRow
from qa_app.session import N_, _, moment, role_name
from transcription.model import RecordingState
from transcription.queries import CallLine

T = TypeVar("T")
ROW_PX, HEAD_PX, MOST_ROWS = 31, 34, 15
STATE_NAMES = {
    RecordingState.QUEUED: N_("waiting"),
    RecordingState.TRANSCRIBED: N_("transcribed"),
    RecordingState.QUARANTINED: N_("set aside"),
}


REASONS = {
    "corrupt": N_("The file is damaged or no audio; export it again."),
    "empty": N_("The file holds no sound; export it again."),
    "silent": N_("Every channel is silent; check the recorder."),
    "too_short": N_("The recording is too short to be used."),
    "too_long": N_("The recording is longer than the limit."),
    "unsupported": N_("The audio format cannot be read here; export it as WAV."),
    "missing": N_("The stored recording is no longer there; import it again."),
    "crashed": N_("Transcribing it failed several times; check the file, then try again."),
}


def reason(line: CallLine) -> str:
    """Why a recording was set aside, in the reader's language; the exact sentence where there is no shorter one."""
    return _(REASONS[line.reason_code]) if line.reason_code in REASONS else line.reason or ""


def people_table(everybody: Sequence[Person], tree: Sequence[Unit]) -> Person | None:
    """All users; returns the selected one."""
    table = pd.DataFrame(
        {
            _("Login"): [person.login for person in everybody],
            _("Name"): [person.name for person in everybody],
            _("Team"): [unit_label(tree, person.unit_id) for person in everybody],
            _("Roles"): ["、".join(role_name(role) for role, _unit in person.roles) for person in everybody],
            _("Agent numbers"): [", ".join(person.external_ids) for person in everybody],
            _("May sign in"): [person.active and person.can_sign_in for person in everybody],
        }
    )
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="people", alt=_("People")
    )
    return _selected(everybody, event)


def unit_table(tree: Sequence[Unit]) -> None:
    """The organisation, indented by level."""
    table = pd.DataFrame(
        {
            _("Unit"): ["　" * (len(unit.path) - 1) + unit.name for unit in tree],
            _("Level"): [_(KIND_NAMES[unit.kind]) for unit in tree],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Organisation"))


def call_table(calls: Sequence[CallRow]) -> CallRow | None:
    """One page of calls; returns the selected one."""
    lines = [call.line for call in calls]
    table = pd.DataFrame(
        {
            _("Status"): [status(call) for call in calls],
            _("When"): [moment(line.started_at) for line in lines],
            _("Call"): [line.call_id for line in lines],
            _("Agent"): ["、".join(line.agents) for line in lines],
            _("Machine"): [call.machine_pct for call in calls],
            _("Person"): [call.person_pct for call in calls],
            _("Found"): ["、".join(signal_name(signal) for signal in call.signals) for call in calls],
            _("Length"): [clock(line.duration_s) for line in lines],
            _("Language"): [spoken_name(line.language) for line in lines],
            _("Customer"): [line.customer for line in lines],
            _("Queue"): [line.queue for line in lines],
            _("Case"): [line.case_ref for line in lines],
            _("Rating"): [line.rating for line in lines],
            _("Progress"): [line.progress for line in lines],
        }
    )
    if not any(line.progress is not None for line in lines):
        table = table.drop(columns=_("Progress"))
    event = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="calls",
        height=_height(len(calls)),
        placeholder="–",
        alt=_("Calls"),
        column_config={
            _("Progress"): st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="percent"),
            _("Machine"): st.column_config.NumberColumn(
                format="%.1f", help=_("The machine's score: shown, and counted only once a person confirmed it.")
            ),
            _("Person"): st.column_config.NumberColumn(format="%.1f"),
            _("Found"): st.column_config.TextColumn(width=150),
        },
    )
    return _selected(calls, event)


def spoken_name(language: str) -> str:
    """A spoken language as people call it; the code where it is another one."""
    return {"zh": _("Chinese"), "en": _("English")}.get(language[:2], language)


def status(call: CallRow) -> str:
    """Where a call stands, with the reason where it was set aside."""
    if call.line.state is RecordingState.QUARANTINED:
        return f"⚠ {_(STATE_NAMES[call.line.state])}: {reason(call.line)}"
    if call.line.state is RecordingState.QUEUED:
        return _("being transcribed") if call.line.progress is not None else _("waiting")
    if call.unfit:
        return _("not fit for scoring")
    if call.person_pct is not None or call.reviewed:
        return "✔ " + _("reviewed")
    return _("draft") if call.drafted else _("to review")


def openable(call: CallRow) -> bool:
    """Whether there is something to review: a transcript."""
    return call.line.state is RecordingState.TRANSCRIBED


def signal_name(signal: str) -> str:
    """A signal as people call it."""
    return {"customer_upset": _("customer upset"), "escalation_threat": _("escalation threat")}.get(signal, signal)


def clock(seconds: float | None) -> str:
    """Seconds as minutes and seconds, e.g. 03:12."""
    return "" if seconds is None else f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def _height(rows: int) -> int:
    """Pixels of a table that shows all rows of a screen and scrolls beyond."""
    return HEAD_PX + ROW_PX * min(rows, MOST_ROWS)


def _selected(rows: Sequence[T], event: DataframeState) -> T | None:
    picked = event.selection.rows
    return rows[picked[0]] if picked and picked[0] < len(rows) else None
