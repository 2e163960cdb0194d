"""What the public page of a batch says, as plain values in the reader's language; the template only sets it.

Nothing here asks the database or knows Flask: a dossier, a language and the moment of reading go in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from traceability.documents import terms
from traceability.documents.lineage_picture import Picture, picture
from traceability.documents.province_map import Map, province_map
from traceability.documents.provinces import named_in
from traceability.domain.custody import STANDS
from traceability.domain.dossier import (
    Certificate,
    ClaimResult,
    Measurement,
    Paper,
    RegistrationMark,
    Share,
    Standing,
    Who,
    sums_of,
)
from traceability.domain.flow import Part
from traceability.domain.identifiers import show_code
from traceability.domain.methods import METHOD_NAMES, Method
from traceability.domain.moments import day_of
from traceability.domain.schemes import scheme_words
from traceability.queries.cartons import ORCHARD, PACKHOUSE, only_cartons
from traceability.web import honest_marks
from traceability.web.batch_bands import Bands
from traceability.web.journey_words import Line, limits, loss_words, place_words, stages, told
from traceability.web.lineage_words import Label, bands, called, labels, ways, whose
from traceability.web.verdicts import STANDINGS
from traceability.words import N_, day, isolated, named, ntranslate, say, translate

MOST_FARMS: Final = 30  # above this the page shows the largest and says how many others there are
LARGEST: Final = 20
LISTED: Final = 60  # on the page of all sums, which has room for more
MOST_PHOTOS: Final = 4
MOST_DOCUMENTS: Final = 20
MOST_VERSIONS: Final = 4
MOST_RESULTS: Final = 12  # that were measured before
_STRIP: Final = 10_000


class Origin(NamedTuple):
    """One row of "who grew it"."""

    name: str
    about: str
    share: Share


class Segment(NamedTuple):
    """One farm's part of the strip, in ten-thousandths of its width."""

    x: int
    width: int


