"""A centre with inspectors, a lead and an agent, whose calls of December are drawn and scored by the real services.

A plugin that tests also import from: PYTEST_DONT_REWRITE.
"""

from datetime import datetime, timedelta

import pytest
from complaint_desk import OFFICE, ZONE
from conftest import NOW
from made_calls import heard, transcribed_call, write_wav
from sqlalchemy import select

from qa_app import intake, sampling_frame
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from scorecards import drawing, publishing, queries, service
from scorecards.card_file import shipped_text
from scorecards.drawing import NewPeriod
from scorecards.evaluations import Desk

DAY = timedelta(days=1)
OPENED = datetime(2026, 11, 30, 9, 0, tzinfo=ZONE)
MONTH = NewPeriod(0, "2026-12", OPENED.date() + DAY, OPENED.date() + 31 * DAY)


class Floor:
    """Two inspectors, a lead, a monitor and an agent; calling it runs a service in a transaction of its own."""

    def __init__(self, live, centre, tmp_path):
        self.live, self.engine, self.centre, self.folder = live, live.engine, centre, tmp_path
        self.plan = intake.plan_for(live)
        with transaction(self.engine) as session:
            for name in ("ins1", "ins2"):
                new = people.NewUser(name, name, centre.centre, None, (Role.INSPECTOR,))
                setattr(self, name, people.add_user(session, SYSTEM, NOW, new))
            new = people.NewUser("head", "head", centre.centre, None, (Role.QA_LEAD,))
            self.lead = people.add_user(session, SYSTEM, NOW, new)
            new = people.NewUser("watch", "watch", centre.company, None, (Role.MONITOR,))
            self.monitor = people.add_user(session, SYSTEM, NOW, new)
            publishing.publish(session, SYSTEM, NOW, shipped_text("telecom-complaint-en"))
        self.agent = centre.ids[Role.AGENT]
        self.made = 0

    def __call__(self, work_, *given, who=None, **more):
        with transaction(self.engine) as session:
            actor = SYSTEM if who is None else people.actor_for(session, who)
            return work_(session, actor, *given, **more)

    def call(self, at, **facts):
        self.made += 1
        with transaction(self.engine) as session:
            file = write_wav(self.folder / f"c{self.made}.wav", seconds=31, seed=self.made)
            call_pk, _recording, transcript = transcribed_call(
                session, at, self.plan, file, heard(), started_at=at, agents=("A012",), **facts
            )
        return call_pk, transcript

    def open(self):
        return self(drawing.open_period, OPENED, OFFICE.vault, NewPeriod(self.centre.centre, *_rest(MONTH)))

    def draw(self, at):
        return sampling_frame.draw_due(self.engine, at, OFFICE)

    def rows(self, table):
        with reading(self.engine) as session:
            return session.scalars(select(table).order_by(table.id)).all()

    def score(self, call_pk, transcript, who, at, **changes):
        with transaction(self.engine) as session:
            actor = people.actor_for(session, who)
            card_id, card = queries.card_for(session, "en")
            given = {one.id: {"verdict": "met"} for _, one in card.criteria}
            for name, verdict in changes.items():
                given[name] = {"verdict": verdict, "comment": "看录音", "root_cause": ""}
            return service.submit(session, actor, at, Desk(call_pk, transcript, card_id), {"answers": given})


def _rest(period):
    return period.name, period.first, period.last


@pytest.fixture
def floor(live, centre, tmp_path):
    return Floor(live, centre, tmp_path)
