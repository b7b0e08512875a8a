"""Below the desk: who has scored this call before, what it was heard with, and the other calls of its case."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import correction_desk, desk, library_forms, tables
from qa_app.core.access import Action
from qa_app.joins import OpenedReview
from qa_app.session import _
from scorecards import praise
from scorecards.model import Author


def not_ready(opened: OpenedReview) -> None:
    """A call that cannot be scored yet, with the reason."""
    line = opened.story.line
    if line.reason_code:
        st.error(_("{file} was set aside: {reason}", file=line.file_name, reason=tables.reason(line)))
    elif opened.story.transcript is None:
        st.info(_("{call} is still being transcribed.", call=line.call_id), icon=":material/hourglass:")
    else:
        st.warning(_("No scorecard is published for calls in this language ({language}).", language=line.language))


def below(opened: OpenedReview) -> None:
    """What stands below the desk."""
    if opened.unfit:
        st.warning(_("Not fit for scoring: {reason}", reason=opened.unfit), icon=":material/block:")
    if opened.by_person and session.may(Action.SCORE_CALL):
        call_pk = opened.story.line.id
        st.button(_("Score again"), icon=":material/replay:", on_click=desk.score_again, args=(call_pk,))
    with st.expander(_("Evaluations of this call ({total})", total=len(opened.records))):
        _records(opened)
    with st.expander(_("About this recording")):
        _facts(opened)
    if session.may(Action.CORRECT):
        with st.expander(_("Wrong information: a correcting callback")):
            correction_desk.of_call(opened.story.line.id)
    if session.may(Action.PRAISE):
        with st.expander(_("Praise the agent")):
            _praise(opened.story.line.id)
    if session.may(Action.ADD_TO_LIBRARY):
        with st.expander(_("Put into the case library")):
            library_forms.clip(opened)


def _praise(call_pk: int) -> None:
    """A good word, perhaps about a second of the call; what was typed stays when it is refused."""
    with st.form(f"praise.{call_pk}", border=False):
        words = st.text_area(_("What was good"), height=80, max_chars=praise.LONGEST)
        at = st.text_input(_("At which second (may stay empty)"), width=220, autocomplete="off")
        sent = st.form_submit_button(_("Send to the agent"), icon=":material/favorite:")
    if not sent:
        return
    if at.strip() and not at.strip().replace(".", "", 1).isdigit():
        st.error(_("“{text}” is no second of the call: write a number such as 12.5, or nothing.", text=at))
        return
    at_s = float(at) if at.strip() else None
    _given, refusal = session.attempt(praise.praise_call, session.now(), call_pk, words, at_s)
    if refusal:
        st.error(refusal)
    else:
        st.success(_("The agent sees it under Performance."), icon=":material/favorite:")


def _records(opened: OpenedReview) -> None:
    records = opened.records
    passed = {True: _("passed"), False: _("not passed"), None: _("open")}
    table = pd.DataFrame(
        {
            _("When"): [session.moment(record.created_at) for record in records],
            _("By"): [record.author_name if record.author is Author.PERSON else _("machine") for record in records],
            _("Scorecard"): [f"{r.evaluation.scorecard} v{r.evaluation.version}" for r in records],
            _("Score"): [record.evaluation.score_pct for record in records],
            _("Result"): [passed[record.evaluation.passed] for record in records],
            _("Seconds spent"): [record.seconds_spent for record in records],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Evaluations of this call"))


def _facts(opened: OpenedReview) -> None:
    story = opened.story
    heard = story.transcript
    engine = heard.engine if heard else None
    if engine:
        model = f"{engine.name} {engine.model} {engine.model_sha256[:12]}… {engine.vocabulary or ''}"
        st.text(_("Heard by {model}", model=model))
    metrics = heard.metrics if heard else None
    if metrics:
        st.text(
            _(
                "Interruptions: agent {agent}, customer {customer}. Silences: {silences}. Holds: {holds}.",
                agent=metrics.interruptions_by_agent,
                customer=metrics.interruptions_by_customer,
                silences=len(metrics.silences),
                holds=len(metrics.holds),
            )
        )
    if story.siblings:
        st.text(_("Other calls of case {case}: {calls}", case=story.line.case_ref, calls=", ".join(story.siblings)))
