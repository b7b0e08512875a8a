"""A clip for the case library: refused or cut first, which takes seconds, and only then written in one transaction."""

from __future__ import annotations

from datetime import datetime

from qa_app.core.access import Actor
from qa_app.core.db import reading, transaction
from qa_app.runtime import Runtime
from scorecards import library_entries
from scorecards.case_library import Told
from transcription import clip_files
from transcription.clips import ClipSpan


def make_clip(live: Runtime, actor: Actor, now: datetime, call_pk: int, told: Told, span: ClipSpan) -> int:
    """Cut a clip out of a call that the actor may see, and put it before the library; returns the entry's id."""
    with reading(live.engine) as session:
        original = library_entries.original_of(session, actor, call_pk, told, span)
    with clip_files.cut(live.store, original, span) as made, transaction(live.engine) as session:
        return library_entries.propose_clip(session, actor, now, live.store, call_pk, told, made)
