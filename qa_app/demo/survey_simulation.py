"""Made-up answers to the survey after resolution, drawn from a seed over the simulated cases, with truths planted.

Who is surveyed, who answers, by which team, by whom and how are drawn apart from each other and from the case. The
answers of one respondent hang together through one mood; the mood depends on nothing but what is planted. The draws
are the same with and without truths, so that the same seed shows a truth's effect alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from surveys.dispositions import Disposition

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]
TEAMS = ("一组", "二组", "三组", "四组")
SURVEYORS = ("陈静", "刘洋", "孙悦", "周敏")
PHONE, LINK = "phone", "link"
BY_PHONE, SOLVED, WITH_WORDS, LATEST_DAYS = 0.7, 0.82, 0.4, 5
"""Shares called by phone, solved, with words of their own; most days between the complaint and its survey."""
SATISFACTION, EFFORT, RECOMMEND = (3.8, 1.0), (3.7, 1.0), (7.4, 2.2)
"""Mean and spread of each scale before rounding to its steps and cutting at its ends."""
SHARED = 0.8
"""How much of each answer is the respondent's mood (a correlation before rounding); the rest is the question's own."""
NOT_REACHED = (
    Disposition.NO_ANSWER, Disposition.BUSY, Disposition.SWITCHED_OFF, Disposition.REFUSED, Disposition.NOT_IN_SERVICE,
)  # fmt: skip
NOT_REACHED_SHARES = (0.52, 0.14, 0.10, 0.20, 0.04)
GLAD, SORE = 4, 2
COLUMNS = ("case", "day", "team", "surveyor", "mode", "satisfaction", "recommend", "effort", "solved", "words",
           "answered", "disposition")  # fmt: skip
DAYS_A_MONTH = 365.25 / 12
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "fees": {
        "glad": ("多扣的钱当天就退了，挺快的。", "账单讲得很清楚，谢谢。", "退费到账了，没有再折腾。"),
        "plain": ("费用的事基本弄清楚了。", "退是退了，就是等了几天。", "账单还是看不太懂。"),
        "sore": ("到现在也没说清楚为什么扣费。", "说好退的钱还没到账。", "每个月都多扣，投诉了也没用。"),
    },
    "network": {
        "glad": ("师傅上门修得很快，信号好多了。", "宽带当天就恢复了。", "现在打电话不断线了。"),
        "plain": ("信号比以前好一点。", "白天还行，晚上网速还是慢。", "修好了，希望别再断。"),
        "sore": ("家里还是没信号，白投诉了。", "宽带断了一个星期没人管。", "修了两次，网还是卡。"),
    },
    "service": {
        "glad": ("回访的小姑娘态度很好。", "处理的人很耐心。", "这次没有让我重复说。"),
        "plain": ("态度可以，就是效率低。", "处理过程一般。", "希望少转几次电话。"),
        "sore": ("营业厅的人爱理不理。", "打了好多次电话才有人接。", "互相推，没有一个人负责。"),
    },
    "business": {
        "glad": ("套餐改回来了，很满意。", "规则讲明白了，办得也快。", "携号转网顺利办完了。"),
        "plain": ("办是办好了，规则太复杂。", "合约的事还算清楚。", "希望事先讲明白。"),
        "sore": ("没同意就给我开了业务。", "办的时候不说有合约期。", "条款藏得太深，感觉被骗了。"),
    },
}
"""What respondents say by the first level of the class and by how satisfied they are."""
OPENERS = ("", "说实话，", "总的来说，", "我就说一句：", "嗯，", "怎么讲呢，")
ENDINGS = ("", "就这样吧。", "别的没了。", "麻烦记一下。", "谢谢。")
"""What people say around what they mean."""


@dataclass(frozen=True, slots=True)
class FallingTrend:
    """From a day on satisfaction moves by `per_month` steps a month (negative: it falls)."""

    from_day: date
    per_month: float


@dataclass(frozen=True, slots=True)
class CoachedTeam:
    """A team whose respondents are `lift` steps more satisfied from the day of its coaching on."""

    team: str
    day: date
    lift: float


@dataclass(frozen=True, slots=True)
class BiasedSurveyor:
    """A surveyor on the telephone who logs answers `shift` steps higher than they were given."""

    surveyor: str
    shift: float


SurveyTruth = FallingTrend | CoachedTeam | BiasedSurveyor


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """Which share of the cases is surveyed, which share of those answers, and what is planted."""

    share: float = 0.3
    answered: float = 0.45
    truths: tuple[SurveyTruth, ...] = ()


def planted_surveys(first: date) -> tuple[SurveyTruth, ...]:
    """The truths of the demo's surveys, dated from the first of its days."""
    start = pd.Timestamp(first)
    coached, falls = ((start + pd.Timedelta(days=days)).date() for days in (700, 820))
    return FallingTrend(falls, -0.08), CoachedTeam("三组", coached, 0.5), BiasedSurveyor("周敏", 0.5)


