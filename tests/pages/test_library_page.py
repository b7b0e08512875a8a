"""The case library on its page and on the review page: makers, agents, who confirms, everybody else, and shoppers."""

import pytest
from conftest import NOW
from made_calls import write_wav
from opened import say, words

from qa_app import clip_making
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from scorecards import library_entries
from scorecards.case_library import Lesson, LibraryState, LibraryStep, Told
from scorecards.library_entries import Wanted
from transcription.clips import ClipSpan, Stretch
from transcription.queries import original_place

pytest_plugins = ["opened"]
TOLD = Told("先认可 *情绪*", Lesson.GOOD, "先认可，再核实", "客服：■■先生您好", "empathy")
K = LibraryStep


def button(app, label):
    return next(one for one in app.button if one.label == label)


def labels(app):
    return [one.label for one in app.button]


@pytest.fixture
def audible(busy, installed):
    """The agent's Chinese call with sound of 80 seconds behind it."""
    with reading(installed.engine) as session:
        place = original_place(session, busy["good-zh"])[0]
    write_wav(installed.store.original(place), seconds=80.0)
    return busy["good-zh"]


def who(installed, staffed, role):
    with reading(installed.engine) as session:
        return people.actor_for(session, staffed.ids[role])


@pytest.fixture
def clip(audible, installed, staffed):
    maker = who(installed, staffed, Role.INSPECTOR)
    return clip_making.make_clip(installed, maker, NOW, audible, TOLD, ClipSpan(4.0, 9.0, (Stretch(5.0, 6.0),)))


@pytest.fixture
def step(installed, staffed, clip):
    def taken(role, kind):
        with transaction(installed.engine) as session:
            actor = people.actor_for(session, staffed.ids[role])
            library_entries.take_step(session, actor, NOW, installed.store, clip, kind)

    return taken


def entries(installed):
    with reading(installed.engine) as session:
        return library_entries.published(session, SYSTEM, Wanted())


def test_a_clip_is_made_on_the_review_page_with_the_words_of_its_seconds(audible, installed, staffed, sign_in):
    app = sign_in(Role.INSPECTOR, "en", "review", call=audible)
    key = f"{audible}.0"
    app.number_input(key=f"clip.from.{key}").set_value(0.0).run()
    app.number_input(key=f"clip.to.{key}").set_value(20.0).run()
    (before,) = [one.value for one in app.text_area if one.label == "Words of the clip, as others will read them"]
    assert before.startswith("Agent：")
    app.text_input(key=f"clip.bleeps.{key}").set_value("0-20").run()
    (after,) = [one.value for one in app.text_area if one.label == "Words of the clip, as others will read them"]
    assert set(after.replace("Agent：", "").replace("Customer：", "")) <= {"■", "\n"}
    button(app, "Ask for consent").click().run()
    assert "title" in app.error[0].value
    app.text_input(key=f"clip.{key}.title").set_value("开头报工号")
    app.text_area(key=f"clip.{key}.why").set_value("一句话说清")
    button(app, "Ask for consent").click().run()
    assert not app.error
    assert "asked for consent" in words(app)
    with reading(installed.engine) as session:
        (made,) = library_entries.own_proposals(session, people.actor_for(session, staffed.ids[Role.INSPECTOR]))
    assert (made.state, made.told.title, made.clip.span.end_s) == (LibraryState.ASKED, "开头报工号", 20.0)
    assert made.clip.span.bleeps == (Stretch(0, 20),)


def test_stretches_that_cannot_be_read_are_named_before_anything_is_cut(audible, sign_in):
    app = sign_in(Role.INSPECTOR, "en", "review", call=audible)
    app.text_input(key=f"clip.bleeps.{audible}.0").set_value("three to five").run()
    assert "“three to five”" in app.error[0].value
    assert "Ask for consent" not in labels(app)


def test_a_manager_is_not_offered_to_make_clips(audible, sign_in):
    app = sign_in(Role.MANAGER, "en", "review", call=audible)
    assert "Put into the case library" not in [one.label for one in app.expander]


def test_the_agent_is_asked_first_and_the_consent_is_kept(clip, installed, sign_in):
    app = sign_in(Role.AGENT, "en", "library")
    assert "客服：■■先生您好" in words(app)
    assert "waits for the agent's consent" in words(app)
    assert {"Agree: others may hear it", "Refuse"} <= set(labels(app))
    assert "Withdraw my consent" not in labels(app)
    button(app, "Agree: others may hear it").click().run()
    assert not app.error
    assert "waits for a second person" in words(app)
    assert "Withdraw my consent" in labels(app)


def test_an_agent_withdraws_what_is_published(clip, step, installed, sign_in):
    step(Role.AGENT, K.AGREED)
    step(Role.SUPERVISOR, K.CONFIRMED)
    assert len(entries(installed)) == 1
    app = sign_in(Role.AGENT, "en", "library", part="asked")
    button(app, "Withdraw my consent").click().run()
    assert not app.error
    assert entries(installed) == []
    assert not list(installed.store.clip("").glob("*"))
    assert "客服：■■先生您好" not in words(app)


