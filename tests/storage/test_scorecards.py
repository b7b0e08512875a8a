"""Scorecards as they are written: drafts saved as typed, versions that never change, a draft tried on stored calls."""

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW
from made_calls import heard, transcribed_call, write_wav
from sqlalchemy import select

from qa_app import intake, joins
from qa_app.core.access import SYSTEM, Reach, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import JobRow, JournalRow
from scorecards import cards, machine, publishing, queries, service
from scorecards.backtest import backtest
from scorecards.card_file import card_from_yaml
from scorecards.evaluations import Desk
from scorecards.model import CardState, Verdict
from scorecards.tables import CardEditRow, ScorecardRow
from transcription import archive
from transcription.model import Kind
from transcription.queries import CallFilter
from transcription.service import Outcome, keep_transcript, retry
from transcription.tables import RecordingRow

CARD = """# kept as typed
name: probe
version: 1
language: en
title: {zh: 试卷, en: Probe}
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 40
        check: {kind: phrases, speaker: agent, any_of: ["good morning", "thank you for calling", "hello"]}
      - {id: kept, title: {zh: 守信, en: Keeps word}, points: 60}
      - id: why
        title: {zh: 说明, en: Says why}
        points: 20
        applies_if: {criterion: kept, verdict: [not_met]}
        root_causes: [{id: skill, title: {zh: 不会, en: Does not know}}]
        root_cause_required_on: [not_met]
"""
STRICTER = CARD.replace("version: 1", "version: 2").replace(
    '"good morning", "thank you for calling", "hello"', '"hail"'
)


@pytest.fixture
def plan(live):
    return intake.plan_for(live)


def publish(engine, body=CARD):
    with transaction(engine) as session:
        return publishing.publish(session, SYSTEM, NOW, body)


def begun(engine, actor=SYSTEM, body=CARD):
    with transaction(engine) as session:
        return publishing.start_draft(session, actor, NOW, body)


def test_a_draft_is_kept_as_typed_even_where_it_cannot_be_read(engine, centre):
    with transaction(engine) as session:
        lead = centre.actor(session, Role.QA_LEAD)
        made = publishing.start_draft(session, lead, NOW, "name: [half a")
        later = NOW + timedelta(minutes=3)
        assert publishing.save_draft(session, lead, later, made, 1, "name: [half a card 半张表\r\n\t") == 2
    with reading(engine) as session:
        found = cards.draft(session, lead, made)
        assert (found.body, found.revision, found.saved_by) == ("name: [half a card 半张表\r\n\t", 2, "Qa_Lead")
        assert cards.saved_text(session, lead, made, 1) == "name: [half a"
        with pytest.raises(NotFound):
            cards.saved_text(session, lead, made, 9)
        kept = cards.savings(session, lead, made)
        assert [(saving.revision, saving.saved_at) for saving in kept] == [(2, later), (1, NOW)]


def test_saving_what_is_saved_already_makes_no_new_revision(engine, centre):
    draft = begun(engine)
    with transaction(engine) as session:
        assert publishing.save_draft(session, SYSTEM, NOW, draft, 1, CARD) == 1
        assert len(cards.savings(session, SYSTEM, draft)) == 1


def test_the_later_of_two_savings_is_refused_and_names_who_came_first(engine, centre):
    with transaction(engine) as session:
        lead, monitor = (centre.actor(session, role) for role in (Role.QA_LEAD, Role.MONITOR))
        draft = publishing.start_draft(session, lead, NOW, CARD)
        publishing.save_draft(session, monitor, NOW, draft, 1, "theirs")
    with (
        pytest.raises(Conflict, match="Monitor has saved this draft since you opened it"),
        transaction(engine) as session,
    ):
        publishing.save_draft(session, lead, NOW, draft, 1, "mine")
    with reading(engine) as session:
        assert cards.draft(session, lead, draft).body == "theirs"


def test_two_savings_at_the_same_moment_cannot_both_stand(engine, centre):
    draft = begun(engine)
    with pytest.raises(Conflict, match="at the same moment"), transaction(engine) as session:
        row = session.get(publishing.CardDraftRow, draft)
        publishing._append(session, SYSTEM, NOW, row, 1, "mine")
    with reading(engine) as session:
        assert session.scalars(select(CardEditRow.body)).all() == [CARD]


@pytest.mark.parametrize(
    ("body", "told"), [("x" * 1_000_001, "has 1000001 characters; at most 1000000"), ("a\0b", "NUL")]
)
def test_a_text_that_cannot_be_kept_is_refused(engine, centre, body, told):
    draft = begun(engine)
    with pytest.raises(Invalid, match=told), transaction(engine) as session:
        publishing.save_draft(session, SYSTEM, NOW, draft, 1, body)


