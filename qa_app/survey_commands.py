"""`huiting surveys`: answers as a file, and the answers of another survey taken in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from qa_app import survey_intake
from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.errors import NotFound
from qa_app.runtime import Runtime
from qa_app.terminal import Progress
from surveys import responses
from surveys.export import table_bytes

FAILED = 1
console = Console(stderr=True, highlight=False)


@click.group(name="surveys")
def surveys() -> None:
    """Answers of customers: as a file, and from other surveys."""


@surveys.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="The survey's name; the same respondent under it is kept once.")
@click.option("--unit", default="", help="Whose customers they are: a unit's name or path.")
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML: which column is what."
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
@click.option("--preview", "look", is_flag=True, help="Print the mapping and keep nothing.")
@click.pass_obj
def take_in(
    opened: Callable[[], Runtime], file: Path, name: str, unit: str, mapping: Path | None, *, quiet: bool,
    look: bool,
) -> None:  # fmt: skip
    """Keep the answers of another survey (CSV or XLSX)."""
    live = opened()
    if look:
        click.echo(survey_intake.look(live, SYSTEM, file, name).text, nl=False)
        return
    with transaction(live.engine) as session:  # the company itself is made on first use
        unit_id = people.unit_named(session, unit)
    text = mapping.read_text(encoding="utf-8") if mapping else ""
    with Progress("Importing answers", None, quiet=quiet) as bar:
        kept = survey_intake.take_in(live, SYSTEM, file, name, unit_id, text, lambda rows: bar.step(file.name, rows))
    for row in kept.refused:
        console.print(f"line {row.line}: {row.reason}", style="red")
    console.print(f"{kept.kept} answers kept, {len(kept.refused)} rows left out")
    sys.exit(FAILED if kept.refused else 0)


@surveys.command(name="export")
@click.argument("survey")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day; unsaid: a year ago.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day; unsaid: until now.")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; unsaid: standard output.")
@click.pass_obj
def export(
    opened: Callable[[], Runtime], survey: str, since: datetime | None, until: datetime | None, form: str,
    out: Path | None,
) -> None:  # fmt: skip
    """Write the finished answers of a survey, one row each."""
    live = opened()
    zone = ZoneInfo(live.settings.timezone)
    first = since.replace(tzinfo=zone) if since else utc_now() - timedelta(days=365)
    last = until.replace(tzinfo=zone) + timedelta(days=1) if until else utc_now()
    with reading(live.engine) as session:
        table = responses.answers_table(session, SYSTEM, survey, first, last)
    if table.empty:
        raise NotFound("Nobody has answered “{survey}” in this time.", survey=survey)
    body = table_bytes(responses.for_others(table), form)
    if out is None:
        sys.stdout.buffer.write(body)
    else:
        out.write_bytes(body)
