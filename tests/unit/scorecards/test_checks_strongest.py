from __future__ import annotations

import pytest

from qa_app.core.errors import Invalid
from scorecards.checks import answer, check_spec
from scorecards.evidence import check_evidence
from scorecards.model import Absence, CheckSpec, Quote, Verdict
from transcription.model import Transcript, Utterance


def call(*lines, confidence=None):
    said = (line.partition(": ") for line in lines)
    return Transcript(
        tuple(Utterance(index, who, text, confidence=confidence) for index, (who, _, text) in enumerate(said))
    )


def ask(transcript, **parameters):
    finding = answer(CheckSpec("phrases", parameters), transcript, "zh")
    check_evidence(finding, transcript)
    return finding


SOLUTION = {"any_of": ["联系商家", "退款", "红包", "专员"]}
OFFERS = call("agent: 我联系商家", "customer: 嗯", "agent: 给您退款，再补一个红包", "customer: 好", "agent: 专员会来电")


def test_the_line_that_says_most_of_the_rule_is_quoted():
    assert ask(OFFERS, **SOLUTION).evidence == (
        Quote(0, "联系商家"),
    )  # 4 signs against 2 + 2: the earlier of two alike
    assert ask(OFFERS, **SOLUTION, prefer="last").evidence == (Quote(2, "退款"),)
    assert ask(OFFERS, **SOLUTION, quotes=2).evidence == (Quote(0, "联系商家"), Quote(2, "退款"))
    assert len(ask(OFFERS, **SOLUTION, quotes=3).evidence) == 3


def test_several_different_weaker_wordings_stand_for_a_strong_one():
    rule = {"speaker": "customer", "any_of": ["太过分"], "several_of": {"phrases": ["为什么", "到现在"], "at_least": 2}}
    assert ask(call("customer: 为什么", "customer: 为什么啊"), **rule).verdict is Verdict.NOT_MET  # one wording
    finding = ask(call("customer: 为什么", "agent: 嗯", "customer: 到现在还没好"), **rule, quotes=3)
    assert finding.verdict is Verdict.MET
    assert finding.evidence == (Quote(0, "为什么"), Quote(2, "到现在"))
    assert ask(call("customer: 太过分"), **rule).verdict is Verdict.MET
    alone = {"speaker": "customer", "several_of": {"phrases": ["为什么"], "at_least": 1}}
    assert ask(call("customer: 为什么"), **alone).verdict is Verdict.MET
    missed = ask(call("customer: 哦"), **alone)
    assert missed.verdict is Verdict.NOT_MET
    assert isinstance(missed.evidence[0], Absence)


CLOSING = {
    "any_of": ["生活愉快"],
    "not_applicable_unless": {"speaker": "any", "any_of": ["再见"], "window": {"last_turns": 2}},
}


def test_a_call_that_breaks_off_without_leave_taking_cannot_be_closed():
    cut = ask(call("agent: 请讲", "customer: 我的宽带"), **CLOSING)
    assert (cut.verdict, cut.evidence) == (Verdict.NOT_APPLICABLE, ())
    assert "“再见”" in cut.reason.zh
    assert ask(call("agent: 嗯", "customer: 那再见"), **CLOSING).verdict is Verdict.NOT_MET
    assert ask(call("agent: 祝您生活愉快", "customer: 我的"), **CLOSING).verdict is Verdict.MET  # what was said stands
    early = ("agent: 再见", "customer: 等等", "agent: 嗯", "customer: 我的")
    assert ask(call(*early), **CLOSING).verdict is Verdict.NOT_APPLICABLE


def test_what_was_finished_on_the_call_asks_no_time():
    rule = {"any_of": ["{n}小时内"], "not_applicable_if": {"any_of": ["已经办好了"]}}
    done = ask(call("agent: 已经办好了"), **rule)
    assert (done.verdict, done.evidence) == (Verdict.NOT_APPLICABLE, ())
    assert "已经办好了" in done.reason.en
    assert ask(call("customer: 已经办好了", "agent: 嗯"), **rule).verdict is Verdict.NOT_MET  # the agent has to say it
    assert ask(call("agent: 已经办好了，两小时内生效"), **rule).verdict is Verdict.MET


def test_a_condition_is_not_judged_where_the_words_were_hardly_heard():
    assert ask(call("agent: 请讲", "customer: 我的", confidence=0.2), **CLOSING).verdict is Verdict.ABSTAINED


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"any_of": ["好"], "quotes": 4}, "x.quotes is 4"),
        ({"any_of": ["好"], "quotes": 1.5}, "a whole number from 1 to 3"),
        ({"any_of": ["好"], "prefer": "best"}, 'x.prefer is "best"'),
        ({"several_of": ["好"]}, "x.several_of is"),
        ({"several_of": {"at_least": 2}}, "x.several_of.phrases is"),
        ({"several_of": {"phrases": ["好"], "at_least": 0}}, "x.several_of.at_least is 0"),
        ({"any_of": ["好"], "not_applicable_if": {"speaker": "agent"}}, "x.not_applicable_if.any_of is"),
        ({"any_of": ["好"], "not_applicable_unless": {"anyof": ["好"]}}, "“anyof” is unknown here"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_place(parameters, said):
    with pytest.raises(Invalid) as refused:
        check_spec(CheckSpec("phrases", parameters), "x")
    assert said in str(refused.value)
