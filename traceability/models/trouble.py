"""Why a database cannot be worked with, in the words of whoever has to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import ProgrammingError

from traceability.errors import Refusal

_NO_PRIVILEGE: Final = "42501"
_NO_OBJECT: Final = "42704"
_NO_DATABASE: Final = re.compile(r'FATAL: +database "(?P<name>.+)" does not exist')  # comes without a number


class NoAnswer(Refusal):
    """The database {address} does not answer. Check that it runs and that the address is right."""

    status = 503


class NoDriver(Refusal):
    """The driver for {address} is not installed. Run `pip install "traceability[postgres]"`, then try again."""

    status = 503


class NotUtf8(Refusal):
    """The database {name} keeps texts as {encoding} and must be UTF8. Make another one, for example with
    CREATE DATABASE trace ENCODING 'UTF8' TEMPLATE template0, and set TRACEABILITY_DATABASE_URL to it."""

    status = 503


class NoSuchDatabase(Refusal):
    """There is no database {name}. Make it as an administrator of PostgreSQL:
    CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"""

    status = 503


class NoSuchRole(Refusal):
    """There is no role {role}. Make it as an administrator of PostgreSQL: CREATE ROLE {role} LOGIN"""


class NotTheOwner(Refusal):
    """{role} may not do this to the tables. Let TRACEABILITY_DATABASE_URL sign in as their owner, then run it again."""


def require_utf8(name: str, encoding: str | None) -> None:
    """Raises NotUtf8 for what PostgreSQL says of its encoding; a pooler may say nothing."""
    if encoding not in (None, "UTF8"):
        raise NotUtf8(name=name, encoding=encoding)


def unusable(error: Exception, url: URL) -> Refusal:
    """What an error at the first look at a database means."""
    if missing := _NO_DATABASE.search(str(error)):
        return NoSuchDatabase(name=missing["name"])
    return NoAnswer(address=url.render_as_string(hide_password=True))


@contextmanager
def allowed(url: URL, *, role: str = "") -> Iterator[None]:
    """Says what PostgreSQL means when it refuses to change the tables, or to grant them to `role`."""
    try:
        yield
    except ProgrammingError as error:
        state = getattr(error.orig, "sqlstate", "")
        if state == _NO_PRIVILEGE:
            raise NotTheOwner(role=url.username or "") from None
        if state == _NO_OBJECT:
            raise NoSuchRole(role=role) from None
        raise
