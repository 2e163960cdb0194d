"""One frozen, typed configuration: every setting once, with its default and its help.

Settings come from environment variables `TRACEABILITY_<NAME>` (and `PORT`). Nonsense stops the start with the
name of the variable. The secret key is made once by `make_secret_key` and kept in the data directory; there is
no default secret.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from traceability.errors import Invalid
from traceability.words import LANGUAGES, N_

PREFIX = "TRACEABILITY_"
_LEAST_KEY = 16


class BadSetting(Invalid):
    """{variable} is set to "{value}", but it must be {expected}. Change it and start again."""


def _whole(low: int, high: int) -> tuple[Callable[[str], int], str]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read, f"a whole number from {low} to {high}"


def _yes_or_no(text: str) -> bool:
    answer = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return answer[text.strip().lower()]
    except KeyError:
        raise ValueError(text) from None


def _one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read


def _key(text: str) -> str:
    if len(text) < _LEAST_KEY:
        raise ValueError(text)
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")) or any(mark in text for mark in " ?#"):
        raise ValueError(text)
    return text.rstrip("/")


def _database_address(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError(text)
    return text


_TEXT = (str, "text")
_FOLDER = (lambda text: Path(text).expanduser().resolve(), "a folder")
_YES_NO = (_yes_or_no, "yes or no")
_COUNT = _whole(1, 1_000_000)


def setting(default: Any, help: str, kind: tuple[Callable[[str], Any], str], *, secret: bool = False) -> Any:
    """A field of `Config`: its default, one sentence of help, and `(read, expected)` for its text form."""
    return field(default=default, metadata={"help": help, "kind": kind, "secret": secret}, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Config:
    """What one running copy needs to know. Tests build it by hand; a server calls `from_environment`."""

    data_dir: Path = setting(
        Path("data"), N_("Folder that keeps the embedded database, the secret key and the attachments."), _FOLDER
    )
    database_url: str = setting(
        "",
        N_("Address of the database; empty means the embedded one in the data folder."),
        (_database_address, "sqlite:///… or postgresql+psycopg://…"),
        secret=True,
    )
    secret_key: str = setting(
        "",
        N_("Key that signs what leaves the server; empty means the one kept in the data folder."),
        (_key, f"at least {_LEAST_KEY} characters that nobody can guess"),
        secret=True,
    )
    host: str = setting("127.0.0.1", N_("Network address to listen on."), _TEXT)
    port: int = setting(8000, N_("Port to listen on; PORT is understood as well."), _whole(1, 65535))
    public_url: str = setting(
        "",
        N_("Web address that QR codes and papers carry; empty means http://127.0.0.1 with the port."),
        (_web_address, "a web address such as https://trace.example.la"),
    )
    language: str = setting(
        "en",
        N_("Language for readers whose browser asks for none of ours."),
        (_one_of(*LANGUAGES), "one of " + ", ".join(LANGUAGES)),
    )
    demo: bool = setting(False, N_("Say loudly on every page that this is a demonstration."), _YES_NO)
    upload_limit_mb: int = setting(
        16,
        N_("Largest request accepted, in megabytes: one photo of a phone and what is typed beside it."),
        _whole(1, 100),
    )
    lineage: str = setting(
        "recursive",
        N_("How traces ask the database: recursive on one database, levels on a sharded PostgreSQL."),
        (_one_of("recursive", "levels"), "recursive or levels"),
    )
    trusted_proxies: int = setting(
        0, N_("Number of reverse proxies in front whose forwarded headers are believed."), _whole(0, 5)
    )
    # why these numbers: `domain.scans.Limits`
    label_devices: int = setting(
        14,
        N_(
            "A label read by more devices than this in thirty days may be copied; once a hundred labels of its"
            " organisation were read, the limit follows these, up to four times this. Those behind one connection count"
            " once a day."
        ),
        _COUNT,
    )
    label_countries: int = setting(2, N_("The same for countries in which several devices read it."), _COUNT)
    label_few: int = setting(
        8, N_("So many devices may read a label abroad, or after its best-before day, before anybody is told."), _COUNT
    )

    def __post_init__(self) -> None:
        """Fill what follows from another setting."""
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'traceability.sqlite3'}")
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://127.0.0.1:{self.port}")

    @property
    def secure(self) -> bool:
        """Whether people reach us over https, so that cookies may be bound to it."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Config:
        """The configuration that the environment asks for; raises `BadSetting` on the first nonsense."""
        given = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for item in fields(cls):
            variable = variable_of(item)
            if variable not in given and item.name == "port" and "PORT" in given:
                variable = "PORT"
            if text := given.get(variable, "").strip():
                values[item.name] = _read(item, variable, text)
        config = cls(**values)
        return config if config.secret_key else cls(**values, secret_key=_kept_secret_key(config.data_dir))


def variable_of(item: Field[Any]) -> str:
    """The environment variable of a field of `Config`."""
    return PREFIX + item.name.upper()


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that look like ours and are no setting, each with the name that was perhaps meant, or nothing."""
    known = [variable_of(item) for item in fields(Config)]
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(get_close_matches(name, known, 1, 0.8)), "") for name in unknown}


def _read(item: Field[Any], variable: str, text: str) -> Any:
    read, expected = item.metadata["kind"]
    try:
        return read(text)
    except ValueError:
        shown = "…" if item.metadata["secret"] else text
        raise BadSetting(variable=variable, value=shown, expected=expected) from None


def _kept_secret_key(data_dir: Path) -> str:
    path = data_dir / "secret"
    return path.read_text("ascii").strip() if path.exists() else ""


def make_secret_key(data_dir: Path) -> str:
    """The secret key of a data folder, made on the first call and readable by its owner only."""
    # the embedded database inside holds names and phones: only its owner may look in
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(data_dir / "secret", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_secret_key(data_dir)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return _kept_secret_key(data_dir)
