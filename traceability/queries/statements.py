"""The statement of one farmer's season: deliveries and money as they stand, and forward through the lineage."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES
from traceability.domain.dossier import Names
from traceability.domain.moments import day_of
from traceability.domain.packed import unpack_farmers
from traceability.domain.roles import Actor
from traceability.domain.seasons import SeasonOf
from traceability.domain.statement import Brought, Money, PaidOut, Statement, Sum, Went
from traceability.errors import NotFound
from traceability.models import Batch, Due, FrozenOrigin, Lot, Organisation, Party, Payment
from traceability.queries import farmers, money
from traceability.queries.dues import standing
from traceability.queries.lineage import chunks
from traceability.queries.season_ends import ends_of
from traceability.queries.season_lines import placed
from traceability.queries.seasons import deliveries_of, seasons_by_lot
from traceability.queries.traces import LotRow, trace_forward_rows


class NoSuchSeason(NotFound):
    """This farmer brought nothing in that season. Choose one of the seasons on the farmer's page."""


def statement(session: Session, actor: Actor, farmer: str, season: str = "", commodity: str = "") -> Statement:
    """One season of one product of one farmer; of those asked for, or of all, that of the newest delivery.

    Raises NoSuchFarmer, NoSuchSeason.
    """
    who = farmers.farmer(session, actor, farmer)
    house = session.get_one(Organisation, actor.org_id)
    party_id = session.scalars(select(Party.id).where(Party.org_id == actor.org_id, Party.code == who.code)).one()
    lots = deliveries_of(session, actor.org_id, party_id)
    of_lot = seasons_by_lot(session, actor.org_id, lots)
    seasons = tuple(dict.fromkeys(of_lot[lot.id] for lot in reversed(lots)))  # that of the newest delivery first
    asked = [each for each in seasons if season in ("", each.name) and commodity in ("", each.commodity)]
    if not asked:
        raise NoSuchSeason()
    chosen = asked[0]
    own = [lot for lot in lots if of_lot[lot.id] == chosen]
    dues = _dues(session, own)
    payments = _paid(session, actor, party_id, lots, of_lot, chosen)
    went = _went(session, actor, trace_forward_rows(session, own).rows, party_id)
    ends = placed(actor, ends_of(session, own), went, sum(lot.made_g for lot in own))
    return Statement(
        organisation=house.called,
        phone=house.phone,
        country=house.country,
        demo=house.demo,
        farmer=who.code,
        number=who.number,
        name=who.name,
        village=who.village,
        season=chosen,
        product=product_of(chosen.commodity),
        seasons=seasons,
        as_of=day_of(datetime.now(UTC), actor.zone_minutes),
        brought=tuple(_brought(lot, dues) for lot in own),
        sums=_sums(own),
        money=_money(session, actor, party_id, payments, dues),
        payments=payments,
        went=went,
        **ends._asdict(),
    )


def product_of(commodity: str) -> Names:
    """The names of a product; its key where no commodity file knows it any longer."""
    return COMMODITIES[commodity].names if commodity in COMMODITIES else Names({"en": commodity})


def goods_of(commodity: str, form: str) -> Names:
    """The names of a form; its key where no commodity file knows it any longer."""
    found = COMMODITIES[commodity].form(form) if commodity in COMMODITIES else None
    return found.names if found else Names({"en": form})


def _brought(lot: Lot, dues: Mapping[int, tuple[int, str]]) -> Brought:
    amount, currency = dues.get(lot.id, (None, ""))
    return Brought(
        code=lot.code,
        on=day_of(lot.made_at, lot.zone_minutes),
        number=lot.number,
        goods=goods_of(lot.commodity, lot.form),
        grade=lot.grade,
        mass_g=lot.made_g,
        amount=amount,
        currency=currency,
    )


def _sums(lots: Sequence[Lot]) -> tuple[Sum, ...]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for lot in lots:
        mass, count = found.get((lot.commodity, lot.form), (0, 0))
        found[lot.commodity, lot.form] = mass + lot.made_g, count + 1
    return tuple(Sum(goods_of(*key), mass, count) for key, (mass, count) in found.items())


