"""Conditions of a check: what one side says in a window decides whether the criterion applies to this call at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorecards.checks import parameters as read
from scorecards.checks.call import Call, Found, Search, search, stretch
from transcription.model import Side
from transcription.sound import PreparedPhrase, prepare_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorecards.model import Window

KEYS = ("speaker", "any_of", "window")
WHOLE = 0.9  # what a short phrase whose every sign only sounds right reaches


@dataclass(frozen=True, slots=True)
class Clause:
    """One of the phrases said by that side in that window; None = by anybody."""

    speaker: Side | None
    phrases: tuple[PreparedPhrase, ...]
    window: Window


def parse(given: Mapping[str, object], key: str, place: str) -> Clause | None:
    """The clause under a key, such as {speaker: any, any_of: [再见]}; None where it is missing."""
    if key not in given:
        return None
    inside = read.mapping(given, key, place)
    at = f"{place}.{key}"
    read.refuse_unknown(inside, KEYS, at)
    said = read.phrases({"any_of": inside.get("any_of")}, "any_of", at)
    return Clause(
        read.speaker(inside, "speaker", at, Side.AGENT),
        tuple(map(prepare_phrase, said)),
        read.window(inside, "window", at),
    )


def said(clause: Clause, call: Call, how: Search) -> list[Found]:
    """Where the clause holds, by word or by sound; a wording that is only near holds no condition."""
    whole = Search(how.by_sound, WHOLE, how.min_confidence)
    where = stretch(call, clause.window)
    for side in (clause.speaker,) if clause.speaker else call.heard_sides:
        if found := search(call, where, side, clause.phrases, whole):
            return found
    return []
