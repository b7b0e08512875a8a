from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transcription.numbers_spoken import number_signs, number_words
from transcription.sound import find, hear, level_syllable, nearest, occurrences, prepare, prepare_phrase, spans


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("感谢您的致电", "感谢您的制电，再见", "感谢您的制电"),
        ("工号", "我的宫号是八零一二", "宫号"),
        ("给您带来不便", "给您带来不变非常抱歉", "给您带来不变"),
        ("您的手机号", "请问林的手机号是多少", "林的手机号"),  # n/l and in/ing at once
        ("身份证", "请报一下深分争号码", "深分争"),  # sh/s, en/eng, zh/z
        ("理解您的心情", "我可以李解您的星情", "李解您的星情"),
        ("银行卡", "您的银航卡", "银航卡"),  # 行 is read hang in company
    ],
)
def test_homophones_and_near_sounds_match(phrase, text, quote):
    match = find(phrase, text)
    assert match is not None
    assert text[match.start : match.end] == quote
    assert match.how == "sound"
    assert 0.8 <= match.similarity < 1
    assert find(phrase, text, by_sound=False, min_similarity=1) is None


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("工号", "您的公司在哪里"),
        ("给您带来不便", "宽带明天上午安装"),
        ("抱歉", "抱怨"),
        ("非常抱歉", "非常感谢"),
        ("sorry for the inconvenience", "the bill is for March"),
        ("I understand", "I am standing under it"),
        ("refund", "refundable"),
        ("你好", ""),
        ("你好", "……！"),
        ("", "你好"),
    ],
)
def test_other_words_do_not_match(phrase, text):
    assert find(phrase, text) is None


def test_every_sign_found_is_whole_likeness_and_by_sign():
    match = find("很高兴为您服务", "您好，很高兴，为您服务。")
    assert match is not None
    assert "您好，很高兴，为您服务。"[match.start : match.end] == "很高兴，为您服务"  # punctuation inside is quoted too
    assert (match.similarity, match.how) == (1.0, "sign")


def test_likeness_of_a_homophone_is_a_tenth_of_an_edit():
    match = find("工号", "宫号")
    assert match is not None
    assert match.similarity == pytest.approx(0.95)  # 1 - 0.1 / 2
    match = find("给您带来不便", "给您带来了不便")
    assert match is not None
    assert match.similarity == pytest.approx(1 - 1 / 6)  # one sign too many in six
    assert match.how == "sign"


def test_short_phrases_must_agree_in_every_sound():
    assert find("再见", "再来") is None
    assert find("您工号", "您号码", min_similarity=0.6) is None


def test_a_phrase_after_an_equals_sign_is_matched_by_sign_alone():
    assert find("妈的", "来电号码的账单") is not None
    assert find("=妈的", "来电号码的账单") is None
    match = find("=妈的", "他妈的")
    assert match is not None
    assert (match.start, match.similarity, match.how) == (1, 1.0, "sign")


def test_traditional_signs_full_width_letters_and_case_are_levelled():
    match = find("给您办理退费", "給您辦理退費")
    assert match is not None
    assert match.similarity == 1
    assert find("WiFi密码", "您的ｗｉｆｉ密碼") is not None


def test_english_is_matched_by_words_contractions_and_both_spellings():
    for phrase, text, quote in [
        ("I am sorry", "Oh, I'm SORRY about that", "I'm SORRY"),
        ("I apologize", "I apologise for this", "I apologise"),
        ("cannot help", "we can't help you", "can't help"),
        ("thank you for calling", "Thank you, for calling!", "Thank you, for calling"),
        ("I understand how frustrating", "I really understand how frustrating it is", "understand how frustrating"),
    ]:
        match = find(phrase, text, min_similarity=0.75)
        assert match is not None, phrase
        assert text[match.start : match.end] in (quote, "I really " + quote, "really " + quote)


def test_common_words_are_not_taken_for_british_spelling():
    assert prepare("four hour your").signs == prepare("FOUR HOUR YOUR").signs != prepare("for hor yor").signs
    assert prepare("colour").signs == prepare("color").signs


def test_numbers_match_written_or_spoken():
    assert find("二十四小时内", "24小时内给您回复") is not None
    assert find("24小时内", "二十四小时内给您回复") is not None
    assert find("拨打10086", "您拨打一零零八六") is not None
    assert find("拨打12315", "我拨打幺二三幺五") is not None
    assert find("within 24 hours", "We'll call within twenty-four hours") is not None
    assert find("两个工作日", "2个工作日") is not None


