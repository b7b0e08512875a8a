"""What the data propose of an item in the reader's words, and the units that the reader audits."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app import session
from qa_app.components import case_words
from qa_app.core import people
from qa_app.core.access import Action, Actor, reach
from qa_app.session import N_, _
from scorecards.auditing import Proposal, Result
from scorecards.words import RESULTS
from surveys.words import LACKING

PROPOSED = {
    "received": N_("entered {minutes} minutes after it was received"),
    "on_time": N_("{late} of {deadlines} deadlines missed"),
    "four_parts": N_("parts that are missing: {missing}"),
    "records": N_("records that are missing: {missing}"),
    "satisfied_close": N_("last closing callback: {result}"),
    "answers": N_("{differences} answers sound otherwise in the recording"),
    "score_within": N_("score {theirs}, blind re-score {ours}"),
    "fatal_same": N_("fatal errors {theirs}, in the blind re-score {ours}"),
}


def proposed(item: str, found: Proposal) -> str:
    """What is proposed and why, such as: met (entered 4 minutes after it was received)."""
    said = {name: _value(name, value) for name, value in found.said.items()}
    result = _(RESULTS[found.result])
    if item not in PROPOSED or (found.result is Result.MET and said.get("missing") == "–"):
        return result
    return f"{result} ({_(PROPOSED[item], **said)})"


def _value(name: str, value: str | int) -> str:
    if name == "missing":
        return "、".join(_missing(one) for one in str(value).split(", ") if one) or "–"
    return case_words.choice(str(value)) or "–" if name == "result" else str(value)


def _missing(code: str) -> str:
    return _(LACKING[code]) if code in LACKING else case_words.fact(code)


def audited_units() -> dict[int, str]:
    """The units that the reader audits, with the names above them, the nearest to the root first."""

    def read(database: Session, actor: Actor) -> dict[int, str]:
        found = reach(actor, Action.AUDIT)
        tree = [one for one in people.units(database) if found.everything or one.id in found.units]
        return {one.id: " / ".join(one.path[1:]) or one.name for one in tree}

    return session.read(read)


def unit_names() -> dict[int, str]:
    """Every unit's name."""
    return session.read(lambda database, _actor: {one.id: one.name for one in people.units(database)})


def names(ids: set[int]) -> dict[int, str]:
    """The names of some people."""
    return session.read(lambda database, _actor: people.names_of(database, ids))
