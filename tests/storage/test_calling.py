"""Callbacks through the real claim transaction, on both databases: nobody is called who must not be."""

from datetime import datetime, timedelta
from random import Random

import pytest
from complaint_desk import OFFICE, ZONE, Desk
from conftest import NOW
from sqlalchemy import select

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.working_days import DayKind, WorkingDays
from surveys import calling_desk, claims, links, queries, tasks
from surveys.calling import EARLY, UNREACHED, shipped_calling
from surveys.calling_desk import NewOutcome
from surveys.dispositions import Disposition
from surveys.model import CaseState, Outcome, StepKind, TaskKind
from surveys.survey_tables import SurveyAnswerRow, SurveyAttemptRow, SurveyLinkRow, SurveyResponseRow, SurveyTaskRow
from surveys.tables import CustomerRow, NoticeRow

D = Disposition
RULES = shipped_calling()
DAYS = WorkingDays(ZONE)
MORNING = datetime(2026, 11, 10, 9, 30, tzinfo=ZONE)
"""A Tuesday."""
HAPPY = {"solved": 1, "satisfied": 5, "agrees": 1}
UNHAPPY = {"solved": 0, "satisfied": 1, "reason": "还是扣钱"}


class Callers:
    """A complaint desk with two surveyors, and shortcuts to call as either."""

    def __init__(self, engine, centre):
        self.desk = Desk(engine, centre)
        self.engine = engine
        with transaction(engine) as session:
            self.ann = Desk.person(session, "ann", Role.SURVEYOR, centre.centre)
            self.bo = Desk.person(session, "bo", Role.SURVEYOR, centre.centre)

    def fed_back(self, phone="13800138000", at=MORNING - timedelta(days=2), **changes):
        self.desk.now = at - timedelta(minutes=10)
        case_id = self.desk.register(self.desk.complaint(customer_phone=phone, **changes)).case_id
        self.desk.walk(case_id, StepKind.ASSESSED, StepKind.SOLVED_ON_THE_SPOT, StepKind.FED_BACK)
        return case_id

    def __call__(self, work, *given, who=None):
        with transaction(self.engine) as session:
            return work(session, people.actor_for(session, who or self.ann), *given)

    def claim(self, at=MORNING, who=None):
        return self(claims.claim, at, OFFICE, who=who)

    def begin(self, task_id, at=MORNING, who=None):
        return self(calling_desk.begin_call, at, OFFICE, task_id, who=who)

    def log(self, task_id, disposition, at=MORNING, who=None, **more):
        return self(calling_desk.log, at, OFFICE, task_id, NewOutcome(disposition, **more), who=who)

    def call(self, disposition, at=MORNING, who=None, **more):
        task_id = self.claim(at, who)
        assert task_id is not None
        self.begin(task_id, at, who)
        self.log(task_id, disposition, at, who, **more)
        return task_id

    def answer(self, given, at=MORNING, who=None):
        task_id = self.claim(at, who)
        self.begin(task_id, at, who)
        for question, value in given.items():
            self(calling_desk.save_answer, at, task_id, question, value, who=who)
        self(calling_desk.finish, at, OFFICE, task_id, who=who)
        return task_id

    def task(self, case_id):
        with reading(self.engine) as session:
            query = select(SurveyTaskRow).where(SurveyTaskRow.case_id == case_id).order_by(SurveyTaskRow.id.desc())
            return session.scalars(query).first()

    def rows(self, table):
        with reading(self.engine) as session:
            return session.scalars(select(table).order_by(*table.__table__.primary_key.columns)).all()

    def steps(self, case_id):
        with reading(self.engine) as session:
            return queries.steps_of(session, case_id)


@pytest.fixture
def callers(engine, centre):
    return Callers(engine, centre)


def test_feedback_is_followed_by_its_callback_after_the_hours_of_its_class(callers):
    billing, network = callers.fed_back(), callers.fed_back("13900000001", class_code="network/outage")
    for case_id, hours in ((billing, 24), (network, 48)):
        task, fed_back = callers.task(case_id), callers.steps(case_id)[-1]
        assert (task.kind, task.questionnaire, task.version) == (TaskKind.CLOSING, "closing", 1)
        assert task.due_at == fed_back.at + timedelta(hours=hours)


