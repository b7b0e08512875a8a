"""What the analysis reads, on both databases: each fact of a case, cut to the reader's reach, and weeks of a cause."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
from complaint_desk import COMPLAINT, NOT_SATISFIED, OFFICE, ZONE, Desk
from conftest import NOW

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Forbidden
from surveys import analysis, measures, service
from surveys.corrective import CorrectiveAction, NewAction
from surveys.model import CaseKind, Channel, StepKind
from surveys.service import NewStep

FLAGS = (
    "dispatched", "sent_back", "solved_on_the_spot", "second_dispatched", "reopened", "escalated", "closed",
    "refused_slip", "satisfied", "dissatisfied", "regulator", "is_due", "on_time", "repeated",
)  # fmt: skip
MONDAY = datetime(2026, 9, 7, tzinfo=ZONE)


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


def facts(desk, who=SYSTEM, now=None, since=NOW - timedelta(days=400), until=NOW + timedelta(days=400)):
    with reading(desk.engine) as session:
        actor = who if who is SYSTEM else people.actor_for(session, who)
        return analysis.case_facts(session, actor, now or desk.now, since, until)


def flags(desk, **options):
    """The flags that each case has, by its id."""
    table = facts(desk, **options)
    return {row["id"]: {name for name in FLAGS if row[name]} for row in table.to_dict("records")}


def registered(desk, at=NOW, **changes):
    """A complaint registered at a moment, by a customer of its own unless one is named."""
    desk.now = at
    return desk.register(replace(COMPLAINT, **changes)).case_id


def test_a_case_solved_on_the_spot_and_closed_in_time(desk):
    made = registered(desk)
    desk.walk(made, "assessed", "solved_on_the_spot", "fed_back", "called_back", "closed")
    (row,) = facts(desk).to_dict("records")
    assert flags(desk) == {made: {"solved_on_the_spot", "closed", "satisfied"}}  # counted when a slow one would be
    later = flags(desk, now=NOW + timedelta(days=40))
    assert later == {made: {"solved_on_the_spot", "closed", "satisfied", "is_due", "on_time"}}
    assert (row["class_code"], row["channel"], row["place"]) == ("fees/wrong_bill", "hotline", "")
    assert row["received_at"] == pd.Timestamp(NOW)
    assert pd.isna(row["unit"])
    assert (row["returns"], row["returns_late"]) == (0, 0)


def test_a_case_that_went_to_two_units_counts_for_the_last_one(desk):
    made = registered(desk)
    desk.step(made, "dispatched", unit=desk.network)
    desk.step(made, "sent_back", who=desk.engineer, reason="不属网络问题")
    desk.step(made, "dispatched", unit=desk.billing)
    desk.now += timedelta(hours=49)  # past the 48 hours of an ordinary return
    desk.step(made, "returned", who=desk.biller)
    (row,) = facts(desk).to_dict("records")
    assert row["unit"] == desk.billing
    assert (row["returns"], row["returns_late"]) == (2, 1)  # sent back within minutes, returned an hour late
    assert flags(desk) == {made: {"dispatched", "sent_back"}}


def test_a_dissatisfied_customer_a_refused_slip_and_the_manager(desk):
    made = registered(desk)
    desk.step(made, "dispatched", unit=desk.billing)
    desk.step(made, "returned", who=desk.biller)
    desk.step(made, "return_refused")
    desk.step(made, "returned", who=desk.biller)
    for kind in ("consented", "fed_back"):
        desk.step(made, kind)
    desk.step(made, "called_back", **NOT_SATISFIED)
    desk.step(made, "second_dispatched", unit=desk.network, reason="未到账")
    desk.step(made, "returned", who=desk.engineer)
    desk.step(made, "manager_hotline")
    assert flags(desk) == {
        made: {"dispatched", "refused_slip", "dissatisfied", "second_dispatched", "escalated"},
    }
    assert facts(desk)["unit"].tolist() == [desk.network]
    assert facts(desk)["returns"].tolist() == [3]  # twice to billing, once to the network


def test_an_open_case_counts_once_its_closing_clock_has_passed(desk):
    made = registered(desk)
    assert flags(desk, now=NOW + timedelta(days=10)) == {made: set()}
    assert flags(desk, now=NOW + timedelta(days=40)) == {made: {"is_due"}}  # 15 working days are over


def test_a_late_close_is_not_on_time(desk):
    made = registered(desk)
    desk.walk(made, "assessed", "solved_on_the_spot", "fed_back", "called_back")
    desk.now += timedelta(days=40)
    desk.step(made, "closed")
    assert flags(desk, now=desk.now)[made] == {"solved_on_the_spot", "closed", "satisfied", "is_due"}


def test_what_the_regulator_forwards_is_escalated(desk):
    made = registered(desk, channel=Channel.REGULATOR, sender="通信管理局")
    assert flags(desk) == {made: {"regulator", "escalated"}}


def test_suggestions_and_joined_duplicates_are_left_out(desk):
    first, second = registered(desk), registered(desk)
    registered(desk, kind=CaseKind.SUGGESTION, customer_phone="13800138001")
    with transaction(desk.engine) as session:
        service.join(session, people.actor_for(session, desk.clerk), NOW, second, first)
    assert set(facts(desk)["id"]) == {first}


def test_a_customer_who_complains_of_the_same_within_thirty_days_repeats(desk):
    first = registered(desk, NOW - timedelta(days=60))
    again = registered(desk, NOW - timedelta(days=31), class_code="fees/refund")  # 29 days later, the same first level
    late = registered(desk, NOW, class_code="fees/refund")  # 31 days later
    other_class = registered(desk, NOW, class_code="network/slow")
    other_customer = registered(desk, NOW, customer_phone="13800138001")
    found = flags(desk, now=NOW)
    assert {case for case, has in found.items() if "repeated" in has} == {again}
    assert set(found) == {first, again, late, other_class, other_customer}


def test_what_came_before_the_time_asked_for_may_still_be_repeated(desk):
    registered(desk, NOW - timedelta(days=20))
    again = registered(desk, NOW)
    (row,) = facts(desk, since=NOW - timedelta(days=1)).to_dict("records")
    assert (row["id"], row["repeated"]) == (again, True)


def test_only_the_time_asked_for_is_read(desk):
    for day in (3, 2, 1):
        registered(desk, NOW - timedelta(days=day))
    found = facts(desk, since=NOW - timedelta(days=2), until=NOW - timedelta(days=1))
    assert found["received_at"].tolist() == [pd.Timestamp(NOW - timedelta(days=2))]  # the end is left out


def test_the_analysis_is_cut_to_the_readers_reach(desk, centre):
    mine = registered(desk)
    elsewhere = registered(desk, unit_id=centre.company)
    assert set(facts(desk)["id"]) == {mine, elsewhere}
    assert set(facts(desk, desk.boss)["id"]) == {mine}
    with transaction(desk.engine) as session:
        to_billing = NewStep(StepKind.DISPATCHED, {"unit": desk.billing})
        service.take_step(session, SYSTEM, NOW, OFFICE, elsewhere, to_billing)
    assert set(facts(desk, desk.boss)["id"]) == {mine, elsewhere}  # now a unit of the boss's answers for it
    assert set(facts(desk, centre.ids[Role.MANAGER])["id"]) == set()
    for nobody in (desk.clerk, desk.biller, desk.head):
        with pytest.raises(Forbidden):
            facts(desk, nobody)


def test_no_cases_have_measures_without_values(desk):
    table = facts(desk)
    found = measures.measured(table, 30, 1_000_000)
    assert table.empty
    assert {found[slug].value for slug in ("on_time", "first_dispatch_right", "escalated", "repeated")} == {None}
    assert found["per_ten_thousand"].value == 0.0


def test_the_measures_of_read_cases(desk):
    for at in range(4):
        made = registered(desk, customer_phone=f"1380013800{at}")
        if at < 3:
            desk.step(made, "dispatched", unit=desk.billing)
        if at == 0:
            desk.step(made, "sent_back", who=desk.biller, reason="不属我部门")
    found = measures.measured(facts(desk), 30, 1_000_000)
    assert (found["first_dispatch_right"].hits, found["first_dispatch_right"].n) == (2, 3)
    assert found["per_ten_thousand"].hits == 4


def test_days_of_receipt_are_those_of_the_centres_time_zone_and_cut_to_the_readers_reach(desk, centre):
    registered(desk, datetime(2026, 11, 4, 23, 30, tzinfo=ZONE))
    registered(desk, datetime(2026, 11, 5, 0, 30, tzinfo=ZONE))
    registered(desk, datetime(2026, 11, 6, 12, 0, tzinfo=ZONE), unit_id=centre.company)
    with reading(desk.engine) as session:
        boss = people.actor_for(session, desk.boss)
        span = NOW - timedelta(days=30), NOW
        days = analysis.days_received(session, boss, ZONE, *span)
        none = analysis.days_received(session, boss, ZONE, NOW + timedelta(days=1), NOW + timedelta(days=2))
        assert not analysis.made_up(session)
    assert sorted(days) == [pd.Timestamp("2026-11-04"), pd.Timestamp("2026-11-05")]
    assert len(none) == 0


def cause(**traits):
    new = NewAction("降投诉", "计费", "核对", 1, 1, NOW.date(), **traits)
    return CorrectiveAction(1, "ZG2026-00001", new, None, NOW, ())


def weeks(desk, found, since=MONDAY, until=MONDAY + timedelta(weeks=4), who=SYSTEM):
    with reading(desk.engine) as session:
        actor = who if who is SYSTEM else people.actor_for(session, who)
        table = analysis.cause_by_week(session, actor, ZONE, found, since, until)
    return [(week.date().isoformat(), int(of), int(others)) for week, of, others in table.itertuples(index=False)]


def test_a_causes_weeks_begin_on_monday_here_and_stand_beside_all_others(desk):
    for hours, code, place in ((1, "fees/refund", "城南"), (-1, "fees/refund", "城南"), (30, "fees/refund", "河西"),
                               (7 * 24, "fees/wrong_bill", "城南"), (21 * 24, "network/slow", "城南")):  # fmt: skip
        registered(desk, MONDAY + timedelta(hours=hours), class_code=code, place=place)
    # The week of the one received an hour before Monday is broken and left out; a week without any counts as none
    assert weeks(desk, cause(class_code="fees/refund")) == [
        ("2026-09-07", 2, 0), ("2026-09-14", 0, 1), ("2026-09-21", 0, 0), ("2026-09-28", 0, 1),
    ]  # fmt: skip
    assert [one[1:] for one in weeks(desk, cause(class_code="fees"))] == [(2, 0), (1, 0), (0, 0), (0, 1)]
    assert [one[1:] for one in weeks(desk, cause(class_code="fees", place="城南"))][:2] == [(1, 1), (1, 0)]


def test_a_broken_week_at_either_end_is_left_out(desk):
    for week in range(4):
        registered(desk, MONDAY + timedelta(weeks=week, days=2))
    found = weeks(desk, cause(class_code="fees"), MONDAY + timedelta(days=1), MONDAY + timedelta(weeks=3, days=5))
    assert found == [("2026-09-14", 1, 0), ("2026-09-21", 1, 0)]
    assert weeks(desk, cause(class_code="fees"), MONDAY + timedelta(weeks=10), MONDAY + timedelta(weeks=12)) == []


def test_a_causes_weeks_are_cut_to_the_readers_reach(desk, centre):
    registered(desk, MONDAY + timedelta(days=1))
    registered(desk, MONDAY + timedelta(days=1), unit_id=centre.company)
    assert weeks(desk, cause(class_code="fees"))[0] == ("2026-09-07", 2, 0)
    assert weeks(desk, cause(class_code="fees"), who=desk.boss) == [("2026-09-07", 1, 0)]


def test_a_unit_that_answers_for_a_corrective_action_reads_the_weeks_of_its_own_cases(desk, centre):
    made = registered(desk, MONDAY + timedelta(days=1))
    registered(desk, MONDAY + timedelta(days=1))
    desk.step(made, "dispatched", unit=desk.billing)
    assert weeks(desk, cause(class_code="fees"), who=desk.biller) == [("2026-09-07", 1, 0)]
    with pytest.raises(Forbidden):
        weeks(desk, cause(class_code="fees"), who=centre.ids[Role.AGENT])