def _dues(session: Session, lots: Sequence[Lot]) -> dict[int, tuple[int, str]]:
    """What each delivery is worth, where it has a price."""
    found: dict[int, tuple[int, str]] = {}
    for chunk in chunks([lot.id for lot in lots]):
        rows = select(Due.lot_id, Due.amount, Due.currency).where(Due.lot_id.in_(chunk), standing(Due))
        found.update({key: (amount, currency) for key, amount, currency in session.execute(rows)})
    return found


def _paid(
    session: Session, actor: Actor, party_id: int, lots: Sequence[Lot], of_lot: Mapping[int, SeasonOf], season: SeasonOf
) -> tuple[PaidOut, ...]:
    """The payments for a season, one by one.

    A payment for a delivery is of the season of that delivery, whenever it was made. Other money is of the season of
    the newest delivery before it, or of the first.
    """
    made, numbers = [lot.made_at for lot in lots], {lot.id: lot.number for lot in lots}
    rows = session.scalars(
        select(Payment)
        .where(Payment.org_id == actor.org_id, Payment.party_id == party_id, standing(Payment))
        .order_by(Payment.paid_at, Payment.made_by_id, Payment.id)
    )
    parts: dict[tuple[int, str], list[Payment]] = {}
    for row in rows:
        newest = lots[max(bisect_right(made, row.paid_at) - 1, 0)].id
        if of_lot.get(row.lot_id or 0, of_lot[newest]) == season:
            parts.setdefault((row.made_by_id, row.currency), []).append(row)
    return tuple(
        PaidOut(
            on=day_of(some[0].paid_at, some[0].zone_minutes),
            amount=sum(row.amount for row in some),
            currency=some[0].currency,
            advance=some[0].purpose == "advance",
            numbers=tuple(numbers[row.lot_id] for row in some if row.lot_id in numbers),
        )
        for some in parts.values()
    )


def _money(
    session: Session,
    actor: Actor,
    party_id: int,
    payments: Sequence[PaidOut],
    dues: Mapping[int, tuple[int, str]],
) -> tuple[Money, ...]:
    """Currency by currency; nothing for a farmer without any price or payment."""
    balances = money.account(session, actor, party_id).balances
    return tuple(
        Money(
            currency=balance.currency,
            due=sum(amount for amount, currency in dues.values() if currency == balance.currency),
            paid=sum(row.amount for row in payments if row.currency == balance.currency),
            owed=balance.owed,
        )
        for balance in balances
    )


def _went(session: Session, actor: Actor, rows: Sequence[LotRow], party_id: int) -> tuple[Went, ...]:
    """The released batches with grams of the farmer in them; one that a newer batch replaced is left out."""
    batches = {row.code: row for row in rows if row.released}
    newest = (FrozenOrigin.batch_id == Batch.id) & (FrozenOrigin.version == Batch.version)
    found = []
    for chunk in chunks(batches):
        released = session.execute(
            select(Lot.code, Batch.destination, Batch.released_at, Lot.zone_minutes, FrozenOrigin.shares)
            .join(Batch, Batch.lot_id == Lot.id)
            .join(FrozenOrigin, newest)
            .where(Lot.code.in_(chunk), Batch.superseded_by == "", Batch.released_at.is_not(None))
            .order_by(Batch.released_at, Batch.id)
        )
        for code, country, at, zone, shares in released:
            row, mass = batches[code], unpack_farmers(shares).get(party_id, 0)
            if mass and at is not None:
                own = row.organisation == actor.org_code
                found.append(
                    Went(
                        code=code,
                        number=row.number,
                        goods=goods_of(row.commodity, row.form),
                        organisation=row.organisation_name,
                        own=own,
                        country=country,
                        buyers=row.buyers if own else (),
                        released_on=day_of(at, zone),
                        batch_g=row.made_g,
                        mass_g=mass,
                    )
                )
    return tuple(found)
