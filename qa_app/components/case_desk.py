"""One complaint case on the screen: what was said, its deadlines, its steps in one column of time, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import case_words
from qa_app.core import people
from qa_app.core.tables import UnitKind
from qa_app.session import _
from surveys import queries, service
from surveys.model import CaseState, Deadline, DeadlineState, Step, StepKind
from surveys.queries import Story
from surveys.service import NewStep, action_of
from surveys.steps import ALLOWED_IN, Fact, asked_of
from surveys.words import STEPS

LONG = frozenset(
    {
        "words", "findings", "done", "solution", "proof", "customer_words", "result", "improvement", "cause", "answer",
        "finding", "reason", "customer_opinion", "responsibility", "ask",
    }
)  # fmt: skip
MOMENTS = frozenset({"promised_at", "called_at"})
JUST_NOW = "called_at"
DAYS = frozenset({"credited_on"})
UNITS = frozenset({"unit", "supporting", "belongs_to"})
PEOPLE = frozenset({"to", "approver", "person"})
_K, _S = StepKind, CaseState
LIKELY = {
    _S.REGISTERED: (_K.DISPATCHED, _K.SOLVED_ON_THE_SPOT), _S.IN_HAND: (_K.DISPATCHED, _K.CONSENTED),
    _S.DISPATCHED: (_K.RETURNED, _K.URGED), _S.RETURNED: (_K.CONSENTED,), _S.SOLVED: (_K.FED_BACK,),
    _S.FED_BACK: (_K.CALLED_BACK, _K.CLOSED), _S.SATISFIED: (_K.CLOSED,), _S.CLOSED: (_K.ARCHIVED,),
    _S.DISSATISFIED: (_K.RESPONSIBILITY_DECIDED, _K.RECONTACTED, _K.CLOSED),
}  # fmt: skip
"""The steps that usually come next, offered first."""
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


def asked(story: Story) -> None:
    """What the last dispatch asks of the unit."""
    dispatches = [step for step in story.steps if step.kind in (StepKind.DISPATCHED, StepKind.SECOND_DISPATCHED)]
    told = [
        str(dispatches[-1].facts[name]) for name in ("ask", "reason") if dispatches and dispatches[-1].facts.get(name)
    ]
    if told:
        st.info("\n\n".join(told), icon=":material/assignment:")


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


def next_step(story: Story, only: Sequence[StepKind] = ()) -> None:
    """The form of the next step, only of those that fit where the case stands and the reader may take."""
    kinds = [
        kind
        for kind in only or StepKind
        if story.state in ALLOWED_IN[kind] and session.may(action_of(kind, story.state))
    ]
    if not kinds:
        return
    st.subheader(_("Next step"))
    key = f"step.{story.row.id}"
    likely = next((kind for kind in LIKELY.get(story.state, ()) if kind in kinds), kinds[0])
    kind = st.selectbox(
        _("Step"), kinds, index=kinds.index(likely), format_func=lambda one: _(STEPS[one]),
        key=f"{key}.{len(story.steps)}",
    )  # fmt: skip
    with st.form(f"{key}.{kind.value}", border=False):
        name = f"{key}.{kind.value}.{len(story.steps)}"
        facts = {fact.name: _field(story, fact, f"{name}.{fact.name}") for fact in asked_of(kind, story.state)}
        if not st.form_submit_button(_("Keep this step"), type="primary"):
            return
    given = {fact: value for fact, value in facts.items() if value not in (None, "", [])}
    if session.act(service.take_step, session.now(), session.office(), story.row.id, NewStep(kind, given),
                   done=_("The step was kept.")):  # fmt: skip
        st.rerun()


def _field(story: Story, fact: Fact, key: str) -> object:
    label = case_words.fact(fact.name) + ("" if fact.required else f" ({_('if there is one')})")
    if fact.allowed:
        return st.selectbox(label, fact.allowed, index=None, format_func=case_words.choice, key=key, placeholder="–")
    if fact.name in UNITS:
        return _units(story, fact, label, key)
    if fact.name in PEOPLE:
        known = session.read(lambda database, _actor: people.colleagues(database))
        return st.selectbox(label, list(known), index=None, format_func=known.__getitem__, key=key, placeholder="–")
    if fact.name in MOMENTS:
        usual = session.now().astimezone(session.office().zone).replace(tzinfo=None) if fact.name == JUST_NOW else None
        given: datetime | None = st.datetime_input(label, value=usual, key=key)
        return given.replace(tzinfo=session.office().zone).isoformat() if given else None
    if fact.name in DAYS:
        day = st.date_input(label, value="today", key=key)
        return day.isoformat() if isinstance(day, date) else None
    return st.text_area(label, key=key, height=80) if fact.name in LONG else st.text_input(label, key=key)


def _units(story: Story, fact: Fact, label: str, key: str) -> object:
    """Responsible units; the one that answers most cases of this class stands first."""
    units = responsible_units()
    usual = session.read(lambda database, _actor: queries.usual_unit(database, story.row.class_code))
    if fact.name == "supporting":
        return st.multiselect(label, list(units), format_func=units.__getitem__, key=key, placeholder="–")
    shown = sorted(units, key=lambda unit: (unit != usual, units[unit]))
    index = 0 if usual in units else None
    return st.selectbox(label, shown, index=index, format_func=units.__getitem__, key=key, placeholder="–")


def responsible_units() -> dict[int, str]:
    """The responsible units with the names above them."""
    tree = session.read(lambda database, _actor: people.units(database))
    return {unit.id: " / ".join(unit.path[1:]) for unit in tree if unit.kind is UnitKind.RESPONSIBLE}


def told_value(name: str, value: object, names: dict[int, str], units: dict[int, str]) -> str:
    """The value of a fact in the reader's words."""
    if isinstance(value, list):
        return "、".join(told_value("unit", one, names, units) for one in value)
    if isinstance(value, int) and name in UNITS:
        return units.get(value, str(value))
    if isinstance(value, int) and name in PEOPLE:
        return names.get(value, str(value))
    if name in MOMENTS:
        return _moment(str(value), session.office().zone)
    if name == "field":
        return case_words.fact(str(value))
    return case_words.choice(case_words.class_title(str(value)))


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return session.moment(datetime.fromisoformat(text).astimezone(zone))
    except ValueError:
        return text


def people_in(steps: Sequence[Step]) -> set[int]:
    """Everybody whom the steps name."""
    named = [value for step in steps for name, value in step.facts.items() if name in PEOPLE]
    return {who for who in (*named, *(step.by for step in steps)) if isinstance(who, int)}