def test_a_satisfied_customer_opens_the_way_to_the_close(callers):
    case_id = callers.fed_back()
    callers.answer(HAPPY)
    assert callers.desk.state(case_id) is CaseState.SATISFIED
    assert callers.task(case_id).outcome is Outcome.ANSWERED
    assert [row.disposition for row in callers.rows(SurveyAttemptRow)] == [D.COMPLETED]
    assert {row.question: row.number for row in callers.rows(SurveyAnswerRow)} == HAPPY


def test_a_dissatisfied_customer_starts_the_48_hours_and_is_called_again_after_the_second_solution(callers):
    case_id = callers.fed_back()
    callers.answer(UNHAPPY)
    assert callers.desk.state(case_id) is CaseState.DISSATISFIED
    last = callers.steps(case_id)[-1]
    assert (last.kind, last.facts) == (StepKind.CALLED_BACK, {"result": "dissatisfied", "customer_words": "还是扣钱"})
    with reading(callers.engine) as session:
        clocks = {row.clock: row.due_at for row in queries.deadlines_kept(session, case_id) if row.ended_at is None}
    assert clocks["recontact"] == last.at + timedelta(hours=48)
    callers.desk.now = MORNING + timedelta(hours=1)
    callers.desk.walk(case_id, StepKind.RECONTACTED, StepKind.CONSENTED, StepKind.FED_BACK)
    again = callers.task(case_id)
    assert (again.questionnaire, again.priority) == ("after_reopening", tasks.URGENT)
    callers.answer({"better": "better", "solved": 1, "satisfied": 4}, MORNING + timedelta(days=2))
    assert callers.desk.state(case_id) is CaseState.SATISFIED


def test_an_unhappy_survey_takes_a_closed_case_up_again_with_the_customers_words(callers):
    case_id = callers.fed_back()
    callers.answer(HAPPY)
    callers.desk.step(case_id, StepKind.CLOSED)
    with transaction(callers.engine) as session:
        customer = session.scalars(select(CustomerRow.id)).one()
        new = tasks.NewTask("by hand", TaskKind.SURVEY, customer, callers.desk.centre.centre, "post_resolution",
                            MORNING + timedelta(days=1), 0, case_id)  # fmt: skip
        assert tasks.schedule(session, MORNING, OFFICE, new) is not None
    later = MORNING + timedelta(days=6)
    callers.answer({"satisfied": 1, "solved": 0, "effort": 1, "recommend": 0, "words": "又扣了"}, later)
    last = callers.steps(case_id)[-1]
    assert (last.kind, last.facts["reason"], last.by) == (StepKind.REOPENED, "又扣了", None)
    assert callers.desk.state(case_id) is CaseState.IN_HAND


def test_two_surveyors_are_never_offered_the_same_task_nor_the_same_customer(callers):
    callers.fed_back()
    callers.fed_back(class_code="fees/refund", at=MORNING - timedelta(days=4))
    first = callers.claim()
    assert first is not None
    assert callers.claim() == first, "the same again while it is held"
    assert callers.claim(who=callers.bo) is None, "the other task is of the same customer"
    callers(claims.release, MORNING, first)
    assert callers.claim(who=callers.bo) is not None


def test_an_abandoned_task_comes_back_and_its_unlogged_call_counts(callers):
    case_id = callers.fed_back()
    task_id = callers.claim()
    callers.begin(task_id)
    late = MORNING + 3 * RULES.claim + timedelta(minutes=1)
    with pytest.raises(Conflict, match="no longer hold"):
        callers.log(task_id, D.BUSY, late)
    assert callers.claim(late, who=callers.bo) is None, "it was called just now"
    assert [row.disposition for row in callers.rows(SurveyAttemptRow)] == [D.NO_ANSWER]
    assert callers.task(case_id).ready_at >= MORNING + timedelta(hours=3)


def test_whoever_handled_the_case_is_not_offered_its_callback(callers):
    case_id = callers.fed_back()
    with transaction(callers.engine) as session:
        unit = callers.desk.centre.centre
        both = [(Role.CASE_DESK, unit), (Role.SURVEYOR, unit)]
        people.set_roles(session, SYSTEM, NOW, callers.desk.clerk, both)
    assert callers.claim(who=callers.desk.clerk) is None
    assert callers.claim() == callers.task(case_id).id


