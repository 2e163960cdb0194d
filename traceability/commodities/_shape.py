"""The shape of a commodity: what one file of facts must say, and the few sums that follow from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from traceability.domain.dossier import Names
from traceability.domain.text import search_key


class Confidence(StrEnum):
    """How sure a figure is. Only LOW counts as unconfirmed, and is said to be so wherever it is shown."""

    HIGH = "high"  # read in an official, scientific or trade page, or exact arithmetic on such a figure
    MEDIUM = "medium"  # one secondary page, a calculation from a sourced figure, or a standard known by name
    LOW = "low"  # general knowledge or one weak page: to be replaced by own weighings first


@dataclass(frozen=True)
class Evidence:
    """Where a figure comes from and how far to trust it."""

    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""

    @property
    def confirmed(self) -> bool:
        return self.confidence is not Confidence.LOW


def high(*sources: str, note: str = "") -> Evidence:
    return Evidence(Confidence.HIGH, sources, note)


def medium(*sources: str, note: str = "") -> Evidence:
    return Evidence(Confidence.MEDIUM, sources, note)


def low(*sources: str, note: str = "") -> Evidence:
    return Evidence(Confidence.LOW, sources, note)


def names(en: str, lo: str, vi: str, zh: str, *, th: str = "", ja: str = "") -> Names:
    """A name in the four languages of the product, and in Thai and Japanese where it is known."""
    given = {"en": en, "lo": lo, "vi": vi, "zh": zh, "th": th, "ja": ja}
    return Names({language: name for language, name in given.items() if name})


def readers(languages: str) -> frozenset[str]:
    """The languages in which a native reader must still approve a name: `readers("lo vi")`."""
    return frozenset(languages.split())


def kg(kilograms: str) -> int:
    """Kilograms as written in a source, in whole grams."""
    return int(Decimal(kilograms) * 1000)


def tonnes(metric_tonnes: str) -> int:
    """Tonnes as written in a source, in whole grams."""
    return int(Decimal(metric_tonnes) * 1_000_000)


# --- weigh-in -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One answer of a choice field."""

    key: str
    names: Names
    needs_reader: frozenset[str] = frozenset()


@dataclass(frozen=True)
class IntakeField:
    """The one quality box of a weigh-in: a number of `unit` between `low` and `high`, or one of `choices`."""

    key: str
    names: Names
    kind: str  # "number" or "choice"
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    decimals: int = 0
    choices: tuple[Choice, ...] = ()
    needs_reader: frozenset[str] = frozenset()


def number_field(key: str, label: Names, unit: str, low: str, high: str, *, decimals: int = 0,
                 needs_reader: str = "lo") -> IntakeField:  # fmt: skip
    """A quality box for a number; a value outside `low` to `high` cannot be right."""
    return IntakeField(key, label, "number", unit, Decimal(low), Decimal(high), decimals,
                       needs_reader=readers(needs_reader))  # fmt: skip


def choice_field(key: str, label: Names, *choices: Choice, needs_reader: str = "lo") -> IntakeField:
    """A quality box with a few answers, the best first."""
    return IntakeField(key, label, "choice", choices=choices, needs_reader=readers(needs_reader))


@dataclass(frozen=True)
class Package:
    """What a form usually travels in. A unit lighter or heavier than the range is asked about, never refused."""

    unit: str  # a key of UNITS: bag, box, crate ...
    low_g: int
    high_g: int
    evidence: Evidence

    def plausible(self, unit_mass_g: int) -> bool:
        return self.low_g <= unit_mass_g <= self.high_g


# --- forms and steps ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """One state the goods can be in. `hs6` is empty for forms that are only met inside a plant."""

    key: str
    names: Names
    hs6: str = ""
    hs6_retail: str = ""  # the code when packed for sale in at most 3 kg (tea)
    package: Package | None = None
    intake: IntakeField | None = None
    is_intake: bool = False
    is_export: bool = False
    is_by_product: bool = False
    needs_reader: frozenset[str] = frozenset()
    hs_note: str = ""

    @property
    def unit(self) -> str:
        """The unit people count this form in; empty when it usually lies loose."""
        return self.package.unit if self.package else ""

    def name(self, language: str) -> str:
        return self.names.text(language)


