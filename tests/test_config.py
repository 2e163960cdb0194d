"""Settings: read once, refused with the name of the variable when they are nonsense, and no default secret."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from traceability.app import NoSecretKey, create_app
from traceability.config import BadSetting, Config, make_secret_key, misspelt, variable_of


def test_everything_has_a_default_that_follows_from_the_data_folder_and_the_port() -> None:
    config = Config.from_environment({"TRACEABILITY_DATA_DIR": "/srv/season", "PORT": "8080"})
    assert config.database_url == "sqlite:////srv/season/traceability.sqlite3"
    assert config.public_url == "http://127.0.0.1:8080"
    assert not config.secure
    assert config.language == "en"


def test_our_own_port_wins_over_the_common_one() -> None:
    assert Config.from_environment({"PORT": "1", "TRACEABILITY_PORT": "8001"}).port == 8001


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("TRACEABILITY_PORT", "0"),
        ("TRACEABILITY_DEMO", "perhaps"),
        ("TRACEABILITY_LANGUAGE", "xx"),
        ("TRACEABILITY_PUBLIC_URL", "trace.example"),
        ("TRACEABILITY_SECRET_KEY", "mysql"),
        ("TRACEABILITY_UPLOAD_LIMIT_MB", "5 MB"),
        ("TRACEABILITY_DATABASE_URL", "mysql://root@localhost"),
    ],
)
def test_nonsense_stops_the_start_with_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Config.from_environment({variable: value})
    assert variable in str(refused.value)
    assert "mysql" not in str(refused.value)


def test_the_secret_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = make_secret_key(folder)
    assert len(made) >= 48
    assert make_secret_key(folder) == made
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert Config.from_environment({"TRACEABILITY_DATA_DIR": str(folder)}).secret_key == made
    assert made not in repr(Config.from_environment({"TRACEABILITY_DATA_DIR": str(folder)}))


def test_there_is_no_start_without_a_secret_key(tmp_path: Path) -> None:
    with pytest.raises(NoSecretKey):
        create_app(Config(data_dir=tmp_path))


def test_every_setting_explains_itself() -> None:
    for item in fields(Config):
        assert item.metadata["help"].endswith(".")
        assert variable_of(item) == f"TRACEABILITY_{item.name.upper()}"


def test_a_name_that_is_no_setting_is_told_with_what_was_meant() -> None:
    said = {"TRACEABILITY_PROT": "80", "TRACEABILITY_PORT": "80", "TRACEABILITY_XYZ": "1", "PATH": "/bin"}
    assert misspelt(said) == {"TRACEABILITY_PROT": "TRACEABILITY_PORT", "TRACEABILITY_XYZ": ""}
