"""What was registered, against the rows: places, areas, numbers, and the sealed digests of personal data.

A farmer's name is not in the journal, only a salted digest of it: it is checked while the person's row is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.journal import commitment
from traceability.models import Event, Facility, Organisation, Party, Person, Plot
from traceability.queries.audit.page import MISSING, Finding, Page, differing
from traceability.words import N_

OTHER_PERSON: Final = N_("Personal data is not what was registered.")

_PLACE = ("country", "province", "district", "village")
_Registered = Organisation | Party | Plot | Facility

# kind of event -> table, the name of its code in the event, and the columns that the event tells
_TOLD: Final[Mapping[str, tuple[type[_Registered], str, Sequence[str]]]] = {
    Kind.REGISTER_ORGANISATION: (Organisation, "organisation", ("name", "kind", "country")),
    Kind.REGISTER_FARMER: (Party, "farmer", ("number", "kind", *_PLACE)),
    Kind.REGISTER_PARTY: (Party, "partner", ("kind", "name", *_PLACE)),
    Kind.REGISTER_PLOT: (
        Plot,
        "plot",
        ("commodity", "area_m2", "area_declared", "bearing_m2", "geometry_kind", "cap_g", *_PLACE),
    ),
    Kind.REGISTER_FACILITY: (Facility, "facility", ("kind", "name", "pool", *_PLACE)),
}
# what an entry need not tell, and what it then says
_UNTOLD: Final[Mapping[str, Any]] = {"pool": "", "cap_g": None}
_OF_A_FARMER: Final[Mapping[str, Any]] = {"kind": "farmer"}


def check(session: Session, page: Page) -> Iterator[Finding]:
    """Findings of what a page's events registered."""
    registering = [(event, body) for event, body in page.read if event.kind in _TOLD]  # few, where goods are handled
    for kind, (table, name, columns) in _TOLD.items():
        told = {
            body["kdes"].get(name, "?"): (page.place_of(event), event.org_id, body["kdes"])
            for event, body in registering
            if event.kind == kind
        }
        if not told:
            continue
        found: Iterable[_Registered] = session.scalars(select(table).where(table.code.in_(told)))
        rows = {row.code: row for row in found}
        caps = _caps(session, page, set(told)) if table is Plot else {}
        for code, (place, org_id, kdes) in told.items():
            row = rows.get(code)
            if row is None:
                yield Finding(MISSING, f"{place} {name} {code}", code, "")
                continue
            of_kind = _OF_A_FARMER if kind == Kind.REGISTER_FARMER else {}
            known = {**_UNTOLD, **of_kind, **kdes, **caps.get(code, {})}
            expected = {column: known[column] for column in columns if column in known}
            yield from differing(
                f"{place} {name} {code}", expected, {column: getattr(row, column) for column in expected}
            )
            if not isinstance(row, Organisation):
                yield from differing(f"{place} {name} {code}", {"organisation": org_id}, {"organisation": row.org_id})
            yield from _personal(session, row, kdes, f"{place} {name} {code}")


def _caps(session: Session, page: Page, plots: set[str]) -> dict[str, dict[str, Any]]:
    """The yearly limit that was approved last for each of these plots, wherever in the journals that stands."""
    organisations = {event.org_id for event in page.events}
    approved = select(Event.body).where(Event.org_id.in_(organisations), Event.kind == str(Kind.APPROVE))
    said = (json.loads(body)["kdes"] for body in session.scalars(approved.order_by(Event.org_id, Event.seq)))
    return {kdes["plot"]: {"cap_g": kdes["cap_g"]} for kdes in said if "cap_g" in kdes and kdes["plot"] in plots}


def _personal(session: Session, row: _Registered, kdes: Mapping[str, Any], where: str) -> Iterator[Finding]:
    """The name of a farmer, and the position of a plot, by the digests that the journal holds."""
    if isinstance(row, Plot):
        person, told, kept = session.get(Person, row.party_id), kdes.get("geometry"), row.geometry
    elif isinstance(row, Party) and row.kind == "farmer":
        person = session.get(Person, row.id)
        told, kept = kdes.get("name"), person.name if person else ""
    else:
        return
    if person is not None and told != commitment(person.salt, kept):
        yield Finding(OTHER_PERSON, where, str(told), commitment(person.salt, kept))
