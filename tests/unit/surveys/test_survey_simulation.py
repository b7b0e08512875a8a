"""Made-up survey answers: the same seed is the same answers, truths show in plain means, and nothing else does."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from qa_app.demo.simulation import Plan, simulate
from qa_app.demo.survey_simulation import (
    SURVEYORS,
    TEAMS,
    WORDS,
    BiasedSurveyor,
    CoachedTeam,
    FallingTrend,
    SurveyPlan,
    planted_surveys,
    simulate_surveys,
)
from surveys.dispositions import Disposition

FIRST = date(2024, 1, 1)
CHANGE = date(2025, 7, 1)  # about the middle of the three years
ANSWERS = ["satisfaction", "recommend", "effort", "solved"]


@pytest.fixture(scope="module")
def cases():
    return simulate(np.random.default_rng(1), Plan(FIRST, cases=40_000))


def surveyed(cases, *truths, seed=2, **shares):
    return simulate_surveys(np.random.default_rng(seed), cases, SurveyPlan(truths=truths, **shares))


def mean(table, column="satisfaction"):
    return float(table[column].mean())


def test_the_same_seed_is_the_same_answers_and_another_is_others(cases):
    pd.testing.assert_frame_equal(surveyed(cases), surveyed(cases))
    assert not surveyed(cases).equals(surveyed(cases, seed=3))


def test_each_row_is_a_surveyed_case_with_these_columns(cases):
    table = surveyed(cases)
    assert list(table.columns) == [
        "case", "day", "team", "surveyor", "mode", "satisfaction", "recommend", "effort", "solved", "words", "answered",
        "disposition",
    ]  # fmt: skip
    assert table["case"].is_unique
    assert table["case"].isin(cases.index).all()
    assert len(table) == pytest.approx(0.3 * len(cases), abs=4 * np.sqrt(0.21 * len(cases)))
    assert table["answered"].mean() == pytest.approx(0.45, abs=4 * np.sqrt(0.2475 / len(table)))
    lag = table["day"].to_numpy() - cases.loc[table["case"], "day"].to_numpy()
    assert set(lag / np.timedelta64(1, "D")) == {1, 2, 3, 4, 5}


def test_all_or_no_cases_can_be_surveyed(cases):
    assert len(surveyed(cases, share=1.0)) == len(cases)
    assert len(surveyed(cases, share=0.0)) == 0
    assert surveyed(cases, answered=1.0)["satisfaction"].notna().all()


def test_the_scales_are_used_from_end_to_end(cases):
    table = surveyed(cases)
    assert set(table["satisfaction"].dropna()) == set(range(1, 6))
    assert set(table["effort"].dropna()) == set(range(1, 6))
    assert set(table["recommend"].dropna()) == set(range(11))
    assert set(table["team"]) == set(TEAMS)


def test_who_did_not_answer_has_no_answers_and_a_reason(cases):
    table = surveyed(cases)
    silent = table[~table["answered"]]
    assert silent[ANSWERS].isna().all(axis=None)
    assert (silent["words"] == "").all()
    assert table.loc[table["answered"], ANSWERS].notna().all(axis=None)
    assert set(table["disposition"]) <= set(Disposition)
    assert ((table["disposition"] == Disposition.COMPLETED) == table["answered"]).all()
    assert set(silent.loc[silent["mode"] == "link", "disposition"]) == {Disposition.LINK_SENT}


def test_a_link_has_no_surveyor(cases):
    table = surveyed(cases)
    assert set(table.loc[table["mode"] == "link", "surveyor"]) == {""}
    assert set(table.loc[table["mode"] == "phone", "surveyor"]) == set(SURVEYORS)


def test_words_fit_the_class_and_the_satisfaction(cases):
    table = surveyed(cases)
    told = table[table["words"] != ""]
    assert len(told) / table["answered"].sum() == pytest.approx(0.4, abs=0.03)
    for row in told.head(300).itertuples():
        tone = "glad" if row.satisfaction >= 4 else "sore" if row.satisfaction <= 2 else "plain"
        assert any(one in row.words for one in WORDS[cases.loc[row.case, "class_code"].partition("/")[0]][tone])


def test_every_class_has_words(cases):
    assert {code.partition("/")[0] for code in cases["class_code"]} == set(WORDS)
    assert all(len(said) == 3 for tones in WORDS.values() for said in tones.values())


def test_the_answers_of_one_respondent_hang_together(cases):
    table = surveyed(cases).dropna(subset=ANSWERS)
    assert table["satisfaction"].astype(float).corr(table["recommend"].astype(float)) > 0.5


def differences_in_standard_errors(table, by, column="satisfaction"):
    """How far each group's mean lies from that of the others, in standard errors."""
    answered = table.dropna(subset=[column])
    found = []
    for name in sorted(set(answered[by])):
        hit = (answered[by] == name).to_numpy()
        values = answered[column].to_numpy(dtype=float)
        error = np.sqrt(values[hit].var() / hit.sum() + values[~hit].var() / (~hit).sum())
        found.append((values[hit].mean() - values[~hit].mean()) / error)
    return found


