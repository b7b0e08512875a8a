from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.model import (
    Answer,
    CheckSpec,
    Criterion,
    Fatal,
    Finding,
    Grade,
    Method,
    Quote,
    Scorecard,
    Section,
    Verdict,
    Wording,
)
from scorecards.scoring import evaluate, score_answers
from transcription.model import Transcript, Utterance

MET, PARTLY, NOT_MET = Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET
NA, OPEN = Verdict.NOT_APPLICABLE, Verdict.ABSTAINED
CHECK = CheckSpec("phrases", {"any_of": ["好"]})
QUOTE = Quote(0, "好")


def criterion(name, points, *, check=CHECK, **changes):
    return Criterion(name, Wording(name, name), points, check=check, **changes)


def card(*sections, method=Method.WEIGHTS, pass_pct=80.0, language="zh", grades=()):
    made = tuple(Section(name, Wording(name, name), tuple(criteria)) for name, criteria in sections)
    return Scorecard("made", 1, language, Wording("样表", "sample"), method, pass_pct, made, grades)


def finding(verdict, *, occurrences=1):
    evidence = (QUOTE,) if verdict in (MET, PARTLY, NOT_MET) else ()
    return Finding(verdict, 0.9, Wording("因", "why"), evidence, occurrences)


def machine(form, **verdicts):
    return evaluate(form, {name: finding(verdict) for name, verdict in verdicts.items()}, by_machine=True)


def person(form, *, confirmed=(), **verdicts):
    sections = {criterion.id: section.id for section, criterion in form.criteria}
    answers = {name: Answer(name, sections[name], verdict, check="person") for name, verdict in verdicts.items()}
    return score_answers(form, answers, confirmed_fatal=frozenset(confirmed))


def possible(evaluation):
    return {answer.criterion: pytest.approx(answer.possible) for answer in evaluation.answers}


def points(evaluation):
    return {answer.criterion: answer.points for answer in evaluation.answers}


TWO = card(("A", [criterion("a1", 10), criterion("a2", 10)]), ("B", [criterion("b", 80)]))


def test_points_of_met_over_what_is_possible():
    result = machine(TWO, a1=MET, a2=NOT_MET, b=MET)
    assert result.score_pct == 90.0  # (10 + 0 + 80) / 100
    assert result.passed is True
    assert result.section_pct == {"A": 50.0, "B": 100.0}
    assert points(result) == {"a1": 10, "a2": 0, "b": 80}


def test_partly_met_earns_half_or_the_criterions_own_share():
    form = card(("A", [criterion("half", 40), criterion("quarter", 60, partly_share=0.25)]))
    result = machine(form, half=PARTLY, quarter=PARTLY)
    assert points(result) == {"half": 20, "quarter": 15}  # 40 x 0.5, 60 x 0.25
    assert result.score_pct == 35.0


def test_what_is_not_applicable_gives_its_weight_to_its_sections_others():
    result = machine(TWO, a1=NA, a2=MET, b=NOT_MET)
    assert possible(result) == {"a1": 0, "a2": 20, "b": 80}  # A keeps its 10 + 10
    assert result.score_pct == 20.0


def test_sharing_inside_a_section_is_in_proportion_to_weight():
    form = card(("A", [criterion("x", 10), criterion("y", 20), criterion("z", 30)]))
    result = machine(form, x=MET, y=NOT_MET, z=NA)
    assert possible(result) == {"x": 20, "y": 40, "z": 0}  # 60 shared as 10 : 20
    assert result.score_pct == 33.33


def test_a_section_wholly_not_applicable_gives_its_weight_to_the_other_sections():
    form = card(("A", [criterion("a", 20)]), ("B", [criterion("b", 20)]), ("C", [criterion("c", 60)]))
    result = machine(form, a=NA, b=MET, c=NOT_MET)
    assert possible(result) == {"a": 0, "b": 25, "c": 75}  # 20 shared as 20 : 60
    assert result.score_pct == 25.0
    assert result.section_pct == {"A": None, "B": 100.0, "C": 0.0}


