"""Complaint cases in the reader's words: states, steps, their facts, channels, clocks."""

from __future__ import annotations

from qa_app import session
from qa_app.session import N_, _
from surveys.model import (
    ActionKind,
    ActionState,
    AlarmLevel,
    CaseKind,
    CaseState,
    Channel,
    DeadlineState,
    EventKind,
    NoticeState,
    Urgency,
)
from surveys.profiles import Profile
from surveys.words import FACTS, FIELDS

STATES = {
    CaseState.REGISTERED: N_("received"),
    CaseState.IN_HAND: N_("in hand"),
    CaseState.DISPATCHED: N_("dispatched"),
    CaseState.RETURNED: N_("returned"),
    CaseState.SOLVED: N_("solved, feedback due"),
    CaseState.FED_BACK: N_("fed back, callback due"),
    CaseState.SATISFIED: N_("satisfied, to be closed"),
    CaseState.DISSATISFIED: N_("not satisfied"),
    CaseState.CLOSED: N_("closed"),
    CaseState.ARCHIVED: N_("archived"),
}
CHOICES = {
    "centre": N_("the centre's"),
    "complex": N_("complex"),
    "credit": N_("credit"),
    "discount": N_("discount"),
    "dissatisfied": N_("not satisfied"),
    "email": N_("e-mail"),
    "false": N_("not true"),
    "gift": N_("gift"),
    "green": N_("green channel"),
    "letter": N_("letter"),
    "no": N_("no"),
    "nobody": N_("nobody's"),
    "ordinary": N_("ordinary"),
    "partly": N_("partly true"),
    "phone": N_("telephone"),
    "refund": N_("refund"),
    "refused": N_("refused to answer"),
    "satisfied": N_("satisfied"),
    "serious": N_("serious"),
    "settled": N_("settled"),
    "simple": N_("simple"),
    "sms": N_("SMS"),
    "true": N_("true"),
    "unit": N_("the unit's"),
    "unreached": N_("not reached"),
    "upheld": N_("upheld by the regulator"),
    "urgent": N_("urgent"),
    "withdrawn": N_("withdrawn"),
    "yes": N_("yes"),
}
CHANNELS = {
    Channel.HOTLINE: N_("Hotline"),
    Channel.ONLINE: N_("Online, app, website"),
    Channel.EMAIL: N_("E-mail"),
    Channel.SOCIAL: N_("Social media"),
    Channel.SHOP: N_("Shop"),
    Channel.LETTER: N_("Letter"),
    Channel.REGULATOR: N_("Forwarded by the regulator"),
    Channel.INTERNAL: N_("Forwarded by a colleague"),
}
KINDS = {
    CaseKind.COMPLAINT: N_("Complaint"),
    CaseKind.SUGGESTION: N_("Suggestion"),
    CaseKind.APPEAL: N_("Customer's appeal"),
}
URGENCIES = {
    Urgency.ORDINARY: N_("Ordinary"),
    Urgency.URGENT: N_("Urgent"),
    Urgency.GREEN: N_("Green channel"),
}
CLOCK_STATES = {
    DeadlineState.RUNNING: N_("running"),
    DeadlineState.WARNED: N_("due soon"),
    DeadlineState.OVERDUE: N_("overdue"),
    DeadlineState.MET: N_("in time"),
    DeadlineState.MET_LATE: N_("late"),
    DeadlineState.PAUSED: N_("paused"),
}


NOTICE_STATES = {
    NoticeState.WAITING: N_("waiting to be sent"),
    NoticeState.SENT: N_("sent"),
    NoticeState.DELIVERED: N_("delivered"),
    NoticeState.FAILED: N_("could not be sent"),
}
ALARM_LEVELS = {
    AlarmLevel.WARNED: N_("Due soon (T1)"),
    AlarmLevel.ALARMED: N_("Overdue"),
    AlarmLevel.ESCALATED: N_("Escalated to the supervisor"),
    AlarmLevel.TO_MANAGER: N_("Escalated to the manager"),
}
EVENT_KINDS = {EventKind.CAMPAIGN: N_("Campaign"), EventKind.OUTAGE: N_("Outage")}
ACTION_STATES = {
    ActionState.OPEN: N_("open"),
    ActionState.PROVEN: N_("proof to be checked"),
    ActionState.VERIFIED: N_("verified"),
}
ACTION_STEPS = {
    ActionKind.OPENED: N_("Opened"),
    ActionKind.PROOF_GIVEN: N_("Proof given"),
    ActionKind.PROOF_REFUSED: N_("Proof refused"),
    ActionKind.VERIFIED: N_("Verified"),
    ActionKind.REOPENED: N_("Opened again"),
    ActionKind.NOTED: N_("Note"),
}


def fact(name: str) -> str:
    """A fact of a step as people call it."""
    return _(FACTS[name]) if name in FACTS else name


def field(name: str) -> str:
    """A field of a registration as people call it."""
    return _(FIELDS[name]) if name in FIELDS else name


def class_title(code: str) -> str:
    """A complaint's class with the one above it, in the reader's language."""
    known = {one.code: one for one in session.taxonomy()}
    if code not in known:
        return code
    one = known[code]
    return f"{one.parent_title[session.language()]} / {one.title[session.language()]}"


def clock_title(profile: Profile, clock: str) -> str:
    """A clock as its profile calls it."""
    return next((rule.title[session.language()] for rule in profile.rules if rule.clock == clock), clock)


def choice(value: str) -> str:
    """One of the values that a fact may have."""
    return _(CHOICES[value]) if value in CHOICES else value
