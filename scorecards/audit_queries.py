"""What is read of audits and findings; every read is cut to the actor's reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from qa_app.core.access import Action, Actor, Reach, reach
from qa_app.core.contacts import Vault
from qa_app.core.errors import Conflict, NotFound
from scorecards import auditing
from scorecards.audit_tables import (
    AuditCheckRow,
    AuditDrawRow,
    AuditPieceRow,
    AuditRow,
    AuditStepRow,
    FindingRow,
    FindingStepRow,
)
from scorecards.auditing import (
    Aim,
    AuditKind,
    AuditStep,
    Check,
    Checklist,
    Proposal,
    Result,
    Severity,
    checklist_from_yaml,
)
from scorecards.finding_rules import FindingState, FindingStep, Taken, action_of, awaiting_reply, state_of
from scorecards.model import Author, Purpose
from scorecards.sampling import Candidate, Pick, Pool, Verification
from scorecards.tables import EvaluationRow

MOST = 200


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of an audit as it was taken."""

    kind: AuditStep
    at: datetime
    by: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The lot of an audit as it was drawn."""

    at: datetime
    seed: str
    frame_sha256: str
    frame_size: int
    n: int


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit with its plan, its steps and its lot."""

    id: int
    number: str
    kind: AuditKind
    purpose: str
    unit_id: int
    first: date
    last: date
    class_code: str
    aim: Aim
    checklist: Checklist
    commitment: str
    steps: tuple[StepTaken, ...]
    drawing: Drawing | None

    @property
    def state(self) -> AuditStep:
        return self.steps[-1].kind

    @property
    def conclusion(self) -> str:
        """What the report says in words, empty until it was reported."""
        return next((one.words for one in self.steps if one.kind is AuditStep.REPORTED), "")


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece that was drawn, with what the data propose and what people confirmed, by item."""

    id: int
    audit_id: int
    piece: int
    rank: int
    label: str
    unit_id: int
    day: date
    person_id: int | None
    call_pk: int | None
    case_id: int | None
    tags: frozenset[str]
    proposals: Mapping[str, Proposal]
    checker_id: int | None
    evaluation_id: int | None
    checks: Mapping[str, Check]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its steps, where it stands, and the audits in which it was seen."""

    id: int
    number: str
    audit_id: int
    kind: AuditKind
    item: str
    unit_id: int
    severity: Severity
    steps: tuple[Taken, ...]

    @property
    def state(self) -> FindingState:
        return state_of(self.steps)

    @property
    def action(self) -> Taken | None:
        """The corrective action in force."""
        return action_of(self.steps)

    @property
    def audits(self) -> tuple[int, ...]:
        """Every audit in which this was found, the first one first."""
        return tuple(dict.fromkeys(one.audit_id for one in self.steps if one.audit_id is not None))

    @property
    def cause(self) -> str:
        """The cause as it was last noted."""
        return next((one.words for one in reversed(self.steps) if one.kind is FindingStep.CAUSE_NOTED), "")


def number_of(row: AuditRow) -> str:
    """An audit's number as people write it."""
    return f"JC{row.at.year}-{row.id:05d}"


def within(found: Reach) -> ColumnElement[bool]:
    """Audits in reach."""
    return true() if found.everything else AuditRow.unit_id.in_(found.units)


def audits(session: Session, actor: Actor) -> list[Audit]:
    """The audits in reach, the newest first."""
    query = select(AuditRow).where(within(reach(actor, Action.SEE_AUDITS))).order_by(AuditRow.id.desc()).limit(MOST)
    return [read(session, row) for row in session.scalars(query)]


def audit(session: Session, actor: Actor, audit_id: int) -> Audit:
    """One audit; NotFound outside the actor's reach."""
    return read(session, row_of(session, actor, Action.SEE_AUDITS, audit_id))


