"""Performance sheets from real scores, ratings, calls and cases; months closed for good; overturns after that."""

from datetime import date, datetime

import pytest
from complaint_desk import OFFICE, ZONE
from conftest import NOW
from quality_floor import DAY, OPENED
from sqlalchemy import select

from qa_app import performance_sheet
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.working_days import WorkingDays
from scorecards import contesting, performance_months, praise, service, shopping_visits
from scorecards.contesting import Rules
from scorecards.disputes import Step, StepKind
from scorecards.model import Verdict
from scorecards.performance import Part
from scorecards.regime import shipped_regime
from scorecards.sampling import Pool
from scorecards.shopping_visits import CountedVisit
from scorecards.work_tables import PickRow
from surveys import ratings
from surveys import service as casework
from surveys.model import NewCase
from surveys.model import StepKind as CaseStepKind
from surveys.ratings import Rating
from surveys.service import NewStep
from transcription.tables import CallRow

pytest_plugins = ["quality_floor"]
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
CLOSING = datetime(2027, 1, 9, 9, 0, tzinfo=ZONE)  # the fifth working day is the 8th, the first being free
RULES = Rules(shipped_regime().disputes, WorkingDays(ZONE))


def scored_month(floor):
    """A call a day in December; those that the lot picks are scored: three of them without a greeting."""
    floor.open()
    calls = dict(floor.call(OPENED + day * DAY, customer_ref=f"c{day % 20}") for day in range(1, 31))
    floor.draw(OPENED + 33 * DAY)
    picked = [row.call_pk for row in floor.rows(PickRow) if row.pool is Pool.RANDOM]
    made = {}
    for place, call in enumerate(picked):
        fails = {"greeting": "not_met"} if place < 3 else {}
        made[call] = floor.score(call, calls[call], floor.ins1, OPENED + 34 * DAY, **fails)
    return made


def sheet(floor, who, *months, now=CLOSING - DAY):
    return floor(performance_sheet.sheets, now, OFFICE, months or (DECEMBER,), who=who)


def test_a_sheet_counts_random_scores_ratings_calls_and_first_asked_cases(floor):
    made = scored_month(floor)
    with transaction(floor.engine) as session:
        calls = session.scalars(select(CallRow).order_by(CallRow.id)).all()
        pressed = [Rating(row.id, row.unit_id, row.started_at, "", value)
                   for row, value in zip(calls, (5, 4, 3, 5), strict=False)]  # fmt: skip
        ratings.keep(session, NOW, pressed)
        agent = people.actor_for(session, floor.agent)
        at = OPENED + 5 * DAY
        for spot in (True, False):
            new = NewCase("多扣了三十元", "李静", f"1380013812{int(spot)}", unit_id=floor.centre.team, received_at=at)
            case = casework.register(session, agent, at, OFFICE, new).case_id
            if spot:
                desk = people.actor_for(session, floor.centre.ids[Role.CASE_DESK])
                facts = {"complexity": "simple", "urgency": "ordinary", "severity": "ordinary"}
                casework.take_step(session, desk, at, OFFICE, case, NewStep(CaseStepKind.ASSESSED, facts))
                casework.take_step(session, desk, at, OFFICE, case,
                                   NewStep(CaseStepKind.SOLVED_ON_THE_SPOT, {"solution": "退费"}))  # fmt: skip
    (one,) = sheet(floor, floor.centre.ids[Role.SUPERVISOR], now=OPENED + 50 * DAY)
    cells = {cell.measure: cell for cell in one.sheet.cells}
    assert cells["evaluations"].n == len(made)
    assert set(cells["evaluations"].sources) == {f"call:{call}" for call in made}
    assert cells["evaluations"].score.value < 100
    assert (cells["csat"].n, cells["csat"].value, cells["csat"].is_small) == (4, 0.75, True)
    assert (cells["aht_s"].n, cells["volume"].value) == (30, 30)
    assert cells["aht_s"].value == pytest.approx(31, abs=0.5)
    assert (cells["fcr"].n, cells["fcr"].value) == (30, 1.0)  # the same customer after 20 days is a new matter
    assert (cells["on_the_spot"].n, cells["on_the_spot"].value) == (2, 0.5)
    assert (cells["deductions"].n, cells["deductions"].score.value) == (len(made), 100)
    assert one.sheet.left_out == (Part.MYSTERY,)
    assert one.sheet.is_small
    assert not one.is_closed


