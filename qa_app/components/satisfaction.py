"""The parts of the satisfaction page: level against the period before, trend, places, drivers, words, quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
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
from surveys.satisfaction import METRICS, Value
from surveys.trend import Size
from surveys.weighting import Raked, rake

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


def level(asked: Asked) -> None:
    """Every metric: value, interval and n, against the period before and the same one last year."""
    raked = [_raked(*one) for one in asked.tables] if st.toggle(
        _("Weight to all closed cases (raking)"), key="weighted"
    ) else None  # fmt: skip
    if raked is not None:
        _say_weighting(raked[0])
    rows, targets = [], session.read(lambda database, _actor: rules.targets(database, session.now())).of
    for item in asked.items:
        found, before, last_year = (
            _values(table, item, raked[place] if raked else None) for place, (table, _end) in enumerate(asked.tables)
        )
        rows += [
            _row(item, value, (before.get(slug), last_year.get(slug)), targets.get(slug))
            for slug, value in found.items()
        ]
    rows += _recovery(asked, targets.get("recovered"))
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Metrics"), placeholder="–")


def _row(
    item: Item, value: Value, earlier: tuple[Value | None, Value | None], target: float | None
) -> dict[str, Any]:  # fmt: skip
    metric = NAMES[value.slug]
    return {
        _("Question"): text(item), _("Metric"): _(metric.name), _("Value"): figure(value),
        _("95 % interval"): interval(value), "n": value.n, _("Against the target"): against(value, target),
        _("Period before"): moved(value, earlier[0]), _("Last year"): moved(value, earlier[1]),
        _("How it is reckoned"): _(metric.formula),
    }  # fmt: skip


def _recovery(asked: Asked, target: float | None) -> list[dict[str, Any]]:
    """The recovery rate and how long it takes, over the same span."""
    if asked.survey not in ("closing", "after_reopening"):
        return []
    until = session.end_of_today()
    found = session.read(responses.recoveries, until - timedelta(days=DAYS[asked.span]), until)
    again = found[found["second_at"].notna()]
    value = satisfaction.share("recovered", int((again["recovered"] == True).sum()), len(again))  # noqa: E712 - may be missing
    metric = NAMES["recovered"]
    hours = again.loc[again["recovered"] == True, "hours"]  # noqa: E712 - as above
    took = _("all modes together (mixed)")
    if len(hours):
        took += " · " + _("median {hours:.0f} h to recover", hours=hours.median())
    return [
        {_("Question"): took, _("Metric"): _(metric.name), _("Value"): figure(value),
         _("95 % interval"): interval(value), "n": value.n, _("Against the target"): against(value, target),
         _("Period before"): "", _("Last year"): "",
         _("How it is reckoned"): _(metric.formula)}
    ]  # fmt: skip


def figure(value: Value) -> str:
    """A share in percent, points and means as numbers."""
    if value.value is None:
        return "–"
    if value.kind is satisfaction.Kind.SHARE:
        return f"{value.value:.1%}"
    return f"{value.value:+.1f}" if value.kind is satisfaction.Kind.POINTS else f"{value.value:.2f}"


def interval(value: Value) -> str:
    """The 95 % interval, or that there are too few."""
    if value.value is None or not np.isfinite([value.low, value.high]).all():
        return _("too few answers")
    if value.kind is satisfaction.Kind.SHARE:
        return f"{value.low:.1%} – {value.high:.1%}"
    return f"{value.low:.2f} – {value.high:.2f}"


def against(value: Value, target: float | None) -> str:
    """Whether a target is met or missed for certain; open while the interval holds it."""
    if target is None or value.value is None or value.is_small:
        return "–"
    told = f"{target:.0%}" if value.kind is satisfaction.Kind.SHARE else f"{target:g}"
    if value.low <= target <= value.high:
        return f"≈ {_('cannot be told')} ({told})"
    is_met = (value.value > target) == NAMES[value.slug].more_is_better
    return f"{'✔' if is_met else '✘'} {_('on target') if is_met else _('off target')} ({told})"


def moved(now: Value, before: Value | None) -> str:
    """How a metric moved; nothing is called a change that chance explains."""
    change = satisfaction.change(now, before) if before is not None else None
    if change is None:
        return _("too few answers")
    if not change.is_real:
        return _("no real change")
    better = (change.value > 0) == NAMES[now.slug].more_is_better
    told = f"{change.value * 100:+.1f}" if now.kind is satisfaction.Kind.SHARE else f"{change.value:+.1f}"
    return f"{'▲' if better else '▼'} {told} ({_('better') if better else _('worse')})"


def _values(table: pd.DataFrame, item: Item, raked: Raked | str | None) -> dict[str, Value]:
    """The metrics of a question; none where the answers were to be weighted and cannot be."""
    if table.empty or isinstance(raked, str):
        return {}
    return figures.values(table, item, raked.weights if raked else None)


def _raked(table: pd.DataFrame, until: datetime) -> Raked | str:
    """Weights that bring respondents to the class and channel of all cases closed in a year, or why there are none."""
    margins = session.read(responses.margins_of_closed, until - timedelta(days=365), until)
    usable = {name: shares for name, shares in margins.items() if name in table and table[name].notna().all()}
    if not usable or table.empty:
        return _("There is nothing to weight by.")
    known = {
        name: {value: shares.get(value, 0.0) for value in {*shares, *table[name]}} for name, shares in usable.items()
    }
    try:
        return rake(table, known)
    except HuitingError as error:
        return session.in_words(error)


def _say_weighting(raked: Raked | str) -> None:
    """What weighting costs, or why it could not be done."""
    st.caption(
        raked if isinstance(raked, str) else _(
            "Weighted by class and channel: design effect {effect:.2f}, as good as {n:.0f} answers.",
            effect=raked.design_effect, n=raked.effective_n,
        )
    )  # fmt: skip


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
