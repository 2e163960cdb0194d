"""One answer as a reader or a program takes it, of the application and of nginx alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Flask
from werkzeug.test import Client

from tests.serving import Server

ROOT = "http://127.0.0.1"
OPEN = "access-control-allow-origin", "access-control-allow-methods", "access-control-expose-headers"


@dataclass(frozen=True)
class Asked:
    """One request."""

    address: str
    method: str = "GET"
    accept: str = ""
    language: str = "en"

    @property
    def headers(self) -> dict[str, str]:
        found = {"Accept-Language": self.language, "Accept": self.accept}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Told:
    """What of an answer must be the same: of a page its language and its headline, of data all of it, and of an error
    that it is one in the right language and form.
    """

    status: int
    leads_to: object
    kind: str
    content: object
    link: str
    open: tuple[str, ...]
    kept: str
    taken: str

    def differs(self, other: Told) -> dict[str, tuple[object, object]]:
        """By name what is not the same: here, and there."""
        return {name: (mine, vars(other)[name]) for name, mine in vars(self).items() if mine != vars(other)[name]}


def told_by(server: Server, asked: Asked) -> Told:
    with server.connection() as connection:
        connection.request(asked.method, asked.address, headers=asked.headers)
        answer = connection.getresponse()
        body = answer.read()
    return _told(asked, answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def told_by_app(app: Flask, asked: Asked) -> Told:
    answer = Client(app).open(asked.address, method=asked.method, headers=asked.headers)
    body = answer.get_data()
    answer.close()
    named = {name.lower(): ", ".join(answer.headers.getlist(name)) for name, _ in answer.headers}
    return _told(asked, answer.status_code, named, body)


def _told(asked: Asked, status: int, headers: Mapping[str, str], body: bytes) -> Told:
    kind = headers.get("content-type", "")
    if asked.method == "OPTIONS" or 300 < status < 400:  # nobody reads what stands below these
        kind, body = "", b""
    return Told(
        status,
        _place(headers.get("location", "")),
        kind,
        _content(kind, body, status),
        headers.get("link", ""),
        tuple(headers.get(name, "") for name in OPEN),
        headers.get("cache-control", "") if asked.method != "OPTIONS" else "",
        ", ".join(sorted(re.split(", *", headers.get("allow", "")))),
    )


def _place(location: str) -> object:
    """Where it leads, however it is coded."""
    parts = urlsplit(location.removeprefix(ROOT))
    return unquote(parts.path), sorted(parse_qsl(parts.query, keep_blank_values=True)), parts.netloc


def _content(kind: str, body: bytes, status: int) -> Any:
    if not body:
        return ""
    if "json" in kind:
        said = json.loads(body)
        return (said["title"], said["status"]) if "problem" in kind else said
    if "html" in kind:
        language = re.findall(rb'<html lang="([a-z-]+)"', body)
        if status >= 400:
            return language
        headline = re.findall(rb"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
        return language, [re.sub("<[^>]*>|\u200b", "", text.decode()).strip() for text in headline]
    return body
