"""The simulation's rows as cases with their whole way: words, customers, steps and clocks, written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from sqlalchemy.orm import Session

from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.demo.simulation import UNITS, Plan, planted, simulate
from qa_app.demo.survey_simulation import PHONE, SurveyPlan, planted_surveys, simulate_surveys
from qa_app.runtime import Runtime
from surveys import history, survey_history, tasks
from surveys.analysis import MADE_UP
from surveys.dispositions import Disposition
from surveys.history import History
from surveys.model import Channel, Mode, NewCase, Step, StepKind, Urgency
from surveys.office import Office
from surveys.questionnaires import shipped_questionnaire
from surveys.survey_history import PastSurvey

SEED = 20261101
AT_ONCE = 2000
YEARS_DAYS = 1096
_K = StepKind
UNASSIGNED = "154"
"""A range of mobile numbers that nobody has."""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
NAMES = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明")
WORDS = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True, slots=True)
class People:
    """Who acts in the made-up cases, and in which units."""

    desk: int
    surveyor: int
    centre: int
    units: dict[str, int]
    handlers: dict[str, int]
    surveyors: dict[str, int] = field(default_factory=dict)


def build(live: Runtime, who: People, cases: int, on_step: Callable[[int], None]) -> int:
    """Write the made-up years that end today, unless they are there; returns how many cases were written."""
    now = utc_now()
    with reading(live.engine) as session:
        if history.known(session, MADE_UP):
            return 0
    office = Office.of(live.settings)
    first = now.astimezone(office.zone).date() - timedelta(days=YEARS_DAYS)
    plan = Plan(first, YEARS_DAYS, cases, planted(first))
    rng = np.random.default_rng(SEED)
    table = simulate(rng, plan)
    waiting, customers, written = histories(rng, table, who, office, now), dict[int, int](), 0
    with transaction(live.engine) as session:  # all or nothing: half a history would be taken for a whole one
        while some := list(islice(waiting, AT_ONCE)):
            history.write(session, SYSTEM, now, office, some, customers)
            written += len(some)
            on_step(len(some))
        _surveys(session, now, office, table, who, first)
        tasks.schedule_waiting(session, now, office)
    return written


def _surveys(
    session: Session, now: datetime, office: Office, table: pd.DataFrame, who: People, first: date
) -> None:  # fmt: skip
    """The made-up answers to the survey after resolution, as far as they lie in the past."""
    rng = np.random.default_rng(SEED + 1)
    found = simulate_surveys(rng, table, SurveyPlan(truths=planted_surveys(first)))
    called, cases = numbers(table), table.to_dict("records")
    past: list[PastSurvey] = []
    for row, chance in zip(_rows(found), rng.random(len(found)), strict=True):
        day = row["day"]
        local = datetime(day.year, day.month, day.day, 10, tzinfo=office.zone) + timedelta(hours=9 * float(chance))
        if local < now:
            past.append(_past(row, cases[row["case"]], called[row["case"]], local.astimezone(UTC), who))
    survey_history.write(session, SYSTEM, now, shipped_questionnaire("post_resolution"), past)


def _past(row: dict[str, Any], case: dict[str, Any], number: str, at: datetime, who: People) -> PastSurvey:
    traits = {"team": row["team"], "class": case["class_code"].partition("/")[0], "class_code": case["class_code"],
              "channel": case["channel"], "urgency": case["urgency"], "place": case["place"]}  # fmt: skip
    answers: dict[str, float | str] = {}
    if row["answered"]:
        asked = {"satisfied": "satisfaction", "solved": "solved", "effort": "effort", "recommend": "recommend"}
        answers = {name: float(row[column]) for name, column in asked.items()}
        answers |= {"words": row["words"]} if row["words"] else {}
    by = who.surveyors.get(row["surveyor"]) if row["mode"] == PHONE else None
    return PastSurvey(number, at, by, Mode(row["mode"]), Disposition(row["disposition"]), traits, answers)


def numbers(table: pd.DataFrame) -> list[str]:
    """The number of each row's case: the day and its place in it."""
    places = table.groupby("day").cumcount() + 1
    return [f"{MADE_UP}{day:%Y%m%d}-{place:04d}" for day, place in zip(table["day"], places, strict=True)]


def histories(
    rng: np.random.Generator, table: pd.DataFrame, who: People, office: Office, now: datetime
) -> Iterator[History]:
    """Each row as a case; what would lie after `now` has not happened yet."""
    told = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    dice = rng.random((len(table), 8))
    for row, dice_row, number in zip(_rows(table), dice, numbers(table), strict=True):
        day = row["day"].date()
        local = datetime(day.year, day.month, day.day, tzinfo=office.zone) + timedelta(seconds=int(row["received_s"]))
        received = local.astimezone(UTC)
        if received < now:
            steps = tuple(step for step in _way(row, received, dice_row, who) if step.at <= now)
            yield History(number, _new(row, told, dice_row, who.centre), int(row["customer"]), steps)


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(table.columns)
    return (dict(zip(names, values, strict=True)) for values in table.itertuples(index=False, name=None))


