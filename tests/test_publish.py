"""`traceability publish` as it is typed: what it says, what it refuses, and the text for nginx."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cast import World
from traceability.cli import main
from traceability.exports.site import held
from traceability.models.database import Database


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--language", "en", "publish", *words], catch_exceptions=False)


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("TRACEABILITY_DATABASE_URL", raising=False)
    assert CliRunner().invoke(main, ["init"], catch_exceptions=False).exit_code == 0
    database = Database(f"sqlite:///{tmp_path / 'data' / 'traceability.sqlite3'}")
    code = World(database).released()
    database.close()
    return code


def test_it_says_what_it_did_and_refuses_in_one_line(batch: str, tmp_path: Path) -> None:
    out = tmp_path / "site"
    first, second = run("--out", str(out)), run("--out", str(out))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Batches: 1." in first.stdout
    assert second.stdout.strip() == "Nothing has changed."
    assert (out / "b" / batch / "index.en.html").exists()
    with held(out):
        busy = run("--out", str(out))
    assert busy.exit_code == 1
    assert "Another program is writing into this folder." in busy.stderr
    unknown = run("--out", str(out), "--organisation", "Nobody")
    assert unknown.exit_code == 1


def test_the_text_for_nginx_is_printed_and_nothing_is_written(batch: str, tmp_path: Path) -> None:
    alone = run("--out", str(tmp_path / "site"), "--nginx")
    before = run("--out", str(tmp_path / "site"), "--nginx", "--app", "http://127.0.0.1:8000")
    assert (alone.exit_code, before.exit_code) == (0, 0)
    assert not (tmp_path / "site").exists()
    assert "error_page 404 /404.$spoken.$as_what;" in alone.stdout
    assert "server 127.0.0.1:8000;" in before.stdout
    assert "proxy_pass http://traceability_app$request_uri;" in before.stdout
    assert "proxy_pass" not in alone.stdout


@pytest.mark.parametrize("name", ['a"b', "a$b", "a*b", "a[b"])
def test_nginx_gets_no_text_for_a_folder_whose_name_means_something_else_to_it(tmp_path: Path, name: str) -> None:
    said = CliRunner().invoke(main, ["publish", "--out", str(tmp_path / name), "--nginx"])
    assert said.exit_code == 2
    assert "choose a folder without" in said.output


@pytest.mark.parametrize("address", ["foo", "127.0.0.1:8000", "http://", "http://host/path", "http://a;b"])
def test_nginx_gets_no_text_for_what_is_not_the_address_of_a_server(tmp_path: Path, address: str) -> None:
    said = CliRunner().invoke(main, ["publish", "--out", str(tmp_path / "site"), "--nginx", "--app", address])
    assert said.exit_code == 2
    assert "http://HOST:PORT" in said.output
    assert "upstream" not in said.output


def test_a_long_run_says_now_and_then_that_it_goes_on(
    batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.commands.publish._SILENCE", 0.0)
    first, second = run("--out", str(tmp_path / "site")), run("--out", str(tmp_path / "site"))
    written = [int(line.split()[-1].rstrip(".")) for line in first.stderr.splitlines() if "so far" in line]
    assert len(written) > 1
    assert written == sorted(written)
    assert f"Files written: {written[-1]}," in first.stdout
    assert second.stderr == ""
