"""One complaint case on the screen: what was said, its deadlines, its steps in one column of time, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_words
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.core.tables import UnitKind
from qa_app.session import _
from surveys import service
from surveys.model import Deadline, DeadlineState, Step, StepKind
from surveys.queries import Story
from surveys.service import STEP_ACTION, NewStep
from surveys.steps import ALLOWED_IN, Fact, asked_of

LONG = frozenset({"words", "findings", "done", "solution", "proof", "customer_words", "result", "improvement", "cause"})
MOMENTS = frozenset({"promised_at", "called_at", "credited_on"})
PEOPLE = frozenset({"to", "approver", "person"})
ICONS = {
    DeadlineState.RUNNING: ":material/timer:",
    DeadlineState.WARNED: ":material/warning:",
    DeadlineState.OVERDUE: ":material/error:",
    DeadlineState.MET: ":material/check:",
    DeadlineState.MET_LATE: ":material/close:",
    DeadlineState.PAUSED: ":material/pause:",
}


def head(story: Story) -> None:
    """Number, state, class, customer and what was complained about."""
    row = story.row
    st.subheader(f"{row.number} · {_(case_words.STATES[story.state])}")
    told = (
        _(case_words.KINDS[row.kind]), case_words.class_title(row.class_code) or _("not classed"),
        _(case_words.CHANNELS[row.channel]), f"{story.customer} {story.phone}", session.moment(row.received_at),
    )  # fmt: skip
    st.caption(" · ".join(told))
    st.text(row.words)
    facts = {_("Remedy sought"): row.demand, _("Product"): row.product, _("Where it happened"): row.place,
             _("Campaign"): row.campaign, _("Sender"): row.sender}  # fmt: skip
    given = [f"**{name}** {value}" for name, value in facts.items() if value]
    if given:
        st.markdown(" · ".join(given))


def clocks(story: Story, found: Sequence[Deadline]) -> None:
    """Every deadline with its state in words, the soonest first."""
    table = pd.DataFrame(
        {
            _("State"): [_(case_words.CLOCK_STATES[one.state]) for one in found],
            _("Clock"): [case_words.clock_title(story.profile, one.clock) for one in found],
            _("Due"): [session.moment(one.due_at) + (" *" if one.provisional else "") for one in found],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Deadlines"))
    if any(one.provisional for one in found):
        st.caption(_("* provisional: the working days of that year are not published yet"))


def column_of_time(story: Story, names: dict[int, str], units: dict[int, str]) -> None:
    """Every step, the newest first: when, what, by whom, with its facts."""
    for step in reversed(story.steps):
        who = names.get(step.by or 0, _("system"))
        st.markdown(f"**{session.moment(step.at)} · {_(case_words.STEPS[step.kind])}** · {who}")
        told = [f"{_(case_words.FACTS.get(name, name))}: {_value(name, value, names, units)}" for name, value in
                step.facts.items() if value not in (None, "")]  # fmt: skip
        if told:
            st.text("\n".join(told))


def next_step(story: Story) -> None:
    """The form of the next step, only of those that fit where the case stands and the reader may take."""
    kinds = [kind for kind in StepKind if story.state in ALLOWED_IN[kind] and session.may(action_of(kind))]
    if not kinds:
        return
    st.subheader(_("Next step"))
    key = f"step.{story.row.id}"
    kind = st.selectbox(_("Step"), kinds, format_func=lambda one: _(case_words.STEPS[one]), key=key)
    asked = asked_of(kind, story.state)
    with st.form(f"{key}.{kind.value}", border=False):
        facts = {fact.name: _field(fact, f"{key}.{kind.value}.{len(story.steps)}.{fact.name}") for fact in asked}
        if not st.form_submit_button(_("Keep this step"), type="primary"):
            return
    given = {name: value for name, value in facts.items() if value not in (None, "")}
    if session.act(service.take_step, session.now(), session.office(), story.row.id, NewStep(kind, given),
                   done=_("The step was kept.")):  # fmt: skip
        st.rerun()


def action_of(kind: StepKind) -> Action:
    """What a step needs to be allowed."""
    return STEP_ACTION.get(kind, Action.HANDLE_CASE)


def _field(fact: Fact, key: str) -> object:
    label = _(case_words.FACTS.get(fact.name, fact.name)) + ("" if fact.required else f" ({_('if there is one')})")
    if fact.allowed:
        return st.selectbox(label, fact.allowed, index=None, format_func=case_words.choice, key=key, placeholder="–")
    if fact.name == "unit":
        tree = session.read(lambda database, _actor: people.units(database))
        units = {unit.id: " / ".join(unit.path[1:]) for unit in tree if unit.kind is UnitKind.RESPONSIBLE}
        return st.selectbox(label, list(units), index=None, format_func=units.__getitem__, key=key, placeholder="–")
    if fact.name in PEOPLE:
        known = session.read(lambda database, _actor: people.colleagues(database))
        return st.selectbox(label, list(known), index=None, format_func=known.__getitem__, key=key, placeholder="–")
    if fact.name in MOMENTS:
        given: datetime | None = st.datetime_input(label, value=None, key=key)
        return given.replace(tzinfo=session.office().zone).isoformat() if given else None
    return st.text_area(label, key=key, height=80) if fact.name in LONG else st.text_input(label, key=key)


def _value(name: str, value: object, names: dict[int, str], units: dict[int, str]) -> str:
    if isinstance(value, int) and name == "unit":
        return units.get(value, str(value))
    if isinstance(value, int) and name in PEOPLE:
        return names.get(value, str(value))
    if name in MOMENTS:
        return _moment(str(value), session.office().zone)
    return case_words.choice(str(value))


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return session.moment(datetime.fromisoformat(text).astimezone(zone))
    except ValueError:
        return text


def people_in(steps: Sequence[Step]) -> set[int]:
    """Everybody whom the steps name."""
    named = [value for step in steps for name, value in step.facts.items() if name in PEOPLE]
    return {who for who in (*named, *(step.by for step in steps)) if isinstance(who, int)}
