from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.checks import answer, check_spec
from scorecards.checks.order import longest_order
from scorecards.evidence import check_evidence
from scorecards.model import Absence, CheckSpec, Quote, Verdict
from transcription.model import Transcript, Utterance

STEPS = [
    {"name": "问候", "any_of": ["您好"]},
    {"name": "核实", "any_of": ["手机号是"]},
    {"name": "方案", "any_of": ["给您退款", "给您减免"]},
    {"name": "致谢", "any_of": ["感谢来电"], "optional": True},
]


def ask(*said, confidence=None, steps=STEPS):
    lines = [line.partition(": ") if ": " in line else ("agent", "", line) for line in said]
    transcript = Transcript(
        tuple(Utterance(at, who, text, confidence=confidence) for at, (who, _, text) in enumerate(lines))
    )
    finding = answer(CheckSpec("order", {"steps": steps}), transcript, "zh")
    check_evidence(finding, transcript)
    return finding


def test_all_steps_in_order_are_met_with_a_quote_each():
    finding = ask("您好", "手机号是多少", "customer: 一三八", "给您退款")
    assert finding.verdict is Verdict.MET
    assert finding.evidence == (Quote(0, "您好"), Quote(1, "手机号是"), Quote(3, "给您退款"))
    assert finding.reason.zh == "各步骤依次完成：问候 → 核实 → 方案"


def test_a_step_that_comes_too_late_is_named():
    finding = ask("您好", "给您退款", "手机号是多少", "感谢来电")
    assert finding.verdict is Verdict.PARTLY_MET
    assert "步骤“方案”早于“核实”" in finding.reason.zh or "步骤“核实”晚于“方案”" in finding.reason.zh
    late = ask("手机号是多少", "给您退款", "您好", "感谢来电")
    assert late.reason.zh == "步骤“问候”晚于“核实”"
    assert "is late" in late.reason.en


def test_a_missing_step_is_named_with_what_was_searched():
    finding = ask("您好", "给您退款")
    assert finding.verdict is Verdict.NOT_MET
    assert "缺少步骤“核实”" in finding.reason.zh
    assert isinstance(finding.evidence[-1], Absence)


def test_an_optional_step_may_be_left_out_but_not_misplaced():
    assert ask("您好", "手机号是多少", "给您减免").verdict is Verdict.MET
    misplaced = ask("感谢来电", "您好", "手机号是多少", "给您减免")
    assert misplaced.verdict is Verdict.PARTLY_MET
    assert misplaced.reason.zh == "步骤“致谢”早于“方案”"


def test_a_step_said_twice_counts_where_it_fits():
    assert ask("给您退款", "您好", "手机号是多少", "给您退款").verdict is Verdict.MET


def test_steps_of_both_sides():
    steps = [{"any_of": ["还没好"], "speaker": "customer"}, {"any_of": ["抱歉"]}]
    assert ask("customer: 还没好", "抱歉", steps=steps).verdict is Verdict.MET
    assert ask("抱歉", "customer: 还没好", steps=steps).verdict is Verdict.PARTLY_MET


def test_what_was_hardly_heard_is_left_to_a_person():
    assert ask("您好", confidence=0.2).verdict is Verdict.ABSTAINED


def test_the_longest_order_of_known_places():
    # A at 5, B at 1 and 7, C at 6: A, C (5 < 6) and A, B (5 < 7) are two steps, B, C (1 < 6) too; no three fit
    assert len(longest_order([[(5, 0)], [(1, 0), (7, 0)], [(6, 0)]])) == 2
    assert longest_order([[(1, 0)], [(2, 0)], [(3, 0)]]) == {0: 0, 1: 0, 2: 0}
    assert longest_order([[], []]) == {}


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 9).map(lambda at: (at, 0)), max_size=3).map(sorted), max_size=5))
def test_the_chosen_places_always_rise(places):
    chain = longest_order(places)
    chosen = [places[step][chain[step]] for step in sorted(chain)]
    assert all(one < other for one, other in pairwise(chosen))
    assert bool(chain) == any(places)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "x.steps is null. Give a list of 2 or more"),
        ({"steps": [{"any_of": ["好"]}]}, "a list of 2 or more"),
        ({"steps": [{"any_of": ["好"]}, {"name": "二"}]}, "x.steps[1].any_of is"),
        ({"steps": [{"any_of": ["好"]}, "二"]}, "x.steps[1].step is"),
        ({"steps": [{"any_of": ["好"]}, {"any_of": ["行"], "after": 1}]}, "“after” is unknown here"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused_by_its_place(parameters, said):
    with pytest.raises(Invalid) as refused:
        check_spec(CheckSpec("order", parameters), "x")
    assert said in str(refused.value)
