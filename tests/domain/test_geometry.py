"""The shape of a plot: measured to the square metre, and everything that is wrong with it said before it is stored."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.geometry import (
    COUNTRY_BOXES,
    MAX_VERTICES,
    Inspection,
    PlotGeometry,
    inspect_plot,
    overlaps,
)

# By hand, 0.001 degrees at 15.2 N are 107.451 m of longitude and 110.649 m of latitude: 11,889 m².
RING = [[106.3, 15.2], [106.301, 15.2], [106.301, 15.201], [106.3, 15.201], [106.3, 15.2]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def square(west: float, south: float, size: float) -> dict[str, Any]:
    east, north = west + size, south + size
    return polygon([[west, south], [east, south], [east, north], [west, north], [west, south]])


def names(inspection: Inspection) -> list[str]:
    return [finding.name for finding in inspection.findings]


def fit(given: object) -> PlotGeometry:
    geometry = inspect_plot(given).geometry
    assert geometry is not None
    return geometry


def test_a_plot_is_measured_on_the_ellipsoid_and_kept_as_given() -> None:
    geometry = fit(polygon(RING))
    assert geometry.area_m2 == 11_889
    assert json.loads(geometry.geojson) == polygon(RING)
    assert (geometry.kind, geometry.vertices) == ("Polygon", 5)
    assert (geometry.longitude_e6, geometry.latitude_e6) == (106_300_500, 15_200_500)
    assert geometry.to_shape().is_valid


def test_one_degree_at_the_equator_has_the_area_that_geodesy_gives_it() -> None:
    # Karney's own figure for the cell 0..1 by 0..1 degrees of WGS84 with geodesic sides: 12 308.78 km².
    assert abs(fit(square(0, 0, 1)).area_m2 / 1e6 - 12_308.78) < 0.01


def test_winding_and_starting_corner_do_not_change_the_area() -> None:
    assert fit(polygon(RING[::-1])).area_m2 == fit(polygon([*RING[2:], *RING[1:3]])).area_m2 == 11_889


def test_four_hectares_on_the_eu_sphere_are_less_on_the_ellipsoid() -> None:
    side = math.degrees(200 / 6_378_137)
    stretched = side / math.cos(math.radians(15.2))
    ring = [[106, 15.2], [106 + stretched, 15.2], [106 + stretched, 15.2 + side], [106, 15.2 + side], [106, 15.2]]
    inspection = inspect_plot(polygon(ring))
    assert inspection.geometry is not None
    assert 39_700 <= inspection.geometry.area_m2 <= 39_800
    assert names(inspection) == ["borderline"]


def test_a_hole_is_taken_off_and_noted() -> None:
    hole = [[106.3002, 15.2002], [106.3004, 15.2002], [106.3004, 15.2004], [106.3002, 15.2004], [106.3002, 15.2002]]
    inspection = inspect_plot(polygon(RING, hole))
    assert inspection.geometry is not None
    assert inspection.geometry.area_m2 == 11_414
    assert names(inspection) == ["hole"]


def test_points_have_no_area_and_above_four_hectares_the_eu_wants_an_outline() -> None:
    point = {"type": "Point", "coordinates": [106.3, 15.2]}
    assert (fit(point).area_m2, names(inspect_plot(point))) == (0, [])
    assert names(inspect_plot(point, stated_area_m2=30_000)) == []
    assert names(inspect_plot(point, stated_area_m2=39_800)) == ["point_too_large", "borderline"]
    assert names(inspect_plot(point, stated_area_m2=50_000)) == ["point_too_large"]


def test_every_kind_of_area_and_point_is_taken() -> None:
    several = {"type": "MultiPolygon", "coordinates": [[RING], [[[x + 1, y] for x, y in RING]]]}
    points = {"type": "MultiPoint", "coordinates": [[106.3, 15.2], [106.4, 15.2]]}
    both = {"type": "GeometryCollection", "geometries": [several, points]}
    assert [fit(given).area_m2 for given in (several, points, both)] == [23_779, 0, 23_779]
    assert fit({"type": "Feature", "properties": None, "geometry": several}).kind == "MultiPolygon"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"type": "LineString", "coordinates": RING}, "wrong_kind"),
        (None, "no_geometry"),
        ({"coordinates": RING}, "no_geometry"),
        ({"type": "Polygon"}, "no_coordinates"),
        ({"type": "Polygon", "coordinates": []}, "no_coordinates"),
        ({"type": "Polygon", "coordinates": [RING[:2]]}, "too_few_corners"),
        ({"type": "Polygon", "coordinates": [[RING[0]] * 5]}, "too_few_corners"),
        ({"type": "Point", "coordinates": ["106", "15"]}, "not_numbers"),
        ({"type": "Point", "coordinates": [True, 15]}, "not_numbers"),
        ({"type": "Point", "coordinates": [106]}, "not_numbers"),
        ({"type": "Point", "coordinates": [[106, 15]]}, "not_numbers"),
        ({"type": "Point", "coordinates": [math.nan, 15]}, "not_finite"),
        ({"type": "Point", "coordinates": [math.inf, 15]}, "not_finite"),
        ({"type": "Point", "coordinates": [10**400, 15]}, "not_finite"),
        ({"type": "Point", "coordinates": [500_000, 1_680_000]}, "out_of_range"),
        ({"type": "GeometryCollection", "geometries": []}, "collection"),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
            "collection",
        ),
        (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses_itself"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "crosses_itself"),
        (polygon([[106.003, 15.005], [106.004, 15.007], [106.005, 15.009], [106.003, 15.005]]), "no_area"),
        ({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}, "crosses_itself"),
    ],
)
def test_what_is_no_plot_is_bad_and_leaves_nothing_to_store(given: object, name: str) -> None:
    inspection = inspect_plot(given)
    assert inspection.geometry is None
    assert [(finding.name, finding.severity) for finding in inspection.findings] == [(name, "bad")]


def test_too_many_corners_are_refused_and_five_thousand_are_taken() -> None:
    def circle(corners: int) -> dict[str, Any]:
        turn = 2 * math.pi / (corners - 1)
        ring = [[106 + math.cos(n * turn) / 100, 15 + math.sin(n * turn) / 100] for n in range(corners - 1)]
        return polygon([*ring, ring[0]])

    assert fit(circle(MAX_VERTICES)).vertices == MAX_VERTICES
    assert names(inspect_plot(circle(MAX_VERTICES + 1))) == ["too_many_corners"]


def test_an_open_outline_is_offered_closed() -> None:
    inspection = inspect_plot(polygon(RING[:-1]))
    assert (inspection.geometry, names(inspection)) == (None, ["open_ring"])
    assert inspection.offer == fit(polygon(RING))


def test_an_open_outline_that_would_cross_itself_has_nothing_to_offer() -> None:
    assert inspect_plot(polygon([[0, 0], [1, 1], [1, 0], [0, 1]])).offer is None


def test_swapped_coordinates_are_noticed_by_the_country_and_offered_turned() -> None:
    turned = polygon([[latitude, longitude] for longitude, latitude in RING])
    inspection = inspect_plot(turned, country="la")
    assert (inspection.geometry, names(inspection)) == (None, ["swapped"])
    assert inspection.offer == fit(polygon(RING))


def test_swapped_coordinates_are_noticed_without_a_country_when_no_latitude_is_so_large() -> None:
    inspection = inspect_plot({"type": "Point", "coordinates": [15.2, 106.3]})
    assert names(inspection) == ["swapped"]
    assert inspection.offer == fit({"type": "Point", "coordinates": [106.3, 15.2]})


def test_a_plot_outside_its_country_both_ways_is_asked_about() -> None:
    inspection = inspect_plot(square(36.8, -1.3, 0.001), country="LA")
    assert inspection.geometry is not None
    assert [(finding.name, finding.severity) for finding in inspection.findings] == [("outside_country", "asked")]


def test_no_country_box_holds_its_own_mirror_image_where_our_growers_are() -> None:
    for code in ("LA", "VN", "TH", "KH"):
        west, south, east, north = COUNTRY_BOXES[code]
        middle = {"type": "Point", "coordinates": [(south + north) / 2, (west + east) / 2]}
        assert names(inspect_plot(middle, country=code)) == ["swapped"]


def test_estates_and_specks_are_asked_about() -> None:
    assert names(inspect_plot(square(36.8, -1.3, 0.1))) == ["large"]
    assert names(inspect_plot(square(106.3, 15.2, 0.00002))) == ["tiny"]


def test_corners_that_merge_at_six_decimals_are_noted() -> None:
    ring = [RING[0], [106.3000000004, 15.2], *RING[1:]]
    assert names(inspect_plot(polygon(ring))) == ["merging_corners"]


def test_heights_are_dropped_with_a_note() -> None:
    inspection = inspect_plot(polygon([[*corner, 1200.0] for corner in RING]))
    assert names(inspection) == ["heights"]
    assert inspection.geometry == fit(polygon(RING))


def test_overlaps_are_shares_of_the_smaller_plot_in_either_order() -> None:
    large, small, apart = fit(square(106, 15, 0.01)), fit(square(106.005, 15.005, 0.001)), fit(square(107, 15, 0.01))
    point = fit({"type": "Point", "coordinates": [106.005, 15.005]})
    for plots in ([large, small, apart, point], [small, large, point, apart]):
        assert [(found.first, found.second, found.share_tenths) for found in overlaps(plots)] == [(0, 1, 1000)]


@pytest.mark.parametrize(("moved", "shares"), [(0.0095, []), (0.0094, [60]), (0.005, [500]), (0.01, [])])
def test_neighbours_may_share_a_border_and_five_percent(moved: float, shares: list[int]) -> None:
    plots = [fit(square(106, 15, 0.01)), fit(square(106 + moved, 15, 0.01))]
    assert [found.share_tenths for found in overlaps(plots)] == shares
    assert [found.share_tenths for found in overlaps(plots[:1], plots[1:])] == shares
    assert overlaps([], plots) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometry", "geometries"]), inner, max_size=4)
    ),
    max_leaves=20,
)
NUMBER = st.integers(-200, 200) | st.floats()
NESTED = st.recursive(
    st.lists(NUMBER, min_size=1, max_size=3), lambda inner: st.lists(inner, max_size=6), max_leaves=12
)
KINDS = st.sampled_from(
    ["Point", "MultiPoint", "Polygon", "MultiPolygon", "LineString", "GeometryCollection", "Feature"]
)


@given(JSON | st.fixed_dictionaries({"type": KINDS, "coordinates": NESTED}))
def test_nothing_that_json_can_hold_ends_in_an_error(given: object) -> None:
    inspection = inspect_plot(given, country="LA")
    bad = any(finding.severity == "bad" for finding in inspection.findings)
    assert (inspection.geometry is None) == bad


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=8))
def test_any_outline_is_either_bad_or_has_land_inside(corners: list[tuple[int, int]]) -> None:
    ring = [[106 + x / 1000, 15 + y / 1000] for x, y in corners]
    inspection = inspect_plot(polygon([*ring, ring[0]]))
    assert inspection.geometry is None or inspection.geometry.area_m2 > 0
