"""Audits of cases, inspectors and callbacks through the real services, on both databases."""

import io
from datetime import timedelta
from threading import Barrier, Thread

import openpyxl
import pytest
from complaint_desk import OFFICE, Desk
from conftest import NOW
from docx import Document
from made_calls import heard, transcribed_call, write_wav
from sqlalchemy import select
from test_calling import HAPPY, MORNING, Callers

from qa_app import audit_actions, audit_frame, audit_report, intake
from qa_app.audit_actions import Order
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.tables import JournalRow
from scorecards import audit_queries, audits, findings, publishing, queries, service
from scorecards.audit_tables import AuditDrawRow, AuditPieceRow
from scorecards.auditing import Aim, AuditKind, AuditStep, Result, Severity
from scorecards.audits import Given, NewAudit
from scorecards.card_file import shipped_text
from scorecards.evaluations import Desk as ScoringDesk
from scorecards.finding_rules import FindingState, FindingStep
from scorecards.findings import NewFinding
from scorecards.model import Purpose
from scorecards.sampling import Outcome, commitment
from scorecards.work_tables import DisputeStepRow
from surveys import corrective
from surveys.dispositions import Disposition
from surveys.model import ActionKind, ActionState, StepKind

DAY = timedelta(days=1)
SEES_30_PCT = Aim(0.3)
MET = Given(Result.MET)
NOT_MET = Given(Result.NOT_MET, "分类错了", "第一步")


class Group:
    """A monitoring group of two, a complaint desk, and shortcuts to act as anybody."""

    def __init__(self, engine, centre):
        self.engine, self.centre, self.desk = engine, centre, Desk(engine, centre)
        with transaction(engine) as session:
            self.watch = Desk.person(session, "watch", Role.MONITOR, centre.centre)
            self.guard = Desk.person(session, "guard", Role.MONITOR, centre.centre)

    def __call__(self, work, *given, who=None, **more):
        with transaction(self.engine) as session:
            return work(session, people.actor_for(session, who or self.watch), *given, **more)

    def plan(self, kind=AuditKind.PROCESS, aim=SEES_30_PCT, **changes):
        given = {"unit_id": self.centre.centre, "first": (NOW - DAY).date(), "last": (NOW + 3 * DAY).date()} | changes
        return self(audits.plan, NOW, OFFICE.vault, NewAudit(kind, "例行检查", aim=aim, **given))

    def draw(self, audit_id, who=None):
        return self(audit_frame.draw, NOW + 2 * DAY, OFFICE, audit_id, who=who)

    def pieces(self, audit_id):
        return self(audit_queries.pieces, audit_id)

    def audit(self, audit_id):
        return self(audit_queries.audit, audit_id)

    def check_all(self, audit_id, wrong=()):
        """Everything met, but the items of `wrong`, which no piece met."""
        audit = self.audit(audit_id)
        for piece in self.pieces(audit_id):
            asked = [one.code for one in audit.checklist.asked_of(piece.tags)]
            self(audits.check, NOW, piece.id, {code: NOT_MET if code in wrong else MET for code in asked})

    def finding(self, audit_id, item="classed", unit=None):
        piece = self.pieces(audit_id)[0]
        new = NewFinding(piece.id, item, unit or self.desk.billing, Severity.MAJOR, "分类错了")
        return self(audit_actions.open_finding, NOW, new)

    def order(self, finding_id):
        """The cause is noted and the notice sent to the billing unit; returns the corrective action."""
        self(findings.note_cause, NOW, finding_id, "不熟悉分类目录")
        given = Order("分类整改", "培训分类目录", self.desk.biller, (NOW + 9 * DAY).date())
        return self(audit_actions.open_action, NOW, finding_id, given)

    def journalled(self, action):
        with reading(self.engine) as session:
            rows = session.scalars(select(JournalRow).where(JournalRow.action == action).order_by(JournalRow.seq))
            return [row.detail for row in rows]

    def report(self, audit_id, language="zh"):
        found = self(audit_report.gather, OFFICE, audit_id)
        return audit_report.tables(found, language, OFFICE, NOW)


@pytest.fixture
def group(engine, centre):
    return Group(engine, centre)


@pytest.fixture
def cases(group):
    """Eight cases: half of them fed back, one of these closed."""
    made = [group.desk.register().case_id for _ in range(8)]
    for case_id in made[:4]:
        group.desk.walk(case_id, StepKind.ASSESSED, StepKind.SOLVED_ON_THE_SPOT, StepKind.FED_BACK)
    group.desk.walk(made[0], StepKind.CALLED_BACK)
    group.desk.step(made[0], StepKind.CLOSED, proof="p")
    return made


