"""Scores by machine and by people: never changed, always proved, and nobody decides alone on a fatal error."""

from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW
from hypothesis import given
from hypothesis import strategies as st
from made_calls import heard, imported_call, transcribed_call, write_wav
from sqlalchemy import func, select

from qa_app import intake, joins
from qa_app.core import people, queue
from qa_app.core.access import SYSTEM, Role
from qa_app.core.contacts import masked
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import JobRow, JournalRow
from scorecards import machine, publishing, queries, service
from scorecards.card_file import card_from_yaml
from scorecards.evaluations import Desk
from scorecards.model import Author, CardState, Verdict
from scorecards.tables import AnswerRow, DraftRow, EvaluationRow, ScorecardRow
from transcription import queries as calls
from transcription.queries import CallFilter
from transcription.service import keep_transcript

CARD = """
name: probe
version: 1
language: en
title: {zh: 试卷, en: Probe}
method: weights
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 30
        comment_required_on: [not_met]
        check: {kind: phrases, speaker: agent, any_of: ["thank you for calling", "hello"]}
      - {id: closing, title: {zh: 结束, en: Closing}, points: 70, allow_not_applicable: false}
  - id: fatal
    title: {zh: 致命项, en: Fatal errors}
    criteria:
      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call, comment_required_on: [not_met]}
"""
PERSON = (Role.INSPECTOR, Role.QA_LEAD, Role.MONITOR)


class Reviewed:
    """One transcribed English call of the centre's agent, and the card it is held against."""

    def __init__(self, live, centre, folder):
        self.live, self.centre, self.folder, self.plan = live, centre, folder, intake.plan_for(live)
        with transaction(live.engine) as session:
            self.card_id = publishing.publish(session, SYSTEM, NOW, CARD)
        self.call, self.recording, self.transcript = self.add("C-1", "A012")
        self.desk = Desk(self.call, self.transcript, self.card_id)

    def add(self, call_id, agent, started_at=NOW, **facts):
        file = write_wav(self.folder / f"{call_id}.wav", seed=abs(hash(call_id)) % 2**31)
        with transaction(self.live.engine) as session:
            return transcribed_call(
                session, NOW, self.plan, file, call_id=call_id, agents=(agent,), started_at=started_at, **facts
            )

    def act(self, what, who, *args, **more):
        with transaction(self.live.engine) as session:
            return what(session, self.actor(session, who), NOW, *args, **more)

    def read(self, what, who, *args, **more):
        with reading(self.live.engine) as session:
            return what(session, self.actor(session, who), *args, **more)

    def actor(self, session, who):
        return self.centre.actor(session, who) if isinstance(who, Role) else people.actor_for(session, who)

    def count(self, table, **where):
        with reading(self.live.engine) as session:
            return session.scalar(select(func.count()).select_from(table).filter_by(**where))

    def submit(self, who=Role.INSPECTOR, desk=None, **verdicts):
        return self.act(service.submit, who, desk or self.desk, body(**verdicts))


@pytest.fixture
def case(live, centre, tmp_path):
    return Reviewed(live, centre, tmp_path / "inbox")


def body(**verdicts):
    """A complete form, the given verdicts put in place of met."""
    chosen = {"greeting": "met", "closing": "met", "rude": "met", **verdicts}
    return {"answers": {name: {"verdict": verdict, "comment": "why"} for name, verdict in chosen.items()}}


# --- scoring by machine -------------------------------------------------------------------------------------------


def score(case, transcript=None):
    with transaction(case.live.engine) as session:
        return machine.score_call(session, NOW, transcript or case.transcript)


def test_a_transcript_is_scored_once_however_often_it_is_asked(case):
    assert score(case) == score(case)
    assert case.count(EvaluationRow) == 1


