"""The case library through the real services on both databases: consent, a second person, and sound that is gone."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import NOW
from made_calls import heard, transcribed_call, write_wav
from sqlalchemy import select

from qa_app import clip_making, intake
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from scorecards import library_entries
from scorecards.case_library import Form, Lesson, LibraryState, LibraryStep, Told
from scorecards.library_entries import Wanted
from scorecards.library_tables import LibraryEntryRow
from transcription.audio import RATE_HZ, decode, read_span
from transcription.clips import ClipSpan, Stretch, bleeped
from transcription.jobs import ANY_LENGTH
from transcription.manifest import CallFacts
from transcription.service import import_file
from transcription.tables import CallAgentRow

SPAN = ClipSpan(4.0, 9.0, (Stretch(5.0, 6.5),))
TOLD = Told("先认可情绪", Lesson.GOOD, "先认可，再核实", "客服：■■先生您好", "empathy")
K, S = LibraryStep, LibraryState


class Shelf:
    """One call of the team's agent; calling it runs a service as somebody in a transaction of its own."""

    def __init__(self, live, centre, folder):
        self.live, self.centre = live, centre
        with transaction(live.engine) as session:
            self.file = write_wav(folder / "C-1.wav", seconds=20.0, seed=3)
            self.call, self.recording, _ = transcribed_call(
                session, NOW, intake.plan_for(live), self.file, heard(), agents=("A012",)
            )
            new = people.NewUser("head", "head", centre.centre, None, (Role.QA_LEAD,))
            self.head = people.add_user(session, SYSTEM, NOW, new)

    def who(self, who):
        with reading(self.live.engine) as session:
            return people.actor_for(session, self.centre.ids.get(who, who))

    def __call__(self, service, *given, who, **more):
        with transaction(self.live.engine) as session:
            return service(session, people.actor_for(session, self.centre.ids.get(who, who)), *given, **more)

    def clip(self, who=Role.INSPECTOR, told=TOLD, span=SPAN):
        return clip_making.make_clip(self.live, self.who(who), NOW, self.call, told, span)

    def story(self, who=Role.SUPERVISOR, **changes):
        return self(library_entries.propose_story, NOW, replace(TOLD, **changes), who=who)

    def step(self, entry, kind, who, words=""):
        self(library_entries.take_step, NOW, self.live.store, entry, kind, words, who=who)

    def published(self, who=Role.HANDLER, **wanted):
        return self(library_entries.published, Wanted(**wanted), who=who)

    def sound(self, entry, who):
        return self(library_entries.playable_clip, entry, who=who)

    def files(self):
        return sorted(one.name for one in self.live.store.clip("").glob("*"))


@pytest.fixture
def shelf(live, centre, tmp_path):
    return Shelf(live, centre, tmp_path / "inbox")


def test_a_clip_is_published_after_consent_and_a_second_persons_check(shelf):
    entry = shelf.clip()
    assert shelf.published() == []
    with pytest.raises(NotFound):
        shelf.sound(entry, Role.HANDLER)
    with pytest.raises(Conflict):
        shelf.step(entry, K.CONFIRMED, Role.SUPERVISOR)
    (asked,) = shelf(library_entries.asked_of, who=Role.AGENT)
    assert (asked.id, asked.possible) == (entry, {K.AGREED, K.REFUSED})
    assert shelf(library_entries.to_confirm, who=Role.SUPERVISOR) == []
    shelf.step(entry, K.AGREED, Role.AGENT, "好的")
    (waiting,) = shelf(library_entries.to_confirm, who=shelf.head)
    assert waiting.state is S.TO_CONFIRM
    assert shelf.published() == []
    shelf.step(entry, K.CONFIRMED, shelf.head)
    (shown,) = shelf.published()
    assert (shown.told.words, shown.state, shown.clip.span) == (TOLD.words, S.PUBLISHED, SPAN)
    found = shelf.sound(entry, Role.HANDLER)
    assert shelf.live.store.clip(found.path).is_file()
    assert sum(chunk.plain_size for chunk in found.chunks) == found.size_bytes


