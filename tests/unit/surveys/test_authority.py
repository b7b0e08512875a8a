"""Amounts in yuan and who may grant them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.access import Role
from qa_app.core.errors import Forbidden, Invalid
from surveys.authority import amount, authority_from_yaml, check_within, shipped_authority


def test_amounts_are_read_as_people_write_them():
    assert [amount(text) for text in ("30", " ¥1,200.50 ", "0.01")] == [30, Decimal("1200.50"), Decimal("0.01")]


def test_the_highest_limit_of_ones_roles_counts_and_none_is_zero():
    assert shipped_authority().limit([Role.CASE_DESK, Role.MANAGER]) == 2000
    assert shipped_authority().limit([Role.AGENT]) == 0


@given(st.decimals(0, 3000, places=2), st.decimals("0.01", 3000, places=2))
def test_whatever_was_granted_before_the_sum_never_passes_the_limit(before, asked):
    try:
        check_within(shipped_authority(), [Role.SUPERVISOR], before, asked)
    except Forbidden:
        assert before + asked > 200
    else:
        assert before + asked <= 200


@pytest.mark.parametrize("text", ["limits: {boss: 3}", "limits: 3", "limits: {manager: -1}", "x"])
def test_limits_that_cannot_be_read_are_refused(text):
    with pytest.raises(Invalid):
        authority_from_yaml(text)
