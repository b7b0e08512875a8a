"""Scenarios in the database: taken into use as whole texts, version by version, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.errors import Conflict, NotFound
from scorecards.scenario_file import scenario_from_yaml
from scorecards.shopping import Scenario
from scorecards.shopping_tables import ScenarioRow


@dataclass(frozen=True, slots=True)
class KeptScenario:
    """A version of a scenario with its text, and whether visits may still be assigned on it."""

    id: int
    version: int
    scenario: Scenario
    text: str
    in_use: bool


@lru_cache(maxsize=256)
def _parsed(body: str) -> Scenario:
    return scenario_from_yaml(body)


def scenario_of(session: Session, scenario_id: int) -> Scenario:
    """One version of a scenario; internal: whoever calls it has checked what it is read for."""
    row = session.get(ScenarioRow, scenario_id)
    if row is None:
        raise NotFound("There is no scenario {scenario}.", scenario=scenario_id)
    return _parsed(row.body)


def take_into_use(session: Session, actor: Actor, now: datetime, text: str) -> int:
    """Keep a scenario's text as the next version of its name; the version before takes no new visits any more."""
    require(actor, Action.MANAGE_SHOPPING)
    found = scenario_from_yaml(text)
    earlier = select(ScenarioRow).where(ScenarioRow.name == found.name).with_for_update()
    versions = session.scalars(earlier.order_by(ScenarioRow.version)).all()
    if versions and versions[-1].body == text and versions[-1].ended_at is None:
        raise Conflict("{name} is in use with this very text. Change something first.", name=found.name)
    for row in versions:
        row.ended_at = row.ended_at or now
    made = ScenarioRow(name=found.name, version=len(versions) + 1, body=text, by_id=actor.user_id, at=now)
    session.add(made)
    session.flush()
    journal.record(session, actor, "scenario.use", f"scenario:{made.id}", now, name=found.name, version=made.version)
    return made.id


def end(session: Session, actor: Actor, now: datetime, scenario_id: int) -> None:
    """Take no new visits on a scenario; those assigned go on."""
    require(actor, Action.MANAGE_SHOPPING)
    row = session.get(ScenarioRow, scenario_id)
    if row is None or row.ended_at is not None:
        raise NotFound("There is no scenario {scenario} in use.", scenario=scenario_id)
    row.ended_at = now
    journal.record(session, actor, "scenario.end", f"scenario:{row.id}", now, name=row.name, version=row.version)


def scenarios(session: Session, actor: Actor) -> list[KeptScenario]:
    """The newest version of every scenario, by name."""
    require(actor, Action.MANAGE_SHOPPING)
    newest = select(func.max(ScenarioRow.id)).group_by(ScenarioRow.name)
    rows = session.scalars(select(ScenarioRow).where(ScenarioRow.id.in_(newest)).order_by(ScenarioRow.name))
    return [KeptScenario(row.id, row.version, _parsed(row.body), row.body, row.ended_at is None) for row in rows]
