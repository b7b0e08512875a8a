"""Satisfaction on the screen: like beside like, cut to one region, and from a mark down to its answers."""

from datetime import timedelta

import pytest
import streamlit as st
from conftest import NOW
from opened import say, words

from qa_app import session as page
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import transaction
from surveys import outside_import
from surveys.outside import Column, OutsideAnswer, OutsideMapping, mapping_to_yaml
from surveys.outside import Role as Is

pytest_plugins = ["opened"]
MAPPING = OutsideMapping((
    Column("id", Is.ID, "id"), Column("overall", Is.SCORE, "overall", 1, 5), Column("words", Is.WORDS, "words"),
    Column("region", Is.DIMENSION, "region"),
))  # fmt: skip


@pytest.fixture(autouse=True)
def the_day_stands_still(monkeypatch):
    st.cache_data.clear()
    monkeypatch.setattr(page, "now", lambda: NOW)


@pytest.fixture
def answered(installed, staffed):
    """Forty answers of each of two regions in eight weeks: the east is satisfied, the west is not."""
    rows = [
        OutsideAnswer(2 * n + side, f"{n}-{side}", NOW - timedelta(days=n % 56, hours=1),
                      {"overall": 5.0 if (side == 0) == (n % 8 > 0) else 1.0}, {}, {}, {}, {"region": "东西"[side]})
        for n in range(40) for side in (0, 1)
    ]  # fmt: skip
    with transaction(installed.engine) as session:
        outside_import.keep_mapping(session, SYSTEM, NOW, "省测评", mapping_to_yaml(MAPPING))
        outside_import.take_in(session, SYSTEM, NOW, "省测评", staffed.team, rows)


def table(app, column):
    """The table on the page that has this column."""
    return next(one.value for one in app.dataframe if say(app, column) in one.value.columns)


def tick(app, key, row):
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return app.run()


def test_a_metric_stands_with_its_interval_and_n(answered, sign_in):
    app = sign_in(Role.MANAGER, "en", "satisfaction")
    shown = table(app, "Metric").set_index("Metric")
    assert shown.loc["Satisfied", "n"] == 80
    assert shown.loc["Satisfied", "Value"] == "50.0%"
    assert "–" in shown.loc["Satisfied", "95 % interval"]
    assert shown.loc["Satisfied", "Period before"] == "too few answers"
    assert "another survey" in words(app)  # how it was answered, though there is one way only


def test_one_region_alone_is_looked_at_from_the_address(answered, sign_in):
    app = sign_in(Role.MANAGER, "en", "satisfaction", only="region", **{"only.region": "东"})
    shown = table(app, "Metric").set_index("Metric")
    assert (shown.loc["Satisfied", "n"], shown.loc["Satisfied", "Value"]) == (40, "87.5%")


def test_a_ticked_place_shows_its_answers_the_worst_first(answered, sign_in):
    app = sign_in(Role.MANAGER, "en", "satisfaction")
    app = tick(app, "table.places", 1)
    assert not app.exception
    (behind,) = [one.value for one in app.dataframe if len(one.value) == 40]
    assert list(behind.iloc[:, 1]) == [1.0] * 35 + [5.0] * 5
    assert "西" in words(app)


def test_a_ticked_week_shows_its_answers(answered, sign_in):
    app = sign_in(Role.MANAGER, "en", "satisfaction")
    counts = next(one.value for one in app.dataframe if "signal" in one.value.columns)["n"]
    app = tick(app, "table.trend", 2)
    assert f"{int(counts.iloc[2])} answers" in words(app)


def test_an_agent_has_no_way_to_the_page(answered, sign_in):
    app = sign_in(Role.AGENT, "en", "satisfaction")
    assert not [one for one in app.dataframe if "Metric" in one.value.columns]
