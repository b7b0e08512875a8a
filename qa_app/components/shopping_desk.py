"""The monitoring group's desk: visits by state, one with its form, its recording beside it, and the decision."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from qa_app import session
from qa_app.components import parts, shopping_words
from qa_app.core import people
from qa_app.core.contacts import masked
from qa_app.session import N_, _
from scorecards import shopping_files, shopping_matching, shopping_reads, shopping_visits, words
from scorecards.agreement import Estimate
from scorecards.shopping import Channel, Reply, Taken, VisitState, VisitStep
from scorecards.shopping_figures import BESIDE, Sameness, proposed
from scorecards.shopping_matching import Comparison
from scorecards.shopping_reads import Visit

SAMENESS = {
    Sameness.AGREE: N_("the same"),
    Sameness.DIFFER: N_("different"),
    Sameness.NOT_COMPARABLE: N_("cannot be compared"),
}
FILTERS = {
    "submitted": (VisitState.SUBMITTED,),
    "out": (VisitState.ASSIGNED, VisitState.IN_WORK, VisitState.RETURNED),
    "validated": (VisitState.VALIDATED,),
    "withdrawn": (VisitState.WITHDRAWN,),
}


def visits_part() -> None:
    """Visits by state, the newest first; a ticked one opens below and stays in the address."""
    found = session.read(shopping_reads.visits)
    counts = {name: sum(one.state in states for one in found) for name, states in FILTERS.items()}
    titles = {
        "submitted": _("To validate ({total})", total=counts["submitted"]),
        "out": _("With the shoppers ({total})", total=counts["out"]),
        "validated": _("Validated ({total})", total=counts["validated"]),
        "withdrawn": _("Withdrawn ({total})", total=counts["withdrawn"]),
    }
    opened = st.query_params.get("visit", "")
    one = next((each for each in found if str(each.id) == opened), None)
    if one is not None and "state" not in st.query_params:
        st.session_state["shopping.state"] = next(name for name, states in FILTERS.items() if one.state in states)
    chosen = parts.kept_choice("state", titles, _("State"), key="shopping.state")
    shown = [one for one in found if one.state in FILTERS[chosen]]
    if not shown:
        st.info(_("No visit stands here."), icon=":material/inbox:")
    else:
        _table(shown, chosen)
    opened = st.query_params.get("visit", "")
    if opened in {str(each.id) for each in shown}:
        _visit(int(opened))
    elif opened and one is None:
        st.error(_("There is no visit {visit} of yours.", visit=opened))


def _table(shown: list[Visit], chosen: str) -> None:
    names = _names({one.shopper_id for one in shown} | {one.agent_id or 0 for one in shown})
    units = session.read(lambda database, _actor: shopping_reads.unit_names(database))
    aliases = session.read(lambda database, _actor: shopping_reads.aliases(database))
    table = pd.DataFrame(
        {
            _("Scenario"): [shopping_words.title(one.scenario) for one in shown],
            _("Shopper"): [f"{aliases.get(one.shopper_id, '')} {names.get(one.shopper_id, '–')}" for one in shown],
            _("Unit"): [units.get(one.unit_id, "–") for one in shown],
            _("Due"): [one.due_on.isoformat() for one in shown],
            _("Began"): [session.moment(one.form.at) if one.form and one.form.at else "–" for one in shown],
            _("Agent"): [names.get(one.agent_id or 0, "–") for one in shown],
            _("Recording"): ["✓" if one.call_pk else "–" for one in shown],
            _("Points"): [round(one.points, 1) if one.points is not None else None for one in shown],
            _("State"): [_(words.VISIT_STATES[one.state]) for one in shown],
        }
    )
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row",
                         key=f"visits.{chosen}", alt=_("Visits"))  # fmt: skip
    rows = event.selection.rows
    if rows and rows[0] < len(shown):
        st.query_params["visit"] = str(shown[rows[0]].id)


def _visit(visit_id: int) -> None:
    vault = session.office().vault
    one = session.read(shopping_reads.visit, vault, visit_id)
    aliases = session.read(lambda database, _actor: shopping_reads.aliases(database))
    names = _names({one.shopper_id, *(step.by_id or 0 for step in one.steps)})
    st.subheader(f"{shopping_words.title(one.scenario)} · {aliases.get(one.shopper_id, '–')}")
    st.text("\n".join(line for step in one.steps for line in _step(one, step, names.get(step.by_id or 0, "–"))))
    if one.form is not None and one.form.at is not None:
        number = f" · {masked(one.form.number)}" if one.form.number else ""
        heard = f" · {_('heard')}: {one.form.heard}" if one.form.heard else ""
        st.text(f"{_('Began')} {session.moment(one.form.at)}{number}{heard}")
        _form(one)
        if one.scenario.channel is Channel.HOTLINE:
            _recording(one)
    if one.state is VisitState.SUBMITTED:
        _decide(one)
    if one.state is not VisitState.WITHDRAWN:
        _withdraw(one)


def _step(one: Visit, step: Taken, name: str) -> Iterator[str]:
    """A step as a line of text, below it the reason of each item that it sent back."""
    said = f": {step.words}" if step.words else ""
    yield f"{session.moment(step.at)} · {_(words.VISIT_STEPS[step.kind])} · {name}{said}"
    if step.kind is VisitStep.RETURNED:
        titles = {item.id: shopping_words.item_title(item) for item in one.scenario.items}
        for item, reason in step.body.items():
            yield f"    ↩ {titles.get(item, _('time, number, person'))}: {reason}"


def _form(one: Visit) -> None:
    assert one.form is not None  # noqa: S101 - only called with a form
    replies = [(item, one.form.replies.get(item.id, Reply())) for item in one.scenario.items]
    st.markdown(_("Points: **{points}** of 100", points=shopping_words.points(one.points)))
    shopping_words.form_table(replies)
    if one.form.words:
        st.text(one.form.words)
    titles = {item.id: shopping_words.item_title(item) for item in one.scenario.items}
    for name, files in session.read(shopping_files.files, one.id).items():
        st.caption(titles.get(name, _("the whole visit")))
        for file in files:
            shopping_words.file_link(file)


def _recording(one: Visit) -> None:
    """The recording of the same call: proposed by number and time, confirmed by a person, compared with its score."""
    st.markdown(f"#### {_('Recording of the same call')}")
    if one.call_pk is not None:
        with st.container(horizontal=True):
            if st.button(_("Hear and read"), key=f"hear.{one.id}", icon=":material/play_circle:"):
                st.switch_page("views/review.py", query_params={"call": str(one.call_pk)})
            if st.button(_("Not this call: take it off"), key=f"unmatch.{one.id}", type="tertiary"):
                session.act(shopping_matching.unmatch, session.now(), one.id, done=_("Taken off."))
                st.rerun()
        _compared(session.read(shopping_matching.comparison, one.id), one)
        return
    minutes = int(BESIDE.total_seconds() // 60)
    found = session.read(shopping_matching.call_candidates, session.office().vault, one.id)
    if not found:
        st.caption(_("No call of this number began within {minutes} minutes of the shopper's time.", minutes=minutes))
        return
    if proposed(found) is None:
        st.caption(_("Several calls of this number fit; listen before you confirm one."))
    for call in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            apart = round(call.apart.total_seconds())
            st.markdown(_("Call {call} · {moment} · {apart} s apart", call=call.call_pk,
                          moment=session.moment(call.started_at), apart=apart))  # fmt: skip
            if st.button(_("Hear and read"), key=f"hear.{one.id}.{call.call_pk}", type="tertiary",
                         icon=":material/play_circle:"):  # fmt: skip
                st.switch_page("views/review.py", query_params={"call": str(call.call_pk)})
            if st.button(_("It is this call"), key=f"match.{one.id}.{call.call_pk}"):
                session.act(shopping_matching.match, session.now(), session.office().vault, one.id, call.call_pk,
                            done=_("Confirmed."))  # fmt: skip
                st.rerun()


def _compared(found: Comparison | None, one: Visit) -> None:
    if found is None:
        st.caption(_("No person has scored this recording yet; the machine's answers are not compared."))
        return
    titles = {item.id: shopping_words.item_title(item) for item in one.scenario.items}
    score = "–" if found.score_pct is None else f"{found.score_pct:.1f}"
    st.markdown(_("Score of the recording: **{score}** · the same in {share}", score=score,
                  share=told(found.sides.same, found.sides.n)))  # fmt: skip
    table = pd.DataFrame(
        {
            _("Item"): [titles[each.item] for each in found.compared],
            _("Criterion"): [found.titles.get(each.criterion, "–") for each in found.compared],
            _("Shopper"): [_(words.VERDICTS[each.shopper]) if each.shopper else "–" for each in found.compared],
            _("Inspector"): [_(words.VERDICTS[each.inspector]) if each.inspector else "–" for each in found.compared],
            _("Compared"): [_(SAMENESS[each.sameness]) for each in found.compared],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Compared"))


def told(found: Estimate | None, n: int) -> str:
    """A share with its interval and n; that it cannot be told where there is none."""
    if found is None:
        return f"– (n {n})"
    if found.low is None or found.high is None:
        return f"{found.value:.0%} (n {n})"
    return f"{found.value:.0%} ({found.low:.0%}–{found.high:.0%}, n {n})"


def _decide(one: Visit) -> None:
    """Validate with the agent whom it concerns, or send back with the reason of each item."""
    if one.shopper_id == session.current().user_id:
        st.info(_("Nobody validates the own visit or sends it back."), icon=":material/block:")
        return
    agents = session.read(shopping_reads.agents)
    likely = session.read(shopping_matching.likely_agent, one.id)
    choices = [0, *agents]
    with st.form(f"validate.{one.id}", border=True):
        agent = st.selectbox(_("Agent whom it concerns"), choices, index=choices.index(likely) if likely else 0,
                             format_func=lambda each: agents.get(each, _("nobody: only the unit")))  # fmt: skip
        words_ = st.text_input(_("Comment"), autocomplete="off")
        if st.form_submit_button(_("Validate"), type="primary", icon=":material/verified:"):
            parts.settle(
                session.attempt(shopping_visits.validate, session.now(), one.id, agent or None, words_),
                _("Validated; it counts from now on."),
            )
    with st.expander(_("Send back for rework")):
        titles = {"": _("time, number, person")} | {i.id: shopping_words.item_title(i) for i in one.scenario.items}
        chosen = st.multiselect(_("Items"), list(titles), format_func=titles.__getitem__, key=f"back.{one.id}")
        reasons = {name: st.text_input(titles[name], key=f"back.{one.id}.{name}", autocomplete="off",
                                       placeholder=_("What is to be done again")) for name in chosen}  # fmt: skip
        if st.button(_("Send back"), key=f"back.{one.id}.send", icon=":material/undo:"):
            parts.settle(
                session.attempt(shopping_visits.send_back, session.now(), one.id, reasons),
                _("Sent back to the shopper."),
            )


def _withdraw(one: Visit) -> None:
    with st.expander(_("Withdraw the visit")), st.form(f"withdraw.{one.id}", border=False):
        reason = st.text_input(_("Reason"), autocomplete="off")
        if st.form_submit_button(_("Withdraw")):
            parts.settle(
                session.attempt(shopping_visits.withdraw, session.now(), one.id, reason),
                _("Withdrawn; it counts no more."),
            )


def _names(ids: set[int]) -> dict[int, str]:
    return session.read(lambda database, _actor: people.names_of(database, ids))
