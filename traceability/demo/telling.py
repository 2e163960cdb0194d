"""The pen of the demo season: one organisation telling its facts through the operations, each under a fixed client id.

Every choice comes from a generator seeded by the organisation's key, and every client id is counted, so telling the
same season again finds every fact already said and changes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from traceability.domain.facts import (
    Dispose,
    Loss,
    Output,
    RegisterFacility,
    RegisterOrganisation,
    RegisterUser,
    Take,
    WeighIn,
    Where,
)
from traceability.domain.paper import PaperPage
from traceability.domain.payments import Pay
from traceability.domain.roles import Actor, Role
from traceability.errors import Refusal
from traceability.models.database import Database
from traceability.operations.account import register_user
from traceability.operations.collection import record_weigh_ins
from traceability.operations.ledger import AnyFact, Done, Operation
from traceability.operations.money import pay
from traceability.operations.paper import record_paper_page
from traceability.operations.processing import dispose
from traceability.operations.registry import register_facility, register_organisation

SEED: Final = "demo-season-2026"
PASSWORD: Final = "demo-season-2026"
CLIENT_IDS: Final = "demo."  # every client id of the season begins so
ZONE_MINUTES: Final = 420  # Laos and Viet Nam keep the same time
_ZONE: Final = timezone(timedelta(minutes=ZONE_MINUTES))

Told = Callable[[int], None]
"""Called with the number of facts that were just told."""


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A local time of that day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=_ZONE)


@dataclass(frozen=True)
class Stock:
    """A lot in hand: its code, what it holds, and in how many units."""

    code: str
    mass_g: int
    count: int = 0

    def all(self) -> Take:
        return Take(lot=self.code)

    def part(self, mass_g: int) -> Take:
        """That many grams, and the full units that go with them."""
        return Take(lot=self.code, mass_g=mass_g, count=self.count * mass_g // self.mass_g)


class House:
    """One demo organisation at work: its places, its crew, and the pen that writes for them."""

    def __init__(self, database: Database, told: Told, key: str, organisation: dict[str, Any]) -> None:
        """`organisation` holds the fields of RegisterOrganisation that say who it is; `key` seeds everything else."""
        self._database, self._told, self._key, self._count = database, told, key, 0
        self.random = random.Random(f"{SEED} {key}")
        fact = RegisterOrganisation(**self.when(date(2025, 9, 1), 8), demo=True, **organisation)
        self.name = fact.name
        self.machine = database.write(lambda session: register_organisation(session, fact))
        self.code = self.machine.org_code
        self.crew: dict[str, Actor] = {}
        self.owing: dict[tuple[str, str], int] = {}  # farmer and currency -> what nobody has paid yet
        self.aside: list[Stock] = []  # by-products that nobody has taken yet

    def when(self, day: date, hour: int, minute: int = 0) -> dict[str, Any]:
        """The next client id and a local time, for any fact."""
        self._count += 1
        return {
            "client_id": f"{CLIENT_IDS}{self._key}.{self._count:05d}",
            "occurred_at": moment(day, hour, minute),
            "zone_minutes": ZONE_MINUTES,
        }

    def tell(self, who: str, operation: Operation[AnyFact], fact: AnyFact) -> Done:
        """One fact in one transaction. `who` is a login of the crew, or "" for the machine itself."""
        return self.tell_all(who, operation, [fact])[0]

    def tell_all(self, who: str, operation: Operation[AnyFact], facts: Sequence[AnyFact]) -> list[Done]:
        """Several facts in one transaction: a day's weigh-ins cost one commit instead of one each."""
        actor = self.crew[who] if who else self.machine
        done = self._database.write(lambda session: [operation(session, actor, fact) for fact in facts])
        self._told(len(facts))
        return done

    def weigh_all(self, who: str, facts: Sequence[WeighIn]) -> list[Done]:
        """A day's weigh-ins in one turn. Raises the first that is refused: nothing here should be."""
        actor = self.crew[who]
        done = self._database.write(lambda session: record_weigh_ins(session, actor, facts))
        self._told(len(facts))
        said = [accepted(one) for one in done]
        for fact, one in zip(facts, said, strict=True):
            owed = fact.farmer, fact.currency
            self.owing[owed] = self.owing.get(owed, 0) + (one["amount"] or 0)
        return said

    def pay_all(self, who: str, day: date) -> None:
        """Pay-day: every grower gets what the weigh-ins since the last one came to."""
        facts = [
            Pay(**self.when(day, 15), farmer=farmer, currency=currency, amount=amount, confirmed=True)
            for (farmer, currency), amount in self.owing.items()
            if amount
        ]
        self.tell_all(who, pay, facts)
        self.owing = {}

    def type_page(self, who: str, page: PaperPage) -> None:
        """A page of the paper book, typed later."""
        actor = self.crew[who]
        self._told(len(self._database.write(lambda session: record_paper_page(session, actor, page))))

    def employ(self, login: str, name: str, *roles: Role, language: str = "en") -> None:
        """A user who works here and may sign in with the demo password."""
        day = date(2025, 9, 1)
        words = tuple(str(role) for role in roles)
        fact = RegisterUser(
            **self.when(day, 9), login=login, name=name, password=PASSWORD, roles=words, language=language
        )
        done = self.tell("", register_user, fact)
        self.crew[login] = replace(
            self.machine, user_id=done["user"], name=name, roles=frozenset(roles), language=language, device="demo"
        )

    def open_place(self, prefix: str, kind: str, name: str, where: Where, *, pool: str = "") -> None:
        """A place that handles goods; facts name it by its prefix. `pool` says by which rule it holds them together."""
        when = self.when(date(2025, 9, 2), 9)
        self.tell(
            "", register_facility, RegisterFacility(**when, name=name, kind=kind, prefix=prefix, where=where, pool=pool)
        )

    def clear_aside(self, who: str, day: date, reason: str) -> None:
        """Husk to the dryer, peel to the compost: by-products do not lie about for a year."""
        facts = [Dispose(**self.when(day, 17), lot=lot.code, mass_g=None, reason=reason) for lot in self.aside]
        self.tell_all(who, dispose, facts)
        self.aside = []

    def permille(self, mass_g: int, low: int, high: int) -> int:
        """Between `low` and `high` thousandths of `mass_g`, on a scale that shows 100 g."""
        return mass_g * self.random.randint(low, high) // 1000 // 100 * 100


def accepted(answer: Done | Refusal) -> Done:
    """The answer, unless it is a refusal, which is raised."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def stock_of(done: Done, *outputs: Output) -> list[Stock]:
    """What a process made, in the order of its outputs."""
    return [Stock(code, output.mass_g, output.count) for code, output in zip(done["lots"], outputs, strict=True)]


def shared_out(lost_g: int, *shares: tuple[str, int]) -> tuple[Loss, ...]:
    """Named losses that add up to `lost_g`: thousandths for each name, the last name takes the rest."""
    losses, left = [], lost_g
    for name, thousandths in shares[:-1]:
        mass = lost_g * thousandths // 1000
        losses.append(Loss(name=name, mass_g=mass))
        left -= mass
    return (*(loss for loss in losses if loss.mass_g), Loss(name=shares[-1][0], mass_g=left))