def row_of(session: Session, actor: Actor, action: Action, audit_id: int, *, lock: bool = False) -> AuditRow:
    """The row of an audit that the actor may do this with."""
    query = select(AuditRow).where(AuditRow.id == audit_id, within(reach(actor, action)))
    row = session.scalars(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("There is no audit {audit} that you may see.", audit=audit_id)
    return row


def read(session: Session, row: AuditRow) -> Audit:
    """An audit's row with what belongs to it."""
    steps = select(AuditStepRow).where(AuditStepRow.audit_id == row.id).order_by(AuditStepRow.id)
    lot = session.get(AuditDrawRow, row.id)
    drawing = Drawing(lot.at, lot.seed, lot.frame_sha256, len(lot.frame), lot.n) if lot else None
    return Audit(
        row.id, number_of(row), row.kind, row.purpose, row.unit_id, row.first, row.last, row.class_code,
        Aim(row.rate, row.chance, row.wanted), checklist_from_yaml(row.checklist), row.commitment,
        tuple(StepTaken(one.kind, one.at, one.by_id, one.words) for one in session.scalars(steps)), drawing,
    )  # fmt: skip


def pieces(session: Session, actor: Actor, audit_id: int) -> list[DrawnPiece]:
    """The pieces that were drawn, in the order of their lots."""
    row_of(session, actor, Action.SEE_AUDITS, audit_id)
    query = select(AuditPieceRow).where(AuditPieceRow.audit_id == audit_id).order_by(AuditPieceRow.rank)
    rows = session.scalars(query).all()
    checks = checks_of(session, [row.id for row in rows])
    return [_piece(row, checks.get(row.id, {})) for row in rows]


def checks_of(session: Session, piece_ids: Iterable[int]) -> dict[int, dict[str, Check]]:
    """The newest check of every item, by the row of its piece."""
    query = select(AuditCheckRow).where(AuditCheckRow.piece_id.in_(list(piece_ids))).order_by(AuditCheckRow.id)
    found: dict[int, dict[str, Check]] = defaultdict(dict)
    for row in session.scalars(query):
        found[row.piece_id][row.item] = Check(row.piece_id, row.item, row.result, row.words, row.evidence, row.by_id)
    return found


def _piece(row: AuditPieceRow, checks: Mapping[str, Check]) -> DrawnPiece:
    proposals = {item: Proposal(Result(one["result"]), one["said"]) for item, one in row.proposals.items()}
    return DrawnPiece(
        row.id, row.audit_id, row.piece, row.rank, row.label, row.unit_id, row.day, row.person_id, row.call_pk,
        row.case_id, frozenset(row.tags), proposals, row.checker_id, row.evaluation_id, checks,
    )  # fmt: skip


def tags_and_checks(
    found: Iterable[DrawnPiece],
) -> tuple[dict[int, frozenset[str]], dict[tuple[int, str], Check]]:
    """Pieces as the pure rules take them: tags by piece, checks by piece and item."""
    listed = list(found)
    checks = {(one.id, item): check for one in listed for item, check in one.checks.items()}
    return {one.id: one.tags for one in listed}, checks


def verified(session: Session, actor: Actor, vault: Vault, audit_id: int) -> Verification:
    """The lot of an audit drawn again from its seed and its frame; Conflict before it was drawn."""
    row = row_of(session, actor, Action.SEE_AUDITS, audit_id)
    lot = session.get(AuditDrawRow, audit_id)
    if lot is None:
        raise Conflict("The audit {audit} was not drawn yet; its seed is sealed until then.", audit=number_of(row))
    frame = [_candidate(line) for line in lot.frame]
    query = select(AuditPieceRow).where(AuditPieceRow.audit_id == audit_id).order_by(AuditPieceRow.rank)
    chance = lot.n / max(1, len(frame))
    picks = [Pick(one.piece, auditing.ALL, Pool.RANDOM, (row.kind.value,), one.rank, chance)
             for one in session.scalars(query)]  # fmt: skip
    kept = auditing.drawn(audit_id, row.commitment, lot.frame_sha256, lot.n, picks)
    return auditing.verify(kept, vault.unseal(row.seed_sealed), frame)


def written(one: Candidate) -> list[object]:
    """A line of the frame as it is kept."""
    return [one.call, one.agent, one.team, one.stratum, one.day.isoformat(), sorted(one.reasons)]


def _candidate(line: Sequence[object]) -> Candidate:
    piece, agent, team, stratum, day, tags = line
    return Candidate(int(str(piece)), int(str(agent)), int(str(team)), str(stratum), date.fromisoformat(str(day)),
                     frozenset(map(str, tags if isinstance(tags, list) else ())))  # fmt: skip


def findings(session: Session, actor: Actor, audit_id: int | None = None) -> list[Finding]:
    """The findings in reach: of every audit, or those that one audit opened or saw again."""
    found = reach(actor, Action.SEE_AUDITS)
    query = select(FindingRow).order_by(FindingRow.id.desc()).limit(MOST)
    if not found.everything:
        query = query.where(FindingRow.unit_id.in_(found.units))
    if audit_id is not None:
        seen = select(FindingStepRow.finding_id).where(FindingStepRow.audit_id == audit_id)
        query = query.where(FindingRow.id.in_(seen))
    rows = session.scalars(query).all()
    return [finding_of(session, row) for row in rows]


def finding(session: Session, actor: Actor, finding_id: int, action: Action = Action.SEE_AUDITS) -> Finding:
    """One finding that the actor may do this with."""
    row, found = session.get(FindingRow, finding_id), reach(actor, action)
    if row is None or not (found.everything or row.unit_id in found.units):
        raise NotFound("There is no finding {finding} that you may see.", finding=finding_id)
    return finding_of(session, row)


def finding_of(session: Session, row: FindingRow) -> Finding:
    """A finding's row with its steps."""
    steps = select(FindingStepRow).where(FindingStepRow.finding_id == row.id).order_by(FindingStepRow.id)
    taken = tuple(
        Taken(one.kind, one.at, one.by_id, one.words, one.person_id, one.due_on, one.action_id, one.audit_id)
        for one in session.scalars(steps)
    )
    return Finding(row.id, row.number, row.audit_id, row.kind, row.item, row.unit_id, row.severity, taken)


def awaiting_own_reply(session: Session, actor: Actor) -> list[Finding]:
    """Findings for which the actor is held accountable and has not been heard yet."""
    reach(actor, Action.REPLY_FINDING)
    named = select(FindingStepRow.finding_id).where(FindingStepRow.person_id == actor.user_id)
    rows = session.scalars(select(FindingRow).where(FindingRow.id.in_(named)).order_by(FindingRow.id)).all()
    return [one for row in rows if actor.user_id in awaiting_reply((one := finding_of(session, row)).steps)]


@dataclass(frozen=True, slots=True)
class Scored:
    """A person's evaluation that makes a call's score, for the frame of an audit of inspectors."""

    id: int
    call_pk: int
    author_id: int
    at: datetime


def scored_between(session: Session, since: datetime, until: datetime) -> list[Scored]:
    """The evaluations by people of a time that no later one has replaced."""
    row = EvaluationRow
    replaced = select(row.replaces_id).where(row.replaces_id.is_not(None))
    query = select(row.id, row.call_pk, row.author_id, row.created_at).where(
        row.author == Author.PERSON, row.purpose == Purpose.SCORE.value, row.created_at >= since,
        row.created_at < until, row.id.not_in(replaced),
    )  # fmt: skip
    return [Scored(id_, call, who or 0, at) for id_, call, who, at in session.execute(query.order_by(row.id))]
