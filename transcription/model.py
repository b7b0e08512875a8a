"""The nouns of transcription: what was recorded, what was heard, and what was measured about it.

All times are seconds from the start of the recording; all shares and probabilities lie in 0..1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

SPEAKER = re.compile(r"^(agent|customer)([2-9]|[1-9]\d+)?$|^ivr$|^unknown$")
SCHEMA_VERSION = 1


class Side(StrEnum):
    """Which side of the desk a speaker sits on."""

    AGENT = "agent"
    CUSTOMER = "customer"
    IVR = "ivr"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a transcript is of: a telephone call, a text chat, or the fields of a case's record (工单)."""

    PHONE = "phone"
    CHAT = "chat"
    CASE_RECORD = "case_record"


class RecordingState(StrEnum):
    """Where a recording stands; `quarantined` always carries a reason."""

    QUEUED = "queued"
    TRANSCRIBED = "transcribed"
    QUARANTINED = "quarantined"


def side_of(speaker: str) -> Side:
    """The side of a speaker label such as agent, agent2, customer, ivr; anything else is unknown."""
    match = SPEAKER.match(speaker)
    if match is None:
        return Side.UNKNOWN
    return Side(match.group(1) or speaker)


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word (one or more signs in Chinese) with the recogniser's probability."""

    start_s: float
    end_s: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker says without a break; times and confidence are None in a hand-made transcript."""

    index: int
    speaker: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    language: str | None = None

    @property
    def side(self) -> Side:
        return side_of(self.speaker)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which recogniser wrote a transcript: enough to write it again."""

    name: str
    model: str
    model_sha256: str
    vocabulary: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Both sides speak at once; `begun_by` is the speaker who came in second."""

    start_s: float
    end_s: float
    begun_by: str


@dataclass(frozen=True, slots=True)
class CallMetrics:
    """Measured facts of one call; dictionaries are keyed by speaker."""

    holds: tuple[tuple[float, float], ...] = ()
    silences: tuple[tuple[float, float], ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    talk_s: dict[str, float] = field(default_factory=dict)
    interruptions_by_agent: int = 0
    interruptions_by_customer: int = 0
    pace_per_min: dict[str, float] = field(default_factory=dict)
    latency_median_s: float | None = None
    latency_p95_s: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The utterances of one recording by one engine, model and vocabulary, in order of time; never edited."""

    utterances: tuple[Utterance, ...]
    recording: str = ""
    duration_s: float | None = None
    channels: int | None = None
    language: str = "zh"
    engine: EngineInfo | None = None
    metrics: CallMetrics | None = None
    kind: Kind = Kind.PHONE