@dataclass(frozen=True)
class Band:
    """Output mass over input mass, both as weighed: the lowest, the usual and the highest plausible ratio."""

    low: Decimal
    usual: Decimal
    high: Decimal


def band(low: str, usual: str, high: str) -> Band:
    return Band(Decimal(low), Decimal(usual), Decimal(high))


@dataclass(frozen=True)
class Step:
    """One form becoming another. The usual ratio carries the evidence; the band round it is our judgement."""

    from_form: str
    to_form: str
    verb: str  # a key of VERBS
    ratio: Band
    evidence: Evidence
    losses: tuple[str, ...] = ()  # keys of LOSSES
    by_products: tuple[str, ...] = ()  # keys of forms
    added: tuple[str, ...] = ()  # keys of ADDITIONS: inputs of their own, the only way to a ratio above one
    only_water_leaves: bool = False  # the water formula replaces the table when both moistures are measured
    business_step: str = "commissioning"  # the word EPCIS 2.0 uses in its own transformation example (9.6.4)

    @property
    def key(self) -> str:
        return f"{self.from_form}_to_{self.to_form}"

    @property
    def confirmed(self) -> bool:
        return self.evidence.confirmed

    def expected(self, input_g: int) -> tuple[int, int, int]:
        """Lowest, usual and highest output in whole grams; rounded outwards, so rounding alarms nobody."""
        return (
            int((input_g * self.ratio.low).to_integral_value(ROUND_FLOOR)),
            int((input_g * self.ratio.usual).to_integral_value(ROUND_HALF_UP)),
            int((input_g * self.ratio.high).to_integral_value(ROUND_CEILING)),
        )


# --- yields, quality, seasons -------------------------------------------------------------------------------


class Per(StrEnum):
    """What a yield or a cap is counted over."""

    BEARING_HECTARE_YEAR = "bearing_hectare_year"
    PLANTED_HECTARE_YEAR = "planted_hectare_year"
    TREE_YEAR = "tree_year"
    WATER_HECTARE_YEAR = "water_hectare_year"
    WATER_HECTARE_CROP = "water_hectare_crop"
    SQUARE_METRE_CROP = "square_metre_crop"
    FISH = "fish"


_A_YEAR_OF_A_HECTARE = frozenset({Per.BEARING_HECTARE_YEAR, Per.PLANTED_HECTARE_YEAR, Per.WATER_HECTARE_YEAR})


@dataclass(frozen=True)
class Yield:
    """Harvest of one form per area or tree: the usual range is sourced, every cap is our own choice."""

    form: str
    per: Per
    usual_g: tuple[int, int]
    cap_g: int
    evidence: Evidence
    region: str = ""
    cap_basis: str = "our judgement"
    cap_confidence: Confidence = Confidence.LOW


@dataclass(frozen=True)
class QualityLimit:
    """A limit that a standard, a law or the trade sets; `rule` says it where no number can."""

    measure: str
    unit: str
    standard: str
    evidence: Evidence
    form: str = ""  # empty: any form
    low: Decimal | None = None
    high: Decimal | None = None
    rule: str = ""


def limit(measure: str, low: str | None, high: str | None, unit: str, standard: str, evidence: Evidence,
          *, form: str = "") -> QualityLimit:  # fmt: skip
    """A quality limit in numbers; None leaves a side open."""
    return QualityLimit(measure, unit, standard, evidence, form,
                        None if low is None else Decimal(low), None if high is None else Decimal(high))  # fmt: skip


def rule(measure: str, text: str, standard: str, evidence: Evidence, *, form: str = "") -> QualityLimit:
    """A quality limit in words."""
    return QualityLimit(measure, "", standard, evidence, form, rule=text)


@dataclass(frozen=True)
class Season:
    """The months of harvest in one region, first to last; a season may run over the new year."""

    region: str
    first_month: int
    last_month: int
    evidence: Evidence

    def covers(self, month: int) -> bool:
        return (month - self.first_month) % 12 <= (self.last_month - self.first_month) % 12


