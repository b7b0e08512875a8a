"""What a form does to a scorecard's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards import editing
from scorecards.card_file import card_from_yaml, card_to_dict, load_card, shipped_cards, shipped_text
from scorecards.model import Tag, Wording

TEXT = "# for the first line\n\n" + editing.TEMPLATE


def test_a_text_written_again_is_the_same_card_under_its_first_comments():
    for name in shipped_cards():
        again = editing.set_facts(shipped_text(name), {})
        assert card_from_yaml(again) == load_card(name)
    assert editing.set_facts(TEXT, {"pass_pct": 70}).startswith("# for the first line\n\nname: new-card")


def test_comments_between_lines_are_told_before_they_are_lost():
    assert not editing.loses_comments(TEXT)
    assert editing.loses_comments(TEXT.replace("pass_pct: 80", "pass_pct: 80  # since May"))
    assert editing.loses_comments(TEXT.replace("sections:", "# three parts\nsections:"))
    assert not editing.loses_comments(TEXT.replace("新评分表", "一号#表"))


def test_fields_are_set_and_taken_away():
    text = editing.set_facts(TEXT, {"pass_pct": 70, "for": "chat"})
    text = editing.set_criteria(text, {"greeting": {"tags": ["customer"], "check": None}})
    card = card_from_yaml(text)
    criterion = card.sections[0].criteria[0]
    assert (card.pass_pct, card.kind, criterion.tags, criterion.check) == (70, "chat", (Tag.CUSTOMER,), None)


def test_criteria_and_sections_come_go_and_move():
    text = editing.add_criterion(TEXT, "script", "closing", Wording("结束", "Closing"))
    text = editing.add_section(text, "empathy", Wording("同理心", "Empathy"))

    def order(text):
        return [criterion.id for _, criterion in card_from_yaml(text).criteria]

    assert order(text) == ["greeting", "closing", "empathy_1"]
    assert order(editing.move_criterion(text, "closing", -1)) == ["closing", "greeting", "empathy_1"]
    assert order(editing.move_criterion(text, "closing", 9)) == order(text)
    assert order(editing.remove_criterion(text, "greeting")) == ["closing", "empathy_1"]
    assert len(card_from_yaml(editing.remove_criterion(text, "empathy_1")).sections) == 1
    with pytest.raises(Invalid, match="There is no section “nowhere”"):
        editing.add_criterion(text, "nowhere", "x", Wording())


@pytest.mark.parametrize("text", ["", "name: x", "sections: [a]", "sections: [{criteria: [b]}]", "- a", "sections: {}"])
def test_a_text_that_a_form_cannot_show_is_refused_in_a_sentence(text):
    with pytest.raises(Invalid, match="The form needs sections"):
        editing.read_document(text)


def test_weights_come_to_100_in_proportion():
    """1 : 1 : 1 = 33.3 each, and the tenth that is left goes to the first of the largest remainders."""
    assert editing.to_full_weight({"a": 1, "b": 1, "c": 1}) == {"a": 33.4, "b": 33.3, "c": 33.3}
    assert editing.to_full_weight({"a": 10, "b": 30, "bonus": -3, "fatal": 0}) == {
        "a": 25, "b": 75, "bonus": -3, "fatal": 0,
    }  # fmt: skip
    assert editing.to_full_weight({}) == {}
    assert editing.to_full_weight({"a": 0}) == {"a": 0}


@given(st.dictionaries(st.text("abc", max_size=4), st.floats(0.5, 1000), min_size=1, max_size=60))
def test_whatever_the_weights_they_add_up_to_100(weights):
    made = editing.to_full_weight(weights)
    assert sum(made.values()) == pytest.approx(100)
    assert sum(editing.shares(made).values()) == pytest.approx(1)
    exact = editing.shares(weights)
    assert all(abs(made[name] - 100 * exact[name]) < 0.1 + 1e-9 for name in weights)


def test_what_publishing_changes_is_said_line_by_line():
    before = card_from_yaml(TEXT)
    text = editing.set_facts(TEXT, {"pass_pct": 70, "version": 2})
    text = editing.add_criterion(text, "script", "closing", Wording("结束", "Closing"))
    text = editing.set_criteria(
        text,
        {
            "greeting": {
                "points": 95,
                "tags": ["customer"],
                "title": "Hello",
                "check": {"kind": "phrases", "any_of": ["嗨"]},
            }
        },
    )
    after = card_from_yaml(text)
    assert [one.en for one in editing.changes(before, after)] == [
        "Pass mark changed: 80 → 70",
        "New: Closing",
        "Hello: weight 100 → 95",
        "Hello: its check changed",
        "Hello: when it applies, comments, root causes, tags or fatal changed",
        "Hello: its wording changed",
    ]
    assert [one.en for one in editing.changes(after, before)][1] == "Gone: Closing"
    assert editing.changes(before, before) == []
    assert editing.changes(None, before)[0].zh == "首次发布，尚无在用版本"
    assert card_to_dict(before)["version"] == 1


PHRASES = st.lists(st.text("您好吗 abc", min_size=1, max_size=6).map(str.strip).filter(bool), min_size=1, max_size=4)


@given(PHRASES)
def test_phrases_come_back_from_their_lines(phrases):
    assert editing.phrases_in(editing.lines_of(phrases)) == phrases


@given(st.lists(PHRASES, min_size=1, max_size=3))
def test_groups_come_back_from_their_lines(groups):
    assert editing.groups_in(editing.lines_of(groups)) == groups


def test_lines_without_words_are_no_phrases():
    assert editing.phrases_in(" \n\n") is None
    assert editing.groups_in(" \n \n\n") is None
    assert editing.causes_in("") is None
    assert (editing.lines_of(None), editing.lines_of_causes(None)) == ("", "")


def test_root_causes_are_lines_of_id_and_both_languages():
    causes = [{"id": "skill", "title": {"zh": "不会", "en": "Does not know"}}, {"id": "haste", "title": {"zh": "赶"}}]
    assert editing.causes_in(editing.lines_of_causes(causes)) == causes
    assert editing.causes_in("赶时间") == [{"id": "cause_1", "title": {"zh": "赶时间"}}]


@pytest.mark.parametrize(
    ("wording", "both"), [("好", ("好", "好")), ({"en": "Good"}, ("", "Good")), (None, ("", "")), ({}, ("", ""))]
)
def test_a_text_is_read_however_it_is_written(wording, both):
    assert editing.both_of(wording) == both
