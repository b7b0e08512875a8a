"""The parts of the complaint analysis: measures against targets, volume with forecast, classes, hot spots, units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from qa_app import charts, session
from qa_app.components import case_words
from qa_app.components.parts import DAYS, SPANS, as_table, kept_choice, reach_key
from qa_app.core.access import Action, Actor
from qa_app.core.db import reading
from qa_app.core.errors import HuitingError
from qa_app.runtime import runtime
from qa_app.session import N_, _
from surveys import analysis, forecast, measures, standouts
from surveys.measures import Counted, Measure, Measured
from surveys.standouts import Burst, ChangedPeriod, HotSpot, Standout

LOOKED_AT = ("month", "quarter", "year")
BY = {"place": N_("Where it happened"), "product": N_("Product"), "campaign": N_("Campaign")}
SHOWN = 12
HISTORY_DAYS = 3 * 365


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days that ends today, with the one before it and the same one a year ago."""

    since: datetime
    until: datetime
    days: int

    def back(self, days: int) -> Period:
        return Period(self.since - timedelta(days=days), self.until - timedelta(days=days), self.days)


@st.cache_data(ttl=300, max_entries=24, show_spinner=False)
def _facts(_who: Actor, reach: str, since: datetime, until: datetime) -> pd.DataFrame:  # noqa: ARG001 - reach is the key
    with reading(runtime().engine) as database:
        found = analysis.case_facts(database, _who, session.now(), since, until)
    local = found["received_at"].dt.tz_convert(session.office().zone).dt.tz_localize(None)
    return found.assign(day=local.dt.normalize(), top=found["class_code"].astype(str).str.split("/").str[0])


@st.cache_data(ttl=300, max_entries=8, show_spinner=False)
def _days(_who: Actor, reach: str, since: datetime, until: datetime) -> pd.Series:  # noqa: ARG001 - reach is the key
    with reading(runtime().engine) as database:
        return analysis.days_received(database, _who, session.office().zone, since, until)


def facts(period: Period) -> pd.DataFrame:
    """The cases of a period within the reader's reach, read again after five minutes."""
    return _facts(session.current(), reach_key(), period.since, period.until)


@st.cache_data(ttl=300, max_entries=24, show_spinner=False)
def _findings(
    _who: Actor, reach: str, since: datetime, until: datetime
) -> tuple[list[Burst], dict[str, list[HotSpot]], list[ChangedPeriod]]:  # fmt: skip
    """What stands out in a period, and the quarters that differ: reckoned once for all who may see the same."""
    table = _facts(_who, reach, since, until)
    with reading(runtime().engine) as database:
        closings = analysis.closings(database, _who, session.office().zone, session.now())
    spots = {by: standouts.hot_spots(table, by) for by in BY}
    return standouts.bursts(table), spots, standouts.changed_periods(closings, "quarter", "on_time")


def findings(period: Period) -> None:
    """Days, places, products, campaigns and quarters that chance does not explain."""
    days, spots, quarters = _findings(session.current(), reach_key(), period.since, period.until)
    found_bursts(days)
    hot_spots(spots)
    if quarters:
        st.markdown(f"**{_('Quarters that differ')}**")
        for one in quarters[:SHOWN]:
            st.markdown(
                ":material/calendar_month: "
                + _("On time in {period}: {share:.1%} of {n}, all others {rest:.1%}", period=one.period,
                    share=one.share, n=one.n, rest=one.rest_share)
            )  # fmt: skip


def chosen_period() -> Period:
    """How long a span to look at, kept in the address."""
    names = {name: _(SPANS[name]) for name in LOOKED_AT}
    days = DAYS[kept_choice("span", names, _("The last"), default="quarter", shows_label=True)]
    until = session.end_of_today()
    return Period(until - timedelta(days=days), until, days)


def made_up() -> None:
    """Says so where there are made-up cases."""
    if session.read(lambda database, _actor: analysis.made_up(database)):
        st.warning(_("These figures are made up: they come from the demo's simulation."), icon=":material/science:")


