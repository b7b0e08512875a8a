"""What goes along with dissatisfaction when all else that was asked is held equal; going along is no cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special, stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from qa_app.core.errors import Invalid
from surveys.words import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ALPHA = 0.05
LEAST_N = 30  # rows of a level, of its opposite, and of each outcome
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)  # inverse ridge penalties that are tried
FOLDS, RESAMPLES, NEWTON_STEPS = 5, 400, 3
NOT_CAUSES = N_("These factors go along with dissatisfaction; the figures do not show that they cause it.")


@dataclass(frozen=True, slots=True)
class Driver:
    """By how many percentage points dissatisfaction is more frequent with a factor, with its 95 % interval.

    Of a level of several: against the most frequent one, `against`. Of a number: one standard deviation more. `n` is
    the rows that have it. `stands_out` is judged by an interval that is simultaneous over all factors (Bonferroni).
    """

    factor: str
    level: str
    against: str
    effect: float
    low: float
    high: float
    n: int
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Drivers:
    """Drivers by size, how well they tell unseen rows apart (AUC; .5 is chance), and what was rare."""

    found: tuple[Driver, ...]
    held_out_auc: float
    n: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the design, reported where `is_told`."""

    factor: str
    level: str
    against: str
    amounts: Floats
    n: int
    is_told: bool = True
    is_number: bool = False


def drivers(table: pd.DataFrame, outcome: str, factors: Sequence[str], seed: int = 0, pooled: str = "other") -> Drivers:
    """What goes along with the boolean `outcome`, never a cause of it (NOT_CAUSES).

    Ridge-penalised logistic regression (Hoerl and Kennard 1970; le Cessie and van Houwelingen 1992), its strength by
    cross-validation; effects are average marginal effects, intervals normal ones with bootstrap errors. Levels of
    fewer than LEAST_N rows are pooled as `pooled`, left out where too few together, and named in `left_out`.
    """
    kept = table[table[outcome].notna()]
    is_bad = kept[outcome].astype(bool).to_numpy()
    if min(is_bad.sum(), (~is_bad).sum()) < LEAST_N:
        raise Invalid("{n} of {all} answers are dissatisfied; drivers need at least {least} of both.",
                      n=int(is_bad.sum()), all=len(kept), least=LEAST_N)  # fmt: skip
    left_out: list[str] = []
    columns = [column for factor in factors for column in _columns(kept[factor], factor, pooled, left_out)]
    if not (family := sum(column.is_told for column in columns)):
        return Drivers((), 0.5, len(kept), tuple(left_out))
    x = np.column_stack([column.amounts for column in columns])
    told = zip(columns, *(one.tolist() for one in _effects(x, is_bad, columns, seed)), strict=True)
    found = [_driver(column, effect, error, family) for column, effect, error in told if column.is_told]
    ranked = sorted(found, key=lambda one: (-abs(one.effect), one.factor, one.level))
    return Drivers(tuple(ranked), _held_out_auc(x, is_bad, seed), len(kept), tuple(left_out))


def _driver(column: _Column, effect: float, error: float, family: int) -> Driver:
    """Effects as percentage points; the simultaneous interval is wider by the family's quantile."""
    half, wider = (100 * error * float(stats.norm.ppf(1 - ALPHA / 2 / tests)) for tests in (1, family))
    size = 100 * effect
    return Driver(
        column.factor, column.level, column.against, size, size - half, size + half, column.n, abs(size) > wider
    )


def _columns(values: pd.Series, factor: str, pooled: str, left_out: list[str]) -> list[_Column]:
    """The design of a factor; `left_out` gathers what is too rare."""
    if set(values.dropna().unique()) <= {True, False}:
        has = values.eq(True).to_numpy(bool)
        if min(has.sum(), (~has).sum()) >= LEAST_N:
            return [_Column(factor, "", "", has.astype(float), int(has.sum()))]
    elif pd.api.types.is_numeric_dtype(values):
        number = values.astype("float64")
        if values.count() >= LEAST_N and number.std() > 0:
            scaled = ((number - number.mean()) / number.std()).fillna(0.0)  # unknown ones stand at the mean
            return [_Column(factor, "", "", np.asarray(scaled, dtype=np.float64), int(values.count()), is_number=True)]
    else:
        return _levels(values, factor, pooled, left_out)
    left_out.append(factor)
    return []


