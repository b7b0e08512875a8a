"""The `huiting` command. Exit status: 0 done, 1 some items failed (each named with its reason), 2 wrong usage."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from qa_app import doctor as health
from qa_app import migrations
from qa_app.card_commands import scorecard
from qa_app.case_commands import cases
from qa_app.core import journal as sealed
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.errors import HuitingError
from qa_app.core.settings import Settings
from qa_app.criteria import criterion
from qa_app.interface_commands import token, webhook
from qa_app.runtime import Runtime, open_runtime
from qa_app.survey_commands import surveys
from qa_app.terminal import Progress, evaluation_table

FAILED, USAGE = 1, 2
console = Console(stderr=True, highlight=False)


class Commands(click.Group):
    """A group whose commands end with a sentence, never a traceback, when something is wrong with the input."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        try:
            return super().invoke(ctx)
        except HuitingError as error:
            console.print(f"huiting: {error}", style="red", soft_wrap=True)
            ctx.exit(FAILED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huiting")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Huiting 回听: quality assurance and satisfaction for telecom complaint handling."""
    ctx.obj = opened
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")


def have_model(settings: Settings) -> None:
    """Fetch the offline model pack, once, where no other model is set and it is not there yet."""
    from transcription.model_pack import fetch, find_model, models_folder

    folder = settings.models or models_folder()
    try:
        find_model(settings.model, folder)
    except HuitingError:
        if settings.model:
            raise
        console.print(f"Fetching the offline speech model (145 MB) into {folder}, once ...")
        fetch(folder)


def opened(*, upgraded: bool = True) -> Runtime:
    """The installation of the environment's settings, its database up to date."""
    live = open_runtime(Settings())
    if upgraded:
        prepare(live)
    return live


def prepare(live: Runtime) -> None:
    """Upgrade the database and publish the scorecards that ship, where that has not been done."""
    from scorecards.publishing import publish_shipped

    found, newest = migrations.current(live.engine)
    if found != newest:
        migrations.upgrade(live.engine)
    with transaction(live.engine) as session:
        publish_shipped(session, SYSTEM, utc_now())


quiet = click.option("--quiet", is_flag=True, help="No progress bar, plain lines only.")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port (default 8501).")
@click.option("--cases", type=click.IntRange(0, 1_000_000), default=50_000, help="Made-up cases (default 50,000).")
@quiet
def demo(port: int | None, cases: int, *, quiet: bool) -> None:
    """A small call centre with real audio, in the data folder, then serve."""
    from qa_app import demo as showcase
    from qa_app.intake import gather, plan_for, take_in
    from qa_app.serving import serve_until_stopped, work_until_done

    live = opened()
    have_model(live.settings)
    logins = showcase.build(live)
    intake = gather([showcase.CALLS], None, ZoneInfo(live.settings.timezone))
    with Progress(f"Importing {len(intake.files)} calls", len(intake.files), quiet=quiet) as bar:
        results = take_in(live, SYSTEM, intake, plan_for(live), lambda result: bar.step(result.file))
    with Progress("Transcribing and scoring", len(results), quiet=quiet) as bar:
        work_until_done(live, bar)
    with Progress("Writing three made-up years of cases", cases or None, quiet=quiet) as bar:
        showcase.made_up_years(live, cases, lambda written: bar.step("cases", written))
    for made in logins:
        console.print(f"  {made.role.value:<12} {made.login:<12} {made.password}")
    serve_until_stopped(live, port, console.print)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port (default 8501).")
def serve(port: int | None) -> None:
    """The web application and a worker, until stopped."""
    from qa_app.serving import serve_until_stopped

    live = opened()
    have_model(live.settings)
    serve_until_stopped(live, port, console.print)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due and exit.")
@quiet
def work(*, once: bool, quiet: bool) -> None:
    """A worker alone: transcribes, scores, keeps the queue moving."""
    from qa_app.serving import work_until_done, work_until_stopped

    live = opened()
    have_model(live.settings)
    if not once:
        work_until_stopped(live)
        return
    with Progress("Working", None, quiet=quiet) as bar:
        failed = work_until_done(live, bar)
    for name, reason in failed:
        console.print(f"failed: {name}: {reason}", style="red", soft_wrap=True)
    sys.exit(FAILED if failed else 0)


@main.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="CSV with the metadata.")
@click.option("--channels", "channel_map", help="Who speaks in which channel, e.g. agent,customer.")
@click.option("--language", type=click.Choice(["zh", "en", "auto"]), help="Spoken language (default: told by ear).")
@click.option("--source", default="default", help="Where they come from; a new source keeps --channels and --language.")
@quiet
def take_recordings(
    paths: tuple[Path, ...],
    manifest: Path | None,
    channel_map: str | None,
    language: str | None,
    source: str,
    *,
    quiet: bool,
) -> None:
    """Recordings (any format FFmpeg reads) and their metadata."""
    from qa_app.intake import gather, plan_for, take_in
    from transcription.manifest import channel_map as checked
    from transcription.service import Outcome

    live = opened()
    channels = checked(channel_map) if channel_map else None
    plan = plan_for(live, source=source, channel_map=channels, language=language)
    intake = gather(list(paths), manifest, ZoneInfo(live.settings.timezone))
    with Progress("Importing", len(intake.files) + len(intake.problems), quiet=quiet) as bar:
        results = take_in(live, SYSTEM, intake, plan, lambda result: bar.step(result.file))
    bad = [result for result in results if result.outcome in (Outcome.QUARANTINED, Outcome.FAILED)]
    for result in bad:
        console.print(f"{result.outcome.value}: {result.file}: {result.reason}", style="red", soft_wrap=True)
    counts = ", ".join(f"{outcome.value} {sum(r.outcome is outcome for r in results)}" for outcome in Outcome)
    console.print(f"{len(results)} files: {counts}")
    sys.exit(FAILED if bad else 0)