def test_a_customer_who_calls_again_within_a_week_was_not_helped_the_first_time(floor):
    for day in (1, 5, 13):
        floor.call(OPENED + day * DAY, customer_ref="same")
    floor.call(OPENED + 29 * DAY, customer_ref="late")
    (one,) = sheet(floor, floor.agent, now=OPENED + 34 * DAY)
    cell = next(cell for cell in one.sheet.cells if cell.measure == "fcr")
    assert (cell.n, cell.value) == (3, pytest.approx(2 / 3))  # the last call's week is not over


def test_a_confirmed_fatal_error_costs_what_the_regime_says(floor):
    made = scored_month(floor)
    call = next(iter(made))
    again, transcript = floor.call(OPENED + 30 * DAY)
    fatal = floor.score(again, transcript, floor.ins1, OPENED + 34 * DAY, evasion="not_met")
    floor(service.recheck_fatal, OPENED + 35 * DAY, fatal, "evasion", "确认", who=floor.lead, confirmed=True)
    (one,) = sheet(floor, floor.agent, now=OPENED + 36 * DAY)
    cell = next(cell for cell in one.sheet.cells if cell.measure == "deductions")
    assert (cell.n, cell.score.value) == (len(made) + 1, 80)
    assert f"call:{call}" in cell.sources


def test_a_closed_month_stands_and_an_overturn_counts_in_the_next_open_one(floor):
    made = scored_month(floor)
    call, evaluation = next(iter(made.items()))
    at = datetime(2027, 1, 5, 10, 0, tzinfo=ZONE)
    contest = Step(StepKind.DISPUTED, at, floor.agent, "greeting", Verdict.MET, "报了")
    floor(contesting.contest, at, evaluation, contest, RULES, who=floor.agent)
    assert performance_sheet.close_due(floor.engine, CLOSING - DAY, OFFICE) == []
    (before,) = sheet(floor, floor.agent)
    assert performance_sheet.close_due(floor.engine, CLOSING, OFFICE) == [DECEMBER]
    assert performance_sheet.close_due(floor.engine, CLOSING, OFFICE) == []
    decided = Step(StepKind.DECIDED, CLOSING, floor.lead, "greeting", Verdict.MET, "确实报了工号")
    other = people.NewUser("other", "other", floor.centre.company, None, (Role.QA_LEAD,))
    with transaction(floor.engine) as session:
        lead = people.add_user(session, SYSTEM, NOW, other)
    floor(contesting.decide, CLOSING, evaluation, decided, RULES, who=lead)
    (closed,) = sheet(floor, floor.agent)
    assert closed.is_closed
    assert closed.sheet.total == before.sheet.total
    january, transcript = floor.call(datetime(2027, 1, 10, 9, 0, tzinfo=ZONE))
    floor.score(january, transcript, floor.ins1, CLOSING + 3 * DAY)
    now = CLOSING + 4 * DAY
    with reading(floor.engine) as session:
        changed = performance_months.overturned_since(session, JANUARY)
    assert set(changed[floor.agent]) == {f"call:{call}"}
    assert changed[floor.agent][f"call:{call}"] > 0
    (one,) = sheet(floor, floor.agent, JANUARY, now=now)
    assert "evaluations" not in one.figures  # nothing drawn by lot in January yet: the change waits