def test_a_draft_of_a_published_version_has_its_text_and_the_next_number(engine, centre):
    first = publish(engine)
    with transaction(engine) as session:
        draft = publishing.start_from(session, SYSTEM, NOW, first)
        found = cards.draft(session, SYSTEM, draft)
    assert found.body == CARD.replace("version: 1", "version: 2")
    assert found.base_id == first


def test_publishing_a_draft_takes_the_revision_that_was_looked_at_and_closes_it(engine, centre):
    first = publish(engine)
    with transaction(engine) as session:
        admin = centre.actor(session, Role.ADMIN)
        draft = publishing.start_from(session, admin, NOW, first)
        publishing.save_draft(session, admin, NOW, draft, 1, STRICTER)
    with pytest.raises(Conflict, match="has saved this draft"), transaction(engine) as session:
        publishing.publish_draft(session, admin, NOW, draft, 1)
    with transaction(engine) as session:
        made = publishing.publish_draft(session, admin, NOW, draft, 2)
    with reading(engine) as session:
        assert [(one.id, one.state) for one in cards.versions(session, admin)] == [
            (made, CardState.PUBLISHED),
            (first, CardState.ARCHIVED),
        ]
        assert cards.drafts(session, admin) == []
        with pytest.raises(NotFound):
            cards.draft(session, admin, draft)
    with pytest.raises(Conflict, match="is closed"), transaction(engine) as session:
        publishing.save_draft(session, admin, NOW, draft, 2, "more")


@pytest.mark.parametrize("body", ["name: [", CARD.replace("points: 40", "points: 0")])
def test_a_draft_that_cannot_be_read_is_not_published_and_stays_open(engine, centre, body):
    draft = begun(engine, body=body)
    with pytest.raises(Invalid), transaction(engine) as session:
        publishing.publish_draft(session, SYSTEM, NOW, draft, 1)
    with reading(engine) as session:
        assert cards.draft(session, SYSTEM, draft).body == body
        assert cards.versions(session, SYSTEM) == []


def test_a_card_with_errors_is_not_published(engine, centre):
    faulty = CARD.replace('any_of: ["good morning",', 'none_of: [hello], any_of: ["good morning",')
    with pytest.raises(Invalid, match=r"Asked for and forbidden \(none_of\) at once: hello \(1 errors in all\)"):
        publish(engine, faulty)


def test_a_published_version_never_changes(engine, centre):
    made = publish(engine)
    with pytest.raises(Conflict, match="version 1 is published already; give the changed card version 2"):
        publish(engine, CARD.replace("points: 40", "points: 50"))
    for column, value in (("body", "other"), ("version", 9), ("name", "other"), ("sha256", "0"), ("kind", "chat")):
        with (
            pytest.raises(Conflict, match="probe version 1 is published and never changes"),
            transaction(engine) as session,
        ):
            setattr(session.get(ScorecardRow, made), column, value)
    with reading(engine) as session:
        assert queries.card(session, made) == card_from_yaml(CARD)


def test_an_archived_card_scores_nothing_new_and_cannot_be_archived_twice(engine, centre):
    made = publish(engine)
    with transaction(engine) as session:
        publishing.archive(session, SYSTEM, NOW, made)
        assert queries.card_for(session, "en") is None
    with pytest.raises(Conflict, match="probe version 1 is not in use"), transaction(engine) as session:
        publishing.archive(session, SYSTEM, NOW, made)
    with pytest.raises(NotFound), transaction(engine) as session:
        publishing.archive(session, SYSTEM, NOW, 999)


def test_a_draft_set_aside_is_closed_and_its_text_kept(engine, centre):
    draft = begun(engine)
    with transaction(engine) as session:
        publishing.discard_draft(session, SYSTEM, NOW, draft)
        assert cards.drafts(session, SYSTEM) == []
        assert session.scalars(select(CardEditRow.body)).all() == [CARD]


def test_each_kind_of_conversation_has_its_own_card(engine, centre):
    phone = publish(engine)
    chat = publish(engine, CARD.replace("name: probe", "name: chats\nfor: chat"))
    with reading(engine) as session:
        assert queries.card_for(session, "en")[0] == phone
        assert queries.card_for(session, "en", Kind.CHAT)[0] == chat
        assert queries.card_for(session, "en", Kind.CASE_RECORD) is None
        assert queries.card_for(session, "zh", Kind.CHAT) is None


# --- a draft tried on stored calls --------------------------------------------------------------------------------


@pytest.fixture
def stored(engine, centre, plan, tmp_path):
    """Three English calls, one of them the other team's, and a Chinese one."""
    with transaction(engine) as session:
        for number, (agent, name) in enumerate(
            [("A012", "good_en"), ("A012", "good_en"), ("A099", "good_en"), ("A012", "good_zh")]
        ):
            file = write_wav(tmp_path / f"C-{number}.wav", seed=number)
            transcribed_call(session, NOW, plan, file, heard(name), agents=(agent,))
    return publish(engine)