def test_the_machine_leaves_people_s_criteria_open_and_proves_the_others(case):
    score(case)
    (record,) = case.read(queries.evaluations, Role.INSPECTOR, case.call)
    found = {answer.criterion: answer for answer in record.evaluation.answers}
    assert record.author is Author.MACHINE
    assert (found["rude"].verdict, found["closing"].verdict) == (Verdict.ABSTAINED, Verdict.ABSTAINED)
    assert found["greeting"].verdict is Verdict.MET
    quote = found["greeting"].evidence[0]
    assert quote.quote in heard().utterances[quote.utterance].text


def test_where_no_card_speaks_the_language_nothing_is_scored(case):
    with transaction(case.live.engine) as session:
        other = keep_transcript(session, NOW, case.recording, replace(heard("good_zh"), language="zh"))
        assert machine.score_call(session, NOW, other) is None


def test_a_new_version_scores_anew_and_the_old_score_stays(case):
    first = score(case)
    with transaction(case.live.engine) as session:
        publishing.publish(
            session, SYSTEM, NOW, CARD.replace("version: 1", "version: 2").replace("hello", "never said")
        )
    second = score(case)
    records = case.read(queries.evaluations, Role.INSPECTOR, case.call)
    assert [(record.id, record.evaluation.version) for record in records] == [(second, 2), (first, 1)]


def test_a_mended_transcript_is_scored_beside_the_first(case):
    first = score(case)
    with transaction(case.live.engine) as session:
        shorter = replace(heard(), utterances=heard().utterances[:6])
        second = keep_transcript(session, NOW, case.recording, shorter)
    assert score(case, second) != first
    assert case.count(EvaluationRow, transcript_id=case.transcript) == 1


# --- publishing ---------------------------------------------------------------------------------------------------


def publish(case, text, who=Role.ADMIN):
    return case.act(publishing.publish, who, text)


def test_the_same_text_is_published_once(case):
    assert publish(case, CARD) == case.card_id
    assert case.count(ScorecardRow) == 1


def test_a_changed_card_needs_a_new_version(case):
    with pytest.raises(Conflict, match="probe version 1 is published already; give the changed card version 2"):
        publish(case, CARD.replace("points: 30", "points: 20"))


def test_a_new_version_archives_the_one_before_and_touches_no_evaluation(case):
    made = case.submit(closing="partly_met")
    publish(case, CARD.replace("version: 1", "version: 2").replace("points: 30", "points: 10"))
    with reading(case.live.engine) as session:
        states = dict(session.execute(select(ScorecardRow.version, ScorecardRow.state)).all())
    assert states == {1: CardState.ARCHIVED, 2: CardState.PUBLISHED}
    (record,) = case.read(queries.evaluations, Role.INSPECTOR, case.call)
    # 30 of 30 and half of 70 = 65 of 100
    assert (record.id, record.evaluation.version, record.evaluation.score_pct) == (made, 1, 65.0)


def test_a_card_that_cannot_be_read_is_refused_and_nothing_is_kept(case):
    with pytest.raises(Invalid):
        publish(case, "name: probe\nversion: 9\n")
    assert case.count(ScorecardRow) == 1


def test_the_shipped_cards_are_published_once_and_leave_a_centre_s_own_newer_card_alone(case):
    for _ in range(2):
        with transaction(case.live.engine) as session:
            publishing.publish_shipped(session, SYSTEM, NOW)
    assert case.count(ScorecardRow) == 5


# --- drafts and submitting ----------------------------------------------------------------------------------------


def test_a_draft_is_kept_with_what_it_comes_to_and_found_again(case):
    given_so_far = {"answers": {"greeting": {"verdict": "not_met", "comment": "无"}}, "edit": 7}
    standing = case.act(service.save_draft, Role.INSPECTOR, case.desk, given_so_far)
    assert standing.score_pct == 0.0
    kept = case.read(queries.draft, Role.INSPECTOR, case.call)
    assert (kept.body, kept.transcript_id) == (given_so_far, case.transcript)
    assert case.read(queries.draft, Role.QA_LEAD, case.call) is None, "a draft is its author's own"


