"""Training on the screen: mentor pairs, tasks until they are confirmed, certificates with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import coaching_desk, parts
from qa_app.components.quality_words import criterion_titles
from qa_app.core.access import Action
from qa_app.session import N_, _
from scorecards import training, trainings
from scorecards.training import CertificateState, Ground, Mark, TaskKind, TaskState, TrainingStep
from scorecards.trainings import Certificate, NewCertificate, NewTask, Pair, Task
from scorecards.words import TRAINING_STEPS

KINDS = {
    TaskKind.LISTEN: N_("listen to clips"), TaskKind.ROLE_PLAY: N_("role-play"), TaskKind.READ: N_("read"),
    TaskKind.SHADOW: N_("sit beside the mentor"),
}  # fmt: skip
STATES = {
    TaskState.OPEN: N_("to do"), TaskState.DONE: N_("waits for confirmation"), TaskState.CONFIRMED: N_("confirmed"),
    TaskState.CANCELLED: N_("cancelled"),
}  # fmt: skip
HOLDS = {
    CertificateState.VALID: N_("valid"), CertificateState.EXPIRES_SOON: N_("expires within 30 days"),
    CertificateState.EXPIRED: N_("expired"), CertificateState.REVOKED: N_("revoked"),
}  # fmt: skip
TAKE = {
    TrainingStep.DONE: N_("I have done it"), TrainingStep.CONFIRMED: N_("Confirm"),
    TrainingStep.SENT_BACK: N_("Send back"), TrainingStep.CANCELLED: N_("Cancel the task"),
}  # fmt: skip
DAYS_GIVEN, YEAR = timedelta(days=14), timedelta(days=365)
PAIRS_SHOWN = 50


def training_part() -> None:
    """Who guides whom, and the tasks: what is late first."""
    found, pairs = session.read(trainings.tasks), session.read(trainings.pairs)
    agents = session.read(trainings.agents) if session.may(Action.TRAIN) else {}
    names, titles = _names(found, pairs), criterion_titles()
    if agents:
        with st.expander(_("Give a training task"), icon=":material/add:"):
            _new_task(agents, titles)
        with st.expander(_("Pair an agent with a mentor"), icon=":material/diversity_1:"):
            _new_pair(agents, titles)
    st.subheader(_("Mentors"))
    if not pairs:
        st.info(_("Nobody has a mentor yet."), icon=":material/diversity_1:")
    for each in pairs[:PAIRS_SHOWN]:
        _pair(each, names, titles)
    st.subheader(_("Training tasks"))
    if not found:
        st.info(_("No training task was given yet."), icon=":material/school:")
    today = session.now().astimezone(session.office().zone).date()
    late = {one.id for one in found if training.is_overdue(one.state, one.new.due_on, today)}
    ended = (TaskState.CONFIRMED, TaskState.CANCELLED)
    for one in sorted(found, key=lambda task: (task.id not in late, task.state in ended, task.new.due_on, task.id)):
        with st.container(border=True):
            _task(one, names, titles, is_late=one.id in late)


def _names(found: Sequence[Task], pairs: Sequence[Pair]) -> dict[int, str]:
    ids = {one.new.agent_id for one in found} | {step.by_id for one in found for step in one.steps if step.by_id}
    ids |= {one.mentor_id for one in pairs} | {one.mentee_id for one in pairs}
    return coaching_desk.people_named(ids)


def _pair(one: Pair, names: Mapping[int, str], titles: Mapping[str, str]) -> None:
    about = "、".join(titles.get(name, name) for name in one.criteria)
    told = f"{names.get(one.mentor_id, '–')} → **{names.get(one.mentee_id, '–')}** · {_('since {day}', day=one.since)}"
    st.markdown(told + (f" · {about}" if about else ""))
    if one.ended_at is not None:
        st.caption(_("ended {when}: {words}", when=session.moment(one.ended_at), words=one.ended_words))
    elif session.may(Action.TRAIN):
        with st.popover(_("End it")), st.form(f"pair.{one.id}", border=False):
            words = st.text_input(_("How it went"), autocomplete="off")
            if st.form_submit_button(_("End it")):
                parts.settle(session.attempt(trainings.end_pair, session.now(), one.id, words))


def _task(one: Task, names: Mapping[int, str], titles: Mapping[str, str], *, is_late: bool) -> None:
    late = " · :material/schedule: " + _("late") if is_late else ""
    st.markdown(f"**{names.get(one.new.agent_id, '–')}** · {titles.get(one.new.criterion, one.new.criterion)} · "
                f"{_(KINDS[one.new.kind])} · {_('due {day}', day=one.new.due_on.isoformat())}{late} · "
                f"{_(STATES[one.state])}")  # fmt: skip
    st.text(one.new.task)
    for step in one.steps:
        said = f": {step.words}" if step.words else ""
        st.caption(
            f"{session.moment(step.at)} · {_(TRAINING_STEPS[step.kind])} · {names.get(step.by_id or 0, '–')}{said}"
        )
    own = one.new.agent_id == session.current().user_id
    possible = [
        kind for kind in one.possible
        if (own and session.may(Action.ACKNOWLEDGE_COACHING) if kind is TrainingStep.DONE
            else session.may(Action.TRAIN) and not own)
    ]  # fmt: skip
    if not possible:
        return
    with st.form(f"task.{one.id}.{len(one.steps)}", border=False):
        words = st.text_input(_("Comment"), key=f"task.words.{one.id}", autocomplete="off")
        with st.container(horizontal=True):
            pressed = [kind for kind in possible
                       if st.form_submit_button(_(TAKE[kind]), key=f"task.{one.id}.{kind.value}")]  # fmt: skip
    if pressed:
        parts.settle(session.attempt(trainings.take_step, session.now(), one.id, pressed[0], words))


def _new_task(agents: Mapping[int, str], titles: Mapping[str, str]) -> None:
    today = session.now().astimezone(session.office().zone).date()
    with st.form("training.new", border=False):
        agent = st.selectbox(_("Agent"), list(agents), format_func=agents.__getitem__)
        criterion = st.selectbox(_("Criterion"), list(titles), format_func=titles.__getitem__)
        kind = st.segmented_control(_("Kind"), list(TaskKind), default=TaskKind.LISTEN, required=True,
                                    format_func=lambda one: _(KINDS[one]))  # fmt: skip
        task = st.text_area(_("What is to be done"), height=80)
        due_on = st.date_input(_("Due on"), value=today + DAYS_GIVEN, width=200)
        if st.form_submit_button(_("Give the task"), type="primary") and agent is not None:
            new = NewTask(agent, criterion or "", TaskKind(kind), task, due_on)
            parts.settle(session.attempt(trainings.give_task, session.now(), new, session.office().zone))


def _new_pair(agents: Mapping[int, str], titles: Mapping[str, str]) -> None:
    today = session.now().astimezone(session.office().zone).date()
    with st.form("mentor.new", border=False):
        mentor = st.selectbox(_("Mentor"), list(agents), format_func=agents.__getitem__)
        mentee = st.selectbox(_("Agent who is guided"), list(agents), format_func=agents.__getitem__)
        criteria = st.multiselect(_("For which criteria"), list(titles), format_func=titles.__getitem__)
        since = st.date_input(_("From day"), value=today, width=200)
        if st.form_submit_button(_("Pair them"), type="primary") and mentor is not None and mentee is not None:
            parts.settle(session.attempt(trainings.pair, session.now(), mentor, mentee, criteria, since))


def certificates_part() -> None:
    """Who is certified in what and until when; what expires first on top."""
    found, titles = session.read(trainings.certificates), criterion_titles()
    today = session.now().astimezone(session.office().zone).date()
    if session.may(Action.TRAIN):
        agents = session.read(trainings.agents)
        if agents:
            with st.expander(_("Grant a certificate"), icon=":material/workspace_premium:"):
                _grant(agents, titles)
    if not found:
        st.info(_("No skill was certified yet."), icon=":material/workspace_premium:")
        return
    names = coaching_desk.people_named({one.agent_id for one in found} | {one.by_id for one in found if one.by_id})
    soon = sum(one.state(today) is CertificateState.EXPIRES_SOON for one in found)
    if soon:
        st.warning(_("{n} certificates expire within 30 days.", n=soon), icon=":material/schedule:")
    table = pd.DataFrame(
        {
            _("Agent"): [names.get(one.agent_id, "–") for one in found],
            _("Skill"): [one.skill for one in found],
            _("State"): [_(HOLDS[one.state(today)]) for one in found],
            _("Until"): [one.expires_on.isoformat() for one in found],
            _("Ground"): [ground(one.found) for one in found],
            _("Criteria"): ["、".join(titles.get(name, name) for name in one.criteria) for one in found],
            _("Granted by"): [f"{names.get(one.by_id or 0, '–')} · {one.granted_on}" for one in found],
            _("Reason"): [one.revoked_words for one in found],
        }
    )
    if not session.may(Action.TRAIN):
        st.dataframe(table, hide_index=True, alt=_("Certificates"))
        return
    event = st.dataframe(table, hide_index=True, alt=_("Certificates"), on_select="rerun", key="certificates",
                         selection_mode="single-row")  # fmt: skip
    picked = event.selection.rows
    if picked and picked[0] < len(found) and not found[picked[0]].is_revoked:
        _revoke(found[picked[0]])


def _revoke(one: Certificate) -> None:
    with st.form(f"revoke.{one.id}", border=False):
        words = st.text_input(_("Why the certificate “{skill}” is taken back", skill=one.skill), autocomplete="off")
        if st.form_submit_button(_("Revoke")):
            parts.settle(session.attempt(trainings.revoke, session.now(), one.id, words))


def ground(found: Mark) -> str:
    """What a certificate rests on, with its n and interval."""
    if found.ground is Ground.EXAM:
        return _("exam: {mark}", mark=f"{found.mark:g}")
    if found.share is None or found.low is None or found.high is None:
        return _("no random call was scored")
    return f"{found.share:.0%} ({found.low:.0%}–{found.high:.0%}, n {found.n})"


def _grant(agents: Mapping[int, str], titles: Mapping[str, str]) -> None:
    """The ground is shown before it is granted: the agent's random calls on the criteria chosen."""
    zone, now = session.office().zone, session.now()
    today = now.astimezone(zone).date()
    with st.container(horizontal=True):
        agent = st.selectbox(_("Agent"), list(agents), format_func=agents.__getitem__, key="cert.agent", width=260)
        criteria = st.multiselect(_("Criteria"), list(titles), format_func=titles.__getitem__, key="cert.criteria")
    if agent is None or not criteria:
        st.caption(_("Choose the criteria that the skill rests on."))
        return
    behind = session.read(trainings.calls_behind, agent, criteria, now)
    st.markdown(_("Random calls on these criteria: {told}", told=ground(behind)))
    if behind.n < training.LEAST_CALLS:
        st.caption(_("Below {least} calls only an exam is a ground.", least=training.LEAST_CALLS))
    with st.form("cert.grant", border=False):
        skill = st.text_input(_("Skill"), autocomplete="off", max_chars=trainings.LONGEST_SKILL)
        mark = st.number_input(_("Mark of an exam (empty: on calls)"), 0.0, training.BEST_MARK, None, width=260)
        expires_on = st.date_input(_("Until"), value=today + YEAR, width=200)
        if st.form_submit_button(_("Grant"), type="primary"):
            new = NewCertificate(agent, skill, tuple(criteria), expires_on, mark)
            parts.settle(session.attempt(trainings.grant, now, new, zone))
