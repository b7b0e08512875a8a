"""The case library (案例库): what is worth learning from, steps that are only appended, and what follows from them.

    clip:   proposed -> every agent in the call agrees -> a second person confirms -> published
    story:  proposed ------------------------------------> a second person confirms -> published

An agent may refuse, and may withdraw a consent at any time; whoever confirms may send an entry back because a name or
number is still in it; the maker, or whoever may confirm, may take it out. Each of these ends an entry for good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from qa_app.core.errors import Conflict, Forbidden, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_TITLE, LONGEST_TEXT = 120, 6000
_MANY_DIGITS = re.compile(r"(?:[\d零〇一二三四五六七八九幺][ \-]?){7,}")


class Form(StrEnum):
    """A clip is heard, a story is read."""

    CLIP = "clip"
    STORY = "story"


class Lesson(StrEnum):
    """What an entry teaches: how it is done well, or what went wrong."""

    GOOD = "good"
    LESSON = "lesson"


class LibraryStep(StrEnum):
    """What happens to an entry after it was proposed."""

    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    REMOVED = "removed"


class LibraryState(StrEnum):
    """Where an entry stands; asked = the consent of an agent is awaited."""

    ASKED = "asked"
    TO_CONFIRM = "to_confirm"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SENT_BACK = "sent_back"
    REMOVED = "removed"


_K, _S = LibraryStep, LibraryState
ENDED = frozenset({_S.REFUSED, _S.WITHDRAWN, _S.SENT_BACK, _S.REMOVED})
"""States that nothing leads out of: the entry is seen by nobody else and its sound is deleted."""
_ENDS = {_K.REFUSED: _S.REFUSED, _K.WITHDRAWN: _S.WITHDRAWN, _K.SENT_BACK: _S.SENT_BACK, _K.REMOVED: _S.REMOVED}
_OF_AGENTS = frozenset({_K.AGREED, _K.REFUSED, _K.WITHDRAWN})
_OF_SECOND = frozenset({_K.CONFIRMED, _K.SENT_BACK})


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says in words; the criterion and the class of complaint may stay empty."""

    title: str
    lesson: Lesson
    why: str
    words: str
    criterion: str = ""
    complaint_class: str = ""
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class LibraryStepTaken:
    """One step by one person."""

    kind: LibraryStep
    at: datetime
    by_id: int | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """All that decides where an entry stands: its form, who made it, who is heard in it, the steps in their order."""

    form: Form
    maker_id: int | None
    agents: frozenset[int]
    steps: tuple[LibraryStepTaken, ...] = ()


def state(course: Course) -> LibraryState:
    """Where an entry stands. The first step that ends it ends it; consent and check count from whom they are asked.

    Published needs the consent of everybody who is heard now: an agent who is found out later is asked too.
    """
    ended = next((one.kind for one in course.steps if one.kind in _ENDS), None)
    if ended is not None:
        return _ENDS[ended]
    confirmed = any(
        one.kind is _K.CONFIRMED and _may_ever(course, one.kind, one.by_id) for one in course.steps
    )  # fmt: skip
    if course.form is Form.CLIP and not (course.agents and course.agents <= agreed(course)):
        return _S.ASKED
    return _S.PUBLISHED if confirmed else _S.TO_CONFIRM


def agreed(course: Course) -> frozenset[int]:
    """The agents who gave their consent."""
    return frozenset(
        one.by_id for one in course.steps
        if one.kind is _K.AGREED and one.by_id is not None and one.by_id in course.agents
    )  # fmt: skip


def _may_ever(course: Course, kind: LibraryStep, person: int | None) -> bool:
    """Whether this person can be the one who takes a step: agents for themselves, a second person for the check."""
    if kind in _OF_AGENTS:
        return course.form is Form.CLIP and person in course.agents
    if kind in _OF_SECOND:
        return person is not None and person != course.maker_id and person not in course.agents
    return True


def possible(course: Course, person: int | None, *, may_confirm: bool) -> frozenset[LibraryStep]:
    """The steps that a person may take now; `may_confirm` is whether the entry lies within their right to confirm."""
    now = state(course)
    if now in ENDED:
        return frozenset()
    found: set[LibraryStep] = set()
    if _may_ever(course, _K.AGREED, person):
        found |= {_K.WITHDRAWN} if person in agreed(course) else {_K.AGREED, _K.REFUSED}
    if now is _S.TO_CONFIRM and may_confirm and _may_ever(course, _K.CONFIRMED, person):
        found |= _OF_SECOND
    if may_confirm or (person is not None and person == course.maker_id):
        found.add(_K.REMOVED)
    return frozenset(found)


def require_step(
    course: Course, kind: LibraryStep, person: int | None, words: str, *, may_confirm: bool
) -> None:  # fmt: skip
    """Raise Forbidden, Conflict or Invalid, with the reason, where a person may not take a step now."""
    if kind in _OF_SECOND and not _may_ever(course, kind, person):
        raise Forbidden("A second person confirms: neither the one who made it nor anybody who is heard in it.")
    if kind not in possible(course, person, may_confirm=may_confirm):
        raise Conflict(
            "This is not possible with the entry as it stands now. Open the page again to see what became of it."
        )
    if kind is _K.SENT_BACK and not words.strip():
        raise Invalid("Say what is still to be heard or read, without writing the name or number itself.")
    if len(words) > LONGEST_TEXT:
        raise Invalid("Write at most {most} characters.", most=LONGEST_TEXT)


def check_told(told: Told, form: Form) -> None:
    """Raise Invalid where something is missing, too long, or looks like somebody's number."""
    if not told.title.strip() or len(told.title) > LONGEST_TITLE:
        raise Invalid("Give a title of at most {most} characters.", most=LONGEST_TITLE)
    if not told.why.strip():
        raise Invalid("Say what is to be learned from it.")
    if form is Form.STORY and not told.words.strip():
        raise Invalid("Tell what happened.")
    if form is Form.STORY and not (told.criterion or told.complaint_class):
        raise Invalid("Choose the criterion or the class of complaint that it belongs to.")
    if max(len(told.why), len(told.words)) > LONGEST_TEXT:
        raise Invalid("Write at most {most} characters.", most=LONGEST_TEXT)
    if any(_MANY_DIGITS.search(text) for text in (told.title, told.why, told.words)):
        raise Invalid("There is a long number in the words; it may be a customer's. Write ■■ in its place.")


def matches(texts: Iterable[str], wanted: str) -> bool:
    """Whether every word that is looked for stands in one of the texts, in capitals or not."""
    together = "\n".join(texts).casefold()
    return all(word in together for word in wanted.casefold().split())
