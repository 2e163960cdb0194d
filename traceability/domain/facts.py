"""The facts people hand in: one frozen value per operation, already read and checked for shape, not for truth.

Masses are whole grams, times are aware with the zone offset in minutes beside, codes are public codes. Every fact
carries the client id under which it was first said: saying it again changes nothing and answers the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from traceability.domain.journal import canonical, digest
from traceability.domain.telling import A_CLOCK, LATER, told


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What every fact carries. `confirmed` says that a person saw the warnings and kept what they typed."""

    client_id: str
    occurred_at: datetime
    zone_minutes: int = 420
    note: str = ""
    confirmed: bool = False

    def request_digest(self) -> str:
        """A digest of everything that was said, to tell a replay from another request under the same id."""
        return digest(canonical({"fact": type(self).__name__, **told(self)}))


# -- registry ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Where:
    """A place as written: ISO country, then province, district and village; any part may be empty."""

    country: str
    province: str = ""
    district: str = ""
    village: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterOrganisation(Fact):
    name: str
    kind: str  # cooperative, mill, packing_house, exporter, farm, authority
    prefix: str  # 2-6 capitals or digits, of lot numbers
    where: Where
    names: tuple[tuple[str, str], ...] = ()  # (language, name)
    address: str = ""
    phone: str = ""
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class RegisterUser(Fact):
    login: str
    name: str
    password: str
    roles: tuple[str, ...]
    language: str = "en"

    def request_digest(self) -> str:
        """Without the password: a digest of one must not stand in the journal."""
        said = {"fact": "RegisterUser", "login": self.login, "name": self.name, "roles": list(self.roles)}
        return digest(canonical(said))


@dataclass(frozen=True, kw_only=True)
class RegisterFarmer(Fact):
    name: str
    where: Where
    number: str = ""  # given by the cooperative; the next free one when empty
    nickname: str = ""
    phone: str = ""
    named_in_public: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeConsent(Fact):
    farmer: str
    named_in_public: bool
    text: str = ""  # the wording that was read to the farmer, its language and who was there


@dataclass(frozen=True, kw_only=True)
class RegisterParty(Fact):
    name: str
    kind: str  # buyer, supplier, carrier, laboratory, certifier
    where: Where
    organisation: str = ""  # code, when the partner works in this system too


@dataclass(frozen=True, kw_only=True)
class RegisterPlot(Fact):
    farmer: str
    name: str
    commodity: str
    where: Where
    area_m2: int
    area_declared: bool = True  # False when computed from the polygon
    bearing_m2: int | None = None
    geometry_kind: str = "none"  # none, point, polygon
    geometry: str = ""  # GeoJSON text as given


@dataclass(frozen=True, kw_only=True)
class RegisterFacility(Fact):
    name: str
    kind: str  # collection_point, wet_mill, dry_mill, packing_house, warehouse, tank, pond_station, border_post
    prefix: str
    where: Where
    pool: str = field(default="", metadata=LATER)  # pro_rata, first_in_first_out; else every lot stays by itself


@dataclass(frozen=True, kw_only=True)
class RegisterRegistration(Fact):
    scheme: str  # growing_area, packing_house, ico_exporter, establishment
    official_code: str
    authority: str = ""
    commodity: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    plots: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SuspendRegistration(Fact):
    scheme: str
    official_code: str
    from_on: date
    to_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class RegisterCertificate(Fact):
    scheme: str  # organic, fair_trade, gap, deforestation_free
    number: str
    issuer: str
    custody: str
    valid_from: date
    valid_to: date | None = None
    farmers: tuple[str, ...] = ()
    plots: tuple[str, ...] = ()


# -- collection and processing ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One measured property: `value` is the text of an exact decimal, or a word."""

    property: str
    value: str
    unit: str = ""
    method: str = ""
    laboratory: str = ""
    sample: str = ""
    passed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class OnPhone(Fact):
    """What can be said without a signal: the clock of the phone that says it, where the time was set right."""

    device_at: datetime | None = field(default=None, metadata=A_CLOCK)  # of a phone, when `occurred_at` was set right
    sent_at: datetime | None = field(default=None, metadata=A_CLOCK)  # what it showed when this was sent


