"""A case's story in one column of time: steps, calls and messages, the newest first; files and duplicates beside it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from qa_app import session
from qa_app.components import call_moments, case_words, survey_words
from qa_app.components.case_desk import told_value
from qa_app.core import kept_files
from qa_app.core.access import Action
from qa_app.joins import CaseCall, link_call
from qa_app.session import _
from surveys import attachments, customers, rules, service
from surveys.model import NoticeState, Step
from surveys.notices import Notice
from surveys.queries import Story
from surveys.responses import Asking, AttemptLine
from surveys.words import STEPS

NOTICE_STATES = case_words.NOTICE_STATES


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in a case's story beside its steps."""

    calls: Sequence[CaseCall] = ()
    notices: Sequence[Notice] = ()
    askings: Sequence[Asking] = ()


Entry = tuple[datetime, int, Callable[[], None]]


def column_of_time(
    story: Story, beside: Beside, names: dict[int, str], units: dict[int, str]
) -> None:  # fmt: skip
    """Everything that happened, the newest first."""
    entries: list[Entry] = [(step.at, step.number, partial(_step, step, names, units)) for step in story.steps]
    entries += [(one.line.started_at, 0, partial(call_moments.call, one)) for one in beside.calls]
    entries += [(one.created_at, 0, partial(_notice, one)) for one in beside.notices]
    for asking in beside.askings:
        last = len(asking.attempts)
        entries += [
            (one.at, 0, partial(_attempt, asking, one, names, is_last=place == last))
            for place, one in enumerate(asking.attempts, 1)
        ]
    for _at, _number, draw in sorted(entries, key=lambda entry: entry[:2], reverse=True):
        with st.container(border=True, gap="xsmall"):
            draw()


def _step(step: Step, names: dict[int, str], units: dict[int, str]) -> None:
    who = names.get(step.by or 0, _("system"))
    st.markdown(f"**{session.moment(step.at)} · {_(STEPS[step.kind])}** · {who}")
    told = [
        f"{case_words.fact(name)}: {told_value(name, value, names, units)}"
        for name, value in step.facts.items()
        if value not in (None, "")
    ]
    if told:
        st.text("\n".join(told))


def _attempt(asking: Asking, one: AttemptLine, names: dict[int, str], *, is_last: bool) -> None:
    """One call or message of a callback; the answers stand with the last one."""
    who = names.get(one.by or 0, _("system"))
    came_to = _(survey_words.DISPOSITIONS[one.disposition])
    st.markdown(f"**{session.moment(one.at)} · {_(survey_words.KINDS[asking.kind])}** · {came_to} · {who}")
    if one.appointment_at is not None:
        st.caption(_("appointment at {time}", time=session.moment(one.appointment_at)))
    if one.words:
        st.caption(one.words)
    if is_last and asking.answers:
        asked = session.read(
            lambda database, _actor: rules.questionnaire_version(database, asking.questionnaire, asking.version)
        )
        told = [f"{question}　{answer}" for question, answer in survey_words.answers(asked, asking.answers)]
        if asking.mode is not None:
            told.append(_(survey_words.MODES[asking.mode]))
        st.text("\n".join(told))


def _notice(one: Notice) -> None:
    st.markdown(f"**{session.moment(one.created_at)} · {_('Message')}** · {one.to} · {_(NOTICE_STATES[one.state])}")
    st.text(one.body)
    if one.state is NoticeState.FAILED and one.error:
        st.caption(one.error)


def files(case_id: int) -> None:
    """The files of a case and one more."""
    kept = session.read(attachments.attachments, case_id)
    st.subheader(_("Files ({total})", total=len(kept)))
    for one in kept:
        link_text = f'<a href="/attachments/{one.id}" target="_blank" rel="noopener">{html.escape(one.name)}</a>'
        st.html(f"{link_text} <small>{one.size_bytes:,} B · {session.moment(one.at)}</small>")
    with st.form(f"file.{case_id}.{len(kept)}", border=False, clear_on_submit=True):
        given = st.file_uploader(
            _("Another file"), type=[kind.removeprefix(".") for kind in kept_files.KINDS], max_upload_size=20
        )
        if st.form_submit_button(_("Keep the file"), icon=":material/attach_file:") and given is not None:
            office = session.office()
            session.act(attachments.attach, session.now(), office, case_id, given.name, given.getvalue(),
                        done=_("The file was kept."))  # fmt: skip
            st.rerun()


def duplicates(story: Story) -> None:
    """This customer's earlier cases of the same matter, one press away from being joined."""
    found = session.read(customers.likely_duplicates, story.row.id) if story.row.joined_to_id is None else ()
    for other in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"⧉ **{other.number}** {case_words.class_title(other.class_code)} {session.moment(other.received_at)}"
            )
            if st.button(_("The same matter: join"), key=f"join.{other.id}"):
                session.act(service.join, session.now(), story.row.id, other.id, done=_("The case was joined."))
                st.rerun()


def link(case_id: int) -> None:
    """Link a call by its number."""
    with (
        st.form(f"link.{case_id}", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        call_id = st.text_input(_("Link a call by its number"), key=f"link.{case_id}.call", autocomplete="off")
        if st.form_submit_button(_("Link"), icon=":material/link:") and call_id:
            session.act(link_call, session.now(), case_id, call_id, done=_("The call was linked."))
            st.rerun()


def number(case_id: int) -> None:
    """The customer's number in full for whoever must call; each reveal is journalled."""
    if not session.may(Action.REVEAL_CONTACT):
        return
    if st.button(_("Show the number (is recorded)"), key=f"reveal.{case_id}", icon=":material/visibility:"):
        shown = session.act(service.reveal_phone, session.now(), session.office(), case_id)
        if shown:
            st.code(shown, language=None)