def test_a_withdrawn_consent_takes_the_clip_from_everybody_and_deletes_its_sound(shelf):
    entry = shelf.clip()
    shelf.step(entry, K.AGREED, Role.AGENT)
    shelf.step(entry, K.CONFIRMED, shelf.head)
    assert shelf.files() == [f"{entry}.webm"]
    shelf.step(entry, K.WITHDRAWN, Role.AGENT)
    assert shelf.files() == []
    assert shelf.published() == []
    for who in (Role.HANDLER, Role.AGENT, Role.INSPECTOR, shelf.head):
        with pytest.raises(NotFound):
            shelf.sound(entry, who)
    (mine,) = shelf(library_entries.own_proposals, who=Role.INSPECTOR)
    assert (mine.state, mine.told.words, mine.clip.playable) == (S.WITHDRAWN, "", False)
    with pytest.raises(Conflict):
        shelf.step(entry, K.AGREED, Role.AGENT)


@pytest.mark.parametrize(("kind", "who"), [(K.REFUSED, Role.AGENT), (K.REMOVED, Role.INSPECTOR)])
def test_whatever_ends_a_clip_deletes_its_sound(shelf, kind, who):
    entry = shelf.clip()
    shelf.step(entry, kind, who)
    assert shelf.files() == []
    assert shelf(library_entries.asked_of, who=Role.AGENT) == []


def test_a_clip_in_which_a_name_is_left_is_sent_back_with_a_word(shelf):
    entry = shelf.clip()
    shelf.step(entry, K.AGREED, Role.AGENT)
    with pytest.raises(Invalid, match="still to be heard"):
        shelf.step(entry, K.SENT_BACK, shelf.head)
    shelf.step(entry, K.SENT_BACK, shelf.head, "第 7 秒还有姓名")
    (mine,) = shelf(library_entries.own_proposals, who=Role.INSPECTOR)
    assert (mine.state, mine.steps[-1].words) == (S.SENT_BACK, "第 7 秒还有姓名")
    assert shelf.files() == []


def test_the_maker_and_the_agent_do_not_confirm(shelf):
    entry = shelf.clip(Role.SUPERVISOR)
    shelf.step(entry, K.AGREED, Role.AGENT)
    assert shelf(library_entries.to_confirm, who=Role.SUPERVISOR) == []
    for who in (Role.SUPERVISOR, Role.AGENT):
        with pytest.raises(Forbidden, match="second person"):
            shelf.step(entry, K.CONFIRMED, who)
    with pytest.raises(Conflict):
        shelf.step(entry, K.AGREED, Role.QA_LEAD)
    assert shelf.published() == []


def test_every_agent_in_a_call_is_asked_and_one_named_later_too(shelf):
    entry = shelf.clip()
    shelf.step(entry, K.AGREED, Role.AGENT)
    shelf.step(entry, K.CONFIRMED, shelf.head)
    with transaction(shelf.live.engine) as session:
        session.add(CallAgentRow(call_pk=shelf.call, user_id=shelf.centre.other_agent, position=1))
    assert shelf.published() == []
    shelf.step(entry, K.AGREED, shelf.centre.other_agent)
    assert [one.id for one in shelf.published()] == [entry]
    shelf.step(entry, K.WITHDRAWN, shelf.centre.other_agent)
    assert shelf.files() == []


def test_nobody_out_of_reach_makes_clips_or_hears_what_is_not_published(shelf):
    with pytest.raises(NotFound, match="may see"):
        shelf.clip(shelf.centre.stranger)
    for role in (Role.AGENT, Role.MANAGER, Role.SHOPPER, Role.CASE_DESK):
        with pytest.raises(Forbidden):
            shelf.clip(role)
    entry = shelf.clip()
    with pytest.raises(NotFound):
        shelf.sound(entry, shelf.centre.stranger)
    with pytest.raises(NotFound):
        shelf.step(entry, K.CONFIRMED, shelf.centre.stranger)
    with pytest.raises(Forbidden):
        shelf.published(Role.SHOPPER)
    with pytest.raises(Forbidden):
        shelf.sound(entry, Role.SHOPPER)
    assert shelf.files() == [f"{entry}.webm"]


