"""DataFrame -> Altair chart; pure."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

BAND_PCT = 10
HEIGHT_PX = 220
BEFORE_COLOUR, AFTER_COLOUR = "#9aa5b1", "#1f6feb"


def score_bands(before: Sequence[int] | None, after: Sequence[int], names: tuple[str, str]) -> pd.DataFrame:
    """Calls by band of the score (0-9 ... 90-100) and card, one row each; without `before` only the draft's."""
    sides = [(names[0], before), (names[1], after)] if before is not None else [(names[1], after)]
    last = len(after) - 1
    return pd.DataFrame(
        [
            {"band": f"{at * BAND_PCT}–{at * BAND_PCT + (BAND_PCT if at == last else BAND_PCT - 1)}", "card": card,
             "calls": count}
            for card, counts in sides
            for at, count in enumerate(counts or ())
        ]
    )  # fmt: skip


def scores_before_after(table: pd.DataFrame, names: tuple[str, str], titles: tuple[str, str]) -> alt.Chart:
    """Scores in bands as pairs of bars, the version in force grey, the draft in the accent colour."""
    order = list(dict.fromkeys(table["band"]))
    chart: alt.Chart = (
        alt.Chart(table, height=HEIGHT_PX)
        .mark_bar()
        .encode(
            x=alt.X("band:N", sort=order, title=titles[0], axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("card:N", sort=list(names)),
            y=alt.Y("calls:Q", title=titles[1]),
            color=alt.Color(
                "card:N",
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=[BEFORE_COLOUR, AFTER_COLOUR]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["card:N", "band:N", "calls:Q"],
        )
    )
    return chart
