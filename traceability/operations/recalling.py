"""Recalling many things at once: lots, plots and farmers, as a trace or an authority names them; all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from traceability.domain.facts import RecallGoods
from traceability.domain.roles import Actor
from traceability.operations import lookups
from traceability.operations.inspection import recall
from traceability.operations.ledger import Done
from traceability.queries import holds
from traceability.queries.holds import Reach
from traceability.queries.meanings import meant_by

KINDS: Final = ("lot", "plot", "farmer")


@dataclass(frozen=True)
class Target:
    """One thing to recall: the name of its field, its code and name, and the inside ids of the lots it starts from."""

    kind: str
    code: str
    name: str
    lots: Sequence[int]


@dataclass(frozen=True)
class Targets:
    """Everything that is to be recalled at once, and how far it reaches together."""

    each: Sequence[Target]
    reach: Reach

    @property
    def name(self) -> str:
        """The names of all, for a title."""
        return ", ".join(target.name for target in self.each)

    @property
    def codes(self) -> str:
        """All codes in one text: a form may have as many targets as a trace finds."""
        return ",".join(target.code for target in self.each)


def targets_of(session: Session, actor: Actor, named: Mapping[str, str], codes: Sequence[str]) -> Targets:
    """What `named` says by kind, and whatever each of the codes or numbers means in the actor's organisation.

    Raises NoSuchLot, NoSuchPlot, NoSuchFarmer, and what `meant_by` raises of a code that names none of them.
    """
    each = [_target(session, actor, kind, named[kind]) for kind in KINDS if named.get(kind)]
    for code in codes:
        meant = meant_by(session, code, actor.org_id)
        target = _target(session, actor, str(meant.meaning), meant.code)
        each += [target] if target not in each else []
    sources = {lot for target in each for lot in target.lots}
    return Targets(each, holds.reach_of(session, sources, actor.org_id))


def recall_each(session: Session, actor: Actor, fact: RecallGoods, targets: Targets) -> Done:
    """One entry for each target, under the client id with its place behind: said twice, it is stored once.

    Answers the first. Raises as `recall`; then nothing is stored.
    """
    done = []
    for place, target in enumerate(targets.each):
        client_id = f"{fact.client_id}.{place}" if place else fact.client_id
        lot, plot, farmer = (target.code if target.kind == kind else "" for kind in KINDS)
        one = replace(fact, lot=lot, plot=plot, farmer=farmer, client_id=client_id)
        done.append(recall(session, actor, one))
    return done[0]


def _target(session: Session, actor: Actor, kind: str, code: str) -> Target:
    if kind == "lot":
        lot = lookups.lot_of(session, actor, code)
        return Target(kind, lot.code, lot.number, holds.sources_of(session, lot_id=lot.id))
    if kind == "plot":
        plot = lookups.plot_of(session, actor, code)
        return Target(kind, plot.code, plot.name, holds.sources_of(session, plot_id=plot.id))
    farmer = lookups.farmer_of(session, actor, code)
    name = " ".join(part for part in (farmer.number, farmer.person.name if farmer.person else "") if part)
    return Target(kind, farmer.code, name, holds.sources_of(session, party_id=farmer.id))
