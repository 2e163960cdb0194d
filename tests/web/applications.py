"""The application as every test opens it: on a database of its own, with templates that are compiled once for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from traceability.app import create_app
from traceability.config import Config


class _Compiled(BytecodeCache):
    """Templates as they were compiled for an application before; one that was changed since is compiled anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


def application(url: str, folder: Path, **settings: Any) -> Flask:
    """The application on the database of `url`, with its files in `folder`."""
    app = create_app(Config(data_dir=folder, database_url=url, secret_key="only for tests", **settings))
    app.testing = True
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def nowhere(folder: Path) -> Flask:
    """The application while its database does not answer."""
    return application(f"sqlite:///{folder}/gone/x.sqlite3", folder)
