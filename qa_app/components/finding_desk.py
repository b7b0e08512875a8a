"""Findings on the screen: what was not met and has none yet, the list with overdue first, one whole, own replies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from qa_app import audit_actions, session
from qa_app.audit_actions import Order
from qa_app.components import audit_words, parts
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import _
from scorecards import audit_queries, finding_rules, findings, words
from scorecards.audit_queries import Audit, DrawnPiece, Finding
from scorecards.auditing import AuditStep, Result, Severity, checklist_from_yaml, shipped_text
from scorecards.finding_rules import FindingState, FindingStep
from scorecards.findings import NewFinding
from surveys.model import ActionKind

DAYS_GIVEN, LONGEST_WORDS, LONGEST_NUMBER = 30, 500, 9
NOT_MET_IN = (AuditStep.CHECKING, AuditStep.REPORTED)


def findings_part() -> None:
    """The finding that the address names, else what has none yet and the list."""
    named = st.query_params.get("finding", "")
    if named.isdecimal() and len(named) <= LONGEST_NUMBER:
        if st.button(_("All findings"), icon=":material/arrow_back:"):
            _go_to(None)
        found, refusal = session.find(audit_queries.finding, int(named))
        if found is None:
            st.error(refusal or "")
        else:
            _whole(found)
        return
    if session.may(Action.AUDIT):
        _not_met()
    _list()


def _go_to(finding_id: int | None) -> None:
    if finding_id is None:
        st.query_params.pop("finding", None)
    else:
        st.query_params["finding"] = str(finding_id)
    st.rerun()


def _not_met() -> None:
    """Items not met of audits at hand, those without a finding first; several units may answer for one item."""
    running = [one for one in session.read(audit_queries.audits) if one.state in NOT_MET_IN]
    waiting: list[tuple[list[str], Audit, str, list[DrawnPiece]]] = []
    for audit in running:
        known = session.read(audit_queries.findings, audit.id)
        groups: dict[str, list[DrawnPiece]] = defaultdict(list)
        for piece in session.read(audit_queries.pieces, audit.id):
            for item, check in piece.checks.items():
                if check.result is Result.NOT_MET:
                    groups[item].append(piece)
        for item, pieces in groups.items():
            waiting.append(([one.number for one in known if one.item == item], audit, item, pieces))
    for numbers, audit, item, pieces in sorted(waiting, key=lambda one: bool(one[0])):
        _new_finding(audit, item, pieces, numbers)


def _new_finding(audit: Audit, item: str, pieces: Sequence[DrawnPiece], numbers: Sequence[str]) -> None:
    question = audit.checklist.item(item)
    units = audit_words.audited_units()
    known = ", ".join(numbers) or _("no finding yet")
    title = _("{number}: {n} times not met, {findings}", number=audit.number, n=len(pieces), findings=known)
    with st.expander(f"{title} · {question.question.in_language(session.language())}", icon=":material/flag:"):
        key, unit = f"finding.{audit.id}.{item}", pieces[0].unit_id
        said = "\n".join(f"{one.label}: {one.checks[item].words} ({one.checks[item].evidence})" for one in pieces)
        with st.form(key, border=False):
            with st.container(horizontal=True):
                of = st.selectbox(_("Unit that answers for it"), list(units), format_func=units.__getitem__,
                                  index=list(units).index(unit) if unit in units else 0, width=320,
                                  key=f"{key}.unit")  # fmt: skip
                grave = st.segmented_control(_("Severity"), list(Severity), default=question.severity, required=True,
                                             format_func=lambda one: _(words.SEVERITIES[one]),
                                             key=f"{key}.grave")  # fmt: skip
            text = st.text_area(_("What was found"), value=said[:LONGEST_WORDS], height=100, key=f"{key}.words")
            if st.form_submit_button(_("Open the finding"), type="primary"):
                new = NewFinding(pieces[0].id, item, of or unit, grave or question.severity, text)
                made, refusal = session.attempt(audit_actions.open_finding, session.now(), new)
                if made is None:
                    st.error(refusal or "")
                    return
                told = {
                    FindingStep.OPENED: _("The finding is open."),
                    FindingStep.REOPENED: _("This came before: the closed finding was reopened."),
                    FindingStep.SEEN_AGAIN: _("This is open already from an earlier audit; it was seen again."),
                }
                st.session_state["message"] = ("done", told[made.step])
                _go_to(made.finding_id)


def _question(one: Finding) -> str:
    listed = checklist_from_yaml(shipped_text(one.kind), one.kind.value).items
    found = next((item for item in listed if item.code == one.item), None)
    return found.question.in_language(session.language()) if found else one.item


def _today() -> date:
    return session.now().astimezone(session.office().zone).date()


def _list() -> None:
    found, today = session.read(audit_queries.findings), _today()
    if not found:
        st.info(_("No finding was opened yet."), icon=":material/flag:")
        return
    late = {one.id for one in session.read(findings.overdue, today)}
    shown = sorted(found, key=lambda one: (one.id not in late, one.state is FindingState.CLOSED, _due(one), one.id))
    owners = {one.action.person for one in shown if one.action and one.action.person}
    names, units = audit_words.names(owners), audit_words.unit_names()
    st.caption(_("{late} overdue, {open} not closed", late=len(late),
                 open=sum(one.state is not FindingState.CLOSED for one in found)))  # fmt: skip
    table = pd.DataFrame(
        {
            _("State"): [("✘ " + _("overdue") + " · " if one.id in late else "") + _(words.FINDING_STATES[one.state])
                         for one in shown],
            _("Due"): [_due(one).isoformat() if one.action else "–" for one in shown],
            _("Finding number"): [one.number for one in shown],
            _("Item"): [_question(one) for one in shown],
            _("Severity"): [_(words.SEVERITIES[one.severity]) for one in shown],
            _("Unit"): [units.get(one.unit_id, "–") for one in shown],
            _("Owner"): [names.get(one.action.person or 0, "–") if one.action else "–" for one in shown],
            _("Seen in audits"): [len(one.audits) for one in shown],
        }
    )  # fmt: skip
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="findings",
                         alt=_("Audit findings"))  # fmt: skip
    st.caption(_("Tick a row to open it."))
    if event.selection.rows and event.selection.rows[0] < len(shown):
        _go_to(shown[event.selection.rows[0]].id)


def _due(one: Finding) -> date:
    action = one.action
    return action.due_on if action is not None and action.due_on is not None else date.max


def _whole(one: Finding) -> None:
    late = " · ✘ " + _("overdue") if finding_rules.is_overdue(one.steps, _today()) else ""
    st.subheader(f"{one.number} · {_(words.FINDING_STATES[one.state])}{late}")
    st.markdown(f"**{_question(one)}**")
    st.caption(f"{audit_words.unit_names().get(one.unit_id, '–')} · {_(words.SEVERITIES[one.severity])}")
    if any(step.kind is FindingStep.REOPENED for step in one.steps):
        st.warning(_("This finding was closed and came again in a later audit."), icon=":material/replay:")
    left, right = st.columns([3, 2], gap="large")
    with left:
        _story(one)
    with right:
        _next_steps(one)


def _story(one: Finding) -> None:
    names = audit_words.names({who for step in one.steps for who in (step.by, step.person) if who is not None})
    for step in reversed(one.steps):
        with st.container(border=True, gap="xsmall"):
            named = f" → {names.get(step.person, '–')}" if step.person else ""
            due = f" · {_('due {day}', day=step.due_on.isoformat())}" if step.due_on else ""
            st.markdown(f"**{session.moment(step.at)} · {_(words.FINDING_STEPS[step.kind])}** · "
                        f"{names.get(step.by or 0, _('system'))}{named}{due}")  # fmt: skip
            st.text(step.words)


def _next_steps(one: Finding) -> None:
    if one.state is not FindingState.CLOSED and session.may(Action.AUDIT):
        _words_form(one, "cause", _("Cause"), _("Note the cause"))
    if one.state is FindingState.OPEN and one.cause and session.may(Action.OPEN_CORRECTIVE_ACTION):
        _action_form(one)
    if one.action is not None and one.action.action_id is not None:
        if session.may(Action.SEE_CORRECTIVE_ACTIONS) and st.button(
            _("Open the corrective action"), icon=":material/build:", key=f"action.{one.id}"
        ):
            st.switch_page("views/corrective_actions.py", query_params={"action": str(one.action.action_id)})
        if one.state is FindingState.PROVEN and session.may(Action.VERIFY_CORRECTIVE_ACTION):
            _verify_form(one, one.action.action_id)
    if session.may(Action.AUDIT):
        _accountable_form(one)


def _words_form(one: Finding, name: str, label: str, press: str) -> None:
    with st.form(f"{name}.{one.id}.{len(one.steps)}", border=False):
        said = st.text_area(label, value=one.cause, height=80)
        if st.form_submit_button(press):
            parts.settle(session.attempt(findings.note_cause, session.now(), one.id, said))


def _action_form(one: Finding) -> None:
    """The written notice (整改通知书) to the unit that answers: what, who, by when; the cause goes along."""
    with st.expander(_("Written notice to the unit"), expanded=True, icon=":material/mail:"):
        st.caption(audit_words.unit_names().get(one.unit_id, "–"))
        owners = session.read(lambda database, _actor: people.people_below(database, one.unit_id))
        owner = st.selectbox(_("Owner"), list(owners), format_func=owners.__getitem__, key=f"owner.{one.id}",
                             index=None, placeholder="–")  # fmt: skip
        title = st.text_input(_("Matter"), value=f"{one.number} {_question(one)}"[:200], key=f"matter.{one.id}")
        task = st.text_area(_("What is to be done"), key=f"task.{one.id}", height=80)
        first = _today() + timedelta(days=DAYS_GIVEN)
        due = st.date_input(_("Due"), value=first, key=f"due.{one.id}", width=160)
        if st.button(_("Send the notice"), type="primary", key=f"send.{one.id}"):
            order = Order(title, task, owner or 0, due if isinstance(due, date) else first)
            parts.settle(session.attempt(audit_actions.open_action, session.now(), one.id, order))


def _verify_form(one: Finding, action_id: int) -> None:
    with st.form(f"verify.{one.id}.{len(one.steps)}", border=False):
        said = st.text_area(_("What you saw when you verified it"), height=80)
        with st.container(horizontal=True):
            good = st.form_submit_button(_("Verify and close"), type="primary")
            bad = st.form_submit_button(_("Refuse the proof"))
        if good or bad:
            kind = ActionKind.VERIFIED if good else ActionKind.PROOF_REFUSED
            parts.settle(session.attempt(audit_actions.take_step, session.now(), action_id, kind, said))


def _accountable_form(one: Finding) -> None:
    """Who answers for it (追究责任); the person is asked for their side on their first page."""
    known = session.read(lambda database, _actor: people.people_below(database, one.unit_id))
    with st.expander(_("Hold a person accountable"), icon=":material/gavel:"):
        st.caption(_("The person is told on their page “Today” and may answer there; both stand in the report."))
        with st.form(f"accountable.{one.id}.{len(one.steps)}", border=False):
            who = st.selectbox(_("Person"), list(known), format_func=known.__getitem__, index=None, placeholder="–")
            said = st.text_area(_("For what, and on what ground"), height=80)
            if st.form_submit_button(_("Keep it")):
                if who is None:
                    st.error(_("Choose a person."))
                else:
                    parts.settle(session.attempt(findings.hold_accountable, session.now(), one.id, who, said))


def own_replies() -> None:
    """What the reader is held accountable for and has not answered: the right of reply, on their first page."""
    for one in session.read(audit_queries.awaiting_own_reply):
        blamed = [step for step in one.steps if step.person == session.current().user_id
                  and step.kind is FindingStep.HELD_ACCOUNTABLE]  # fmt: skip
        with st.container(border=True):
            st.markdown(f":material/gavel: **{_('An audit holds you accountable; say your side.')}** {one.number}")
            st.caption(_question(one))
            st.text(blamed[-1].words)
            with st.form(f"reply.{one.id}", border=False):
                said = st.text_area(_("Your reply"), height=80, key=f"reply.words.{one.id}")
                if st.form_submit_button(_("Send the reply"), type="primary"):
                    parts.settle(session.attempt(findings.reply, session.now(), one.id, said))