def test_the_number_is_shown_only_for_a_call_that_may_be_made_now_and_no_outcome_without_a_call(callers):
    callers.fed_back()
    task_id = callers.claim()
    with pytest.raises(Conflict, match="No call was begun"):
        callers.log(task_id, D.BUSY)
    with pytest.raises(Conflict, match="No call was begun"):
        callers(calling_desk.save_answer, MORNING, task_id, "solved", 1)
    with pytest.raises(NotFound):
        callers(calling_desk.offered, MORNING, OFFICE, task_id, who=callers.bo)
    with pytest.raises(Conflict, match="no longer hold"):
        callers.begin(task_id, who=callers.bo)
    with pytest.raises(Forbidden):
        callers(claims.claim, MORNING, OFFICE, who=callers.desk.biller)
    assert callers.begin(task_id) == "13800138000"
    noon = MORNING.replace(hour=11, minute=45)
    callers.log(task_id, D.BUSY)
    other = callers.claim(noon)
    assert other == task_id
    with pytest.raises(Conflict, match="outside of the calling hours"):
        callers.begin(task_id, noon.replace(hour=12, minute=1))


def test_a_refusal_ends_every_task_of_the_customer_and_the_case_needs_approval(callers):
    first = callers.fed_back()
    second = callers.fed_back(class_code="fees/refund", at=MORNING - timedelta(days=4))
    callers.call(D.REFUSED)
    assert {callers.task(first).outcome, callers.task(second).outcome} == {Outcome.REFUSED, Outcome.BARRED}
    assert StepKind.CALLED_BACK in [step.kind for case in (first, second) for step in callers.steps(case)]
    third = callers.fed_back(class_code="fees/refund", at=MORNING + timedelta(days=80))
    assert callers.task(third).outcome is Outcome.BARRED
    fourth = callers.fed_back(class_code="fees/refund", at=MORNING + timedelta(days=95))
    assert callers.task(fourth).outcome is None
    with pytest.raises(Forbidden):
        callers.desk.step(first, StepKind.CLOSED, proof="拒访")


def test_an_appointment_beats_the_queue_and_only_lawful_ones_are_taken(callers):
    callers.fed_back()
    task_id = callers.claim()
    callers.begin(task_id)
    at_night = MORNING.replace(hour=22)
    with pytest.raises(Invalid, match="outside of the calling hours"):
        callers.log(task_id, D.LATER, appointment_at=at_night)
    offered = callers(calling_desk.appointments, MORNING, OFFICE, task_id)
    assert all(tasks_open(at) for at in offered)
    chosen = next(at for at in offered if at.astimezone(ZONE).hour == 16)
    callers.log(task_id, D.LATER, appointment_at=chosen)
    callers.fed_back("13900000009", at=MORNING - timedelta(days=5))
    assert callers.claim(MORNING + timedelta(minutes=5)) != task_id
    callers(claims.release, MORNING + timedelta(minutes=6), callers.claim(MORNING + timedelta(minutes=5)))
    assert callers.claim(chosen) == task_id


def tasks_open(at):
    local = at.astimezone(ZONE)
    hours = (
        RULES.booked_on_holiday if DAYS.kind(local.date()) is DayKind.HOLIDAY else RULES.hours[DAYS.kind(local.date())]
    )
    return any(begin <= local.time() < end for begin, end in hours)


def test_who_cannot_be_reached_gets_a_link_a_reminder_and_in_the_end_the_case_needs_approval(callers):
    case_id = callers.fed_back()
    at, days = MORNING, set()
    for _ in range(3):
        callers.call(D.NO_ANSWER, at)
        days.add(at.date())
        ready = callers.task(case_id).ready_at
        at = ready.astimezone(ZONE) if ready else at
    assert len(days) > 1
    assert callers.claim(at + timedelta(days=1)) is None
    for hours in range(1, 220, 3):
        with transaction(callers.engine) as session:
            links.send_due(session, at + timedelta(hours=hours), OFFICE)
    sent = [(row.template, row.sender) for row in callers.rows(NoticeRow) if row.template.startswith("survey")]
    assert sent == [("survey_link", "sms"), ("survey_reminder", "sms")]  # this customer left no e-mail address
    moments = [row.created_at for row in callers.rows(NoticeRow) if row.template.startswith("survey")]
    assert all(tasks_open(at) for at in moments)
    assert moments[1] - moments[0] >= RULES.remind
    assert callers.task(case_id).outcome is Outcome.UNREACHED
    assert callers.steps(case_id)[-1].facts["result"] == "unreached"