def test_a_draft_saved_again_replaces_itself(case):
    for verdict in ("met", "not_met"):
        case.act(service.save_draft, Role.INSPECTOR, case.desk, {"answers": {"closing": {"verdict": verdict}}})
    assert case.count(DraftRow) == 1
    assert case.read(queries.draft, Role.INSPECTOR, case.call).body["answers"]["closing"]["verdict"] == "not_met"


def test_a_preview_keeps_nothing(case):
    assert case.read(service.preview, Role.INSPECTOR, case.desk, body(closing="not_met")).score_pct == 30.0
    assert (case.count(DraftRow), case.count(EvaluationRow)) == (0, 0)


def quote_of(**changed):
    return {"kind": "quote", "utterance": 0, "quote": heard().utterances[0].text[:5], **changed}


BAD_BODIES = {
    "no answers at all": ({}, "The draft holds no answers"),
    "answers are a list": ({"answers": []}, "The draft holds no answers"),
    "the body is a list": ([], "The draft holds no answers"),
    "an unknown criterion": ({"answers": {"speed": {"verdict": "met"}}}, "speed: the scorecard probe has no such"),
    "an unknown verdict": ({"answers": {"closing": {"verdict": "superb"}}}, "closing: the answer cannot be read"),
    "a verdict that is no word": ({"answers": {"closing": {"verdict": ["met"]}}}, "closing: the answer cannot be read"),
    "a person abstaining": ({"answers": {"closing": {"verdict": "abstained"}}}, "a person answers met, partly"),
    "not applicable where it always applies": (
        {"answers": {**body()["answers"], "closing": {"verdict": "not_applicable"}}}, "closing is always applicable",
    ),
    "words that were not said": (quote_of(quote="You are a fool"), "does not stand in utterance 0"),
    "an utterance that is not there": (quote_of(utterance=999), "there is no utterance 999"),
    "an utterance before the first": (quote_of(utterance=-1), "-1"),
    "an utterance that is no number": (quote_of(utterance="0"), "closing"),
    "an empty quote": (quote_of(quote=""), "closing"),
    "a quote of blanks": (quote_of(quote="   "), "a quote is empty"),
    "a quote that is no text": (quote_of(quote=5), "closing"),
    "seconds of another utterance": (quote_of(start_s=900.0), "lies outside utterance 0"),
    "seconds that are no number": (quote_of(start_s="soon"), "closing"),
    "seconds that run backwards": (quote_of(start_s=2.0, end_s=1.0), "closing"),
    "evidence of no kind": ({"utterance": 0}, "closing"),
    "evidence of an unknown kind": ({"kind": "rumour"}, "closing"),
    "evidence that is a number": (5, "closing"),
    "evidence that is a word": ("x", "closing"),
    "a span without numbers": (
        {"kind": "span", "start_s": 0, "end_s": 1, "measure": "pace", "value": "fast", "limit": 3}, "closing",
    ),
    "a span that is not finite": (
        {"kind": "span", "start_s": 0, "end_s": 1, "measure": "pace", "value": float("nan"), "limit": 3}, "no number",
    ),
    "a window that is no window": ({"kind": "absence", "window": [0, 1], "nearest_miss": None}, "closing"),
}  # fmt: skip


def as_body(given_body):
    if isinstance(given_body, dict | list) and ("answers" in given_body or given_body in ({}, [])):
        return given_body
    return {"answers": {**body()["answers"], "closing": {"verdict": "met", "evidence": [given_body]}}}


