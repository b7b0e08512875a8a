"""The callback desk: whom to call, the script question by question, and one key for what the call came to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from qa_app import session
from qa_app.components import case_words, survey_words
from qa_app.core.access import Action
from qa_app.runtime import runtime
from qa_app.session import _
from surveys import calling_desk, claims, responses
from surveys.calling_desk import NewOutcome, Offer
from surveys.dispositions import Disposition
from surveys.questionnaires import Kind, Question, filled

DAYS_OF_RATES = 30
KEYS = {
    Disposition.NO_ANSWER: "Q", Disposition.BUSY: "B", Disposition.SWITCHED_OFF: "O", Disposition.NOT_IN_SERVICE: "S",
    Disposition.WRONG_PERSON: "W", Disposition.BROKE_OFF: "K", Disposition.LATER: "L", Disposition.REFUSED: "J",
}  # fmt: skip
"""One key an outcome; C and R are the browser page's own."""
NEXT, DIAL, DONE, TEN = "N", "D", "F", "X"
TICK_S = 5


def summary() -> None:
    """My shift, and how many of those asked have answered."""
    now = session.now()
    mine = session.read(calling_desk.shift, now, session.midnight())
    since = now - timedelta(days=DAYS_OF_RATES)
    rates = {one.rate.slug: one for one in session.read(responses.ledger_rates, Action.CALL_BACK, since, now)}
    response = rates["response"]
    told = [
        _("today: {calls} calls, {answered} answered, {refused} refused", calls=mine.calls, answered=mine.answered,
          refused=mine.refused),
        _("{waiting} waiting now", waiting=mine.waiting),
    ]  # fmt: skip
    if response.value is not None:
        told.append(
            _("response rate in 30 days {value} ({low}–{high}, n {n})", value=f"{response.value:.0%}",
              low=f"{response.low:.0%}", high=f"{response.high:.0%}", n=response.n)
        )  # fmt: skip
    st.caption(" · ".join(told))


def in_hand() -> Offer | None:
    """The task that is in hand, with everything about it."""
    task_id = session.read(claims.in_hand, session.now())
    return session.read(calling_desk.offered, session.now(), session.office(), task_id) if task_id else None


def take_next() -> None:
    """Ask for the next task that may be called now."""
    if st.session_state.pop("callback.none", False):
        st.info(_("Nobody may be called now. Those who wait become due later; the page offers them then."),
                icon=":material/do_not_disturb_on:")  # fmt: skip
    if st.button(_("Take the next call"), type="primary", icon=":material/phone_forwarded:", shortcut=NEXT):
        taken, refusal = session.attempt(claims.claim, session.now(), session.office())
        if refusal:
            st.error(refusal)
            return
        st.session_state["callback.none"] = taken is None
        st.rerun()


def head(offer: Offer) -> None:
    """Who it is, about what, and until when they may be called."""
    zone = ZoneInfo(offer.zone)
    until = offer.lawful_until.astimezone(zone).strftime("%H:%M") if offer.lawful_until else "–"
    told = [
        f"**{offer.customer}** {offer.phone}", _(survey_words.KINDS[offer.kind]),
        _("attempt {number} of {most}", number=offer.attempt, most=offer.most),
        _("dissatisfied before: {answer}", answer=_("yes") if offer.was_unhappy else _("no")),
        _("lawful until {time} ({zone})", time=until, zone=offer.zone),
    ]  # fmt: skip
    if offer.good_hours:
        told.append(_("answered at: {hours}", hours="、".join(f"{hour}:00" for hour in offer.good_hours)))
    if offer.appointment_at:
        told.append(_("appointment at {time}", time=session.moment(offer.appointment_at)))
    st.markdown(" · ".join(told))
    if offer.said_wrong:
        with st.container(border=True):
            st.markdown(f"**{_('Told wrong')}**")
            st.text(offer.said_wrong)
            st.markdown(f"**{_('Right is')}**")
            st.text(offer.is_right)
    if offer.case_id is not None:
        with st.container(border=True):
            st.markdown(f"{offer.number} · {case_words.class_title(offer.class_code)}")
            st.caption(offer.words[:200])
            if offer.result:
                st.caption(_("Result: {result}", result=offer.result) + " · " + _("Promised: {promised}",
                           promised=offer.promised or "–"))  # fmt: skip
            if session.may(Action.SEE_CASES):
                st.link_button(_("Story"), f"/cases?case={offer.case_id}", icon=":material/open_in_new:")


