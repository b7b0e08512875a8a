"""What people change at the desk: drafts, submitted evaluations, calls set aside, re-checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, reach
from qa_app.core.errors import Forbidden, Invalid, NotFound
from scorecards import blind_audits, contesting, queries, work
from scorecards.conditions import unneeded
from scorecards.evaluations import Desk, keep
from scorecards.evidence import check_evidence
from scorecards.files import evidence_from_dict, evidence_schema
from scorecards.model import Answer, Author, Criterion, Evaluation, Evidence, Purpose, Scorecard, Verdict
from scorecards.scoring import score_answers
from scorecards.tables import (
    AnswerRow,
    DraftRow,
    EvaluationRow,
    RecheckRow,
    UnfitRow,
)
from transcription.files import refuse_misfit, shown
from transcription.model import Transcript
from transcription.queries import may_reach_call
from transcription.queries import transcript as read_transcript

LONGEST_COMMENT = 2000
LONGEST_DRAFT = 200_000
LONGEST_REVIEW_S = 7 * 24 * 3600


def save_draft(session: Session, actor: Actor, now: datetime, desk: Desk, body: dict[str, Any]) -> Evaluation:
    """Keep what an inspector has answered so far and return what it comes to."""
    card, transcript = _desk(session, actor, desk)
    if len(json.dumps(body)) > LONGEST_DRAFT:
        raise Invalid("The draft is too long to be kept; shorten the comments.")
    answers = _answers(card, transcript, body)
    row = session.get(DraftRow, (desk.call_pk, actor.user_id))
    if row is None:
        row = DraftRow(call_pk=desk.call_pk, author_id=actor.user_id)
        session.add(row)
    row.transcript_id, row.scorecard_id, row.body, row.saved_at = desk.transcript_id, desk.scorecard_id, body, now
    return score_answers(card, answers)


def preview(session: Session, actor: Actor, desk: Desk, body: dict[str, Any]) -> Evaluation:
    """What a draft comes to, without keeping it."""
    card, transcript = _desk(session, actor, desk)
    return score_answers(card, _answers(card, transcript, body))


def submit(session: Session, actor: Actor, now: datetime, desk: Desk, body: dict[str, Any]) -> int:
    """Turn complete answers into an evaluation that stays; a later one by anybody replaces it and keeps it."""
    card, transcript = _desk(session, actor, desk)
    answers = _answers(card, transcript, body)
    _refuse_incomplete(card, answers)
    purpose = work.purpose_for(session, actor, now, desk.call_pk)
    before = queries.newest_by_person(session, desk.call_pk) if purpose is Purpose.SCORE else None
    evaluation = score_answers(card, answers)
    made = keep(
        session, now, desk, evaluation, author=Author.PERSON, author_id=actor.user_id, replaces_id=before,
        seconds_spent=_seconds(body.get("active_s")), purpose=purpose.value,
    )  # fmt: skip
    if purpose is Purpose.AUDIT:
        fatal = frozenset(one.id for _, one in card.criteria if one.fatal)
        blind_audits.settle(session, actor, desk.call_pk, made, fatal)
    else:
        work.settle(session, now, desk.call_pk, made, purpose)
    if purpose is Purpose.SCORE:
        contesting.tell(session, now, made)
    draft = session.get(DraftRow, (desk.call_pk, actor.user_id))
    if draft is not None:
        session.delete(draft)
    journal.record(
        session, actor, "evaluation.submit", f"call:{desk.call_pk}", now,
        evaluation=made, score_pct=evaluation.score_pct, passed=evaluation.passed, replaces=before,
    )  # fmt: skip
    return made


def _seconds(told: object) -> float | None:
    """The seconds a browser says were spent, or None where that cannot be."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told) if 0 <= told <= LONGEST_REVIEW_S else None


def flag_unfit(session: Session, actor: Actor, now: datetime, call_pk: int, reason: str) -> None:
    """Set a call aside as not fit for scoring (不适检), with the reason."""
    _require_call(session, actor, Action.SCORE_CALL, call_pk)
    reason = reason.strip()
    if not reason:
        raise Invalid("Say why the call is not fit for scoring (dialect, line, cut ...).")
    row = session.get(UnfitRow, call_pk) or UnfitRow(call_pk=call_pk)
    row.reason, row.by_id, row.at = reason[:LONGEST_COMMENT], actor.user_id or 0, now
    session.add(row)
    work.settle(session, now, call_pk, None, Purpose.SCORE)
    journal.record(session, actor, "call.unfit", f"call:{call_pk}", now, reason=row.reason)


def recheck_fatal(
    session: Session, actor: Actor, now: datetime, evaluation_id: int, criterion: str, reason: str, *, confirmed: bool
) -> None:
    """A second person confirms or rejects an alleged fatal error (复检); never the one who alleged it."""
    evaluation = session.get(EvaluationRow, evaluation_id)
    if evaluation is None:
        raise NotFound("There is no evaluation {evaluation}.", evaluation=evaluation_id)
    _require_call(session, actor, Action.RECHECK_FATAL, evaluation.call_pk)
    if evaluation.author_id == actor.user_id:
        raise Forbidden("A fatal error is re-checked by somebody other than who found it.")
    answer = session.scalars(
        select(AnswerRow).where(AnswerRow.evaluation_id == evaluation_id, AnswerRow.criterion == criterion)
    ).first()
    form = queries.card(session, evaluation.scorecard_id)
    fatal = {each.id for _, each in form.criteria if each.fatal}
    if answer is None or answer.verdict is not Verdict.NOT_MET or criterion not in fatal:
        raise Invalid("{criterion} was not found as a fatal error in this evaluation.", criterion=criterion)
    if not reason.strip():
        raise Invalid("Give the reason of the re-check.")
    session.add(RecheckRow(
        evaluation_id=evaluation_id, criterion=criterion, confirmed=confirmed, reason=reason.strip()[:LONGEST_COMMENT],
        by_id=actor.user_id or 0, at=now,
    ))  # fmt: skip
    session.flush()
    journal.record(
        session,
        actor,
        "evaluation.recheck",
        f"evaluation:{evaluation_id}",
        now,
        criterion=criterion,
        confirmed=confirmed,
    )


