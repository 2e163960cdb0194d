"""What the pages of boxes and pallets say of their batch.

They are scanned most, so its dossier is not read for each: what they say of it is kept until the public clock turns,
or until the day ends where the goods were made (a certificate ends with that day).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any, Final, NamedTuple

from flask import current_app

from traceability.domain.dossier import Dossier
from traceability.domain.flow import Flow
from traceability.domain.moments import day_of
from traceability.models.database import Database
from traceability.queries.dossiers import dossier_of
from traceability.queries.rendered import clock_now, public_clock
from traceability.queries.resolving import Scanned
from traceability.web.anchors import page_of
from traceability.web.batch_page import BatchPage
from traceability.web.batches import found_by
from traceability.web.language import current_language
from traceability.web.pages import database
from traceability.web.rendering import asked_for

MOST_BATCHES: Final = 500  # in the memory of one process


class _Kept(NamedTuple):
    stamp: tuple[int, date]  # the public clock, and the day where the goods were made
    dossier: Dossier


class Beside:
    """The part of dossiers that stands beside a box or a pallet."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def of(self, source: Database, batch: Scanned) -> Dossier:
        """How a batch stands now. Raises UnknownBatch, DatabaseSilent."""
        today = day_of(datetime.now(UTC), batch.zone_minutes)
        with self._lock:
            kept = self._kept.get(batch.code)
        if kept is not None and kept.stamp == (clock_now(source), today):
            return kept.dossier
        with source.reading() as session:
            kept = _Kept((public_clock(session), today), _small(dossier_of(session, batch.code, on=today)))
        with self._lock:
            self._kept[batch.code] = kept
            self._kept.move_to_end(batch.code)
            while len(self._kept) > MOST_BATCHES:
                self._kept.popitem(last=False)
        return kept.dossier


def told_beside(batch: Scanned) -> BatchPage:
    """A batch as the pages of its boxes and pallets tell of it; where files are written, as its own page does."""
    if (rendering := asked_for()) is not None:
        dossier = found_by(batch.code).dossier
        rendering.zone_minutes = dossier.zone_minutes  # of the moment that is filled in later
        return BatchPage(dossier, current_language(), None)
    kept: Beside = current_app.extensions["beside"]
    return BatchPage(kept.of(database(), batch), current_language(), datetime.now(UTC))


def as_data_beside(batch: Scanned, told: BatchPage) -> dict[str, Any]:
    """The same for programs, as `BatchOnLabelSchema` shows it."""
    dossier = told.dossier
    return {
        "code": batch.code,
        "numbers": batch.numbers,
        "product": batch.product,
        "issuer": batch.issuer,
        "packed_on": batch.packed_on,
        "origin": dossier.origin,
        "unit_mass_g": dossier.unit_mass_g,
        "registrations": dossier.registrations,
        "status": dossier.status,
        "alerts": told.alerts,
        "failed": dossier.failed,
        "suspended": told.suspended,
        "expired": told.expired,
        "address": f"{page_of(batch)}.json",
    }


def _small(dossier: Dossier) -> Dossier:
    """Without what only the batch's own page shows: the farms, the way, the picture."""
    parts = ("shares", "journey", "nodes", "edges", "claims", "measurements", "changes", "papers", "raised", "lifted")
    none: dict[str, Any] = dict.fromkeys(parts, ())
    return replace(dossier, **none, flow=Flow())