@dataclass(frozen=True, kw_only=True)
class WeighIn(OnPhone):
    facility: str
    farmer: str
    commodity: str
    form: str
    bags_g: tuple[int, ...]  # gross grams, one per bag
    tare_g: int  # of all bags together
    plot: str = ""  # empty: the plot is not known
    grade: str = ""
    variety: str = ""
    unit: str = ""
    measured: tuple[Measured, ...] = ()
    price_per_kg: int | None = None  # whole units of the currency
    currency: str = ""
    receipt_number: str = ""  # made on the device; the next of the facility's day when empty
    scale: str = field(default="", metadata=LATER)  # which scale, as the people there call it
    vehicle: str = field(default="", metadata=LATER)  # plate of the truck that collected it, on a collector's route
    collector: str = field(default="", metadata=LATER)  # who went with the truck
    paper_page: str = field(default="", metadata=LATER)  # of the paper book that it was entered from
    paper_line: int = field(default=0, metadata=LATER)
    paid: str = field(default="", metadata=LATER)  # now: in cash at the scale; `operations.paid` takes it off and pays

    @property
    def gross_g(self) -> int:
        return sum(self.bags_g)

    @property
    def net_g(self) -> int:
        return self.gross_g - self.tare_g


@dataclass(frozen=True, kw_only=True)
class FormLot(OnPhone):
    facility: str
    deliveries: tuple[str, ...]
    weighed_g: int | None = None  # None: the lot was not weighed again
    count: int = 0
    unit: str = ""
    grade: str = ""
    reason: str = ""  # why the scale and the sum differ by more than the tolerance
    vehicle: str = field(default="", metadata=LATER)  # the truck that brought them all: then `weighed_g` is its load
    number: str = field(default="", metadata=LATER)  # made on the device; the next one when empty
    seen_g: tuple[int, ...] = field(default=(), metadata=LATER)  # grams of each delivery as the device knew them


