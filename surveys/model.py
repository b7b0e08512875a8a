"""The nouns of complaint handling: the case, the steps taken in it, and the deadlines that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

RESPONSE_COLUMNS = (
    "response", "case_id", "call_pk", "by", "mode", "at", "unhappy", "unit", "version", "day", "surveyor",
)  # fmt: skip
"""What every table of responses has beside answers and traits; no question or outside column may be called so."""
TRAITS = ("class", "region", "centre", "team", "channel", "urgency", "class_code", "place")
"""What of a case its answers are compared by."""


class CaseKind(StrEnum):
    """A complaint makes a demand; a suggestion makes none; an appeal contests how a case was handled."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    APPEAL = "appeal"


class Channel(StrEnum):
    """How the customer, the regulator or a colleague's unit reached us."""

    HOTLINE = "hotline"
    ONLINE = "online"
    EMAIL = "email"
    SOCIAL = "social"
    SHOP = "shop"
    LETTER = "letter"
    REGULATOR = "regulator"
    INTERNAL = "internal"


class Urgency(StrEnum):
    """How soon a responsible unit must answer; the green channel (绿色通道) is for key customers."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    GREEN = "green"


class Complexity(StrEnum):
    """What the assessment found: whether one person can solve it from what is known."""

    SIMPLE = "simple"
    COMPLEX = "complex"


class CaseState(StrEnum):
    """Where a case stands; derived from its steps, never set by hand."""

    REGISTERED = "registered"
    IN_HAND = "in_hand"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    SOLVED = "solved"
    FED_BACK = "fed_back"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    CLOSED = "closed"
    ARCHIVED = "archived"


class StepKind(StrEnum):
    """What can happen to a case, in the words of the handbooks."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    ASSIGNED = "assigned"
    SOLVED_ON_THE_SPOT = "solved_on_the_spot"
    DISPATCHED = "dispatched"
    SENT_BACK = "sent_back"
    URGED = "urged"
    RETURNED = "returned"
    RETURN_REFUSED = "return_refused"
    RESPONSIBILITY_DECIDED = "responsibility_decided"
    SECOND_DISPATCHED = "second_dispatched"
    MANAGER_HOTLINE = "manager_hotline"
    HELD_ACCOUNTABLE = "held_accountable"
    ACCOUNTABLE_REPLIED = "accountable_replied"
    CONSENTED = "consented"
    REMEDY_REQUESTED = "remedy_requested"
    REMEDY_GRANTED = "remedy_granted"
    REMEDY_CREDITED = "remedy_credited"
    PROGRESS_TOLD = "progress_told"
    DELAY_TOLD = "delay_told"
    PAUSED = "paused"
    RESUMED = "resumed"
    FED_BACK = "fed_back"
    CALLED_BACK = "called_back"
    RECONTACTED = "recontacted"
    REOPENED = "reopened"
    APPEALED = "appealed"
    CLOSE_REQUESTED = "close_requested"
    CLOSED = "closed"
    ARCHIVED = "archived"
    MENDED = "mended"
    SENDER_ANSWERED = "sender_answered"
    SETTLED = "settled"
    NOTED = "noted"


class CallbackResult(StrEnum):
    """What a closing callback came to."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    UNREACHED = "unreached"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened in a case: when it happened, by whom, and its facts as the step's kind asks for them.

    Steps are appended in the order they are recorded (`number`); `at` may lie before `recorded_at`.
    """

    number: int
    kind: StepKind
    at: datetime
    recorded_at: datetime
    by: int | None = None
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a case chooses its limits."""

    kind: CaseKind = CaseKind.COMPLAINT
    channel: Channel = Channel.HOTLINE
    urgency: Urgency = Urgency.ORDINARY
    complexity: Complexity = Complexity.SIMPLE


class DeadlineState(StrEnum):
    """How a deadline stands: running, in its warning part, past, met in time, met late, or stopped for a pause."""

    RUNNING = "running"
    WARNED = "warned"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One running or ended clock of a case. `provisional`: it lies beyond the published working-day calendar."""

    clock: str
    started_by: int
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    state: DeadlineState
    ended_at: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class NewCase:
    """A complaint as the form, the import or the interface gives it."""

    words: str
    customer_name: str
    customer_phone: str
    customer_email: str = ""
    channel: Channel = Channel.HOTLINE
    kind: CaseKind = CaseKind.COMPLAINT
    urgency: Urgency = Urgency.ORDINARY
    class_code: str = ""
    demand: str = ""
    product: str = ""
    place: str = ""
    campaign: str = ""
    sender: str = ""
    tier: str = ""
    unit_id: int | None = None
    received_at: datetime | None = None
    profile: str = "provincial"


class NoticeState(StrEnum):
    """Where a message to a customer or sender stands; `delivered` only where the gateway says so."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


class AlarmLevel(StrEnum):
    """How loudly a deadline was called out: T1 warns (预警), its end alarms (告警), age escalates (升级)."""

    WARNED = "warned"
    ALARMED = "alarmed"
    ESCALATED = "escalated"
    TO_MANAGER = "to_manager"


class EventKind(StrEnum):
    """What may bring many complaints at once and was known beforehand."""

    CAMPAIGN = "campaign"
    OUTAGE = "outage"


class ActionKind(StrEnum):
    """What can happen to a corrective action (整改)."""

    OPENED = "opened"
    PROOF_GIVEN = "proof_given"
    PROOF_REFUSED = "proof_refused"
    VERIFIED = "verified"
    REOPENED = "reopened"
    NOTED = "noted"


class ActionState(StrEnum):
    """Where a corrective action stands; derived from its steps."""

    OPEN = "open"
    PROVEN = "proven"
    VERIFIED = "verified"


class TaskKind(StrEnum):
    """Why a customer is called: to close a case (结案回访), a sampled survey (满意度测评), a campaign without a case.

    A correcting callback (差错补救) tells what was said wrong in a call; it is no survey and enters no figure of one.
    """

    CLOSING = "closing"
    SURVEY = "survey"
    CAMPAIGN = "campaign"
    CORRECTING = "correcting"


class Outcome(StrEnum):
    """How a task ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNREACHED = "unreached"
    BARRED = "barred"
    DROPPED = "dropped"


class Mode(StrEnum):
    """How answers were given; modes are never mixed in one figure without saying so."""

    PHONE = "phone"
    LINK = "link"
    KEYS = "keys"
    OUTSIDE = "outside"


class Verdict(StrEnum):
    """What the monitoring group heard where logged and spoken answer differ."""

    LOGGED_RIGHT = "logged_right"
    SPOKEN_RIGHT = "spoken_right"
    UNCLEAR = "unclear"
