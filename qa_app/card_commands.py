"""`huiting scorecard`: check, show, try and publish scorecards. The context's object opens the installation."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.terminal import Progress, backtest_tables, card_table, finding_lines

if TYPE_CHECKING:
    from qa_app.runtime import Runtime

FAILED = 1
Opened = Callable[[], "Runtime"]
a_file = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
as_json = click.option("--format", "form", type=click.Choice(["json", "table"]), default="table")


@click.group()
def scorecard() -> None:
    """Scorecards: check, show, try on stored calls, publish."""


@scorecard.command(name="lint")
@a_file
@click.option("--history", "on_history", is_flag=True, help="Also hold it against stored calls (needs the database).")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", help="Of the findings.")
@as_json
@click.pass_obj
def lint_file(opened: Opened, file: Path, language: str, form: str, *, on_history: bool) -> None:
    """Check a scorecard file before publishing it; exit status 1 where an error blocks that."""
    from scorecards import cards
    from scorecards.card_file import load_card
    from scorecards.linting import blocks, lint

    card, history, newest = load_card(str(file)), [], None
    if on_history:
        with reading(opened().engine) as session:
            history = cards.history(session, SYSTEM, card)
            newest = cards.newest_version(session, card.name)
    found = lint(card, history, newest)
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        tried = f", held against {len(history)} stored calls" if on_history else ""
        click.echo(f"{card.name} version {card.version}: {len(card.criteria)} criteria{tried}")
        click.echo("\n".join(finding_lines(found, language)) or "nothing wrong")
    sys.exit(FAILED if blocks(found) else 0)


@scorecard.command(name="show")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["yaml", "table"]), default="yaml")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", help="Of the table.")
@click.pass_obj
def show(opened: Opened, name: str, form: str, language: str) -> None:
    """A scorecard: a file, one that ships, or the published version of that name."""
    from scorecards import cards
    from scorecards.card_file import card_to_yaml, load_card, shipped_cards

    card = None
    if not Path(name).is_file() and name not in shipped_cards():
        with reading(opened().engine) as session:
            card = cards.published(session, name)
    card = card or load_card(name)
    if form == "yaml":
        click.echo(card_to_yaml(card))
    else:
        Console(highlight=False).print(card_table(card, language))


@scorecard.command(name="publish")
@a_file
@click.option("--rescore", is_flag=True, help="Also score the stored calls on it; their earlier scores stay.")
@click.pass_obj
def publish_card(opened: Opened, file: Path, *, rescore: bool) -> None:
    """Publish a scorecard file as the next version of its name."""
    from qa_app.joins import rescore_calls
    from scorecards.publishing import publish

    with transaction(opened().engine) as session:
        made = publish(session, SYSTEM, utc_now(), file.read_text(encoding="utf-8"))
        due = rescore_calls(session, SYSTEM, utc_now(), made) if rescore else 0
    click.echo(f"published as scorecard {made}" + (f", {due} calls are due to be scored" if rescore else ""))


@scorecard.command(name="backtest")
@a_file
@click.option("--last", type=click.IntRange(1), default=500, show_default=True, help="How many of the newest calls.")
@as_json
@click.option("--quiet", is_flag=True, help="No progress bar, plain lines only.")
@click.pass_obj
def try_file(opened: Opened, file: Path, last: int, form: str, *, quiet: bool) -> None:
    """What a scorecard file would change on the last stored calls, against the version in force."""
    from scorecards import cards
    from scorecards.backtest import backtest
    from scorecards.endpoint import open_outside

    text, live = file.read_text(encoding="utf-8"), opened()
    outside = open_outside(live.settings)
    with transaction(live.engine) as session:
        trial = cards.begin_trial(session, SYSTEM, utc_now(), text, last)
    total = len(trial.calls)
    with Progress("Trying", total, quiet=quiet) as bar:
        found = backtest(trial.draft, trial.in_force, trial.calls, lambda done: bar.show(done, total, ""), outside)
    if form == "json":
        click.echo(json.dumps(_plain(asdict(found)), ensure_ascii=False, indent=1))
        return
    for table in backtest_tables(found):
        Console(highlight=False).print(table)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Floats to 4 decimals, as people read them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
