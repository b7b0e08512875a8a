"""What of their cases speaks for listening to some calls: dissatisfied, second dispatch, escalated, a refund."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.model import Channel, StepKind
from surveys.tables import CaseCallRow, CaseRow, CaseStepRow

_SPEAKS = {
    StepKind.SECOND_DISPATCHED: "second_dispatch",
    StepKind.APPEALED: "escalated", StepKind.MANAGER_HOTLINE: "escalated",
    StepKind.REMEDY_REQUESTED: "refund", StepKind.REMEDY_GRANTED: "refund",
}  # fmt: skip


def reasons_of_calls(session: Session, refs: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """What of their cases speaks for listening to some calls (id -> case number as the telephone system gave it).

    dissatisfied, second_dispatch, escalated (appealed, manager hotline, or from the regulator) and refund.
    """
    numbers = {ref for ref in refs.values() if ref}
    cases: dict[int, set[int]] = defaultdict(set)
    linked = select(CaseCallRow.call_pk, CaseCallRow.case_id).where(CaseCallRow.call_pk.in_(list(refs)))
    for call, case_id in session.execute(linked):
        cases[call].add(case_id)
    named = {number: case_id for case_id, number in session.execute(
        select(CaseRow.id, CaseRow.number).where(CaseRow.number.in_(numbers)))}  # fmt: skip
    for call, ref in refs.items():
        if ref in named:
            cases[call].add(named[ref])
    wanted = {case_id for found in cases.values() for case_id in found}
    marks: dict[int, set[str]] = defaultdict(set)
    step = CaseStepRow
    for case_id, kind, result in session.execute(
        select(step.case_id, step.kind, step.result).where(step.case_id.in_(wanted))
    ):
        if result == "dissatisfied":
            marks[case_id].add("dissatisfied")
        if kind in _SPEAKS:
            marks[case_id].add(_SPEAKS[kind])
    regulator = select(CaseRow.id).where(CaseRow.id.in_(wanted), CaseRow.channel == Channel.REGULATOR)
    for case_id in session.scalars(regulator):
        marks[case_id].add("escalated")
    return {call: frozenset().union(*(marks[one] for one in found)) for call, found in cases.items()}
