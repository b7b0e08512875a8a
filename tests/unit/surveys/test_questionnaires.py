"""Questionnaires: the shipped ones, skip logic, answers that fit, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.contacts import Vault
from qa_app.core.errors import Invalid, NotFound
from surveys.dispositions import AAPOR, Category, Disposition, category, final, rates
from surveys.profiles import shipped_text
from surveys.questionnaires import (
    Kind,
    checked,
    filled,
    questionnaire_from_yaml,
    shipped_questionnaire,
    shipped_questionnaires,
)
from surveys.sampling import full_cells, is_drawn, shipped_survey_plan, survey_plan_from_yaml

CLOSING = shipped_questionnaire("closing")
D, C = Disposition, Category


def test_five_ship_in_both_languages():
    assert set(shipped_questionnaires()) == {
        "closing",
        "post_resolution",
        "after_reopening",
        "network_use",
        "correcting",
    }
    for code in shipped_questionnaires():
        asked = shipped_questionnaire(code)
        assert asked.code == code
        assert all(set(one.text) == {"zh", "en"} for one in asked.questions)
    with pytest.raises(NotFound, match="closing"):
        shipped_questionnaire("none")


def test_skip_logic_asks_what_follows_from_the_answers():
    assert [one.id for one in CLOSING.shown({"solved": 1.0, "satisfied": 2.0})] == ["solved", "satisfied", "reason"]
    assert [one.id for one in CLOSING.shown({"satisfied": 3.0})] == ["solved", "satisfied", "reason", "agrees"]
    assert CLOSING.next_question({}).id == "solved"
    assert CLOSING.next_question({"solved": 1.0, "satisfied": 5.0, "agrees": 1.0}) is None
    assert CLOSING.missing({"satisfied": 1.0}) == ("solved", "reason")


def test_an_answer_to_a_question_that_is_not_asked_neither_counts_nor_makes_unhappy():
    answers = {"solved": 1.0, "satisfied": 2.0, "agrees": 0.0, "reason": "慢"}
    assert "agrees" not in CLOSING.counts(answers)
    assert CLOSING.words(answers) == "慢"
    assert CLOSING.is_unhappy({"solved": 0.0})
    assert not CLOSING.is_unhappy({"solved": 1.0, "satisfied": 3.0, "agrees": 1.0})


@given(st.dictionaries(st.sampled_from(["solved", "satisfied", "agrees"]), st.integers(0, 5).map(float)))
def test_shown_missing_and_next_agree(answers):
    shown = [one.id for one in CLOSING.shown(answers)]
    assert [name for name in shown if name not in answers] == list(CLOSING.missing(answers))
    following = CLOSING.next_question(answers)
    assert (following.id if following else None) == next(iter(CLOSING.missing(answers)), None)
    assert set(CLOSING.counts(answers)) <= set(shown)


@pytest.mark.parametrize(("value", "kept"), [("5", 5.0), (1, 1.0), (3.0, 3.0)])
def test_a_scale_takes_its_whole_numbers(value, kept):
    assert checked(CLOSING.question("satisfied"), value) == kept


@pytest.mark.parametrize("value", ["0", "6", "2.5", "x", "", None, "nan", "١"])
def test_a_scale_refuses_everything_else(value):
    if value == "١":
        assert checked(CLOSING.question("satisfied"), value) == 1.0  # a digit of another script is a digit
        return
    with pytest.raises(Invalid, match="whole number"):
        checked(CLOSING.question("satisfied"), value)


def test_choices_are_kept_in_their_order_and_unknown_ones_refused():
    causes = shipped_questionnaire("post_resolution").question("causes")
    assert causes.kind is Kind.MULTI
    assert checked(causes, ["attitude", "speed", "speed"]) == ["speed", "attitude"]
    with pytest.raises(Invalid, match="speed"):
        checked(causes, ["price"])
    with pytest.raises(Invalid):
        checked(shipped_questionnaire("after_reopening").question("better"), ["better", "same"])


def test_places_are_filled_and_an_unknown_one_becomes_empty():
    assert filled("工单{number}，{company}", {"number": "TS1"}) == "工单TS1，"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: satisfied", "id: solved", "stands twice"), ("scale: [1, 5]", "scale: [1, 4]", "scales"),
        ("{question: satisfied, most: 3}", "{question: agrees, most: 3}", "not asked before"),
        ("counted: solved", "counted: nps", "cannot be counted"), ("{company}", "{nobody}", "nothing fills"),
        ("kind: yes_no", "kind: maybe", "kind"),
        ("id: reason", "id: mode", "kept with every answer"),
    ],
)  # fmt: skip
def test_a_questionnaire_that_cannot_be_asked_is_refused_with_what_is_wrong(old, new, told):
    with pytest.raises(Invalid, match=told):
        questionnaire_from_yaml(shipped_text("questionnaires/closing").replace(old, new, 1))


def test_rates_follow_aapor():
    # 6 complete, 1 partial, 2 refusals, 1 other contact, 10 unknown, 5 out of service:
    # RR1 = 6/20, COOP1 = 6/10, REF1 = 2/20, CON1 = 10/20
    ended = [C.COMPLETE] * 6 + [C.PARTIAL] + [C.REFUSAL] * 2 + [C.OTHER] + [C.UNKNOWN] * 10 + [C.NOT_ELIGIBLE] * 5
    found = {one.rate.slug: (one.hits, one.n) for one in rates(ended)}
    assert found == {"response": (6, 20), "cooperation": (6, 10), "refusal": (2, 20), "contact": (10, 20)}
    assert rates([])[0].value is None


def test_the_outcome_that_says_most_is_the_final_one():
    assert final([D.NO_ANSWER, D.LATER, D.BUSY]) is D.LATER
    assert final([D.LINK_SENT, D.COMPLETED]) is D.COMPLETED
    assert category(final([])) is C.UNKNOWN
    assert category(D.BROKE_OFF, has_answers=True) is C.PARTIAL
    assert category(D.REFUSED, has_answers=True) is C.REFUSAL
    assert set(AAPOR) == set(D)


def test_the_sample_is_a_share_that_nobody_can_steer():
    vault = Vault(b"k" * 32)
    drawn = [is_drawn(vault.fingerprint(f"TS20261109-{number:05d}"), 0.2) for number in range(20_000)]
    assert 0.19 < sum(drawn) / len(drawn) < 0.21
    assert is_drawn("0" * 16, 0.01)
    assert not is_drawn("f" * 16, 0.99)


def test_a_full_cell_is_named_and_plans_that_cannot_be_are_refused():
    plan = shipped_survey_plan()
    cells = {"class": "fees", "region": "华东"}
    assert full_cells(plan, cells, {("class", "fees"): plan.quotas["class"]}) == ("class",)
    assert full_cells(plan, cells, {}) == ()
    for text in ("share: 2\nquestionnaire: closing\nafter_hours: 1", "questionnaire: closing",
                 "share: .1\nquestionnaire: closing\nafter_hours: 1\nquotas: {colour: 3}"):  # fmt: skip
        with pytest.raises(Invalid):
            survey_plan_from_yaml(text)