@dataclass(frozen=True)
class BatchPage(Bands):
    """A dossier as it is read at one moment in one language; a page that is kept is read at many."""

    @property
    def method(self) -> str:
        """By which rule the shares were counted."""
        return METHOD_NAMES[Method(self.dossier.origin_method)]

    # --- first sight ----------------------------------------------------------------------------------------

    @property
    def code(self) -> str:
        """The public code in two groups."""
        return show_code(self.dossier.code)

    @property
    def product(self) -> str:
        """What it is: the form by name."""
        return named(self.language, self.dossier.form_names.by_language)

    @property
    def kind(self) -> str:
        """The commodity unless the product says it already, the variety, the grade."""
        goods = named(self.language, self.dossier.commodity_names.by_language)
        variety = terms.variety(self.language, self.dossier)
        known = (isolated(self.language, part) for part in (variety, self.dossier.grade))
        parts = ("" if goods.lower() in self.product.lower() else goods, *known)
        return " · ".join(part for part in parts if part)

    @property
    def origin(self) -> str:
        """The smallest place that all farms share, and the country."""
        return place_words(self.language, self.dossier.origin)

    # --- what the bag shows, and what it is -----------------------------------------------------------------

    @property
    def in_hand(self) -> str:
        """What stands above the marks, with the word for what the reader holds."""
        return terms.in_hand(self.language, self.dossier.unit)

    @property
    def on_the_bag(self) -> list[tuple[str, list[str]]]:
        """Label and values of what our own labels print on every unit, and nothing else: who does not find it there
        is told not to accept the goods. A carton of fruit for China says more (UX 6.2)."""
        lines = [
            (N_("Lot number"), [self.dossier.lot_number]),
            (N_("Packed as"), [self.units]),
            (N_("ICO mark"), [self.dossier.marks.ico]),
        ]
        if only_cartons(self.dossier.commodity, self.dossier.destination):
            lines.append((N_("Packing date"), [self.days(self.dossier.packed_on, None)]))
        return [*((self._say(label), values) for label, values in lines if any(values)), *self.carton_numbers]

    @property
    def carton_numbers(self) -> list[tuple[str, list[str]]]:
        """Label and value of the two official codes that a carton of fruit for China names."""
        if not only_cartons(self.dossier.commodity, self.dossier.destination):
            return []
        lines = []
        for scheme in (ORCHARD, PACKHOUSE):
            marks = [mark for mark in self.dossier.registrations if mark.scheme == scheme]
            codes = [mark.code for mark in marks if mark.standing in STANDS] or [mark.code for mark in marks]
            if len(codes) == 1:  # a carton names one: which?
                lines.append((self._say(scheme_words(scheme)), codes))
        return lines

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Label and value of the facts."""
        found = self.dossier
        pairs = [
            (N_("From"), found.issuer.name.text(self.language)),
            (N_("Address"), self.address(found.issuer)),
            (N_("Brand"), found.marks.brand),
            (N_("Model"), found.marks.model),
            (N_("Serial number"), found.marks.serial),
            (N_("GTIN"), found.marks.gtin),
            (N_("Owner's number"), found.marks.own_number),
            (N_("Contributing farms"), self.land),
            (N_("Harvested"), self.days(found.harvested_from, found.harvested_to)),
            (N_("Packing date"), self.days(found.packed_on, None)),
            (N_("Best before"), self.days(found.best_before, None)),
            (N_("Released"), self.released_on),
            (N_("Crop year"), found.crop_year),
            (N_("Destination"), terms.country(self.language, found.destination) if found.destination else ""),
            (N_("Container number"), found.marks.container),
            (N_("Seal number"), found.marks.seal),
            (N_("Vehicle"), found.marks.vehicle),
        ]
        return [(self._say(label), value) for label, value in pairs if value]

    @property
    def land(self) -> str:
        """Farms, plots and area, and how the area is known."""
        said = terms.land(self.language, self.dossier)
        return f"{said} {self.mark(self.area_basis).word}" if self.area_basis == honest_marks.MEASURED else said

    def address(self, who: Who) -> str:
        """Where an organisation can be found: as it wrote it, else the place it is in."""
        return who.address or place_words(self.language, who.place)

    @property
    def stages(self) -> list[tuple[str, str, list[list[str]]]]:
        """Every step for an inspector: what it was, when to the minute, and the codes of its goods, place and entry."""
        return stages(self.dossier, self.language)

    @property
    def limits(self) -> list[str]:
        """The yearly limits that were raised, for an inspector."""
        return limits(self.dossier, self.language)

    @property
    def released_on(self) -> str:
        """The day of the release, where it happened."""
        at = self.dossier.released_at
        return day(self.language, day_of(at, self.dossier.zone_minutes)) if at is not None else ""

    @property
    def superseded_on(self) -> date | None:
        """The day on which the version that counts instead came into being."""
        at = self.dossier.superseded_at
        return day_of(at, self.dossier.zone_minutes) if at is not None else None

    @property
    def other_versions(self) -> list[int]:
        """The latest versions beside this one; older ones are named on the page that checks a paper."""
        return [n for n in range(1, self.dossier.newest) if n != self.dossier.version][-MOST_VERSIONS:]

    def days(self, first: date | None, last: date | None) -> str:
        """One day, or the first and the last of several."""
        shown = [day(self.language, value) for value in (first, last) if value is not None]
        return " – ".join(dict.fromkeys(shown))

    # --- journey --------------------------------------------------------------------------------------------

    @property
    def journey(self) -> list[Line]:
        """The steps a reader remembers, oldest first: all of a short journey, the main ones of a long one."""
        return told(self.dossier, self.language, main=True)

    @property
    def between(self) -> list[Line]:
        """The other steps of a long journey."""
        return told(self.dossier, self.language, main=False)

    # --- who grew it ----------------------------------------------------------------------------------------

    @cached_property
    def shown_shares(self) -> Sequence[Share]:
        """Every share, or the largest when there are more than thirty: all others are one sum, which opens its own."""
        shares = self.dossier.shares
        return shares if len(shares) <= MOST_FARMS else shares[:LARGEST]

    @cached_property
    def others(self) -> Sequence[Share]:
        """The shares that are only counted."""
        return self.dossier.shares[len(self.shown_shares) :]

    def sums(self, shares: Sequence[Share]) -> tuple[int, int]:
        """What some shares come to: tenths of a percent, and grams."""
        return sums_of(shares)

    @property
    def origins(self) -> list[Origin]:
        """The shown farms with their words."""
        return [Origin(self._farm(share), self._about(share), share) for share in self.shown_shares]

    @property
    def more_origins(self) -> list[Origin]:
        """The farms that only the page of all sums lists, after those that are shown."""
        first = len(self.shown_shares)
        return [Origin(self._farm(share), self._about(share), share) for share in self.dossier.shares[first:LISTED]]

    def _farm(self, share: Share) -> str:
        return share.name or translate(self.language, N_("Farm {number}"), number=share.label)

    def _about(self, share: Share) -> str:
        known = terms.land_of(self.language, share) or ("" if share.plot_known else self._say(N_("plot not recorded")))
        village = isolated(self.language, next(iter(share.place.parts()), ""))
        return " · ".join(part for part in (known, village) if part)

    @property
    def strip(self) -> list[Segment]:
        """The whole batch as one strip; the last segment is all the others."""
        masses = [share.mass_g for share in self.shown_shares] + [self.sums(self.others)[1]]
        ends, whole, so_far = [0], max(1, self.dossier.mass_g), 0
        for grams in masses:
            so_far += grams
            ends.append(so_far * _STRIP // whole)
        return [Segment(start, end - start) for start, end in pairwise(ends) if end > start]

    # --- where it grew --------------------------------------------------------------------------------------

    @cached_property
    def maps(self) -> list[Map]:
        """A map of every country that it came from and that is drawn."""
        masses: dict[str, dict[str, int]] = {}
        for part in self.dossier.flow.places:
            country, province, _ = part.where
            provinces = masses.setdefault(country, {})
            provinces[province] = provinces.get(province, 0) + part.mass_g
        drawn = (province_map(country, provinces) for country, provinces in sorted(masses.items()))
        return [found for found in drawn if found is not None and any(one.path for one in found.provinces)]

    def places_on(self, drawn: Map) -> str:
        """The provinces on a map, in words."""
        return ", ".join(named_in(self.language, drawn.country, one.name) for one in drawn.provinces)

    @cached_property
    def grown(self) -> list[tuple[str, Part]]:
        """What came from each district, the most first: the maps for those who cannot see them, to the gram."""
        return [(called(self.language, part), part) for part in self.dossier.flow.places]

    # --- lineage --------------------------------------------------------------------------------------------

    @cached_property
    def picture(self) -> Picture:
        """The lineage laid out."""
        return picture(self.dossier.flow, self.dossier.mass_g)

    @property
    def labels(self) -> list[Label]:
        """The words beside every bar of the picture."""
        return list(labels(self.picture, self.dossier, self.language))

    @property
    def ways(self) -> list[str]:
        """Every way from lot to lot as a sentence."""
        return ways(self.dossier, self.language)

    @property
    def flow_sources(self) -> list[tuple[str, str, Part]]:
        """Farms, or groups of them: what they are called."""
        return [(called(self.language, part), "", part) for part in self.dossier.flow.sources]

    @property
    def flow_lots(self) -> list[tuple[str, str, Part]]:
        """The lots in which they met, and who made them."""
        parts = self.dossier.flow.lots
        return [(called(self.language, part), whose(self.language, part.whose), part) for part in parts]

    @property
    def flow_places(self) -> list[tuple[str, str, Part]]:
        """Where it grew, as the other two."""
        return [(name, "", part) for name, part in self.grown]

    @property
    def flow_bands(self) -> list[str]:
        """Every band of the picture as a sentence."""
        return bands(self.dossier.flow, self.language)

    # --- photos ---------------------------------------------------------------------------------------------

    @property
    def photos(self) -> list[Paper]:
        """The photos that are shown: one in the head and up to three below it."""
        return [paper for paper in self.dossier.papers if paper.media_type == "image/jpeg"][:MOST_PHOTOS]

    @property
    def documents(self) -> list[Paper]:
        """The papers that can be saved, the newest first."""
        return [paper for paper in self.dossier.papers if paper.media_type == "application/pdf"][:MOST_DOCUMENTS]

    # --- papers ---------------------------------------------------------------------------------------------

    def said(self, claim: ClaimResult) -> str:
        """Why a claim holds or not."""
        return say(self.language, claim.sentence)

    def standing(self, paper: Certificate | RegistrationMark) -> tuple[str, str]:
        """Tone and words of how a paper stands."""
        tone, words = STANDINGS[paper.standing]
        if paper.standing is Standing.EXPIRING and isinstance(paper, Certificate) and paper.days_left is not None:
            return tone, ntranslate(
                self.language, N_("Expires in one day"), N_("Expires in {n} days"), max(0, paper.days_left)
            )
        return tone, self._say(words)

    def custody(self, model: str) -> str:
        """The name of a chain-of-custody model."""
        return self._say(terms.custody_words(model))

    def custody_means(self, model: str) -> str:
        """What the model says of how the goods were kept: a claim may go by another."""
        return self._say(terms.custody_means(model))

    def scheme(self, key: str) -> str:
        """The name of a kind of official code, or of what a claim is made under."""
        return self._say(scheme_words(key))

    def property_name(self, key: str) -> str:
        """The name of what was measured."""
        return self._say(terms.property_words(key))

    def measured(self, result: Measurement) -> str:
        """A result with its unit."""
        return terms.measured(self.language, result.value, result.unit)

    def entry(self, kind: str) -> str:
        """The name of a kind of entry."""
        return self._say(terms.step_words(kind))

    # --- quality --------------------------------------------------------------------------------------------

    @property
    def results(self) -> list[Measurement]:
        """The newest result of every property."""
        newest: dict[str, Measurement] = {}
        for found in self.dossier.measurements:
            newest.setdefault(found.property, found)
        return list(newest.values())

    @property
    def earlier_results(self) -> list[Measurement]:
        """What was measured before, on the batch and on the lots above it: the latest. Programs are told all."""
        newest = self.results
        return [found for found in self.dossier.measurements if found not in newest][:MOST_RESULTS]

    # --- the books ------------------------------------------------------------------------------------------

    @property
    def balance(self) -> list[tuple[str, int, str]]:
        """What was received, and every way it went, each with its mark: all but the last sum to the last."""
        books = self.dossier.balance
        lines = [(self._say(N_("Received for this batch")), books.received_g, self.received_basis)]
        for words, grams in (
            (N_("Weighed more on the way"), books.gained_g - books.corrected_g),
            (N_("Weight corrected"), books.corrected_g),
        ):
            if grams:
                lines.append((self._say(words), grams, honest_marks.WORKED_OUT))
        for key, grams in books.losses_g.items():
            basis = honest_marks.WORKED_OUT if key in honest_marks.DIFFERENCES else honest_marks.DECLARED
            lines.append((loss_words(self.dossier, self.language, key), -grams, basis))
        if books.by_products_g:
            lines.append((self._say(N_("By-products")), -books.by_products_g, honest_marks.MEASURED))
        return [*lines, (self._say(N_("This batch")), books.batch_g, honest_marks.MEASURED)]

    @property
    def received_basis(self) -> str:
        """How the grams that came in are known: as well as the worst of them."""
        bases = {step.basis for step in self.dossier.journey if step.kind in ("weigh_in", "report_delivery")}
        found = (basis for basis in (honest_marks.ASSUMED, honest_marks.DECLARED) if basis in bases)
        return next(found, honest_marks.MEASURED)

    @property
    def area_basis(self) -> str:
        """How the area is known: as well as the worst of it; of none nothing."""
        if not self.dossier.area_m2:
            return ""
        return honest_marks.DECLARED if self.dossier.declared_m2 else honest_marks.MEASURED

    def mark(self, basis: str) -> honest_marks.Mark:
        """The mark of a figure in words."""
        icon, word, means = honest_marks.MARKS[basis]
        return honest_marks.Mark(icon, self._say(word), self._say(means))

    @property
    def marks_used(self) -> list[honest_marks.Mark]:
        """What the marks on this page mean."""
        used = {self.area_basis, *(basis for _, _, basis in self.balance), *(s.basis for s in self.dossier.journey)}
        return [self.mark(basis) for basis in honest_marks.MARKS if basis in used]
