"""Callbacks and surveys in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_app import session
from qa_app.session import N_, _
from surveys.dispositions import Disposition
from surveys.model import Mode, Outcome, TaskKind, Verdict
from surveys.questionnaires import Kind, Question, Questionnaire

DISPOSITIONS = {
    Disposition.COMPLETED: N_("answered, done"),
    Disposition.NO_ANSWER: N_("no answer"),
    Disposition.BUSY: N_("busy"),
    Disposition.SWITCHED_OFF: N_("switched off"),
    Disposition.NOT_IN_SERVICE: N_("suspended or empty number"),
    Disposition.WRONG_PERSON: N_("wrong person"),
    Disposition.BROKE_OFF: N_("broke off"),
    Disposition.LATER: N_("call later"),
    Disposition.REFUSED: N_("refused"),
    Disposition.LINK_SENT: N_("link sent"),
}
KINDS = {
    TaskKind.CLOSING: N_("Closing callback"),
    TaskKind.SURVEY: N_("Satisfaction survey"),
    TaskKind.CAMPAIGN: N_("Campaign survey"),
    TaskKind.CORRECTING: N_("Correcting callback"),
}
OUTCOMES = {
    Outcome.ANSWERED: N_("answered"),
    Outcome.REFUSED: N_("refused"),
    Outcome.UNREACHED: N_("not reached"),
    Outcome.BARRED: N_("not to be contacted"),
    Outcome.DROPPED: N_("no longer needed"),
}
MODES = {
    Mode.PHONE: N_("by telephone"),
    Mode.LINK: N_("by link"),
    Mode.KEYS: N_("by keys after the call"),
    Mode.OUTSIDE: N_("another survey"),
}
VERDICTS = {
    Verdict.LOGGED_RIGHT: N_("the logged answer is right"),
    Verdict.SPOKEN_RIGHT: N_("the spoken answer is another"),
    Verdict.UNCLEAR: N_("cannot be heard"),
}


def answer(question: Question, given: Any) -> str:  # noqa: ANN401 - a number, a text or choices
    """An answer in the reader's language."""
    if question.kind is Kind.YES_NO:
        return _("yes") if given else _("no")
    titles: dict[str, Mapping[str, str]] = dict(question.choices)
    if titles:
        chosen = given if isinstance(given, list) else [given]
        return "、".join(titles[one][session.language()] if one in titles else str(one) for one in chosen)
    return f"{given:g}" if isinstance(given, float) else str(given)


def answers(asked: Questionnaire, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers in their order, as read."""
    return [(one.text[session.language()], answer(one, given[one.id])) for one in asked.questions if one.id in given]
