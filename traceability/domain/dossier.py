"""The dossier: everything that is said about a batch, as one immutable value at one journal position.

The public page, its JSON, the certificate, the labels, the QR target and every export are computed from this value
and nothing else, so two outputs cannot disagree. `queries.dossiers.dossier_of` is the only function that builds it.
Nothing in it names a farmer, a phone or a plot position unless the farmer consented (`Share.name`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple, overload

from traceability.domain.flow import Flow
from traceability.domain.raised import Raised
from traceability.errors import Sentence


class Status(StrEnum):
    """What a person with the goods in hand must know first. The worst that applies wins, in this order."""

    RECALLED = "recalled"
    DESTROYED = "destroyed"  # to the last gram
    FAILED = "failed"  # a hold ended so: the goods stay stopped and may only be destroyed
    ON_HOLD = "on_hold"
    SUPERSEDED = "superseded"
    NOT_YET_PUBLIC = "not_yet_public"
    RELEASED = "released"


STOPPED: Final = frozenset({Status.RECALLED, Status.FAILED, Status.ON_HOLD})  # by somebody who says why


class Standing(StrEnum):
    """Whether a certificate or registration stands on a given day."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class Names:
    """One name in several languages; `text("lo")` falls back to English, then to any."""

    by_language: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.by_language.get(language) or self.by_language.get("en") or next(iter(self.by_language.values()), "")


@dataclass(frozen=True)
class Place:
    """A place as far as the public may know it: never below the village, never a position."""

    country: str  # ISO 3166-1 alpha-2
    province: str = ""
    district: str = ""
    village: str = ""

    def parts(self) -> tuple[str, ...]:
        """From small to large, without the country."""
        return tuple(part for part in (self.village, self.district, self.province) if part)


def shared_place(places: Sequence[Place]) -> Place:
    """The smallest place that all of them share; an empty one when there is none."""
    kept: dict[str, str] = {"country": ""}
    for part in ("country", "province", "district", "village"):
        found = {getattr(place, part) for place in places}
        if len(found) != 1:
            break
        kept[part] = found.pop()
    return Place(**kept)


@dataclass(frozen=True)
class Who:
    """An organisation as the public sees it."""

    name: Names
    kind: str  # cooperative, exporter, packing_house, farm, buyer, laboratory ...
    place: Place
    phone: str = ""
    address: str = ""
    demo: bool = False


@dataclass(frozen=True)
class Alert:
    """An open recall or hold, or a failed one, that reaches this batch, on itself or through something upstream."""

    kind: Status  # RECALLED, FAILED or ON_HOLD
    since: datetime
    zone_minutes: int
    reason: str
    action: str
    phone: str
    source: str  # what was recalled or held, in words people can match: a lot number
    inherited: bool  # True when it came from an upstream lot, plot or farm
    authority: str = ""  # who ordered or follows a recall, and where they tell of it
    authority_link: str = ""
    language: str = ""  # of the page on which it was typed, or of its country's offices


@dataclass(frozen=True)
class Successor:
    """The batch that took the place of this one, and how it stands itself."""

    code: str
    number: str
    status: Status
    since: datetime
    zone_minutes: int
    reason: str
    entry: str  # the code of the event that says so
    language: str = ""  # as of an alert


@dataclass(frozen=True)
class Lifted:
    """A recall that reached this batch and ended: it stays in the history of everything it reached."""

    since: datetime
    until: datetime
    zone_minutes: int
    reason: str
    outcome: str
    source: str  # the number of the lot that was recalled; of a plot or farm nothing is told
    language: str = ""  # as of an alert


@dataclass(frozen=True)
class Step:
    """One line of the journey."""

    event_code: str
    kind: str  # a key of `domain.events.KINDS`
    first_at: datetime
    last_at: datetime  # equal to first_at unless several events of one kind were folded into one line
    zone_minutes: int
    events: int  # how many events this line stands for
    who: Names  # the organisation; of several, the one that handled most
    place: Place  # the smallest place that all of them share
    in_g: int  # grams of this batch's ancestry that went in (0 when nothing did)
    out_g: int
    losses_g: Mapping[str, int] = field(default_factory=dict)  # loss key -> grams
    detail: str = ""  # a vehicle, a seal, a container: as typed
    form: Names = field(default_factory=lambda: Names({}))  # what came out, by name
    others: int = 0  # how many other organisations did the same
    site_codes: tuple[str, ...] = ()  # public codes of the places, or of the organisation where no place is known
    lot_numbers: tuple[str, ...] = ()  # of the first lots that came out; of deliveries nothing is told
    lots: int = 0  # how many came out
    basis: str = ""  # measured, declared, assumed: how its grams are known; empty where it only repeats others
    corrected_g: int = 0  # came out beside what went in, since weights of what went in were corrected downwards

    @property
    def site_code(self) -> str:
        """The place, when all of it happened at one."""
        return self.site_codes[0] if len(self.site_codes) == 1 else ""

    @property
    def lot_number(self) -> str:
        """The lot that came out, when it was one."""
        return self.lot_numbers[0] if self.lots == 1 else ""