def cards(period: Period, targets: measures.Targets) -> None:
    """Every measure: value, interval, n, target, against the period before and the same one last year."""
    spans = (period, period.back(period.days), period.back(365))
    now, before, last_year = (measures.measured(facts(one), one.days, targets.customers) for one in spans)
    rows = []
    for measure in measures.MEASURES:
        found, target = now[measure.slug], targets.of.get(measure.slug)
        rows.append(
            {
                _("Measure"): _(measure.name),
                _("Value"): figure(measure, found.value),
                _("95 % interval"): f"{figure(measure, found.low)} – {figure(measure, found.high)}" if found.n else "",
                "n": found.n,
                _("Target"): figure(measure, target),
                _("Against the target"): _against(measure, found, target),
                _("Period before"): _moved(measure, found, before[measure.slug], period.days),
                _("Last year"): _moved(measure, found, last_year[measure.slug], period.days),
                _("How it is reckoned"): _(measure.formula),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Measures"))


def figure(measure: Measure, value: float | None) -> str:
    """A share in percent, a rate as a number."""
    if value is None:
        return "–"
    return f"{value:.1%}" if measure.counted is Counted.SHARE else f"{value:.2f}"


def _against(measure: Measure, found: Measured, target: float | None) -> str:
    met = measures.meets(measure, found, target)
    if target is None or found.n == 0:
        return "–"
    return {True: "✔ " + _("on target"), False: "✘ " + _("off target"), None: "≈ " + _("cannot be told")}[met]


def _moved(measure: Measure, now: Measured, before: Measured, days: int) -> str:
    moved = measures.change(now, before, (days, days))
    if moved is None:
        return _("too few cases")
    if not moved.is_real:
        return _("no real change")
    better = (moved.value > (1 if measure.counted is Counted.RATE else 0)) == measure.more_is_better
    told = f"×{moved.value:.2f}" if measure.counted is Counted.RATE else f"{moved.value * 100:+.1f}"
    return f"{'▲' if better else '▼'} {told} ({_('better') if better else _('worse')})"


def volume() -> None:
    """Complaints a week over three years, and the weeks to come as far as they can be foretold."""
    until = session.end_of_today()
    weeks = forecast.weekly(_days(session.current(), reach_key(), until - timedelta(days=HISTORY_DAYS), until))
    columns = ["week", "expected", "low_80", "high_80", "low_95", "high_95"]
    ahead = pd.DataFrame(columns=columns)
    try:
        ahead = pd.DataFrame(
            [[getattr(one, name) for name in columns] for one in forecast.ahead(weeks)], columns=columns
        )
    except HuitingError as error:
        st.caption(session.in_words(error))
    table = pd.DataFrame({"week": weeks.index, "count": weeks.to_numpy()})
    st.altair_chart(charts.volume(table, ahead, (_("Week"), _("Complaints"))), alt=_("Complaints a week with forecast"))
    st.caption(_("The bands hold 80 % and 95 % of what may come if nothing else changes."))
    as_table(table.rename(columns={"week": _("Week"), "count": _("Complaints")}), "weeks")


def classes(table: pd.DataFrame) -> None:
    """Classes by count; a picked bar opens its cases."""
    counts = table["class_code"].value_counts()
    shown = pd.DataFrame({"code": counts.index, "count": counts.to_numpy()})
    shown["cumulated"] = shown["count"].cumsum() / max(1, shown["count"].sum())
    shown["name"] = [case_words.class_title(code) or _("not classed") for code in shown["code"]]
    shown = shown.head(SHOWN)
    chart = charts.pareto(shown, (_("Complaints"), _("Class")))
    event = st.altair_chart(chart, on_select="rerun", key="pareto", alt=_("Complaints by class"))
    picked: list[dict[str, object]] = event["selection"]["picked"] if event else []
    if picked:
        _buttons("pareto", {"class_code": str(picked[0]["code"])})
    names = {"name": _("Class"), "count": _("Complaints"), "cumulated": _("Share up to here")}
    as_table(shown[list(names)].rename(columns=names), "classes")


def found_bursts(found: Sequence[Burst]) -> None:
    """Days with far too many complaints of a class in a place."""
    for one in found[:SHOWN]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/bolt: **{one.day.isoformat()} · {one.place} · {case_words.class_title(one.class_code)}** · "
                + _("{count} where {expected:.1f} were to be expected", count=one.count, expected=one.expected)
            )
            _buttons(
                f"burst.{one.day}.{one.place}.{one.class_code}", {"class_code": one.class_code, "place": one.place}
            )


def hot_spots(found: dict[str, list[HotSpot]]) -> None:
    """Places, products and campaigns where a class comes up too often."""
    any_found = any(found.values())
    for by, name in BY.items():
        for one in found[by][:SHOWN]:
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f":material/location_on: **{_(name)} {one.value} · {case_words.class_title(one.class_code)}** · "
                    + _("{count} of {n}, where {expected:.0f} were to be expected", count=one.hits, n=one.n,
                        expected=one.expected)
                )  # fmt: skip
                _buttons(f"hot.{by}.{one.value}.{one.class_code}", {"class_code": one.class_code, by: one.value})
    if not any_found:
        st.caption(_("Nothing stands out beyond chance (one chance in twenty of any false alarm a list)."))


