"""`traceability labels`: labels for the bags or boxes of a batch, on sheets or on a roll."""

from __future__ import annotations

from typing import BinaryIO

import click

from traceability.commands import Terminal, pass_terminal
from traceability.documents.labels import labels, of_batch
from traceability.documents.stock import STOCKS
from traceability.queries.dossiers import dossier_of
from traceability.queries.meanings import batch_meant_by


@click.command()
@click.argument("code")
@click.option("-o", "--output", type=click.File("wb", lazy=True), required=True, help="File to write; - for the pipe.")
@click.option("--count", type=int, help="How many labels; one for every bag or box when not given.")
@click.option("--sheet", type=click.Choice(tuple(STOCKS)), default="a4_24", show_default=True, help="Sheet or roll.")
@pass_terminal
def command(terminal: Terminal, code: str, output: BinaryIO, count: int | None, sheet: str) -> None:
    """Write labels for the batch CODE (its public code or lot number) in the language chosen."""
    with terminal.record() as database, database.reading() as session:
        dossier = dossier_of(session, batch_meant_by(session, code))
    wanted = (dossier.unit_count or 1) if count is None else count
    address = terminal.config.public_url
    said = of_batch(dossier, terminal.language)
    paper = labels(said, count=wanted, public_url=address, sheet=sheet, language=terminal.language)
    output.write(paper)  # only now the file is made
