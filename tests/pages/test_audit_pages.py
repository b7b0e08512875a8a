"""Audits on the screen: planned, drawn, checked, findings followed; who sees what and what is refused in words."""

from datetime import timedelta

import pytest
from complaint_desk import Desk
from conftest import NOW, PASSWORD
from opened import in_address, say, words

from qa_app import audit_actions, audit_frame
from qa_app import session as page
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.tables import UnitKind
from scorecards import audit_queries, audits, findings, queries, service
from scorecards.audit_tables import AuditCheckRow
from scorecards.auditing import Aim, AuditKind, AuditStep, Result, Severity
from scorecards.audits import Given, NewAudit
from scorecards.evaluations import Desk as ScoringDesk
from scorecards.finding_rules import FindingState
from surveys import corrective
from surveys import service as complaints
from surveys.model import ActionKind, NewCase, StepKind
from surveys.office import Office

pytest_plugins = ["opened"]
FOUR = {"by": "phone", "result": "r", "cause": "c", "improvement": "i", "thanks": "t"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(page, "now", lambda: NOW)
    yield
    from qa_app.components import audit_desk

    audit_desk._frame_size.clear()


def button(app, label, **values):
    return next(one for one in app.button if one.label == say(app, label, **values))


def field(app, kind, label):
    return next(one for one in getattr(app, kind) if one.label == say(app, label))


def acting(installed, who, work, *given):
    with transaction(installed.engine) as session:
        actor = SYSTEM if who is SYSTEM else people.actor_for(session, people.user_by_login(session, who))
        return work(session, actor, *given)


@pytest.fixture
def office(installed):
    return Office.of(installed.settings)


@pytest.fixture
def cases(installed, staffed, office):
    """Three cases of the centre, one of them fed back, and a responsible unit with its handler."""
    with transaction(installed.engine) as session:
        unit = people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, "计费中心", staffed.centre)
        new = people.NewUser("biller", "Biller", unit, PASSWORD, (Role.HANDLER,))
        people.add_user(session, SYSTEM, NOW, new)
        for name, home, role in (("watch", staffed.company, Role.MONITOR), ("boss", staffed.company, Role.MANAGER)):
            people.add_user(session, SYSTEM, NOW, people.NewUser(name, name.title(), home, PASSWORD, (role,)))
        made = []
        for number in range(3):
            given = NewCase(f"多扣{number}元", "张伟", f"1380013800{number}", class_code="fees/wrong_bill",
                            unit_id=staffed.centre)  # fmt: skip
            made.append(complaints.register(session, SYSTEM, NOW, office, given).case_id)
        for kind, facts in ((StepKind.SOLVED_ON_THE_SPOT, {"solution": "s"}), (StepKind.FED_BACK, FOUR)):
            complaints.take_step(session, SYSTEM, NOW, office, made[0], complaints.NewStep(kind, facts))
    return made


@pytest.fixture
def planned(installed, staffed, office, cases):
    new = NewAudit(AuditKind.PROCESS, "例行检查", staffed.centre, NOW.date(), NOW.date(), Aim(0.3))
    return acting(installed, "watch", audits.plan, NOW, office.vault, new)


@pytest.fixture
def drawn(installed, office, planned):
    acting(installed, "watch", audit_frame.draw, NOW, office, planned)
    return planned


@pytest.fixture
def found(installed, staffed, drawn):
    """Everything was checked; the class was wrong everywhere, and a finding is open with its cause."""
    pieces = acting(installed, "watch", audit_queries.pieces, drawn)
    audit = acting(installed, "watch", audit_queries.audit, drawn)
    for one in pieces:
        asked = {item.code: Given(Result.MET) for item in audit.checklist.asked_of(one.tags)}
        asked["classed"] = Given(Result.NOT_MET, "应为网络类", "受理记录")
        acting(installed, "watch", audits.check, NOW, one.id, asked)
    return pieces


def test_an_audit_is_planned_with_its_sample_and_power_shown_and_its_seed_sealed(cases, installed, staffed, sign_in):
    app = sign_in("watch", "en", "audits")
    assert not app.exception
    assert say(app, "No audit was planned yet.") in words(app)
    assert "of **3** pieces would be drawn" in words(app)
    button(app, "Plan it and seal the seed").click().run()
    assert say(app, "Say what the audit is for.") in words(app)
    field(app, "text_input", "Purpose").set_value("季度检查").run()
    button(app, "Plan it and seal the seed").click().run()
    assert not app.exception
    (made,) = acting(installed, "watch", audit_queries.audits)
    assert (made.purpose, made.state, made.aim.rate) == ("季度检查", AuditStep.PLANNED, 0.05)
    assert in_address(app, "audit") == str(made.id)
    assert made.commitment in words(app)
    button(app, "Draw the sample").click().run()
    assert not app.exception
    lot = acting(installed, "watch", audit_queries.audit, made.id).drawing
    assert (lot.n, lot.frame_size) == (3, 3)
    assert lot.seed in words(app)
    button(app, "Draw again and compare").click().run()
    assert app.success[0].value == "all agrees"


