"""DataFrame -> Altair chart; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

BAND_PCT = 10
HEIGHT_PX = 220
BEFORE_COLOUR, AFTER_COLOUR = "#9aa5b1", "#1f6feb"


def score_bands(before: Sequence[int] | None, after: Sequence[int], names: tuple[str, str]) -> pd.DataFrame:
    """Calls by band of the score (0-9 ... 90-100) and card, one row each; without `before` only the draft's."""
    sides = [(names[0], before), (names[1], after)] if before is not None else [(names[1], after)]
    last = len(after) - 1
    return pd.DataFrame(
        [
            {"band": f"{at * BAND_PCT}–{at * BAND_PCT + (BAND_PCT if at == last else BAND_PCT - 1)}", "card": card,
             "calls": count}
            for card, counts in sides
            for at, count in enumerate(counts or ())
        ]
    )  # fmt: skip


def scores_before_after(table: pd.DataFrame, names: tuple[str, str], titles: tuple[str, str]) -> alt.Chart:
    """Scores in bands as pairs of bars, the version in force grey, the draft in the accent colour."""
    order = list(dict.fromkeys(table["band"]))
    chart: alt.Chart = (
        alt.Chart(table, height=HEIGHT_PX)
        .mark_bar()
        .encode(
            x=alt.X("band:N", sort=order, title=titles[0], axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("card:N", sort=list(names)),
            y=alt.Y("calls:Q", title=titles[1]),
            color=alt.Color(
                "card:N",
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=[BEFORE_COLOUR, AFTER_COLOUR]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["card:N", "band:N", "calls:Q"],
        )
    )
    return chart


Layers = alt.LayerChart | alt.FacetChart
GREY, ACCENT, ALARM = "#9aa5b1", "#1f6feb", "#c0392b"
WIDE_PX = 240


def volume(weeks: pd.DataFrame, ahead: pd.DataFrame, titles: tuple[str, str]) -> Layers:
    """Complaints a week as a line, the coming weeks as a broken one inside its 80 % and 95 % bands.

    `weeks` has week and count; `ahead` week, expected, low_80, high_80, low_95, high_95 (it may be empty).
    """
    x = alt.X("week:T", title=titles[0], axis=alt.Axis(format="%Y-%m"))
    line = alt.Chart(weeks).mark_line(color=ACCENT).encode(
        x=x, y=alt.Y("count:Q", title=titles[1]), tooltip=["week:T", "count:Q"]
    )  # fmt: skip
    bands = [
        alt.Chart(ahead).mark_area(color=GREY, opacity=opacity).encode(x=x, y=f"low_{width}:Q", y2=f"high_{width}:Q")
        for width, opacity in ((95, 0.25), (80, 0.35))
    ]
    coming = alt.Chart(ahead).mark_line(color=ACCENT, strokeDash=[4, 3]).encode(
        x=x, y="expected:Q",
        tooltip=["week:T", alt.Tooltip("expected:Q", format=".0f"), alt.Tooltip("low_95:Q", format=".0f"),
                 alt.Tooltip("high_95:Q", format=".0f")],
    )  # fmt: skip
    return alt.layer(*bands, line, coming).properties(height=WIDE_PX)


def pareto(table: pd.DataFrame, titles: tuple[str, str]) -> alt.Chart:
    """Classes by count, the most first, each with the share of all that it and those before it make up.

    `table` has name, code, count and cumulated (0..1).
    """
    chart: alt.Chart = (
        alt.Chart(table, height=alt.Step(20))
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X("count:Q", title=titles[0]),
            y=alt.Y("name:N", sort=None, title=titles[1], axis=alt.Axis(labelLimit=260)),
            tooltip=["name:N", "count:Q", alt.Tooltip("cumulated:Q", format=".0%")],
        )
        .add_params(alt.selection_point(name="picked", fields=["code"]))
    )
    return chart


def intervals(table: pd.DataFrame, titles: tuple[str, str]) -> Layers:
    """Shares with their intervals as points on lines, sorted as given; grey where there are too few to say anything.

    `table` has name, share, low, high, n and colour (a word of `COLOURS`).
    """
    y = alt.Y("name:N", sort=None, title=titles[1], axis=alt.Axis(labelLimit=260))
    colour = alt.Color("colour:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None)
    base = alt.Chart(table, height=alt.Step(18))
    spans = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=titles[0], axis=alt.Axis(format="%")), x2="high:Q", y=y, color=colour
    )  # fmt: skip
    tips = ["name:N", alt.Tooltip("share:Q", format=".1%"), alt.Tooltip("low:Q", format=".1%"),
            alt.Tooltip("high:Q", format=".1%"), "n:Q"]  # fmt: skip
    points = base.mark_point(filled=True, size=50).encode(x="share:Q", y=y, color=colour, tooltip=tips)
    return alt.layer(spans, points)


COLOURS = {"small": GREY, "plain": ACCENT, "standing_out": ALARM}