def test_a_bad_body_is_refused_with_its_sentence_and_the_draft_before_it_stays(case):
    good = {"answers": {"greeting": {"verdict": "met", "evidence": [quote_of(start_s=None, end_s=None)]}}}
    case.act(service.save_draft, Role.INSPECTOR, case.desk, good)
    for name, (bad, sentence) in BAD_BODIES.items():
        for what in (service.save_draft, service.submit):
            with pytest.raises(Invalid, match=sentence):
                case.act(what, Role.INSPECTOR, case.desk, as_body(bad))
        assert case.read(queries.draft, Role.INSPECTOR, case.call).body == good, name
    assert case.count(EvaluationRow) == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["met", "quote", "greeting", "x"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "answers", "greeting", "verdict", "evidence", "comment", "kind", "utterance", "quote", "start_s", "end_s",
            "window", "nearest_miss", "from", "to", "unit", "measure", "value", "limit",
        ]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


FIELDS = ("utterance", "quote", "start_s", "end_s", "window", "nearest_miss", "measure", "value", "limit")
ITEM = st.fixed_dictionaries(
    {"kind": st.sampled_from(["quote", "span", "absence"])}, optional=dict.fromkeys(FIELDS, JSON)
)


@given(evidence=JSON | st.lists(ITEM, max_size=2), verdict=st.sampled_from(["met", "not_met"]) | JSON, comment=JSON)
def test_whatever_stands_in_an_answer_it_is_read_or_refused(evidence, verdict, comment):
    card = card_from_yaml(CARD)
    answers = {"greeting": {"verdict": verdict, "evidence": evidence, "comment": comment}}
    try:
        read = service._answers(card, heard(), {"answers": answers})
    except Invalid:
        return
    assert all(answer.verdict is not Verdict.ABSTAINED for answer in read.values())


def test_every_open_criterion_is_named(case):
    with pytest.raises(Invalid, match="2 criteria are still open: Closing、Rude"):
        case.act(service.submit, Role.INSPECTOR, case.desk, {"answers": {"greeting": {"verdict": "met"}}})


def test_a_comment_is_asked_for_where_the_card_wants_one(case):
    form = body(greeting="not_met")
    for comment in ("", "   ", None):
        form["answers"]["greeting"]["comment"] = comment
        with pytest.raises(Invalid, match="A comment is needed on: Greeting"):
            case.act(service.submit, Role.INSPECTOR, case.desk, form)
        case.act(service.save_draft, Role.INSPECTOR, case.desk, form)


def test_a_comment_that_is_too_long_is_refused_and_not_cut(case):
    form = body()
    form["answers"]["closing"]["comment"] = "长" * 2001
    with pytest.raises(Invalid, match="closing: the comment has 2001 characters; at most 2000 are kept"):
        case.act(service.submit, Role.INSPECTOR, case.desk, form)


def test_a_sign_that_no_database_keeps_is_left_out_of_a_comment(case):
    form = body()
    form["answers"]["closing"]["comment"] = "a\x00b"
    case.act(service.submit, Role.INSPECTOR, case.desk, form)
    assert case.count(AnswerRow, comment="ab") == 1


def test_submitting_keeps_the_quotes_takes_the_draft_away_and_is_journalled(case):
    form = body(closing="partly_met")
    form["answers"]["greeting"]["evidence"] = [quote_of()]
    form["active_s"] = 93.5
    case.act(service.save_draft, Role.INSPECTOR, case.desk, form)
    made = case.act(service.submit, Role.INSPECTOR, case.desk, form)
    (record,) = case.read(queries.evaluations, Role.INSPECTOR, case.call)
    assert (record.id, record.author_name, record.seconds_spent) == (made, "Inspector", 93.5)
    assert (record.evaluation.score_pct, record.evaluation.passed) == (65.0, True)  # 30 + 70 / 2; pass mark 60
    assert record.evaluation.answers[0].evidence[0].quote == quote_of()["quote"]
    assert case.read(queries.draft, Role.INSPECTOR, case.call) is None
    with reading(case.live.engine) as session:
        entry = session.scalars(select(JournalRow).order_by(JournalRow.seq.desc())).first()
    assert (entry.action, entry.subject, entry.actor_name) == ("evaluation.submit", f"call:{case.call}", "Inspector")
    assert entry.detail == {"evaluation": made, "score_pct": 65.0, "passed": True, "replaces": None}