def tried(engine, actor, body=STRICTER, **options):
    with transaction(engine) as session:
        trial = cards.begin_trial(session, actor, NOW, body, **options)
    return backtest(trial.draft, trial.in_force, trial.calls)


def test_a_draft_is_tried_on_the_stored_calls_of_its_language(engine, centre, stored):
    """All three greet; the draft wants "hail", which nobody says: three answers flip from met to not met."""
    found = tried(engine, SYSTEM)
    assert (found.calls, found.changed) == (3, 3)
    greeting = found.criteria[0]
    assert (greeting.criterion, greeting.flips) == ("greeting", 3)
    assert greeting.moves == ((Verdict.MET, Verdict.NOT_MET, 3),)
    assert (found.before.mean_pct, found.after.mean_pct) == (100, 0)
    assert {(group.name, group.changed) for group in found.teams} == {("One", 2), ("Two", 1)}


def test_only_calls_within_reach_are_read_and_their_words_shown_to_who_may_open_them(engine, centre, stored):
    with reading(engine) as session:
        lead, admin = (centre.actor(session, role) for role in (Role.QA_LEAD, Role.ADMIN))
    own = tried(engine, lead)
    assert (own.calls, {group.name for group in own.teams}) == (2, {"One"})
    assert all(example.may_open and example.words for example in own.criteria[0].examples)
    everything = tried(engine, admin)
    assert everything.calls == 3
    assert not any(example.may_open or example.words or example.reason for example in everything.criteria[0].examples)


def test_a_backtest_stands_in_the_journal_once(engine, centre, stored):
    tried(engine, SYSTEM, last=2)
    with reading(engine) as session:
        entry = session.scalars(select(JournalRow).where(JournalRow.action == "scorecard.backtest")).one()
    assert (entry.subject, entry.detail) == ("scorecard:probe", {"version": 2, "calls": 2})


def test_the_newest_revision_of_a_transcript_is_read_and_the_newest_calls_first(engine, centre, plan, stored, tmp_path):
    everything = Reach(everything=True, units=frozenset(), own_user_id=None)
    with transaction(engine) as session:
        file, later = write_wav(tmp_path / "late.wav", seed=99), NOW + timedelta(days=1)
        _, recording, _ = transcribed_call(
            session, NOW, plan, file, heard("good_en"), agents=("A012",), started_at=later
        )
        mended = replace(heard("good_en"), utterances=heard("good_en").utterances[:3])
        second = keep_transcript(session, NOW, recording, mended)
        found = list(archive.stored_calls(session, everything, "en", Kind.PHONE, 10))
        assert (found[0].call_id, found[0].transcript_id, len(found)) == ("late", second, 4)
        assert found[0].transcript == mended
        assert len(list(archive.stored_calls(session, everything, "en", Kind.PHONE, 2))) == 2
        assert not list(archive.stored_calls(session, everything, "en", Kind.CHAT, 10))


def test_a_draft_without_a_published_version_is_shown_without_a_comparison(engine, centre, stored):
    found = tried(engine, SYSTEM, CARD.replace("name: probe", "name: fresh\nfor: chat"))
    assert (found.calls, found.before, found.criteria) == (0, None, ())


# --- answers with root causes and conditions ----------------------------------------------------------------------


def test_a_root_cause_is_asked_for_kept_and_only_one_of_the_card_s_own(engine, centre, plan, tmp_path):
    with transaction(engine) as session:
        inspector = centre.actor(session, Role.INSPECTOR)
        file = write_wav(tmp_path / "C-1.wav")
        call, _, transcript = transcribed_call(session, NOW, plan, file, heard(), agents=("A012",))
        desk = Desk(call, transcript, publishing.publish(session, SYSTEM, NOW, CARD))
    answers = {"greeting": {"verdict": "met"}, "kept": {"verdict": "not_met"}, "why": {"verdict": "not_met"}}

    def submit():
        with transaction(engine) as session:
            return service.submit(session, inspector, NOW, desk, {"answers": answers})

    with pytest.raises(Invalid, match="A root cause is needed on: Says why"):
        submit()
    answers["why"]["root_cause"] = "weather"
    with pytest.raises(Invalid, match=r'there is no root cause “"weather"”\. Choose one of: skill'):
        submit()
    answers["why"]["root_cause"] = "skill"
    submit()
    with reading(engine) as session:
        kept = queries.evaluations(session, inspector, call)[0].evaluation
    assert {answer.criterion: answer.root_cause for answer in kept.answers}["why"] == "skill"
    assert kept.score_pct == pytest.approx(100 * 40 / 120, abs=0.01)


