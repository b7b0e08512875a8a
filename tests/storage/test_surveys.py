"""Campaigns, who is left alone, ratings, outside answers, recordings held against answers, two callers at once."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from complaint_desk import OFFICE, ZONE, Desk
from conftest import Centre
from made_calls import transcribed_call, write_wav
from sqlalchemy import select
from test_calling import HAPPY, MORNING, RULES, Callers

from qa_app import callback_recordings, intake
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Action, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.settings import Settings
from qa_app.runtime import open_runtime
from surveys import calling_desk, campaigns, differences, links, outside_import, responses, service, tasks
from surveys.campaigns import NewCampaign
from surveys.dispositions import Disposition
from surveys.model import CaseState, Outcome, StepKind, Verdict
from surveys.outside import OutsideAnswer
from surveys.questionnaires import shipped_questionnaire
from surveys.service import NewStep
from surveys.survey_tables import SurveyAnswerRow, SurveyAttemptRow, SurveyLinkRow, SurveyTaskRow
from surveys.tables import NoticeRow
from transcription.files import transcript_from_dict

D = Disposition


@pytest.fixture
def callers(engine, centre):
    return Callers(engine, centre)


def campaign(callers, *numbers, name="网络"):
    return NewCampaign(name, "network_use", tuple(numbers), callers.desk.centre.centre, MORNING)


def test_a_campaign_asks_whom_it_may_and_names_the_others(callers):
    callers.fed_back("13900000001")
    callers.call(D.REFUSED)
    given = campaign(callers, "13900000002", "12", "13900000001", "13900000002")
    with transaction(callers.engine) as session:
        boss = people.actor_for(session, callers.desk.boss)
        started = campaigns.start(session, boss, MORNING, OFFICE, given)
    assert started.asked == 1
    assert [line for line, _why in started.left_out] == [2, 3, 4]
    assert "asked lately" in str(started.left_out[2][1])
    with transaction(callers.engine) as session, pytest.raises(Invalid, match="already"):
        campaigns.start(session, SYSTEM, MORNING, OFFICE, given)
    with transaction(callers.engine) as session, pytest.raises(Forbidden):
        campaigns.start(session, people.actor_for(session, callers.ann), MORNING, OFFICE, given)


def test_who_is_on_the_list_is_left_alone_until_taken_off_with_grounds(callers):
    case_id = callers.fed_back()
    with transaction(callers.engine) as session:
        boss = people.actor_for(session, callers.desk.boss)
        campaigns.bar(session, boss, MORNING, OFFICE, "13800138000", "来信要求")
    assert callers.task(case_id).outcome is Outcome.BARRED
    assert callers.claim() is None
    with transaction(callers.engine) as session:
        boss = people.actor_for(session, callers.desk.boss)
        (listed,) = campaigns.barred(session, boss, OFFICE)
        assert listed.phone == "138****8000"
        with pytest.raises(Invalid, match="why"):
            campaigns.lift(session, boss, MORNING, listed.id, " ")
        campaigns.lift(session, boss, MORNING, listed.id, "本人来电")
        assert campaigns.barred(session, boss, OFFICE) == []
    with transaction(callers.engine) as session, pytest.raises(NotFound):
        campaigns.lift(session, SYSTEM, MORNING, listed.id, "x")


def test_after_a_weekend_nobody_is_called_or_written_to_before_monday_nine(callers):
    friday = MORNING.replace(day=13)
    first = callers.fed_back("13900000001", at=friday - timedelta(days=3))
    at = friday
    for _ in range(2):
        callers.call(D.NO_ANSWER, at)
        at = callers.task(first).ready_at.astimezone(ZONE)
    callers.call(D.NO_ANSWER, at)  # Saturday or later: now links
    callers.fed_back("13900000002", at=friday)
    monday = friday.replace(day=16, hour=8, minute=0)
    assert callers.claim(monday) is None
    assert callers.claim(monday.replace(hour=9)) == callers.rows(SurveyTaskRow)[-1].id
    sent_before = [row for row in callers.rows(NoticeRow) if row.template.startswith("survey")]
    for moment in (monday.replace(hour=3), monday):
        with transaction(callers.engine) as session:
            links.send_due(session, moment, OFFICE)
    assert [row for row in callers.rows(NoticeRow) if row.template.startswith("survey")] == sent_before
    with transaction(callers.engine) as session:
        links.send_due(session, monday.replace(hour=9, minute=1), OFFICE)
    assert sum(row.template.startswith("survey") for row in callers.rows(NoticeRow)) == len(sent_before) + 1


def unreached(callers, phone="13800138000"):
    case_id, at = callers.fed_back(phone), MORNING
    for _ in range(3):
        callers.call(D.NO_ANSWER, at)
        at = (callers.task(case_id).ready_at or at).astimezone(ZONE)
    return case_id, at + timedelta(hours=1)


def test_a_queued_link_does_not_leave_after_a_refusal_nor_in_quiet_hours(callers):
    _case_id, at = unreached(callers)
    with transaction(callers.engine) as session:
        links.send_due(session, at, OFFICE)
        once = session.scalars(select(NoticeRow.once).where(NoticeRow.template == "survey_link")).one()
        assert links.may_go(session, at, OFFICE, once) == at
        night = at.replace(hour=22)
        assert links.may_go(session, night, OFFICE, once) > night
        assert links.may_go(session, at, OFFICE, "case:1:registered") == at
        tasks.bar(session, SYSTEM, at, callers.rows(SurveyTaskRow)[0].customer_id, "不要再发")
        assert links.may_go(session, at, OFFICE, once) is None


def test_a_refusal_by_link_ends_every_task_and_counts_as_one(callers):
    case_id, at = unreached(callers)
    other = callers.fed_back(class_code="fees/refund", at=MORNING - timedelta(days=1))
    with transaction(callers.engine) as session:
        links.send_due(session, at, OFFICE)
        token = links.token_of(OFFICE, session.scalars(select(SurveyLinkRow)).one())
    with transaction(callers.engine) as session:
        links.refuse(session, at, OFFICE, token)
    assert (callers.task(case_id).outcome, callers.task(other).outcome) == (Outcome.REFUSED, Outcome.BARRED)
    assert callers.steps(case_id)[-1].facts["result"] == "refused"


def test_an_unhappy_half_answer_by_link_is_not_thrown_away(callers):
    case_id, at = unreached(callers)
    with transaction(callers.engine) as session:
        links.send_due(session, at, OFFICE)
        token = links.token_of(OFFICE, session.scalars(select(SurveyLinkRow)).one())
        links.save(session, at, OFFICE, token, "solved", 0)
    for day in range(1, 11):
        with transaction(callers.engine) as session:
            links.send_due(session, at + timedelta(days=day), OFFICE)
    assert callers.task(case_id).outcome is Outcome.ANSWERED
    assert callers.desk.state(case_id) is CaseState.DISSATISFIED


def test_a_wording_that_cannot_be_filled_stops_no_other_link(callers, monkeypatch):
    unreached(callers, "13900000001")
    _other, at = unreached(callers, "13900000002")
    real = links.notices.compose
    broken = callers.rows(SurveyTaskRow)[0].id

    def compose(session, actor, now, office, row, letter):
        if letter.once.startswith(f"task:{broken}:"):
            raise Invalid("a place is missing")
        real(session, actor, now, office, row, letter)

    monkeypatch.setattr(links.notices, "compose", compose)
    with transaction(callers.engine) as session:
        links.send_due(session, at, OFFICE)
    assert [row.template for row in callers.rows(NoticeRow)].count("survey_link") == 1
    with reading(callers.engine) as session:
        assert journal.verify(session).fault is None


def test_a_joined_duplicate_is_not_called_and_a_reopened_case_not_surveyed(callers):
    first, second = callers.fed_back(), callers.fed_back(at=MORNING - timedelta(days=3))
    with transaction(callers.engine) as session:
        service.join(session, people.actor_for(session, callers.desk.clerk), MORNING, second, first)
    assert callers.task(second).outcome is Outcome.DROPPED
    callers.answer(HAPPY)
    assert callers.claim(MORNING + timedelta(hours=5)) is None


def test_whoever_handled_a_case_cannot_log_its_callback_by_hand(callers):
    case_id = callers.fed_back()
    with pytest.raises(Forbidden, match="somebody else"):
        callers.desk.step(case_id, StepKind.CALLED_BACK, who=callers.desk.clerk, result="satisfied")


def test_the_number_is_not_shown_again_long_after_the_call_began(callers):
    callers.fed_back()
    task_id = callers.claim()
    callers.begin(task_id)
    assert callers.begin(task_id, MORNING + timedelta(minutes=9)) == "13800138000"
    with pytest.raises(Conflict, match="log what it came to"):
        callers.begin(task_id, MORNING + timedelta(minutes=11))


@pytest.fixture
def kept_call(engine, tmp_path):
    """Keeps a call with what was said in it, as (speaker, start, end, text); returns the call."""
    live = open_runtime(
        Settings(folder=tmp_path / "kept", database_url=engine.url.render_as_string(hide_password=False))
    )
    plan = intake.plan_for(live)

    def keep(name, said, **facts):
        words = [{"index": place, "speaker": who, "start_s": start, "end_s": end, "text": text}
                 for place, (who, start, end, text) in enumerate(said)]  # fmt: skip
        heard = transcript_from_dict({"language": "zh", "utterances": words})
        with transaction(engine) as session:
            file = write_wav(tmp_path / f"{name}.wav", seed=sum(map(ord, name)))
            return transcribed_call(session, MORNING, plan, file, heard, **facts)[0]

    return keep


def test_the_recording_finds_its_callback_and_another_answer_goes_to_people(callers, kept_call):
    case_id = callers.fed_back()
    callers.answer({"solved": 1, "satisfied": 5, "agrees": 1})
    asked = rules_of("closing")
    said = [
        ("agent", 1.0, 4.0, asked["solved"]), ("customer", 4.5, 5.0, "解决了"),
        ("agent", 6.0, 9.0, asked["satisfied"]), ("customer", 9.5, 10.5, "打两分吧"),
        ("agent", 11.0, 13.0, asked["agrees"]), ("customer", 13.5, 14.0, "同意"),
    ]  # fmt: skip
    kept_call("other-number", said, customer_ref="13900009999", started_at=MORNING)
    call_pk = kept_call("the-callback", said, customer_ref="138 0013 8000", started_at=MORNING + timedelta(minutes=1))
    for _ in range(2):
        callback_recordings.look(callers.engine, MORNING + timedelta(hours=1), OFFICE)
    with transaction(callers.engine) as session:
        monitor = people.actor_for(session, Desk.person(session, "watch", Role.MONITOR, callers.desk.centre.centre))
        (found,) = differences.differences(session, monitor)
        assert (found.question, found.logged, found.spoken, found.call_pk) == ("satisfied", 5.0, 2.0, call_pk)
        assert found.at_s == 9.5
        with pytest.raises(Forbidden):
            differences.differences(session, people.actor_for(session, callers.ann))
        differences.decide(session, monitor, MORNING, found.id, Verdict.SPOKEN_RIGHT, "两分")
        with pytest.raises(Invalid, match="already"):
            differences.decide(session, monitor, MORNING, found.id, Verdict.UNCLEAR)
        assert differences.differences(session, monitor) == []
    assert {row.question: row.number for row in callers.rows(SurveyAnswerRow)}["satisfied"] == 5.0
    assert callers.desk.state(case_id) is CaseState.SATISFIED


def rules_of(code):
    return {one.id: one.text["zh"] for one in shipped_questionnaire(code).questions}


def test_after_call_ratings_join_the_figures_as_their_own_mode_once(callers, kept_call):
    kept_call("rated", [("agent", 0.0, 1.0, "您好")], rating=2, started_at=MORNING)
    kept_call("ten", [("agent", 0.0, 1.0, "您好")], rating=9, started_at=MORNING)
    for new in (1, 0):
        with transaction(callers.engine) as session:
            assert callback_recordings.take_ratings(session, MORNING) == new
    since, until = MORNING - timedelta(days=1), MORNING + timedelta(days=1)
    with reading(callers.engine) as session:
        table = responses.answers_table(session, SYSTEM, "post_resolution", since, until)
    assert (list(table["mode"]), list(table["satisfied"]), list(table["unhappy"])) == (["keys"], [2.0], [True])


def test_outside_answers_are_kept_once_beside_our_own(callers):
    rows = [OutsideAnswer(2, "a", MORNING, {"overall": 9.0}, {"problem": True}, {}, {"words": "慢"}, {"region": "东"}),
            OutsideAnswer(3, "b", None, {"overall": 3.0})]  # fmt: skip
    for kept, refused in ((2, 0), (0, 2)):
        with transaction(callers.engine) as session:
            made = outside_import.take_in(session, SYSTEM, MORNING, "北京", callers.desk.centre.centre, rows)
        assert (made.kept, len(made.refused)) == (kept, refused)
    with reading(callers.engine) as session:
        boss = people.actor_for(session, callers.desk.boss)
        table = responses.answers_table(session, boss, "北京", MORNING - timedelta(days=1), MORNING + timedelta(days=1))
        assert responses.surveys_seen(session, boss) == ["北京"]
    assert sorted(table["overall"]) == [3.0, 9.0]
    assert set(table["mode"]) == {"outside"}
    with transaction(callers.engine) as session, pytest.raises(Forbidden):
        outside_import.take_in(
            session, people.actor_for(session, callers.ann), MORNING, "x", callers.desk.centre.centre, rows
        )


def test_rates_and_recoveries_are_read_from_the_ledger(callers):
    callers.fed_back("13900000001")
    callers.call(D.REFUSED)
    case_id = callers.fed_back("13900000002")
    callers.answer({"solved": 0, "satisfied": 1, "reason": "慢"})
    callers.desk.now = MORNING + timedelta(hours=1)
    callers.desk.walk(case_id, StepKind.RECONTACTED, StepKind.CONSENTED, StepKind.FED_BACK)
    callers.answer({"better": "better", "solved": 1, "satisfied": 5}, MORNING + timedelta(days=2))
    since, until = MORNING - timedelta(days=1), MORNING + timedelta(days=3)
    with reading(callers.engine) as session:
        boss = people.actor_for(session, callers.desk.boss)
        found = {one.rate.slug: (one.hits, one.n) for one in
                 responses.ledger_rates(session, boss, Action.SEE_SATISFACTION, since, until)}  # fmt: skip
        assert found["response"] == (2, 3)
        assert found["refusal"] == (1, 3)
        table = responses.recoveries(session, boss, since, until)
        asked = responses.askings_of(session, boss, case_id)
    assert list(table["recovered"]) == [True]
    assert 47 < table["hours"].iloc[0] < 49
    assert [one.questionnaire for one in asked] == ["closing", "after_reopening"]
    assert asked[0].answers["reason"] == "慢"


@pytest.mark.postgres
def test_two_surveyors_on_one_queue_never_hold_the_same_customer(postgres_engine):
    with transaction(postgres_engine) as session:
        centre = Centre(session)
    callers = Callers(postgres_engine, centre)
    for number in range(12):
        callers.fed_back(f"1390000{number % 8:04d}", at=MORNING - timedelta(days=3) + timedelta(minutes=number))
    taken, failures, start = [], [], threading.Barrier(2)

    def work(who):
        start.wait()
        try:
            for _ in range(8):
                task_id = callers.claim(MORNING, who)
                if task_id is None:
                    continue
                taken.append((task_id, who))
                callers.begin(task_id, MORNING, who)
                callers.log(task_id, D.NO_ANSWER, MORNING, who)
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in (callers.ann, callers.bo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({task for task, _who in taken}) == len(taken) == 12
    by_customer = Counter(row.customer_id for row in callers.rows(SurveyAttemptRow))
    assert max(by_customer.values()) == RULES.calls_a_day
    with reading(postgres_engine) as session:
        assert journal.verify(session).fault is None


@pytest.mark.postgres
def test_a_finish_and_a_step_on_the_same_case_never_deadlock(postgres_engine):
    with transaction(postgres_engine) as session:
        centre = Centre(session)
    callers, failures = Callers(postgres_engine, centre), []
    for number in range(6):
        case_id = callers.fed_back(f"1390000{number:04d}")
        task_id = callers.claim()
        callers.begin(task_id)
        for question, value in HAPPY.items():
            callers(calling_desk.save_answer, MORNING, task_id, question, value)
        start = threading.Barrier(2)

        def run(work, start=start):
            start.wait()
            try:
                work()
            except Exception as error:  # noqa: BLE001 - told by the main thread
                failures.append(error)

        def note(case_id=case_id):
            with transaction(postgres_engine) as session:
                actor = people.actor_for(session, callers.desk.clerk)
                service.take_step(session, actor, MORNING, OFFICE, case_id, NewStep(StepKind.NOTED, {"words": "w"}))

        works = (lambda task_id=task_id: callers(calling_desk.finish, MORNING, OFFICE, task_id), note)
        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert callers.desk.state(case_id) is CaseState.SATISFIED
