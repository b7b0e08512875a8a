"""A centre with its complaint desk, two responsible units, and shortcuts to act as anybody."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from case_steps import FILLED
from conftest import NOW, PASSWORD

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.tables import UnitKind
from surveys import queries, service
from surveys.model import NewCase, StepKind
from surveys.office import Office
from surveys.queries import CaseFilter
from surveys.service import NewStep

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = Office(Vault(b"k" * 32), ZONE)
COMPLAINT = NewCase(
    words="每月多扣了20元，一直没人处理",
    customer_name="张伟",
    customer_phone="138 0013 8000",
    class_code="fees/wrong_bill",
)
NOT_SATISFIED = {"result": "dissatisfied", "customer_words": "还是没退"}


class Desk:
    """A centre with its complaint desk, two responsible units, and shortcuts to act as anybody."""

    def __init__(self, engine, centre):
        self.engine, self.centre = engine, centre
        with transaction(engine) as session:
            self.billing = people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, "计费中心", centre.centre)
            self.network = people.add_unit(session, SYSTEM, NOW, UnitKind.RESPONSIBLE, "网络部", centre.centre)
            self.clerk = self.person(session, "clerk", Role.CASE_DESK, centre.centre)
            self.biller = self.person(session, "biller", Role.HANDLER, self.billing)
            self.engineer = self.person(session, "engineer", Role.HANDLER, self.network)
            self.boss = self.person(session, "boss", Role.MANAGER, centre.centre)
            self.head = self.person(session, "head", Role.SUPERVISOR, centre.centre)
            self.caller = self.person(session, "asker", Role.SURVEYOR, centre.centre)
        self.now = NOW

    @staticmethod
    def person(session, login, role, unit):
        return people.add_user(session, SYSTEM, NOW, people.NewUser(login, login, unit, PASSWORD, (role,)))

    @staticmethod
    def complaint(**changes):
        return replace(COMPLAINT, **changes)

    def register(self, new=COMPLAINT, who=None):
        with transaction(self.engine) as session:
            actor = people.actor_for(session, who or self.clerk)
            given_unit = replace(new, unit_id=self.centre.centre) if new.unit_id is None else new
            return service.register(session, actor, self.now, OFFICE, given_unit)

    def step(self, case_id, kind, who=None, at=None, **facts):
        self.now += timedelta(minutes=1)
        with transaction(self.engine) as session:
            usual = self.caller if StepKind(kind) is StepKind.CALLED_BACK else self.clerk
            actor = people.actor_for(session, who or usual)
            told = facts or FILLED.get(StepKind(kind), {})
            return service.take_step(session, actor, self.now, OFFICE, case_id, NewStep(StepKind(kind), told, at))

    def walk(self, case_id, *kinds):
        for kind in kinds:
            self.step(case_id, kind)
        return case_id

    def state(self, case_id):
        with reading(self.engine) as session:
            return queries.story(session, SYSTEM, OFFICE.vault, case_id).state

    def listed(self, who=SYSTEM, **wanted):
        with reading(self.engine) as session:
            actor = who if who is SYSTEM else people.actor_for(session, who)
            return queries.cases(session, actor, OFFICE.vault, CaseFilter(**wanted))