def _buttons(key: str, traits: dict[str, str]) -> None:
    """From a cluster to its cases, and to a corrective action."""
    if st.button(_("Its cases"), key=f"{key}.cases", icon=":material/list:"):
        query = {"class": traits["class_code"].partition("/")[0], "closed": "true"}
        st.switch_page("views/cases.py", query_params=query | {name: traits[name] for name in BY if name in traits})
    if session.may(Action.OPEN_CORRECTIVE_ACTION) and st.button(
        _("Open a corrective action"), key=f"{key}.action", icon=":material/build:"
    ):
        query = {"class": traits["class_code"]} | {name: traits[name] for name in BY if name in traits}
        st.switch_page("views/corrective_actions.py", query_params=query)


def units(table: pd.DataFrame, names: dict[int, str]) -> None:
    """The units' scorecard: late returns with their interval, slips refused, second dispatches."""
    held = table[table["unit"].notna()]
    held = held.assign(unit_name=[names.get(int(unit), str(unit)) for unit in held["unit"]])
    late = held[held["returns"] > 0].assign(late=lambda one: one["returns_late"] > 0)
    found = standouts.standouts(late, "unit_name", "late")
    _intervals(found, (_("late returns"), _("Unit")))
    rows = []
    for one in found:
        own = held[held["unit_name"] == one.group]
        rows.append(
            {
                _("Unit"): one.group, _("Cases"): len(own), _("Late returns"): f"{one.share:.1%}",
                _("95 % interval"): f"{one.low:.1%} – {one.high:.1%}", "n": one.n,
                _("Slips refused"): int(own["refused_slip"].sum()),
                _("Second dispatches"): int(own["second_dispatched"].sum()),
                _("Later than the others"): _stands(one),
            }
        )  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Units"))


def _stands(one: Standout) -> str:
    if one.p is None:
        return _("too few cases")
    return _("yes") if one.stands_out else _("no real difference")


def _intervals(found: Sequence[Standout], titles: tuple[str, str]) -> None:
    colours = ["small" if one.p is None else "standing_out" if one.stands_out else "plain" for one in found]
    table = pd.DataFrame(
        {
            "name": [one.group for one in found], "share": [one.share for one in found],
            "low": [one.low for one in found], "high": [one.high for one in found], "n": [one.n for one in found],
            "colour": colours,
        }
    )  # fmt: skip
    if len(table):
        st.altair_chart(charts.intervals(table, titles), alt=" · ".join(titles))
