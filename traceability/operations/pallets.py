"""Pallets: boxes of one batch put together under one number, and taken apart again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.labelling import BreakPallet, BuildPallet, sscc_of
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.domain.units import several
from traceability.errors import Conflict, Refusal, SayWhy
from traceability.models import Event, Pallet
from traceability.operations import lookups
from traceability.operations.labels import NotInBatch, check_order, check_pallet
from traceability.operations.ledger import Entry, operation
from traceability.operations.naming import fresh_code
from traceability.queries import gs1
from traceability.queries.pallets import PalletSeen, next_count, own_pallet


class OnPalletAlready(Conflict):
    """{units} stand on another pallet. Take that one apart first, or choose others."""


class BrokenAlready(Conflict):
    """This pallet was taken apart already. There is nothing left to do."""


class TakenApart(Conflict):
    """This pallet was taken apart, so it has no label. Destroy the old one, and build another pallet."""


class PalletNumbersGone(Conflict):
    """Every pallet number of your company prefix was given out. Ask GS1 for another prefix, and set it."""


@operation(Kind.BUILD_PALLET)
def build_pallet(session: Session, actor: Actor, fact: BuildPallet) -> Entry:
    """Boxes on one pallet. It gets a number (SSCC) where the organisation has a GS1 company prefix of its own.

    Raises NoSuchBatch, WrongWayRound, NotInBatch, OnPalletAlready, PalletNumbersGone, and what `check_pallet` refuses.
    """
    batch, lot = lookups.batch_of(session, actor, fact.batch, at="batch")
    try:
        check_pallet(session, batch, lot)
    except Refusal as refusal:
        refusal.at = "first"
        raise
    check_order(fact.first, fact.last)
    if not 1 <= fact.first <= fact.last <= lot.made_count:
        raise NotInBatch(count=lot.made_count, at="first")
    standing = select(Pallet).where(
        Pallet.lot_id == lot.id,
        Pallet.broken_by_id.is_(None),
        Pallet.first <= fact.last,
        Pallet.last >= fact.first,
    )
    if (other := session.scalars(standing).first()) is not None:
        raise OnPalletAlready(units=several(lot.unit, other.first, other.last), at="first")
    sscc = _next_sscc(session, actor)
    pallet = Pallet(
        org_id=actor.org_id,
        code=fresh_code(session, Pallet.code),
        sscc=sscc or None,
        lot_id=lot.id,
        first=fact.first,
        last=fact.last,
    )
    kdes = {"pallet": pallet.code, "sscc": sscc, "batch": lot.code, "first": fact.first, "last": fact.last}
    return Entry(rows=[pallet], kdes=kdes, answer={"pallet": pallet.code, "sscc": sscc, "batch": lot.code})


def check_label(session: Session, actor: Actor, seen: PalletSeen) -> None:
    """Whether the label of a pallet may be handed out now. Raises TakenApart, and what `check_pallet` refuses."""
    if seen.broken:
        raise TakenApart()
    try:
        check_pallet(session, *lookups.batch_of(session, actor, seen.batch))
    except Refusal as refusal:
        refusal.at = None  # whoever asks for a label filled in no form
        raise


def _next_sscc(session: Session, actor: Actor) -> str:
    """The next number under the organisation's prefix; nothing without one. Numbers come one by one, under the turn."""
    prefix = gs1.numbers_of(session, actor.org_id).company_prefix
    if not prefix:
        return ""
    count = next_count(session, actor.org_id)
    while True:
        try:
            sscc = sscc_of(prefix, count)
        except ValueError:
            raise PalletNumbersGone() from None
        if session.scalars(select(Pallet.id).where(Pallet.sscc == sscc)).first() is None:
            return sscc
        count += 1


@operation(Kind.BREAK_PALLET)
def break_pallet(session: Session, actor: Actor, fact: BreakPallet) -> Entry:
    """The boxes stand by themselves again. Raises UnknownPallet, SayWhy, BrokenAlready."""
    pallet, seen = own_pallet(session, actor, fact.pallet)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    if pallet.broken_by_id is not None:
        raise BrokenAlready()

    def then(event: Event) -> None:
        pallet.broken_by_id = event.id

    kdes = {"pallet": pallet.code, "batch": seen.batch, "reason": nfc(fact.reason)}
    return Entry(kdes=kdes, answer={"pallet": pallet.code, "batch": seen.batch}, then=then)