@dataclass(frozen=True)
class TradeUnit:
    """A unit of mass heard at the scale. What has no fixed mass (the Latin American lata) is not offered."""

    name: str
    mass_g: int
    where: str


@dataclass(frozen=True)
class Bearing:
    """Years from planting to the first and to the full crop."""

    first_year: int
    full_year: int | None = None
    note: str = ""


# --- the commodity ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Commodity:
    """Everything the software knows about one commodity. Storage and fraud notes are for managers, in English.

    One that is `unspecified` stands for any goods: it says nothing of yields, codes and limits, and nobody is offered
    it at a scale or for a plot.
    """

    key: str
    scientific_name: str
    names: Names
    forms: tuple[Form, ...]
    steps: tuple[Step, ...]
    yields: tuple[Yield, ...]
    limits: tuple[QualityLimit, ...]
    seasons: tuple[Season, ...]
    grades: tuple[str, ...]  # offered at the weigh-in, the best first; R is rejected
    label_fields: tuple[str, ...]  # keys of LABEL_FIELDS, in the order of the label
    storage: str
    fraud_patterns: tuple[str, ...]
    eudr: bool
    eudr_note: str
    bearing: Bearing | None = None
    trade_units: tuple[TradeUnit, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()  # forms that usually follow each other in one day's work, each a step
    needs_reader: frozenset[str] = frozenset()
    unspecified: bool = False
    must_pass: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by country: what no lot may fail there
    varieties: tuple[Names, ...] = ()  # those that have a name in other letters: customs and shops look for it

    def name(self, language: str) -> str:
        return self.names.text(language)

    def variety(self, typed: str) -> Names:
        """A variety in the languages it has a name in, however it was typed; without any where none is known."""
        wanted = search_key(typed)
        alike = (known for known in self.varieties if wanted in map(search_key, known.by_language.values()))
        return next(alike, Names({}))

    def form(self, key: str) -> Form | None:
        return self.forms_by_key.get(key)

    @property
    def forms_by_key(self) -> Mapping[str, Form]:
        return {form.key: form for form in self.forms}

    @property
    def intake_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms if form.is_intake)

    @property
    def export_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms if form.is_export)

    def step(self, from_form: str, to_form: str) -> Step | None:
        """The declared step between two forms; a direct line (cherry to green) is its own, never a product."""
        return next((s for s in self.steps if (s.from_form, s.to_form) == (from_form, to_form)), None)

    def chains_from(self, form: str) -> tuple[tuple[str, ...], ...]:
        """What usually becomes of `form` without a stop: every declared chain from where `form` stands in it."""
        found = [chain[chain.index(form) :] for chain in self.chains if form in chain[:-1]]
        return tuple(dict.fromkeys(found))

    def most_from(self, form: str, area_m2: int) -> int | None:
        """The most grams of `form` that land or water of this size can give in a year; None where no yield says it.

        A form without a yield of its own is counted over one step, in the way that allows more.
        """
        caps = {(item.form, item.cap_g) for item in self.yields if item.per in _A_YEAR_OF_A_HECTARE}
        found = [Decimal(cap) for of, cap in caps if of == form]
        if not found:
            for step in self.steps:
                found += [cap * step.ratio.high for of, cap in caps if (of, form) == (step.from_form, step.to_form)]
                found += [cap / step.ratio.low for of, cap in caps if (form, of) == (step.from_form, step.to_form)]
        return int(max(found) * area_m2 / 10_000) if found else None

    def reaches(self, from_form: str, to_form: str) -> bool:
        """Whether `to_form`, or a by-product of that name, can come of `from_form` in any number of steps."""
        seen, open_forms = set[str](), [from_form]
        while open_forms:
            here = open_forms.pop()
            for step in self.steps:
                if step.from_form == here:
                    made = {step.to_form, *step.by_products}
                    open_forms.extend(made - seen)
                    seen |= made
        return to_form in seen