def _new(row: dict[str, Any], told: dict[str, Any], dice: np.ndarray, centre: int) -> NewCase:
    problem = _one(told["classes"].get(row["class_code"]) or told["tails"], dice[0])
    campaign = _one(told["in_campaign"], dice[1]) if row["campaign"] else ""
    words = (_one(told["openers"], dice[2]) + campaign + problem + _one(told["tails"], dice[3])).format(**row)
    customer = int(row["customer"])
    return NewCase(
        words=words,
        customer_name=SURNAMES[customer % len(SURNAMES)] + NAMES[customer // 7 % len(NAMES)],
        customer_phone=f"+86{UNASSIGNED}{customer:08d}",
        channel=Channel(row["channel"]), urgency=Urgency(row["urgency"]), class_code=row["class_code"],
        demand=_one(told["demands"][row["class_code"].partition("/")[0]], dice[4]), product=row["product"],
        place=row["place"], campaign=row["campaign"],
        sender="示例转办单位" if row["channel"] in ("regulator", "internal") else "", unit_id=centre,
    )  # fmt: skip


def _one(choices: list[str], chance: float) -> str:
    return choices[int(chance * len(choices))]


def _way(row: dict[str, Any], received: datetime, dice: np.ndarray, who: People) -> Iterator[Step]:
    """The steps of one case in order, each with its moment."""
    clock = Moments(received, who.desk)
    yield clock.take(_K.RECEIVED, 0)
    complexity = "simple" if row["solved_on_the_spot"] else "complex"
    yield clock.take(_K.ASSESSED, 0.2, complexity=complexity, urgency=row["urgency"], severity="ordinary")
    if row["solved_on_the_spot"]:
        yield clock.take(_K.SOLVED_ON_THE_SPOT, 0.2 + dice[1], solution="当场核实并解决")
    else:
        yield from _through_the_unit(clock, row, dice, who)
    yield clock.take(_K.FED_BACK, 1 + 15 * dice[2], by="phone", result="已核实处理", cause="已查明原因",
                     improvement="已列入整改", thanks="感谢您的反映")  # fmt: skip
    if row["escalated"]:
        yield clock.take(
            _K.CALLED_BACK, 24 + 20 * dice[3], who.surveyor, result="dissatisfied", customer_words="不认可"
        )
        yield clock.take(_K.RECONTACTED, 6 + 20 * dice[4], who.surveyor, words="已再次联系")
        yield clock.take(_K.MANAGER_HOTLINE, 2, reason="客户仍不满意")
        yield clock.take(_K.CONSENTED, 20 * dice[5], solution="经理协调解决", customer_words="可以接受")
        yield clock.take(
            _K.FED_BACK, 2, by="phone", result="已办妥", cause="已查明", improvement="已改进", thanks="谢谢"
        )
    elif not row["satisfied"]:
        yield from _second_round(clock, row, dice, who)
    yield clock.take(_K.CALLED_BACK, 24 + 24 * dice[6], who.surveyor, result="satisfied")
    if not row["on_time"]:
        clock.wait(24 * (26 + 6 * dice[7]))
    yield clock.take(_K.CLOSED, 1 + 4 * dice[7])


def _through_the_unit(clock: Moments, row: dict[str, Any], dice: np.ndarray, who: People) -> Iterator[Step]:
    unit, limit = row["unit"], _limit_h(row)
    if row["sent_back"]:
        wrong = UNITS[(UNITS.index(unit) + 1) % len(UNITS)]
        yield clock.take(_K.DISPATCHED, 1, unit=who.units[wrong])
        yield clock.take(_K.SENT_BACK, 3, who.handlers[wrong], reason="不属本部门职责")
    yield clock.take(_K.DISPATCHED, 1, unit=who.units[unit])
    hours = limit * (1.1 + dice[1]) if row["returned_late"] else limit * (0.1 + 0.8 * dice[1])
    yield clock.take(_K.RETURNED, hours, who.handlers[unit], **SLIP)
    yield clock.take(_K.CONSENTED, 1 + 3 * dice[2], solution="按查证结果处理", customer_words="同意")


def _limit_h(row: dict[str, Any]) -> float:
    """The hours in which a unit returns, as the provincial profile has them."""
    return 24.0 if row["urgency"] == "urgent" else 48.0


def _second_round(clock: Moments, row: dict[str, Any], dice: np.ndarray, who: People) -> Iterator[Step]:
    unit, limit = row["unit"], _limit_h(row)
    yield clock.take(_K.CALLED_BACK, 24 + 20 * dice[3], who.surveyor, result="dissatisfied", customer_words="还没解决")
    yield clock.take(_K.RECONTACTED, 6 + 20 * dice[4], who.surveyor, words="已再次联系")
    yield clock.take(_K.RESPONSIBILITY_DECIDED, 2, ours="yes", whose="unit", proof="查证记录")
    yield clock.take(_K.SECOND_DISPATCHED, 2, unit=who.units[unit], reason="客户不满意")
    yield clock.take(_K.RETURNED, limit * (0.1 + 0.6 * dice[5]), who.handlers[unit], **SLIP)
    yield clock.take(_K.CONSENTED, 2, solution="再次处理", customer_words="可以接受")
    yield clock.take(_K.FED_BACK, 2, by="phone", result="已办妥", cause="已查明", improvement="已改进", thanks="谢谢")


SLIP = {
    "called_number": "154****0000", "called_at": "2026-01-01T10:00:00+08:00", "cause": "已查明",
    "responsibility": "本部门",
    "found_true": "true", "findings": "客户反映属实", "done": "已处理", "customer_opinion": "认可", "handler": "经办人",
}  # fmt: skip


class Moments:
    """The time and the number of the next step of one case."""

    def __init__(self, received: datetime, desk: int) -> None:
        self.at, self.number, self.desk = received, 0, desk

    def wait(self, hours: float) -> None:
        self.at += timedelta(hours=float(hours))

    def take(self, kind: StepKind, hours: float, by: int | None = None, /, **facts: object) -> Step:
        """The next step, some hours after the one before."""
        self.wait(hours)
        self.number += 1
        return Step(self.number, kind, self.at, self.at, self.desk if by is None else by, dict(facts))
