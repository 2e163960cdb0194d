"""`traceability grant ROLE`: what the running server needs of a PostgreSQL database, and no more."""

from __future__ import annotations

import click

from traceability.commands import Terminal, pass_terminal
from traceability.errors import Invalid
from traceability.models import guards, trouble
from traceability.words import N_


class OnlyPostgreSQL(Invalid):
    """The embedded database has no roles: its file belongs to whoever runs the server. Use PostgreSQL for this."""


@click.command()
@click.argument("role")
@pass_terminal
def command(terminal: Terminal, role: str) -> None:
    """Let ROLE read and add to the record, and neither change nor empty what was recorded.

    Run it as the owner of the tables after `traceability init`; let the server sign in to the database as ROLE.
    """
    with terminal.record() as database:
        if database.is_sqlite:
            raise OnlyPostgreSQL()
        with trouble.allowed(database.url, role=role), database.schema_connection() as connection, connection.begin():
            if not guards.owned(connection):
                raise trouble.NotTheOwner(role=database.url.username or "")
            guards.grant(connection, role)
    terminal.say(N_("{role} may read and add; it may not change or empty what was recorded."), role=role)
