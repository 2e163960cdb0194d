"""The origins of one lot by every method that its chain of custody allows, side by side, with why another says nothing.

What the methods are is in `domain.methods`; here is what each reads. Nothing is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.custody import Custody
from traceability.domain.methods import BalanceAccount, By, Method, Period, refusal_of, refusal_to_count
from traceability.errors import Sentence
from traceability.models import Facility, Lot, Organisation, Party
from traceability.queries.evidence import custody_under
from traceability.queries.excess import Nearby, origins_in_excess
from traceability.queries.frozen import origin_of
from traceability.queries.lineage import Origin, rows_by_id, trace_back
from traceability.queries.mass_balance import balance_of
from traceability.queries.origins import Share, grown_by, seen_by
from traceability.queries.queues import in_order


@dataclass(frozen=True)
class Found:
    """What one method says of a lot: grams per origin that sum to it, or a set without grams, or why it says nothing.

    A method that is not allowed may still carry figures when somebody asked to see them: `refusal` stays.
    """

    method: Method
    refusal: Sentence | None = None
    grams: Mapping[Origin, int] = field(default_factory=dict)
    nearby: Mapping[Origin, Nearby | None] = field(default_factory=dict)  # None: it is in there by mass as well
    account: BalanceAccount | None = None
    counts: bool = False  # declared for the batch, or by mass when nothing else was
    frozen_version: int | None = None  # of the batch, whose answer was kept with it; None when it was reckoned now

    @property
    def origins(self) -> int:
        """How many origins it names."""
        return len(self.grams) or len(self.nearby)


def methods_of(
    session: Session, lot: Lot, *, period: Period = Period.QUARTER, scheme: str = "", everything: bool = False
) -> list[Found]:
    """What every method says of a lot, under a scheme when one is asked for. Of a released batch the lots above it, and
    the shares of the method that counts, are read as they were frozen.

    `everything` shows the balance also where the chain of custody does not allow it.
    """
    kept = origin_of(session, lot)
    trace, mixed = kept.trace, kept.trace.by_mass_g
    custody = custody_under(session, lot, scheme) if scheme else Custody(lot.custody)
    found = []
    for method in Method:
        refusal = refusal_of(method, custody, len(mixed))
        if refusal is not None and not (everything and method is Method.MASS_BALANCE):
            found.append(Found(method, refusal))
        elif method is Method.FIRST_IN_FIRST_OUT:
            counts = kept.method is method
            queued = trace.shares_g if counts else in_order(session, trace)
            found.append(Found(method, grams=queued, counts=counts, frozen_version=kept.version if counts else None))
        elif method is Method.MASS_BALANCE:
            grams, account, none = balance_of(session, lot, period, scheme)
            found.append(Found(method, refusal or none, grams, account=account))
        elif method is Method.IN_EXCESS:
            found.append(Found(method, nearby=origins_in_excess(session, lot, trace)))
        else:
            found.append(Found(method, grams=mixed, counts=kept.method is method, frozen_version=kept.version))
    return found


def offered_to_count(session: Session, lot: Lot) -> list[tuple[Method, Sentence | None]]:
    """Every method, and why it may not be declared as the one that counts for a batch of this lot."""
    origins = len(trace_back(session, lot).shares_g)
    return [(method, refusal_to_count(method, Custody(lot.custody), origins)) for method in Method]


@dataclass(frozen=True)
class Row:
    """One farm (or all of another organisation) in every method: grams, or None where a method says nothing of it."""

    share: Share
    grams: Mapping[Method, int]
    possible: bool  # a declaration in excess names it
    nearby: Nearby | None  # why, when it is not in there by mass
    place: str  # where that lay


def side_by_side(session: Session, found: Sequence[Found], org_code: str = "") -> list[Row]:
    """Every method's farms in one table, the largest by mass first; with `org_code` as that organisation sees them."""
    shown: dict[str, Share] = {}
    grams: dict[str, dict[Method, int]] = defaultdict(dict)
    possible: set[str] = set()
    for one in found:
        lines = grown_by(session, one.grams or dict.fromkeys(one.nearby, 0), By.FARM)
        for share in seen_by(org_code, lines) if org_code else lines:
            shown.setdefault(share.code, share)
            if one.grams:
                grams[share.code][one.method] = share.mass_g
            else:
                possible.add(share.code)
    nearby = _reasons(session, found, org_code)
    places = rows_by_id(session, Facility, {near.facility_id for near in nearby.values()})
    rows = []
    for code, share in shown.items():
        near = nearby.get(code) if Method.PRO_RATA not in grams[code] else None
        place = places[near.facility_id].name if near is not None else ""
        rows.append(Row(share, grams[code], code in possible, near, place))
    return sorted(rows, key=lambda row: (-row.grams.get(Method.PRO_RATA, -1), -max(row.grams.values(), default=-1)))


def _reasons(session: Session, found: Sequence[Found], org_code: str) -> dict[str, Nearby]:
    """Farmer's code -> why a declaration in excess names the farm, as far as that happened in the own house."""
    own = session.scalars(select(Organisation.id).where(Organisation.code == org_code)).first()
    nearby = {
        origin.party_id: near
        for one in found
        for origin, near in one.nearby.items()
        if near is not None and (not org_code or near.organisation_id == own)
    }
    parties = rows_by_id(session, Party, nearby)
    return {parties[key].code: near for key, near in nearby.items()}
