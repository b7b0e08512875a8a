"""What changes scorecards: drafts saved as they are typed, versions published and archived."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.core import journal
from qa_app.core.access import Action, Actor, require
from qa_app.core.errors import Conflict, Invalid, NotFound
from qa_app.core.tables import UserRow
from scorecards.card_file import LONGEST_FILE, card_from_yaml, shipped_cards, shipped_text
from scorecards.linting import blocks, lint
from scorecards.model import CardState, Scorecard
from scorecards.tables import CardDraftRow, CardEditRow, ScorecardRow

_VERSION = re.compile(r"^version:\s*\d+", re.MULTILINE)


def publish(session: Session, actor: Actor, now: datetime, body: str) -> int:
    """Publish a card as the next version of its name and archive the one before; the same text is kept once."""
    require(actor, Action.PUBLISH_SCORECARD)
    card = card_from_yaml(body)
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    newest = _newest(session, card.name)
    if newest is not None and newest.sha256 == sha256:
        return newest.id
    if newest is not None and card.version <= newest.version:
        raise Conflict(
            "{card} version {version} is published already; give the changed card version {next}.",
            card=card.name, version=newest.version, next=newest.version + 1,
        )  # fmt: skip
    _refuse_faulty(card)
    if newest is not None:
        newest.state = CardState.ARCHIVED
    row = ScorecardRow(
        name=card.name, version=card.version, language=card.language, kind=card.kind.value,
        state=CardState.PUBLISHED, body=body, sha256=sha256, published_at=now, published_by=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(
        session, actor, "scorecard.publish", f"scorecard:{row.id}", now, name=card.name, version=card.version
    )
    return row.id


def publish_shipped(session: Session, actor: Actor, now: datetime) -> None:
    """Publish the cards that ship, each where its name has no version as new; a centre's own newer card stands."""
    for name in shipped_cards():
        body = shipped_text(name)
        newest = session.scalar(select(func.max(ScorecardRow.version)).where(ScorecardRow.name == name))
        if newest is None or newest < card_from_yaml(body).version:
            publish(session, actor, now, body)


def archive(session: Session, actor: Actor, now: datetime, scorecard_id: int) -> None:
    """Take a published card out of use: nothing new is scored on it, and the scores that name it stay."""
    require(actor, Action.PUBLISH_SCORECARD)
    row = session.get(ScorecardRow, scorecard_id)
    if row is None:
        raise NotFound("There is no scorecard {scorecard}.", scorecard=scorecard_id)
    if row.state is not CardState.PUBLISHED:
        raise Conflict("{card} version {version} is not in use.", card=row.name, version=row.version)
    row.state = CardState.ARCHIVED
    journal.record(session, actor, "scorecard.archive", f"scorecard:{row.id}", now, name=row.name, version=row.version)


def start_draft(session: Session, actor: Actor, now: datetime, body: str, base_id: int | None = None) -> int:
    """Begin a draft with a text, such as an uploaded file or a published version; returns its number."""
    require(actor, Action.DRAFT_SCORECARD)
    draft = CardDraftRow(state=CardState.DRAFT, base_id=base_id)
    session.add(draft)
    session.flush()
    _append(session, actor, now, draft, 1, body)
    journal.record(session, actor, "scorecard.draft", f"scorecard_draft:{draft.id}", now, base=base_id)
    return draft.id


def start_from(session: Session, actor: Actor, now: datetime, scorecard_id: int) -> int:
    """Begin a draft of the version after a published one; its text is the published text but for the number."""
    require(actor, Action.DRAFT_SCORECARD)
    row = session.get(ScorecardRow, scorecard_id)
    if row is None:
        raise NotFound("There is no scorecard {scorecard}.", scorecard=scorecard_id)
    newest = _newest(session, row.name) or row
    body = _VERSION.sub(f"version: {newest.version + 1}", row.body, count=1)
    return start_draft(session, actor, now, body, row.id)


def save_draft(session: Session, actor: Actor, now: datetime, draft_id: int, based_on: int, body: str) -> int:
    """Keep what was typed as the next revision, readable or not; a save on an older revision is refused."""
    require(actor, Action.DRAFT_SCORECARD)
    draft = _open(session, draft_id)
    newest = _refuse_overtaken(session, draft_id, based_on)
    if newest.body == body:
        return newest.revision
    _append(session, actor, now, draft, newest.revision + 1, body)
    return newest.revision + 1


def publish_draft(session: Session, actor: Actor, now: datetime, draft_id: int, revision: int) -> int:
    """Publish what stands in a draft's newest revision, which is the one that was looked at; returns the card."""
    require(actor, Action.PUBLISH_SCORECARD)
    draft = _open(session, draft_id)
    newest = _refuse_overtaken(session, draft_id, revision)
    made = publish(session, actor, now, newest.body)
    draft.state, draft.published_id = CardState.PUBLISHED, made
    session.flush()
    return made


def discard_draft(session: Session, actor: Actor, now: datetime, draft_id: int) -> None:
    """Set a draft aside; what was typed in it stays kept."""
    require(actor, Action.DRAFT_SCORECARD)
    draft = _open(session, draft_id)
    draft.state = CardState.ARCHIVED
    journal.record(session, actor, "scorecard.discard", f"scorecard_draft:{draft_id}", now)


def _newest(session: Session, name: str) -> ScorecardRow | None:
    query = select(ScorecardRow).where(ScorecardRow.name == name).order_by(ScorecardRow.version.desc()).limit(1)
    return session.scalars(query).first()


def _refuse_faulty(card: Scorecard) -> None:
    found = blocks(lint(card))
    if found:
        worst = found[0]
        raise Invalid(
            "{place}: {says} ({count} errors in all). Mend them before publishing.",
            place=worst.place, says=worst.says.in_language(card.language), count=len(found),
        )  # fmt: skip


def _open(session: Session, draft_id: int) -> CardDraftRow:
    draft = session.get(CardDraftRow, draft_id)
    if draft is None:
        raise NotFound("There is no draft {draft}.", draft=draft_id)
    if draft.state is not CardState.DRAFT:
        raise Conflict("Draft {draft} is closed: it was published or set aside. Start another one.", draft=draft_id)
    return draft


def _refuse_overtaken(session: Session, draft_id: int, based_on: int) -> CardEditRow:
    """The newest saving; Conflict where somebody has saved since the text was opened."""
    query = select(CardEditRow).where(CardEditRow.draft_id == draft_id).order_by(CardEditRow.revision.desc()).limit(1)
    newest = session.scalars(query).one()
    if newest.revision != based_on:
        saver = session.get(UserRow, newest.saved_by) if newest.saved_by else None
        raise Conflict(
            "{name} has saved this draft since you opened it (now at {revision}). Your text is still here: "
            "copy it, load theirs, and bring the two together.",
            name=saver.name if saver else "?", revision=newest.revision,
        )  # fmt: skip
    return newest


def _append(session: Session, actor: Actor, now: datetime, draft: CardDraftRow, revision: int, body: str) -> None:
    if len(body) > LONGEST_FILE:
        raise Invalid("The scorecard has {length} characters; at most {most} are kept.", length=len(body),
                      most=LONGEST_FILE)  # fmt: skip
    if "\0" in body:
        raise Invalid("The text holds a NUL character, which cannot be kept. Take it out.")
    session.add(CardEditRow(draft_id=draft.id, revision=revision, body=body, saved_by=actor.user_id, saved_at=now))
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "Somebody saved this draft at the same moment. Your text is still here: save it again."
        ) from error
