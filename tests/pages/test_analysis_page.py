"""The complaint analysis on the screen: planted truths are shown as such, with how sure it is and what to do next."""

from datetime import date, timedelta

import numpy as np
import pytest
import streamlit as st
from conftest import NOW, PASSWORD
from opened import in_address, say, words

from qa_app import session as page
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import transaction
from qa_app.core.tables import UnitKind
from qa_app.demo import history as made_up_years
from qa_app.demo.simulation import (
    OUTAGE_CLASS,
    RUDE_CLASS,
    UNITS,
    LateUnit,
    MisleadingCampaign,
    Outage,
    Plan,
    RudeShop,
    simulate,
)
from surveys import history, service
from surveys.measures import MEASURES
from surveys.model import NewCase

pytest_plugins = ["opened"]

DAYS, CASES = 210, 1700
DARK = date(2026, 10, 20)
NAMES = {measure.slug: measure.name for measure in MEASURES}
MADE_UP = "These figures are made up: they come from the demo's simulation."
TRUTHS = (
    Outage("望山区", DARK, 40), RudeShop("新桥二厅", 0.8), LateUnit("装维中心", 0.6),
    MisleadingCampaign("老客户升档", 0.7),
)  # fmt: skip


@pytest.fixture(autouse=True)
def the_day_stands_still(monkeypatch):
    """What was read for another database is forgotten; today is NOW."""
    st.cache_data.clear()
    monkeypatch.setattr(page, "now", lambda: NOW)


@pytest.fixture
def years(installed, staffed):
    """Seven months of made-up cases with truths planted in them, written as the demo writes its own."""
    with transaction(installed.engine) as session:
        units = {
            name: people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, name, staffed.centre) for name in UNITS
        }
        handler = staffed.ids[Role.HANDLER]
        who = made_up_years.People(
            staffed.ids[Role.CASE_DESK], staffed.ids[Role.SURVEYOR], staffed.team, units, dict.fromkeys(UNITS, handler)
        )
        rng = np.random.default_rng(5)
        table = simulate(rng, Plan((NOW - timedelta(days=DAYS)).date(), DAYS + 1, CASES, TRUTHS))
        found = list(made_up_years.histories(rng, table, who, page.office(), NOW))
        history.write(session, SYSTEM, NOW, page.office(), found, {})
    return found


def table(app, column):
    """The table on the page that has this column."""
    return next(one.value for one in app.dataframe if say(app, column) in one.value.columns)


def button(app, key):
    return next(one for one in app.button if one.key == key)


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", [Role.MANAGER, pytest.param(Role.MONITOR, marks=pytest.mark.slow)])
def test_what_was_planted_is_on_the_page_in_both_languages(years, sign_in, role, language):
    app = sign_in(role, language, "analysis")
    assert not app.exception
    assert not app.error
    assert app.title[0].value == say(app, "Complaint analysis")
    assert app.warning[0].value == say(app, MADE_UP)
    told = words(app)
    for heading in ("Complaints a week", "Classes", "What stands out", "Units"):
        assert say(app, heading) in told
    assert f"{DARK.isoformat()} · 望山区" in told
    assert "新桥二厅" in told
    assert "老客户升档" in told
    late = table(app, "Late returns")
    yes = late[late[say(app, "Later than the others")] == say(app, "yes")]
    assert [name.rpartition(" / ")[2] for name in yes[say(app, "Unit")]] == ["装维中心"]


def test_each_measure_stands_with_its_interval_its_n_its_target_and_both_comparisons(years, sign_in):
    app = sign_in(Role.MANAGER, "en", "analysis")
    shown = table(app, "Measure").set_index("Measure")
    assert list(shown.index) == [measure.name for measure in MEASURES]
    in_quarter = sum(one.steps[0].at >= NOW - timedelta(days=90, hours=10) for one in years)  # from midnight here
    assert shown.loc[NAMES["escalated"], "n"] == in_quarter
    assert shown.loc[NAMES["on_time"], "Target"] == "95.0%"
    assert shown.loc["On-the-spot rate", "95 % interval"].count("%") == 2
    assert set(shown["Last year"]) == {"too few cases"}  # there are seven months
    assert "no real change" in set(shown["Period before"])
    assert {told[0] for told in shown["Against the target"]} <= set("✔✘≈")


@pytest.mark.slow
def test_a_span_is_kept_in_the_address_and_an_unknown_one_is_a_quarter(years, sign_in):
    def cases(app):
        return table(app, "Measure")["n"].max()

    month, year, odd = (sign_in(Role.MANAGER, "en", "analysis", span=span) for span in ("month", "year", "sometime"))
    assert cases(month) < cases(odd) < cases(year) == len(years)
    assert (in_address(month, "span"), in_address(odd, "span")) == ("month", "quarter")
    assert not year.exception


@pytest.mark.parametrize(
    ("key", "query"),
    [
        (f"burst.{DARK}.望山区.{OUTAGE_CLASS}", {"class": OUTAGE_CLASS, "place": "望山区"}),
        (f"hot.place.新桥二厅.{RUDE_CLASS}", {"class": RUDE_CLASS, "place": "新桥二厅"}),
    ],
)
def test_one_click_on_a_cluster_opens_a_corrective_action_about_it(years, sign_in, key, query):
    app = button(sign_in(Role.MANAGER, "zh", "analysis"), f"{key}.action").click().run()
    assert not app.exception
    assert app.title[0].value == say(app, "Corrective actions")
    assert {name: in_address(app, name) for name in query} == query


def test_a_cluster_leads_to_its_cases_closed_ones_too(years, sign_in):
    key = f"burst.{DARK}.望山区.{OUTAGE_CLASS}"
    app = button(sign_in(Role.MANAGER, "zh", "analysis"), f"{key}.cases").click().run()
    assert not app.exception
    assert app.title[0].value == say(app, "Cases")
    assert in_address(app, "place") == "望山区"
    wanted = sum(one.new.place == "望山区" and one.new.class_code.startswith("network/") for one in years)
    assert say(app, "{total} cases", total=wanted) in words(app)


def test_a_short_past_has_no_forecast_and_says_why(staffed, sign_in):
    register(staffed)
    app = sign_in(Role.MANAGER, "en", "analysis")
    assert not app.exception
    assert "There are 0 whole weeks; a forecast needs at least 26." in words(app)
    assert "Nothing stands out beyond chance" in words(app)


def test_without_made_up_cases_nothing_says_so(staffed, sign_in):
    register(staffed)
    assert MADE_UP not in words(sign_in(Role.MANAGER, "en", "analysis"))


def test_without_cases_the_page_says_so_and_draws_nothing(staffed, sign_in):
    app = sign_in(Role.MANAGER, "en", "analysis")
    assert not app.exception
    assert "No case was received in this time" in words(app)
    assert not app.dataframe


def test_a_manager_of_another_unit_reads_nothing_of_these_cases(installed, years, staffed, sign_in):
    with transaction(installed.engine) as session:
        new = people.NewUser("boss2", "Boss", staffed.other_team, PASSWORD, (Role.MANAGER,))
        people.add_user(session, SYSTEM, NOW, new)
    app = sign_in("boss2", "en", "analysis")
    assert not app.exception
    assert "No case was received in this time" in words(app)


def register(staffed):
    """One real complaint in the manager's team."""
    with transaction(page.runtime().engine) as session:
        new = NewCase("断网了", "张伟", "13800138000", class_code=OUTAGE_CLASS, unit_id=staffed.team)
        service.register(session, people.actor_for(session, staffed.ids[Role.CASE_DESK]), NOW, page.office(), new)
