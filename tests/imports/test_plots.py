"""Plots from files: each feature reported, none half-stored, the repaired shape offered and taken only when asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from traceability.domain.geometry import inspect_plot
from traceability.errors import Refusal
from traceability.imports.countries import country_code
from traceability.imports.plots import PlotRow, read_plots
from traceability.imports.report import ImportReport

# About 108 m by 111 m on the Bolaven plateau: 1.2 ha.
RING = [[106.3, 15.2], [106.301, 15.2], [106.301, 15.201], [106.3, 15.201], [106.3, 15.2]]


def moved(by: float) -> list[list[float]]:
    return [[longitude + by, latitude] for longitude, latitude in RING]


def polygon(ring: list[list[float]] = RING) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*shapes: object, **more: object) -> bytes:
    features = [
        {"type": "Feature", "properties": {"name": f"P{n}"}, "geometry": shape} for n, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def problems(report: ImportReport[PlotRow], place: int = 0) -> list[tuple[str, str]]:
    return [(problem.severity, str(problem.reason)) for problem in report.rows[place].problems]


def test_a_collection_a_feature_and_a_bare_geometry_are_all_plots() -> None:
    feature = {
        "type": "Feature",
        "properties": {"ProducerName": "Amina", "ProductionPlace": "Lak 35"},
        "geometry": polygon(),
    }
    for document in (json.dumps(feature).encode(), collection(polygon()), json.dumps(polygon()).encode()):
        report = read_plots(document, country="LA")
        assert [(row.row_number, row.geometry.area_m2) for row in report.good] == [(1, 11_889)]
    assert read_plots(json.dumps(feature).encode()).good[0].producer == "Amina"


def test_each_feature_is_reported_and_the_bad_ones_stay_out_whole() -> None:
    bow_tie = [[106.4, 15.2], [106.401, 15.201], [106.401, 15.2], [106.4, 15.201], [106.4, 15.2]]
    report = read_plots(
        collection(
            polygon(), polygon(bow_tie), polygon(moved(0.2)[:-1]), {"type": "LineString", "coordinates": RING}, None
        )
    )
    assert [row.status for row in report.rows] == ["good", "bad", "bad", "bad", "bad"]
    assert [row.name for row in report.good] == ["P0"]
    assert all(row.values is None for row in report.of("bad"))


def test_swapped_coordinates_are_offered_turned_and_taken_only_when_asked() -> None:
    swapped = collection(polygon([[latitude, longitude] for longitude, latitude in RING]))
    report = read_plots(swapped, country="LA")
    assert report.counts == {"good": 0, "asked": 0, "bad": 1}
    assert str(report.rows[0].problems[0].suggestion) == "The repaired plot measures 11889 m²."
    taken = read_plots(swapped, country="LA", take_offers=True)
    assert taken.good[0].geometry == read_plots(collection(polygon())).good[0].geometry
    assert problems(taken)[0][0] == "note"


def test_the_country_of_a_row_is_stronger_than_the_one_of_the_file() -> None:
    text = b'country,geometry\nKE,"{""type"":""Point"",""coordinates"":[36.85,-1.25]}"\n'
    report = read_plots(text, country="LA")
    assert (report.good[0].country, report.rows[0].problems) == ("KE", ())


@pytest.mark.parametrize(
    ("typed", "code"), [("Laos", "LA"), ("ສປປ ລາວ", "LA"), ("Việt Nam", "VN"), ("ke", "KE"), ("Elsewhere", "")]
)
def test_countries_are_known_by_code_and_by_name(typed: str, code: str) -> None:
    assert country_code(typed) == code


def test_heights_are_left_out_with_a_note_and_a_foreign_system_is_pointed_at() -> None:
    document = collection(
        {"type": "Point", "coordinates": [106.3, 15.2, 1200.5]},
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}},
    )
    report = read_plots(document)
    assert json.loads(report.good[0].geometry.geojson)["coordinates"] == [106.3, 15.2]
    assert problems(report)[0][0] == "note"
    assert "32648" in str(report.notes[0])
    assert read_plots(collection(polygon(), crs={"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})).notes == ()


def test_a_table_may_give_two_coordinates_instead_of_a_shape() -> None:
    report = read_plots(b'Plot,Lat,Lon,Area,Farmer\nA,"15,2",106.3,1.5,Amina\nB,north,106.3,,\n', country="LA")
    assert [(row.name, row.geometry.kind, row.stated_area_m2) for row in report.good] == [("A", "Point", 15_000)]
    assert report.counts == {"good": 1, "asked": 0, "bad": 1}


def test_a_cell_that_is_no_json_makes_one_bad_row_and_not_a_refused_file() -> None:
    text = (
        'name,geometry\nA,"{""type"":"\nB,"' + "[" * 200 + '"\nC,"{""type"":""Point"",""coordinates"":[106.3,NaN]}"\n'
    )
    report = read_plots(text.encode())
    assert report.counts == {"good": 0, "asked": 0, "bad": 3}


def test_two_plots_on_one_piece_of_land_are_asked_about_once() -> None:
    report = read_plots(collection(polygon(), polygon(moved(0.0005)), polygon(moved(0.00145))))
    assert [row.status for row in report.rows] == ["good", "asked", "good"]
    assert problems(report, 1) == [
        ("asked", "50.0 % of the smaller plot is also in the plot of row 1. Check which outline is right.")
    ]
    assert read_plots(collection(polygon(), polygon(moved(0.0005))), accept_unusual=True).counts["good"] == 2


def test_a_plot_on_record_is_looked_for_too() -> None:
    known = inspect_plot(polygon()).geometry
    assert known is not None
    report = read_plots(collection(polygon(moved(0.0009)), polygon(moved(0.00096))), known=[known])
    assert [row.status for row in report.rows] == ["asked", "asked"]
    assert "on record" in problems(report)[0][1]


def test_the_rows_not_taken_can_be_corrected_as_a_table_and_sent_again() -> None:
    report = read_plots(collection(polygon(RING[:-1])))
    again = read_plots(report.bad_rows_csv(), take_offers=True)
    assert [(row.name, row.geometry.area_m2) for row in again.good] == [("P0", 11_889)]


def test_nothing_that_json_can_hold_ends_in_an_error() -> None:
    odd = [1, "x", [], {}, {"type": 7}, {"type": "Polygon", "coordinates": [[["a", 1]] * 4]}, {"type": "Feature"},
           {"type": "Polygon", "coordinates": [[[True, False]] * 4]}, {"type": "Point", "coordinates": [[1, 2]]},
           {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection"}]}]  # fmt: skip
    report = read_plots(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [*odd, *[{"type": "Feature", "geometry": shape} for shape in odd]],
            }
        ).encode()
    )
    assert report.counts == {"good": 0, "asked": 0, "bad": 20}
    with pytest.raises(Refusal):
        read_plots(b'"text"')


@pytest.mark.parametrize(
    ("file", "good", "asked"),
    [
        ("test_10ha.geojson", 1, 0),
        ("old_geojson_example.geojson", 30, 1),
        ("geojson_example.geojson", 48, 2),
        ("geojson_large_example.geojson", 48, 102),
        ("polygons_250_features.geojson", 246, 4),
    ],
)
def test_the_plots_of_whisp_are_each_reported(shared_data: Path, file: str, good: int, asked: int) -> None:
    report = read_plots(shared_data / "real" / "whisp_plots" / file)
    assert report.counts == {"good": good, "asked": asked, "bad": 0}
    assert [row.row_number for row in report.rows] == list(range(1, good + asked + 1))


def test_the_areas_of_whisp_are_met_where_the_file_states_them(shared_data: Path) -> None:
    path = shared_data / "real" / "whisp_plots" / "polygons_250_features.geojson"
    stated = [feature["properties"]["actual_area_ha"] for feature in json.loads(path.read_text())["features"]]
    measured = [row.values.geometry.area_m2 / 10_000 for row in read_plots(path).rows if row.values]
    assert len(measured) == 250
    assert all(abs(one / other - 1) < 0.01 for one, other in zip(stated, measured, strict=True))


def test_plots_of_twelve_thousand_hectares_are_asked_about(shared_data: Path) -> None:
    report = read_plots(shared_data / "real" / "shamba_plots_csv" / "sample-plots.csv")
    assert report.header_row == 6
    assert [(row.row_number, row.status) for row in report.rows] == [(7, "asked"), (8, "good"), (9, "asked")]
    assert report.good[0].crops == ("coffee", "cocoa")
    assert "12306 ha" in problems(report)[0][1]
