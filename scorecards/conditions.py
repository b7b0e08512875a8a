"""Conditional criteria: which of them apply, given what the criteria they hang on were answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.model import Answer, Verdict, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scorecards.model import Criterion

VERDICT_NAMES = {
    Verdict.MET: Wording("符合", "met"),
    Verdict.PARTLY_MET: Wording("部分符合", "partly met"),
    Verdict.NOT_MET: Wording("不符合", "not met"),
    Verdict.NOT_APPLICABLE: Wording("不适用", "not applicable"),
    Verdict.ABSTAINED: Wording("待人工判定", "left to people"),
}


def refuse_impossible(criteria: Sequence[Criterion], where: str) -> None:
    """Raise Invalid where a condition hangs on nothing, on itself (also in a ring), or can never be fulfilled."""
    by_id = {criterion.id: criterion for criterion in criteria}
    for criterion in criteria:
        condition = criterion.applies_if
        if condition is None:
            continue
        place = f"{where}: {criterion.id}.applies_if"
        if condition.criterion not in by_id:
            raise Invalid("{place}: there is no criterion “{name}”. Name one of this card.", place=place,
                          name=condition.criterion)  # fmt: skip
        _refuse_ring(criterion, by_id, place)
        never = [verdict for verdict in condition.verdicts if not _may_be(by_id[condition.criterion], verdict)]
        if never:
            raise Invalid("{place}: “{name}” is never answered {verdict}. Leave that verdict out.", place=place,
                          name=condition.criterion, verdict=never[0].value)  # fmt: skip


def in_order(criteria: Iterable[Criterion]) -> list[Criterion]:
    """The criteria so that each stands after the one it hangs on; the card has been read, so there is no ring."""
    waiting = {criterion.id: criterion for criterion in criteria}
    ordered: dict[str, Criterion] = {}

    def take(criterion: Criterion) -> None:
        if criterion.id in ordered:
            return
        if criterion.applies_if is not None:
            take(waiting[criterion.applies_if.criterion])
        ordered[criterion.id] = criterion

    for criterion in waiting.values():
        take(criterion)
    return list(ordered.values())


def resolve(criteria: Sequence[Criterion], answers: Mapping[str, Answer], language: str) -> dict[str, Answer]:
    """The answers once conditions are applied: not applicable where the other verdict rules it out, open with it."""
    resolved = dict(answers)
    if not any(criterion.applies_if for criterion in criteria):
        return resolved
    titles = {criterion.id: criterion.title.in_language(language) for criterion in criteria}
    for criterion in in_order(criteria):
        condition = criterion.applies_if
        if condition is None:
            continue
        before = resolved.get(condition.criterion)
        verdict = Verdict.ABSTAINED if before is None else before.verdict
        if verdict not in condition.verdicts:
            own = resolved.get(criterion.id) or Answer(criterion.id, "", verdict)
            resolved[criterion.id] = _ruled_out(own, titles[condition.criterion], verdict, language)
    return resolved


def unneeded(criteria: Sequence[Criterion], answers: Mapping[str, Answer]) -> frozenset[str]:
    """The criteria that nobody has to answer, since their condition is answered and not fulfilled."""
    resolved = resolve(criteria, answers, "")
    return frozenset(
        criterion.id
        for criterion in criteria
        if (condition := criterion.applies_if)
        and (found := resolved.get(condition.criterion))
        and found.verdict not in (Verdict.ABSTAINED, *condition.verdicts)
    )


def _ruled_out(own: Answer, title: str, verdict: Verdict, language: str) -> Answer:
    """Not applicable by its condition; still open where the other criterion is."""
    name = VERDICT_NAMES[verdict].in_language(language)
    if verdict is Verdict.ABSTAINED:
        why = Wording(f"取决于“{title}”，该项{name}", f"depends on “{title}”, which is {name}")
        return replace(own, verdict=Verdict.ABSTAINED, reason=why.in_language(language), evidence=(), occurrences=1)
    why = Wording(f"“{title}”为{name}，本项不适用", f"“{title}” is {name}, so this does not apply")
    reason = why.in_language(language)
    return replace(own, verdict=Verdict.NOT_APPLICABLE, reason=reason, evidence=(), occurrences=1, root_cause="")


def _refuse_ring(criterion: Criterion, by_id: Mapping[str, Criterion], place: str) -> None:
    seen, at = [criterion.id], criterion
    while at.applies_if is not None and at.applies_if.criterion in by_id:
        at = by_id[at.applies_if.criterion]
        seen.append(at.id)
        if at.id in seen[:-1]:
            raise Invalid("{place}: the conditions run in a ring ({ring}). Cut it at one of them.", place=place,
                          ring=" → ".join(seen))  # fmt: skip


def _may_be(criterion: Criterion, verdict: Verdict) -> bool:
    """Whether a criterion can be answered so: a fatal error is found or not, and not every criterion may not apply."""
    if verdict is Verdict.PARTLY_MET:
        return criterion.fatal is None
    if verdict is Verdict.NOT_APPLICABLE:
        return criterion.allow_not_applicable or criterion.applies_if is not None
    return True
