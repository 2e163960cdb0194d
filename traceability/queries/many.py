"""Rows of thousands of ids at once, as the driver gives them: what a page reads of every farm and delivery.

One statement, however many ids, and no object for each row: an answer of three thousand rows takes a few
milliseconds this way, and ten times as long as rows of the models; what can be summed is summed there. Every
statement is fixed text.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session


class Asked(NamedTuple):
    """Columns, the table whose rows are asked for with the column that the ids are of, and the rest of a statement.

    `many(…)` among the columns is everything of a group as one list, the same place in each list the same row.
    """

    columns: str
    table: str
    key: str = "id"
    joined: str = ""
    where: str = ""
    grouped: str = ""


BETWEEN: Final = "\x1f"  # the parts of a place, which come as one text: few places, many farms
_WRITTEN: Final = f" || '{BETWEEN}' || ".join(
    f"party.{part}" for part in ("country", "province", "district", "village")
)
_CALLED: Final = "coalesce(person.name, nullif(party.name, ''))"  # a company has its name in the open
_WEIGHED: Final = "lot.org_id, lot.facility_id, lot.commodity, lot.form, lot.zone_minutes"
_OF_MANY: Final = "count(*), cast(sum(lot.made_g) as bigint), min(lot.made_at), max(lot.made_at), min(lot.made_by_id)"
_REF: Final = "case when lot.id is null then posting.ref else '' end"
_LOT: Final = "case when lot.id is null then posting.lot_id end"

DELIVERIES: Final = Asked("lot.id, lot.org_id, lot.made_at, lot.zone_minutes", "lot")
WEIGHED: Final = Asked(f"{_WEIGHED}, 'weigh_in', {_OF_MANY}", "lot", grouped=_WEIGHED)
WEIGHED_OR_REPORTED: Final = Asked(
    f"{_WEIGHED}, event.kind, {_OF_MANY}",
    "lot",
    joined="join event on event.id = lot.made_by_id",
    grouped=f"{_WEIGHED}, event.kind",
)
LINES: Final = Asked(  # what an event took from deliveries is one line that names none of them
    "posting.event_id, min(posting.line), posting.account, "
    f"{_REF}, {_LOT}, posting.transfer_id, cast(sum(posting.mass_g) as bigint)",
    "posting",
    "event_id",
    joined="left join lot on lot.id = posting.lot_id and lot.kind = 'delivery'",
    grouped=f"posting.event_id, posting.account, {_REF}, {_LOT}, posting.transfer_id, posting.mass_g > 0",
)
_TAKEN: Final = "posting.account = 'lot' and posting.mass_g < 0"
DELIVERED_LINES: Final = Asked(  # the same of events that took from nothing but deliveries: no lot has to be looked at
    "posting.event_id, min(posting.line), posting.account, "
    f"case when {_TAKEN} then '' else posting.ref end, case when {_TAKEN} then null else posting.lot_id end, "
    "posting.transfer_id, cast(sum(posting.mass_g) as bigint)",
    "posting",
    "event_id",
    grouped=f"posting.event_id, posting.account, case when {_TAKEN} then '' else posting.ref end, "
    f"case when {_TAKEN} then null else posting.lot_id end, posting.transfer_id",
)
TOUCHED: Final = Asked("posting.event_id, posting.lot_id", "posting", "event_id", where="posting.lot_id is not null")
FARMERS: Final = Asked(
    f"party.id, party.code, party.number, party.org_id, {_WRITTEN}, {_CALLED}, person.named_in_public",
    "party",
    joined="left join person on person.party_id = party.id",
)
PLOTS: Final = Asked("plot.id, plot.code, plot.area_m2, plot.name", "plot")
VILLAGES: Final = Asked(  # a text is put together once for a village, and not once for a farm
    f"{_WRITTEN}, many(party.id)",
    "party",
    grouped="party.country, party.province, party.district, party.village",
)
HOUSES: Final = Asked("party.org_id, many(party.id)", "party", grouped="party.org_id")
CODES: Final = Asked("party.id, party.code", "party")
NAMED: Final = Asked("person.party_id, person.name", "person", "party_id", where="person.named_in_public")
AREAS: Final = Asked("many(plot.id), many(plot.area_m2), plot.area_declared", "plot", grouped="plot.area_declared")
REGISTERED: Final = Asked("registration_id", "registration_cover", "plot_id")
HELD: Final = Asked("hold.id", "hold", "lot_id", where="(hold.closed_at is null or hold.passed = false)")
FAILED: Final = Asked("measurement.lot_id", "measurement", "lot_id", where="measurement.passed = false")
HELD_FARMERS: Final = Asked("hold.id", "hold", "party_id", where="hold.closed_at is null")
HELD_PLOTS: Final = Asked("hold.id", "hold", "plot_id", where="hold.closed_at is null")
(
    HELD_FAILED_FARMERS,
    HELD_FAILED_PLOTS,
) = (  # only what came in before it failed, so deliveries are asked and not whose they are
    Asked(
        "distinct hold.id",
        "lot",
        joined=f"join hold on hold.{named} = lot.{grown}",
        where="hold.passed = false and (lot.made_at <= hold.closed_at or lot.made_by_id < hold.closed_by_id)",
    )
    for named, grown in (("party_id", "origin_party_id"), ("plot_id", "origin_plot_id"))
)
RECALLED_LOTS: Final = Asked("recall.id", "recall", "lot_id", where="recall.closed_at is null")
RECALLED_FARMERS: Final = Asked("recall.id", "recall", "party_id", where="recall.closed_at is null")
RECALLED_PLOTS: Final = Asked("recall.id", "recall", "plot_id", where="recall.closed_at is null")
LIFTED_LOTS, LIFTED_FARMERS, LIFTED_PLOTS = (
    asked._replace(where="recall.closed_at is not null") for asked in (RECALLED_LOTS, RECALLED_FARMERS, RECALLED_PLOTS)
)


def rows_of(session: Session, asked: Asked, ids: Collection[int]) -> list[Any]:
    """The rows in any order; instants in them are as the database keeps them (`instant`)."""
    if not ids:
        return []
    connection = session.connection()
    columns, table, key, joined, where, grouped = asked
    rest = (f" and {where}" if where else "") + (f" group by {grouped}" if grouped else "")
    if connection.dialect.name == "sqlite":
        sent: Any = repr(sorted(ids))  # whole numbers are written in JSON as here
        wanted = f"json_each(?) as wanted cross join {table} on {table}.{key} = wanted.value"
        columns = columns.replace("many(", "json_group_array(")
        said = f"select {columns} from {wanted} {joined} where true{rest}"
    else:
        sent = sorted(ids)
        columns = columns.replace("many(", "array_agg(")
        said = f"select {columns} from {table} {joined} where {table}.{key} = any(%s::bigint[]){rest}"
    result = connection.exec_driver_sql(said, (sent,))
    return list(result.cursor.fetchall()) if result.cursor is not None else []


def listed(kept: Any) -> list[Any]:
    """A list as the database gives it, made one of ours: SQLite gives text."""
    found: list[Any] = json.loads(kept) if isinstance(kept, str) else kept
    return found


def instant(kept: Any) -> datetime:
    """An instant as the database keeps it, made one of ours: SQLite keeps text without its zone, which is UTC."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept.astimezone(UTC)
