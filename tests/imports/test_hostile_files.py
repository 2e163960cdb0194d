"""Three hundred broken files of every kind: each ends in a report or in a refusal that says what to do."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable

import pytest

from tests.imports.files import archive, workbook
from traceability.errors import Refusal
from traceability.imports.farmers import read_farmers
from traceability.imports.lots import read_lots
from traceability.imports.plots import read_plots
from traceability.imports.refusals import JsonTooDeep, NotGeoJson, NotJson, NotText, NumberNotFinite
from traceability.imports.report import ImportReport
from traceability.imports.strict_json import read_json

Reader = Callable[[bytes], ImportReport[object]]
READERS: tuple[Reader, ...] = (read_lots, read_farmers, read_plots)

SQUARE = [[106.3, 15.2], [106.31, 15.2], [106.31, 15.21], [106.3, 15.21], [106.3, 15.2]]
GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [106.3, 15.2]}},
        ],
    }
).encode()
REGISTER = (
    "Farm Name,Lot Number,Number of Bags,Bag Weight,Altitude,Grading Date\n"
    'Hill farm,L-1,20,60 kg,1200-1300 m,"September 21st, 2022"\nຄຳ,L-2,"1,062",100 lbs,4000 PSNM,2022-09-21\n'
).encode()
FARMERS = workbook(
    [["ID", "Last name*", "First name", "Village*", "Total cultivated area"], ["7", "K", "Amina", "Lak 35", 1.2]],
    first_row=4,
)


def outcome(reader: Reader, content: bytes) -> str:
    """What became of a file: anything but a report or a refusal fails the test by itself."""
    try:
        report = reader(content)
    except Refusal as refusal:
        return str(refusal.sentence)
    report.bad_rows_csv()
    return f"{len(report.rows)} rows"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The same file after an accident: cut off, bytes flipped, a piece doubled, dropped or filled with signs."""
    file = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(file) or 1)
        end = min(len(file), at + chance.randint(1, 64))
        kind = chance.randrange(6)
        if kind == 0:
            del file[at:]
        elif kind == 1:
            file[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        elif kind == 2:
            file[at:at] = file[at:end]
        elif kind == 3:
            del file[at:end]
        elif kind == 4:
            file[at:at] = chance.choice([b"[", b'"', b"\0", b"9" * 30, b"{", b"-", b"1e999", b"\xff", b"\\ud800"]) * 8
        elif file:
            file[at % len(file)] ^= 1 << chance.randrange(8)
    return bytes(file)


@pytest.mark.parametrize("reader", READERS, ids=["lots", "farmers", "plots"])
@pytest.mark.parametrize("original", [GEOJSON, REGISTER, FARMERS], ids=["geojson", "csv", "xlsx"])
def test_a_damaged_file_ends_in_a_report_or_a_refusal(reader: Reader, original: bytes) -> None:
    chance = random.Random(2026)
    for _ in range(100):
        assert outcome(reader, mutated(original, chance))


def test_a_damaged_part_inside_a_whole_workbook_ends_in_a_report_or_a_refusal() -> None:
    chance = random.Random(11)
    with zipfile.ZipFile(io.BytesIO(FARMERS)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for _ in range(300):
        name = chance.choice(sorted(parts))
        assert outcome(read_farmers, archive({**parts, name: altered_xml(parts[name], chance)}))


def altered_xml(part: bytes, chance: random.Random) -> bytes:
    """The same XML with a number, a name or a whole element changed, so that most of it stays well-formed."""
    kind = chance.randrange(4)
    if kind == 0:
        return mutated(part, chance)
    numbers = list(re.finditer(rb"[0-9]+", part))
    if kind == 1 and numbers:
        hit = chance.choice(numbers)
        odd = chance.choice([b"-1", b"0", b"4294967296", b"99999999999999999999", b"1e400", b"NaN", b""])
        return part[: hit.start()] + odd + part[hit.end() :]
    elements = list(re.finditer(rb"<[^/?][^>]*/>|<(\w+)[^>]*>[^<]*</\1>", part))
    if not elements:
        return part
    hit = chance.choice(elements)
    return part[: hit.start()] + hit[0] * chance.choice([0, 2, 300]) + part[hit.end() :]


@pytest.mark.parametrize("reader", READERS, ids=["lots", "farmers", "plots"])
def test_noise_ends_in_a_refusal(reader: Reader) -> None:
    chance = random.Random(7)
    for size in (1, 2, 3, 10, 100, 1_000, 20_000):
        for start in (b"", b"PK\x03\x04", b"{", b"\xff\xfe", b"a,b\n"):
            with pytest.raises(Refusal):
                reader(start + chance.randbytes(size) + b"\0\xff")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"coordinates":['])
def test_deep_nesting_is_refused_before_it_is_parsed(opening: bytes) -> None:
    with pytest.raises(JsonTooDeep, match="32"):
        read_json(opening * 100_000)


def test_a_text_without_an_end_is_walked_once() -> None:
    with pytest.raises(NotJson):
        read_json(b'"' + b'\\"' * 2_000_000)


def test_brackets_inside_texts_are_not_nesting() -> None:
    assert read_json(json.dumps({"name": "[" * 100 + '"\\'}).encode()) == {"name": "[" * 100 + '"\\'}


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000])
def test_numbers_that_no_place_has_are_refused(number: bytes) -> None:
    with pytest.raises(NumberNotFinite):
        read_plots(b'{"type":"Point","coordinates":[' + number + b",15.2]}")


def test_half_a_surrogate_pair_is_refused_and_a_whole_one_is_read() -> None:
    with pytest.raises(NotText):
        read_json(b'{"name": "\\ud800"}')
    assert read_json(b'{"name": "\\ud83c\\udf31"}') == {"name": "\U0001f331"}


def test_json_that_holds_no_plots_or_is_cut_off_says_so() -> None:
    for content in (b'{"type":"Topology"}', b"[]", b"{}", b'{"type":"FeatureCollection","features":[]}'):
        with pytest.raises(NotGeoJson):
            read_plots(content)
    with pytest.raises(NotJson, match="near character"):
        read_plots(GEOJSON[:-40])
