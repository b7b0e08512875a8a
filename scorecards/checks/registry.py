"""The kinds of check by name: a scorecard file's parameters become a rule, a rule and a call become a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import Invalid
from scorecards.checks import judge, learned, measure, order, outcome, phrases, response, shape
from scorecards.checks.call import Call, prepare_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorecards.model import CheckSpec, Finding
    from transcription.model import Transcript

MOST_RULES = 5000  # kept parsed; a card has about twenty


@dataclass(frozen=True, slots=True)
class CheckKind:
    """How one kind of check reads its parameters and answers."""

    parse: Callable[[dict[str, object], str], Any]
    answer: Callable[[Any, Call, str], Finding]


KINDS = {
    "phrases": CheckKind(phrases.parse, phrases.answer),
    "response": CheckKind(response.parse, response.answer),
    "measure": CheckKind(measure.parse, measure.answer),
    "outcome": CheckKind(outcome.parse, outcome.answer),
    "order": CheckKind(order.parse, order.answer),
    "shape": CheckKind(shape.parse, shape.answer),
    "judge": CheckKind(judge.parse, judge.answer),
    "learned": CheckKind(learned.parse, learned.answer),
}
_RULES: dict[int, tuple[CheckSpec, Any]] = {}


def answer(spec: CheckSpec, transcript: Transcript, language: str) -> Finding:
    """What one check says of one transcript, for a scorecard in that language."""
    return answer_call(spec, prepare_call(transcript), language)


def answer_call(spec: CheckSpec, call: Call, language: str) -> Finding:
    """What one check says of a call that is already prepared, as the checks of one card share it."""
    return KINDS[spec.kind].answer(_rule(spec), call, language)


def check_spec(spec: CheckSpec, place: str) -> None:
    """Raise Invalid when a check's kind or one of its parameters is unknown or does not fit."""
    if spec.kind not in KINDS:
        raise Invalid(
            "{place}: there is no check “{kind}”. Known are: {known}.",
            place=place,
            kind=spec.kind,
            known=", ".join(KINDS),
        )
    KINDS[spec.kind].parse(spec.parameters, place)


def _rule(spec: CheckSpec) -> Any:  # noqa: ANN401 - each kind has its own rule
    """The rule of a check, parsed once; the entry keeps the spec alive, so that its identity is not given away."""
    known = _RULES.get(id(spec))
    if known is not None and known[0] is spec:
        return known[1]
    check_spec(spec, spec.kind)
    if len(_RULES) >= MOST_RULES:
        _RULES.clear()
    rule = KINDS[spec.kind].parse(spec.parameters, spec.kind)
    _RULES[id(spec)] = spec, rule
    return rule
