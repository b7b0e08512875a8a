"""The cases to which the demo's spoken calls belong: the numbers of the manifest, the words of the dialogues."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.demo.history import SLIP, Moments, People
from qa_app.runtime import Runtime
from surveys import history
from surveys.history import History
from surveys.model import Channel, NewCase, Step, StepKind
from surveys.office import Office
from surveys.taxonomy import shipped_taxonomy, suggest

CALLS = Path(__file__).with_name("calls")
TURNS = 4
_K = StepKind
UNIT_OF = {"fees": "计费中心", "network": "网络部", "service": "渠道部", "business": "市场部"}


@dataclass(frozen=True, slots=True)
class SpokenCase:
    """A case that the manifest names, with the customer's first words."""

    number: str
    received_at: datetime
    customer: str
    words: str


def build(live: Runtime, who: People) -> None:
    """Register the cases of the spoken calls, unless they are there."""
    spoken = list(_spoken())
    with reading(live.engine) as session:
        if history.known(session, spoken[0].number):
            return
    now, office = utc_now(), Office.of(live.settings)
    with transaction(live.engine) as session:
        found = [_history(place, one, who, now) for place, one in enumerate(spoken)]
        history.write(session, SYSTEM, now, office, found, {})


def _spoken() -> Iterator[SpokenCase]:
    with (CALLS / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["case_id"]]
    for row in rows:
        dialogue = json.loads((CALLS / "dialogues" / f"{row['call_id']}.json").read_text(encoding="utf-8"))
        said = [turn.get("written") or turn["text"] for turn in dialogue["turns"] if turn["speaker"] == "customer"]
        received = datetime.fromisoformat(row["started_at"]).astimezone(UTC)
        yield SpokenCase(row["case_id"], received, row["customer_ref"], " ".join(said[:TURNS]))


def _history(place: int, spoken: SpokenCase, who: People, now: datetime) -> History:
    code = next((one.code for one in suggest(spoken.words, shipped_taxonomy())), "service/not_solved")
    new = NewCase(
        words=spoken.words, customer_name="示例客户", customer_phone=spoken.customer, channel=Channel.HOTLINE,
        class_code=code, demand="核实并答复", unit_id=who.centre,
    )  # fmt: skip
    steps = tuple(step for step in _way(place, spoken.received_at, who, code) if step.at <= now)
    return History(spoken.number, new, -1 - place, steps)


def _way(place: int, received: datetime, who: People, code: str) -> Iterator[Step]:
    """Every other case is closed with a satisfied customer; of the rest the unit has answered one in two."""
    unit = UNIT_OF[code.partition("/")[0]]
    clock = Moments(received, who.desk)
    yield replace(clock.take(_K.RECEIVED, 0), recorded_at=received + timedelta(minutes=4))
    yield clock.take(_K.ASSESSED, 0.3, complexity="complex", urgency="ordinary", severity="ordinary")
    yield clock.take(_K.DISPATCHED, 1, unit=who.units[unit], ask="请核实客户反映的情况并提出处理意见")
    if place % 4 == 1:
        return
    yield clock.take(_K.RETURNED, 22, who.handlers[unit], **SLIP)
    if place % 4 == 3:  # noqa: PLR2004 - the other open one
        return
    yield clock.take(_K.CONSENTED, 3, solution="按查证结果处理", customer_words="可以")
    yield clock.take(_K.FED_BACK, 2, by="phone", result="已核实并处理", cause="已查明原因", improvement="已列入整改",
                     thanks="感谢您的反映")  # fmt: skip
    yield clock.take(_K.CALLED_BACK, 26, who.surveyor, result="satisfied")
    yield clock.take(_K.CLOSED, 1)
