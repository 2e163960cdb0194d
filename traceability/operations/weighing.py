"""What weigh-ins have to look up before they are written: asked once, for one delivery or for a whole day of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from traceability.domain.facts import REPLACEMENT, WeighIn
from traceability.domain.roles import Actor
from traceability.domain.seasons import Period
from traceability.errors import CapReached, NoSuchFacility, NoSuchFarmer, NoSuchPlot
from traceability.models import Event, Facility, Lot, Party, Plot
from traceability.models.statements import Statement, any_of
from traceability.operations.lookups import Point
from traceability.operations.naming import Numbers
from traceability.queries.currencies import currency_of
from traceability.queries.replaced import declared_by_correction, first_deliveries
from traceability.queries.seasons import SeasonRow, outside, period_on, seasons_of, within
from traceability.queries.usual_prices import usual_prices

_AGAIN: Final = timedelta(minutes=10)  # the same weight within this time looks like a double entry (UX 4.5)


class Farmer(NamedTuple):
    """Who delivers."""

    id: int
    code: str


class Grown(NamedTuple):
    """The plot that a delivery is from."""

    id: int
    code: str
    party_id: int
    cap_g: int  # of a season; 0 where nothing limits it


class Capped(Protocol):
    """A plot, as far as its limit is asked about."""

    @property
    def id(self) -> int: ...

    @property
    def code(self) -> str: ...

    @property
    def cap_g(self) -> int | None: ...


_POINT, _FARMER, _PLOT = 1, 2, 3
_Among = Callable[[Any, str], ColumnElement[bool]]  # (column, name of the parameter) -> a condition


def _named(among: _Among) -> Select[Any] | CompoundSelect[Any]:
    """One question for places, farmers and plots by their codes.

    Adding nothing to the organisation keeps SQLite from its index, which leads to everybody: a code leads to one.
    """
    points = select(literal(_POINT), Facility.id, Facility.code, Facility.prefix, literal(0), literal(0)).where(
        Facility.org_id == bindparam("org"),
        or_(among(Facility.code, "points"), among(Facility.prefix, "points")),
    )
    farmers = select(literal(_FARMER), Party.id, Party.code, Party.number, literal(0), literal(0)).where(
        Party.kind == "farmer"
    )
    coded = farmers.where(Party.org_id + 0 == bindparam("org"), among(Party.code, "farmers"))
    numbered = farmers.where(Party.org_id == bindparam("org"), among(Party.number, "numbers"))
    plots = select(literal(_PLOT), Plot.id, Plot.code, literal(""), Plot.party_id, func.coalesce(Plot.cap_g, 0)).where(
        Plot.org_id + 0 == bindparam("org"), among(Plot.code, "plots")
    )
    return union_all(points, coded, numbered, plots)


def _weighed(among: _Among) -> Select[int | None, int, datetime]:
    """What some farmers brought of some weights within a time."""
    return select(Lot.origin_party_id, Lot.made_g, Lot.made_at).where(
        Lot.org_id + 0 == bindparam("org"),
        among(Lot.origin_party_id, "farmers"),
        among(Lot.made_g, "grams"),
        Lot.void.is_(False),
        Lot.made_at >= bindparam("since"),
        Lot.made_at <= bindparam("until"),
    )


def _season(among: _Among, when: ColumnElement[bool]) -> CompoundSelect[Any]:
    """What farmers brought of some goods in a season, and the land on which they grow them."""
    brought = (
        select(Lot.origin_party_id, func.sum(Lot.made_g), literal(0))
        .where(
            Lot.org_id == bindparam("org"),
            among(Lot.origin_party_id, "farmers"),
            Lot.commodity == bindparam("commodity"),
            Lot.form == bindparam("form"),
            when,
            Lot.void.is_(False),
        )
        .group_by(Lot.origin_party_id)
    )
    grown = (
        select(Plot.party_id, literal(0), func.sum(Plot.area_m2))
        .where(
            Plot.org_id == bindparam("org"), among(Plot.party_id, "farmers"), Plot.commodity == bindparam("commodity")
        )
        .group_by(Plot.party_id)
    )
    return union_all(brought, grown)


def _the_one(column: Any, name: str) -> ColumnElement[bool]:
    return column == bindparam(name)  # type: ignore[no-any-return]


# built once, and for one weigh-in without lists: this is what everybody at the scale waits for
_NAMED: Final = Statement(_named(_the_one))
_WEIGHED: Final = Statement(_weighed(_the_one))
_IN_CROP_YEAR: Final = Lot.crop_year == bindparam("name")
_BETWEEN: Final = and_(Lot.made_at >= bindparam("since"), Lot.made_at < bindparam("until"))
_SEASON: Final = Statement(_season(_the_one, _IN_CROP_YEAR))
_SET_SEASON: Final = Statement(_season(_the_one, _BETWEEN))
_ALL_NAMED: Final = Statement(_named(any_of))
_ALL_WEIGHED: Final = Statement(_weighed(any_of))
_ALL_SEASON: Final = Statement(_season(any_of, _IN_CROP_YEAR))
_ALL_SET_SEASON: Final = Statement(_season(any_of, _BETWEEN))


def _season_of(period: Period, *, one: bool) -> Statement:
    """What asks for a season of one farmer, or of several."""
    if period.since is not None:
        return _SET_SEASON if one else _ALL_SET_SEASON
    if period.but:
        return Statement(_season(_the_one if one else any_of, and_(_IN_CROP_YEAR, outside(period.but))))
    return _SEASON if one else _ALL_SEASON


class Season(NamedTuple):
    """Grams of some goods that a farmer brought in a season, and square metres on which the farmer grows them."""

    brought_g: int
    area_m2: int


Goods = tuple[str, str, Period]  # commodity, form, season


def check_cap(session: Session, plot: Capped, commodity: str, period: Period, more_g: int) -> None:
    """Refuse what would bring more of a product from a plot in its season than the limit. Raises CapReached."""
    if not plot.cap_g:
        return
    delivered = select(func.sum(Lot.made_g)).where(
        Lot.origin_plot_id == plot.id, Lot.commodity == commodity, within(period), Lot.void.is_(False)
    )
    season_g = int(session.scalar(delivered) or 0) + more_g
    if season_g > plot.cap_g:
        raise CapReached(plot=plot.code, season_g=season_g, cap_g=plot.cap_g, at="plot")


class Scale:
    """Some weigh-ins of one organisation: what their codes stand for, their numbers, and who weighed the same before.

    Scoped to the organisation like every look-up: a foreign code and an unknown code are refused alike.
    """

    def __init__(self, session: Session, actor: Actor, facts: Sequence[WeighIn]) -> None:
        self._numbers = Numbers(session, actor.org_id)
        self._connection = session.connection()
        self._org_id = actor.org_id
        self._seasons: dict[Goods, dict[int, Season]] = {}
        self._points: dict[str, Point] = {}
        self._farmers: dict[str, Farmer] = {}
        self._numbered: dict[str, Farmer] = {}
        self._plots: dict[str, Grown] = {}
        self._weighed: dict[tuple[int | None, int], list[datetime]] = {}
        self._of_plot: dict[tuple[int, str, Period], int] = {}
        self._set: dict[str, list[SeasonRow]] = {}  # seasons by product
        self._session = session
        self._actor = actor
        self._usual: dict[tuple[str, str, str, str, date], Sequence[int]] = {}
        self._currency = ""
        if facts:
            self._look_up(self._connection, actor.org_id, facts)

    def _look_up(self, connection: Connection, org_id: int, facts: Sequence[WeighIn]) -> None:
        one = len(facts) == 1
        named, weighed = (_NAMED, _WEIGHED) if one else (_ALL_NAMED, _ALL_WEIGHED)

        def said(values: list[Any]) -> Any:
            return values[0] if one else list(set(values))

        codes = {
            "org": org_id,
            "points": said([fact.facility.upper() for fact in facts]),
            "farmers": said([fact.farmer.upper() for fact in facts]),
            "numbers": said([fact.farmer for fact in facts]),
            "plots": said([fact.plot.upper() for fact in facts]),
        }
        for kind, key, code, number, party_id, cap_g in named.rows(connection, codes):
            if kind == _POINT:
                point = Point(key, code, number)
                self._points[code] = point
                self._points.setdefault(number, point)  # a place's code goes before another's prefix
            elif kind == _FARMER:
                self._farmers[code] = self._numbered[number] = Farmer(key, code)
            else:
                self._plots[code] = Grown(key, code, party_id, cap_g)
        farmers = [farmer.id for fact in facts if (farmer := self._find(fact.farmer)) is not None]
        if not farmers:
            return
        asked = {
            "org": org_id,
            "farmers": said(farmers),
            "grams": said([fact.net_g for fact in facts]),
            "since": min(fact.occurred_at for fact in facts) - _AGAIN,
            "until": max(fact.occurred_at for fact in facts) + _AGAIN,
        }
        for farmer_id, grams, at in weighed.rows(connection, asked):
            self._weighed.setdefault((farmer_id, grams), []).append(at)

    def point(self, code: str) -> Point:
        """A place by code or prefix. Raises NoSuchFacility."""
        if code.upper() not in self._points:
            raise NoSuchFacility(code=code, at="facility")
        return self._points[code.upper()]

    def farmer(self, code: str) -> Farmer:
        """A farmer by card code or membership number. Raises NoSuchFarmer."""
        found = self._find(code)
        if found is None:
            raise NoSuchFarmer(code=code, at="farmer")
        return found

    def plot(self, code: str, farmer: Farmer) -> Grown:
        """A plot of this farmer by code. Raises NoSuchPlot."""
        found = self._plots.get(code.upper())
        if found is None or found.party_id != farmer.id:
            raise NoSuchPlot(code=code, at="plot")
        return found

    def receipt(self, point: Point, on: date, wanted: str) -> str:
        """As `Numbers.receipt`."""
        return self._numbers.receipt(point.prefix, on, wanted)

    def currency(self) -> str:
        """What the organisation pays in, for a price that does not say."""
        if not self._currency:
            self._currency = currency_of(self._session, self._org_id)
        return self._currency

    def usual_prices(self, fact: WeighIn, on: date) -> Sequence[int]:
        """What the price of a delivery is compared with."""
        key = (fact.commodity, fact.form, fact.grade, fact.currency or self.currency(), on)
        if key not in self._usual:
            goods = (fact.commodity, fact.form)
            self._usual[key] = usual_prices(self._session, self._actor, goods, fact.grade, key[3], on)
        return self._usual[key]

    def instead_of(self, fact: WeighIn) -> int | None:
        """The key of the delivery in error that this one replaces: of the first, where corrections were corrected."""
        if not fact.client_id.endswith(REPLACEMENT):
            return None
        declared = declared_by_correction(self._org_id, fact.client_id)
        wrong = self._session.scalar(
            select(Lot.id).where(Lot.org_id == self._org_id, Lot.kind == "delivery", Lot.made_by_id.in_(declared))
        )
        return None if wrong is None else first_deliveries(self._session, [wrong]).get(wrong, wrong)

    def weighed_before(self, farmer: Farmer, fact: WeighIn) -> bool:
        """Whether the farmer brought exactly this weight minutes before or after."""
        return any(abs(at - fact.occurred_at) <= _AGAIN for at in self._weighed.get((farmer.id, fact.net_g), ()))

    def page_before(self, farmer: Farmer, fact: WeighIn) -> str:
        """The page of the paper book on which it stood; empty when it was none. Asked only when there was one."""
        earlier = (
            select(Event.kdes["paper_page"].as_string())
            .join(Lot, Lot.made_by_id == Event.id)
            .where(Lot.org_id == self._org_id, Lot.origin_party_id == farmer.id, Lot.made_g == fact.net_g)
            .where(Lot.void.is_(False), Lot.made_at.between(fact.occurred_at - _AGAIN, fact.occurred_at + _AGAIN))
            .order_by(Event.id.desc())
        )
        found = self._session.execute(earlier.limit(1)).first()
        return (found[0] or "") if found else fact.paper_page  # not written yet: it is on this very page

    def period(self, fact: WeighIn, on: date, crop_year: str) -> Period:
        """What counts as the season of a delivery."""
        if fact.commodity not in self._set:
            self._set[fact.commodity] = seasons_of(self._session, self._org_id, fact.commodity)
        return period_on(self._set[fact.commodity], on, fact.zone_minutes, crop_year)

    def grown(self, plot: Grown, commodity: str, period: Period, net_g: int) -> None:
        """Count a delivery towards the limit of its plot. Raises CapReached; asks nothing where there is none."""
        if not plot.cap_g:
            return
        key = (plot.id, commodity, period)
        more = self._of_plot.get(key, 0) + net_g
        check_cap(self._session, plot, commodity, period, more)
        self._of_plot[key] = more

    def season(self, farmer: Farmer, goods: Goods) -> Season:
        """What the farmer brought of these goods in this season so far, and on how much land they grow."""
        if goods not in self._seasons:
            self._seasons[goods] = self._ask_season(goods)
        return self._seasons[goods].get(farmer.id, Season(0, 0))

    def _ask_season(self, goods: Goods) -> dict[int, Season]:
        farmers = sorted({one.id for one in (*self._farmers.values(), *self._numbered.values())})
        commodity, form, period = goods
        values = {"org": self._org_id, "commodity": commodity, "form": form}
        when = {"name": period.name} if period.since is None else {"since": period.since, "until": period.until}
        one = len(farmers) == 1
        asked = {**values, **when, "farmers": farmers[0] if one else farmers}
        rows = _season_of(period, one=one).rows(self._connection, asked)
        found: dict[int, Season] = {}
        for farmer_id, brought, area in rows:
            so_far = found.get(farmer_id, Season(0, 0))
            found[farmer_id] = Season(so_far.brought_g + int(brought), so_far.area_m2 + int(area))
        return found

    def weighed(self, farmer: Farmer, fact: WeighIn, goods: Goods) -> None:
        """Remember a delivery that is not written yet."""
        self._weighed.setdefault((farmer.id, fact.net_g), []).append(fact.occurred_at)
        if goods in self._seasons:
            season = self.season(farmer, goods)
            self._seasons[goods][farmer.id] = season._replace(brought_g=season.brought_g + fact.net_g)

    def _find(self, code: str) -> Farmer | None:
        return self._farmers.get(code.upper()) or self._numbered.get(code)
