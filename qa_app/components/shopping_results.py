"""Results of validated visits: points by unit and agent with n and interval, and each visit's items."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from qa_app import charts, session
from qa_app.components import parts, shopping_words
from qa_app.components.parts import DAYS, SPANS
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import _
from scorecards import shopping_reads
from scorecards.shopping_figures import LEAST_VISITS, grouped
from scorecards.shopping_reads import Result


def results_part() -> None:
    """The validated visits of a span: figures of the groups for who sees more than the own, then visit by visit."""
    span = parts.kept_choice("span", {name: _(words) for name, words in SPANS.items()}, _("Span"), default="year",
                             key="shopping.span")  # fmt: skip
    until = session.end_of_today()
    found = session.read(shopping_reads.results, until - timedelta(days=DAYS[span]), until)
    if not found:
        st.info(_("No validated visit in this span."), icon=":material/inbox:")
        return
    units = session.read(lambda database, _actor: shopping_reads.unit_names(database))
    ids = {one.agent_id for one in found if one.agent_id is not None}
    names = session.read(lambda database, _actor: people.names_of(database, ids))
    if session.may(Action.MANAGE_SHOPPING) or {one.agent_id for one in found} != {session.current().user_id}:
        by = parts.kept_choice("by", {"unit": _("By unit"), "agent": _("By agent")}, _("Grouped"), key="shopping.by")
        _groups(found, by, units if by == "unit" else names)
    _visits(found, units, names)


def _groups(found: list[Result], by: str, names: dict[int, str]) -> None:
    values = [(one.unit_id if by == "unit" else one.agent_id, one.points) for one in found]
    figures = grouped((group, value) for group, value in values if group is not None and value is not None)
    shown = pd.DataFrame(
        [
            {"name": names.get(group, "–"), "value": one.estimate.value, "low": one.estimate.low,
             "high": one.estimate.high, "n": one.n, "colour": "small" if one.n < LEAST_VISITS else "plain"}
            for group, one in figures.items() if one.estimate is not None
        ]
    )  # fmt: skip
    if shown.empty:
        st.caption(_("No visit of this span has points here."))
        return
    st.caption(_("Mean points of 100 with 95 % interval (Student's t); grey: fewer than {least} visits, not ranked.",
                 least=LEAST_VISITS))  # fmt: skip
    title = _("Unit") if by == "unit" else _("Agent")
    st.altair_chart(charts.spans(shown, (_("Points"), title), is_share=False), alt=title)
    table = pd.DataFrame(
        {
            title: shown["name"], _("Points"): shown["value"].round(1), _("from"): shown["low"].astype(float).round(1),
            _("to"): shown["high"].astype(float).round(1), "n": shown["n"],
            _("Few"): [_("few") if one == "small" else "" for one in shown["colour"]],
        }
    )  # fmt: skip
    parts.as_table(table, f"shopping-{by}")


def _visits(found: list[Result], units: dict[int, str], names: dict[int, str]) -> None:
    columns: dict[str, list[object]] = {
        _("Began"): [session.moment(one.at) for one in found],
        _("Scenario"): [shopping_words.title(one.scenario) for one in found],
        _("Unit"): [units.get(one.unit_id, "–") for one in found],
        _("Agent"): [names.get(one.agent_id or 0, "–") for one in found],
        _("Points"): [None if one.points is None else round(one.points, 1) for one in found],
    }
    if any(one.alias for one in found):
        columns[_("Shopper")] = [one.alias for one in found]
    st.caption(_("Tick a visit for its items."))
    event = st.dataframe(pd.DataFrame(columns), hide_index=True, on_select="rerun", selection_mode="single-row",
                         key="shopping.results", alt=_("Results"))  # fmt: skip
    rows = event.selection.rows
    opened = st.query_params.get("visit", "")
    one = found[rows[0]] if rows and rows[0] < len(found) else None
    one = one or next((each for each in found if str(each.visit_id) == opened), None)
    if one is not None:
        st.query_params["visit"] = str(one.visit_id)
        _items(one)


def _items(one: Result) -> None:
    st.subheader(f"{shopping_words.title(one.scenario)} · {session.moment(one.at)}")
    st.markdown(_("Points: **{points}** of 100", points=shopping_words.points(one.points)))
    shopping_words.form_table([(each.item, each.reply) for each in one.items])
