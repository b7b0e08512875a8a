"""One family of errors whose message is safe to show: what happened, which value, what to do.

The first argument is a template with named places, so that the same sentence can be shown in Chinese:
``raise Invalid("The file {name} is empty; export it again.", name=path.name)``.
"""

from __future__ import annotations

from typing import Self


class Sentence:
    """A sentence with named values, English until somebody's screen shows it in their language."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template


class Verbatim(Sentence):
    """Names, paths and commands, the same in every language."""

    def __init__(self, words: str) -> None:
        super().__init__("", words=words)

    def __str__(self) -> str:
        return str(self.values["words"])


class Terms(str):
    """Codes of fields, steps and the like in a sentence; a screen shows each by the name that people know."""

    __slots__ = ("codes",)
    codes: tuple[str, ...]

    def __new__(cls, *codes: str) -> Self:
        """The codes joined, as a program reads them."""
        made = super().__new__(cls, ", ".join(codes))
        made.codes = codes
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.codes


class HuitingError(Sentence, Exception):
    """An error that a person may read; anything else is a bug and is logged as one."""

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.template, self.values)


def _rebuild(kind: type[HuitingError], template: str, values: dict[str, object]) -> HuitingError:
    return kind(template, **values)


class NotFound(HuitingError):
    """What was asked for does not exist, or the actor may not know that it does."""


class Forbidden(HuitingError):
    """The actor's roles do not allow this action here."""


class Conflict(HuitingError):
    """Somebody or something else got there first."""


class Invalid(HuitingError):
    """A value that cannot be used as it is."""
