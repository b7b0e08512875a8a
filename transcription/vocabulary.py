"""What the recogniser is told before it listens: the prompt of each language, by name and version.

A vocabulary is measured before it ships (docs/benchmarks.md): the usual Mandarin prompt, meant to bring simplified
script and punctuation, raised the error rate, so none is given; the script is converted afterwards, and segments are
parted by commas.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa_app.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One version of the words given to the recogniser, never edited: a change is a new version."""

    name: str
    version: int
    language: str
    prompt: str = ""
    hot_words: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def spoken(self) -> str:
        """The prompt with the hot words in front."""
        return (("、".join(self.hot_words) + "。") if self.hot_words else "") + self.prompt


SHIPPED = (
    Vocabulary("telecom-zh", 1, "zh", prompt=""),
    Vocabulary("telecom-en", 1, "en"),
)


def vocabulary(label: str) -> Vocabulary:
    """The shipped vocabulary of a label such as telecom-zh@1; raises NotFound."""
    for shipped in SHIPPED:
        if shipped.label == label:
            return shipped
    raise NotFound("There is no vocabulary {label}; there are {known}.", label=label, known=", ".join(all_labels()))


def all_labels() -> tuple[str, ...]:
    return tuple(shipped.label for shipped in SHIPPED)


def vocabulary_for(language: str) -> Vocabulary:
    """The newest shipped vocabulary of a language; without words for a language that has none."""
    fitting = [shipped for shipped in SHIPPED if shipped.language == language]
    return max(fitting, key=lambda shipped: shipped.version, default=Vocabulary("none", 1, language))
