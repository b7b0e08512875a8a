"""Both languages: the catalogue holds what stands in the code, and sentences keep their values."""

import re
import shutil
import string

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from qa_app import messages
from qa_app.components.review_desk import LABELS
from qa_app.core.errors import Conflict, Invalid, Terms
from qa_app.i18n import preferred, sentence, translate
from transcription.audio import Refused

HAN = re.compile(r"[\u4e00-\u9fff]")
WITHOUT_WORDS = {"“{text}”", "{name}, {when}", "{where}: {path}: {value}: {problem}."}


@pytest.fixture(scope="module")
def in_code():
    return messages.collect()


@pytest.fixture(scope="module")
def written():
    return messages.catalogue()


@pytest.fixture
def package(tmp_path):
    """Writes a module of a made-up package and gives the package's folder."""

    def write(body):
        folder = tmp_path / "made_up"
        folder.mkdir(exist_ok=True)
        (folder / "page.py").write_text(body, encoding="utf-8")
        return folder

    return write


def test_every_message_in_the_code_is_translated_without_doubt_and_with_the_same_places(in_code, written):
    assert messages.catalogue_faults(in_code, written) == []


def test_no_message_in_the_code_is_put_together_or_left_without_a_value():
    assert messages.code_faults() == []


def test_the_catalogue_holds_nothing_that_is_gone_from_the_code(in_code, written):
    assert {message.id for message in written if message.id} - in_code.keys() == set()


def test_the_compiled_catalogue_is_that_of_the_written_one(written):
    assert messages.compiled_faults(written, messages.compiled()) == []


def test_every_word_of_the_review_desk_is_chinese(in_code):
    assert set(LABELS.values()) <= in_code.keys()
    english = {text for text in LABELS.values() if not HAN.search(translate("zh", text))}
    assert english <= WITHOUT_WORDS


def test_every_translation_has_chinese_words(in_code):
    assert {text for text in in_code if not HAN.search(translate("zh", text))} <= WITHOUT_WORDS


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?<!百万)用户", "a customer is 客户, an employee 人员; 百万用户申诉率 is the regulator's own name"),
        (
            r"[\u4e00-\u9fff][,;!?]|[\u4e00-\u9fff]\.(\s|$)|[,;!?][\u4e00-\u9fff]",
            "Chinese sentences take Chinese punctuation",
        ),
        (r"[\u4e00-\u9fff] +[\u4e00-\u9fff]", "no blank stands between Chinese characters"),
        (r"^\s|\s$", "no blank stands at an end"),
    ],
)
def test_translations_keep_the_house_words_and_punctuation(written, pattern, why):
    assert [message.string for message in written if message.id and re.search(pattern, message.string)] == [], why


@pytest.mark.parametrize(
    ("message", "term"),
    [
        ("Fatal errors", "致命项"), ("Not fit for scoring", "不适检"), ("Transcript", "转写稿"),
        ("Agent", "客服代表"), ("Customer", "客户"), ("Scorecard", "质检评分表"), ("left to people", "待人工判定"),
        ("QA lead", "质检主管"), ("Journal", "操作日志"),
    ],
)  # fmt: skip
def test_terms_are_those_of_the_glossary(message, term):
    assert translate("zh", message) == term


def test_an_untranslated_message_of_a_new_module_is_found(package, written):
    folder = package('title = _("A sentence nobody has translated")\nsave = _("Save")\n')
    assert messages.catalogue_faults(messages.collect([folder]), written) == [
        "'A sentence nobody has translated': not in the catalogue; run the update."
    ]


def test_messages_are_found_in_every_form_they_are_written_in(package):
    folder = package(
        'LABELS: dict[str, str] = {"a": "one " "two"}\n'
        'ROLES = {1: N_("three")}\n'
        "def act(done):\n"
        '    session._("four {n}", n=_("five"))\n'
        '    _("six" if done else "seven")\n'
        "    _(ROLES[1])\n"
        "    raise Invalid(\n"
        '        "eight {why} "\n'
        '        "nine",\n'
        "        why=done,\n"
        "    )\n"
        'header = say("ten")\n'
        'other = {"a": "eleven"}\n'
        'print("twelve")\n'
    )
    assert messages.collect([folder]) == {
        "one two": [("made_up/page.py", 1)],
        "three": [("made_up/page.py", 2)],
        "four {n}": [("made_up/page.py", 4)],
        "five": [("made_up/page.py", 4)],
        "six": [("made_up/page.py", 5)],
        "seven": [("made_up/page.py", 5)],
        "eight {why} nine": [("made_up/page.py", 7)],
        "ten": [("made_up/page.py", 12)],
    }


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ('Invalid(f"No {name}.")', "put together"),
        ('NotFound("No " + name)', "put together"),
        ('_("No {}".format(name))', "put together"),
        ('Conflict("No %s" % name)', "put together"),
        ('Invalid("No {name}.")', "no value is given for name"),
        ('_("{a} of {b}", a=1)', "no value is given for b"),
    ],
)
def test_a_message_that_nobody_could_translate_or_fill_is_found(package, call, fault):
    (found,) = messages.code_faults([package(f"name = 1\nx = {call}\n")])
    assert found.startswith("made_up/page.py:2: ")
    assert fault in found


