"""Findings or a person's answers -> points -> score, by weights or by deduction (扣分制): DESIGN section 6."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.conditions import resolve
from scorecards.evidence import check_evidence
from scorecards.model import (
    Answer,
    Criterion,
    Evaluation,
    Fatal,
    Finding,
    Method,
    Scorecard,
    Section,
    Signal,
    Tag,
    Verdict,
    Wording,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from transcription.model import Transcript

MAX_OPEN_SHARE = 0.2  # of the remaining weight; with more abstained the result is open
SCORE_DECIMALS = 2
PEOPLE_ONLY = Wording(zh="仅人工评定", en="people only")
UNANSWERED = Wording(zh="尚未评定", en="not answered yet")

_COUNTED = frozenset({Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET})


@dataclass(frozen=True, slots=True)
class _Line:
    """One answer beside its section and criterion; `is_outside` = takes no part in any sum (people only, fatal)."""

    section: Section
    criterion: Criterion
    answer: Answer
    is_outside: bool


def evaluate(
    card: Scorecard,
    findings: Mapping[str, Finding],
    *,
    by_machine: bool,
    signals: Iterable[Signal] = (),
    transcript: Transcript | None = None,
    confirmed_fatal: frozenset[str] = frozenset(),
) -> Evaluation:
    """The evaluation that findings by criterion id give; a machine answers no criterion that is for people only."""
    _refuse_unknown(card, findings)
    answers = {}
    for section, criterion in card.criteria:
        if criterion.id in findings:
            check_evidence(findings[criterion.id], transcript, required=by_machine)
            answers[criterion.id] = _answer(card, section, criterion, findings[criterion.id], by_machine=by_machine)
        elif by_machine and criterion.check is not None:
            raise Invalid(
                "{criterion}: its check gave no finding. Run every check of the card.", criterion=criterion.id
            )
    return _total(card, answers, tuple(signals), by_machine=by_machine, confirmed_fatal=confirmed_fatal)


def score_answers(
    card: Scorecard,
    answers: Mapping[str, Answer],
    *,
    signals: Iterable[Signal] = (),
    confirmed_fatal: frozenset[str] = frozenset(),
) -> Evaluation:
    """The evaluation that a person's answers give; what is not answered is open.

    A fatal error (not met) counts only when a second person confirmed it; until then it is listed and the result open.
    """
    _refuse_unknown(card, answers)
    return _total(card, dict(answers), tuple(signals), by_machine=False, confirmed_fatal=confirmed_fatal)


def _total(
    card: Scorecard,
    answers: Mapping[str, Answer],
    signals: tuple[Signal, ...],
    *,
    by_machine: bool,
    confirmed_fatal: frozenset[str],
) -> Evaluation:
    given = resolve([criterion for _, criterion in card.criteria], answers, card.language)
    lines = [
        _line(card, section, criterion, given.get(criterion.id), answers.get(criterion.id), by_machine=by_machine)
        for section, criterion in card.criteria
    ]
    alleged = [line for line in lines if line.criterion.fatal and line.answer.verdict is Verdict.NOT_MET]
    confirmed = [line for line in alleged if line.criterion.id in confirmed_fatal]
    priced = (_by_weights if card.method is Method.WEIGHTS else _by_deduction)(lines)
    zeroed = _zero(priced, confirmed, card.method)
    score = _score(zeroed, card.method)
    if any(line.criterion.fatal is Fatal.CALL for line in confirmed):
        score = 0.0
    is_open = (
        len(alleged) > len(confirmed)
        or (not by_machine and any(_is_open(line) for line in lines if line.criterion.fatal))
        or _open_share(zeroed) > MAX_OPEN_SHARE + 1e-9
    )
    return Evaluation(
        scorecard=card.name,
        version=card.version,
        score_pct=score,
        passed=_passed(card, score, confirmed, is_open=is_open),
        critical_failures=tuple(line.criterion.id for line in alleged),
        answers=tuple(line.answer for line in zeroed),
        signals=signals,
        section_pct={section.id: _section_pct(section, zeroed, card.method) for section in card.sections},
        grade=_grade(card, score),
        error_free=error_free(card, {line.criterion.id: line.answer for line in lines}),
    )


def error_free(card: Scorecard, answers: Mapping[str, Answer]) -> dict[str, bool | None]:
    """For each tag in use: False where a criterion with it is not met, None while one is open, else True.

    The share of evaluations that are True is the tag's accuracy. The tags are the critical error classes of the COPC CX
    standard as others' quality tools name them; that standard's own text is not public, the share is our definition.
    """
    found: dict[str, bool | None] = {}
    for tag in Tag:
        tagged = [criterion.id for _, criterion in card.criteria if tag in criterion.tags]
        verdicts = {answers[name].verdict if name in answers else Verdict.ABSTAINED for name in tagged}
        if verdicts:
            found[tag.value] = None if Verdict.ABSTAINED in verdicts else True
        if Verdict.NOT_MET in verdicts:
            found[tag.value] = False
    return found


def _refuse_unknown(card: Scorecard, given: Mapping[str, object]) -> None:
    known = {criterion.id for _, criterion in card.criteria}
    for name in given:
        if name not in known:
            raise Invalid(
                "{criterion}: the scorecard {card} has no such criterion. Answer one of its own.",
                criterion=name,
                card=card.name,
            )


def _answer(card: Scorecard, section: Section, criterion: Criterion, finding: Finding, *, by_machine: bool) -> Answer:
    if by_machine and criterion.check is None:
        raise Invalid("{criterion} is for people only; a machine gave {verdict}. Leave it out.", criterion=criterion.id,
                      verdict=finding.verdict.value)  # fmt: skip
    return Answer(
        criterion=criterion.id,
        section=section.id,
        verdict=finding.verdict,
        confidence=finding.confidence,
        reason=finding.reason.in_language(card.language),
        check=criterion.check.kind if by_machine and criterion.check else "person",
        evidence=finding.evidence,
        occurrences=finding.occurrences,
        provenance=finding.provenance,
    )


def _line(
    card: Scorecard,
    section: Section,
    criterion: Criterion,
    answer: Answer | None,
    given: Answer | None,
    *,
    by_machine: bool,
) -> _Line:
    """One answer beside its criterion; `given` is what was said before a condition may have ruled it out."""
    is_outside = criterion.fatal is not None or (by_machine and criterion.check is None)
    if answer is None:
        reason = PEOPLE_ONLY if by_machine else UNANSWERED
        answer = Answer(criterion.id, section.id, Verdict.ABSTAINED, reason=reason.in_language(card.language))
    if answer.occurrences < 1:
        raise Invalid("{criterion}: {count} occurrences. Count at least one.", criterion=criterion.id,
                      count=answer.occurrences)  # fmt: skip
    may_not_apply = criterion.allow_not_applicable or answer is not given
    if answer.verdict is Verdict.NOT_APPLICABLE and not may_not_apply:
        raise Invalid("{criterion} is always applicable. Answer met, partly met or not met.", criterion=criterion.id)
    if (answer.criterion, answer.section, answer.points, answer.possible) != (criterion.id, section.id, 0.0, 0.0):
        answer = replace(answer, criterion=criterion.id, section=section.id, points=0.0, possible=0.0)
    return _Line(section, criterion, answer, is_outside)


def _is_open(line: _Line) -> bool:
    return line.answer.verdict is Verdict.ABSTAINED


def _is_applicable(line: _Line) -> bool:
    return not line.is_outside and line.answer.verdict is not Verdict.NOT_APPLICABLE


def _share_met(line: _Line) -> float:
    if line.answer.verdict is Verdict.MET:
        return 1.0
    return line.criterion.partly_share if line.answer.verdict is Verdict.PARTLY_MET else 0.0


def _by_weights(lines: list[_Line]) -> list[_Line]:
    """Weight after sharing: weight x (section / its applicable part) x (all sections / the applicable ones)."""
    inside = [line for line in lines if not line.is_outside]
    held = _sums(inside)
    applicable = _sums([line for line in inside if _is_applicable(line)])
    left = sum(held[section] for section, weight in applicable.items() if weight)
    growth = sum(held.values()) / left if left else 0.0

    def price(line: _Line) -> _Line:
        if not _is_applicable(line) or not applicable[line.section.id]:
            return line
        section = line.section.id
        possible = line.criterion.points * held[section] / applicable[section] * growth
        priced = replace(line.answer, possible=possible, points=possible * _share_met(line))
        return _Line(line.section, line.criterion, priced, line.is_outside)

    return [price(line) for line in lines]


def _sums(lines: list[_Line]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in lines:
        sums[line.section.id] = sums.get(line.section.id, 0.0) + line.criterion.points
    return sums


def _by_deduction(lines: list[_Line]) -> list[_Line]:
    """Points lost: an occurrence's x occurrences x share missed; a bonus item (negative points) adds when met."""

    def price(line: _Line) -> _Line:
        if not _is_applicable(line):
            return line
        worth, answer = line.criterion.points, line.answer
        if worth < 0:
            return replace(line, answer=replace(answer, points=-worth * _share_met(line)))
        missed = 1 - _share_met(line) if answer.verdict in _COUNTED else 0.0
        return replace(line, answer=replace(answer, possible=worth, points=0.0 - worth * missed * answer.occurrences))

    return [price(line) for line in lines]


