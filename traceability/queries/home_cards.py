"""What needs somebody today: at most seven cards of a few sentences, each number with the list that adds up to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain.authority import AUTHORITY
from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.domain.scans import Limits
from traceability.models import Facility, Lot, Organisation, Party, Registration
from traceability.queries import approvals, device_lists, home_lists, money, reports
from traceability.queries.farmers import weighed_in
from traceability.queries.harvest_day import Harvest, harvest_of_today, points_of
from traceability.queries.home_lists import Item
from traceability.queries.lot_lists import on_hand, open_delivery
from traceability.queries.owed import owed_sums
from traceability.queries.pools import has_pool
from traceability.queries.scans import seen_widely

_SOON: Final = 30  # days


@dataclass(frozen=True)
class Line:
    """One sentence of a card: its key, how many there are, and their grams where they have any.

    `commodity` and `form` name goods on hand; `beside_g` is the book where the scale was asked again.
    """

    key: str
    n: int
    mass_g: int = 0
    commodity: str = ""
    form: str = ""
    beside_g: int = 0
    amount: int = 0  # owed, in `currency`, for so many days
    currency: str = ""
    days: int = 0

    @property
    def beside_tenths(self) -> int:
        """By how many tenths of a percent the grams differ from the book, rounded."""
        return round(self.mass_g * 1000 / self.beside_g) if self.beside_g else 0


@dataclass(frozen=True)
class Card:
    """Sentences that belong together; a card without any is left out."""

    key: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Day:
    """The first page of a person's day."""

    harvest: Harvest
    points: int
    silent: tuple[Item, ...]
    cards: tuple[Card, ...]  # beside the one of the harvest
    has_place: bool
    has_pool: bool  # a tank or bed that holds goods together
    has_farmer: bool
    has_goods: bool  # weighed in, or received from another organisation
    oversees: bool  # an authority, which handles no goods


List = Callable[[Session, Actor], list[Item]]

# What a list is called in addresses, and what it lists.
LISTS: Final[dict[str, List]] = {
    "receive": home_lists.to_receive,
    "over-cap": home_lists.over_cap,
    "failed": home_lists.failed,
    "holds": home_lists.held,
    "waiting": home_lists.waiting,
    "release": home_lists.unreleased,
    "ship": home_lists.to_ship,
    "road": home_lists.on_the_road,
    "weighed": home_lists.weighed_again,
    "papers": home_lists.papers,
    "points": home_lists.points,
    "silent": home_lists.silent,
}


def home_cards(session: Session, actor: Actor, limits: Limits | None = None) -> Day:
    """The numbers of today; what is nought is left out. `limits` are those above which a label was read too widely."""
    told = (*_asked(session, actor), *_of_the_public(session, actor, limits or Limits()))
    asked = _listed(session, actor, "failed", "receive", "over-cap")
    cards = (
        Card("needs", (*told, *asked, *_no_plot(session, actor))),
        Card("phones", _unsent(session, actor)),
        Card("stock", (*_open(session, actor), *_goods(session, actor), *_weighed(session, actor))),
        Card("lots", (*_waiting(session, actor), *_listed(session, actor, "holds", "release", "ship", "road"))),
        Card("money", _owed(session, actor)),
        Card("dates", (*_listed(session, actor, "papers"), *_coffee_year(session, actor))),
    )
    heard = points_of(session, actor)

    def has(*wanted: object) -> bool:
        return session.scalar(select(exists().where(*wanted))) or False  # type: ignore[arg-type]

    return Day(
        harvest=harvest_of_today(session, actor),
        points=sum(1 for point in heard if point.today_g),
        silent=tuple(home_lists.quiet(heard)),
        cards=tuple(card for card in cards if card.lines),
        has_place=has(Facility.org_id == actor.org_id),
        has_pool=session.scalar(select(has_pool(actor.org_id))) or False,
        has_farmer=has(Party.org_id == actor.org_id, Party.kind == "farmer"),
        has_goods=has(Lot.org_id == actor.org_id),
        oversees=has(Organisation.id == actor.org_id, Organisation.kind == AUTHORITY),
    )


def _listed(session: Session, actor: Actor, *keys: str) -> tuple[Line, ...]:
    """Sentences whose lists are short enough to be counted line by line."""
    found = [(key, LISTS[key](session, actor)) for key in keys]
    return tuple(Line(key, len(items), sum(item.mass_g or 0 for item in items)) for key, items in found if items)


