"""The application factory: one configuration in, one Flask application out.

Areas are found, not listed: every module of `traceability.web` with a `register(app)` or a `blueprint` is mounted,
and its `nav` entry joins the menu. To add an area, add a file.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import traceability.web
from traceability import paths
from traceability.config import Config
from traceability.errors import Invalid
from traceability.models.database import Database, DatabaseSilent
from traceability.web import compression, errors, language, look, security, session
from traceability.web.beside import Beside
from traceability.web.counting import Scans
from traceability.web.pages import Entry
from traceability.web.served import Served


class NoSecretKey(Invalid):
    """There is no secret key yet. Run `traceability init`, or set TRACEABILITY_SECRET_KEY."""


def create_app(config: Config) -> Flask:
    """The web application of one configuration, ready for any WSGI server; raises `NoSecretKey`."""
    if not config.secret_key:
        raise NoSecretKey()
    app = Flask("traceability", template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    app.config.update(
        MAX_CONTENT_LENGTH=config.upload_limit_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=min(config.upload_limit_mb * 1024 * 1024, 2_000_000),  # what is typed beside a file
        MAX_FORM_PARTS=5000,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["config"] = config
    app.extensions["database"] = Database(config.database_url, lineage=config.lineage)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for room in (compression, errors, language, security, session, look):
        room.install(app)
    _hash_static_addresses(app, paths.STATIC)
    _add_health_checks(app)
    app.extensions["menu"] = _mount_areas(app)
    app.extensions["beside"] = Beside()
    app.extensions["scans"] = Scans(app.extensions["database"], config.trusted_proxies)
    app.extensions["served"] = Served(app)
    app.wsgi_app = app.extensions["served"]  # type: ignore[method-assign]
    return app


def _mount_areas(app: Flask) -> list[Entry]:
    entries: list[Entry] = []
    for found in sorted(pkgutil.iter_modules(traceability.web.__path__), key=lambda module: module.name):
        area = importlib.import_module(f"traceability.web.{found.name}")
        if hasattr(area, "register"):
            area.register(app)
        elif hasattr(area, "blueprint"):
            app.register_blueprint(area.blueprint)
        if hasattr(area, "nav"):
            entries.append(Entry(*area.nav))
    return sorted(entries, key=lambda entry: (entry.place, entry.endpoint))


def _hash_static_addresses(app: Flask, folder: Path) -> None:
    """Give every static address the hash of its content, so that browsers may keep it for a year."""
    hashes: dict[str, tuple[float, str]] = {}

    def hash_of(filename: str) -> str:
        path = folder / filename
        changed = path.stat().st_mtime if path.is_file() else 0.0
        if filename not in hashes or hashes[filename][0] != changed:
            content = path.read_bytes() if changed else b""
            hashes[filename] = (changed, hashlib.sha256(content).hexdigest()[:10])
        return hashes[filename][1]

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", hash_of(values["filename"]))


def _add_health_checks(app: Flask) -> None:
    @app.get("/healthz")
    @session.public
    def healthz() -> Response:
        """The process is up."""
        return jsonify(status="up")

    @app.get("/readyz")
    @session.public
    def readyz() -> Response:
        """The database answers; who asks is a program, so it hears in JSON that it does not."""
        try:
            app.extensions["database"].ping()
        except DatabaseSilent as silent:
            return errors.problem(silent.status, silent.sentence, name=silent.name)
        return jsonify(status="ready")