@dataclass(frozen=True, kw_only=True)
class Take:
    """Grams (and units) of one lot that go into something; None grams means all that is left."""

    lot: str
    mass_g: int | None = None
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Output:
    """A lot that comes out."""

    form: str
    mass_g: int
    grade: str = ""
    variety: str = ""
    unit: str = ""
    count: int = 0
    by_product: bool = False


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Grams that left by a named way: moisture, husk, pulp, waste, sample ..."""

    name: str
    mass_g: int


@dataclass(frozen=True, kw_only=True)
class Process(Fact):
    facility: str
    inputs: tuple[Take, ...]
    outputs: tuple[Output, ...]
    losses: tuple[Loss, ...] = ()
    method: str = ""  # washed, natural, honey ...
    measured: tuple[Measured, ...] = ()  # of the main output
    reason: str = ""  # why the outturn is unusual


@dataclass(frozen=True, kw_only=True)
class Split(Fact):
    facility: str
    lot: str
    parts: tuple[Output, ...]  # form may be empty: the lot's own


@dataclass(frozen=True, kw_only=True)
class Merge(Fact):
    facility: str
    inputs: tuple[Take, ...]
    weighed_g: int | None = None
    grade: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Rebag(Fact):
    facility: str
    lot: str
    unit: str
    count: int
    weighed_g: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PourIn(Fact):
    facility: str  # that holds goods together
    inputs: tuple[Take, ...]


@dataclass(frozen=True, kw_only=True)
class DrawOff(Fact):
    facility: str
    mass_g: int | None = None  # None: everything, and the place is empty


@dataclass(frozen=True, kw_only=True)
class LevelPool(Fact):
    """What the dipstick or the scale says a place holds; what the record says more or less is named."""

    facility: str
    weighed_g: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispose(Fact):
    lot: str
    mass_g: int | None
    reason: str


# -- shipping ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Dispatch(OnPhone):
    lot: str
    to_organisation: str
    mass_g: int | None = None
    count: int = 0
    facility: str = ""
    vehicle: str = ""
    driver: str = ""
    seal: str = ""
    note_code: str = field(default="", metadata=LATER)  # of the delivery note, made on the device; else a fresh one
    seen_g: int | None = field(default=None, metadata=LATER)  # grams of the lot as the device knew them


@dataclass(frozen=True, kw_only=True)
class Receive(OnPhone):
    transfer: str
    weighed_g: int  # what the receiver's scale shows for the part taken in; 0 when all is refused
    facility: str = ""
    refused_g: int = 0  # grams, as dispatched, that go back
    count: int = 0
    refused_count: int = 0
    reason: str = ""
    number: str = field(default="", metadata=LATER)  # of the lot it becomes, made on the device


@dataclass(frozen=True, kw_only=True)
class TakeBack(Fact):
    """The sender takes home what was refused, expired or called back; what is missing is a named loss."""

    transfer: str
    weighed_g: int | None = None  # None: as much as is open
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Ship(Fact):
    batch: str
    buyer: str  # party code
    mass_g: int | None = None
    count: int = 0
    container: str = ""
    seal: str = ""
    vehicle: str = ""


# -- inspection and recall --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Inspect(Fact):
    lot: str
    measured: tuple[Measured, ...]
    facility: str = ""


@dataclass(frozen=True, kw_only=True)
class PutOnHold(Fact):
    reason: str
    lot: str = ""  # exactly one of lot, plot, farmer
    action: str = ""
    plot: str = field(default="", metadata=LATER)
    farmer: str = field(default="", metadata=LATER)


@dataclass(frozen=True, kw_only=True)
class CloseHold(Fact):
    hold: str
    passed: bool
    outcome: str


@dataclass(frozen=True, kw_only=True)
class RecallGoods(Fact):
    reason: str
    action: str
    lot: str = ""  # exactly one of lot, plot, farmer
    plot: str = ""
    farmer: str = ""
    phone: str = ""
    authority: str = field(default="", metadata=LATER)  # who ordered or follows it
    authority_link: str = field(default="", metadata=LATER)  # where they tell of it
    language: str = field(default="", metadata=LATER)  # of the page on which reason and action were typed


@dataclass(frozen=True, kw_only=True)
class LiftRecall(Fact):
    recall: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Attach(Fact):
    lot: str
    title: str
    content: bytes
    public: bool = False


# -- packing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Pack(Fact):
    facility: str
    inputs: tuple[Take, ...]
    form: str
    unit: str
    count: int
    mass_g: int
    grade: str = ""
    variety: str = ""
    losses: tuple[Loss, ...] = ()
    by_products: tuple[Output, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Seal(Fact):
    lot: str
    destination: str = ""  # ISO country
    hs: str = ""
    ico: str = ""
    container: str = ""
    seal: str = ""
    gtin: str = ""
    own_number: str = ""  # what the owner calls the lot, when that is another number
    best_before: date | None = None
    counted_by: str = field(default="", metadata=LATER)  # the `methods.Method` that counts; empty is by mass
    brand: str = field(default="", metadata=LATER)  # as printed on the goods, like model and serial number
    model: str = field(default="", metadata=LATER)
    serial: str = field(default="", metadata=LATER)


@dataclass(frozen=True, kw_only=True)
class Release(Fact):
    batch: str


@dataclass(frozen=True, kw_only=True)
class Supersede(Fact):
    old: str
    new: str
    reason: str


# -- corrections ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DeclareError(Fact):
    """EPCIS error declaration: the event stays, a later one says it was wrong and takes its grams back."""

    event: str
    reason: str  # did_not_occur, incorrect_data (as EPCIS has them), or closer: see schemas.inspection
    replacement: WeighIn | None = None  # the right weigh-in, when a weigh-in was wrong
    money: str = field(default="stays", metadata=LATER)  # what was paid for a weigh-in; else `undone` with it


UNDONE: Final = "undone"  # the reason of a weigh-in that its clerk takes back within seconds

# A replacement is said under its declaration's client id with this behind it: so the two find each other.
REPLACEMENT = ".2"


@dataclass(frozen=True, kw_only=True)
class AskCorrection(Fact):
    event: str
    reason: str
    mass_g: int | None = field(default=None, metadata=LATER)  # of a weigh-in: the right net grams


@dataclass(frozen=True, kw_only=True)
class CorrectOrigin(Fact):
    """A weigh-in was booked on the wrong farmer or plot: the grams stay where they went, whose they are changes."""

    event: str  # of the weigh-in
    farmer: str
    plot: str = ""  # empty when the plot is not known
    reason: str
