"""The form of a new complaint case: the customer's words first, a class suggested from them, then who and how."""

from __future__ import annotations

from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from qa_app import session
from qa_app.components import case_words
from qa_app.core import kept_files
from qa_app.core.access import Action, Actor
from qa_app.session import _
from surveys import rules
from surveys.model import CaseKind, Channel, NewCase, Urgency
from surveys.profiles import Profile
from surveys.service import Registered
from surveys.taxonomy import suggest

EMPTY = {
    "words": "",
    "demand": "",
    "name": "",
    "phone": "",
    "email": "",
    "tier": "",
    "product": "",
    "place": "",
    "campaign": "",
    "sender": "",
}
HANDED_OVER = (Channel.REGULATOR, Channel.INTERNAL)


def new_case(unit_id: int) -> NewCase | None:
    """What was typed, once it is to be registered; it stays on the screen until it was kept."""
    if st.session_state.pop("case.saved", False):
        for name, empty in EMPTY.items():
            st.session_state[f"case.{name}"] = empty
        st.session_state["case.class"] = None
        st.session_state["case.received"] = None
        st.session_state["case.forms"] = st.session_state.get("case.forms", 0) + 1
    words = st.text_area(
        _("What the customer says"), key="case.words", height=140, placeholder=_("in the customer's own words")
    )
    class_code = _class(words)
    left, right = st.columns(2, gap="large")
    with left:
        name = st.text_input(_("Customer's name"), key="case.name", autocomplete="off")
        phone = st.text_input(_("Telephone number"), key="case.phone", autocomplete="off")
        email = st.text_input(_("E-mail (if there is one)"), key="case.email", autocomplete="off")
        demand = st.text_input(_("Remedy sought"), key="case.demand", autocomplete="off")
        channel = st.selectbox(
            _("Channel"), list(Channel), format_func=lambda one: _(case_words.CHANNELS[one]), key="case.channel"
        )
        owed = _("Sender, who is owed a written reply")
        sender = st.text_input(owed, key="case.sender") if channel in HANDED_OVER else ""
    with right:
        kind = st.selectbox(
            _("Kind"), list(CaseKind), format_func=lambda one: _(case_words.KINDS[one]), key="case.kind"
        )
        urgency = st.segmented_control(
            _("Urgency"), list(Urgency), format_func=lambda one: _(case_words.URGENCIES[one]), default=Urgency.ORDINARY,
            key="case.urgency", required=True,
        )  # fmt: skip
        product = st.text_input(_("Product"), key="case.product", autocomplete="off")
        place = st.text_input(_("Where it happened"), key="case.place", autocomplete="off")
        campaign = st.text_input(_("Campaign"), key="case.campaign", autocomplete="off")
        tier = st.text_input(_("Customer's tier"), key="case.tier", autocomplete="off")
    profiles = session.read(lambda database, _actor: rules.profile_names(database, session.now()))
    titles = {name: session.read(_profile, name).title[session.language()] for name in profiles}
    with st.expander(_("Received earlier, or under another time profile")):
        received: datetime | None = st.datetime_input(_("Received at (empty: now)"), value=None, key="case.received")
        profile = st.selectbox(
            _("Time profile"), profiles, index=profiles.index("provincial"), key="case.profile",
            format_func=titles.__getitem__,
        )  # fmt: skip
    if session.may(Action.SEE_CASES):
        st.file_uploader(
            _("Files (bills, pictures, letters)"), key=_files_key(), accept_multiple_files=True,
            type=[suffix.lstrip(".") for suffix in kept_files.KINDS],
            max_upload_size=kept_files.LARGEST_BYTES // (1 << 20),
        )  # fmt: skip
    if not st.button(_("Register"), type="primary", icon=":material/add_task:"):
        return None
    return NewCase(
        words=words, customer_name=name, customer_phone=phone, customer_email=email, channel=channel or Channel.HOTLINE,
        kind=kind or CaseKind.COMPLAINT, urgency=urgency or Urgency.ORDINARY,
        class_code=class_code or "", demand=demand, product=product, place=place, campaign=campaign, sender=sender,
        tier=tier, unit_id=unit_id, profile=profile,
        received_at=received.replace(tzinfo=session.office().zone) if received else None,
    )  # fmt: skip


def chosen_files() -> dict[str, bytes]:
    """The files chosen beside the form, by name."""
    return {file.name: file.getvalue() for file in st.session_state.get(_files_key()) or ()}


def _files_key() -> str:
    """An uploader is emptied by another key only."""
    return f"case.files.{st.session_state.get('case.forms', 0)}"


def kept(made: Registered) -> None:
    """Remember what was registered, so that the emptied form can show it."""
    st.session_state["case.saved"] = True
    st.session_state["case.last"] = made


def last_registered() -> None:
    """The number for the customer, and this customer's other cases."""
    made: Registered | None = st.session_state.get("case.last")
    if made is None:
        return
    st.success(_("Registered as {number}.", number=made.number), icon=":material/check_circle:")
    if made.earlier:
        st.warning(
            _("This customer has other cases: {numbers}. Join them if it is the same matter.",
              numbers=", ".join(made.earlier)),
            icon=":material/history:",
        )  # fmt: skip
    if session.may(Action.SEE_CASES) and st.button(_("Open the case"), icon=":material/open_in_new:"):
        st.switch_page("views/cases.py", query_params={"case": str(made.case_id)})


def _profile(database: Session, _actor: Actor, name: str) -> Profile:
    return rules.profile(database, name, session.now())


def _class(words: str) -> str | None:
    """The class: chosen by hand, with what the words suggest one press away."""
    classes = session.taxonomy()
    found = suggest(words, classes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code: str | None = st.selectbox(
            _("Class"), [one.code for one in classes], index=None, format_func=case_words.class_title, key="case.class",
            placeholder=_("not classed"), width=320,
        )  # fmt: skip
        for one in found:
            label = f"{case_words.class_title(one.code)} {one.confidence:.0%}"
            st.button(label, key=f"suggest.{one.code}", on_click=_take, args=(one.code,), help="、".join(one.words))
    return code


def _take(code: str) -> None:
    st.session_state["case.class"] = code