def dial(offer: Offer) -> None:
    """Show the number for a minute and a link for the softphone; from then on the call counts as begun."""
    shown: tuple[int, str, datetime] | None = st.session_state.get("callback.number")
    label = _("Dial") if offer.calling_since is None else _("Show the number again")
    kind = "primary" if offer.calling_since is None else "secondary"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(label, type=kind, icon=":material/call:", shortcut=DIAL):  # type: ignore[arg-type]  # one of its words
            number = session.act(calling_desk.begin_call, session.now(), session.office(), offer.task_id)
            if number:
                st.session_state["callback.number"] = (offer.task_id, number, session.now())
            st.rerun()
        if offer.calling_since is None and st.button(_("Give it back"), icon=":material/undo:"):
            session.act(claims.release, session.now(), offer.task_id)
            st.rerun()
        if shown and shown[0] == offer.task_id:
            _number(shown[1], shown[2])


@st.fragment(run_every=TICK_S)
def _number(number: str, since: datetime) -> None:
    left = calling_desk.SHOWN_FOR - (session.now() - since)
    if left <= timedelta():
        st.session_state.pop("callback.number", None)
        return
    st.markdown(f"**{number}**")
    st.link_button(
        _("Call by softphone"), runtime().settings.dial_url.format(number=number), icon=":material/dialer_sip:"
    )
    st.caption(_("shown for {seconds} s, journalled", seconds=int(left.total_seconds())))


def script(offer: Offer) -> None:
    """The opening, then one question after the other; each answer is kept as it is given."""
    asked, language = offer.questionnaire, session.language()
    st.markdown(f"> {filled(asked.opening[language], offer.values)}")
    shown = asked.shown(offer.answers)
    now_at = _current(offer)
    for place, one in enumerate(shown, 1):
        if one.id in offer.answers and one is not now_at:
            _answered(offer, one)
        elif one is now_at:
            st.markdown(f"**{_('Question {number} of {total}', number=place, total=len(shown))}** "
                        f"{filled(one.text[language], offer.values)}")  # fmt: skip
            _ask(offer, one)
    if now_at is None:
        st.markdown(f"> {filled(asked.thanks[language], offer.values)}")
        if asked.is_unhappy(offer.answers):
            st.warning(
                _("This customer is not satisfied: the case is taken up again."),
                icon=":material/sentiment_dissatisfied:",
            )
        if st.button(_("Done"), type="primary", icon=":material/check:", shortcut=DONE):
            session.act(
                calling_desk.finish, session.now(), session.office(), offer.task_id, done=_("The answers were kept.")
            )
            _forget()
            st.rerun()


def _current(offer: Offer) -> Question | None:
    """The question to ask now: the one gone back to, else the first that is open and not passed over."""
    chosen = st.session_state.get(f"callback.at.{offer.task_id}")
    passed: set[str] = st.session_state.get(f"callback.passed.{offer.task_id}", set())
    shown = offer.questionnaire.shown(offer.answers)
    return next((one for one in shown if one.id == chosen), None) or next(
        (one for one in shown if one.id not in offer.answers and one.id not in passed), None
    )


def _answered(offer: Offer, one: Question) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = survey_words.answer(one, offer.answers[one.id])
        st.caption(f"✔ {filled(one.text[session.language()], offer.values)} — **{told}**")
        if st.button(_("Change"), key=f"back.{one.id}", type="tertiary"):
            st.session_state[f"callback.at.{offer.task_id}"] = one.id
            st.rerun()


def _ask(offer: Offer, one: Question) -> None:
    keep = _keeper(offer, one)
    language = session.language()
    if one.kind is Kind.TEXT:
        _ask_words(offer, one, keep)
        return
    if one.kind is Kind.MULTI:
        titles = {code: title[language] for code, title in one.choices}
        given = st.pills(
            _("Several"), list(titles), format_func=titles.__getitem__, selection_mode="multi", key=f"multi.{one.id}",
            label_visibility="collapsed",
        )  # fmt: skip
        if st.button(_("Next"), key=f"next.{one.id}", shortcut="Enter"):
            if not given and not one.required:
                _pass_over(offer, one)
            keep(list(given))
        return
    with st.container(horizontal=True):
        for key, label, value in _choices(one):
            if st.button(label, key=f"answer.{one.id}.{key}", shortcut=key if len(key) == 1 else None):
                keep(value)
        if not one.required and st.button(_("Nothing said"), key=f"none.{one.id}"):
            _pass_over(offer, one)
    if one.ends:
        low, high = (end[language] for end in one.ends)
        st.caption(f"{one.scale[0] if one.scale else ''} {low} … {one.scale[1] if one.scale else ''} {high}")


def _choices(one: Question) -> list[tuple[str, str, Any]]:
    """Key, label and value of each way to answer: digits as they are, ten by X, yes and no by 1 and 0."""
    if one.kind is Kind.YES_NO:
        return [("1", _("yes"), 1), ("0", _("no"), 0)]
    if one.scale is not None:
        numbers = range(one.scale[0], one.scale[1] + 1)
        return [(TEN if number == 10 else str(number), str(number), number) for number in numbers]  # noqa: PLR2004
    language = session.language()
    return [(str(place), title[language], code) for place, (code, title) in enumerate(one.choices, 1)]


