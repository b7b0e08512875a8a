"""What the command line draws: progress with rate and time left, and tables."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table

from scorecards.model import Evaluation, Quote, Scorecard, Span, Verdict

_STYLES = {Verdict.MET: "green", Verdict.PARTLY_MET: "yellow", Verdict.NOT_MET: "red", Verdict.ABSTAINED: "magenta"}


class Progress:
    """A bar on a terminal, plain lines elsewhere or when quiet; `total` None means that it is not known yet."""

    def __init__(self, title: str, total: int | None, *, quiet: bool = False) -> None:
        self.title, self.total, self.done = title, total, 0.0
        self.console = Console(stderr=True, highlight=False)
        self.plain = quiet or not self.console.is_terminal
        columns = (
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[item]}", style="dim"),
        )  # fmt: skip
        self.bar = None if self.plain else Bar(*columns, console=self.console, transient=False)

    def __enter__(self) -> Self:
        if self.bar:
            self.bar.start()
            self.task = self.bar.add_task(self.title, total=self.total, item="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def step(self, item: str, share: float = 1.0) -> None:
        """Another item (or this share of one) is done."""
        self.done += share
        if self.bar:
            self.bar.update(self.task, completed=self.done, item=item)
        elif share >= 1:
            of = f"/{self.total}" if self.total is not None else ""
            self.console.print(f"{self.title}: {self.done:.0f}{of} {item}", soft_wrap=True)

    def line(self, item: str) -> None:
        """An item is done; said only where there is no bar."""
        if self.plain:
            self.console.print(f"{self.title}: {self.done:.0f}/{self.total} {item}", soft_wrap=True)

    def show(self, done: float, total: int, item: str) -> None:
        """How far the whole is."""
        self.done, self.total = done, total
        if self.bar:
            self.bar.update(self.task, completed=done, total=total, item=item)


def evaluation_table(card: Scorecard, found: Evaluation) -> Table:
    """An evaluation as a table: criterion, verdict, points, how sure, why."""
    score = "-" if found.score_pct is None else f"{found.score_pct:.1f}"
    passed = {True: "passed", False: "not passed", None: "open"}[found.passed]
    table = Table(title=f"{card.title.in_language(card.language)} v{card.version}: {score}, {passed}")
    for heading in ("criterion", "verdict", "points", "confidence", "reason", "evidence"):
        table.add_column(heading, overflow="fold")
    titles = {criterion.id: criterion.title.in_language(card.language) for _, criterion in card.criteria}
    for answer in found.answers:
        style = _STYLES.get(answer.verdict, "")
        sure = "" if answer.confidence is None else f"{answer.confidence:.2f}"
        verdict = f"[{style}]{answer.verdict.value}[/]" if style else answer.verdict.value
        points = f"{answer.points:.1f}/{answer.possible:.1f}"
        quotes = "; ".join(map(_evidence, answer.evidence))
        table.add_row(titles[answer.criterion], verdict, points, sure, answer.reason, quotes)
    for signal in found.signals:
        table.add_row(
            signal.signal,
            "present" if signal.present else "absent",
            "",
            f"{signal.confidence:.2f}",
            signal.reason,
            "; ".join(_evidence(item) for item in signal.evidence),
        )
    return table


def _evidence(item: object) -> str:
    if isinstance(item, Quote):
        return f"#{item.utterance} “{item.quote}”"
    if isinstance(item, Span):
        return f"{item.measure} {item.value:g} (limit {item.limit:g})"
    return ""