def test_a_link_is_answered_once_and_never_with_another_signature(callers):
    case_id = callers.fed_back()
    at = MORNING
    for _ in range(3):
        callers.call(D.NO_ANSWER, at)
        at = (callers.task(case_id).ready_at or at).astimezone(ZONE)
    at += timedelta(hours=1)
    with transaction(callers.engine) as session:
        links.send_due(session, at, OFFICE)
        token = links.token_of(OFFICE, session.scalars(select(SurveyLinkRow)).one())
    body = next(row for row in callers.rows(NoticeRow) if row.template == "survey_link")
    assert token in OFFICE.vault.unseal(body.body_sealed)
    for wrong in ("", "1", f"{token}x", token[:-1] + ("0" if token[-1] != "0" else "1"), "9" * 30, "١-abc"):
        with transaction(callers.engine) as session, pytest.raises(NotFound):
            links.opened(session, at, OFFICE, wrong)
    with transaction(callers.engine) as session:
        for question, value in HAPPY.items():
            links.save(session, at, OFFICE, token, question, value)
        links.finish(session, at, OFFICE, token)
    assert callers.desk.state(case_id) is CaseState.SATISFIED
    assert callers.rows(SurveyResponseRow)[0].mode.value == "link"
    with transaction(callers.engine) as session, pytest.raises(Conflict, match="answered already"):
        links.save(session, at, OFFICE, token, "solved", 0)


def test_answers_of_questions_that_are_not_asked_do_not_count_and_missing_ones_are_named(callers):
    callers.fed_back()
    task_id = callers.claim()
    callers.begin(task_id)
    for value in ("6", "x", "3.5"):
        with pytest.raises(Invalid):
            callers(calling_desk.save_answer, MORNING, task_id, "satisfied", value)
    callers(calling_desk.save_answer, MORNING, task_id, "satisfied", 2)
    callers(calling_desk.save_answer, MORNING, task_id, "reason", "慢")
    with pytest.raises(Invalid, match="solved"):
        callers(calling_desk.finish, MORNING, OFFICE, task_id)
    callers(calling_desk.save_answer, MORNING, task_id, "satisfied", 5)
    callers(calling_desk.save_answer, MORNING, task_id, "solved", 1)
    callers(calling_desk.save_answer, MORNING, task_id, "agrees", 1)
    callers(calling_desk.finish, MORNING, OFFICE, task_id)
    assert {row.question for row in callers.rows(SurveyAnswerRow)} == {"satisfied", "solved", "agrees"}
    with pytest.raises(Conflict):
        callers(calling_desk.save_answer, MORNING, task_id, "satisfied", "4")


def test_a_case_that_goes_on_drops_its_callback(callers):
    case_id = callers.fed_back()
    callers.desk.now = MORNING
    callers.desk.step(case_id, StepKind.CALLED_BACK, result="satisfied")
    assert callers.task(case_id).outcome is Outcome.DROPPED
    assert callers.claim() is None


def test_a_unit_that_supports_sees_the_case_and_does_not_return_it(callers):
    case_id = callers.desk.register().case_id
    callers.desk.step(case_id, StepKind.ASSESSED)
    callers.desk.step(case_id, StepKind.DISPATCHED, unit=callers.desk.billing, supporting=[callers.desk.network])
    assert [line.id for line in callers.desk.listed(callers.desk.engineer)[0]] == [case_id]
    with pytest.raises(Forbidden, match="another unit"):
        callers.desk.step(case_id, StepKind.RETURNED, who=callers.desk.engineer)
    with pytest.raises(Invalid, match="no unit"):
        callers.desk.step(callers.desk.walk(callers.desk.register().case_id, StepKind.ASSESSED), StepKind.DISPATCHED,
                          unit=callers.desk.billing, supporting=[999])  # fmt: skip


