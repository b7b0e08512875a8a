"""By what complaints are alike, and which known event explains them."""

from datetime import timedelta

import pytest
from conftest import NOW

from qa_app.core.errors import Invalid
from surveys.batches import Known, Sign, batch_rule_from_yaml, known_event, shipped_batch_rule, signs

OUTAGE = Known(1, "network", "东城", "", NOW, NOW + timedelta(hours=6))


def test_a_complaint_is_alike_by_each_set_of_traits_of_which_it_has_all():
    found = signs(
        shipped_batch_rule(), {"class_code": "network/outage", "place": " 东城 ", "campaign": "", "product": "x"}
    )
    assert [sign.key for sign in found] == ["class_code=network/outage|place=东城"]
    assert signs(shipped_batch_rule(), {"class_code": "", "place": "东城", "campaign": "双11"}) == ()


@pytest.mark.parametrize(
    ("values", "hours", "is_known"),
    [
        ({"class_code": "network/outage", "place": "东城"}, 1, True),
        ({"class_code": "network/outage", "place": "西城"}, 1, False),
        ({"class_code": "networking/x", "place": "东城"}, 1, False),
        ({"class_code": "network/outage", "place": "东城"}, 7, False),
        ({"campaign": "双11"}, 1, False),
    ],
)
def test_a_known_event_explains_what_contradicts_none_of_its_traits_while_it_lasts(values, hours, is_known):
    found = known_event(Sign(tuple(values.items())), NOW + timedelta(hours=hours), [OUTAGE])
    assert (found is OUTAGE) == is_known


@pytest.mark.parametrize(
    "text", ["least: 1\nwindow_hours: 24\nalike: [[place]]", "least: 5\nwindow_hours: 0\nalike: [[place]]",
             "least: 5\nwindow_hours: 24\nalike: [[colour]]", "least: 5\nwindow_hours: 24\nalike: [[]]", "[]",
             "least: 5\nwindow_hours: 1e400\nalike: [[place]]", ": {"],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(text):
    with pytest.raises(Invalid, match="batch"):
        batch_rule_from_yaml(text)
