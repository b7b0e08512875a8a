"""Where coaching pays, the plan of a session from clips, sessions with their steps, and what coaching brought."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import parts
from qa_app.components.quality_words import criterion_titles
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import N_, _
from scorecards import coaching_sessions
from scorecards.agreement import Estimate
from scorecards.coaching import MINIMUM_N, WINDOW_DAYS, Need, Point, Sample, Standing, where_to_coach
from scorecards.coaching_effect import Effect, Help
from scorecards.coaching_sessions import Coaching, NewCoaching
from scorecards.model import CoachingStep

STANDINGS = {
    Standing.BELOW_TEAM: N_("below the others"),
    Standing.FALLING: N_("falling"),
    Standing.NOT_DIFFERENT: N_("no real difference"),
    Standing.CANNOT_TELL: N_("cannot tell yet"),
}
HELPS = {
    Help.HELPED: N_("it helped"),
    Help.NO_EFFECT_SEEN: N_("no effect to be seen"),
    Help.GOT_WORSE: N_("it got worse"),
    Help.CANNOT_TELL: N_("cannot tell yet"),
}
STEPS = {
    CoachingStep.HELD: N_("held"),
    CoachingStep.ACKNOWLEDGED: N_("acknowledged"),
    CoachingStep.FOLLOWED_UP: N_("followed up"),
    CoachingStep.CANCELLED: N_("cancelled"),
}
TAKE = {
    CoachingStep.HELD: N_("It was held"),
    CoachingStep.ACKNOWLEDGED: N_("Acknowledge"),
    CoachingStep.FOLLOWED_UP: N_("Keep the follow-up"),
    CoachingStep.CANCELLED: N_("Cancel the session"),
}
LOOKS_BACK, SHOWN = timedelta(days=400), 40


def _points() -> list[Point]:
    return session.read(coaching_sessions.points, session.now() - LOOKS_BACK, session.office().zone)


def where_part() -> None:
    """Agents and criteria, what to coach first on top; nothing is suggested below the least number of calls."""
    st.caption(
        _("From calls drawn by lot and scored by people, the last {days} days beside the others and the {days} days "
          "before; nothing is suggested below {least} calls or where chance explains it (Benjamini and Hochberg, 5 %).",
          days=WINDOW_DAYS, least=MINIMUM_N)
    )  # fmt: skip
    needs = where_to_coach(_points(), session.now().astimezone(session.office().zone).date())
    if not needs:
        st.info(_("No call drawn by lot was scored yet. The QA desk opens the sampling."), icon=":material/inbox:")
        return
    names, titles = people_named({one.agent for one in needs}), criterion_titles()
    shown = needs[:SHOWN]
    table = pd.DataFrame(
        {
            _("Agent"): [names.get(one.agent, "–") for one in shown],
            _("Criterion"): [titles.get(one.criterion, one.criterion) for one in shown],
            _("Stands"): [_(STANDINGS[one.standing]) for one in shown],
            _("Now"): [_mean(one.now) for one in shown],
            _("The others"): [_mean(one.team) for one in shown],
            _("Own past"): [_mean(one.past) for one in shown],
            _("Against the others"): [_points_of(one.to_team) for one in shown],
            _("More calls needed"): [one.more_calls or None for one in shown],
        }
    )
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="needs",
                         alt=_("Where to coach"))  # fmt: skip
    picked = event.selection.rows
    if picked and picked[0] < len(shown):
        one = shown[picked[0]]
        _plan(one, names.get(one.agent, "–"), titles.get(one.criterion, one.criterion))


def _mean(one: Sample) -> str:
    found = one.mean
    return "–" if found is None else f"{found.value:.0%} ({found.low or 0:.0%}–{found.high or 1:.0%}, n {one.n})"


def _points_of(found: Estimate | None) -> str:
    if found is None:
        return "–"
    return f"{found.value * 100:+.0f} ({(found.low or -1) * 100:+.0f} – {(found.high or 1) * 100:+.0f})"


def _plan(need: Need, name: str, title: str) -> None:
    """A session planned from the newest calls in which the criterion was not met."""
    clips = session.read(coaching_sessions.clips_for, need.agent, need.criterion)
    st.subheader(f"{name} · {title}")
    with st.form(f"plan.{need.agent}.{need.criterion}", border=False):
        day = st.date_input(_("When"), value=session.now().date() + timedelta(days=1), width=200)
        goal = st.text_area(_("What to do otherwise"), height=80)
        chosen = [
            one for place, one in enumerate(clips)
            if st.checkbox(f"{_('call')} {one.call_pk} · {_second(one.start_s)} “{one.words[:80]}”", value=True,
                           key=f"clip.{need.agent}.{need.criterion}.{place}")
        ]  # fmt: skip
        if st.form_submit_button(_("Plan the session"), type="primary"):
            new = NewCoaching(need.agent, day, {need.criterion: goal}, tuple(chosen))
            if session.act(coaching_sessions.plan, session.now(), new, done=_("The session is planned.")):
                st.rerun()


def _second(start_s: float | None) -> str:
    return "" if start_s is None else f"{int(start_s) // 60:02d}:{int(start_s) % 60:02d}"


def sessions_part() -> None:
    """Sessions in reach, the newest first: the clips to play, what was agreed, and the next step."""
    found = session.read(coaching_sessions.sessions)
    if not found:
        st.info(_("No coaching session was planned yet."), icon=":material/school:")
        return
    ids = {one.agent_id for one in found} | {step.by_id for one in found for step in one.steps if step.by_id}
    names, titles = people_named(ids | {one.coach_id for one in found if one.coach_id}), criterion_titles()
    for one in found:
        with st.container(border=True):
            _session(one, names, titles)


def _session(one: Coaching, names: dict[int, str], titles: dict[str, str]) -> None:
    st.markdown(f"**{names.get(one.agent_id, '–')}** · {one.planned_for} · {names.get(one.coach_id or 0, '–')}")
    for criterion, words in one.goals.items():
        st.markdown(f"- {titles.get(criterion, criterion)}{': ' + words if words else ''}")
    for place, clip in enumerate(one.clips):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"“{clip.words[:120]}”")
            if st.button(f"▶ {_second(clip.start_s)}", key=f"play.{one.id}.{place}", type="tertiary"):
                query = {"call": str(clip.call_pk)} | ({"at": f"{clip.start_s:g}"} if clip.start_s is not None else {})
                st.switch_page("views/review.py", query_params=query)
    for step in one.steps:
        said = f": {step.words}" if step.words else ""
        st.caption(f"{session.moment(step.at)} · {_(STEPS[step.kind])} · {names.get(step.by_id or 0, '–')}{said}")
    _next(one)


def _next(one: Coaching) -> None:
    own = one.agent_id == session.current().user_id and session.may(Action.ACKNOWLEDGE_COACHING)
    possible = [
        kind for kind in one.possible
        if (own if kind is CoachingStep.ACKNOWLEDGED else session.may(Action.COACH))
    ]  # fmt: skip
    if not possible:
        return
    with st.form(f"coaching.{one.id}.{len(one.steps)}", border=False):
        words = st.text_input(_("Comment"), key=f"coaching.words.{one.id}", autocomplete="off")
        with st.container(horizontal=True):
            pressed = [kind for kind in possible if st.form_submit_button(_(TAKE[kind]), key=f"{one.id}.{kind.value}")]
    if pressed:
        parts.settle(session.attempt(coaching_sessions.take_step, session.now(), one.id, pressed[0], words))


def helped_part() -> None:
    """What coaching brought, criterion by criterion, against agents who were not coached on it."""
    st.caption(
        _("Difference in differences against agents who were not coached (two steps, after Donald and Lang 2007), less "
          "what regression to the mean brings by itself: whoever is coached in a bad spell would rise anyway.")
    )  # fmt: skip
    found = session.read(coaching_sessions.sessions, limit=1000)
    criteria = sorted({name for one in found if one.held_at is not None for name in one.goals})
    if not criteria:
        st.info(_("No coaching was held yet."), icon=":material/school:")
        return
    given, titles, rows = _points(), criterion_titles(), []
    for name in criteria:
        effect = session.read(coaching_sessions.effect_of, name, given, session.office().zone)
        if effect is not None:
            rows.append({_("Criterion"): titles.get(name, name), **_told(effect)})
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Did it help"))


def _told(one: Effect) -> dict[str, object]:
    def points(value: float | None) -> str:
        return "–" if value is None else f"{value * 100:+.0f}"

    more = "" if one.more_calls is None else str(one.more_calls)
    return {
        _("Verdict"): _(HELPS[one.verdict]), _("Effect (points)"): _points_of(one.effect),
        _("Rise of the coached"): points(one.rise), _("Rise of the others"): points(one.by_themselves),
        _("Regression to the mean"): points(one.regression_to_mean),
        _("Coached"): f"{one.coached.agents} · n {one.coached.calls_before}/{one.coached.calls_after}",
        _("Not coached"): f"{one.comparable.agents} · n {one.comparable.calls_before}/{one.comparable.calls_after}",
        _("More calls needed"): more if one.verdict is Help.CANNOT_TELL else "",
    }  # fmt: skip


def people_named(ids: set[int]) -> dict[int, str]:
    """People's names by their number."""
    return session.read(lambda database, _actor: people.names_of(database, ids))
