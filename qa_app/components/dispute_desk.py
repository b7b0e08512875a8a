"""Evaluations as their agent reads them, the form to contest one answer, and contested answers to be decided."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from qa_app import joins, session
from qa_app.components import parts
from qa_app.components.quality_desk import rules
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.joins import OwnEvaluation
from qa_app.session import _
from scorecards import contesting, drawing, words
from scorecards.contesting import Contested, Rules
from scorecards.disputes import DisputeState, Status, Step, StepKind
from scorecards.model import Verdict

PROPOSED = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)
LOST = (Verdict.NOT_MET, Verdict.PARTLY_MET)
CONTESTED = (
    DisputeState.OPEN, DisputeState.DECIDED, DisputeState.SECOND_OPEN, DisputeState.WITHDRAWN, DisputeState.FINAL,
)  # fmt: skip
FILING = (DisputeState.TOLD, DisputeState.SIGNED)
SHOWN = 20


def own_evaluations() -> None:
    """The reader's own evaluations, the newest first; the machine's stand apart and count for nothing."""
    found = session.read(joins.own_evaluations, SHOWN)
    if not found:
        st.info(_("None of your calls was scored yet."), icon=":material/inbox:")
        return
    windows = rules()
    for one in found:
        with st.container(border=True):
            _evaluation(one, windows)


def _evaluation(one: OwnEvaluation, windows: Rules) -> None:
    score = "–" if one.score_pct is None else f"{one.score_pct:.1f}"
    by = _("scored by a person") if one.by_person else _("the machine's, counts for nothing until a person scores it")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{one.call_id}** · {session.moment(one.at)} · {score} · {by}")
        if st.button(_("Hear and read"), key=f"open.{one.id}", icon=":material/play_circle:", type="tertiary"):
            st.switch_page("views/review.py", query_params={"call": str(one.call_pk)})
    if not one.by_person:
        if st.button(_("Ask for a person"), key=f"person.{one.id}", icon=":material/person_search:"):
            session.act(drawing.ask_for_person, session.now(), one.call_pk,
                        done=_("A person will score this call."))  # fmt: skip
            st.rerun()
        return
    standing = session.read(contesting.standing, session.now(), one.id, windows)
    decided = session.read(contesting.decided_words, one.id)
    if any(status.state is DisputeState.TOLD for status in standing.values()) and st.button(
        _("Sign for it"), key=f"sign.{one.id}", icon=":material/done:"
    ):
        session.act(contesting.sign, session.now(), one.id, windows, done=_("Signed for."))
        st.rerun()
    for answer in one.answers:
        status = standing.get(answer.criterion)
        if status is None or (answer.verdict not in LOST and status.state not in CONTESTED):
            continue
        told = f"{answer.title} · {_(words.VERDICTS[answer.verdict])} · {_(words.STATES[status.state])}"
        st.markdown(told + _until(status.deadline))
        for said in (answer.comment, decided.get(answer.criterion, "")):
            if said:
                st.caption(said)
        _next(one, answer.criterion, status, windows)


def _until(deadline: datetime | None) -> str:
    return "" if deadline is None else " · " + _("until {moment}", moment=session.moment(deadline))


def _next(one: OwnEvaluation, criterion: str, status: Status, windows: Rules) -> None:
    kind = StepKind.SECOND_DISPUTED if status.state is DisputeState.DECIDED else StepKind.DISPUTED
    if status.state in FILING or (status.state is DisputeState.DECIDED and status.deadline is not None):
        with st.expander(_("Contest this answer") if kind is StepKind.DISPUTED else _("Contest the decision")):
            _form(one.id, criterion, kind, windows)
    elif status.state in (DisputeState.OPEN, DisputeState.SECOND_OPEN) and st.button(
        _("Withdraw"), key=f"withdraw.{one.id}.{criterion}", type="tertiary"
    ):
        _send(one.id, Step(StepKind.WITHDRAWN, session.now(), None, criterion), windows, _("Withdrawn."))


def _form(evaluation: int, criterion: str, kind: StepKind, windows: Rules) -> None:
    with st.form(f"contest.{evaluation}.{criterion}", border=False):
        verdict = st.segmented_control(_("What is right instead"), PROPOSED, default=Verdict.MET, required=True,
                                       format_func=lambda one: _(words.VERDICTS[one]))  # fmt: skip
        said = st.text_area(_("Why (the second of the call helps)"), height=90, key=f"why.{evaluation}.{criterion}")
        if st.form_submit_button(_("Contest"), type="primary"):
            step = Step(kind, session.now(), None, criterion, verdict, said)
            _send(evaluation, step, windows, _("Contested; somebody who did not score it decides."))


def _send(evaluation: int, step: Step, windows: Rules, done: str) -> None:
    parts.settle(session.attempt(contesting.contest, session.now(), evaluation, step, windows), done)


def to_decide(action: Action) -> None:
    """Contested answers that wait for the reader, the oldest first."""
    second = action is Action.DECIDE_SECOND_DISPUTE
    st.subheader(_("Second level") if second else _("To decide"))
    windows = rules()
    found = session.read(contesting.contested, session.now(), windows, action)
    if not found:
        st.success(_("No dispute waits for you."), icon=":material/done_all:")
        return
    ids = {one.agent_id for one in found} | {one.scorer_id for one in found if one.scorer_id is not None}
    names = session.read(lambda database, _actor: people.names_of(database, ids))
    for one in found:
        with st.container(border=True):
            _contested(one, names, windows, second=second)


def _contested(one: Contested, names: dict[int, str], windows: Rules, *, second: bool) -> None:
    scorer = names.get(one.scorer_id or 0, _("machine"))
    late = " · :material/schedule: " + _("late") if one.status.deadline and one.status.deadline < session.now() else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{one.title}** · {names.get(one.agent_id, '–')} · {_('scored by {name}', name=scorer)}"
                    f"{_until(one.status.deadline)}{late}")  # fmt: skip
        if st.button(_("Hear and read"), key=f"hear.{one.evaluation_id}.{one.criterion}", type="tertiary",
                     icon=":material/play_circle:"):  # fmt: skip
            st.switch_page("views/review.py", query_params={"call": str(one.call_pk)})
    st.markdown(
        _("Scored: {verdict}. The agent proposes: {proposed}.", verdict=_(words.VERDICTS[one.verdict]),
          proposed=_(words.VERDICTS[one.proposed]))
    )  # fmt: skip
    st.markdown(f"> {one.words}")
    if one.decided is not None:
        st.caption(_("First decision: {verdict}. {reason}", verdict=_(words.VERDICTS[one.decided]), reason=one.reason))
    key = f"decide.{one.evaluation_id}.{one.criterion}"
    with st.form(key, border=False):
        verdict = st.segmented_control(_("Decision"), PROPOSED, default=one.verdict, required=True,
                                       format_func=lambda each: _(words.VERDICTS[each]))  # fmt: skip
        reason = st.text_area(_("Reason"), height=80, key=f"{key}.reason")
        if st.form_submit_button(_("Decide"), type="primary"):
            kind = StepKind.SECOND_DECIDED if second else StepKind.DECIDED
            step = Step(kind, session.now(), None, one.criterion, verdict, reason)
            decided = session.attempt(contesting.decide, session.now(), one.evaluation_id, step, windows)
            parts.settle(decided, _("Decided."))
