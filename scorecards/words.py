"""What pools, verdicts, and the states and steps of disputes, visits, audits and findings are called, on screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scorecards.auditing import AuditKind, AuditStep, Result, Severity
from scorecards.disputes import DisputeState, StepKind
from scorecards.finding_rules import FindingState, FindingStep
from scorecards.model import Verdict
from scorecards.sampling import Outcome, Pool
from scorecards.shopping import VisitState, VisitStep
from scorecards.training import TrainingStep


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a message translated later
    """Mark a message for the catalogue."""
    return message


POOLS = {
    Pool.RANDOM: N_("by lot"),
    Pool.RISK: N_("for a risk"),
    Pool.ALWAYS: N_("always checked"),
    Pool.MANUAL: N_("by hand"),
    Pool.RECHECK: N_("scored again"),
}
REASONS = {
    "ordinary": N_("ordinary agent"),
    "new_hire": N_("new hire"),
    "dissatisfied": N_("customer dissatisfied"),
    "second_dispatch": N_("second dispatch"),
    "escalated": N_("escalated"),
    "escalation_threat": N_("threat to escalate"),
    "refund": N_("refund"),
    "long_silence": N_("long silence"),
    "low_satisfaction": N_("low rating"),
    "repeat_caller": N_("repeat caller"),
    "asked_by_agent": N_("the agent asks for a person"),
}
OUTCOMES = {
    Outcome.AGREES: N_("all agrees"),
    Outcome.WRONG_SEED: N_("the seed is not the one that was committed to"),
    Outcome.WRONG_FRAME: N_("the frame was changed"),
    Outcome.WRONG_PICKS: N_("other calls were picked"),
}
VERDICTS = {
    Verdict.MET: N_("met"),
    Verdict.PARTLY_MET: N_("partly met"),
    Verdict.NOT_MET: N_("not met"),
    Verdict.NOT_APPLICABLE: N_("not applicable"),
    Verdict.ABSTAINED: N_("left to people"),
}
STATES = {
    DisputeState.UNTOLD: N_("not told yet"),
    DisputeState.TOLD: N_("may be contested"),
    DisputeState.SIGNED: N_("signed for, may be contested"),
    DisputeState.ACCEPTED: N_("accepted"),
    DisputeState.EXPIRED: N_("the window is over"),
    DisputeState.OPEN: N_("waits for a decision"),
    DisputeState.WITHDRAWN: N_("withdrawn"),
    DisputeState.DECIDED: N_("decided"),
    DisputeState.SECOND_OPEN: N_("waits for the monitoring group"),
    DisputeState.FINAL: N_("final"),
}
STEPS = {
    StepKind.TOLD: N_("told"),
    StepKind.SIGNED: N_("signed for"),
    StepKind.DISPUTED: N_("contested"),
    StepKind.WITHDRAWN: N_("withdrawn"),
    StepKind.DECIDED: N_("decided"),
    StepKind.SECOND_DISPUTED: N_("contested again"),
    StepKind.SECOND_DECIDED: N_("decided by the monitoring group"),
}
VISIT_STATES = {
    VisitState.ASSIGNED: N_("assigned"),
    VisitState.IN_WORK: N_("begun"),
    VisitState.SUBMITTED: N_("waits for validation"),
    VisitState.RETURNED: N_("sent back for rework"),
    VisitState.VALIDATED: N_("validated"),
    VisitState.WITHDRAWN: N_("withdrawn"),
}
VISIT_STEPS = {
    VisitStep.ASSIGNED: N_("assigned"),
    VisitStep.STARTED: N_("begun"),
    VisitStep.SUBMITTED: N_("handed in"),
    VisitStep.RETURNED: N_("sent back for rework"),
    VisitStep.VALIDATED: N_("validated"),
    VisitStep.WITHDRAWN: N_("withdrawn"),
}
OF_VISITS = {f"visit_step.{kind.value}": words for kind, words in VISIT_STEPS.items()} | {
    f"visit_state.{state.value}": words for state, words in VISIT_STATES.items()
}
"""By codes of their own: steps of complaints have the same ones and other words."""
TRAINING_STEPS = {
    TrainingStep.GIVEN: N_("given"),
    TrainingStep.DONE: N_("done"),
    TrainingStep.CONFIRMED: N_("confirmed"),
    TrainingStep.SENT_BACK: N_("sent back"),
    TrainingStep.CANCELLED: N_("cancelled"),
}
OF_TRAINING = {f"training_step.{kind.value}": words for kind, words in TRAINING_STEPS.items()}
AUDIT_KINDS = {
    AuditKind.PROCESS: N_("complaint process"),
    AuditKind.INSPECTORS: N_("inspectors"),
    AuditKind.CALLBACKS: N_("callbacks"),
}
AUDIT_STEPS = {
    AuditStep.PLANNED: N_("planned"),
    AuditStep.DRAWN: N_("drawn"),
    AuditStep.CHECKING: N_("being checked"),
    AuditStep.REPORTED: N_("reported"),
    AuditStep.CLOSED: N_("closed"),
}
RESULTS = {
    Result.MET: N_("met"),
    Result.NOT_MET: N_("not met"),
    Result.NOT_APPLICABLE: N_("not applicable"),
}
SEVERITIES = {
    Severity.MINOR: N_("minor"),
    Severity.MAJOR: N_("major"),
    Severity.SEVERE: N_("severe"),
}
FINDING_STATES = {
    FindingState.OPEN: N_("no action yet"),
    FindingState.IN_ACTION: N_("with the unit"),
    FindingState.PROVEN: N_("proof to be verified"),
    FindingState.CLOSED: N_("verified and closed"),
}
FINDING_STEPS = {
    FindingStep.OPENED: N_("finding opened"),
    FindingStep.CAUSE_NOTED: N_("cause noted"),
    FindingStep.ACTION_OPENED: N_("written notice to the unit"),
    FindingStep.PROOF_GIVEN: N_("proof given"),
    FindingStep.PROOF_REFUSED: N_("proof refused"),
    FindingStep.CLOSED: N_("verified and closed"),
    FindingStep.ACTION_REOPENED: N_("corrective action opened again"),
    FindingStep.SEEN_AGAIN: N_("seen again"),
    FindingStep.REOPENED: N_("came again: reopened"),
    FindingStep.HELD_ACCOUNTABLE: N_("held accountable"),
    FindingStep.REPLIED: N_("own reply"),
}
OTHERS = {
    "qa_lead": N_("the QA lead"), "monitor": N_("the monitoring group"), "evaluation": N_("the whole evaluation"),
    "answer": N_("one answer"),
}  # fmt: skip


def name_of(code: str) -> str | None:
    """The English name of a step or state of a dispute, a role or a pool by its code; None for what has none."""
    named: tuple[Mapping[Any, str], ...] = (STATES, STEPS, POOLS, VERDICTS, OTHERS, OF_VISITS, OF_TRAINING)
    return next((names[code] for names in named if code in names), None)
