"""Making lots: what forming, processing, packing and receiving have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from sqlalchemy.orm import Session

from traceability.domain.custody import Custody, of_mix
from traceability.domain.facts import Fact, FormLot, Loss, Measured, Merge, OnPhone, Output, Rebag, Take
from traceability.domain.identifiers import new_code, read_container
from traceability.domain.moments import day_of
from traceability.domain.postings import Account, Posting, UnitsDiffer
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    ChangedMeanwhile,
    MassNeeded,
    MixedGoods,
    MoreThanWentIn,
    NotEnoughLeft,
    NotEnoughUnits,
    NothingChosen,
    ReasonNeeded,
    Refusal,
    Sentence,
)
from traceability.models import Measurement
from traceability.operations import lookups, naming
from traceability.operations.balances import NewLot
from traceability.operations.ledger import Place
from traceability.operations.lookups import Goods


class NewLots:
    """Hands out the new lots of one event, numbered one after another. Their masses come from the postings."""

    def __init__(self, session: Session, actor: Actor, fact: Fact, facility: Place | None) -> None:
        self._organisation = lookups.organisation_of(session, actor)
        self._fact = fact
        self._facility = facility
        self._numbers = naming.Numbers(session, actor.org_id)

    def make(
        self,
        parents: Sequence[Goods],
        *,
        form: str = "",
        kind: str = "lot",
        grade: str = "",
        variety: str = "",
        unit: str = "",
        number: str = "",
    ) -> NewLot:
        """A new lot of the parents' goods: what they share it keeps, and custody is the weakest of theirs.

        `number` is one made on a phone; else the next one. Raises NumberTaken.
        """
        first = parents[0]
        day = day_of(self._fact.occurred_at, self._fact.zone_minutes)
        return NewLot(
            org_id=self._organisation.id,
            code=new_code(),
            number=self._numbers.lot(self._organisation, day, number),
            kind=kind,
            commodity=first.commodity,
            form=form or first.form,
            grade=nfc(grade),
            variety=nfc(variety) or common([parent.variety for parent in parents]),
            crop_year=common([parent.crop_year for parent in parents]),
            custody=str(_custody(parents)),
            unit=unit,
            made_at=self._fact.occurred_at,
            zone_minutes=self._fact.zone_minutes,
            facility_id=self._facility.id if self._facility else None,
        )


def taken(
    session: Session, actor: Actor, takes: Sequence[Take], *, at: str, sealed: bool = False
) -> list[tuple[Goods, int, int]]:
    """The lots to take from, with grams and units each; no grams given means all that is left.

    Raises NothingChosen, ChosenTwice, MassNeeded and whatever makes a lot unusable.
    """
    if not takes:
        raise NothingChosen(at=at)
    lots = lookups.usable_lots(session, actor, [take.lot for take in takes], at=at, sealed=sealed)
    found: list[tuple[Goods, int, int]] = []
    for lot, take in zip(lots, takes, strict=True):
        if take.mass_g is None:
            found.append((lot, lot.balance_g, lot.balance_count))
            continue
        if take.mass_g <= 0:
            raise MassNeeded(at=at)
        found.append((lot, take.mass_g, units_with(lot, take.mass_g, take.count, at=at)))
    return found


def leaving(lot: Goods, mass_g: int | None) -> int:
    """The grams that leave a lot: as said, or all that is left. Raises MassNeeded, NotEnoughLeft."""
    mass = lot.balance_g if mass_g is None else mass_g
    if mass <= 0:
        raise MassNeeded(at="mass")
    if mass > lot.balance_g:
        raise NotEnoughLeft(lot=lot.number, available_g=lot.balance_g, requested_g=mass, at="mass")
    return mass


def units_with(lot: Goods, mass_g: int, counted: int, *, at: str) -> int:
    """The units that leave a lot with `mass_g`: as counted, but the last grams take the last units with them.

    Raises UnitsDiffer when everything leaves and somebody counted more or fewer units than the lot has, and
    NotEnoughUnits when more units than it has would leave with a part.
    """
    if mass_g != lot.balance_g:
        if mass_g < lot.balance_g and counted > lot.balance_count:
            raise NotEnoughUnits(lot=lot.number, available=lot.balance_count, requested=counted, at=at)
        return counted
    if counted not in (0, lot.balance_count):
        raise UnitsDiffer(difference=abs(lot.balance_count - counted), at=at)
    return lot.balance_count


def same_goods(lots: Sequence[Goods], *, at: str, any_form: bool = False) -> Goods:
    """The first of lots that are all one commodity (and, unless `any_form`, one form). Raises MixedGoods."""
    first = lots[0]
    for lot in lots[1:]:
        if lot.commodity != first.commodity or (lot.form != first.form and not any_form):
            raise MixedGoods(first=goods_name(first), second=goods_name(lot), at=at)
    return first


def lot_kind(lot: Goods) -> str:
    """The kind of what is made from a lot without changing it: a delivery becomes a lot, the rest keep theirs."""
    return "lot" if lot.kind == "delivery" else lot.kind


def common(values: Sequence[str]) -> str:
    """The one value that all share, or nothing."""
    return values[0] if values and len(set(values)) == 1 else ""


def weighed_again(session: Session, actor: Actor, fact: FormLot | Merge | Rebag, counted: int) -> int:
    """Grams as the scale showed them, or as counted when nothing was weighed. Raises as `check_tolerance`."""
    weighed = counted if fact.weighed_g is None else fact.weighed_g
    permille = lookups.organisation_of(session, actor).lot_tolerance_permille
    check_tolerance(permille, counted, weighed, fact.reason)
    return weighed


def check_tolerance(permille: int, counted: int, weighed: int, reason: str, *, least: int = 1) -> None:
    """Raises MassNeeded, or ReasonNeeded when scale and sum differ by more than the tolerance and nobody said why."""
    if weighed < least:
        raise MassNeeded(at="weighed")
    tolerance = counted * permille // 1000
    if abs(weighed - counted) > tolerance and not reason.strip():
        raise ReasonNeeded(difference_g=abs(weighed - counted), tolerance_g=tolerance, at="reason")


def difference(counted: int, weighed: int, name: str = "weighing") -> list[Posting]:
    """What the scale shows less is a named loss, what it shows more comes from the gain account."""
    if weighed < counted:
        return [Posting(Account.LOSS, name, counted - weighed)]
    if weighed > counted:
        return [Posting(Account.GAIN, name, counted - weighed)]
    return []


def check_unchanged(lots: Sequence[Goods], seen_g: Sequence[int]) -> None:
    """Raises ChangedMeanwhile for the first lot that holds another mass than whoever entered this knew of (D14)."""
    for lot, seen in zip(lots, seen_g, strict=False):
        if lot.balance_g != seen:
            raise ChangedMeanwhile(lot=lot.number, seen_g=seen, available_g=lot.balance_g)


def clock_shown(actor: Actor, fact: OnPhone) -> dict[str, str]:
    """What the clock of a phone showed, where that is not the time on record."""
    if actor.phone is None or fact.device_at is None:
        return {}
    return {"device_at": fact.device_at.astimezone(UTC).isoformat()}


def check_outputs(outputs: Sequence[Output], first: Goods, *, at: str) -> None:
    """Raises FormsDiffer for a form that the commodity does not have, MassNeeded for grams not more than zero."""
    for output in outputs:
        lookups.form_of(first.commodity, output.form, at=at)
        if output.mass_g <= 0:
            raise MassNeeded(at=at)


def unnamed(in_g: int, out_g: int, named: Sequence[Posting], *, at: str) -> int:
    """Grams that went in, did not come out and that no loss names. Raises MoreThanWentIn."""
    rest = in_g - out_g - sum(posting.mass_g for posting in named)
    if rest < 0:
        raise MoreThanWentIn(out_g=in_g - rest, in_g=in_g, at=at)
    return rest


def losses(named: Sequence[Loss], *, at: str) -> list[Posting]:
    """Postings of the losses a person named. Raises MassNeeded for one that is not more than zero."""
    for loss in named:
        if loss.mass_g <= 0:
            raise MassNeeded(at=at)
    return [Posting(Account.LOSS, loss.name, loss.mass_g) for loss in named]


def measurements(actor: Actor, lot: Goods | NewLot, measured: Sequence[Measured], fact: Fact) -> list[Measurement]:
    """Rows for what was measured of a lot; one that is only being made is to be said in `Entry.rows_of` too."""
    taken_on = day_of(fact.occurred_at, fact.zone_minutes)
    return [
        Measurement(
            org_id=actor.org_id,
            lot_id=lot.id,
            property=item.property,
            value=nfc(item.value),
            unit=item.unit,
            method=nfc(item.method),
            laboratory=nfc(item.laboratory),
            sample=nfc(item.sample),
            taken_on=taken_on,
            passed=item.passed,
        )
        for item in measured
    ]


def measured_facts(measured: Sequence[Measured]) -> list[dict[str, object]]:
    """What the journal says of measurements."""
    return [
        {
            "property": item.property,
            "value": nfc(item.value),
            "unit": item.unit,
            "method": nfc(item.method),
            "laboratory": nfc(item.laboratory),
            "sample": nfc(item.sample),
            "passed": item.passed,
        }
        for item in measured
    ]


def container_warnings(typed: str) -> list[Sentence]:
    """What is odd about a container number: asked about, never refused, because a road trailer has another form."""
    try:
        if typed:
            read_container(typed)
    except Refusal as refusal:
        return [refusal.sentence]
    return []


def goods_name(lot: Goods) -> object:
    """The names of a lot's form in every language, to be shown in the reader's."""
    return lookups.form_of(lot.commodity, lot.form).names.by_language


def _custody(parents: Sequence[Goods]) -> Custody:
    """Identity preserved survives only while one origin does: one delivery, or one lot that still has it."""
    origins = {(lot.origin_party_id, lot.origin_plot_id) if lot.kind == "delivery" else lot.id for lot in parents}
    return of_mix([Custody(lot.custody) for lot in parents], len(origins))
