"""`huiting token` and `huiting webhook`: keys of other programs, and who is told what happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import click

from qa_app.core import people, tokens, webhooks
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.tokens import NewToken, Scope
from qa_app.core.webhooks import Event
from qa_app.runtime import Runtime

Opened = Callable[[], Runtime]


@click.group(name="token")
def token() -> None:
    """Keys of other programs."""


@token.command(name="add")
@click.argument("login")
@click.option("--name", required=True, help="Name of the program.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice([scope.value for scope in Scope]))
@click.option("--days", type=click.IntRange(1, tokens.LONGEST_LIFE.days), default=365, help="Days until it ends.")
@click.pass_obj
def add(opened: Opened, login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a key that acts as LOGIN; it is printed once."""
    now = utc_now()
    with transaction(opened().engine) as session:
        user = people.user_by_login(session, login)
        new = NewToken(name, user, tuple(Scope(scope) for scope in scopes), now + timedelta(days=days))
        click.echo(tokens.add(session, SYSTEM, now, new))


@token.command(name="list")
@click.pass_obj
def list_tokens(opened: Opened) -> None:
    """Every key with its scopes and end."""
    with reading(opened().engine) as session:
        for one in tokens.tokens(session, SYSTEM):
            end = "ended" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}"
            click.echo(f"{one.id}\t{one.name}\t{','.join(one.scopes)}\t{end}")


@token.command(name="revoke")
@click.argument("number", type=int)
@click.pass_obj
def revoke(opened: Opened, number: int) -> None:
    """End a key at once."""
    with transaction(opened().engine) as session:
        tokens.revoke(session, SYSTEM, utc_now(), number)
    click.echo(f"key {number} was ended")


@click.group(name="webhook")
def webhook() -> None:
    """Other systems that are told what happens."""


@webhook.command(name="add")
@click.argument("url")
@click.option("--name", required=True, help="Name of the program.")
@click.option("--event", "events", multiple=True, required=True, type=click.Choice([event.value for event in Event]))
@click.pass_obj
def subscribe(opened: Opened, url: str, name: str, events: tuple[str, ...]) -> None:
    """Tell URL about events; the secret that signs the messages is printed once."""
    live = opened()
    with transaction(live.engine) as session:
        chosen = tuple(Event(event) for event in events)
        _number, secret = webhooks.subscribe(session, SYSTEM, utc_now(), Vault(live.settings.secret), name, url, chosen)
    click.echo(secret)


@webhook.command(name="list")
@click.pass_obj
def list_webhooks(opened: Opened) -> None:
    """Every subscription."""
    with reading(opened().engine) as session:
        for one in webhooks.webhooks(session, SYSTEM):
            click.echo(f"{one.id}\t{one.name}\t{one.url}\t{','.join(one.events)}\t{'ended' if one.ended_at else '-'}")


@webhook.command(name="end")
@click.argument("number", type=int)
@click.pass_obj
def end(opened: Opened, number: int) -> None:
    """Tell it nothing more."""
    with transaction(opened().engine) as session:
        webhooks.end(session, SYSTEM, utc_now(), number)
    click.echo(f"webhook {number} was ended")
