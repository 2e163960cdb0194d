"""`traceability organisation`: how a real record begins, and who is in it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import click

from traceability.commands import Terminal, pass_terminal, read_country
from traceability.domain.facts import RegisterOrganisation, Where
from traceability.domain.identifiers import read_prefix
from traceability.operations.registry import open_organisation
from traceability.queries.organisations import organisations
from traceability.words import N_

_KINDS = ("cooperative", "mill", "packing_house", "exporter", "farm", "authority")


@click.group()
def command() -> None:
    """Cooperatives, mills, exporters and the others who keep a journal here."""


@command.command()
@click.option("--name", required=True, help="The name that papers show.")
@click.option("--kind", type=click.Choice(_KINDS), required=True, help="What it does.")
@click.option("--prefix", required=True, help="2 to 6 letters or digits that its lot numbers carry, such as DH.")
@click.option("--country", required=True, callback=read_country, help="Two letters, such as LA or VN.")
@click.option("--province", default="", help="Province, as it is written there.")
@click.option("--district", default="", help="District.")
@click.option("--village", default="", help="Village.")
@click.option("--address", default="", help="Postal address.")
@click.option("--phone", default="", help="Telephone number for buyers and for recalls.")
@pass_terminal
def add(
    terminal: Terminal,
    name: str,
    kind: str,
    prefix: str,
    country: str,
    province: str,
    district: str,
    village: str,
    address: str,
    phone: str,
) -> None:
    """Open an organisation and its journal."""
    fact = RegisterOrganisation(
        client_id=str(uuid.uuid4()),
        occurred_at=datetime.now(UTC),
        name=name,
        kind=kind,
        prefix=read_prefix(prefix),
        where=Where(country=country, province=province, district=district, village=village),
        address=address,
        phone=phone,
    )
    with terminal.record() as database:
        actor = database.write(lambda session: open_organisation(session, fact))
    terminal.say(N_("{name} is open. Its code is {code}."), name=name, code=actor.org_code)


@command.command(name="list")
@pass_terminal
def list_(terminal: Terminal) -> None:
    """Who keeps a journal here."""
    with terminal.record() as database, database.reading() as session:
        rows = [(row.code, row.name, row.kind, row.prefix, row.country) for row in organisations(session)]
    terminal.table((N_("Code"), N_("Name"), N_("Kind"), N_("Prefix"), N_("Country")), rows)
