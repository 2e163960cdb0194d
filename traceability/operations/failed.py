"""What results that failed ask of whoever lets the goods go: a person decides, because limits differ by market."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.dossier import Measurement
from traceability.domain.measured import property_words
from traceability.errors import Conflict, Sentence
from traceability.models import Batch, Lot
from traceability.queries.failed import failed_of
from traceability.words import N_

RELEASED: Final = N_("{what} failed: {value}, lot {lot}, {day}. Release the batch all the same?")
SHIPPED: Final = N_("{what} failed: {value}, lot {lot}, {day}. Ship the batch all the same?")


class NotLetIn(Conflict):
    """{what} failed in lot {lot}: {country} lets no such goods in. Put them on hold, or measure the lot again."""


def doubts_of_failed(session: Session, batch: Batch, lot: Lot, question: str) -> list[Sentence]:
    """A question for each failed result that counts. Raises NotLetIn where the country it is for gives no choice
    (STANDARDS: each lot of durian for China has reports of Basic Yellow 2 and cadmium that passed)."""
    failed = failed_of(session, lot.id)
    no_choice = commodity(lot.commodity).must_pass.get(batch.destination, ())
    for result in failed:
        if result.property in no_choice:
            said = {"what": _called(result), "lot": result.lot_number, "country": batch.destination}
            raise NotLetIn(**said, at="batch")
    return [Sentence(question, _said(result)) for result in failed]


def _said(result: Measurement) -> dict[str, object]:
    value = f"{result.value} {result.unit}".strip()
    return {"what": _called(result), "value": value, "lot": result.lot_number, "day": result.taken_on}


def _called(result: Measurement) -> Sentence:
    return Sentence(property_words(result.property))
