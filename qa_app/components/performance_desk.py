"""Performance sheets on the screen: who stands where with its interval, one sheet, and what stands behind a cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from qa_app import charts, performance_sheet, session
from qa_app.components import parts
from qa_app.components.tables import clock
from qa_app.core import people
from qa_app.performance_sheet import OF_CALLS, AgentSheet
from qa_app.session import N_, _
from scorecards import praise
from scorecards.agreement import Estimate
from scorecards.performance import Cell, Formula, Part, Sheet, SheetGrade
from scorecards.performance_months import EVALUATIONS

PARTS = {
    Part.QUALITY: N_("Quality"), Part.SATISFACTION: N_("Satisfaction"), Part.EFFICIENCY: N_("Efficiency"),
    Part.COMPLIANCE: N_("Compliance"), Part.MYSTERY: N_("Mystery shopping"),
}  # fmt: skip
GRADES = {
    SheetGrade.EXCELLENT: N_("excellent"), SheetGrade.GOOD: N_("good"), SheetGrade.QUALIFIED: N_("qualified"),
    SheetGrade.UNQUALIFIED: N_("not qualified"),
}  # fmt: skip
MEASURES = {
    "evaluations": (
        N_("Scores of random calls"),
        N_("Mean score (0–100) of the calls of the month that the lot picked and a person scored, as they stand after "
           "re-checks and disputes. Calls that a risk rule or a hand picked never enter."),
    ),
    "csat": (
        N_("Key ratings satisfied"),
        N_("Calls after which the customer pressed 4 or 5 of 5 / all calls with a key rating. Callbacks and surveys "
           "are about the whole case and are not counted for one person."),
    ),
    "aht_s": (
        N_("Average handling time (AHT)"),
        N_("Mean length of the recorded calls in seconds, holds included; work after the call is not recorded and not "
           "counted. 100 points up to the target, then 100 × target / mean."),
    ),
    "volume": (
        N_("Calls a month"),
        N_("Recorded calls with the agent as the first speaker; 100 × calls a month / target, at most 100. It counts "
           "what happened, without sampling error."),
    ),
    "fcr": (
        N_("First-call resolution (FCR)"),
        N_("Calls whose customer did not call anybody again within 7 days / calls of known customers whose 7 days are "
           "over. Why a customer calls again is not asked."),
    ),
    "on_the_spot": (
        N_("On-the-spot rate"),
        N_("Complaints that were solved on the spot / complaints about which the agent was asked first; suggestions, "
           "appeals and joined ones are left out."),
    ),
    "deductions": (
        N_("Fatal errors"),
        N_("100 less the points that each call with a confirmed fatal error costs, from every call that a person "
           "scored. An error counts once a second person has confirmed it."),
    ),
    "visits": (
        N_("Mystery shopping"),
        N_("Mean points (0–100) of the validated visits and test calls that met the agent."),
    ),
}  # fmt: skip
FORMULAS = {
    Formula.MEAN: N_("mean"), Formula.SHARE: N_("share × 100"), Formula.AT_MOST: N_("100 × target / mean"),
    Formula.AT_LEAST: N_("100 × amount / target"), Formula.DEDUCTIONS: N_("100 less deductions"),
}  # fmt: skip
MONTHS, QUARTERS, OF_TREND = 13, 5, 6
SHOWN = 200


def period() -> tuple[date, ...]:
    """The months that were chosen: one, or those of a quarter."""
    kinds = {"month": _("Month"), "quarter": _("Quarter")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = parts.kept_choice("span", kinds, _("Period"), key="performance.span")
        spans = _months() if kind == "month" else _quarters()
        names = {_name(one): one for one in spans}
        given = st.query_params.get("period", "")
        chosen = st.selectbox(_("Period"), list(names), index=list(names).index(given) if given in names else 0,
                              width=180)  # fmt: skip
    st.query_params["period"] = str(chosen)
    return names[str(chosen)]


def _this_month() -> date:
    return session.now().astimezone(session.office().zone).date().replace(day=1)


def _months() -> list[tuple[date, ...]]:
    found = [_this_month()]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return [(one,) for one in found]


def _quarters() -> list[tuple[date, ...]]:
    found = [performance_sheet.months_of_quarter(_this_month())]
    while len(found) < QUARTERS:
        found.append(performance_sheet.months_of_quarter(found[-1][0] - timedelta(days=1)))
    return list(found)


def _name(months: Sequence[date]) -> str:
    return f"{months[0]:%Y-%m}" if len(months) == 1 else f"{months[0]:%Y}Q{(months[0].month + 2) // 3}"


def _sheets(months: Sequence[date]) -> list[AgentSheet]:
    return session.read(performance_sheet.sheets, session.now(), session.office(), months)


def team(months: Sequence[date]) -> None:
    """Everybody in reach by name: the total with its interval and grade, then one sheet in full."""
    found = _sheets(months)
    if not found:
        st.info(_("There are no calls of this period."), icon=":material/inbox:")
        return
    _state(found[0])
    units = {one.id: one.name for one in session.read(lambda database, _actor: people.units(database))}
    rows = [_row(one, units.get(one.unit_id, "–")) for one in found]
    points = _points([(one.name, one.sheet) for one in found])
    if not points.empty:
        st.altair_chart(charts.spans(points, (_("Total, 95 % interval; grey: too few to rank"), ""), is_share=False))
    table = pd.DataFrame(rows)
    st.caption(_("Sorted by name, not by rank: tick somebody to open the sheet."))
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="sheets",
                         alt=_("Performance"))  # fmt: skip
    parts.downloads(table, f"performance-{_name(months)}", ("csv", "xlsx"))
    picked = event.selection.rows
    if picked and picked[0] < len(found):
        one = found[picked[0]]
        st.subheader(f"{one.name} · {one.sheet.period}")
        sheet(one, months)


def own(months: Sequence[date]) -> None:
    """The agent's own sheet, how the total moved, and good words."""
    mine = [one for one in _sheets(months) if one.agent_id == session.current().user_id]
    if not mine:
        st.info(_("There are no calls of yours in this period."), icon=":material/inbox:")
    else:
        _state(mine[0])
        sheet(mine[0], months)
    _trend()
    good_words()


