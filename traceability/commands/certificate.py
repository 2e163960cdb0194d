"""`traceability certificate`: the batch origin certificate of a batch, as a PDF."""

from __future__ import annotations

from typing import BinaryIO

import click

from traceability.commands import Terminal, pass_terminal
from traceability.documents.certificate import certificate
from traceability.queries.dossiers import dossier_of
from traceability.queries.meanings import batch_meant_by


@click.command()
@click.argument("code")
@click.option("-o", "--output", type=click.File("wb", lazy=True), required=True, help="File to write; - for the pipe.")
@pass_terminal
def command(terminal: Terminal, code: str, output: BinaryIO) -> None:
    """Write the certificate of the batch CODE (its public code or lot number) in the language chosen."""
    with terminal.record() as database, database.reading() as session:
        dossier = dossier_of(session, batch_meant_by(session, code))
    paper = certificate(dossier, public_url=terminal.config.public_url, language=terminal.language)
    output.write(paper)  # only now the file is made
