"""What is read about scorecards themselves: versions, drafts with their savings, and calls to try a draft on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from qa_app.core import journal
from qa_app.core.access import Action, Actor, allowed, covers, reach, require
from qa_app.core.errors import NotFound
from qa_app.core.tables import UserRow
from scorecards.backtest import PastCall
from scorecards.card_file import card_from_yaml
from scorecards.checks.call import Call, prepare_call
from scorecards.model import CardState, Scorecard
from scorecards.tables import CardDraftRow, CardEditRow, ScorecardRow
from transcription.archive import StoredCall, stored_calls
from transcription.model import Kind

LAST_CALLS = 500
MOST_CALLS = 2000
LINTED_CALLS = 200


@dataclass(frozen=True, slots=True)
class CardVersion:
    """One published or archived version."""

    id: int
    name: str
    version: int
    language: str
    kind: Kind
    state: CardState
    body: str
    published_at: datetime | None
    published_by: str


@dataclass(frozen=True, slots=True)
class CardDraft:
    """A draft at its newest saving."""

    id: int
    revision: int
    body: str
    saved_at: datetime
    saved_by: str
    base_id: int | None


@dataclass(frozen=True, slots=True)
class Saving:
    """One saving of a draft: who, when, how long the text was."""

    revision: int
    saved_at: datetime
    saved_by: str
    length: int


def versions(session: Session, actor: Actor) -> list[CardVersion]:
    """Every version, by name, the newest of each first."""
    require(actor, Action.DRAFT_SCORECARD)
    query = select(ScorecardRow, UserRow.name).outerjoin(UserRow, UserRow.id == ScorecardRow.published_by)
    rows = session.execute(query.order_by(ScorecardRow.name, ScorecardRow.version.desc()))
    return [
        CardVersion(row.id, row.name, row.version, row.language, Kind(row.kind), row.state, row.body,
                    row.published_at, name or "")
        for row, name in rows
    ]  # fmt: skip


def drafts(session: Session, actor: Actor) -> list[CardDraft]:
    """The open drafts, the last saved first."""
    require(actor, Action.DRAFT_SCORECARD)
    return [_draft(*found) for found in session.execute(_open_drafts())]


def draft(session: Session, actor: Actor, draft_id: int) -> CardDraft:
    """One open draft at its newest saving."""
    require(actor, Action.DRAFT_SCORECARD)
    found = session.execute(_open_drafts().where(CardDraftRow.id == draft_id)).first()
    if found is None:
        raise NotFound("There is no draft {draft}.", draft=draft_id)
    return _draft(*found)


def saved_text(session: Session, actor: Actor, draft_id: int, revision: int) -> str:
    """What was typed at one saving of a draft."""
    require(actor, Action.DRAFT_SCORECARD)
    query = select(CardEditRow.body).where(CardEditRow.draft_id == draft_id, CardEditRow.revision == revision)
    body = session.scalar(query)
    if body is None:
        raise NotFound("There is no saving {revision} of draft {draft}.", revision=revision, draft=draft_id)
    return body


def savings(session: Session, actor: Actor, draft_id: int, most: int = 50) -> list[Saving]:
    """Who saved a draft and when, the newest first."""
    require(actor, Action.DRAFT_SCORECARD)
    query = (
        select(CardEditRow.revision, CardEditRow.saved_at, UserRow.name, func.length(CardEditRow.body))
        .outerjoin(UserRow, UserRow.id == CardEditRow.saved_by)
        .where(CardEditRow.draft_id == draft_id)
        .order_by(CardEditRow.revision.desc())
        .limit(most)
    )
    return [Saving(revision, at, name or "", length) for revision, at, name, length in session.execute(query)]


def published(session: Session, name: str) -> Scorecard | None:
    """The version of a name that is in use; None where there is none."""
    query = select(ScorecardRow.body).where(ScorecardRow.name == name, ScorecardRow.state == CardState.PUBLISHED)
    body = session.scalars(query).first()
    return card_from_yaml(body) if body else None


def in_force(session: Session, card: Scorecard) -> Scorecard | None:
    """What a card would take the place of: the published version of its name, else the one its calls are held to."""
    own = published(session, card.name)
    if own is not None:
        return own
    query = select(ScorecardRow.body).where(
        ScorecardRow.state == CardState.PUBLISHED,
        ScorecardRow.language == card.language,
        ScorecardRow.kind == card.kind.value,
    )
    body = session.scalars(query.order_by(ScorecardRow.published_at.desc(), ScorecardRow.id.desc()).limit(1)).first()
    return card_from_yaml(body) if body else None


def newest_version(session: Session, name: str) -> int | None:
    """The highest version of a name that was ever published."""
    return session.scalar(select(func.max(ScorecardRow.version)).where(ScorecardRow.name == name))


def history(session: Session, actor: Actor, card: Scorecard, most: int = LINTED_CALLS) -> list[Call]:
    """Stored calls of a card's language and kind within reach, ready to be asked by the linter."""
    found = reach(actor, Action.BACKTEST_SCORECARD)
    return [prepare_call(one.transcript) for one in stored_calls(session, found, card.language, card.kind, most)]


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft, what is in force, and the stored calls to try both on: all that `backtest` needs."""

    draft: Scorecard
    in_force: Scorecard | None
    calls: tuple[PastCall, ...]


def begin_trial(session: Session, actor: Actor, now: datetime, body: str, last: int = LAST_CALLS) -> Trial:
    """Read the last stored calls within reach that a draft's text is to be tried on; journalled once.

    The checks run afterwards, outside of any transaction: they take seconds.
    """
    found = reach(actor, Action.BACKTEST_SCORECARD)
    card = card_from_yaml(body)
    most = max(1, min(last, MOST_CALLS))
    calls = tuple(_past(actor, stored_calls(session, found, card.language, card.kind, most)))
    journal.record(
        session, actor, "scorecard.backtest", f"scorecard:{card.name}", now, version=card.version, calls=len(calls)
    )
    return Trial(card, in_force(session, card), calls)


def _past(actor: Actor, calls: Iterator[StoredCall]) -> Iterator[PastCall]:
    """Words are shown only of calls that the actor may open anyway."""
    seen = reach(actor, Action.SEE_CALLS) if allowed(actor, Action.SEE_CALLS) else None
    for one in calls:
        may_open = seen is not None and covers(seen, one.unit_id, one.agent_ids)
        yield PastCall(one.call_pk, one.call_id, one.agents, one.team, one.transcript, may_open)


def _open_drafts() -> Select[CardDraftRow, CardEditRow, str | None]:
    newer = aliased(CardEditRow)
    overtaken = select(newer.id).where(newer.draft_id == CardEditRow.draft_id, newer.revision > CardEditRow.revision)
    return (
        select(CardDraftRow, CardEditRow, UserRow.name)
        .select_from(CardDraftRow)
        .join(CardEditRow, and_(CardEditRow.draft_id == CardDraftRow.id, ~overtaken.exists()))
        .outerjoin(UserRow, UserRow.id == CardEditRow.saved_by)
        .where(CardDraftRow.state == CardState.DRAFT)
        .order_by(CardEditRow.saved_at.desc(), CardDraftRow.id.desc())
    )


def _draft(row: CardDraftRow, edit: CardEditRow, name: str | None) -> CardDraft:
    return CardDraft(row.id, edit.revision, edit.body, edit.saved_at, name or "", row.base_id)
