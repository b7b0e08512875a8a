from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.checks import answer, check_spec
from scorecards.evidence import check_evidence
from scorecards.model import Absence, CheckSpec, Quote, Verdict
from transcription.model import Transcript, Utterance

RULE = {
    "accepts": ["好的", "可以"],
    "grudging": ["行吧"],
    "refuses": ["不可以", "不接受"],
    "farewells": ["谢谢", "再见"],
    "assents": ["好", "行", "嗯"],
    "asked_by": ["您看行吗"],
    "unless": ["不好的"],
}


def call(*lines, confidence=None):
    said = (line.partition(": ") for line in lines)
    return Transcript(
        tuple(Utterance(index, who, text, confidence=confidence) for index, (who, _, text) in enumerate(said))
    )


def ask(*lines, confidence=None, **changed):
    transcript = call(*lines, confidence=confidence)
    finding = answer(CheckSpec("outcome", RULE | changed), transcript, "zh")
    check_evidence(finding, transcript)
    return finding


def test_what_the_customer_says_last_decides():
    assert (
        ask("customer: 不接受", "agent: 那退款", "customer: 好的").verdict is Verdict.PARTLY_MET
    )  # refused just before
    assert ask("customer: 好的", "agent: 只退一半", "customer: 不接受").verdict is Verdict.NOT_MET
    assert ask("customer: 不接受", "agent: 那退款", "customer: 好的", near_turns=1).verdict is Verdict.MET
    assert ask("customer: 好的").verdict is Verdict.MET


def test_a_grudging_acceptance_is_partly_met():
    finding = ask("agent: 只能这样", "customer: 行吧")
    assert (finding.verdict, finding.evidence) == (Verdict.PARTLY_MET, (Quote(1, "行吧"),))
    assert "勉强" in finding.reason.zh


def test_a_refusal_that_holds_a_word_of_acceptance_is_a_refusal():
    finding = ask("agent: 这样呢", "customer: 不可以")
    assert (finding.verdict, finding.evidence) == (Verdict.NOT_MET, (Quote(1, "不可以"),))


def test_a_backchannel_accepts_only_what_was_offered():
    assert ask("agent: 给您退款您看行吗", "customer: 嗯，行").verdict is Verdict.MET
    finding = ask("agent: 我在查", "customer: 嗯，行")
    assert finding.verdict is Verdict.NOT_MET
    assert isinstance(finding.evidence[0], Absence)
    assert ask("agent: 您看行吗", "customer: 嗯行我再想想").verdict is Verdict.NOT_MET  # more than assent


def test_taking_leave_accepts_unless_refused_after_but_the_acceptance_itself_is_quoted():
    finding = ask("customer: 可以", "agent: 再见", "customer: 谢谢再见")
    assert (finding.verdict, finding.evidence) == (Verdict.MET, (Quote(0, "可以"),))
    assert ask("agent: 再见", "customer: 谢谢").evidence == (Quote(1, "谢谢"),)
    assert ask("customer: 谢谢", "customer: 我不接受").verdict is Verdict.NOT_MET


def test_an_exception_and_the_other_side_do_not_count():
    assert ask("customer: 不好的", "agent: 好的").verdict is Verdict.NOT_MET


def test_unsure_words_are_left_to_a_person():
    assert ask("customer: 好的", confidence=0.2).verdict is Verdict.ABSTAINED
    assert ask("customer: 那个", confidence=0.2).verdict is Verdict.ABSTAINED
    assert ask("agent: 您好").verdict is Verdict.ABSTAINED  # nothing was heard of the customer


def test_a_rule_without_acceptance_is_refused():
    with pytest.raises(Invalid, match="x has no accepts"):
        check_spec(CheckSpec("outcome", {"refuses": ["不"]}), "x")


lines = st.lists(
    st.tuples(st.sampled_from(["agent", "customer"]), st.text(alphabet="好的可以不接受行吧谢嗯，", max_size=6)),
    max_size=8,
)


@settings(deadline=None)
@given(lines)
def test_what_comes_before_the_last_stand_never_turns_a_refusal_into_an_acceptance(said):
    before = [f"{who}: {text}" for who, text in said]
    assert ask(*before, "customer: 我不接受").verdict is Verdict.NOT_MET
    assert ask(*before, "customer: 我说好的").verdict in (Verdict.MET, Verdict.PARTLY_MET)