def simulate_surveys(rng: np.random.Generator, cases: pd.DataFrame, plan: SurveyPlan) -> pd.DataFrame:
    """One row for each surveyed case of the table of `simulate`, in the order of the cases.

    Columns: case (index of the case), day (datetime64 of the survey, 1-5 days after receipt), team, surveyor ("" for a
    link), mode (phone, link), satisfaction 1-5, recommend 0-10, effort 1-5 (5 = very easy), solved (NA in these four
    where nobody answered), words ("" where none), answered, disposition. A truth's steps are those of satisfaction
    before rounding and the ends of the scale; effort moves as much, recommend by its wider spread, solved not at all.
    """
    chosen = cases[rng.random(len(cases)) < plan.share]
    table = _asked(rng, chosen, plan)
    shift = sum((_SHIFTS[type(truth)](table, truth) for truth in plan.truths), start=np.zeros(len(table)))
    table = _answers(rng, table, shift)
    words = _words(rng, chosen["class_code"].tolist(), table)
    return table.assign(words=words)[list(COLUMNS)]


def _asked(rng: np.random.Generator, chosen: pd.DataFrame, plan: SurveyPlan) -> pd.DataFrame:
    """When, by whom and how each chosen case is surveyed, and what came of it."""
    n = len(chosen)
    is_phone, answered = rng.random(n) < BY_PHONE, rng.random(n) < plan.answered
    unreached = np.asarray(NOT_REACHED)[rng.choice(len(NOT_REACHED), n, p=NOT_REACHED_SHARES)]
    silent = np.where(is_phone, unreached, Disposition.LINK_SENT.value)
    return pd.DataFrame(
        {
            "case": chosen.index.to_numpy(),
            "day": (chosen["day"] + pd.to_timedelta(rng.integers(1, LATEST_DAYS + 1, n), unit="D")).to_numpy(),
            "team": np.asarray(TEAMS)[rng.integers(0, len(TEAMS), n)],
            "surveyor": np.where(is_phone, np.asarray(SURVEYORS)[rng.integers(0, len(SURVEYORS), n)], ""),
            "mode": np.where(is_phone, PHONE, LINK),
            "answered": answered,
            "disposition": np.where(answered, Disposition.COMPLETED.value, silent),
        }
    )


def _answers(rng: np.random.Generator, table: pd.DataFrame, shift: Array) -> pd.DataFrame:
    n, silent = len(table), ~table["answered"].to_numpy()
    mood = rng.standard_normal(n)

    def scale(mean_and_spread: tuple[float, float], low: int, high: int) -> pd.Series[Any]:
        mean, spread = mean_and_spread
        own = np.sqrt(SHARED) * mood + np.sqrt(1 - SHARED) * rng.standard_normal(n)
        steps = np.clip(np.rint(mean + spread * (own + shift)), low, high)
        return pd.Series(steps).astype("Int64").mask(silent)

    return table.assign(
        satisfaction=scale(SATISFACTION, 1, 5),
        recommend=scale(RECOMMEND, 0, 10),
        effort=scale(EFFORT, 1, 5),
        solved=pd.Series(rng.random(n) < SOLVED).astype("boolean").mask(silent),
    )


def _words(rng: np.random.Generator, classes: list[str], table: pd.DataFrame) -> list[str]:
    """Some respondents' own words, by their case's class and their satisfaction."""
    is_told = table["answered"].to_numpy() & (rng.random(len(table)) < WITH_WORDS)
    picks = rng.integers(0, 3, len(table))
    steps = table["satisfaction"].fillna(0).to_numpy()
    tones = np.where(steps >= GLAD, "glad", np.where(steps <= SORE, "sore", "plain"))
    around = rng.integers(0, (len(OPENERS), len(ENDINGS)), (len(table), 2))
    return [
        OPENERS[before] + WORDS[code.partition("/")[0]][tone][pick] + ENDINGS[after] if told else ""
        for told, code, tone, pick, (before, after) in zip(is_told, classes, tones, picks, around, strict=True)
    ]


def _falling(table: pd.DataFrame, truth: FallingTrend) -> Array:
    days = (table["day"] - pd.Timestamp(truth.from_day)).dt.days.to_numpy()
    steps: Array = truth.per_month * np.maximum(0, days) / DAYS_A_MONTH
    return steps


def _coached(table: pd.DataFrame, truth: CoachedTeam) -> Array:
    hit = (table["team"] == truth.team) & (table["day"] >= pd.Timestamp(truth.day))
    return np.where(hit.to_numpy(), truth.lift, 0.0)


def _biased(table: pd.DataFrame, truth: BiasedSurveyor) -> Array:
    return np.where((table["surveyor"] == truth.surveyor).to_numpy(), truth.shift, 0.0)


_SHIFTS: dict[type, Callable[..., Array]] = {
    FallingTrend: _falling, CoachedTeam: _coached, BiasedSurveyor: _biased,
}  # fmt: skip
