"""`traceability init`: the data folder, the secret key and the tables, made or brought up to date."""

from __future__ import annotations

import click

from traceability.commands import Terminal, pass_terminal
from traceability.config import make_secret_key
from traceability.models.migrate import SchemaState, migrate, open_database
from traceability.words import N_

_FOUND = {
    SchemaState.MISSING: N_("The database is ready."),
    SchemaState.OLDER: N_("The database was brought up to date."),
    SchemaState.CURRENT: N_("The database was ready already."),
}


@click.command()
@pass_terminal
def command(terminal: Terminal) -> None:
    """Make the data folder, the secret key and the tables. Safe to run again."""
    config = terminal.config
    make_secret_key(config.data_dir)
    database = open_database(config.database_url)
    try:
        found = migrate(database)
    finally:
        database.close()
    terminal.say(_FOUND[found])