def test_who_confirms_hears_the_bleeped_sound_and_it_is_journalled_once(clip, step, installed, sign_in):
    step(Role.AGENT, K.AGREED)
    app = sign_in(Role.SUPERVISOR, "en", "library", part="confirm")
    assert "先认可" in words(app)
    button(app, "Listen").click().run()
    app.run()
    with reading(installed.engine) as session:
        heard = [one for one in journal.entries(session, SYSTEM) if one.action == "library.listen"]
    assert [one.subject for one in heard] == [f"library:{clip}"]
    button(app, "Send back").click().run()
    assert "still to be heard" in app.error[0].value
    button(app, "Confirm: no name or number is left").click().run()
    assert not app.error
    assert say(app, "Nothing waits to be confirmed.") in words(app)
    assert [one.id for one in entries(installed)] == [clip]


def test_the_maker_sees_where_it_stands_and_is_not_asked_to_confirm(clip, step, sign_in):
    step(Role.AGENT, K.AGREED)
    app = sign_in(Role.INSPECTOR, "en", "library", part="mine")
    assert "waits for a second person" in words(app)
    assert "consent given" in words(app)
    assert "Take out for good" in labels(app)
    assert "Confirm: no name or number is left" not in labels(app)


def test_others_find_only_what_is_published_and_are_offered_no_step(clip, step, installed, sign_in):
    app = sign_in(Role.HANDLER, "en", "library")
    assert "The library is empty" in words(app)
    step(Role.AGENT, K.AGREED)
    step(Role.SUPERVISOR, K.CONFIRMED)
    app = sign_in(Role.HANDLER, "en", "library")
    assert "客服：■■先生您好" in words(app)
    assert r"先认可 \*情绪\*" in words(app), "what people type is no Markdown"
    assert [label for label in labels(app) if label in ("Take out for good", "Withdraw my consent", "Refuse")] == []
    app.text_input(key="library.words").set_value("宽带").run()
    assert say(app, "Nothing matches. Clear a filter.") in words(app)
    app.text_input(key="library.words").set_value("核实 您好").run()
    assert "客服：■■先生您好" in words(app)
    app.selectbox(key="library.lesson").set_value(Lesson.LESSON).run()
    assert say(app, "Nothing matches. Clear a filter.") in words(app)


def test_a_case_is_written_kept_when_refused_and_confirmed_by_another(staffed, installed, sign_in):
    app = sign_in(Role.SUPERVISOR, "en", "library", part="mine")
    app.text_area(key="story.0.words").set_value("客户号码 13800138000 被多扣 20 元")
    app.text_area(key="story.0.why").set_value("先核实账单再承诺时限")
    app.text_input(key="story.0.title").set_value("多扣费")
    app.selectbox(key="story.0.class").set_value("fees/refund")
    button(app, "Propose the case").click().run()
    assert "long number" in app.error[0].value
    assert app.text_area(key="story.0.words").value.startswith("客户号码")
    app.text_area(key="story.0.words").set_value("客户被多扣 20 元")
    button(app, "Propose the case").click().run()
    assert not app.error
    assert "waits for a second person" in words(app)
    assert entries(installed) == []
    app = sign_in(Role.MONITOR, "en", "library", part="confirm")
    button(app, "Confirm: no name or number is left").click().run()
    assert [one.told.title for one in entries(installed)] == ["多扣费"]


def test_a_case_number_opens_only_for_who_may_see_the_case(staffed, installed, sign_in):
    told = Told("多扣费", Lesson.LESSON, "先核实", "多扣", "", "fees/refund", "2026-000123")
    with transaction(installed.engine) as session:
        boss = people.actor_for(session, staffed.ids[Role.SUPERVISOR])
        made = library_entries.propose_story(session, boss, NOW, told)
        second = people.actor_for(session, staffed.ids[Role.MONITOR])
        library_entries.take_step(session, second, NOW, installed.store, made, K.CONFIRMED)
    app = sign_in(Role.QA_LEAD, "en", "library")
    assert r"Case 2026\-000123" in words(app)
    assert not [label for label in labels(app) if label.startswith("Open case")]


def test_the_leaders_inbox_counts_what_waits_to_be_confirmed(clip, step, sign_in):
    step(Role.AGENT, K.AGREED)
    app = sign_in(Role.SUPERVISOR, "en")
    assert [label for label in labels(app) if label.startswith("Library entries to confirm (1)")]


def test_an_agent_is_told_of_a_request_on_the_first_page(clip, step, sign_in):
    app = sign_in(Role.AGENT, "en")
    assert [label for label in labels(app) if label.startswith("Clips of your calls that ask for your consent (1)")]
    step(Role.AGENT, K.AGREED)
    app = sign_in(Role.AGENT, "en")
    assert not [label for label in labels(app) if label.startswith("Clips of your calls")]
    assert "Nothing waits for your decision." not in words(app)  # that is told to leaders alone


def test_a_shopper_is_not_offered_the_library(clip, sign_in):
    app = sign_in(Role.SHOPPER, "en")
    assert "Case library" not in str(app)
