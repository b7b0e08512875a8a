"""From a call to the customer who was told something wrong: the case of the call names them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.core.access import SYSTEM, Action, Actor, reach
from qa_app.core.errors import Conflict, NotFound
from scorecards import regimes, work
from surveys import correcting
from surveys import queries as complaints
from surveys.correcting import Correction, Wrong
from surveys.office import Office
from transcription import queries as calls
from transcription.queries import may_reach_call


def open_correction(session: Session, actor: Actor, now: datetime, office: Office, wrong: Wrong) -> int:
    """Open a correcting callback for a call that the actor may see; refused where no case says whom to call."""
    _require_call(session, actor, wrong.call_pk)
    case_ref = calls.call_story(session, actor, wrong.call_pk).line.case_ref
    cases = complaints.cases_of_call(session, SYSTEM, wrong.call_pk, case_ref)
    if not cases:
        raise Conflict("No case says whose call this is. Register the case, link the call to it, and open this again.")
    return correcting.open_correction(session, actor, now, office, cases[-1][0], wrong)


def of_call(session: Session, actor: Actor, now: datetime, call_pk: int) -> list[Correction]:
    """The corrections of a call that the actor may see; none to who scores it blind: they are findings of others."""
    _require_call(session, actor, call_pk)
    hidden = work.hidden(session, actor, now, [call_pk], regimes.regime(session, now)).get(call_pk)
    if hidden is not None and hidden.inspectors:
        return []
    return correcting.corrections(session, actor, call_pk)


def _require_call(session: Session, actor: Actor, call_pk: int) -> None:
    if not may_reach_call(session, reach(actor, Action.CORRECT), call_pk):
        raise NotFound("There is no call {call} that you may see.", call=call_pk)
