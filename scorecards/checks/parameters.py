"""Parameters of a check as they stand in a scorecard file, read strictly: what is unknown is refused by its place."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.model import Window
from transcription.files import shown
from transcription.model import Side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ANYBODY = "any"


def refuse_unknown(given: Mapping[str, object], known: Collection[str], place: str) -> None:
    """Raise Invalid when a key is none of those that a place knows."""
    for key in given:
        if key not in known:
            raise Invalid(
                "{place}: “{key}” is unknown here. Known are: {known}.",
                place=place,
                key=key,
                known=", ".join(known),
            )


def text(given: Mapping[str, object], key: str, place: str, default: str, allowed: Collection[str]) -> str:
    """One of the allowed words."""
    value = given.get(key, default)
    if not isinstance(value, str) or value not in allowed:
        raise _misfit(place, key, value, "one of " + ", ".join(allowed))
    return value


def flag(given: Mapping[str, object], key: str, place: str, *, default: bool) -> bool:
    """True or false."""
    value = given.get(key, default)
    if not isinstance(value, bool):
        raise _misfit(place, key, value, "true or false")
    return value


def number(
    given: Mapping[str, object], key: str, place: str, default: float | None, low: float, high: float
) -> float | None:
    """A number in low..high, or the default where nothing stands."""
    value = given.get(key, default)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _misfit(place, key, value, f"a number from {low:g} to {high:g}")
    return float(value)


def share(given: Mapping[str, object], key: str, place: str, default: float) -> float:
    """A number in 0..1."""
    found = number(given, key, place, default, 0, 1)
    return default if found is None else found


def phrases(given: Mapping[str, object], key: str, place: str) -> tuple[str, ...]:
    """A list of phrases, each with words in it; nothing where the key is missing."""
    value = given.get(key, [])
    if not isinstance(value, list) or (key in given and not value):
        raise _misfit(place, key, value, "a list of phrases")
    for at, phrase in enumerate(value):
        if not isinstance(phrase, str) or not any(sign.isalnum() for sign in phrase.replace("{n}", "")):
            raise _misfit(place, f"{key}[{at}]", phrase, "a phrase with words in it")
    return tuple(value)


def mapping(given: Mapping[str, object], key: str, place: str) -> dict[str, object]:
    """Parameters inside a parameter; nothing where the key is missing."""
    value = given.get(key, {})
    if not isinstance(value, dict):
        raise _misfit(place, key, value, "a mapping of names to values")
    return value


def items(given: Mapping[str, object], key: str, place: str, fewest: int) -> list[object]:
    """A list of that many entries or more."""
    value = given.get(key)
    if not isinstance(value, list) or len(value) < fewest:
        raise _misfit(place, key, value, f"a list of {fewest} or more")
    return value


def whole(given: Mapping[str, object], key: str, place: str, default: int, low: int, high: int) -> int:
    """A whole number in low..high, or the default where nothing stands."""
    found = number(given, key, place, default, low, high)
    if found is None or found != int(found):
        raise _misfit(place, key, found, f"a whole number from {low} to {high}")
    return int(found)


def groups(given: Mapping[str, object], key: str, place: str) -> tuple[tuple[str, ...], ...]:
    """A list of groups of phrases."""
    value = given.get(key, [])
    if not isinstance(value, list) or (key in given and not value):
        raise _misfit(place, key, value, "a list of groups of phrases")
    return tuple(phrases({f"{key}[{at}]": group}, f"{key}[{at}]", place) for at, group in enumerate(value))


def speaker(given: Mapping[str, object], key: str, place: str, default: Side) -> Side | None:
    """The side whose words count; None = anybody's."""
    found = text(given, key, place, default.value, (Side.AGENT.value, Side.CUSTOMER.value, ANYBODY))
    return None if found == ANYBODY else Side(found)


def window(given: Mapping[str, object], key: str, place: str) -> Window:
    """The stretch of the call that is searched; the whole call where nothing stands."""
    value = given.get(key, {})
    if not isinstance(value, dict):
        raise _misfit(place, key, value, "a window such as {first_s: 30}")
    inside = f"{place}.{key}"
    known = [one.name for one in fields(Window)]
    refuse_unknown(value, known, inside)
    seconds = {name: number(value, name, inside, None, 1, 36_000) for name in ("first_s", "last_s")}
    turns = {name: _turns(value, name, inside) for name in ("first_turns", "last_turns")}
    if any(name.startswith("first") for name in value) and any(name.startswith("last") for name in value):
        raise Invalid("{place} looks from the start and from the end. Choose one.", place=inside)
    return Window(seconds["first_s"], seconds["last_s"], turns["first_turns"], turns["last_turns"])


def _turns(given: Mapping[str, object], key: str, place: str) -> int | None:
    found = number(given, key, place, None, 1, 1000)
    if found is not None and found != int(found):
        raise _misfit(place, key, found, "a whole number of turns")
    return None if found is None else int(found)


def _misfit(place: str, key: str, value: object, wanted: str) -> Invalid:
    return Invalid("{place}.{key} is {value}. Give {wanted}.", place=place, key=key, value=shown(value), wanted=wanted)