@pytest.mark.parametrize(
    ("digits", "signs", "words"),
    [
        ("0", "零", ["zero"]),
        ("7", "七", ["seven"]),
        ("10", "十", ["ten"]),
        ("15", "十五", ["fifteen"]),
        ("40", "四十", ["forty"]),
        ("105", "一百零五", ["one", "hundred", "five"]),
        ("110", "一百一十", ["one", "hundred", "ten"]),
        ("2026", "二千零二十六", ["two", "thousand", "twenty", "six"]),
        ("1000", "一千", ["one", "thousand"]),
        ("007", "零零七", ["zero", "zero", "seven"]),
        ("10086", "一零零八六", ["one", "zero", "zero", "eight", "six"]),
    ],
)
def test_numbers_are_spoken_as_people_speak_them(digits, signs, words):
    assert number_signs(digits) == signs
    assert number_words(digits) == words


def test_a_phrase_may_hold_a_gap_or_a_number():
    text = "那您说的是上个月多扣了二十元对吗先生"
    match = find("您说的是……对吗", text)
    assert match is not None
    assert text[match.start : match.end] == "您说的是上个月多扣了二十元对吗"
    assert find("您说的是……对吗", "您缩的四多扣了钱对马") is not None  # by sound too
    assert find("您是……是吧", "您是二十号升级的八十八") is None  # a short pattern is matched by sign
    match = find("{n}个工作日", "会在3个工作日内退回")
    assert match is not None
    assert "会在3个工作日内退回"[match.start : match.end] == "3个工作日"
    assert find("{n}个工作日", "会在三到五个工作日") is not None
    assert find("{n}小时", "就是小时候的事") is None  # 是 sounds like 十, and numbers are matched by sign
    assert find("within {n} hours", "Within 48 hours, madam") is not None
    assert find("within {n} hours", "within some hours") is None


def test_a_gap_does_not_reach_into_the_next_utterance_nor_too_far():
    heard = hear(("您说的是", "多扣了钱对吗"))
    assert occurrences([prepare_phrase("您说的是……对吗")], heard, 0, 2) == []
    assert find("您说的是……对吗", "您说的是" + "啊" * 21 + "对吗") is None


def test_every_occurrence_is_found_with_its_utterance():
    heard = hear(("好的好的", "嗯", "号的"))
    hits = occurrences([prepare_phrase("好的")], heard, 0, 3)
    assert [(hit.position, hit.match.start, hit.match.how) for hit in hits] == [
        (0, 0, "sign"),
        (0, 2, "sign"),
        (2, 0, "sound"),
    ]
    assert [hit.position for hit in occurrences([prepare_phrase("好的")], heard, 1, 3)] == [2]


def test_the_nearest_wording_is_told_however_far_it_is():
    heard = hear(("宽带坏了", "给您添麻烦了", "给您带走不少"))
    near = nearest([prepare_phrase("给您带来不便"), prepare_phrase("非常抱歉")], heard, 0, 3)
    assert near is not None
    assert near.phrase == "给您带来不便"
    assert near.position == 2
    assert 0 < near.match.similarity < 0.8
    assert nearest([prepare_phrase("非常抱歉")], heard, 0, 1) is None


@pytest.mark.parametrize(
    ("syllable", "levelled"),
    [
        ("zhang", "zan"),
        ("chi", "ci"),
        ("shuang", "suan"),
        ("nin", "lin"),
        ("ling", "lin"),
        ("dong", "dong"),
        ("neng", "len"),
        ("n", "n"),
        ("ng", "ng"),
        ("e", "e"),
    ],
)
def test_confused_sounds_are_made_one(syllable, levelled):
    assert level_syllable(syllable) == levelled


signs = st.text(alphabet=st.sampled_from("您好请稍等给带来不便抱歉的工号宫致制电，。 abc'12"), max_size=30)


@settings(deadline=None)
@given(signs | st.text(max_size=30), signs | st.text(max_size=12))
@example("ﬁ①½", "½")
@example("İ've", "i")
def test_what_is_found_stands_in_the_text_and_every_code_has_its_place(text, phrase):
    assert len(spans(text)) == len(prepare(text).signs) == len(prepare(text).sounds)
    match = find(phrase, text, min_similarity=0.5)
    if match is not None:
        assert 0 <= match.start < match.end <= len(text)
        assert 0.5 <= match.similarity <= 1
        assert match.how in ("sign", "sound")


@settings(deadline=None)
@given(signs, signs.filter(lambda text: prepare(text).signs != ""), signs)
def test_a_chinese_phrase_that_is_said_is_always_found(before, phrase, after):
    if "'" in before + phrase + after or any(char in "abc12" for char in before + phrase + after):
        return  # letters and digits run together into other words
    match = find(phrase, before + phrase + after, min_similarity=1 - 1e-9)
    assert match is not None
