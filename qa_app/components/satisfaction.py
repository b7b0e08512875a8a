"""The parts of the satisfaction page: level against the period before, trend, places, drivers, words, quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from qa_app import charts, session
from qa_app.components import case_words, survey_words
from qa_app.components.parts import DAYS, SPANS, as_table, reach_key
from qa_app.core import people
from qa_app.core.access import Action, Actor
from qa_app.core.db import reading
from qa_app.core.errors import HuitingError
from qa_app.runtime import runtime
from qa_app.session import N_, _
from surveys import figures, responses, rules, satisfaction, trend
from surveys.figures import Item
from surveys.model import Mode
from surveys.satisfaction import METRICS
from surveys.trend import Size

SIZES = {"month": Size.WEEK, "quarter": Size.WEEK, "year": Size.MONTH, "all": Size.QUARTER}
DIMENSIONS = {
    "region": N_("Region"), "centre": N_("Centre"), "team": N_("Team"), "class": N_("Class"), "channel": N_("Channel"),
    "surveyor": N_("Survey staff"), "place": N_("Where it happened"),
}  # fmt: skip
NAMES = {metric.slug: metric for metric in METRICS}
SHOWN, MOST_BEHIND = 12, 50
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
ALL_MODES = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page looks at: a survey in a mode over a span, its counted questions and the answers.

    `tables` are the answers of the span, of the one before and of the same one a year ago, each with its end.
    """

    survey: str
    mode: str
    span: str
    items: tuple[Item, ...]
    tables: tuple[tuple[pd.DataFrame, datetime], ...]

    @property
    def now(self) -> pd.DataFrame:
        return self.tables[0][0]


@st.cache_data(ttl=300, max_entries=24, show_spinner=False)
def _answers(_who: Actor, reach: str, survey: str, since: datetime, until: datetime) -> pd.DataFrame:  # noqa: ARG001 - reach is the key
    with reading(runtime().engine) as database:
        found = responses.answers_table(database, _who, survey, since, until)
    if found.empty:
        return found
    local = found["at"].dt.tz_convert(session.office().zone).dt.tz_localize(None)
    return found.assign(day=local, surveyor=found["by"].map(lambda one: "" if pd.isna(one) else str(int(one))))


def chosen() -> Asked | None:
    """Survey, mode and span, kept in the address; None where nobody has answered anything."""
    surveys = session.read(responses.surveys_seen)
    if not surveys:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        survey = _kept("survey", surveys, _("Survey"), title)
        span = _kept("span", list(SPANS), _("The last"), lambda one: _(SPANS[one]), default="quarter")
    days = timedelta(days=DAYS[span])
    ends = [session.end_of_today() - back for back in (timedelta(), days, timedelta(days=365))]
    tables = [_answers(session.current(), reach_key(), survey, end - days, end) for end in ends]
    mode = _mode(tables[0])
    if mode != ALL_MODES:
        tables = [one[one["mode"] == mode] if len(one) else one for one in tables]
    if tables[0].empty:
        return Asked(survey, mode, span, _items(survey), tuple(zip(tables, ends, strict=True)))
    tables = _only(tables)
    items = _items(survey)
    return Asked(survey, mode, span, items, tuple(zip(_comparable(survey, items, tables), ends, strict=True)))