def test_abstained_ones_take_part_in_sharing_and_are_dropped_afterwards():
    form = card(("A", [criterion("x", 10), criterion("y", 10), criterion("z", 20)]), ("B", [criterion("b", 60)]))
    result = machine(form, x=OPEN, y=MET, z=NA, b=NOT_MET)
    # z's 20 go to x and y, 10 each: y counts 20 and not 40 as it would if x had been dropped first
    assert possible(result) == {"x": 20, "y": 20, "z": 0, "b": 60}
    assert result.score_pct == 25.0  # 20 / (20 + 60)
    assert result.passed is False  # 20 of 100 open is not more than 20 %


def test_more_than_a_fifth_of_the_remaining_weight_abstained_leaves_it_open():
    form = card(("A", [criterion("x", 21), criterion("y", 79)]))
    assert machine(form, x=OPEN, y=MET).passed is None
    form = card(("A", [criterion("x", 20), criterion("y", 80)]))
    assert machine(form, x=OPEN, y=MET).passed is True
    form = card(("A", [criterion("x", 20), criterion("y", 60)]), ("B", [criterion("b", 20)]))
    assert machine(form, x=OPEN, y=MET, b=NA).passed is None  # 20 of the 80 that remain are a quarter


def test_nothing_answered_has_no_score():
    for verdict in (NA, OPEN):
        result = machine(TWO, a1=verdict, a2=verdict, b=verdict)
        assert (result.score_pct, result.passed, result.grade) == (None, None, None)
    result = machine(TWO, a1=NA, a2=NA, b=OPEN)
    assert result.score_pct is None
    assert possible(result) == {"a1": 0, "a2": 0, "b": 100}


def test_what_only_people_answer_stands_outside_a_machines_sums():
    form = card(("A", [criterion("a", 10), criterion("human", 50, check=None)]), ("B", [criterion("b", 40)]))
    result = machine(form, a=MET, b=NOT_MET)
    open_answer = result.answers[1]
    assert (open_answer.verdict, open_answer.possible, open_answer.reason) == (OPEN, 0, "仅人工评定")
    assert open_answer.check is None
    assert result.score_pct == 20.0  # 10 / (10 + 40)
    assert result.passed is False  # and its half of the weight leaves nothing open
    english = evaluate(card(("A", [criterion("h", 1, check=None)]), language="en"), {}, by_machine=True)
    assert english.answers[0].reason == "people only"


def test_a_persons_answer_to_it_counts_with_its_points():
    form = card(("A", [criterion("a", 10), criterion("human", 50, check=None)]), ("B", [criterion("b", 40)]))
    assert person(form, a=MET, human=MET, b=NOT_MET).score_pct == 60.0
    unanswered = person(form, a=MET, b=MET)
    assert (unanswered.score_pct, unanswered.passed) == (100.0, None)  # 50 of 100 open
    assert unanswered.answers[1].reason == "尚未评定"


FATAL = card(
    ("A", [criterion("a", 40), criterion("rude", 0, check=None, fatal=Fatal.CALL)]),
    ("B", [criterion("b", 60), criterion("wrong", 0, check=None, fatal=Fatal.SECTION)]),
    grades=(Grade(Wording("优"), 90), Grade(Wording("合格"), 60), Grade(Wording("不合格"), 0)),
)


def test_a_confirmed_fatal_error_sets_the_call_to_nothing():
    result = person(FATAL, a=MET, b=MET, rude=NOT_MET, wrong=MET, confirmed=["rude"])
    assert (result.score_pct, result.passed, result.critical_failures) == (0.0, False, ("rude",))
    assert sum(points(result).values()) == 0
    assert result.grade == Wording("不合格")


def test_a_confirmed_fatal_error_of_a_section_takes_only_that_sections_points():
    result = person(FATAL, a=MET, b=MET, rude=MET, wrong=NOT_MET, confirmed=["wrong"])
    assert result.score_pct == 40.0  # (40 + 0) / 100
    assert result.section_pct == {"A": 100.0, "B": 0.0}
    assert (result.passed, result.critical_failures) == (False, ("wrong",))


