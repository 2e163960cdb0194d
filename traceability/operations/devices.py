"""Phones that work without a signal: enrolled by a clerk, let in by their token, revoked by a manager.

A phone makes its token and the numbers of its receipts itself, so that nothing it says depends on an answer that may
get lost. What a revoked phone sends is refused in words, never dropped; so is that of a phone whose clerk left.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from traceability.domain.devices import EnrolDevice, RevokeDevice, settle
from traceability.domain.events import Kind
from traceability.domain.facts import Dispatch, FormLot, OnPhone, Receive, WeighIn
from traceability.domain.journal import digest
from traceability.domain.moments import day_of
from traceability.domain.payments import NOW
from traceability.domain.roles import Actor, Phone
from traceability.domain.text import nfc
from traceability.errors import Conflict, Forbidden, Invalid, NoSuchDevice, Refusal
from traceability.models import Device, Organisation, User
from traceability.operations import account, collection, lookups, paid, shipping
from traceability.operations.ledger import Done, Entry, Operation, operation, said_before
from traceability.operations.naming import fresh_code

TOKEN: Final = re.compile(r"dv_[A-Za-z0-9_-]{43}")
SPARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}")
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # I and O look like digits on a slip
LASTS: Final = timedelta(days=30)  # since the phone was last heard of
_SEEN_EVERY: Final = timedelta(minutes=1)
_MOST_UNSENT: Final = 10**6

AnyFact = TypeVar("AnyFact", bound=OnPhone)


class DeviceRevoked(Forbidden):
    """This phone was revoked on {day}: nothing that it sends is taken. Export what is unsent and show your manager."""


class AccessClosed(Forbidden):
    """The access of {name} was closed on {day}: nothing that this phone sends is taken. Export what is unsent and show
    your manager.
    """


class DeviceForgotten(Refusal):
    """This phone was not heard of for {days} days. Sign in on it again, then everything that waits is sent."""

    status = 401


class SignInAgain(DeviceForgotten):
    """This phone was signed out. Sign in on it again, then everything that waits is sent."""


class AfterTheEnd(Conflict):
    """By the clock of the phone this was done after {ended}, when nothing of it was taken any more. Ask those who were
    there. If it is right, tick it and enter the file again.
    """


class NotAToken(Invalid):
    """This phone did not say who it is. Reload the page and enrol it again."""


class NoSpareKey(Conflict):
    """No spare key is kept for this phone. Without its PIN nothing on it can be read."""


class NoLetterLeft(Conflict):
    """Every letter belongs to a phone already. Revoke one that is not used any more."""


class PhoneNameTaken(Conflict):
    """The phone with the letter {letter} is called {name} already. Give this one another name."""


class OtherSeries(Invalid):
    """The number {number} is not one of this phone, whose numbers have the letter {letter}. Give it a new number."""


@operation(Kind.ENROL_DEVICE)
def enrol_device(session: Session, actor: Actor, fact: EnrolDevice) -> Entry:
    """A phone of the actor's own, with a letter and a name that no other phone in use has.

    Raises NotAToken, PhoneNameTaken, NoLetterLeft.
    """
    if not TOKEN.fullmatch(fact.token):
        raise NotAToken(at="token")
    _refuse_known_name(session, actor.org_id, nfc(fact.name))
    now = datetime.now(UTC)
    device = Device(
        org_id=actor.org_id,
        code=fresh_code(session, Device.code),
        name=nfc(fact.name),
        letter=_free_letter(session, actor.org_id, now),
        user_id=actor.user_id or 0,
        token_digest=_digest(fact.token),
        enrolled_at=now,
        seen_at=now,
        expires_at=now + LASTS,
    )
    session.add(device)
    said = {"device": device.code, "name": device.name, "letter": device.letter}
    return Entry(kdes=said, answer={**said, "enrolled_at": now.isoformat()})


@operation(Kind.REVOKE_DEVICE)
def revoke_device(session: Session, actor: Actor, fact: RevokeDevice) -> Entry:
    """From now on nothing of this phone is taken; what it sent before stays. Raises NoSuchDevice."""
    device = _device(session, actor, fact.device)
    if device.revoked_at is None:
        device.revoked_at = datetime.now(UTC)
        account.end_sessions(session, device.user_id)  # whoever holds the phone is signed in on it, too
    said = {"device": device.code, "letter": device.letter}
    return Entry(kdes=said, answer=said)


def renew_device(session: Session, actor: Actor, code: str, token: str) -> Device:
    """Let a phone in again that was not heard of for long, by whoever enrolled it: the same phone, a new token.

    Raises NoSuchDevice, DeviceRevoked, NotAToken.
    """
    device = _own(session, actor, code)
    if not TOKEN.fullmatch(token):
        raise NotAToken(at="token")
    now = datetime.now(UTC)
    device.token_digest, device.seen_at, device.expires_at = _digest(token), now, now + LASTS
    return device


def keep_spare_key(session: Session, actor: Actor, code: str, key: str) -> Device:
    """Hold a key for a phone of the actor's own; what it opens is on the phone only.

    Raises NoSuchDevice, DeviceRevoked, NotAToken.
    """
    device = _own(session, actor, code)
    if not SPARE_KEY.fullmatch(key):
        raise NotAToken(at="key")
    device.spare_key = key
    return device


def spare_key(session: Session, actor: Actor, code: str) -> str:
    """The key, for whoever enrolled the phone. Raises NoSuchDevice, DeviceRevoked, NoSpareKey."""
    device = _own(session, actor, code)
    if not device.spare_key:
        raise NoSpareKey()
    return device.spare_key


def who_sends(session: Session, token: str) -> Actor | None:
    """Whoever enrolled the phone that has this token, at work on it; None where no phone has it. Reads only.

    Raises DeviceRevoked, AccessClosed, DeviceForgotten, SignInAgain.
    """
    found = session.execute(
        select(Device, User).join(User, User.id == Device.user_id).where(Device.token_digest == _digest(token))
    ).one_or_none()
    if found is None:
        return None
    device, user = found.Device, found.User
    zone_minutes = session.get_one(Organisation, device.org_id).zone_minutes
    _refuse_revoked(device, zone_minutes)
    if user.closed_at is not None:
        raise AccessClosed(name=user.name, day=day_of(user.closed_at, zone_minutes))
    now = datetime.now(UTC)
    if device.expires_at <= now:
        raise DeviceForgotten(days=LASTS.days) if device.seen_at + LASTS <= now else SignInAgain()
    actor = account.actor_of(session, user.login, device.org_id)
    phone = Phone(device.code, device.letter, device.enrolled_at)
    return replace(actor, device=f"phone {device.letter} {device.code}", phone=phone)


def needs_note(session: Session, phone: Phone, unsent: int) -> bool:
    """Whether it is worth a write that the phone is here and has so much unsent: another count always is, because the
    phone may be put away after any of its entries."""
    seen_at, before = session.execute(select(Device.seen_at, Device.unsent).where(Device.code == phone.code)).one()
    return min(max(unsent, 0), _MOST_UNSENT) != before or seen_at + _SEEN_EVERY <= datetime.now(UTC)


def note_seen(session: Session, phone: Phone, unsent: int) -> None:
    """The phone is here, and says how many entries it still has to send."""
    now = datetime.now(UTC)
    session.execute(
        update(Device)
        .where(Device.code == phone.code)
        .values(seen_at=now, expires_at=now + LASTS, unsent=min(max(unsent, 0), _MOST_UNSENT))
    )


def weigh_in(session: Session, actor: Actor, fact: WeighIn) -> Done:
    """Farmer F, plot P -> delivery D: the net grams leave the plot's account and make the delivery.

    A phone's own receipt number is kept as it is, and what its clock showed beside the time. Raises TareTooHeavy,
    FormsDiffer, NoSuch*, NumberTaken, OtherSeries; NeedsConfirming when it looks unusual, ClockOff when the phone's
    clock is a day off; PaidAhead.
    """
    series = r"[A-Z0-9]{2,6}-[0-9]{4}"
    weighed = paid.weigh_in_paid if fact.paid == NOW else collection.record_weigh_in
    return _said(session, actor, Kind.WEIGH_IN, paid.unpaid(fact), weighed, fact.receipt_number, series)


def form_lot(session: Session, actor: Actor, fact: FormLot) -> Done:
    """Deliveries D1 + D2 + ... -> lot L, weighed again or not; the difference is a named loss or a gain.

    A phone says by `seen_g` what it knew of them. Raises NothingChosen, NotADelivery, MixedGoods, ReasonNeeded beyond
    the tolerance, ChangedMeanwhile, NumberTaken, OtherSeries, ClockOff.
    """
    return _said(session, actor, Kind.FORM_LOT, fact, collection.form_lot, fact.number, _lots(session, actor))


def dispatch(session: Session, actor: Actor, fact: Dispatch) -> Done:
    """L -> on the road: the grams are reserved in transit until the receiver takes or refuses them.

    A phone makes the code of the delivery note itself. Raises ToYourself, NotEnoughLeft, ChangedMeanwhile, NumberTaken,
    ClockOff.
    """
    return _said(session, actor, Kind.DISPATCH, fact, shipping.dispatch, "", "")


def receive(session: Session, actor: Actor, fact: Receive) -> Done:
    """On the road -> L' of the receiver, in full or in part; the rest is refused and waits for the sender.

    Both weights are kept; what did not arrive is the loss `transit`. Raises NoSuchTransfer, NotYours, AlreadyClosed,
    TransferExpired, MoreThanWentIn, UnitsDiffer, SayWhy; ReasonNeeded beyond the receiver's tolerance; NumberTaken,
    OtherSeries, ClockOff.
    """
    return _said(session, actor, Kind.RECEIVE, fact, shipping.receive, fact.number, _lots(session, actor))


def _said(
    session: Session, actor: Actor, kind: Kind, fact: AnyFact, perform: Operation[AnyFact], number: str, series: str
) -> Done:
    """What a phone says, with its time set right and a number that is its own; others say it as it is.

    Raises OtherSeries for a `number` that does not go on behind `series` with the letter of the phone; ClockOff;
    AfterTheEnd.
    """
    if actor.phone is None:
        return perform(session, actor, fact)
    actor.require(kind)
    said = said_before(session, actor, fact)
    if said is not None:
        return said
    if number and not re.fullmatch(rf"{series}-{actor.phone.letter}[0-9]{{3,6}}", number.upper()):
        at = "receipt_number" if kind is Kind.WEIGH_IN else "number"
        raise OtherSeries(number=number, letter=actor.phone.letter, at=at)
    if fact.device_at is None:  # else a person has said when it was
        settled = settle(fact.occurred_at, fact.sent_at, actor.phone.enrolled_at, datetime.now(UTC))
        shown = fact.occurred_at if settled.ahead_minutes else None
        fact = replace(fact, occurred_at=settled.at, device_at=shown)
    ended = actor.phone.ended_at
    if ended is not None and fact.occurred_at > ended:
        there = timezone(timedelta(minutes=actor.zone_minutes))
        raise AfterTheEnd(ended=ended.astimezone(there), at="occurred_at")
    return perform(session, actor, fact)


def _lots(session: Session, actor: Actor) -> str:
    """What the numbers of the organisation's lots begin with, in any year: `LA-DH-[0-9]{4}`."""
    organisation = lookups.organisation_of(session, actor)
    return rf"{organisation.country}-{organisation.prefix}-[0-9]{{4}}"