def _state(one: AgentSheet) -> None:
    if one.is_closed:
        st.caption(_("Closed (封账): these figures stand; overturns after that count in the next open month."))
    else:
        st.caption(
            _("Open: the figures still move until the month is closed on the working day that the regime names.")
        )


def _row(one: AgentSheet, unit: str) -> dict[str, object]:
    found = one.sheet
    row: dict[str, object] = {_("Agent"): one.name, _("Team"): unit, _("Total"): _told(found.total),
                              _("Grade"): _grade(found)}  # fmt: skip
    for part in found.parts:
        row[_(PARTS[part.part])] = _told(part.score) + (" *" if part.is_small and part.score else "")
    row[_("Note")] = _note(found)
    return row


def _note(found: Sheet) -> str:
    left = "、".join(_(PARTS[one]) for one in found.left_out)
    told = [_("too few (*): no grade, no ranking")] if found.is_small else []
    return "; ".join([*told, *([_("without {parts}", parts=left)] if left else [])])


def _told(one: Estimate | None) -> str:
    if one is None:
        return "–"
    return f"{one.value:.1f} ({0 if one.low is None else one.low:.0f}–{100 if one.high is None else one.high:.0f})"


def _grade(found: Sheet) -> str:
    if found.grade is None or found.is_small:
        return "–"
    return _(GRADES[found.grade]) if found.grade_is_sure else _("{grade}, not sure", grade=_(GRADES[found.grade]))


def _points(found: Sequence[tuple[str, Sheet]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"name": name, "value": one.total.value, "low": one.total.low, "high": one.total.high,
             "n": sum(cell.n for cell in one.cells if cell.measure == EVALUATIONS),
             "colour": "small" if one.is_small else "plain"}
            for name, one in found if one.total
        ]
    )  # fmt: skip


def sheet(one: AgentSheet, months: Sequence[date]) -> None:
    """One sheet: every measure with n, value, target, score and interval; a ticked one opens its sources."""
    left, middle, right = st.columns(3)
    left.metric(_("Total"), _told(one.sheet.total), border=True)
    middle.metric(_("Grade"), _grade(one.sheet), border=True)
    right.metric(_("Scored at random"), _n_of(one.sheet), border=True)
    if note := _note(one.sheet):
        st.caption(note)
    cells = [(part, cell) for part in one.sheet.parts for cell in part.cells]
    table = pd.DataFrame(
        {
            _("Part of the sheet"): [f"{_(PARTS[part.part])} {part.weight:g}" for part, _cell in cells],
            _("Measure"): [_title(cell.measure) for _part, cell in cells],
            "n": [cell.n for _part, cell in cells],
            _("Value"): [_value(cell) for _part, cell in cells],
            _("Target"): [_in_unit(cell, cell.target) for _part, cell in cells],
            _("Points (95 % interval)"): [_told(cell.score) for _part, cell in cells],
            _("Counts for"): [f"{part.counted * cell.weight / 100:.1f} %" for part, cell in cells],
            _("Formula"): [_(FORMULAS[cell.formula]) for _part, cell in cells],
            _("Note"): [_("too few") if cell.is_small else "" for _part, cell in cells],
        }
    )
    st.caption(_("Tick a measure to see what it was counted from."))
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row",
                         key=f"cells.{one.agent_id}.{_name(months)}", alt=_("Performance sheet"))  # fmt: skip
    picked = event.selection.rows
    if picked and picked[0] < len(cells):
        _sources(one, cells[picked[0]][1], months)
    with st.expander(_("How each measure is defined")):
        for _part, cell in cells:
            title, meaning = MEASURES.get(cell.measure, (cell.measure, ""))
            st.markdown(f"**{_(title)}** · {_(meaning) if meaning else '–'}")


