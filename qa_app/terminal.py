"""What the command line draws: progress with rate and time left, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

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

from scorecards.model import Criterion, Evaluation, Quote, Scorecard, Span, Verdict

if TYPE_CHECKING:
    from scorecards.backtest import Backtest, GroupChange, Side
    from scorecards.linting import LintFinding

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


def finding_lines(findings: Iterable[LintFinding], language: str) -> list[str]:
    """A linter's findings, each on two lines: what is so, what to do."""
    return [
        f"{one.level.value}: {one.place}: {one.says.in_language(language)}\n     -> {one.mend.in_language(language)}"
        for one in findings
    ]


def card_table(card: Scorecard, language: str) -> Table:
    """A scorecard as a table: section, criterion, share of all weight, what answers it, its rules."""
    total = sum(criterion.points for _, criterion in card.criteria if criterion.points > 0)
    table = Table(title=f"{card.title.in_language(language)} v{card.version}, {card.kind.value}, {card.language}")
    for heading in ("section", "criterion", "points", "share", "answered by", "rules"):
        table.add_column(heading, overflow="fold")
    for section, criterion in card.criteria:
        share = f"{criterion.points / total:.1%}" if criterion.points > 0 and total else ""
        by = criterion.check.kind if criterion.check else "people"
        titles = section.title.in_language(language), criterion.title.in_language(language)
        table.add_row(*titles, f"{criterion.points:g}", share, by, ", ".join(_rules(criterion)))
    return table


def _rules(criterion: Criterion) -> list[str]:
    rules = [f"fatal: {criterion.fatal.value}"] if criterion.fatal else []
    if criterion.applies_if:
        verdicts = " or ".join(verdict.value for verdict in criterion.applies_if.verdicts)
        rules.append(f"if {criterion.applies_if.criterion} is {verdicts}")
    rules += [f"comment on {verdict.value}" for verdict in criterion.comment_required_on]
    rules += [f"root cause on {verdict.value}" for verdict in criterion.root_cause_required_on]
    return [*rules, *(tag.value for tag in criterion.tags)]


def backtest_tables(found: Backtest) -> list[Table | str]:
    """A backtest: results of both cards, flips for each criterion with examples, and whom it touches."""
    lines: list[Table | str] = [f"{found.calls} calls, {found.changed} with another score or result", _sides(found)]
    if found.pass_change is not None:
        moved = f"{found.gained} gained, {found.lost} lost"
        lines.append(f"pass rate, paired over {found.paired} calls: {found.pass_change}; {moved}")
    lines += [
        f"free of errors for {one.tag}: {one.accuracy} of {one.n}, {one.open_calls} open"
        for one in found.after.accuracies
    ]
    return [*lines, _flips(found), _touched("agent", found.agents), _touched("team", found.teams)]


def _sides(found: Backtest) -> Table:
    table = Table()
    for heading in ("card", "scored", "mean", "pass rate", "of", "open"):
        table.add_column(heading)
    rows: list[tuple[str, Side | None]] = [("in force", found.before), ("draft", found.after)]
    for name, side in rows:
        if side is not None:
            rate = str(side.pass_rate) if side.pass_rate else "-"
            table.add_row(name, str(side.scored), _score(side.mean_pct), rate, str(side.decided), str(side.open_calls))
    return table


def _flips(found: Backtest) -> Table:
    table = Table(title="answers that would change")
    for heading in ("criterion", "of", "flips", "from -> to", "examples"):
        table.add_column(heading, overflow="fold")
    for change in found.criteria:
        moves = [
            f"{before.value if before else '-'} -> {after.value if after else '-'}: {count}"
            for before, after, count in change.moves
            if before is not after
        ]
        examples = [
            one.call_id
            + (f" @{one.second:.1f} s" if one.second is not None else "")
            + (f" “{one.words}”" * bool(one.words))
            for one in change.examples
        ]
        table.add_row(change.criterion, str(change.n), str(change.flips), "\n".join(moves), "\n".join(examples))
    return table


def _touched(kind: str, groups: Sequence[GroupChange]) -> Table:
    table = Table()
    for heading in (kind, "calls", "changed", "mean before", "after", "passed before", "after"):
        table.add_column(heading)
    for one in groups:
        means = _score(one.mean_before), _score(one.mean_after)
        table.add_row(one.name, str(one.n), str(one.changed), *means, str(one.passed_before), str(one.passed_after))
    return table


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
