"""Wordings of messages: the ones that ship, filled in by hand, and files that are refused with the place."""

from string import ascii_lowercase

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid, NotFound
from surveys.templates import (
    LANGUAGES,
    PLACES,
    Template,
    Templates,
    places,
    shipped_codes,
    shipped_templates,
    templates_from_yaml,
)

ALL = {place: f"<{place}>" for place in PLACES}


def one(body):
    """Wordings of which only the body in Chinese matters."""
    text = {"zh": "题", "en": "subject"}
    return Templates({"mine": Template("mine", text, text, {"zh": body, "en": "body"})})


def shipped(**changes):
    """The shipped file with one wording changed; None takes it out."""
    document = {
        "templates": {
            code: {"title": dict(found.title), "subject": dict(found.subject), "body": dict(found.body)}
            for code, found in shipped_templates().known.items()
        }
        | changes
    }
    document["templates"] = {code: given for code, given in document["templates"].items() if given is not None}
    return yaml.safe_dump(document, allow_unicode=True)


def test_a_receipt_by_hand():
    values = {"number": "TS20261109-00001", "company": "回听", "received": "11月9日", "hotline": "10000"}
    message = shipped_templates().fill("registered", "zh", values)
    assert message.subject == "您的投诉已受理（TS20261109-00001）"
    assert message.body == (
        "【回听】您好，您于11月9日反映的问题已受理，工单号TS20261109-00001。"
        "我们会尽快为您处理，如需查询请致电10000并告知工单号。"
    )


@pytest.mark.parametrize("code", shipped_codes())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_wording_fills_and_leaves_no_place_open(code, language):
    wording, message = shipped_templates().of(code), shipped_templates().fill(code, language, ALL)
    wanted = places(wording.subject[language]) + places(wording.body[language])
    assert wanted
    assert all(f"<{place}>" in message.subject + message.body for place in wanted)
    assert not set("{}") & set(message.subject + message.body)


@pytest.mark.parametrize("code", shipped_codes())
def test_both_languages_of_a_wording_say_the_same_places(code):
    wording = shipped_templates().of(code)
    assert sorted(places(wording.body["zh"])) == sorted(places(wording.body["en"]))
    assert sorted(places(wording.subject["zh"])) == sorted(places(wording.subject["en"]))


def test_feedback_carries_its_four_parts():
    assert {"result", "cause", "improvement", "thanks"} <= shipped_templates().of("feedback").places


@pytest.mark.parametrize("lacking", ["reason", "promised"])
@pytest.mark.parametrize("left", [..., "", " \n"])
def test_a_message_with_an_empty_place_is_not_sent_and_the_place_is_named(lacking, left):
    values = {name: value for name, value in (ALL | {lacking: left}).items() if value is not ...}
    with pytest.raises(Invalid, match=f"“delay” cannot be sent: {lacking} missing"):
        shipped_templates().fill("delay", "zh", values)


def test_a_language_that_is_not_spoken_gets_chinese():
    assert shipped_templates().fill("progress", "fr", ALL) == shipped_templates().fill("progress", "zh", ALL)
    assert shipped_templates().fill("progress", "en", ALL) != shipped_templates().fill("progress", "zh", ALL)


def test_a_subject_is_one_line_whatever_people_wrote():
    text = {"zh": "关于{words}", "en": "on {words}"}
    mine = Templates({"mine": Template("mine", text, text, text)})
    message = mine.fill("mine", "zh", {"words": "第一行\r\n第二行"})
    assert (message.subject, message.body) == ("关于第一行 第二行", "关于第一行\r\n第二行")


def test_an_unknown_wording_names_the_known_ones():
    with pytest.raises(NotFound, match=r"no wording “birthday”.*registered, progress"):
        shipped_templates().fill("birthday", "zh", ALL)


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
def test_what_people_wrote_is_put_in_as_it_is_and_never_filled_again(first, second):
    values = ALL | {"words": first, "reason": second}
    assert one("{words}|{reason}").fill("mine", "zh", values).body == f"{first}|{second}"


def test_a_place_in_a_customers_words_stays_words():
    values = ALL | {"words": "{hotline} {number!r} }{", "number": "TS1"}
    assert one("{number}：{words}").fill("mine", "zh", values).body == "TS1：{hotline} {number!r} }{"


@given(st.lists(st.text(ascii_lowercase, min_size=1, max_size=8)), st.text().filter(lambda t: not set(t) & set("{}")))
def test_the_places_of_a_text_are_its_names_in_order(names, between):
    assert list(places(between.join(["", *(f"{{{name}}}" for name in names), ""]))) == names


def test_doubled_braces_are_signs_and_no_place():
    assert places("{{number}}") == ()
    assert one("{{number}} {number}").fill("mine", "zh", ALL).body == "{number} <number>"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("工单 {number", "brace without its partner"),
        ("工单 number}", "brace without its partner"),
        ("工单 {}", "“” is no name of a place"),
        ("工单 {0}", "“0” is no name of a place"),
        ("{number.__class__}", "no name of a place"),  # nothing but the value itself is reachable
        ("{number[0]}", "no name of a place"),
        ("{number!r}", "no name of a place"),  # no wording may fail only once it is filled in
        ("{number:>9}", "no name of a place"),
    ],
)
def test_a_text_whose_places_are_no_names_is_refused(text, told):
    with pytest.raises(Invalid, match=told):
        places(text)


def test_the_shipped_file_reads_back_the_same():
    assert templates_from_yaml(shipped()) == shipped_templates()


def test_an_operator_may_add_a_wording_and_change_one():
    thanks = {"title": {"zh": "谢", "en": "T"}, "subject": {"zh": "谢", "en": "T"}, "body": {"zh": "谢谢", "en": "Ty"}}
    found = templates_from_yaml(shipped(thanks=thanks, progress=thanks))
    assert found.fill("thanks", "zh", {}).body == found.fill("progress", "zh", {}).body == "谢谢"


def wording(**changes):
    text = {"zh": "文", "en": "text"}
    given = {"title": text, "subject": text, "body": text} | changes
    return {part: value for part, value in given.items() if value is not ...}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (shipped(registered=None), "“registered” is missing, which the product sends"),
        (shipped(mine=wording(body={"zh": "{mood}", "en": "x"})), "“mine” has the place “mood”, which nothing fills"),
        (shipped(mine=wording(body={"zh": "只有中文"})), "each in zh and en"),
        (shipped(mine=wording(subject=...)), "title, subject and body"),
        (shipped(mine=wording(body={"zh": "{number", "en": "x"})), "brace without its partner"),
        (shipped(mine=wording(body={"zh": None, "en": "x"})), "“mine” has an empty title, subject or body"),
        (shipped(mine=wording(subject={"zh": " ", "en": "x"})), "“mine” has an empty title, subject or body"),
        (shipped(mine="谢谢"), "title, subject and body"),
        ("templates: [", "title, subject and body"),
        ("- registered", "title, subject and body"),
        ("", "title, subject and body"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_its_place(text, told):
    with pytest.raises(Invalid, match=f"(?s)^(ours: |“).*{told}"):
        templates_from_yaml(text, "ours")