def _ask_words(offer: Offer, one: Question, keep: Callable[[Any], None]) -> None:
    key = f"words.{offer.task_id}.{one.id}"
    given = st.text_area(_("Customer's words"), value=str(offer.answers.get(one.id, "")), key=key, height=100,
                         label_visibility="collapsed", placeholder=_("in the customer's own words"))  # fmt: skip
    with st.container(horizontal=True):
        if st.button(_("Next"), key=f"next.{one.id}", type="primary"):
            keep(given)
        if not one.required and st.button(_("Nothing said"), key=f"none.{one.id}"):
            _pass_over(offer, one)
    if given and given != offer.answers.get(one.id):  # kept as it is typed, before anybody presses anything
        session.act(calling_desk.save_answer, session.now(), offer.task_id, one.id, given)
        st.session_state[f"callback.at.{offer.task_id}"] = one.id  # the box stays until it is left by a press


def _pass_over(offer: Offer, one: Question) -> None:
    """Go on without an answer to a question that needs none."""
    st.session_state.setdefault(f"callback.passed.{offer.task_id}", set()).add(one.id)
    st.session_state.pop(f"callback.at.{offer.task_id}", None)
    st.rerun()


def _keeper(offer: Offer, one: Question) -> Callable[[Any], None]:
    def keep(value: Any) -> None:  # noqa: ANN401 - whatever the question takes
        session.act(calling_desk.save_answer, session.now(), offer.task_id, one.id, value)
        st.session_state.pop(f"callback.at.{offer.task_id}", None)
        st.rerun()

    return keep


def outcomes(offer: Offer) -> None:
    """What the call came to, one key each."""
    st.subheader(_("What it came to"))
    words = st.text_input(_("Notes"), key=f"notes.{offer.task_id}", autocomplete="off")
    with st.container(horizontal=True):
        for disposition, key in KEYS.items():
            label = _(survey_words.DISPOSITIONS[disposition])
            if st.button(label, key=f"outcome.{disposition.value}", shortcut=key):
                if disposition is Disposition.LATER:
                    st.session_state["callback.later"] = offer.task_id
                else:
                    _log(offer, NewOutcome(disposition, words=words))
                st.rerun()
    if st.session_state.get("callback.later") == offer.task_id:
        _appointment(offer, words)
    with st.expander(_("Never call this customer again")):
        reason = st.text_input(_("Grounds"), key=f"bar.{offer.task_id}", autocomplete="off")
        if st.button(_("Put on the do-not-contact list"), icon=":material/block:"):
            session.act(
                calling_desk.do_not_contact,
                session.now(),
                offer.task_id,
                reason,
                done=_("The customer was put on the list."),
            )
            _forget()
            st.rerun()


def _appointment(offer: Offer, words: str) -> None:
    """Only lawful moments can be chosen, in the customer's time zone."""
    zone = ZoneInfo(offer.zone)
    free = session.read(calling_desk.appointments, session.now(), session.office(), offer.task_id)
    days = sorted({at.astimezone(zone).date() for at in free})
    day = st.segmented_control(
        _("Day"), days, format_func=lambda one: one.strftime("%m-%d"), default=days[0] if days else None,
        key=f"day.{offer.task_id}",
    )  # fmt: skip
    of_day = [at for at in free if at.astimezone(zone).date() == day]
    at = st.pills(
        _("Time"), of_day, format_func=lambda one: one.astimezone(zone).strftime("%H:%M"), key=f"time.{offer.task_id}"
    )
    if at is not None and st.button(_("Keep the appointment"), type="primary", icon=":material/event_available:"):
        _log(offer, NewOutcome(Disposition.LATER, at, words))
        st.rerun()


def _log(offer: Offer, new: NewOutcome) -> None:
    session.act(calling_desk.log, session.now(), session.office(), offer.task_id, new, done=_("The outcome was kept."))
    _forget()


def _forget() -> None:
    for name in ("callback.number", "callback.later"):
        st.session_state.pop(name, None)


def keys() -> None:
    """The keys of this page."""
    with st.popover(_("Keys"), icon=":material/keyboard:"):
        lines = [f"**{NEXT}** {_('next call')}", f"**{DIAL}** {_('dial or show the number')}",
                 f"**0–9**, **{TEN}** = 10: {_('answer')}", f"**{DONE}** {_('answered, done')}"]  # fmt: skip
        lines += [f"**{key}** {_(survey_words.DISPOSITIONS[one])}" for one, key in KEYS.items()]
        st.markdown("\n\n".join(lines))
