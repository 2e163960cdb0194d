"""Outturn: did this much of one form reasonably give that much of the next? Asked about, never silently refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from traceability.commodities._shape import Commodity, Step
from traceability.domain.dossier import Finding
from traceability.errors import Invalid, Sentence
from traceability.words import N_

NOTE_ABOVE_TENTHS: Final = 11  # output above usual x 1.1 is noted
DUST_PERCENT: Final = 3  # what may go as dust, or hide in the meters, when the water formula is used

_ABOVE = N_("{input_g} of {from_form} gave {output_g} of {to_form}; usual is {low_g} to {high_g}. "
            "Check the weights, or give the reason.")  # fmt: skip
_ABOVE_UNCONFIRMED = N_("{input_g} of {from_form} gave {output_g} of {to_form}; usual is {low_g} to {high_g} "
                        "(unconfirmed figure). Check the weights, or give the reason.")  # fmt: skip
_BELOW = N_("{input_g} of {from_form} gave only {output_g} of {to_form}; usual is {low_g} to {high_g}. "
            "Check the weights, or say where the rest went.")  # fmt: skip
_BELOW_UNCONFIRMED = N_("{input_g} of {from_form} gave only {output_g} of {to_form}; usual is {low_g} to {high_g} "
                        "(unconfirmed figure). Check the weights, or say where the rest went.")  # fmt: skip
_GOOD = N_("{input_g} of {from_form} gave {output_g} of {to_form}, more than the usual {usual_g}. "
           "Look at the weights once more.")  # fmt: skip
_GOOD_UNCONFIRMED = N_("{input_g} of {from_form} gave {output_g} of {to_form}, more than the usual {usual_g} "
                       "(unconfirmed figure). Look at the weights once more.")  # fmt: skip
_UNCHECKED = N_("No usual outturn from {from_form} to {to_form} is on record, so the weights were not compared. "
                "Record the steps between one by one if you can.")  # fmt: skip
_UNKNOWN_WAY = N_("{from_form} does not usually become {to_form}. Check both, or give the reason.")


class ImpossibleMoisture(Invalid):
    """Drying from {before} % to {after} % moisture cannot be. Check both readings: the first is the wetter one."""


def dried_mass(in_g: int, moisture_in_tenths: int, moisture_out_tenths: int) -> int:
    """Whole grams left after drying: in x (1 - moisture in) / (1 - moisture out), wet basis.

    Moistures are tenths of a percent (115 is 11.5 %). Raises ImpossibleMoisture unless 1000 > in >= out >= 0.
    """
    if not 1000 > moisture_in_tenths >= moisture_out_tenths >= 0:
        raise ImpossibleMoisture(before=_percent(moisture_in_tenths), after=_percent(moisture_out_tenths))
    dry_matter, share = in_g * (1000 - moisture_in_tenths), 1000 - moisture_out_tenths
    return (2 * dry_matter + share) // (2 * share)


def outturn_finding(commodity: Commodity, from_form: str, to_form: str, input_g: int, output_g: int, *,
                    moistures_tenths: tuple[int, int] | None = None) -> Finding | None:  # fmt: skip
    """What is odd about `input_g` of one form giving `output_g` of another; None when nothing is.

    Severity `asked` (above the highest or below the lowest plausible output: a reason is needed) or `note`.
    `moistures_tenths`, measured before and after, replace the table where only water leaves, but never beyond it.
    By-products are not compared unless a step is declared for them.
    """
    if from_form == to_form:
        return None
    step = commodity.step(from_form, to_form)
    if step is None:
        return _unlisted(commodity, from_form, to_form)
    low_g, usual_g, high_g = _expected(step, input_g, moistures_tenths)
    if output_g > high_g:
        severity, sentences = "asked", (_ABOVE, _ABOVE_UNCONFIRMED)
    elif output_g < low_g:
        severity, sentences = "asked", (_BELOW, _BELOW_UNCONFIRMED)
    elif output_g * 10 > usual_g * NOTE_ABOVE_TENTHS:
        severity, sentences = "note", (_GOOD, _GOOD_UNCONFIRMED)
    else:
        return None
    values = {**_form_names(commodity, from_form, to_form), "input_g": input_g, "output_g": output_g,
              "low_g": low_g, "usual_g": usual_g, "high_g": high_g}  # fmt: skip
    return Finding(Sentence(sentences[0 if step.confirmed else 1], values), severity,
                   "; ".join(step.evidence.sources))  # fmt: skip


def _expected(step: Step, input_g: int, moistures_tenths: tuple[int, int] | None) -> tuple[int, int, int]:
    """The band of the table, or of the water formula where both moistures were measured; never above the table."""
    low_g, usual_g, high_g = step.expected(input_g)
    if not (step.only_water_leaves and moistures_tenths):
        return low_g, usual_g, high_g
    dried_g = dried_mass(input_g, *moistures_tenths)
    dusty_g = dried_g * (100 - DUST_PERCENT) // 100
    damp_g = -(-dried_g * (100 + DUST_PERCENT) // 100)
    return min(dusty_g, high_g), min(dried_g, high_g), min(damp_g, high_g)


def _unlisted(commodity: Commodity, from_form: str, to_form: str) -> Finding | None:
    """A way no step is declared for: a by-product, several steps in one, or a mistake."""
    made = commodity.form(to_form)
    names = _form_names(commodity, from_form, to_form)
    if not commodity.reaches(from_form, to_form):
        return Finding(Sentence(_UNKNOWN_WAY, names), "asked")
    if made is not None and made.is_by_product:
        return None
    return Finding(Sentence(_UNCHECKED, names), "note")


def _form_names(commodity: Commodity, from_form: str, to_form: str) -> dict[str, object]:
    """The names of both forms in every language; a key nobody declared stands for itself."""
    found = {"from_form": commodity.form(from_form), "to_form": commodity.form(to_form)}
    keys = {"from_form": from_form, "to_form": to_form}
    return {slot: form.names.by_language if form else keys[slot] for slot, form in found.items()}


def _percent(tenths: int) -> Decimal:
    return Decimal(tenths).scaleb(-1)
