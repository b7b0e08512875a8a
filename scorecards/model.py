"""The nouns of scoring: the form, the machine's or a person's answers to it, and the evidence under each answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from transcription.model import Kind


class Verdict(StrEnum):
    """How a criterion was answered."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    ABSTAINED = "abstained"


class Method(StrEnum):
    """How answers become a score: a share of weights, or 100 minus deductions (扣分制)."""

    WEIGHTS = "weights"
    DEDUCTION = "deduction"


class Fatal(StrEnum):
    """What a confirmed fatal error (致命项) sets to 0."""

    SECTION = "section"
    CALL = "call"


class Tag(StrEnum):
    """Whom an error on a criterion harms: the business, the customer, or compliance (COPC's three critical classes)."""

    BUSINESS = "business"
    CUSTOMER = "customer"
    COMPLIANCE = "compliance"


class Purpose(StrEnum):
    """What a person's evaluation is for: the call's score, or a check of its scorer (复检), which changes no score.

    An audit by the monitoring group checks the scorer as well.
    """

    SCORE = "score"
    RECHECK = "recheck"
    AUDIT = "audit"


class CoachingStep(StrEnum):
    """What happens to a coaching session: held, acknowledged by the agent, followed up, or never held."""

    HELD = "held"
    ACKNOWLEDGED = "acknowledged"
    FOLLOWED_UP = "followed_up"
    CANCELLED = "cancelled"


class CardState(StrEnum):
    """A published version is immutable; an archived one is kept for the scores that name it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Author(StrEnum):
    """Who answered an evaluation."""

    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in zh or en, the other one where it is missing."""
        return (self.en or self.zh) if language.startswith("en") else (self.zh or self.en)


@dataclass(frozen=True, slots=True)
class Window:
    """Where a check looks: seconds or turns from the start (`first`) or before the end (`last`); None = the whole call.

    In a transcript without times a window in seconds counts turns instead (`turns`, one turn for each 5 s if unsaid).
    """

    first_s: float | None = None
    last_s: float | None = None
    first_turns: int | None = None
    last_turns: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand literally in one utterance of that transcript revision."""

    utterance: int
    quote: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A measured fact between two seconds: which measure, its value and the limit it was held against."""

    start_s: float
    end_s: float
    measure: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class NearestMiss:
    """The closest wording found to what was looked for, and how near it came (0..1)."""

    utterance: int
    text: str
    phrase: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Absence:
    """The window that was searched in vain; `unit` is "s" or "turns"."""

    start: float
    end: float
    unit: str
    nearest: NearestMiss | None = None


Evidence = Quote | Span | Absence


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says before points are dealt out. Evidence is empty only for not applicable and abstained.

    `provenance` names what answered where that is more than the rule: a model's hash, its training set, a prompt.
    """

    verdict: Verdict
    confidence: float
    reason: Wording
    evidence: tuple[Evidence, ...] = ()
    occurrences: int = 1
    provenance: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """A check's kind (phrases, response, measure) and its parameters as they stand in the scorecard file."""

    kind: str
    parameters: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """A criterion applies only where another one was answered with one of these verdicts; else it is not applicable."""

    criterion: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class RootCause:
    """One reason to choose from under a low answer (根因)."""

    id: str
    title: Wording


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the form. `check` None means that only people answer it; a fatal criterion never has a check.

    `points` is the weight (or, on a deduction card, what one occurrence takes off; negative for a bonus item).
    """

    id: str
    title: Wording
    points: float
    guidance: Wording = Wording()
    examples: tuple[Wording, ...] = ()
    partly_share: float = 0.5
    fatal: Fatal | None = None
    check: CheckSpec | None = None
    comment_required_on: tuple[Verdict, ...] = ()
    allow_not_applicable: bool = True
    applies_if: Condition | None = None
    root_causes: tuple[RootCause, ...] = ()
    root_cause_required_on: tuple[Verdict, ...] = ()
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form, such as script, empathy or resolution."""

    id: str
    title: Wording
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class SignalRule:
    """Something found in a call that is shown and not scored."""

    id: str
    title: Wording
    check: CheckSpec


@dataclass(frozen=True, slots=True)
class Grade:
    """A named band of the score, from `from_pct` up."""

    title: Wording
    from_pct: float


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A form (质检评分表). A published version is immutable."""

    name: str
    version: int
    language: str
    title: Wording
    method: Method
    pass_pct: float
    sections: tuple[Section, ...]
    grades: tuple[Grade, ...] = ()
    signals: tuple[SignalRule, ...] = ()
    kind: Kind = Kind.PHONE

    @property
    def criteria(self) -> tuple[tuple[Section, Criterion], ...]:
        """Every criterion with its section, in the order of the form."""
        return tuple((section, criterion) for section in self.sections for criterion in section.criteria)


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict on one criterion with its evidence; `possible` is the weight after sharing (0 if it does not count).

    `check` is the kind of check that answered, or "person".
    """

    criterion: str
    section: str
    verdict: Verdict
    points: float = 0.0
    possible: float = 0.0
    confidence: float | None = None
    reason: str = ""
    check: str | None = None
    evidence: tuple[Evidence, ...] = ()
    comment: str = ""
    occurrences: int = 1
    provenance: dict[str, str] = field(default_factory=dict)
    root_cause: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal's presence in one call, with the evidence for it."""

    signal: str
    present: bool
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    provenance: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All answers for one call on one scorecard version (质检单). `passed` None means it is open.

    `error_free` says of each tag on the card whether no criterion with it was answered not met (None = still open).
    """

    scorecard: str
    version: int
    score_pct: float | None
    passed: bool | None
    critical_failures: tuple[str, ...]
    answers: tuple[Answer, ...]
    signals: tuple[Signal, ...] = ()
    section_pct: dict[str, float | None] = field(default_factory=dict)
    grade: Wording | None = None
    error_free: dict[str, bool | None] = field(default_factory=dict)
