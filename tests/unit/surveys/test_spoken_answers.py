"""Answers spoken in written mini-dialogues: scores, words and yes or no, by sign and by sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.spoken_answers import LEAST_CONFIDENCE, Asked, Kind, differences, hear_answers
from transcription.model import Utterance

RATE = Asked("rate", "请您对本次投诉处理打几分，一到十分", 9)
PLEASED = Asked("pleased", "您对处理结果满意吗", 4, Kind.SATISFACTION, 1, 5)
SOLVED = Asked("solved", "您的问题解决了吗", True, Kind.YES_NO)
SIDES = {"a": "agent", "c": "customer", "i": "ivr"}


def talk(*lines):
    """Lines such as "a 您好", each 4 seconds long and 5 seconds after the one before."""
    return [
        Utterance(at, SIDES[line[0]], line[2:], at * 5.0, at * 5.0 + 4) for at, line in enumerate(lines)
    ]  # fmt: skip


def heard(asked, *lines):
    return hear_answers(talk(f"a {asked.text}", *lines), [asked])[0]


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("八分", 8), ("8分", 8), ("打八分", 8), ("就八分吧", 8), ("十分", 10), ("满分", 10), ("给最高分", 10),
        ("巴分", 8), ("打巴分吧", 8), ("酒分", 9), ("时分吧", 10), ("八份", 8), ("九分", 9), ("给个六", 6),
        ("八", 8), ("9", 9), ("嗯，给个七吧", 7), ("十分吧", 10), ("两分", 2), ("６分", 6), ("八八分", 8),
        ("七分，不，八分", 8), ("9分，哦不对，8分", 8), ("七分，还是八分吧", 8), ("不能给十分，八分吧", 8),
        ("本来想给十分的现在只能给六分", 6), ("我打九分扣一分是因为等太久", 9),
        ("上次给七分，这次八分", 8), ("十分满分我给八分", 8), ("没有满分，八分吧", 8),
        ("你们处理了八天，我给五分", 5), ("六分吧，毕竟等了三天", 6), ("那就七八分吧，就八分", 8),
        ("eight", 8), ("I'd say 9 out of 10", 9), ("seven, no, eight", 8), ("maybe a 7", 7), ("8/10", 8),
        ("ten out of ten", 10), ("I'd give it an eight because it took long", 8),
    ],
)  # fmt: skip
def test_a_score_is_heard(said, score):
    found = heard(RATE, f"c {said}")
    assert found.spoken == score
    assert found.confidence >= LEAST_CONFIDENCE
    assert (found.at_s, found.end_s, found.quote) == (5, 9, said)


@pytest.mark.parametrize(
    "said",
    [
        "七八分", "7到8分", "七分还是八分", "八分九分吧", "七、八分", "八分左右", "不到八分", "八点五分",
        "八十分", "两三分吧",
        "seven or eight", "8.5", "零分", "八分到九分之间吧", "一分都不想给", "给你个人十分给你们公司两分",
        "八块钱", "三天", "10086", "八月", "十分满意", "10分满意", "十分感谢", "八分钟", "五分钱", "扣两分",
        "给我八份合同",
        "一到十分吗", "满分是十分吗", "气氛不好", "我打给10086三次", "我办的是三分期的那个", "是分", "一部分",
        "三分之一",
        "three days", "8 dollars", "the first one", "", "我不想评价",
    ],
)  # fmt: skip
def test_what_is_no_sure_score_is_left_to_people(said):
    assert heard(RATE, f"c {said}").spoken is None


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("满意", 4), ("满意的", 4), ("比较满意", 4), ("非常满意", 5), ("十分满意", 5), ("十分的满意", 5), ("慢意", 4),
        ("不满意", 2), ("不太满意", 2), ("非常不满意", 1), ("十分不满意", 1), ("一点都不满意", 1), ("一般",
        3), ("一班吧", 3),
        ("四分", 4), ("五", 5), ("本来不满意，现在满意了", 4), ("very satisfied", 5), ("not satisfied", 2),
        ("neutral", 3),
    ],
)  # fmt: skip
def test_satisfaction_is_heard_in_words_and_in_numbers(said, score):
    assert heard(PLEASED, f"c {said}").spoken == score


@pytest.mark.parametrize(
    "said", ["没有不满意", "满意吗", "谈不上满意", "八分", "我再想想", "满意，一般", "怎么可能满意", "没什么不满意的"]
)
def test_unclear_words_of_satisfaction_are_left_to_people(said):
    assert heard(PLEASED, f"c {said}").spoken is None


def test_words_mean_nothing_on_another_scale():
    asked = Asked("pleased", PLEASED.text, 9, Kind.SATISFACTION, 1, 10)
    assert heard(asked, "c 非常满意").spoken is None


def test_words_that_contradict_the_number_make_it_less_sure():
    assert heard(PLEASED, "c 四分").confidence > heard(PLEASED, "c 非常满意，四分").confidence


@pytest.mark.parametrize(
    ("said", "solved"),
    [
        ("解决了", True), ("已经解决了", True), ("借决了", True), ("是的", True), ("对", True), ("嗯", True),
        ("没错", True),
        ("嗯，解决了", True), ("不是，解决了", True), ("没，解决了", True), ("应该解决了吧", True), ("yes", True),
        ("yeah it's fixed", True), ("it's been solved", True),
        ("没解决", False), ("没有解决", False), ("美解决", False), ("还没", False), ("没有", False), ("不是", False),
        ("嗯，没有", False), ("对，没解决", False), ("是的，还没呢", False), ("根本没处理", False), ("no", False),
        ("not yet", False), ("no it wasn't", False), ("it's not fixed", False),
    ],
)  # fmt: skip
def test_yes_or_no_is_heard(said, solved):
    found = heard(SOLVED, f"c {said}")
    assert found.spoken is solved
    assert found.confidence >= LEAST_CONFIDENCE


@pytest.mark.parametrize(
    "said",
    ["解决了一半", "部分解决了", "不知道", "对不起我听不清", "对了，我还有一个问题", "解决了吗", "没问题", "not sure"],
)
def test_what_is_neither_yes_nor_no_is_left_to_people(said):
    assert heard(SOLVED, f"c {said}").spoken is None


def test_an_opening_not_so_is_too_weak_for_a_difference():
    found = heard(SOLVED, "c 不是，我跟你说啊")
    assert differences([found]) == ()


@pytest.mark.parametrize("assent", ["对", "是的", "嗯", "可以", "没错", "yes"])
def test_assent_to_what_the_agent_reads_back_is_the_answer(assent):
    found = heard(RATE, "c 挺好的吧", "a 那给您记九分是吧", f"c {assent}")
    assert (found.spoken, found.confidence) == (9, 0.9)
    assert (found.at_s, found.quote) == (15, assent)


def test_assent_to_no_is_no():
    assert heard(SOLVED, "c 哎呀", "a 就是还没解决是吧", "c 对").spoken is False


def test_assent_to_a_question_that_says_no_is_no():
    asked = Asked("solved", "您的问题还没有解决吗", True, Kind.YES_NO)
    assert heard(asked, "c 对").spoken is False
    assert heard(asked, "c 不是").spoken is None


def test_denied_without_another_answer_is_left_to_people():
    assert heard(RATE, "c 挺好的", "a 九分是吧", "c 不是").spoken is None


def test_an_answer_that_replaces_a_denied_one_counts():
    found = heard(RATE, "c 八分", "a 九分是吧", "c 不是，八分")
    assert found.spoken == 8
    assert found.confidence == 0.9


def test_what_the_agent_repeats_is_surer_and_what_the_agent_contradicts_less_sure():
    plain = heard(RATE, "c 八分")
    repeated, contradicted = (heard(RATE, "c 八分", f"a 好的，{back}", "c 再见") for back in ("八分", "给您记九分"))
    assert contradicted.confidence < LEAST_CONFIDENCE < plain.confidence < repeated.confidence
    assert {one.spoken for one in (plain, repeated, contradicted)} == {8}


def test_a_contradiction_that_the_customer_accepts_is_the_answer():
    assert heard(RATE, "c 八分", "a 九分对吗", "c 对").spoken == 9


def test_a_later_answer_replaces_the_first_and_is_less_sure():
    found = heard(RATE, "c 七分", "a 您再考虑一下", "c 八分")
    assert found.spoken == 8
    assert found.confidence == pytest.approx(0.9 * 0.85)


def test_a_correction_in_the_next_utterance_is_found_where_it_is_said():
    found = heard(RATE, "c 七分", "c 不，八分")
    assert (found.spoken, found.at_s, found.quote) == (8, 10, "不，八分")


def test_the_agents_scale_is_no_read_back():
    assert heard(RATE, "c 什么", "a 十分是非常满意，一分是非常不满意", "c 嗯").spoken is None


@pytest.mark.parametrize("next_question", ["那您对我们的态度满意吗", "那您对我们的态度是否满意"])
def test_the_next_question_is_no_read_back_of_the_last_answer(next_question):
    assert heard(PLEASED, "c 不满意", f"a {next_question}").confidence == 0.8
    lines = talk("a 您对处理结果满意吗", "c 不满意", f"a {next_question}", "c 满意")
    asked = (PLEASED, Asked("manner", "您对我们的态度满意吗", 4, Kind.SATISFACTION, 1, 5))
    assert [(one.spoken, one.confidence) for one in hear_answers(lines, asked)] == [(2, 0.8), (4, 0.85)]


def test_promises_of_the_agent_are_no_read_back():
    assert heard(SOLVED, "c 没解决", "a 我们解决了再给您回电", "c 好的").spoken is False


THREE = (PLEASED, RATE, SOLVED)


def test_each_question_gets_the_answer_after_it():
    lines = talk(
        "i 您的通话将被录音", "a 您好，请问您对处理结果满意吗", "c 一般吧",
        "a 请您对本次投诉处理打几分，一到十分", "c 六分", "a 好的，六分",
        "a 请问您的问题解决了吗", "c 没有", "a 感谢您的接听，再见",
    )  # fmt: skip
    found = hear_answers(lines, THREE)
    assert [one.question for one in found] == ["pleased", "rate", "solved"]
    assert [one.spoken for one in found] == [3, 6, False]
    assert found[1].confidence == 0.95
    assert differences(found) == found  # logged were 4, 9 and yes


def test_questions_in_another_order_are_found_by_their_sound():
    lines = talk(
        "a 您的问题揭决了吗", "c 解决了", "a 请您对本次投诉处理打几分", "c 九分", "a 您对处理结果满意么", "c 满意"
    )
    found = hear_answers(lines, THREE)
    assert [one.spoken for one in found] == [4, 9, True]
    assert differences(found) == ()


def test_a_question_in_other_words_is_found_by_the_order_and_is_less_sure():
    lines = talk("a 您对处理结果满意吗", "c 满意", "a 那要是让您打个分呢", "c 八分", "a 您的问题解决了吗", "c 解决了")
    found = hear_answers(lines, THREE)
    assert [one.spoken for one in found] == [4, 8, True]
    assert found[1].confidence == pytest.approx(0.9 * 0.75)
    assert [one.question for one in differences(found)] == ["rate"]


def test_a_question_that_was_never_asked_has_no_answer():
    found = hear_answers(talk("a 您对处理结果满意吗", "c 满意", "a 再见"), [PLEASED, RATE])
    assert (found[1].spoken, found[1].at_s, found[1].quote, found[1].confidence) == (None, None, "", 0)


def test_a_call_without_a_word_has_no_answers():
    assert [one.spoken for one in hear_answers([], THREE)] == [None, None, None]


def test_what_was_not_logged_but_was_said_is_a_difference():
    found = heard(Asked("rate", RATE.text, None), "c 八分")
    assert differences([found]) == (found,)
    assert differences([found], least=0.99) == ()


def test_no_and_zero_are_not_the_same_as_nothing():
    asked = Asked("nps", "您会推荐我们吗零到十分打几分", 0, low=0)
    assert differences([heard(asked, "c 零分")]) == ()
    assert heard(asked, "c 零分").spoken == 0


@given(st.lists(st.text("零一二三八九十百点分份满意不没解决对嗯是吗吧，。?8 10/or", max_size=15), max_size=6))
def test_any_words_are_read_without_an_error_and_within_the_scale(said):
    lines = talk(*(f"{'ac'[at % 2]} {words}" for at, words in enumerate(said)))
    for asked, found in zip(THREE, hear_answers(lines, THREE), strict=True):
        assert 0 <= found.confidence <= 1
        assert found.spoken is None or asked.kind is Kind.YES_NO or asked.low <= found.spoken <= asked.high
