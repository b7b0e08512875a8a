"""Hashes as sha256sum and openssl print them, chances by hand; what holds for every frame by hypothesis."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.agreement import proportion
from scorecards.sampling import (
    Candidate,
    Drawn,
    Inspector,
    Outcome,
    Pick,
    Pool,
    RandomQuota,
    RiskQuota,
    balance,
    commitment,
    draw_random,
    draw_recheck,
    draw_risk,
    due_by,
    estimate,
    frame_hash,
    lot,
    new_seed,
    over_period,
    picks_always,
    rate_frame,
    still_wanted,
    verify,
)

DAY = date(2026, 11, 3)
SEED = f"{7:064d}"
RULES = ("refund", "silence", "threat")
KINDS = ("dissatisfied", "escalated")
WHERE = (3, "2026-11", 1)  # plan, period, part
SEEDS = [hashlib.sha256(b"%d" % at).hexdigest() for at in range(3000)]
seeds = st.integers(0, 2**256 - 1).map("{:064x}".format)
candidates = st.builds(
    Candidate,
    call=st.integers(1, 500),
    agent=st.integers(1, 4),
    team=st.none() | st.integers(1, 2),
    stratum=st.sampled_from(("new_hire", "ordinary")),
    day=st.dates(DAY, DAY + timedelta(9)),
    reasons=st.frozensets(st.sampled_from(RULES + KINDS)),
)
frames = st.lists(candidates, unique_by=lambda one: one.call, max_size=40)
wishes = st.dictionaries(st.integers(1, 5), st.integers(0, 12))
quotas = st.dictionaries(st.sampled_from(RULES), st.builds(RiskQuota, st.integers(0, 6), st.integers(0, 3)))


def a_frame(*calls, agent=1):
    return [Candidate(call, agent, None, "ordinary", DAY) for call in calls]


def journalled(seed, frame, wanted):
    picks = draw_random(seed, *WHERE, frame, wanted)
    return Drawn(*WHERE, commitment(seed), frame_hash(frame), wanted, picks)


def test_seeds_are_32_bytes_and_differ():
    assert len(bytes.fromhex(new_seed())) == 32
    assert new_seed() != new_seed()


def test_hashes_are_those_of_sha256sum_and_openssl():
    # printf %s $SEED | sha256sum
    assert commitment(SEED) == "77982011336d915790e77d8301a52da5654857a870de65fb16d0cb1a44820b9c"
    # printf '3|2026-11|1|random|11' | openssl dgst -sha256 -hmac $SEED; 12, 13 and 14 start with 6a, 96 and 0a
    assert lot(SEED, *WHERE, Pool.RANDOM, 11) == "94874b4e00236498ce744115a1b0e01c8c490393320de9a5da54913929c48c9d"
    assert [one.call for one in draw_random(SEED, *WHERE, a_frame(11, 12, 13, 14), {1: 3})] == [14, 12, 11]
    # printf '[11,1,2,"ordinary","2026-11-03",["refund","silence"]]\n[12,1,null,"new_hire","2026-11-04",[]]' | sha256sum
    frame = [Candidate(12, 1, None, "new_hire", date(2026, 11, 4)),
             Candidate(11, 1, 2, "ordinary", DAY, frozenset({"silence", "refund"}))]  # fmt: skip
    assert frame_hash(frame) == "7ff2ec2aef2bba54289a31143b155377b38217d2c3efed424e2b3262c4ba6608"


@given(seeds, frames, wishes)
def test_each_agent_gets_what_is_wanted_where_there_is_enough_and_never_more(seed, frame, wanted):
    picks = draw_random(seed, *WHERE, frame, wanted)
    there, drawn = Counter(one.agent for one in frame), Counter(one.agent for one in picks)
    assert drawn == {agent: n for agent in there if (n := min(there[agent], wanted.get(agent, 0)))}
    assert all(one.inclusion == drawn[one.agent] / there[one.agent] for one in picks)
    assert len({one.call for one in picks}) == len(picks)


@given(seeds, frames, wishes, quotas, st.randoms())
def test_the_order_of_the_frame_changes_nothing(seed, frame, wanted, quota, random):
    shuffled = random.sample(frame, len(frame))
    assert frame_hash(shuffled) == frame_hash(frame)
    assert draw_random(seed, *WHERE, shuffled, wanted) == draw_random(seed, *WHERE, frame, wanted)
    assert draw_risk(seed, *WHERE, shuffled, quota, ()) == draw_risk(seed, *WHERE, frame, quota, ())
    assert picks_always(shuffled, KINDS, ()) == picks_always(frame, KINDS, ())
    assert draw_recheck(seed, *WHERE, shuffled, 0.1) == draw_recheck(seed, *WHERE, frame, 0.1)


@given(seeds, frames, wishes)
def test_what_is_known_of_a_call_never_moves_the_random_draw(seed, frame, wanted):
    plain = [replace(one, reasons=frozenset()) for one in frame]
    assert draw_random(seed, *WHERE, frame, wanted) == draw_random(seed, *WHERE, plain, wanted)


@given(seeds, frames, wishes, quotas)
def test_no_call_comes_twice_and_only_always_and_risk_ask_for_reasons(seed, frame, wanted, quota):
    random = draw_random(seed, *WHERE, frame, wanted)
    taken = {one.call for one in random}
    always = picks_always(frame, KINDS, taken)
    taken |= {one.call for one in always}
    risk = draw_risk(seed, *WHERE, frame, quota, taken)
    calls = [one.call for one in random + always + risk]
    assert len(set(calls)) == len(calls)
    assert rate_frame(risk + always + random) == random
    assert {one.call for one in frame if one.reasons & set(KINDS)} <= {one.call for one in random + always}
    assert all(one.why and one.inclusion is None for one in always + risk)


@given(seeds, frames, quotas)
def test_risk_fills_each_rule_to_its_most_and_the_calls_with_most_rules_come_first(seed, frame, quota):
    by_call = {one.call: one for one in frame}
    picks = draw_risk(seed, *WHERE, frame, quota, ())
    in_all = Counter(rule for one in picks for rule in one.why)
    of_agent = Counter((rule, one.agent) for one in picks for rule in one.why)
    assert all(in_all[rule] <= quota[rule].in_all for rule in in_all)
    assert all(n <= quota[rule].per_agent for (rule, _), n in of_agent.items())
    assert all(set(one.why) <= by_call[one.call].reasons for one in picks)
    held = [len(by_call[one.call].reasons & quota.keys()) for one in picks]
    assert held == sorted(held, reverse=True)
    for call in by_call.keys() - {one.call for one in picks}:
        for rule in by_call[call].reasons & quota.keys():
            full = in_all[rule] == quota[rule].in_all
            assert full or of_agent[rule, by_call[call].agent] == quota[rule].per_agent


@given(seeds, frames, wishes)
def test_a_draw_agrees_with_its_seed_and_frame(seed, frame, wanted):
    assert verify(journalled(seed, frame, wanted), seed, frame[::-1]).outcome is Outcome.AGREES


@given(seeds, seeds, frames.filter(bool), st.randoms())
def test_a_changed_seed_frame_or_pick_is_found(seed, other, frame, random):
    drawn = journalled(seed, frame, dict.fromkeys(range(1, 5), 2))
    if other != seed:
        assert verify(drawn, other, frame).outcome is Outcome.WRONG_SEED
    line = random.choice(frame)
    rest = [one for one in frame if one != line]
    changes = ({"call": 501}, {"agent": 9}, {"team": 9}, {"stratum": "trial"}, {"day": DAY - timedelta(1)},
               {"reasons": line.reasons ^ {"refund"}})  # fmt: skip
    for wrong in (rest, [*frame, line], *([*rest, replace(line, **change)] for change in changes)):
        assert verify(drawn, seed, wrong).outcome is Outcome.WRONG_FRAME
    pick = random.choice(drawn.picks)
    left = tuple(one for one in drawn.picks if one != pick)
    swapped = (replace(pick, call=501), replace(pick, rank=9), replace(pick, pool=Pool.MANUAL))
    for wrong in (left, (*drawn.picks, pick), *((*left, one) for one in swapped)):
        found = verify(replace(drawn, picks=wrong), seed, frame)
        assert (found.outcome, found.call) == (Outcome.WRONG_PICKS, pick.call)


def test_over_seeds_every_pair_of_calls_is_drawn_alike():
    from scipy.stats import chisquare

    frame = a_frame(1, 2, 3, 4, 5)
    pairs = Counter(frozenset(one.call for one in draw_random(seed, *WHERE, frame, {1: 2})) for seed in SEEDS)
    assert len(pairs) == 10
    assert chisquare(list(pairs.values())).pvalue > 0.01


def test_those_left_over_are_no_worse_off_in_the_next_part_nor_in_another_pool():
    from scipy.stats import binomtest

    later, again = 0, 0
    for seed in SEEDS:
        (pick,) = draw_random(seed, *WHERE, a_frame(1, 2, 3, 4), {1: 1})
        left = {1, 2, 3, 4} - {pick.call}
        (second,) = draw_random(seed, 3, "2026-11", 2, a_frame(*left, 5, 6, 7), {1: 1})
        (recheck,) = draw_recheck(seed, *WHERE, a_frame(1, 2, 3, 4), 0.25)
        later, again = later + (second.call in left), again + (recheck.call == pick.call)
    assert binomtest(later, len(SEEDS), 0.5).pvalue > 0.01  # three left over, three new
    assert binomtest(again, len(SEEDS), 0.25).pvalue > 0.01  # one drawn of four


def test_the_due_number_grows_with_the_days_and_is_whole():
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    due = [due_by(8, first + timedelta(at), first, last) for at in (2, 3, 14, 28, 29, 40)]
    assert due == [0, 1, 4, 7, 8, 8]  # 8 x 3/30 = .8, 8 x 4/30 = 1.07, 8 x 15/30, 8 x 29/30 = 7.7, all
    off = [first + timedelta(at) for at in range(10)]
    assert due_by(8, date(2026, 11, 15), first, last, off) == 2  # 5 of 20 working days
    assert [due_by(1, last - timedelta(at), first, last, [last]) for at in (1, 0)] == [0, 1]  # the last day counts
    with pytest.raises(Invalid, match="The period ends on 2026-11-01, before it starts on 2026-11-30"):
        due_by(8, first, last, first)


@given(st.integers(0, 60), st.integers(0, 80), st.sets(st.integers(0, 80)))
def test_due_never_falls_keeps_still_on_days_off_and_ends_at_the_target(target, length, off):
    days = [DAY + timedelta(at) for at in range(length + 1)]
    due = [due_by(target, day, DAY, days[-1], {DAY + timedelta(at) for at in off}) for day in days]
    assert due == sorted(due)
    assert due[-1] == target
    assert due_by(target, DAY - timedelta(1), DAY, days[-1]) == 0
    assert all(due[at] == (due[at - 1] if at else 0) for at in off if at < length)


def test_what_is_still_wanted_follows_the_stratum_of_the_latest_call():
    frame = [Candidate(1, 1, None, "ordinary", DAY), Candidate(5, 2, None, "new_hire", DAY),
             Candidate(3, 2, None, "ordinary", DAY + timedelta(1)), Candidate(4, 3, None, "new_hire", DAY)]  # fmt: skip
    assert still_wanted(RandomQuota({"ordinary": 2, "new_hire": 5}), frame, {1: 3, 2: 1}) == {1: 0, 2: 1, 3: 5}
    with pytest.raises(Invalid, match="no quota for “new_hire”"):
        still_wanted(RandomQuota({"ordinary": 2}), frame, {})


def two_parts(seed):
    """One of three calls is drawn, then one of the two left and two more."""
    one = draw_random(seed, *WHERE, a_frame(1, 2, 3), {1: 1})
    frame = a_frame(*({1, 2, 3} - {one[0].call}), 4, 5)
    return over_period([(a_frame(1, 2, 3), one), (frame, draw_random(seed, 3, "2026-11", 2, frame, {1: 1}))])


def test_the_first_days_calls_had_more_chances_and_the_period_counts_them_all():
    picks = [one for seed in SEEDS for one in two_parts(seed)]
    # calls 1 to 3: 1 - 2/3 x 3/4 = 1/2; calls 4 and 5: 1/4; together 3/2 + 2/4 = the two drawn
    assert {one.call: one.inclusion for one in picks} == pytest.approx({1: 0.5, 2: 0.5, 3: 0.5, 4: 0.25, 5: 0.25})
    drawn = Counter(one.call for one in picks)
    assert [drawn[call] / len(SEEDS) for call in (1, 2, 3, 4, 5)] == pytest.approx(
        [0.5, 0.5, 0.5, 0.25, 0.25], abs=0.03
    )
    # the weights stand for the five calls there are; 1/n of each part alone would count 3 + 4
    assert sum(1 / one.inclusion for one in picks) / len(SEEDS) == pytest.approx(5, abs=0.05)
    with pytest.raises(Invalid, match="Call 1 was drawn, but is in no frame"):
        over_period([(a_frame(2), draw_random(SEED, *WHERE, a_frame(1), {1: 1}))])


def random_picks(agent, calls, chance):
    return [Pick(call, agent, Pool.RANDOM, ("ordinary",), at, chance) for at, call in enumerate(calls, 1)]


def test_a_rate_weighs_each_agent_by_their_calls():
    # 2 of 10 and 2 of 4 calls: weights 5, 5, 2, 2; (5 + 2 + 2) / 14; effective n 14^2 / (25 + 25 + 4 + 4) = 3.379
    picks = random_picks(1, (1, 2), 0.2) + random_picks(2, (3, 4), 0.5)
    found = estimate(picks, {1: True, 2: False, 3: True, 4: True})
    assert (found.share.value, found.n, found.drawn) == (pytest.approx(9 / 14), 4, 4)
    assert found.effective_n == pytest.approx(196 / 58)
    # z^2/n = 1.1368: (.6429 + .5684) / 2.1368 = .5669 -+ sqrt(.2296 x 1.1368 + 1.2922 / 4) / 2.1368 = .3577
    assert (found.share.low, found.share.high) == pytest.approx((0.2092, 0.9245), abs=1e-4)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.floats(0.01, 1), st.integers(0, 5))
def test_equal_chances_give_the_plain_share_and_unscored_picks_are_named(values, chance, unscored):
    picks = random_picks(1, range(len(values) + unscored), chance)
    found, known = estimate(picks, dict(enumerate(values))), proportion(sum(values), len(values))
    assert (found.share.value, found.share.low, found.share.high) == pytest.approx((known.value, known.low, known.high))
    assert (found.n, found.drawn) == (len(values), len(values) + unscored)
    assert found.share.low <= found.share.value <= found.share.high


def test_nothing_but_random_picks_enters_a_rate():
    picks, risk = random_picks(1, (1, 2), 0.5), Pick(3, 1, Pool.RISK, ("refund",), 1)
    for given_picks, values, sentence in (
        ([*picks, risk], {1: 1}, "Call 3 was not drawn at random; leave it out of the rate."),
        (picks, {1: 1, 3: 0}, "Call 3 is not among those drawn; leave it out of the rate."),
        (picks, {1: 1, 2: 95}, "Call 2 counts as 95; give a share from 0 to 1."),
    ):
        with pytest.raises(Invalid) as refused:
            estimate(given_picks, values)
        assert str(refused.value) == sentence
    assert estimate(picks, {}) is None


def test_the_interval_holds_the_true_rate_as_often_as_it_says():
    random = Random(20261103)  # noqa: S311 - a made-up call centre
    # agents with more calls have more faults: an unweighted mean would be far too low
    busy = {agent: 30 * agent for agent in range(1, 9)}
    frame = [Candidate(1000 * agent + at, agent, None, "ordinary", DAY) for agent, n in busy.items() for at in range(n)]
    fault = {one.call: random.random() < 0.04 * one.agent for one in frame}
    true = sum(fault.values()) / len(frame)
    rates = []
    for seed in SEEDS[:400]:
        picks = draw_random(seed, *WHERE, frame, dict.fromkeys(busy, 10))
        rates.append(estimate(picks, {one.call: fault[one.call] for one in picks}).share)
    covered = sum(one.low <= true <= one.high for one in rates) / len(rates)
    assert sum(one.value for one in rates) / len(rates) == pytest.approx(true, abs=0.006)
    assert covered >= 0.93  # of 400 draws at 95 %, less than two standard errors of .011


@given(seeds, frames, st.floats(0.01, 1))
def test_re_checks_meet_their_share_however_often_they_are_drawn(seed, frame, share):
    half = frame[: len(frame) // 2]
    early = draw_recheck(seed, *WHERE, half, share)
    late = draw_recheck(seed, 3, "2026-11", 2, frame, share, {one.call for one in early})
    calls = {one.call for one in early + late}
    assert len(calls) == len(early) + len(late)
    assert len(calls) - 1 < share * len(frame) + 1e-6
    assert len(calls) >= share * len(frame) - 1e-6


def test_a_share_of_whole_calls_is_not_rounded_up():
    frame = a_frame(*range(100))
    assert len(draw_recheck(SEED, *WHERE, frame, 0.07)) == 7  # .07 x 100 is 7.000000000000001 to a computer
    assert len(draw_recheck(SEED, *WHERE, frame[:41], 0.05)) == 3  # 2.05
    with pytest.raises(Invalid, match=r"above 0 and is at most 1, not 5\."):
        draw_recheck(SEED, *WHERE, frame, 5)


@pytest.mark.parametrize("draw", [lambda frame: draw_random(SEED, *WHERE, frame, {1: 1}),
                                  lambda frame: draw_risk(SEED, *WHERE, frame, {}, ()),
                                  lambda frame: draw_recheck(SEED, *WHERE, frame, 0.1)])  # fmt: skip
def test_a_call_listed_twice_would_have_two_chances(draw):
    with pytest.raises(Invalid, match="Call 2 stands in the frame more than once"):
        draw(a_frame(1, 2, 2))


def test_less_than_no_call_cannot_be_wanted():
    with pytest.raises(Invalid, match="Of an agent -1 calls are wanted"):
        draw_random(SEED, *WHERE, a_frame(1), {1: -1})


@given(st.sets(st.integers(1, 300), max_size=60), st.integers(1, 7))
def test_without_conflicts_inspectors_of_one_capacity_differ_by_one_call_at_most(calls, people):
    given_to, nobody = balance(calls, [Inspector(one, 20) for one in range(people)], ())
    load = [Counter(given_to.values())[one] for one in range(people)]
    assert (given_to.keys(), nobody) == (calls, ())
    assert max(load) - min(load) <= 1


inspectors = st.lists(st.builds(Inspector, st.integers(1, 6), st.integers(0, 30), st.integers(0, 9)),
                      unique_by=lambda one: one.id, max_size=6)  # fmt: skip
conflicts = st.sets(st.tuples(st.integers(1, 6), st.integers(1, 30)), max_size=60)


@given(st.sets(st.integers(1, 30)), inspectors, conflicts, st.randoms())
def test_every_call_is_given_to_somebody_allowed_or_named_apart(calls, people, forbidden, random):
    given_to, nobody = balance(calls, people, forbidden)
    able = {one.id for one in people if one.capacity}
    assert sorted([*given_to, *nobody]) == sorted(calls)
    assert all(name in able and (name, call) not in forbidden for call, name in given_to.items())
    assert all((name, call) in forbidden for call in nobody for name in able)
    again = balance(random.sample(sorted(calls), len(calls)), random.sample(people, len(people)), forbidden)
    assert again == (given_to, nobody)


@given(st.sets(st.integers(1, 300), max_size=60), inspectors)
def test_no_call_would_lie_with_less_load_at_somebody_else(calls, people):
    got = Counter(balance(calls, people, ())[0].values())
    able = [one for one in people if one.capacity]
    for one in able:
        for other in able:
            if got[one.id]:
                assert (one.open + got[one.id]) * other.capacity <= (other.open + got[other.id] + 1) * one.capacity


def test_the_call_that_only_one_may_score_goes_first():
    # call 9 is left to inspector 1 only; of 1 and 2 the lower takes the first of equal loads
    assert balance([1, 9], [Inspector(1, 10), Inspector(2, 10)], {(2, 9)}) == ({9: 1, 1: 2}, ())
