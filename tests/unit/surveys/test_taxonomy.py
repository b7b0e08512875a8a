"""Classes of complaints: the shipped ones, what words suggest, and files that are refused."""

import pytest

from qa_app.core.errors import Invalid
from surveys.taxonomy import RegulatorClass, shipped_taxonomy, suggest, taxonomy_from_yaml

CLASSES = shipped_taxonomy()


def test_the_shipped_classes_have_two_levels_both_languages_and_a_regulators_class():
    assert {one.code.partition("/")[0] for one in CLASSES} == {"fees", "network", "service", "business"}
    assert {one.regulator for one in CLASSES} == set(RegulatorClass)
    assert all(one.title["zh"] and one.title["en"] and one.words for one in CLASSES)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("昨晚开始家里宽带断了，约了两次师傅没来", "network/broadband"),
        ("刚发现每月扣一个增值业务的包月费，我没订过", "fees/value_added"),
        ("银行卡充了二百，充值没到账", "fees/top_up_missing"),
        ("營業廳的營業員態度差", "service/shop"),
        ("想携号转网，说有合约不让转", "business/porting"),
        ("周末去了一趟香港就收国际漫游费", "business/roaming"),
        ("I was charged twice for the same plan", "fees/double_charge"),
    ],
)
def test_a_complaints_words_suggest_its_class(words, code):
    found = suggest(words, CLASSES)
    assert found[0].code == code


def test_the_confidence_is_a_share_that_falls_when_several_classes_are_named():
    alone = suggest("网速慢", CLASSES)[0]
    beside = suggest("网速慢，还重复收费", CLASSES)[0]
    assert alone.confidence == 1.0
    assert beside.confidence < 1.0
    assert sum(one.confidence for one in suggest("网速慢，还重复收费", CLASSES)) == pytest.approx(1.0)


def test_where_no_word_speaks_nothing_is_suggested():
    assert suggest("你好", CLASSES) == ()
    assert suggest("", CLASSES) == ()


UNKNOWN_CLASS = "classes: [{id: a, title: {zh: a, en: a}, regulator: moon, kinds: [{id: b, title: {zh: b, en: b}}]}]"


@pytest.mark.parametrize("text", ["classes: 3", "kinds: []", "a: [", UNKNOWN_CLASS])
def test_a_taxonomy_that_does_not_fit_is_refused(text):
    with pytest.raises(Invalid, match="taxonomy"):
        taxonomy_from_yaml(text)


def test_a_class_that_stands_twice_is_refused():
    kind = "{id: b, title: {zh: b, en: b}}"
    with pytest.raises(Invalid, match="“a/b” stands twice"):
        taxonomy_from_yaml(
            f"classes: [{{id: a, title: {{zh: a, en: a}}, regulator: network, kinds: [{kind}, {kind}]}}]"
        )