class Share(NamedTuple):
    """One origin's exact part of the batch. Shares sum to the batch: grams to `mass_g`, tenths to 1000.

    A batch may have thousands, so that it is the cheapest kind of value there is.
    """

    label: str  # "07", to be said as "Farm 07": stable within the batch, says nothing about the person
    name: str  # the farmer's or farm's name, only with consent; otherwise empty
    place: Place
    area_m2: int | None
    plot_known: bool
    mass_g: int
    tenths: int  # tenths of a percent
    area_declared: bool = False  # some of the area was said and not measured


class Shares(Sequence[Share]):
    """The shares of thousands of farms as columns: a share is put together when it is looked at.

    `places`, `names` and `areas` are by farm; whoever is not in `names` is not named, and whoever is not in `areas`
    has no plot that is known; `declared` are those whose area was said and not measured.
    """

    def __init__(
        self,
        ranked: tuple[Sequence[int], Sequence[int], Sequence[int]],  # farms, grams and tenths, the largest first
        places: Mapping[int, Place],
        names: Mapping[int, str],
        areas: Mapping[int, int],
        declared: Collection[int] = frozenset(),
        first: int = 0,
        width: int = 0,
    ) -> None:
        self.farms, self.masses_g, self.tenths = ranked
        self._places, self._names, self._areas, self._declared = places, names, areas, declared
        self._first, self._width = first, width or max(2, len(str(len(self.farms))))

    def __len__(self) -> int:
        return len(self.farms)

    def __iter__(self) -> Iterator[Share]:
        return map(self._share, range(len(self.farms)))

    @overload
    def __getitem__(self, place: int) -> Share: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Share]: ...
    def __getitem__(self, place: int | slice) -> Share | Sequence[Share]:
        if isinstance(place, int):
            return self._share(range(len(self.farms))[place])
        start, _, step = place.indices(len(self.farms))
        if step != 1:
            return tuple(self)[place]
        known = (self._places, self._names, self._areas, self._declared)
        columns = (self.farms[place], self.masses_g[place], self.tenths[place])
        return Shares(columns, *known, self._first + start, self._width)

    def places(self) -> Sequence[Place]:
        """Where each share grew."""
        return [self._places[farm] for farm in self.farms]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _share(self, at: int) -> Share:
        farm, label = self.farms[at], str(self._first + at + 1).zfill(self._width)
        land = self._areas.get(farm), farm in self._areas
        who, said = (label, self._names.get(farm, ""), self._places[farm]), farm in self._declared
        return Share(*who, *land, self.masses_g[at], self.tenths[at], said)


def sums_of(shares: Sequence[Share]) -> tuple[int, int]:
    """What some shares come to: tenths of a percent, and grams."""
    if isinstance(shares, Shares):
        return sum(shares.tenths), sum(shares.masses_g)
    return sum(share.tenths for share in shares), sum(share.mass_g for share in shares)


@dataclass(frozen=True)
class LineageNode:
    """A lot (or a group of deliveries) in the lineage picture."""

    code: str  # public code, or "farms:<n>" for a group of origins
    number: str
    kind: str  # origins, delivery, lot, batch
    form: str
    organisation: str
    level: int  # 0 is the batch; larger is further upstream
    mass_g: int  # grams of this node that are in the batch
    farms: int


@dataclass(frozen=True)
class LineageEdge:
    """`mass_g` grams of the child's part in the batch came through this parent."""

    parent: str
    child: str
    mass_g: int


@dataclass(frozen=True)
class Certificate:
    """A certificate that stands behind a claim, or is simply shown; standing is computed on the day of reading."""

    scheme: str
    number: str
    issuer: str
    holder: Names
    valid_from: date | None
    valid_to: date | None
    standing: Standing
    days_left: int | None


@dataclass(frozen=True)
class ClaimResult:
    """What became of a claim on its way through custody: whether it may be said of this batch, and why."""

    scheme: str
    custody: str
    holds: bool
    covered_g: int  # grams of the batch that come from covered origins
    mass_g: int
    sentence: Sentence
    in_part: bool = False  # it may be said of `covered_g`, and of no more


@dataclass(frozen=True)
class RegistrationMark:
    """An official code that belongs to the batch: orchard, packing house, exporter."""

    scheme: str  # growing_area, packing_house, ico_exporter, ...
    code: str
    holder: Names
    standing: Standing  # on the day of packing (a code suspended later was still good then)


@dataclass(frozen=True)
class Measurement:
    """A measured or tested property; `value` is the text of an exact decimal or a word."""

    property: str
    value: str
    unit: str
    taken_on: date
    laboratory: str
    method: str
    passed: bool | None
    lot_number: str


@dataclass(frozen=True)
class Paper:
    """A photo or paper that everybody may see: on the batch's own lot, or on one that it is made of."""

    code: str
    title: str  # as typed
    media_type: str
    digest: str  # sha-256 of its content, hex
    lot_number: str


@dataclass(frozen=True)
class Change:
    """A correction upstream or on the batch: what was declared in error, when, and why."""

    at: datetime
    zone_minutes: int
    event_code: str
    what: str  # event kind that was corrected
    reason: str
    replaced: bool