def _zero(lines: list[_Line], confirmed: list[_Line], method: Method) -> list[_Line]:
    """A confirmed fatal error leaves its section (or the whole call) nothing."""
    if not confirmed:
        return lines
    whole_call = any(line.criterion.fatal is Fatal.CALL for line in confirmed)
    sections = {line.section.id for line in confirmed}

    def zero(line: _Line) -> _Line:
        answer = line.answer
        if not (whole_call or line.section.id in sections) or answer.verdict not in _COUNTED:
            return line
        nothing = 0.0 if method is Method.WEIGHTS else min(answer.points, -answer.possible)
        return replace(line, answer=replace(answer, points=0.0 if line.criterion.points < 0 else nothing))

    return [zero(line) for line in lines]


def _counted(lines: Iterable[_Line]) -> list[_Line]:
    return [line for line in lines if not line.is_outside and line.answer.verdict in _COUNTED]


def _score(lines: list[_Line], method: Method) -> float | None:
    counted = _counted(lines)
    if not counted or (method is Method.WEIGHTS and not sum(line.answer.possible for line in counted)):
        return None
    if method is Method.WEIGHTS:
        return _pct(counted)
    lost = -sum(line.answer.points for line in counted if line.criterion.points > 0)
    bonus = sum(line.answer.points for line in counted if line.criterion.points < 0)
    return round(min(100.0, max(0.0, 100.0 - lost) + bonus), SCORE_DECIMALS)


