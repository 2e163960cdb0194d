"""The shape of a plot: kept as it was given, measured on the WGS84 ellipsoid, and looked at for what is wrong with it.

GeoJSON (RFC 7946) in, longitude before latitude. `inspect_plot` says everything about one plot, `overlaps` about many;
a finding of severity `bad` means that the shape must not be stored, and it offers a repaired one where that is safe.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import shapely
from geographiclib.geodesic import Geodesic
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree
from shapely.validation import explain_validity

from traceability.errors import Sentence
from traceability.words import N_

Severity = Literal["note", "asked", "bad"]
Box = tuple[float, float, float, float]

MAX_VERTICES: Final = 5_000  # RELIABILITY T13
LARGE_M2: Final = 10_000_000  # 1,000 ha in one piece is an estate or a mistake
TINY_M2: Final = 10
OVERLAP_TENTHS: Final = 50  # more than 5.0 % of the smaller plot (RELIABILITY T1)
# EUDR Art. 2(28): above 4 ha a polygon. The EU system measures on a sphere of 6,378,137 m: its 4 ha are 3.976 to
# 3.980 ha on the ellipsoid at 13 to 21 degrees north, so from 3.97 ha a polygon is asked for (STANDARDS C.3).
POINT_LIMIT_M2: Final = 39_700
BORDERLINE_M2: Final = (39_700, 40_300)
DECIMALS: Final = 6  # what the EU system keeps of a coordinate: about 11 cm

_DEPTHS: Final = {"Point": 0, "MultiPoint": 1, "Polygon": 2, "MultiPolygon": 3}
_SHOWN: Final = 60
_WORLD: Final[Box] = (-180, -90, 180, 90)

# Land and a little margin, west, south, east, north. Enough to notice swapped numbers; not a border.
COUNTRY_BOXES: Final[Mapping[str, Box]] = {
    "BR": (-74.1, -33.8, -34.7, 5.4), "CI": (-8.7, 4.2, -2.4, 10.8), "CN": (73.4, 18.0, 135.1, 53.6),
    "CO": (-79.1, -4.3, -66.8, 12.6), "ET": (32.9, 3.3, 48.1, 15.0), "GH": (-3.3, 4.6, 1.3, 11.3),
    "GT": (-92.3, 13.7, -88.2, 17.9), "HN": (-89.4, 12.9, -83.1, 16.6), "ID": (94.9, -11.1, 141.1, 6.2),
    "IN": (68.1, 6.5, 97.5, 35.6), "KE": (33.8, -4.8, 42.0, 5.6), "KH": (102.3, 9.9, 107.7, 14.8),
    "LA": (100.0, 13.8, 107.8, 22.6), "MM": (92.1, 9.5, 101.3, 28.6), "PE": (-81.5, -18.5, -68.6, 0.1),
    "RW": (28.8, -2.9, 31.0, -1.0), "TH": (97.3, 5.5, 105.8, 20.6), "TZ": (29.3, -11.8, 40.6, -0.9),
    "UG": (29.5, -1.6, 35.1, 4.4), "VN": (102.1, 8.3, 109.6, 23.5),
}  # fmt: skip


@dataclass(frozen=True)
class PlotGeometry:
    """A shape fit to store. `geojson` is canonical text of what was given; areas are whole square metres.

    `longitude` and `latitude` are of a point inside it, in millionths of a degree: no float leaves a measurement.
    """

    geojson: str
    kind: str
    area_m2: int
    longitude_e6: int
    latitude_e6: int
    vertices: int

    def to_shape(self) -> BaseGeometry:
        """The shape for further computing, in degrees."""
        return shape(json.loads(self.geojson))


@dataclass(frozen=True)
class GeometryFinding:
    """One thing to say about a shape. `offer` is a repaired shape that somebody may choose instead."""

    name: str
    severity: Severity
    sentence: Sentence
    offer: PlotGeometry | None = None


@dataclass(frozen=True)
class Inspection:
    """The shape and what was found. `geometry` is None when a finding is bad: nothing of it is to be stored."""

    geometry: PlotGeometry | None
    findings: tuple[GeometryFinding, ...] = ()

    @property
    def offer(self) -> PlotGeometry | None:
        """The first repaired shape that a finding offers."""
        return next((finding.offer for finding in self.findings if finding.offer is not None), None)


@dataclass(frozen=True)
class Overlap:
    """Two plots that share land: their places in what was given, and the tenths of a percent of the smaller one."""

    first: int
    second: int
    share_tenths: int


class _Unfit(Exception):
    """Raised inside this file to end a walk at the first thing that makes a shape unreadable."""

    def __init__(self, name: str, text: str, **values: object) -> None:
        super().__init__(name)
        self.finding = GeometryFinding(name, "bad", Sentence(text, values))


# --- inspecting one plot ----------------------------------------------------------------------------------------


def inspect_plot(given: object, *, country: str = "", stated_area_m2: int | None = None) -> Inspection:
    """Everything about one GeoJSON geometry (a Feature is opened): the shape to store and the findings.

    `country` (ISO 3166-1 alpha-2) is where the plot is expected; `stated_area_m2` is what its owner says, which for a
    point is all that is known. Never raises for anything that `json.loads` can return.
    """
    try:
        walked = _Walk()
        plain = walked.geometry(given)
    except _Unfit as unfit:
        return Inspection(None, (unfit.finding,))
    findings = list(walked.findings)
    if walked.open_rings:
        text = N_("The outline is not closed: its last corner must be its first. Take the closed outline offered.")
        offer = _offered(_closed(plain), country)
        return Inspection(None, (*findings, GeometryFinding("open_ring", "bad", Sentence(text), offer)))
    misplaced = _misplaced(plain, walked.box, country)
    if misplaced is not None and misplaced.severity == "bad":
        return Inspection(None, (*findings, misplaced))
    whole = shape(plain)
    broken = _broken(whole)
    if broken is not None:
        return Inspection(None, (*findings, broken))
    geometry = _measured(plain, whole, walked.vertices)
    if geometry.area_m2 == 0 and _polygons(whole):
        text = N_("The outline encloses no land. Draw it again.")
        return Inspection(None, (*findings, GeometryFinding("no_area", "bad", Sentence(text))))
    findings += [misplaced] if misplaced is not None else []
    findings += _size_findings(geometry, stated_area_m2)
    findings += _detail_findings(whole)
    return Inspection(geometry, tuple(findings))


def stored_geometry(text: str) -> PlotGeometry:
    """A geometry from the canonical text it was stored as. Raises ValueError for text that was never stored."""
    found = inspect_plot(json.loads(text)).geometry
    if found is None:
        raise ValueError("this text is no stored geometry")
    return found


def _offered(plain: dict[str, Any], country: str) -> PlotGeometry | None:
    """A repaired shape, if there is nothing else that forbids it."""
    return inspect_plot(plain, country=country).geometry


class _Walk:
    """Reads a geometry down to its numbers, counting corners and remembering what to say; stops at what is unfit."""

    def __init__(self) -> None:
        self.vertices = 0
        self.open_rings = 0
        self.heights = False
        self.west = self.south = math.inf
        self.east = self.north = -math.inf

    @property
    def box(self) -> Box:
        return self.west, self.south, self.east, self.north

    @property
    def findings(self) -> list[GeometryFinding]:
        if not self.heights:
            return []
        text = N_("The heights in the coordinates were left out; longitude and latitude were kept.")
        return [GeometryFinding("heights", "note", Sentence(text))]

    def geometry(self, given: object, *, inside: bool = False) -> dict[str, Any]:
        if isinstance(given, dict) and given.get("type") == "Feature" and not inside:
            given = given.get("geometry")
        if not isinstance(given, dict) or not isinstance(given.get("type"), str):
            raise _Unfit("no_geometry", N_("This is no GeoJSON geometry. Export the plot again."))
        kind = given["type"]
        if kind == "GeometryCollection":
            return self._collection(given, inside=inside)
        if kind not in _DEPTHS:
            text = N_("A plot is a point or an area; {kind} is neither. Draw its outline.")
            raise _Unfit("wrong_kind", text, kind=kind[:_SHOWN])
        return {"type": kind, "coordinates": self._coordinates(given.get("coordinates"), _DEPTHS[kind], kind)}

    def _collection(self, given: dict[str, Any], *, inside: bool) -> dict[str, Any]:
        parts = given.get("geometries")
        if inside or not isinstance(parts, list) or not parts:
            text = N_("A collection must hold points and outlines only, and no further collection.")
            raise _Unfit("collection", text)
        return {"type": "GeometryCollection", "geometries": [self.geometry(part, inside=True) for part in parts]}

    def _coordinates(self, given: object, depth: int, kind: str) -> list[Any]:
        if not isinstance(given, list) or not given:
            raise _Unfit("no_coordinates", N_("The coordinates of this shape are missing or not a list of numbers."))
        if depth == 0:
            return self._position(given)
        inner = [self._coordinates(part, depth - 1, kind) for part in given]
        if depth == 1 and kind in ("Polygon", "MultiPolygon"):
            self._ring(inner)
        return inner

    def _position(self, given: list[Any]) -> list[Any]:
        numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in given)
        if not numbers or not 2 <= len(given) <= 4:
            raise _Unfit("not_numbers", N_("A corner must be two numbers, longitude and latitude."))
        self.vertices += 1
        if self.vertices > MAX_VERTICES:
            text = N_("The outline has more than {limit} corners. Simplify it and send it again.")
            raise _Unfit("too_many_corners", text, limit=MAX_VERTICES)
        if not all(abs(part) <= 1e9 for part in given):  # also false for NaN
            raise _Unfit("not_finite", N_("A corner holds a number that no place on earth has."))
        self.heights = self.heights or len(given) > 2
        longitude, latitude = given[0], given[1]
        self.west, self.east = min(self.west, longitude), max(self.east, longitude)
        self.south, self.north = min(self.south, latitude), max(self.north, latitude)
        return [_plain_number(longitude), _plain_number(latitude)]

    def _ring(self, ring: list[Any]) -> None:
        closed = ring[0] == ring[-1]
        if len({tuple(corner) for corner in ring}) < 3:
            raise _Unfit("too_few_corners", N_("An outline needs at least three different corners."))
        self.open_rings += not closed


def _plain_number(value: float) -> float:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _closed(plain: dict[str, Any]) -> dict[str, Any]:
    """The same geometry with every ring ended where it began."""
    if plain["type"] == "GeometryCollection":
        return {**plain, "geometries": [_closed(part) for part in plain["geometries"]]}
    if plain["type"] == "Polygon":
        return {**plain, "coordinates": [_closed_ring(ring) for ring in plain["coordinates"]]}
    if plain["type"] == "MultiPolygon":
        return {**plain, "coordinates": [[_closed_ring(ring) for ring in part] for part in plain["coordinates"]]}
    return plain


def _closed_ring(ring: list[Any]) -> list[Any]:
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


# --- where it lies ------------------------------------------------------------------------------------------------


def _misplaced(plain: dict[str, Any], box: Box, country: str) -> GeometryFinding | None:
    """Out of the world, outside the country, or with longitude and latitude in the wrong order."""
    in_world = _inside(box, _WORLD)
    expected = COUNTRY_BOXES.get(country.upper(), _WORLD)
    if _inside(box, expected):
        return None
    west, south, east, north = box
    if _inside((south, west, north, east), expected):
        text = N_("Longitude and latitude are in the wrong order. Take the turned outline offered.")
        return GeometryFinding("swapped", "bad", Sentence(text), _offered(_turned(plain), country))
    if not in_world:
        text = N_("The coordinates are not degrees of longitude and latitude. Export the plot in WGS84.")
        return GeometryFinding("out_of_range", "bad", Sentence(text))
    text = N_("The plot does not lie in {country}. Check its coordinates, or the country.")
    return GeometryFinding("outside_country", "asked", Sentence(text, {"country": country.upper()}))


def _inside(box: Box, outer: Box) -> bool:
    return outer[0] <= box[0] and outer[1] <= box[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _turned(plain: dict[str, Any]) -> dict[str, Any]:
    def turn(part: Any) -> Any:
        return [part[1], part[0]] if not isinstance(part[0], list) else [turn(inner) for inner in part]

    if plain["type"] == "GeometryCollection":
        return {**plain, "geometries": [_turned(part) for part in plain["geometries"]]}
    return {**plain, "coordinates": turn(plain["coordinates"])}


# --- what it is ---------------------------------------------------------------------------------------------------


def _broken(whole: BaseGeometry) -> GeometryFinding | None:
    if not whole.is_valid:
        where = explain_validity(whole).partition("[")[2].rstrip("]")
        text = N_("The outline crosses or touches itself near {where}. Draw it again as one simple line.")
        return GeometryFinding("crosses_itself", "bad", Sentence(text, {"where": where[:_SHOWN]}))
    return None


def _parts(whole: BaseGeometry) -> list[BaseGeometry]:
    return list(shapely.get_parts(whole)) if whole.geom_type == "GeometryCollection" else [whole]


def _polygons(whole: BaseGeometry) -> list[shapely.Polygon]:
    return [part for group in _parts(whole) for part in shapely.get_parts(group) if isinstance(part, shapely.Polygon)]


def _measured(plain: dict[str, Any], whole: BaseGeometry, vertices: int) -> PlotGeometry:
    inside = whole.representative_point()
    return PlotGeometry(
        geojson=json.dumps(plain, separators=(",", ":"), sort_keys=True, allow_nan=False),
        kind=str(plain["type"]),
        area_m2=round(sum(polygon_area_m2(polygon) for polygon in _polygons(whole))),
        longitude_e6=round(inside.x * 10**DECIMALS),
        latitude_e6=round(inside.y * 10**DECIMALS),
        vertices=vertices,
    )


def polygon_area_m2(polygon: shapely.Polygon) -> float:
    """The area on the WGS84 ellipsoid with geodesic sides (Karney 2013), holes taken off, whichever way it winds."""
    rings = [polygon.exterior, *polygon.interiors]
    areas = []
    for ring in rings:
        walk = Geodesic.WGS84.Polygon()
        for longitude, latitude in list(ring.coords)[:-1]:
            walk.AddPoint(latitude, longitude)
        areas.append(abs(walk.Compute(False, True)[2]))
    return float(areas[0] - sum(areas[1:]))


def _size_findings(geometry: PlotGeometry, stated_m2: int | None) -> list[GeometryFinding]:
    found: list[GeometryFinding] = []
    area = geometry.area_m2

    def say(name: str, severity: Severity, text: str, **values: object) -> None:
        found.append(GeometryFinding(name, severity, Sentence(text, values)))

    if geometry.kind in ("Point", "MultiPoint"):
        if stated_m2 is not None and stated_m2 >= POINT_LIMIT_M2:
            say("point_too_large", "note", N_("For the EU a plot of 4 ha or more needs its outline, not a point."))
    elif area > LARGE_M2:
        say("large", "asked", N_("{hectares} ha in one plot? Check the coordinates."), hectares=area // 10_000)
    elif area < TINY_M2:
        say("tiny", "asked", N_("This plot has only {area} m². Check the coordinates."), area=area)
    borderline = stated_m2 if geometry.kind == "Point" else area
    if borderline is not None and BORDERLINE_M2[0] <= borderline <= BORDERLINE_M2[1]:
        say("borderline", "note", N_("This is close to 4 ha, where the EU begins to demand an outline."))
    return found


def _detail_findings(whole: BaseGeometry) -> list[GeometryFinding]:
    found = []
    polygons = _polygons(whole)
    if any(polygon.interiors for polygon in polygons):
        text = N_("The outline has a hole. Its land is not counted; the EU system reads the outer line only.")
        found.append(GeometryFinding("hole", "note", Sentence(text)))
    if any(_merging_corners(polygon) for polygon in polygons):
        text = N_("Some corners are the same when six decimals are kept, as the EU system does.")
        found.append(GeometryFinding("merging_corners", "note", Sentence(text)))
    return found


def _merging_corners(polygon: shapely.Polygon) -> bool:
    for ring in (polygon.exterior, *polygon.interiors):
        kept = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring.coords]
        if any(one == next_one for one, next_one in pairwise(kept)):
            return True
    return False


# --- many plots -----------------------------------------------------------------------------------------------------


def overlaps(
    geometries: Sequence[PlotGeometry], others: Sequence[PlotGeometry] = (), *, over_tenths: int = OVERLAP_TENTHS
) -> tuple[Overlap, ...]:
    """The pairs that share more than `over_tenths` of the smaller plot, in order; points overlap nothing.

    Places count through `geometries` and on through `others`; pairs among `others` are not looked at. Shares are
    of areas in degrees: over two plots that touch, a square degree is the same size.
    """
    shapes = [geometry.to_shape().buffer(0) for geometry in (*geometries, *others)]
    tree = STRtree(shapes)
    found = []
    for first, one in enumerate(shapes[: len(geometries)]):
        if one.is_empty:
            continue
        for second in sorted(int(place) for place in tree.query(one, predicate="intersects")):
            if second > first and not shapes[second].is_empty:
                smaller = min(one.area, shapes[second].area)
                share = round(1000 * one.intersection(shapes[second]).area / smaller)
                if share > over_tenths:
                    found.append(Overlap(first, second, share))
    return tuple(found)