class Ledger:
    """What really happened, held beside the database's own."""

    def __init__(self):
        self.calls = []

    def check(self, customer, task_id, at):
        """What no call may ever break, said again and apart from the rules' own code."""
        local = at.astimezone(ZONE)
        assert DAYS.kind(local.date()) is not DayKind.HOLIDAY or self.booked(task_id, at)
        assert tasks_open(at), local
        mine = [call for call in self.calls if call[0] == customer]
        task = [call for call in mine if call[1] == task_id]
        assert not any(call[3] is D.REFUSED and at - call[2] < timedelta(days=90) for call in mine)
        assert sum(call[2].astimezone(ZONE).date() == local.date() for call in mine) < RULES.calls_a_day
        assert sum(at - call[2] < timedelta(days=30) for call in mine) < RULES.calls_in_30_days
        unreached = [call for call in task if call[3] in UNREACHED]
        assert len(unreached) < RULES.most_attempts
        assert len(task) < RULES.calls_a_task
        if not self.booked(task_id, at) and task:
            assert at - task[-1][2] >= RULES.retry.get(task[-1][3], timedelta())
            hours = [call[2].astimezone(ZONE) for call in unreached]
            assert all(abs((one.hour - local.hour) * 60 + one.minute - local.minute) >= 60 for one in hours)
            if len(unreached) == RULES.most_attempts - 1:
                assert len({one.date() for one in hours} | {local.date()}) >= RULES.least_days

    def booked(self, task_id, at):
        task = [call for call in self.calls if call[1] == task_id]
        return bool(task) and task[-1][4] is not None and EARLY >= task[-1][4] - at >= -RULES.appointment_grace


@pytest.mark.parametrize("seed", range(6))
def test_no_random_day_of_calling_breaks_a_rule(callers, seed):
    rng, ledger = Random(seed), Ledger()  # noqa: S311 - a test's dice
    at = datetime(2026, 9, 24, 8, 0, tzinfo=ZONE) + timedelta(days=rng.randrange(6))  # National Day lies ahead
    for number in range(8):
        callers.fed_back(f"1380000{number % 5:04d}", at=at - timedelta(days=3) + timedelta(minutes=number),
                         class_code=rng.choice(["fees/refund", "network/outage", "fees/wrong_bill"]))  # fmt: skip
    outcomes = [D.NO_ANSWER, D.BUSY, D.SWITCHED_OFF, D.BROKE_OFF, D.LATER, D.LATER, D.REFUSED, D.WRONG_PERSON]
    for _ in range(160):
        at += timedelta(minutes=rng.choice([7, 45, 130, 400]))
        who = rng.choice([callers.ann, callers.bo])
        task_id = callers.claim(at, who)
        if task_id is None:
            continue
        with reading(callers.engine) as session:
            customer = session.get_one(SurveyTaskRow, task_id).customer_id
        ledger.check(customer, task_id, at)
        callers.begin(task_id, at, who)
        outcome = rng.choices(outcomes, [6, 3, 2, 2, 3, 3, 1, 1])[0]
        booked = None
        if outcome is D.LATER:
            free = callers(calling_desk.appointments, at, OFFICE, task_id, who=who)
            booked, outcome = (rng.choice(free), outcome) if free else (None, D.NO_ANSWER)
        callers.log(task_id, outcome, at, who, appointment_at=booked)
        ledger.calls.append((customer, task_id, at, outcome, booked))
    assert len(ledger.calls) > 8


@pytest.mark.slow
def test_many_customers_are_never_called_against_a_rule(callers):
    """One ledger a customer, through the real claim, over six weeks with National Day in them."""
    rng, ledger, owner = Random(7), Ledger(), {}  # noqa: S311 - a test's dice
    at = datetime(2026, 9, 21, 8, 0, tzinfo=ZONE)
    with transaction(callers.engine) as session:
        for number in range(150):
            sealed = OFFICE.vault.seal(f"+86138{number:08d}")
            customer = CustomerRow(name_sealed="", phone_sealed=sealed, phone_fingerprint=f"{number:064d}",
                                   email_sealed="", tier="", created_at=at)  # fmt: skip
            session.add(customer)
            session.flush()
            due = at + timedelta(minutes=rng.randrange(3_000))
            new = tasks.NewTask(
                f"{number}", TaskKind.CAMPAIGN, customer.id, callers.desk.centre.centre, "network_use", due, 0
            )
            owner[tasks.schedule(session, at, OFFICE, new)] = customer.id
    outcomes = [D.NO_ANSWER, D.BUSY, D.SWITCHED_OFF, D.BROKE_OFF, D.LATER, D.REFUSED, D.NOT_IN_SERVICE]
    for _ in range(400):
        at += timedelta(minutes=rng.choice([1, 5, 20, 60]))
        who = rng.choice([callers.ann, callers.bo])
        task_id = callers.claim(at, who)
        if task_id is None:
            at += timedelta(minutes=37)
            continue
        ledger.check(owner[task_id], task_id, at)
        callers.begin(task_id, at, who)
        outcome, booked = rng.choices(outcomes, [6, 3, 2, 2, 3, 1, 1])[0], None
        if outcome is D.LATER:
            free = callers(calling_desk.appointments, at, OFFICE, task_id, who=who)
            booked, outcome = (rng.choice(free), outcome) if free else (None, D.NO_ANSWER)
        callers.log(task_id, outcome, at, who, appointment_at=booked)
        ledger.calls.append((owner[task_id], task_id, at, outcome, booked))
    assert len(ledger.calls) > 150


