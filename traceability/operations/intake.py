"""Taking in what an import read: rows of a register become farmers, plots, lots and batches, through the operations.

Every row is said under client ids made from the file's digest and the row's number: importing a file again changes
nothing, and importing its corrected remainder adds only what was missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.facts import (
    Measured,
    Pack,
    RegisterFacility,
    RegisterFarmer,
    RegisterPlot,
    Release,
    Seal,
    Take,
    WeighIn,
    Where,
)
from traceability.domain.geometry import PlotGeometry, stored_geometry
from traceability.domain.quantity import apportion
from traceability.domain.roles import Actor
from traceability.domain.text import search_key
from traceability.imports.countries import country_code
from traceability.imports.farmers import FarmerRow
from traceability.imports.lots import LotRow
from traceability.imports.plots import PlotRow
from traceability.models import Facility, Party, Person, Plot
from traceability.operations import collection, packing, registry
from traceability.operations.lookups import organisation_of

_PREFIX = "IMPORT"


@dataclass(frozen=True)
class Source:
    """Which file a row is from (the start of its SHA-256), and the goods it speaks of."""

    digest: str
    commodity: str
    form: str = ""

    def client_id(self, row: int, step: str) -> str:
        return f"import-{self.digest[:16]}-{row}-{step}"


def take_lot(session: Session, actor: Actor, *, source: Source, row: LotRow) -> str:
    """One row of a lot register -> farm F, delivery D, packed lot, released batch. Answers the batch's public code.

    The register's own lot number and ICO mark become marks of the batch; moisture and cup score are measurements.
    """
    at = _moment(row.graded_on, actor.zone_minutes)
    place = _place(session, actor, source, at)
    country = country_code(row.country) or place.country
    farm = row.farm_name or row.producer or row.company or row.lot_number
    farmer = _farmer(session, actor, source.client_id(row.row_number, "farmer"), farm, country, row.region, at)
    bags = row.bags or 1

    def said(step: str) -> dict[str, object]:
        return {"client_id": source.client_id(row.row_number, step), "occurred_at": at, "confirmed": True}

    weighed = collection.record_weigh_in(
        session,
        actor,
        WeighIn(
            **said("lot"),  # type: ignore[arg-type]
            facility=place.code,
            farmer=farmer,
            commodity=source.commodity,
            form=source.form,
            bags_g=tuple(apportion(row.mass_g, [1] * bags)),
            tare_g=0,
            variety=row.variety[:80],
            unit="bag",
            measured=_measured(row),
        ),
    )
    packed = packing.pack(
        session,
        actor,
        Pack(
            **said("pack"),  # type: ignore[arg-type]
            facility=place.code,
            inputs=(Take(lot=weighed["lot"]),),
            form=source.form,
            unit="bag",
            count=bags,
            mass_g=row.mass_g,
            variety=row.variety[:80],
        ),
    )
    packing.seal(
        session,
        actor,
        Seal(
            **said("seal"),  # type: ignore[arg-type]
            lot=packed["lot"],
            ico=row.ico_mark.typed[:40] if row.ico_mark else "",
            own_number=row.lot_number[:80],
        ),
    )
    packing.release(session, actor, Release(**said("release"), batch=packed["lot"]))  # type: ignore[arg-type]
    return str(packed["lot"])


def take_farmer(session: Session, actor: Actor, *, source: Source, row: FarmerRow) -> str:
    """One row of a list of farmers -> farmer, and a plot without position when an area was told. Answers the code."""
    now = datetime.now(UTC)
    country = country_code(row.country) or _home(session, actor)
    where = Where(
        country=country,
        province=row.province[:120],
        district=row.district[:120],
        village=(row.village or row.commune)[:120],
    )
    done = registry.register_farmer(
        session,
        actor,
        RegisterFarmer(
            client_id=source.client_id(row.row_number, "farmer"),
            occurred_at=now,
            name=row.name,
            number=_free_number(session, actor, row.number),
            phone=row.phone,
            where=where,
        ),
    )
    area = row.cultivated_area_m2 or row.total_area_m2
    if area:
        registry.register_plot(
            session,
            actor,
            RegisterPlot(
                client_id=source.client_id(row.row_number, "plot"),
                occurred_at=now,
                farmer=done["farmer"],
                name=row.village[:120] or row.name[:120],
                commodity=source.commodity,
                where=where,
                area_m2=area,
            ),
        )
    return str(done["farmer"])


def take_plot(session: Session, actor: Actor, *, source: Source, row: PlotRow) -> str:
    """One plot with its shape -> plot of its farmer, found by number or name, or registered. Answers the code."""
    now = datetime.now(UTC)
    country = row.country or _home(session, actor)
    name = row.producer or row.number or f"{row.name or 'plot'} {row.row_number}"
    farmer = _known_number(session, actor, row.number) or _farmer(
        session, actor, source.client_id(row.row_number, "farmer"), name, country, row.place, now
    )
    point = row.geometry.kind.endswith("Point")
    done = registry.register_plot(
        session,
        actor,
        RegisterPlot(
            client_id=source.client_id(row.row_number, "plot"),
            occurred_at=now,
            farmer=farmer,
            name=(row.name or row.place or name)[:120],
            commodity=source.commodity,
            where=Where(country=country, province=row.place[:120]),
            area_m2=(row.stated_area_m2 or 0) if point else row.geometry.area_m2,
            area_declared=point,
            geometry_kind="point" if point else "polygon",
            geometry=row.geometry.geojson,
        ),
    )
    return str(done["plot"])


def known_shapes(session: Session, actor: Actor) -> Sequence[PlotGeometry]:
    """The shapes on record in the organisation, against which a new one may not overlap."""
    rows = session.scalars(select(Plot.geometry).where(Plot.org_id == actor.org_id, Plot.geometry_kind != "none"))
    return [stored_geometry(text) for text in rows]


def default_form(commodity_key: str) -> str:
    """The form a lot register speaks of when nobody says: the first that is exported."""
    return commodity(commodity_key).export_forms[0].key


def _measured(row: LotRow) -> tuple[Measured, ...]:
    found = []
    if row.moisture_tenths is not None:
        found.append(Measured(property="moisture_percent", value=_decimal(row.moisture_tenths, 1), unit="%"))
    if row.cup_score_hundredths is not None:
        score = _decimal(row.cup_score_hundredths, 2)
        found.append(Measured(property="cupping_score", value=score, laboratory=row.certified_by[:200]))
    return tuple(found)


def _decimal(value: int, places: int) -> str:
    whole, rest = divmod(value, 10**places)
    return f"{whole}.{rest:0{places}d}"


def _moment(on: date | None, zone_minutes: int) -> datetime:
    """Noon of the day where it happened, never later than now."""
    now = datetime.now(UTC)
    if on is None:
        return now
    return min(now, datetime.combine(on, time(12), UTC) - timedelta(minutes=zone_minutes))


def _place(session: Session, actor: Actor, source: Source, at: datetime) -> Facility:
    """The place that imported goods are booked at: the organisation's `IMPORT`, made when it is first needed."""
    wanted = select(Facility).where(Facility.org_id == actor.org_id, Facility.prefix == _PREFIX)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        where = Where(country=_home(session, actor))
        registry.register_facility(
            session,
            actor,
            RegisterFacility(
                client_id=f"import-{source.digest[:16]}-place",
                occurred_at=at,
                name="Imported registers",
                kind="warehouse",
                prefix=_PREFIX,
                where=where,
            ),
        )
        found = session.scalars(wanted).one()
    return found


def _home(session: Session, actor: Actor) -> str:
    return organisation_of(session, actor).country


def _farmer(session: Session, actor: Actor, client_id: str, name: str, country: str, region: str, at: datetime) -> str:
    """The farm of this name and country, or a new one: a register names farms, not people."""
    key = search_key(name)
    known = session.scalars(
        select(Party.code)
        .join(Person, Person.party_id == Party.id)
        .where(Party.org_id == actor.org_id, Party.country == country, Person.search_key == key)
    ).first()
    if known is not None:
        return known
    fact = RegisterFarmer(
        client_id=client_id, occurred_at=at, name=name[:200], where=Where(country=country, province=region[:120])
    )
    return str(registry.register_farmer(session, actor, fact)["farmer"])


def _known_number(session: Session, actor: Actor, number: str) -> str:
    if not number:
        return ""
    wanted = select(Party.code).where(Party.org_id == actor.org_id, Party.kind == "farmer", Party.number == number)
    return session.scalars(wanted).first() or ""


def _free_number(session: Session, actor: Actor, number: str) -> str:
    """The number of the list, unless another farmer has it: then the next free one is given."""
    wanted = number.strip()[:24]
    return "" if not wanted or _known_number(session, actor, wanted) else wanted
