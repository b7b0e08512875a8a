"""The made-up years: the same seed is the same years, and their ways are ones that the rules of the steps accept."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from qa_app.core.contacts import Vault, phone_number
from qa_app.core.errors import HuitingError
from qa_app.demo.history import People, histories
from qa_app.demo.simulation import UNITS, Plan, planted, simulate
from surveys.model import CaseState
from surveys.office import Office
from surveys.steps import check_next, state_of

FIRST = date(2024, 1, 1)
WHO = People(
    1, 2, 3, {name: 10 + at for at, name in enumerate(UNITS)}, {name: 20 + at for at, name in enumerate(UNITS)}
)
OFFICE = Office(Vault(b"k" * 32), ZoneInfo("Asia/Shanghai"))
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def drawn(seed=1, cases=800, truths=()):
    return simulate(np.random.default_rng(seed), Plan(FIRST, cases=cases, truths=truths))


def test_the_same_seed_is_the_same_years_and_another_is_others():
    pd.testing.assert_frame_equal(drawn(), drawn())
    assert not drawn().equals(drawn(seed=2))


def test_about_as_many_cases_as_asked_for_over_the_years():
    table = drawn(cases=5000)
    assert 4700 < len(table) < 5300  # Poisson: 5,000 -+ 4 x 71
    assert table["day"].is_monotonic_increasing
    assert (table["day"].max() - table["day"].min()).days > 1050


def told(table, now=LATER):
    return list(histories(np.random.default_rng(1), table, WHO, OFFICE, now))


def test_every_way_is_one_that_the_rules_accept_and_ends_closed():
    for one in told(drawn(truths=planted(FIRST))):
        state = None
        for number, step in enumerate(one.steps, 1):
            try:
                check_next(state, step)
            except HuitingError as error:
                pytest.fail(f"{one.number} {[str(step.kind) for step in one.steps]}: {error}")
            assert step.number == number
            state = state_of(one.steps[:number])
        assert state is CaseState.CLOSED
        assert [step.at for step in one.steps] == sorted(step.at for step in one.steps)


def test_nothing_has_happened_yet_that_lies_ahead():
    now = datetime(2025, 6, 1, tzinfo=UTC)
    found = told(drawn(), now)
    assert 0 < len(found) < len(drawn())
    assert max(step.at for one in found for step in one.steps) <= now


def test_numbers_are_unique_and_say_that_they_are_made_up_and_nobody_has_the_telephone_numbers():
    found = told(drawn())
    assert len({one.number for one in found}) == len(found)
    assert all(one.number.startswith("MU") for one in found)
    assert all(phone_number(one.new.customer_phone).startswith("+86154") for one in found)
