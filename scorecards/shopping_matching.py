"""The recording of a visit: found by number and time, confirmed by a person, compared with what QA said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import SYSTEM, Action, Actor, reach
from qa_app.core.contacts import Vault
from qa_app.core.errors import Conflict, NotFound
from scorecards import queries, shopping_reads
from scorecards.shopping import ItemKind, Reply, VisitState, VisitStep
from scorecards.shopping_figures import (
    BESIDE,
    Candidate,
    Compared,
    Consistency,
    Sides,
    Visited,
    candidates,
    compare,
    consistency,
    sides,
)
from scorecards.shopping_reads import Visit, desk_row, matched
from scorecards.shopping_tables import VisitCallRow
from scorecards.shopping_visits import agent_heard
from transcription.finding import calls_between
from transcription.queries import agents_of_calls, may_reach_call

SUBMITTED = (VisitState.SUBMITTED, VisitState.RETURNED, VisitState.VALIDATED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A visit beside the newest evaluation of its recording by a person; its score and whether the sides agree.

    `titles` are the card's criteria by id, in the language of who asks.
    """

    call_pk: int
    evaluation_id: int
    score_pct: float | None
    compared: tuple[Compared, ...]
    sides: Sides
    titles: dict[str, str]


def call_candidates(session: Session, actor: Actor, vault: Vault, visit_id: int) -> tuple[Candidate, ...]:
    """The calls in reach that may be the visit's, by the number called from and the time; the nearest first."""
    found = shopping_reads.visit(session, actor, vault, visit_id)
    if found.form is None or found.form.at is None or not found.form.number:
        return ()
    near = calls_between(session, found.form.at - BESIDE, found.form.at + BESIDE)
    reached = reach(actor, Action.MANAGE_SHOPPING)
    return tuple(one for one in candidates(found.form.number, found.form.at, near)
                 if may_reach_call(session, reached, one.call_pk))  # fmt: skip


def match(session: Session, actor: Actor, now: datetime, vault: Vault, visit_id: int, call_pk: int) -> None:
    """Confirm that a call is the recording of a visit: one that fits by number and time and has no other visit."""
    desk_row(session, actor, visit_id)
    if call_pk not in {one.call_pk for one in call_candidates(session, actor, vault, visit_id)}:
        raise NotFound("Call {call} does not fit this visit by number and time.", call=call_pk)
    others = select(VisitCallRow.visit_id).where(VisitCallRow.call_pk == call_pk, VisitCallRow.visit_id != visit_id)
    if call_pk in matched(session, session.scalars(others).all()).values():
        raise Conflict("Call {call} is the recording of another visit. Take it off there first.", call=call_pk)
    session.add(VisitCallRow(visit_id=visit_id, call_pk=call_pk, by_id=actor.user_id, at=now))
    session.flush()
    journal.record(session, actor, "visit.match", f"visit:{visit_id}", now, call=call_pk)


def unmatch(session: Session, actor: Actor, now: datetime, visit_id: int) -> None:
    """Take a recording off a visit again."""
    desk_row(session, actor, visit_id)
    if not matched(session, [visit_id]):
        raise Conflict("This visit has no recording.")
    session.add(VisitCallRow(visit_id=visit_id, call_pk=None, by_id=actor.user_id, at=now))
    session.flush()
    journal.record(session, actor, "visit.unmatch", f"visit:{visit_id}", now)


def comparison(session: Session, actor: Actor, visit_id: int) -> Comparison | None:
    """The visit beside what a person said of its recording; None without a recording or before it was scored."""
    return _comparison(session, shopping_reads.visit(session, actor, None, visit_id), actor.language)


def likely_agent(session: Session, actor: Actor, visit_id: int) -> int | None:
    """The agent of the visit's recording, else the one whose number or name the shopper heard; None where unsure."""
    found = shopping_reads.visit(session, actor, None, visit_id)
    if found.call_pk is not None:
        spoke = agents_of_calls(session, (found.call_pk,)) & set(shopping_reads.agents(session, actor))
        return next(iter(spoke)) if len(spoke) == 1 else None
    return agent_heard(session, actor, found.form.heard) if found.form else None


def shopper_figures(session: Session, actor: Actor) -> tuple[dict[int, Consistency], Sides]:
    """Each shopper's consistency over the units' visits, and how far all of them agree with QA."""
    found = [one for one in shopping_reads.visits(session, actor) if one.state in SUBMITTED and one.form]
    made = [_visited(session, one, actor.language) for one in found]
    return consistency(made), sides(pair for one in made for pair in one.compared)


def _comparison(session: Session, one: Visit, language: str) -> Comparison | None:
    if one.call_pk is None or one.form is None:
        return None
    record = next((each for each in queries.evaluations(session, SYSTEM, one.call_pk) if each.counts), None)
    if record is None:
        return None
    answers = {each.criterion: each.verdict for each in record.evaluation.answers}
    found = compare(one.scenario, one.form, answers)
    criteria = queries.card(session, record.scorecard_id).criteria
    titles = {criterion.id: criterion.title.in_language(language) for _section, criterion in criteria}
    return Comparison(one.call_pk, record.id, record.evaluation.score_pct, found, sides(found), titles)


def _visited(session: Session, one: Visit, language: str) -> Visited:
    assert one.form is not None  # noqa: S101 - only submitted visits are given
    back = {name for step in one.steps if step.kind is VisitStep.RETURNED for name in step.body if name}
    replies = [one.form.replies.get(item.id, Reply()) for item in one.scenario.items if item.kind is ItemKind.RATING]
    ratings = tuple(each.value for each in replies if each.value is not None)
    found = _comparison(session, one, language)
    return Visited(one.shopper_id, one.scenario_id, len(one.scenario.items), len(back), ratings, one.points,
                   found.compared if found else ())  # fmt: skip
