"""A season in one database, with somebody of every role who can sign in to the pages of it, and Dao who is outside."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import select

from tests.queries.season import Season
from tests.web.client import Client
from traceability.app import create_app
from traceability.config import Config
from traceability.domain import facts
from traceability.domain.identifiers import new_code
from traceability.domain.roles import Actor, Role
from traceability.models import Attachment, Event, Hold, Recall
from traceability.models.database import Database
from traceability.operations import account, inspection

EVERYTHING: Final = "everything"  # the person who has every role
PASSWORD: Final = "a long enough password"


class Staffed:
    """The application, its season, and browsers that are signed in already."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Database = app.extensions["database"]
        self.season = Season(self.database)
        self.waiting = self.season.sealed(self.season.packed())
        self.codes = self._codes()
        self._addresses = itertools.count(1)
        everything = [str(role) for role in Role]
        for role in everything:
            self.newcomer(role, role)
        self.newcomer(EVERYTHING, *everything)
        self._member(self.season.outside, "dao", *everything)
        self._sessions = {who: self.sign_in(who) for who in (*everything, EVERYTHING, "dao")}

    def browser(self, who: str = "") -> Client:
        """Of the person with this role, of `everything`, of `dao`, or of nobody; each at an address of its own."""
        client = Client(self.app)
        client.http.environ_base["REMOTE_ADDR"] = f"2001:db8::{next(self._addresses):x}"
        if who:
            client.http.set_cookie("session", self._sessions[who])
        return client

    def sign_in(self, who: str) -> str:
        """Another session of that person, beside the one of `browser`: what stands in its cookie."""
        return account.sign_in(self.database, who, PASSWORD).token

    def newcomer(self, login: str, *roles: str) -> Actor:
        """One more person of the cooperative."""
        return self._member(self.season.cooperative, login, *roles)

    def bearer(self, maker: Actor, scopes: str) -> str:
        """A bearer token that this person made."""
        return self.database.write(lambda session: account.make_token(session, maker, f"to {scopes}", scopes))

    def strange_codes(self) -> dict[str, str]:
        """Codes of the same kinds that are well formed and that nothing has."""
        return {name: new_code() for name in self.codes}

    def counted(self) -> Mapping[str, tuple[int, str]]:
        """Every table as it is, but for what a visit leaves: when a session was last seen, and failed sign-ins."""
        return {
            name: found for name, found in self.season.everything().items() if name not in ("sign_in", "failed_sign_in")
        }

    def _member(self, home: Actor, login: str, *roles: str) -> Actor:
        fact = facts.RegisterUser(
            client_id=f"user-{login}",
            occurred_at=datetime.now(UTC),
            login=login,
            name=login.capitalize(),
            password=PASSWORD,
            roles=roles,
        )
        self.database.write(lambda session: account.register_user(session, home, fact))
        with self.database.reading() as session:
            return account.actor_of(session, login, home.org_id)

    def _codes(self) -> dict[str, str]:
        season = self.season
        open_lot = season.delivery(11_000, season.bounmy, plot=season.bounmy_plot)
        stopped = season.delivery(9_000, season.bounmy)
        reasons: Any = {"lot": stopped, "reason": "smell", "action": "wait"}
        hold = season.do(season.ines, inspection.put_on_hold, facts.PutOnHold, **reasons)
        recall = season.do(season.ines, inspection.recall, facts.RecallGoods, **reasons)
        with self.database.reading() as session:
            attachment = session.scalars(select(Attachment.code)).first()
            event = session.scalars(
                select(Event.code).where(Event.org_id == season.cooperative.org_id, Event.kind == "weigh_in")
            ).first()
            assert session.scalars(select(Hold.code).where(Hold.closed_at.is_(None))).first()
            assert session.scalars(select(Recall.code).where(Recall.closed_at.is_(None))).first()
        return {
            "lot": open_lot,
            "packed": season.packed(),
            "formed": season.formed,
            "delivery": season.first,
            "batch": season.newer,
            "waiting": self.waiting,
            "farmer": season.bounmy,
            "plot": season.bounmy_plot,
            "transfer": season.pending,
            "returned": season.road,
            "hold": str(hold["hold"]),
            "recall": str(recall["recall"]),
            "event": str(event),
            "attachment": str(attachment),
        }


@contextmanager
def staffed(url: str, folder: Path) -> Iterator[Staffed]:
    """A new house on a database with all tables and nothing in them."""
    app = create_app(Config(data_dir=folder, database_url=url, secret_key="only for tests"))
    app.testing = True
    yield Staffed(app)
    app.extensions["database"].close()
