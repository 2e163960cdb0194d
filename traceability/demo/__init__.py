"""The demo season: seven invented organisations, about 150 growers and a year of goods, told through the operations.

Loudly a demonstration: every organisation is marked as one and says so in its name. Telling it twice changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from traceability.demo import durian, fish, fruit, laongam, ministry, nong_luang, pakse, readers, today
from traceability.demo.telling import CLIENT_IDS, PASSWORD
from traceability.domain.dossier import Status
from traceability.errors import Conflict
from traceability.models.database import Database
from traceability.queries.demonstration import (
    DemoBatch,
    SignIn,
    demo_batches,
    demo_counts,
    demo_sign_ins,
    real_organisations,
    was_told,
)

__all__ = ["ABOUT_FACTS", "PASSWORD", "DemoBatch", "DemoSummary", "Progress", "RealGoodsHere", "SignIn", "make_demo"]

Progress = Callable[[int, int], None]
"""Called with the number of facts told so far, and about how many there will be."""

ABOUT_FACTS: Final = 2_400
_SHOWN_FIRST: Final = (Status.RELEASED, Status.RECALLED, Status.ON_HOLD, Status.NOT_YET_PUBLIC, Status.SUPERSEDED)


class RealGoodsHere(Conflict):
    """This record already holds real organisations. Make the demo season in a database of its own."""


@dataclass(frozen=True)
class DemoSummary:
    """What there is to look at. `batches` begins with one of each status, a released one first."""

    counts: dict[str, int]  # organisations, farmers, weigh_ins, batches, events
    sign_ins: tuple[SignIn, ...]
    password: str
    batches: tuple[DemoBatch, ...]
    seconds: float
    made: bool  # False when the season was already there

    def of(self, status: Status) -> tuple[DemoBatch, ...]:
        """The batches that stand so."""
        return tuple(batch for batch in self.batches if batch.status is status)


def make_demo(database: Database, *, progress: Progress | None = None) -> DemoSummary:
    """Tell the whole season, or what is missing of it after an interruption; only look when it is all there.

    Raises RealGoodsHere rather than begin where somebody already works with real goods.
    """
    begun = time.monotonic()
    with database.reading() as session:
        complete = was_told(session, today.LAST_FACT)
        if not complete and real_organisations(session):
            raise RealGoodsHere()
    if not complete:
        _tell(database, progress)
    with database.reading() as session:
        return DemoSummary(
            counts=demo_counts(session),
            sign_ins=demo_sign_ins(session, CLIENT_IDS),
            password=PASSWORD,
            batches=_worth_showing(demo_batches(session)),
            seconds=round(time.monotonic() - begun, 1),
            made=not complete,
        )


def _tell(database: Database, progress: Progress | None) -> None:
    so_far = 0

    def told(facts: int) -> None:
        nonlocal so_far
        so_far += facts
        if progress is not None:
            progress(so_far, max(ABOUT_FACTS, so_far))

    cooperative = nong_luang.open_house(database, told)  # first, so that its sign-ins head the list
    exporter = pakse.open_house(database, told)
    first = nong_luang.tell_season(cooperative, exporter)
    second = laongam.tell_season(database, told, exporter)
    pakse.tell_season(exporter, first, second)
    packing_house = durian.tell_season(database, told)
    fruit.tell_season(database, told)
    fish.tell_season(database, told)
    ministry.tell_seasons(cooperative, "arabica_coffee")
    ministry.tell_seasons(second.house, "arabica_coffee", "robusta_coffee")
    ministry.tell_capacities(cooperative, NW=12, NH=5)
    ministry.tell_capacities(exporter, PX=20, PW=20)
    ministry.tell_capacities(packing_house, CD=20)
    ministry.tell_recalls(second, exporter)
    ministry.tell_ministry(database, told, [cooperative, second.house, exporter, packing_house])
    readers.tell_readers(database, [batch.code for batch in first.batches.values()])
    today.tell_today(first, second, exporter)
    if progress is not None:
        progress(so_far, so_far)


def _worth_showing(batches: tuple[DemoBatch, ...]) -> tuple[DemoBatch, ...]:
    """One batch of each status first, then the others as they were sealed."""
    found = [next((batch for batch in batches if batch.status is status), None) for status in _SHOWN_FIRST]
    first = [batch for batch in found if batch is not None]  # people who try things out may leave a status empty
    return (*first, *(batch for batch in batches if batch not in first))
