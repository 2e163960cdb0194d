"""A second opinion: every derived row folded anew from the bytes of the journal, and shares walked by brute force.

Nothing here uses the product's own arithmetic: events are read with `json` and `hashlib` alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.models import Edge, Event, JournalHead, Lot, Party, Plot, Posting, Transfer

Origin = tuple[str, str]  # farmer, plot or ""
Parts = dict[Origin, Fraction]  # of one
OUTSIDE: Origin = ("", "")  # what came through events on other days than those asked for


@dataclass
class Goods:
    """A lot as the journal tells it."""

    made: list[int] = field(default_factory=lambda: [0, 0])
    left: list[int] = field(default_factory=lambda: [0, 0])
    void: bool = False


@dataclass
class Record:
    """All journals, folded in the order in which they were written."""

    lots: dict[str, Goods] = field(default_factory=dict)
    parents: dict[str, dict[str, int]] = field(default_factory=dict)
    roads: dict[str, list[int]] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)  # consignment -> the sender's lot
    origins: dict[str, Origin] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)  # lot -> day of the event that made it, where it happened
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    sums: dict[str, list[int]] = field(default_factory=dict)  # of all lines that ever named a lot

    def tell(self, body: dict[str, Any]) -> None:
        assert sum(line[2] for line in body["postings"]) == 0, f"{body['kind']} does not balance"
        self.bodies[body["code"]] = body
        if body["declares"]:
            self._take_back(body)
        else:
            self._post(body)
        for account, ref, mass_g, count in body["postings"]:
            if account == "lot":
                self._move(self.sums.setdefault(ref, [0, 0]), mass_g, count)
        for code, goods in self.lots.items():
            assert goods.left == self.sums[code], f"{code} holds {goods.left}, its lines come to {self.sums[code]}"
            for kind in (0, 1):
                assert 0 <= goods.left[kind] <= goods.made[kind], f"{code} holds {goods.left} of {goods.made}"

    def _post(self, body: dict[str, Any]) -> None:
        made = [lot["code"] for lot in body["makes"]]
        self.lots.update({code: Goods() for code in made})
        taken: dict[str, int] = {}
        if body["kind"] == "dispatch":
            self.carried[body["kdes"]["transfer"]] = body["kdes"]["lot"]
            self.roads[body["kdes"]["transfer"]] = [0, 0]
        for account, ref, mass_g, count in body["postings"]:
            if account == "lot":
                self._move(self.lots[ref].left, mass_g, count)
                if ref in made:
                    self._move(self.lots[ref].made, mass_g, count)
            if account == "transit":
                self._move(self.roads[ref], mass_g, count)
            if account in ("lot", "transit") and mass_g < 0:
                source = ref if account == "lot" else self.carried[ref]
                taken[source] = taken.get(source, 0) - mass_g
        happened = datetime.fromisoformat(body["occurred_at"]) + timedelta(minutes=body["zone_minutes"])
        for code in made:
            self.parents[code] = dict(taken)
            self.days[code] = (happened.date() - date(1970, 1, 1)).days
        if body["kind"] == "weigh_in":
            self.origins[made[0]] = (body["kdes"]["farmer"], body["kdes"]["plot"])
        if body["kind"] == "correct_weight":
            self._reweigh(body["kdes"])
        if body["kind"] == "correct_origin":
            self.origins[body["kdes"]["lot"]] = (body["kdes"]["farmer"], body["kdes"]["plot"])

    def _reweigh(self, kdes: dict[str, Any]) -> None:
        more = kdes["mass_g"] - kdes["was_g"]
        self.lots[kdes["lot"]].made[0] += more
        if kdes["follows"]:
            lot = self.lots[kdes["closed_into"]]
            went_in = sum(self.parents[kdes["closed_into"]].values())
            assert lot.made[0] == went_in, "only what weighs what went in can follow"
        if kdes["closed_into"]:
            self.parents[kdes["closed_into"]][kdes["lot"]] += more
        if kdes["follows"]:
            self.lots[kdes["closed_into"]].made[0] += more

    def _take_back(self, body: dict[str, Any]) -> None:
        wrong = self.bodies[body["declares"]]
        made = {lot["code"] for lot in wrong["makes"]}
        mirrored = [[account, ref, -mass_g, -count] for account, ref, mass_g, count in wrong["postings"]]
        assert body["postings"] == mirrored
        for account, ref, mass_g, count in body["postings"]:
            if account == "lot" and ref not in made:
                self._move(self.lots[ref].left, mass_g, count)
        for code in made:
            assert self.lots[code].left == self.lots[code].made, "only what is all there can be taken back"
            self.lots[code] = Goods(void=True)
            self.parents[code] = {}

    @staticmethod
    def _move(held: list[int], mass_g: int, count: int) -> None:
        held[0] += mass_g
        held[1] += count

    def parts(
        self, code: str, first: int, last: int, known: dict[str, dict[Origin, Fraction]]
    ) -> dict[Origin, Fraction]:
        """The same for any graph, each lot once, following only what was made on days from `first` to `last`."""
        waiting = [code]
        while waiting:
            lot = waiting[-1]
            followed = first <= self.days[lot] <= last
            unknown = [] if lot in self.origins or not followed else [p for p in self.parents[lot] if p not in known]
            if unknown:
                waiting += unknown
                continue
            waiting.pop()
            parts: Parts = {}
            whole = sum(self.parents[lot].values())
            if lot in self.origins:
                parts = {self.origins[lot]: Fraction(1)}
            elif not followed and whole:
                parts = {OUTSIDE: Fraction(1)}
            for parent, mass_g in self.parents[lot].items() if followed else ():
                for origin, part in known[parent].items():
                    parts[origin] = parts.get(origin, Fraction(0)) + part * mass_g / whole
            known[lot] = parts
        return known[code]

    def composition(self, code: str, below: tuple[str, ...] = ()) -> dict[Origin, Fraction]:
        """Whose fruit a lot is, as exact parts of one, walked without any cleverness. Fails on a loop."""
        assert code not in below, f"{code} is made of itself"
        if code in self.origins:
            return {self.origins[code]: Fraction(1)}
        parts: dict[Origin, Fraction] = {}
        whole = sum(self.parents[code].values())
        for parent, mass_g in self.parents[code].items():
            for origin, part in self.composition(parent, (*below, code)).items():
                parts[origin] = parts.get(origin, Fraction(0)) + part * mass_g / whole
        return parts

    def stopped(self) -> set[str]:
        """Every lot that an open recall reaches, in itself or through anything it is made of, on any way."""
        facts = [(body["kind"], body["kdes"]) for body in self.bodies.values()]
        lifted = {kdes["recall"] for kind, kdes in facts if kind == "lift_recall"}
        recalls = [kdes for kind, kdes in facts if kind == "recall" and kdes["recall"] not in lifted]
        whole = {told[name] for told in recalls for name in ("lot", "plot", "farmer")} - {""}
        reached = {code for code in self.lots if code in whole or whole & set(self.origins.get(code, ()))}
        children: dict[str, list[str]] = {}
        for child, parents in self.parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(child)
        waiting = list(reached)
        while waiting:
            below = [child for child in children.get(waiting.pop(), ()) if child not in reached]
            reached.update(below)
            waiting += below
        return {code for code in reached if not self.lots[code].void}

    def named(self) -> set[str]:
        """The farmers who said last that they may be named."""
        said = [body["kdes"] for body in self.bodies.values() if body["kind"] == "change_consent"]
        return {farmer for farmer, yes in {told["farmer"]: told["named_in_public"] for told in said}.items() if yes}


def refold(session: Session) -> Record:
    """Read every journal from its bytes, checking its chain with hashlib alone."""
    record = Record()
    previous: dict[int, tuple[int, str]] = {}
    for event in session.scalars(select(Event).order_by(Event.id)):
        body = json.loads(event.body)
        seq, before = previous.get(event.org_id, (0, "0" * 64))
        assert (event.seq, event.previous_digest) == (seq + 1, before)
        assert (body["seq"], body["previous"], body["code"]) == (event.seq, before, event.code)
        assert hashlib.sha256(event.body).hexdigest() == event.digest
        previous[event.org_id] = (event.seq, event.digest)
        record.tell(body)
    heads = {head.org_id: (head.seq, head.digest) for head in session.scalars(select(JournalHead))}
    assert heads == previous
    return record


def check_derived_rows(session: Session, record: Record) -> None:
    """Lots, lineage edges, postings and consignments are exactly what the journal says."""
    codes: dict[int, str] = {}
    for lot in session.scalars(select(Lot)):
        codes[lot.id] = lot.code
        told = record.lots[lot.code]
        assert [lot.made_g, lot.made_count] == told.made, lot.code
        assert [lot.balance_g, lot.balance_count] == told.left, lot.code
        assert lot.void is told.void
    assert len(codes) == len(record.lots)
    edges = {(codes[edge.child_id], codes[edge.parent_id], edge.mass_g) for edge in session.scalars(select(Edge))}
    assert edges == {
        (child, parent, mass_g) for child, parents in record.parents.items() for parent, mass_g in parents.items()
    }
    for road in session.scalars(select(Transfer)):
        assert [road.open_g, road.open_count] == record.roads[road.code], road.code
    lines = session.execute(
        select(Event.code, Posting.account, Posting.ref, Posting.mass_g, Posting.count)
        .join(Event, Event.id == Posting.event_id)
        .order_by(Posting.event_id, Posting.line)
    )
    stored: dict[str, list[list[Any]]] = {}
    for code, *line in lines:
        stored.setdefault(code, []).append(line)
    assert stored == {code: body["postings"] for code, body in record.bodies.items() if body["postings"]}


def check_shares(given: dict[Origin, int], parts: dict[Origin, Fraction], mass_g: int) -> None:
    """Whole grams that sum to the lot, each the exact share rounded, the larger remainders rounded up."""
    assert sum(given.values()) == mass_g
    assert set(given) == set(parts)
    exact = {origin: part * mass_g for origin, part in parts.items()}
    remainders = {origin: value - int(value) for origin, value in exact.items()}
    up = [remainders[origin] for origin in exact if given[origin] == int(exact[origin]) + 1]
    down = [remainders[origin] for origin in exact if given[origin] == int(exact[origin])]
    assert len(up) + len(down) == len(exact)
    assert not up or not down or min(up) >= max(down)


def named(session: Session, shares: Any) -> dict[Origin, int]:
    """The product's shares by public codes."""
    parties = {row.id: row.code for row in session.scalars(select(Party))}
    plots: dict[int | None, str] = {row.id: row.code for row in session.scalars(select(Plot))}
    return {(parties[o.party_id], plots.get(o.plot_id, "")): mass for o, mass in shares.items()}
