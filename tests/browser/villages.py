"""A cooperative whose server comes and goes, and the phone that weighs in for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.browser.hands import PASSWORD, cooperative
from tests.browser.ready import Ready
from tests.serving import free_port
from traceability.domain.devices import RevokeDevice
from traceability.models import Device, Event, Lot
from traceability.models.database import Database
from traceability.models.migrate import migrate, open_database
from traceability.operations.account import sign_in
from traceability.operations.devices import revoke_device


@dataclass(frozen=True)
class Served:
    """A server that comes and goes, always at the same address, and the folder of one phone."""

    url: str
    folder: Path
    port: int
    database: Database
    ready: Ready

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def profile(self) -> Path:
        return self.folder / "phone"

    def served(self) -> Any:
        return self.ready.serving(self.folder, self.url, self.port)


@dataclass(frozen=True)
class Village(Served):
    """A cooperative that weighs in; where its phone was enrolled before, what signs its clerk in on it."""

    cookies: Sequence[Any] = ()

    def copied(self, folder: Path) -> Iterator[Village]:
        """Another that begins where this one is closed, with the phone and the address of this one: for one test."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        url = in_folder(folder)
        database = open_database(url)
        yield replace(self, url=url, folder=folder, database=database)
        database.close()

    def unsent(self) -> int:
        """What the phone said last that it still has to send."""
        with self.database.reading() as session:
            return session.scalars(select(Device.unsent)).one()

    def record(self) -> list[str]:
        """The numbers of all deliveries, in the order of the journal."""
        with self.database.reading() as session:
            found = session.scalars(
                select(Lot.number)
                .join(Event, Event.id == Lot.made_by_id)
                .where(Lot.kind == "delivery")
                .order_by(Event.seq)
            ).all()
        return list(found)


def in_folder(folder: Path) -> str:
    return f"sqlite:///{folder / 'test.sqlite3'}"


def a_village(folder: Path, ready: Ready) -> Iterator[Village]:
    """A new one, whose phone nobody has used yet."""
    url = in_folder(folder)
    database = open_database(url)
    migrate(database)
    cooperative(database)
    yield Village(url, folder, free_port(), database, ready)
    database.close()


def revoke(database: Database) -> None:
    manager = sign_in(database, "mali", PASSWORD).actor
    with database.reading() as session:
        code = session.scalars(select(Event).where(Event.kind == "enrol_device")).one().answer["device"]
    fact = RevokeDevice(client_id="revoke-0001", occurred_at=datetime.now(UTC), device=code)
    database.write(partial(revoke_device, actor=manager, fact=fact))
