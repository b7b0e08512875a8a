"""Mystery shopping's rules: states, what a form must hold, points, scenarios as files."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.contacts import Vault
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from scorecards.card_file import card_from_yaml, shipped_text
from scorecards.model import Wording
from scorecards.scenario_file import scenario_from_yaml, shipped_names, shipped_scenario_text
from scorecards.shopping import (
    OPEN_TO_SHOPPER,
    Channel,
    Form,
    Item,
    ItemKind,
    Mark,
    Reply,
    Scenario,
    Taken,
    VisitState,
    VisitStep,
    alias,
    holds_fact,
    is_low,
    lacking,
    points,
    require_possible,
    require_validator,
    sent_back,
    share,
    state_of,
)
from scorecards.shopping_forms import form_from_dict, form_to_dict

AT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
_K = VisitStep
TITLE = Wording("题", "title")
WAIT = Item("wait", TITLE, ItemKind.TIME, 20, at_most=60)
STEPS = Item("steps", TITLE, ItemKind.COUNT, 10, at_least=2)
GREETED = Item("greeted", TITLE, ItemKind.YES_NO, 30, "greeting")
CARING = Item("caring", TITLE, ItemKind.RATING, 20, "empathy")
SORRY = Item("sorry", TITLE, ItemKind.QUOTE, 20, "apology")
COUNTERS = Item("counters", TITLE, ItemKind.COUNT, 0)
SCENARIO = Scenario(
    "one", TITLE, "zh", Channel.HOTLINE, TITLE, (TITLE,), (WAIT, STEPS, GREETED, CARING, SORRY, COUNTERS)
)
BEST = {
    "wait": Reply(60), "steps": Reply(2), "greeted": Reply(1), "caring": Reply(5, evidence="“我理解您”"),
    "sorry": Reply(words="抱歉"), "counters": Reply(3),
}  # fmt: skip


def form(**changes):
    return Form(AT, "13800138000", "", BEST | changes)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([_K.ASSIGNED], VisitState.ASSIGNED),
        ([_K.ASSIGNED, _K.STARTED], VisitState.IN_WORK),
        ([_K.ASSIGNED, _K.SUBMITTED], VisitState.SUBMITTED),
        ([_K.ASSIGNED, _K.STARTED, _K.SUBMITTED, _K.RETURNED], VisitState.RETURNED),
        ([_K.ASSIGNED, _K.SUBMITTED, _K.RETURNED, _K.SUBMITTED, _K.VALIDATED], VisitState.VALIDATED),
        ([_K.ASSIGNED, _K.SUBMITTED, _K.VALIDATED, _K.WITHDRAWN], VisitState.WITHDRAWN),
        ([_K.ASSIGNED, _K.VALIDATED], VisitState.ASSIGNED),
    ],
)
def test_the_state_follows_from_the_steps(kinds, state):
    assert state_of(kinds) is state


@given(st.lists(st.sampled_from(VisitStep), max_size=12))
def test_a_withdrawn_visit_stays_so_and_only_a_submitted_one_is_validated(kinds):
    found = [VisitState.ASSIGNED]
    for place, kind in enumerate(kinds):
        now = state_of([_K.ASSIGNED, *kinds[: place + 1]])
        if found[-1] is VisitState.WITHDRAWN:
            assert now is VisitState.WITHDRAWN
        if now is VisitState.VALIDATED and found[-1] is not VisitState.VALIDATED:
            assert (found[-1], kind) == (VisitState.SUBMITTED, _K.VALIDATED)
        if now is found[-1]:
            with pytest.raises(Conflict, match="does not follow here"):
                require_possible([_K.ASSIGNED, *kinds[:place]], kind)
        else:
            require_possible([_K.ASSIGNED, *kinds[:place]], kind)
        found.append(now)


def test_nobody_judges_the_own_visit():
    require_validator(1, 2)
    with pytest.raises(Forbidden, match="own visit"):
        require_validator(2, 2)


def test_what_waits_for_rework_is_what_was_sent_back_last():
    steps = [Taken(_K.SUBMITTED, AT, 1), Taken(_K.RETURNED, AT, 2, body={"sorry": "原话"}), Taken(_K.STARTED, AT, 1)]
    assert sent_back(steps) == {"sorry": "原话"}
    assert sent_back([*steps, Taken(_K.SUBMITTED, AT, 1)]) == {}
    assert sent_back([]) == {}
    assert VisitState.RETURNED in OPEN_TO_SHOPPER


@pytest.mark.parametrize(
    ("item", "reply", "expected", "low"),
    [
        (WAIT, Reply(60), 1.0, False), (WAIT, Reply(60.5), 0.0, True), (WAIT, Reply(), None, False),
        (STEPS, Reply(2), 1.0, False), (STEPS, Reply(1), 0.0, True),
        (GREETED, Reply(1), 1.0, False), (GREETED, Reply(0), 0.0, True),
        (CARING, Reply(5), 1.0, False), (CARING, Reply(3), 0.5, False), (CARING, Reply(2), 0.25, True),
        (CARING, Reply(1), 0.0, True),
        (SORRY, Reply(words="抱歉"), 1.0, False), (SORRY, Reply(mark=Mark.NOT_SAID), 0.0, True),
        (SORRY, Reply(), None, False), (GREETED, Reply(1, mark=Mark.NOT_OBSERVED), None, False),
    ],
)  # fmt: skip
def test_how_well_an_item_was_met_and_whether_that_is_low(item, reply, expected, low):
    assert share(item, reply) == expected
    assert is_low(item, reply) is low


def test_points_are_the_weighted_share_of_what_was_observed():
    assert points(SCENARIO, form()) == 100
    assert points(SCENARIO, form(greeted=Reply(0), caring=Reply(3))) == pytest.approx(100 - 30 - 10)
    # without the wait 80 of 100 remain: (10 + 0 + 20 + 20) / 80
    unseen = form(wait=Reply(mark=Mark.NOT_OBSERVED), greeted=Reply(0))
    assert points(SCENARIO, unseen) == pytest.approx(100 * 50 / 80)
    half = {name: Reply(mark=Mark.NOT_OBSERVED) for name in ("greeted", "sorry")}
    assert points(SCENARIO, form(**half)) == 100  # exactly half of the weight was seen
    assert points(SCENARIO, form(**half, steps=Reply(mark=Mark.NOT_OBSERVED))) is None
    assert points(SCENARIO, Form()) is None


REPLIES = st.fixed_dictionaries({
    "wait": st.builds(Reply, st.integers(0, 300).map(float)), "steps": st.builds(Reply, st.integers(0, 5).map(float)),
    "greeted": st.builds(Reply, st.sampled_from([0.0, 1.0])), "caring": st.builds(Reply, st.integers(1, 5).map(float)),
    "sorry": st.sampled_from([Reply(words="抱歉"), Reply(mark=Mark.NOT_SAID), Reply(mark=Mark.NOT_OBSERVED)]),
    "counters": st.builds(Reply, st.integers(0, 9).map(float)),
})  # fmt: skip


@given(REPLIES)
def test_points_lie_from_0_to_100_and_a_better_answer_never_costs_any(replies):
    found = points(SCENARIO, Form(AT, replies=replies))
    assert 0 <= found <= 100
    for item in SCENARIO.items:
        if replies[item.id].mark is not Mark.NOT_OBSERVED:
            better = points(SCENARIO, Form(AT, replies=replies | {item.id: BEST[item.id]}))
            assert better >= found - 1e-9
    assert points(SCENARIO, Form(AT, replies=replies | {"counters": Reply(0)})) == found


@pytest.mark.parametrize(
    ("text", "is_fact"),
    [
        ("很清楚", False),
        ("态度好“”", False),
        ("说了 3 次", True),
        ("“我理解您的心情”", True),
        ('he said "no way"', True),
        ("", False),
    ],
)
def test_a_fact_is_a_number_or_literal_words(text, is_fact):
    assert holds_fact(text) is is_fact


@pytest.mark.parametrize(
    ("name", "reply", "told"),
    [
        ("greeted", Reply(), "not answered yet"), ("greeted", Reply(0), "low answer needs evidence"),
        ("greeted", Reply(0, evidence="无  "), "low answer needs evidence"), ("greeted", Reply(2), "give 0 to 1"),
        ("caring", Reply(5), "never stands alone"), ("caring", Reply(5, evidence="很好很好"), "never stands alone"),
        ("caring", Reply(4.5, evidence="“好的”"), "give 1 to 5"), ("steps", Reply(1.5), "give 0 to 1000"),
        ("wait", Reply(61), "low answer needs evidence"), ("wait", Reply(-1), "give 0 to 86400"),
        ("sorry", Reply(), "as they were said"), ("sorry", Reply(mark=Mark.NOT_SAID), "low answer needs evidence"),
        ("sorry", Reply(mark=Mark.NOT_OBSERVED), "could not be observed"),
    ],
)  # fmt: skip
def test_what_an_answer_lacks_is_said_in_words(name, reply, told):
    found = lacking(SCENARIO, form(**{name: reply}), frozenset())
    assert list(found) == [name]
    assert told in str(found[name])


def test_a_file_is_evidence_for_a_low_answer_and_no_fact_for_a_rating():
    low = form(greeted=Reply(0), caring=Reply(2))
    assert list(lacking(SCENARIO, low, {"greeted", "caring"})) == ["caring"]
    assert lacking(SCENARIO, form(greeted=Reply(0, evidence="没有问候")), frozenset()) == {}
    assert lacking(SCENARIO, form(sorry=Reply(mark=Mark.NOT_OBSERVED, evidence="掉线了，没听到")), frozenset()) == {}


TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)


ANY_REPLY = st.builds(Reply, st.none() | st.floats(0, 100), TEXT, st.none() | st.sampled_from(Mark), TEXT)


@given(st.dictionaries(st.sampled_from([one.id for one in SCENARIO.items]), ANY_REPLY), TEXT, st.booleans())
def test_a_form_comes_back_as_it_was_kept(replies, said, has_time):
    vault = Vault(b"s" * 32)
    given_form = Form(AT if has_time else None, "13800138000", "A012", replies, said)
    kept = form_to_dict(given_form, vault)
    assert "13800138000" not in str(kept)
    assert form_from_dict(kept, vault) == given_form
    assert form_from_dict(kept, None) == replace(given_form, number="")


def test_aliases_have_two_digits_at_least():
    assert [alias(7), alias(12), alias(120)] == ["S-07", "S-12", "S-120"]


@pytest.mark.parametrize("name", shipped_names())
def test_the_scenarios_that_ship_are_sound_in_both_languages(name):
    found = scenario_from_yaml(shipped_scenario_text(name))
    card = card_from_yaml(shipped_text(f"telecom-complaint-{found.language}"))
    assert found.name == name
    assert sum(one.weight for one in found.items) == 100
    assert {one.criterion for one in found.items if one.criterion} <= {one.id for _, one in card.criteria}
    assert sum(one.kind is ItemKind.RATING for one in found.items) >= 3
    wordings = [found.title, found.story, *found.say, *(one.title for one in found.items)]
    assert all(one.zh and one.en and one.zh != one.en for one in wordings)
    assert "用户" not in shipped_scenario_text(name)


def test_three_scenarios_ship_one_of_them_without_a_call():
    channels = [scenario_from_yaml(shipped_scenario_text(name)).channel for name in shipped_names()]
    assert sorted(channels) == [Channel.HOTLINE, Channel.HOTLINE, Channel.SHOP]
    with pytest.raises(NotFound, match="unknown-charge-zh"):
        shipped_scenario_text("nothing")


SMALL = """
name: small
title: {zh: 小, en: Small}
language: zh
channel: shop
story: {zh: 事, en: Story}
say: [{zh: 说, en: Say}]
observe:
  - {id: wait, title: {zh: 等, en: Wait}, kind: time, weight: 1, at_most: 60}
  - {id: nice, title: {zh: 好, en: Nice}, kind: rating, weight: 1}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: time", "kind: opinion", "kind"), ("at_most: 60", "at_most: .inf", "no number"),
        (", at_most: 60", "", "has no limit"), ("kind: rating,", "kind: rating, at_most: 3,", "Only a"),
        ("id: nice", "id: wait", "stands twice"), ("weight: 1", "weight: 0", "no item has a weight"),
        ("kind: time, weight: 1, at_most: 60", "kind: yes_no, weight: 1", "nothing but opinions"),
        ("at_most: 60", "at_most: 60, at_least: 61", "above at_most"), ("channel: shop", "channel: mail", "channel"),
        ("name: small", "name: Small one", "name"), ("en: Small", "fr: Petit", "title"),
        ("say: [", "say: {", "not YAML"),
    ],
)  # fmt: skip
def test_a_scenario_that_does_not_fit_is_refused_at_its_place(old, new, told):
    assert scenario_from_yaml(SMALL).items[0].at_most == 60
    with pytest.raises(Invalid, match=told):
        scenario_from_yaml(SMALL.replace(old, new))
