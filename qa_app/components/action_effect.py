"""Whether complaints of a corrective action's cause fell, beside all other complaints, with how sure that is."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from qa_app import charts, session
from qa_app.session import N_, _
from surveys import analysis
from surveys import effect as before_after
from surveys.corrective import CorrectiveAction
from surveys.effect import MOST_WEEKS, Effect, Verdict

VERDICTS = {
    Verdict.FELL: N_("Complaints of this cause fell."),
    Verdict.ROSE: N_("Complaints of this cause rose."),
    Verdict.CANNOT_TELL: N_("It cannot be told yet whether complaints of this cause fell."),
}


def effect(found: CorrectiveAction) -> None:
    """From the verification on: weeks before and after, and the factor with its interval."""
    if found.verified_at is None:
        return
    st.subheader(_("Did it help?"))
    zone, since = session.office().zone, found.verified_at
    local = since.astimezone(zone).replace(tzinfo=None)
    monday = local.date() - timedelta(days=local.weekday())
    weeks = session.read(
        analysis.cause_by_week, zone, found, since - timedelta(weeks=MOST_WEEKS + 1), session.now()
    )  # fmt: skip
    told = before_after.effect(weeks, monday)
    st.markdown(f"**{_(VERDICTS[told.verdict])}**")
    st.caption(_how_sure(told))
    if len(weeks):
        names = (_("this cause"), _("others, scaled"))
        st.altair_chart(
            charts.cause_and_others(weeks, monday, names), alt=_("Complaints a week, this cause and all others")
        )


def _how_sure(told: Effect) -> str:
    if told.ratio is None:
        return _(
            "{before} whole weeks before and {after} after are there; {least} on each side are needed.",
            before=told.weeks_before, after=told.weeks_after, least=before_after.LEAST_WEEKS,
        )  # fmt: skip
    return _(
        "Against all other complaints by the factor {ratio:.2f} (95 %: {low:.2f} to {high:.2f}); "
        "{was} in {before} weeks before, {now} in {after} weeks after. Other things may have changed too.",
        ratio=told.ratio, low=told.low, high=told.high, was=told.cause_before, now=told.cause_after,
        before=told.weeks_before, after=told.weeks_after,
    )  # fmt: skip
