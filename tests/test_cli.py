"""The command line: what a person types on the machine itself, and the one line that every refusal is."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select, text

from tests.databases import Databases
from tests.demo import demo_season
from tests.queries.season import Season
from tests.serving import PATIENCE, free_port
from tests.terminal import PASSWORD, printed, record, refused, run
from traceability.cli import main
from traceability.config import Config, variable_of
from traceability.domain.roles import Role
from traceability.models import ApiToken, Organisation
from traceability.operations import account
from traceability.queries.audit import page


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Season]:
    """A data folder, and the season in it: told once and then closed, for copies of it."""
    folder = tmp_path_factory.mktemp("kept") / "data"
    CliRunner(env={"TRACEABILITY_DATA_DIR": str(folder)}).invoke(main, ["init"], catch_exceptions=False)
    with record(folder) as database:
        return folder, Season(database)


@pytest.fixture
def season(kept: tuple[Path, Season], folder: Path) -> Iterator[Season]:
    shutil.copytree(kept[0], folder)
    copied = copy.copy(kept[1])
    with record(folder) as copied.database:
        yield copied


# -- beginning ------------------------------------------------------------------------------------------------------


def test_init_makes_the_folder_the_key_and_the_tables_and_may_be_repeated(folder: Path) -> None:
    assert printed("init") == "The database is ready.\n"
    key = (folder / "secret").read_text()
    assert printed("init") == "The database was ready already.\n"
    assert (folder / "secret").read_text() == key
    assert (folder / "traceability.sqlite3").exists()


def test_init_works_on_postgresql(folder: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEABILITY_DATABASE_URL", postgres_url)

    assert printed("init") == "The database is ready.\n"
    assert "Findings: 0" in printed("audit")
    assert not (folder / "traceability.sqlite3").exists()


@pytest.mark.parametrize("command", [("serve",), ("audit",), ("demo",), ("trace", "back", "x"), ("certificate", "x")])
def test_nothing_works_before_init_and_everything_says_so(folder: Path, command: tuple[str, ...]) -> None:
    more = ("-o", "-") if command[0] == "certificate" else ()

    assert "traceability init" in refused(*command, *more)
    assert not folder.exists()


def test_a_database_of_a_newer_version_is_not_touched(ready: Path) -> None:
    with record(ready) as database:
        database.write(lambda session: session.execute(text("update alembic_version set version_num = '9999'")))

    assert "newer version" in refused("serve")
    assert "newer version" in refused("init")


def test_a_folder_that_cannot_be_made_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("a file")

    assert "TRACEABILITY_DATA_DIR" in refused("init")


def test_a_database_that_does_not_answer_is_a_sentence_without_its_password(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEABILITY_DATABASE_URL", f"postgresql+psycopg://amina:hidden@/x?host={tmp_path}")

    assert "does not answer" in refused("audit")
    assert "hidden" not in refused("init")


# -- serving --------------------------------------------------------------------------------------------------------


def test_serve_says_where_to_look_and_answers_there(ready: Path) -> None:
    port = free_port()
    environment = os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "traceability", "serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert f"http://127.0.0.1:{port}" in server.stdout.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
                assert json.load(answer) == {"status": "ready"}
                assert "waitress" not in str(answer.headers).lower()
        finally:
            server.send_signal(signal.SIGINT)
            server.stdout.read()
    assert server.returncode == 0


def test_serve_says_when_another_program_has_the_port(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))

        assert "set PORT" in refused("serve")
        assert "set PORT" in refused("serve", "--workers", "2")


@pytest.mark.parametrize("host", ["999.1.1.1", "203.0.113.7"])
def test_serve_names_an_address_that_this_machine_does_not_have(
    ready: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEABILITY_HOST", host)
    said = refused("serve")
    assert f"TRACEABILITY_HOST is {host}" in said
    assert "port" not in said.lower()


# -- settings -------------------------------------------------------------------------------------------------------


def test_config_lists_every_setting_and_no_secret(ready: Path) -> None:
    said = printed("config")
    listed = {setting["name"]: setting for setting in json.loads(printed("config", "--json"))}

    assert set(listed) == {variable_of(item) for item in fields(Config)}
    for setting in listed.values():
        assert setting["help"] in said
    assert listed["TRACEABILITY_SECRET_KEY"]["value"] == "***"
    assert (ready / "secret").read_text() not in said
    assert listed["TRACEABILITY_PORT"] == {
        "name": "TRACEABILITY_PORT",
        "value": "8000",
        "default": "8000",
        "help": listed["TRACEABILITY_PORT"]["help"],
    }


def test_a_misspelt_setting_is_not_ignored_in_silence(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEABILITY_PROT", "80")
    said = run("config")
    assert said.stderr == "TRACEABILITY_PROT is no setting. Perhaps TRACEABILITY_PORT was meant.\n"
    assert "PROT" not in said.stdout


def test_a_setting_that_makes_no_sense_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")

    assert refused("config").startswith('PORT is set to "eighty"')


# -- people ---------------------------------------------------------------------------------------------------------


def test_the_law_lets_an_authority_read_an_area_until_it_ends(cooperative: Path) -> None:
    area = ("--authority", "Plant Protection", "--country", "la", "--province", "Champasak")
    assert "no organisation Plant Protection" in refused("authority", "grant", *area)
    assert "is no authority" in refused("authority", "grant", "--authority", "Phou Noy", "--country", "LA")
    what = ("--kind", "authority", "--prefix", "PP", "--country", "LA")
    printed("organisation", "add", "--name", "Plant Protection", *what)
    assert "Champasak, LA from now on" in printed("authority", "grant", *area)
    assert "may read already" in refused("authority", "grant", *area)
    assert printed("authority", "areas", "--authority", "Plant Protection") == "Champasak, LA\n"
    assert "no longer" in printed("authority", "end", *area)
    assert printed("authority", "areas", "--authority", "Plant Protection") == ""
    assert run("authority", "grant", "--authority", "Plant Protection", "--country", "Laos").exit_code == 2


def test_an_organisation_that_exists_is_found_by_its_code(cooperative: Path) -> None:
    with record(cooperative) as database, database.reading() as session:
        code = session.scalars(select(Organisation.code)).one()
    words = ("--login", "b", "--name", "B", "--role", "clerk", "--password-stdin")

    assert printed("user", "add", "--organisation", code.lower(), *words, typed=PASSWORD)
    assert "user add" not in refused("user", "add", "--organisation", "XXXXXXXX", *words, typed=PASSWORD)


def test_there_must_be_an_organisation_before_there_is_a_user(ready: Path) -> None:
    words = ("--login", "b", "--name", "B", "--role", "clerk", "--password-stdin")

    assert "traceability organisation add" in refused("user", "add", *words, typed=PASSWORD)


def test_a_token_is_printed_once_and_works(cooperative: Path) -> None:
    for login, role in (("amina", "administrator"), ("bakari", "clerk")):
        words = ("--login", login, "--name", login, "--role", role, "--password-stdin")
        printed("user", "add", *words, typed=PASSWORD)
    asked = ("token", "add", "--name", "scale", "--scope", "write", "--scope", "read")

    token = printed(*asked, "--login", "amina").strip()

    with record(cooperative) as database, database.reading() as session:
        found = account.who_has(session, token)
        assert token not in {row.token_digest for row in session.scalars(select(ApiToken))}
    assert found is not None
    assert found[1] == {"read", "write"}
    assert "role does not allow" in refused(*asked, "--login", "bakari")
    assert "Nobody signs in as chiara" in refused(*asked, "--login", "chiara")


# -- looking --------------------------------------------------------------------------------------------------------


def test_a_trace_back_lists_the_farms_and_their_sum(season: Season) -> None:
    said = printed("trace", "back", season.batch).replace("\u00a0", " ")

    assert "28 kg" in said.splitlines()[0]
    assert [line.split()[:4] for line in said.splitlines()[2:4]] == [
        ["01", "0001", "Amina", "Vongsavath"],
        ["02", "0002", "Bounmy", "Keosana"],
    ]
    assert "Ban Nong Luang, Paksong, Champasak, LA" in said
    assert said.splitlines()[4].split() == ["Total", "28", "kg", "100.0", "%"]
    values = json.loads(printed("trace", "back", season.batch.lower(), "--json"))
    assert sum(farm["mass_g"] for farm in values["farms"]) == values["mass_g"] == 28_000
    assert sum(farm["tenths_of_percent"] for farm in values["farms"]) == 1000


def test_a_trace_may_say_whose_numbers_are_meant(season: Season) -> None:
    own = ("--organisation", "Phou Noy Cooperative")
    assert "28 kg" in printed("trace", "back", season.batch, *own).replace("\u00a0", " ")
    assert json.loads(printed("trace", "forward", "0001", *own, "--json"))["batches"] == 2
    assert "Nothing here is called" in refused("trace", "back", season.batch, "--organisation", "Dao Trading")
    assert "Nothing here is called" in refused("trace", "forward", "0001", "--organisation", "Dao Trading")


def test_a_trace_forward_lists_lots_and_batches_and_what_is_left_of_them(season: Season) -> None:
    for start in (season.amina, "0001", season.amina_plot, season.first, "NL-0105-001"):
        values = json.loads(printed("trace", "forward", start, "--json"))
        assert values["batches"] == 2
    said = printed("trace", "forward", season.amina).replace("\u00a0", " ")
    [batch] = [line for line in said.splitlines() if line.startswith(season.batch)]
    assert "Batch" in batch
    assert "16.8 kg" in batch
    assert "shipped to Bottega: 8 kg" in batch
    assert "on the road: 5 kg" in said
    assert "of them batches: 2" in said


def test_a_trace_back_counts_by_whatever_is_asked_and_within_days(season: Season) -> None:
    for by, first in (
        ("farm", season.amina),
        ("plot", season.amina_plot),
        ("organisation", season.cooperative.org_code),
        ("input", None),
        ("day", "2026-01-05"),
    ):
        values = json.loads(printed("trace", "back", season.batch, "--by", by, "--json"))
        assert sum(share["mass_g"] for share in values["shares"]) + values["outside_g"] == 28_000
        assert first in (None, values["shares"][0]["code"])
        assert "100.0 %" in printed("trace", "back", season.batch, "--by", by).replace("\u00a0", " ")
    assert "Amina Vongsavath" in printed("trace", "back", season.batch, "--by", "plot")
    early = json.loads(printed("trace", "back", season.batch, "--until", "2025-12-31", "--json"))
    assert (early["shares"], early["outside_g"]) == ([], 28_000)
    said = printed("trace", "back", season.batch, "--since", "2030-01-01").replace("\u00a0", " ")
    assert re.search(r"Through other days +28 kg +100\.0 %", said)


def test_a_trace_back_says_why_a_number_is_what_it_is(season: Season) -> None:
    said = printed("trace", "back", season.batch, "--why", season.amina).replace("\u00a0", " ").splitlines()
    assert said[0].endswith(": 60 kg of the 100 kg that went in = 60.0 %")
    assert "60 kg of" in said[1]
    assert said[-1] == "60.0 % of 28 kg is 16.8 kg."
    values = json.loads(printed("trace", "back", season.batch, "--why", "0001", "--json"))
    assert values["asked_g"] == 16_800
    assert values["rows"][-1]["lot"] == season.batch
    assert "Nothing called" in refused("trace", "back", season.batch, "--why", season.sida)


def test_the_methods_stand_side_by_side(season: Season) -> None:
    said = printed("trace", "back", season.newer, "--methods").replace("\u00a0", " ")
    assert "First in, first out" in said.splitlines()[0]
    assert "It does not hold: 2 origins are in it." in said
    assert "The chain of custody does not allow it" in said
    assert "Yes" in said
    values = json.loads(printed("trace", "back", season.newer, "--methods", "--not-allowed", "--json"))
    told = {row["method"]: row for row in values["methods"]}
    assert told["mass_balance"]["account"]["credit_g"] > 0
    for method in ("pro_rata", "first_in_first_out", "mass_balance"):
        assert sum(farm["mass_g"][method] or 0 for farm in values["farms"]) == 29_000
    alone = printed("trace", "back", season.newer, "--method", "identity_preserved")
    assert alone.startswith("Identity preserved: It does not hold")
    one = json.loads(printed("trace", "back", season.newer, "--method", "pro_rata", "--json"))
    assert [row["method"] for row in one["methods"]] == ["pro_rata"]
    assert "Left" in printed("trace", "back", season.newer, "--method", "mass_balance", "--not-allowed")


def test_a_trace_forward_starts_from_many_and_from_a_place_in_some_days(season: Season) -> None:
    both = json.loads(printed("trace", "forward", season.first, season.second, "--json"))
    assert {row["code"] for row in both["lots"] if row["source"]} == {season.first, season.second}
    [formed] = [row for row in both["lots"] if row["code"] == season.formed]
    assert formed["affected_g"] == formed["made_g"]
    assert both["affected_shipped_g"] == 8_000
    assert both["affected_on_the_road_g"] == 5_000
    made = ("--place", "NL", "--since", "2026-01-05", "--until", "2026-01-05", "--json")
    place = json.loads(printed("trace", "forward", *made))
    assert {season.first, season.second} <= {row["code"] for row in place["lots"] if row["source"]}
    assert all(row["made_on"] == "2026-01-05" for row in place["lots"] if row["source"])
    never = json.loads(printed("trace", "forward", season.first, "--until", "2025-12-31", "--json"))
    assert [row["code"] for row in never["lots"]] == [season.first]
    assert "You have no place" in refused("trace", "forward", "--place", "NOWHERE")
    assert "Shipped: 8 kg" in printed("trace", "forward", season.first, season.second).replace("\u00a0", " ")


def test_what_cannot_be_traced_is_refused(season: Season) -> None:
    assert "NOWHERE" in refused("trace", "back", "NOWHERE")
    assert "Trace forward" in refused("trace", "back", season.amina)
    assert "typo" in refused(
        "trace", "forward", season.amina[::-1] if season.amina != season.amina[::-1] else "1000000A"
    )


def test_the_reader_is_spoken_to_in_the_language_of_the_terminal(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "28,0" not in printed("trace", "back", season.batch)
    chosen = printed("--language", "lo", "trace", "back", season.batch)
    monkeypatch.setenv("LANG", "lo_LA.UTF-8")

    assert "100,0\u00a0%" in chosen
    assert printed("trace", "back", season.batch) == chosen


def test_papers_are_written_to_a_file(season: Season, tmp_path: Path) -> None:
    paper, sheet = tmp_path / "paper.pdf", tmp_path / "labels.pdf"
    printed("certificate", season.batch, "-o", str(paper))
    old = ("labels", "LA-PN-2026-0008", "-o", str(sheet))
    assert "although it was replaced?" in refused(*old)
    assert "say it again with --anyway" in refused(*old)
    assert "Choose numbers from 1 to " in refused(*old, "--anyway", "--count", "30")
    printed(*old, "--anyway")

    assert season.batch in PdfReader(paper).pages[0].extract_text().replace(" ", "").replace("\u00a0", "")
    assert len(PdfReader(sheet).pages) == 1
    printed("labels", season.newer, "-o", str(sheet), "--count", "1", "--sheet", "tag", "--numbered")
    assert len(PdfReader(sheet).pages) == 1
    assert "have labels already" in refused("labels", season.newer, "-o", str(paper), "--count", "1", "--numbered")
    piped = CliRunner().invoke(main, ["certificate", season.batch, "-o", "-"])
    assert piped.stdout_bytes == paper.read_bytes()
    assert len(PdfReader(io.BytesIO(piped.stdout_bytes)).pages) >= 1


def test_a_paper_that_cannot_be_printed_leaves_no_file(season: Season, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"

    assert "not sealed" in refused("certificate", season.formed, "-o", str(paper))
    assert "labels were asked for" in refused("labels", season.batch, "-o", str(paper), "--count", "0")
    assert not paper.exists()


# -- the audit ------------------------------------------------------------------------------------------------------


def test_an_audit_says_what_it_looked_at_and_finds_nothing(season: Season) -> None:
    assert "Findings: 0." in printed("audit")
    assert json.loads(printed("audit", "--json"))["findings"] == []


def test_an_audit_that_finds_something_prints_it_and_exits_1(season: Season) -> None:
    change = "update lot set grade = 'Extra' where code = :code"
    season.database.write(lambda session: session.execute(text(change), {"code": season.graded}))

    told, values = run("audit"), run("audit", "--json")

    assert (told.exit_code, values.exit_code) == (1, 1)
    assert f"lot {season.graded}, grade: {page.DIFFERS}" in told.stdout
    assert "Found: Extra." in told.stdout
    [finding] = json.loads(values.stdout)["findings"]
    assert finding["found"] == "Extra"


# -- the demo season ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo_folder(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    demo_season(databases, folder)
    return folder


def test_the_demo_names_its_address_a_sign_in_for_each_role_and_batches(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(demo_folder))
    monkeypatch.setenv("PORT", "8123")

    said = printed("--language", "en", "demo")
    values = json.loads(printed("demo", "--json"))

    assert values["made"] is False
    assert "http://127.0.0.1:8123" in said
    assert {role for person in values["sign_ins"] for role in person["roles"]} == {str(role) for role in Role}
    for person in values["sign_ins"]:
        assert person["login"] in said
    assert f"http://127.0.0.1:8123/b/{values['batches'][0]['code']}" in said
    assert values["password"] in said


def test_the_demo_season_is_in_order_to_the_last_gram(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(demo_folder))

    said = json.loads(printed("audit", "--json"))

    assert said["findings"] == []
    assert said["seen"]["events"] > 2_000


# -- help -----------------------------------------------------------------------------------------------------------


def test_every_command_is_listed_and_explains_itself() -> None:
    said = printed("--help")

    for name in ("audit", "certificate", "config", "demo", "init", "labels", "organisation", "serve", "token", "trace"):
        assert f"\n  {name} " in said
        assert "Usage:" in printed(name, "--help")
    assert run("nonsense").exit_code == 2
    assert "version" in printed("--version")
