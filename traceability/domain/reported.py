"""What a file of somebody else says of lots: the facts of `imports`, told into the record like our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from traceability.domain.facts import Fact, Take


@dataclass(frozen=True, kw_only=True)
class Reported(Fact):
    """What a file of somebody else says of one lot. What it leaves out is filled in by `imports.network_masses`."""

    commodity: str
    form: str
    number: str  # wanted; made unique in the organisation
    serial: int  # its place in the file, to tell two of one number apart
    mass_g: int
    stated_g: int | None  # as the file says it; None when it does not
    stated_on: date | None
    reported_as: str  # the id of the file
    item: str = ""
    facility: str = ""
    file: str = ""  # SHA-256


@dataclass(frozen=True, kw_only=True)
class ReportDelivery(Reported):
    supplier: str  # party code


@dataclass(frozen=True, kw_only=True)
class ReportLot(Reported):
    takes: tuple[Take, ...]
