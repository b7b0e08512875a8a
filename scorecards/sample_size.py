"""How many calls to score: from the rate to be seen, with the chance of seeing it.

Rates, chances and widths are shares (0..1). A population is the number of calls out of which the sample is drawn
without replacement; None stands for one without end.
"""

from __future__ import annotations

import math
from bisect import bisect_left

from qa_app.core.errors import Invalid
from scorecards.agreement import ALPHA, Z

CHANCE = 0.95
"""The chance of seeing at least one fault that a sample is asked to give."""
ROUNDING = 1e-9
"""What is no more than the error of a computed share counts as nothing."""


def chance_to_see_one(n: int, rate: float, population: int | None = None) -> float:
    """The chance that n calls hold at least one fault where the fault rate is `rate`.

    Binomial, 1 - (1 - rate)^n; of a population hypergeometric, its faults being the fewest whole calls that are the
    rate or more.
    """
    from scipy import stats

    _check_shares(rate)
    _check_number(n, population)
    if population is None:
        return float(stats.binom.sf(0, n, rate))
    return float(stats.hypergeom.sf(0, population, _faults(rate, population), n))


def to_see_one(rate: float, chance: float = CHANCE, population: int | None = None) -> int:
    """The fewest calls that hold at least one fault with this chance where the fault rate is `rate` or more.

    log(1 - chance) / log(1 - rate), about 3 / rate for 95 % (Hanley and Lippman-Hand, JAMA 249, 1983: the rule of
    three); of a population by the hypergeometric distribution (Cannon and Roe, Livestock Disease Surveys, 1982).
    """
    _check_shares(rate, chance)
    if population is None:
        return max(1, math.ceil(math.log1p(-chance) / math.log1p(-rate) - ROUNDING))
    _check_number(1, population)
    enough = population - _faults(rate, population) + 1  # more calls than there are good ones
    sizes = range(1, enough)
    return 1 + bisect_left(sizes, chance - ROUNDING, key=lambda n: chance_to_see_one(n, rate, population))


def wilson(share: float, n: float, population: int | None = None) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927) of n calls, which need not be a whole number (effective n).

    Of a population, n (N - 1) / (N - n) takes the place of n: the variance of a share without replacement is smaller by
    (N - n) / (N - 1) (Cochran, Sampling Techniques, 1977, chapter 3). All N scored leave no doubt.
    """
    if population is not None:
        if n >= population:
            return share, share
        n *= (population - 1) / (population - n)
    spread = Z * Z / n
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def for_width(within: float, rate: float = 0.5, population: int | None = None) -> int:
    """The fewest calls whose 95 % interval is no wider than +-`within` where the share seen is `rate`.

    Wilson's interval with the finite population correction, half from its lower to its upper end; it lies somewhat
    nearer to 1/2 than the share. A rate of 1/2 asks for the most calls.
    """
    _check_shares(within, rate)
    _check_number(1, population)
    most = math.ceil((Z / 2 / within) ** 2)  # Wald's size for 1/2, which Wilson's never passes
    sizes = range(1, min(most, population or most))

    def is_narrow(n: int) -> bool:
        low, high = wilson(rate, n, population)
        return (high - low) / 2 <= within * (1 + ROUNDING)

    return 1 + bisect_left(sizes, True, key=is_narrow)


def faults_above(n: int, tolerated: float, alpha: float = ALPHA) -> int:
    """The fewest faults of n calls that show a rate above the tolerated one: exact one-sided binomial test.

    The chance of as many or more at the tolerated rate is alpha or less; n + 1 where n calls are too few to show it.
    """
    from scipy import stats

    _check_shares(tolerated, alpha)
    _check_number(n)
    return 1 + bisect_left(range(n + 1), True, key=lambda most: bool(stats.binom.sf(most, n, tolerated) <= alpha))


def power(n: int, rate: float, tolerated: float, alpha: float = ALPHA) -> float:
    """The chance that n calls show a rate above the tolerated one where it is `rate`, by the test of `faults_above`.

    It rises with n in steps and may fall a little between them, as faults are counted whole (Chernick and Liu, The
    American Statistician 56, 2002). Raises Invalid where the rate is no higher than the tolerated one.
    """
    from scipy import stats

    _check_shares(rate)
    if rate <= tolerated:
        raise Invalid("The rate to be seen ({rate}) must lie above the tolerated one ({tolerated}).", rate=rate,
                      tolerated=tolerated)  # fmt: skip
    return float(stats.binom.sf(faults_above(n, tolerated, alpha) - 1, n, rate))


def _faults(rate: float, population: int) -> int:
    return math.ceil(rate * population - ROUNDING)


def _check_shares(*shares: float) -> None:
    for share in shares:
        if not 0 < share < 1:
            raise Invalid("A rate, chance or width lies between 0 and 1, not at {share}.", share=share)


def _check_number(n: int, population: int | None = None) -> None:
    if n < 1:
        raise Invalid("A sample has at least one call, not {n}.", n=n)
    if population is not None and n > population:
        raise Invalid("Of {population} calls {n} cannot be drawn.", population=population, n=n)
