"""The clock of the public pages, and the keeping of what was rendered for them."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from traceability.models import Rendered

_TURN = text(
    "insert into public_clock (id, value) values (1, 1) on conflict (id) do update set value = public_clock.value + 1"
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
    """From the commit on, no page that was rendered before holds. The last lock that an entry takes."""
    session.execute(_TURN)


def keep_rendered(session: Session, answer: Rendered) -> None:
    """Keep an answer in the place of the one before, and forget some of those that hold no longer."""
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