def test_the_check_desk_goes_from_piece_to_piece_and_takes_over_what_the_records_propose(drawn, installed, sign_in):
    app = sign_in("watch", "en", "audits", part="check")
    assert not app.exception
    first = acting(installed, "watch", audit_queries.pieces, drawn)[0]
    assert app.subheader[0].value.startswith(first.label)
    assert "The records propose: met (entered 0 minutes after it was received)" in words(app)
    button(app, "Confirm and go on").click().run()
    assert "Answer at least one item." in words(app)
    button(app, "Take over what the records propose").click().run()
    assert acting(installed, "watch", audit_queries.pieces, drawn)[0].checks == {}
    classed = next(one for one in app.segmented_control if one.label == "classed")
    classed.set_value(Result.NOT_MET)
    button(app, "Confirm and go on").click().run()
    assert "where it is seen" in app.error[0].value
    app.text_input(key=f"words.{first.id}.classed").set_value("应为网络类")
    app.text_input(key=f"evidence.{first.id}.classed").set_value("受理记录")
    button(app, "Confirm and go on").click().run()
    assert not app.exception
    kept = acting(installed, "watch", audit_queries.pieces, drawn)[0].checks
    assert kept["classed"].result is Result.NOT_MET
    assert kept["received"].result is Result.MET
    assert set(kept) == {"classed", *first.proposals}  # one that was fed back has more of them
    assert len(acting(installed, SYSTEM, lambda s, _who: s.query(AuditCheckRow).all())) == len(kept)


def test_a_finding_is_opened_ordered_and_closed_on_the_page(found, drawn, installed, staffed, sign_in):
    app = sign_in("watch", "en", "audits", part="findings")
    assert not app.exception
    assert "3 times not met, no finding yet" in app.expander[0].label
    field(app, "selectbox", "Unit that answers for it").set_value(unit_of(installed, "计费中心"))
    button(app, "Open the finding").click().run()
    assert not app.exception
    (one,) = acting(installed, "watch", audit_queries.findings)
    assert in_address(app, "finding") == str(one.id)
    assert "应为网络类" in one.steps[0].words
    field(app, "text_area", "Cause").set_value("不熟悉目录")
    button(app, "Note the cause").click().run()
    field(app, "selectbox", "Owner").set_value(person(installed, "biller"))
    field(app, "text_area", "What is to be done").set_value("培训").run()
    button(app, "Send the notice").click().run()
    assert not app.exception
    (one,) = acting(installed, "watch", audit_queries.findings)
    assert one.state is FindingState.IN_ACTION
    action = one.action.action_id
    unit = sign_in("biller", "en", "corrective_actions", action=action)
    field(unit, "text_area", "What was done or seen, and where the proof lies").set_value("已培训")
    button(unit, "Keep this step").click().run()
    assert not unit.exception
    app = sign_in("watch", "en", "audits", part="findings", finding=one.id)
    field(app, "text_area", "What you saw when you verified it").set_value("抽查合格")
    button(app, "Verify and close").click().run()
    assert not app.exception
    (one,) = acting(installed, "watch", audit_queries.findings)
    assert one.state is FindingState.CLOSED


def unit_of(installed, name):
    with reading(installed.engine) as session:
        return people.unit_named(session, name)


def person(installed, login):
    with reading(installed.engine) as session:
        return people.user_by_login(session, login)


def ordered(installed, staffed, found):
    """The finding of the fixture with its action, due before today."""
    new = findings.NewFinding(found[0].id, "classed", staffed.centre, Severity.MAJOR, "应为网络类")
    made = acting(installed, "watch", audit_actions.open_finding, NOW, new).finding_id
    acting(installed, "watch", findings.note_cause, NOW, made, "不熟悉目录")
    owner = person(installed, "biller")
    order = audit_actions.Order("t", "w", owner, NOW.date())
    return made, acting(installed, "watch", audit_actions.open_action, NOW, made, order)


def test_overdue_findings_stand_first(found, installed, staffed, sign_in, monkeypatch):
    ordered(installed, staffed, found)
    monkeypatch.setattr(page, "now", lambda: NOW + timedelta(days=3))
    app = sign_in("watch", "en", "audits", part="findings")
    assert "1 overdue, 1 not closed" in words(app)
    (table,) = [one.value for one in app.dataframe if "Severity" in one.value]
    assert table["State"][0] == "✘ overdue · with the unit"
    app = sign_in("watch", "en")
    (late,) = [one for one in app.button if one.label.startswith("Audit findings whose proof is late (1)")]
    late.click().run()
    assert in_address(app, "part") == "findings"
    assert not [one for one in sign_in(Role.INSPECTOR, "en").button if one.label.startswith("Audit findings")]