def test_a_time_that_cannot_be_is_not_kept(case):
    impossible = [None, "long", True, -1, float("nan"), float("inf"), [1]]
    for seconds in impossible:
        case.act(service.submit, Role.INSPECTOR, case.desk, {**body(), "active_s": seconds})
    told = case.read(queries.submitted_since, Role.INSPECTOR, NOW - timedelta(hours=1))
    assert told == (len(impossible), None)


def test_a_later_evaluation_replaces_the_one_before_and_keeps_it(case):
    first = case.submit(closing="not_met")
    second = case.submit(Role.QA_LEAD)
    records = case.read(queries.evaluations, Role.INSPECTOR, case.call)
    assert [(record.id, record.evaluation.score_pct) for record in records] == [(second, 100.0), (first, 30.0)]
    with reading(case.live.engine) as session:
        assert session.get(EvaluationRow, second).replaces_id == first
    assert case.read(queries.scores, Role.INSPECTOR, [case.call])[case.call].person_pct == 100.0


def test_machine_and_person_stand_side_by_side(case):
    score(case)
    case.submit(closing="not_met")
    found = case.read(queries.scores, Role.INSPECTOR, [case.call])[case.call]
    assert (found.machine_pct, found.person_pct, found.reviewed) == (100.0, 30.0, True)


def test_a_desk_whose_transcript_belongs_to_another_call_is_refused(case):
    other, _, _ = case.add("C-2", "A012")
    mixed = replace(case.desk, call_pk=other)
    with pytest.raises(Invalid, match="belongs to another call"):
        case.submit(desk=mixed)


def test_a_desk_that_names_what_is_not_there_is_refused(case):
    with pytest.raises(NotFound, match="There is no transcript 9999"):
        case.submit(desk=replace(case.desk, transcript_id=9999))
    with pytest.raises(NotFound, match="There is no scorecard 9999"):
        case.submit(desk=replace(case.desk, scorecard_id=9999))


# --- who may ------------------------------------------------------------------------------------------------------


def test_an_agent_sees_their_own_scores_and_gives_none(case):
    case.submit()
    assert len(case.read(queries.evaluations, Role.AGENT, case.call)) == 1
    with pytest.raises(Forbidden, match="Agent may not do this"):
        case.submit(Role.AGENT)
    with pytest.raises(Forbidden):
        case.act(service.save_draft, Role.AGENT, case.desk, body())


def test_an_agent_sees_no_call_of_another_agent_even_in_the_same_team(case):
    theirs, _, _ = case.add("C-2", "A013")
    case.act(people.move_user, Role.ADMIN, person(case, "A013"), case.centre.team)
    page = case.read(calls.calls_page, Role.AGENT, CallFilter())
    assert [line.call_id for line in page.lines] == ["C-1"]
    for read in (calls.call_story, queries.evaluations, joins.open_review):
        with pytest.raises(NotFound, match=f"There is no call {theirs} that you may see"):
            case.read(read, Role.AGENT, theirs)


def person(case, login):
    with reading(case.live.engine) as session:
        return people.user_by_login(session, login)


def test_calls_out_of_reach_do_not_exist_for_an_inspector_of_another_team(case):
    made, stranger = case.submit(), case.centre.stranger
    for read in (calls.call_story, queries.evaluations, joins.open_review):
        with pytest.raises(NotFound, match=f"There is no call {case.call} that you may see"):
            case.read(read, stranger, case.call)
    for act in (service.save_draft, service.submit):
        with pytest.raises(NotFound):
            case.act(act, stranger, case.desk, body())
    with pytest.raises(NotFound):
        case.read(service.preview, stranger, case.desk, body())
    with pytest.raises(NotFound):
        case.act(service.flag_unfit, stranger, case.call, "noise")
    with pytest.raises(NotFound):
        case.read(calls.playable_file, stranger, case.recording)
    assert joins_total(case, stranger) == 0
    assert case.read(calls.neighbours, stranger, CallFilter(), case.call) == (None, None)
    assert case.count(EvaluationRow) == 1 == len(case.read(queries.evaluations, Role.MONITOR, case.call))
    assert made


