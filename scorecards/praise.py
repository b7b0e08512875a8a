"""Good words to agents, perhaps about a second of one of their calls (表扬)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_app.core import journal, people
from qa_app.core.access import Action, Actor, reach
from qa_app.core.errors import Invalid, NotFound
from scorecards.performance_tables import PraiseRow
from transcription.queries import agents_of_calls, may_reach_call

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Praise:
    """A good word as it is shown to the agent."""

    agent_id: int
    by_id: int | None
    at: datetime
    words: str
    call_pk: int | None
    at_s: float | None


def praise_call(session: Session, actor: Actor, now: datetime, call_pk: int, words: str, at_s: float | None) -> None:
    """Praise the agents of a call that the actor may see, with what was good and perhaps at which second."""
    found = reach(actor, Action.PRAISE)
    if not may_reach_call(session, found, call_pk):
        raise NotFound("There is no call {call} that you may see.", call=call_pk)
    said = words.strip()
    if not said or len(said) > LONGEST:
        raise Invalid("Say what was good, in at most {most} characters.", most=LONGEST)
    agents = agents_of_calls(session, (call_pk,))
    if not agents:
        raise Invalid("Nobody is known to have taken call {call}; name the agent in its metadata.", call=call_pk)
    for agent in sorted(agents):
        unit = people.unit_of(session, agent)
        session.add(PraiseRow(agent_id=agent, unit_id=unit, call_pk=call_pk, at_s=at_s, words=said,
                              by_id=actor.user_id, at=now))  # fmt: skip
    session.flush()
    journal.record(session, actor, "praise.give", f"call:{call_pk}", now)


def praises(session: Session, actor: Actor, limit: int = 20) -> list[Praise]:
    """The newest good words to the actor and to agents of units whose performance the actor may see."""
    found = reach(actor, Action.SEE_PERFORMANCE)
    query = select(PraiseRow).order_by(PraiseRow.at.desc(), PraiseRow.id.desc()).limit(limit)
    if not found.everything:
        query = query.where(or_(PraiseRow.unit_id.in_(found.units), PraiseRow.agent_id == (found.own_user_id or 0)))
    return [Praise(row.agent_id, row.by_id, row.at, row.words, row.call_pk, row.at_s) for row in session.scalars(query)]