def test_an_alleged_fatal_error_is_listed_and_not_yet_counted():
    result = person(FATAL, a=MET, b=MET, rude=NOT_MET, wrong=MET)
    assert (result.score_pct, result.passed, result.critical_failures) == (100.0, None, ("rude",))
    both = person(FATAL, a=MET, b=MET, rude=NOT_MET, wrong=NOT_MET, confirmed=["rude"])
    assert both.passed is False  # the call has failed whatever becomes of the other


def test_a_confirmation_without_the_allegation_counts_nothing():
    result = person(FATAL, a=MET, b=MET, rude=MET, wrong=MET, confirmed=["rude", "wrong"])
    assert (result.score_pct, result.passed, result.critical_failures) == (100.0, True, ())


def test_a_fatal_error_left_open_leaves_a_persons_result_open_and_not_a_machines():
    assert person(FATAL, a=MET, b=MET, rude=MET).passed is None
    assert person(FATAL, a=MET, b=MET, rude=MET, wrong=NA).passed is True
    assert machine(FATAL, a=MET, b=MET).passed is True


def test_the_pass_mark_is_reached_at_the_mark():
    form = card(("A", [criterion("a", 80), criterion("b", 20)]), pass_pct=80)
    assert machine(form, a=MET, b=NOT_MET).passed is True
    assert machine(form, a=NOT_MET, b=MET).passed is False


def test_the_grade_is_the_highest_band_reached():
    assert person(FATAL, a=MET, b=NOT_MET, rude=MET, wrong=MET).grade == Wording("不合格")  # 40
    assert person(FATAL, a=NOT_MET, b=MET, rude=MET, wrong=MET).grade == Wording("合格")  # 60
    assert person(FATAL, a=MET, b=MET, rude=MET, wrong=MET).grade == Wording("优")


DEDUCTION = card(
    ("A", [criterion("late", 5), criterion("rude", 30)]),
    ("B", [criterion("unclear", 10, partly_share=0.7), criterion("praise", -4)]),
    method=Method.DEDUCTION,
)


def deducted(**found):
    findings = {name: finding(MET if name != "praise" else NOT_MET) for name in ("late", "rude", "unclear", "praise")}
    return evaluate(DEDUCTION, findings | found, by_machine=True)


def test_deductions_are_taken_from_100_for_each_occurrence():
    result = deducted(late=finding(NOT_MET, occurrences=3), unclear=finding(PARTLY))
    assert result.score_pct == 82.0  # 100 - 3 x 5 - 10 x (1 - 0.7)
    assert points(result) == {"late": -15, "rude": 0, "unclear": pytest.approx(-3), "praise": 0}
    assert result.section_pct == {"A": 57.14, "B": 70.0}  # 1 - 15 / 35; 1 - 3 / 10


def test_deductions_stop_at_nothing_and_a_bonus_comes_after():
    assert deducted(rude=finding(NOT_MET, occurrences=4)).score_pct == 0.0  # 100 - 120
    assert deducted(rude=finding(NOT_MET, occurrences=4), praise=finding(MET)).score_pct == 4.0
    assert deducted(late=finding(NOT_MET), praise=finding(MET)).score_pct == 99.0
    assert deducted(praise=finding(MET)).score_pct == 100.0  # at most 100


def test_what_does_not_apply_or_is_open_costs_nothing_on_a_deduction_card():
    result = deducted(late=finding(NA), rude=finding(OPEN))
    assert result.score_pct == 100.0
    assert result.passed is None  # 30 of the remaining 40 are open


def test_a_confirmed_fatal_error_of_a_section_costs_all_its_points_on_a_deduction_card():
    form = card(
        ("A", [criterion("a", 30), criterion("b", 5), criterion("wrong", 0, check=None, fatal=Fatal.SECTION)]),
        ("B", [criterion("c", 10)]),
        method=Method.DEDUCTION,
        pass_pct=60,
    )
    result = person(form, a=MET, b=MET, c=MET, wrong=NOT_MET, confirmed=["wrong"])
    assert result.score_pct == 65.0  # 100 - 30 - 5
    assert result.section_pct == {"A": 0.0, "B": 100.0}