def _desk(session: Session, actor: Actor, desk: Desk) -> tuple[Scorecard, Transcript]:
    """The card and transcript of a desk, once it is sure that they belong together and the actor may score them."""
    _require_call(session, actor, Action.SCORE_CALL, desk.call_pk)
    call_pk, transcript = read_transcript(session, desk.transcript_id)
    if call_pk != desk.call_pk:
        raise Invalid("Transcript {transcript} belongs to another call.", transcript=desk.transcript_id)
    return queries.card(session, desk.scorecard_id), transcript


def _require_call(session: Session, actor: Actor, action: Action, call_pk: int) -> None:
    if not may_reach_call(session, reach(actor, action), call_pk):
        raise NotFound("There is no call {call} that you may see.", call=call_pk)


def _answers(card: Scorecard, transcript: Transcript, body: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers that a draft holds, each checked; nothing in it is trusted."""
    given = body.get("answers") if isinstance(body, Mapping) else None
    if not isinstance(given, dict):
        raise Invalid("The draft holds no answers.")
    known = {criterion.id: (section.id, criterion) for section, criterion in card.criteria}
    answers: dict[str, Answer] = {}
    for name, said in given.items():
        if name not in known:
            raise Invalid("{criterion}: the scorecard {card} has no such criterion.", criterion=name, card=card.name)
        if isinstance(said, dict) and said.get("verdict"):
            answers[name] = _answer(*known[name], said, transcript)
    return answers


def _answer(section: str, criterion: Criterion, said: Mapping[str, Any], transcript: Transcript) -> Answer:
    try:
        verdict = Verdict(said["verdict"])
    except ValueError:
        raise Invalid("{criterion}: the answer cannot be read.", criterion=criterion.id) from None
    if verdict is Verdict.ABSTAINED:
        raise Invalid(
            "{criterion}: a person answers met, partly met, not met or not applicable.", criterion=criterion.id
        )
    answer = Answer(
        criterion=criterion.id, section=section, verdict=verdict, check="person",
        evidence=_evidence(criterion.id, said.get("evidence")), comment=_comment(criterion.id, said.get("comment")),
        root_cause=_root_cause(criterion, said.get("root_cause")),
    )  # fmt: skip
    check_evidence(answer, transcript, required=False)
    return answer


def _root_cause(criterion: Criterion, given: object) -> str:
    """One of the criterion's own root causes, or none."""
    offered = [cause.id for cause in criterion.root_causes]
    if given and given not in offered:
        raise Invalid("{criterion}: there is no root cause “{cause}”. Choose one of: {known}.", criterion=criterion.id,
                      cause=shown(given), known=", ".join(offered))  # fmt: skip
    return str(given or "")


def _evidence(criterion: str, given: Any) -> tuple[Evidence, ...]:  # noqa: ANN401 - any JSON
    """The evidence a browser sends, once it fits the score file's schema; seconds that are null are left out."""
    items: list[Any] = [_without_unknown_seconds(item) for item in given] if isinstance(given, list) else given
    refuse_misfit([] if items is None else items, evidence_schema(), criterion)
    return tuple(evidence_from_dict(item) for item in items or ())


def _without_unknown_seconds(item: object) -> object:
    if not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if value is not None or key not in ("start_s", "end_s")}


def _comment(criterion: str, given: object) -> str:
    """A comment as it is kept: not a sign is cut off, only NUL is left out, which PostgreSQL cannot store."""
    comment = str(given or "").replace("\0", "")
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(
            "{criterion}: the comment has {length} characters; at most {most} are kept.",
            criterion=criterion, length=len(comment), most=LONGEST_COMMENT,
        )  # fmt: skip
    return comment


def _refuse_incomplete(card: Scorecard, answers: Mapping[str, Answer]) -> None:
    criteria = [criterion for _, criterion in card.criteria]
    needless = unneeded(criteria, answers)
    asked = [criterion for criterion in criteria if criterion.id not in needless]
    missing = [one.title.in_language(card.language) for one in asked if one.id not in answers]
    if missing:
        raise Invalid("{count} criteria are still open: {names}.", count=len(missing), names="、".join(missing))
    silent = [
        one.title.in_language(card.language)
        for one in asked
        if answers[one.id].verdict in one.comment_required_on and not answers[one.id].comment.strip()
    ]
    if silent:
        raise Invalid("A comment is needed on: {names}.", names="、".join(silent))
    causeless = [
        one.title.in_language(card.language)
        for one in asked
        if answers[one.id].verdict in one.root_cause_required_on and not answers[one.id].root_cause
    ]
    if causeless:
        raise Invalid("A root cause is needed on: {names}.", names="、".join(causeless))
