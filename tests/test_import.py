"""Other people's files, from the command line to the public record: good rows in, the others out with a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from traceability.cli import main
from traceability.domain.facts import RegisterOrganisation, Where
from traceability.imports.lots import read_lots
from traceability.models import Batch, Event, Lot, Organisation, Party, Plot
from traceability.models.database import Database
from traceability.operations import intake
from traceability.operations.registry import machine_actor, register_organisation
from traceability.queries.dossiers import dossier_of

REGISTER = Path("real") / "cqi_coffee_lots_2023" / "df_arabica_clean.csv"


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with one organisation, as `traceability init` and `organisation add` leave it."""
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(tmp_path))
    assert run("init").exit_code == 0
    assert run("organisation", "add", "--name", "Registers", "--kind", "exporter", "--prefix", "RG", "--country", "LA")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def record(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'traceability.sqlite3'}")


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_register_is_only_looked_at_until_somebody_says_commit(at_home: Path, shared_data: Path) -> None:
    said = json.loads(run("import", "lots", str(shared_data / REGISTER), "--json").stdout)
    assert said["counts"] == {"good": 202, "asked": 5, "bad": 0}
    assert said["stored"] == []
    assert count(record(at_home), Lot) == 0


def test_207_lots_become_farms_lots_and_batches_and_the_absurd_bags_are_asked_about(
    at_home: Path, shared_data: Path
) -> None:
    file, out = str(shared_data / REGISTER), at_home / "out.csv"
    first = json.loads(run("import", "lots", file, "--commit", "--bad-rows", str(out), "--json").stdout)
    assert len(first["stored"]) == 202
    assert out.read_text("utf-8-sig").count("19200 kg") == 2
    database = record(at_home)
    batches, events = count(database, Batch), count(database, Event)
    assert batches == 202
    again = json.loads(run("import", "lots", file, "--commit", "--json").stdout)
    assert again["stored"] == first["stored"]
    assert (count(database, Batch), count(database, Event)) == (batches, events)
    answers = ["--answer", "37=total", "--answer", "118=total", "--accept-unusual"]
    rest = json.loads(run("import", "lots", file, "--commit", "--json", *answers).stdout)
    assert len(rest["stored"]) == 207
    assert set(first["stored"]) < set(rest["stored"])
    with database.reading() as session:
        whole = dossier_of(session, rest["stored"][35])
    assert (whole.mass_g, whole.unit_count, whole.unit_mass_g) == (19_200_000, 320, 60_000)
    assert sum(share.mass_g for share in whole.shares) == whole.mass_g


def test_the_lots_of_a_register_have_public_dossiers_on_both_databases(database: Database, shared_data: Path) -> None:
    rows = read_lots(shared_data / REGISTER).good[:12]
    source = intake.Source("f" * 64, "arabica_coffee", "green")
    home = RegisterOrganisation(
        client_id="home-0001",
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        name="Registers",
        kind="exporter",
        prefix="RG",
        where=Where(country="LA"),
    )
    actor = database.write(lambda session: register_organisation(session, home))
    codes = [database.write(partial(intake.take_lot, actor=actor, source=source, row=row)) for row in rows]
    with database.reading() as session:
        dossiers = [dossier_of(session, code) for code in codes]
    assert [dossier.mass_g for dossier in dossiers] == [row.mass_g for row in rows]
    assert [dossier.marks.own_number for dossier in dossiers] == [row.lot_number for row in rows]
    assert dossiers[2].origin.country == "LA"
    assert all(dossier.farms == 1 and dossier.status == "released" for dossier in dossiers)


def test_plots_are_stored_with_their_shape_and_twelve_thousand_hectares_are_asked_about(
    at_home: Path, shared_data: Path
) -> None:
    folder = shared_data / "real"
    said = json.loads(
        run("import", "plots", str(folder / "shamba_plots_csv" / "sample-plots.csv"), "--commit", "--json").stdout
    )
    assert said["counts"] == {"good": 1, "asked": 2, "bad": 0}
    shapes = str(folder / "whisp_plots" / "polygons_250_features.geojson")
    said = json.loads(run("import", "plots", shapes, "--commit", "--json").stdout)
    assert said["counts"]["good"] == len(said["stored"]) == 246
    database = record(at_home)
    assert count(database, Plot) == 247
    with database.reading() as session:
        areas = session.scalars(select(Plot.area_m2).where(Plot.geometry_kind == "polygon")).all()
    assert min(areas) > 0
    overlapping = json.loads(run("import", "plots", shapes, "--json").stdout)
    assert overlapping["counts"]["good"] == 0  # each lies where a stored one lies


def test_the_empty_workbooks_of_a_peer_are_read_and_name_what_is_not_kept(at_home: Path, shared_data: Path) -> None:
    books = sorted((shared_data / "real" / "inatrace_farmer_import").glob("*.xlsx"))
    assert len(books) == 4
    for book in books:
        said = json.loads(run("import", "farmers", str(book), "--commit", "--json").stdout)
        assert said["columns"]["last_name"] or said["columns"]["name"]
        assert said["not_kept"]
    assert count(record(at_home), Party) == 0


def test_a_file_that_is_no_table_is_refused_in_one_line(at_home: Path) -> None:
    file = at_home / "x.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")
    refused = run("import", "lots", str(file))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert len(refused.output.strip().splitlines()) == 1


def test_a_list_of_farmers_becomes_farmers_with_plots(at_home: Path) -> None:
    file = at_home / "farmers.csv"
    rows = ("Number;Name;Village;Phone;Area (ha)", "7;ນາງ ອາມິນາ;ໜອງຫຼວງ;020 5551 0001;1,2", "8;;Lak 30;;2", "")
    file.write_text("\n".join(rows), "utf-8")
    said = json.loads(run("import", "farmers", str(file), "--commit", "--json").stdout)
    assert said["counts"] == {"good": 1, "asked": 0, "bad": 1}
    with record(at_home).reading() as session:
        organisation = session.scalars(select(Organisation)).one()
        plot = session.scalars(select(Plot)).one()
        party = session.scalars(select(Party)).one()
    assert machine_actor(organisation).org_id == plot.org_id
    assert (plot.area_m2, party.number, party.village) == (12_000, "7", "ໜອງຫຼວງ")