def _only(tables: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The tables cut to one region, team, class ...; kept in the address."""
    known = [name for name in DIMENSIONS if name in tables[0] and tables[0][name].fillna("").astype(str).ne("").any()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = _kept(
            "only", ["all", *known], _("Only"), lambda one: _("everybody") if one == "all" else _(DIMENSIONS[one])
        )
        if by == "all":
            return tables
        values = sorted({str(one) for one in tables[0][by].dropna() if str(one)})
        names = value_names(by, values)
        value = _kept(f"only.{by}", values, _(DIMENSIONS[by]), lambda one: names.get(one, one))
    return [one[one[by].astype(str) == value] if by in one else one.iloc[:0] for one in tables]


def _mode(table: pd.DataFrame) -> str:
    """How the answers that are looked at were given; never mixed unless somebody chooses so."""
    modes = list(dict.fromkeys(table["mode"])) if len(table) else []
    if len(modes) > 1:
        usual = str(table["mode"].mode()[0])
        return _kept("mode", [*modes, ALL_MODES], _("How it was answered"), mode_title, default=usual)
    if modes:
        st.caption(f"{_('How it was answered')}: {mode_title(str(modes[0]))}")
    return ALL_MODES


def _comparable(survey: str, items: tuple[Item, ...], tables: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The tables without answers on scales that the survey no longer has; says how many were left out."""
    if session.read(lambda database, _actor: rules.outside_mapping(database, survey, session.now())) is not None:
        return tables
    versions = {int(one) for table in tables if len(table) for one in table["version"].unique()}
    asked = session.read(
        lambda database, _actor: {one: rules.questionnaire_version(database, survey, one) for one in versions}
    )
    earlier = {one: {item.column: item for item in figures.items_of(found)} for one, found in asked.items()}
    kept = [figures.comparable(one, items, earlier) if len(one) else (one, 0) for one in tables]
    if left_out := sum(number for _table, number in kept):
        st.caption(_("{n} answers to earlier versions were given on another scale and are left out.", n=left_out))
    return [table for table, _number in kept]


def _kept(key: str, options: Sequence[str], label: str, name: Any, default: str = "") -> str:  # noqa: ANN401 - a naming function
    if st.session_state.get(key) not in options:
        given = st.query_params.get(key, "")
        st.session_state[key] = given if given in options else default or options[0]
    picked = st.selectbox(label, options, format_func=name, key=key, width=260)
    st.query_params[key] = str(picked)
    return str(picked)


def title(survey: str) -> str:
    """A survey as people call it; one from outside by its own name."""
    try:
        return session.read(lambda database, _actor: rules.questionnaire(database, survey, session.now())).title[
            session.language()
        ]
    except HuitingError:
        return survey


def mode_title(mode: str) -> str:
    """How answers were given; all of them together say that they are mixed."""
    return _("all modes together (mixed)") if mode == ALL_MODES else _(survey_words.MODES[Mode(mode)])


def _items(survey: str) -> tuple[Item, ...]:
    now = session.now()
    mapping = session.read(lambda database, _actor: rules.outside_mapping(database, survey, now))
    if mapping is not None:
        return figures.items_of_mapping(mapping)
    try:
        return figures.items_of(session.read(lambda database, _actor: rules.questionnaire(database, survey, now)))
    except HuitingError:
        return ()


def text(item: Item) -> str:
    """A question without the places that are filled in."""
    return item.text[session.language()].replace("{company}", session.office().company)


def short(item: Item) -> str:
    """A question by what it is counted as, for narrow columns; by its name where it is counted as nothing."""
    metric = NAMES.get(item.counted.value)
    return _(metric.name) if metric else item.column


def picked_item(asked: Asked) -> Item:
    """The question that trend, places and drivers look at."""
    names = {item.column: item for item in asked.items if item.column in asked.now}
    return names[_kept("item", list(names), _("Question"), lambda one: text(names[one]))]


def over_time(asked: Asked, item: Item) -> None:
    """A control chart of the share of good answers, with what signals and where the level really changed."""
    table = asked.now.assign(good=figures.hit(asked.now, item))
    periods = trend.by_period(table, "day", "good", SIZES[asked.span])
    points = trend.control_chart(periods)
    if not points:
        st.caption(_("Nobody has answered this yet."))
        return
    found = trend.change_points(periods)
    counts = dict(zip(periods["period"], periods["n"], strict=True))
    rows = [(one.period, one.value, one.centre, one.low, one.high, one.signal is not None, counts[one.period])
            for one in points]  # fmt: skip
    shown = pd.DataFrame(rows, columns=["period", "value", "centre", "low", "high", "signal", "n"])
    marks = pd.DataFrame({"period": [one.date for one in found]})
    st.altair_chart(charts.control(shown, marks, (_("Share of good answers"), _("Control limits"))),
                    alt=_("Trend with control limits"))  # fmt: skip
    for one in found:
        st.markdown(
            ":material/moving: "
            + _("The level changed on {day}: {before:.1%} before, {after:.1%} since ({low:+.1%} to {high:+.1%}).",
                day=str(one.date)[:10], before=one.before, after=one.after, low=one.low,
                high=one.high)
        )  # fmt: skip
    if not found:
        st.caption(_("The level did not really change: what moves here, chance explains."))
    _moves(periods)
    _weekdays(table)
    picked = as_table(shown, "trend", _("Tick a period for its answers and their cases."))
    if picked is not None:
        start = shown["period"].iloc[picked]
        answers_of(asked, item, trend.in_period(table, "day", start, SIZES[asked.span]), str(start)[:10])


def _moves(periods: pd.DataFrame) -> None:
    """By how much the share moves from one period to the next, where it really does."""
    steep = trend.slope(periods)
    if steep is not None and steep.p <= trend.ALPHA:
        st.caption(_("On average {value:+.2%} a period ({low:+.2%} to {high:+.2%}).", value=steep.per_period,
                     low=steep.low, high=steep.high))  # fmt: skip


def _weekdays(table: pd.DataFrame) -> None:
    """The days of the week as intervals, and whether they really differ."""
    shares, chance = trend.weekday_season(trend.by_period(table, "day", "good", Size.DAY))
    if chance is None:
        return
    with st.expander(_("Days of the week")):
        names = [_(name) for name in WEEKDAYS]
        shown = pd.DataFrame(
            {"name": [names[one] for one in shares["weekday"]], "value": shares["share"], "low": shares["low"],
             "high": shares["high"], "n": shares["n"], "colour": "plain"}
        )  # fmt: skip
        st.altair_chart(charts.spans(shown, (_("Share of good answers"), _("Days of the week")), is_share=True),
                        alt=_("Days of the week"))  # fmt: skip
        st.caption(
            _("Weekdays differ (p = {chance:.3f}): compare whole weeks.", chance=chance) if chance <= trend.ALPHA
            else _("Days of the week do not really differ.")
        )  # fmt: skip


def places(asked: Asked, item: Item) -> None:
    """A dimension's values as intervals, the best first; grey and unranked where there are too few."""
    known = [name for name in DIMENSIONS if name in asked.now and asked.now[name].astype(str).str.len().gt(0).any()]
    if not known:
        st.caption(_("These answers carry no region, team, class or channel."))
        return
    by = _kept("by", known, _("Compare by"), lambda one: _(DIMENSIONS[one]))
    found = figures.by_dimension(asked.now, item, by)
    names = value_names(by, list(found))
    ranked, small = satisfaction.ranked(found)
    order = [*ranked, *[(name, found[name]) for name in dict(small) if name in found]] if small else ranked
    shown = pd.DataFrame(
        [
            {"name": names.get(name, name), "value": one.value, "low": one.low, "high": one.high, "n": one.n,
             "colour": "small" if one.is_small else "plain", "key": name}
            for name, one in order if one.value is not None
        ]
    )  # fmt: skip
    if shown.empty:
        st.caption(_("Nobody has answered this yet."))
        return
    is_share = next(iter(found.values())).kind is satisfaction.Kind.SHARE
    st.altair_chart(charts.spans(shown, (text(item), _(DIMENSIONS[by])), is_share=is_share), alt=_(DIMENSIONS[by]))
    hint = _("Tick a row for its answers and their cases.")
    picked = as_table(shown.drop(columns=["colour", "key"]), "places", hint)
    if picked is not None:
        rows = asked.now[asked.now[by].astype(str) == shown["key"].iloc[picked]]
        answers_of(asked, item, rows, str(shown["name"].iloc[picked]))


def answers_of(asked: Asked, item: Item, rows: pd.DataFrame, name: str) -> None:
    """The answers behind a mark, the worst first; a ticked one opens its case."""
    answered = rows[rows[item.column].notna()].sort_values([item.column, "at"]).head(MOST_BEHIND)
    st.markdown(f"**{name}** · {_('{n} answers', n=int(rows[item.column].notna().sum()))}")
    openable(asked, answered, f"behind.{name}", _("Answers"))


def openable(asked: Asked, answers: pd.DataFrame, key: str, alt: str) -> None:
    """Answers in a table; a ticked one opens its case, with its calls, their evaluations and what failed in them."""
    table = pd.DataFrame(
        {_("When"): [session.moment(at.to_pydatetime()) for at in answers["at"]]}
        | {short(one): answers[one.column].to_numpy() for one in asked.items if one.column in answers}
    )
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key=key, alt=alt)
    picked = event.selection.rows
    case = answers.iloc[picked[0]]["case_id"] if picked else None
    if case is not None and pd.notna(case) and session.may(Action.SEE_CASES):
        st.switch_page("views/cases.py", query_params={"case": str(int(case))})


def value_names(by: str, values: list[str]) -> dict[str, str]:
    """What the values of a dimension are called."""
    if by == "surveyor":
        ids = [int(one) for one in values if one.isdigit()]
        found = session.read(lambda database, _actor: people.names_of(database, ids))
        return {str(one): name for one, name in found.items()}
    if by == "class":
        return {one.code.partition("/")[0]: one.parent_title[session.language()] for one in session.taxonomy()}
    if by == "channel":
        return {channel.value: _(name) for channel, name in case_words.CHANNELS.items()}
    return {}
