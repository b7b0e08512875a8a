"""The rules of the case library: nothing is published without every voice's consent and a second person's check."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Conflict, Forbidden, Invalid
from scorecards.case_library import (
    ENDED,
    Course,
    Form,
    Lesson,
    LibraryState,
    LibraryStep,
    LibraryStepTaken,
    Told,
    agreed,
    check_told,
    matches,
    possible,
    require_step,
    state,
)

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
MAKER, ONE, TWO, SECOND = 1, 2, 3, 4
CLIP = Course(Form.CLIP, MAKER, frozenset({ONE, TWO}))
STORY = Course(Form.STORY, MAKER, frozenset())
K, S = LibraryStep, LibraryState
TOLD = Told("先认可情绪", Lesson.GOOD, "先认可，再核实", "客户：……", "empathy")


def after(course, *steps):
    return replace(course, steps=tuple(LibraryStepTaken(kind, NOW, who) for kind, who in steps))


def test_a_clip_goes_from_consent_to_check_to_everybody():
    assert state(CLIP) is S.ASKED
    assert state(after(CLIP, (K.AGREED, ONE))) is S.ASKED
    both = ((K.AGREED, ONE), (K.AGREED, TWO))
    assert state(after(CLIP, *both)) is S.TO_CONFIRM
    assert state(after(CLIP, *both, (K.CONFIRMED, SECOND))) is S.PUBLISHED
    assert state(after(CLIP, *both, (K.CONFIRMED, SECOND), (K.WITHDRAWN, TWO))) is S.WITHDRAWN


def test_a_story_needs_a_second_person_alone():
    assert state(STORY) is S.TO_CONFIRM
    assert state(after(STORY, (K.CONFIRMED, SECOND))) is S.PUBLISHED
    assert state(after(STORY, (K.CONFIRMED, MAKER))) is S.TO_CONFIRM


def test_an_agent_found_out_later_is_asked_before_it_is_heard_again():
    known = after(CLIP, (K.AGREED, ONE), (K.AGREED, TWO), (K.CONFIRMED, SECOND))
    assert state(replace(known, agents=frozenset({ONE, TWO, 9}))) is S.ASKED
    assert state(replace(known, agents=frozenset())) is S.ASKED


def test_whoever_is_heard_decides_for_themselves_alone():
    assert possible(CLIP, ONE, may_confirm=False) == {K.AGREED, K.REFUSED}
    assert possible(after(CLIP, (K.AGREED, ONE)), ONE, may_confirm=False) == {K.WITHDRAWN}
    assert possible(CLIP, SECOND, may_confirm=False) == frozenset()
    assert possible(CLIP, MAKER, may_confirm=False) == {K.REMOVED}
    assert possible(CLIP, None, may_confirm=False) == frozenset()
    assert possible(after(CLIP, (K.REFUSED, ONE)), TWO, may_confirm=True) == frozenset()


def test_the_maker_and_the_voices_do_not_confirm():
    ready = after(CLIP, (K.AGREED, ONE), (K.AGREED, TWO))
    for person in (MAKER, ONE):
        with pytest.raises(Forbidden, match="second person"):
            require_step(ready, K.CONFIRMED, person, "", may_confirm=True)
    require_step(ready, K.CONFIRMED, SECOND, "", may_confirm=True)
    with pytest.raises(Conflict, match="stands now"):
        require_step(ready, K.CONFIRMED, SECOND, "", may_confirm=False)
    with pytest.raises(Conflict, match="stands now"):
        require_step(CLIP, K.CONFIRMED, SECOND, "", may_confirm=True)


def test_sending_back_says_why_and_refusing_need_not():
    with pytest.raises(Invalid, match="still to be heard"):
        require_step(STORY, K.SENT_BACK, SECOND, " ", may_confirm=True)
    require_step(CLIP, K.REFUSED, ONE, "", may_confirm=False)


PEOPLE = st.sampled_from([None, MAKER, ONE, TWO, SECOND])
STEPS = st.lists(st.tuples(st.sampled_from(list(K)), PEOPLE), max_size=8)
COURSES = st.builds(
    lambda form, maker, agents, steps: after(Course(form, maker, agents if form is Form.CLIP else frozenset()), *steps),
    st.sampled_from(list(Form)), PEOPLE, st.frozensets(st.sampled_from([ONE, TWO, SECOND])), STEPS,
)  # fmt: skip


@given(COURSES)
def test_what_is_published_has_every_consent_and_another_persons_check_whatever_was_appended(course):
    if state(course) is S.PUBLISHED:
        assert course.agents <= agreed(course)
        assert course.form is Form.STORY or course.agents
        assert any(
            one.kind is K.CONFIRMED and one.by_id not in {None, course.maker_id, *course.agents} for one in course.steps
        )
        assert not {K.REFUSED, K.WITHDRAWN, K.SENT_BACK, K.REMOVED} & {one.kind for one in course.steps}


@given(COURSES, STEPS, PEOPLE, st.booleans())
def test_nothing_leads_out_of_an_end(course, more, person, may_confirm):
    found = state(course)
    if found in ENDED:
        later = after(course, *((one.kind, one.by_id) for one in course.steps), *more)
        assert state(later) is found
        assert possible(later, person, may_confirm=may_confirm) == frozenset()


@given(COURSES, PEOPLE, st.booleans(), st.sampled_from(list(K)))
def test_a_step_is_taken_exactly_where_it_is_possible(course, person, may_confirm, kind):
    try:
        require_step(course, kind, person, "w", may_confirm=may_confirm)
    except (Conflict, Forbidden):
        assert kind not in possible(course, person, may_confirm=may_confirm)
    else:
        assert kind in possible(course, person, may_confirm=may_confirm)


@pytest.mark.parametrize(
    ("changes", "form", "fault"),
    [
        ({"title": " "}, Form.CLIP, "title"),
        ({"title": "x" * 121}, Form.CLIP, "at most 120"),
        ({"why": ""}, Form.CLIP, "learned"),
        ({"words": ""}, Form.STORY, "what happened"),
        ({"criterion": ""}, Form.STORY, "criterion or the class"),
        ({"words": "x" * 6001}, Form.CLIP, "at most 6000"),
        ({"words": "号码是 138 0013 8000"}, Form.CLIP, "long number"),
        ({"why": "一三八零零一三八零零零"}, Form.STORY, "long number"),
        ({"title": "13800138000"}, Form.CLIP, "long number"),
    ],
)
def test_what_is_missing_or_looks_like_a_number_is_refused(changes, form, fault):
    with pytest.raises(Invalid, match=fault):
        check_told(replace(TOLD, **changes), form)


def test_prices_days_and_a_case_number_of_its_own_pass():
    check_told(replace(TOLD, words="每月128元，3月15日", case_number="20261109000123"), Form.STORY)


def test_every_word_looked_for_has_to_stand_somewhere():
    assert matches(("先认可情绪", "Refund"), "refund 情绪")
    assert not matches(("先认可情绪", "Refund"), "refund 宽带")
    assert matches((), "")