@main.command()
@click.argument("audio", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["json", "srt", "vtt", "txt"]), default="json")
@click.option("--language", type=click.Choice(["zh", "en", "auto"]), default="auto")
@click.option("--channels", "channel_map", default="agent,customer", help="agent,customer or customer,agent")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder; needed for several files.")
@quiet
def transcribe(
    audio: tuple[Path, ...], form: str, language: str, channel_map: str, out: Path | None, *, quiet: bool
) -> None:
    """Recordings to transcripts, without a database."""
    from qa_app.transcribing import transcribe_files
    from transcription.manifest import channel_map as checked

    if len(audio) > 1 and out is None:
        raise click.UsageError("Several files need --out FOLDER: one transcript is written there for each.")
    if len({path.stem for path in audio}) < len(audio):
        raise click.UsageError("Two of the files have the same name; their transcripts would overwrite each other.")
    settings = Settings()
    have_model(settings)
    with Progress("Transcribing", len(audio), quiet=quiet) as bar:
        failed = transcribe_files(settings, list(audio), form, language, checked(channel_map), out, bar)
    for name, reason in failed:
        console.print(f"failed: {name}: {reason}", style="red", soft_wrap=True)
    sys.exit(FAILED if failed else 0)


@main.command()
@click.argument("transcript", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--scorecard", "card_name", required=True, help="Name of a shipped scorecard, or a YAML file.")
@click.option("--format", "form", type=click.Choice(["json", "table"]), default="table")
def score(transcript: Path, card_name: str, form: str) -> None:
    """A transcript scored against a scorecard, without a database."""
    from scorecards.card_file import load_card
    from scorecards.endpoint import open_outside
    from scorecards.files import evaluation_to_dict
    from scorecards.score_file import score_transcript
    from transcription.files import read_transcript

    card = load_card(card_name)
    heard = read_transcript(transcript.read_text(encoding="utf-8"), transcript.name)
    found = score_transcript(card, heard, open_outside(Settings(), paths=(Path(card_name).parent, Path())))
    if form == "json":
        click.echo(json.dumps(evaluation_to_dict(found), ensure_ascii=False, indent=1))
    else:
        Console(highlight=False).print(evaluation_table(card, found))


main.add_command(scorecard)
main.add_command(criterion)
main.add_command(cases)
main.add_command(surveys)
main.add_command(token)
main.add_command(webhook)


@main.group()
def user() -> None:
    """People: add, list, disable."""


@user.command(name="add")
@click.argument("login")
@click.option("--name", default="", help="Name on the screen (default: the login).")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), help="May be given often."
)
@click.option("--team", default="", help="Name of the unit (default: the company).")
@click.option("--code", "codes", multiple=True, help="Agent number in the telephone system.")
@click.password_option(help="Asked for if not given.")
def add_user(login: str, name: str, roles: tuple[str, ...], team: str, codes: tuple[str, ...], password: str) -> None:
    """Add a person who can sign in."""
    with transaction(opened().engine) as session:
        root = people.root_unit(session)
        unit = next((unit.id for unit in people.units(session) if unit.name == team), None) if team else root
        if unit is None:
            raise click.UsageError(f"There is no unit named {team}.")
        new = people.NewUser(login, name, unit, password, tuple(Role(role) for role in roles), codes)
        people.add_user(session, SYSTEM, utc_now(), new)
    click.echo(f"{login} was added")