def test_misuse_is_refused_by_name():
    with pytest.raises(Invalid, match=r"nobody: the scorecard made has no such criterion"):
        machine(TWO, a1=MET, a2=MET, b=MET, nobody=MET)
    with pytest.raises(Invalid, match=r"b: its check gave no finding"):
        machine(TWO, a1=MET, a2=MET)
    form = card(("A", [criterion("human", 50, check=None)]))
    with pytest.raises(Invalid, match=r"human is for people only"):
        machine(form, human=MET)
    form = card(("A", [criterion("always", 50, allow_not_applicable=False)]))
    with pytest.raises(Invalid, match=r"always is always applicable"):
        machine(form, always=NA)
    with pytest.raises(Invalid, match=r"a1: 0 occurrences"):
        evaluate(TWO, dict.fromkeys(("a1", "a2", "b"), finding(MET, occurrences=0)), by_machine=True)


def test_a_machines_answer_without_evidence_or_with_a_false_quote_is_refused():
    bare = Finding(MET, 0.9, Wording("因", "why"))
    with pytest.raises(Invalid, match=r"has no evidence"):
        evaluate(TWO, dict.fromkeys(("a1", "a2", "b"), bare), by_machine=True)
    transcript = Transcript((Utterance(0, "agent", "您早"),))
    with pytest.raises(Invalid, match=r"does not stand in utterance 0"):
        evaluate(TWO, dict.fromkeys(("a1", "a2", "b"), finding(MET)), by_machine=True, transcript=transcript)


VERDICTS = st.sampled_from(list(Verdict))


@st.composite
def forms(draw, method=Method.WEIGHTS):
    sections = []
    for s in range(draw(st.integers(1, 4))):
        weights = draw(st.lists(st.integers(1, 40), min_size=1, max_size=4))
        sections.append((f"s{s}", [criterion(f"c{s}_{at}", weight) for at, weight in enumerate(weights)]))
    form = card(*sections, method=method)
    return form, {criterion.id: draw(VERDICTS) for _, criterion in form.criteria}


@given(forms() | forms(Method.DEDUCTION))
def test_every_score_lies_between_nothing_and_100(made):
    form, verdicts = made
    result = machine(form, **verdicts)
    assert (result.score_pct is None) == (not set(verdicts.values()) & {MET, PARTLY, NOT_MET})
    if result.score_pct is not None:
        assert 0 <= result.score_pct <= 100
    for share in result.section_pct.values():
        assert share is None or 0 <= share <= 100


@given(forms())
def test_sharing_loses_and_adds_no_weight(made):
    form, verdicts = made
    shared = sum(answer.possible for answer in machine(form, **verdicts).answers)
    whole = sum(criterion.points for _, criterion in form.criteria)
    assert shared == pytest.approx(0 if set(verdicts.values()) == {NA} else whole)


@given(forms())
def test_the_score_is_what_the_file_says_it_is(made):
    form, verdicts = made
    result = machine(form, **verdicts)
    counted = [answer for answer in result.answers if answer.verdict in (MET, PARTLY, NOT_MET)]
    if counted:
        share = sum(answer.points for answer in counted) / sum(answer.possible for answer in counted)
        assert result.score_pct == pytest.approx(100 * share, abs=0.006)


@given(forms() | forms(Method.DEDUCTION), st.data())
def test_answering_better_never_lowers_the_score(made, data):
    form, verdicts = made
    name = data.draw(st.sampled_from(sorted(verdicts)))
    scores = [machine(form, **verdicts | {name: verdict}).score_pct for verdict in (NOT_MET, PARTLY, MET)]
    assert scores == sorted(scores)


@given(forms(), st.data())
def test_what_is_not_applicable_changes_no_other_sections_weight_while_its_own_has_more(made, data):
    form, verdicts = made
    name = data.draw(st.sampled_from(sorted(verdicts)))
    section = name.split("_")[0]
    others = [other for other in verdicts if other.startswith(section + "_") and other != name]
    if not any(verdicts[other] is not NA for other in others):
        return
    applicable = {a.criterion: a.possible for a in machine(form, **verdicts | {name: MET}).answers}
    without = {a.criterion: a.possible for a in machine(form, **verdicts | {name: NA}).answers}
    for other in verdicts:
        if not other.startswith(section + "_"):
            assert without[other] == pytest.approx(applicable[other])