def _asked(session: Session, actor: Actor) -> tuple[Line, ...]:
    """What waits for somebody to approve or refuse it: the open requests have a page of their own."""
    waiting, _ = approvals.requests(session, actor)
    return (Line("approve", len(waiting)),) if waiting else ()


def _of_the_public(session: Session, actor: Actor, limits: Limits) -> tuple[Line, ...]:
    """What the public reported and nobody looked at, and labels that were read too widely; each has its own list."""
    if not actor.may(Kind.HANDLE_REPORT):
        return ()
    widely = len(seen_widely(session, actor, limits, datetime.now(UTC).date()))
    found = (("reports", reports.new_reports(session, actor)), ("labels", widely))
    return tuple(Line(key, n) for key, n in found if n)


def _unsent(session: Session, actor: Actor) -> tuple[Line, ...]:
    """What phones without a signal last said they still had to send, and those that fell silent with something."""
    phones = [row for row in device_lists.devices(session, actor) if row.revoked_at is None]
    unsent, silent = sum(row.unsent for row in phones), sum(row.silent for row in phones)
    return tuple(Line(key, n) for key, n in (("unsent", unsent), ("silent_phones", silent)) if n)


def _no_plot(session: Session, actor: Actor) -> tuple[Line, ...]:
    """Deliveries of which nobody knows the plot: they have a list page of their own."""
    without = (Lot.org_id == actor.org_id, weighed_in(), Lot.origin_plot_id.is_(None), Lot.void.is_(False))
    return _summed(session, "no_plot", Lot.made_g, *without)


def _open(session: Session, actor: Actor) -> tuple[Line, ...]:
    """Deliveries not yet in a lot."""
    return _summed(session, "open", Lot.balance_g, Lot.org_id == actor.org_id, open_delivery())


def _waiting(session: Session, actor: Actor) -> tuple[Line, ...]:
    """Those of them that wait for too long."""
    return _summed(session, "waiting", Lot.balance_g, *home_lists.waits_too_long(actor))


def _summed(
    session: Session, key: str, grams: InstrumentedAttribute[int], *wanted: ColumnElement[bool]
) -> tuple[Line, ...]:
    """A sentence about lots that are too many to be read one by one."""
    count, mass = session.execute(select(func.count(), func.sum(grams)).where(*wanted)).one()
    return (Line(key, count, int(mass)),) if count else ()


def _goods(session: Session, actor: Actor) -> tuple[Line, ...]:
    """What is on hand of each kind of goods, deliveries apart."""
    rows = session.execute(
        select(Lot.commodity, Lot.form, func.count(), func.sum(Lot.balance_g))
        .where(Lot.org_id == actor.org_id, on_hand(), Lot.kind != "delivery")
        .group_by(Lot.commodity, Lot.form)
        .order_by(func.sum(Lot.balance_g).desc(), Lot.commodity, Lot.form)
    )
    return tuple(Line("goods", count, int(mass), commodity, form) for commodity, form, count, mass in rows)


def _weighed(session: Session, actor: Actor) -> tuple[Line, ...]:
    """By how much the scale differs from the book, where it was asked again."""
    items = home_lists.weighed_again(session, actor)
    if not items:
        return ()
    more, book = (sum(getattr(item, name) or 0 for item in items) for name in ("mass_g", "beside_g"))
    return (Line("weighed", len(items), more, beside_g=book),)


def _owed(session: Session, actor: Actor) -> tuple[Line, ...]:
    """What farmers are owed, currency by currency; nothing where no price is ever entered."""
    if not money.uses_money(session, actor):
        return ()
    return tuple(
        Line("owed", row.farmers, amount=row.amount, currency=row.currency, days=row.days)
        for row in owed_sums(session, actor)
    )


def _coffee_year(session: Session, actor: Actor) -> tuple[Line, ...]:
    """Days until the coffee year begins, when an exporter of the house numbers shipments by it."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    first = date(today.year + (today.month >= 10), 10, 1)
    if (first - today).days > _SOON:
        return ()
    numbered = select(exists().where(Registration.org_id == actor.org_id, Registration.scheme == "ico_exporter"))
    return (Line("coffee_year", (first - today).days),) if session.scalar(numbered) else ()
