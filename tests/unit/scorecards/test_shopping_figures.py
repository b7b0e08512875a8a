"""A visit beside its recording, and what many visits say: known values and properties."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.agreement import proportion
from scorecards.model import Verdict, Wording
from scorecards.shopping import Channel, Form, Item, ItemKind, Mark, Reply, Scenario
from scorecards.shopping_figures import (
    BESIDE,
    Compared,
    Sameness,
    Visited,
    against_others,
    candidates,
    compare,
    consistency,
    grouped,
    mean_points,
    proposed,
    sides,
    verdict_of,
)

AT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
TITLE = Wording("题", "title")
GREETED = Item("greeted", TITLE, ItemKind.YES_NO, 30, "greeting")
CARING = Item("caring", TITLE, ItemKind.RATING, 20, "empathy")
SORRY = Item("sorry", TITLE, ItemKind.QUOTE, 20, "apology")
ALONE = Item("alone", TITLE, ItemKind.YES_NO, 20)
SCENARIO = Scenario("one", TITLE, "zh", Channel.HOTLINE, TITLE, (TITLE,), (GREETED, CARING, SORRY, ALONE))
MET, PARTLY, NOT = Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET
AGREE, DIFFER, NEITHER = Sameness


def minutes(number):
    return timedelta(minutes=number)


def test_calls_of_the_number_within_a_quarter_of_an_hour_are_candidates_the_nearest_first():
    calls = [
        (1, AT + minutes(9), "13800138017"), (2, AT - minutes(4), "+86 138 0013 8017"), (3, AT, "13800138018"),
        (4, AT + minutes(15), "13800138017"), (5, AT + minutes(15 ) + timedelta(seconds=1), "13800138017"),
        (6, AT, "extension 7"), (7, AT, ""),
    ]  # fmt: skip
    found = candidates("138-0013-8017", AT, calls)
    assert [(one.call_pk, one.apart) for one in found] == [(2, minutes(4)), (1, minutes(9)), (4, minutes(15))]
    assert proposed(found) is None
    assert proposed(found[:1]) == found[0]
    assert proposed(()) is None
    assert candidates("nobody", AT, calls) == ()


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(-1200, 1200), st.booleans()), max_size=12))
def test_every_candidate_fits_and_none_that_fits_is_missing(made):
    calls = [(pk, AT + timedelta(seconds=apart), "13800138017" if own else "13900139000") for pk, apart, own in made]
    found = candidates("13800138017", AT, calls)
    assert len(found) == sum(own and abs(apart) <= BESIDE.total_seconds() for _pk, apart, own in made)
    assert [one.apart for one in found] == sorted(one.apart for one in found)


@pytest.mark.parametrize(
    ("item", "reply", "verdict"),
    [
        (GREETED, Reply(1), MET), (GREETED, Reply(0), NOT), (GREETED, Reply(1, mark=Mark.NOT_OBSERVED), None),
        (CARING, Reply(5), MET), (CARING, Reply(4), MET), (CARING, Reply(3), PARTLY), (CARING, Reply(2), NOT),
        (SORRY, Reply(words="抱歉"), MET), (SORRY, Reply(mark=Mark.NOT_SAID), NOT), (SORRY, Reply(), None),
    ],
)  # fmt: skip
def test_an_answer_as_a_verdict(item, reply, verdict):
    assert verdict_of(item, reply) is verdict


@pytest.mark.parametrize(
    ("greeted", "caring", "answers", "expected"),
    [
        (Reply(1), Reply(4), {"greeting": MET, "empathy": MET, "apology": NOT}, [AGREE, AGREE, DIFFER]),
        (Reply(0), Reply(3), {"greeting": MET, "empathy": PARTLY}, [DIFFER, AGREE, NEITHER]),
        (Reply(1), Reply(1), {"greeting": PARTLY, "empathy": PARTLY}, [NEITHER, DIFFER, NEITHER]),
        (Reply(), Reply(5), {"greeting": MET, "empathy": Verdict.NOT_APPLICABLE, "apology": Verdict.ABSTAINED},
         [NEITHER, NEITHER, NEITHER]),
    ],
)  # fmt: skip
def test_items_are_compared_with_the_answers_to_their_criteria(greeted, caring, answers, expected):
    form = Form(AT, replies={"greeted": greeted, "caring": caring, "sorry": Reply(words="抱歉"), "alone": Reply(1)})
    found = compare(SCENARIO, form, answers)
    assert [one.item for one in found] == ["greeted", "caring", "sorry"]
    assert [one.sameness for one in found] == expected


def pair(mine, other, sameness):
    return Compared("i", "c", mine, other, sameness)


def test_agreement_leaves_out_what_cannot_be_compared():
    found = sides(
        [pair(MET, MET, AGREE)] * 3 + [pair(MET, NOT, DIFFER), pair(NOT, NOT, AGREE), pair(None, MET, NEITHER)]
    )
    assert (found.n, found.same) == (5, proportion(4, 5))
    # po 4/5; shares met 4/5 and 3/5, not met 1/5 and 2/5: pe 14/25; kappa (20 - 14) / (25 - 14)
    assert found.kappa.value == pytest.approx(6 / 11)
    assert sides([]).same is sides([]).kappa is None


def visited(shopper, points=80.0, scenario=1, **more):
    return Visited(shopper, scenario, more.get("items", 10), more.get("sent_back", 0), more.get("ratings", (4, 5, 4)),
                   points, more.get("compared", ()))  # fmt: skip


def test_nothing_is_said_of_a_shopper_below_the_least_n():
    (one,) = consistency([visited(1)]).values()
    figures = (one.sent_back, one.agreement, one.all_alike, one.against_others)
    assert [each.estimate for each in figures] == [None] * 4
    assert [each.n for each in figures] == [10, 0, 1, 0]


def test_a_shopper_s_figures():
    compared = (pair(MET, MET, AGREE),) * 3 + (pair(MET, NOT, DIFFER),)
    own = [
        visited(1, 80 + at, sent_back=1, ratings=(5, 5, 5) if at else (5, 4, 5), compared=compared) for at in range(6)
    ]
    others = [visited(2, 60 + at, ratings=(3,)) for at in range(6)]
    found = consistency([*own, *others])
    mine, other = found[1], found[2]
    assert (mine.visits, mine.sent_back.estimate) == (6, proportion(6, 60))
    assert (mine.agreement.n, mine.agreement.estimate) == (24, proportion(18, 24))
    assert (mine.all_alike.n, mine.all_alike.estimate) == (6, proportion(5, 6))
    assert (other.all_alike.n, other.all_alike.estimate) == (0, None)
    # both sides: mean 20 apart, sum of squares 17.5 each, s^2 35 / 10; error sqrt(3.5 (1/6 + 1/6)); t(10) 2.2281
    half = 2.2281388 * math.sqrt(3.5 / 3)
    assert mine.against_others.estimate.value == pytest.approx(20)
    assert mine.against_others.estimate.low == pytest.approx(20 - half)
    assert other.against_others.estimate.high == pytest.approx(-20 + half)


def test_shoppers_are_compared_on_the_same_scenarios_alone():
    hard = [visited(1, 50.0 + at, scenario=2) for at in range(5)]
    easy = [visited(2, 90.0 + at, scenario=1) for at in range(5)]
    assert against_others(1, [*hard, *easy]).estimate is None
    also = [visited(2, 50.0 + at, scenario=2) for at in range(5)]
    assert against_others(1, [*hard, *easy, *also]).estimate.value == pytest.approx(0)
    alike = [visited(1, 70.0, scenario=3)] * 5 + [visited(2, 60.0, scenario=3)] * 5
    found = against_others(1, alike).estimate
    assert (found.value, found.low) == (10, None)  # without spread no certainty is feigned


def test_the_interval_against_others_holds_the_truth_in_about_95_percent_of_runs():
    """Two scenarios of other difficulty and a shopper who gives 6 points more; 400 runs, binomial error 1.1 %."""
    rng, held = np.random.default_rng(7), 0
    for _run in range(400):
        made = [
            visited(shopper, level + (6 if shopper == 1 else 0) + float(rng.normal(0, 9)), scenario=scenario)
            for scenario, level in ((1, 60), (2, 75)) for shopper in (1, 1, 1, 1, 2, 2, 3, 3, 3)
        ]  # fmt: skip
        found = against_others(1, made).estimate
        held += found.low <= 6 <= found.high
    assert 0.92 <= held / 400 <= 0.98


@given(st.lists(st.floats(0, 100), max_size=12))
def test_a_mean_lies_in_its_interval_and_both_in_the_scale(values):
    found = mean_points(values)
    if not values:
        assert found is None
        return
    assert found.value == pytest.approx(sum(values) / len(values))
    if found.low is not None:
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 100


def test_groups_of_few_visits_are_not_ranked():
    values = [(1, 100.0), (3, 50.0)] + [(4, 60.0 + at) for at in range(5)] + [(2, 70.0 + at) for at in range(5)]
    found = grouped(values)
    assert list(found) == [2, 4, 1, 3]
    assert [one.n for one in found.values()] == [5, 5, 1, 1]
    assert (found[1].estimate.value, found[1].estimate.low) == (100, None)
    # mean 72, s^2 2.5, t(4) 2.7764
    assert found[2].estimate.high == pytest.approx(72 + 2.7764451 * math.sqrt(2.5 / 5))
