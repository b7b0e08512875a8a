"""Did it help: seldom claimed where coaching did nothing although the weakest were picked, mostly where it did."""

import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from qa_app.core.errors import Invalid
from scorecards.coaching import Point
from scorecards.coaching_effect import Help, did_it_help, skills

DAY = date(2026, 3, 2)
CLAIMS = {Help.HELPED, Help.GOT_WORSE}


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Thousands of small products: threads that wait for each other on shared cores take five times as long."""
    with threadpool_limits(1):
        yield


@cache
def call(agent, days, is_met, day):
    return Point(agent, "greeting", day + timedelta(days=days), float(is_met))


def points(agent, values, start, day=DAY):
    """One call a day from so many days after `day` on, round again after 50 days."""
    return [call(agent, start + at % 50, is_met, day) for at, is_met in enumerate(values.tolist())]


def met(agent, before, after, n=40, day=DAY):
    """n calls on each side, so many of them met."""
    return points(agent, np.arange(n) < before, -50, day) + points(agent, np.arange(n) < after, 1, day)


def simulated(
    rng, *, agents=12, coached=1, calls=(25, 41), skill=(0.75, 0.08), drift=0.0, spell=0.0, effect=0.0, weak=None
):
    """Calls of agents with a skill each; the `coached` worst before are picked, or the agent who is `weak`.

    Standard deviations: `drift` of each one's own lasting change between the windows, `spell` of each window's own
    good or bad spell.
    """
    truth = np.clip(rng.normal(*skill, agents), 0.02, 0.98)
    if weak is not None:
        truth[0] = weak
    sizes = rng.integers(*calls, (2, agents))
    at_first = np.clip(truth + rng.normal(0, spell, agents), 0.01, 0.99)
    before = [rng.random(n) < p for n, p in zip(sizes[0], at_first, strict=True)]
    picked = np.argsort([values.mean() for values in before])[:coached] if weak is None else np.array([0])
    later = truth + rng.normal(0, math.hypot(drift, spell), agents)
    later[picked] += effect
    after = [rng.random(n) < p for n, p in zip(sizes[1], np.clip(later, 0.01, 0.99), strict=True)]
    answers = [points(at, before[at], -50) + points(at, after[at], 1) for at in range(agents)]
    theirs = set(picked.tolist())
    return (
        [one for at in theirs for one in answers[at]],
        dict.fromkeys(theirs, DAY),
        [one for at in range(agents) if at not in theirs for one in answers[at]],
    )


def verdicts(runs, **truth):
    rng = np.random.default_rng(20_261_122)
    found = Counter(did_it_help(*simulated(rng, **truth)).verdict for _ in range(runs))
    print(f"{truth}: { ({one.value: n / runs for one, n in found.items()}) }")  # noqa: T201
    return found


@pytest.mark.parametrize("who", [{"agents": 12, "coached": 1}, {"agents": 20, "coached": 4}])
@pytest.mark.parametrize(
    "truth",
    [
        {"skill": (0.8, 0.0)},
        {"skill": (0.75, 0.08)},
        {"skill": (0.92, 0.04)},
        {"drift": 0.06},
        {"skill": (0.75, 0.06), "spell": 0.05},
    ],
    ids=["alike", "apart", "nearly all met", "drift", "spells"],
)
def test_where_coaching_did_nothing_an_effect_is_seldom_claimed(who, truth):
    found = verdicts(400, **who, **truth)
    assert sum(found[claim] for claim in CLAIMS) / 400 <= 0.07


@pytest.mark.parametrize(
    ("truth", "least"),
    [
        ({"agents": 20, "coached": 4, "effect": 0.2, "skill": (0.65, 0.08)}, 0.8),
        ({"agents": 12, "coached": 1, "effect": 0.25, "skill": (0.65, 0.08), "calls": (100, 120)}, 0.8),
        ({"agents": 12, "coached": 1, "effect": 0.25, "skill": (0.65, 0.08)}, 0.35),
        ({"agents": 12, "coached": 1, "effect": 0.25, "skill": (0.8, 0.05), "weak": 0.5, "calls": (120, 141)}, 0.5),
    ],
    ids=["four of twenty", "one, many calls", "one, few calls", "one far below, many calls"],
)
def test_a_planted_effect_is_mostly_found_with_enough_calls(truth, least):
    found = verdicts(100, **truth)
    assert found[Help.HELPED] / 100 >= least
    assert not found[Help.GOT_WORSE]


def test_a_lasting_weakness_is_not_taken_for_harm():
    found = verdicts(200, skill=(0.8, 0.03), weak=0.55)
    assert found[Help.GOT_WORSE] / 200 <= 0.07


def test_plain_before_and_after_would_have_praised_what_regression_to_the_mean_explains():
    rng = np.random.default_rng(5)
    found = [did_it_help(*simulated(rng, agents=20, coached=4, skill=(0.8, 0.0))) for _ in range(60)]
    # nobody differs: the four luckless of twenty lie 0.1 below and rise by that, the others fall a little
    plain = np.mean([one.rise - one.by_themselves for one in found])
    assert plain > 0.1
    assert np.mean([one.regression_to_mean for one in found]) > 0.75 * plain
    assert abs(np.mean([one.effect.value for one in found])) < 0.03


def test_the_rise_is_the_sum_of_its_three_parts():
    rest = [one for agent in range(2, 10) for one in met(agent, 28 + agent % 5, 30 + agent % 4)]
    found = did_it_help(met(1, 20, 36), {1: DAY}, rest)
    assert found.rise == pytest.approx((36 - 20) / 40)
    # before 30, 31, 32, 28, 29, 30, 31, 32 of 40; after 32, 33, 30, 31, 32, 33, 30, 31
    assert found.by_themselves == pytest.approx((252 - 243) / 8 / 40)
    assert found.rise == pytest.approx(found.effect.value + found.by_themselves + found.regression_to_mean)
    assert 0 < found.regression_to_mean < 0.775 - 0.5  # something, and no more than the whole distance
    assert (found.coached.agents, found.coached.calls_before, found.coached.calls_after) == (1, 40, 40)
    assert (found.comparable.agents, found.comparable.calls_before) == (8, 320)


def test_skills_by_hand():
    # all alike: everybody near the common mean; far apart with many calls: everybody at the own mean
    near, _ = skills(np.array([0.7, 0.8, 0.75, 0.75, 0.75]), np.full(5, 20.0))
    assert np.abs(near - 0.75).max() < 0.02
    far, variance = skills(np.array([0.2, 0.4, 0.6, 0.9]), np.full(4, 2000.0))
    assert far == pytest.approx([0.2, 0.4, 0.6, 0.9], abs=0.005)
    assert variance == pytest.approx(far * (1 - far) / 2000, rel=0.1)  # p(1 - p) / n


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 500)), min_size=2, max_size=12))
def test_skills_keep_within_what_was_seen(seen):
    means, n = np.array(seen).T
    found, variance = skills(means, n)
    assert ((found > 0) & (found < 1)).all()
    assert ((variance >= 0) & (variance <= 0.25)).all()


def test_several_coaching_days_take_a_change_of_everybody_out():
    later = DAY + timedelta(days=200)
    coached = met(1, 20, 28) + met(2, 24, 24, day=later)
    # around the first day everybody rises by 8 of 40, around the second by none
    rest = [one for agent in range(3, 11) for one in met(agent, 24, 32) + met(agent, 32, 32, day=later)]
    found = did_it_help(coached, {1: DAY, 2: later}, rest)
    assert found.by_themselves == pytest.approx(0.1)
    assert found.rise == pytest.approx(0.1)
    assert found.verdict not in CLAIMS


def test_the_more_calls_asked_for_are_enough_and_more_agents_are_asked_for_by_none():
    rest = [one for agent in range(2, 14) for one in met(agent, 28 + agent % 3, 28 + agent % 3)]
    coached = [one for agent in range(20, 24) for one in met(agent, 27, 30)]
    days = dict.fromkeys(range(20, 24), DAY)
    found = did_it_help(coached, days, rest)
    assert found.verdict is Help.CANNOT_TELL
    assert found.smallest_seen > 0.1
    calls = 4 * 2 * 40
    times = 1 + found.more_calls / calls
    many = int(np.ceil(times))
    again = did_it_help(coached * many, days, rest * many)
    assert (again.more_calls, again.verdict) == (0, Help.NO_EFFECT_SEEN)
    assert again.smallest_seen <= 0.1
    restless = [one for agent in range(2, 10) for one in met(agent, 30, 15 if agent % 2 else 38)]
    assert did_it_help(met(1, 24, 26), {1: DAY}, restless).more_calls is None


def test_too_few_calls_or_agents_say_so():
    rest = [one for agent in range(2, 7) for one in met(agent, 30, 30)]
    few = did_it_help(met(1, 2, 3, n=4), {1: DAY}, rest)
    assert (few.verdict, few.effect, few.more_calls, few.left_out) == (Help.CANNOT_TELL, None, 12, (1,))
    nobody = did_it_help(met(1, 20, 30), {1: DAY}, rest[:-80])
    assert (nobody.verdict, nobody.effect, nobody.more_calls) == (Help.CANNOT_TELL, None, None)
    assert nobody.comparable.agents == 4
    assert did_it_help([], {1: DAY}, rest).more_calls == 20


def test_the_day_itself_and_calls_outside_the_windows_do_not_count():
    rest = [one for agent in range(2, 9) for one in met(agent, 30, 30)]
    stray = [Point(1, "greeting", DAY + timedelta(days=days), 0.0) for days in (0, -61, 61)]
    assert did_it_help(met(1, 20, 30) + stray, {1: DAY}, rest) == did_it_help(met(1, 20, 30), {1: DAY}, rest)


def test_partly_met_answers_and_answers_that_never_vary_can_be_reckoned_with():
    halves = [replace(one, value=0.5) for agent in range(1, 9) for one in met(agent, 0, 0)]
    found = did_it_help([one for one in halves if one.agent == 1], {1: DAY}, [one for one in halves if one.agent > 1])
    assert found.effect.value == pytest.approx(0, abs=0.01)
    full = [one for agent in range(1, 9) for one in met(agent, 40, 40)]
    found = did_it_help([one for one in full if one.agent == 1], {1: DAY}, [one for one in full if one.agent > 1])
    assert found.effect.low < 0 < found.effect.high


def test_what_cannot_be_compared_is_refused():
    one, rest = met(1, 20, 30), met(2, 20, 30)
    with pytest.raises(Invalid, match="Nobody was coached"):
        did_it_help([], {}, rest)
    with pytest.raises(Invalid, match="Agent 1 has no coaching day"):
        did_it_help(one, {3: DAY}, rest)
    with pytest.raises(Invalid, match="Agent 2 was coached and cannot"):
        did_it_help(one, {1: DAY, 2: DAY}, rest)
    with pytest.raises(Invalid, match=r"2 criteria were mixed \(closing, greeting\)"):
        did_it_help(one, {1: DAY}, [replace(two, criterion="closing") for two in rest])
