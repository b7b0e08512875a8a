"""Made-up histories as they are kept: every step one that the rules accept, every clock the one that was meant."""

from datetime import timedelta
from itertools import islice

import numpy as np
import pytest
from complaint_desk import OFFICE, Desk
from conftest import NOW
from sqlalchemy import func, select

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Forbidden
from qa_app.core.tables import UnitKind
from qa_app.demo import history as made_up_years
from qa_app.demo.simulation import UNITS, Plan, simulate
from surveys import analysis, history, queries
from surveys.clock import deadlines
from surveys.model import CaseState, StepKind
from surveys.reckoning import as_kept
from surveys.steps import check_next, state_after, state_of
from surveys.tables import CaseDeadlineRow, CaseRow, CaseStepRow, CustomerRow

FIRST = (NOW - timedelta(days=120)).date()
PLAN = Plan(FIRST, days=121, cases=600)


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


@pytest.fixture
def who(desk, centre):
    with transaction(desk.engine) as session:
        units = {"计费中心": desk.billing, "网络部": desk.network}
        handlers = {"计费中心": desk.biller, "网络部": desk.engineer}
        for place, name in enumerate(name for name in UNITS if name not in units):
            units[name] = people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, name, centre.centre)
            handlers[name] = desk.person(session, f"handler{place}", Role.HANDLER, units[name])
        surveyor = desk.person(session, "caller", Role.SURVEYOR, centre.centre)
    return made_up_years.People(desk.clerk, surveyor, centre.centre, units, handlers)


def drawn(who, seed=1, plan=PLAN):
    """The simulation's rows of the past, and each as a case with its way."""
    rng = np.random.default_rng(seed)
    table = simulate(rng, plan)
    return table, list(made_up_years.histories(rng, table, who, OFFICE, NOW))


def written(desk, histories, now=NOW):
    with transaction(desk.engine) as session:
        history.write(session, SYSTEM, now, OFFICE, histories, {})


def test_every_step_is_one_that_the_rules_accept_where_the_case_stands(who):
    kinds = set()
    for one in drawn(who)[1]:
        state = None
        for step in one.steps:
            check_next(state, step)
            state = state_after(state, step)
            kinds.add(step.kind)
        assert [step.number for step in one.steps] == list(range(1, len(one.steps) + 1))
        moments = [step.at for step in one.steps]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW
    assert kinds >= {
        StepKind.SOLVED_ON_THE_SPOT, StepKind.SENT_BACK, StepKind.RETURNED, StepKind.SECOND_DISPATCHED,
        StepKind.MANAGER_HOTLINE, StepKind.CLOSED,
    }  # fmt: skip


def test_made_up_cases_are_told_by_their_number_and_their_unassigned_telephone(who):
    _, cases = drawn(who)
    assert len({one.number for one in cases}) == len(cases)
    assert all(one.number.startswith(analysis.MADE_UP) for one in cases)
    assert all(one.new.customer_phone.startswith("+86154") for one in cases)
    assert {bool(one.new.sender) for one in cases if one.new.channel in ("regulator", "internal")} == {True}


def test_the_same_seed_makes_the_same_cases(who):
    assert drawn(who)[1] == drawn(who)[1]


def test_what_is_written_is_what_was_made(desk, who):
    _, cases = drawn(who, plan=Plan(FIRST, days=121, cases=120))
    written(desk, cases)
    with reading(desk.engine) as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == len(cases)
        assert session.scalar(select(func.count()).select_from(CustomerRow)) == len({one.customer for one in cases})
        for one in islice(cases, 0, None, 10):
            number = queries.case_numbered(session, SYSTEM, one.number)
            story = queries.story(session, SYSTEM, OFFICE.vault, number)
            assert [(step.kind, step.at, step.by) for step in story.steps] == [
                (step.kind, step.at, step.by) for step in one.steps
            ]
            assert story.state == state_of(one.steps)
            assert (story.row.words, story.row.place, story.row.class_code) == (
                one.new.words, one.new.place, one.new.class_code
            )  # fmt: skip


def test_the_clocks_kept_are_those_that_the_steps_set(desk, who):
    written(desk, drawn(who, plan=Plan(FIRST, days=121, cases=60))[1])
    with reading(desk.engine) as session:
        days = queries.working_days(session, OFFICE.zone)
        for row in session.scalars(select(CaseRow)).all():
            found = deadlines(
                queries.steps_of(session, row.id), queries.traits_of(row), queries.profile_of(session, row), days, NOW
            )
            kept = queries.deadlines_kept(session, row.id)
            assert [(one.clock, one.due_at, one.ended_at) for one in kept] == [
                (one["clock"], one["due_at"], one["ended_at"]) for one in (as_kept(row.id, one) for one in found)
            ]


def test_what_was_drawn_late_is_late_by_the_clock_and_nothing_else(desk, who):
    table, cases = drawn(who)
    written(desk, cases)
    meant = {one.number: row for one, row in zip(cases, table.itertuples(), strict=False)}
    with reading(desk.engine) as session:
        later = NOW + timedelta(days=60)  # every closing clock has passed
        facts = analysis.case_facts(session, SYSTEM, later, NOW - timedelta(days=130), NOW)
    assert len(facts) == len(cases)
    closed, answered = facts[facts["closed"]], facts[(facts["returns"] > 0) & ~facts["second_dispatched"]]
    assert len(closed) > 400
    for one in closed.itertuples():
        assert one.on_time == meant[one.number].on_time, one.number
        assert one.solved_on_the_spot == meant[one.number].solved_on_the_spot
        assert one.sent_back == meant[one.number].sent_back
    for one in answered[answered["closed"]].itertuples():
        assert (one.returns_late > 0) == meant[one.number].returned_late, one.number


def test_the_last_days_are_still_open(desk, who):
    written(desk, drawn(who)[1])
    closed_ones, total = desk.listed(state=CaseState.CLOSED)[1], desk.listed()[1]
    assert 0 < total - closed_ones < total


def test_the_years_are_written_once_and_known_for_made_up(desk, who, live):
    told = []
    with reading(desk.engine) as session:
        assert not analysis.made_up(session)
    written_first = made_up_years.build(live, who, 150, told.append)
    assert sum(told) == written_first > 100
    assert made_up_years.build(live, who, 150, told.append) == 0
    with reading(desk.engine) as session:
        assert analysis.made_up(session)
        assert session.scalar(select(func.count()).select_from(CaseRow)) == written_first
        entries = [one for one in journal.entries(session, SYSTEM) if one.action == "cases.import"]
        assert sum(one.detail["registered"] for one in entries) == written_first
        assert journal.verify(session).fault is None


def test_who_may_not_import_writes_no_history(desk, who):
    _, cases = drawn(who, plan=Plan(FIRST, days=121, cases=20))
    with pytest.raises(Forbidden), transaction(desk.engine) as session:
        history.write(session, people.actor_for(session, desk.biller), NOW, OFFICE, cases, {})
    with reading(desk.engine) as session:
        for table in (CaseRow, CaseStepRow, CaseDeadlineRow, CustomerRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0
