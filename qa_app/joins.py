"""Plain functions that need several slices together, for pages, web and worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, allowed
from qa_app.core.clock import utc_now
from scorecards import queries as scoring
from scorecards import regimes, work
from scorecards.evaluations import Desk
from scorecards.machine import rescore
from scorecards.model import Absence, Author, Evaluation, Evidence, Quote, Scorecard, Verdict, Wording
from scorecards.queries import EvaluationRecord
from scorecards.regime import Blind
from surveys import queries as complaints
from surveys import service as casework
from transcription import finding
from transcription import queries as calls
from transcription.queries import CallFilter, CallLine, CallStory

TO_REVIEW, REVIEWED = "to_review", "reviewed"


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with its newest scores, for the Calls page."""

    line: CallLine
    machine_pct: float | None
    person_pct: float | None
    reviewed: bool
    drafted: bool
    unfit: str | None
    signals: tuple[str, ...]


def review_filter(wanted: CallFilter, review: str) -> CallFilter:
    """The filter narrowed to calls that wait for a review, or have had one."""
    if review == TO_REVIEW:
        return replace(wanted, state="transcribed", without=scoring.settled_calls())
    if review == REVIEWED:
        return replace(wanted, only=scoring.reviewed_calls())
    return wanted


def calls_with_scores(
    session: Session, actor: Actor, wanted: CallFilter, review: str = ""
) -> tuple[list[CallRow], int]:
    """One page of calls with their scores, and how many there are in all; scores that bias a scorer are left out."""
    page = calls.calls_page(session, actor, review_filter(wanted, review))
    shown = [line.id for line in page.lines]
    scored = scoring.scores(session, actor, shown)
    now = utc_now()
    hidden = work.hidden(session, actor, now, shown, regimes.regime(session, now))
    return [
        _row(line, _unhidden(scored[line.id], hidden.get(line.id, work.NOTHING))) for line in page.lines
    ], page.total


def _unhidden(score: scoring.CallScore, hidden: Blind) -> scoring.CallScore:
    if hidden.machine:
        score = replace(score, machine_pct=None, machine_passed=None, signals=())
    return replace(score, person_pct=None, person_passed=None) if hidden.inspectors else score


def _row(line: CallLine, score: scoring.CallScore) -> CallRow:
    return CallRow(line, score.machine_pct, score.person_pct, score.reviewed, score.drafted, score.unfit, score.signals)


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """A call as the Review page needs it; `desk` None while there is nothing to score yet."""

    story: CallStory
    desk: Desk | None
    card: Scorecard | None
    machine: Evaluation | None
    records: tuple[EvaluationRecord, ...]
    draft: dict[str, Any]
    saved_at: datetime | None
    unfit: str | None

    @property
    def by_person(self) -> EvaluationRecord | None:
        return next((record for record in self.records if record.counts), None)


def open_review(session: Session, actor: Actor, call_pk: int) -> OpenedReview:
    """One call with its newest transcript, the card it is held against, every evaluation and the actor's draft.

    A draft begun on an earlier transcript keeps verdicts and comments; its quotes are left out, since the words moved.
    """
    story = calls.call_story(session, actor, call_pk)
    now = utc_now()
    found = work.hidden(session, actor, now, [call_pk], regimes.regime(session, now))
    hidden = found.get(call_pk, work.NOTHING)
    records = tuple(
        one for one in scoring.evaluations(session, actor, call_pk)
        if not (hidden.machine if one.author is Author.MACHINE else hidden.inspectors)
    )  # fmt: skip
    unfit = scoring.scores(session, actor, [call_pk])[call_pk].unfit
    heard = story.transcript
    chosen = scoring.card_for(session, heard.language, heard.kind) if heard else None
    if chosen is None or story.transcript_id is None:
        return OpenedReview(story, None, None, None, records, {}, None, unfit)
    desk = Desk(call_pk, story.transcript_id, chosen[0])
    fitting = [r for r in records if r.author is Author.MACHINE and r.transcript_id == desk.transcript_id]
    machine = next((r.evaluation for r in fitting if r.scorecard_id == desk.scorecard_id), None)
    draft = scoring.draft(session, actor, call_pk)
    body = _fitting_draft(draft, desk, chosen[1]) if draft else {}
    return OpenedReview(story, desk, chosen[1], machine, records, body, draft.saved_at if draft else None, unfit)


def _fitting_draft(draft: scoring.Draft, desk: Desk, card: Scorecard) -> dict[str, Any]:
    known = {criterion.id for _, criterion in card.criteria}
    moved = draft.transcript_id != desk.transcript_id
    answers = {
        name: {**answer, "evidence": []} if moved else answer
        for name, answer in draft.body.get("answers", {}).items()
        if name in known
    }
    return {**draft.body, "answers": answers}


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What an inspector has done since midnight, and the calls begun and not submitted (id, call_id)."""

    submitted: int
    median_s: float | None
    drafts: tuple[tuple[int, str], ...]


def own_day(session: Session, actor: Actor, midnight: datetime) -> OwnDay:
    """The actor's own day since midnight."""
    submitted, median_s = scoring.submitted_since(session, actor, midnight)
    names = calls.call_ids(session, actor, [call_pk for call_pk, _ in scoring.own_drafts(session, actor)])
    return OwnDay(submitted, median_s, tuple(names.items()))


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer of an agent's own evaluation as it stands after disputes."""

    criterion: str
    title: str
    verdict: Verdict
    comment: str


