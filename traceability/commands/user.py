"""`traceability user add`: someone who may sign in, made on the machine itself."""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime

import click

from traceability.commands import Terminal, pass_terminal
from traceability.domain.facts import RegisterUser
from traceability.domain.roles import Role
from traceability.operations.account import register_user
from traceability.operations.registry import machine_actor
from traceability.queries.organisations import organisation_meant
from traceability.words import LANGUAGES, N_


@click.group()
def command() -> None:
    """People who sign in."""


@command.command()
@click.option("--organisation", default="", help="Its name or code; not needed while there is only one.")
@click.option("--login", required=True, help="What the person types to sign in.")
@click.option("--name", required=True, help="The person's name as others read it.")
@click.option(
    "--role",
    "roles",
    type=click.Choice([str(role) for role in Role]),
    multiple=True,
    required=True,
    help="May be repeated.",
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="What the person reads."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@pass_terminal
def add(
    terminal: Terminal,
    organisation: str,
    login: str,
    name: str,
    roles: tuple[str, ...],
    language: str,
    password_stdin: bool,
) -> None:
    """Add a user with one or more roles."""
    with terminal.record() as database:
        with database.reading() as session:
            actor = machine_actor(organisation_meant(session, organisation))
        fact = RegisterUser(
            client_id=str(uuid.uuid4()),
            occurred_at=datetime.now(UTC),
            login=login,
            name=name,
            password=_password(terminal, password_stdin),
            roles=roles,
            language=language,
        )
        done = database.write(lambda session: register_user(session, actor, fact))
    terminal.say(N_("{login} can sign in now."), login=done["login"])


def _password(terminal: Terminal, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(terminal.words(N_("Password")), hide_input=True, confirmation_prompt=True)
    return typed
