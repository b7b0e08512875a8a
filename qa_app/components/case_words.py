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
    StepKind,
    Urgency,
)
from surveys.profiles import Profile

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
STEPS = {
    StepKind.RECEIVED: N_("Received"),
    StepKind.ACKNOWLEDGED: N_("Acknowledged"),
    StepKind.ASSESSED: N_("Assessed"),
    StepKind.ASSIGNED: N_("Follow-up handed to"),
    StepKind.SOLVED_ON_THE_SPOT: N_("Solved on the spot"),
    StepKind.DISPATCHED: N_("Dispatched"),
    StepKind.SENT_BACK: N_("Sent back as wrongly dispatched"),
    StepKind.URGED: N_("Urged"),
    StepKind.RETURNED: N_("Return slip"),
    StepKind.RETURN_REFUSED: N_("Return slip refused"),
    StepKind.RESPONSIBILITY_DECIDED: N_("Responsibility decided"),
    StepKind.SECOND_DISPATCHED: N_("Second dispatch"),
    StepKind.MANAGER_HOTLINE: N_("Manager hotline"),
    StepKind.HELD_ACCOUNTABLE: N_("Held accountable"),
    StepKind.ACCOUNTABLE_REPLIED: N_("Reply of the person held accountable"),
    StepKind.CONSENTED: N_("Customer consents to the solution"),
    StepKind.REMEDY_REQUESTED: N_("Remedy asked for"),
    StepKind.REMEDY_GRANTED: N_("Remedy granted"),
    StepKind.REMEDY_CREDITED: N_("Remedy credited"),
    StepKind.PROGRESS_TOLD: N_("Progress told"),
    StepKind.DELAY_TOLD: N_("Delay told"),
    StepKind.PAUSED: N_("Clock paused"),
    StepKind.RESUMED: N_("Clock resumed"),
    StepKind.FED_BACK: N_("Fed back to the customer"),
    StepKind.CALLED_BACK: N_("Closing callback"),
    StepKind.RECONTACTED: N_("Contacted again"),
    StepKind.REOPENED: N_("Reopened"),
    StepKind.APPEALED: N_("Customer appeals"),
    StepKind.CLOSE_REQUESTED: N_("Close asked for"),
    StepKind.CLOSED: N_("Closed"),
    StepKind.ARCHIVED: N_("Archived"),
    StepKind.SENDER_ANSWERED: N_("Sender answered"),
    StepKind.SETTLED: N_("Settled with the regulator"),
    StepKind.MENDED: N_("Registration mended"),
    StepKind.NOTED: N_("Note"),
}
FACTS = {
    "answer": N_("Written answer"),
    "amount": N_("Amount (yuan)"),
    "approver": N_("Approved by"),
    "ask": N_("What is asked of the unit"),
    "before": N_("Before"),
    "belongs_to": N_("Belongs to"),
    "by": N_("How it was told"),
    "call": N_("Call"),
    "called_at": N_("Called back at"),
    "called_number": N_("Number called back"),
    "cause": N_("Cause"),
    "campaign": N_("Campaign"),
    "class_code": N_("Class"),
    "complexity": N_("Complexity"),
    "credited_on": N_("Credited on"),
    "customer_opinion": N_("Customer's opinion"),
    "customer_words": N_("Customer's words"),
    "demand": N_("Remedy sought"),
    "done": N_("What was done"),
    "field": N_("What was mended"),
    "finding": N_("Finding"),
    "findings": N_("Findings"),
    "found_true": N_("Found to be true"),
    "handler": N_("Handled by"),
    "improvement": N_("Improvement"),
    "outcome": N_("Outcome"),
    "ours": N_("Is our side the cause?"),
    "place": N_("Where it happened"),
    "product": N_("Product"),
    "person": N_("Accountable person"),
    "promised_at": N_("Newly promised time"),
    "proof": N_("Proof"),
    "reason": N_("Grounds"),
    "remedy": N_("Remedy"),
    "responsibility": N_("Responsibility"),
    "result": N_("Result"),
    "severity": N_("Severity"),
    "solution": N_("Solution"),
    "supporting": N_("Supporting units"),
    "thanks": N_("Thanks"),
    "to": N_("To whom"),
    "unit": N_("Responsible unit"),
    "urgency": N_("Urgency"),
    "value": N_("Now"),
    "whose": N_("Whose"),
    "words": N_("In words"),
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
LACKING = {
    "class": N_("class"),
    "demand": N_("remedy sought"),
    "assessment": N_("assessment"),
    "return_slip": N_("return slip"),
    "feedback": N_("feedback"),
    "callback": N_("closing callback"),
    "credit": N_("credited date of the remedy"),
    "right_of_reply": N_("reply of the person held accountable"),
    "sender_reply": N_("written answer to the sender"),
    "settlement": N_("settlement with the regulator"),
}


def fact(name: str) -> str:
    """A fact of a step as people call it."""
    return _(FACTS[name]) if name in FACTS else name


FIELDS = {
    "number": N_("Number"),
    "received_at": N_("Received"),
    "closed_at": N_("Closed at"),
    "words": N_("What the customer says"),
    "customer_name": N_("Customer's name"),
    "customer_phone": N_("Telephone number"),
    "channel": N_("Channel"),
    "kind": N_("Kind"),
    "class_code": N_("Class"),
    "urgency": N_("Urgency"),
    "demand": N_("Remedy sought"),
    "product": N_("Product"),
    "place": N_("Where it happened"),
    "campaign": N_("Campaign"),
    "sender": N_("Sender"),
    "tier": N_("Customer's tier"),
}


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