def test_a_refused_clip_leaves_nothing_on_disk(shelf):
    with pytest.raises(Invalid, match="runs from 0 to 20"):
        shelf.clip(span=ClipSpan(15.0, 21.0))
    with pytest.raises(Invalid, match="long number"):
        shelf.clip(told=replace(TOLD, words="13800138000"))
    next(shelf.live.store.original("").rglob("*.wav")).unlink()
    with pytest.raises(NotFound, match="missing on disk"):
        shelf.clip()
    assert shelf.files() == []


def test_a_call_without_a_known_agent_gives_no_clip(shelf):
    file = write_wav(shelf.file.with_name("C-2.wav"), seconds=12, seed=8)
    with transaction(shelf.live.engine) as session:
        import_file(session, SYSTEM, NOW, file, CallFacts("C-2"), intake.plan_for(shelf.live))
    with pytest.raises(Invalid, match="Nobody is known"):
        clip_making.make_clip(shelf.live, SYSTEM, NOW, shelf.call + 1, TOLD, SPAN)


def test_the_sound_is_the_recordings_except_where_it_is_bleeped(shelf):
    channels = decode(shelf.file, ANY_LENGTH).channels
    span = read_span(shelf.file, SPAN.start_s, SPAN.end_s)
    first = int(SPAN.start_s * RATE_HZ)
    low, high = RATE_HZ, int(2.5 * RATE_HZ)
    for whole, part in zip(channels, span, strict=True):
        assert np.array_equal(part, whole[first : first + 5 * RATE_HZ])
        masked = bleeped(part, RATE_HZ, SPAN.bleeps, SPAN.start_s)
        assert np.array_equal(masked[:low], part[:low])
        assert np.array_equal(masked[high:], part[high:])
        assert not np.any(masked[low:high] == part[low:high])
    entry = shelf.clip()
    kept = decode(shelf.live.store.clip(f"{entry}.webm"), ANY_LENGTH)
    assert abs(kept.duration_s - 5.0) < 0.1
    inside = kept.channels[0][low + 800 : high - 800]
    spectrum = np.abs(np.fft.rfft(inside)) ** 2
    tone = round(1000 * len(inside) / RATE_HZ)
    assert spectrum[tone - 20 : tone + 20].sum() > 0.95 * spectrum.sum(), "only the tone is heard"
    outside = np.abs(np.fft.rfft(kept.channels[0][high + 800 :])) ** 2
    assert outside.max() < 0.2 * outside.sum(), "noise is heard outside"


def test_a_story_is_read_by_a_second_person_and_found_by_words_criterion_and_kind(shelf):
    first = shelf.story(title="退费先核实再承诺", case_number="20261109000123")
    second = shelf.story(lesson=Lesson.LESSON, criterion="", complaint_class="fees/refund")
    assert shelf.published() == []
    with pytest.raises(Forbidden, match="second person"):
        shelf.step(first, K.CONFIRMED, Role.SUPERVISOR)
    for entry in (first, second):
        shelf.step(entry, K.CONFIRMED, Role.MONITOR)
    assert [one.id for one in shelf.published()] == [second, first]
    assert [one.id for one in shelf.published(words="核实 退费")] == [first]
    assert [one.id for one in shelf.published(criterion="empathy")] == [first]
    assert [one.id for one in shelf.published(lesson=Lesson.LESSON)] == [second]
    assert shelf.published(Role.AGENT)[0].form is Form.STORY
    shelf.step(first, K.REMOVED, shelf.head)
    assert [one.id for one in shelf.published()] == [second]


def test_every_step_stands_in_the_journal_without_words_of_the_clip(shelf):
    entry = shelf.clip()
    shelf.step(entry, K.AGREED, Role.AGENT, "好的")
    shelf.step(entry, K.CONFIRMED, shelf.head)
    with reading(shelf.live.engine) as session:
        told = [one for one in journal.entries(session, SYSTEM) if one.action.startswith("library.")]
    assert [one.action for one in told] == ["library.confirmed", "library.agreed", "library.propose"]
    assert {one.subject for one in told} == {f"library:{entry}"}
    assert [one.detail for one in told] == [{}, {}, {"call": shelf.call}]


def test_the_database_refuses_a_kind_it_does_not_know(shelf):
    entry = shelf.story()
    with reading(shelf.live.engine) as session:
        (row,) = session.scalars(select(LibraryEntryRow)).all()
    assert (row.id, row.form, row.unit_id) == (entry, Form.STORY, shelf.centre.team)
