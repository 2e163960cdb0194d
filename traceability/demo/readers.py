"""Who reads the pages: a month of visits up to today, a label that is read too widely, and a report that waits."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from traceability.demo.telling import CLIENT_IDS, SEED
from traceability.domain.dossier import Status
from traceability.domain.reports import Told
from traceability.domain.scans import Noted, What
from traceability.models.database import Database
from traceability.operations.reports import receive_report
from traceability.operations.scans import store
from traceability.queries.demonstration import demo_batches
from traceability.queries.dossiers import batch_by_code
from traceability.queries.scans import DAYS, counted_of

_LABEL: Final = "7QK2M9ZT4B"
_COPIED_FOR: Final = 5  # days, so many readers each
_REPORT: Final = Told(
    client_id=f"{CLIENT_IDS}reader",
    differs="seal",
    said="The seal of one bag is cut. The other bags are fine.",
    contact="020 5550 0199",
)


def tell_readers(database: Database, codes: Collection[str]) -> None:
    """Of the first batch of these that is released and said where it goes; only once, and all of it or nothing."""
    today = datetime.now(UTC).date()
    with database.reading() as session:
        found = [one for one in demo_batches(session) if one.code in codes and one.status is Status.RELEASED]
        batch = next(one for one in found if one.destination)
        if counted_of(session, batch_by_code(session, batch.code)[1].id, today).scans:
            return
    chance = random.Random(SEED)
    read: dict[date, list[Noted]] = {}
    for back in reversed(range(DAYS)):
        visits = _read(chance, batch.code, "", ["LA", batch.destination, ""], chance.randrange(12))
        if back < _COPIED_FOR:
            visits += _read(chance, batch.code, _LABEL, ["LA", "TH", "CN"], _COPIED_FOR)
        if back % 7 == 0:
            visits.append(Noted(batch.code, "", What.MATCH, "LA", "lo", "one who compares"))
        read[today - timedelta(days=back)] = visits

    def tell(session: Any) -> None:
        for day, visits in read.items():
            store(session, visits, day)
        receive_report(session, batch.code, _REPORT, None, "lo")

    database.write(tell)


def _read(chance: random.Random, code: str, serial: str, countries: list[str], n: int) -> list[Noted]:
    """So many readers of one day."""
    return [
        Noted(code, serial, What.SCAN, chance.choice(countries), chance.choice(["lo", "en", "zh"]), f"reader {place}")
        for place in range(n)
    ]