def _levels(values: pd.Series, factor: str, pooled: str, left_out: list[str]) -> list[_Column]:
    """One column a level against the most frequent; levels that stay too rare are held apart and not told."""
    names = values.astype(object).where(values.notna(), "").astype(str)
    counts = names.value_counts()
    rare = sorted(counts.index[counts < LEAST_N])
    left_out += [f"{factor}: {level}" for level in rare]
    merged = names.where(~names.isin(rare), pooled)
    sizes = merged.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if sizes.iloc[0] < LEAST_N:
        return []
    against, *others = (str(level) for level in sizes.index)
    return [
        _Column(factor, level, against, merged.eq(level).to_numpy().astype(float), int(sizes[level]),
                is_told=bool(sizes[level] >= LEAST_N))
        for level in others
    ]  # fmt: skip


def _fitted(x: Floats, is_bad: Flags, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-6).fit(x, is_bad)


def _effects(x: Floats, is_bad: Flags, columns: Sequence[_Column], seed: int) -> tuple[Floats, Floats]:
    """Average marginal effects of the columns and their bootstrap standard errors, at the strength found once."""
    rng, n = np.random.default_rng(seed), len(x)
    model = _fitted(x, is_bad, strength := _chosen_strength(x, is_bad, seed))
    design, slopes = np.column_stack([np.ones(n), x]), np.concatenate([model.intercept_, model.coef_[0]])
    drawn = []
    for _ in range(RESAMPLES):
        weights = rng.multinomial(n, np.full(n, 1 / n)).astype(float)
        drawn.append(_marginal(design, _refitted(design, is_bad, weights, slopes, strength), weights, columns))
    return _marginal(design, slopes, np.ones(n), columns), np.std(drawn, axis=0, ddof=1)


def _refitted(design: Floats, is_bad: Flags, weights: Floats, slopes: Floats, strength: float) -> Floats:
    """The slopes for other weights: Newton's steps from the fit of all rows, from which a resample lies near."""
    penalty = np.array([0.0] + [1 / strength] * (len(slopes) - 1))
    for _ in range(NEWTON_STEPS):
        chance = special.expit(design @ slopes)
        curve = (design.T * (weights * chance * (1 - chance))) @ design + np.diag(penalty)
        slopes = slopes + np.linalg.solve(curve, design.T @ (weights * (is_bad - chance)) - penalty * slopes)
    return slopes


def _marginal(design: Floats, slopes: Floats, weights: Floats, columns: Sequence[_Column]) -> Floats:
    """The mean over rows of P(with) - P(without): a level against its factor's first, a number half a step about."""
    score = design @ slopes
    effects = []
    for at, column in enumerate(columns, start=1):
        same = [place for place, one in enumerate(columns, start=1) if one.factor == column.factor]
        without = score - (slopes[at] / 2 if column.is_number else design[:, same] @ slopes[same])
        effects.append(np.average(special.expit(without + slopes[at]) - special.expit(without), weights=weights))
    return np.array(effects)


def _chosen_strength(x: Floats, is_bad: Flags, seed: int) -> float:
    """The weakest penalty whose held-out log loss is within a standard error of the best: it draws effects least."""
    losses = np.zeros((len(STRENGTHS), len(x)))
    for train, test in _folds(x, is_bad, seed):
        for at, strength in enumerate(STRENGTHS):
            score = _fitted(x[train], is_bad[train], strength).decision_function(x[test])
            losses[at, test] = np.logaddexp(0, np.where(is_bad[test], -score, score))
    worse = losses - losses[losses.mean(axis=1).argmin()]
    is_near = worse.mean(axis=1) <= worse.std(axis=1) / np.sqrt(len(x))
    return max(strength for strength, near in zip(STRENGTHS, is_near, strict=True) if near)


def _held_out_auc(x: Floats, is_bad: Flags, seed: int) -> float:
    """The area under the ROC curve over rows that neither slopes nor strength were fitted on, mean of the folds."""
    areas = []
    for train, test in _folds(x, is_bad, seed):
        model = _fitted(x[train], is_bad[train], _chosen_strength(x[train], is_bad[train], seed))
        areas.append(roc_auc_score(is_bad[test], model.decision_function(x[test])))
    return float(np.mean(areas))


def _folds(x: Floats, is_bad: Flags, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, is_bad))
