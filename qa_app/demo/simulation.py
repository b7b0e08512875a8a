"""Three made-up years of complaints, drawn from a seed, with known truths planted inside or none at all.

One row is one case. What is not planted is independent of everything else: class, place, product and campaign are drawn
apart from each other, counts are Poisson given the day's rate, and outcomes are tosses of one coin each. So whatever a
detector finds where nothing was planted is a false alarm, and its nominal rate can be checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from surveys.taxonomy import shipped_taxonomy

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]
DISTRICTS = ("滨江", "云溪", "临湖", "城南", "新桥", "望山", "河西", "石塘")
PLACES = tuple(f"{name}{kind}" for name in DISTRICTS for kind in ("区", "一厅", "二厅"))
PRODUCTS = ("畅享59套餐", "全家享129套餐", "宽带300M", "宽带1000M", "校园卡", "预付费卡")
CAMPAIGNS = ("", "春节送流量", "周年直降", "老客户升档")
UNITS = ("计费中心", "装维中心", "网络部", "市场部", "渠道部")
CHANNELS = ("hotline", "online", "shop", "social", "email", "letter", "internal", "regulator")
CHANNEL_SHARES = (0.62, 0.18, 0.10, 0.03, 0.02, 0.01, 0.02, 0.02)
CAMPAIGN_SHARES = (0.79, 0.07, 0.07, 0.07)
WEEKDAY = (1.12, 1.08, 1.04, 1.02, 1.05, 0.88, 0.81)
OUTAGE_CLASS, RUDE_CLASS, MISLED_CLASS = "network/outage", "service/attitude", "business/opaque_policy"
SPOT, RIGHT, LATE, ON_TIME, SATISFIED, HOTLINE, URGENT = 0.38, 0.94, 0.08, 0.95, 0.88, 0.02, 0.12
"""Chances: solved on the spot, dispatched right, returned late, closed in time, satisfied, escalated, urgent."""
REPEATED, RECENT = 0.12, 1200
"""Share of cases of somebody who complained among the last so many cases."""


@dataclass(frozen=True, slots=True)
class BadQuarter:
    """A quarter in which closing in time falls to `on_time`."""

    quarter: str
    on_time: float = 0.86


@dataclass(frozen=True, slots=True)
class Outage:
    """A day on which a place has `extra` more complaints of lost service."""

    place: str
    day: date
    extra: int = 60


@dataclass(frozen=True, slots=True)
class RudeShop:
    """A shop whose complaints turn into ones of attitude with this chance."""

    place: str
    share: float = 0.15


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A unit whose returns are late with this chance."""

    unit: str
    late: float = 0.25


@dataclass(frozen=True, slots=True)
class MisleadingCampaign:
    """A campaign whose complaints turn into ones of hidden terms with this chance."""

    campaign: str
    share: float = 0.20


