"""`huiting cases`: complaint cases of another system, taken in from its export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.errors import Invalid
from qa_app.runtime import Runtime
from qa_app.terminal import Progress
from surveys import importing
from surveys.case_file import Refused, mapping, read_rows, table
from surveys.model import NewCase
from surveys.service import Office
from surveys.taxonomy import shipped_taxonomy

FAILED = 1
Opened = Callable[[], Runtime]
console = Console(stderr=True, highlight=False)
SHOWN = 3
"""Rows of a preview."""


def take_in(
    live: Runtime, file: Path, given: dict[str, str], unit: str, profile: str, bar: Progress
) -> tuple[int, list[Refused]]:
    """Register every row of an export that can be; returns how many, and the others each with its reason."""
    header, rows = table(file)
    columns = mapping(header, given)
    plain = NewCase(words="", customer_name="", customer_phone="", profile=profile)
    work, registered, refused = Office.of(live.settings), 0, []
    with transaction(live.engine) as session:
        unit_id = _unit(session, unit)
    read = read_rows(rows, columns, shipped_taxonomy(), work.zone, plain)
    for good, bad in importing.in_batches(read):
        refused += bad
        with transaction(live.engine) as session:
            batch = importing.take_in(session, SYSTEM, utc_now(), work, unit_id, good)
        registered += batch.registered
        refused += batch.refused
        bar.step(file.name, len(good) + len(bad))
    with transaction(live.engine) as session:
        importing.journal_import(session, SYSTEM, utc_now(), registered, len(refused))
    return registered, refused


def preview(file: Path, given: dict[str, str], zone: ZoneInfo) -> None:
    """Which column was taken for which field, and the first rows as they would be registered."""
    header, rows = table(file)
    columns = mapping(header, given)
    for name, place in columns.items():
        console.print(f"{header[place]} -> {name}")
    unused = [name for place, name in enumerate(header) if place not in columns.values()]
    console.print(f"not used: {', '.join(unused) or '-'}")
    plain = NewCase(words="", customer_name="", customer_phone="")
    for number, row in enumerate(read_rows(rows, columns, shipped_taxonomy(), zone, plain)):
        if number == SHOWN:
            return
        if isinstance(row, Refused):
            console.print(f"line {row.line}: {row.reason}", style="red")
            continue
        shown = replace(row.new, customer_phone="…", customer_name="…")
        console.print(f"line {row.line}: {shown.class_code or '-'}, {_day(shown.received_at)}, {shown.words[:40]}")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


def _unit(session: Session, name: str) -> int:
    """The unit of that name or path; the whole company where none is given."""
    root, tree = people.root_unit(session), people.units(session)
    if not name:
        return root
    found = [unit for unit in tree if name in (unit.name, "/".join(unit.path))]
    if len(found) != 1:
        raise Invalid(
            "“{name}” names {count} units. Give the whole path, such as {example}.",
            name=name, count=len(found), example="/".join(tree[-1].path),
        )  # fmt: skip
    return found[0].id


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
        preview(file, given, ZoneInfo(live.settings.timezone))
        return
    with Progress("Importing cases", None, quiet=quiet) as bar:
        registered, refused = take_in(live, file, given, unit, profile, bar)
    for row in refused:
        console.print(f"line {row.line}: {row.reason}", style="red", soft_wrap=True)
    console.print(f"registered {registered}, refused {len(refused)}")
    sys.exit(FAILED if refused else 0)