def joins_total(case, who, review=""):
    return case.read(joins.calls_with_scores, who, CallFilter(), review)[1]


def test_a_lead_rescores_calls_of_their_own_unit_only(case):
    _, _, theirs = case.add("C-2", "A099")
    assert case.act(machine.rescore, Role.QA_LEAD, [case.transcript, theirs]) == 1
    assert case.count(JobRow, kind="score") == 1
    assert case.act(machine.rescore, Role.ADMIN, [case.transcript, theirs]) == 2


# --- fatal errors -------------------------------------------------------------------------------------------------


def recheck(case, who, made, *, confirmed, criterion="rude", reason="heard it too"):
    case.act(service.recheck_fatal, who, made, criterion, reason, confirmed=confirmed)


def standing(case):
    return case.read(queries.evaluations, Role.INSPECTOR, case.call)[0].evaluation


def test_an_alleged_fatal_error_leaves_the_result_open(case):
    case.submit(rude="not_met")
    assert (standing(case).score_pct, standing(case).passed) == (100.0, None)


def test_a_confirmed_fatal_error_sets_the_call_to_nothing(case):
    recheck(case, Role.QA_LEAD, case.submit(rude="not_met"), confirmed=True)
    found = standing(case)
    assert (found.score_pct, found.passed, found.critical_failures) == (0.0, False, ("rude",))
    listed = case.read(queries.scores, Role.INSPECTOR, [case.call])[case.call]
    assert (listed.person_pct, listed.person_passed) == (0.0, False), "the list says what the call says"


def test_a_rejected_fatal_error_gives_the_score_back(case):
    recheck(case, Role.QA_LEAD, case.submit(rude="not_met"), confirmed=False)
    found = standing(case)
    assert (found.score_pct, found.passed, found.critical_failures) == (100.0, True, ())
    listed = case.read(queries.scores, Role.INSPECTOR, [case.call])[case.call]
    assert (listed.person_pct, listed.person_passed) == (100.0, True)


def test_nobody_re_checks_what_they_alleged_themselves(case):
    made = case.submit(Role.QA_LEAD, rude="not_met")
    with pytest.raises(Forbidden, match="re-checked by somebody other than who found it"):
        recheck(case, Role.QA_LEAD, made, confirmed=True)
    assert case.read(queries.pending_rechecks, Role.QA_LEAD) == []
    assert len(case.read(queries.pending_rechecks, Role.MONITOR)) == 1


def test_what_is_no_fatal_error_cannot_be_re_checked_away(case):
    made = case.submit(closing="not_met", rude="met")
    for criterion in ("closing", "rude", "no_such_thing"):
        with pytest.raises(Invalid, match=f"{criterion} was not found as a fatal error in this evaluation"):
            recheck(case, Role.QA_LEAD, made, confirmed=False, criterion=criterion)
    assert standing(case).score_pct == 30.0


def test_a_re_check_needs_a_reason_and_an_evaluation(case):
    made = case.submit(rude="not_met")
    with pytest.raises(Invalid, match="Give the reason of the re-check"):
        recheck(case, Role.QA_LEAD, made, confirmed=True, reason="  ")
    with pytest.raises(NotFound, match="There is no evaluation 9999"):
        recheck(case, Role.QA_LEAD, 9999, confirmed=True)
    with pytest.raises(Forbidden):
        recheck(case, Role.INSPECTOR, made, confirmed=True)


def test_the_newest_re_check_stands_and_the_one_before_is_kept(case):
    made = case.submit(rude="not_met")
    recheck(case, Role.QA_LEAD, made, confirmed=True)
    recheck(case, Role.MONITOR, made, confirmed=False)
    assert standing(case).score_pct == 100.0