def cause_and_others(weeks: pd.DataFrame, since: date, names: tuple[str, str]) -> Layers:
    """Weekly complaints of a cause beside all others brought to the same level before `since`, which a rule marks."""
    before = weeks[weeks["week"] < pd.Timestamp(since)]
    scale = before["cause"].sum() / max(1, before["others"].sum()) if len(before) else 1.0
    sides = [
        weeks[["week"]].assign(count=weeks["cause"].astype(float), what=names[0]),
        weeks[["week"]].assign(count=weeks["others"] * scale, what=names[1]),
    ]
    lines = alt.Chart(pd.concat(sides)).mark_line().encode(
        x=alt.X("week:T", title=None, axis=alt.Axis(format="%Y-%m")), y=alt.Y("count:Q", title=None),
        color=alt.Color("what:N", scale=alt.Scale(domain=list(names), range=[ACCENT, GREY]),
                        legend=alt.Legend(title=None, orient="top")),
        tooltip=["week:T", "what:N", alt.Tooltip("count:Q", format=".1f")],
    )  # fmt: skip
    mark = alt.Chart(pd.DataFrame({"week": [pd.Timestamp(since)]})).mark_rule(strokeDash=[3, 3]).encode(x="week:T")
    return alt.layer(lines, mark).properties(height=HEIGHT_PX)


def control(points: pd.DataFrame, marks: pd.DataFrame, titles: tuple[str, str]) -> Layers:
    """A control chart: points on a line between their limits, signals as red diamonds, rules where the level changed.

    `points` has period, value, centre, low, high, signal and n; `marks` has period (it may be empty).
    """
    x = alt.X("period:T", title=None, axis=alt.Axis(format="%Y-%m-%d"))
    base = alt.Chart(points)
    y = alt.Y("value:Q", title=titles[0], axis=alt.Axis(format="%"), scale=alt.Scale(zero=False))
    band = base.mark_area(color=GREY, opacity=0.2).encode(x=x, y=alt.Y("low:Q", title=titles[0]), y2="high:Q")
    centre = base.mark_line(color=GREY, strokeDash=[4, 3]).encode(x=x, y="centre:Q")
    tips = [alt.Tooltip("period:T"), alt.Tooltip("value:Q", format=".1%"), alt.Tooltip("low:Q", format=".1%"),
            alt.Tooltip("high:Q", format=".1%"), "n:Q"]  # fmt: skip
    line = base.mark_line(color=ACCENT).encode(x=x, y=y)
    dots = base.mark_point(filled=True, size=60).encode(
        x=x, y=y, tooltip=tips,
        color=alt.condition("datum.signal", alt.value(ALARM), alt.value(ACCENT)),
        shape=alt.condition("datum.signal", alt.value("diamond"), alt.value("circle")),
    )  # fmt: skip
    changed = alt.Chart(marks).mark_rule(color=ALARM, strokeDash=[2, 2]).encode(x="period:T")
    return alt.layer(band, centre, line, dots, changed).properties(height=WIDE_PX)


def spans(table: pd.DataFrame, titles: tuple[str, str], *, is_share: bool) -> Layers:
    """Values with their intervals as points on lines, in the order given; grey where there are too few.

    `table` has name, value, low, high, n and colour (a word of `COLOURS`).
    """
    y = alt.Y("name:N", sort=None, title=titles[1], axis=alt.Axis(labelLimit=200))
    colour = alt.Color("colour:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None)
    form = "%" if is_share else ".1f"
    base = alt.Chart(table, height=alt.Step(20))
    axis = alt.X("low:Q", title=titles[0], axis=alt.Axis(format=form, titleLimit=420), scale=alt.Scale(zero=False))
    lines = base.mark_rule(strokeWidth=2).encode(x=axis, x2="high:Q", y=y, color=colour)
    told = ".1%" if is_share else ".2f"
    tips = ["name:N", alt.Tooltip("value:Q", format=told), alt.Tooltip("low:Q", format=told),
            alt.Tooltip("high:Q", format=told), "n:Q"]  # fmt: skip
    dots = base.mark_point(filled=True, size=50).encode(x="value:Q", y=y, color=colour, tooltip=tips)
    return alt.layer(lines, dots)


def power(table: pd.DataFrame, n: int, titles: tuple[str, str]) -> Layers:
    """The chance of seeing a fault against the sample's size, with a rule at the size chosen; `table` has n, power."""
    line = alt.Chart(table).mark_line(color=ACCENT).encode(
        x=alt.X("n:Q", title=titles[0]), y=alt.Y("power:Q", title=titles[1], axis=alt.Axis(format="%")),
        tooltip=["n:Q", alt.Tooltip("power:Q", format=".1%")],
    )  # fmt: skip
    mark = alt.Chart(pd.DataFrame({"n": [n]})).mark_rule(color=ALARM, strokeDash=[3, 3]).encode(x="n:Q")
    return alt.layer(line, mark).properties(height=HEIGHT_PX)


def shares(table: pd.DataFrame, title: str) -> Layers:
    """Shares from 0 % with their intervals as points on lines; `table` has name, value, low, high and n."""
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    base = alt.Chart(table, height=alt.Step(24))
    tips = ["name:N", alt.Tooltip("value:Q", format=".1%"), alt.Tooltip("low:Q", format=".1%"),
            alt.Tooltip("high:Q", format=".1%"), "n:Q"]  # fmt: skip
    scale = alt.Scale(domain=[0, 1])
    lines = base.mark_rule(strokeWidth=2, color=GREY).encode(
        x=alt.X("low:Q", title=title, axis=alt.Axis(format="%"), scale=scale), x2="high:Q", y=y
    )
    dots = base.mark_point(filled=True, size=60, color=ACCENT).encode(x="value:Q", y=y, tooltip=tips)
    return alt.layer(lines, dots)
