"""The page's way to the services: who acts, cached reads, and one transaction with one message for one action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy.orm import Session

from qa_app import doctor, i18n
from qa_app.core import journal, login
from qa_app.core.access import Action, Actor, Role, allowed, require
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.errors import HuitingError, Sentence
from qa_app.core.links import CLIP, RECORDING, listening_address
from qa_app.i18n import preferred, translate
from qa_app.runtime import runtime
from scorecards.checks.outside import Outside
from scorecards.endpoint import open_outside
from surveys import rules
from surveys.office import Office
from surveys.taxonomy import ComplaintClass


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a message translated later
    """Mark a message for the catalogue where it is only stored."""
    return message


ROLE_NAMES = {
    Role.INSPECTOR: N_("QA inspector"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.CASE_DESK: N_("Complaint desk"),
    Role.SURVEYOR: N_("Survey staff"),
    Role.MANAGER: N_("Manager"),
    Role.MONITOR: N_("Monitoring group"),
    Role.SHOPPER: N_("Mystery shopper"),
    Role.AGENT: N_("Agent"),
    Role.QA_LEAD: N_("QA lead"),
    Role.HANDLER: N_("Responsible unit's handler"),
    Role.ADMIN: N_("Administrator"),
}
P = ParamSpec("P")
T = TypeVar("T")


def token() -> str | None:
    """The session cookie of this browser."""
    return st.context.cookies.get(login.COOKIE)


def actor() -> Actor | None:
    """The signed-in person, checked in the database on every rerun, so that revoking works at once."""
    with reading(runtime().engine) as session:
        return login.signed_in(session, utc_now(), token())


def current() -> Actor:
    """The person of this rerun, as the entry script has set it."""
    found: Actor = st.session_state["actor"]
    return found


def language() -> str:
    """Zh or en: the person's choice, else the browser's."""
    chosen: str | None = st.session_state.get("language")
    return chosen or preferred(st.context.headers.get("accept-language", ""))


def _(message: str, **values: object) -> str:
    """A message of the screen in the reader's language."""
    text = translate(language(), message)
    return text.format(**values) if values else text


def may(action: Action) -> bool:
    """Whether to show what leads to an action; the service checks again."""
    return allowed(current(), action)


def read(query: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """One read, cut to the actor's reach."""
    with reading(runtime().engine) as session:
        return query(session, current(), *args, **kwargs)


def find(query: Callable[..., T], *args: Any, **kwargs: Any) -> tuple[T | None, str | None]:  # noqa: ANN401 - the query's own
    """One read; the result, or the sentence that says why there is none for the page to show in its own place."""
    try:
        return read(query, *args, **kwargs), None
    except HuitingError as error:
        return None, in_words(error)


def act(service: Callable[..., T], *args: Any, done: str = "", **kwargs: Any) -> T | None:  # noqa: ANN401 - the service's own
    """One action in one transaction; an error's sentence is shown and None comes back, and what was typed stays."""
    result, error = attempt(service, *args, **kwargs)
    if error:
        st.session_state["message"] = ("error", error)
    elif done and st.session_state.get("message", ("", ""))[0] != "error":
        st.session_state["message"] = ("done", done)
    return result


def attempt(service: Callable[..., T], *args: Any, **kwargs: Any) -> tuple[T | None, str | None]:  # noqa: ANN401 - the service's own
    """One action in one transaction; the result, or the error's sentence for the page to show in its own place."""
    try:
        with transaction(runtime().engine) as session:
            return service(session, current(), *args, **kwargs), None
    except HuitingError as error:
        return None, in_words(error)


def call(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T | None, str | None]:
    """Long work that opens its own transactions; the result, or the error's sentence."""
    try:
        return work(*args, **kwargs), None
    except HuitingError as error:
        return None, in_words(error)


def show_message() -> None:
    """The message of the last action, once."""
    kind, text = st.session_state.pop("message", (None, ""))
    if kind == "error":
        st.error(text, icon=":material/error:")
    elif kind == "done":
        st.toast(text, icon=":material/check:")


@st.cache_resource(show_spinner=False)
def outside() -> Outside:
    """What checks may ask beyond the transcript, opened once for this process."""
    return open_outside(runtime().settings)


def office() -> Office:
    """What services of complaint cases work with: the vault of contact data and the centre's time zone."""
    return Office.of(runtime().settings)


@st.cache_resource(ttl=60, max_entries=1, show_spinner=False)
def taxonomy() -> tuple[ComplaintClass, ...]:
    """The classes of complaints in force."""
    with reading(runtime().engine) as database:
        return rules.taxonomy(database, utc_now())


def recording_address(recording_id: int) -> str:
    """A signed address for this person and recording; the grant is journalled once for each new address."""
    return _address(RECORDING, recording_id)


def clip_address(entry_id: int) -> str:
    """The same for a clip of the case library."""
    return _address(CLIP, entry_id)


def _address(kind: str, heard_id: int) -> str:
    live, person = runtime(), current()
    lifetime = timedelta(minutes=live.settings.listen_minutes)
    address = listening_address(live.settings.secret, heard_id, person.user_id or 0, utc_now(), lifetime, kind)
    return _journal_grant(address, kind, heard_id, person)


@st.cache_resource(max_entries=10_000, show_spinner=False)
def _journal_grant(address: str, kind: str, heard_id: int, _person: Actor) -> str:
    """Once for each address: a page drawn or loaded again listens under the grant it has."""
    with transaction(runtime().engine) as session:
        if kind == CLIP:
            journal.record(session, _person, "library.listen", f"library:{heard_id}", utc_now())
        else:
            journal.record(session, _person, "recording.listen", f"recording:{heard_id}", utc_now())
    return address


def end_session() -> None:
    """Sign this browser out; its cookie is worth nothing from here on."""
    with transaction(runtime().engine) as session:
        login.sign_out(session, utc_now(), token() or "")


def role_name(role: Role) -> str:
    """A role as people call it."""
    return _(ROLE_NAMES[role])


def now() -> datetime:
    """The present moment, for services that take it as an argument."""
    return utc_now()


def moment(at: datetime) -> str:
    """A moment in the centre's time zone, as people write it in the reader's language."""
    local = at.astimezone(ZoneInfo(runtime().settings.timezone))
    return local.strftime("%Y-%m-%d %H:%M" if language() == "zh" else "%d %b %Y %H:%M")


def in_words(told: Sentence) -> str:
    """A sentence in the reader's language."""
    return i18n.sentence(language(), told)


def clock_time(at: datetime) -> str:
    """A moment's time of day in the centre's time zone, to the second."""
    return at.astimezone(ZoneInfo(runtime().settings.timezone)).strftime("%H:%M:%S")


def verify_journal() -> journal.Verification:
    """Whether the journal's chain is whole and holds every anchored head."""
    require(current(), Action.SEE_JOURNAL)
    with reading(runtime().engine) as session:
        return journal.verify(session, runtime().settings.journal_heads)


def midnight() -> datetime:
    """The start of today in the centre's time zone."""
    zone = ZoneInfo(runtime().settings.timezone)
    return datetime.combine(utc_now().astimezone(zone).date(), time(), zone)


def end_of_today() -> datetime:
    """The end of today in the centre's time zone: spans that look back end here."""
    zone = ZoneInfo(runtime().settings.timezone)
    return datetime.combine(now().astimezone(zone).date() + timedelta(days=1), time(), zone)


def health() -> list[doctor.Finding]:
    """What the doctor finds about this installation."""
    require(current(), Action.MANAGE_PEOPLE)
    return doctor.examine(runtime())