@dataclass(frozen=True, slots=True)
class OwnEvaluation:
    """An evaluation of an agent's own call, as its agent reads it."""

    id: int
    call_pk: int
    call_id: str
    at: datetime
    by_person: bool
    score_pct: float | None
    answers: tuple[OwnAnswer, ...]


def own_evaluations(session: Session, actor: Actor, most: int) -> list[OwnEvaluation]:
    """The newest calls of an agent, each with the evaluation that counts: a person's, else the machine's."""
    page = calls.calls_page(session, actor, CallFilter())
    found = []
    for line in page.lines[:most]:
        records = scoring.evaluations(session, actor, line.id)
        chosen = next((one for one in records if one.counts), records[0] if records else None)
        if chosen is not None:
            titles = {one.id: one.title for _, one in scoring.card(session, chosen.scorecard_id).criteria}
            answers = tuple(
                OwnAnswer(one.criterion, titles[one.criterion].in_language(actor.language), one.verdict, one.comment)
                for one in chosen.evaluation.answers
                if one.criterion in titles
            )
            found.append(OwnEvaluation(chosen.id, line.id, line.call_id, chosen.created_at, chosen.counts,
                                       chosen.evaluation.score_pct, answers))  # fmt: skip
    return found


def rescore_calls(session: Session, actor: Actor, now: datetime, scorecard_id: int) -> int:
    """Make scoring due for the newest transcript of every call in a card's language; returns how many."""
    language = scoring.card(session, scorecard_id).language
    heard = [transcript_id for _, transcript_id, spoken in calls.transcripts_of_calls(session) if spoken == language]
    return rescore(session, actor, now, heard)


@dataclass(frozen=True, slots=True)
class Moment:
    """A second of a call worth hearing: a failed criterion or a signal, with the words or the measure it rests on."""

    title: Wording
    at_s: float
    words: str


@dataclass(frozen=True, slots=True)
class CaseCall:
    """A call in its case's story: how it was scored (by a person, else by the machine), what failed, what to hear."""

    line: CallLine
    playable: bool
    score_pct: float | None
    by_person: bool
    failed: tuple[Wording, ...]
    moments: tuple[Moment, ...]
    verdicts: tuple[tuple[str, Wording, Verdict], ...] = ()


def calls_of_case(session: Session, actor: Actor, case_id: int) -> tuple[CaseCall, ...]:
    """The calls of a case that the actor may hear, each with its newest evaluation where that may be seen."""
    number, linked = complaints.call_links(session, actor, case_id)
    if not allowed(actor, Action.LISTEN):
        return ()
    found = {
        line.id: (line, playable) for line, playable in calls.calls_of_case(session, actor, linked, number).items()
    }
    return tuple(_case_call(session, actor, line, playable=playable) for line, playable in found.values())


def link_call(session: Session, actor: Actor, now: datetime, case_id: int, call_id: str) -> None:
    """Link the call of that number to a case that the actor handles."""
    complaints.case_in_reach(session, actor, Action.HANDLE_CASE, case_id)
    casework.link_call(session, actor, now, case_id, finding.call_named(session, call_id))


def cases_of_call(session: Session, actor: Actor, line: CallLine) -> tuple[tuple[int, str], ...]:
    """The cases (id, number) to which a call belongs, as far as the actor may see them."""
    return complaints.cases_of_call(session, actor, line.id, line.case_ref) if allowed(actor, Action.SEE_CASES) else ()


def _case_call(session: Session, actor: Actor, line: CallLine, *, playable: bool) -> CaseCall:
    seen = allowed(actor, Action.SEE_EVALUATIONS)
    records = scoring.evaluations(session, actor, line.id) if seen else []
    chosen = next((one for one in records if one.counts), records[0] if records else None)
    if chosen is None:
        return CaseCall(line, playable, None, by_person=False, failed=(), moments=())
    card, found = scoring.card(session, chosen.scorecard_id), chosen.evaluation
    titles = {criterion.id: criterion.title for _, criterion in card.criteria}
    titles |= {rule.id: rule.title for rule in card.signals}
    bad = [answer for answer in found.answers if answer.verdict is Verdict.NOT_MET and answer.criterion in titles]
    moments = [(titles[one.criterion], evidence) for one in bad for evidence in one.evidence]
    moments += [(titles[one.signal], evidence) for one in found.signals if one.present and one.signal in titles
                for evidence in one.evidence]  # fmt: skip
    heard = [moment for title, evidence in moments if (moment := _moment(title, evidence))]
    return CaseCall(
        line, playable, found.score_pct, chosen.author is Author.PERSON,
        tuple(titles[answer.criterion] for answer in bad), tuple(sorted(heard, key=lambda one: one.at_s)),
        tuple((one.criterion, titles[one.criterion], one.verdict) for one in found.answers if one.criterion in titles),
    )  # fmt: skip


def _moment(title: Wording, evidence: Evidence) -> Moment | None:
    """The second to hear; None where the evidence is an absence or the transcript has no times."""
    if isinstance(evidence, Absence) or evidence.start_s is None:
        return None
    return Moment(title, evidence.start_s, evidence.quote if isinstance(evidence, Quote) else "")
