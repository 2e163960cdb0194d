"""`traceability publish`: the public side as files for any web server, and kept up to date."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from traceability.app import create_app
from traceability.commands import Terminal, pass_terminal
from traceability.exports.site import Written
from traceability.models.database import DatabaseSilent
from traceability.queries.organisations import organisation_meant
from traceability.web.nginx import server_block
from traceability.web.publishing import publish
from traceability.words import N_

_SILENCE: Final = 10.0  # seconds
_SERVER: Final = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?", re.ASCII)
_SIGNS_OF_NGINX: Final = re.compile(r'["$\\*?\[\]\n]')  # which mean something else to it than a name


def _server(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """The address of a server and nothing behind it: nginx takes it apart."""
    if value and not _SERVER.fullmatch(value):
        raise click.BadParameter("write http://HOST:PORT, such as http://127.0.0.1:8000")
    return value


@click.command()
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the files; nothing else may be in it.",
)
@click.option("--organisation", default="", help="Name or code of the only one whose batches are published.")
@click.option(
    "--every",
    type=click.IntRange(5, 3600),
    metavar="SECONDS",
    help="Go on until Ctrl-C; 30 shows a recall well within a minute.",
)
@click.option("--nginx", is_flag=True, help="Write nothing: print what nginx needs to hand out that folder.")
@click.option(
    "--app", "address", default="", callback=_server, help="The server that answers what is no file: http://HOST:PORT."
)
@pass_terminal
def command(terminal: Terminal, folder: Path, organisation: str, every: int | None, nginx: bool, address: str) -> None:
    """Write the pages of all released batches, and what belongs to them, as files.

    Only what changed is written, so it may run every minute. A recalled batch keeps its page, which says so.
    """
    folder = folder.resolve()
    if nginx:
        if _SIGNS_OF_NGINX.search(str(folder)):
            raise click.BadParameter('choose a folder without any of " $ \\ * ? [ ] in its name', param_hint="--out")
        click.echo(server_block(terminal.config, folder, app=address))
        return
    with terminal.record() as database, database.reading() as session:
        org_id = organisation_meant(session, organisation).id if organisation else None
    app = create_app(terminal.config)
    try:
        while every is not None:
            began = time.monotonic()
            try:
                _tell(terminal, publish(app, folder, org_id, alone=not address, tell=_now_and_then(terminal)))
            except DatabaseSilent:
                terminal.say(N_("The database does not answer. What was published stands. We go on trying."))
            time.sleep(max(1.0, every - (time.monotonic() - began)))
        done = publish(app, folder, org_id, alone=not address, tell=_now_and_then(terminal))
        _tell(terminal, done)
        if done.unanswered:
            raise click.exceptions.Exit(1)
    finally:
        app.extensions["database"].close()


def _now_and_then(terminal: Terminal) -> Callable[[Written], None]:
    """The first run takes minutes where there are many batches: a line every ten seconds says that it goes on."""
    told = time.monotonic()

    def tell(so_far: Written) -> None:
        nonlocal told
        if so_far.files and time.monotonic() - told >= _SILENCE:
            told = time.monotonic()
            click.echo(terminal.words(N_("Files written so far: {files}."), files=len(so_far.files)), err=True)

    return tell


def _tell(terminal: Terminal, done: Written) -> None:
    if done.files or done.removed:
        told = N_("Batches: {batches}. Files written: {files}, removed: {removed}.")
        batches = sum(1 for name in done.parts if "/" not in name and name)  # other parts are called by their address
        terminal.say(told, batches=batches, files=len(done.files), removed=len(done.removed))
    elif not done.unanswered:
        terminal.say(N_("Nothing has changed."))
    for address in done.unanswered:
        terminal.say(N_("Not written, and asked for again at the next run: {address}"), address=address)
