"""What a clerk forms into lots and sends on the road without a signal: open lots, goods on their way to us, places.

The same kind of answer as `queries.snapshot`, of its own because it changes with every entry and the farmers do not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES
from traceability.domain.identifiers import formed_lot_number
from traceability.domain.moments import day_of
from traceability.domain.pools import POOLED
from traceability.domain.roles import Actor
from traceability.models import Batch, Facility, Lot, Organisation, Party
from traceability.queries import holds, transfers
from traceability.queries.places import weighing_places
from traceability.queries.snapshot import DIGITS, digest_of
from traceability.queries.stock_choices import other_organisations

SHELVES: Final = 32
MOST_LOTS: Final = 2_000
_VERSION: Final = re.compile(rf"[A-Za-z0-9_-]{{{DIGITS * (SHELVES + 2)}}}")
_DAYS_AHEAD: Final = 40  # longer than a phone can go unheard of

# code, number, kind, goods as `commodity.form`, grade, grams, units, day, prefix of its place, number of its farmer.
# The kind is d for a delivery that is in no lot yet, l for a lot, b for a sealed batch. What a hold or a recall stops
# has a 1 behind it all.
Row = list[Any]


def snapshot_goods(session: Session, actor: Actor, since: str = "") -> dict[str, Any]:
    """Open lots, the newest of them, on numbered shelves; with the version of what a phone has, only what differs.

    `settings` and `road` are there when they differ. `open` says how many open lots there are in all.
    """
    shelves = _shelves(session, actor)
    parts = [_settings(session, actor), _road(session, actor), *shelves]
    names = [digest_of(part) for part in parts]
    had = re.findall(f".{{{DIGITS}}}", since) if _VERSION.fullmatch(since) else [""] * len(names)
    changed = [place for place, name in enumerate(names) if name != had[place]]
    answer = {"version": "".join(names), "numbers": _numbers(session, actor), "open": _how_many(session, actor)}
    answer |= {name: parts[place] for place, name in enumerate(("settings", "road")) if place in changed}
    answer["shelves"] = {str(place - 2): parts[place] for place in changed if place > 1}
    return answer


def _settings(session: Session, actor: Actor) -> dict[str, Any]:
    """Who goods can be sent to, our places, and what a difference may be before somebody has to say why."""
    organisation = session.get_one(Organisation, actor.org_id)
    return {
        "series": f"{organisation.country}-{organisation.prefix}",
        "organisations": [
            [code, dict(names.by_language)] for code, names in other_organisations(session, actor.org_id)
        ],
        "places": [[place.prefix, place.name] for place in weighing_places(session, actor)],
        "most": MOST_LOTS,
        "lot_permille": organisation.lot_tolerance_permille,
        "road_permille": organisation.transfer_tolerance_permille,
        "forms": {
            f"{goods.key}.{form.key}": dict(form.names.by_language)
            for goods in COMMODITIES.values()
            for form in goods.forms
        },
    }


def _road(session: Session, actor: Actor) -> list[Row]:
    """Goods that may be received, the newest first: code, number, sender, goods, grade, grams, units, vehicle, seal,
    and the moment until which they may be."""
    return [
        [
            found.code,
            found.number,
            dict(found.sender.by_language),
            f"{found.commodity}.{found.form}",
            found.grade,
            found.open_g,
            found.count,
            found.vehicle,
            found.seal,
            found.expires_at.astimezone(UTC).isoformat(timespec="seconds"),
        ]
        for found in transfers.under_way(session, actor.org_id)
        if found.to_receive
    ]


def _open(actor: Actor) -> tuple[Any, ...]:
    return Lot.org_id == actor.org_id, Lot.balance_g > 0, Lot.void.is_(False), Lot.kind != POOLED


def _how_many(session: Session, actor: Actor) -> int:
    return session.scalar(select(func.count()).select_from(Lot).where(*_open(actor))) or 0


def _shelves(session: Session, actor: Actor) -> list[list[Row]]:
    stopped = holds.stopped(session)
    columns = (
        Lot.id,
        Lot.code,
        Lot.number,
        Lot.kind,
        Lot.commodity,
        Lot.form,
        Lot.grade,
        Lot.balance_g,
        Lot.balance_count,
    )
    query = (
        select(*columns, Lot.made_at, Lot.zone_minutes, Facility.prefix, Party.number, Batch.id)
        .outerjoin(Facility, Facility.id == Lot.facility_id)
        .outerjoin(Party, Party.id == Lot.origin_party_id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(*_open(actor))
        .order_by(Lot.made_at.desc(), Lot.id.desc())
        .limit(MOST_LOTS)
    )
    shelves: list[list[Row]] = [[] for _ in range(SHELVES)]
    for key, code, number, kind, goods, form, grade, mass, count, at, zone, place, farmer, batch in session.execute(
        query
    ):
        sort = "b" if batch is not None else "d" if kind == "delivery" else "l"
        row = [code, number, sort, f"{goods}.{form}", grade, mass, count, f"{day_of(at, zone):%Y-%m-%d}"]
        shelves[zlib.crc32(code.encode()) % SHELVES].append(
            [*row, place or "", farmer or "", *([1] if key in stopped else [])]
        )
    return shelves


def _numbers(session: Session, actor: Actor) -> Mapping[str, int]:
    """The highest counter of this phone's letter behind `LA-DH-2026-`, this year and the next when it is near."""
    if actor.phone is None:
        return {}
    organisation = session.get_one(Organisation, actor.org_id)
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    taken: dict[str, int] = {}
    for year in {day.year for day in (today - timedelta(days=_DAYS_AHEAD), today, today + timedelta(days=_DAYS_AHEAD))}:
        first = formed_lot_number(organisation.country, organisation.prefix, year, 1, device=actor.phone.letter)
        start = first.removesuffix("0001")
        longest = len(first) + 2
        written = select(Lot.number).where(Lot.org_id == actor.org_id, Lot.number >= start + "0")
        written = written.where(Lot.number < start + ":", func.length(Lot.number) <= longest)
        counters = [number.removeprefix(start) for number in session.scalars(written)]
        highest = max((int(counter) for counter in counters if counter.isdecimal()), default=0)
        if highest:
            taken[start.rpartition("-")[0]] = highest
    return taken
