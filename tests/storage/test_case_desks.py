"""What waits on each desk, customers, duplicates, files, batch alerts and corrective actions."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from complaint_desk import COMPLAINT, NOT_SATISFIED, OFFICE, Desk
from conftest import NOW, Centre

from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from surveys import alerts, attachments, corrective, customers, desks
from surveys.alerts import NewEvent
from surveys.corrective import NewAction
from surveys.desks import Desk as Queue
from surveys.desks import DueFilter
from surveys.model import ActionKind, ActionState, DeadlineState, EventKind


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


def read(desk, query, *args, who=None, **kwargs):
    with reading(desk.engine) as session:
        return query(session, people.actor_for(session, who or desk.clerk), *args, **kwargs)


def act(desk, service, *args, who=None, **kwargs):
    with transaction(desk.engine) as session:
        return service(session, people.actor_for(session, who or desk.clerk), *args, **kwargs)


def waiting(desk, queue, who=None):
    return [line.id for line in read(desk, desks.waiting, OFFICE.vault, queue, who=who)]


def test_each_desk_holds_what_is_to_be_done_there_next(desk):
    made = desk.register().case_id
    assert waiting(desk, Queue.TO_DISPATCH) == [made]
    desk.step(made, "dispatched", unit=desk.billing)
    assert waiting(desk, Queue.TO_DISPATCH) == []
    assert waiting(desk, Queue.TO_RETURN, desk.biller) == [made]
    assert waiting(desk, Queue.TO_RETURN, desk.engineer) == []
    desk.step(made, "sent_back", who=desk.biller)
    desk.step(made, "dispatched", unit=desk.network)
    assert waiting(desk, Queue.TO_RETURN, desk.biller) == []  # it saw the case, and holds it no more
    desk.step(made, "returned", who=desk.engineer)
    assert waiting(desk, Queue.TO_CHECK) == [made]
    desk.walk(made, "consented")
    assert waiting(desk, Queue.TO_FEED_BACK) == [made]
    desk.walk(made, "fed_back")
    assert waiting(desk, Queue.TO_CALL_BACK) == [made]
    desk.step(made, "called_back", **NOT_SATISFIED)
    assert waiting(desk, Queue.TO_DECIDE) == [made]
    desk.walk(made, "close_requested")
    assert waiting(desk, Queue.TO_APPROVE, desk.boss) == [made]
    desk.step(made, "closed", who=desk.boss, proof="三次未接")
    assert waiting(desk, Queue.TO_APPROVE, desk.boss) == []
    assert waiting(desk, Queue.TO_ARCHIVE) == [made]
    assert read(desk, desks.counts, [Queue.TO_ARCHIVE, Queue.TO_CLOSE]) == {Queue.TO_ARCHIVE: 1, Queue.TO_CLOSE: 0}
    ((_, lacking),) = read(desk, desks.for_the_archive, OFFICE.vault)
    assert lacking == ("demand",)
    with pytest.raises(Forbidden):
        waiting(desk, Queue.TO_DISPATCH, desk.biller)


def test_a_request_is_off_the_approvers_desk_once_it_is_granted_and_back_when_asked_again(desk):
    made = desk.register().case_id
    for _ in range(2):
        desk.walk(made, "remedy_requested")
        assert waiting(desk, Queue.TO_APPROVE, desk.boss) == [made]
        desk.step(made, "remedy_granted", who=desk.boss, remedy="refund", amount="300")
        assert waiting(desk, Queue.TO_APPROVE, desk.boss) == []


def test_deadlines_are_listed_by_how_they_stand(desk):
    made = desk.register().case_id
    for after_h, expected, stands in ((1, "day", "running"), (20, "warned", "warned"), (25, "alarmed", "overdue")):
        now = NOW + timedelta(hours=after_h)
        (line,) = read(desk, desks.due, OFFICE.vault, now, DueFilter(expected))
        assert (line.id, line.stands(now)) == (made, DeadlineState(stands))
    counted = read(desk, desks.due_counts, NOW + timedelta(hours=25))
    assert counted == {DueFilter.DAY: 0, DueFilter.WARNED: 0, DueFilter.ALARMED: 1, DueFilter.DELAYED: 0}
    desk.step(made, "delay_told")
    assert read(desk, desks.due_counts, desk.now)[DueFilter.DELAYED] == 1
    assert read(desk, desks.due, OFFICE.vault, desk.now, DueFilter.DELAYED, who=desk.biller) == []


def test_a_customers_story_holds_every_case_and_only_supervisors_see_patterns(desk):
    first = desk.register().case_id
    desk.now += timedelta(days=3)
    again = desk.register(desk.complaint(class_code="fees/refund")).case_id
    other = desk.register(desk.complaint(class_code="network/outage", words="断网")).case_id
    desk.step(first, "remedy_granted", remedy="credit", amount="20")
    customer = read(desk, lambda session, _actor: session.execute(_customer_of(first)).scalar_one())
    told = read(desk, customers.story, OFFICE.vault, desk.now, customer)
    assert [case.id for case in told.cases] == [other, again, first]
    assert (told.name, told.phone, told.patterns) == ("张*", "138****8000", None)
    seen = read(desk, customers.story, OFFICE.vault, desk.now, customer, who=desk.head).patterns
    assert (seen.repeated, seen.in_a_year, seen.is_difficult, seen.granted_yuan) == ((("fees", 1),), 3, False, 20)
    assert [case.id for case in read(desk, customers.likely_duplicates, again)] == [first]
    assert read(desk, customers.likely_duplicates, other) == ()
    with pytest.raises(NotFound):
        read(desk, customers.story, OFFICE.vault, desk.now, customer, who=desk.biller)


def _customer_of(case_id):
    from sqlalchemy import select

    from surveys.tables import CaseRow

    return select(CaseRow.customer_id).where(CaseRow.id == case_id)


def test_a_file_is_kept_encrypted_and_given_only_to_who_may_see_the_case(desk, tmp_path):
    office = replace(OFFICE, folder=tmp_path / "kept")
    made = desk.register().case_id
    body = "账单：重复计费".encode()
    kept = act(desk, attachments.attach, NOW, office, made, "../../账单.pdf", body)
    assert act(desk, attachments.attach, NOW, office, made, "again.pdf", body) == kept
    (file,) = read(desk, attachments.attachments, made)
    assert (file.name, file.mime, file.size_bytes) == ("账单.pdf", "application/pdf", len(body))
    (place,) = [path for path in office.folder.rglob("*") if path.is_file()]
    assert body not in place.read_bytes()
    assert act(desk, attachments.fetch, NOW, office, kept)[1] == body
    with pytest.raises(NotFound):
        act(desk, attachments.fetch, NOW, office, kept, who=desk.biller)
    for name, content, told in (("a.exe", b"x", "is of a kind"), ("a.pdf", b"", "0 bytes"), ("pdf", b"x", "of a kind")):
        with pytest.raises(Invalid, match=told):
            act(desk, attachments.attach, NOW, office, made, name, content)
    place.write_bytes(b"changed" * 9)
    with pytest.raises(Invalid, match="was changed"):
        act(desk, attachments.fetch, NOW, office, kept)


def similar(desk, count, place="东城", start=0):
    return [
        desk.register(desk.complaint(customer_phone=f"139{start + number:08d}", place=place,
                                     class_code="network/outage")).case_id
        for number in range(count)
    ]  # fmt: skip


def test_the_fifth_similar_complaint_raises_one_alert_linked_to_them_all(desk):
    similar(desk, 4)
    assert read(desk, alerts.alerts) == []
    similar(desk, 3, start=10)
    similar(desk, 4, place="西城", start=20)
    (alert,) = read(desk, alerts.alerts)
    assert (alert.class_code, alert.place, alert.cases, alert.event) == ("network/outage", "东城", 7, "")
    assert len(read(desk, alerts.case_ids, alert.id)) == 7
    assert read(desk, alerts.alerts, who=desk.biller) == []
    with pytest.raises(Invalid, match="Say what came of the alert"):
        act(desk, alerts.close, NOW, alert.id, " ")
    act(desk, alerts.close, NOW, alert.id, "光缆已修复")
    assert read(desk, alerts.alerts) == []
    similar(desk, 4, start=40)
    assert read(desk, alerts.alerts) == []  # a closed alert's complaints count for no other
    similar(desk, 1, start=50)
    assert [one.cases for one in read(desk, alerts.alerts)] == [5]


def test_complaints_further_apart_than_the_window_raise_nothing(desk):
    for number in range(5):
        similar(desk, 1, start=number)
        desk.now += timedelta(hours=7)  # five within 28 hours, four within any 24
    assert read(desk, alerts.alerts) == []


def test_an_outage_registered_beforehand_explains_its_alert(desk):
    event = NewEvent(
        EventKind.OUTAGE, "东城割接", NOW - timedelta(hours=1), NOW + timedelta(hours=6), "network", "东城"
    )
    act(desk, alerts.register_event, NOW, event)
    similar(desk, 5)
    assert [one.event for one in read(desk, alerts.alerts)] == ["东城割接"]
    for changes, told in (({"title": " "}, "name"), ({"ends_at": NOW - timedelta(days=1)}, "before it begins"),
                          ({"class_code": "", "place": ""}, "recognised")):  # fmt: skip
        with pytest.raises(Invalid, match=told):
            act(desk, alerts.register_event, NOW, replace(event, **changes))


@pytest.mark.postgres
def test_similar_complaints_at_the_same_instant_raise_one_alert(postgres_engine):
    with transaction(postgres_engine) as session:
        centre = Centre(session)
    desk = Desk(postgres_engine, centre)
    similar(desk, 4)
    start = threading.Barrier(6)

    def one(number):
        start.wait()
        similar(desk, 1, start=100 + number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    similar(desk, 1, start=200)
    (alert,) = read(desk, alerts.alerts)
    assert alert.cases >= 5


def action_of(desk, **changes):
    new = NewAction(
        "重复计费整改", "账单系统重复出账", "修正出账程序", desk.billing, desk.biller, date(2026, 12, 1), "fees/"
    )
    return act(desk, corrective.open_action, NOW, replace(new, **changes), who=desk.boss)


def test_a_corrective_action_is_proven_by_its_unit_and_verified_by_somebody_else(desk):
    made = action_of(desk)

    def take(kind, who, words="见附件"):
        return act(desk, corrective.take_step, NOW, made, ActionKind(kind), words, who=who)

    with pytest.raises(Conflict, match="is open; it cannot be verified"):
        take("verified", desk.boss)
    with pytest.raises(NotFound):
        take("proof_given", desk.engineer)
    with pytest.raises(Invalid, match="what was done"):
        take("proof_given", desk.biller, " ")
    take("proof_given", desk.biller)
    with pytest.raises(Forbidden):
        take("verified", desk.biller)
    take("proof_refused", desk.boss, "缺上线记录")
    take("proof_given", desk.biller)
    take("verified", desk.boss)
    found = read(desk, corrective.action, made, who=desk.boss)
    assert (found.state, found.number, found.verified_at) == (ActionState.VERIFIED, f"ZG2026-{made:05d}", NOW)
    assert read(desk, corrective.actions, who=desk.boss, verified=False) == []
    take("reopened", desk.boss, "又出现")
    assert read(desk, corrective.action, made, who=desk.boss).state is ActionState.OPEN
    with reading(desk.engine) as session:
        told = [one.action for one in journal.entries(session, SYSTEM, limit=50) if one.subject == f"action:{made}"]
    assert len(told) == 6


def test_whoever_owns_a_corrective_action_never_verifies_it_whatever_their_roles(desk):
    with transaction(desk.engine) as session:
        people.set_roles(
            session, SYSTEM, NOW, desk.biller, [(Role.HANDLER, desk.billing), (Role.MANAGER, desk.billing)]
        )
    made = action_of(desk)
    act(desk, corrective.take_step, NOW, made, ActionKind.PROOF_GIVEN, "已改", who=desk.biller)
    with pytest.raises(Forbidden, match="somebody else"):
        act(desk, corrective.take_step, NOW, made, ActionKind.VERIFIED, "好", who=desk.biller)


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"title": ""}, "title"), ({"due_on": date(2026, 11, 1)}, "passed already"), ({"task": " "}, "task")],
)
def test_a_corrective_action_that_cannot_be_opened_is_refused(desk, changes, told):
    with pytest.raises(Invalid, match=told):
        action_of(desk, **changes)


def test_its_owner_belongs_to_the_unit(desk):
    with pytest.raises(Invalid, match="belongs to the unit"):
        action_of(desk, owner_id=desk.engineer)


def test_no_corrective_action_is_opened_beyond_ones_reach(desk):
    with transaction(desk.engine) as session:
        people.set_roles(session, SYSTEM, NOW, desk.boss, [(Role.MANAGER, desk.network)])
    with pytest.raises(Forbidden):
        action_of(desk)


def test_the_overdue_are_those_without_proof_after_their_day(desk):
    found = read(desk, corrective.action, action_of(desk), who=desk.boss)
    assert (found.overdue(date(2026, 12, 1)), found.overdue(date(2026, 12, 2))) == (False, True)


def test_a_complaint_without_traits_is_like_no_other(desk):
    for number in range(6):
        desk.register(replace(COMPLAINT, customer_phone=f"139{number:08d}", class_code="", place="东城"))
    assert read(desk, alerts.alerts) == []
