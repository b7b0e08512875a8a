"""Answers of a survey as figures: which question is counted as what, its metrics, and the hits behind a trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from surveys import satisfaction
from surveys.outside import OutsideMapping, Role
from surveys.questionnaires import Counted, Kind, Questionnaire
from surveys.satisfaction import Value, bottom_box, top_box

if TYPE_CHECKING:
    import numpy as np

RECOMMENDED_SCALE = (0, 10)


@dataclass(frozen=True, slots=True)
class Item:
    """A question that is counted: its column, as what, its scale (None for yes/no), and its text."""

    column: str
    counted: Counted
    scale: tuple[int, int] | None
    text: Mapping[str, str]


def items_of(asked: Questionnaire) -> tuple[Item, ...]:
    """The counted questions of a questionnaire."""
    return tuple(
        Item(one.id, one.counted, one.scale, one.text)
        for one in asked.questions
        if one.counted is not Counted.NONE or one.kind is Kind.SCALE
    )


def items_of_mapping(mapping: OutsideMapping) -> tuple[Item, ...]:
    """The counted columns of an outside survey: 0-10 as recommending, other scales as satisfied, yes/no as solved."""
    found = []
    for one in mapping.columns:
        text = {"zh": one.heading, "en": one.heading}
        scale = (int(one.low), int(one.high))
        if one.role is Role.SCORE:
            found.append(Item(one.name, Counted.NPS if scale == RECOMMENDED_SCALE else Counted.CSAT, scale, text))
        elif one.role is Role.YES_NO:
            found.append(Item(one.name, Counted.SOLVED, None, text))
    return tuple(found)


def comparable(
    table: pd.DataFrame, items: Sequence[Item], earlier: Mapping[int, Mapping[str, Item]]
) -> tuple[pd.DataFrame, int]:  # fmt: skip
    """The table without answers that a version asked on another scale or counts as something else, and how many.

    `table` has the version of each row; `earlier` has the counted questions of each version by column.
    """
    kept, left_out = table.copy(), 0
    for version, rows in table.groupby("version"):
        then = earlier.get(int(str(version)), {})
        for item in items:
            was = then.get(item.column)
            is_same = was is not None and (was.scale, was.counted) == (item.scale, item.counted)
            if item.column in table and not is_same:
                left_out += int(rows[item.column].notna().sum())
                kept.loc[rows.index, item.column] = None
    return kept, left_out


def values(table: pd.DataFrame, item: Item, weights: np.ndarray | None = None) -> dict[str, Value]:
    """The metrics of a question by slug; weighted where weights (one a row of the table) are given."""
    if item.column not in table:
        return {}
    answered = table[item.column].notna().to_numpy()
    given = table.loc[answered, item.column].astype(float)
    kept = weights[answered] if weights is not None else None
    if item.counted is Counted.NPS:
        found = satisfaction.nps(given) if kept is None else satisfaction.weighted_nps(given, kept)
        return {"nps": found}
    if item.counted is Counted.CES:
        return {
            "ces": satisfaction.mean("ces", given) if kept is None else satisfaction.weighted_mean("ces", given, kept)
        }
    if item.counted is Counted.SOLVED:
        return {"solved": _share("solved", given == 1, kept)}
    low, high = item.scale or (1, 5)
    return {
        "csat": _share("csat", given >= top_box(low, high), kept),
        "bottom_box": _share("bottom_box", given <= bottom_box(low, high), kept),
    }


def _share(slug: str, hits: pd.Series, weights: np.ndarray | None) -> Value:
    if weights is None:
        return satisfaction.share(slug, int(hits.sum()), len(hits))
    return satisfaction.weighted_share(slug, hits.to_numpy(), weights)


def hit(table: pd.DataFrame, item: Item) -> pd.Series:
    """Whether each row's answer is a good one (satisfied, promoter, easy, solved); missing where there is none."""
    given = table[item.column].astype(float)
    if item.counted is Counted.NPS:
        good = given >= satisfaction.PROMOTERS_FROM
    elif item.counted is Counted.SOLVED:
        good = given == 1
    else:
        good = given >= top_box(*(item.scale or (1, 5)))
    return good.astype("boolean").mask(given.isna())


def by_dimension(table: pd.DataFrame, item: Item, dimension: str) -> dict[str, Value]:
    """The first metric of a question for each value of a dimension."""
    found = {}
    for name, rows in table[table[dimension].notna() & (table[dimension] != "")].groupby(dimension):
        measured = values(rows, item)
        if measured:
            found[str(name)] = next(iter(measured.values()))
    return found