def past_of(rng, at, customer, task_id):
    """A customer's made-up calls of six weeks, the newest last: any outcome at any time of day."""
    ages = sorted((rng.randrange(10, 60_000) for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 5, 8]))), reverse=True)
    outcomes = [D.NO_ANSWER, D.BUSY, D.SWITCHED_OFF, D.BROKE_OFF, D.LATER, D.REFUSED]
    for age in ages:
        moment, outcome = at - timedelta(minutes=age), rng.choices(outcomes, [8, 3, 3, 2, 2, 1])[0]
        soon, far = rng.randrange(-40, 40), rng.randrange(-300, 3_000)
        booked = at + timedelta(minutes=rng.choice([soon, far])) if outcome is D.LATER else None
        yield customer, task_id, moment, outcome, booked


@pytest.mark.slow
@pytest.mark.parametrize("at", [MORNING, datetime(2026, 10, 1, 11, 0, tzinfo=ZONE)], ids=["tuesday", "national-day"])
def test_a_thousand_random_ledgers_are_claimed_by_the_rules_alone(callers, at):
    """Every task says that it is ready, so that the claim itself must find out who may be called."""
    rng, ledger = Random(at.day), Ledger()  # noqa: S311 - a test's dice
    with transaction(callers.engine) as session:
        for number in range(1_000):
            made = CustomerRow(name_sealed="", phone_sealed=OFFICE.vault.seal(f"+86137{number:08d}"),
                               phone_fingerprint=f"{number:064d}", email_sealed="", tier="", created_at=at)  # fmt: skip
            session.add(made)
            session.flush()
            task = SurveyTaskRow(
                once=f"{number}", kind=TaskKind.CAMPAIGN, customer_id=made.id, unit_id=callers.desk.centre.centre,
                questionnaire="network_use", version=1, priority=0, due_at=at - timedelta(days=rng.randrange(50)),
                ready_at=at - timedelta(minutes=1), link_stage=0, created_at=at,
            )  # fmt: skip
            session.add(task)
            session.flush()
            past = list(past_of(rng, at, made.id, task.id))
            ledger.calls += past
            session.add_all(
                SurveyAttemptRow(task_id=task.id, customer_id=made.id, number=place, at=moment, by_phone=True,
                                 disposition=outcome, appointment_at=booked, words="", by_id=None)
                for place, (_, _, moment, outcome, booked) in enumerate(past, 1)
            )  # fmt: skip
    owner = {row.id: row.customer_id for row in callers.rows(SurveyTaskRow)}
    claimed = set()
    while still_ready(callers, at):
        if (task_id := callers.claim(at)) is not None:
            assert task_id not in claimed
            ledger.check(owner[task_id], task_id, at)
            claimed.add(task_id)
            with transaction(callers.engine) as session:
                tasks.end(session, at, session.get_one(SurveyTaskRow, task_id), Outcome.DROPPED)
    assert len(claimed) > (50 if at == MORNING else 3)  # on the holiday only those who are booked now
    refused = {call[0] for call in ledger.calls if call[3] is D.REFUSED}
    assert not {owner[task_id] for task_id in claimed} & refused


def still_ready(callers, at):
    with reading(callers.engine) as session:
        query = select(SurveyTaskRow.id).where(SurveyTaskRow.ended_at.is_(None), SurveyTaskRow.ready_at <= at)
        return session.scalar(query.limit(1)) is not None
