"""What the interface takes and gives; every text has a longest length."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from surveys.model import CaseKind, CaseState, Channel, DeadlineState, StepKind, Urgency

MOST_FACTS = 40
YEAR_FIRST, YEAR_LAST = 2000, 2100
Short = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00]*$")]
Long = Annotated[str, StringConstraints(max_length=5_000, pattern=r"^[^\x00]*$")]
Whole = Annotated[int, Field(ge=1, le=2_147_483_647)]
Bounded = Annotated[int, Field(ge=-2_147_483_648, le=2_147_483_647)]


class Strict(BaseModel):
    """Unknown fields are refused rather than lost."""

    model_config = ConfigDict(extra="forbid")


def real_moment(moment: datetime | None) -> datetime | None:
    """A moment of this age: others cannot be reckoned with."""
    if moment is not None and not YEAR_FIRST <= moment.year <= YEAR_LAST:
        message = f"a moment lies between {YEAR_FIRST} and {YEAR_LAST}"
        raise ValueError(message)
    return moment


class NewCaseIn(Strict):
    """A complaint to register; without `unit_id` it is registered in the unit of the key's person."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
    customer_name: Short = ""
    customer_phone: Annotated[str, StringConstraints(max_length=40)]
    customer_email: Short = ""
    channel: Channel = Channel.ONLINE
    kind: CaseKind = CaseKind.COMPLAINT
    urgency: Urgency = Urgency.ORDINARY
    class_code: Annotated[str, StringConstraints(max_length=80)] = ""
    demand: Long = ""
    product: Short = ""
    place: Short = ""
    campaign: Short = ""
    sender: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""
    tier: Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")] = ""
    unit_id: Whole | None = None
    received_at: AwareDatetime | None = None
    profile: Annotated[str, StringConstraints(max_length=80)] = "provincial"

    _real = field_validator("received_at")(real_moment)


class CaseCreated(BaseModel):
    """The number for the customer, and this customer's other cases."""

    number: str
    earlier: list[str]


class NewStepIn(Strict):
    """A step of a case: its kind and the facts that its kind asks for."""

    kind: StepKind
    facts: Annotated[dict[Short, Long | Bounded], Field(max_length=MOST_FACTS)] = Field(default_factory=dict)
    at: AwareDatetime | None = None

    _real = field_validator("at")(real_moment)


class StepKept(BaseModel):
    """The step's place in its case, and where the case stands after it."""

    number: int
    state: CaseState


class CaseLineOut(BaseModel):
    """A case in a list; the customer is masked."""

    number: str
    state: CaseState
    class_code: str
    urgency: Urgency
    received_at: datetime
    customer: str
    next_due_at: datetime | None


class CasePage(BaseModel):
    """A page of cases, the soonest due first."""

    total: int
    cases: list[CaseLineOut]


class DeadlineOut(BaseModel):
    """One clock of a case."""

    clock: str
    state: DeadlineState
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    ended_at: datetime | None
    provisional: bool


class StepOut(BaseModel):
    """Something that happened in a case."""

    number: int
    kind: StepKind
    at: datetime
    facts: dict[str, Any]


class CaseOut(BaseModel):
    """One case whole; the customer is masked."""

    number: str
    state: CaseState
    kind: CaseKind
    channel: Channel
    urgency: Urgency
    class_code: str
    words: str
    demand: str
    product: str
    place: str
    campaign: str
    received_at: datetime
    customer: str
    phone: str
    steps: list[StepOut]
    deadlines: list[DeadlineOut]


class ClassOut(BaseModel):
    """A class of complaints in both languages."""

    code: str
    zh: str
    en: str
    regulator: str


class Me(BaseModel):
    """Who the key acts as, and what it may be used for."""

    name: str
    roles: list[str]
    scopes: list[str]


class RecordingTaken(BaseModel):
    """What became of a recording: imported, duplicate, quarantined or failed."""

    outcome: str
    call_id: str
    reason: str


class RecordingOut(BaseModel):
    """Where a call's recording stands."""

    call_id: str
    state: str
    started_at: datetime
    duration_s: float | None
    language: str
    reason: str | None