Truth = BadQuarter | Outage | RudeShop | LateUnit | MisleadingCampaign


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cases over which days, and what is planted."""

    first: date
    days: int = 1096
    cases: int = 50_000
    truths: tuple[Truth, ...] = ()


def planted(first: date) -> tuple[Truth, ...]:
    """The truths of the demo, dated from the first of its days."""
    start = pd.Timestamp(first)
    bad = (start + pd.Timedelta(days=760)).to_period("Q")
    dark = (start + pd.Timedelta(days=1000)).date()
    return (
        BadQuarter(str(bad)), Outage("望山区", dark), RudeShop("新桥二厅"), LateUnit("装维中心"),
        MisleadingCampaign("老客户升档"),
    )  # fmt: skip


def simulate(rng: np.random.Generator, plan: Plan) -> pd.DataFrame:
    """The cases of a plan in the order of their receipt.

    Columns: day (datetime64), received_s (seconds since midnight), class_code, place, product, campaign, channel,
    urgency, customer (number), unit, solved_on_the_spot, sent_back, returned_late, on_time, escalated, satisfied.
    """
    days = pd.date_range(pd.Timestamp(plan.first), periods=plan.days)
    counts = rng.poisson(_rates(days, plan.cases))
    table = _drawn(rng, np.repeat(days.to_numpy(), counts), plan.cases)
    for truth in plan.truths:
        table = _PLANTS[type(truth)](rng, table, truth)
    return table.sort_values(["day", "received_s"], kind="stable", ignore_index=True)


def _rates(days: pd.DatetimeIndex, cases: int) -> Array:
    """Expected complaints a day: a slow rise, a season, the weekdays."""
    place = np.arange(len(days))
    trend = 1 + 0.12 * place / max(1, len(days))
    season = 1 + 0.10 * np.sin(2 * np.pi * days.day_of_year.to_numpy() / 365.25)
    rates: Array = trend * season * np.asarray(WEEKDAY)[days.day_of_week.to_numpy()]
    scaled: Array = rates * cases / rates.sum()
    return scaled


def _drawn(rng: np.random.Generator, day: np.ndarray, cases: int) -> pd.DataFrame:
    n, classes = len(day), [one.code for one in shipped_taxonomy()]
    weights = 1 / (3 + np.arange(len(classes))) ** 0.6
    on_the_spot = rng.random(n) < SPOT
    regulator = np.asarray(CHANNELS)[rng.choice(len(CHANNELS), n, p=CHANNEL_SHARES)]
    return pd.DataFrame(
        {
            "day": day,
            "received_s": rng.integers(8 * 3600, 21 * 3600, n),
            "class_code": np.asarray(classes)[rng.choice(len(classes), n, p=weights / weights.sum())],
            "place": np.asarray(PLACES)[rng.integers(0, len(PLACES), n)],
            "product": np.asarray(PRODUCTS)[rng.integers(0, len(PRODUCTS), n)],
            "campaign": np.asarray(CAMPAIGNS)[rng.choice(len(CAMPAIGNS), n, p=CAMPAIGN_SHARES)],
            "channel": regulator,
            "urgency": np.where(rng.random(n) < URGENT, "urgent", "ordinary"),
            "customer": _customers(rng, n, cases),
            "unit": np.asarray(UNITS)[rng.integers(0, len(UNITS), n)],
            "solved_on_the_spot": on_the_spot,
            "sent_back": ~on_the_spot & (rng.random(n) > RIGHT),
            "returned_late": ~on_the_spot & (rng.random(n) < LATE),
            "on_time": rng.random(n) < ON_TIME,
            "escalated": rng.random(n) < HOTLINE,
            "satisfied": rng.random(n) < SATISFIED,
        }
    )


def _customers(rng: np.random.Generator, n: int, cases: int) -> Array:
    """Numbers of customers; some have complained before."""
    fresh = np.arange(n)
    earlier = np.maximum(0, fresh - 1 - (RECENT * rng.random(n)).astype(int))
    drawn: Array = np.where(rng.random(n) < REPEATED, earlier, fresh)
    kept: Array = np.minimum(drawn, max(1, 10 * cases))
    return kept


def _bad_quarter(rng: np.random.Generator, table: pd.DataFrame, truth: BadQuarter) -> pd.DataFrame:
    hit = (table["day"].dt.to_period("Q").astype(str) == truth.quarter).to_numpy()
    return table.assign(on_time=np.where(hit, rng.random(len(table)) < truth.on_time, table["on_time"]))


def _outage(rng: np.random.Generator, table: pd.DataFrame, truth: Outage) -> pd.DataFrame:
    more = _drawn(rng, np.repeat(np.datetime64(truth.day, "ns"), truth.extra), len(table))
    more = more.assign(place=truth.place, class_code=OUTAGE_CLASS, customer=len(table) + np.arange(truth.extra))
    return pd.concat([table, more], ignore_index=True)


def _rude_shop(rng: np.random.Generator, table: pd.DataFrame, truth: RudeShop) -> pd.DataFrame:
    hit = (table["place"] == truth.place).to_numpy() & (rng.random(len(table)) < truth.share)
    return table.assign(class_code=np.where(hit, RUDE_CLASS, table["class_code"]))


def _late_unit(rng: np.random.Generator, table: pd.DataFrame, truth: LateUnit) -> pd.DataFrame:
    hit = (table["unit"] == truth.unit).to_numpy() & ~table["solved_on_the_spot"].to_numpy()
    return table.assign(returned_late=np.where(hit, rng.random(len(table)) < truth.late, table["returned_late"]))


def _misleading(rng: np.random.Generator, table: pd.DataFrame, truth: MisleadingCampaign) -> pd.DataFrame:
    hit = (table["campaign"] == truth.campaign).to_numpy() & (rng.random(len(table)) < truth.share)
    return table.assign(class_code=np.where(hit, MISLED_CLASS, table["class_code"]))


_PLANTS: dict[type, Callable[..., pd.DataFrame]] = {
    BadQuarter: _bad_quarter, Outage: _outage, RudeShop: _rude_shop, LateUnit: _late_unit,
    MisleadingCampaign: _misleading,
}  # fmt: skip
