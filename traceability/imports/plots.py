"""Plots from GeoJSON, or from a table with GeoJSON or two coordinates in its cells: one report per plot.

GeoJSON is read as a table too: a row per feature, a column per property, the shape in the last. A plot whose shape is
bad is reported and stays out whole; where a repaired shape is safe, it is offered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from traceability.domain.geometry import GeometryFinding, Inspection, PlotGeometry, inspect_plot, overlaps
from traceability.domain.text import ascii_forms, nfc, search_key
from traceability.errors import Refusal, Sentence
from traceability.imports.bounded import MAX_COLUMNS, Line, Source, read_bytes, read_sheets
from traceability.imports.columns import Table, find_table, table_of
from traceability.imports.countries import country_code
from traceability.imports.measures import blank, read_area_m2
from traceability.imports.refusals import NotGeoJson, TooManyPlots
from traceability.imports.report import ImportReport, RowNotes, RowProblem, RowReport
from traceability.imports.strict_json import parsed, read_json
from traceability.imports.titles import PLOT_FIELDS
from traceability.words import N_

MAX_PLOTS: Final = 5_000
_SHAPE: Final = "geometry"
_SHOWN: Final = 80
_LONGEST_PROPERTY: Final = 500
_CROP_MARKS: Final = re.compile(r"[;,|/]")
_JSON_START: Final = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00\s]*[\[{]")
_DEGREES: Final = re.compile(r"-?[0-9]{1,4}(?:[.,][0-9]{1,15})?")
_WGS84: Final = ("crs84", "4326", "wgs84")
# Lines are let in here so that they are refused by name, plot by plot.
_SHAPES: Final = frozenset("Multi" * many + kind for kind in ("Point", "LineString", "Polygon") for many in (0, 1)) | {
    "GeometryCollection"
}


@dataclass(frozen=True, kw_only=True)
class PlotRow:
    """One plot: its shape as given, and what was said of it. `stated_area_m2` matters for points only."""

    row_number: int
    name: str
    number: str  # of the farmer
    producer: str
    country: str  # ISO 3166-1 alpha-2 where it is known
    place: str
    crops: tuple[str, ...]
    stated_area_m2: int | None
    geometry: PlotGeometry


def read_plots(
    source: Source,
    *,
    country: str = "",
    mapping: Mapping[str, str] | None = None,
    known: Sequence[PlotGeometry] = (),
    accept_unusual: bool = False,
    take_offers: bool = False,
) -> ImportReport[PlotRow]:
    """Read plots from GeoJSON, CSV or XLSX and report on each; nothing is stored.

    `country` (ISO 3166-1 alpha-2) is where plots are expected that do not say so themselves; `known` are the plots on
    record, against which overlaps are looked for; `accept_unusual` accepts what would be asked about; `take_offers`
    takes the repaired shapes (turned coordinates, closed outlines). Features of GeoJSON are numbered from 1.
    """
    content = read_bytes(source)
    if _JSON_START.match(content):
        table = _feature_table(read_json(content), mapping)
    else:
        table = find_table(read_sheets(content), PLOT_FIELDS, mapping)
        if not table.columns.get("longitude") or not table.columns.get("latitude"):
            table.require(_SHAPE)
    if len(table.lines) > MAX_PLOTS:
        raise TooManyPlots(found=len(table.lines), limit=MAX_PLOTS)
    rows = [_plot(table, line, country, accept_unusual, take_offers) for line in table.lines]
    rows = _with_overlaps(rows, known, accept_unusual)
    return ImportReport(
        tuple(rows), table.header, table.header_row, table.sheet, table.mapping, table.not_kept, table.notes
    )


# --- GeoJSON as a table -----------------------------------------------------------------------------------------


def _feature_table(document: object, mapping: Mapping[str, str] | None) -> Table:
    features = _features(document)
    titles: dict[str, int] = {}
    said = [_properties(feature) for feature in features]
    for properties in said:
        for title in properties:
            if title != _SHAPE and len(titles) < MAX_COLUMNS:
                titles.setdefault(title, len(titles))
    lines = [
        Line(number, (*(properties.get(title, "") for title in titles), _shape_text(feature)))
        for number, (feature, properties) in enumerate(zip(features, said, strict=True), start=1)
    ]
    table = table_of((*titles, _SHAPE), lines, PLOT_FIELDS, {_SHAPE: _SHAPE, **(mapping or {})})
    return replace(table, notes=_system_notes(document))


def _features(document: object) -> list[object]:
    features = document
    if isinstance(document, dict):
        kind = document.get("type")
        features = document.get("features") if kind == "FeatureCollection" else [document]
        if kind not in (*_SHAPES, "Feature", "FeatureCollection"):
            raise NotGeoJson()
    if not isinstance(features, list) or not features:
        raise NotGeoJson()
    if len(features) > MAX_PLOTS:
        raise TooManyPlots(found=len(features), limit=MAX_PLOTS)
    return features


def _properties(feature: object) -> dict[str, str]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {nfc(title)[:_SHOWN]: _written(value) for title, value in properties.items()}


def _written(value: object) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    return nfc(str(value)[:_LONGEST_PROPERTY])


def _shape_text(feature: object) -> str:
    shape = feature.get("geometry") if isinstance(feature, dict) and feature.get("type") == "Feature" else feature
    return json.dumps(shape, separators=(",", ":"))


def _system_notes(document: object) -> tuple[Sentence, ...]:
    """RFC 7946 knows WGS84 only; older files name another system in `crs`, and nothing here turns coordinates over."""
    system = document.get("crs") if isinstance(document, dict) else None
    name = system.get("properties", {}) if isinstance(system, dict) else {}
    written = _written(name.get("name")) if isinstance(name, dict) else ""
    if not written or search_key(written).endswith(_WGS84):
        return ()
    text = N_("The file says that it uses the system {system}. If plots lie wrong, export it in WGS84 (EPSG:4326).")
    return (Sentence(text, {"system": written[:_SHOWN]}),)


# --- one plot ---------------------------------------------------------------------------------------------------


def _plot(table: Table, line: Line, country: str, accept: bool, take_offers: bool) -> RowReport[PlotRow]:
    typed = table.typed(line)
    original = typed.get(_SHAPE, "")
    typed[_SHAPE] = original if len(original) <= _SHOWN else original[: _SHOWN - 1] + "…"
    notes = RowNotes(typed, table.mapping, accept=accept)
    area = None if blank(typed.get("area", "")) else notes.take("area", read_area_m2(typed["area"]))
    code = country_code(typed.get("country", ""))
    geometry = None
    try:
        shape = parsed(original) if original else _point(typed)
        inspection = inspect_plot(shape, country=code or country, stated_area_m2=area)
        geometry = _noted(notes, inspection, take_offers)
    except Refusal as refusal:
        notes.add(_SHAPE, refusal.sentence, None, "bad")
    values = None
    if geometry is not None:
        values = PlotRow(
            row_number=line.number,
            name=typed.get("name", ""),
            number=typed.get("number", ""),
            producer=typed.get("producer", ""),
            country=code or typed.get("country", "") or country,
            place=typed.get("place", ""),
            crops=tuple(crop.strip() for crop in _CROP_MARKS.split(typed.get("crops", "")) if crop.strip()),
            stated_area_m2=area,
            geometry=geometry,
        )
    return RowReport(line.number, values, tuple(notes.problems), typed, line.cells)


def _point(typed: Mapping[str, str]) -> object:
    """A point from two cells; words or nothing in them make it no geometry, and that is reported as such."""
    cells = [ascii_forms(typed.get(name, "")).strip() for name in ("longitude", "latitude")]
    if not all(_DEGREES.fullmatch(cell) for cell in cells):
        return None
    return {"type": "Point", "coordinates": [float(cell.replace(",", ".")) for cell in cells]}


def _noted(notes: RowNotes, inspection: Inspection, take_offers: bool) -> PlotGeometry | None:
    """The shape to keep, if any; every finding becomes a problem of the row."""
    taken = inspection.geometry or (inspection.offer if take_offers else None)
    for finding in inspection.findings:
        severity = "note" if taken is not None and finding.severity == "bad" else finding.severity
        notes.add(_SHAPE, finding.sentence, _offered(finding), severity)
    return taken


def _offered(finding: GeometryFinding) -> Sentence | None:
    if finding.offer is None:
        return None
    return Sentence(N_("The repaired plot measures {area} m²."), {"area": finding.offer.area_m2})


# --- many plots -------------------------------------------------------------------------------------------------


def _with_overlaps(
    rows: Sequence[RowReport[PlotRow]], known: Sequence[PlotGeometry], accept: bool
) -> list[RowReport[PlotRow]]:
    """The rows, each with its greatest overlap with an earlier row or a plot on record as a question."""
    shaped = [(place, row.values.geometry) for place, row in enumerate(rows) if row.values is not None]
    worst: dict[int, tuple[int, int | None]] = {}
    for overlap in overlaps([geometry for _, geometry in shaped], known):
        on_record = overlap.second >= len(shaped)
        place = shaped[overlap.first if on_record else overlap.second][0]
        other = None if on_record else rows[shaped[overlap.first][0]].row_number
        if place not in worst or overlap.share_tenths > worst[place][0]:
            worst[place] = overlap.share_tenths, other
    return [
        replace(row, problems=(*row.problems, _overlap(row, *worst[place], accept))) if place in worst else row
        for place, row in enumerate(rows)
    ]


def _overlap(row: RowReport[PlotRow], share_tenths: int, other: int | None, accept: bool) -> RowProblem:
    values = {"share": Decimal(share_tenths).scaleb(-1), "row": str(other)}
    if other is None:
        reason = N_("{share} % of the smaller plot is also in a plot on record. Check which outline is right.")
    else:
        reason = N_("{share} % of the smaller plot is also in the plot of row {row}. Check which outline is right.")
    return RowProblem(_SHAPE, row.typed.get(_SHAPE, ""), Sentence(reason, values), None, "note" if accept else "asked")
