"""`traceability authority`: which country or province the law lets an authority read, and which no longer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from traceability.commands import Terminal, pass_terminal, read_country
from traceability.domain.authority import EndArea, GrantArea
from traceability.domain.facts import Fact
from traceability.operations.authority import end_area, grant_area
from traceability.operations.registry import machine_actor
from traceability.queries.authority import areas_of
from traceability.queries.organisations import organisation_meant
from traceability.words import N_


@click.group()
def command() -> None:
    """What authorities read by law. What an organisation grants by itself it grants on its own page."""


def _area(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--province", default="", help="Only this province, as organisations write it."),
        click.option("--country", required=True, callback=read_country, help="Two letters, such as LA or VN."),
        click.option("--authority", required=True, help="Its name or code."),
    ):
        command = option(command)
    return command


def _told(terminal: Terminal, authority: str, operation: Callable[..., Any], fact: Fact) -> None:
    """Tell the journal of the authority, in the name of this machine."""
    with terminal.record() as database:
        with database.reading() as session:
            actor = machine_actor(organisation_meant(session, authority))
        database.write(lambda session: operation(session, actor, fact))


def _now() -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "occurred_at": datetime.now(UTC)}


@command.command()
@_area
@pass_terminal
def grant(terminal: Terminal, authority: str, country: str, province: str) -> None:
    """Let an authority read every organisation of a country or province, also those that come later."""
    _told(terminal, authority, grant_area, GrantArea(**_now(), country=country, province=province))
    terminal.say(N_("It reads {area} from now on."), area=_named(country, province))


@command.command()
@_area
@pass_terminal
def end(terminal: Terminal, authority: str, country: str, province: str) -> None:
    """It reads that area no longer."""
    _told(terminal, authority, end_area, EndArea(**_now(), country=country, province=province))
    terminal.say(N_("It reads {area} no longer."), area=_named(country, province))


@command.command()
@click.option("--authority", required=True, help="Its name or code.")
@pass_terminal
def areas(terminal: Terminal, authority: str) -> None:
    """The areas that an authority reads."""
    with terminal.record() as database, database.reading() as session:
        for country, province in areas_of(session, organisation_meant(session, authority).id):
            click.echo(_named(country, province))


def _named(country: str, province: str) -> str:
    return ", ".join(part for part in (province, country) if part)