@pytest.mark.parametrize("by", ["team", "surveyor", "mode", "year", "class_code", "place"])
def test_where_nothing_is_planted_nothing_differs_beyond_noise(cases, by):
    table = surveyed(cases, share=1.0)
    table = table.assign(
        year=table["day"].dt.year, **{name: cases[name].to_numpy() for name in ("class_code", "place")}
    )
    for column in (*ANSWERS, "answered"):
        # 30 groups x 5 columns: beyond 4 standard errors lies 1 of 16,000
        assert max(map(abs, differences_in_standard_errors(table, by, column))) < 4


def test_about_one_in_twenty_differences_lies_beyond_two_standard_errors(cases):
    found = [
        one for seed in range(30) for one in differences_in_standard_errors(surveyed(cases, seed=seed), "team")
    ]  # fmt: skip
    assert np.mean(np.abs(found) > 1.96) < 0.15  # 120 tests that hang together by fours: 5 % -+ 3 x 3 %


def test_a_coached_team_rises_from_its_day_on_and_only_it(cases):
    table = surveyed(cases, CoachedTeam("二组", CHANGE, 0.5), share=1.0)
    after, coached = table["day"] >= pd.Timestamp(CHANGE), table["team"] == "二组"
    lift = mean(table[after & coached]) - mean(table[after & ~coached])
    assert 0.3 < lift < 0.5  # some were at the top already
    assert abs(mean(table[~after & coached]) - mean(table[~after & ~coached])) < 0.08
    assert mean(table[after & coached], "recommend") - mean(table[after & ~coached], "recommend") > 0.7


def test_a_biased_surveyor_logs_higher_on_the_telephone(cases):
    table = surveyed(cases, BiasedSurveyor("刘洋", 0.5), share=1.0)
    biased, phone = table["surveyor"] == "刘洋", table["mode"] == "phone"
    assert 0.3 < mean(table[biased]) - mean(table[phone & ~biased]) < 0.5
    assert abs(mean(table[~phone]) - mean(table[phone & ~biased])) < 0.08


def test_a_falling_trend_falls_by_its_steps_a_month(cases):
    table = surveyed(cases, FallingTrend(CHANGE, -0.05), share=1.0).dropna(subset=ANSWERS)
    months = (table["day"] - pd.Timestamp(CHANGE)).dt.days / 30.4375
    slopes = [
        np.polyfit(months[part], table.loc[part, "satisfaction"].astype(float), 1)[0]
        for part in (months < 0, months > 0)
    ]
    assert abs(slopes[0]) < 0.01
    assert -0.055 < slopes[1] < -0.035


def test_a_truth_moves_nothing_but_what_it_is_about(cases):
    plain, planted = surveyed(cases), surveyed(cases, CoachedTeam("二组", CHANGE, 0.5))
    untouched = ["case", "day", "team", "surveyor", "mode", "solved", "answered", "disposition"]
    pd.testing.assert_frame_equal(plain[untouched], planted[untouched])
    moved = (plain["satisfaction"] != planted["satisfaction"]).fillna(value=False)
    assert set(planted.loc[moved, "team"]) == {"二组"}


def test_the_demos_truths_lie_within_its_years_and_show(cases):
    truths = planted_surveys(FIRST)
    assert {type(one) for one in truths} == {FallingTrend, CoachedTeam, BiasedSurveyor}
    days = [
        one.from_day if isinstance(one, FallingTrend) else one.day
        for one in truths
        if not isinstance(one, BiasedSurveyor)
    ]
    assert all(cases["day"].min() < pd.Timestamp(day) < cases["day"].max() for day in days)
    plain, planted = surveyed(cases, share=1.0), surveyed(cases, *truths, share=1.0)
    assert mean(planted.tail(3000)) < mean(plain.tail(3000)) - 0.2
