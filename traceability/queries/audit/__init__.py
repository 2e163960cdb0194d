"""The audit: the whole journal is read again, and everything stored beside it must be what the journal gives.

Nothing is written. Events come a few hundred at a time, so a record of any length is audited in the same memory, but
for one value of each consignment, hold, recall, handled report and batch (and of each of its versions).
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import func, select

from traceability.models import Event, guards
from traceability.models.database import Database, SettingsNotInForce
from traceability.models.migrate import differences
from traceability.queries.audit import addresses, frozen, goods, labels, loose, money, registry
from traceability.queries.audit.chain import Chain
from traceability.queries.audit.members import Members
from traceability.queries.audit.page import Finding, pages
from traceability.queries.audit.reports import Handled
from traceability.queries.audit.setup import SetUp
from traceability.queries.audit.states import Folded
from traceability.words import N_

__all__ = ["Finding", "audit", "events_to_audit"]

OTHER_SETTINGS: Final = N_("The database runs with a setting that could lose or damage the record.")
NO_GUARD: Final = N_("A guard that keeps the record from being changed is not in place.")
OTHER_TABLES: Final = N_("The tables are not those that this version works with.")

_BETWEEN_COLLECTIONS: Final = 50_000  # new values


def events_to_audit(database: Database) -> int:
    """How many events there are, to show how far an audit is."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def audit(
    database: Database, *, seen: Counter[str] | None = None, progress: Callable[[int], object] = lambda _events: None
) -> Iterator[Finding]:
    """Every finding, as soon as it is found; none when the record is what it says it is.

    `seen` counts what was looked at: events, postings, lots, edges, ... `progress` is told how many events were done.
    """
    counts = Counter() if seen is None else seen
    yield from _surroundings(database)
    with database.reading() as session, _seldom_collected():
        if not database.is_sqlite:
            # one snapshot for all queries, while others go on writing; SQLite reads in one anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        chain, folded, set_up, handled, members = Chain(), Folded(), SetUp(), Handled(), Members()
        for page in pages(session):
            yield from chain.follow(session, page)
            yield from goods.check(session, page, counts)
            yield from registry.check(session, page)
            yield from money.check(session, page)
            yield from labels.check(session, page)
            folded.add(page)
            set_up.add(page)
            handled.add(page)
            members.add(page)
            counts["events"] += len(page.events)
            counts["postings"] += len(page.lines)
            progress(len(page.events))
        counts["consignments"] += len(folded.transfers)
        counts["batches"] += len(folded.batches)
        counts["holds"] += len(folded.holds)
        counts["recalls"] += len(folded.recalls)
        yield from folded.compare(session)
        yield from set_up.compare(session)
        yield from handled.compare(session)
        yield from members.compare(session)
        yield from frozen.check(session, folded.versions)
        yield from chain.ended(session)
        yield from loose.check(session, counts)
        yield from addresses.check(session)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """A page is tens of thousands of values and no cycle: looking for cycles among them is a fifth of an audit."""
    usual = gc.get_threshold()
    gc.set_threshold(_BETWEEN_COLLECTIONS, *usual[1:])
    gc.freeze()  # nor is the program itself looked through
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


def _surroundings(database: Database) -> Iterator[Finding]:
    """The settings in force, the tables and their guards."""
    try:
        database.check()
    except SettingsNotInForce as wrong:
        yield Finding(OTHER_SETTINGS, database.url.get_backend_name(), "", str(wrong))
    with database.reading() as session:
        connection = session.connection()
        for guard in sorted(guards.expected() - guards.installed(connection)):
            yield Finding(NO_GUARD, guard, guard, "")
        for difference in differences(connection):
            yield Finding(OTHER_TABLES, difference, "", difference)
