"""The metrics on real surveys against figures known beforehand; the answers are read from HUITING_DATA only."""

import os
from pathlib import Path

import pandas as pd
import pytest

from surveys.satisfaction import alpha, nps, share, straight_liners, top_box

BEIJING, VERBATIMS, ECSI = "beijing_mobile_survey", "telecom_nps_verbatims_en", "ecsi_mobile_survey_en"
ITEMS = {
    "voice": ["语音通话整体满意度", "网络覆盖与信号强度", "语音通话清晰度", "语音通话稳定性"],
    "data": ["手机上网整体满意度", "网络覆盖与信号强度", "手机上网速度", "手机上网稳定性"],
}


def answers(folder, name):
    path = Path(os.environ.get("HUITING_DATA", Path(__file__).parents[4] / "shared" / "data")) / folder / name
    if not path.is_file():
        pytest.skip(f"{path} is not there; set HUITING_DATA")
    return pd.read_csv(path)


@pytest.mark.parametrize(
    ("survey", "n", "known", "same", "top"),
    [("voice", 3814, 0.972, 0.575, 0.822), ("data", 4914, 0.974, 0.488, 0.674)],
)
def test_four_items_of_a_mobile_survey_go_together_and_half_of_it_is_straight_lined(survey, n, known, same, top):
    items = answers(BEIJING, f"dev/{survey}.csv")[ITEMS[survey]]
    found, lined = alpha(items), share("straight", int(straight_liners(items).sum()), len(items))
    overall = items.iloc[:, 0]
    satisfied = share("csat", int((overall >= top_box(1, 10)).sum()), len(overall))
    assert found.n == n
    assert (round(found.value, 3), round(lined.value, 3), round(satisfied.value, 3)) == (known, same, top)


def test_a_net_promoter_score_leaves_out_answers_without_a_score():
    scores = answers(VERBATIMS, "dev/nps_verbatims.csv")["NPS_SCORE"]
    found = nps(scores)
    assert (round(found.value, 1), found.n, len(scores)) == (-23.3, 1667, 1692)
    assert (round(found.low, 1), round(found.high, 1)) == (-27.5, -19.0)


@pytest.mark.parametrize(
    ("scale", "known"),
    [("IMAG", 0.714), ("CUEX", 0.433), ("PERQ", 0.872), ("PERV", 0.817), ("CUSA", 0.770), ("CUSL", 0.442)],
)
def test_the_scales_of_the_european_mobile_survey_have_their_known_alphas(scale, known):
    found = alpha(answers(ECSI, "mobi.csv").filter(regex=rf"^{scale}\d"))
    assert (round(found.value, 3), found.n) == (known, 250)
    assert found.low < found.value < found.high
