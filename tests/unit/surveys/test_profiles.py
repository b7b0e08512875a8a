"""Time profiles: both that ship, each value with its source, and files that are refused with the place."""

import pytest
import yaml

from qa_app.core.errors import Invalid, NotFound
from surveys.model import StepKind
from surveys.profiles import _schema, profile_from_yaml, shipped_profile, shipped_profiles

CLOCK = {
    "clock": "answer", "title": {"zh": "答复", "en": "answer"}, "from": ["received"], "to": ["closed"],
    "within": {"hours": 1}, "source": {"zh": "试", "en": "test"},
}  # fmt: skip


def read(**changes):
    clock = {key: value for key, value in (CLOCK | changes).items() if value is not ...}
    return profile_from_yaml(yaml.safe_dump({"name": "mine", "title": {"zh": "我", "en": "mine"}, "clocks": [clock]}))


def test_two_profiles_ship_and_every_value_names_its_source():
    assert shipped_profiles() == ("national-service", "provincial")
    for name in shipped_profiles():
        profile = shipped_profile(name)
        assert profile.name == name
        assert all(rule.source["zh"] and rule.source["en"] for rule in profile.rules)


def test_the_schema_knows_every_kind_of_step():
    events = set(_schema()["$defs"]["event"]["enum"])
    assert events == {kind.value for kind in StepKind} | {"dissatisfied", "recorded"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"within": {"weeks": 2}}, "weeks"),
        ({"within": {"hours": 0}}, "hours"),
        ({"within": {"hours": float("nan")}}, "within"),
        ({"within": {"working_days": 1.5}}, "working_days"),
        ({"within": {"hours": 1, "minutes": 5}}, "within"),
        ({"from": ["born"]}, "born"),
        ({"from": []}, "from"),
        ({"when": {"colour": ["red"]}}, "colour"),
        ({"pausable": "often"}, "often"),
        ({"warn_share": 0}, "warn_share"),
        ({"source": ...}, "source"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused_by_its_place(changes, told):
    with pytest.raises(Invalid, match=told):
        read(**changes)


def test_a_clock_that_stands_twice_and_text_that_is_no_yaml_are_refused():
    document = {"name": "mine", "title": {"zh": "我", "en": "mine"}, "clocks": [CLOCK, CLOCK]}
    with pytest.raises(Invalid, match="“answer” stands twice"):
        profile_from_yaml(yaml.safe_dump(document))
    with pytest.raises(Invalid, match="not YAML"):
        profile_from_yaml("a: [")


def test_an_empty_limit_waits_for_the_operator_and_an_unknown_name_lists_the_known():
    assert read(within={}).rules[0].limit is None
    with pytest.raises(NotFound, match="national-service, provincial"):
        shipped_profile("lunar")
