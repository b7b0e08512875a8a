"""Corrective actions on the screen: the list, one whole with its steps and effect, the form of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from qa_app import audit_actions, session
from qa_app.components import case_words
from qa_app.components.action_effect import effect
from qa_app.components.case_desk import responsible_units
from qa_app.core import people
from qa_app.session import _
from surveys import corrective
from surveys.corrective import ALLOWED_IN, NEEDS, CorrectiveAction, NewAction
from surveys.model import ActionKind

LONGEST_NUMBER = 9
DAYS_GIVEN = 30
TRAITS = {"class": "class_code", "place": "place", "product": "product", "campaign": "campaign"}


def chosen() -> int | None:
    """The corrective action that the address names."""
    named = st.query_params.get("action", "")
    return int(named) if named.isdecimal() and len(named) <= LONGEST_NUMBER else None


def go_to(action_id: int | None) -> None:
    """Open one, or the list."""
    if action_id is None:
        st.query_params.pop("action", None)
    else:
        st.query_params["action"] = str(action_id)
    st.rerun()


def table(actions: Sequence[CorrectiveAction]) -> CorrectiveAction | None:
    """The list, the first due first; returns the one whose row was ticked."""
    today = session.now().astimezone(session.office().zone).date()
    units, names = _units(actions), _names(actions)
    shown = pd.DataFrame(
        {
            _("State"): [
                ("✘ " if one.overdue(today) else "") + _(case_words.ACTION_STATES[one.state]) for one in actions
            ],
            _("Due"): [one.new.due_on.isoformat() for one in actions],
            _("Number"): [one.number for one in actions],
            _("Matter"): [one.new.title for one in actions],
            _("Unit"): [units.get(one.new.unit_id, "") for one in actions],
            _("Owner"): [names.get(one.new.owner_id, "") for one in actions],
            _("Cause"): [one.new.cause for one in actions],
        }
    )
    event = st.dataframe(
        shown, hide_index=True, on_select="rerun", selection_mode="single-row", key="actions",
        alt=_("Corrective actions"),
    )  # fmt: skip
    st.caption(_("Tick a row to open it."))
    return actions[event.selection.rows[0]] if event.selection.rows else None


def whole(found: CorrectiveAction) -> None:
    """One corrective action: what, for whom, its steps, the next one, and whether complaints fell."""
    names, units = _names([found]), _units([found])
    st.subheader(f"{found.number} · {found.new.title} · {_(case_words.ACTION_STATES[found.state])}")
    st.caption(" · ".join([units.get(found.new.unit_id, ""), names.get(found.new.owner_id, ""),
                           _("due {day}", day=found.new.due_on.isoformat()), _about(found)]))  # fmt: skip
    st.markdown(f"**{_('Cause')}**")
    st.text(found.new.cause)
    left, right = st.columns([3, 2], gap="large")
    with left:
        for step in reversed(found.steps):
            who = names.get(step.by or 0, _("system"))
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{session.moment(step.at)} · {_(case_words.ACTION_STEPS[step.kind])}** · {who}")
                st.text(step.words)
    with right:
        _next_step(found)
        effect(found)


def _next_step(found: CorrectiveAction) -> None:
    kinds = [kind for kind, states in ALLOWED_IN.items() if found.state in states and session.may(NEEDS[kind])]
    if not kinds:
        return
    with st.form(f"action.{found.id}.{len(found.steps)}", border=False):
        kind = st.selectbox(_("Step"), kinds, format_func=lambda one: _(case_words.ACTION_STEPS[one]))
        words = st.text_area(_("What was done or seen, and where the proof lies"), height=100)
        if not st.form_submit_button(_("Keep this step"), type="primary"):
            return
    if session.act(audit_actions.take_step, session.now(), found.id, kind or ActionKind.NOTED, words,
                   done=_("The step was kept.")):  # fmt: skip
        st.rerun()


def new_action() -> None:
    """The form of a new corrective action; what the cluster was is filled in from the address."""
    given = {field: st.query_params.get(name, "")[:120] for name, field in TRAITS.items()}
    alert = st.query_params.get("alert", "")
    from_cluster = any(given.values())
    with st.expander(_("Open a corrective action"), expanded=from_cluster, icon=":material/build:"):
        new = _form(given, int(alert) if alert.isdecimal() and len(alert) <= LONGEST_NUMBER else None)
    if new is not None:
        made = session.act(corrective.open_action, session.now(), new, done=_("The corrective action was opened."))
        if made is not None:
            for name in (*TRAITS, "alert"):
                st.query_params.pop(name, None)
            go_to(made)


def _form(given: dict[str, str], alert: int | None) -> NewAction | None:
    units = responsible_units()
    if not units:
        st.info(_("There is no responsible unit yet; an administrator adds one under People."))
        return None
    unit = st.selectbox(_("Unit"), list(units), format_func=units.__getitem__, key="action.unit")
    owners = session.read(lambda database, _actor: people.people_below(database, unit))
    owner = st.selectbox(_("Owner"), list(owners), format_func=owners.__getitem__, key="action.owner", index=None,
                         placeholder="–")  # fmt: skip
    about = " · ".join(case_words.class_title(part) for part in given.values() if part)
    title = st.text_input(_("Matter"), value=about, key=f"action.title.{about}")
    cause = st.text_area(_("Cause"), key="action.cause", height=80)
    task = st.text_area(_("What is to be done"), key="action.task", height=80)
    first = session.now().astimezone(session.office().zone).date() + timedelta(days=DAYS_GIVEN)
    due = st.date_input(_("Due"), value=first, key="action.due", width=160)
    if not st.button(_("Open it to the unit"), type="primary"):
        return None
    return NewAction(
        title, cause, task, unit, owner or 0, due if isinstance(due, date) else first, **given,
        source_kind="alert" if alert else "analysis", source_id=alert,
    )  # fmt: skip


def _about(found: CorrectiveAction) -> str:
    parts = (case_words.class_title(found.new.class_code), found.new.place, found.new.product, found.new.campaign)
    return " · ".join(part for part in parts if part)


def _names(actions: Sequence[CorrectiveAction]) -> dict[int, str]:
    wanted = {one.new.owner_id for one in actions} | {step.by for one in actions for step in one.steps if step.by}
    return session.read(lambda database, _actor: people.names_of(database, wanted))


def _units(actions: Sequence[CorrectiveAction]) -> dict[int, str]:
    tree = session.read(lambda database, _actor: people.units(database))
    return {unit.id: " / ".join(unit.path[1:]) for unit in tree if unit.id in {one.new.unit_id for one in actions}}
