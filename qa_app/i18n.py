"""The two languages of the screens: English in the code, Chinese from the gettext catalogue."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from qa_app.core.errors import Sentence, Terms, Verbatim
from scorecards import words as quality
from surveys import words as complaints

LANGUAGES = {"zh": "中文", "en": "English"}
DOMAIN = "huiting"
LOCALES = Path(__file__).parent / "locale"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The messages of a language; English is what stands in the code."""
    if not language.startswith("zh"):
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, languages=["zh_CN"])


def translate(language: str, message: str) -> str:
    """A message in the language; the empty one stays empty (gettext would answer with its header)."""
    return catalogue(language).gettext(message) if message else ""


def sentence(language: str, told: Sentence) -> str:
    """A sentence in the language, with its values filled in, sentences among them in the same language."""
    if isinstance(told, Verbatim):
        return str(told)
    template = translate(language, told.template)
    values = {name: _value(language, value) for name, value in told.values.items()}
    return template.format(**values) if values else template


def _value(language: str, value: object) -> object:
    if isinstance(value, Terms):
        return ("、" if language.startswith("zh") else ", ").join(translate(language, _name(c)) for c in value.codes)
    return sentence(language, value) if isinstance(value, Sentence) else value


def _name(code: str) -> str:
    """The English name of a code, whichever slice it is of; a code that has none stays as it is."""
    return quality.name_of(code) or complaints.name_of(code)


def preferred(accept_language: str) -> str:
    """The first of our languages in a browser's Accept-Language header; Chinese if it names neither."""
    return next((code for tag in _tags(accept_language) for code in LANGUAGES if tag.startswith(code)), "zh")


def _tags(header: str) -> Iterable[str]:
    """The languages of an Accept-Language header, heaviest first; a weight of 0 refuses one (RFC 9110, 12.5.4)."""
    weighted = []
    for place, part in enumerate(header.lower().replace(" ", "").split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            weighted.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighted) if weight < 0]
