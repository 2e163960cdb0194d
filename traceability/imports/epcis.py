"""EPCIS 2.0 documents and query documents (JSON, JSON-LD): what goods were made of, from the events of their lives.

A transformation makes its outputs of its inputs; an aggregation makes what a container holds of its contents, until it
is emptied: filled again it is another lot. Contents go on under their own names. Every other event only says where and
how much. Nothing is fetched: `@context` is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

from traceability.errors import Sentence
from traceability.imports.bounded import Source
from traceability.imports.epcis_names import Names, by_kind_only, names_in, short_name, text_of
from traceability.imports.network import (
    MAX_LINKS,
    MAX_LOTS,
    Good,
    Input,
    Network,
    Place,
    Step,
    check_extent,
    checked,
    whole_grams,
)
from traceability.imports.refusals import NetworkIncomplete, NetworkUnreadable, NotANetwork
from traceability.imports.strict_json import read_json
from traceability.words import N_

_UNITS: Final[Mapping[str, Fraction]] = {
    "KGM": Fraction(1_000),
    "GRM": Fraction(1),
    "MGM": Fraction(1, 1_000),
    "TNE": Fraction(1_000_000),
    "LBR": Fraction(45_359_237, 100_000),
    "ONZ": Fraction(45_359_237, 1_600_000),
}
_TWICE: Final = N_("Events that stand in the file more than once, read once: {count}.")
_IN_ERROR: Final = N_("Events that were declared in error, left out: {count}.")
_SILENT: Final = N_("Events of a kind that does not say what goods are made of, left out: {count}.")
_BY_KIND: Final = N_("Goods that are named by kind only, so that nothing links them to other events: {count}.")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class _Event:
    """One event as far as it matters here; `number` is its place in the file, from 1."""

    number: int
    kind: str
    at: datetime
    place: str
    body: Json

    def text(self, name: str) -> str:
        return _text(self.body.get(name), self.number)

    def goods(self, epcs: str, quantities: str) -> Iterator[tuple[str, int | None]]:
        """The ids of goods under two names, with grams where a quantity is a mass."""
        for item in _list(self.body.get(epcs), self.number):
            yield _known(item, self.number), None
        for item in _list(self.body.get(quantities), self.number):
            if not isinstance(item, dict):
                raise NetworkUnreadable(part="eventList", number=self.number)
            yield _known(item.get("epcClass"), self.number), _grams(item, self.number)


@dataclass
class _Sketch:
    """What is known of a lot so far; `made` says that an event brought it into being, not only mentioned it.

    Its mass is what came out of transformations, else what was commissioned (some say both of one lot), else the most
    that was ever seen of it.
    """

    key: str
    name: str
    place: str
    at: datetime
    made: bool = False
    made_g: int = 0
    added_g: int = 0
    seen_g: int = 0


@dataclass
class _Holding:
    """One filling of a container, and what is still inside."""

    key: str
    inside: dict[str, Input] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    open: bool = True


class _Reading:
    """Events read in the order of their times."""

    def __init__(self) -> None:
        self.sketches: dict[str, _Sketch] = {}
        self.holdings: dict[str, list[_Holding]] = {}
        self.changes: dict[str, tuple[dict[str, int | None], dict[str, None]]] = {}
        self.by_kind = 0

    def take(self, event: _Event) -> None:
        if event.kind == "TransformationEvent":
            self._transform(event)
        elif event.kind == "AggregationEvent":
            self._aggregate(event)
        else:
            self._observe(event)

    def weigh_fillings(self) -> None:
        """What a container holds weighs what its contents weighed when they went in, where all of them did."""
        for filling in (filling for fillings in self.holdings.values() for filling in fillings):
            masses = [item.mass_g for item in filling.inside.values()]
            known = [mass for mass in masses if mass is not None]
            if len(known) == len(masses):
                self.sketches[filling.key].made_g = sum(known)

    def steps(self) -> Iterator[Step]:
        for inputs, outputs in self.changes.values():
            if inputs and outputs:
                yield Step(tuple(outputs), tuple(Input(key, mass) for key, mass in inputs.items()))
        for fillings in self.holdings.values():
            for filling in fillings:
                if filling.inside:
                    yield Step((filling.key,), tuple(filling.inside.values()))

    def _observe(self, event: _Event) -> None:
        made = event.text("action") == "ADD"
        for name, mass in event.goods("epcList", "quantityList"):
            if name not in self.holdings:
                sketch = self.sketches[self._meet(event, name, mass, made=made)]
                sketch.added_g += (mass or 0) if made else 0

    def _transform(self, event: _Event) -> None:
        """Events of one `transformationID` are one transformation, said in parts."""
        key = event.text("transformationID") or f"event {event.number}"
        inputs, outputs = self.changes.setdefault(key, ({}, {}))
        for name, mass in event.goods("inputEPCList", "inputQuantityList"):
            good = self._meet(event, name, mass)
            earlier = inputs.get(good, 0)
            inputs[good] = None if mass is None or earlier is None else earlier + mass
        for name, mass in event.goods("outputEPCList", "outputQuantityList"):
            good = self._meet(event, name, mass, made=True)
            self.sketches[good].made_g += mass or 0
            outputs[good] = None
        check_extent(0, len(inputs) * len(outputs))

    def _aggregate(self, event: _Event) -> None:
        parent, action = event.text("parentID"), event.text("action")
        contents = list(event.goods("childEPCs", "childQuantityList"))
        fillings = self.holdings.get(parent, [])
        filling = fillings[-1] if fillings and fillings[-1].open else None
        if action == "DELETE":
            if filling is not None:
                filling.left |= {self._current(name) for name, _ in contents}
                filling.open = bool(contents) and not filling.inside.keys() <= filling.left
            return
        if not parent or not contents:
            for name, mass in contents:
                self._meet(event, name, mass)
            return
        if filling is None:
            filling = _Holding(parent if not fillings else f"{parent} filled {len(fillings) + 1}")
            self.holdings.setdefault(parent, []).append(filling)
            self._make(event, filling.key, parent)
        for name, mass in contents:
            good = self._meet(event, name, mass)
            if good not in filling.inside:
                filling.inside[good] = Input(good, mass)
            filling.left.discard(good)

    def _current(self, name: str) -> str:
        """The lot that a name stands for now: of a container its last filling."""
        return self.holdings[name][-1].key if name in self.holdings else name

    def _meet(self, event: _Event, name: str, mass: int | None, *, made: bool = False) -> str:
        if by_kind_only(name):
            key = f"{name} {'out of' if made else 'into'} event {event.number}"
            self.by_kind += key not in self.sketches
        else:
            key = self._current(name)
        sketch = self._make(event, key, name) if made else self._sketch(event, key, name)
        sketch.seen_g = max(sketch.seen_g, mass or 0)
        return key

    def _make(self, event: _Event, key: str, name: str) -> _Sketch:
        sketch = self._sketch(event, key, name)
        if not sketch.made:
            sketch.made, sketch.at, sketch.place = True, event.at, event.place or sketch.place
        return sketch

    def _sketch(self, event: _Event, key: str, name: str) -> _Sketch:
        return self.sketches.setdefault(key, _Sketch(key, name, event.place, event.at))


def read_epcis(source: Source) -> Network:
    """The lots of an EPCIS 2.0 document, and what each was made of. Refuses events that cannot be read, and loops."""
    return epcis_network(read_json(source, exact=True))


def epcis_network(document: object) -> Network:
    """The same, of a file that was parsed already."""
    if not isinstance(document, dict):
        raise NotANetwork()
    bodies = _event_list(document)
    check_extent(0, len(bodies))
    events, said = _counted(bodies)
    reading = _Reading()
    for event in sorted(events, key=lambda event: (event.at, event.number)):
        reading.take(event)
        check_extent(len(reading.sketches), 0)
    reading.weigh_fillings()
    names = names_in(document)
    places = dict.fromkeys(sketch.place for sketch in reading.sketches.values() if sketch.place)
    odd = ((_TWICE, said["repeated"]), (_IN_ERROR, said["in_error"]), (_SILENT, said["other"]),
           (_BY_KIND, reading.by_kind))  # fmt: skip
    return checked(
        Network(
            format="epcis",
            places=tuple(Place(place, names.place(place), names.countries.get(place, "")) for place in places),
            goods=tuple(_good(sketch, names) for sketch in reading.sketches.values()),
            steps=tuple(reading.steps()),
            said=said,
            notes=tuple(Sentence(text, {"count": count}) for text, count in odd if count),
        )
    )


def _good(sketch: _Sketch, names: Names) -> Good:
    mass = sketch.made_g or sketch.added_g or sketch.seen_g or None
    number = short_name(sketch.key)
    return Good(sketch.key, number, sketch.place, names.item(sketch.name), sketch.at.date(), mass)


def _event_list(document: Json) -> Sequence[object]:
    body = document.get("epcisBody")
    found = body
    if isinstance(body, dict) and "queryResults" in body:
        results = body["queryResults"]
        found = results.get("resultsBody") if isinstance(results, dict) else None
    events = found.get("eventList") if isinstance(found, dict) else None
    if not isinstance(events, list):
        raise NetworkIncomplete(name="eventList")
    return events


def _counted(bodies: Sequence[object]) -> tuple[list[_Event], dict[str, int]]:
    """The events that count, each once, and how many there are of each sort.

    An event that is declared in error carries the same eventID as before: both are left out.
    """
    said = dict.fromkeys(("events", "object", "aggregation", "transformation", "other", "repeated", "in_error"), 0)
    said["events"] = len(bodies)
    read = [_event(body, number) for number, body in enumerate(bodies, start=1)]
    wrong = {event.text("eventID") for event in read if event.body.get("errorDeclaration") is not None} - {""}
    seen: set[str] = set()
    found = []
    for event in read:
        name = event.text("eventID")
        if event.body.get("errorDeclaration") is not None or name in wrong:
            said["in_error"] += 1
        elif name and name in seen:
            said["repeated"] += 1
        elif event.kind in ("ObjectEvent", "AggregationEvent", "TransformationEvent"):
            said[event.kind.removesuffix("Event").lower()] += 1
            found.append(event)
        else:
            said["other"] += 1
        seen.add(name)
    return found, said


def _event(body: object, number: int) -> _Event:
    if not isinstance(body, dict):
        raise NetworkUnreadable(part="eventList", number=number)
    kind = _known(body.get("type", body.get("isA")), number)
    try:
        at = datetime.fromisoformat(_known(body.get("eventTime"), number))
    except ValueError as problem:
        raise NetworkUnreadable(part="eventList", number=number) from problem
    place = _location(body.get("bizLocation"), number) or _location(body.get("readPoint"), number)
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not 1900 <= aware.year <= 9000:
        raise NetworkUnreadable(part="eventList", number=number)
    return _Event(number, kind, aware, place, body)


def _location(value: object, number: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, dict):
        raise NetworkUnreadable(part="eventList", number=number)
    return _text(value.get("id"), number)


def _list(value: object, number: int) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > max(MAX_LINKS, MAX_LOTS):
        raise NetworkUnreadable(part="eventList", number=number)
    return value


def _known(value: object, number: int) -> str:
    """An id or word that must be there."""
    text = _text(value, number)
    if not text:
        raise NetworkUnreadable(part="eventList", number=number)
    return text


def _text(value: object, number: int) -> str:
    try:
        return text_of(value)
    except TypeError as problem:
        raise NetworkUnreadable(part="eventList", number=number) from problem


def _grams(item: Json, number: int) -> int | None:
    """Whole grams of a quantity in a unit of mass; None for pieces, litres and what has no quantity."""
    quantity, unit = item.get("quantity"), item.get("uom")
    if quantity is None or unit is None:
        return None
    if isinstance(quantity, bool | str | list | dict) or not isinstance(unit, str):
        raise NetworkUnreadable(part="eventList", number=number)
    factor = _UNITS.get(unit)
    return None if factor is None else whole_grams(Fraction(quantity) * factor)
