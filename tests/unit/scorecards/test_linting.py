"""What the linter finds before a scorecard is published, each rule with a card that breaks it and one that does not."""

import pytest

from scorecards.card_file import card_from_yaml, load_card, shipped_cards
from scorecards.checks.call import prepare_call
from scorecards.linting import Level, blocks, lint
from transcription.model import Transcript, Utterance

GOOD = """
name: good
version: 2
language: en
title: {zh: 好表, en: Good}
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 40
        check: {kind: phrases, any_of: [hello there, good morning], none_of: [go away]}
      - id: closing
        title: {zh: 结束, en: Closing}
        points: 30
        check: {kind: phrases, window: {last_turns: 2}, any_of: [goodbye]}
      - id: help
        title: {zh: 帮助, en: Offers help}
        points: 30
        check: {kind: phrases, speaker: customer, any_of: [thank you]}
"""
LIMIT = 30


def call(*said, seconds=4.0):
    """Agent and customer in turns, each utterance some seconds long."""
    return prepare_call(
        Transcript(
            tuple(
                Utterance(at, "customer" if at % 2 else "agent", text, at * seconds, at * seconds + seconds - 1)
                for at, text in enumerate(said)
            ),
            language="en",
        )
    )


PLAIN = call("hello there", "my bill is wrong", "let me see", "thank you", "goodbye")
MUTE = call("what do you want", "my bill is wrong", "let me see", "right", "that is all")
HISTORY = [PLAIN, MUTE] * (LIMIT // 2)


def rules(text=GOOD, before="", after="", history=(), newest=None):
    assert before in text
    found = lint(card_from_yaml(text.replace(before, after, 1)), history, newest)
    return {(one.rule, one.place): one for one in found}


def test_nothing_is_found_on_a_good_card():
    assert rules() == {}


def test_what_ships_has_no_errors():
    for name in shipped_cards():
        assert blocks(lint(load_card(name))) == []


@pytest.mark.parametrize(
    ("before", "after", "rule", "place", "level"),
    [
        ("points: 40", "points: 30", "weights_sum", "sections", Level.WARNING),
        ("points: 40", "points: 400", "weight_dominates", "greeting", Level.WARNING),
        ("{zh: 问候, en: Greeting}", "{en: Greeting}", "missing_translation", "greeting.title", Level.WARNING),
        ("{zh: 问候, en: Greeting}", "Greeting", "missing_translation", "greeting.title", Level.WARNING),
        ("{zh: 问候, en: Greeting}", "问候", "missing_translation", "greeting.title", Level.WARNING),
        ("[hello there,", "[hello there, Hello there!,", "duplicate_phrase", "greeting.check.any_of", Level.WARNING),
        ("[go away]", "[Good Morning]", "contradicting_phrase", "greeting.check.any_of", Level.ERROR),
        ("en: Greeting}", "en: Greets with a smile}", "unprovable", "greeting", Level.WARNING),
        ("en: Greeting}", "en: Greets in a warm tone of voice}", "unprovable", "greeting", Level.WARNING),
        ("zh: 问候", "zh: 语气亲切地问候", "unprovable", "greeting", Level.WARNING),
        ("zh: 问候", "zh: 系统内记录完整", "unprovable", "greeting", Level.WARNING),
    ],
)
def test_each_rule_finds_what_it_is_for(before, after, rule, place, level):
    found = rules(GOOD, before, after)
    assert (rule, place) in found
    finding = found[rule, place]
    assert finding.level is level
    assert all((finding.says.zh, finding.says.en, finding.mend.zh, finding.mend.en))


def test_weights_that_do_not_add_up_are_said_with_their_sum():
    assert (
        rules(GOOD, "points: 40", "points: 30")["weights_sum", "sections"].says.en
        == "The weights add up to 90, not 100"
    )


def test_a_question_that_only_people_answer_is_a_hint_and_one_that_words_cannot_prove_says_so():
    text = GOOD.replace("        check: {kind: phrases, speaker: customer, any_of: [thank you]}\n", "")
    assert rules(text)["people_only", "help"].level is Level.HINT
    found = rules(text.replace("en: Offers help}", "en: Smiles}"))
    assert found["unprovable", "help"].level is Level.HINT
    assert ("people_only", "help") not in found


def test_what_a_system_records_can_be_read_in_a_case_s_record():
    text = GOOD.replace("version: 2", "version: 2\nfor: case_record").replace("zh: 问候", "zh: 系统内记录完整")
    assert ("unprovable", "greeting") not in rules(text)


def test_a_check_that_hangs_on_what_only_people_answer_is_found():
    text = GOOD.replace("        check: {kind: phrases, speaker: customer, any_of: [thank you]}\n", "")
    found = rules(text, "points: 40\n", "points: 40\n        applies_if: {criterion: help, verdict: [met]}\n")
    assert found["condition_for_people", "greeting.applies_if"].level is Level.WARNING


def test_a_fatal_error_without_a_tag_is_told_only_where_tags_are_used():
    fatal = GOOD + "      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call}\n"
    assert ("fatal_without_tag", "rude") not in rules(fatal)
    assert ("fatal_without_tag", "rude") in rules(fatal, "points: 40", "points: 40\n        tags: [customer]")


def test_a_version_that_is_taken_is_an_error():
    assert rules(newest=1) == {}
    assert blocks(rules(newest=2).values())[0].mend.en == "Make it version 3"


def test_the_gravest_findings_come_first():
    text = GOOD.replace("points: 40", "points: 30").replace("[go away]", "[good morning]")
    assert [one.level for one in lint(card_from_yaml(text))] == [Level.ERROR, Level.WARNING]


# --- on stored calls ----------------------------------------------------------------------------------------------


def test_below_the_fewest_calls_history_says_nothing():
    assert rules(history=[PLAIN] * (LIMIT - 1)) == {}


def test_criteria_answered_alike_on_every_call_are_found():
    found = rules(history=[PLAIN] * LIMIT)
    assert found["always_hits", "greeting"].says.en == "All 30 calls are “met”"
    found = rules(history=[MUTE] * LIMIT)
    assert found["never_hits", "greeting"].says.en == "All 30 calls are “not met”"
    assert not {rule for rule, _ in rules(history=HISTORY)} & {"always_hits", "never_hits", "always_open"}


def test_a_check_that_always_abstains_is_found():
    silent = call("hello there", "", "goodbye")
    assert rules(history=[silent] * LIMIT)["always_open", "help"].says.en == "It abstained on all 30 calls"


def test_phrases_that_nobody_says_are_listed_and_those_that_somebody_says_are_not():
    found = rules(history=HISTORY)
    never = found["phrase_never_said", "greeting.check.any_of"]
    assert never.says.en == "1 of 2 were never said in 30 calls: good morning"
    assert ("phrase_never_said", "closing.check.any_of") not in found


def test_a_window_that_holds_whole_calls_is_found():
    """The calls have five turns and 19 s."""
    assert ("window_too_long", "closing.check.window") not in rules(history=HISTORY)
    for window in ("last_turns: 5", "first_s: 60", "last_s: 19"):
        found = rules(GOOD, "last_turns: 2", window, history=HISTORY)
        assert found["window_too_long", "closing.check.window"].says.en.startswith("It covers all of 30 of 30 calls")
    assert ("window_too_long", "closing.check.window") not in rules(GOOD, "last_turns: 2", "last_s: 9", history=HISTORY)
