"""Recordings over the interface: hand one in with its facts, ask where it stands."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path, PurePath
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi import Path as InPath
from pydantic import BaseModel, StringConstraints

from qa_app import intake
from qa_app.core.access import Action, require
from qa_app.core.db import reading
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.tokens import Bearer, Scope
from qa_app.runtime import Runtime
from qa_app.web.api import schemas
from qa_app.web.api.keys import allowed, live
from qa_app.web.api.problems import possible
from transcription import queries
from transcription.manifest import COLUMNS, CallFacts, facts_of
from transcription.queries import CallFilter

routes = APIRouter(prefix="/api/v1", tags=["recordings"])
Reader = Annotated[Bearer, Depends(allowed(Scope.RECORDINGS_READ))]
Writer = Annotated[Bearer, Depends(allowed(Scope.RECORDINGS_WRITE))]
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
REFUSED = possible(401, 403, 422)
SUFFIX = 8


class RecordingIn(BaseModel):
    """A recording with what a manifest would say of it; all but the file may be empty."""

    file: UploadFile
    call_id: Text = ""
    agent: Text = ""
    customer_ref: Text = ""
    started_at: Text = ""
    direction: Text = ""
    queue: Text = ""
    case_id: Text = ""
    channels: Text = ""
    rating: Text = ""
    hangup_by: Text = ""
    transfer_from: Text = ""


@routes.post("/recordings", responses={**REFUSED, **possible(400, 413)})
def hand_in(request: Request, who: Writer, given: Annotated[RecordingIn, Form()]) -> schemas.RecordingTaken:
    """Take one recording in as the folder's import does; the same bytes again are one recording."""
    running = live(request)
    require(who.actor, Action.IMPORT_RECORDINGS)
    name = PurePath(given.file.filename or "").name.replace("\x00", "")[-200:]
    if not name:
        raise Invalid("Send the file with its name.")
    cells = {column: str(getattr(given, column, "")) for column in COLUMNS if column != "file"}
    facts = facts_of(name, cells, ZoneInfo(running.settings.timezone))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"recording{PurePath(name).suffix[:SUFFIX]}"
        with place.open("wb") as out:
            shutil.copyfileobj(given.file.file, out)
        return _take_in(running, who, place, facts)


def _take_in(running: Runtime, who: Bearer, place: Path, facts: CallFacts) -> schemas.RecordingTaken:
    wanted = intake.Intake(((place, facts),), ())
    (result,) = intake.take_in(running, who.actor, wanted, intake.plan_for(running), lambda _result: None)
    return schemas.RecordingTaken(outcome=result.outcome.value, call_id=result.call_id, reason=result.reason)


@routes.get("/recordings/{call_id}", responses={**REFUSED, **possible(404)})
def recording(
    request: Request, who: Reader, call_id: Annotated[str, InPath(max_length=120, pattern=r"^[^\x00]+$")]
) -> schemas.RecordingOut:
    """Where the recording of a call stands."""
    with reading(live(request).engine) as session:
        page = queries.calls_page(session, who.actor, CallFilter(call_id=call_id))
    line = next(iter(page.lines), None)
    if line is None:
        raise NotFound("There is no call {call} that you may see.", call=call_id)
    return schemas.RecordingOut(
        call_id=line.call_id, state=line.state.value, started_at=line.started_at, duration_s=line.duration_s,
        language=line.language, reason=line.reason,
    )  # fmt: skip
