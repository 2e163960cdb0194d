"""The wheel is whole: installed and run elsewhere, it finds its templates, static files and languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

VISIT = """
import json, re
import traceability
from traceability.app import create_app
from traceability.config import Config

client = create_app(Config.from_environment()).test_client()
page = client.get("/", follow_redirects=True)
style = re.search(r'href="([^"]+[.]css[^"]*)"', page.text)[1]
print(json.dumps({
    "package": traceability.__file__,
    "page": page.status_code,
    "heading": "<h1" in page.text,
    "style": client.get(style).status_code,
}))
"""


def run(*arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """What a program of this Python printed; a failure shows what it complained about."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the repository as it stands."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY), cwd=folder)
    [made] = folder.glob("*.whl")
    return made


def names_in(wheel: Path) -> set[Path]:
    with zipfile.ZipFile(wheel) as archive:
        return {Path(name) for name in archive.namelist()}


def test_the_wheel_carries_every_file_that_is_not_code(wheel: Path) -> None:
    package = REPOSITORY / "traceability"
    folders = {
        REPOSITORY / "templates": Path("traceability/templates"),
        package / "static": Path("traceability/static"),
        package / "locale": Path("traceability/locale"),
        package / "documents" / "typefaces": Path("traceability/documents/typefaces"),
    }

    for source, target in folders.items():
        wanted = {target / path.relative_to(source) for path in source.rglob("*") if path.is_file()}
        assert wanted, f"{source} is empty"
        assert wanted <= names_in(wheel)


def test_the_wheel_carries_no_tests_and_no_scripts(wheel: Path) -> None:
    tops = {name.parts[0] for name in names_in(wheel)}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"traceability"}


def test_the_installed_wheel_makes_its_database_and_serves_a_page(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel), cwd=elsewhere)
    # Found before the clone that this Python may have installed; the libraries come from this Python.
    environment = {"PYTHONPATH": str(site), "TRACEABILITY_DATA_DIR": str(tmp_path / "data")}

    run("-c", "from traceability.cli import main; main()", "init", cwd=elsewhere, environment=environment)
    seen = json.loads(run("-c", VISIT, cwd=elsewhere, environment=environment))

    assert Path(seen.pop("package")).is_relative_to(site)
    assert seen == {"page": 200, "heading": True, "style": 200}
