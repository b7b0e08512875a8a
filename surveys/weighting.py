"""Respondents weighted to known margins (raking, iterative proportional fitting), and what the weights cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from qa_app.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]

LIMITS = (0.2, 5.0)
"""The smallest and the largest weight, as multiples of the mean weight."""
MAX_CYCLES = 500
TOLERANCE = 1e-6
"""How far a weighted share may lie from its margin (shares as 0..1) for the margin to count as met."""


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights with mean 1 in the order of the table's rows, and what they cost.

    `design_effect` is Kish's 1 + cv^2 and `effective_n` the rows divided by it. `converged` says that every margin is
    met; `trimmed` counts weights at a limit. `left_out` names (column, category) of margins nobody answered for.
    """

    weights: Floats
    design_effect: float
    effective_n: float
    converged: bool
    trimmed: int
    left_out: tuple[tuple[str, str], ...]


def effective_n(weights: Floats) -> float:
    """Kish's effective sample size (sum w)^2 / sum w^2 (Survey Sampling, 1965); 0 without any weight."""
    squares = float(np.square(weights).sum())
    return round(float(weights.sum()) ** 2 / squares, 9) if squares else 0.0


def rake(
    table: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], limits: tuple[float, float] = LIMITS
) -> Raked:
    """Weights that bring each column's shares to its margin (Deming and Stephan 1940), trimmed in each cycle.

    `table` has one row a respondent; `margins` gives for some columns each category's share or count in the
    population, whatever they sum to. Categories without respondents are left out and the others share what is theirs.
    Where the margins cannot be met within `limits` the weights come as near as the last cycle and have not converged.
    Raises Invalid where a column is missing or empty in places, or a category or margin does not fit.
    """
    _check(table, margins, limits)
    targets, codes, left_out = [], [], []
    for column, margin in margins.items():
        target, code = _coded(table[column].astype(str), column, margin)
        targets.append(target)
        codes.append(code)
        there = set(table[column].astype(str))
        left_out += [(column, name) for name, share in margin.items() if share > 0 and name not in there]
    cells, cell, counts = np.unique(np.column_stack(codes), axis=0, return_inverse=True, return_counts=True)
    by_cell, converged = _raked(cells, counts.astype(float), targets, limits)
    weights = by_cell[cell.ravel()]
    n_effective = min(effective_n(weights), float(len(table)))
    at_limit = np.isclose(weights, limits[0]) | np.isclose(weights, limits[1])
    return Raked(weights, len(table) / n_effective, n_effective, converged, int(at_limit.sum()), tuple(left_out))


def _check(table: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], limits: tuple[float, float]) -> None:
    """Raise Invalid for the first thing that does not fit."""
    if not margins or table.empty:
        raise Invalid("There is nothing to weight: give at least one respondent and one margin.")
    if not 0 <= limits[0] < 1 < limits[1]:
        raise Invalid("Weights have the mean 1, so limits lie on both sides of 1; {low} and {high} do not.",
                      low=limits[0], high=limits[1])  # fmt: skip
    for column, margin in margins.items():
        if column not in table.columns:
            raise Invalid("There is no column {column} to weight by; there are {columns}.", column=column,
                          columns=", ".join(map(str, table.columns)))  # fmt: skip
        if table[column].isna().any():
            raise Invalid("{n} respondents have no {column}; fill it in or leave them out before weighting.",
                          n=int(table[column].isna().sum()), column=column)  # fmt: skip
        for category, share in margin.items():
            if not 0 <= share < np.inf:
                raise Invalid("The margin of {category} in {column} is {share}; a margin is 0 or more.",
                              category=category, column=column, share=share)  # fmt: skip


def _coded(values: pd.Series[str], column: str, margin: Mapping[str, float]) -> tuple[Floats, Places]:
    """The target shares of the categories that have respondents, and each respondent's place among them."""
    names, code = np.unique(values.to_numpy(dtype=str), return_inverse=True)
    for name in names:
        if margin.get(str(name), 0) <= 0:
            raise Invalid("There are respondents with {column} {category} but no margin for it; give one or leave "
                          "them out.", column=column, category=str(name))  # fmt: skip
    target = np.array([margin[str(name)] for name in names], dtype=float)
    return target / target.sum(), code.astype(np.int64)


def _raked(cells: Places, counts: Floats, targets: list[Floats], limits: tuple[float, float]) -> tuple[Floats, bool]:
    """One weight for each combination of categories, and whether every margin is met.

    All respondents of a combination have the same weight, so that the work does not grow with their number.
    """
    weights, n = np.ones(len(counts)), counts.sum()
    for _ in range(MAX_CYCLES):
        before = weights
        for at, target in enumerate(targets):
            shares = np.bincount(cells[:, at], weights * counts / n, len(target))
            weights = weights * (target / shares)[cells[:, at]]
        weights = _trimmed(weights, counts, limits)
        if _farthest(cells, weights * counts / n, targets) <= TOLERANCE:
            return weights, True
        if np.abs(weights - before).max() < TOLERANCE**2:
            break
    return weights, False


def _farthest(cells: Places, shares: Floats, targets: list[Floats]) -> float:
    """The largest distance of a weighted share from its margin."""
    return max(
        float(np.abs(np.bincount(cells[:, at], shares, len(target)) - target).max())
        for at, target in enumerate(targets)
    )


def _trimmed(weights: Floats, counts: Floats, limits: tuple[float, float]) -> Floats:
    """The weights scaled and cut so that their mean is 1 and none lies outside the limits."""
    low, high = limits
    n = counts.sum()
    scaled: Floats = weights * (n / (weights * counts).sum())
    if scaled.min() >= low and scaled.max() <= high:
        return scaled

    def excess(log_scale: float) -> float:
        return float((np.clip(scaled * np.exp(log_scale), low, high) * counts).sum() / n - 1)

    # at these ends every weight is cut at the lower or at the upper limit, so the mean lies below or above 1
    ends = np.log([max(low, 1e-12) / scaled.max(), high / scaled.min()])
    cut: Floats = np.clip(scaled * np.exp(brentq(excess, ends[0], ends[1], xtol=1e-14)), low, high)
    return cut
