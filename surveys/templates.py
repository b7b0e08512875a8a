"""Wordings of messages to customers and senders, in both languages, with places that are filled in."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from qa_app.core.errors import Invalid, NotFound
from surveys.profiles import shipped_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Template:
    """One wording: its title for the one who chooses it, subject and body by language, the places it has."""

    code: str
    title: Mapping[str, str]
    subject: Mapping[str, str]
    body: Mapping[str, str]

    @property
    def places(self) -> frozenset[str]:
        """The names of the places in all its texts."""
        texts = (*self.subject.values(), *self.body.values())
        return frozenset(name for text in texts for name in places(text))


@dataclass(frozen=True, slots=True)
class Message:
    """A message filled in."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All wordings in force."""

    known: Mapping[str, Template]

    def of(self, code: str) -> Template:
        """The wording of that code; NotFound names the known ones."""
        if code not in self.known:
            raise NotFound("There is no wording “{code}”. Known are: {known}.", code=code, known=", ".join(self.known))
        return self.known[code]

    def fill(self, code: str, language: str, values: Mapping[str, str]) -> Message:
        """The message with every place filled in; Invalid names the places that have no value."""
        chosen = self.of(code)
        spoken = language if language in LANGUAGES else LANGUAGES[0]
        missing = sorted(name for name in chosen.places if not values.get(name, "").strip())
        if missing:
            raise Invalid("The message “{code}” cannot be sent: {missing} missing.", code=code,
                          missing=", ".join(missing))  # fmt: skip
        subject = _filled(chosen.subject[spoken], values)
        return Message(" ".join(subject.split()), _filled(chosen.body[spoken], values))  # a subject is one line


def places(text: str) -> tuple[str, ...]:
    """The names of the places in a text, such as number in “工单 {number}”; Invalid where a brace is left open."""
    try:
        parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise Invalid("“{text}” has a brace without its partner ({error}).", text=text, error=error) from error
    found = [str(name) for _, name, _, _ in parts]
    if bad := [name for _, name, form, conversion in parts if form or conversion or not str(name).isidentifier()]:
        raise Invalid("“{place}” is no name of a place. Write one word between the braces.", place=bad[0])
    return tuple(found)


def templates_from_yaml(text: str, where: str = "templates") -> Templates:
    """The wordings of a YAML text; Invalid names what does not fit."""
    try:
        document = yaml.safe_load(text)
        found = [_template(code, given) for code, given in document["templates"].items()]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("{where}: a wording has title, subject and body, each in zh and en ({error}).", where=where,
                      error=error) from error  # fmt: skip
    for template in found:
        texts = (template.title, template.subject, template.body)
        if not all(text.strip() for each in texts for text in each.values()):
            raise Invalid("{where}: the wording “{code}” has an empty title, subject or body. Write all three in both "
                          "languages.", where=where, code=template.code)  # fmt: skip
        unknown = template.places - PLACES
        if unknown:
            raise Invalid("{where}: the wording “{code}” has the place “{place}”, which nothing fills. Known are: "
                          "{known}.", where=where, code=template.code, place=min(unknown),
                          known=", ".join(sorted(PLACES)))  # fmt: skip
    for code in LINKED & {template.code for template in found}:
        if wrong := next(one for one in found if one.code == code).places - LINK_PLACES:
            raise Invalid("{where}: the wording “{code}” has the place “{place}”, which not every survey has. Known "
                          "are: {known}.", where=where, code=code, place=min(wrong),
                          known=", ".join(sorted(LINK_PLACES)))  # fmt: skip
    if lacking := set(shipped_codes()) - {template.code for template in found}:
        raise Invalid("{where}: the wording “{code}” is missing, which the product sends.", where=where,
                      code=min(lacking))  # fmt: skip
    return Templates({template.code: template for template in found})


LINKED, LINK_PLACES = {"survey_link", "survey_reminder"}, frozenset({"company", "hotline", "link"})
PLACES = frozenset(
    {
        "number", "company", "received", "words", "reason", "promised", "result", "cause", "improvement", "thanks",
        "answer", "hotline", "link",
    }
)  # fmt: skip
"""What the product knows to fill in."""


@cache
def shipped_templates() -> Templates:
    """The wordings that ship."""
    return templates_from_yaml(shipped_text("templates"))


@cache
def shipped_codes() -> tuple[str, ...]:
    """The codes that the product itself sends."""
    return tuple(yaml.safe_load(shipped_text("templates"))["templates"])


def _template(code: str, given: Mapping[str, Mapping[str, str]]) -> Template:
    title, subject, body = (
        {language: str(given[part][language] or "") for language in LANGUAGES} for part in ("title", "subject", "body")
    )
    return Template(str(code), title, subject, body)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return text.format_map({name: values[name] for name in places(text)})
