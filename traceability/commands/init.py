"""`traceability init`: the data folder, the secret key and the tables, made or brought up to date."""

from __future__ import annotations

import click

from traceability.commands import Terminal, pass_terminal
from traceability.config import make_secret_key
from traceability.errors import Invalid
from traceability.models.migrate import SchemaState, migrate, open_database
from traceability.operations import freezing
from traceability.words import N_

_FOUND = {
    SchemaState.MISSING: N_("The database is ready."),
    SchemaState.OLDER: N_("The database was brought up to date."),
    SchemaState.CURRENT: N_("The database was ready already."),
}
_KEPT = N_("Of batches released before, {n} got their origin kept beside them.")


class NoFolder(Invalid):
    """The folder {folder} cannot be made or written. Choose another one with TRACEABILITY_DATA_DIR."""


@click.command()
@pass_terminal
def command(terminal: Terminal) -> None:
    """Make the data folder, the secret key and the tables. Safe to run again."""
    config = terminal.config
    try:
        make_secret_key(config.data_dir)
    except OSError:
        raise NoFolder(folder=str(config.data_dir)) from None
    database = open_database(config.database_url)
    try:
        found = migrate(database)
        kept = freezing.freeze_released(database)
    finally:
        database.close()
    terminal.say(_FOUND[found])
    if kept:
        terminal.say(_KEPT, n=kept)
