"""Consignments, holds, recalls and batches: what the journal leaves each in, against the rows that keep it.

They are few beside lots, so that one value of each is kept until the journal is read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session, defer

from traceability.domain.events import Kind
from traceability.domain.methods import Method
from traceability.models import Batch, Hold, Lot, Organisation, Party, Plot, Recall, Transfer
from traceability.queries.audit.page import Finding, Page, Recorded, against

_ROWS_AT_ONCE: Final = 1_000
State = dict[str, Any]
States = dict[str, State]


class Folded:
    """The states so far; `add` each page in order, then `compare`."""

    def __init__(self) -> None:
        self.transfers: States = {}
        self.holds: States = {}
        self.recalls: States = {}
        self.batches: States = {}
        self._replaced_by: dict[str, int] = {}  # batch -> the event that another took its place by
        self.versions: dict[str, States] = {}  # batch -> version -> what was frozen of it

    def add(self, page: Page) -> None:
        """Apply what the events of a page say. What names something unknown is left to the comparison."""
        for event, body in page.read:
            turn = _TURNS.get(event.kind)
            if turn is not None:
                turn(self, event, body["kdes"], _road(body))

    def compare(self, session: Session) -> Iterator[Finding]:
        """Findings of every row that is not what the journal leaves it in."""
        for kind, expected, stored in (
            ("consignment", self.transfers, _transfers),
            ("hold", self.holds, _holds),
            ("recall", self.recalls, _recalls),
            ("batch", self.batches, _batches),
        ):
            seen: set[str] = set()
            for found in stored(session):
                wanted = {code: expected[code] for code in found if code in expected}
                yield from against(kind, wanted, found)
                seen |= found.keys()
            yield from against(kind, {code: state for code, state in expected.items() if code not in seen}, {})

    # -- one turn for each kind of event that changes a state ---------------------------------------------------

    def _dispatched(self, event: Recorded, kdes: Mapping[str, Any], road: tuple[int, int]) -> None:
        self.transfers[kdes.get("transfer", "?")] = {
            "organisation": event.org_id,
            "lot": kdes.get("lot"),
            "to": kdes.get("to"),
            "mass_g": road[0],
            "count": road[1],
            "open_g": road[0],
            "open_count": road[1],
            "state": "pending",
            "vehicle": kdes.get("vehicle"),
            "seal": kdes.get("seal"),
            "dispatched_by": event.id,
            "dispatched_at": event.occurred_at,
            "expires_at": _instant(kdes.get("expires_at")),
            "received_g": None,
            "received_by": None,
            "received_at": None,
            "reason": "",
        }

    def _received(self, event: Recorded, kdes: Mapping[str, Any], road: tuple[int, int]) -> None:
        state = self._off_the_road(kdes, road)
        state["state"] = "partly" if kdes.get("refused_g") else "received"
        if not road[0]:
            state["state"] = "refused"
        state["received_g"] = kdes.get("weighed_g")
        state["received_by"] = event.id
        state["received_at"] = event.occurred_at
        state["reason"] = kdes.get("reason")

    def _taken_back(self, _event: Recorded, kdes: Mapping[str, Any], road: tuple[int, int]) -> None:
        self._off_the_road(kdes, road)["state"] = "returned"

    def _off_the_road(self, kdes: Mapping[str, Any], road: tuple[int, int]) -> State:
        state = self.transfers.setdefault(kdes.get("transfer", "?"), {})
        state["open_g"] = state.get("open_g", 0) + road[0]
        state["open_count"] = state.get("open_count", 0) + road[1]
        return state

    def _held(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        self.holds[kdes.get("hold", "?")] = {
            "organisation": event.org_id,
            "lot": kdes.get("lot"),
            **{name: kdes.get(name, "") for name in ("plot", "farmer")},  # said only of a plot or a farmer
            "reason": kdes.get("reason"),
            "action": kdes.get("action"),
            **_opened(event),
            "passed": None,
        }

    def _hold_closed(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        state = self.holds.setdefault(kdes.get("hold", "?"), {})
        state |= {**_closed(event, kdes), "passed": kdes.get("passed")}

    def _recalled(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        named = ("lot", "plot", "farmer", "reason", "action")
        told = {name: kdes.get(name) for name in named}
        told |= {name: kdes.get(name, "") for name in ("authority", "authority_link")}  # said only when there is one
        self.recalls[kdes.get("recall", "?")] = {"organisation": event.org_id, **told, **_opened(event)}

    def _recall_lifted(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        self.recalls.setdefault(kdes.get("recall", "?"), {}).update(_closed(event, kdes))

    def _sealed(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        self.batches[kdes.get("batch", "?")] = {
            "organisation": event.org_id,
            "version": 0,
            "destination": kdes.get("destination"),
            "hs": kdes.get("hs"),
            "counted_by": kdes.get("counted_by", str(Method.PRO_RATA)),
            "marks": kdes.get("marks"),
            "best_before": kdes.get("best_before"),
            "sealed_at": event.occurred_at,
            "sealed_by": event.id,
            "sealed_by_user": event.actor,
            "released_at": None,
            "released_by": None,
            "release_digest": "",
            "superseded_by": "",
        }

    def _released(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        state = self.batches.setdefault(kdes.get("batch", "?"), {})
        state["version"] = kdes.get("version")
        state["released_at"] = event.occurred_at
        state["released_by"] = event.id
        state["release_digest"] = kdes.get("contents")
        self._frozen(event, kdes)

    def _origin_corrected(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        for told in kdes.get("batches", ()):
            state = self.batches.setdefault(told.get("batch", "?"), {})
            state["version"], state["release_digest"] = told.get("version"), told.get("contents")
            self._frozen(event, told)

    def _frozen(self, event: Recorded, told: Mapping[str, Any]) -> None:
        """Each version of a batch is frozen once, by the event that says it."""
        versions = self.versions.setdefault(told.get("batch", "?"), {})
        versions[str(told.get("version"))] = {"made_by": event.id, "digest": told.get("contents")}

    def _superseded(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        old = kdes.get("old", "?")
        self.batches.setdefault(old, {})["superseded_by"] = kdes.get("new")
        self._replaced_by[old] = event.id

    def _declared(self, event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        """Of what is kept here only that a batch was replaced is declared in error."""
        if kdes.get("of") == Kind.SUPERSEDE:
            for old in [old for old, said in self._replaced_by.items() if said == event.declares_id]:
                self.batches[old]["superseded_by"] = ""

    def _shipped(self, _event: Recorded, kdes: Mapping[str, Any], _road: tuple[int, int]) -> None:
        state = self.batches.setdefault(kdes.get("batch", "?"), {})
        state["marks"] = {**(state.get("marks") or {}), **(kdes.get("marks") or {})}


Turn = Callable[[Folded, Recorded, Mapping[str, Any], tuple[int, int]], None]

_TURNS: Final[Mapping[str, Turn]] = {
    Kind.DISPATCH: Folded._dispatched,
    Kind.RECEIVE: Folded._received,
    Kind.TAKE_BACK: Folded._taken_back,
    Kind.HOLD: Folded._held,
    Kind.CLOSE_HOLD: Folded._hold_closed,
    Kind.RECALL: Folded._recalled,
    Kind.LIFT_RECALL: Folded._recall_lifted,
    Kind.SEAL: Folded._sealed,
    Kind.RELEASE: Folded._released,
    Kind.CORRECT_ORIGIN: Folded._origin_corrected,
    Kind.CORRECT_WEIGHT: Folded._origin_corrected,
    Kind.SUPERSEDE: Folded._superseded,
    Kind.DECLARE_ERROR: Folded._declared,
    Kind.SHIP: Folded._shipped,
}


def _road(body: Mapping[str, Any]) -> tuple[int, int]:
    """Grams and units that an event puts on the road, or, below zero, takes off it."""
    lines = [line for line in body["postings"] if line[0] == "transit"]
    return sum(line[2] for line in lines), sum(line[3] for line in lines)


def _opened(event: Recorded) -> State:
    return {
        "made_by": event.id,
        "opened_at": event.occurred_at,
        "zone_minutes": event.zone_minutes,
        "closed_by": None,
        "closed_at": None,
        "outcome": "",
    }


def _closed(event: Recorded, kdes: Mapping[str, Any]) -> State:
    return {"closed_by": event.id, "closed_at": event.occurred_at, "outcome": kdes.get("outcome")}


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


# -- the rows, some at a time ------------------------------------------------------------------------------------


def _transfers(session: Session) -> Iterator[States]:
    rows = (
        select(Transfer, Lot.code, Organisation.code)
        .join(Lot, Lot.id == Transfer.lot_id)
        .join(Organisation, Organisation.id == Transfer.to_org_id)
    )
    for some in session.execute(rows.execution_options(yield_per=_ROWS_AT_ONCE)).partitions():
        yield {
            row.code: {
                "organisation": row.org_id,
                "lot": lot,
                "to": to,
                "mass_g": row.mass_g,
                "count": row.count,
                "open_g": row.open_g,
                "open_count": row.open_count,
                "state": row.state,
                "vehicle": row.vehicle,
                "seal": row.seal,
                "dispatched_by": row.dispatched_by_id,
                "dispatched_at": row.dispatched_at,
                "expires_at": row.expires_at,
                "received_g": row.received_g,
                "received_by": row.received_by_id,
                "received_at": row.received_at,
                "reason": row.reason,
            }
            for row, lot, to in some
        }


def _holds(session: Session) -> Iterator[States]:
    for some in session.execute(_named(Hold).execution_options(yield_per=_ROWS_AT_ONCE)).partitions():
        yield {row.code: {**_stop(row, *named), "passed": row.passed} for row, *named in some}


def _recalls(session: Session) -> Iterator[States]:
    for some in session.execute(_named(Recall).execution_options(yield_per=_ROWS_AT_ONCE)).partitions():
        yield {
            row.code: {
                **_stop(row, *named),
                "authority": row.authority,
                "authority_link": row.authority_link,
            }
            for row, *named in some
        }


def _named(table: type[Hold] | type[Recall]) -> Select[Any, str, str, str]:
    """Holds or recalls, each with the codes of the lot, the plot and the farmer: one of them is there."""
    return (
        select(table, Lot.code, Plot.code, Party.code)
        .outerjoin(Lot, Lot.id == table.lot_id)
        .outerjoin(Plot, Plot.id == table.plot_id)
        .outerjoin(Party, Party.id == table.party_id)
    )


def _stop(row: Hold | Recall, lot: str | None, plot: str | None, farmer: str | None) -> State:
    """What a hold and a recall have in common."""
    return {
        "organisation": row.org_id,
        "lot": lot or "",
        "plot": plot or "",
        "farmer": farmer or "",
        "reason": row.reason,
        "action": row.action,
        "made_by": row.made_by_id,
        "opened_at": row.opened_at,
        "zone_minutes": row.zone_minutes,
        "closed_by": row.closed_by_id,
        "closed_at": row.closed_at,
        "outcome": row.outcome,
    }


def _batches(session: Session) -> Iterator[States]:
    # a day as it is stored: what is none is a finding, and not the end of the audit
    told = func.coalesce(cast(Batch.best_before, String), "")
    rows = select(Batch, Lot.code, told).join(Lot, Lot.id == Batch.lot_id)
    rows = rows.options(defer(Batch.best_before), defer(Batch.packed_on))
    for some in session.execute(rows.execution_options(yield_per=_ROWS_AT_ONCE)).partitions():
        yield {
            lot: {
                "organisation": row.org_id,
                "version": row.version,
                "destination": row.destination,
                "hs": row.hs,
                "counted_by": row.counted_by,
                "marks": row.marks,
                "best_before": best_before,
                "sealed_at": row.sealed_at,
                "sealed_by": row.sealed_by_id,
                "sealed_by_user": row.sealed_by_user_id,
                "released_at": row.released_at,
                "released_by": row.released_by_id,
                "release_digest": row.release_digest,
                "superseded_by": row.superseded_by,
            }
            for row, lot, best_before in some
        }
