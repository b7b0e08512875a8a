"""Levels of a deadline by hand, and that time only makes them louder."""

from datetime import timedelta

import pytest
from conftest import NOW
from hypothesis import given
from hypothesis import strategies as st

from surveys.alarms import LEVELS, EscalationRule, level, up_to

WARN, DUE = NOW + timedelta(hours=38), NOW + timedelta(hours=48)


@pytest.mark.parametrize(
    ("after_h", "severe", "expected"),
    [
        (37, False, None), (38, False, "warned"), (48, False, "alarmed"), (71, False, "alarmed"),
        (72, False, "escalated"),  # 48 + 24
        (120, False, "to_manager"),  # 48 + 72
        (51, True, "alarmed"), (52, True, "escalated"),  # 48 + 4
        (72, True, "to_manager"),  # 48 + 24
    ],
)  # fmt: skip
def test_levels_by_hand(after_h, severe, expected):
    assert level(WARN, DUE, NOW + timedelta(hours=after_h), EscalationRule(), severe=severe) == expected


def rank(found):
    return -1 if found is None else LEVELS.index(found)


@given(st.floats(-100, 400), st.floats(0, 200), st.booleans())
def test_time_and_severity_only_make_it_louder(after_h, later_h, severe):
    now, rule = NOW + timedelta(hours=after_h), EscalationRule()
    before = rank(level(WARN, DUE, now, rule, severe=severe))
    assert rank(level(WARN, DUE, now + timedelta(hours=later_h), rule, severe=severe)) >= before
    assert rank(level(WARN, DUE, now, rule, severe=True)) >= before


def test_a_level_brings_the_quieter_ones():
    assert [len(up_to(found)) for found in LEVELS] == [1, 2, 3, 4]
