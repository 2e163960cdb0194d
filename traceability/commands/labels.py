"""`traceability labels`: labels for the bags or boxes of a batch, on sheets or on a roll, numbered or all alike."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

import click

from traceability.commands import Terminal, pass_terminal
from traceability.documents.labels import MOST, BagLabel, TooManyLabels, of_batch, write_labels
from traceability.documents.stock import STOCKS
from traceability.domain import serials
from traceability.domain.dossier import Dossier
from traceability.domain.gs1 import lot_keys
from traceability.domain.labelling import PrintLabels
from traceability.domain.serials import Box
from traceability.errors import Invalid, NeedsConfirming
from traceability.models import Organisation
from traceability.models.database import Database
from traceability.operations.labels import boxes_of, check_labels, print_labels
from traceability.operations.registry import machine_actor
from traceability.queries.dossiers import batch_by_code, dossier_of
from traceability.queries.labels import run_of
from traceability.queries.meanings import batch_meant_by
from traceability.words import N_


class SayAnyway(Invalid):
    """{warning} Nothing was printed. If that is right, say it again with --anyway."""


@click.command()
@click.argument("code")
@click.option("-o", "--output", type=click.File("wb", lazy=True), required=True, help="File to write; - for the pipe.")
@click.option("--count", type=int, help="How many labels; one for every bag or box when not given.")
@click.option("--sheet", type=click.Choice(tuple(STOCKS)), default="a4_24", show_default=True, help="Sheet or roll.")
@click.option("--numbered", is_flag=True, help="Give every label a number of its own, and record that.")
@click.option("--anyway", is_flag=True, help="Print although the batch is on hold or was replaced.")
@pass_terminal
def command(
    terminal: Terminal, code: str, output: BinaryIO, count: int | None, sheet: str, numbered: bool, anyway: bool
) -> None:
    """Write labels for the batch CODE (its public code or lot number) in the language chosen."""
    with terminal.record() as database:
        with database.reading() as session:
            dossier = dossier_of(session, batch_meant_by(session, code))
        wanted = (dossier.unit_count or 1) if count is None else count
        if not 1 <= wanted <= MOST:
            raise TooManyLabels(count=wanted, most=MOST)
        try:
            check_labels(dossier, sheet, confirmed=anyway)
        except NeedsConfirming as unusual:
            raise SayAnyway(warning=unusual.warnings[0]) from None
        _, _, of = boxes_of(dossier, 1, 0, wanted)
        said = of_batch(dossier, terminal.language, key=next(iter(lot_keys(dossier.lot_number)), dossier.code))
        design = BagLabel(said, STOCKS[sheet], terminal.config.public_url, terminal.language, serials=numbered)
        boxes: Iterable[Box] = (Box(n, of, "") for n in range(1, wanted + 1))
        if numbered:
            boxes = _numbered(database, dossier, wanted, of, sheet)
    done = 0
    with terminal.progress(wanted, N_("Labels")) as step:

        def told(now: int) -> None:
            nonlocal done
            step(now - done)
            done = now

        write_labels(output, design, boxes, told)  # only now the file is made


def _numbered(database: Database, dossier: Dossier, count: int, of: int, sheet: str) -> Iterable[Box]:
    """The boxes of a run that the machine itself records."""
    with database.reading() as session:
        organisation = session.get_one(Organisation, batch_by_code(session, dossier.code)[1].org_id)
        actor = machine_actor(organisation)
    fact = PrintLabels(
        client_id=str(uuid.uuid4()),
        occurred_at=datetime.now(UTC),
        zone_minutes=dossier.zone_minutes,
        batch=dossier.code,
        first=1,
        last=count,
        of=of,
        layout=sheet,
        confirmed=True,  # it was asked before
    )
    done = database.write(lambda session: print_labels(session, actor, fact))
    with database.reading() as session:
        run, _, _ = run_of(session, actor, done["run"])
        return serials.boxes(run.seed, run.first, run.last, run.total)
