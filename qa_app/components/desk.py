"""What the review desk is given and what comes back from it: a call, its transcript, its form and the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from qa_app import session
from qa_app.components.review_desk import LABELS
from qa_app.components.tables import clock, signal_name, spoken_name
from qa_app.core.access import Action
from qa_app.joins import OpenedReview
from qa_app.session import N_
from scorecards import service
from scorecards.files import evidence_to_dict
from scorecards.model import Answer, Criterion, Evaluation, Evidence, Scorecard, Section, Span, Verdict
from scorecards.queries import EvaluationRecord
from transcription.model import CallMetrics, Kind, Side, Transcript, Utterance
from transcription.queries import CallStory

Say = Callable[..., str]
LONGEST_CALL_S = 24 * 3600
MEASURE_NAMES = {
    "longest_silence_s": N_("longest silence (s)"),
    "longest_hold_s": N_("longest hold (s)"),
    "total_hold_s": N_("holds in all (s)"),
    "holds": N_("number of holds"),
    "interruptions_by_agent": N_("interruptions by the agent"),
    "interruptions_by_customer": N_("interruptions by the customer"),
    "agent_pace_per_min": N_("agent's pace a minute"),
    "customer_pace_per_min": N_("customer's pace a minute"),
    "latency_median_s": N_("median response time (s)"),
    "latency_p95_s": N_("slowest responses (s)"),
}


@dataclass(frozen=True, slots=True)
class DeskState:
    """What is known of the form: the draft, what it comes to, and whether it may still be changed."""

    draft: Mapping[str, Any]
    standing: Evaluation | None
    saved_at: str | None = None
    error: str | None = None
    readonly: bool = False
    submitted: bool = False
    by: str | None = None
    """Who gave the answers, where it was not the reader."""


def state(opened: OpenedReview, draft: dict[str, Any] | None) -> DeskState:
    """Keep what the desk has sent, if it is new, and say what the form comes to."""
    kept = opened.by_person
    if opened.desk is None or not session.may(Action.SCORE_CALL) or (kept is not None and not _again(opened)):
        return submitted_state(kept) if kept else DeskState({}, opened.machine, readonly=True)
    place = f"draft.{opened.desk.call_pk}"
    before: DeskState | None = st.session_state.get(place)
    if draft is not None and (before is None or before.draft.get("edit") != draft.get("edit")):
        standing, error = session.attempt(service.save_draft, session.now(), opened.desk, draft)
        saved_at = session.clock_time(session.now()) if standing else (before.saved_at if before else None)
        before = DeskState(draft, standing or (before.standing if before else None), saved_at, error)
    elif before is None:
        standing, error = session.attempt(service.preview, opened.desk, {"answers": {}, **opened.draft})
        saved_at = session.clock_time(opened.saved_at) if opened.saved_at else None
        before = DeskState(opened.draft, standing, saved_at, error)
    st.session_state[place] = before
    return before


def leave(call_pk: int) -> None:
    """Forget what the page held of a call once it has been submitted."""
    for key in (f"draft.{call_pk}", f"again.{call_pk}"):
        st.session_state.pop(key, None)


def score_again(call_pk: int) -> None:
    """Open a submitted call for another evaluation, which will replace the one before and keep it."""
    st.session_state[f"again.{call_pk}"] = True


def _again(opened: OpenedReview) -> bool:
    started = opened.draft.get("answers")
    return bool(started) or bool(st.session_state.get(f"again.{opened.story.line.id}"))


def desk_data(opened: OpenedReview, known: DeskState, address: str | None, say: Say, language: str) -> dict[str, Any]:
    """The data contract of the review desk (`review_desk.ReviewData`)."""
    story, card, machine = opened.story, opened.card, opened.machine
    heard = story.transcript or Transcript(())
    found = {answer.criterion: answer for answer in machine.answers} if machine else {}
    return {
        "labels": {key: say(text) for key, text in LABELS.items()} | ({"you": known.by} if known.by else {}),
        "language": language,
        "call": str(story.line.id),
        "header": header(story, say),
        "audio": {"url": address, "mime": "audio/webm"} if address else None,
        "duration_s": story.line.duration_s or heard.duration_s or 0.0,
        "start_s": start_second(),
        "channels": _channels(story, say),
        "marks": _marks(heard.metrics),
        "utterances": [_line(utterance, machine, say) for utterance in heard.utterances],
        "sections": [_section(section, found, say, language) for section in card.sections] if card else [],
        "draft": dict(known.draft),
        "status": status(known, card, language) if card else {},
    }


def _carrier(story: CallStory, say: Say) -> str:
    """What the conversation stands on: channels of sound, or written words."""
    if story.transcript is not None and story.transcript.kind is not Kind.PHONE:
        return say("text chat") if story.transcript.kind is Kind.CHAT else say("case record")
    channels = story.line.channels or 0
    return say("{n} channels", n=channels) if channels > 1 else say("one channel, speakers unknown")


def start_second() -> float | None:
    """The second of the call that the address names, as links to evidence do."""
    try:
        second = float(st.query_params.get("at", ""))
    except ValueError:
        return None
    return second if 0 <= second <= LONGEST_CALL_S else None


def header(story: CallStory, say: Say) -> str:
    """Call, language, length, agents, customer, case: one line."""
    line = story.line
    parts = [
        line.call_id,
        spoken_name(line.language),
        clock(line.duration_s),
        f"{say('Agent')} {'、'.join(line.agents)}" if line.agents else "",
        f"{say('Customer')} {line.customer}" if line.customer else "",
        line.queue,
        f"{say('Case')} {line.case_ref}" if line.case_ref else "",
        _carrier(story, say),
    ]
    return " · ".join(part for part in parts if part)


def speaker_label(speaker: str, say: Say) -> str:
    """A speaker as people call them, e.g. Agent 2."""
    names = {Side.AGENT: say("Agent"), Side.CUSTOMER: say("Customer"), Side.IVR: say("Announcement")}
    utterance = Utterance(0, speaker, "")
    return names.get(utterance.side, say("Unknown")) + "".join(sign for sign in speaker if sign.isdigit())


def _channels(story: CallStory, say: Say) -> list[dict[str, Any]]:
    single = len(story.waveforms) == 1
    speakers = ["unknown"] if single else story.channel_map.split(",")

    return [
        {"speaker": speaker, "label": speaker_label(speaker, say), "waveform": list(waveform)}
        for speaker, waveform in zip([*speakers, "unknown", "unknown"], story.waveforms, strict=False)
    ]


def _marks(metrics: CallMetrics | None) -> dict[str, Any]:
    if metrics is None:
        return {"silences": [], "holds": [], "overlaps": []}
    return {
        "silences": [list(span) for span in metrics.silences],
        "holds": [list(span) for span in metrics.holds],
        "overlaps": [[overlap.start_s, overlap.end_s, overlap.begun_by] for overlap in metrics.overlaps],
    }


def _line(utterance: Utterance, machine: Evaluation | None, say: Say) -> dict[str, Any]:
    signals = [
        signal_name(signal.signal)
        for signal in (machine.signals if machine else ())
        if signal.present and any(getattr(item, "utterance", None) == utterance.index for item in signal.evidence)
    ]
    return {
        "index": utterance.index,
        "speaker": utterance.speaker,
        "label": speaker_label(utterance.speaker, say),
        "start_s": utterance.start_s,
        "end_s": utterance.end_s,
        "text": utterance.text,
        "confidence": utterance.confidence,
        "words": [
            {"start_s": word.start_s, "end_s": word.end_s, "text": word.text, "probability": word.probability}
            for word in utterance.words
        ],
        "signals": signals,
    }


def _section(section: Section, found: Mapping[str, Answer], say: Say, language: str) -> dict[str, Any]:
    criteria = [_criterion(criterion, found.get(criterion.id), say, language) for criterion in section.criteria]
    return {"id": section.id, "title": section.title.in_language(language), "criteria": criteria}


def _criterion(criterion: Criterion, answer: Answer | None, say: Say, language: str) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "title": criterion.title.in_language(language),
        "guidance": criterion.guidance.in_language(language),
        "examples": [example.in_language(language) for example in criterion.examples],
        "points": criterion.points,
        "fatal": criterion.fatal.value if criterion.fatal else None,
        "people_only": criterion.check is None,
        "allow_not_applicable": criterion.allow_not_applicable,
        "comment_required_on": [verdict.value for verdict in criterion.comment_required_on],
        "applies_if": _condition(criterion),
        "root_causes": [{"id": one.id, "title": one.title.in_language(language)} for one in criterion.root_causes],
        "root_cause_required_on": [verdict.value for verdict in criterion.root_cause_required_on],
        "machine": _machine(answer, say) if answer is not None and criterion.check is not None else None,
    }


def _condition(criterion: Criterion) -> dict[str, Any] | None:
    found = criterion.applies_if
    return {"criterion": found.criterion, "verdict": [one.value for one in found.verdicts]} if found else None


def _evidence(item: Evidence, say: Say) -> dict[str, Any]:
    shown = evidence_to_dict(item)
    if isinstance(item, Span) and item.measure in MEASURE_NAMES:
        shown["measure"] = say(MEASURE_NAMES[item.measure])
    return shown


def _machine(answer: Answer, say: Say) -> dict[str, Any]:
    return {
        "verdict": answer.verdict.value,
        "confidence": answer.confidence,
        "reason": answer.reason,
        "check": answer.check,
        "evidence": [_evidence(item, say) for item in answer.evidence],
    }


def status(state: DeskState, card: Scorecard, language: str) -> dict[str, Any]:
    standing = state.standing
    titles = {criterion.id: criterion.title for _, criterion in card.criteria}
    answers = standing.answers if standing else ()
    return {
        "saved_at": state.saved_at,
        "saved_edit": state.draft.get("edit"),
        "score_pct": standing.score_pct if standing else None,
        "passed": standing.passed if standing else None,
        "open": sum(answer.verdict is Verdict.ABSTAINED for answer in answers),
        "critical": [titles[name].in_language(language) for name in (standing.critical_failures if standing else ())],
        "section_scores": {section.id: _points(section, answers) for section in card.sections},
        "error": state.error,
        "readonly": state.readonly,
        "submitted": state.submitted,
    }


def _points(section: Section, answers: tuple[Answer, ...]) -> str:
    own = [answer for answer in answers if answer.section == section.id]
    counted = [answer for answer in own if answer.verdict not in (Verdict.ABSTAINED, Verdict.NOT_APPLICABLE)]
    possible = sum(answer.possible for answer in counted)
    return f"{sum(answer.points for answer in counted):.0f}/{possible:.0f}" if possible else ""


def submitted_state(record: EvaluationRecord) -> DeskState:
    """A kept evaluation as the desk shows it: read only, with the answers as they were given."""
    answers = {
        answer.criterion: {
            "verdict": answer.verdict.value,
            "comment": answer.comment,
            "root_cause": answer.root_cause,
            "evidence": [evidence_to_dict(item) for item in answer.evidence],
        }
        for answer in record.evaluation.answers
        if answer.verdict is not Verdict.ABSTAINED
    }
    by = None if record.author_id == session.current().user_id else record.author_name
    return DeskState({"answers": answers}, record.evaluation, None, None, readonly=True, submitted=True, by=by)