@dataclass(frozen=True)
class Balance:
    """The mass balance of everything that went into the batch, scaled to the batch's ancestry, in grams."""

    received_g: int
    losses_g: Mapping[str, int]
    by_products_g: int
    gained_g: int
    batch_g: int
    corrected_g: int = 0  # of what was gained: because weights of what went in were corrected downwards


@dataclass(frozen=True)
class Marks:
    """What is printed on the goods, as typed."""

    ico: str = ""
    container: str = ""
    seal: str = ""
    vehicle: str = ""
    gtin: str = ""
    own_number: str = ""  # what the owner calls the lot, when that is another number
    brand: str = ""
    model: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Finding:
    """Something wrong or missing, its source, and what to do; listed, never raised."""

    sentence: Sentence
    severity: str  # note, asked, bad
    citation: str = ""


class Version(NamedTuple):
    """One version of a batch as it was released or corrected: when it came into being, and what it held."""

    number: int
    made_at: datetime
    digest: str


@dataclass(frozen=True)
class Dossier:
    """Everything known about one batch at one journal position."""

    code: str
    lot_number: str
    version: int
    status: Status
    alerts: tuple[Alert, ...]
    superseded_by: str  # public code of the newer batch, or ""
    demo: bool
    issuer: Who  # the organisation that sealed the batch
    commodity: str
    commodity_names: Names
    form: str
    form_names: Names
    variety: str
    grade: str
    hs: str
    custody: str
    mass_g: int
    unit: str  # bag, box, carton, head, "" when loose
    unit_count: int
    unit_mass_g: int | None  # when every unit holds the same mass
    marks: Marks
    destination: str  # ISO country, or ""
    crop_year: str
    harvested_from: date | None
    harvested_to: date | None
    packed_on: date | None
    best_before: date | None
    sealed_at: datetime | None
    released_at: datetime | None
    zone_minutes: int
    origin: Place  # the smallest place all origins share
    farms: int
    plots: int
    area_m2: int
    journey: tuple[Step, ...]
    shares: Sequence[Share]  # largest first
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    claims: tuple[ClaimResult, ...]
    certificates: tuple[Certificate, ...]
    registrations: tuple[RegistrationMark, ...]
    measurements: tuple[Measurement, ...]
    balance: Balance
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    as_of: date  # the day standings were computed for
    journal_seq: int  # the issuer's last entry that can change a page (`events.is_public`)
    digest: str  # sha-256 of what the batch was released with, hex; stays the same until a new version
    unit_names: Names = field(default_factory=lambda: Names({}))  # bag, box ... by name
    loss_names: Mapping[str, Names] = field(default_factory=dict)  # of every loss key in journey and balance
    origin_method: str = "pro_rata"  # a `methods.Method`, by which the shares were counted: said where they are shown
    newest: int = 0  # the newest version, which is another one when an earlier one is read
    makers: tuple[Who, ...] = ()  # the other organisations on the way, in the order of their names
    declared_m2: int = 0  # of `area_m2`, what was said and not measured
    lifted: tuple[Lifted, ...] = ()  # the oldest first
    papers: tuple[Paper, ...] = ()  # as they are shown now: like the standing of certificates they are not frozen
    flow: Flow = field(default_factory=Flow)  # the lineage in few parts, as it is drawn
    raised_farms: int = 0  # farms whose yearly limit was raised
    raised: tuple[Raised, ...] = ()  # the oldest first
    versions: tuple[Version, ...] = ()  # every one there is, whichever is read, the oldest first
    failed: tuple[Measurement, ...] = ()  # results that failed, on it or above it, and were not measured again since
    destroyed_at: datetime | None = None  # of the last gram
    successor: Successor | None = None  # what `superseded_by` names
    variety_names: Names = field(default_factory=lambda: Names({}))  # where it has any in other languages

    @property
    def stops(self) -> tuple[Alert, ...]:
        """All that stops the goods, the worst first; nothing of those that are not there any more."""
        return self.alerts if self.status in STOPPED else ()

    @property
    def issued_at(self) -> datetime | None:
        """When this version came into being, which is what its paper is dated by."""
        return self._made_at(self.version) or self.released_at or self.sealed_at

    @property
    def superseded_at(self) -> datetime | None:
        """When the newest version came into being, where this is an earlier one."""
        return self._made_at(self.newest) if self.is_earlier else None

    def _made_at(self, number: int) -> datetime | None:
        return next((one.made_at for one in self.versions if one.number == number), None)

    @property
    def replaced(self) -> tuple[Version, ...]:
        """The versions before this one: their papers are genuine, and replaced."""
        return tuple(one for one in self.versions if one.number < self.version)

    @property
    def is_earlier(self) -> bool:
        """Whether a newer version of the same batch was released since."""
        return self.version < self.newest

    @property
    def has_versions(self) -> bool:
        """Whether there is another version of it: farms are numbered anew in each, by their share."""
        return self.version > 1 or self.is_earlier

    @property
    def version_named(self) -> int | None:
        """The version that links to its pages must name: none of the newest."""
        return self.version if self.is_earlier else None
