"""Which criteria of quality customers feel: satisfaction where a criterion was met beside where it was not."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session
from statsmodels.stats.proportion import confint_proportions_2indep

from qa_app import joins
from qa_app.core.access import Actor
from scorecards.model import Verdict, Wording
from surveys.measures import LEAST_N


@dataclass(frozen=True, slots=True)
class Felt:
    """A criterion: the share satisfied where it was met and where not, their difference with its 95 % interval.

    `low` and `high` are None where one side has fewer than LEAST_N answers: too few to say anything.
    """

    criterion: str
    title: Wording
    met: float
    not_met: float
    n_met: int
    n_not_met: int
    difference: float
    low: float | None
    high: float | None

    @property
    def is_felt(self) -> bool:
        """Whether the interval leaves out no difference."""
        return self.low is not None and self.low > 0


def criteria_felt(verdicts: pd.DataFrame) -> list[Felt]:
    """One row a criterion, the most felt first; `verdicts` has criterion, title, is_met and is_satisfied a row.

    The interval is Newcombe's of the difference of two shares; nothing here says that one causes the other.
    """
    found = []
    for criterion, rows in verdicts.groupby("criterion"):
        sides = [rows[rows["is_met"] == side]["is_satisfied"] for side in (True, False)]
        hits, n = [int(side.sum()) for side in sides], [len(side) for side in sides]
        if not all(n):
            continue
        low, high = None, None
        if min(n) >= LEAST_N:
            low, high = confint_proportions_2indep(hits[0], n[0], hits[1], n[1], method="newcomb", compare="diff")
        shares = [hits[at] / n[at] for at in (0, 1)]
        found.append(
            Felt(str(criterion), rows["title"].iloc[0], shares[0], shares[1], n[0], n[1], shares[0] - shares[1],
                 None if low is None else float(low), None if high is None else float(high))
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.low is None, -one.difference))


def verdicts_of(session: Session, actor: Actor, satisfied: dict[int, bool], limit: int = 400) -> pd.DataFrame:
    """People's verdicts on the calls of some cases beside whether their customers were satisfied (`limit` cases)."""
    judged = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)
    rows = [
        {"criterion": criterion, "title": title, "is_met": verdict is Verdict.MET, "is_satisfied": is_satisfied}
        for case_id, is_satisfied in list(satisfied.items())[:limit]
        for call in joins.calls_of_case(session, actor, case_id) if call.by_person
        for criterion, title, verdict in call.verdicts if verdict in judged
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["criterion", "title", "is_met", "is_satisfied"])
