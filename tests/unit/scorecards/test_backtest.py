"""A draft against the version in force: flips, means, pass rates and their paired interval, with the arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.backtest import PastCall, backtest, paired_change
from scorecards.card_file import card_from_yaml
from scorecards.checks.outside import Outside, Unanswered
from scorecards.model import Verdict, Wording
from transcription.model import Transcript, Utterance

OLD = """
name: old
version: 1
language: en
title: {zh: 旧, en: Old}
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 60
        check: {kind: phrases, any_of: [hello]}
      - id: closing
        title: {zh: 结束, en: Closing}
        points: 40
        check: {kind: phrases, any_of: [goodbye]}
"""
NEW = OLD.replace("[hello]", "[hello, good morning]").replace("version: 1", "version: 2")


def past(number, *said, agent="Ann", team="One", may_open=True):
    heard = Transcript(
        tuple(Utterance(at, "agent", text, at * 5.0, at * 5.0 + 4) for at, text in enumerate(said)), language="en"
    )
    return PastCall(number, f"C-{number}", (agent,), team, heard, may_open)


CALLS = [
    past(1, "hello", "goodbye"),
    past(2, "one moment", "good morning", "goodbye"),
    past(3, "good morning", agent="Bob", team="Two"),
    past(4, "well", agent="Bob", team="Two"),
]


def tried(new=NEW, old=OLD, calls=CALLS):
    return backtest(card_from_yaml(new), card_from_yaml(old) if old else None, calls)


def test_scores_before_and_after_are_compared_on_the_same_calls():
    """Before 100, 40, 0, 0 = mean 35; after 100, 100, 60, 0 = mean 65. Passed 1 of 4, then 3 of 4."""
    found = tried()
    assert (found.calls, found.changed) == (4, 2)
    assert (found.before.mean_pct, found.after.mean_pct) == (35, 65)
    assert (found.before.pass_rate.value, found.after.pass_rate.value) == (0.25, 0.75)
    assert (found.before.decided, found.after.open_calls) == (4, 0)
    assert found.before.bands == (2, 0, 0, 0, 1, 0, 0, 0, 0, 1)
    assert found.after.bands == (1, 0, 0, 0, 0, 0, 1, 0, 0, 2)


def test_the_pass_rates_change_is_paired_with_its_interval():
    """Gained 2, lost 0 of 4: 0.5. p12 = 3/6, p21 = 1/6: 1/3 ± 1.96 sqrt((2/3 - 1/9) / 6) = 1/3 ± 0.596."""
    found = tried()
    assert (found.gained, found.lost, found.paired) == (2, 0, 4)
    change = found.pass_change
    assert change.value == 0.5
    assert (change.low, change.high) == (pytest.approx(-0.263, abs=0.001), pytest.approx(0.930, abs=0.001))


def test_the_paired_interval_is_bonett_and_price_s():
    """n = 100, p12 = 21/102, p21 = 11/102: 10/102 ± 1.96 sqrt((32/102 - (10/102)²) / 102) = -0.009 .. 0.205."""
    change = paired_change(20, 10, 100)
    assert change.value == pytest.approx(0.1)
    assert (change.low, change.high) == (pytest.approx(-0.0090, abs=0.0005), pytest.approx(0.2050, abs=0.0005))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_the_interval_holds_its_figure_and_turns_round_with_the_cards(gained, lost, same):
    n = gained + lost + same
    change, back = paired_change(gained, lost, n), paired_change(lost, gained, n)
    if not n:
        assert change is None
        return
    assert -1 <= change.low <= change.value <= change.high <= 1
    assert (back.low, back.high) == (pytest.approx(-change.high), pytest.approx(-change.low))


def test_flips_are_counted_for_each_criterion_with_examples_that_open_at_the_second():
    greeting, closing = tried().criteria
    assert (greeting.criterion, greeting.n, greeting.flips) == ("greeting", 4, 2)
    assert greeting.moves == (
        (Verdict.NOT_MET, Verdict.MET, 2),
        (Verdict.MET, Verdict.MET, 1),
        (Verdict.NOT_MET, Verdict.NOT_MET, 1),
    )
    first = greeting.examples[0]
    assert (first.call_pk, first.second, first.words, first.after) == (2, 5.0, "good morning", Verdict.MET)
    assert (closing.flips, closing.examples) == (0, ())


def test_where_the_new_answer_has_nothing_to_play_the_old_one_is_shown():
    found = tried(new=OLD.replace("[hello]", "[hail]"))
    example = found.criteria[0].examples[0]
    assert (example.second, example.words, example.after) == (0.0, "hello", Verdict.NOT_MET)


def test_at_most_three_examples_are_given():
    found = tried(calls=[past(number, "good morning") for number in range(9)])
    assert (found.criteria[0].flips, len(found.criteria[0].examples)) == (9, 3)


def test_words_of_a_call_that_may_not_be_opened_are_left_out():
    found = tried(calls=[past(1, "good morning", may_open=False)])
    example = found.criteria[0].examples[0]
    assert (example.words, example.reason, example.may_open) == ("", "", False)
    assert (example.before, example.after) == (Verdict.NOT_MET, Verdict.MET)


def test_those_whose_calls_change_most_come_first():
    found = tried(calls=[*CALLS, past(5, "good morning", agent="Bob", team="Two")])
    bob, ann = found.agents
    assert (bob.name, bob.n, bob.changed, bob.passed_before, bob.passed_after) == ("Bob", 3, 2, 0, 2)
    assert (ann.name, ann.n, ann.changed, ann.mean_before, ann.mean_after) == ("Ann", 2, 1, 70, 100)
    assert [team.name for team in found.teams] == ["Two", "One"]


def test_a_criterion_that_only_one_card_has_is_shown_as_come_or_gone():
    found = tried(new=OLD.replace("id: closing", "id: ending"))
    by_name = {change.criterion: change for change in found.criteria}
    assert list(by_name) == ["greeting", "ending", "closing"]
    assert by_name["ending"].moves == ((None, Verdict.MET, 2), (None, Verdict.NOT_MET, 2))
    assert by_name["closing"].moves == ((Verdict.MET, None, 2), (Verdict.NOT_MET, None, 2))


def test_without_calls_there_is_no_figure():
    found = tried(calls=[])
    assert (found.calls, found.pass_change, found.after.mean_pct, found.after.pass_rate) == (0, None, None, None)


def test_without_a_version_in_force_only_the_draft_s_results_are_told():
    found = tried(old=None)
    assert (found.before, found.changed, found.criteria, found.pass_change) == (None, 0, (), None)
    assert found.after.mean_pct == 65


def test_the_same_card_changes_nothing():
    found = tried(new=OLD)
    assert (found.changed, found.gained, found.lost) == (0, 0, 0)
    assert all(change.flips == 0 for change in found.criteria)


def test_progress_is_told_call_by_call():
    steps = []
    backtest(card_from_yaml(NEW), None, CALLS, steps.append)
    assert steps == [1, 2, 3, 4]


def test_a_trial_asks_learned_criteria_and_never_a_language_model():
    class Silent:
        most_characters = 1000

        def ask(self, _prompt):
            raise AssertionError

    class Shelf:
        asked = 0

        def find(self, name):
            Shelf.asked += 1
            raise Unanswered(Wording(name, name))

    phrases = "{kind: phrases, any_of: [hello, good morning]}"
    checks = (
        "{kind: judge, question: {zh: '客服是否问候？', en: 'Does the agent greet?'}}",
        "{kind: learned, model: solved}",
    )
    assert phrases in NEW
    for check in checks:
        card = card_from_yaml(NEW.replace(phrases, check, 1))
        backtest(card, None, CALLS, outside=Outside(judge=Silent(), criteria=Shelf()))
    assert Shelf.asked == len(CALLS)


def test_each_tag_has_an_accuracy_over_the_calls_where_it_is_decided():
    """Greeting (customer) is met on 1 of 4 calls before and on 3 of 4 after; rude (compliance) is open everywhere."""
    tagged = [
        text.replace("en: Greeting}", "en: Greeting}\n        tags: [customer]")
        + "      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call, tags: [compliance]}\n"
        for text in (NEW, OLD)
    ]
    found = tried(*tagged)
    (customer, compliance), (before, _) = found.after.accuracies, found.before.accuracies
    assert (customer.tag, customer.accuracy.value, customer.n, customer.open_calls) == ("customer", 0.75, 4, 0)
    assert before.accuracy.value == 0.25
    assert (compliance.accuracy, compliance.n, compliance.open_calls) == (None, 0, 4)
    assert tried().after.accuracies == ()
