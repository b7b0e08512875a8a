"""Mentors, training tasks and certificates through the real services, on both databases."""

from datetime import date, datetime, timedelta

import pytest
from complaint_desk import OFFICE, ZONE
from conftest import NOW
from quality_floor import DAY, OPENED

from qa_app import inbox
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from scorecards import trainings
from scorecards.sampling import Pool
from scorecards.training import CertificateState, Ground, TaskKind, TaskState, TrainingStep
from scorecards.trainings import NewCertificate, NewTask
from scorecards.work_tables import PickRow

pytest_plugins = ["quality_floor"]
K = TrainingStep
TODAY = NOW.date()


@pytest.fixture
def boss(floor):
    return floor.centre.ids[Role.SUPERVISOR]


@pytest.fixture
def mate(floor):
    with transaction(floor.engine) as session:
        new = people.NewUser("A013", "A013", floor.centre.team, None, (Role.AGENT,), ("A013",))
        return people.add_user(session, SYSTEM, NOW, new)


def test_a_pair_is_seen_by_both_ended_with_a_word_and_then_another_may_follow(floor, boss, mate):
    made = floor(trainings.pair, NOW, mate, floor.agent, ["greeting"], TODAY, who=boss)
    assert [one.id for one in floor(trainings.pairs, who=floor.agent)] == [made]
    assert [one.id for one in floor(trainings.pairs, who=mate)] == [made]
    with pytest.raises(Conflict, match="has a mentor already"):
        floor(trainings.pair, NOW, mate, floor.agent, [], TODAY, who=boss)
    with pytest.raises(Invalid, match="own mentor"):
        floor(trainings.pair, NOW, floor.agent, floor.agent, [], TODAY, who=boss)
    with pytest.raises(NotFound):
        floor(trainings.pair, NOW, floor.centre.other_agent, mate, [], TODAY, who=boss)  # another team's
    with pytest.raises(Invalid, match="how it went"):
        floor(trainings.end_pair, NOW, made, " ", who=boss)
    floor(trainings.end_pair, NOW, made, "能独立接听", who=boss)
    floor(trainings.pair, NOW, mate, floor.agent, [], TODAY, who=boss)
    with pytest.raises(NotFound):
        floor(trainings.end_pair, NOW, made, "again", who=boss)


def test_a_task_is_done_by_its_agent_alone_and_confirmed_by_somebody_else(floor, boss, mate):
    new = NewTask(floor.agent, "greeting", TaskKind.ROLE_PLAY, "两人演练开头语", TODAY + DAY)
    made = floor(trainings.give_task, NOW, new, OFFICE.zone, who=boss)
    assert floor(trainings.tasks, who=mate) == []
    with pytest.raises(NotFound):
        floor(trainings.take_step, NOW, made, K.DONE, "", who=mate)
    with pytest.raises(Conflict, match="does not follow"):
        floor(trainings.take_step, NOW, made, K.CONFIRMED, "", who=boss)
    floor(trainings.take_step, NOW, made, K.DONE, "练了五遍", who=floor.agent)
    with pytest.raises(Forbidden):
        floor(trainings.take_step, NOW, made, K.CONFIRMED, "", who=floor.agent)
    waits = {one.kind: one.n for one in floor(inbox.inbox, NOW, OFFICE, who=boss)}
    assert waits["training"] == 1
    floor(trainings.take_step, NOW, made, K.SENT_BACK, "再练一次", who=boss)
    floor(trainings.take_step, NOW, made, K.DONE, "", who=floor.agent)
    floor(trainings.take_step, NOW, made, K.CONFIRMED, "", who=boss)
    (one,) = floor(trainings.tasks, who=floor.agent)
    assert (one.state, one.possible, len(one.steps)) == (TaskState.CONFIRMED, (), 5)


def test_a_task_needs_its_words_a_criterion_and_a_day_to_come(floor, boss):
    good = NewTask(floor.agent, "greeting", TaskKind.READ, "读", TODAY)
    for wrong, told in (
        (NewTask(floor.agent, "greeting", TaskKind.READ, " ", TODAY), "what is to be done"),
        (NewTask(floor.agent, "", TaskKind.READ, "读", TODAY), "belongs to a criterion"),
        (NewTask(floor.agent, "greeting", TaskKind.READ, "读", TODAY - DAY), "passed already"),
    ):
        with pytest.raises(Invalid, match=told):
            floor(trainings.give_task, NOW, wrong, OFFICE.zone, who=boss)
    with pytest.raises(NotFound):
        floor(
            trainings.give_task, NOW, NewTask(floor.ins1, "greeting", TaskKind.READ, "读", TODAY), OFFICE.zone, who=boss
        )
    unknown = NewTask(floor.agent, "no_such_criterion", TaskKind.READ, "读", TODAY)
    with pytest.raises(Invalid, match="no_such_criterion"):
        floor(trainings.give_task, NOW, unknown, OFFICE.zone, who=boss)
    early = datetime(2026, 12, 2, 1, 0, tzinfo=ZONE)  # still the 1st in UTC
    gone = NewTask(floor.agent, "greeting", TaskKind.READ, "读", date(2026, 12, 1))
    with pytest.raises(Invalid, match="passed already"):
        floor(trainings.give_task, early, gone, OFFICE.zone, who=boss)
    with pytest.raises(Forbidden):
        floor(trainings.give_task, NOW, good, OFFICE.zone, who=floor.ins1)


