"""What went in against what came out, as the mill's page shows it: grams and `5.10 : 1`, whole numbers throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from traceability.commodities import COMMODITIES, Step
from traceability.domain.facts import Process
from traceability.models import Lot
from traceability.web.goods import goods_name
from traceability.web.language import current_language
from traceability.words import decimal


@dataclass(frozen=True)
class Usual:
    """What usually comes of some grams by one step; `low` and `high` are ratios in over out, as text."""

    name: str
    low_g: int
    high_g: int
    low: str
    high: str
    confirmed: bool


@dataclass(frozen=True)
class Outturn:
    """One processing in numbers. `ratio` is in over the main output; `rest_g` is what nobody named."""

    from_name: str
    to_name: str
    in_g: int
    main_g: int
    by_products_g: int
    losses_g: int
    rest_g: int
    ratio: str
    usual: Usual | None


def usual_outturns(commodity: str, from_form: str, in_g: int) -> list[Usual]:
    """What usually comes of `in_g`, one line per step that starts from this form."""
    return [_usual(commodity, step, in_g) for step in COMMODITIES[commodity].steps if step.from_form == from_form]


def outturn_of(fact: Process, lots: Sequence[Lot]) -> Outturn | None:
    """The numbers of a processing that was typed but not stored yet; None when nothing usable came out."""
    held = {name: lot for lot in lots for name in (lot.code, lot.number)}
    masses = [
        take.mass_g if take.mass_g is not None else held[take.lot].balance_g for take in fact.inputs if take.lot in held
    ]
    main = [output for output in fact.outputs if not output.by_product]
    if not masses or not main:
        return None
    in_g, form = sum(masses), main[0].form
    main_g = sum(output.mass_g for output in main if output.form == form)
    out_g = sum(output.mass_g for output in fact.outputs)
    losses_g = sum(loss.mass_g for loss in fact.losses)
    first = lots[0]
    step = COMMODITIES[first.commodity].step(first.form, form)
    return Outturn(
        from_name=goods_name(first.commodity, first.form),
        to_name=goods_name(first.commodity, form),
        in_g=in_g,
        main_g=main_g,
        by_products_g=out_g - main_g,
        losses_g=losses_g,
        rest_g=in_g - out_g - losses_g,
        ratio=_hundredths((in_g * 200 + main_g) // (2 * main_g)),
        usual=_usual(first.commodity, step, in_g) if step else None,
    )


def _usual(commodity: str, step: Step, in_g: int) -> Usual:
    low_g, _, high_g = step.expected(in_g)
    return Usual(
        name=goods_name(commodity, step.to_form),
        low_g=low_g,
        high_g=high_g,
        low=_over(step.ratio.high),
        high=_over(step.ratio.low),
        confirmed=step.confirmed,
    )


def _over(ratio: Decimal) -> str:
    """Output over input turned round: 0.2 is `5`."""
    return _hundredths(int((100 / ratio).to_integral_value()))


def _hundredths(value: int) -> str:
    return decimal(current_language(), value, 2)
