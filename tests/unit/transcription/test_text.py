from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import NotFound
from transcription.model import Word
from transcription.text import (
    compression_ratio,
    joined_punctuation,
    loop_at,
    simplified_words,
    spoken_text,
    with_chinese_mark,
    without_inventions,
    without_loops,
)
from transcription.vocabulary import all_labels, vocabulary, vocabulary_for


def words(*texts):
    return tuple(Word(i, i + 1, text, 0.9) for i, text in enumerate(texts))


def texts(found):
    return [word.text for word in found]


def test_a_phrase_said_over_and_over_is_kept_once():
    assert without_loops([1, 2, 3, 2, 3, 2, 3, 2, 3, 4]) == [1, 2, 3, 4]


def test_three_rounds_are_still_speech_and_so_are_zeros_in_a_number():
    assert loop_at([2, 3, 2, 3, 2, 3]) is None
    assert loop_at([1, 0, 0, 0, 0, 0, 2]) is None


@given(st.lists(st.integers(0, 3), max_size=60))
def test_without_loops_there_is_no_loop_and_nothing_new(tokens):
    kept = without_loops(tokens)
    assert loop_at(kept) is None
    assert len(kept) <= len(tokens)


def test_a_text_that_repeats_itself_compresses_well():
    assert compression_ratio("谢谢观看" * 30) > 2.4 > compression_ratio("您好请问有什么可以帮您我想查一下上个月的话费")
    assert compression_ratio("") == 0


def test_traditional_signs_become_simplified_with_their_times():
    found = simplified_words(words("電", "話", "費"))
    assert texts(found) == ["电", "话", "费"]
    assert found[2].start_s == 2


@pytest.mark.parametrize(
    "invented",
    [
        "字幕by索兰娅",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "谢谢观看",
        "感谢您的收看。",
        "Thanks for watching!",
        "Subtitles by the Amara.org community",
    ],
)
def test_what_whisper_learnt_from_films_is_taken_out(invented):
    kept = without_inventions((*words(*"好的。"), *words(*invented)))
    assert "".join(texts(kept)) == "好的。"


@pytest.mark.parametrize("said", ["谢谢您的来电", "感谢您的耐心等待", "thank you for calling", "麻烦您订阅一下短信"])
def test_what_agents_really_say_stays(said):
    assert "".join(texts(without_inventions(words(*said)))) == said


def test_the_prompt_does_not_leak_into_the_text():
    kept = without_inventions(words(*"以下是普通话的句子。您好"), "以下是普通话的句子。")
    assert "".join(texts(kept)) == "您好"


def test_marks_stick_to_the_word_before_them_and_none_opens_a_text():
    assert texts(joined_punctuation(words(",", "您", "好", "。", " "))) == ["您", "好。"]


def test_half_width_marks_become_full_width_in_chinese():
    assert with_chinese_mark(words("吗?")[0]).text == "吗\uff1f"


def test_blanks_are_single():
    assert spoken_text(words(" Hello,", "  Jack")) == "Hello, Jack"


def test_vocabularies_are_found_by_name_and_version():
    assert vocabulary_for("zh").label == "telecom-zh@1"
    assert vocabulary("telecom-en@1").language == "en"
    assert set(all_labels()) == {"telecom-zh@1", "telecom-en@1"}
    with pytest.raises(NotFound, match="telecom-zh@9"):
        vocabulary("telecom-zh@9")
