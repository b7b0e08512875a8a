"""Disputes by hand-worked days of 2026, across holidays and worked Saturdays; what never may be, as properties.

Worked Saturdays: 14 and 28 February, 9 May, 10 October. Free: 15-23 February, 1-5 May, 1-7 October.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_app.core.access import Role
from qa_app.core.errors import Conflict, Forbidden, HuitingError, Invalid
from qa_app.core.working_days import DayKind, WorkingDays
from scorecards.agreement import proportion
from scorecards.disputes import (
    Arbiter,
    By,
    Contest,
    Decision,
    DisputeRules,
    DisputeState,
    Level,
    Ruling,
    RunsFrom,
    Status,
    Step,
    StepKind,
    about,
    append,
    closes_at,
    may_decide,
    overturn_rates,
    own_line,
    require_arbiter,
    resulting_verdict,
    ruling,
    status,
)
from scorecards.model import Verdict

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays(ZONE)
RULES = DisputeRules(RunsFrom.SIGNED, file_days=3, answer_days=3, second_file_days=3, second_answer_days=5)
FROM_TOLD = replace(RULES, runs_from=RunsFrom.TOLD)
K, S, V = StepKind, DisputeState, Verdict
ENDED = {S.ACCEPTED, S.EXPIRED, S.WITHDRAWN, S.FINAL}


def at(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


TOLD = Step(K.TOLD, at(9, 29, 9), 1)
SIGNED = Step(K.SIGNED, at(9, 29, 10), 7)
FILED = Step(K.DISPUTED, at(10, 9, 23, 59), 7, "empathy", V.MET, "I said that I was sorry at 0:42.")
DECIDED = Step(K.DECIDED, at(10, 13, 15), 2, "empathy", V.PARTLY_MET, "Said once, late.")
AGAIN = Step(K.SECOND_DISPUTED, at(10, 16, 9), 7, "empathy", V.MET, "Once is enough by the guidance.")
SECOND = Step(K.SECOND_DECIDED, at(10, 22, 9), 3, "empathy", V.MET, "The guidance asks for once.")
WITHDRAWN = Step(K.WITHDRAWN, at(10, 12, 9), 7, "empathy")
WHOLE_WAY = (TOLD, SIGNED, FILED, DECIDED, AGAIN, SECOND)


def stand(*steps, now, rules=RULES, by_person=True):
    return status(steps, now, rules, DAYS, by_person=by_person)


@pytest.mark.parametrize(
    ("signed", "until"),
    [
        (at(2, 13, 10), at(2, 26)),  # Friday; worked: Saturday 14, then 24 and 25 after the Spring Festival
        (at(9, 29, 10), at(10, 10)),  # 30 September, 8 and 9 October
        (at(10, 8, 10), at(10, 13)),  # 9, the Saturday 10, Monday 12
        (at(11, 10, 10), at(11, 14)),  # 11, 12, 13
        (datetime(2026, 11, 9, 16, 30, tzinfo=UTC), at(11, 14)),  # half past midnight of the 10th in China
    ],
)
def test_three_working_days_to_file_leave_out_holidays_and_count_worked_saturdays(signed, until):
    steps = (Step(K.TOLD, signed - timedelta(hours=1)), Step(K.SIGNED, signed))
    assert stand(*steps, now=signed) == Status(S.SIGNED, until, Role.AGENT)
    assert stand(*steps, now=until - timedelta(seconds=1)).state is S.SIGNED
    assert stand(*steps, now=until) == Status(S.ACCEPTED, until)


def test_the_operators_own_corrections_of_the_calendar_move_the_window():
    days = WorkingDays(ZONE, {date(2026, 10, 8): DayKind.HOLIDAY})
    assert status((TOLD, SIGNED), SIGNED.at, RULES, days).deadline == at(10, 11)  # 30, 9, Saturday 10


def test_each_step_of_the_whole_way_has_its_owner_and_its_end():
    expected = [
        Status(S.TOLD, None, Role.AGENT),  # to be signed; no window runs
        Status(S.SIGNED, at(10, 10), Role.AGENT),
        Status(S.OPEN, at(10, 14), Role.QA_LEAD),  # the Saturday 10, 12, 13
        Status(S.DECIDED, at(10, 17), Role.AGENT),  # 14, 15, 16
        Status(S.SECOND_OPEN, at(10, 24), Role.MONITOR),  # 19 to 23
        Status(S.FINAL),
    ]
    steps = ()
    for step, there in zip(WHOLE_WAY, expected, strict=True):
        steps = append(steps, step, RULES, DAYS)
        assert stand(*steps, now=step.at) == there
    assert steps == WHOLE_WAY
    assert stand(now=at(10, 1)) == Status(S.UNTOLD)


def test_from_the_signature_on_silence_accepts_and_without_it_never():
    assert stand(TOLD, now=at(12, 31)) == Status(S.TOLD, None, Role.AGENT)
    assert stand(TOLD, SIGNED, now=at(12, 31)).state is S.ACCEPTED


def test_from_the_telling_on_a_later_signature_moves_nothing():
    signed = replace(SIGNED, at=at(9, 30, 10))
    assert stand(TOLD, now=at(9, 30), rules=FROM_TOLD) == Status(S.TOLD, at(10, 10), Role.AGENT)
    assert stand(TOLD, signed, now=at(9, 30, 11), rules=FROM_TOLD) == Status(S.SIGNED, at(10, 10), Role.AGENT)
    assert stand(TOLD, now=at(10, 10), rules=FROM_TOLD).state is S.ACCEPTED


def test_silence_accepts_only_a_persons_evaluation():
    assert stand(TOLD, SIGNED, now=at(10, 10), by_person=False) == Status(S.EXPIRED, at(10, 10))


def test_a_late_filing_is_refused_with_the_last_day():
    with pytest.raises(Conflict, match=r"^This could be disputed until 2026-10-09; it is too late now\.$"):
        append((TOLD, SIGNED), replace(FILED, at=at(10, 10)), RULES, DAYS)
    with pytest.raises(Conflict, match="until 2026-10-16"):
        append((TOLD, SIGNED, FILED, DECIDED), replace(AGAIN, at=at(10, 17)), RULES, DAYS)


def test_an_answer_may_be_late_and_the_dispute_waits_for_it():
    late = replace(DECIDED, at=at(11, 20))
    assert stand(TOLD, SIGNED, FILED, now=at(11, 20)) == Status(S.OPEN, at(10, 14), Role.QA_LEAD)
    assert stand(*append((TOLD, SIGNED, FILED), late, RULES, DAYS), now=at(11, 20)).state is S.DECIDED


def test_a_decision_that_is_not_taken_further_becomes_final():
    assert stand(TOLD, SIGNED, FILED, DECIDED, now=at(10, 17)) == Status(S.FINAL, at(10, 17))


def test_a_withdrawn_dispute_leaves_the_scorers_verdict_and_a_second_one_the_first_decision():
    once = (TOLD, SIGNED, FILED, WITHDRAWN)
    assert stand(*once, now=at(10, 12, 9)) == Status(S.WITHDRAWN)
    assert resulting_verdict(V.NOT_MET, once) is V.NOT_MET
    twice = (TOLD, SIGNED, FILED, DECIDED, AGAIN, replace(WITHDRAWN, at=at(10, 19)))
    assert stand(*twice, now=at(10, 19)) == Status(S.FINAL)
    assert resulting_verdict(V.NOT_MET, twice) is V.PARTLY_MET
    with pytest.raises(Conflict, match=r"^“disputed” is not possible here: the dispute is at “withdrawn”\.$"):
        append(once, replace(FILED, at=at(10, 12, 10)), RULES, DAYS)


def test_the_last_decision_gives_the_verdict():
    assert resulting_verdict(V.NOT_MET, (TOLD, SIGNED, FILED)) is V.NOT_MET
    assert resulting_verdict(V.NOT_MET, WHOLE_WAY[:4]) is V.PARTLY_MET
    assert resulting_verdict(V.NOT_MET, WHOLE_WAY) is V.MET
    assert resulting_verdict(V.NOT_MET, (*WHOLE_WAY, replace(SECOND, verdict=V.NOT_MET))) is V.MET


def test_each_answer_has_its_own_dispute_beside_one_signature():
    filed = replace(FILED, at=at(9, 29, 9, 30))
    signed = append(append((TOLD,), filed, RULES, DAYS), SIGNED, RULES, DAYS)  # disputed first, signed after
    other = append(signed, replace(FILED, criterion="script"), RULES, DAYS)
    assert stand(*about(other, "empathy"), now=at(10, 12)).deadline == at(10, 10)  # 30 September, 8, 9 October
    assert stand(*about(other, "script"), now=at(10, 12)).deadline == at(10, 14)
    assert stand(*about(other, "record"), now=at(10, 12)).state is S.ACCEPTED
    assert about(other, "") == (TOLD, SIGNED)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (replace(SIGNED, criterion="empathy"), "“signed” concerns the whole evaluation. Leave the criterion out."),
        (replace(FILED, criterion=""), "Name the criterion that “disputed” is about."),
        (replace(FILED, words="  "), "Say in a comment why the verdict on empathy is wrong."),
        (replace(FILED, verdict=None), "Give the verdict on empathy that is right."),
        (replace(FILED, verdict=V.ABSTAINED), "Give the verdict on empathy that is right."),
        (replace(DECIDED, words=""), "Give the reason of the decision on empathy."),
        (replace(SIGNED, at=at(9, 29, 8)), "This step lies before the last one, of 2026-09-29 09:00:00+08:00."),
    ],
)
def test_a_step_that_lacks_something_is_refused(step, said):
    with pytest.raises(Invalid) as refused:
        append((TOLD,), step, RULES, DAYS)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("steps", "step"),
    [((), SIGNED), ((), FILED), ((TOLD,), TOLD), ((TOLD, SIGNED), DECIDED), ((TOLD, SIGNED, FILED), AGAIN),
     ((TOLD, SIGNED, FILED, DECIDED), SECOND), (WHOLE_WAY, SECOND)],
)  # fmt: skip
def test_a_step_out_of_turn_is_refused(steps, step):
    with pytest.raises(Conflict, match="is not possible here"):
        append(steps, replace(step, at=max([step.at, *(one.at for one in steps)])), RULES, DAYS)


steps_of_any_kind = st.builds(
    Step,
    kind=st.sampled_from(StepKind),
    at=st.integers(0, 24 * 90).map(lambda hours: at(2, 1) + timedelta(hours=hours)),
    by_id=st.integers(1, 9),
    criterion=st.sampled_from(("", "empathy", "script")),
    verdict=st.none() | st.sampled_from(Verdict),
    words=st.sampled_from(("", "reason")),
)
histories = st.lists(steps_of_any_kind, max_size=25).map(lambda steps: sorted(steps, key=lambda one: one.at))
rules = st.sampled_from((RULES, FROM_TOLD))


@st.composite
def likely_histories(draw):
    """Steps in the order of the way, some left out, at times that grow: most can be taken."""
    moment, steps = at(2, 10), []
    for step in WHOLE_WAY:
        if draw(st.integers(0, 5)):
            moment += timedelta(hours=draw(st.integers(0, 120)))
            steps.append(replace(step, at=moment))
    return steps


any_history = histories | likely_histories()


def taken(steps, windows, by_person):
    kept = ()
    for step in steps:
        with contextlib.suppress(HuitingError):
            kept = append(kept, step, windows, DAYS, by_person=by_person)
    return kept


@given(any_history, rules, st.booleans())
def test_a_history_only_grows_by_one_step_at_its_end_or_not_at_all(steps, windows, by_person):
    kept = ()
    for step in steps:
        try:
            longer = append(kept, step, windows, DAYS, by_person=by_person)
        except HuitingError:
            continue
        assert longer == (*kept, step)
        kept = longer


@given(likely_histories(), st.lists(steps_of_any_kind, max_size=6), rules, st.booleans())
def test_no_later_step_reopens_what_has_ended_nor_changes_its_verdict(steps, more, windows, by_person):
    kept = about(taken(steps, windows, by_person), "empathy")
    now = at(9, 1)
    ended = status(kept, now, windows, DAYS, by_person=by_person)
    assume(ended.state in ENDED)
    later = [replace(one, at=now + (one.at - at(2, 1)), criterion="empathy") for one in more]
    longer = (*kept, *sorted(later, key=lambda one: one.at))
    assert status(longer, at(12, 31), windows, DAYS, by_person=by_person) == ended
    for one in later:
        with pytest.raises(HuitingError):
            append(kept, one, windows, DAYS, by_person=by_person)


@given(any_history, rules)
def test_whatever_was_taken_makes_the_next_state_and_what_is_owed_has_an_owner(steps, windows):
    kept = about(taken(steps, windows, by_person=True), "empathy")
    seen = [status(kept[:n], kept[n - 1].at, windows, DAYS).state for n in range(1, len(kept) + 1)]
    assert all(one is not other for one, other in pairwise(seen) if other not in {S.TOLD, S.OPEN})
    found = status(kept, at(12, 31), windows, DAYS)
    assert (found.owed_by is None) == (found.state in {*ENDED, S.UNTOLD})


people = st.integers(1, 9)
some = st.frozensets(people, max_size=4)
contests = st.builds(Contest, agent=people, units=some, supervisors=some, scorers=some, deciders=some)
arbiters = st.builds(Arbiter, id=people, unit=st.none() | people, roles=st.frozensets(st.sampled_from(Role)))


@given(arbiters, contests, st.sampled_from(Level))
def test_whoever_decides_neither_scored_nor_stands_in_the_agents_line_nor_decided_before(arbiter, contest, level):
    if may_decide(arbiter, contest, level):
        assert arbiter.id not in contest.scorers | contest.supervisors | contest.deciders | {contest.agent}
        assert arbiter.unit not in contest.units
        assert {Level.FIRST: Role.QA_LEAD, Level.SECOND: Role.MONITOR}[level] in arbiter.roles


LEAD = Arbiter(2, unit=50, roles=frozenset({Role.QA_LEAD}))
CONTEST = Contest(agent=7, units=frozenset({10, 11}), supervisors=frozenset({8}), scorers=frozenset({1, 4}))


@pytest.mark.parametrize(
    ("arbiter", "contest", "level", "said"),
    [
        (LEAD, CONTEST, Level.FIRST, None),
        (LEAD, CONTEST, Level.SECOND, "This level of a dispute is decided by monitor."),
        (replace(LEAD, roles=frozenset({Role.SUPERVISOR})), CONTEST, Level.FIRST, "decided by qa_lead"),
        (replace(LEAD, id=4), CONTEST, Level.FIRST, "Whoever scored a call does not decide a dispute about it."),
        (replace(LEAD, id=8), CONTEST, Level.FIRST, "somebody outside of the agent's own line"),
        (replace(LEAD, unit=11), CONTEST, Level.FIRST, "somebody outside of the agent's own line"),
        (replace(LEAD, id=7), CONTEST, Level.FIRST, "somebody outside of the agent's own line"),
        (replace(LEAD, roles=frozenset({Role.QA_LEAD, Role.MONITOR})), replace(CONTEST, deciders=frozenset({2})),
         Level.SECOND, "Nobody decides the same dispute twice."),
    ],
)  # fmt: skip
def test_who_may_not_decide_hears_why(arbiter, contest, level, said):
    assert may_decide(arbiter, contest, level) is (said is None)
    if said is not None:
        with pytest.raises(Forbidden) as refused:
            require_arbiter(arbiter, contest, level)
        assert said in str(refused.value)


def test_the_own_line_ends_below_the_centre_and_never_holds_the_company():
    parents = {1: None, 2: 1, 3: 2, 4: 3, 5: 4, 6: 3, 9: 1}  # company > region > centre > department > team
    assert own_line(5, parents, {3}) == {4, 5}
    assert own_line(3, parents, {3}) == frozenset()
    assert own_line(9, parents, {3}) == {9}
    assert own_line(1, parents, set()) == frozenset()


@pytest.mark.parametrize(
    ("given_verdict", "said"), [(V.NOT_MET, Ruling.UPHELD), (V.PARTLY_MET, Ruling.PARTLY), (V.MET, Ruling.OVERTURNED)]
)
def test_a_ruling_lies_between_the_scorers_and_the_agents_verdict(given_verdict, said):
    assert ruling(V.NOT_MET, V.MET, given_verdict) is said


def test_overturns_are_counted_by_criterion_inspector_and_check():
    decisions = [
        Decision("empathy", 1, "", V.NOT_MET, V.MET, V.MET),
        Decision("empathy", 1, "", V.NOT_MET, V.MET, V.PARTLY_MET),
        Decision("empathy", 4, "phrases@3", V.NOT_MET, V.MET, V.NOT_MET),
        Decision("script", None, "phrases@3", V.NOT_MET, V.MET, V.MET),
    ]
    by_criterion = overturn_rates(decisions, By.CRITERION)
    assert list(by_criterion) == ["empathy", "script"]
    found = by_criterion["empathy"]
    assert (found.n, found.overturned, found.partly, found.share) == (3, 1, 1, proportion(2, 3))
    assert found.is_small
    assert {key: (one.n, one.share.value) for key, one in overturn_rates(decisions, By.INSPECTOR).items()} == {
        1: (2, 1.0), 4: (1, 0.0),
    }  # fmt: skip
    assert {key: (one.n, one.share.value) for key, one in overturn_rates(decisions, By.CHECK).items()} == {
        "phrases@3": (2, 0.5)
    }
    assert overturn_rates([], By.CHECK) == {}
    assert not overturn_rates(decisions * 7, By.CRITERION)["empathy"].is_small


@pytest.mark.parametrize(
    ("month", "closed"),
    [
        (date(2026, 9, 17), at(10, 14)),  # 8, 9, the Saturday 10, 12, 13
        (date(2026, 4, 1), at(5, 12)),  # 6, 7, 8, the Saturday 9, 11
        (date(2026, 1, 31), at(2, 7)),  # 2 to 6
        (date(2026, 12, 1), datetime(2027, 1, 9, tzinfo=ZONE)),  # 4 to 8, the first being free
    ],
)
def test_a_month_closes_at_the_end_of_the_next_ones_fifth_working_day(month, closed):
    assert closes_at(month, 5, DAYS) == closed