def test_an_overturn_raises_the_next_months_mean_once_and_is_closed_with_it(floor):
    made = scored_month(floor)
    call = next(iter(made))
    assert performance_sheet.close_due(floor.engine, CLOSING, OFFICE) == [DECEMBER]
    changes = {floor.agent: {f"call:{call}": 8.0}}
    figure = performance_months.Figure(
        floor.agent, floor.centre.team, "evaluations", {"call:900": 80.0, "call:901": 90.0}
    )
    (shown,) = performance_months.with_changes([figure], changes)
    assert (shown.tally.n, shown.tally.total) == (2, 178)
    with transaction(floor.engine) as session:
        performance_months.close(session, NOW, JANUARY, [shown], 1)
        (kept,) = performance_months.kept(session, JANUARY)
        assert kept.tally == shown.tally
        with pytest.raises(Conflict, match="closed already"):
            performance_months.close(session, NOW, JANUARY, [], 1)


def test_a_worker_that_was_off_closes_every_month_it_missed(floor):
    floor.call(OPENED + DAY)
    assert performance_sheet.close_due(floor.engine, CLOSING, OFFICE) == [DECEMBER]
    later = datetime(2027, 4, 20, 9, 0, tzinfo=ZONE)
    assert performance_sheet.close_due(floor.engine, later, OFFICE) == [JANUARY, date(2027, 2, 1), date(2027, 3, 1)]


def test_a_quarter_comes_from_all_values_of_its_months(floor):
    for at in (OPENED - 20 * DAY, OPENED + DAY, OPENED + 2 * DAY):
        floor.call(at)
    (one,) = sheet(floor, floor.agent, *performance_sheet.months_of_quarter(DECEMBER))
    cells = {cell.measure: cell for cell in one.sheet.cells}
    assert (cells["volume"].n, cells["volume"].value) == (3, 1.5)  # a month
    assert one.sheet.period == "2026Q4"


def test_nobody_sees_sheets_of_others_units_and_an_agent_only_the_own(floor, centre):
    floor.call(OPENED + DAY)
    assert sheet(floor, floor.agent)[0].agent_id == floor.agent
    with pytest.raises(Forbidden):
        sheet(floor, floor.ins1)
    with transaction(floor.engine) as session:
        new = people.NewUser("boss2", "boss2", centre.other_team, None, (Role.SUPERVISOR,))
        stranger = people.add_user(session, SYSTEM, NOW, new)
    assert sheet(floor, stranger) == []
    assert floor(performance_sheet.calls_of, OFFICE, floor.agent, [DECEMBER], who=stranger) == []
    assert len(floor(performance_sheet.calls_of, OFFICE, floor.agent, [DECEMBER], who=floor.agent)) == 1


def test_validated_mystery_visits_are_a_part_of_their_own(floor, monkeypatch):
    floor.call(OPENED + DAY)
    seen = [CountedVisit(7, floor.agent, OPENED + DAY, 80.0), CountedVisit(9, floor.agent, OPENED + 2 * DAY, 90.0)]
    monkeypatch.setattr(shopping_visits, "counted_visits", lambda _session, _since, _until: seen)
    (one,) = sheet(floor, floor.agent)
    cell = next(cell for cell in one.sheet.cells if cell.measure == "visits")
    assert (cell.n, cell.value, cell.sources, cell.is_small) == (2, 85.0, ("visit:7", "visit:9"), True)
    assert Part.MYSTERY not in one.sheet.left_out


def test_praise_reaches_the_agent_of_the_call_and_nobody_strange(floor):
    call, _transcript = floor.call(OPENED + DAY)
    floor(praise.praise_call, NOW, call, "  先认可情绪，很好  ", 12.5, who=floor.ins1)
    (one,) = floor(praise.praises, who=floor.agent)
    assert (one.words, one.at_s, one.by_id) == ("先认可情绪，很好", 12.5, floor.ins1)
    with pytest.raises(Invalid, match="what was good"):
        floor(praise.praise_call, NOW, call, " ", None, who=floor.ins1)
    with pytest.raises(NotFound):
        floor(praise.praise_call, NOW, call + 99, "好", None, who=floor.ins1)
    with pytest.raises(Forbidden):
        floor(praise.praise_call, NOW, call, "好", None, who=floor.agent)
