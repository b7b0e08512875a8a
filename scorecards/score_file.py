"""A transcript and a scorecard become a machine's evaluation: every check, every signal, then the arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorecards.checks.call import prepare_call
from scorecards.checks.registry import answer_call
from scorecards.evidence import check_evidence
from scorecards.model import Evaluation, Scorecard, Signal, SignalRule, Verdict
from scorecards.scoring import evaluate

if TYPE_CHECKING:
    from scorecards.checks.call import Call
    from scorecards.checks.outside import Outside
    from transcription.model import Transcript


def score_transcript(card: Scorecard, transcript: Transcript, outside: Outside | None = None) -> Evaluation:
    """The machine's evaluation of one call on one card, each piece of evidence held against the transcript."""
    call = prepare_call(transcript, outside)
    findings = {
        criterion.id: answer_call(criterion.check, call, card.language)
        for _, criterion in card.criteria
        if criterion.check is not None
    }
    signals = [_signal(rule, call, card.language) for rule in card.signals]
    return evaluate(card, findings, by_machine=True, signals=signals, transcript=transcript)


def _signal(rule: SignalRule, call: Call, language: str) -> Signal:
    """A signal is present when its check is met, wholly or partly; an abstention is not a presence."""
    finding = answer_call(rule.check, call, language)
    check_evidence(finding, call.transcript)
    present = finding.verdict in (Verdict.MET, Verdict.PARTLY_MET)
    reason = finding.reason.in_language(language)
    return Signal(rule.id, present, finding.confidence, finding.evidence, reason, finding.provenance)
