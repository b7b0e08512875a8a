"""Stored calls as a scorecard's writer asks about them: how long they are, what is never said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorecards.checks.call import stretch
from scorecards.model import Window
from transcription.sound import occurrences, prepare_phrase

SAME_SOUND = 0.9  # every sign sounds right, however it is written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scorecards.checks.call import Call


def window_cover(window: Mapping[str, object], history: Iterable[Call]) -> int:
    """How many calls lie wholly inside a window: it cuts nothing off them."""
    limits = Window(**{key: value for key, value in window.items() if isinstance(value, int | float)})  # type: ignore[arg-type]
    whole = Window()
    return sum(
        (cut.first, cut.last) == (all_of_it.first, all_of_it.last)
        for cut, all_of_it in ((stretch(call, limits), stretch(call, whole)) for call in history)
    )


def never_said(phrases: Sequence[str], history: Iterable[Call]) -> frozenset[str]:
    """Those of the phrases that nobody says, word for word or in the same sounds, in any of the calls."""
    waiting = {phrase: prepare_phrase(phrase) for phrase in phrases}
    for call in history:
        _, heard = call.side(None)
        if not waiting or not heard.texts:
            continue
        hits = occurrences(tuple(waiting.values()), heard, 0, len(heard.texts), min_similarity=SAME_SOUND)
        said = {hit.phrase for hit in hits}
        waiting = {phrase: ready for phrase, ready in waiting.items() if ready.text not in said}
    return frozenset(waiting)