def _pct(counted: list[_Line]) -> float:
    points = sum(line.answer.points for line in counted)
    possible = sum(line.answer.possible for line in counted)
    return round(min(100.0, 100.0 * points / possible), SCORE_DECIMALS)


def _section_pct(section: Section, lines: list[_Line], method: Method) -> float | None:
    """The section's share of its points; on a deduction card, what is left of the points each line may cost once."""
    counted = [line for line in _counted(lines) if line.section.id == section.id and line.criterion.points > 0]
    if not counted:
        return None
    if method is Method.WEIGHTS:
        return _pct(counted)
    lost = -sum(line.answer.points for line in counted)
    possible = sum(line.answer.possible for line in counted)
    return round(100.0 * max(0.0, 1 - lost / possible), SCORE_DECIMALS)


def _open_share(lines: list[_Line]) -> float:
    remaining = [line for line in lines if _is_applicable(line)]
    weight = sum(line.answer.possible for line in remaining)
    return sum(line.answer.possible for line in remaining if _is_open(line)) / weight if weight else 0.0


def _passed(card: Scorecard, score: float | None, confirmed: list[_Line], *, is_open: bool) -> bool | None:
    if any(line.criterion.fatal is Fatal.CALL for line in confirmed):
        return False
    if score is None or is_open:
        return None
    return score >= card.pass_pct


def _grade(card: Scorecard, score: float | None) -> Wording | None:
    if score is None:
        return None
    reached = [grade for grade in card.grades if score >= grade.from_pct]
    return max(reached, key=lambda grade: grade.from_pct).title if reached else None