def test_a_certificate_rests_on_random_calls_alone_or_an_exam_and_ends_or_is_taken_back(floor, boss):
    until = OPENED.date() + 365 * DAY
    new = NewCertificate(floor.agent, "开头语", ("greeting",), until)
    at = OPENED + 34 * DAY
    with pytest.raises(Invalid, match="0 random calls"):
        floor(trainings.grant, at, new, OFFICE.zone, who=boss)
    floor.open()
    calls = dict(floor.call(OPENED + day * DAY) for day in range(1, 31))
    floor.draw(OPENED + 33 * DAY)
    picked = [row.call_pk for row in floor.rows(PickRow) if row.pool is Pool.RANDOM]
    for place, call in enumerate(picked):
        floor.score(call, calls[call], floor.ins1, at, **({"greeting": "not_met"} if place < 2 else {}))
    not_drawn = next(call for call in calls if call not in picked)
    floor.score(not_drawn, calls[not_drawn], floor.ins1, at, greeting="not_met")
    behind = floor(trainings.calls_behind, floor.agent, ["greeting"], at + DAY, who=boss)
    assert (behind.n, behind.share) == (len(picked), (len(picked) - 2) / len(picked))
    assert behind.low < behind.share < behind.high
    made = floor(trainings.grant, at + DAY, new, OFFICE.zone, who=boss)
    exam = NewCertificate(floor.agent, "资费", ("greeting",), at.date() + 20 * DAY, 88.0)
    floor(trainings.grant, at + DAY, exam, OFFICE.zone, who=boss)
    first, second = floor(trainings.certificates, who=floor.agent)
    assert (first.found.ground, first.state(at.date())) == (Ground.EXAM, CertificateState.EXPIRES_SOON)
    assert (second.found.n, second.state(at.date())) == (len(picked), CertificateState.VALID)
    assert second.state(until + DAY) is CertificateState.EXPIRED
    with pytest.raises(Invalid, match="Say why"):
        floor(trainings.revoke, at, made, "", who=boss)
    floor(trainings.revoke, at, made, "复查不达标", who=boss)
    assert floor(trainings.certificates, who=floor.agent)[1].state(at.date()) is CertificateState.REVOKED
    with pytest.raises(NotFound):
        floor(trainings.revoke, at, made, "again", who=boss)
    assert floor(trainings.certificates, who=floor.centre.other_agent) == []
    with pytest.raises(Invalid, match="within three years"):
        late = NewCertificate(floor.agent, "久", ("greeting",), at.date() + timedelta(days=2000), 90.0)
        floor(trainings.grant, at, late, OFFICE.zone, who=boss)


def test_seven_calls_on_three_criteria_are_seven_calls(floor, boss):
    at, three = OPENED + 34 * DAY, ("greeting", "closing", "apology")
    floor.open()
    calls = dict(floor.call(OPENED + day * DAY) for day in range(1, 31))
    floor.draw(OPENED + 33 * DAY)
    for call in [row.call_pk for row in floor.rows(PickRow) if row.pool is Pool.RANDOM][:7]:
        floor.score(call, calls[call], floor.ins1, at)
    assert floor(trainings.calls_behind, floor.agent, three, at + DAY, who=boss).n == 7
    new = NewCertificate(floor.agent, "x", three, at.date() + 90 * DAY)
    with pytest.raises(Invalid, match="7 random calls"):
        floor(trainings.grant, at + DAY, new, OFFICE.zone, who=boss)


def test_a_renewed_certificate_is_not_called_expiring(floor, boss):
    def waiting():
        return {one.kind: one.n for one in floor(inbox.inbox, NOW, OFFICE, who=boss)}.get("certificates", 0)

    def granted(days):
        new = NewCertificate(floor.agent, "资费", ("greeting",), TODAY + days * DAY, 90.0)
        floor(trainings.grant, NOW, new, OFFICE.zone, who=boss)

    granted(20)
    assert waiting() == 1
    granted(300)
    assert waiting() == 0
