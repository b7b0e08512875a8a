"""The outcome check where the other side says how it went: turned down, done, or nothing said."""

import pytest

from scorecards.checks import answer
from scorecards.evidence import check_evidence
from scorecards.model import CheckSpec, Quote, Verdict
from transcription.model import Transcript, Utterance

RULE = {
    "accepts": ["thank you", "that works"],
    "refuses": ["not good enough"],
    "denials": ["unfortunately", "was unsuccessful"],
    "grants": ["has been refunded", "all set"],
    "unless": ["unfortunately we were closed"],
}


def ask(*lines, **changed):
    said = (line.partition(": ") for line in lines)
    transcript = Transcript(tuple(Utterance(at, who, text) for at, (who, _, text) in enumerate(said)), language="en")
    finding = answer(CheckSpec("outcome", {**RULE, **changed}), transcript, "en")
    check_evidence(finding, transcript)
    return finding


def test_a_request_turned_down_is_not_met_however_politely_it_is_taken():
    finding = ask("agent: Unfortunately there is no room", "customer: Thank you anyway")
    assert (finding.verdict, finding.evidence) == (Verdict.NOT_MET, (Quote(0, "Unfortunately"), Quote(1, "Thank you")))
    assert finding.reason.en.startswith("the agent last turned it down: “Unfortunately”")


def test_a_denial_that_something_was_done_after_does_not_count():
    finding = ask("agent: Unfortunately it failed", "agent: Now it has been refunded", "customer: That works")
    assert (finding.verdict, finding.evidence) == (Verdict.MET, (Quote(2, "That works"),))


def test_a_denial_after_what_was_done_counts():
    assert ask("agent: You are all set", "agent: The rest was unsuccessful", "customer: thank you").verdict is (
        Verdict.NOT_MET
    )


def test_what_was_done_without_an_objection_is_partly_met():
    finding = ask("customer: my bill", "agent: It has been refunded")
    assert (finding.verdict, finding.evidence) == (Verdict.PARTLY_MET, (Quote(1, "has been refunded"),))


def test_a_refusal_stands_whatever_was_done():
    assert ask("agent: It has been refunded", "customer: That is not good enough").verdict is Verdict.NOT_MET


def test_a_denial_inside_what_counts_as_none_is_none():
    assert ask("agent: Unfortunately we were closed", "customer: thank you").verdict is Verdict.MET


def test_the_customer_s_own_words_turn_nothing_down():
    assert ask("customer: Unfortunately I was out", "agent: All set", "customer: thank you").verdict is Verdict.MET


@pytest.mark.parametrize(("silent", "verdict"), [("not_met", Verdict.NOT_MET), ("abstained", Verdict.ABSTAINED)])
def test_where_nothing_of_it_was_said_the_card_decides(silent, verdict):
    assert ask("agent: hello", "customer: my bill is wrong", silent=silent).verdict is verdict
    assert ask("agent: hello", "customer: my bill is wrong").verdict is Verdict.NOT_MET