def test_pending_re_checks_go_when_decided_or_replaced(case):
    made = case.submit(rude="not_met")
    (pending,) = case.read(queries.pending_rechecks, Role.QA_LEAD)
    assert (pending.evaluation_id, pending.criterion, pending.author_name) == (made, "rude", "Inspector")
    newer = case.submit(rude="not_met")
    assert [each.evaluation_id for each in case.read(queries.pending_rechecks, Role.QA_LEAD)] == [newer]
    recheck(case, Role.QA_LEAD, newer, confirmed=True)
    assert case.read(queries.pending_rechecks, Role.MONITOR) == []


# --- lists --------------------------------------------------------------------------------------------------------


def test_a_call_not_fit_for_scoring_says_why_and_waits_for_nobody(case):
    with pytest.raises(Invalid, match="Say why the call is not fit"):
        case.act(service.flag_unfit, Role.INSPECTOR, case.call, "  ")
    assert joins_total(case, Role.INSPECTOR, joins.TO_REVIEW) == 1
    case.act(service.flag_unfit, Role.INSPECTOR, case.call, " 方言 ")
    assert joins_total(case, Role.INSPECTOR, joins.TO_REVIEW) == 0
    (row,), _ = case.read(joins.calls_with_scores, Role.INSPECTOR, CallFilter())
    assert row.unfit == "方言"


def test_to_review_and_reviewed_part_the_transcribed_calls(case):
    case.add("C-2", "A012")
    case.submit()
    for review, expected in ((joins.TO_REVIEW, ["C-2"]), (joins.REVIEWED, ["C-1"]), ("", ["C-1", "C-2"])):
        found, total = case.read(joins.calls_with_scores, Role.INSPECTOR, CallFilter(), review)
        assert (sorted(row.line.call_id for row in found), total) == (expected, len(expected))


def test_a_draft_shows_on_its_author_s_list_only(case):
    case.act(service.save_draft, Role.INSPECTOR, case.desk, {"answers": {}})
    for who, drafted in ((Role.INSPECTOR, True), (Role.QA_LEAD, False)):
        (row,), _ = case.read(joins.calls_with_scores, who, CallFilter())
        assert row.drafted is drafted
    assert case.read(joins.own_day, Role.INSPECTOR, NOW).drafts == ((case.call, "C-1"),)


def test_neighbours_follow_the_order_and_the_filter_of_the_list(case):
    older, _, _ = case.add("C-0", "A012", NOW - timedelta(hours=1), queue="宽带")
    newer, _, _ = case.add("C-2", "A012", NOW + timedelta(hours=1), queue="宽带")
    twin, _, _ = case.add("C-3", "A012", NOW, queue="宽带")
    listed = [line.id for line in case.read(calls.calls_page, Role.INSPECTOR, CallFilter()).lines]
    assert listed == [newer, twin, case.call, older]
    for place, here in enumerate(listed):
        around = (listed[place - 1] if place else None, listed[place + 1] if place + 1 < len(listed) else None)
        assert case.read(calls.neighbours, Role.INSPECTOR, CallFilter(), here) == around
        backwards = case.read(calls.neighbours, Role.INSPECTOR, CallFilter(newest_first=False), here)
        assert backwards == around[::-1]
    assert case.read(calls.neighbours, Role.INSPECTOR, CallFilter(queue="宽带"), case.call) == (twin, older)
    assert case.read(calls.neighbours, Role.INSPECTOR, CallFilter(), 9999) == (None, None)