@pytest.mark.parametrize("call", ['Invalid("No {name}.", name=1)', '_("{a:.0f} s", a=1)', "_(NAMES[1])", 'N_("{a}")'])
def test_a_message_with_its_values_is_no_fault(package, call):
    assert messages.code_faults([package(f"x = {call}\n")]) == []


@pytest.mark.parametrize(
    ("translation", "flags", "fault"),
    [
        ("", (), "not translated"),
        ("有 {number} 通", ("fuzzy",), "marked as doubtful"),
        ("有 {count} 通", (), "other places"),
        ("有 {number} 通，{number}", (), "other places"),
        ("有 {number:.1f} 通", (), "other places"),
        ("有 {number} 通}", (), "other places"),
    ],
)
def test_a_bad_translation_is_found(translation, flags, fault):
    catalogue = Catalog(locale="zh_CN")
    catalogue.add("{number} calls", translation, flags=flags)
    (found,) = messages.catalogue_faults(["{number} calls"], catalogue)
    assert fault in found


def test_a_compiled_catalogue_that_is_behind_is_found():
    catalogue = Catalog(locale="zh_CN")
    catalogue.add("a", "甲")
    catalogue.add("b", "乙")
    found = messages.compiled_faults(catalogue, {"a": "甲", "b": "旧", "c": "丙"})
    assert [fault[:3] for fault in found] == ["'b'", "'c'"]


def test_an_update_keeps_translations_takes_up_new_messages_and_drops_unused_ones(package, tmp_path):
    po = tmp_path / "huiting.po"
    shutil.copy(messages.PO, po)
    folder = package('_("Save")\n_("Brand new")\n')
    messages.update([folder], po)
    kept = messages.catalogue(po)
    assert {message.id: message.string for message in kept if message.id} == {"Save": "保存", "Brand new": ""}
    assert messages.compiled(po) == {"Save": "保存"}


def test_an_update_without_a_change_in_the_code_writes_the_same_file_again(tmp_path):
    po = tmp_path / "huiting.po"
    shutil.copy(messages.PO, po)
    messages.update(po=po)
    before = po.read_bytes()
    messages.update(po=po)
    assert po.read_bytes() == before


def test_a_sentence_has_its_values_in_both_languages():
    error = Conflict("The login {login} is taken; choose another.", login="wang")
    assert sentence("en", error) == "The login wang is taken; choose another."
    assert sentence("zh", error) == "登录名 wang 已被占用，请换一个。"


def test_a_sentence_keeps_the_format_of_a_number():
    error = Refused(
        "{name} is {found_s:.1f} s long; at least {limit_s:.1f} s are needed.",
        code="too_short", name="a.wav", found_s=0.449, limit_s=1,
    )  # fmt: skip
    assert sentence("zh", error) == "a.wav 时长 0.4 秒，至少需要 1.0 秒。"


def test_an_english_sentence_is_what_the_error_says():
    error = Invalid("{login!r} cannot be a login: use 2 to 80 letters, digits, dots, hyphens or @.", login="a b")
    assert sentence("en", error) == str(error)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", ["{", "}", "{}", "{first_s: 30}", "100 %", "{{name}}"])
def test_plain_text_with_braces_stays_as_it_is(language, text):
    assert translate(language, text) == text
    assert sentence(language, Invalid(text)) == text


@given(st.text())
def test_a_value_with_braces_is_shown_as_it_is(value):
    error = Conflict("The login {login} is taken; choose another.", login=value)
    assert sentence("zh", error) == f"登录名 {value} 已被占用，请换一个。"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_empty_message_stays_empty_and_an_unknown_one_as_it_is(language):
    assert translate(language, "") == ""
    assert translate(language, "A sentence nobody has translated") == "A sentence nobody has translated"


def test_every_translation_can_be_filled_in(in_code, written):
    for text in in_code:
        for _, name, _, _ in string.Formatter().parse(written.get(text).string):
            assert name is None or name.isidentifier()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.4, zh-TW;q=0.5", "zh"),
        ("en ; q=0.4 , zh; q=0.3", "en"),
        ("fr-FR,de;q=0.9,en;q=0.1", "en"),
        ("EN-GB", "en"),
        ("fr", "zh"),
        ("", "zh"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=much, zh", "zh"),
        ("en,zh", "en"),
    ],
)
def test_the_browsers_first_language_of_ours_is_taken_and_chinese_without_one(header, language):
    assert preferred(header) == language


@given(st.text())
def test_any_header_gives_one_of_our_languages(header):
    assert preferred(header) in {"zh", "en"}


def test_codes_in_a_sentence_are_shown_by_their_names_and_stay_codes_for_programs():
    told = Invalid("{kind} is incomplete: {missing} must be filled in.", kind=Terms("returned"),
                   missing=Terms("cause", "no_such_code"))  # fmt: skip
    assert str(told) == "returned is incomplete: cause, no_such_code must be filled in."
    assert sentence("en", told) == "Return slip is incomplete: Cause, no_such_code must be filled in."
    assert "回单" in sentence("zh", told)
    assert "原因、no_such_code" in sentence("zh", told)
