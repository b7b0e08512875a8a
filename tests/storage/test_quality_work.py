"""Sampling, the queue, disputes and coaching through the real services, on both databases."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from complaint_desk import OFFICE, ZONE
from conftest import NOW
from quality_floor import DAY, MONTH, OPENED, Floor
from sqlalchemy import select

from qa_app import joins, sampling_frame
from qa_app.core import people
from qa_app.core.access import SYSTEM, Action, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.working_days import WorkingDays
from scorecards import coaching_sessions, contesting, drawing, draws, queries, work, workload
from scorecards.coaching_effect import Help
from scorecards.contesting import Rules
from scorecards.disputes import DisputeState, Step, StepKind
from scorecards.drawing import NewPeriod
from scorecards.model import CoachingStep, Verdict
from scorecards.regime import Blind, shipped_regime
from scorecards.sampling import Outcome, Pool
from scorecards.tables import EvaluationRow
from scorecards.work_tables import PickRow, SampleDrawRow
from transcription.finding import ScoreableCall
from transcription.queries import CallFilter

pytest_plugins = ["quality_floor"]
BLIND = Blind(machine=True, inspectors=True)
RULES = Rules(shipped_regime().disputes, WorkingDays(ZONE))


def test_a_month_is_drawn_day_by_day_and_anybody_may_run_it_again(floor):
    period = floor.open()
    for day in range(1, 31):
        floor.call(OPENED + day * DAY)
        if day % 10 == 0:
            floor.draw(OPENED + (day + 1) * DAY)
    picks = [row for row in floor.rows(PickRow) if row.pool is Pool.RANDOM]
    assert 7 < len(picks) < 23
    assert len({row.call_pk for row in picks}) == len(picks)
    with pytest.raises(Conflict, match="sealed"):
        floor(draws.verified, OFFICE.vault, period)
    assert floor(draws.periods, OFFICE.vault)[0].seed == ""
    floor.draw(OPENED + 33 * DAY)
    picks = [row for row in floor.rows(PickRow) if row.pool is Pool.RANDOM]
    assert len(picks) == 23  # a new hire's five a week over 31 days, rounded up
    found = floor(draws.verified, OFFICE.vault, period)
    assert {one.outcome for _part, one in found} == {Outcome.AGREES}
    assert len(found) == 4  # after the 10th, the 20th, the 30th, and when the month was over
    assert len(floor(draws.periods, OFFICE.vault)[0].seed) == 64
    assert floor.draw(OPENED + 34 * DAY) == 0


def test_the_frame_of_a_very_large_month_asks_in_batches(floor):
    real, _transcript = floor.call(OPENED + DAY, rating=1)
    team = floor.centre.team
    made = [ScoreableCall(real + at, floor.agent, team, OPENED, "", 60, None if at else 1, "", "")
            for at in range(70_000)]  # fmt: skip
    with reading(floor.engine) as session:
        found = sampling_frame.candidates(session, made, shipped_regime(), OFFICE)
    assert len(found) == 70_000
    assert found[0].reasons == {"low_satisfaction"}


def test_a_draw_that_was_tampered_with_is_found_out(floor):
    period = floor.open()
    for day in range(1, 31):
        floor.call(OPENED + day * DAY)
    floor.draw(OPENED + 33 * DAY)
    with transaction(floor.engine) as session:
        row = session.scalars(select(SampleDrawRow)).first()
        row.frame = row.frame[1:]
    (_part, found), *_ = floor(draws.verified, OFFICE.vault, period)
    assert found.outcome is Outcome.WRONG_FRAME


def test_calls_before_the_seed_was_committed_to_are_never_drawn(floor):
    floor.call(OPENED - DAY)
    span = NewPeriod(floor.centre.centre, "now", OPENED.date() - 10 * DAY, OPENED.date() + 10 * DAY)
    floor(drawing.open_period, OPENED, OFFICE.vault, span)
    after, _ = floor.call(OPENED + DAY)
    floor.draw(OPENED + 11 * DAY)
    assert [row.call_pk for row in floor.rows(PickRow)] == [after]
    with pytest.raises(Conflict, match="some of these days"):
        floor(drawing.open_period, OPENED, OFFICE.vault, replace(span, name="again"))


def test_low_ratings_are_risk_picks_and_never_enter_the_rate(floor):
    floor.open()
    for day in range(1, 29):
        floor.call(OPENED + day * DAY, rating=1)
    floor.draw(OPENED + 16 * DAY)
    rows = floor.rows(PickRow)
    pools = {pool: [row for row in rows if row.pool is pool] for pool in Pool}
    assert len(pools[Pool.RISK]) == 2  # the most of one agent
    assert {tuple(row.why) for row in pools[Pool.RISK]} == {("low_satisfaction",)}
    assert all(row.inclusion is None for row in pools[Pool.RISK])
    assert all(0 < row.inclusion <= 1 for row in pools[Pool.RANDOM])
    assert not {row.call_pk for row in pools[Pool.RISK]} & {row.call_pk for row in pools[Pool.RANDOM]}


def test_work_is_spread_evenly_and_never_given_to_the_own_team(floor):
    with transaction(floor.engine) as session:
        same = people.NewUser("mate", "mate", floor.centre.team, None, (Role.INSPECTOR,))
        mate = people.add_user(session, SYSTEM, NOW, same)
    floor.open()
    calls = dict(floor.call(OPENED + day * DAY) for day in range(1, 29))
    floor.draw(OPENED + 29 * DAY)
    given = [row.inspector_id for row in floor.rows(PickRow)]
    mates = {mate, floor.centre.ids[Role.INSPECTOR]}
    assert not set(given) & mates
    counts = [given.count(name) for name in (floor.ins1, floor.ins2)]
    assert max(counts) - min(counts) <= 1
    assert floor(work.claim, OPENED + 30 * DAY, shipped_regime(), who=mate) is None
    picked = floor.rows(PickRow)[0].call_pk
    with pytest.raises(Forbidden, match="own team"):  # nor past the queue
        floor.score(picked, calls[picked], mate, OPENED + 30 * DAY)


def test_whoever_takes_more_calls_gets_more_and_who_is_away_gets_none(floor):
    floor.open()
    for day in range(1, 29):
        floor.call(OPENED + day * DAY)
    floor(workload.set_capacity, OPENED, floor.ins1, 20, who=floor.lead)
    floor.draw(OPENED + 29 * DAY)

    def given():
        names = [row.inspector_id for row in floor.rows(PickRow) if row.ended_at is None]
        return names.count(floor.ins1), names.count(floor.ins2)

    more, fewer = given()
    assert abs(more - 2 * fewer) <= 2
    held = floor(work.claim, OPENED + 29 * DAY, shipped_regime(), who=floor.ins1)
    floor(workload.set_capacity, OPENED + 29 * DAY, floor.ins1, 0, who=floor.lead)
    assert given() == (1, more + fewer - 1)  # what is in hand stays in hand
    assert [row.call_pk for row in floor.rows(PickRow) if row.inspector_id == floor.ins1] == [held]
    loads = {one.inspector_id: one.capacity for one in floor(workload.loads, OPENED, OPENED, who=floor.lead)}
    assert (loads[floor.ins1], loads[floor.ins2]) == (0, work.USUAL)
    with pytest.raises(Invalid, match="0 to 500"):
        floor(workload.set_capacity, OPENED, floor.ins1, 501, who=floor.lead)
    with pytest.raises(NotFound):
        floor(workload.set_capacity, OPENED, floor.agent, 5, who=floor.lead)


def test_a_period_of_one_queue_draws_its_calls_alone_and_keeps_others_out(floor):
    vip = replace(MONTH, unit_id=floor.centre.centre, queue="vip", name="2026-12 vip")
    floor(drawing.open_period, OPENED, OFFICE.vault, vip)
    for whole in (replace(vip, queue="", name="all"), replace(vip, name="again")):
        with pytest.raises(Conflict, match="some of these days"):
            floor(drawing.open_period, OPENED, OFFICE.vault, whole)
    floor(drawing.open_period, OPENED, OFFICE.vault, replace(vip, queue="fees", name="2026-12 fees"))
    calls = {floor.call(OPENED + day * DAY, queue="vip" if day % 2 else "fees")[0]: day % 2 for day in range(1, 29)}
    floor.draw(OPENED + 33 * DAY)
    periods = {one.id: one.queue for one in floor(draws.periods, OFFICE.vault)}
    picks = [row for row in floor.rows(PickRow) if row.pool is Pool.RANDOM]
    assert {periods[row.period_id] for row in picks} == {"vip", "fees"}
    assert all(periods[row.period_id] == ("vip" if calls[row.call_pk] else "fees") for row in picks)
    for period in periods:
        assert {one.outcome for _part, one in floor(draws.verified, OFFICE.vault, period)} == {Outcome.AGREES}


def test_a_claimed_call_is_kept_given_back_and_settled_by_its_evaluation(floor):
    floor.open()
    calls = dict(floor.call(OPENED + day * DAY) for day in range(1, 29))
    floor.draw(OPENED + 29 * DAY)
    at = OPENED + 30 * DAY
    first = floor(work.claim, at, shipped_regime(), who=floor.ins1)
    assert floor(work.claim, at, shipped_regime(), who=floor.ins1) == first
    floor(work.release, at, first, who=floor.ins1)
    with pytest.raises(Conflict):
        floor(work.release, at, first, who=floor.ins1)
    again = floor(work.claim, at, shipped_regime(), who=floor.ins1)
    made = floor.score(again, calls[again], floor.ins1, at)
    (row,) = [row for row in floor.rows(PickRow) if row.call_pk == again]
    assert (row.ended_at, row.evaluation_id) == (at, made)
    later = at + timedelta(hours=30)
    taken = floor(work.claim, at, shipped_regime(), who=floor.ins2)
    assert taken not in (None, again)
    assert any(load.inspector_id == floor.ins1 and load.done == 1
               for load in floor(workload.loads, later, OPENED, who=floor.lead))  # fmt: skip


def test_a_recheck_is_blind_for_another_and_changes_no_score(floor):
    floor.open()
    call_pk, transcript = floor.call(OPENED + DAY)
    floor.draw(OPENED + 2 * DAY)
    floor.score(call_pk, transcript, floor.ins1, OPENED + 3 * DAY)
    for day in range(4, 20):
        floor.draw(OPENED + day * DAY)
    (again,) = [row for row in floor.rows(PickRow) if row.pool is Pool.RECHECK]
    assert (again.call_pk, again.inspector_id) == (call_pk, floor.ins2)
    at, regime = OPENED + 20 * DAY, shipped_regime()
    assert floor(work.hidden, at, [call_pk], regime, who=floor.ins2) == {call_pk: BLIND}  # before it is claimed
    assert floor(work.hidden, at, [call_pk], regime, who=floor.ins1) == {}  # scored it, and may not do so again
    assert floor(work.hidden, at, [call_pk], regime, who=floor.lead) == {}
    assert floor(work.claim, at, regime, who=floor.ins2) == call_pk
    with transaction(floor.engine) as session:
        again = people.actor_for(session, floor.ins2)
        (row,) = [one for one in joins.calls_with_scores(session, again, CallFilter())[0] if one.line.id == call_pk]
    assert (row.machine_pct, row.person_pct) == (None, None)
    floor(work.release, at, call_pk, who=floor.ins2)
    assert floor(work.hidden, at, [call_pk], regime, who=floor.ins2) == {call_pk: BLIND}  # nor after it is given back
    assert floor(work.claim, at, regime, who=floor.ins2) == call_pk
    assert floor(work.hidden, at, [call_pk], regime, who=floor.ins2) == {call_pk: BLIND}
    before = floor(queries.scores, [call_pk])[call_pk].person_pct
    floor.score(call_pk, transcript, floor.ins2, at, greeting="not_met")
    assert floor(queries.scores, [call_pk])[call_pk].person_pct == before
    assert [row.purpose for row in floor.rows(EvaluationRow)] == ["score", "recheck"]
    assert len(floor(queries.evaluations, call_pk, who=floor.lead)) == 2
    assert len(floor(queries.evaluations, call_pk, who=floor.agent)) == 1  # it is about the inspector


def scored(floor):
    call_pk, transcript = floor.call(OPENED + DAY)
    return call_pk, floor.score(call_pk, transcript, floor.ins1, OPENED + 2 * DAY, greeting="not_met")


def filed(verdict=Verdict.MET, kind=StepKind.DISPUTED, words="报过工号"):
    return Step(kind, NOW, None, "greeting", verdict, words)


def test_an_overturned_answer_counts_at_once_and_its_history_stays(floor):
    call_pk, made = scored(floor)
    at = OPENED + 3 * DAY
    floor(contesting.sign, at, made, RULES, who=floor.agent)
    floor(contesting.contest, at, made, filed(), RULES, who=floor.agent)
    before = floor(queries.scores, [call_pk])[call_pk].person_pct
    (waiting,) = floor(contesting.contested, at, RULES, Action.DECIDE_DISPUTE, who=floor.lead)
    assert (waiting.criterion, waiting.verdict, waiting.proposed) == ("greeting", Verdict.NOT_MET, Verdict.MET)
    floor(contesting.decide, at, made, filed(Verdict.MET, StepKind.DECIDED, "录音有"), RULES, who=floor.lead)
    after = floor(queries.scores, [call_pk])[call_pk].person_pct
    assert after > before
    record = floor(queries.evaluations, call_pk)[0]
    assert {one.criterion: one.verdict for one in record.evaluation.answers}["greeting"] is Verdict.MET
    with reading(floor.engine) as session:
        assert session.get_one(EvaluationRow, made).score_pct == before
    (decision,) = floor(contesting.decisions, who=floor.lead)
    assert (decision.inspector, decision.given) == (floor.ins1, Verdict.MET)


def test_nobody_decides_about_the_own_scoring_or_the_own_line_and_the_second_level_is_the_monitors(floor):
    call_pk, transcript = floor.call(OPENED + DAY)
    made = floor.score(call_pk, transcript, floor.lead, OPENED + 2 * DAY, greeting="not_met")
    at = OPENED + 3 * DAY
    floor(contesting.contest, at, made, filed(), RULES, who=floor.agent)
    ruling = filed(Verdict.NOT_MET, StepKind.DECIDED, "没有")
    with pytest.raises(Forbidden, match="scored"):
        floor(contesting.decide, at, made, ruling, RULES, who=floor.lead)
    with pytest.raises(Forbidden, match="own line"):
        floor(contesting.decide, at, made, ruling, RULES, who=floor.centre.ids[Role.QA_LEAD])
    with pytest.raises(Forbidden):
        floor(contesting.decide, at, made, ruling, RULES, who=floor.ins2)
    with transaction(floor.engine) as session:
        new = people.NewUser("head2", "head2", floor.centre.centre, None, (Role.QA_LEAD,))
        other = people.add_user(session, SYSTEM, NOW, new)
    floor(contesting.decide, at, made, ruling, RULES, who=other)
    floor(contesting.contest, at, made, filed(kind=StepKind.SECOND_DISPUTED), RULES, who=floor.agent)
    (waiting,) = floor(contesting.contested, at, RULES, Action.DECIDE_SECOND_DISPUTE, who=floor.monitor)
    assert waiting.status.state is DisputeState.SECOND_OPEN
    last = filed(Verdict.MET, StepKind.SECOND_DECIDED, "听得到")
    floor(contesting.decide, at, made, last, RULES, who=floor.monitor)
    assert floor(contesting.standing, at, made, RULES)["greeting"].state is DisputeState.FINAL


def test_what_was_not_told_to_you_cannot_be_contested_and_too_late_is_too_late(floor):
    _, made = scored(floor)
    with pytest.raises(NotFound):
        floor(contesting.contest, OPENED + 3 * DAY, made, filed(), RULES, who=floor.centre.other_agent)
    with pytest.raises(Invalid, match="comment"):
        floor(contesting.contest, OPENED + 3 * DAY, made, filed(words=" "), RULES, who=floor.agent)
    with pytest.raises(Conflict, match="until 2026-12-0"):
        floor(contesting.contest, OPENED + 20 * DAY, made, filed(), RULES, who=floor.agent)


def test_the_pass_rate_comes_from_random_calls_as_they_stand_after_disputes(floor):
    period = floor.open()
    calls = dict(floor.call(OPENED + day * DAY) for day in range(1, 6))
    floor.draw(OPENED + 33 * DAY)
    at = OPENED + 34 * DAY
    poor = dict.fromkeys(("greeting", "verify", "restate", "hold_manners", "closing", "apology"), "not_met")
    first, *others = sorted(calls)
    made = floor.score(first, calls[first], floor.ins1, at, **poor)
    for call_pk in others:
        floor.score(call_pk, calls[call_pk], floor.ins1, at)
    rate = floor(draws.quality_rate, period, who=floor.lead)
    assert (rate.n, rate.drawn, rate.share.value) == (5, 5, pytest.approx(0.8))
    for name in poor:
        for kind, who, words in ((StepKind.DISPUTED, floor.agent, "做到了"), (StepKind.DECIDED, floor.lead, "听到了")):
            step = Step(kind, NOW, None, name, Verdict.MET, words)
            act = contesting.contest if kind is StepKind.DISPUTED else contesting.decide
            floor(act, at, made, step, RULES, who=who)
    assert floor(draws.quality_rate, period, who=floor.lead).share.value == 1.0


def test_a_replaced_evaluation_waits_for_no_decision(floor):
    call_pk, transcript = floor.call(OPENED + DAY)
    made = floor.score(call_pk, transcript, floor.ins1, OPENED + 2 * DAY, greeting="not_met")
    floor(contesting.contest, OPENED + 3 * DAY, made, filed(), RULES, who=floor.agent)
    floor.score(call_pk, transcript, floor.ins2, OPENED + 4 * DAY)
    assert floor(contesting.contested, OPENED + 5 * DAY, RULES, Action.DECIDE_DISPUTE, who=floor.lead) == []


def test_an_agent_may_ask_for_a_person_once(floor):
    call_pk, _ = floor.call(OPENED + DAY)
    first = floor(drawing.ask_for_person, OPENED + 2 * DAY, call_pk, who=floor.agent)
    assert floor(drawing.ask_for_person, OPENED + 2 * DAY, call_pk, who=floor.agent) == first
    (row,) = floor.rows(PickRow)
    assert (row.pool, row.why) == (Pool.MANUAL, [drawing.ASKED])
    with pytest.raises(NotFound):
        floor(drawing.ask_for_person, OPENED, call_pk, who=floor.centre.other_agent)


@pytest.mark.postgres
def test_two_inspectors_who_claim_at_the_same_moment_get_different_calls(postgres_engine, tmp_path):
    from conftest import Centre

    from qa_app.core.settings import Settings
    from qa_app.runtime import Runtime
    from transcription.storage import Store

    with transaction(postgres_engine) as session:
        centre = Centre(session)
    settings = Settings(folder=tmp_path / "kept",
                        database_url=postgres_engine.url.render_as_string(hide_password=False))  # fmt: skip
    floor = Floor(Runtime(settings, postgres_engine, Store(settings.folder)), centre, tmp_path)
    for day in (1, 2):
        call_pk, _ = floor.call(OPENED + day * DAY)
        floor(drawing.pick_by_hand, OPENED + 3 * DAY, call_pk, "复核")
    gate, got = Barrier(2), {}

    def claim(name):
        gate.wait()
        got[name] = floor(work.claim, OPENED + 4 * DAY, shipped_regime(), who=name)

    threads = [Thread(target=claim, args=(name,)) for name in (floor.ins1, floor.ins2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert None not in got.values()
    assert len(set(got.values())) == 2


# --- coaching -----------------------------------------------------------------------------------------------------


def drawn_and_scored(floor):
    """Five calls of the agent, drawn by lot; the greeting of the first two was not met."""
    floor.open()
    calls = dict(floor.call(OPENED + day * DAY) for day in range(1, 6))
    floor.draw(OPENED + 33 * DAY)
    for place, call_pk in enumerate(sorted(calls)):
        poor = {"greeting": "not_met"} if place < 2 else {}
        floor.score(call_pk, calls[call_pk], floor.ins1, OPENED + 34 * DAY, **poor)
    return sorted(calls)


def test_points_are_the_answers_to_random_calls_as_they_stand(floor):
    calls = drawn_and_scored(floor)
    extra, transcript = floor.call(OPENED + 6 * DAY)
    floor(drawing.pick_by_hand, OPENED + 34 * DAY, extra, "投诉")
    floor.score(extra, transcript, floor.ins1, OPENED + 34 * DAY, greeting="not_met")
    supervisor = floor.centre.ids[Role.SUPERVISOR]
    found = floor(coaching_sessions.points, OPENED, ZONE, who=supervisor)
    greetings = [one.value for one in found if one.criterion == "greeting"]
    assert sorted(greetings) == [0.0, 0.0, 1.0, 1.0, 1.0]  # the call picked by hand is not among them
    clips = floor(coaching_sessions.clips_for, floor.agent, "greeting", who=supervisor)
    assert {one.call_pk for one in clips} == {extra, *calls[:2]}


def test_a_session_is_planned_held_acknowledged_by_its_agent_alone_and_followed_up(floor):
    calls = drawn_and_scored(floor)
    supervisor, at = floor.centre.ids[Role.SUPERVISOR], OPENED + 40 * DAY
    clip = coaching_sessions.Clip(calls[0], "greeting", 1.5, "您好")
    new = coaching_sessions.NewCoaching(floor.agent, at.date(), {"greeting": "先报工号"}, (clip,))
    made = floor(coaching_sessions.plan, at, new, who=supervisor)
    step = coaching_sessions.take_step
    with pytest.raises(Conflict):
        floor(step, at, made, CoachingStep.ACKNOWLEDGED, who=floor.agent)
    floor(step, at, made, CoachingStep.HELD, who=supervisor)
    with pytest.raises(Forbidden):
        floor(step, at, made, CoachingStep.ACKNOWLEDGED, who=supervisor)
    with pytest.raises(NotFound):
        floor(step, at, made, CoachingStep.ACKNOWLEDGED, who=floor.centre.other_agent)
    floor(step, at, made, CoachingStep.ACKNOWLEDGED, "明白", who=floor.agent)
    with pytest.raises(Invalid, match="saw"):
        floor(step, at, made, CoachingStep.FOLLOWED_UP, who=supervisor)
    floor(step, at, made, CoachingStep.FOLLOWED_UP, "已报工号", who=supervisor)
    (seen,) = floor(coaching_sessions.sessions, who=floor.agent)
    assert [(one.kind, one.words) for one in seen.steps] == [
        (CoachingStep.HELD, ""), (CoachingStep.ACKNOWLEDGED, "明白"), (CoachingStep.FOLLOWED_UP, "已报工号"),
    ]  # fmt: skip
    assert (seen.goals, seen.clips, seen.held_at) == ({"greeting": "先报工号"}, (clip,), at)
    assert floor(coaching_sessions.sessions, who=floor.centre.other_agent) == []


def test_nobody_is_coached_from_another_team_or_from_another_agents_calls(floor):
    calls = drawn_and_scored(floor)
    at, goal = OPENED + 40 * DAY, {"greeting": ""}
    clip = coaching_sessions.Clip(calls[0], "greeting", None, "")
    with transaction(floor.engine) as session:
        new = people.NewUser("boss", "boss", floor.centre.other_team, None, (Role.SUPERVISOR,))
        boss = people.add_user(session, SYSTEM, NOW, new)
    plan = coaching_sessions.plan
    with pytest.raises(NotFound):
        floor(plan, at, coaching_sessions.NewCoaching(floor.agent, at.date(), goal, ()), who=boss)
    with pytest.raises(NotFound, match="no call of this agent"):
        floor(plan, at, coaching_sessions.NewCoaching(floor.centre.other_agent, at.date(), goal, (clip,)), who=boss)
    with pytest.raises(Invalid, match="goal"):
        floor(plan, at, coaching_sessions.NewCoaching(floor.agent, at.date(), {}, (clip,)),
              who=floor.centre.ids[Role.SUPERVISOR])  # fmt: skip


def test_what_coaching_brought_cannot_be_told_from_five_calls(floor):
    drawn_and_scored(floor)
    supervisor, at = floor.centre.ids[Role.SUPERVISOR], OPENED + 40 * DAY
    given = floor(coaching_sessions.points, OPENED, ZONE, who=supervisor)
    assert floor(coaching_sessions.effect_of, "greeting", given, ZONE, who=supervisor) is None
    new = coaching_sessions.NewCoaching(floor.agent, at.date(), {"greeting": "先报工号"}, ())
    made = floor(coaching_sessions.plan, at, new, who=supervisor)
    floor(coaching_sessions.take_step, at, made, CoachingStep.HELD, who=supervisor)
    found = floor(coaching_sessions.effect_of, "greeting", given, ZONE, who=supervisor)
    assert (found.verdict, found.effect) == (Help.CANNOT_TELL, None)
