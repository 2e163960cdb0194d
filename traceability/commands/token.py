"""`traceability token add`: a bearer token, with which a program acts as one of the users."""

from __future__ import annotations

import sys

import click

from traceability.commands import Terminal, pass_terminal
from traceability.operations.account import actor_of, make_token
from traceability.queries.organisations import organisation_meant
from traceability.words import N_


@click.group()
def command() -> None:
    """Bearer tokens for programs that use the API."""


@command.command()
@click.option("--organisation", default="", help="Its name or code; not needed while there is only one.")
@click.option("--login", required=True, help="The administrator in whose name the program acts.")
@click.option("--name", required=True, help="What the token is for.")
@click.option(
    "--scope", "scopes", type=click.Choice(("read", "write")), multiple=True, required=True, help="Repeat it."
)
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it works.")
@pass_terminal
def add(terminal: Terminal, organisation: str, login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token and print it, once: only a digest of it is kept."""
    granted = " ".join(sorted(set(scopes)))
    with terminal.record() as database:
        with database.reading() as session:
            actor = actor_of(session, login, organisation_meant(session, organisation).id)
        token = database.write(lambda session: make_token(session, actor, name, granted, days))
    if sys.stdout.isatty():
        terminal.say(N_("Copy the token now: it is not shown again."))
    click.echo(token)
