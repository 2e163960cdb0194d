"""One of many hands: says one random thing after another to a record that others are writing to. Runs anywhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, select

from traceability.domain import facts
from traceability.domain.approvals import Approve
from traceability.domain.facts import Fact, Loss, Output, Take
from traceability.domain.pools import POOLED
from traceability.domain.roles import Actor
from traceability.errors import Refusal
from traceability.models import Batch, Event, Lot, Recall, Transfer
from traceability.models.database import Database
from traceability.operations import (
    approvals,
    collection,
    correction,
    inspection,
    packing,
    pooling,
    processing,
    rebooking,
    registry,
    shipping,
)
from traceability.operations.ledger import Done

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)  # everything happens at once: what was made can be taken


@dataclass(frozen=True)
class Yard:
    """Where all hands work: both sides of the trade, place, tank and growers of the one, a place of the other."""

    cooperative: Actor
    importer: Actor
    mill: str
    tank: str
    warehouse: str
    growers: tuple[tuple[str, str], ...]  # farmer, plot or nothing


@dataclass
class Hand:
    """What one hand said, and what it was told."""

    yard: Yard
    database: Database
    name: str
    chance: random.Random
    told: list[tuple[Actor, Any, Fact, Done]] = field(default_factory=list)
    refused: int = 0

    def work(self, steps: int) -> int:
        """Say so many things. Answers how many; anything but an answer or a refusal is raised."""
        for step in range(steps):
            self._ids = f"{self.name}-{step}"
            self.chance.choice(self._may)(self)
        return steps

    def say(self, actor: Actor, operation: Any, kind: type[Fact], **values: Any) -> None:
        fact = kind(**{"client_id": self._ids, "occurred_at": AT, "confirmed": True, **values})
        try:
            done = self.database.write(lambda session: operation(session, actor, fact))
        except Refusal:
            self.refused += 1
        else:
            self.told.append((actor, operation, fact, done))

    def _rows(self, *what: Any, where: Sequence[Any]) -> list[Any]:
        """Some rows, the newest first: where everybody is at work."""
        with self.database.reading() as session:
            return list(session.execute(select(*what).where(*where).order_by(what[0].desc()).limit(30)))

    def _lots(self, org: Actor, most: int, *where: Any) -> list[Any]:
        rows = self._rows(Lot.id, Lot.code, Lot.balance_g, where=[Lot.org_id == org.org_id, Lot.balance_g > 0, *where])
        return self.chance.sample(rows, min(most, len(rows)))

    def _side(self) -> tuple[Actor, str, Actor]:
        yard = self.yard
        if self.chance.random() < 0.8:
            return yard.cooperative, yard.mill, yard.importer
        return yard.importer, yard.warehouse, yard.cooperative

    def _weigh_in(self) -> None:
        """A delivery; now and then one that others send too, word for word, under the same client id."""
        everybody = self.chance.random() < 0.2
        grams = self.chance.randint(1, 40 if everybody else 9_999)
        farmer, plot = self.yard.growers[grams % len(self.yard.growers)]
        goods = {"commodity": "arabica_coffee", "form": "green", "tare_g": 0, "bags_g": (grams,)}
        common = {"client_id": f"everybody-{grams}"} if everybody else {}
        where = {"facility": self.yard.mill, "farmer": farmer, "plot": plot}
        self.say(self.yard.cooperative, collection.record_weigh_in, facts.WeighIn, **goods, **where, **common)

    def _form(self) -> None:
        lots = self._lots(self.yard.cooperative, 3, Lot.kind == "delivery")
        goods = {"facility": self.yard.mill, "deliveries": tuple(lot.code for lot in lots)}
        self.say(self.yard.cooperative, collection.form_lot, facts.FormLot, **goods)

    def _mix(self) -> None:
        actor, place, _ = self._side()
        lots = self._lots(actor, 2)
        takes = tuple(Take(lot=lot.code, mass_g=self.chance.choice((None, lot.balance_g // 2 or 1))) for lot in lots)
        self.say(actor, processing.merge, facts.Merge, facility=place, inputs=takes)

    def _split(self) -> None:
        actor, place, _ = self._side()
        for lot in self._lots(actor, 1):
            parts = tuple(Output(form="", mass_g=max(1, lot.balance_g // 3)) for _ in range(self.chance.randint(1, 3)))
            self.say(actor, processing.split, facts.Split, facility=place, lot=lot.code, parts=parts)

    def _mill(self) -> None:
        actor, place, _ = self._side()
        for lot in self._lots(actor, 1):
            outputs = (Output(form="green", mass_g=max(1, lot.balance_g // 2)),)
            goods = {"inputs": (Take(lot=lot.code),), "losses": (Loss(name="moisture", mass_g=1),), "reason": "dry"}
            self.say(actor, processing.process, facts.Process, facility=place, outputs=outputs, **goods)

    def _dispose(self) -> None:
        actor, _, _ = self._side()
        for lot in self._lots(actor, 1):
            self.say(
                actor, processing.dispose, facts.Dispose, lot=lot.code, mass_g=lot.balance_g // 9 or 1, reason="wet"
            )

    def _dispatch(self) -> None:
        actor, _, to = self._side()
        for lot in self._lots(actor, 1):
            goods = {"lot": lot.code, "mass_g": lot.balance_g // 2 or 1, "to_organisation": to.org_code}
            self.say(actor, shipping.dispatch, facts.Dispatch, **goods)

    def _receive(self) -> None:
        roads = self._rows(
            Transfer.id, Transfer.code, Transfer.mass_g, Transfer.to_org_id, where=[Transfer.state == "pending"]
        )
        for road in roads[:1]:
            actor = self.yard.importer if road.to_org_id == self.yard.importer.org_id else self.yard.cooperative
            refused = self.chance.choice((0, 0, road.mass_g // 2))
            arrived = {
                "transfer": road.code,
                "weighed_g": road.mass_g - refused,
                "refused_g": refused,
                "reason": "seen",
            }
            self.say(actor, shipping.receive, facts.Receive, **arrived)

    def _take_back(self) -> None:
        roads = self._rows(Transfer.id, Transfer.code, Transfer.org_id, where=[Transfer.open_g > 0])
        for road in roads[:1]:
            actor = self.yard.importer if road.org_id == self.yard.importer.org_id else self.yard.cooperative
            self.say(actor, shipping.take_back, facts.TakeBack, transfer=road.code, reason="as found")

    def _correct(self) -> None:
        org = self.yard.cooperative
        events = self._rows(Event.id, Event.code, where=[Event.org_id == org.org_id, Event.declares_id.is_(None)])
        if events:
            said = {"event": self.chance.choice(events).code, "reason": "did_not_occur", "note": "typed twice"}
            self.say(org, correction.declare_error, facts.DeclareError, **said)

    def _whose(self) -> None:
        """A delivery turns out to be another grower's, wherever it went meanwhile."""
        org = self.yard.cooperative
        events = self._rows(Event.id, Event.code, where=[Event.org_id == org.org_id, Event.kind == "weigh_in"])
        if events:
            farmer, plot = self.chance.choice(self.yard.growers)
            said = {"event": self.chance.choice(events).code, "farmer": farmer, "plot": plot, "reason": "other card"}
            self.say(org, rebooking.correct_origin, facts.CorrectOrigin, **said)

    def _reweigh(self) -> None:
        """A delivery weighed something else, wherever it went meanwhile: one asks, then it is approved."""
        org = self.yard.cooperative
        events = self._rows(Event.id, Event.code, where=[Event.org_id == org.org_id, Event.kind == "weigh_in"])
        if events:
            said = {
                "event": self.chance.choice(events).code,
                "mass_g": self.chance.randint(1, 9_999),
                "reason": "6, not 9",
                "confirmed": True,
            }
            told = len(self.told)
            self.say(org, correction.ask_correction, facts.AskCorrection, **said)
            if len(self.told) > told:
                request = self.told[-1][3].event
                self.say(org, approvals.approve, Approve, request=request, client_id=f"{self._ids}-approved")

    def _pour(self) -> None:
        for lot in self._lots(self.yard.cooperative, 1, Lot.form == "green", Lot.kind != POOLED):
            inputs = (Take(lot=lot.code, mass_g=lot.balance_g // 2 or 1),)
            self.say(self.yard.cooperative, pooling.pour_in, facts.PourIn, facility=self.yard.tank, inputs=inputs)

    def _draw(self) -> None:
        mass = self.chance.randint(1, 9_999)
        self.say(self.yard.cooperative, pooling.draw_off, facts.DrawOff, facility=self.yard.tank, mass_g=mass)

    def _pack(self) -> None:
        actor, place, _ = self._side()
        for lot in self._lots(actor, 1, Lot.form == "green", Lot.kind.not_in((POOLED, "packed"))):
            goods = {"inputs": (Take(lot=lot.code),), "form": "green", "unit": "bag", "count": 1}
            self.say(actor, packing.pack, facts.Pack, facility=place, mass_g=lot.balance_g, **goods)

    def _seal(self) -> None:
        actor, _, _ = self._side()
        for lot in self._lots(actor, 1, Lot.kind == "packed", ~exists().where(Batch.lot_id == Lot.id)):
            self.say(actor, packing.seal, facts.Seal, lot=lot.code, destination="IT")

    def _release(self) -> None:
        actor, _, _ = self._side()
        code = select(Lot.code).where(Lot.id == Batch.lot_id).scalar_subquery()
        sealed = self._rows(Batch.id, code, where=[Batch.org_id == actor.org_id, Batch.released_at.is_(None)])
        if sealed:
            self.say(actor, packing.release, facts.Release, batch=self.chance.choice(sealed)[1])

    def _recall(self) -> None:
        """Some lot; rarely all that a grower or a plot gave, for that stops nearly everybody."""
        actor, _, _ = self._side()
        said = {"reason": "residue", "action": "bring it back"}
        if actor is self.yard.cooperative and self.chance.random() < 0.2:
            farmer, plot = self.chance.choice(self.yard.growers)
            whose = {"plot": plot} if plot and self.chance.random() < 0.5 else {"farmer": farmer}
            self.say(actor, inspection.recall, facts.RecallGoods, **said, **whose)
        else:
            for lot in self._rows(Lot.id, Lot.code, where=[Lot.org_id == actor.org_id])[-1:]:
                self.say(actor, inspection.recall, facts.RecallGoods, lot=lot.code, **said)

    def _lift(self) -> None:
        for org in (self.yard.cooperative, self.yard.importer):
            rows = self._rows(Recall.id, Recall.code, where=[Recall.org_id == org.org_id, Recall.closed_at.is_(None)])
            for row in rows[:1]:
                self.say(org, inspection.lift_recall, facts.LiftRecall, recall=row.code, outcome="looked at")

    def _consent(self) -> None:
        farmer, _ = self.chance.choice(self.yard.growers)
        said = {"farmer": farmer, "named_in_public": self.chance.random() < 0.5}
        self.say(self.yard.cooperative, registry.change_consent, facts.ChangeConsent, **said)

    def _again(self) -> None:
        """What was answered once is answered alike for ever."""
        if self.told:
            actor, operation, fact, done = self.chance.choice(self.told)
            again = self.database.write(lambda session: operation(session, actor, fact))
            assert (again.event, again.answer, again.replayed) == (done.event, done.answer, True)

    _may: tuple[Callable[[Hand], None], ...] = (
        *(_weigh_in, _weigh_in, _weigh_in, _form, _form, _mix, _split, _split, _mill),
        *(_dispose, _dispatch, _receive, _take_back, _correct, _whose, _reweigh, _pour, _draw, _again),
        *(_pack, _pack, _seal, _seal, _release, _release, _recall, _lift, _lift, _consent),
    )


def many_hands(url: str, yard: Yard, seed: str, hands: int, steps: int) -> tuple[int, int, int]:
    """Several hands in threads of this process. Answers how much was said, answered, and refused."""
    database = Database(url)
    crew = [Hand(yard, database, f"{seed}-{number}", random.Random(f"{seed} {number}")) for number in range(hands)]
    with ThreadPoolExecutor(hands) as pool:
        said = sum(pool.map(lambda hand: hand.work(steps), crew))
    database.close()
    return said, sum(len(hand.told) for hand in crew), sum(hand.refused for hand in crew)
