"""Quality disputes: windows in working days, two levels, who may decide, which month an overturn counts in."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.working_days import WorkingDays
from scorecards.disputes import (
    DisputeState,
    Ruling,
    Step,
    StepKind,
    adjusts_month,
    closing,
    may_arbitrate,
    overturn_rates,
    standing,
)
from scorecards.model import Verdict
from scorecards.regime import DisputeDays

ZONE = ZoneInfo("Asia/Shanghai")
DAYS, LIMITS = WorkingDays(ZONE), DisputeDays(3, 3, 5)
TOLD = datetime(2026, 9, 29, 15, 0, tzinfo=ZONE)
"""A Tuesday before National Day (1-7 October); the Saturday 10 October 2026 is a shifted working day."""
K, S, V = StepKind, DisputeState, Verdict


def stands(*steps, at=TOLD + timedelta(hours=1)):
    return standing(V.NOT_MET, TOLD, steps, at, DAYS, LIMITS)


def step(kind, at=TOLD + timedelta(hours=1), verdict=None):
    return Step(kind, at, 7, "greeting", verdict, "因为")


def test_the_window_to_file_runs_three_working_days_over_the_holiday():
    found = stands()
    assert (found.state, found.verdict) == (S.OPEN_TO, V.NOT_MET)
    assert found.deadline == datetime(2026, 10, 10, 0, 0, tzinfo=ZONE)  # the end of 30 September, 8, 9 October


def test_silence_is_acceptance_and_so_is_signing():
    assert stands(at=TOLD + timedelta(days=20)).state is S.ACCEPTED
    assert stands(Step(K.SIGNED, TOLD, 7)).state is S.ACCEPTED


def test_a_dispute_waits_for_its_answer_and_the_decision_replaces_the_verdict():
    filed = step(K.DISPUTED, verdict=V.MET)
    assert (stands(filed).state, stands(filed).verdict) == (S.DISPUTED, V.NOT_MET)
    assert stands(filed, at=TOLD + timedelta(days=60)).state is S.DISPUTED  # lateness of others is no acceptance
    decided = stands(filed, step(K.DECIDED, verdict=V.PARTLY_MET))
    assert (decided.state, decided.verdict) == (S.DECIDED, V.PARTLY_MET)
    late = stands(filed, step(K.DECIDED, verdict=V.PARTLY_MET), at=TOLD + timedelta(days=30))
    assert (late.state, late.deadline) == (S.FINAL, None)


def test_the_second_level_is_final():
    steps = [step(K.DISPUTED, verdict=V.MET), step(K.DECIDED, verdict=V.NOT_MET), step(K.SECOND_DISPUTED)]
    assert stands(*steps).state is S.SECOND_DISPUTED
    final = stands(*steps, step(K.SECOND_DECIDED, verdict=V.MET), step(K.DISPUTED))
    assert (final.state, final.verdict) == (S.FINAL, V.MET)


def test_a_withdrawn_dispute_is_accepted():
    assert stands(step(K.DISPUTED), step(K.WITHDRAWN)).state is S.ACCEPTED


kinds = st.lists(st.tuples(st.sampled_from(list(K)), st.sampled_from([None, *V])), max_size=8)


@given(kinds)
def test_what_is_final_is_never_opened_again(made):
    steps = [Step(kind, TOLD + timedelta(hours=n), 7, "greeting", verdict) for n, (kind, verdict) in enumerate(made)]
    found = [stands(*steps[:n], at=TOLD + timedelta(hours=9)) for n in range(len(steps) + 1)]
    for before, after in pairwise(found):
        if before.state is S.FINAL:
            assert after == before


@given(st.integers(1, 6), *[st.sets(st.integers(1, 6), max_size=3)] * 4)
def test_nobody_decides_about_themselves_their_scoring_or_their_own_people(arbiter, scorers, agents, line, before):
    may = may_arbitrate(arbiter, scorers, agents, line, before)
    assert may == all(arbiter not in group for group in (scorers, agents, line, before))


def test_a_month_closes_on_the_fifth_working_day_and_later_overturns_count_in_the_next():
    end = closing(2026, 9, DAYS, 5)
    assert end == datetime(2026, 10, 14, 0, 0, tzinfo=ZONE)  # 8, 9, 10 (shifted Saturday), 12, 13 October
    assert adjusts_month(TOLD, end - timedelta(seconds=1), DAYS, 5) == (2026, 9)
    assert adjusts_month(TOLD, end, DAYS, 5) == (2026, 10)
    assert adjusts_month(TOLD, datetime(2026, 12, 31, tzinfo=ZONE), DAYS, 5) == (2026, 12)
    assert adjusts_month(datetime(2026, 12, 31, tzinfo=ZONE), datetime(2027, 3, 1, tzinfo=ZONE), DAYS, 5) == (2027, 2)


def test_overturn_rates_carry_their_n_and_interval():
    rulings = [Ruling("greeting", 3, "phrases", overturned=n < 2) for n in range(10)]
    rulings.append(Ruling("closing", None, "phrases", overturned=True))
    first, second = overturn_rates(rulings, lambda one: one.criterion)
    assert (first.name, first.n, first.share.value) == ("greeting", 10, 0.2)
    assert first.share.low < 0.2 < first.share.high < 0.6
    assert (second.name, second.n) == ("closing", 1)
