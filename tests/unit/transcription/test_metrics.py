from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription import metrics
from transcription.metrics import call_metrics, talk_of
from transcription.model import Overlap, Utterance


def said(speaker, start_s, end_s, text="好", index=0):
    return Utterance(index, speaker, text, start_s, end_s)


def measured(*found, duration_s=60.0):
    return call_metrics(talk_of(found), found, duration_s)


def test_talk_time_counts_each_second_once():
    # 0-4 and 3-6 of one speaker cover 6 s
    assert measured(said("agent", 0, 4), said("agent", 3, 6)).talk_s == {"agent": 6.0}


def test_a_silence_is_three_seconds_in_which_nobody_speaks():
    found = measured(said("agent", 0, 10), said("customer", 12.9, 20), said("agent", 23, 58))
    assert found.silences == ((20, 23),)  # 2.9 s and the last 2 s are too short


def test_the_quiet_before_the_first_word_and_after_the_last_counts():
    assert measured(said("agent", 5, 10), duration_s=20).silences == ((0, 5), (10, 20))


def test_a_silence_the_agent_announced_is_a_hold():
    found = measured(said("agent", 0, 10, "请您稍等, 我查一下"), said("customer", 10.5, 11), said("agent", 26, 60))
    assert found.holds == ((11, 26),)
    assert found.silences == ((11, 26),)


def test_a_silence_nobody_announced_is_a_hold_only_beyond_thirty_seconds():
    assert measured(said("agent", 0, 10), said("agent", 40, 60)).holds == ()  # exactly 30 s
    assert measured(said("agent", 0, 10), said("agent", 40.1, 60)).holds == ((10, 40.1),)


def test_a_customer_cannot_announce_a_hold():
    assert measured(said("customer", 0, 10, "请稍等"), said("agent", 20, 60)).holds == ()


def test_an_overlap_is_begun_by_the_one_who_came_in_second():
    found = measured(said("agent", 0, 10), said("customer", 8.5, 12))
    assert found.overlaps == (Overlap(8.5, 10, "customer"),)
    assert (found.interruptions_by_agent, found.interruptions_by_customer) == (0, 1)


def test_an_overlap_of_a_second_is_no_interruption():
    found = measured(said("customer", 0, 10), said("agent", 9, 12))
    assert len(found.overlaps) == 1
    assert found.interruptions_by_agent == 0


def test_two_agents_at_once_do_not_overlap_as_sides():
    assert measured(said("agent", 0, 10), said("agent2", 5, 12)).overlaps == ()


def test_pace_is_signs_a_minute_in_chinese_and_words_in_english():
    # 4 signs in 2 s of talk = 120 a minute; 3 words in 1.5 s = 120 a minute
    assert measured(said("agent", 0, 2, "我要投诉。")).pace_per_min == {"agent": 120.0}
    assert measured(said("agent", 0, 1.5, "I don't know.")).pace_per_min == {"agent": 120.0}


def test_response_latency_is_from_the_customers_last_word_to_the_agents_first():
    found = measured(said("customer", 0, 5), said("agent", 6, 10), said("customer", 11, 12), said("agent", 14, 20))
    assert found.latency_median_s == 1.5  # waits of 1 and 2 s
    assert found.latency_p95_s == 1.95  # 1 + 0.95 x (2 - 1)


def test_waiting_in_a_hold_is_no_slow_answer():
    found = measured(said("agent", 0, 3, "请稍等"), said("customer", 3.2, 4), said("agent", 24, 60))
    assert found.holds == ((4, 24),)
    assert found.latency_median_s is None


def test_a_call_in_which_nobody_speaks_has_a_silence_and_no_shares():
    found = measured(duration_s=10)
    assert found.silences == ((0, 10),)
    assert (found.talk_s, found.pace_per_min, found.latency_median_s) == ({}, {}, None)


spans = st.lists(
    st.tuples(st.floats(0, 300), st.floats(0.1, 30)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=15
)


@given(spans)
def test_a_union_covers_the_same_seconds_without_overlap(raw):
    merged = metrics.union(raw)
    assert all(a[1] < b[0] for a, b in pairwise(merged))
    for start, end in raw:
        assert any(a <= start and end <= b for a, b in merged)
    assert metrics.union(merged) == merged


@given(spans, spans)
def test_talk_silence_and_overlap_add_up_to_the_call(agent, customer):
    talk = {"agent": metrics.union(agent), "customer": metrics.union(customer)}
    quiet = metrics.silences([*agent, *customer], 400.0, least_s=0.0)
    both = sum(o.end_s - o.start_s for o in metrics.overlaps(talk))
    total = metrics.length(talk["agent"]) + metrics.length(talk["customer"]) + metrics.length(quiet) - both
    assert total == pytest.approx(400.0, abs=1e-6)


@given(spans, spans)
def test_swapping_the_sides_swaps_who_interrupts(one, other):
    def counts(a, b):
        both = metrics.overlaps({"agent": metrics.union(a), "customer": metrics.union(b)})
        return [metrics.interruptions(both, side) for side in ("agent", "customer")]

    starts = {start for start, _ in one} & {start for start, _ in other}
    if not starts:
        assert counts(one, other) == counts(other, one)[::-1]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_a_percentile_lies_among_the_values(values):
    assert min(values) <= metrics.percentile(values, 95) <= max(values) + 1e-9
