"""The clock of the public pages, and the keeping of what was rendered for them."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from traceability.models import PublicClock, Rendered

_TURN = text(
    "insert into public_clock (id, value) values (1, :step) "
    "on conflict (id) do update set value = public_clock.value + excluded.value"
)
_FORGET = text(
    "delete from rendered where (address, language) in "
    "(select address, language from rendered where stamp <> :stamp limit 100)"
)
_COUNT = text("select count(*) from rendered")
_KEEP = text(
    "insert into rendered (address, language, stamp, headers, zone_minutes, body) "
    "values (:address, :language, :stamp, :headers, :zone_minutes, :body) "
    "on conflict (address, language) do update set stamp = excluded.stamp, headers = excluded.headers, "
    "zone_minutes = excluded.zone_minutes, body = excluded.body"
)

MOST = 20_000  # answers kept at a time: some hundred megabytes at the worst


def turn_public_clock(session: Session) -> None:
    """From the commit on, no page that was rendered before holds. The last lock that an entry takes.

    It goes on by chance: a copy that was put back and went another way never comes to a number that was seen before.
    """
    session.execute(_TURN, {"step": 1 + secrets.randbelow(2**31)})


def forget_rendered(session: Session) -> None:
    """Nothing that was rendered stays, not even unread: who takes a consent back is named nowhere any more."""
    session.execute(delete(Rendered))


def keep_rendered(session: Session, answer: Rendered, clock: int) -> None:
    """Keep an answer of a clock that still shows, in the place of the one before; forget some that hold no longer."""
    now = session.scalar(select(PublicClock.value).with_for_update(read=True))
    if (now or 0) != clock:
        return
    session.execute(_FORGET, {"stamp": answer.stamp})
    if (session.scalar(_COUNT) or 0) >= MOST:
        return
    session.execute(
        _KEEP,
        {
            "address": answer.address,
            "language": answer.language,
            "stamp": answer.stamp,
            "headers": answer.headers,
            "zone_minutes": answer.zone_minutes,
            "body": answer.body,
        },
    )
