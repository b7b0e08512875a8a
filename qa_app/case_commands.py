"""`huiting cases`: complaint cases of another system, taken in from its export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from qa_app import case_intake
from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.db import transaction
from qa_app.runtime import Runtime
from qa_app.terminal import Progress
from surveys.case_file import Refused

FAILED = 1
console = Console(stderr=True, highlight=False)


def show(live: Runtime, file: Path, given: dict[str, str]) -> None:
    """Which column was taken for which field, and the first rows as they would be registered."""
    found = case_intake.preview(live, SYSTEM, file, given)
    for name, place in found.columns.items():
        console.print(f"{found.header[place]} -> {name}")
    console.print(f"not used: {', '.join(found.unused) or '-'}")
    for row in found.rows:
        if isinstance(row, Refused):
            console.print(f"line {row.line}: {row.reason}", style="red")
        else:
            new = row.new
            console.print(f"line {row.line}: {new.class_code or '-'}, {_day(new.received_at)}, {new.words[:40]}")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


@click.group(name="cases")
def cases() -> None:
    """Complaint cases."""


@cases.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--map", "maps", multiple=True, metavar="HEADING=FIELD", help="Which column is which field.")
@click.option("--unit", default="", help="Where they are registered: a unit's name or path.")
@click.option("--profile", default="provincial", help="The time profile of their clocks.")
@click.option("--preview", "look", is_flag=True, help="Show the mapping and the first rows; register nothing.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@click.pass_obj
def import_cases(
    opened: Callable[[], Runtime],
    file: Path,
    maps: tuple[str, ...],
    unit: str,
    profile: str,
    *,
    look: bool,
    quiet: bool,
) -> None:
    """Complaint cases from another system's CSV or XLSX; a bad row is named and never stops the others."""
    if not all("=" in each for each in maps):
        raise click.UsageError("--map is written HEADING=FIELD, such as 投诉内容=words.")
    given = dict(each.rsplit("=", 1) for each in maps)
    live = opened()
    if look:
        show(live, file, given)
        return
    with transaction(live.engine) as session:  # the company itself is made on first use
        unit_id = people.unit_named(session, unit)
    with Progress("Importing cases", None, quiet=quiet) as bar:
        taken = case_intake.take_in(
            live, SYSTEM, file, given, (unit_id, profile), lambda rows: bar.step(file.name, rows)
        )
    for row in taken.refused:
        console.print(f"line {row.line}: {row.reason}", style="red", soft_wrap=True)
    console.print(f"registered {taken.registered}, refused {len(taken.refused)}")
    sys.exit(FAILED if taken.refused else 0)
