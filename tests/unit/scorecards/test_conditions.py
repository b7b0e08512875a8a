"""Conditional criteria, root causes and tags: what applies, what must be named, which accuracy an error counts in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.card_file import card_from_yaml, card_to_yaml
from scorecards.conditions import in_order, unneeded
from scorecards.model import Answer, Condition, Tag, Verdict
from scorecards.scoring import score_answers
from transcription.model import Kind

CARD = """
name: asked
version: 1
language: en
for: chat
title: {zh: 样表, en: sample}
pass_pct: 50
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: reason
        title: {zh: 说明原因, en: Gives the reason}
        points: 30
        applies_if: {criterion: fault, verdict: [not_met, partly_met]}
        tags: [customer]
        allow_not_applicable: false
        root_causes:
          - {id: skill, title: {zh: 不会, en: Does not know how}}
          - {id: haste, title: {zh: 赶时间, en: In a hurry}}
        root_cause_required_on: [not_met]
      - {id: fault, title: {zh: 无差错, en: No fault}, points: 50, tags: [business, customer]}
      - {id: other, title: {zh: 其他, en: Other}, points: 20}
"""
MET, PARTLY, NOT, NA, OPEN = Verdict


def said(**verdicts):
    return {name: Answer(name, "talk", verdict) for name, verdict in verdicts.items()}


def scored(**verdicts):
    found = score_answers(card_from_yaml(CARD), said(**verdicts))
    return found, {answer.criterion: answer for answer in found.answers}


def changed(**lines):
    text = CARD
    for before, after in lines.values():
        assert before in text
        text = text.replace(before, after)
    return text


def test_what_a_card_says_of_conditions_causes_tags_and_kind_is_read_and_written_again():
    card = card_from_yaml(CARD)
    reason = card.sections[0].criteria[0]
    assert card.kind is Kind.CHAT
    assert reason.applies_if == Condition("fault", (NOT, PARTLY))
    assert [cause.id for cause in reason.root_causes] == ["skill", "haste"]
    assert (reason.root_cause_required_on, reason.tags) == ((NOT,), (Tag.CUSTOMER,))
    assert card_from_yaml(card_to_yaml(card)) == card


def test_an_unfulfilled_condition_makes_a_criterion_not_applicable_and_shares_its_weight():
    """fault 50 and other 20 share all 100: 50 + 30 x 50/70 = 71.43 points of 100, the rest not met."""
    found, answers = scored(fault=MET, other=NOT, reason=NOT)
    assert answers["reason"].verdict is NA
    assert answers["reason"].reason == "“No fault” is met, so this does not apply"
    assert found.score_pct == 71.43
    assert answers["fault"].possible == pytest.approx(100 * 50 / 70)


def test_a_fulfilled_condition_leaves_the_answer_as_it_is():
    """30 of 30 + 0 of 50 + 20 of 20 = 50 of 100."""
    found, answers = scored(fault=NOT, other=MET, reason=MET)
    assert answers["reason"].verdict is MET
    assert found.score_pct == 50


def test_a_criterion_is_open_as_long_as_the_one_it_hangs_on():
    found, answers = scored(reason=MET, other=MET)
    assert answers["reason"].verdict is OPEN
    assert answers["reason"].reason == "depends on “No fault”, which is left to people"
    assert found.passed is None


def test_a_person_cannot_say_not_applicable_where_it_always_applies_and_the_condition_holds():
    with pytest.raises(Invalid, match="reason is always applicable"):
        scored(fault=NOT, other=MET, reason=NA)


def test_only_criteria_that_are_ruled_out_need_no_answer():
    criteria = [criterion for _, criterion in card_from_yaml(CARD).criteria]
    assert unneeded(criteria, said(fault=MET)) == {"reason"}
    assert unneeded(criteria, said(fault=NOT)) == frozenset()
    assert unneeded(criteria, said(other=MET)) == frozenset()


def test_a_criterion_stands_after_the_one_it_hangs_on():
    criteria = [criterion for _, criterion in card_from_yaml(CARD).criteria]
    assert [criterion.id for criterion in in_order(criteria)] == ["fault", "reason", "other"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("{criterion: fault,", "{criterion: nothing,", "reason.applies_if: there is no criterion “nothing”"),
        ("{criterion: fault,", "{criterion: reason,", r"in a ring \(reason → reason\)"),
        (
            "en: Other}, points: 20}",
            "en: Other}, points: 20, applies_if: {criterion: other, verdict: [met]}}",
            "in a ring",
        ),
        (
            "en: No fault}, points: 50,",
            "en: No fault}, points: 50, applies_if: {criterion: reason, verdict: [met]},",
            r"in a ring \(reason → fault → reason\)",
        ),
        ("en: No fault}, points: 50,", "en: No fault}, fatal: call,", "“fault” is never answered partly_met"),
        (
            "[not_met, partly_met]}",
            "[not_applicable]}",
            None,
        ),
        (
            "points: 50, tags",
            "points: 50, allow_not_applicable: false, tags",
            None,
        ),
        ("          - {id: haste,", "          - {id: skill,", "the root cause “skill” stands twice"),
    ],
)
def test_conditions_that_can_never_hold_are_refused(before, after, told):
    text = changed(only=(before, after))
    if told is None:
        assert card_from_yaml(text)
        return
    with pytest.raises(Invalid, match=told):
        card_from_yaml(text)


def test_a_verdict_that_a_criterion_never_gets_cannot_be_waited_for():
    text = changed(
        never=("[not_met, partly_met]}", "[not_applicable]}"),
        always=("points: 50, tags", "points: 50, allow_not_applicable: false, tags"),
    )
    with pytest.raises(Invalid, match=r"“fault” is never answered not_applicable\. Leave that verdict out"):
        card_from_yaml(text)


def test_a_root_cause_is_not_asked_for_where_none_is_offered():
    start, end = CARD.index("        root_causes:"), CARD.index("        root_cause_required_on")
    with pytest.raises(Invalid, match="asks for a root cause and offers none"):
        card_from_yaml(CARD[:start] + CARD[end:])


@pytest.mark.parametrize(
    ("verdicts", "business", "customer"),
    [
        ({"fault": MET, "other": NOT}, True, True),
        ({"fault": NOT, "reason": MET, "other": MET}, False, False),
        ({"fault": PARTLY, "reason": NOT, "other": MET}, True, False),
        ({"other": MET}, None, None),
        ({"fault": PARTLY, "other": MET}, True, None),
    ],
)
def test_each_tag_has_an_accuracy_of_its_own(verdicts, business, customer):
    """An error is a criterion not met; an evaluation is free of errors with a tag, is not, or is open."""
    found, _ = scored(**verdicts)
    assert found.error_free == {"business": business, "customer": customer}


@given(st.fixed_dictionaries({}, optional={name: st.sampled_from([MET, PARTLY, NOT]) for name in ("fault", "other")}))
def test_weights_always_add_up_whatever_applies(verdicts):
    found, answers = scored(reason=MET, **verdicts)
    if {"fault", "other"} <= set(verdicts):
        assert sum(answer.possible for answer in found.answers) == pytest.approx(100)
    assert answers["reason"].verdict is not NOT