def test_the_seeds_hash_is_journalled_first_and_the_seed_with_the_draw(group, cases):
    audit_id = group.plan()
    (planned,) = group.journalled("audit.planned")
    assert group.journalled("audit.drawn") == []
    assert group.audit(audit_id).drawing is None
    with pytest.raises(Conflict, match="sealed until then"):
        group(audit_queries.verified, OFFICE.vault, audit_id)
    n = group.draw(audit_id)
    (drawn,) = group.journalled("audit.drawn")
    assert commitment(drawn["seed"]) == planned["commitment"]
    # 8 cases, of which 3 are faulty at a rate of 30 %: 1 - C(5, 4) / C(8, 4) = 0.929, 1 - C(5, 5) / C(8, 5) = 0.982
    assert (n, drawn["n"], drawn["pieces"]) == (5, 5, 8)
    assert [one.rank for one in group.pieces(audit_id)] == [1, 2, 3, 4, 5]
    assert group(audit_queries.verified, OFFICE.vault, audit_id).outcome is Outcome.AGREES
    with pytest.raises(Conflict, match="does not follow"):
        group.draw(audit_id)


def test_a_sample_or_frame_that_was_tampered_with_is_found_out(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    with transaction(group.engine) as session:
        row = session.scalars(select(AuditPieceRow)).first()
        out = set(cases) - set(session.scalars(select(AuditPieceRow.piece)))
        kept, row.piece = row.piece, min(out)
    assert group(audit_queries.verified, OFFICE.vault, audit_id).outcome is Outcome.WRONG_PICKS
    with transaction(group.engine) as session:
        session.scalars(select(AuditPieceRow).where(AuditPieceRow.piece == min(out))).one().piece = kept
        lot = session.get_one(AuditDrawRow, audit_id)
        lot.frame = lot.frame[1:]
    assert group(audit_queries.verified, OFFICE.vault, audit_id).outcome is Outcome.WRONG_FRAME


def test_the_filter_gives_the_frame(group, cases):
    other = group.desk.register(group.desk.complaint(class_code="network/slow")).case_id
    everything = NewAudit(AuditKind.PROCESS, "p", group.centre.centre, NOW.date(), NOW.date(), Aim(0.5))
    with reading(group.engine) as session:
        found = audit_frame.frame(session, everything, OFFICE)
        assert [one.id for one in found] == [*cases, other]
        assert [sorted(one.tags) for one in found][:5] == [["closed", "fed_back"], *[["fed_back"]] * 3, []]
        by_class = NewAudit(AuditKind.PROCESS, "p", group.centre.centre, NOW.date(), NOW.date(), Aim(0.5), "fees")
        assert len(audit_frame.frame(session, by_class, OFFICE)) == 8
        elsewhere = NewAudit(AuditKind.PROCESS, "p", group.centre.other_team, NOW.date(), NOW.date(), Aim(0.5))
        assert audit_frame.frame(session, elsewhere, OFFICE) == []
    empty = group.plan(unit_id=group.centre.other_team)
    with pytest.raises(Invalid, match="Nothing fits"):
        group.draw(empty)


def test_what_the_records_propose_counts_for_nothing_until_a_person_confirms(group, cases):
    audit_id = group.plan(aim=Aim(0.3, wanted=8))
    group.draw(audit_id)
    pieces = {one.piece: one for one in group.pieces(audit_id)}
    fed_back = pieces[cases[0]]
    assert fed_back.proposals["received"].result is Result.MET
    assert fed_back.proposals["four_parts"].result is Result.MET
    assert set(pieces[cases[7]].proposals) == {"received", "on_time"}
    assert fed_back.checks == {}
    with pytest.raises(Conflict, match="does not follow"):
        group(audits.report, NOW, audit_id, "好")
    group(audits.check, NOW, fed_back.id, {"received": MET})
    assert group.audit(audit_id).state is AuditStep.CHECKING
    with pytest.raises(Conflict, match="still open"):
        group(audits.report, NOW, audit_id, "好")
    with pytest.raises(Invalid, match="where it is seen"):
        group(audits.check, NOW, fed_back.id, {"classed": Given(Result.NOT_MET, "错")})
    with pytest.raises(Invalid, match="no item"):
        group(audits.check, NOW, pieces[cases[7]].id, {"four_parts": MET})
    group.check_all(audit_id)
    group(audits.report, NOW, audit_id, "未见问题")
    with pytest.raises(Conflict, match="was reported"):
        group(audits.check, NOW, fed_back.id, {"received": MET})
    group(audits.close, NOW, audit_id)
    assert group.audit(audit_id).state is AuditStep.CLOSED


def test_a_finding_is_ordered_proven_and_closed_by_somebody_else(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    piece = group.pieces(audit_id)[0]
    with pytest.raises(Invalid, match="checked and not met"):
        group.finding(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    made = group.finding(audit_id)
    assert made.step is FindingStep.OPENED
    with pytest.raises(Invalid, match=r"cause"):
        given = Order("t", "w", group.desk.biller, NOW.date())
        group(audit_actions.open_action, NOW, made.finding_id, given)
    action = group.order(made.finding_id)
    found = group(corrective.action, action)
    assert (found.new.source_kind, found.new.source_id, found.new.cause) == (
        "finding",
        made.finding_id,
        "不熟悉分类目录",
    )
    late = (NOW + 10 * DAY).date()
    assert [one.id for one in group(findings.overdue, late)] == [made.finding_id]
    assert group(findings.overdue, (NOW + 9 * DAY).date()) == []
    group(audits.report, NOW, audit_id, "分类有问题")
    with pytest.raises(Conflict, match="not closed yet"):
        group(audits.close, NOW, audit_id)
    group(audit_actions.take_step, NOW, action, ActionKind.PROOF_GIVEN, "已培训", who=group.desk.biller)
    assert group(findings.overdue, late) == []
    with pytest.raises(Forbidden):
        group(audit_actions.take_step, NOW, action, ActionKind.VERIFIED, "好", who=group.desk.biller)
    group(audit_actions.take_step, NOW, action, ActionKind.VERIFIED, "看过签到表")
    one = group(audit_queries.finding, made.finding_id)
    assert one.state is FindingState.CLOSED
    assert group(corrective.action, action).state is ActionState.VERIFIED
    assert [step.kind for step in one.steps] == [
        FindingStep.OPENED, FindingStep.CAUSE_NOTED, FindingStep.ACTION_OPENED, FindingStep.PROOF_GIVEN,
        FindingStep.CLOSED,
    ]  # fmt: skip
    assert piece.label in one.steps[0].words
    group(audits.close, NOW, audit_id)


def test_a_monitor_who_owns_the_action_never_closes_the_finding(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    made = group.finding(audit_id, unit=group.centre.centre)
    group(findings.note_cause, NOW, made.finding_id, "c")
    given = Order("t", "w", group.watch, NOW.date())
    action = group(audit_actions.open_action, NOW, made.finding_id, given)
    head = group.desk.head
    group(audit_actions.take_step, NOW, action, ActionKind.PROOF_GIVEN, "w", who=head)
    with pytest.raises(Forbidden, match="somebody else"):
        group(audit_actions.take_step, NOW, action, ActionKind.VERIFIED, "w")
    assert group(audit_queries.finding, made.finding_id).state is FindingState.PROVEN
    group(audit_actions.take_step, NOW, action, ActionKind.VERIFIED, "w", who=group.guard)


def test_what_recurs_in_a_later_audit_reopens_the_earlier_finding(group, cases):
    first = group.plan()
    group.draw(first)
    group.check_all(first, wrong=("classed",))
    made = group.finding(first)
    action = group.order(made.finding_id)
    second = group.plan()
    group.draw(second)
    group.check_all(second, wrong=("classed", "on_time"))
    again = group.finding(second)
    assert (again.finding_id, again.step) == (made.finding_id, FindingStep.SEEN_AGAIN)
    assert group(corrective.action, action).steps[-1].kind is ActionKind.NOTED
    group(audit_actions.take_step, NOW, action, ActionKind.PROOF_GIVEN, "w", who=group.desk.biller)
    group(audit_actions.take_step, NOW, action, ActionKind.VERIFIED, "w")
    third = group.plan()
    group.draw(third)
    group.check_all(third, wrong=("classed",))
    back = group.finding(third)
    assert (back.finding_id, back.step) == (made.finding_id, FindingStep.REOPENED)
    one = group(audit_queries.finding, made.finding_id)
    assert (one.state, one.action, one.audits) == (FindingState.OPEN, None, (first, second, third))
    assert [found.id for found in group(audit_queries.findings, third)] == [made.finding_id]
    other = group.finding(second, "on_time")
    assert (other.step, other.finding_id == made.finding_id) == (FindingStep.OPENED, False)
    elsewhere = group.finding(third, unit=group.desk.network)
    assert elsewhere.step is FindingStep.OPENED
    assert group.order(made.finding_id) != action
    # what happens to the earlier action from now on is not the finding's
    group(audit_actions.take_step, NOW, action, ActionKind.REOPENED, "w")
    assert group(audit_queries.finding, made.finding_id).state is FindingState.IN_ACTION


def test_an_action_opened_again_by_hand_takes_its_finding_along(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    made = group.finding(audit_id)
    action = group.order(made.finding_id)
    for kind, who in ((ActionKind.PROOF_GIVEN, group.desk.biller), (ActionKind.VERIFIED, None),
                      (ActionKind.REOPENED, None)):  # fmt: skip
        group(audit_actions.take_step, NOW, action, kind, "w", who=who)
    assert group(audit_queries.finding, made.finding_id).state is FindingState.IN_ACTION


def test_who_is_held_accountable_answers_and_nobody_for_them(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    made = group.finding(audit_id)
    with pytest.raises(Forbidden, match="themselves"):
        group(findings.hold_accountable, NOW, made.finding_id, group.watch, "w")
    group(findings.hold_accountable, NOW, made.finding_id, group.desk.biller, "两次分错")
    waits = group(audit_queries.awaiting_own_reply, who=group.desk.biller)
    assert [one.id for one in waits] == [made.finding_id]
    assert group(audit_queries.awaiting_own_reply, who=group.desk.engineer) == []
    with pytest.raises(NotFound):
        group(findings.reply, NOW, made.finding_id, "w", who=group.desk.engineer)
    group(findings.reply, NOW, made.finding_id, "目录刚改，未通知", who=group.desk.biller)
    assert group(audit_queries.awaiting_own_reply, who=group.desk.biller) == []
    text = str(group.report(audit_id))
    assert "两次分错" in text
    assert "目录刚改，未通知" in text


def test_audits_of_other_units_are_out_of_reach(group, cases):
    audit_id = group.plan()
    with transaction(group.engine) as session:
        far = Desk.person(session, "far", Role.MONITOR, group.centre.other_team)
    with pytest.raises(NotFound):
        group(audit_queries.audit, audit_id, who=far)
    with pytest.raises(NotFound):
        group.draw(audit_id, who=far)
    with pytest.raises(Forbidden, match="not one of yours"):
        group(
            audits.plan,
            NOW,
            OFFICE.vault,
            NewAudit(AuditKind.PROCESS, "p", group.centre.centre, NOW.date(), NOW.date(), Aim(0.1)),
            who=far,
        )
    with pytest.raises(Forbidden):
        group(audits.plan, NOW, OFFICE.vault,
              NewAudit(AuditKind.PROCESS, "p", group.centre.centre, NOW.date(), NOW.date(), Aim(0.1)),
              who=group.desk.boss)  # fmt: skip
    assert group(audit_queries.audits, who=group.desk.boss)[0].id == audit_id


@pytest.mark.parametrize("change", [{"aim": Aim(0.0)}, {"aim": Aim(1.5)}, {"aim": Aim(0.5, 1.0)},
                                    {"last": (NOW - 9 * DAY).date()}])  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(group, change):
    with pytest.raises(Invalid):
        group.plan(**change)


class Scored:
    """Four calls of the agent, each scored by an inspector, the last one by a monitor."""

    def __init__(self, group, live, tmp_path):
        self.group, self.calls, self.desks = group, [], {}
        plan = intake.plan_for(live)
        with transaction(group.engine) as session:
            publishing.publish(session, SYSTEM, NOW, shipped_text("telecom-complaint-en"))
            self.judge = Desk.person(session, "judge", Role.INSPECTOR, group.centre.centre)
            card_id, self.card = queries.card_for(session, "en")
            for number in range(4):
                file = write_wav(tmp_path / f"c{number}.wav", seed=number)
                call, _, transcript = transcribed_call(
                    session, NOW, plan, file, heard(), started_at=NOW, agents=("A012",)
                )
                self.calls.append(call)
                self.desks[call] = ScoringDesk(call, transcript, card_id)
        for call in self.calls:
            self.score(call, self.judge if call != self.calls[3] else group.watch)

    def score(self, call, who, **changes):
        given = {one.id: {"verdict": "met"} for _, one in self.card.criteria}
        given |= {name: {"verdict": verdict, "comment": "听录音"} for name, verdict in changes.items()}
        return self.group(service.submit, NOW, self.desks[call], {"answers": given}, who=who)

    def seen(self, call, who):
        return [one.purpose for one in self.group(queries.evaluations, call, who=who)]


@pytest.fixture
def scored(group, live, tmp_path):
    return Scored(group, live, tmp_path)


def test_inspectors_are_audited_by_blind_re_scores_that_change_no_score(group, scored):
    audit_id = group.plan(AuditKind.INSPECTORS, Aim(0.3, wanted=4))
    assert group.draw(audit_id) == 4
    first = group(audits.claim, NOW, audit_id)
    assert first in scored.calls[:3]  # never the one that the monitor scored
    assert group(audits.claim, NOW, audit_id) == first
    assert scored.seen(first, group.watch) == []
    assert scored.seen(first, group.guard) == [Purpose.SCORE]  # it is in the other's hands
    other = next(call for call in scored.calls[:3] if call != first)
    assert scored.seen(other, group.watch) == scored.seen(other, group.guard) == []
    assert group(queries.scores, [other])[other].person_pct is None
    assert scored.seen(first, scored.judge) == [Purpose.SCORE]
    piece = next(one for one in group.pieces(audit_id) if one.call_pk == first)
    with pytest.raises(Conflict, match="blind first"):
        group(audits.check, NOW, piece.id, {"evidence": MET})

    made = scored.score(first, group.watch, greeting="not_met", verify="not_met", restate="not_met")
    assert scored.seen(first, group.watch) == [Purpose.AUDIT, Purpose.SCORE]
    with reading(group.engine) as session:
        agent = group.centre.actor(session, Role.AGENT)
        assert [one.purpose for one in queries.evaluations(session, agent, first)] == [Purpose.SCORE]
        assert queries.scores(session, SYSTEM, [first])[first].person_pct == 100.0
        told = session.scalars(select(DisputeStepRow.evaluation_id)).all()
        assert made not in told
    piece = next(one for one in group.pieces(audit_id) if one.call_pk == first)
    assert piece.evaluation_id == made
    assert piece.proposals["score_within"].result is Result.NOT_MET
    assert piece.proposals["fatal_same"].result is Result.MET
    group(audits.check, NOW, piece.id, {"evidence": MET})


def test_agreement_stands_by_inspector_and_criterion_with_its_n(group, scored):
    audit_id = group.plan(AuditKind.INSPECTORS, Aim(0.3, wanted=4))
    group.draw(audit_id)
    for change in ({"greeting": "not_met"}, {}, {}):
        scored.score(group(audits.claim, NOW, audit_id), group.watch, **change)
    assert group(audits.claim, NOW, audit_id) is None  # the last one the monitor scored
    scored.score(group(audits.claim, NOW, audit_id, who=group.guard), group.guard)
    found = {(one.inspector_id, one.criterion): one.found for one in group(audits.agreements, audit_id)}
    greeting = found[scored.judge, "greeting"]
    assert (greeting.n, greeting.raw.value) == (3, pytest.approx(2 / 3))
    criteria = len(scored.card.criteria)
    assert found[scored.judge, ""].n == 3 * criteria
    assert found[scored.judge, ""].raw.value == pytest.approx(1 - 1 / (3 * criteria))
    assert found[group.watch, "greeting"].raw.value == 1.0
    sheets = {one.title for one in group.report(audit_id, "en")}
    assert "Agreement with the blind re-score" in sheets


def test_nobody_checks_the_own_scores(group, scored):
    audit_id = group.plan(AuditKind.INSPECTORS, Aim(0.3, wanted=4))
    group.draw(audit_id)
    own = next(one for one in group.pieces(audit_id) if one.person_id == group.watch)
    with pytest.raises(Forbidden, match="own work"):
        group(audits.check, NOW, own.id, {"evidence": MET})


def test_callbacks_are_drawn_where_a_recording_is_known_or_found(engine, centre, live, tmp_path):
    callers = Callers(engine, centre)
    for phone, outcome in (("13800138000", None), ("13900000001", Disposition.REFUSED),
                           ("13900000002", Disposition.REFUSED)):  # fmt: skip
        callers.fed_back(phone)
        callers.answer(HAPPY) if outcome is None else callers.call(outcome)
    plan = intake.plan_for(live)
    with transaction(engine) as session:
        watch = Desk.person(session, "watch", Role.MONITOR, centre.centre)
        for number, phone in enumerate(("13800138000", "13900000001")):
            file = write_wav(tmp_path / f"b{number}.wav", seed=50 + number)
            transcribed_call(session, MORNING, plan, file, heard(), started_at=MORNING, customer_ref=phone)
        actor = people.actor_for(session, watch)
        new = NewAudit(AuditKind.CALLBACKS, "p", centre.centre, MORNING.date(), MORNING.date(), Aim(0.5, wanted=9))
        audit_id = audits.plan(session, actor, MORNING, OFFICE.vault, new)
        assert audit_frame.draw(session, actor, MORNING, OFFICE, audit_id) == 2
        pieces = sorted(audit_queries.pieces(session, actor, audit_id), key=lambda one: one.piece)
    assert [sorted(one.tags) for one in pieces] == [["answered"], ["refused"]]
    assert all(one.call_pk and one.case_id and one.person_id == callers.ann for one in pieces)
    assert pieces[0].proposals == {}  # it was not held against its recording yet


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_is_whole_in_both_forms_and_runs_nothing(group, cases, language):
    audit_id = group.plan()
    group.draw(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    piece = group.pieces(audit_id)[0]
    group(audits.check, NOW, piece.id, {"classed": Given(Result.NOT_MET, "=HYPERLINK(1)\x07", "+1")})
    made = group.finding(audit_id)
    group.order(made.finding_id)
    group(audits.report, NOW, audit_id, "=1+1")
    seed = group.journalled("audit.drawn")[0]["seed"]
    found = group.report(audit_id, language)

    document = Document(io.BytesIO(audit_report.docx_bytes(found, "报告", NOW)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for wanted in (seed, "不熟悉分类目录", piece.label, "=HYPERLINK(1)", (NOW + 9 * DAY).date().isoformat()):
        assert wanted in cells
    assert document.core_properties.author == "Huiting"

    book = openpyxl.load_workbook(io.BytesIO(audit_report.xlsx_bytes(found)))
    assert len(book.worksheets) == len(found) == 6
    values = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in values}
    assert seed in [cell.value for cell in values]
    assert "=1+1" in [cell.value for cell in values]


def test_two_monitors_open_the_same_finding_at_once_and_it_is_one(group, cases):
    ids = [group.plan() for _ in range(2)]
    for audit_id in ids:
        group.draw(audit_id)
        group.check_all(audit_id, wrong=("classed",))
    barrier, made = Barrier(2), []

    def open_one(audit_id, who):
        piece = group.pieces(audit_id)[0]
        new = NewFinding(piece.id, "classed", group.desk.billing, Severity.MAJOR, "w")
        barrier.wait()
        made.append(group(audit_actions.open_finding, NOW, new, who=who))

    threads = [Thread(target=open_one, args=one) for one in zip(ids, (group.watch, group.guard), strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 2
    assert len({one.finding_id for one in made}) == 1
    assert {one.step for one in made} == {FindingStep.OPENED, FindingStep.SEEN_AGAIN}


def test_nothing_is_opened_from_a_closed_audit_and_nobody_unknown_is_blamed(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    made = group.finding(audit_id)
    with pytest.raises(Invalid, match="Choose a person"):
        group(findings.hold_accountable, NOW, made.finding_id, 10**6, "w")
    action = group.order(made.finding_id)
    group(audit_actions.take_step, NOW, action, ActionKind.PROOF_GIVEN, "w", who=group.desk.biller)
    group(audit_actions.take_step, NOW, action, ActionKind.VERIFIED, "w")
    group(audits.report, NOW, audit_id, "w")
    group(audits.close, NOW, audit_id)
    with pytest.raises(Conflict, match="is closed"):
        group.finding(audit_id)


def test_everything_stands_in_the_journal_and_its_chain_is_whole(group, cases):
    audit_id = group.plan()
    group.draw(audit_id)
    group.check_all(audit_id, wrong=("classed",))
    made = group.finding(audit_id)
    group.order(made.finding_id)
    with reading(group.engine) as session:
        known = set(session.scalars(select(JournalRow.action)))
        assert journal.verify(session).fault is None
    assert {"audit.planned", "audit.drawn", "audit.checked", "finding.opened", "finding.cause_noted",
            "finding.action_opened", "action.opened"} <= known  # fmt: skip
