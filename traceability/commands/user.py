"""`traceability user`: who may sign in, added, listed, given a new password and closed on the machine itself."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from traceability.commands import Terminal, pass_terminal
from traceability.domain.facts import RegisterUser
from traceability.domain.members import CloseMember, OpenMember, ReplacePassword
from traceability.domain.roles import Role
from traceability.operations.account import register_user
from traceability.operations.ledger import Done
from traceability.operations.members import close_member, open_member, replace_password
from traceability.operations.registry import machine_actor
from traceability.queries.organisations import organisation_meant
from traceability.queries.registry_lists import users
from traceability.words import LANGUAGES, N_

_organisation = click.option("--organisation", default="", help="Its name or code; not needed while there is only one.")
_login = click.option("--login", required=True, help="What the person types to sign in.")
_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")


@click.group()
def command() -> None:
    """People who sign in."""


@command.command()
@_organisation
@_login
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
@_stdin
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
        password = _password(terminal, password_stdin)
        fact = RegisterUser(**_now(), login=login, name=name, password=password, roles=roles, language=language)
        done = database.write(lambda session: register_user(session, actor, fact))
    terminal.say(N_("{login} can sign in now."), login=done["login"])


@command.command(name="list")
@_organisation
@pass_terminal
def list_(terminal: Terminal, organisation: str) -> None:
    """Who signs in, with which roles, and who does no more."""
    with terminal.record() as database, database.reading() as session:
        rows = users(session, machine_actor(organisation_meant(session, organisation)))
    heads = (N_("Sign-in name"), N_("Name"), N_("Roles"), N_("Closed"))
    terminal.table(heads, [(row.login, row.name, " ".join(row.roles), _since(row.closed_at)) for row in rows])


@command.command()
@_organisation
@_login
@_stdin
@pass_terminal
def password(terminal: Terminal, organisation: str, login: str, password_stdin: bool) -> None:
    """Give somebody a new password. Sessions and programs under the old one end."""
    given = _password(terminal, password_stdin)
    done = _told(terminal, organisation, replace_password, ReplacePassword(**_now(), login=login, password=given))
    terminal.say(N_("{login} signs in with the new password now."), login=done["login"])


@command.command()
@_organisation
@_login
@click.option("--reason", required=True, help="Why, in a few words; it stays on record.")
@pass_terminal
def close(terminal: Terminal, organisation: str, login: str, reason: str) -> None:
    """Close somebody's access, at once: sessions, programs and phones end. What they did stays."""
    done = _told(terminal, organisation, close_member, CloseMember(**_now(), login=login, reason=reason))
    terminal.say(N_("{login} signs in no more."), login=done["login"])


@command.command(name="open")
@_organisation
@_login
@click.option("--reason", default="", help="Why, in a few words; it stays on record.")
@pass_terminal
def open_(terminal: Terminal, organisation: str, login: str, reason: str) -> None:
    """Open somebody's access again, with the roles and the password they had."""
    done = _told(terminal, organisation, open_member, OpenMember(**_now(), login=login, reason=reason))
    terminal.say(N_("{login} can sign in now."), login=done["login"])


def _told(
    terminal: Terminal,
    organisation: str,
    perform: Callable[..., Done],
    fact: CloseMember | OpenMember | ReplacePassword,
) -> Done:
    with terminal.record() as database:
        with database.reading() as session:
            actor = machine_actor(organisation_meant(session, organisation))
        return database.write(lambda session: perform(session, actor, fact))


def _now() -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "occurred_at": datetime.now(UTC)}


def _since(closed_at: datetime | None) -> str:
    return closed_at.isoformat(timespec="minutes") if closed_at else ""


def _password(terminal: Terminal, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(terminal.words(N_("Password")), hide_input=True, confirmation_prompt=True)
    return typed