def test_a_manager_reads_and_takes_the_own_steps_and_no_others(found, drawn, installed, staffed, sign_in):
    made, action = ordered(installed, staffed, found)
    app = sign_in("boss", "en", "audits")
    assert not app.exception
    assert list(app.dataframe[0].value["State"]) == ["being checked"]
    assert "Plan an audit" not in [one.label for one in app.expander]
    app = sign_in("boss", "en", "audits", audit=drawn)
    labels = [one.label for one in app.button]
    assert not {"Draw the sample", "Report it"} & set(labels)
    acting(installed, SYSTEM, audit_actions.take_step, NOW, action, ActionKind.PROOF_GIVEN, "w")
    app = sign_in("boss", "en", "audits", part="findings", finding=made)
    assert "Note the cause" not in [one.label for one in app.button]
    assert "Hold a person accountable" not in [one.label for one in app.expander]
    field(app, "text_area", "What you saw when you verified it").set_value("合格")
    button(app, "Verify and close").click().run()
    assert acting(installed, "boss", corrective.action, action).state == "verified"


def test_an_audit_of_another_unit_is_refused_in_words(drawn, installed, staffed, sign_in):
    with transaction(installed.engine) as session:
        Desk.person(session, "far", Role.MONITOR, staffed.other_team)
    app = sign_in("far", "en", "audits", audit=drawn)
    assert f"There is no audit {drawn} that you may see." in words(app)
    app = sign_in("far", "en", "audits", part="findings", finding=99)
    assert "There is no finding 99 that you may see." in words(app)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AGENT, Role.QA_LEAD, Role.ADMIN])
def test_others_have_no_such_page(planned, sign_in, role):
    app = sign_in(role, "en", "audits")
    assert "Audits" not in [one.value for one in app.title]


def test_who_is_held_accountable_is_heard_on_the_first_page(found, installed, staffed, sign_in):
    made, _action = ordered(installed, staffed, found)
    agent = person(installed, "inspector")
    acting(installed, "watch", findings.hold_accountable, NOW, made, agent, "两次分错类")
    app = sign_in(Role.INSPECTOR, "en")
    assert "An audit holds you accountable; say your side." in words(app)
    assert "两次分错类" in words(app)
    field(app, "text_area", "Your reply").set_value("目录刚改")
    button(app, "Send the reply").click().run()
    assert not app.exception
    assert "An audit holds you accountable" not in words(app)
    one = acting(installed, "watch", audit_queries.finding, made)
    assert one.steps[-1].words == "目录刚改"


def evaluations(app):
    """By whom the call was scored, as the Review page lists it."""
    return next(one.value for one in app.dataframe if say(app, "Seconds spent") in one.value)[say(app, "By")]


def test_calls_are_scored_blind_before_the_inspectors_answers_are_seen(busy, installed, staffed, office, sign_in):
    with transaction(installed.engine) as session:
        people.add_user(session, SYSTEM, NOW, people.NewUser("watch", "W", staffed.company, PASSWORD, (Role.MONITOR,)))
        new = people.NewUser("judge", "Judge", staffed.centre, PASSWORD, (Role.INSPECTOR,))
        judge = people.actor_for(session, people.add_user(session, SYSTEM, NOW, new))
        call, (card_id, card) = busy["good-zh"], queries.card_for(session, "zh")
        transcript = queries.evaluations(session, SYSTEM, call)[0].transcript_id
        given = {one.id: {"verdict": "met"} for _, one in card.criteria}
        given["greeting"] = {"verdict": "not_met", "comment": "质检员的评语"}
        service.submit(session, judge, NOW, ScoringDesk(call, transcript, card_id), {"answers": given})
    new = NewAudit(AuditKind.INSPECTORS, "p", staffed.centre, NOW.date(), NOW.date(), Aim(0.5))
    audit = acting(installed, "watch", audits.plan, NOW, office.vault, new)
    assert list(evaluations(sign_in("watch", "zh", "review", call=call))) == ["Judge", "机器"]
    acting(installed, "watch", audit_frame.draw, NOW, office, audit)
    app = sign_in("watch", "zh", "audits", part="check")
    assert not app.exception
    button(app, "Score the next call blind").click().run()
    assert in_address(app, "call") == str(call)
    app = sign_in("watch", "zh", "review", call=call)
    assert not app.exception
    assert list(evaluations(app)) == []
    assert "质检员的评语" not in str(app.main)
    assert list(evaluations(sign_in("judge", "zh", "review", call=call))) == ["Judge", "机器"]


def test_the_report_is_offered_once_the_sample_is_drawn(planned, installed, office, sign_in):
    app = sign_in("watch", "zh", "audits", audit=planned)
    assert not app.get("download_button")
    acting(installed, "watch", audit_frame.draw, NOW, office, planned)
    app = sign_in("watch", "zh", "audits", audit=planned)
    assert not app.exception
    labels = [one.label for one in app.get("download_button")]
    assert {say(app, "Report as DOCX"), say(app, "Report as XLSX")} <= set(labels)
