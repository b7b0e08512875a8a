"""A shopper's own visits and the form of one, kept with every change."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from qa_app import session
from qa_app.components import shopping_words
from qa_app.components.shopping_words import MARKS
from qa_app.core import kept_files
from qa_app.session import _
from scorecards import shopping_files, shopping_reads, shopping_visits
from scorecards.shopping import BEST_RATING, OPEN_TO_SHOPPER, Channel, Form, Item, ItemKind, Mark, Reply, VisitState
from scorecards.shopping_files import NewFile
from scorecards.shopping_reads import OwnVisit
from scorecards.words import VISIT_STATES

MINUTE = timedelta(minutes=1)
ICONS = {VisitState.RETURNED: ":material/undo:", VisitState.VALIDATED: ":material/verified:"}


def own_part() -> None:
    """The visits that wait, those due first, then the ones handed in; one open below."""
    vault = session.office().vault
    found = session.read(shopping_reads.own_visits, vault)
    if not found:
        st.info(_("No visit was assigned to you yet."), icon=":material/inbox:")
        return
    chosen = st.query_params.get("visit", "")
    opened = next((one for one in found if str(one.id) == chosen), None)
    if opened is not None:
        if st.button(_("All my visits"), icon=":material/arrow_back:"):
            st.query_params.pop("visit", None)
            st.rerun()
        _visit(opened)
        return
    if chosen:
        st.error(_("There is no visit {visit} of yours.", visit=chosen))
    waiting = [one for one in found if one.state in OPEN_TO_SHOPPER]
    st.subheader(_("To do ({total})", total=len(waiting)))
    if not waiting:
        st.success(_("Nothing waits. Well done."), icon=":material/done_all:")
    for one in waiting:
        _line(one)
    if done := [one for one in found if one.state not in OPEN_TO_SHOPPER]:
        st.subheader(_("Handed in ({total})", total=len(done)))
        for one in reversed(done):
            _line(one)


def _line(one: OwnVisit) -> None:
    late = " :material/schedule: " + _("late") if _is_late(one) else ""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        icon = ICONS.get(one.state, "")
        st.markdown(f"**{shopping_words.title(one.scenario)}** · {_('until {moment}', moment=one.due_on)}{late} · "
                    f"{icon} {_(VISIT_STATES[one.state])}")  # fmt: skip
        if st.button(_("Open"), key=f"open.{one.id}"):
            st.query_params["visit"] = str(one.id)
            st.rerun()


def _is_late(one: OwnVisit) -> bool:
    return one.state in OPEN_TO_SHOPPER and one.due_on < session.now().astimezone(session.office().zone).date()


def _visit(one: OwnVisit) -> None:
    language = session.language()
    unit = session.read(lambda database, _actor: shopping_reads.unit_names(database)).get(one.unit_id, "–")
    st.subheader(shopping_words.title(one.scenario))
    st.caption(f"{unit} · {_(shopping_words.CHANNELS[one.scenario.channel])} · "
               f"{_('until {moment}', moment=one.due_on)} · {_(VISIT_STATES[one.state])}")  # fmt: skip
    st.text(one.scenario.story.in_language(language))
    if one.words:
        st.text(one.words)
    with st.expander(_("What to say"), expanded=one.state in OPEN_TO_SHOPPER):
        for place, words in enumerate(one.scenario.say, 1):
            st.text(f"{place}. {words.in_language(language)}")
    if one.state not in OPEN_TO_SHOPPER:
        _handed_in(one)
        return
    if one.sent_back:
        st.warning(_("Sent back for rework: see the notes at the items."), icon=":material/undo:")
    _fill(one)


def _handed_in(one: OwnVisit) -> None:
    """What was handed in, to be read only; nothing of points."""
    lines = []
    for item in one.scenario.items:
        reply = one.form.replies.get(item.id, Reply())
        lines.append(f"{shopping_words.item_title(item)}: {shopping_words.answered(item, reply)}")
        if reply.evidence:
            lines.append(f"    {reply.evidence}")
    st.text("\n".join([*lines, one.form.words]))
    for files in session.read(shopping_files.files, one.id).values():
        for file in files:
            shopping_words.file_link(file)


def _key(visit_id: int, *names: str) -> str:
    return ".".join(("shop", str(visit_id), *names))


def _set(key: str, value: object) -> None:
    """What is kept stands in the widget when it is drawn for the first time."""
    if key not in st.session_state:
        st.session_state[key] = value


def _typed(one: OwnVisit) -> Form:
    """The form as it stands in the widgets."""
    state = st.session_state
    at: datetime | None = state.get(_key(one.id, "at"))
    replies = {item.id: _reply(one.id, item) for item in one.scenario.items}
    return Form(
        at.replace(tzinfo=session.office().zone) if at else None, state.get(_key(one.id, "number")) or "",
        state.get(_key(one.id, "heard")) or "", replies, state.get(_key(one.id, "words")) or "",
    )  # fmt: skip


def _reply(visit_id: int, item: Item) -> Reply:
    def of(name: str) -> Any:  # noqa: ANN401 - a widget's own
        return st.session_state.get(_key(visit_id, item.id, name))

    mark = of("mark")
    value = of("value")
    if item.kind is ItemKind.QUOTE:
        return Reply(None, value or "", mark, of("evidence") or "")
    return Reply(None if value is None else float(value), "", mark, of("evidence") or "")


def _save(one: OwnVisit) -> None:
    session.act(shopping_visits.save_draft, session.now(), session.office().vault, one.id, _typed(one))


def _fill(one: OwnVisit) -> None:
    save = partial(_save, one)
    _head(one, save)
    tried = _key(one.id, "tried") in st.session_state
    lacks = session.read(shopping_visits.still_lacking, one.id, _typed(one)) if tried else {}
    kept = session.read(shopping_files.files, one.id)
    for item in one.scenario.items:
        with st.container(border=True):
            st.markdown(f"**{shopping_words.item_title(item)}**")
            st.caption(shopping_words.wants(item))
            if item.id in one.sent_back:
                st.warning(one.sent_back[item.id], icon=":material/undo:")
            _answer(one, item, save)
            for file in kept.get(item.id, ()):
                shopping_words.file_link(file)
            if item.id in lacks:
                st.error(session.in_words(lacks[item.id]))
    _set(_key(one.id, "words"), one.form.words)
    st.text_area(_("Anything else (facts, no opinions)"), key=_key(one.id, "words"), height=80, on_change=save)
    _files(one, [file for name, files in kept.items() if not name for file in files])
    if one.saved_at:
        st.caption(_("Draft saved {moment}", moment=session.clock_time(one.saved_at)))
    _hand_in(one)


def _head(one: OwnVisit, save: partial[None]) -> None:
    zone = session.office().zone
    if "" in one.sent_back:
        st.warning(one.sent_back[""], icon=":material/undo:")
    local = one.form.at.astimezone(zone).replace(tzinfo=None) if one.form.at else None
    for name, value in (("at", local), ("number", one.form.number), ("heard", one.form.heard)):
        _set(_key(one.id, name), value)
    with st.container(horizontal=True):
        st.datetime_input(_("When it began (local time)"), value=None, step=MINUTE, key=_key(one.id, "at"), width=240,
                          on_change=save)  # fmt: skip
        if one.scenario.channel is Channel.HOTLINE:
            st.text_input(_("Number you called from"), key=_key(one.id, "number"), autocomplete="off", width=220,
                          on_change=save)  # fmt: skip
        st.text_input(_("Staff number or name you heard"), key=_key(one.id, "heard"), autocomplete="off", width=240,
                      on_change=save)  # fmt: skip


def _answer(one: OwnVisit, item: Item, save: partial[None]) -> None:
    kept = one.form.replies.get(item.id, Reply())
    key = _key(one.id, item.id, "value")
    is_quote = item.kind is ItemKind.QUOTE
    for name, value in (("value", kept.words if is_quote else kept.value), ("mark", kept.mark),
                        ("evidence", kept.evidence)):  # fmt: skip
        _set(_key(one.id, item.id, name), value)
    if is_quote:
        st.text_area(_(shopping_words.KINDS[item.kind]), key=key, height=70, on_change=save,
                     label_visibility="collapsed")  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if not is_quote:
            _value(item, key, save)
        marks = [Mark.NOT_SAID, Mark.NOT_OBSERVED] if is_quote else [Mark.NOT_OBSERVED]
        st.pills(_("Instead of an answer"), marks, format_func=lambda each: _(MARKS[each]), on_change=save,
                 key=_key(one.id, item.id, "mark"), label_visibility="collapsed")  # fmt: skip
    st.text_area(_("Evidence: what was heard, seen or counted"), key=_key(one.id, item.id, "evidence"), height=70,
                 on_change=save)  # fmt: skip


def _value(item: Item, key: str, save: partial[None]) -> None:
    """Seconds or a count to be typed, yes or no and ratings to be pressed."""
    label = _(shopping_words.KINDS[item.kind])
    if item.kind in (ItemKind.TIME, ItemKind.COUNT):
        st.number_input(label, value=None, min_value=0.0, max_value=86_400.0, step=1.0, format="%g", key=key, width=160,
                        on_change=save, label_visibility="collapsed")  # fmt: skip
        return
    names = {1.0: _("yes"), 0.0: _("no")}
    if item.kind is ItemKind.RATING:
        names = {float(one): str(one) for one in range(1, BEST_RATING + 1)}
    st.segmented_control(label, list(names), key=key, on_change=save, label_visibility="collapsed",
                         format_func=names.__getitem__)  # fmt: skip


def _files(one: OwnVisit, whole: list[kept_files.Attachment]) -> None:
    st.subheader(_("Files"))
    for file in whole:
        shopping_words.file_link(file)
    titles = {"": _("the whole visit")} | {item.id: shopping_words.item_title(item) for item in one.scenario.items}
    with st.form(_key(one.id, "file"), border=False, clear_on_submit=True):
        item = st.selectbox(_("Belongs to"), list(titles), format_func=titles.__getitem__)
        given = st.file_uploader(_("Photo, ticket, sound"), max_upload_size=kept_files.LARGEST_BYTES >> 20,
                                 type=[kind.removeprefix(".") for kind in kept_files.KINDS])  # fmt: skip
        if st.form_submit_button(_("Keep the file"), icon=":material/attach_file:") and given is not None:
            office = session.office()
            new = NewFile(item, given.name, given.getvalue())
            session.act(shopping_files.attach, session.now(), office.folder, office.vault, one.id, new,
                        done=_("The file was kept."))  # fmt: skip
            st.rerun()


def _hand_in(one: OwnVisit) -> None:
    """The button, and under it why it was refused: the top of so long a form is out of sight."""
    tried = _key(one.id, "tried")
    pressed = st.button(_("Hand in"), type="primary", icon=":material/send:")
    if not pressed:
        if tried in st.session_state:
            st.error(st.session_state[tried], icon=":material/error:")
        return
    vault = session.office().vault
    _made, refusal = session.attempt(shopping_visits.submit, session.now(), vault, one.id, _typed(one))
    if refusal:
        st.session_state[tried] = refusal
    else:
        st.session_state.pop(tried, None)
        st.session_state["message"] = ("done", _("Handed in; the monitoring group validates it."))
        st.query_params.pop("visit", None)
    st.rerun()
