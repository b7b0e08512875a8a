"""The Review page's desk in the browser: player, transcript and scoring form in one keyboard-first component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

import streamlit as st

LABELS: dict[str, str] = {
    "play": "Play",
    "pause": "Pause",
    "back_5": "Back 5 seconds",
    "ahead_5": "Ahead 5 seconds",
    "speeds": "Speed",
    "speed": "Speed {x} times",
    "timeline": "Position in the call",
    "silence": "silence",
    "hold": "hold",
    "overlap": "both speak",
    "audio_lost": "The recording cannot be played. The form still works.",
    "audio_none": "There is no recording to play. The form still works.",
    "audio_retry": "Try again",
    "transcript": "Transcript",
    "transcript_empty": "This call has no transcript.",
    "search": "Search in this call",
    "seek_line": "Play from {time}",
    "low_confidence": "Heard with low confidence",
    "form": "Scoring form",
    "form_hint": "1 2 3 0 answer, Enter confirms",
    "confirm_all": "Confirm the rest",
    "points": "points",
    "people_only": "people only",
    "fatal_group": "Fatal errors",
    "fatal_section": "fatal: section {section} counts 0",
    "fatal_call": "fatal: the whole call counts 0",
    "fatal_met": "not found",
    "fatal_not_met": "found",
    "verdict_met": "met",
    "verdict_partly_met": "partly met",
    "verdict_not_met": "not met",
    "verdict_not_applicable": "not applicable",
    "verdict_abstained": "left to people",
    "verdict_not_offered": "“{verdict}” is not offered here.",
    "machine": "machine",
    "you": "you",
    "confidence": "Confidence of the machine",
    "to_confirm": "to confirm",
    "to_answer": "to answer",
    "answer_yourself": "The machine has no verdict here: answer with a number key.",
    "quote": "“{text}”",
    "span": "{measure} {value} (limit {limit})",
    "absence": "not found in {from}–{to} {unit}",
    "absence_call": "not found in the whole call",
    "nearest": "nearest: “{text}” ({similarity})",
    "unit_s": "s",
    "unit_turns": "turns",
    "seek_evidence": "Go to {time}",
    "add_quote": "Quote",
    "remove_evidence": "Remove this quote",
    "evidence_added": "Quote added to {n}: {text}",
    "evidence_removed": "Quote removed",
    "no_quote": "Mark words in the transcript first, or play to a line.",
    "comment": "Comment",
    "comment_hint": "What the agent should read",
    "comment_required": "needed for this verdict",
    "comment_missing": "comment missing",
    "root_cause": "Root cause",
    "root_cause_none": "choose one",
    "cause_missing": "root cause missing",
    "ruled_out": "not applicable by its condition",
    "confirmed_many": "{n} answers confirmed, {fatal} of them fatal errors as not found",
    "still_open": "Still open: {numbers}",
    "all_answered": "All answered. S submits.",
    "saved": "saved {time}",
    "saving": "saving…",
    "not_saved_yet": "nothing to save yet",
    "total": "Total",
    "passed": "passed",
    "not_passed": "not passed",
    "open": "{n} open",
    "open_none": "none open",
    "critical": "critical",
    "critical_none": "none",
    "time_on_call": "time",
    "submit": "Submit",
    "submit_ask": "Submit this evaluation?",
    "submit_yes": "Submit now",
    "submit_refused": "Not complete yet, {n} to go:",
    "submitting": "submitting…",
    "submitted": "submitted",
    "readonly": "Read only",
    "flag": "Not fit for scoring",
    "flag_title": "Why is this call not fit for scoring?",
    "flag_silent": "Nothing or hardly anything is heard",
    "flag_too_short": "Too short to judge",
    "flag_wrong_call": "Not a customer call, or the wrong recording",
    "flag_language": "A language or dialect nobody here can judge",
    "flag_quality": "The sound is too poor",
    "flag_other": "Another reason, in your own words",
    "flag_words": "In your own words",
    "flag_send": "Flag the call",
    "flag_sent": "Flagged as not fit for scoring",
    "flag_needs_reason": "Choose a reason or write one.",
    "cancel": "Cancel",
    "close": "Close",
    "next": "Next",
    "previous": "Previous",
    "keys": "Keys",
    "help_play": "play or pause",
    "help_step": "5 seconds back or ahead",
    "help_speed": "slower or faster",
    "help_move": "criterion before or after; jumps to its evidence",
    "help_verdicts": "met, partly met, not met, not applicable",
    "help_confirm": "confirm the machine's verdict and go on",
    "help_confirm_all": "confirm all remaining verdicts of the machine and fatal errors as not found",
    "help_comment": "comment; Esc or Ctrl+Enter leaves it",
    "help_evidence": "marked words, or the current line, become your evidence",
    "help_drop": "remove your last quote",
    "help_search": "search in this call; Enter jumps on",
    "help_submit": "submit; Enter confirms",
    "help_flag": "not fit for scoring",
    "help_calls": "next or previous call",
    "help_escape": "leave a field, close a window",
    "help_help": "this list",
}
"""Every word the desk shows, English; the page passes the translations. Words in {braces} stay as they are."""


class Evidence(TypedDict, total=False):
    """One piece of evidence; which keys stand depends on `kind`: quote, span or absence."""

    kind: str
    utterance: int
    quote: str
    start_s: float | None
    end_s: float | None
    measure: str
    value: float | str
    limit: float | str
    window: Mapping[str, object]
    nearest_miss: Mapping[str, object] | None


class MachineAnswer(TypedDict):
    """What the machine says about a criterion."""

    verdict: str
    confidence: float | None
    reason: str
    check: str | None
    evidence: list[Evidence]


class FormCriterion(TypedDict):
    """One line of the form, in the user's language."""

    id: str
    title: str
    guidance: str
    examples: list[str]
    points: float
    fatal: str | None
    people_only: bool
    allow_not_applicable: bool
    comment_required_on: list[str]
    applies_if: NotRequired[Mapping[str, object] | None]
    root_causes: NotRequired[list[Mapping[str, str]]]
    root_cause_required_on: NotRequired[list[str]]
    machine: MachineAnswer | None


