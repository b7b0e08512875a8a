from __future__ import annotations

import pytest

from qa_app.core.errors import Invalid, NotFound
from scorecards.card_file import card_from_yaml, card_to_yaml, load_card, shipped_cards
from scorecards.model import CheckSpec, Fatal, Grade, Method, Verdict, Wording

MADE = """
name: made
version: 2
language: zh
title: {zh: 样表, en: sample}
method: deduction
pass_pct: 85
grades:
  - {title: 优, from_pct: 90}
sections:
  - id: script
    title: 规范
    criteria:
      - id: greeting
        title: {zh: 问候}
        points: 5
        guidance: 先问候
        examples: [{zh: 您好, en: hello}]
        partly_share: 0.3
        comment_required_on: [not_met]
        allow_not_applicable: false
        check: {kind: phrases, any_of: [您好]}
      - id: praise
        title: 受表扬
        points: -3
      - id: rude
        title: 辱骂
        fatal: call
signals:
  - {id: upset, title: 不满, check: {kind: phrases, speaker: customer, any_of: [生气]}}
"""


def test_a_card_is_read_whole():
    card = card_from_yaml(MADE)
    assert (card.name, card.version, card.language, card.method, card.pass_pct) == (
        "made",
        2,
        "zh",
        Method.DEDUCTION,
        85,
    )
    assert card.title == Wording("样表", "sample")
    assert card.grades == (Grade(Wording("优", "优"), 90),)
    greeting, praise, rude = card.sections[0].criteria
    assert greeting.check == CheckSpec("phrases", {"any_of": ["您好"]})
    assert (greeting.partly_share, greeting.allow_not_applicable) == (0.3, False)
    assert greeting.comment_required_on == (Verdict.NOT_MET,)
    assert greeting.examples == (Wording("您好", "hello"),)
    assert (praise.points, praise.check) == (-3, None)
    assert (rude.fatal, rude.points) == (Fatal.CALL, 0)
    assert card.signals[0].check.parameters["speaker"] == "customer"


@pytest.mark.parametrize("name", ["telecom-complaint-zh", "telecom-complaint-en"])
def test_cards_are_written_as_they_were_read(name):
    for card in (load_card(name), card_from_yaml(MADE)):
        assert card_from_yaml(card_to_yaml(card)) == card


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pass_pct: 85", "pass_pct: 101", "pass_pct: 101"),
        ("pass_pct: 85", "pass_pct: .nan", "pass_pct is nan"),
        ("version: 2", "version: 0", "version: 0"),
        ("version: 2", "version: 2\nversoin: 2", "'versoin' was unexpected"),
        ("language: zh", "language: fr", 'language: "fr"'),
        ("method: deduction", "method: magic", 'method: "magic"'),
        ("guidance: 先问候", "guidence: 先问候", "'guidence' was unexpected"),
        ("from_pct: 90", "from_pct: -1", "grades[0].from_pct: -1"),
        ("points: 5", "points: 0", "script.greeting.points is 0"),
        ("points: 5", "points: five", 'points: "five"'),
        ("method: deduction", "method: weights", "script.praise.points is -3"),
        ("fatal: call", "fatal: everything", 'fatal: "everything"'),
        ("fatal: call", "fatal: call\n        points: 5", "script.rude is a fatal error and has points"),
        ("fatal: call", "fatal: call\n        check: {kind: phrases, any_of: [好]}", "a fatal error and has check"),
        ("id: praise", "id: greeting", "the criterion or signal “greeting” stands twice"),
        ("id: upset", "id: greeting", "the criterion or signal “greeting” stands twice"),
        ("id: praise", "id: 表扬", 'id: "表扬"'),
        ("partly_share: 0.3", "partly_share: 1.3", "partly_share: 1.3"),
        ("[not_met]", "[sometimes]", 'comment_required_on[0]: "sometimes"'),
        ("kind: phrases, any_of: [您好]", "kind: guess", "script.greeting.check: there is no check “guess”"),
        ("any_of: [您好]", "any_off: [您好]", "script.greeting.check: “any_off” is unknown here"),
        ("any_of: [生气]", "any_of: [3]", "signals.upset.check.any_of[0] is 3"),
        ("title: 规范", "title: 规范\n    title: 又", "“title” stands twice"),
        ("title: 规范", "title: &a 规范\n    name: *a", "aliases are not read"),
        ("title: 规范", "title: !!python/object/apply:os.getcwd []", "this is not YAML"),
        ("title: 规范", "title: [", "this is not YAML"),
        ("sections:", "sections: []\nothers:", "'others' was unexpected"),
    ],
)
def test_a_slip_in_a_card_is_refused_with_its_place(old, new, said):
    assert old in MADE
    with pytest.raises(Invalid) as refused:
        card_from_yaml(MADE.replace(old, new, 1), "made.yaml")
    assert str(refused.value).startswith("made.yaml")
    assert said in str(refused.value)


def test_a_card_that_is_no_mapping_is_refused():
    for text in ("", "[]", "3", "? [a]\n: b"):
        with pytest.raises(Invalid):
            card_from_yaml(text)


def test_a_card_is_found_by_name_or_by_path(tmp_path):
    shipped = ("case-record-zh", "online-chat-zh", "telecom-complaint-en", "telecom-complaint-zh")
    assert shipped_cards() == shipped
    own = tmp_path / "own.yaml"
    own.write_text(MADE, encoding="utf-8")
    assert load_card(str(own)).name == "made"
    with pytest.raises(NotFound, match=r"“nothing”. Give a YAML file or one of: case-record-zh"):
        load_card("nothing")
    with pytest.raises(NotFound, match=r"missing.yaml cannot be read"):
        load_card(str(tmp_path / "missing.yaml"))
    own.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match="is not UTF-8"):
        load_card(str(own))


MACHINE = {
    "script": ["greeting", "verify", "restate", "hold_manners", "closing"],
    "empathy": ["apology", "empathy", "courtesy"],
    "resolution": ["solution", "timeframe", "resolved"],
}


@pytest.mark.parametrize("name", ["telecom-complaint-zh", "telecom-complaint-en"])
def test_the_shipped_cards_keep_the_contract(name):
    card = load_card(name)
    checked = {s.id: [c.id for c in s.criteria if c.check] for s in card.sections if any(c.check for c in s.criteria)}
    assert checked == MACHINE
    human = [c.id for _, c in card.criteria if c.check is None and c.fatal is None]
    assert human == ["accuracy", "case_number"]
    assert len([c for _, c in card.criteria if c.fatal is Fatal.CALL]) == 5
    assert sum(c.points for _, c in card.criteria) == 100
    assert [signal.id for signal in card.signals][:2] == ["customer_upset", "escalation_threat"]
    for _, criterion in card.criteria:
        assert criterion.title.zh
        assert criterion.title.en
        assert criterion.guidance.zh
        assert criterion.guidance.en
        assert Verdict.NOT_MET in criterion.comment_required_on