@user.command(name="list")
def list_users() -> None:
    """Everybody with their roles."""
    with reading(opened().engine) as session:
        for person in people.people(session, SYSTEM):
            roles = ",".join(role.value for role, _ in person.roles) or "-"
            click.echo(f"{person.login}\t{person.name}\t{roles}\t{'active' if person.active else 'disabled'}")


@user.command(name="disable")
@click.argument("login")
def disable_user(login: str) -> None:
    """Disable a person; they are signed out at once."""
    with transaction(opened().engine) as session:
        people.set_active(session, SYSTEM, utc_now(), people.user_by_login(session, login), active=False)
    click.echo(f"{login} was disabled")


@main.group()
def db() -> None:
    """The database."""


@db.command(name="upgrade")
def upgrade() -> None:
    """Bring the database to the newest revision."""
    live = opened()
    click.echo(f"revision {migrations.current(live.engine)[0]}")


@main.group()
def journal() -> None:
    """The journal."""


@journal.command(name="verify")
def verify() -> None:
    """Prove that nothing in the journal was cut out or changed."""
    live = opened(upgraded=False)
    with reading(live.engine) as session:
        found = sealed.verify(session, live.settings.journal_heads)
    if found.fault:
        console.print(f"BROKEN: {found.fault}", style="red")
        sys.exit(FAILED)
    click.echo(f"{found.entries} entries, unbroken, head {found.head}")


@journal.command(name="export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def export_journal(out: Path) -> None:
    """Write the journal with its verifier (Python alone) as a ZIP, for an outside auditor."""
    live = opened()
    with transaction(live.engine) as session, out.open("wb") as file:
        count = sealed.export(session, SYSTEM, utc_now(), live.settings.journal_heads, file)
    click.echo(f"{count} entries written to {out}; unpack it and run: python verify_journal.py")


@main.command()
def doctor() -> None:
    """What is installed, which model, which database, what is wrong and how to mend it."""
    marks: dict[health.Level, str] = {health.Level.GOOD: "ok  ", health.Level.WARNING: "warn", health.Level.BAD: "BAD "}
    findings = health.examine(opened(upgraded=False))
    for finding in findings:
        click.echo(
            f"{marks[finding.level]} {finding.subject}: {finding.found}"
            + (f"\n     -> {finding.mend}" if finding.mend else "")
        )
    sys.exit(FAILED if any(finding.level is health.Level.BAD for finding in findings) else 0)