class FormSection(TypedDict):
    """A part of the form with its criteria."""

    id: str
    title: str
    criteria: list[FormCriterion]


class Status(TypedDict):
    """What the server knows; `saved_edit` is the `edit` of the last draft it has stored."""

    saved_at: str | None
    saved_edit: NotRequired[int | None]
    score_pct: float | None
    passed: bool | None
    open: NotRequired[int]
    critical: list[str]
    section_scores: Mapping[str, str]
    error: str | None
    readonly: bool
    submitted: bool


class ReviewData(TypedDict):
    """Everything the desk shows; times in seconds from the start of the recording, waveforms and shares in 0..1.

    `call` identifies the call (the header does if it is missing): another one starts the desk anew. `offset_px` is the
    height the page needs beside the desk, 150 if unsaid.
    """

    labels: Mapping[str, str]
    language: str
    call: NotRequired[str]
    header: str
    offset_px: NotRequired[int]
    start_s: NotRequired[float | None]
    audio: Mapping[str, str] | None
    duration_s: float
    channels: list[Mapping[str, object]]
    marks: Mapping[str, object]
    utterances: list[Mapping[str, object]]
    sections: list[FormSection]
    draft: Mapping[str, object]
    status: Status


@dataclass(frozen=True, slots=True)
class ReviewEvents:
    """What came from the desk: the draft as it stands, and whatever was pressed since the last run.

    The browser wrote it: the service validates every value again.
    """

    draft: dict[str, object] | None = None
    submit: dict[str, object] | None = None
    flag: dict[str, object] | None = None
    next: bool = False
    previous: bool = False


_FILES = Path(__file__).with_name("review_desk")
_SCRIPTS = ("dom", "answers", "player", "timeline", "transcript", "form", "dialogs", "keys", "desk")


def _script() -> str:
    """The scripts joined into one ES module, in the order they build on each other."""
    return "\n".join((_FILES / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)


_DESK = st.components.v2.component(
    "huiting_review_desk",
    js=_script(),
    css=(_FILES / "review_desk.css").read_text(encoding="utf-8"),
)


def review_desk(data: Mapping[str, object], key: str) -> ReviewEvents:
    """Show the desk for one call (see ReviewData) and return what the person did there."""
    sent = {**data, "labels": {**LABELS, **_mapping(data.get("labels"))}}
    result = _DESK(
        key=key,
        data=sent,
        on_draft_change=_nothing,
        on_submit_change=_nothing,
        on_flag_change=_nothing,
        on_next_change=_nothing,
        on_previous_change=_nothing,
    )
    return _events(result, _call(data))


def sent_events(data: Mapping[str, object], key: str) -> ReviewEvents:
    """What the desk has sent for this call, readable before it is drawn: save first, then show the saving."""
    return _events(st.session_state.get(key), _call(data))


def _call(data: Mapping[str, object]) -> object:
    return data.get("call", data.get("header"))


def _events(result: object, call: object) -> ReviewEvents:
    return ReviewEvents(
        draft=_about(_field(result, "draft"), call),
        submit=_about(_field(result, "submit"), call),
        flag=_about(_field(result, "flag"), call),
        next=_field(result, "next") is True,
        previous=_field(result, "previous") is True,
    )


def _field(result: object, name: str) -> object:
    return result.get(name) if isinstance(result, Mapping) else getattr(result, name, None)


def _about(value: object, call: object) -> dict[str, object] | None:
    """The value if it belongs to this call: a draft of the call before may still lie in the session."""
    found = _mapping(value)
    return found if found and found.get("call") == call else None


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _nothing() -> None:
    """Streamlit keeps a value only where a callback stands."""