def test_filters_find_what_they_say(case):
    case.add("C-5%x", "A012", NOW - timedelta(days=1), queue="宽带", case_ref="TS-77")
    one, other, both = ["C-1"], ["C-5%x"], ["C-1", "C-5%x"]
    for wanted, expected in (
        (CallFilter(words="C-5"), other), (CallFilter(words="5%"), other), (CallFilter(words="_"), []),
        (CallFilter(words="agent"), both), (CallFilter(words="ts-77"), other), (CallFilter(words=" c-1 "), one),
        (CallFilter(queue="宽带"), other), (CallFilter(language="en"), both), (CallFilter(language="zh"), []),
        (CallFilter(state="quarantined"), []), (CallFilter(since=NOW), one), (CallFilter(until=NOW), other),
        (CallFilter(page=2), []), (CallFilter(page=-3), both),
    ):  # fmt: skip
        found = case.read(calls.calls_page, Role.INSPECTOR, wanted).lines
        assert sorted(line.call_id for line in found) == expected, wanted


def test_a_call_with_two_recordings_is_one_line_and_found_by_either(case, tmp_path):
    with transaction(case.live.engine) as session:
        plan = intake.plan_for(case.live)
        silent = write_wav(tmp_path / "second-leg.wav", level=0.0)
        again, _ = imported_call(session, NOW, plan, silent, call_id="C-1", agents=("A099",))
    assert again == case.call
    page = case.read(calls.calls_page, Role.INSPECTOR, CallFilter())
    assert ([line.call_id for line in page.lines], page.total) == (["C-1"], 1)
    assert len(page.lines[0].agents) == 2
    for wanted in (CallFilter(words="second-leg"), CallFilter(state="quarantined")):
        (line,) = case.read(calls.calls_page, Role.INSPECTOR, wanted).lines
        assert (line.id, line.file_name) == (case.call, "second-leg.wav")


def test_the_language_of_a_call_is_that_of_its_newest_transcript(case):
    with transaction(case.live.engine) as session:
        keep_transcript(session, NOW, case.recording, replace(heard(), language="zh"))
    listed = {
        code: case.read(calls.calls_page, Role.INSPECTOR, CallFilter(language=code)).total for code in ("en", "zh")
    }
    assert listed == {"en": 0, "zh": 1}


def test_a_state_that_does_not_exist_is_refused_with_the_value(case):
    with pytest.raises(Invalid, match="asleep"):
        case.read(calls.calls_page, Role.INSPECTOR, CallFilter(state="asleep"))


def test_a_draft_begun_on_an_earlier_transcript_keeps_verdicts_and_loses_only_its_quotes(case):
    form = body()
    form["answers"]["greeting"]["evidence"] = [quote_of()]
    case.act(service.save_draft, Role.INSPECTOR, case.desk, form)
    with transaction(case.live.engine) as session:
        keep_transcript(session, NOW, case.recording, replace(heard(), utterances=heard().utterances[:3]))
    opened = case.read(joins.open_review, Role.INSPECTOR, case.call)
    assert opened.draft["answers"]["greeting"] == {"verdict": "met", "comment": "why", "evidence": []}
    assert opened.desk.transcript_id != case.transcript


@given(st.text(max_size=40) | st.text(alphabet="0123456789 +-;,*()", max_size=40))
def test_contact_data_never_shows_more_than_seven_digits(reference):
    shown = masked(reference)
    digits = sum(sign.isdigit() for sign in reference)
    assert sum(sign.isdigit() for sign in shown) <= 7
    if digits and len(reference) > 2 and "*" not in reference:
        assert shown != reference
        assert len(shown) == len(reference)


@pytest.mark.parametrize(("reference", "shown"), [
    ("13800138000", "138****8000"), ("+86 138-0013-8000", "+86 1**-****-8000"), ("10086", "***86"), ("", ""),
    ("13800138000;13900139000", "138********;*******9000"),
])  # fmt: skip
def test_contact_data_shows_its_first_three_and_last_four_digits(reference, shown):
    assert masked(reference) == shown


def test_the_priority_of_rescoring_is_that_of_an_archive(case):
    case.act(machine.rescore, Role.ADMIN, [case.transcript])
    with reading(case.live.engine) as session:
        assert session.scalars(select(JobRow.priority).where(JobRow.kind == "score")).one() == queue.ARCHIVE
