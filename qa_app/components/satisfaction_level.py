"""The level of satisfaction: every metric with its interval against the target, the period before and last year."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components.parts import DAYS
from qa_app.components.satisfaction import NAMES, Asked, text
from qa_app.core.errors import HuitingError
from qa_app.session import _
from surveys import figures, responses, rules, satisfaction
from surveys.figures import Item
from surveys.satisfaction import Value
from surveys.weighting import Raked, rake


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