def _free_letter(session: Session, org_id: int, now: datetime) -> str:
    """One that no phone ever had; else the one that was given up the longest ago, and so long that all is sent."""
    rows = session.execute(select(Device.letter, Device.revoked_at).where(Device.org_id == org_id).order_by(Device.id))
    had = {letter: revoked_at or now for letter, revoked_at in rows}  # the last phone of each letter
    fresh = next((letter for letter in LETTERS if letter not in had), "")
    oldest = min(had, key=lambda letter: (had[letter], letter), default="")
    if not fresh and had[oldest] > now - LASTS:
        raise NoLetterLeft()
    return fresh or oldest


def _refuse_known_name(session: Session, org_id: int, name: str) -> None:
    """People call a phone by its name: `NL-b` is `NL-B`. Raises PhoneNameTaken."""
    in_use = Device.org_id == org_id, Device.revoked_at.is_(None)
    for known, letter in session.execute(select(Device.name, Device.letter).where(*in_use)):
        if known.casefold() == name.casefold():
            raise PhoneNameTaken(name=known, letter=letter, at="name")


def _device(session: Session, actor: Actor, code: str) -> Device:
    found = session.scalars(select(Device).where(Device.org_id == actor.org_id, Device.code == code.upper())).first()
    if found is None:
        raise NoSuchDevice(code=code, at="device")
    return found


def _own(session: Session, actor: Actor, code: str) -> Device:
    device = _device(session, actor, code)
    if device.user_id != actor.user_id:
        raise NoSuchDevice(code=code)
    _refuse_revoked(device, actor.zone_minutes)
    return device


def _refuse_revoked(device: Device, zone_minutes: int) -> None:
    if device.revoked_at is not None:
        raise DeviceRevoked(day=day_of(device.revoked_at, zone_minutes))


def _digest(token: str) -> str:
    return digest(token.encode())