def _n_of(found: Sheet) -> int:
    return sum(cell.n for cell in found.cells if cell.measure == EVALUATIONS)


def _title(measure: str) -> str:
    return _(MEASURES[measure][0]) if measure in MEASURES else measure


def _value(cell: Cell) -> str:
    return _in_unit(cell, cell.value)


def _in_unit(cell: Cell, value: float | None) -> str:
    if value is None:
        return "–"
    if cell.formula is Formula.SHARE:
        return f"{value:.0%}"
    return f"{value:.0f} s" if cell.measure.endswith("_s") else f"{value:.1f}"


def _sources(one: AgentSheet, cell: Cell, months: Sequence[date]) -> None:
    """What a cell was counted from, each thing one tick away."""
    if cell.measure in OF_CALLS:
        calls = session.read(performance_sheet.calls_of, session.office(), one.agent_id, months)
        found = [(f"call:{call.id}", clock(call.duration_s), session.moment(call.started_at)) for call in calls]
    else:
        behind, late = one.figures.get(cell.measure, ()), _("overturned after its month was closed")
        found = [(source, f"{value:g}", "") for figure in behind for source, value in figure.by_source.items()]
        found += [(source, f"{value:+.1f}", late) for figure in behind for source, value in figure.changes.items()]
    if not found:
        st.info(_("Nothing was counted."))
        return
    shown = found[:SHOWN]
    st.caption(_("{title}: {shown} of {total}; tick a line to open it.", title=_title(cell.measure), shown=len(shown),
                 total=len(found)))  # fmt: skip
    table = pd.DataFrame({_("Source"): [_source(name) for name, _v, _w in shown],
                          _("Value"): [value for _n, value, _w in shown],
                          _("When or why"): [why for _n, _v, why in shown]})  # fmt: skip
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row",
                         key=f"sources.{one.agent_id}.{cell.measure}.{_name(months)}", alt=_("Sources"))  # fmt: skip
    picked = event.selection.rows
    if picked and picked[0] < len(shown):
        kind, _colon, number = shown[picked[0]][0].partition(":")
        pages = {
            "call": ("views/review.py", "call"),
            "case": ("views/cases.py", "case"),
            "visit": ("views/shopping.py", "visit"),
        }
        if kind in pages:
            st.switch_page(pages[kind][0], query_params={pages[kind][1]: number})


def _source(name: str) -> str:
    kind, _colon, number = name.partition(":")
    titles = {"call": _("call"), "case": _("case"), "visit": _("visit")}
    return f"{titles.get(kind, kind)} {number}"


def _trend() -> None:
    """The agent's total of the last months, each with its interval, and whether the last one really moved."""
    months = [one[0] for one in _months()[:OF_TREND]][::-1]
    found = [(f"{month:%Y-%m}", one.sheet, one.sheet.total) for month in months for one in _sheets((month,))
             if one.agent_id == session.current().user_id]  # fmt: skip
    told = [(name, sheet_, total) for name, sheet_, total in found if total is not None]
    if len(told) < 2:  # noqa: PLR2004 - a trend needs two points
        return
    st.subheader(_("How it moved"))
    points = _points([(name, sheet_) for name, sheet_, _total in told])
    st.altair_chart(charts.spans(points, (_("Total, 95 % interval; grey: too few to rank"), ""), is_share=False))
    before, last = told[-2][2], told[-1][2]
    apart = (last.low or 0.0) > (before.high or 100.0) or (last.high or 100.0) < (before.low or 0.0)
    st.caption(_("The last month really differs from the one before: their intervals are apart.") if apart else
               _("The intervals of the last two months overlap: chance may explain the difference."))  # fmt: skip


def good_words() -> None:
    """What was praised, the newest first, each with the call to hear it."""
    found = session.read(praise.praises)
    st.subheader(_("Praise ({n})", n=len(found)))
    if not found:
        st.info(_("Nobody has left a good word yet. Inspectors and supervisors can, on a call's review page."),
                icon=":material/favorite:")  # fmt: skip
        return
    ids = {one.agent_id for one in found} | {one.by_id for one in found if one.by_id}
    names = session.read(lambda database, _actor: people.names_of(database, ids))
    for place, one in enumerate(found):
        with st.container(border=True):
            st.caption(f"{names.get(one.agent_id, '–')} · {session.moment(one.at)} · {names.get(one.by_id or 0, '–')}")
            st.text(one.words)
            if one.call_pk is not None and st.button(_("Hear it"), key=f"praise.{place}", icon=":material/play_arrow:"):
                at = {} if one.at_s is None else {"at": f"{one.at_s:g}"}
                st.switch_page("views/review.py", query_params={"call": str(one.call_pk), **at})
