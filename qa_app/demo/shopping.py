"""The demo's mystery shopping: a visit to be played, and one that was played in one of the spoken calls."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.runtime import Runtime
from scorecards import shopping_scenarios, shopping_visits
from scorecards.scenario_file import shipped_names, shipped_scenario_text
from scorecards.shopping import Form, Reply
from scorecards.shopping_visits import NewVisit
from surveys.office import Office

MANIFEST = Path(__file__).with_name("calls") / "manifest.csv"
PLAYED, TO_PLAY = "unknown-charge-zh", "broadband-dead-zh"
SPOKEN = "1008-20261102-0042"
SHOPPER, MONITOR = "shopper", "monitor"
TYPED_LATE = timedelta(minutes=2)
"""The shopper's clock is not the telephone system's."""
REPLIES = {  # the case number was told: the shopper missed it, which the recording shows
    "answered_s": Reply(38), "greeting": Reply(1), "verify": Reply(1), "interrupted": Reply(0), "solution": Reply(1),
    "restate": Reply(words="有一个星座运势的增值业务，您没有订购，两个月一共三十块钱，您希望取消业务并退费"),
    "apology": Reply(words="给您带来不便，非常抱歉"), "timeframe": Reply(words="退费十分钟之内到账"),
    "understood": Reply(4, evidence="“您的心情我非常理解”"),
    "clear": Reply(4, evidence="“九月二十八号，通过一个短信活动开通的”"),
    "courtesy": Reply(5, evidence="“感谢您的配合”，最后“祝您生活愉快”"),
    "case_number": Reply(0, evidence="没有听到工单号"),
}  # fmt: skip


def build(live: Runtime) -> None:
    """Take the scenarios into use and hand in the played visit, unless that was done before."""
    now, office = utc_now(), Office.of(live.settings)
    with transaction(live.engine) as session:
        known = {person.login: person.id for person in people.people(session, SYSTEM)}
        if SHOPPER not in known or shopping_scenarios.scenarios(session, SYSTEM):
            return
        kept = {name: shopping_scenarios.take_into_use(session, SYSTEM, now, shipped_scenario_text(name))
                for name in shipped_names()}  # fmt: skip
        at, number, agent = _spoken()
        unit = people.unit_of(session, known[agent]) or people.root_unit(session)
        due = (now + timedelta(days=7)).date()
        words = "拨打 10000，选投诉，早上九点到十点之间"
        shopping_visits.assign(session, SYSTEM, now, NewVisit(kept[TO_PLAY], known[SHOPPER], unit, due, words))
        if at + TYPED_LATE < now:
            played = NewVisit(kept[PLAYED], known[SHOPPER], unit, due)
            visit = shopping_visits.assign(session, SYSTEM, now, played)
            form = Form(at + TYPED_LATE, number, agent, REPLIES)
            shopper = people.actor_for(session, known[SHOPPER])
            shopping_visits.submit(session, shopper, now, office.vault, visit, form)
            shopping_visits.validate(session, people.actor_for(session, known[MONITOR]), now, visit, known[agent])


def _spoken() -> tuple[datetime, str, str]:
    """When the played call began, the number it came from, and the staff number of its agent."""
    with MANIFEST.open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["call_id"] == SPOKEN)
    return datetime.fromisoformat(row["started_at"]).astimezone(UTC), row["customer_ref"], row["agent"]