def test_a_criterion_whose_condition_does_not_hold_needs_no_answer(engine, centre, plan, tmp_path):
    with transaction(engine) as session:
        inspector = centre.actor(session, Role.INSPECTOR)
        file = write_wav(tmp_path / "C-1.wav")
        call, _, transcript = transcribed_call(session, NOW, plan, file, heard(), agents=("A012",))
        desk = Desk(call, transcript, publishing.publish(session, SYSTEM, NOW, CARD))
        answers = {"greeting": {"verdict": "met"}, "kept": {"verdict": "met"}}
        service.submit(session, inspector, NOW, desk, {"answers": answers})
        kept = queries.evaluations(session, inspector, call)[0].evaluation
        assert [answer.verdict for answer in kept.answers] == [Verdict.MET, Verdict.MET, Verdict.NOT_APPLICABLE]
        assert kept.score_pct == 100


def test_only_an_administrator_publishes_and_only_those_who_draft_see_drafts(engine, centre):
    draft = begun(engine)
    with transaction(engine) as session:
        for role in (Role.QA_LEAD, Role.MONITOR):
            with pytest.raises(Forbidden):
                publishing.publish_draft(session, centre.actor(session, role), NOW, draft, 1)
        with pytest.raises(Forbidden):
            cards.draft(session, centre.actor(session, Role.INSPECTOR), draft)


def test_a_chat_is_scored_on_the_chats_card_and_opened_with_it(engine, centre, plan, tmp_path):
    with transaction(engine) as session:
        phone = publishing.publish(session, SYSTEM, NOW, CARD)
        chat = publishing.publish(session, SYSTEM, NOW, CARD.replace("name: probe", "name: chats\nfor: chat"))
        calls = {}
        for kind in (Kind.CHAT, Kind.PHONE):
            file = write_wav(tmp_path / f"{kind.value}.wav", seed=len(calls))
            said = replace(heard(), kind=kind)
            call, _, transcript = transcribed_call(session, NOW, plan, file, said, agents=("A012",))
            machine.score_call(session, NOW, transcript)
            calls[kind] = call
        inspector = centre.actor(session, Role.INSPECTOR)
        for kind, card in ((Kind.CHAT, chat), (Kind.PHONE, phone)):
            opened = joins.open_review(session, inspector, calls[kind])
            assert opened.desk.scorecard_id == card
            assert opened.machine.scorecard == queries.card(session, card).name


CHAT = {
    "kind": "chat",
    "language": "en",
    "utterances": [{"speaker": "agent", "text": "Hello, how can I help?"}, {"speaker": "customer", "text": "My bill."}],
}


def taken(live, file, document):
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    results = intake.take_in(
        live, SYSTEM, intake.gather([file], None, ZoneInfo("UTC")), intake.plan_for(live), lambda _result: None
    )
    return results[0]


def test_a_chat_comes_in_without_a_recording_and_is_due_to_be_scored(live, centre, tmp_path):
    with transaction(live.engine) as session:
        card = publishing.publish(session, SYSTEM, NOW, CARD.replace("name: probe", "name: chats\nfor: chat"))
    result = taken(live, tmp_path / "chat-7.json", CHAT)
    assert (result.outcome, result.call_id) == (Outcome.IMPORTED, "chat-7")
    assert taken(live, tmp_path / "again.json", CHAT).outcome is Outcome.DUPLICATE
    with transaction(live.engine) as session:
        jobs = session.scalars(select(JobRow)).all()
        assert [(job.kind, job.payload) for job in jobs] == [("score", {"transcript_id": result.transcript_id})]
        machine.score_call(session, NOW, result.transcript_id)
        rows, total = joins.calls_with_scores(session, SYSTEM, CallFilter(state="transcribed"))
        assert (total, rows[0].line.call_id, rows[0].line.duration_s, rows[0].machine_pct) == (1, "chat-7", None, 100)
        opened = joins.open_review(session, SYSTEM, rows[0].line.id)
        assert (opened.desk.scorecard_id, opened.story.playable) == (card, False)


@pytest.mark.parametrize(
    ("document", "told"),
    [("{", "not JSON"), ({"utterances": [{"speaker": "bob", "text": "x"}]}, "bob"), ({"utterances": []}, "no words")],
)
def test_a_file_that_is_no_transcript_is_set_aside_with_the_reason(live, centre, tmp_path, document, told):
    result = taken(live, tmp_path / "chat.json", document)
    assert result.outcome is Outcome.QUARANTINED
    assert told in result.reason
    with reading(live.engine) as session:
        assert session.scalars(select(JobRow)).all() == []
        kept = session.scalars(select(RecordingRow.id)).one()
    with pytest.raises(Conflict, match="import it again"), transaction(live.engine) as session:
        retry(session, SYSTEM, NOW, kept)
